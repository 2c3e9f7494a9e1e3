//! Jobs: cut into leases, extended, given back, expired.
//!
//! A job is a row of `jobs` from being cut to being finished. All times are the database's.

mod granting;
mod holding;

use crate::{Lease, SweepId, WorkerId};
use std::collections::HashMap;

/// A job in the hands of a worker.
#[derive(Debug, Clone)]
pub struct LeasedJob {
    /// The claim.
    pub lease: Lease,
    /// Who has it.
    pub worker: WorkerId,
    /// Its sweep.
    pub sweep_id: SweepId,
    /// Its part of the sweep.
    pub part: i32,
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
    /// What it was estimated to cost, in seconds of one core of the machine of reference.
    pub estimated_seconds: f64,
}

/// A leased job as the database has it.
struct LeasedRow {
    job_id: i64,
    epoch: i64,
    worker_id: i64,
    sweep_id: i64,
    part: i32,
    first_unit: i64,
    end_unit: i64,
    estimated_seconds: f64,
}

impl From<LeasedRow> for LeasedJob {
    fn from(row: LeasedRow) -> Self {
        Self {
            lease: Lease { job_id: row.job_id, epoch: row.epoch },
            worker: WorkerId(row.worker_id),
            sweep_id: SweepId(row.sweep_id),
            part: row.part,
            first_unit: row.first_unit,
            end_unit: row.end_unit,
            estimated_seconds: row.estimated_seconds,
        }
    }
}

/// A lease that ran out.
#[derive(Debug, Clone, Copy)]
pub struct ExpiredLease {
    /// The claim that is none any more.
    pub lease: Lease,
    /// Who had it.
    pub worker: WorkerId,
    /// The job's sweep.
    pub sweep_id: SweepId,
    /// It was the job's last attempt: the job rests as failed.
    pub has_failed: bool,
}

/// A range of units to become a job.
#[derive(Debug, Clone, Copy)]
pub struct NewJob {
    /// Who will have it.
    pub worker: WorkerId,
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
    /// What it will cost, in seconds of one core of the machine of reference.
    pub estimated_seconds: f64,
}

impl NewJob {
    fn leased(&self, of: &UncutPart, lease: Lease) -> LeasedJob {
        LeasedJob {
            lease,
            worker: self.worker,
            sweep_id: of.sweep_id,
            part: of.part,
            first_unit: self.first_unit,
            end_unit: self.end_unit,
            estimated_seconds: self.estimated_seconds,
        }
    }
}

/// A part of an active sweep that has units without a job, the first one of its sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncutPart {
    /// The sweep.
    pub sweep_id: SweepId,
    /// The part.
    pub part: i32,
    /// The sweep's name.
    pub sweep: String,
    /// The priority of the sweep: larger first.
    pub priority: i32,
    /// The revision of the kernels that compute it.
    pub numerics_revision: i32,
}

/// What there is to lease.
#[derive(Debug, Default)]
pub struct Available {
    /// The least that a job which came back is estimated to cost, in seconds; none if there is no such job.
    pub shortest_returned: Option<f64>,
    /// The parts that jobs can be cut from, those of the largest priority first.
    pub parts: Vec<UncutPart>,
    /// The numerics revisions of those who ask, as they registered; those that never did are left out.
    pub revisions: HashMap<WorkerId, i32>,
}

/// What became of an attempt to cut jobs.
#[derive(Debug)]
pub enum Cut {
    /// The jobs are there, and leased.
    Leased(Vec<LeasedJob>),
    /// There are none: the part's uncut units begin elsewhere.
    BeginsAt(i64),
    /// Another coordinator is cutting this part now, or nothing is left of it.
    Busy,
}

/// Which sweeps' jobs a worker takes.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The revision of its kernels: a sweep never mixes two.
    pub numerics_revision: i32,
    /// The name of one sweep, or any.
    pub sweep: Option<&'a str>,
}

/// Why a job is given back.
#[derive(Debug, Clone, Copy)]
pub enum Release<'a> {
    /// Not finished: costs no attempt.
    Unfinished,
    /// The attempt failed.
    Failed {
        /// Why.
        error: &'a str,
        /// Attempts before the job rests as failed.
        max_attempts: i32,
    },
}

/// The numbers of leases, by column.
fn columns(leases: &[Lease]) -> (Vec<i64>, Vec<i64>) {
    leases.iter().map(|lease| (lease.job_id, lease.epoch)).unzip()
}

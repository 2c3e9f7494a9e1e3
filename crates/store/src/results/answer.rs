//! What is to be recorded, and what became of it.

use crate::{Lease, SweepId, WorkerId};
use std::collections::BTreeMap;
use sweep::CellParameters;
use sweep::measurement::{CellSums, UnitRows};

/// What a job found, checked by the caller to be what the job asked for.
#[derive(Debug, Default)]
pub struct JobResults {
    /// The cells that occur, each once.
    pub cells: Vec<CellParameters>,
    /// The units that have something, and which sample of a cell each is.
    pub units: Vec<(SampleRef, UnitRows)>,
    /// Sums of the measurements of each cell that has some, by its number.
    pub sums: BTreeMap<i64, CellSums>,
    /// Compute time, summed over threads, in seconds.
    pub cpu_seconds: f64,
}

impl JobResults {
    /// Adds a unit's rows, and to the sums of its cell.
    pub fn add(&mut self, of: SampleRef, rows: UnitRows) {
        if !rows.measurements.is_empty() {
            let sums = self.sums.entry(of.cell_id).or_default();
            rows.measurements.iter().for_each(|row| sums.add(row));
        }
        self.units.push((of, rows));
    }

    /// How many measurements there are.
    pub fn measurements(&self) -> usize {
        self.units.iter().map(|(_, unit)| unit.measurements.len()).sum()
    }

    /// How many rows that a sweep counts: measurements, and rows of trainings.
    pub fn rows(&self) -> usize {
        self.measurements() + self.units.iter().map(|(_, unit)| unit.training.len()).sum::<usize>()
    }
}

/// One disorder realisation of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleRef {
    /// The cell's number.
    pub cell_id: i64,
    /// The sample.
    pub sample: i32,
}

/// What became of a job's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Committed.
    Recorded,
    /// The lease had passed to another, or was closed before: nothing was stored.
    Fenced,
}

/// What a worker sent for a job, to be recorded.
#[derive(Debug)]
pub struct Answer {
    /// The claim that it was computed under.
    pub lease: Lease,
    /// Who computed it.
    pub worker: WorkerId,
    /// The job's sweep.
    pub sweep_id: SweepId,
    /// What was found.
    pub results: JobResults,
}

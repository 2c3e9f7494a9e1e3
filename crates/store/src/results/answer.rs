//! What is to be recorded, and what became of it.

use crate::{Lease, SweepId, WorkerId};
use sweep::CellParameters;
use sweep::measurement::UnitRows;

/// What a job found, checked by the caller to be what the job asked for.
#[derive(Debug, Default)]
pub struct JobResults {
    /// The cells that occur, each once.
    pub cells: Vec<CellParameters>,
    /// The units that have something, and which sample of a cell each is.
    pub units: Vec<(SampleRef, UnitRows)>,
    /// Compute time, summed over threads, in seconds.
    pub cpu_seconds: f64,
}

impl JobResults {
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

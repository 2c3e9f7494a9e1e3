//! One unit of a sweep to its measurements, and a job to those of its units.
//!
//! The instance is drawn once and serves every method and β. Random numbers are keyed by content
//! ([`sweep::streams`]), so what is computed depends on the unit alone. This crate knows no database, no network and no
//! async runtime.

mod method;

pub use method::{level_pairs, measure};

use physics::{FactorGraph, Instance};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use sweep::measurement::{DegreeCount, LevelPair, Measurement, Outcome, Values};
use sweep::{Cell, CellKind, Job, Sweep, Work, streams};

/// What was found for one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitResult {
    /// The unit's number in its part.
    pub unit: u64,
    /// By method, β and branch, as [`Work::expected_rows`] lists them.
    pub measurements: Vec<Measurement>,
    /// The degree histogram, if it was asked for.
    pub degree_counts: Vec<DegreeCount>,
    /// The levels that were asked for, by method and overlap; none of an empty instance.
    pub levels: Vec<LevelPair>,
    /// Time that the unit took on one thread, in seconds.
    pub seconds: f64,
}

/// A disorder realisation, and what its random streams are keyed by.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The sweep's seed.
    pub seed: u64,
    /// The cell's canonical text.
    pub cell: &'a str,
    /// The sample's number.
    pub sample: u32,
}

/// Computes the units of a job on the current rayon pool, in any order; returns them in order, without those that have
/// nothing to compute. Returns `None` if `cancelled` was set meanwhile: it is looked at before each unit.
pub fn compute_job(sweep: &Sweep, job: Job, cancelled: &AtomicBool) -> Option<Vec<UnitResult>> {
    let seed = sweep.latest().seed();
    // An extension's job may span long stretches that earlier parts computed.
    let units: Vec<(u64, Work)> = sweep.works(job.part, job.units()).collect();
    let results: Vec<UnitResult> = units
        .par_iter()
        // Units differ a thousandfold in cost: never bundle them.
        .with_max_len(1)
        .filter(|_| !cancelled.load(Ordering::Relaxed))
        .map(|(unit, work)| compute_unit(seed, *unit, work))
        .collect();
    (!cancelled.load(Ordering::Relaxed)).then_some(results)
}

/// Draws the unit's instance and measures all that its work asks for.
pub fn compute_unit(seed: u64, unit: u64, work: &Work) -> UnitResult {
    let start_time = Instant::now();
    let sample = Sample { seed, cell: &work.cell.content, sample: work.sample };
    let instance = instance_of(&work.cell, sample);
    let graph = FactorGraph::new(&instance);
    let measurements = if instance.is_empty() {
        work.expected_rows().map(empty_row).collect()
    } else {
        let tasks = work.tasks.iter().filter(|task| !task.betas.is_empty());
        tasks.flat_map(|task| measure(&graph, sample, &task.method, &task.betas)).collect()
    };
    let degree_counts = if work.expects_degrees() { degree_counts(&graph) } else { Vec::new() };
    let levels = if instance.is_empty() {
        Vec::new()
    } else {
        work.tasks.iter().flat_map(|task| level_pairs(&graph, sample, &task.method)).collect()
    };
    UnitResult { unit, measurements, degree_counts, levels, seconds: start_time.elapsed().as_secs_f64() }
}

/// The sample's instance: drawn from its ensemble, or the one that the user brought.
pub fn instance_of<'a>(cell: &'a Cell, sample: Sample<'_>) -> Cow<'a, Instance> {
    match &cell.kind {
        CellKind::Ensemble { structure, .. } => {
            let key = streams::disorder_key(sample.seed, sample.cell, sample.sample);
            Cow::Owned(structure.draw(&mut key.stream(0)))
        }
        CellKind::Instance { instance, .. } => Cow::Borrowed(instance),
    }
}

/// The degree histogram of an instance, by layer and degree.
pub fn degree_counts(graph: &FactorGraph) -> Vec<DegreeCount> {
    let bars = graph.degree_histogram().into_iter();
    bars.map(|(layer, degree, weights)| DegreeCount { layer, degree, weights }).collect()
}

fn empty_row(key: sweep::RowKey<'_>) -> Measurement {
    Measurement {
        beta: key.beta,
        method: key.method.to_owned(),
        branch: key.branch,
        outcome: Outcome::Empty,
        weights: 0,
        paths: 0,
        hidden_units: 0,
        values: Values::default(),
        seconds: 0.0,
    }
}

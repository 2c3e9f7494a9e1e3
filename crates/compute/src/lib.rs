//! One unit of a sweep to its measurements, and a job to those of its units.
//!
//! The instance is drawn once and serves every method and β. Random numbers are keyed by content
//! ([`sweep::streams`]), so what is computed depends on the unit alone. This crate knows no database, no network and no
//! async runtime.

mod clock;
mod method;
mod sample;
mod training;

pub use method::{level_pairs, measure};
pub use sample::Sample;
pub use training::rows as training_rows;

use crate::clock::Clock;
use kernel::stop;
use model::{FactorGraph, Instance};
use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use sweep::measurement::{DegreeCount, Measurement, Outcome, UnitRows, Values};
use sweep::{Cell, CellKind, Job, Sweep, Work, decimal, streams};

/// What was found for one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitResult {
    /// Its rows.
    pub rows: UnitRows,
    /// Processor time that the unit took, in seconds of one core.
    pub seconds: f64,
}

/// A job that any number of threads compute together, each taking unit after unit.
///
/// A thread that finds none left to begin is free for another job at once: it does not wait for the units that others
/// have begun. Within a unit that is shared among threads it may: there rayon can give a waiting thread another job
/// meanwhile, and the time of the unit then includes it.
#[derive(Debug)]
pub struct Run {
    seed: u64,
    units: Vec<(u64, Work)>,
    cancelled: stop::Flag,
    /// The next unit to begin; the number of units is the end, which is taken once as well.
    next: AtomicUsize,
    /// Units, and the end, that nobody has come back from.
    unfinished: AtomicUsize,
    results: Mutex<Vec<UnitResult>>,
}

impl Run {
    /// A job of a sweep, nothing of it computed yet. `cancelled` is looked at before each unit, and within
    /// it.
    pub fn new(sweep: &Sweep, job: Job, cancelled: stop::Flag) -> Self {
        // An extension's job may span long stretches that earlier parts computed.
        let units: Vec<(u64, Work)> = sweep.works(job.part, job.units()).collect();
        Self {
            seed: sweep.latest().seed(),
            cancelled,
            next: AtomicUsize::new(0),
            unfinished: AtomicUsize::new(units.len() + 1),
            results: Mutex::new(Vec::with_capacity(units.len())),
            units,
        }
    }

    /// Computes units until there is none left to begin. The thread that comes back last gives the results to `done`:
    /// those of all units, in order, but for units that have nothing to compute; or `None` if the job was cancelled
    /// meanwhile.
    pub fn help(&self, done: impl FnOnce(Option<Vec<UnitResult>>)) {
        let mut clock = Clock::start();
        loop {
            let taken = self.next.fetch_add(1, Ordering::Relaxed);
            if taken > self.units.len() {
                return;
            }
            if let Some((unit, work)) = self.units.get(taken)
                && !self.cancelled.load(Ordering::Relaxed)
            {
                let rows = stop::unless_raised(&self.cancelled, || unit_rows(self.seed, *unit, work));
                self.results().extend(rows.map(|rows| UnitResult { rows, seconds: clock.lap() }));
            }
            let is_last = self.unfinished.fetch_sub(1, Ordering::AcqRel) == 1;
            if is_last {
                let mut results = std::mem::take(&mut *self.results());
                results.sort_unstable_by_key(|result| result.rows.unit);
                return done((!self.cancelled.load(Ordering::Relaxed)).then_some(results));
            }
        }
    }

    /// What a thread that panicked leaves is whole: results are only pushed.
    fn results(&self) -> MutexGuard<'_, Vec<UnitResult>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Computes a job on all threads of the current rayon pool, and returns once each has come by: the results of its
/// units, in order, without those that have nothing to compute.
pub fn compute_job(sweep: &Sweep, job: Job) -> Vec<UnitResult> {
    let run = Run::new(sweep, job, stop::Flag::default());
    let computed = Mutex::new(None);
    rayon::broadcast(|_| run.help(|results| *computed.lock().expect("one thread ends the run") = results));
    computed.into_inner().expect("one thread ended the run").expect("nobody cancels")
}

/// Draws the unit's instance and measures all that its work asks for.
///
/// ```
/// use sweep::{Spec, Sweep};
/// let text = "name = \"small\"\nsamples = 3\n[grid]\nwidths = [8, 8, 8, 1]\nbeta = [0.5, 1]\n\
///             dilution_1 = { from = 0, to = 0.8, step = 0.2 }\n[methods.bp]\n[methods.exact]\n";
/// let spec = Spec::parse(text, "small.toml", &|name| Err(format!("no file {name} here")))?;
/// let sweep = Sweep::new(spec);
/// let work = sweep.work(0, 7);
/// let result = compute::compute_unit(sweep.latest().seed(), 7, &work);
/// assert_eq!(result.rows.measurements.len(), work.expected_rows().count());
/// # Ok::<(), sweep::SpecError>(())
/// ```
pub fn compute_unit(seed: u64, unit: u64, work: &Work) -> UnitResult {
    let mut clock = Clock::start();
    let rows = unit_rows(seed, unit, work);
    UnitResult { rows, seconds: clock.lap() }
}

fn unit_rows(seed: u64, unit: u64, work: &Work) -> UnitRows {
    if let CellKind::Training(training) = &work.cell.kind {
        return UnitRows { unit, training: training_rows(seed, training, work), ..UnitRows::default() };
    }
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
    UnitRows { unit, measurements, degree_counts, levels, training: Vec::new() }
}

/// The sample's instance: drawn from its ensemble, or what dilution leaves of the one that the user brought.
///
/// # Panics
/// If the cell is a group of files that has no such sample.
pub fn instance_of<'a>(cell: &'a Cell, sample: Sample<'_>) -> Cow<'a, Instance> {
    match &cell.kind {
        CellKind::Ensemble { structure, .. } => {
            let key = streams::disorder_key(sample.seed, structure, sample.sample);
            Cow::Owned(structure.draw(&mut key.stream(0)))
        }
        CellKind::Brought { brought, dilution } => {
            let (file, realisation) = brought.sample(sample.sample);
            if dilution.iter().all(|p| p.is_zero()) {
                return Cow::Borrowed(&file.instance);
            }
            let key = streams::dilution_key(sample.seed, &file.digest, realisation);
            let dilution: Vec<f64> = dilution.iter().map(|&p| decimal::to_f64(p)).collect();
            Cow::Owned(file.instance.diluted(&dilution, &mut key.stream(0)))
        }
        CellKind::Training(_) => unreachable!("no method asks for an instance of a training"),
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

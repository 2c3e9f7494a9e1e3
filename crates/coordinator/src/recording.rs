//! Recording: what a worker sends must be exactly what the job asked for.

use crate::{Coordinator, CoordinatorError, plausible};
use std::collections::HashSet;
use store::jobs::LeasedJob;
use store::results::{CellRow, JobResults, SampleRef, Verdict};
use store::{Lease, WorkerId};
use sweep::measurement::{DegreeCount, LevelPair, Measurement};
use sweep::{Cell, RowKey, Sweep, Work};
use wire::v1;

/// What a worker says a job gave.
pub(crate) struct Answer<'a> {
    /// Of the spec that it computed.
    pub(crate) digest: &'a str,
    pub(crate) units: Vec<v1::UnitResult>,
    pub(crate) cpu_seconds: f64,
}

/// Checks a whole job's results against what it asked for, and records them in the transaction that closes the lease.
///
/// # Errors
/// [`CoordinatorError::Malformed`] if they are not what was asked for; else if the database fails. Nothing is stored.
pub(crate) async fn record(
    coordinator: &Coordinator,
    lease: Lease,
    worker: WorkerId,
    answer: Answer<'_>,
) -> Result<Verdict, CoordinatorError> {
    let Some(job) = coordinator.store.leased_job(lease).await? else { return Ok(Verdict::Fenced) };
    let sweep = coordinator.catalog.sweep(&coordinator.store, job.sweep_id, job.part as usize).await?;
    if sweep.parts()[job.part as usize].digest() != answer.digest {
        return Err(CoordinatorError::Malformed("the results are of another spec".to_owned()));
    }
    let results = check_job(&sweep, &job, answer.units, answer.cpu_seconds)?;
    Ok(coordinator.store.record(lease, worker, &results).await?)
}

fn check_job(
    sweep: &Sweep,
    job: &LeasedJob,
    units: Vec<v1::UnitResult>,
    cpu_seconds: f64,
) -> Result<JobResults, CoordinatorError> {
    if !cpu_seconds.is_finite() || cpu_seconds < 0.0 {
        return Err(CoordinatorError::Malformed(format!("cpu_seconds is {cpu_seconds}")));
    }
    let part = job.part as usize;
    let wanted = (job.first_unit as u64..job.end_unit as u64).map(|unit| (unit, sweep.work(part, unit)));
    let mut wanted = wanted.filter(|(_, work)| !work.is_empty());
    let mut results = JobResults { cpu_seconds, ..JobResults::default() };
    let mut cells = HashSet::new();
    for result in units {
        let Some((unit, work)) = wanted.next() else {
            return Err(CoordinatorError::Malformed(format!("unit {} is not of this job", result.unit)));
        };
        if result.unit != unit {
            let got = result.unit;
            return Err(CoordinatorError::Malformed(format!("unit {got} came where unit {unit} is due")));
        }
        check_unit(&work, result, &mut results)
            .map_err(|reason| CoordinatorError::Malformed(format!("unit {unit}: {reason}")))?;
        if cells.insert(work.cell.id) {
            results.cells.push(cell_row(&work.cell));
        }
    }
    match wanted.next() {
        Some((unit, _)) => Err(CoordinatorError::Malformed(format!("unit {unit} is missing"))),
        None => Ok(results),
    }
}

fn check_unit(work: &Work, result: v1::UnitResult, results: &mut JobResults) -> Result<(), String> {
    let of = SampleRef { cell_id: work.cell.id, sample: work.sample as i32 };
    let mut expected = work.expected_rows();
    for row in result.measurements {
        let row = Measurement::try_from(row).map_err(|error| error.to_string())?;
        plausible::check_row(&work.cell, &row)?;
        let got = RowKey { method: &row.method, beta: row.beta, branch: row.branch };
        match expected.next() {
            Some(due) if due == got => results.measurements.push((of, row)),
            Some(due) => return Err(format!("{got:?} came where {due:?} is due")),
            None => return Err(format!("{got:?} was not asked for")),
        }
    }
    if let Some(due) = expected.next() {
        return Err(format!("{due:?} is missing"));
    }
    if !work.expects_degrees() && !result.degree_counts.is_empty() {
        return Err("its degrees were not asked for".to_owned());
    }
    for bar in result.degree_counts {
        let bar = DegreeCount::try_from(bar).map_err(|error| error.to_string())?;
        plausible::check_bar(&work.cell, &bar)?;
        results.degree_counts.push((of, bar));
    }
    check_levels(work, of, result.levels, results)
}

/// An empty instance has no levels; any other has all that were asked for.
fn check_levels(
    work: &Work,
    of: SampleRef,
    levels: Vec<v1::LevelPair>,
    results: &mut JobResults,
) -> Result<(), String> {
    if levels.is_empty() {
        return Ok(());
    }
    let mut expected = work.expected_levels();
    for pair in levels {
        let pair = LevelPair::try_from(pair).map_err(|error| error.to_string())?;
        if expected.next() != Some((pair.method.as_str(), pair.overlap)) {
            return Err(format!("levels of {} at overlap {} are not due", pair.method, pair.overlap));
        }
        results.levels.push((of, pair));
    }
    match expected.next() {
        Some((method, overlap)) => Err(format!("levels of {method} at overlap {overlap} are missing")),
        None => Ok(()),
    }
}

fn cell_row(cell: &Cell) -> CellRow {
    CellRow {
        cell_id: cell.id,
        cell: cell.content.clone(),
        widths: cell.widths().iter().map(|&width| width as i32).collect(),
        ensemble: cell.ensemble().map(|ensemble| ensemble.name().to_owned()),
        couplings: cell.couplings().name().to_owned(),
        instance: cell.instance_digest().map(|_| cell.label().to_owned()),
        dilution: cell.dilution().to_vec(),
        activation: cell.activation().to_vec(),
    }
}

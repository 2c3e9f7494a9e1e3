//! Recording: what a worker sends must be exactly what the job asked for. What arrives together is recorded together.

use crate::delivered::{Delivered, Outcome};
use crate::error::CoordinatorError;
use crate::plausible;
use crate::shared::{Coordinator, LONGEST_ROUND};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::Lease;
use store::jobs::LeasedJob;
use store::results::{Answer, JobResults, SampleRef, Verdict};
use sweep::measurement::{LevelPair, TrainingRow, UnitRows};
use sweep::{RowKey, Sweep, Work};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;

/// Jobs that may queue to be recorded before their streams wait.
pub(crate) const MOST_DELIVERED: usize = 64;

/// Transactions that record at the same time: while one waits for the disk, another can use the processor.
pub(crate) const RECORDERS: usize = 2;

/// Jobs and rows recorded in one transaction; a single job may have more.
const MOST_JOBS: usize = 256;
const MOST_ROWS: usize = 20_000;

/// Records what is delivered until the coordinator stops; everything that is waiting goes into one transaction.
pub(crate) async fn record_forever(
    coordinator: Arc<Coordinator>,
    inbox: Arc<Mutex<mpsc::Receiver<Delivered>>>,
) {
    loop {
        let Some(batch) = next_batch(&mut *inbox.lock().await).await else { return };
        // Those whose results were taken along are told nothing, and send them again: whether they were recorded is
        // found then.
        if tokio::time::timeout(LONGEST_ROUND, record(&coordinator, batch)).await.is_err() {
            tracing::error!("the database does not answer; recording over new connections");
        }
    }
}

async fn next_batch(inbox: &mut mpsc::Receiver<Delivered>) -> Option<Vec<Delivered>> {
    let rows = |delivered: &Delivered| -> usize {
        delivered.units.iter().flatten().map(|unit| unit.measurements.len()).sum()
    };
    let mut batch = vec![inbox.recv().await?];
    let mut total = rows(&batch[0]);
    // What one stream brings together is handed in one by one: while more keeps coming, it is worth to let it come. A
    // transaction for the first and another for the rest would take twice as long.
    loop {
        tokio::task::yield_now().await;
        let before = batch.len();
        while batch.len() < MOST_JOBS
            && total < MOST_ROWS
            && let Ok(next) = inbox.try_recv()
        {
            total += rows(&next);
            batch.push(next);
        }
        if batch.len() == before {
            break;
        }
    }
    Some(batch)
}

/// Checks jobs' results against what they asked for, and records them in the transaction that closes the leases.
async fn record(coordinator: &Arc<Coordinator>, batch: Vec<Delivered>) {
    let checked = match check(coordinator, batch).await {
        Ok(checked) => checked,
        Err((outcomes, error)) => return all_failed(outcomes, error),
    };
    let (jobs, checked): (Vec<LeasedJob>, Vec<_>) = checked.into_iter().unzip();
    let (answers, outcomes): (Vec<Answer>, Vec<_>) = checked.into_iter().unzip();
    let since = Instant::now();
    match coordinator.store.record(&answers).await {
        Ok(verdicts) => {
            coordinator.on_recorded(&jobs, &answers, &verdicts, since.elapsed());
            for (outcome, verdict) in outcomes.into_iter().zip(verdicts) {
                let _ = outcome.send(Ok(verdict));
            }
        }
        Err(error) if error.is_transient() || answers.len() == 1 => all_failed(outcomes, error.into()),
        // One of them is not to be recorded: each for itself then.
        Err(_) => {
            for ((job, answer), outcome) in jobs.into_iter().zip(answers).zip(outcomes) {
                let (since, answer) = (Instant::now(), [answer]);
                let recorded = coordinator.store.record(&answer).await;
                let verdict = recorded.map(|verdicts| {
                    coordinator.on_recorded(&[job], &answer, &verdicts, since.elapsed());
                    verdicts[0]
                });
                let _ = outcome.send(verdict.map_err(|error| Arc::new(error.into())));
            }
        }
    }
}

/// A job, what is to be recorded for it, and where the outcome goes.
type Checked = (LeasedJob, (Answer, oneshot::Sender<Outcome>));

fn all_failed(outcomes: Vec<oneshot::Sender<Outcome>>, error: CoordinatorError) {
    let error = Arc::new(error);
    for outcome in outcomes {
        let _ = outcome.send(Err(Arc::clone(&error)));
    }
}

/// What can be recorded. Results of closed leases, and those that are not what was asked for, are answered here.
async fn check(
    coordinator: &Arc<Coordinator>,
    batch: Vec<Delivered>,
) -> Result<Vec<Checked>, (Vec<oneshot::Sender<Outcome>>, CoordinatorError)> {
    let leases: Vec<Lease> = batch.iter().map(|delivered| delivered.lease).collect();
    let jobs = match jobs_of(coordinator, &leases).await {
        Ok(jobs) => jobs,
        Err(error) => return Err((outcomes_of(batch), error)),
    };
    let mut pairs = Vec::new();
    for delivered in batch {
        let Some(job) = jobs.get(&delivered.lease).filter(|job| job.worker == delivered.worker) else {
            let _ = delivered.outcome.send(Ok(Verdict::Fenced));
            continue;
        };
        match coordinator.catalog.sweep(&coordinator.store, job.sweep_id, job.part as usize).await {
            Ok(sweep) => pairs.push((sweep, job.clone(), delivered)),
            Err(error) => {
                let _ = delivered.outcome.send(Err(Arc::new(error)));
            }
        }
    }
    // Thousands of rows: not on the threads that serve.
    let checked =
        tokio::task::spawn_blocking(move || pairs.into_iter().filter_map(check_delivered).collect());
    Ok(checked.await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "results cannot be checked");
        Vec::new()
    }))
}

/// What the leases asked for. Those that another coordinator handed out are looked up, and so are closed ones, in vain.
async fn jobs_of(
    coordinator: &Coordinator,
    leases: &[Lease],
) -> Result<HashMap<Lease, LeasedJob>, CoordinatorError> {
    let (mut jobs, others) = coordinator.handed_out.take(leases);
    if !others.is_empty() {
        let looked_up = coordinator.store.leased_jobs(&others).await?;
        jobs.extend(looked_up.into_iter().map(|job| (job.lease, job)));
    }
    Ok(jobs)
}

fn outcomes_of(batch: Vec<Delivered>) -> Vec<oneshot::Sender<Outcome>> {
    batch.into_iter().map(|delivered| delivered.outcome).collect()
}

fn check_delivered((sweep, job, delivered): (Arc<Sweep>, LeasedJob, Delivered)) -> Option<Checked> {
    let Delivered { lease, worker, digest, units, cpu_seconds, outcome } = delivered;
    let results = if sweep.parts()[job.part as usize].digest() == digest {
        check_job(&sweep, &job, units, cpu_seconds)
    } else {
        Err(CoordinatorError::Malformed("the results are of another spec".to_owned()))
    };
    match results {
        Ok(results) => {
            let answer = Answer { lease, worker, sweep_id: job.sweep_id, results };
            Some((job, (answer, outcome)))
        }
        Err(error) => {
            let _ = outcome.send(Err(Arc::new(error)));
            None
        }
    }
}

fn check_job(
    sweep: &Sweep,
    job: &LeasedJob,
    units: Result<Vec<UnitRows>, String>,
    cpu_seconds: f64,
) -> Result<JobResults, CoordinatorError> {
    if !cpu_seconds.is_finite() || cpu_seconds < 0.0 {
        return Err(CoordinatorError::Malformed(format!("cpu_seconds is {cpu_seconds}")));
    }
    let units = units.map_err(CoordinatorError::Malformed)?;
    let part = job.part as usize;
    let mut wanted = sweep.works(part, job.first_unit as u64..job.end_unit as u64);
    let mut results = JobResults { cpu_seconds, ..JobResults::default() };
    let mut cells = HashSet::new();
    for rows in units {
        let Some((unit, work)) = wanted.next() else {
            return Err(CoordinatorError::Malformed(format!("unit {} is not of this job", rows.unit)));
        };
        if rows.unit != unit {
            let got = rows.unit;
            return Err(CoordinatorError::Malformed(format!("unit {got} came where unit {unit} is due")));
        }
        check_unit(&work, &rows)
            .map_err(|reason| CoordinatorError::Malformed(format!("unit {unit}: {reason}")))?;
        if cells.insert(work.cell.id) {
            results.cells.push(work.cell.parameters());
        }
        results.add(SampleRef { cell_id: work.cell.id, sample: work.sample as i32 }, rows);
    }
    match wanted.next() {
        Some((unit, _)) => Err(CoordinatorError::Malformed(format!("unit {unit} is missing"))),
        None => Ok(results),
    }
}

fn check_unit(work: &Work, rows: &UnitRows) -> Result<(), String> {
    let mut expected = work.expected_rows();
    for row in &rows.measurements {
        plausible::check_row(&work.cell, row)?;
        let got = RowKey { method: &row.method, beta: row.beta, branch: row.branch };
        match expected.next() {
            Some(due) if due == got => {}
            Some(due) => return Err(format!("{got:?} came where {due:?} is due")),
            None => return Err(format!("{got:?} was not asked for")),
        }
    }
    if let Some(due) = expected.next() {
        return Err(format!("{due:?} is missing"));
    }
    if !work.expects_degrees() && !rows.degree_counts.is_empty() {
        return Err("its degrees were not asked for".to_owned());
    }
    rows.degree_counts.iter().try_for_each(|bar| plausible::check_bar(&work.cell, bar))?;
    check_levels(work, &rows.levels)?;
    check_training(work, &rows.training)
}

fn check_training(work: &Work, rows: &[TrainingRow]) -> Result<(), String> {
    let mut expected = work.expected_training_rows();
    for row in rows {
        match expected.next() {
            Some(due) if due == row.key => {}
            due => return Err(format!("{:?} came where {due:?} is due", row.key)),
        }
        let hidden = work.cell.widths().len() - 2;
        if let Some(layers) = &row.values.activation
            && layers.len() != hidden
        {
            return Err(format!(
                "activation is of length {}, and the network has {hidden} hidden layers",
                layers.len()
            ));
        }
    }
    match expected.next() {
        Some(due) => Err(format!("{due:?} is missing")),
        None => Ok(()),
    }
}

/// An empty instance has no levels; any other has all that were asked for.
fn check_levels(work: &Work, levels: &[LevelPair]) -> Result<(), String> {
    if levels.is_empty() {
        return Ok(());
    }
    let mut expected = work.expected_levels();
    for pair in levels {
        if expected.next() != Some((pair.method.as_str(), pair.overlap)) {
            return Err(format!("levels of {} at overlap {} are not due", pair.method, pair.overlap));
        }
    }
    match expected.next() {
        Some((method, overlap)) => Err(format!("levels of {method} at overlap {overlap} are missing")),
        None => Ok(()),
    }
}

//! Leasing: hand out what is ready, and cut more when nothing is.

use crate::{Coordinator, CoordinatorError, NUMERICS_REVISION};
use std::time::Duration;
use store::WorkerId;
use store::jobs::{LeasedJob, NewJob, UncutPart, Wanted};
use sweep::{Job, Sweep};
use tokio::time::Instant;

/// How often the database is asked while a worker waits for a job.
const POLL: Duration = Duration::from_millis(100);

/// The longest that a worker may wait in one call.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Jobs cut at once, so that the part's row is not updated for every lease.
const JOBS_CUT_AT_ONCE: usize = 64;

/// Cells looked at for that: microseconds each.
const CELLS_CUT_AT_ONCE: u64 = 20_000;

/// Jobs leased in one call.
const MOST_JOBS: u32 = 1000;

/// Rows of one job: a bound on what a worker and a coordinator hold in memory.
const MOST_ROWS: u64 = 50_000;

/// Leases up to `jobs` jobs, waiting up to `wait` for the first. The flag says that nothing is left to wait for.
pub(crate) async fn lease(
    coordinator: &Coordinator,
    worker: WorkerId,
    jobs: u32,
    wait: Duration,
    sweep: Option<&str>,
) -> Result<(Vec<LeasedJob>, bool), CoordinatorError> {
    let numerics_revision = coordinator.store.worker_revision(worker).await?;
    let numerics_revision = numerics_revision.ok_or(CoordinatorError::UnknownWorker(worker.0))?;
    let wanted = Wanted { numerics_revision, sweep };
    let limit = i64::from(jobs.clamp(1, MOST_JOBS));
    let deadline = Instant::now() + wait.min(LONGEST_WAIT);
    loop {
        let asked = Instant::now();
        let leased =
            coordinator.store.lease_next_jobs(worker, wanted, limit, coordinator.settings.lease).await?;
        if !leased.is_empty() {
            coordinator.on_leased(worker, &leased, asked.elapsed());
            return Ok((leased, false));
        }
        // This program can only read and cut sweeps of its own revision.
        if numerics_revision == NUMERICS_REVISION && cut(coordinator, wanted).await? {
            continue;
        }
        if Instant::now() >= deadline {
            let idle = !coordinator.store.has_work(wanted).await?;
            return Ok((leased, idle));
        }
        tokio::select! {
            () = tokio::time::sleep(POLL.min(deadline - Instant::now())) => {}
            () = coordinator.stopped() => return Ok((leased, false)),
        }
    }
}

/// Cuts some jobs of the oldest part that has uncut units; returns whether there was one.
async fn cut(coordinator: &Coordinator, wanted: Wanted<'_>) -> Result<bool, CoordinatorError> {
    let _one_at_a_time = coordinator.cutting.lock().await;
    let target = coordinator.settings.job_seconds;
    let cut_part = async |uncut: UncutPart| {
        let part = uncut.part as usize;
        let sweep = coordinator.catalog.sweep(&coordinator.store, uncut.sweep_id, part).await?;
        let cut = move || next_jobs(&sweep, part, uncut.next_unit as u64, target, uncut.slowness);
        tokio::task::spawn_blocking(cut).await.map_err(|panic| CoordinatorError::Unreadable {
            sweep: uncut.sweep_id,
            reason: format!("its jobs cannot be cut: {panic}"),
        })
    };
    match coordinator.store.cut_jobs(wanted, cut_part).await {
        Err(CoordinatorError::Unreadable { sweep, reason }) => {
            tracing::error!(sweep = sweep.0, reason, "pausing a sweep that cannot be read");
            coordinator.store.pause_sweep(sweep).await?;
            Ok(true)
        }
        result => result,
    }
}

/// The next jobs of a part. Pure: what it cuts depends on its arguments alone.
fn next_jobs(sweep: &Sweep, part: usize, next_unit: u64, target_seconds: f64, slowness: f64) -> Vec<NewJob> {
    let spec = &sweep.parts()[part];
    let rows_per_unit = (spec.rows() / spec.units()).max(1);
    let max_units = (MOST_ROWS / rows_per_unit).max(1);
    let mut jobs = Vec::new();
    let mut first_unit = next_unit;
    let last_unit = next_unit.saturating_add(CELLS_CUT_AT_ONCE * u64::from(spec.samples()));
    while first_unit < spec.units().min(last_unit) && jobs.len() < JOBS_CUT_AT_ONCE {
        let end_unit = sweep::cut(sweep, part, first_unit, target_seconds, slowness, max_units);
        let estimated_seconds = Job { part, first_unit, end_unit }.estimate_seconds(sweep);
        jobs.push(NewJob { first_unit: first_unit as i64, end_unit: end_unit as i64, estimated_seconds });
        first_unit = end_unit;
    }
    jobs
}

/// Takes back lapsed leases, again and again.
pub(crate) async fn expire_leases_forever(coordinator: std::sync::Arc<Coordinator>) {
    let lease = coordinator.settings.lease;
    // Workers could not extend their leases while there was no coordinator or no database: they get the time of one lease
    // to come back before any is taken.
    tokio::time::sleep(lease).await;
    loop {
        tokio::time::sleep((lease / 10).max(Duration::from_millis(100))).await;
        match coordinator.store.expire_leases(coordinator.settings.max_attempts).await {
            Ok(expired) => coordinator.on_expired(&expired),
            Err(error) => {
                tracing::warn!(%error, "cannot look for lapsed leases");
                coordinator.settings.metrics.database_failures.inc();
                tokio::time::sleep(lease).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_follow_one_another_to_the_end_of_the_part() {
        let text = r#"
            name = "cut"
            samples = 30
            [grid]
            widths = [8, 8, 8, 1]
            activation_1 = 0.5
            dilution_1 = { from = 0, to = 0.9, step = 0.1 }
            beta = [0.3, 0.8]
            [methods.mc]
        "#;
        let spec = sweep::Spec::parse(text, "cut.toml", &|_| Err(String::new())).unwrap();
        let sweep = Sweep::new(spec);
        let mut next = 0;
        let mut jobs = 0;
        while next < 300 {
            let cut = next_jobs(&sweep, 0, next, 0.1, 1.0);
            assert_eq!(cut[0].first_unit as u64, next);
            assert!(cut.windows(2).all(|pair| pair[0].end_unit == pair[1].first_unit));
            assert!(cut.len() <= JOBS_CUT_AT_ONCE);
            next = cut.last().unwrap().end_unit as u64;
            jobs += cut.len();
        }
        assert_eq!(next, 300);
        assert!(jobs > 3, "{jobs}");
    }
}

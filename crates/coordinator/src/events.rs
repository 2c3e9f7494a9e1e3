//! What happens to jobs, counted and logged in one place. Fields have the same names everywhere: `sweep` (its name),
//! `sweep_id`, `job`, `epoch`, `worker`.
//!
//! What happens to every job is logged at `debug`, and once a minute at `info` in sum. Trouble is logged at `warn`, but
//! only so many lines a minute: a million jobs that fail must not fill a disk. Beyond, it is at `debug` and in the sum.

use crate::error::CoordinatorError;
use crate::metrics::{EXPIRED, FAILED, FENCED, FINISHED, JobEvent, LEASED, Metrics, REFUSED, RELEASED};
use crate::shared::Coordinator;
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{ExpiredLease, LeasedJob};
use store::results::{Answer, Verdict};
use store::{Lease, WorkerId};

/// Between two sums.
const MINUTE: Duration = Duration::from_secs(60);

/// A line at `warn`, or at `debug` when there were too many.
macro_rules! trouble {
    ($coordinator:expr, $($event:tt)+) => {
        if $coordinator.sparing.allows() {
            tracing::warn!($($event)+);
        } else {
            tracing::debug!($($event)+);
        }
    };
}

impl Coordinator {
    /// Jobs went to workers; handing them out took the database so long.
    pub(crate) fn on_leased(&self, jobs: &[LeasedJob], took: Duration) {
        if jobs.is_empty() {
            return;
        }
        let metrics = &self.settings.metrics;
        metrics.count(&LEASED, jobs.len());
        metrics.dispatched(took);
        for job in jobs {
            let Lease { job_id, epoch } = job.lease;
            tracing::debug!(
                sweep_id = job.sweep_id.0,
                job = job_id,
                epoch,
                worker = job.worker.0,
                units = job.end_unit - job.first_unit,
                "leased"
            );
        }
    }

    /// A worker ends before a job would: one that was to begin with this unit of this part of a sweep, or the shortest
    /// of those that came back.
    pub(crate) fn on_too_long(
        &self,
        worker: WorkerId,
        place: Option<(&str, i32, i64)>,
        seconds: f64,
        seconds_left: f64,
    ) {
        let (sweep, part, unit) = (place.map(|at| at.0), place.map(|at| at.1), place.map(|at| at.2));
        trouble!(
            self,
            worker = worker.0,
            sweep,
            part,
            unit,
            seconds = seconds.ceil(),
            seconds_left = seconds_left.floor(),
            "the job takes longer than the worker has: give a worker more --time-limit"
        );
    }

    /// Jobs' results are committed, as far as they were not fenced; the transaction took so long. What belongs together
    /// has the same position.
    pub(crate) fn on_recorded(
        &self,
        jobs: &[LeasedJob],
        answers: &[Answer],
        verdicts: &[Verdict],
        took: Duration,
    ) {
        let metrics = &self.settings.metrics;
        metrics.recorded(took);
        self.ended.notify_one();
        let all = jobs.iter().zip(answers).zip(verdicts);
        for ((job, answer), _) in all.filter(|(_, verdict)| **verdict == Verdict::Recorded) {
            let (units, rows) = (job.end_unit - job.first_unit, answer.results.rows());
            metrics.count(&FINISHED, 1);
            metrics.units_recorded.inc_by(units as u64);
            metrics.rows_recorded.inc_by(rows as u64);
            let Lease { job_id, epoch } = job.lease;
            let (sweep_id, worker) = (job.sweep_id.0, job.worker.0);
            tracing::debug!(sweep_id, job = job_id, epoch, worker, units, rows, "recorded");
        }
    }

    /// An answer came for a lease that had passed to another or was closed.
    pub(crate) fn on_fenced(&self, lease: Lease, worker: WorkerId) {
        self.settings.metrics.count(&FENCED, 1);
        let Lease { job_id, epoch } = lease;
        trouble!(
            self,
            job = job_id,
            epoch,
            worker = worker.0,
            "fenced: the lease was no longer its worker's"
        );
    }

    /// An answer was not what the job asked for, or the database will not have it.
    pub(crate) fn on_refused(&self, lease: Lease, worker: WorkerId, error: &CoordinatorError) {
        self.settings.metrics.count(&REFUSED, 1);
        let Lease { job_id, epoch } = lease;
        trouble!(self, job = job_id, epoch, worker = worker.0, reason = %error, "results refused");
    }

    /// A worker gave leases back: unfinished without an error, else failed.
    pub(crate) fn on_released(&self, leases: &[Lease], worker: WorkerId, error: &str) {
        self.ended.notify_one();
        let outcome = if error.is_empty() { RELEASED } else { FAILED };
        self.settings.metrics.count(&outcome, leases.len());
        for &Lease { job_id, epoch } in leases {
            if error.is_empty() {
                tracing::debug!(job = job_id, epoch, worker = worker.0, "given back");
            } else {
                trouble!(self, job = job_id, epoch, worker = worker.0, reason = error, "failed");
            }
        }
    }

    /// Leases ran out and were taken back.
    pub(crate) fn on_expired(&self, expired: &[ExpiredLease]) {
        self.settings.metrics.count(&EXPIRED, expired.len());
        for ExpiredLease { lease: Lease { job_id, epoch }, worker, sweep_id, has_failed } in
            expired.iter().copied()
        {
            trouble!(
                self,
                sweep_id = sweep_id.0,
                job = job_id,
                epoch,
                worker = worker.0,
                has_failed,
                "lease ran out"
            );
        }
    }
}

/// What has happened since the coordinator started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sum {
    units: u64,
    rows: u64,
    jobs: [u64; 5],
}

/// What is counted of jobs in a sum, in the order of [`Sum::jobs`].
const SUMMED: [JobEvent; 5] = [FINISHED, FAILED, EXPIRED, FENCED, REFUSED];

impl Sum {
    fn of(metrics: &Metrics) -> Self {
        let jobs = SUMMED.map(|outcome| metrics.counted(&outcome));
        Self { units: metrics.units_recorded.get(), rows: metrics.rows_recorded.get(), jobs }
    }
}

/// Tells once a minute, in one line, what happened in it; says nothing while nothing happens.
pub(crate) async fn sum_up_forever(coordinator: Arc<Coordinator>) {
    let mut before = Sum::of(&coordinator.settings.metrics);
    loop {
        tokio::time::sleep(MINUTE).await;
        let now = Sum::of(&coordinator.settings.metrics);
        if now != before {
            let since = |index: usize| now.jobs[index] - before.jobs[index];
            let (finished, failed, expired) = (since(0), since(1), since(2));
            let (fenced, refused) = (since(3), since(4));
            let (units, rows) = (now.units - before.units, now.rows - before.rows);
            tracing::info!(units, rows, finished, failed, expired, fenced, refused, "in the last minute");
        }
        before = now;
    }
}

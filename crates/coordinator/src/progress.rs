//! Progress as it travels.

use crate::shared::Coordinator;
use std::sync::Arc;
use std::time::Duration;
use store::progress::{FailedJob, Progress};
use wire::v1;
use wire::v1::progress::Status;

/// Between two counts of finished jobs: what came since is added up whenever somebody looks.
const COUNT_INTERVAL: Duration = Duration::from_secs(5);

/// Keeps looking at progress cheap, however much is finished.
pub(crate) async fn count_forever(coordinator: Arc<Coordinator>) {
    loop {
        tokio::time::sleep(COUNT_INTERVAL).await;
        if let Err(error) = coordinator.store.count_finished_jobs().await {
            tracing::warn!(%error, "cannot count finished jobs");
        }
    }
}

pub(crate) fn to_wire(progress: Progress) -> v1::Progress {
    let status = match progress.status.as_str() {
        "running" => Status::Running,
        "paused" => Status::Paused,
        "cancelled" => Status::Cancelled,
        "finished" => Status::Finished,
        "failed" => Status::Failed,
        "stopped" => Status::Stopped,
        _ => Status::Unspecified,
    };
    v1::Progress {
        sweep: progress.sweep,
        status: status.into(),
        units: progress.units as u64,
        units_done: progress.units_done as u64,
        rows: progress.rows as u64,
        rows_done: progress.rows_done as u64,
        jobs_ready: progress.jobs_ready as u64,
        jobs_leased: progress.jobs_leased as u64,
        jobs_failed: progress.jobs_failed as u64,
        cpu_seconds: progress.cpu_seconds,
        age_seconds: progress.age_seconds,
        seconds_left: progress.seconds_left.filter(|_| status == Status::Running),
        numerics_revision: progress.numerics_revision as u32,
        workers: progress.workers as u32,
        priority: progress.priority,
    }
}

pub(crate) fn failed_job(job: FailedJob) -> v1::FailedJob {
    v1::FailedJob {
        job_id: job.job_id,
        part: job.part as u32,
        first_unit: job.first_unit as u64,
        end_unit: job.end_unit as u64,
        attempts: job.attempts as u32,
        error: job.error.unwrap_or_default(),
    }
}

//! What is told in JSON, for scripts and for the page.

use crate::{progress, workers};
use serde_json::{Value, json};
use wire::v1;
use wire::v1::progress::Status as Sweeping;
use wire::v1::worker::Presence;

/// Where a sweep stands, as the database has it.
pub fn stored_progress(stored: store::progress::Progress) -> Value {
    progress(&progress::to_wire(stored))
}

/// A worker as the database has it.
pub fn stored_worker(stored: store::workers::WorkerState) -> Value {
    worker(&workers::to_wire(stored))
}

/// A failed job as the database has it.
pub fn stored_failed_job(stored: store::progress::FailedJob) -> Value {
    failed_job(&progress::failed_job(stored))
}

/// Where a sweep stands.
pub fn progress(sweep: &v1::Progress) -> Value {
    json!({
        "sweep": sweep.sweep, "status": status_name(sweep), "units": sweep.units,
        "units_done": sweep.units_done, "rows": sweep.rows, "rows_done": sweep.rows_done,
        "jobs_ready": sweep.jobs_ready, "jobs_leased": sweep.jobs_leased, "jobs_failed": sweep.jobs_failed,
        "cpu_seconds": sweep.cpu_seconds, "age_seconds": sweep.age_seconds, "seconds_left": sweep.seconds_left,
        "workers": sweep.workers, "priority": sweep.priority, "numerics_revision": sweep.numerics_revision,
    })
}

/// The name of a status, as SQL has it.
pub fn status_name(progress: &v1::Progress) -> &'static str {
    match progress.status() {
        Sweeping::Unspecified => "unknown",
        Sweeping::Running => "running",
        Sweeping::Paused => "paused",
        Sweeping::Cancelled => "cancelled",
        Sweeping::Finished => "finished",
        Sweeping::Failed => "failed",
        Sweeping::Stopped => "stopped",
    }
}

/// Who computes, and what it has done.
pub fn worker(worker: &v1::Worker) -> Value {
    json!({
        "worker": worker.worker_id, "host": worker.host, "process_id": worker.process_id,
        "presence": presence(worker), "threads": worker.threads, "jobs": worker.jobs,
        "jobs_finished": worker.jobs_finished,
        "units_last_minute": worker.units_last_minute, "cpu_seconds_last_minute": worker.cpu_seconds_last_minute,
        "version": worker.version, "git_revision": worker.git_revision,
        "numerics_revision": worker.numerics_revision, "cpu_features": worker.cpu_features,
        "cpu_level": worker.cpu_level, "seen_seconds_ago": worker.seen_seconds_ago,
        "age_seconds": worker.age_seconds,
    })
}

/// Its name, as SQL has it where a worker is gone.
pub fn presence(worker: &v1::Worker) -> &'static str {
    match worker.presence() {
        Presence::Alive => "alive",
        Presence::Left => "left",
        Presence::Lost => "lost",
        Presence::Unspecified => "unknown",
    }
}

/// A job that failed too often, and why.
pub fn failed_job(job: &v1::FailedJob) -> Value {
    json!({
        "job_id": job.job_id, "part": job.part, "first_unit": job.first_unit, "end_unit": job.end_unit,
        "attempts": job.attempts, "error": job.error,
    })
}

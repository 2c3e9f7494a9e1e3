//! What is told in JSON, by the words of the command line's `--format json`.

use serde_json::{Value, json};
use store::progress::{FailedJob, Progress};
use store::workers::WorkerState;

pub(crate) fn progress(progress: &Progress) -> Value {
    json!({
        "sweep": progress.sweep, "status": progress.status, "units": progress.units,
        "units_done": progress.units_done, "rows": progress.rows, "rows_done": progress.rows_done,
        "jobs_ready": progress.jobs_ready, "jobs_leased": progress.jobs_leased, "jobs_failed": progress.jobs_failed,
        "cpu_seconds": progress.cpu_seconds, "age_seconds": progress.age_seconds,
        "seconds_left": progress.seconds_left.filter(|_| progress.status == "running"),
        "workers": progress.workers, "priority": progress.priority,
        "numerics_revision": progress.numerics_revision,
    })
}

pub(crate) fn worker(worker: &WorkerState) -> Value {
    json!({
        "worker": worker.worker_id, "host": worker.host, "process_id": worker.process_id,
        "presence": worker.gone.as_deref().unwrap_or("alive"), "threads": worker.threads, "jobs": worker.jobs,
        "jobs_finished": worker.jobs_finished, "units_last_minute": worker.units_last_minute,
        "cpu_seconds_last_minute": worker.cpu_seconds_last_minute, "version": worker.version,
        "seen_seconds_ago": worker.seen_seconds_ago, "age_seconds": worker.age_seconds,
    })
}

pub(crate) fn failed_job(job: &FailedJob) -> Value {
    json!({
        "job_id": job.job_id, "part": job.part, "first_unit": job.first_unit, "end_unit": job.end_unit,
        "attempts": job.attempts, "error": job.error,
    })
}

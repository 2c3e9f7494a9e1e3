//! Words for how far a sweep is.

use indicatif::HumanDuration;
use std::time::Duration;
use wire::v1;
use wire::v1::progress::Status as Sweeping;

/// The name of a status, as SQL has it.
pub(crate) fn status_name(progress: &v1::Progress) -> &'static str {
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

/// "3 minutes left", or nothing while that is unknown.
pub(crate) fn time_left(progress: &v1::Progress) -> String {
    match progress.seconds_left {
        Some(seconds) => format!("{} left", HumanDuration(Duration::from_secs_f64(seconds.clamp(0.0, 1e9)))),
        None => String::new(),
    }
}

/// What goes on with a sweep that does not go on by itself.
pub(crate) fn remedy(progress: &v1::Progress) -> Option<String> {
    let sweep = &progress.sweep;
    match progress.status() {
        Sweeping::Stopped => {
            Some("no worker is there: `rapgrid scan` with its spec goes on, or a `rapgrid worker`".to_owned())
        }
        Sweeping::Paused | Sweeping::Cancelled => Some(format!("`rapgrid resume {sweep}` goes on")),
        Sweeping::Failed => Some(format!("`rapgrid retry {sweep}` tries its failed jobs again")),
        _ => None,
    }
}

/// Where a sweep stands, for scripts.
pub(crate) fn json(sweep: &v1::Progress) -> serde_json::Value {
    serde_json::json!({
        "sweep": sweep.sweep, "status": status_name(sweep), "units": sweep.units,
        "units_done": sweep.units_done, "rows": sweep.rows, "rows_done": sweep.rows_done,
        "jobs_ready": sweep.jobs_ready, "jobs_leased": sweep.jobs_leased, "jobs_failed": sweep.jobs_failed,
        "cpu_seconds": sweep.cpu_seconds, "age_seconds": sweep.age_seconds, "seconds_left": sweep.seconds_left,
        "workers": sweep.workers, "priority": sweep.priority, "numerics_revision": sweep.numerics_revision,
    })
}

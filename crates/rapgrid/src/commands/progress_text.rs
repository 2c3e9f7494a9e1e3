//! Words for how far a sweep is.

use indicatif::HumanDuration;
use std::time::Duration;
use wire::v1;
use wire::v1::progress::Status as Sweeping;

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

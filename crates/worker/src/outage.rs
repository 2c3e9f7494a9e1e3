//! Says that something fails again and again, but not every time: a coordinator may be away for a weekend.

use std::time::Duration;
use tokio::time::Instant;

/// The time between two lines about the same outage.
const REMINDER: Duration = Duration::from_secs(60);

/// Whether something works that is tried again and again.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    /// Since when it fails, and when that was said last.
    lasts: Option<(Instant, Instant)>,
}

impl Outage {
    /// It failed: says so at first, and once a minute.
    pub(crate) fn failed(&mut self, what: &str, reason: &str) {
        let now = Instant::now();
        let (since, said) = self.lasts.unwrap_or((now, now));
        if since == now {
            tracing::warn!(reason, "{what}; trying again");
        } else if now - said >= REMINDER {
            let minutes = (now - since).as_secs() / 60;
            tracing::warn!(reason, minutes, "{what}; still trying");
        } else {
            return;
        }
        self.lasts = Some((since, now));
    }

    /// It works.
    pub(crate) fn worked(&mut self) {
        if let Some((since, _)) = self.lasts.take() {
            tracing::info!(seconds = since.elapsed().as_secs_f64(), "the coordinator answers again");
        }
    }
}

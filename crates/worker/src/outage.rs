//! Whether something fails again and again. It is said, but not every time: a coordinator may be away for a weekend.

use std::time::Duration;
use tonic::{Code, Status};

/// Rest after a failed call.
pub(crate) const RETRY: Duration = Duration::from_millis(500);

/// The time between two lines about the same outage.
const REMINDER: Duration = Duration::from_secs(60);

/// Whether something works that is tried again and again. Times are those of the worker's clock.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    /// Since when it fails, and when that was said last.
    lasts: Option<(Duration, Duration)>,
}

impl Outage {
    /// It failed. How long it has done so, if that is to be said: at first, and once a minute.
    pub(crate) fn failed(&mut self, now: Duration) -> Option<Duration> {
        let since = match self.lasts {
            Some((_, said)) if now - said < REMINDER => return None,
            Some((since, _)) => since,
            None => now,
        };
        self.lasts = Some((since, now));
        Some(now - since)
    }

    /// It works. How long it did not, if it did not.
    pub(crate) fn worked(&mut self, now: Duration) -> Option<Duration> {
        self.lasts.take().map(|(since, _)| now - since)
    }
}

/// Whether the same call may succeed later.
pub(crate) fn is_transient(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Unknown
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Internal
            | Code::Aborted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_said_at_first_and_once_a_minute() {
        let mut outage = Outage::default();
        let said = (0..200).step_by(5).filter_map(|seconds| outage.failed(Duration::from_secs(seconds)));
        assert_eq!(said.collect::<Vec<_>>(), [0, 60, 120, 180].map(Duration::from_secs));
        assert_eq!(outage.worked(Duration::from_secs(200)), Some(Duration::from_secs(200)));
        assert_eq!(outage.worked(Duration::from_secs(201)), None);
        assert_eq!(outage.failed(Duration::from_secs(202)), Some(Duration::ZERO));
    }
}

//! When each worker was seen last, as far as this coordinator has written it down.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::WorkerId;
use tokio::time::Instant;

/// A worker's row is written at most so often: its calls are many.
const BETWEEN: Duration = Duration::from_secs(3);

/// Workers whose last sighting is remembered; beyond, all are forgotten, and a row is written once too often.
const CAPACITY: usize = 10_000;

/// When each worker's row was written last, by this coordinator.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<HashMap<WorkerId, Instant>>);

impl Presence {
    /// Whether it is time to write a worker's row again.
    pub(crate) fn is_due(&self, worker: WorkerId) -> bool {
        let now = Instant::now();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.get(&worker).is_some_and(|last| now - *last < BETWEEN) {
            return false;
        }
        if seen.len() >= CAPACITY {
            seen.clear();
        }
        seen.insert(worker, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_workers_row_is_written_every_few_seconds_however_often_it_calls() {
        let presence = Presence::default();
        let worker = WorkerId(1);
        let mut written = 0;
        for _ in 0..100 {
            written += usize::from(presence.is_due(worker));
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert_eq!(written, 4);
    }
}

//! Who is there: workers are seen when they lease or send a heartbeat, and count as lost when nothing was heard of them
//! for a while.

use crate::Coordinator;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::WorkerId;
use tokio::time::Instant;

/// A worker's row is written at most so often: its calls are many.
const BETWEEN: Duration = Duration::from_secs(3);

/// An idle worker calls every five seconds.
const SHORTEST_SILENCE: Duration = Duration::from_secs(15);

/// Workers whose last sighting is remembered; beyond, all are forgotten, and a row is written once too often.
const CAPACITY: usize = 10_000;

/// When each worker's row was written last, by this coordinator.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<HashMap<WorkerId, Instant>>);

impl Presence {
    /// Whether it is time to write a worker's row again.
    fn is_due(&self, worker: WorkerId) -> bool {
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

/// Notes that a worker has called. The call does not wait for it, and goes on without it.
pub(crate) fn see(coordinator: &Arc<Coordinator>, worker: WorkerId) {
    if !coordinator.presence.is_due(worker) {
        return;
    }
    let coordinator = Arc::clone(coordinator);
    tokio::spawn(async move {
        if let Err(error) = coordinator.store.see_worker(worker).await {
            tracing::debug!(worker = worker.0, %error, "cannot note that a worker is there");
        }
    });
}

/// Counts silent workers as lost, again and again.
pub(crate) async fn lose_workers_forever(coordinator: Arc<Coordinator>) {
    let silence = (2 * coordinator.settings.lease).max(SHORTEST_SILENCE);
    loop {
        // First of all the workers may call that had no coordinator until now.
        tokio::time::sleep(silence).await;
        loop {
            tokio::time::sleep(Duration::from_secs(2)).await;
            match coordinator.store.lose_silent_workers(silence).await {
                Ok(lost) => lost.iter().for_each(|worker| tracing::warn!(worker = worker.0, "worker lost")),
                Err(error) => {
                    tracing::debug!(%error, "cannot look for silent workers");
                    coordinator.settings.metrics.database_failures.inc();
                    break;
                }
            }
        }
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

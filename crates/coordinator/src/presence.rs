//! Who is there: workers are seen when they lease or send a heartbeat, and count as lost when nothing was heard of them
//! for a while.

use crate::shared::Coordinator;
use std::sync::Arc;
use std::time::Duration;
use store::WorkerId;

/// An idle worker calls every five seconds.
const SHORTEST_SILENCE: Duration = Duration::from_secs(15);

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

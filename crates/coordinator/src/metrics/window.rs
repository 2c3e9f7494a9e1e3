//! The coordinator's window: its counters, and what the database says.

use super::Metrics;
use super::queue::{Queue, Seen};
use monitor::{Router, Watched};
use prometheus_client::registry::Registry;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use store::{Store, StoreError};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// The database is asked at most so often, however many monitors there are.
const FRESH: Duration = Duration::from_secs(2);

/// A database that takes longer counts as one that does not answer: the monitor would not wait either.
const PATIENCE: Duration = Duration::from_secs(3);

struct Window {
    store: Store,
    metrics: Arc<Metrics>,
    registry: Registry,
    queue: Queue,
    /// When the database was asked last. Held while it is asked, so that others wait for the answer instead of asking,
    /// too.
    asked: Mutex<Option<Instant>>,
}

/// Serves `/metrics`, `/healthz` and `/readyz` over HTTP, and what is put beside them, until `shutdown` completes.
/// `metrics` are those of the [`Settings`](crate::Settings) of the coordinator that is looked at.
///
/// # Errors
/// If the listener fails.
pub async fn serve_metrics(
    store: Store,
    metrics: Arc<Metrics>,
    listener: TcpListener,
    beside: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let mut registry = monitor::registry();
    let queue = Queue::default();
    let own = registry.sub_registry_with_prefix("rapgrid");
    metrics.register(own);
    own.register_collector(Box::new(queue.clone()));
    let window = Window { store, metrics, registry, queue, asked: Mutex::default() };
    monitor::serve(listener, Arc::new(window), beside, shutdown).await
}

impl Watched for Window {
    fn registry(&self) -> &Registry {
        &self.registry
    }

    async fn refresh(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|asked| asked.elapsed() < FRESH) {
            return;
        }
        let observation = self.within_patience(self.store.observe()).await;
        if let Err(reason) = &observation {
            self.metrics.database_failures.inc();
            tracing::debug!(reason, "cannot look at the database");
        }
        let connections = Some(self.store.connections());
        self.queue.set(Seen { observation: observation.ok(), connections });
        *asked = Some(Instant::now());
    }

    async fn ready(&self) -> Result<(), String> {
        self.within_patience(self.store.ping()).await
    }
}

impl Window {
    async fn within_patience<T>(
        &self,
        asking: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, String> {
        match timeout(PATIENCE, asking).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("the database does not answer within {} s", PATIENCE.as_secs())),
        }
    }
}

//! What a worker shows of itself. Names and meanings: docs/metrics.md.

use compute::UnitResult;
use monitor::{Router, Watched};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::net::TcpListener;

/// Counters and gauges of one worker process.
#[derive(Debug, Default)]
pub struct Metrics {
    pub(crate) threads: Gauge,
    pub(crate) jobs_held: Gauge,
    pub(crate) jobs_computing: Gauge,
    pub(crate) rows_pending: Gauge,
    pub(crate) units_computed: Counter,
    pub(crate) rows_computed: Counter,
    pub(crate) compute: Counter<f64, AtomicU64>,
    pub(crate) is_registered: AtomicBool,
    jobs: Family<JobEvent, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobEvent {
    event: &'static str,
}

impl Metrics {
    /// `event` happened to a job: `recorded`, `fenced`, `refused`, `failed`, `lost` or `released`.
    pub(crate) fn count(&self, event: &'static str) {
        self.jobs.get_or_create(&JobEvent { event }).inc();
    }

    /// A job was computed.
    pub(crate) fn on_computed(&self, units: &[UnitResult]) {
        self.units_computed.inc_by(units.len() as u64);
        self.rows_computed.inc_by(units.iter().map(|unit| unit.rows.measurements.len() as u64).sum());
        self.compute.inc_by(units.iter().map(|unit| unit.seconds).sum());
    }

    fn register(&self, registry: &mut Registry) {
        registry.register("worker_threads", "Threads that compute", self.threads.clone());
        registry.register("worker_jobs_held", "Leases that the worker holds", self.jobs_held.clone());
        registry.register(
            "worker_jobs_computing",
            "Jobs in the hands of the threads, one of which may wait for a thread",
            self.jobs_computing.clone(),
        );
        registry.register(
            "worker_rows_pending",
            "Rows computed and not yet answered by the coordinator",
            self.rows_pending.clone(),
        );
        registry.register("worker_units_computed", "Units computed", self.units_computed.clone());
        registry.register("worker_rows_computed", "Measurement rows computed", self.rows_computed.clone());
        registry.register_with_unit(
            "worker_compute",
            "Compute time of the units, summed over threads",
            Unit::Seconds,
            self.compute.clone(),
        );
        registry.register(
            "worker_jobs",
            "Jobs recorded, fenced, refused, failed, lost (lease passed to another), released (given back unfinished)",
            self.jobs.clone(),
        );
    }
}

/// Serves `/metrics`, `/healthz` and `/readyz` over HTTP until `shutdown` completes. `metrics` are those of the
/// [`Settings`](crate::Settings) of the worker that is looked at.
///
/// # Errors
/// If the listener fails.
pub async fn serve_metrics(
    metrics: Arc<Metrics>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let mut registry = monitor::registry();
    metrics.register(registry.sub_registry_with_prefix("rapgrid"));
    monitor::serve(listener, Arc::new(Window { metrics, registry }), Router::new(), shutdown).await
}

struct Window {
    metrics: Arc<Metrics>,
    registry: Registry,
}

impl Watched for Window {
    fn registry(&self) -> &Registry {
        &self.registry
    }

    async fn refresh(&self) {}

    async fn ready(&self) -> Result<(), String> {
        match self.metrics.is_registered.load(Ordering::Relaxed) {
            true => Ok(()),
            false => Err("waiting for the coordinator".to_owned()),
        }
    }
}

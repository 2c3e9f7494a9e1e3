//! The gRPC service that submits sweeps, leases jobs and records results.
//!
//! It holds no state that matters: everything is in the database, and any number of coordinators may serve one. What it
//! caches are parsed specs, which never change once stored. An RPC method unwraps its message, calls one function of
//! `submission`, `leasing` or `recording`, and converts the answer.

mod catalog;
mod connections;
mod error;
mod events;
mod gathering;
mod handed_out;
mod leasing;
mod metrics;
mod permissions;
mod plausible;
mod presence;
mod progress;
mod recording;
mod security;
mod shares;
mod submission;
mod sweeps_service;
mod tokens;
mod work_service;
mod workers;

pub use catalog::read as read_sweep;
pub use error::CoordinatorError;
pub use metrics::{Metrics, serve_metrics};
pub use security::{Security, ServerTls};
pub use tokens::{Role, Tokens, TokensError, token_line};

use catalog::Catalog;
use security::Admission;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify, mpsc, watch};
use tokio::task::JoinSet;
use wire::v1::sweeps_server::SweepsServer;
use wire::v1::work_server::WorkServer;

/// How a coordinator hands out work.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a lease lasts without a heartbeat.
    pub lease: Duration,
    /// Attempts of a job before it rests as failed, until `rapgrid retry`.
    pub max_attempts: i32,
    /// Compute time that a job is cut to, in seconds of one core.
    pub job_seconds: f64,
    /// What it counts while it serves.
    pub metrics: Arc<Metrics>,
    /// Rows of a sweep that are accepted, over all its parts.
    pub max_rows: u64,
    /// What is asked of those who call.
    pub security: Security,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(15),
            max_attempts: 8,
            job_seconds: 2.0,
            metrics: Arc::default(),
            max_rows: MAX_ROWS,
            security: Security::default(),
        }
    }
}

/// Rows of a sweep unless told otherwise: some hundred terabytes. Beyond, somebody mistyped a grid.
pub const MAX_ROWS: u64 = 1_000_000_000_000;

/// What every request works with.
#[derive(Debug)]
struct Coordinator {
    store: Store,
    catalog: Catalog,
    settings: Settings,
    /// Workers that want jobs.
    asks: mpsc::Sender<leasing::Ask>,
    /// Says that there may be new jobs for workers that wait: a sweep was submitted, resumed or retried here. What
    /// other coordinators are told is found by looking.
    news: Notify,
    handed_out: handed_out::HandedOut,
    /// Results that want to be recorded.
    delivered: mpsc::Sender<recording::Delivered>,
    presence: presence::Presence,
    sparing: events::Sparing,
    /// Becomes true when the coordinator is told to stop: open streams then end.
    stopping: watch::Receiver<bool>,
}

impl Coordinator {
    /// Completes when the coordinator is told to stop.
    async fn stopped(&self) {
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }
}

/// Calls under way on one connection: a worker has three or four, and a proxy may carry many workers.
const CALLS_PER_CONNECTION: u32 = 256;

/// The longest that a call may take to be answered, its message included: longer than a worker waits for jobs, and than
/// a deletion waits for readers. Streams are answered when they begin.
const LONGEST_CALL: Duration = Duration::from_secs(120);

/// How long requests under way may take to end after the coordinator was told to stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// How long a round of leasing or recording may take. Nothing else ends a statement whose server has lost its power: no
/// answer comes, and no end of the connection.
const LONGEST_ROUND: Duration = Duration::from_secs(120);

/// Of the kernels that this program was built with.
const NUMERICS_REVISION: i32 = model::numerics::NUMERICS_REVISION as i32;

/// Serves rapgrid.v1 with health and reflection on the listener until `shutdown` completes; then answers what is under
/// way and returns.
///
/// # Errors
/// If the certificate or key of TLS cannot be used, or the transport fails.
pub async fn serve(
    store: Store,
    listener: TcpListener,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), CoordinatorError> {
    let Security { tls, tokens } = settings.security.clone();
    let (stop, stopping) = watch::channel(false);
    let (asks, asked) = mpsc::channel(leasing::MOST_ASKS);
    let (delivered, to_record) = mpsc::channel(recording::MOST_DELIVERED);
    let coordinator = Arc::new(Coordinator {
        store,
        catalog: Catalog::default(),
        settings,
        asks,
        news: Notify::new(),
        handed_out: handed_out::HandedOut::default(),
        delivered,
        presence: presence::Presence::default(),
        sparing: events::Sparing::default(),
        stopping,
    });
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<SweepsServer<sweeps_service::SweepsService>>().await;
    health.set_serving::<WorkServer<work_service::WorkService>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(wire::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let sweeps = SweepsServer::new(sweeps_service::SweepsService(Arc::clone(&coordinator)))
        .max_decoding_message_size(wire::MAX_MESSAGE_BYTES)
        .max_encoding_message_size(wire::MAX_MESSAGE_BYTES);
    let work = WorkServer::new(work_service::WorkService(Arc::clone(&coordinator)))
        .max_decoding_message_size(wire::MAX_MESSAGE_BYTES)
        .max_encoding_message_size(wire::MAX_MESSAGE_BYTES);
    let mut tasks = JoinSet::new();
    tasks.spawn(leasing::expire_leases_forever(Arc::clone(&coordinator)));
    tasks.spawn(leasing::serve_forever(Arc::clone(&coordinator), asked));
    tasks.spawn(progress::count_forever(Arc::clone(&coordinator)));
    tasks.spawn(presence::lose_workers_forever(Arc::clone(&coordinator)));
    tasks.spawn(events::sum_up_forever(Arc::clone(&coordinator)));
    let to_record = Arc::new(Mutex::new(to_record));
    for _ in 0..recording::RECORDERS {
        tasks.spawn(recording::record_forever(Arc::clone(&coordinator), Arc::clone(&to_record)));
    }
    let told = async move {
        shutdown.await;
        let _ = stop.send(true);
    };
    let following = tokens.clone().map(|tokens| tokio::spawn(tokens.follow()));
    let mut server = tonic::transport::Server::builder()
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .max_concurrent_streams(CALLS_PER_CONNECTION)
        .timeout(LONGEST_CALL);
    if let Some(tls) = tls {
        server = server.tls_config(tls.config())?;
    }
    let counted = coordinator.settings.metrics.count_calls();
    let admission = tower_layer::layer_fn(move |services| Admission::new(services, tokens.clone()));
    let serving = server
        .layer(counted)
        .layer(admission)
        .add_service(health_service)
        .add_service(reflection)
        .add_service(sweeps)
        .add_service(work)
        .serve_with_incoming_shutdown(connections::accept(listener), told);
    let overdue = async {
        coordinator.stopped().await;
        tokio::time::sleep(STOP_WITHIN).await;
    };
    let served = tokio::select! {
        served = serving => served,
        () = overdue => Ok(()),
    };
    tasks.abort_all();
    following.inspect(tokio::task::JoinHandle::abort);
    Ok(served?)
}

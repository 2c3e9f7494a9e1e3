//! The gRPC service that submits sweeps, leases jobs and records results.
//!
//! It holds no state that matters: everything is in the database, and any number of coordinators may serve one. What it
//! caches are parsed specs, which never change once stored. An RPC method unwraps its message, calls one function of
//! `submission`, `leasing` or `recording`, and converts the answer.

mod catalog;
mod connections;
mod delivered;
mod error;
mod events;
mod flights;
mod gathering;
mod handed_out;
pub mod json;
mod leasing;
mod metrics;
mod permissions;
mod plausible;
mod presence;
mod progress;
mod recording;
mod security;
mod shared;
mod shares;
mod sightings;
mod sparing;
mod steering;
mod submission;
mod sweeps_service;
mod tokens;
mod transitions;
mod work_service;
mod workers;

pub use catalog::read as read_sweep;
pub use error::CoordinatorError;
pub use flights::{Asked, RowFormat};
pub use metrics::{Metrics, serve_metrics};
pub use security::{Security, ServerTls};
pub use shared::{MAX_ROWS, Settings};
pub use steering::{retry, set_state};
pub use submission::{Judgement, judge};
pub use tokens::{Role, Tokens, TokensError, token_line};
pub use transitions::find_transitions;
pub use workers::GONE_WITHIN;

use arrow_flight::flight_service_server::FlightServiceServer;
use catalog::Catalog;
use handed_out::HandedOut;
use security::Admission;
use shared::Coordinator;
use sightings::Presence;
use sparing::Sparing;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify, mpsc, watch};
use tokio::task::JoinSet;
use wire::v1::sweeps_server::SweepsServer;
use wire::v1::work_server::WorkServer;

/// Calls under way on one connection: a worker has three or four, and a proxy may carry many workers.
const CALLS_PER_CONNECTION: u32 = 256;

/// The longest that a call may take to be answered, its message included: longer than a worker waits for jobs, and than
/// a deletion waits for readers. Streams are answered when they begin.
const LONGEST_CALL: Duration = Duration::from_secs(120);

/// How long requests under way may take to end after the coordinator was told to stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);

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
        handed_out: HandedOut::default(),
        delivered,
        ended: Notify::new(),
        presence: Presence::default(),
        sparing: Sparing::default(),
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
    let flights = FlightServiceServer::new(flights::Flights::of(Arc::clone(&coordinator)));
    let mut tasks = JoinSet::new();
    tasks.spawn(leasing::expire_leases_forever(Arc::clone(&coordinator)));
    tasks.spawn(leasing::serve_forever(Arc::clone(&coordinator), asked));
    tasks.spawn(progress::count_forever(Arc::clone(&coordinator)));
    tasks.spawn(transitions::find_forever(Arc::clone(&coordinator)));
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
        .add_service(flights)
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

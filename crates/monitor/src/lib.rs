//! The window through which a service is looked at: `/metrics`, `/healthz` and `/readyz` over plain HTTP, and beside
//! them whatever else the service shows there.
//!
//! It knows nothing of sweeps or jobs. A service implements [`Watched`] with a registry of its own and says whether it
//! is ready; what is shown changes nothing and reads no secret.

mod connections;
mod process;

pub use connections::Counted;

pub use axum::Router;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use std::future::Future;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What the text of `/metrics` is: OpenMetrics, which Prometheus reads since 2.5 of 2018.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A service that can be looked at.
pub trait Watched: Send + Sync + 'static {
    /// Everything that `/metrics` shows.
    fn registry(&self) -> &Registry;

    /// Brings up to date what is not counted as it happens; called before each answer of `/metrics`.
    fn refresh(&self) -> impl Future<Output = ()> + Send;

    /// Whether the service can do its work, or why not: the answer of `/readyz`.
    fn ready(&self) -> impl Future<Output = Result<(), String>> + Send;
}

/// A registry that has what every process shows of itself. What is the service's own belongs in the part of it that
/// [`Registry::sub_registry_with_prefix`] gives for `rapgrid`.
pub fn registry() -> Registry {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(process::Process));
    registry
}

/// Answers HTTP on the listener until `shutdown` completes; what is not the monitor's own, by `beside`.
///
/// # Errors
/// If the listener fails.
pub async fn serve<W: Watched>(
    listener: TcpListener,
    watched: Arc<W>,
    beside: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(metrics::<W>))
        // It lives: it answers.
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready::<W>))
        .with_state(watched)
        .merge(beside);
    axum::serve(Counted::new(listener), router).with_graceful_shutdown(shutdown).await
}

async fn metrics<W: Watched>(State(watched): State<Arc<W>>) -> Response {
    watched.refresh().await;
    let mut page = String::new();
    match text::encode(&mut page, watched.registry()) {
        Ok(()) => ([(header::CONTENT_TYPE, OPEN_METRICS)], page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

async fn ready<W: Watched>(State(watched): State<Arc<W>>) -> Response {
    match watched.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}

//! Where a service shows its metrics.

use crate::telling::say;
use anyhow::Context;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Listens where the option says, and prints the address of `/metrics`, so that scripts can ask for a free port.
///
/// # Errors
/// If nothing can listen there.
pub(crate) async fn listener(
    address: Option<SocketAddr>,
    option: &str,
) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = address else { return Ok(None) };
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot serve metrics on {address}; choose another address with {option}")
    })?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "metrics are shown beyond this machine, to whoever asks");
    }
    say!("http://{address}/metrics");
    Ok(Some(listener))
}

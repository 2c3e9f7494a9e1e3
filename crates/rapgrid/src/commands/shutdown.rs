//! SIGINT and SIGTERM.

use crate::exit::Exit;
use tokio::signal::ctrl_c;

/// Completes at the first SIGINT (Ctrl-C) or SIGTERM. Whoever ends in good order from then on may take a while: a
/// Ctrl-C after that ends the process at once.
pub(crate) async fn requested() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(ctrl_c().await),
    }
    tokio::spawn(async {
        if ctrl_c().await.is_ok() {
            std::process::exit(Exit::Interrupted.code().into());
        }
    });
}

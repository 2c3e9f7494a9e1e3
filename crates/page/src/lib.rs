//! The page: what a coordinator shows in a browser.
//!
//! Plain HTTP and server-sent events, with relative addresses only, so that it works behind a tunnel or under a proxy's
//! prefix. What it shows is read from the database once for all who look (`live`), and changes nothing
//! but by the functions that the coordinator's own calls use.

mod admission;
mod assets;
mod commands;
mod dimensions;
mod error;
mod events;
mod frozen;
mod interface;
mod list;
mod live;
mod picture;

pub use admission::Admission;
pub use error::PageError;
pub use frozen::frozen;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use monitor::Counted;
use std::io;
use std::sync::Arc;
use store::Store;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

/// Serves the page, and nothing else, until the task ends.
///
/// # Errors
/// If the listener fails.
pub async fn serve(listener: TcpListener, store: Store, admission: Admission) -> io::Result<()> {
    axum::serve(Counted::new(listener), routes(store, admission)).await
}

/// Everything that the page is made of, under whatever path it is put.
pub fn routes(store: Store, admission: Admission) -> Router {
    let page = Arc::new(interface::Page::new(store, admission.clone()));
    let told = interface::routes(Arc::clone(&page)).layer(from_fn_with_state(admission, admission::admit));
    Router::new()
        .merge(assets::routes())
        .merge(interface::doors(page))
        .nest("/api", told)
        .layer(from_fn(admission::refuse_strangers))
        .layer(from_fn(admission::guard))
        .layer(CompressionLayer::new())
}

//! What is new, told as it happens: server-sent events.

use crate::admission::Admission;
use crate::json;
use crate::live::{Beat, LiveSweep};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_stream::wrappers::{IntervalStream, WatchStream};
use tokio_stream::{Stream, StreamExt};

/// A proxy that hears nothing for longer may hang up.
const SILENCE: Duration = Duration::from_secs(15);

/// Between two looks at whether a token is good still.
const LOOK_AT_TOKEN: Duration = Duration::from_secs(2);

/// Whoever listens: as long as the token is good that let it in.
pub(crate) struct Listener {
    pub(crate) admission: Admission,
    pub(crate) headers: HeaderMap,
    pub(crate) permit: OwnedSemaphorePermit,
}

/// Every state of something, the present one first.
pub(crate) fn of<T: Clone + Send + Sync + 'static>(
    states: watch::Receiver<T>,
    listener: Listener,
    told: impl Fn(T) -> Event + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let states = WatchStream::new(states).map(Some);
    // A token may be taken back while nothing happens.
    let looks = IntervalStream::new(tokio::time::interval(LOOK_AT_TOKEN)).map(|_| None);
    // It ends with the states, which looks would outlive.
    let states = states.map(Some).chain(tokio_stream::once(None));
    let events = states.merge(looks.map(Some)).map_while(move |state| {
        let Listener { admission, headers, permit: _until_the_end } = &listener;
        state.filter(|_| admission.role(headers).is_ok())
    });
    let events = events.filter_map(move |state| state.map(|state| Ok(told(state))));
    Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE))
}

/// A sweep's news. While `live` is held, it is followed.
pub(crate) fn beat(live: &Arc<LiveSweep>) -> impl Fn(Beat) -> Event + Send + use<> {
    let live = Arc::clone(live);
    move |beat| {
        let Beat { version, progress, trouble, is_over } = beat;
        let progress = progress.map(|progress| json::progress(&progress));
        let name = &live.name;
        let told = json!({ "sweep": name, "version": version, "progress": progress, "trouble": trouble, "over": is_over });
        Event::default().event("beat").data(told.to_string())
    }
}

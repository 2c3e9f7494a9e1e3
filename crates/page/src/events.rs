//! What is new, told as it happens: server-sent events.

use crate::admission::Admission;
use crate::live::{Beat, LiveSweep};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use coordinator::json;
use serde_json::json;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use store::progress::Progress;
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

/// Every state of something, the present one first, to the last one that there is.
pub(crate) fn of<T: Clone + Send + Sync + 'static>(
    states: watch::Receiver<T>,
    listener: Listener,
    is_last: impl Fn(&T) -> bool + Send + 'static,
    told: impl Fn(T) -> Event + Send + 'static,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // A token may be taken back while nothing happens.
    let looks = IntervalStream::new(tokio::time::interval(LOOK_AT_TOKEN)).map(|_| None);
    let mut is_over = false;
    let events = WatchStream::new(states).map(Some).merge(looks).map_while(move |state| {
        let Listener { admission, headers, permit: _until_the_end } = &listener;
        let goes_on = !is_over && admission.role(headers).is_ok();
        is_over = state.as_ref().is_some_and(&is_last);
        goes_on.then_some(state)
    });
    let events = events.filter_map(move |state| state.map(|state| Ok(told(state))));
    Sse::new(events).keep_alive(KeepAlive::new().interval(SILENCE))
}

/// A sweep's news. While `live` is held, it is followed.
pub(crate) fn beat(live: &Arc<LiveSweep>) -> impl Fn(Beat) -> Event + Send + use<> {
    let live = Arc::clone(live);
    move |beat| {
        let Beat { version: (epoch, version), progress, trouble, is_over } = beat;
        let progress = progress.map(|progress| json::stored_progress(Progress::clone(&progress)));
        let name = &live.name;
        let version = format!("{epoch}-{version}");
        let told = json!({ "sweep": name, "version": version, "progress": progress, "trouble": trouble, "over": is_over });
        Event::default().event("beat").data(told.to_string())
    }
}

//! Leasing: all workers that ask at one moment are served together.
//!
//! One task (`serve_forever`) gathers their asks. Jobs that came back are handed out first; then new ones are cut, from
//! the sweeps of the largest priority, and among those from the one that was given least so far. What a sweep was given
//! is known to this coordinator alone and forgotten with it: it decides nothing but the order.

mod ask;
mod cutting;
mod dispatcher;
mod expiry;
mod hurry;
mod kind;
mod slots;

pub(crate) use ask::{Ask, Granted};
pub(crate) use expiry::expire_leases_forever;

use crate::error::CoordinatorError;
use crate::shared::{Coordinator, LONGEST_ROUND};
use dispatcher::{Dispatcher, POLL};
use std::sync::Arc;
use std::time::Duration;
use store::WorkerId;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// The longest that a worker may wait in one call.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Jobs leased in one call.
const MOST_JOBS: u32 = 1000;

/// Asks that may queue before callers wait to hand theirs in.
pub(crate) const MOST_ASKS: usize = 1000;

/// What a worker says when it asks for jobs.
pub(crate) struct Request {
    pub(crate) worker: WorkerId,
    pub(crate) jobs: u32,
    pub(crate) wait: Duration,
    pub(crate) sweep: Option<String>,
    pub(crate) seconds_left: Option<f64>,
}

/// Leases up to `jobs` jobs, waiting up to `wait` for the first.
pub(crate) async fn lease(
    coordinator: &Coordinator,
    request: Request,
) -> Result<Granted, Arc<CoordinatorError>> {
    let (answer, granted) = oneshot::channel();
    let ask = Ask {
        worker: request.worker,
        jobs: request.jobs.clamp(1, MOST_JOBS) as usize,
        sweep: request.sweep,
        seconds_left: request.seconds_left,
        deadline: Instant::now() + request.wait.min(LONGEST_WAIT),
        answer,
    };
    let nothing = || Granted { jobs: Vec::new(), is_idle: false };
    if coordinator.asks.send(ask).await.is_err() {
        return Ok(nothing());
    }
    // Dropped without an answer: the coordinator is stopping.
    granted.await.unwrap_or_else(|_| Ok(nothing()))
}

/// Serves asks until the coordinator stops.
pub(crate) async fn serve_forever(coordinator: Arc<Coordinator>, mut inbox: mpsc::Receiver<Ask>) {
    let mut dispatcher = Dispatcher::new(&coordinator);
    let mut waiting: Vec<Ask> = Vec::new();
    let mut poll = POLL;
    loop {
        tokio::select! {
            received = inbox.recv_many(&mut waiting, MOST_ASKS) => if received == 0 { return },
            () = tokio::time::sleep(poll), if !waiting.is_empty() => {}
            () = coordinator.news.notified(), if !waiting.is_empty() => {}
            () = coordinator.stopped() => return,
        }
        waiting.retain(|ask| !ask.answer.is_closed());
        // Asks that were taken along are answered with nothing, and asked again.
        (waiting, poll) = match tokio::time::timeout(LONGEST_ROUND, dispatcher.serve(waiting)).await {
            Ok(served) => served,
            Err(_) => {
                tracing::error!("the database does not answer; leasing over new connections");
                (Vec::new(), POLL)
            }
        };
    }
}

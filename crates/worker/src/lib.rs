//! Pulls jobs over gRPC and computes them with every core.
//!
//! One event loop ([`run`]) hears what happens and does what `state` says to it. Everything that takes time (calls,
//! deliveries, threads that compute) runs beside it and sends it events. The loop never waits for anything else, and
//! the threads that compute never see the async runtime.
//!
//! A worker that loses its coordinator keeps computing, keeps what it has found, and delivers it when the coordinator
//! is back; whether the lease still stands is the coordinator's to say.

mod calls;
mod delivery;
mod event;
mod host;
mod jobs;
mod lease;
#[cfg(test)]
mod life;
mod metrics;
mod news;
mod outage;
#[cfg(test)]
mod random_lives;
mod state;
mod threads;

pub use event::Ended;
pub use host::cpu_features;
pub use metrics::{Metrics, serve_metrics};

use calls::Calls;
use delivery::Delivery;
use event::{Action, Event, Unfit};
use lease::Registration;
use state::{Plan, State};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use threads::Threads;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tonic::Status;
use wire::access::{Access, AccessError, Channel};
use wire::v1;
use wire::v1::work_client::WorkClient;

/// How a worker runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How to reach the coordinator.
    pub coordinator: Access,
    /// Threads that compute.
    pub threads: usize,
    /// Version of the program, for its rows.
    pub version: String,
    /// Revision of the source, for its rows.
    pub git_revision: String,
    /// Take only jobs of the sweep of this name.
    pub sweep: Option<String>,
    /// Return when no sweep (or the one) has work left.
    pub exit_when_idle: bool,
    /// On shutdown, how long to go on with jobs under way before giving them back.
    pub grace: Duration,
    /// What it counts while it runs.
    pub metrics: Arc<Metrics>,
    /// Return within this time from the start, which a batch system sets: the shutdown comes a grace time before it is
    /// over, and no job is taken that takes longer.
    pub time_limit: Option<Duration>,
}

/// Why a worker cannot go on.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// The coordinator's address, certificates or token.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The coordinator will not have this worker.
    #[error("the coordinator refused this worker: {}", .0.message())]
    Refused(Status),
    /// No coordinator came in time.
    #[error(
        "no coordinator answered at {address} within the time limit; is it up there (--coordinator), and is \
         --time-limit long enough beside --grace-seconds?"
    )]
    Unmet {
        /// Where it was looked for.
        address: String,
    },
    /// The threads that compute cannot be started.
    #[error("cannot start the threads that compute: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Runs a worker until `shutdown` completes and its jobs are delivered or given back; says why it ended.
///
/// # Errors
/// If the address is malformed or the coordinator refuses the worker. A coordinator that cannot be reached is waited
/// for, as long as the time limit allows.
pub async fn run(settings: Settings, shutdown: impl Future<Output = ()>) -> Result<Ended, WorkerError> {
    tokio::pin!(shutdown);
    let start = Instant::now();
    let plan = plan(&settings);
    if plan.stop_at.is_some_and(|at| at.is_zero()) {
        tracing::warn!(grace = ?plan.grace, "the time limit leaves no time to work before the grace time");
        return Ok(Ended::OutOfTime);
    }
    let mut state = State::new(plan);
    let (events, mut inbox) = mpsc::unbounded_channel();
    let mut hands = Hands::new(settings, events)?;
    let (mut event, mut is_asked_to_stop) = (Event::Tick, false);
    loop {
        for action in state.on(event, start.elapsed()) {
            match action {
                Action::Stop(end) => return end.map_err(|unfit| hands.error(unfit)),
                action => hands.act(action),
            }
        }
        hands.show_load(&state);
        let wakes_in = state.wakes_at().map_or(LONGEST_SLEEP, |at| at.saturating_sub(start.elapsed()));
        event = tokio::select! {
            biased;
            Some(event) = inbox.recv() => event,
            () = &mut shutdown, if !is_asked_to_stop => {
                is_asked_to_stop = true;
                Event::StopAsked
            }
            () = tokio::time::sleep(wakes_in.min(LONGEST_SLEEP)) => Event::Tick,
        };
    }
}

/// Beyond this a timer may overflow.
const LONGEST_SLEEP: Duration = Duration::from_secs(86_400);

fn plan(settings: &Settings) -> Plan {
    Plan {
        threads: settings.threads,
        exit_when_idle: settings.exit_when_idle,
        grace: settings.grace,
        stop_at: settings.time_limit.map(|limit| limit.saturating_sub(settings.grace)),
    }
}

/// What does the work.
struct Hands {
    settings: Settings,
    client: WorkClient<Channel>,
    events: mpsc::UnboundedSender<Event>,
    calls: Calls,
    threads: Threads,
    delivery: Option<Delivery>,
    /// Ends the lease call under way when it is dropped.
    leasing: Option<oneshot::Sender<()>>,
}

impl Hands {
    fn new(settings: Settings, events: mpsc::UnboundedSender<Event>) -> Result<Self, WorkerError> {
        let client = WorkClient::new(connect(&settings.coordinator)?)
            .max_decoding_message_size(wire::MAX_MESSAGE_BYTES)
            .max_encoding_message_size(wire::MAX_MESSAGE_BYTES);
        settings.metrics.threads.set(settings.threads as i64);
        Ok(Self {
            calls: Calls::new(client.clone(), events.clone()),
            threads: Threads::start(settings.threads, events.clone())?,
            delivery: None,
            leasing: None,
            settings,
            client,
            events,
        })
    }

    fn error(&self, unfit: Unfit) -> WorkerError {
        match unfit {
            Unfit::Refused(status) => WorkerError::Refused(status),
            Unfit::Unmet => WorkerError::Unmet { address: self.settings.coordinator.address.clone() },
        }
    }

    /// Does what can be done at once, and sets going what takes time.
    fn act(&mut self, action: Action) {
        let Settings { sweep, metrics, coordinator, .. } = &self.settings;
        match action {
            Action::Register { is_first } => self.calls.register(introduction(&self.settings), is_first),
            Action::StartDelivery(registration) => self.start_delivery(registration),
            Action::Lease { registration, wanted, time_left } => {
                self.leasing = Some(self.calls.lease(registration, wanted, time_left, sweep.as_deref()));
            }
            Action::StopLeasing => self.leasing = None,
            Action::Describe(of) => self.calls.describe(of),
            Action::Heartbeat(registration, leases) => self.calls.heartbeat(registration, leases),
            Action::Compute { lease, sweep, job } => self.threads.compute(lease, sweep, job),
            Action::Cancel(lease) => self.threads.cancel(lease),
            Action::Deliver { lease, units, digest } => {
                metrics.on_computed(&units);
                if let Some(delivery) = &self.delivery {
                    delivery.deliver(lease, units, digest);
                }
            }
            Action::Release { registration, leases, reason } => {
                self.calls.release(registration, leases, reason);
            }
            Action::Goodbye(registration) => self.calls.goodbye(registration),
            Action::Tell(news) => news.tell(metrics, &coordinator.address),
            // That is for the loop.
            Action::Stop(_) => {}
        }
    }

    fn start_delivery(&mut self, registration: Registration) {
        let (client, events, metrics) =
            (self.client.clone(), self.events.clone(), Arc::clone(&self.settings.metrics));
        self.delivery = Some(Delivery::start(client, registration, events, metrics));
    }

    /// Shows how much there is to do now.
    fn show_load(&self, state: &State) {
        self.settings.metrics.jobs_held.set(state.jobs().held() as i64);
        self.settings.metrics.jobs_computing.set(state.jobs().computing() as i64);
    }
}

fn connect(coordinator: &Access) -> Result<Channel, AccessError> {
    let endpoint = coordinator
        .endpoint()?
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true);
    Ok(coordinator.connect_lazy(&endpoint))
}

/// What a worker says of itself.
fn introduction(settings: &Settings) -> v1::RegisterRequest {
    v1::RegisterRequest {
        host: host::name(),
        process_id: std::process::id(),
        version: settings.version.clone(),
        git_revision: settings.git_revision.clone(),
        cpu_features: cpu_features(),
        threads: settings.threads as u32,
        numerics_revision: model::numerics::NUMERICS_REVISION,
        cpu_level: kernel::cpu::Level::chosen().name().to_owned(),
    }
}

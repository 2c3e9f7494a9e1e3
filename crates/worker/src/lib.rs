//! Pulls jobs over gRPC and computes them with every core.
//!
//! One event loop owns all state (`Worker`); everything that waits (calls, timers, threads that compute) runs beside
//! it and sends it events. The loop never computes, and the threads that compute never see the async runtime.
//!
//! A worker that loses its coordinator keeps computing, keeps what it has found, and delivers it when the coordinator
//! is back; whether the lease still stands is the coordinator's to say.

mod delivery;
mod host;
mod metrics;
mod outage;
mod threads;

pub use host::cpu_features;
pub use metrics::{Metrics, serve_metrics};

use delivery::Delivery;
use outage::Outage;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use sweep::{Job, Sweep};
use thiserror::Error;
use threads::{Computed, Threads};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tonic::{Code, Status};
use wire::access::{Access, AccessError, Channel};
use wire::v1;
use wire::v1::work_client::WorkClient;

/// How long a lease call may wait at the coordinator for a job.
const LEASE_WAIT: Duration = Duration::from_secs(5);

/// The longest that the event loop waits for an answer.
const CALL: Duration = Duration::from_secs(5);

/// How long the end of a worker may wait for the coordinator to hear of it.
const GOODBYE: Duration = Duration::from_secs(2);

/// Sweeps that are remembered: one may be as large as a message.
const MOST_SWEEPS: usize = 16;

/// Rest after a failed call.
const RETRY: Duration = Duration::from_millis(500);

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
    /// The threads that compute cannot be started.
    #[error("cannot start the threads that compute: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// A claim on a job. The wire's message is no key of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Lease {
    job_id: i64,
    epoch: i64,
}

impl From<Lease> for v1::LeaseRef {
    fn from(lease: Lease) -> Self {
        Self { job_id: lease.job_id, epoch: lease.epoch }
    }
}

impl From<&v1::LeaseRef> for Lease {
    fn from(lease: &v1::LeaseRef) -> Self {
        Self { job_id: lease.job_id, epoch: lease.epoch }
    }
}

/// What happens to a worker.
#[derive(Debug)]
enum Event {
    /// The lease call came back.
    Leased(Result<v1::LeaseResponse, Status>),
    /// The heartbeat came back.
    Heartbeat(Result<v1::HeartbeatResponse, Status>),
    /// A job is computed, cancelled or failed.
    Computed(Computed),
    /// The coordinator has answered the results of a job.
    Receipt(v1::ResultReceipt),
}

/// Why a job cannot begin.
#[derive(Debug)]
enum NoSweep {
    /// The coordinator did not answer.
    Unreachable,
    /// This worker cannot compute the job's sweep.
    Unreadable(String),
}

/// A lease in hand.
#[derive(Debug)]
struct Held {
    /// Stops the job's computation.
    cancelled: Arc<AtomicBool>,
    /// Digest of the spec that it is computed from.
    digest: String,
    /// Its results are on their way: what becomes of them the receipt says.
    is_delivered: bool,
}

/// All state of a worker.
struct Worker {
    settings: Settings,
    client: WorkClient<Channel>,
    worker_id: i64,
    lease_time: Duration,
    threads: Threads,
    delivery: Delivery,
    events: mpsc::UnboundedSender<Event>,
    sweeps: HashMap<i64, Arc<Sweep>>,
    /// Leases from being granted to being answered or given back.
    held: HashMap<Lease, Held>,
    /// Jobs in the hands of the threads.
    computing: usize,
    /// The lease call under way.
    leasing: Option<AbortHandle>,
    /// Set by a time limit: when the shutdown comes.
    stop_at: Option<Instant>,
    /// Set by a shutdown: when jobs under way are given back.
    drain_until: Option<Instant>,
    is_idle: bool,
    /// Of lease calls and heartbeats.
    outage: Outage,
}

/// Runs a worker until `shutdown` completes and its jobs are delivered or given back.
///
/// # Errors
/// If the address is malformed or the coordinator refuses the worker. A coordinator that cannot be reached is waited
/// for.
pub async fn run(settings: Settings, shutdown: impl Future<Output = ()>) -> Result<(), WorkerError> {
    tokio::pin!(shutdown);
    let channel = connect(&settings.coordinator)?;
    let client = WorkClient::new(channel)
        .max_decoding_message_size(wire::MAX_MESSAGE_BYTES)
        .max_encoding_message_size(wire::MAX_MESSAGE_BYTES);
    let registered = tokio::select! {
        registered = register(client.clone(), &settings) => registered?,
        () = &mut shutdown => return Ok(()),
    };
    tracing::info!(worker = registered.worker_id, coordinator = settings.coordinator.address, "registered");
    settings.metrics.is_registered.store(true, Ordering::Relaxed);
    settings.metrics.threads.set(settings.threads as i64);
    let (events, mut inbox) = mpsc::unbounded_channel();
    let mut worker = Worker::new(settings, client, registered, events)?;
    let mut heartbeats = tokio::time::interval(worker.lease_time / 3);
    heartbeats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !worker.is_done() {
        worker.lease_if_room();
        worker.show_load();
        let drained = worker.drain_until.unwrap_or_else(far_future);
        let stop_at = worker.stop_at.unwrap_or_else(far_future);
        tokio::select! {
            Some(event) = inbox.recv() => worker.on_event(event).await,
            _ = heartbeats.tick() => worker.send_heartbeat(),
            () = &mut shutdown, if worker.drain_until.is_none() => worker.on_shutdown(),
            () = tokio::time::sleep_until(stop_at), if worker.drain_until.is_none() => worker.on_shutdown(),
            () = tokio::time::sleep_until(drained), if worker.drain_until.is_some() => worker.on_grace_over().await,
        }
    }
    worker.say_goodbye().await;
    Ok(())
}

fn far_future() -> Instant {
    Instant::now() + Duration::from_secs(86_400)
}

fn connect(coordinator: &Access) -> Result<Channel, AccessError> {
    let endpoint = coordinator
        .endpoint()?
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(10))
        .keep_alive_while_idle(true);
    Ok(coordinator.connect_lazy(&endpoint))
}

/// Registers, waiting for a coordinator that cannot be reached.
async fn register(
    mut client: WorkClient<Channel>,
    settings: &Settings,
) -> Result<v1::RegisterResponse, WorkerError> {
    let request = v1::RegisterRequest {
        host: host::name(),
        process_id: std::process::id(),
        version: settings.version.clone(),
        git_revision: settings.git_revision.clone(),
        cpu_features: cpu_features(),
        threads: settings.threads as u32,
        numerics_revision: model::numerics::NUMERICS_REVISION,
        cpu_level: physics::cpu::Level::chosen().name().to_owned(),
    };
    let mut was_reachable = true;
    loop {
        match client.register(request.clone()).await {
            Ok(response) => return Ok(response.into_inner()),
            Err(status) if is_transient(&status) => {
                if was_reachable {
                    let coordinator = &settings.coordinator.address;
                    // A certificate that is not trusted stands among the causes only.
                    let causes = std::error::Error::source(&status).map(wire::access::chain);
                    let reason = causes.unwrap_or_else(|| status.message().to_owned());
                    tracing::warn!(coordinator, reason, "waiting for the coordinator");
                }
                was_reachable = false;
                tokio::time::sleep(RETRY).await;
            }
            Err(status) => return Err(WorkerError::Refused(status)),
        }
    }
}

fn is_transient(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Unknown
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Internal
            | Code::Aborted
    )
}

impl Worker {
    fn new(
        settings: Settings,
        client: WorkClient<Channel>,
        registered: v1::RegisterResponse,
        events: mpsc::UnboundedSender<Event>,
    ) -> Result<Self, WorkerError> {
        let stop_at = settings.time_limit.map(|limit| Instant::now() + limit.saturating_sub(settings.grace));
        Ok(Self {
            threads: Threads::start(settings.threads, events.clone())?,
            delivery: Delivery::start(
                client.clone(),
                registered.worker_id,
                events.clone(),
                Arc::clone(&settings.metrics),
            ),
            worker_id: registered.worker_id,
            lease_time: Duration::from_millis(registered.lease_ms.max(100).into()),
            settings,
            client,
            events,
            sweeps: HashMap::new(),
            held: HashMap::new(),
            computing: 0,
            leasing: None,
            stop_at,
            drain_until: None,
            is_idle: false,
            outage: Outage::default(),
        })
    }

    /// Everything is delivered or given back, and nothing more is wanted.
    fn is_done(&self) -> bool {
        let wants_no_more = self.drain_until.is_some() || (self.settings.exit_when_idle && self.is_idle);
        wants_no_more && self.held.is_empty() && self.leasing.is_none()
    }

    /// One job more than there are threads, so that the next one is there when one ends; but not while as many again
    /// wait for their receipts: a database that is slower than the threads must slow them down.
    fn lease_if_room(&mut self) {
        let most = self.settings.threads + 1;
        let wanted = most.saturating_sub(self.computing).min((2 * most).saturating_sub(self.held.len()));
        if wanted == 0 || self.leasing.is_some() || self.drain_until.is_some() || self.is_done() {
            return;
        }
        let request = v1::LeaseRequest {
            worker_id: self.worker_id,
            jobs: wanted as u32,
            wait_ms: LEASE_WAIT.as_millis() as u32,
            sweep: self.settings.sweep.clone().unwrap_or_default(),
            seconds_left: self.stop_at.map(|stop_at| (stop_at - Instant::now()).as_secs_f64()),
        };
        let (mut client, events) = (self.client.clone(), self.events.clone());
        let call = tokio::spawn(async move {
            let response = client.lease(request).await;
            if response.is_err() {
                tokio::time::sleep(RETRY).await;
            }
            let _ = events.send(Event::Leased(response.map(tonic::Response::into_inner)));
        });
        self.leasing = Some(call.abort_handle());
    }

    fn send_heartbeat(&self) {
        if self.held.is_empty() {
            return;
        }
        let leases = self.held.keys().map(|&lease| lease.into()).collect();
        let request = v1::HeartbeatRequest { worker_id: self.worker_id, leases };
        let (mut client, events) = (self.client.clone(), self.events.clone());
        tokio::spawn(async move {
            let response = client.heartbeat(request).await;
            let _ = events.send(Event::Heartbeat(response.map(tonic::Response::into_inner)));
        });
    }

    async fn on_event(&mut self, event: Event) {
        match event {
            Event::Leased(Ok(response)) => self.on_leased(response).await,
            Event::Leased(Err(status)) => self.on_lease_failed(status).await,
            Event::Heartbeat(Ok(response)) => {
                self.outage.worked();
                for lease in &response.lost {
                    self.on_lost(lease.into());
                }
            }
            Event::Heartbeat(Err(status)) => {
                self.outage.failed("the heartbeat failed", status.message());
            }
            Event::Computed(computed) => self.on_computed(computed).await,
            Event::Receipt(receipt) => self.on_receipt(receipt),
        }
    }

    async fn on_leased(&mut self, response: v1::LeaseResponse) {
        self.leasing = None;
        self.outage.worked();
        self.is_idle = response.idle;
        for job in response.jobs {
            let Some(lease) = job.lease.as_ref().map(Lease::from) else { continue };
            if self.drain_until.is_some() {
                self.release(lease, String::new()).await;
                continue;
            }
            match self.sweep_of(&job).await {
                Ok(sweep) => self.start(lease, sweep, &job),
                // Not the job's fault: it costs no attempt.
                Err(NoSweep::Unreachable) => self.release(lease, String::new()).await,
                Err(NoSweep::Unreadable(reason)) => self.release(lease, reason).await,
            }
        }
    }

    fn start(&mut self, lease: Lease, sweep: Arc<Sweep>, job: &v1::Job) {
        let cancelled = Arc::new(AtomicBool::new(false));
        let digest = sweep.parts()[job.part as usize].digest();
        self.held.insert(lease, Held { cancelled: Arc::clone(&cancelled), digest, is_delivered: false });
        self.computing += 1;
        let job = Job { part: job.part as usize, first_unit: job.first_unit, end_unit: job.end_unit };
        self.threads.compute(lease, sweep, job, cancelled);
    }

    async fn on_lease_failed(&mut self, status: Status) {
        self.leasing = None;
        self.outage.failed("cannot lease jobs", status.message());
        // A database that was made anew does not know this worker.
        if status.code() == Code::FailedPrecondition
            && let Ok(Ok(registered)) =
                tokio::time::timeout(CALL, register(self.client.clone(), &self.settings)).await
        {
            self.worker_id = registered.worker_id;
            self.sweeps.clear();
            self.delivery.set_worker_id(registered.worker_id);
        }
    }

    fn on_lost(&mut self, lease: Lease) {
        if self.held.get(&lease).is_none_or(|held| held.is_delivered) {
            return;
        }
        if let Some(held) = self.held.remove(&lease) {
            let Lease { job_id, epoch } = lease;
            tracing::warn!(job = job_id, epoch, worker = self.worker_id, "lease lost; its work is dropped");
            self.settings.metrics.count("lost");
            held.cancelled.store(true, Ordering::Relaxed);
        }
    }

    async fn on_computed(&mut self, computed: Computed) {
        self.computing -= 1;
        let Some(held) = self.held.get_mut(&computed.lease) else { return };
        match computed.result {
            Ok(Some(units)) => {
                self.settings.metrics.on_computed(&units);
                held.is_delivered = true;
                self.delivery.deliver(computed.lease, units, held.digest.clone());
            }
            Ok(None) => self.release(computed.lease, String::new()).await,
            Err(reason) => self.release(computed.lease, reason).await,
        }
    }

    fn on_receipt(&mut self, receipt: v1::ResultReceipt) {
        let Some(lease) = receipt.lease.as_ref().map(Lease::from) else { return };
        self.held.remove(&lease);
        let (Lease { job_id: job, epoch }, worker) = (lease, self.worker_id);
        match receipt.verdict() {
            v1::result_receipt::Verdict::Recorded => {
                tracing::debug!(job, epoch, worker, "recorded");
                self.settings.metrics.count("recorded");
            }
            v1::result_receipt::Verdict::Fenced => {
                tracing::warn!(job, epoch, worker, "its lease had passed to another; nothing lost");
                self.settings.metrics.count("fenced");
            }
            _ => {
                tracing::error!(job, epoch, worker, reason = receipt.reason, "results refused");
                self.settings.metrics.count("refused");
                self.release_soon(lease, format!("results refused: {}", receipt.reason));
            }
        }
    }

    fn on_shutdown(&mut self) {
        tracing::info!(worker = self.worker_id, jobs = self.held.len(), "finishing the jobs under way");
        // A call that waits for jobs would hold up the end. Should it have been granted some just now, they lapse.
        if let Some(call) = self.leasing.take() {
            call.abort();
        }
        self.drain_until = Some(Instant::now() + self.settings.grace);
    }

    async fn on_grace_over(&mut self) {
        for held in self.held.values() {
            held.cancelled.store(true, Ordering::Relaxed);
        }
        let leases: Vec<v1::LeaseRef> = self.held.drain().map(|(lease, _)| lease.into()).collect();
        self.drain_until = Some(far_future());
        leases.iter().for_each(|_| self.settings.metrics.count("released"));
        if leases.is_empty() {
            return;
        }
        let request = v1::ReleaseRequest { worker_id: self.worker_id, leases, error: String::new() };
        let released = tokio::time::timeout(Duration::from_secs(5), self.client.release(request)).await;
        if !matches!(released, Ok(Ok(_))) {
            tracing::warn!("could not give jobs back; their leases will run out");
        }
    }

    /// Shows how much there is to do now.
    fn show_load(&self) {
        self.settings.metrics.jobs_held.set(self.held.len() as i64);
        self.settings.metrics.jobs_computing.set(self.computing as i64);
    }

    /// Tells that it ends of its own will; without that it would count as lost after a while.
    async fn say_goodbye(&mut self) {
        let request = v1::GoodbyeRequest { worker_id: self.worker_id };
        let _ = tokio::time::timeout(GOODBYE, self.client.goodbye(request)).await;
        tracing::info!(worker = self.worker_id, "worker has ended");
    }

    /// Gives one job back: unfinished, or failed with a reason.
    async fn release(&mut self, lease: Lease, error: String) {
        self.held.remove(&lease);
        if error.is_empty() {
            self.settings.metrics.count("released");
        } else {
            let Lease { job_id, epoch } = lease;
            tracing::warn!(job = job_id, epoch, worker = self.worker_id, reason = error, "failed");
            self.settings.metrics.count("failed");
        }
        let request = v1::ReleaseRequest { worker_id: self.worker_id, leases: vec![lease.into()], error };
        if !matches!(tokio::time::timeout(CALL, self.client.release(request)).await, Ok(Ok(_))) {
            tracing::warn!(job = lease.job_id, "could not give a job back; its lease will run out");
        }
    }

    fn release_soon(&self, lease: Lease, error: String) {
        let request = v1::ReleaseRequest { worker_id: self.worker_id, leases: vec![lease.into()], error };
        let mut client = self.client.clone();
        tokio::spawn(async move {
            let _ = client.release(request).await;
        });
    }

    /// The job's sweep, asked for if this worker does not know it, or not yet with the job's part.
    async fn sweep_of(&mut self, job: &v1::Job) -> Result<Arc<Sweep>, NoSweep> {
        let known = self.sweeps.get(&job.sweep_id).filter(|sweep| sweep.parts().len() > job.part as usize);
        if let Some(sweep) = known {
            return Ok(Arc::clone(sweep));
        }
        let request = v1::DescribeRequest { sweep_id: job.sweep_id };
        let described = match tokio::time::timeout(CALL, self.client.describe(request)).await {
            Ok(Ok(described)) => described.into_inner(),
            Ok(Err(status)) if !is_transient(&status) => {
                return Err(NoSweep::Unreadable(status.message().to_owned()));
            }
            _ => return Err(NoSweep::Unreachable),
        };
        let v1::DescribeResponse { sweep: name, parts } = described;
        let sweep = wire::sweep_of_parts(&name, &parts)
            .map_err(|error| NoSweep::Unreadable(format!("this worker cannot read the sweep: {error}")))?;
        let range = Job { part: job.part as usize, first_unit: job.first_unit, end_unit: job.end_unit };
        if !range.lies_in(&sweep) {
            return Err(NoSweep::Unreadable(format!("job {range:?} does not lie in the sweep")));
        }
        let sweep = Arc::new(sweep);
        if self.sweeps.len() >= MOST_SWEEPS {
            self.sweeps.clear();
        }
        self.sweeps.insert(job.sweep_id, Arc::clone(&sweep));
        Ok(sweep)
    }
}

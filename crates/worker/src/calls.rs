//! Calls to the coordinator. Each is a task of its own that answers with an event, so that none waits for another.

use crate::event::{Event, Leased, NoSweep, Registered};
use crate::lease::{Granted, Lease, Registration, SweepPart};
use crate::outage::is_transient;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use sweep::{SpecSource, Sweep};
use tokio::sync::{mpsc, oneshot};
use tonic::{Response, Status};
use wire::access::Channel;
use wire::v1;
use wire::v1::work_client::WorkClient;

/// How long a lease call may wait at the coordinator for a job.
const LEASE_WAIT: Duration = Duration::from_secs(5);

/// The longest that something waits for an answer.
const CALL: Duration = Duration::from_secs(5);

/// How long the end of a worker may wait for the coordinator to hear of it.
const GOODBYE: Duration = Duration::from_secs(2);

/// A lease takes this long at least: heartbeats are a third of it apart.
const SHORTEST_LEASE_MS: u32 = 100;

/// Makes calls.
pub(crate) struct Calls {
    client: WorkClient<Channel>,
    events: mpsc::UnboundedSender<Event>,
}

impl Calls {
    pub(crate) fn new(client: WorkClient<Channel>, events: mpsc::UnboundedSender<Event>) -> Self {
        Self { client, events }
    }

    /// The first answer may take as long as it likes: a worker that gave up would be registered twice.
    pub(crate) fn register(&self, request: v1::RegisterRequest, is_first: bool) {
        self.call(move |mut client| async move {
            let call = client.register(request);
            let response = if is_first { call.await } else { within(CALL, call).await };
            Event::Registered(response.map(Response::into_inner).map(|registered| Registered {
                worker_id: registered.worker_id,
                lease_time: Duration::from_millis(registered.lease_ms.max(SHORTEST_LEASE_MS).into()),
            }))
        });
    }

    /// Asks for jobs until what it returns is dropped.
    pub(crate) fn lease(
        &self,
        registration: Registration,
        wanted: usize,
        time_left: Option<Duration>,
        sweep: Option<&str>,
    ) -> oneshot::Sender<()> {
        let request = v1::LeaseRequest {
            worker_id: registration.worker_id,
            jobs: wanted as u32,
            wait_ms: LEASE_WAIT.as_millis() as u32,
            sweep: sweep.unwrap_or_default().to_owned(),
            seconds_left: time_left.map(|time| time.as_secs_f64()),
        };
        let (stop, stopped) = oneshot::channel();
        self.call(move |mut client| async move {
            tokio::select! {
                biased;
                response = client.lease(request) => Event::Leased(response.map(|response| {
                    let v1::LeaseResponse { jobs, idle } = response.into_inner();
                    let jobs = jobs.iter().filter_map(|job| Granted::new(registration, job)).collect();
                    Leased { jobs, is_idle: idle }
                })),
                _ = stopped => Event::LeasingStopped,
            }
        });
        stop
    }

    pub(crate) fn describe(&self, of: SweepPart) {
        self.call(move |mut client| async move {
            let request = v1::DescribeRequest { sweep_id: of.sweep_id };
            let described = match within(CALL, client.describe(request)).await {
                Ok(described) => read(described.into_inner()).await,
                Err(status) if is_transient(&status) => Err(NoSweep::Unreachable),
                Err(status) => Err(NoSweep::Unreadable(status.message().to_owned())),
            };
            Event::Described(of, described)
        });
    }

    pub(crate) fn heartbeat(&self, registration: Registration, leases: Vec<Lease>) {
        self.call(move |mut client| async move {
            let leases = leases.into_iter().map(v1::LeaseRef::from).collect();
            let request = v1::HeartbeatRequest { worker_id: registration.worker_id, leases };
            Event::Heartbeat(client.heartbeat(request).await.map(|response| {
                let lost = response.into_inner().lost.into_iter();
                lost.map(|lease| Lease::new(registration, lease)).collect()
            }))
        });
    }

    pub(crate) fn release(&self, registration: Registration, leases: Vec<Lease>, reason: String) {
        self.call(move |mut client| async move {
            let request = v1::ReleaseRequest {
                worker_id: registration.worker_id,
                leases: leases.iter().map(|&lease| lease.into()).collect(),
                error: reason,
            };
            let is_certain = within(CALL, client.release(request)).await.is_ok();
            Event::Released { leases, is_certain }
        });
    }

    pub(crate) fn goodbye(&self, registration: Registration) {
        self.call(move |mut client| async move {
            let request = v1::GoodbyeRequest { worker_id: registration.worker_id };
            let _ = within(GOODBYE, client.goodbye(request)).await;
            Event::SaidGoodbye
        });
    }

    /// Makes a call with a client of its own, beside everything else.
    fn call<F>(&self, call: impl FnOnce(WorkClient<Channel>) -> F)
    where
        F: Future<Output = Event> + Send + 'static,
    {
        let (call, events) = (call(self.client.clone()), self.events.clone());
        tokio::spawn(async move {
            let _ = events.send(call.await);
        });
    }
}

/// An answer that comes too late is none.
async fn within<T>(limit: Duration, call: impl Future<Output = Result<T, Status>>) -> Result<T, Status> {
    let answer = tokio::time::timeout(limit, call).await;
    answer.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer")))
}

/// Reads the specs beside the runtime: they may be large.
async fn read(described: v1::DescribeResponse) -> Result<Arc<Sweep>, NoSweep> {
    let v1::DescribeResponse { sweep: name, parts } = described;
    let read = tokio::task::spawn_blocking(move || {
        let sources: Vec<SpecSource> = parts.into_iter().map(Into::into).collect();
        let sweep = Sweep::from_sources(&name, &sources).map_err(|error| error.to_string())?;
        Ok(Arc::new(sweep))
    });
    let sweep = read.await.unwrap_or_else(|panic| Err(panic.to_string()));
    sweep.map_err(|error| NoSweep::Unreadable(format!("this worker cannot read the sweep: {error}")))
}

//! `rapgrid.v1.Work`: for workers.

use crate::delivered::{Delivered, Outcome};
use crate::error::CoordinatorError;
use crate::gathering::Gathering;
use crate::shared::Coordinator;
use crate::{leasing, presence};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{LeasedJob, Release};
use store::results::Verdict;
use store::workers::NewWorker;
use store::{Lease, StoreError, SweepId, WorkerId};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};
use wire::v1;
use wire::v1::work_server::Work;

pub(crate) struct WorkService(pub(crate) Arc<Coordinator>);

/// Text that a worker sends for people is cut to this many characters.
const LONGEST_TEXT: usize = 2000;

#[tonic::async_trait]
impl Work for WorkService {
    async fn register(
        &self,
        request: Request<v1::RegisterRequest>,
    ) -> Result<Response<v1::RegisterResponse>, Status> {
        let worker = request.into_inner();
        let new = NewWorker {
            host: shortened(worker.host),
            process_id: bounded(worker.process_id),
            version: shortened(worker.version),
            git_revision: shortened(worker.git_revision),
            cpu_features: shortened(worker.cpu_features),
            cpu_level: shortened(worker.cpu_level),
            threads: bounded(worker.threads),
            numerics_revision: bounded(worker.numerics_revision),
        };
        let id = self.0.store.register_worker(&new).await.map_err(CoordinatorError::from)?;
        tracing::info!(worker = id.0, host = new.host, threads = new.threads, "worker registered");
        let lease_ms = self.0.settings.lease.as_millis() as u32;
        Ok(Response::new(v1::RegisterResponse { worker_id: id.0, lease_ms }))
    }

    async fn describe(
        &self,
        request: Request<v1::DescribeRequest>,
    ) -> Result<Response<v1::DescribeResponse>, Status> {
        let id = SweepId(request.into_inner().sweep_id);
        let stored = self.0.store.load_sweep(id).await.map_err(CoordinatorError::from)?;
        let stored = stored
            .ok_or_else(|| CoordinatorError::from(StoreError::NoSuchSweep(format!("number {}", id.0))))?;
        let parts = stored.parts.iter().map(|part| (&part.source).into()).collect();
        Ok(Response::new(v1::DescribeResponse { sweep: stored.name, parts }))
    }

    async fn lease(&self, request: Request<v1::LeaseRequest>) -> Result<Response<v1::LeaseResponse>, Status> {
        let request = request.into_inner();
        presence::see(&self.0, WorkerId(request.worker_id));
        let request = leasing::Request {
            worker: WorkerId(request.worker_id),
            jobs: request.jobs,
            wait: Duration::from_millis(request.wait_ms.into()),
            sweep: Some(request.sweep).filter(|name| !name.is_empty()),
            seconds_left: request.seconds_left.filter(|left| !left.is_nan()),
        };
        let granted = leasing::lease(&self.0, request).await.map_err(|error| Status::from(&*error))?;
        let jobs = granted.jobs.into_iter().map(job_to_wire).collect();
        Ok(Response::new(v1::LeaseResponse { jobs, idle: granted.is_idle }))
    }

    async fn heartbeat(
        &self,
        request: Request<v1::HeartbeatRequest>,
    ) -> Result<Response<v1::HeartbeatResponse>, Status> {
        let v1::HeartbeatRequest { worker_id, leases } = request.into_inner();
        presence::see(&self.0, WorkerId(worker_id));
        let leases: Vec<Lease> = leases.iter().map(lease_of).collect();
        let extended = self.0.store.extend_leases(WorkerId(worker_id), &leases, self.0.settings.lease).await;
        let lost = extended.map_err(CoordinatorError::from)?;
        Ok(Response::new(v1::HeartbeatResponse { lost: lost.into_iter().map(lease_to_wire).collect() }))
    }

    type StreamResultsStream = Pin<Box<dyn Stream<Item = Result<v1::ResultReceipt, Status>> + Send>>;

    async fn stream_results(
        &self,
        request: Request<Streaming<v1::ResultChunk>>,
    ) -> Result<Response<Self::StreamResultsStream>, Status> {
        let (sender, receiver) = mpsc::channel(16);
        tokio::spawn(receive_results(Arc::clone(&self.0), request.into_inner(), sender));
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }

    async fn release(
        &self,
        request: Request<v1::ReleaseRequest>,
    ) -> Result<Response<v1::ReleaseResponse>, Status> {
        let v1::ReleaseRequest { worker_id, leases, error } = request.into_inner();
        let leases: Vec<Lease> = leases.iter().map(lease_of).collect();
        let error = shortened(error);
        let release = match error.as_str() {
            "" => Release::Unfinished,
            error => Release::Failed { error, max_attempts: self.0.settings.max_attempts },
        };
        let released = self.0.store.release_leases(WorkerId(worker_id), &leases, release).await;
        released.map_err(CoordinatorError::from)?;
        self.0.on_released(&leases, WorkerId(worker_id), &error);
        Ok(Response::new(v1::ReleaseResponse {}))
    }

    async fn goodbye(
        &self,
        request: Request<v1::GoodbyeRequest>,
    ) -> Result<Response<v1::GoodbyeResponse>, Status> {
        let worker = WorkerId(request.into_inner().worker_id);
        self.0.store.dismiss_worker(worker).await.map_err(CoordinatorError::from)?;
        tracing::info!(worker = worker.0, "worker left");
        Ok(Response::new(v1::GoodbyeResponse {}))
    }
}

/// Jobs of one stream that are being recorded; beyond, the stream waits.
const MOST_RECORDING: usize = 64;

/// Gathers the chunks of each job and has it recorded when its last chunk has come. A broken stream drops what is not
/// complete; the worker sends it again.
async fn receive_results(
    coordinator: Arc<Coordinator>,
    mut chunks: Streaming<v1::ResultChunk>,
    receipts: mpsc::Sender<Result<v1::ResultReceipt, Status>>,
) {
    let mut incomplete = Gathering::default();
    let mut recording = JoinSet::new();
    let mut is_open = true;
    while is_open || !recording.is_empty() {
        let receipt = tokio::select! {
            chunk = chunks.message(), if is_open && recording.len() < MOST_RECORDING => match chunk {
                Ok(Some(chunk)) => match gather(&mut incomplete, chunk) {
                    Ok(None) => continue,
                    Ok(Some(job)) => {
                        recording.spawn(record(Arc::clone(&coordinator), job));
                        continue;
                    }
                    Err(status) => Err(status),
                },
                _ => {
                    is_open = false;
                    continue;
                }
            },
            Some(recorded) = recording.join_next() => {
                recorded.unwrap_or_else(|panic| Err(Status::internal(panic.to_string())))
            }
            () = coordinator.stopped() => return,
        };
        let is_broken = receipt.is_err();
        if receipts.send(receipt).await.is_err() || is_broken {
            return;
        }
    }
}

/// A job that is complete, and where the outcome of recording it will come.
type CompleteJob = (Delivered, oneshot::Receiver<Outcome>);

/// Puts a chunk to those of its job that came before; returns the job if this was the last.
fn gather(incomplete: &mut Gathering, chunk: v1::ResultChunk) -> Result<Option<CompleteJob>, Status> {
    let lease = chunk.lease.as_ref().map(lease_of);
    let lease = lease.ok_or_else(|| Status::invalid_argument("a chunk of results has no lease"))?;
    let units = incomplete.take(lease, chunk.units, chunk.last).map_err(|too_much| {
        tracing::warn!(worker = chunk.worker_id, "a stream of results holds too much");
        Status::resource_exhausted(too_much.to_string())
    })?;
    Ok(units.map(|units| {
        let (outcome, recorded) = oneshot::channel();
        let (worker, digest, cpu_seconds) = (WorkerId(chunk.worker_id), chunk.digest, chunk.cpu_seconds);
        (Delivered { lease, worker, digest, units, cpu_seconds, outcome }, recorded)
    }))
}

/// Has a job recorded, and says what became of it.
async fn record(
    coordinator: Arc<Coordinator>,
    (delivered, recorded): CompleteJob,
) -> Result<v1::ResultReceipt, Status> {
    let Delivered { lease, worker, .. } = delivered;
    let stopping = || Status::unavailable("the coordinator is stopping");
    coordinator.delivered.send(delivered).await.map_err(|_| stopping())?;
    match recorded.await.map_err(|_| stopping())? {
        Ok(Verdict::Recorded) => Ok(receipt(lease, v1::result_receipt::Verdict::Recorded, String::new())),
        Ok(Verdict::Fenced) => {
            coordinator.on_fenced(lease, worker);
            Ok(receipt(lease, v1::result_receipt::Verdict::Fenced, String::new()))
        }
        // Sending them again would help only if the database does: everything else must not be tried forever.
        Err(error) if error.is_transient() => Err(Status::from(&*error)),
        Err(error) => {
            coordinator.on_refused(lease, worker, &error);
            Ok(receipt(lease, v1::result_receipt::Verdict::Refused, error.to_string()))
        }
    }
}

fn receipt(lease: Lease, verdict: v1::result_receipt::Verdict, reason: String) -> v1::ResultReceipt {
    v1::ResultReceipt { lease: Some(lease_to_wire(lease)), verdict: verdict.into(), reason }
}

fn lease_of(lease: &v1::LeaseRef) -> Lease {
    Lease { job_id: lease.job_id, epoch: lease.epoch }
}

fn lease_to_wire(lease: Lease) -> v1::LeaseRef {
    v1::LeaseRef { job_id: lease.job_id, epoch: lease.epoch }
}

fn job_to_wire(job: LeasedJob) -> v1::Job {
    v1::Job {
        lease: Some(lease_to_wire(job.lease)),
        sweep_id: job.sweep_id.0,
        part: job.part as u32,
        first_unit: job.first_unit as u64,
        end_unit: job.end_unit as u64,
    }
}

/// A count as the database holds it.
fn bounded(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((at, _)) => text[..at].to_owned(),
        // PostgreSQL's text holds no NUL.
        None => text.replace('\0', "�"),
    }
}

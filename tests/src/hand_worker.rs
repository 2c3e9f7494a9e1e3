//! A worker whose every message the test chooses.

use crate::Grpc;
use compute::UnitResult;
use sweep::{Job, SpecSource, Sweep};
use tonic::Status;
use wire::v1;

/// A registered worker that does nothing of its own accord.
#[derive(Debug)]
pub struct HandWorker {
    /// The coordinator's client.
    pub grpc: Grpc,
    /// Its number.
    pub id: i64,
}

impl HandWorker {
    /// Registers a worker of the kernels that the tests are built with.
    pub fn register(grpc: Grpc) -> Self {
        let request = v1::RegisterRequest {
            host: "by-hand".to_owned(),
            version: "0".to_owned(),
            git_revision: "unknown".to_owned(),
            cpu_features: "none".to_owned(),
            threads: 1,
            numerics_revision: model::numerics::NUMERICS_REVISION,
            ..v1::RegisterRequest::default()
        };
        let id = grpc.work(async |client| client.register(request).await).expect("registered").worker_id;
        Self { grpc, id }
    }

    /// Leases jobs, waiting for the first at most so long.
    pub fn lease(&self, jobs: u32, wait_ms: u32) -> v1::LeaseResponse {
        let request = v1::LeaseRequest {
            worker_id: self.id,
            jobs,
            wait_ms,
            sweep: String::new(),
            ..v1::LeaseRequest::default()
        };
        self.grpc.work(async |client| client.lease(request).await).expect("an answer to a lease")
    }

    /// Leases one job.
    ///
    /// # Panics
    /// If none becomes ready.
    pub fn lease_one(&self) -> v1::Job {
        self.lease(1, 20_000).jobs.pop().expect("a job is ready")
    }

    /// Computes a job as a worker does.
    pub fn compute(&self, job: &v1::Job) -> Vec<UnitResult> {
        let range = Job { part: job.part as usize, first_unit: job.first_unit, end_unit: job.end_unit };
        compute::compute_job(&self.sweep_of(job), range)
    }

    /// A chunk that holds all results of a job.
    pub fn chunk(&self, job: &v1::Job, results: Vec<UnitResult>) -> v1::ResultChunk {
        v1::ResultChunk {
            lease: job.lease,
            worker_id: self.id,
            units: results.iter().map(|unit| v1::UnitResult::from(&unit.rows)).collect(),
            last: true,
            cpu_seconds: 0.5,
            digest: self.sweep_of(job).parts()[job.part as usize].digest().to_owned(),
        }
    }

    fn sweep_of(&self, job: &v1::Job) -> Sweep {
        let request = v1::DescribeRequest { sweep_id: job.sweep_id };
        let described = self.grpc.work(async |client| client.describe(request).await).expect("described");
        let sources: Vec<SpecSource> = described.parts.into_iter().map(Into::into).collect();
        Sweep::from_sources(&described.sweep, &sources).expect("a stored sweep")
    }

    /// Sends chunks on a stream of their own and hears its first answer.
    pub fn deliver(&self, chunks: Vec<v1::ResultChunk>) -> Result<v1::ResultReceipt, Status> {
        let mut receipts =
            self.grpc.work(async |client| client.stream_results(tokio_stream::iter(chunks)).await)?;
        let receipt = self.grpc.wait(receipts.message())?;
        Ok(receipt.expect("every job is answered"))
    }

    /// Extends leases; returns those that are lost.
    pub fn heartbeat(&self, leases: Vec<v1::LeaseRef>) -> Vec<v1::LeaseRef> {
        let request = v1::HeartbeatRequest { worker_id: self.id, leases };
        self.grpc.work(async |client| client.heartbeat(request).await).expect("an answer").lost
    }

    /// Gives a job back, with a reason if it failed.
    pub fn release(&self, job: &v1::Job, error: &str) {
        let leases = vec![lease_of(job)];
        let request = v1::ReleaseRequest { worker_id: self.id, leases, error: error.to_owned() };
        self.grpc.work(async |client| client.release(request).await).expect("an answer");
    }
}

/// The lease of a leased job.
pub fn lease_of(job: &v1::Job) -> v1::LeaseRef {
    job.lease.expect("a leased job has a lease")
}

//! Work that is nothing but its bookkeeping, and clients that do it.

use compute::compute_job;
use std::time::{Duration, Instant};
use sweep::{Job, SpecSource, Sweep};
use system_tests::Coordinator;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;
use tonic::transport::{Channel, Endpoint};
use wire::v1;
use wire::v1::work_client::WorkClient;

/// What a client says that a job took: what is estimated for one unit, so that jobs stay one unit.
const SECONDS: f64 = 25e-6;

/// A spec of units without an active path: one row each, and nothing to compute.
pub(crate) fn spec(name: &str, units: u64) -> String {
    let last = units.div_ceil(1000).max(2) - 1;
    format!(
        "name = \"{name}\"\nsamples = 1000\n[grid]\nwidths = [2, 2, 2, 1]\ndilution_1 = 1\n\
         dilution_2 = {{ from = 0, to = {:.5}, step = 0.00001 }}\nbeta = [1]\n[methods.exact]\n",
        last as f64 * 1e-5
    )
}

/// Submits such a sweep.
pub(crate) fn submit(coordinator: &Coordinator, name: &str, units: u64) {
    coordinator.grpc().submit(&spec(name, units)).expect("a good spec");
}

/// Removes a sweep and all that it left.
pub(crate) fn delete(coordinator: &Coordinator, name: &str) {
    let grpc = coordinator.grpc();
    let sweep = name.to_owned();
    // One that is finished cannot be cancelled, and need not.
    let _ = grpc.sweeps(async |client| client.cancel(v1::CancelRequest { sweep: sweep.clone() }).await);
    grpc.sweeps(async |client| client.delete(v1::DeleteRequest { sweep: sweep.clone() }).await)
        .expect("deleted");
}

/// A worker that computes nothing: it leases jobs of one sweep and sends what they would give.
pub(crate) struct Client {
    work: WorkClient<Channel>,
    worker_id: i64,
    sweep: String,
    outgoing: mpsc::UnboundedSender<v1::ResultChunk>,
    receipts: Streaming<v1::ResultReceipt>,
    /// The sweep's digest and the result of a unit, from the first job on.
    known: Option<(String, v1::UnitResult)>,
}

impl Client {
    /// Registers with a coordinator, over a connection of its own.
    pub(crate) async fn connect(address: String, sweep: &str) -> Self {
        let endpoint = Endpoint::from_shared(address).expect("an address").tcp_nodelay(true);
        let mut work = WorkClient::new(endpoint.connect().await.expect("the coordinator answers"));
        let request = v1::RegisterRequest {
            host: "figures".to_owned(),
            threads: 1,
            numerics_revision: model::numerics::NUMERICS_REVISION,
            ..v1::RegisterRequest::default()
        };
        let worker_id = work.register(request).await.expect("registered").into_inner().worker_id;
        let (outgoing, chunks) = mpsc::unbounded_channel();
        let receipts = work.stream_results(UnboundedReceiverStream::new(chunks)).await.expect("a stream");
        Self {
            work,
            worker_id,
            sweep: sweep.to_owned(),
            outgoing,
            receipts: receipts.into_inner(),
            known: None,
        }
    }

    /// Leases up to so many jobs; returns them and how long that took.
    pub(crate) async fn lease(&mut self, jobs: u32) -> (Vec<v1::Job>, Duration) {
        let request = v1::LeaseRequest {
            worker_id: self.worker_id,
            jobs,
            wait_ms: 10_000,
            sweep: self.sweep.clone(),
            seconds_left: None,
        };
        let since = Instant::now();
        let leased = self.work.lease(request).await.expect("an answer").into_inner().jobs;
        (leased, since.elapsed())
    }

    /// Sends the results of jobs and waits until all are recorded.
    pub(crate) async fn deliver(&mut self, jobs: &[v1::Job]) {
        if let (None, Some(job)) = (&self.known, jobs.first()) {
            self.known = Some(self.learn(job).await);
        }
        for job in jobs {
            self.outgoing.send(self.chunk(job)).expect("an open stream");
        }
        for _ in jobs {
            let receipt = self.receipts.message().await.expect("an open stream").expect("a receipt");
            assert_eq!(receipt.verdict(), v1::result_receipt::Verdict::Recorded, "{}", receipt.reason);
        }
    }

    fn chunk(&self, job: &v1::Job) -> v1::ResultChunk {
        let (digest, result) = self.known.as_ref().expect("the sweep is known");
        let units = (job.first_unit..job.end_unit).map(|unit| v1::UnitResult { unit, ..result.clone() });
        v1::ResultChunk {
            lease: job.lease,
            worker_id: self.worker_id,
            units: units.collect(),
            last: true,
            cpu_seconds: SECONDS,
            digest: digest.clone(),
        }
    }

    /// All units of the sweep give the same rows.
    async fn learn(&mut self, job: &v1::Job) -> (String, v1::UnitResult) {
        let request = v1::DescribeRequest { sweep_id: job.sweep_id };
        let described = self.work.describe(request).await.expect("described").into_inner();
        let sources: Vec<SpecSource> = described.parts.into_iter().map(Into::into).collect();
        let sweep = Sweep::from_sources(&described.sweep, &sources).expect("a stored sweep");
        (sweep.parts()[0].digest().to_owned(), empty_unit(&sweep))
    }
}

fn empty_unit(sweep: &Sweep) -> v1::UnitResult {
    let job = Job { part: 0, first_unit: 0, end_unit: 1 };
    let mut units = compute_job(sweep, job);
    v1::UnitResult::from(&units.pop().expect("a unit").rows)
}

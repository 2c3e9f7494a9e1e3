//! A coordinator whose every answer the test chooses.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::{TcpListenerStream, UnboundedReceiverStream};
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};
use wire::access::Access;
use wire::v1;
use wire::v1::result_receipt::Verdict;
use wire::v1::work_server::{Work, WorkServer};
use worker::Settings;

/// What the worker did, in order; answers that were held back have a line of their own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Call {
    Register,
    Lease,
    Describe,
    Described,
    Heartbeat(Vec<v1::LeaseRef>),
    Release(v1::ReleaseRequest),
    Released,
    Results(v1::ResultChunk),
    Goodbye(i64),
}

/// What the coordinator will do.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// How long leases last.
    pub(crate) lease_ms: u32,
    /// Answers to leases; afterwards there is nothing left to do.
    pub(crate) leases: VecDeque<Result<v1::LeaseResponse, Status>>,
    /// The sweep as it stands in the database of each registration.
    pub(crate) specs: Vec<String>,
    /// What results are answered with.
    pub(crate) verdict: Verdict,
    /// How long methods hold their answers back.
    pub(crate) slow: HashMap<&'static str, Duration>,
    /// What the worker did.
    pub(crate) calls: Vec<Call>,
}

impl Script {
    /// How often the worker has registered: the number that it got last.
    pub(crate) fn registrations(&self) -> usize {
        self.calls.iter().filter(|call| **call == Call::Register).count()
    }
}

/// Serves a script and runs a worker of one thread against it until there is nothing left to do; returns what it did.
pub(crate) async fn run_worker(script: Script) -> Vec<Call> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("a port");
    let fake = Fake(Arc::new(Mutex::new(script)));
    let served = Server::builder().add_service(WorkServer::new(fake.clone()));
    let server = tokio::spawn(served.serve_with_incoming(TcpListenerStream::new(listener)));
    let settings = Settings {
        coordinator: Access::plain(format!("http://{address}")),
        threads: 1,
        version: "0".to_owned(),
        git_revision: "unknown".to_owned(),
        sweep: None,
        exit_when_idle: true,
        grace: Duration::ZERO,
        metrics: Arc::default(),
        time_limit: None,
    };
    let running = worker::run(settings, std::future::pending());
    tokio::time::timeout(Duration::from_secs(60), running)
        .await
        .expect("the worker ends")
        .expect("in good order");
    server.abort();
    fake.script().calls.clone()
}

#[derive(Debug, Clone)]
struct Fake(Arc<Mutex<Script>>);

impl Fake {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call and holds its answer back for as long as the script says.
    async fn note(&self, method: &'static str, call: Call) {
        let slow = {
            let mut script = self.script();
            script.calls.push(call);
            script.slow.get(method).copied().unwrap_or_default()
        };
        tokio::time::sleep(slow).await;
    }
}

#[tonic::async_trait]
impl Work for Fake {
    async fn register(
        &self,
        _: Request<v1::RegisterRequest>,
    ) -> Result<Response<v1::RegisterResponse>, Status> {
        self.note("register", Call::Register).await;
        let script = self.script();
        let worker_id = script.registrations() as i64;
        Ok(Response::new(v1::RegisterResponse { worker_id, lease_ms: script.lease_ms }))
    }

    async fn lease(&self, _: Request<v1::LeaseRequest>) -> Result<Response<v1::LeaseResponse>, Status> {
        self.note("lease", Call::Lease).await;
        let answer = self.script().leases.pop_front();
        answer.unwrap_or(Ok(v1::LeaseResponse { jobs: Vec::new(), idle: true })).map(Response::new)
    }

    async fn describe(
        &self,
        _: Request<v1::DescribeRequest>,
    ) -> Result<Response<v1::DescribeResponse>, Status> {
        self.note("describe", Call::Describe).await;
        let mut script = self.script();
        script.calls.push(Call::Described);
        let spec = script.specs[script.registrations() - 1].clone();
        let parts = vec![v1::Part { spec, instance_files: Vec::new() }];
        Ok(Response::new(v1::DescribeResponse { sweep: "fake".to_owned(), parts }))
    }

    async fn heartbeat(
        &self,
        request: Request<v1::HeartbeatRequest>,
    ) -> Result<Response<v1::HeartbeatResponse>, Status> {
        self.note("heartbeat", Call::Heartbeat(request.into_inner().leases)).await;
        Ok(Response::new(v1::HeartbeatResponse::default()))
    }

    async fn release(
        &self,
        request: Request<v1::ReleaseRequest>,
    ) -> Result<Response<v1::ReleaseResponse>, Status> {
        self.note("release", Call::Release(request.into_inner())).await;
        self.script().calls.push(Call::Released);
        Ok(Response::new(v1::ReleaseResponse {}))
    }

    async fn goodbye(
        &self,
        request: Request<v1::GoodbyeRequest>,
    ) -> Result<Response<v1::GoodbyeResponse>, Status> {
        self.note("goodbye", Call::Goodbye(request.into_inner().worker_id)).await;
        Ok(Response::new(v1::GoodbyeResponse {}))
    }

    type StreamResultsStream = Pin<Box<dyn Stream<Item = Result<v1::ResultReceipt, Status>> + Send>>;

    async fn stream_results(
        &self,
        request: Request<Streaming<v1::ResultChunk>>,
    ) -> Result<Response<Self::StreamResultsStream>, Status> {
        let (receipts, answers) = mpsc::unbounded_channel();
        let (fake, mut chunks) = (self.clone(), request.into_inner());
        tokio::spawn(async move {
            while let Ok(Some(chunk)) = chunks.message().await {
                let (lease, is_last) = (chunk.lease, chunk.last);
                fake.note("results", Call::Results(chunk)).await;
                let (verdict, reason) = (fake.script().verdict.into(), "as the script says".to_owned());
                if is_last && receipts.send(Ok(v1::ResultReceipt { lease, verdict, reason })).is_err() {
                    return;
                }
            }
        });
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(answers))))
    }
}

//! A client of a coordinator, for tests without an async runtime of their own.

use std::time::Duration;
use tokio::runtime::Runtime;
use tonic::{Response, Status};
use wire::access::{Access, Channel};
use wire::v1;
use wire::v1::sweeps_client::SweepsClient;
use wire::v1::work_client::WorkClient;

/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A connection to a coordinator.
#[derive(Debug)]
pub struct Grpc {
    runtime: Runtime,
    channel: Channel,
}

impl Grpc {
    /// Connects to a coordinator that runs.
    pub fn connect(address: &str) -> Self {
        Self::open(&Access::plain(address)).expect("the coordinator answers")
    }

    /// Connects with certificates and a token, if the coordinator lets it.
    pub fn open(access: &Access) -> Result<Self, tonic::transport::Error> {
        let runtime = Runtime::new().expect("a runtime");
        let endpoint = access.endpoint().expect("an address and certificates").timeout(TIMEOUT);
        let channel = runtime.block_on(access.connect(&endpoint))?;
        Ok(Self { runtime, channel })
    }

    /// The channel, for calls that no client makes.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// Waits for a future of this connection.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Calls `rapgrid.v1.Sweeps`.
    pub fn sweeps<T>(
        &self,
        call: impl AsyncFnOnce(&mut SweepsClient<Channel>) -> Result<Response<T>, Status>,
    ) -> Result<T, Status> {
        let mut client = SweepsClient::new(self.channel());
        self.wait(call(&mut client)).map(Response::into_inner)
    }

    /// Calls `rapgrid.v1.Work`.
    pub fn work<T>(
        &self,
        call: impl AsyncFnOnce(&mut WorkClient<Channel>) -> Result<Response<T>, Status>,
    ) -> Result<T, Status> {
        let mut client = WorkClient::new(self.channel());
        self.wait(call(&mut client)).map(Response::into_inner)
    }

    /// Submits a spec without instance files.
    pub fn submit(&self, spec: &str) -> Result<v1::SubmitResponse, Status> {
        let part = v1::Part { spec: spec.to_owned(), instance_files: Vec::new() };
        self.sweeps(async |client| {
            client.submit(v1::SubmitRequest { part: Some(part), priority: None }).await
        })
    }
}

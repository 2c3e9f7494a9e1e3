//! `rapgrid.v1.Sweeps`: for people.

use crate::error::CoordinatorError;
use crate::shared::Coordinator;
use crate::{progress, steering, submission, workers};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use store::sweeps::SweepState;
use sweep::Spec;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use wire::v1;
use wire::v1::sweeps_server::Sweeps;

pub(crate) struct SweepsService(pub(crate) Arc<Coordinator>);

/// Between two messages of a watch, unless asked otherwise.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);
const SHORTEST_WATCH_INTERVAL: Duration = Duration::from_millis(100);

impl SweepsService {
    async fn progress(&self, sweep: &str) -> Result<v1::Progress, CoordinatorError> {
        Ok(progress::to_wire(self.0.store.progress_of(sweep).await?))
    }

    async fn set_state(&self, sweep: &str, state: SweepState) -> Result<Response<v1::Progress>, Status> {
        steering::set_state(&self.0.store, sweep, state).await?;
        self.0.news.notify_one();
        Ok(Response::new(self.progress(sweep).await?))
    }
}

#[tonic::async_trait]
impl Sweeps for SweepsService {
    async fn submit(
        &self,
        request: Request<v1::SubmitRequest>,
    ) -> Result<Response<v1::SubmitResponse>, Status> {
        let v1::SubmitRequest { part, priority } = request.into_inner();
        let part =
            part.ok_or_else(|| CoordinatorError::Malformed("the submission has no part".to_owned()))?;
        // An instance file of a million paths takes a while.
        let reading = tokio::task::spawn_blocking(move || Spec::from_source(&part.into(), "spec"));
        let spec = reading.await.map_err(|panic| CoordinatorError::Malformed(format!("spec: {panic}")))?;
        let spec = spec.map_err(CoordinatorError::from)?;
        let name = spec.name().to_owned();
        let disposition = submission::submit(&self.0, spec).await?;
        if let Some(priority) = priority {
            self.0.store.set_priority(&name, priority).await.map_err(CoordinatorError::from)?;
        }
        self.0.news.notify_one();
        let progress = Some(self.progress(&name).await?);
        Ok(Response::new(v1::SubmitResponse { disposition: disposition.into(), progress }))
    }

    async fn list(&self, _: Request<v1::ListRequest>) -> Result<Response<v1::ListResponse>, Status> {
        let all = self.0.store.progress(None).await.map_err(CoordinatorError::from)?;
        Ok(Response::new(v1::ListResponse { sweeps: all.into_iter().map(progress::to_wire).collect() }))
    }

    async fn get(&self, request: Request<v1::GetRequest>) -> Result<Response<v1::GetResponse>, Status> {
        let name = request.into_inner().sweep;
        let stored = self.0.store.find_sweep(&name).await.map_err(CoordinatorError::from)?;
        let stored = stored.ok_or_else(|| CoordinatorError::from(StoreError::NoSuchSweep(name.clone())))?;
        let failed = self.0.store.failed_jobs(stored.sweep_id).await.map_err(CoordinatorError::from)?;
        Ok(Response::new(v1::GetResponse {
            progress: Some(self.progress(&name).await?),
            specs: stored.parts.into_iter().map(|part| part.source.text).collect(),
            failed_jobs: failed.into_iter().map(progress::failed_job).collect(),
        }))
    }

    type WatchStream = Pin<Box<dyn Stream<Item = Result<v1::Progress, Status>> + Send>>;

    async fn watch(&self, request: Request<v1::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let v1::WatchRequest { sweep, interval_ms } = request.into_inner();
        let interval = match interval_ms {
            0 => WATCH_INTERVAL,
            ms => Duration::from_millis(ms.into()).max(SHORTEST_WATCH_INTERVAL),
        };
        let first = self.progress(&sweep).await?;
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(watch(SweepsService(Arc::clone(&self.0)), first, interval, sender));
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }

    async fn pause(&self, request: Request<v1::PauseRequest>) -> Result<Response<v1::Progress>, Status> {
        self.set_state(&request.into_inner().sweep, SweepState::Paused).await
    }

    async fn resume(&self, request: Request<v1::ResumeRequest>) -> Result<Response<v1::Progress>, Status> {
        self.set_state(&request.into_inner().sweep, SweepState::Active).await
    }

    async fn cancel(&self, request: Request<v1::CancelRequest>) -> Result<Response<v1::Progress>, Status> {
        self.set_state(&request.into_inner().sweep, SweepState::Cancelled).await
    }

    async fn prioritise(
        &self,
        request: Request<v1::PrioritiseRequest>,
    ) -> Result<Response<v1::Progress>, Status> {
        let v1::PrioritiseRequest { sweep, priority } = request.into_inner();
        self.0.store.set_priority(&sweep, priority).await.map_err(CoordinatorError::from)?;
        tracing::info!(sweep, priority, "sweep prioritised");
        Ok(Response::new(self.progress(&sweep).await?))
    }

    async fn retry(&self, request: Request<v1::RetryRequest>) -> Result<Response<v1::RetryResponse>, Status> {
        let jobs = steering::retry(&self.0.store, &request.into_inner().sweep).await?;
        self.0.news.notify_one();
        Ok(Response::new(v1::RetryResponse { jobs }))
    }

    async fn delete(
        &self,
        request: Request<v1::DeleteRequest>,
    ) -> Result<Response<v1::DeleteResponse>, Status> {
        let name = request.into_inner().sweep;
        let measurements = self.0.store.delete_sweep(&name).await.map_err(CoordinatorError::from)?;
        tracing::info!(sweep = name, measurements, "sweep deleted");
        Ok(Response::new(v1::DeleteResponse { measurements }))
    }

    async fn list_workers(
        &self,
        _: Request<v1::ListWorkersRequest>,
    ) -> Result<Response<v1::ListWorkersResponse>, Status> {
        let all = self.0.store.list_workers(workers::GONE_WITHIN).await.map_err(CoordinatorError::from)?;
        Ok(Response::new(v1::ListWorkersResponse {
            workers: all.into_iter().map(workers::to_wire).collect(),
        }))
    }
}

/// Sends the progress at once, and then whenever it has changed, until nothing more will.
async fn watch(
    service: SweepsService,
    first: v1::Progress,
    interval: Duration,
    sender: mpsc::Sender<Result<v1::Progress, Status>>,
) {
    use v1::progress::Status as Sweeping;
    let mut last = first.clone();
    let mut next = Ok(first);
    loop {
        let is_over = match &next {
            Ok(progress) => {
                matches!(progress.status(), Sweeping::Finished | Sweeping::Cancelled | Sweeping::Failed)
            }
            Err(_) => true,
        };
        if sender.send(next).await.is_err() || is_over {
            return;
        }
        next = loop {
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                () = sender.closed() => return,
                () = service.0.stopped() => break Err(Status::unavailable("the coordinator is stopping")),
            }
            match service.progress(&last.sweep).await {
                Ok(progress)
                    if progress == (v1::Progress { age_seconds: progress.age_seconds, ..last.clone() }) => {}
                Ok(progress) => {
                    last = progress.clone();
                    break Ok(progress);
                }
                Err(error) => break Err(Status::from(error)),
            }
        };
    }
}

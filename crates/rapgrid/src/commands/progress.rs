//! Following a sweep to its end, whatever happens to the coordinator meanwhile.

use crate::arguments::WatchFormat;
use crate::commands::display::Display;
use crate::exit;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tonic::{Code, Status};
use wire::access::Channel;
use wire::v1;
use wire::v1::progress::Status as Sweeping;
use wire::v1::sweeps_client::SweepsClient;

/// How long a coordinator or its database may be away.
const PATIENCE: Duration = Duration::from_secs(300);

/// What is shown grows old in so much time.
const REFRESH: Duration = Duration::from_secs(1);

/// Different reasons that are told of failed jobs; `rapgrid show` has them all.
const MOST_REASONS: usize = 5;

/// Shows a sweep's progress until it is finished, failed or cancelled; returns where it stands then. `has_worker` says
/// that this process computes it as well.
pub(crate) async fn follow(
    client: SweepsClient<Channel>,
    sweep: &str,
    format: WatchFormat,
    has_worker: bool,
) -> anyhow::Result<v1::Progress> {
    let mut follower = Follower {
        client,
        sweep: sweep.to_owned(),
        display: Display::new(format, has_worker),
        failing_since: None,
        told: BTreeSet::new(),
        jobs_failed: 0,
    };
    loop {
        match follower.watch().await {
            // A database that restarts, or a coordinator that is replaced, is no reason to give up a scan of days.
            Err(error) if error.downcast_ref().is_some_and(is_passing) => {
                let since = *follower.failing_since.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(error);
                }
                follower.display.away(&exit::message(&error));
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            result => {
                follower.display.finish();
                return result;
            }
        }
    }
}

fn is_passing(status: &Status) -> bool {
    match status.code() {
        Code::Unavailable | Code::Unknown | Code::Cancelled => true,
        // A connection that broke in the middle of a stream, and not what a coordinator said.
        Code::Internal => std::error::Error::source(status).is_some(),
        _ => false,
    }
}

struct Follower {
    client: SweepsClient<Channel>,
    sweep: String,
    display: Display,
    failing_since: Option<Instant>,
    /// Reasons of failed jobs that were told.
    told: BTreeSet<String>,
    jobs_failed: u64,
}

impl Follower {
    /// Follows until the sweep ends, or the stream breaks.
    async fn watch(&mut self) -> anyhow::Result<v1::Progress> {
        let request = v1::WatchRequest { sweep: self.sweep.clone(), interval_ms: 0 };
        let mut messages = self.client.watch(request).await?.into_inner();
        let mut last: Option<v1::Progress> = None;
        loop {
            tokio::select! {
                message = messages.message() => {
                    let Some(progress) = message? else { break };
                    self.failing_since = None;
                    let reasons = self.new_reasons(&progress).await;
                    self.display.show(&progress, &reasons)?;
                    last = Some(progress);
                }
                () = tokio::time::sleep(REFRESH) => self.display.refresh(),
            }
        }
        // A coordinator that stops may end the stream as if the sweep were over.
        last.filter(is_over).ok_or_else(|| Status::unavailable("the coordinator ended the watch").into())
    }

    /// Why jobs failed since this was asked last: each reason once.
    async fn new_reasons(&mut self, progress: &v1::Progress) -> Vec<String> {
        let has_more = progress.jobs_failed > self.jobs_failed;
        self.jobs_failed = progress.jobs_failed;
        if !has_more || self.told.len() >= MOST_REASONS {
            return Vec::new();
        }
        let request = v1::GetRequest { sweep: self.sweep.clone() };
        // Workers are of lesser importance than the progress: the next failure asks again.
        let Ok(found) = self.client.get(request).await else { return Vec::new() };
        let reasons = found.into_inner().failed_jobs.into_iter().map(|job| job.error);
        let mut new = Vec::new();
        for reason in reasons {
            if self.told.len() < MOST_REASONS && self.told.insert(reason.clone()) {
                new.push(reason);
            }
        }
        new
    }
}

fn is_over(progress: &v1::Progress) -> bool {
    matches!(progress.status(), Sweeping::Finished | Sweeping::Failed | Sweeping::Cancelled)
}

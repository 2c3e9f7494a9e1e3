//! What happens to a worker and its jobs is counted and logged here.

use crate::lease::{Lease, Registration};
use crate::metrics::Metrics;
use std::error::Error;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tonic::Status;

/// What is worth to be told.
#[derive(Debug)]
pub(crate) enum News {
    /// There is no coordinator yet.
    Waiting(Status),
    Registered(Registration),
    /// Something failed, and has done so for so long.
    Fails {
        what: &'static str,
        reason: String,
        lasted: Duration,
    },
    /// It works again, after so long.
    WorksAgain(Duration),
    /// No more jobs are taken; so many are in hand.
    Finishing(Registration, usize),
    /// What became of a job.
    Job(Lease, Fate),
    /// A job may have been given back or not.
    NotGivenBack(Lease),
    Ended(Registration),
}

/// What becomes of a job at this worker.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fate {
    Recorded,
    Fenced,
    Refused(String),
    Failed(String),
    Lost,
    /// Unfinished.
    GivenBack,
}

impl News {
    /// Counts and logs it. `coordinator` is the address.
    pub(crate) fn tell(self, metrics: &Metrics, coordinator: &str) {
        match self {
            News::Waiting(status) => {
                // A certificate that is not trusted stands among the causes only.
                let causes = status.source().map(wire::access::chain);
                let reason = causes.unwrap_or_else(|| status.message().to_owned());
                tracing::warn!(coordinator, reason, "waiting for the coordinator");
            }
            News::Registered(Registration { worker_id: worker, .. }) => {
                metrics.is_registered.store(true, Ordering::Relaxed);
                tracing::info!(worker, coordinator, "registered");
            }
            News::Fails { what, reason, lasted: Duration::ZERO } => {
                tracing::warn!(reason, "{what}; trying again");
            }
            News::Fails { what, reason, lasted } => {
                tracing::warn!(reason, minutes = lasted.as_secs() / 60, "{what}; still trying");
            }
            News::WorksAgain(lasted) => {
                tracing::info!(seconds = lasted.as_secs_f64(), "the coordinator answers again");
            }
            News::Finishing(Registration { worker_id: worker, .. }, jobs) => {
                tracing::info!(worker, jobs, "finishing the jobs under way");
            }
            News::Job(lease, fate) => fate.tell(lease, metrics),
            News::NotGivenBack(lease) => {
                let (job, epoch, worker) = names(lease);
                tracing::warn!(job, epoch, worker, "could not give a job back; its lease will run out");
            }
            News::Ended(Registration { worker_id: worker, .. }) => tracing::info!(worker, "worker has ended"),
        }
    }
}

impl Fate {
    fn tell(self, lease: Lease, metrics: &Metrics) {
        let (job, epoch, worker) = names(lease);
        match self {
            Fate::Recorded => {
                metrics.count("recorded");
                tracing::debug!(job, epoch, worker, "recorded");
            }
            Fate::Fenced => {
                metrics.count("fenced");
                tracing::warn!(job, epoch, worker, "its lease had passed to another; nothing lost");
            }
            Fate::Refused(reason) => {
                metrics.count("refused");
                tracing::error!(job, epoch, worker, reason, "results refused");
            }
            Fate::Failed(reason) => {
                metrics.count("failed");
                tracing::warn!(job, epoch, worker, reason, "failed");
            }
            Fate::Lost => {
                metrics.count("lost");
                tracing::warn!(job, epoch, worker, "lease lost; its work is dropped");
            }
            Fate::GivenBack => {
                metrics.count("released");
                tracing::debug!(job, epoch, worker, "given back");
            }
        }
    }
}

/// Job, epoch and worker, as logs call them.
fn names(lease: Lease) -> (i64, i64, i64) {
    (lease.job_id, lease.epoch, lease.registration.worker_id)
}

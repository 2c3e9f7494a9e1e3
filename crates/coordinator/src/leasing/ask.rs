//! What workers ask for, and the answers.

use crate::CoordinatorError;
use std::collections::HashMap;
use std::sync::Arc;
use store::WorkerId;
use store::jobs::LeasedJob;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// What one worker asks for.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(super) worker: WorkerId,
    /// At most so many jobs, at least one.
    pub(super) jobs: usize,
    /// Only of the sweep of this name.
    pub(super) sweep: Option<String>,
    /// The worker ends after so many seconds: no job that takes longer.
    pub(super) seconds_left: Option<f64>,
    pub(super) deadline: Instant,
    pub(super) answer: oneshot::Sender<Result<Granted, Arc<CoordinatorError>>>,
}

/// The answer to an ask.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) jobs: Vec<LeasedJob>,
    /// Nothing is left to wait for.
    pub(crate) is_idle: bool,
}

/// Answers those who got jobs; returns the others, and the jobs of those who have gone meanwhile.
pub(super) fn hand_out(asks: Vec<Ask>, jobs: Vec<LeasedJob>) -> (Vec<Ask>, Vec<LeasedJob>) {
    let mut of_worker: HashMap<WorkerId, Vec<LeasedJob>> = HashMap::new();
    for job in jobs {
        of_worker.entry(job.worker).or_default().push(job);
    }
    let (mut unserved, mut unwanted) = (Vec::new(), Vec::new());
    for ask in asks {
        let Some(jobs) = of_worker.remove(&ask.worker) else {
            unserved.push(ask);
            continue;
        };
        if let Err(Ok(granted)) = ask.answer.send(Ok(Granted { jobs, is_idle: false })) {
            unwanted.extend(granted.jobs);
        }
    }
    (unserved, unwanted)
}

/// Answers all with the same error.
pub(super) fn refuse(asks: Vec<Ask>, error: CoordinatorError) {
    let error = Arc::new(error);
    for ask in asks {
        let _ = ask.answer.send(Err(Arc::clone(&error)));
    }
}

//! Jobs' results on their way from a stream to the database.

use crate::error::CoordinatorError;
use std::sync::Arc;
use store::results::Verdict;
use store::{Lease, WorkerId};
use sweep::measurement::UnitRows;
use tokio::sync::oneshot;

/// A job's results as they arrived, whole.
pub(crate) struct Delivered {
    pub(crate) lease: Lease,
    pub(crate) worker: WorkerId,
    /// Of the spec that was computed.
    pub(crate) digest: String,
    /// In order; or what is wrong with a row.
    pub(crate) units: Result<Vec<UnitRows>, String>,
    pub(crate) cpu_seconds: f64,
    /// Where the outcome goes.
    pub(crate) outcome: oneshot::Sender<Outcome>,
}

/// What became of a job's results: nothing of them is stored in the case of an error.
pub(crate) type Outcome = Result<Verdict, Arc<CoordinatorError>>;

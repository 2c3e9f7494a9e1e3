//! What a request can run into, and the gRPC status that says so.

use store::{StoreError, SweepId};
use sweep::{NotAnExtension, SpecError};
use thiserror::Error;
use tonic::Status;

/// A refused or failed request; nothing of it was stored.
#[derive(Debug, Error)]
pub enum CoordinatorError {
    /// The spec is wrong.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The name holds a sweep that the spec does not extend.
    #[error("a sweep named {name:?} is there already, and this spec does not extend it: {reason}")]
    NotAnExtension {
        /// The sweep.
        name: String,
        /// What was lost.
        reason: NotAnExtension,
    },
    /// The sweep's rows are of other kernels.
    #[error(
        "sweep {name:?} was computed with numerics revision {stored}, and this program has {own}: a sweep never mixes \
         two; submit it under another name, delete it, or use the version that began it"
    )]
    NumericsRevision {
        /// The sweep.
        name: String,
        /// Its revision.
        stored: i32,
        /// The program's.
        own: i32,
    },
    /// More than this coordinator takes.
    #[error("{0}")]
    TooLarge(String),
    /// A message that cannot be meant.
    #[error("{0}")]
    Malformed(String),
    /// A worker that never registered.
    #[error("worker {0} is not registered")]
    UnknownWorker(i64),
    /// The stored specs cannot be read: they are of another version.
    #[error("the stored sweep number {} cannot be read: {reason}", sweep.0)]
    Unreadable {
        /// The sweep.
        sweep: SweepId,
        /// Why.
        reason: String,
    },
    /// The rows of a sweep cannot be analysed.
    #[error("the transitions cannot be found: {0}")]
    Analysis(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sockets.
    #[error("serving gRPC: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// Results could not be handed out.
    #[error("results: {0}")]
    Results(String),
    /// The descriptors of the protocol.
    #[error("gRPC reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

impl CoordinatorError {
    /// Whether the same request may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, CoordinatorError::Store(error) if error.is_transient())
    }
}

impl From<CoordinatorError> for Status {
    fn from(error: CoordinatorError) -> Self {
        Self::from(&error)
    }
}

impl From<&CoordinatorError> for Status {
    fn from(error: &CoordinatorError) -> Self {
        let message = error.to_string();
        match error {
            CoordinatorError::Spec(_) | CoordinatorError::Malformed(_) | CoordinatorError::TooLarge(_) => {
                Status::invalid_argument(message)
            }
            CoordinatorError::NotAnExtension { .. } => Status::already_exists(message),
            CoordinatorError::NumericsRevision { .. } | CoordinatorError::UnknownWorker(_) => {
                Status::failed_precondition(message)
            }
            CoordinatorError::Store(StoreError::NoSuchSweep(_)) => Status::not_found(message),
            CoordinatorError::Store(StoreError::NoSuchColumn { .. }) => Status::invalid_argument(message),
            CoordinatorError::Store(StoreError::Conflict | StoreError::Busy(_)) => Status::aborted(message),
            CoordinatorError::Store(error) if error.is_unstorable_text() => {
                Status::invalid_argument("a name or text holds a NUL character")
            }
            error if error.is_transient() => {
                tracing::warn!(%error, "database unavailable");
                Status::unavailable(message)
            }
            error => {
                tracing::error!(%error, "request failed");
                Status::internal(message)
            }
        }
    }
}

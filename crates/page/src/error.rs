//! What a request of a browser can run into, and how it is told.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use coordinator::CoordinatorError;
use store::StoreError;
use thiserror::Error;

/// A request that is not answered.
#[derive(Debug, Error)]
pub enum PageError {
    /// It cannot be meant.
    #[error("{0}")]
    Malformed(String),
    /// Who asks is not known, or may not.
    #[error("{reason}")]
    Refused {
        /// 401 where a token would help, else 403.
        status: StatusCode,
        /// Why.
        reason: &'static str,
    },
    /// More than is shown in a browser.
    #[error("{0}")]
    TooLarge(String),
    /// The coordinator says no.
    #[error(transparent)]
    Coordinator(#[from] CoordinatorError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = match &self {
            PageError::Malformed(_) => StatusCode::BAD_REQUEST,
            PageError::Refused { status, .. } => *status,
            PageError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::Store(StoreError::NoSuchSweep(_))
            | PageError::Coordinator(CoordinatorError::Store(StoreError::NoSuchSweep(_))) => {
                StatusCode::NOT_FOUND
            }
            PageError::Coordinator(CoordinatorError::Malformed(_)) => StatusCode::CONFLICT,
            PageError::Store(_) | PageError::Coordinator(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, format!("{self}\n")).into_response()
    }
}

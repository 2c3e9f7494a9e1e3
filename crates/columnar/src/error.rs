//! What can go wrong.

use store::StoreError;

/// Why a view could not be handed out.
#[derive(Debug, thiserror::Error)]
pub enum ColumnarError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server sent something else than the columns that were asked for.
    #[error("the database sent rows that are not those of the view: {0}")]
    Malformed(&'static str),
    /// Arrow or Parquet refused.
    #[error("{0}")]
    Arrow(String),
    /// The output could not be written.
    #[error("cannot write: {0}")]
    Output(#[from] std::io::Error),
    /// A thread ended before its time.
    #[error("decoding was given up: {0}")]
    GivenUp(String),
}

impl From<arrow_schema::ArrowError> for ColumnarError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        match error {
            arrow_schema::ArrowError::IoError(_, error) => Self::Output(error),
            error => Self::Arrow(error.to_string()),
        }
    }
}

impl From<parquet::errors::ParquetError> for ColumnarError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        match error {
            parquet::errors::ParquetError::External(error) => match error.downcast::<std::io::Error>() {
                Ok(error) => Self::Output(*error),
                Err(error) => Self::Arrow(error.to_string()),
            },
            error => Self::Arrow(error.to_string()),
        }
    }
}

//! What can be wrong with a message.

use thiserror::Error;

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// A number that is not an exact decimal.
    #[error("{field} is {text:?}, which is not a decimal number")]
    NotADecimal {
        /// The field.
        field: &'static str,
        /// What it holds.
        text: String,
    },
    /// A value of an enumeration that does not exist, or none where one is needed.
    #[error("{field} is {value}, which rapgrid.v1 does not know")]
    UnknownValue {
        /// The field.
        field: &'static str,
        /// Its number.
        value: i32,
    },
    /// A number outside what it can mean.
    #[error("{field} is {value}; {expected}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
}

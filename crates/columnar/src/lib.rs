//! Views as Arrow.
//!
//! The server sends rows in the binary format of COPY, and here they become record batches, one after another: however
//! many rows a view has, no more than a few batches of them are in memory.

mod column;
mod decoder;
mod error;
mod files;
mod reading;

pub use decoder::Decoder;
pub use error::ColumnarError;
pub use files::{Ipc, ParquetFile};
pub use reading::{Reading, read, schema};

/// How texts with few distinct values are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// As texts.
    Plain,
    /// As dictionaries that grow with the batches: for streams, whose readers take a new one in place of the last.
    /// Names of sweeps, methods and hosts then cost four bytes a row.
    Dictionaries,
}

//! The gRPC contract rapgrid.v1 (`proto/`) and its conversions to the domain.
//!
//! Conversions from the wire check everything that a type can express; what depends on a sweep (is this the row that
//! the job asked for?) the coordinator checks.

pub mod access;
mod convert;
mod error;
mod failover;
mod part;
mod ranges;

pub use error::WireError;

/// The generated messages, clients and servers.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::unwrap_used)]
pub mod v1 {
    tonic::include_proto!("rapgrid.v1");
}

/// The descriptors of rapgrid.v1, for reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rapgrid.v1.bin"));

/// The largest message that either side accepts, in bytes: an instance file of a million paths fits.
pub const MAX_MESSAGE_BYTES: usize = 64 << 20;

/// Rows in one chunk of results, unless a single unit has more: far below [`MAX_MESSAGE_BYTES`], and few enough that
/// the messages of one chunk are gone from memory before those of the next are made.
pub const ROWS_PER_CHUNK: usize = 500;

//! Tests of the whole: real processes, real sockets, real PostgreSQL.
//!
//! [`Rapgrid`] is a private database and the commands that use it, [`Process`] one of them while it runs, [`Grpc`] a
//! client of a coordinator, and [`HandWorker`] a worker whose every message the test chooses. Every test has a
//! [`Rapgrid`] of its own, waits for what it needs with [`wait_until`], and never merely sleeps.

mod binary;
pub mod chaos;
mod grpc;
mod hand_worker;
mod process;
mod rapgrid;
mod waiting;

pub use grpc::Grpc;
pub use hand_worker::{HandWorker, lease_of, unit_to_wire};
pub use process::{Output, Process};
pub use rapgrid::{Coordinator, Rapgrid};
pub use rustix::process::Signal;
pub use waiting::wait_until;

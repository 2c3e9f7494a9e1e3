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
pub use hand_worker::{HandWorker, lease_of};
pub use process::{Output, Process};
pub use rapgrid::{Coordinator, Rapgrid};
pub use rustix::process::Signal;
pub use waiting::wait_until;

/// A spec of 10^8 rows: 1000 × 1000 cells, 50 samples of each, two β.
pub const HUGE: &str = r#"
name = "huge"
samples = 50
[grid]
widths = [20, 20, 20, 1]
activation_1 = 0.5
dilution_1 = { from = 0, to = 0.999, step = 0.001 }
dilution_2 = { from = 0, to = 0.999, step = 0.001 }
beta = [0.3, 0.8]
[methods.mc]
"#;

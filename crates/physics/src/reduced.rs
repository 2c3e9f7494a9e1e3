//! Solvers of the reduced model, the independent two-body systems of a network with three weight layers
//! ([`model::Reduced`]): cluster Monte Carlo where they are unfrustrated ([`cluster`]), replica exchange at any
//! couplings ([`exchange`]), and belief propagation ([`bp`]).

pub mod bp;
pub mod cluster;
pub mod exchange;
mod excitation;
pub mod heat_bath;
mod total;

/// How long a Monte Carlo method runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Independent runs, each from its own random configurations; ≥ 2.
    pub runs: u32,
    /// MC sweeps of each run before measuring.
    pub relax: u32,
    /// MC sweeps of each run that are measured; ≥ 16.
    pub measure: u32,
}

impl Schedule {
    /// For [`cluster`]: a few sweeps decorrelate.
    pub const CLUSTER: Schedule = Schedule { runs: 4, relax: 50, measure: 500 };
    /// For [`exchange`]: a replica needs hundreds of sweeps to walk a ladder and back.
    pub const EXCHANGE: Schedule = Schedule { runs: 4, relax: 1000, measure: 4000 };
}

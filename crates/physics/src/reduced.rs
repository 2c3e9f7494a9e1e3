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

//! Heat-bath Monte Carlo of single replicas, and what its kernels must equal bit for bit.
//!
//! A **chain** is one replica at one β. One `mc_sweep` gives every weight a new value, layer by layer from the input:
//! w_i = ±1 with probability 1/(1 + e^(∓2βh_i)), h_i = Σ_{a∋i} ξ_a Π_{j∈a, j≠i} w_j. Weights of one layer share no
//! path, so their order within it does not matter, and a kernel may update them together. The equilibrium is that of
//! random-site Glauber dynamics, the dynamics is not.
//!
//! **Gauge.** A chain lives in the variables g_i w_i, with g the ground state W¹\[i,j\] = ξ_i, all others 1, where
//! couplings are `input`, and g = 1 where they are `path`. In the former the signs ξ_a vanish from H (docs/model.md,
//! fact 1). Energies, squared magnetisations and overlaps do not depend on it.
//!
//! **Draws.** A weight has one 64-bit number R in each MC sweep, a function of the chain's key, of the MC sweep's
//! number and of the weight's [position](Positions) alone ([`draws`]). It becomes −1 if R < 2^64/(1 + e^(2βh)),
//! compared as integers ([`Thresholds`]).
//!
//! Definition: [`plain`]. Kernels: [`packed`] (one replica in bit rows, three weight layers), [`lanes`] (one bit a
//! replica, any depth).

mod course;
pub mod draws;
mod dynamics;
mod glances;
mod heat;
mod kernel;
mod lane_counts;
pub mod lanes;
pub mod packed;
pub mod plain;
mod positions;
mod probes;
mod tally;
mod thresholds;
mod watch;
pub(crate) mod wide;

pub use course::Chain;
pub(crate) use course::Course;
pub use dynamics::Dynamics;
pub(crate) use dynamics::{Recorded, Runs};
pub(crate) use glances::{Excitation, Glances, References};
pub use heat::Heat;
pub use kernel::Replica;
pub use positions::Positions;
pub(crate) use tally::BitTally;
pub use thresholds::Thresholds;

/// Where two replicas differ, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Paths whose products differ.
    pub(crate) paths: usize,
    /// How many terms v\[j, ·\] differ, for each unit j of layer L − 2 with two terms or more.
    pub(crate) merged: Vec<u32>,
}

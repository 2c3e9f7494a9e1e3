//! What belief propagation says of a problem.

use super::totals::Totals;
use model::numerics::ln_1p;

/// A converged state with a larger overlap than this is ordered.
pub const ORDERED_OVERLAP: f64 = 1e-6;

/// How an iteration ended; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct BpSolution {
    /// The residual reached the tolerance.
    pub converged: bool,
    /// Updates done. From a polarised start without damping the iteration begins with what paths answer to the start:
    /// the first update of m is not counted. None where all messages vanish at every fixed point.
    pub iterations: u32,
    /// max |Δ ln ρ| of the last update, undamped.
    pub residual: f64,
    /// q = (1/n) Σ m_i². Meaningful where converged.
    pub overlap: f64,
    /// q_l = (1/n_(l)) Σ_{i in l} m_i² of weight layer l = 1..=L. Empty for a reduced system, whose `v[j,k]` belong to
    /// two layers at once.
    pub layer_overlaps: Vec<f64>,
    /// Hidden units that join a weight with |m_i| > [`ORDERED_MAGNETISATION`](super::ORDERED_MAGNETISATION): to flip
    /// all weights of one leads to another state, with the same log Z. 0 for a reduced system, which is flipped as a
    /// whole.
    pub ordered_units: usize,
    /// The Bethe log Z.
    pub log_z: f64,
    /// ⟨H⟩.
    pub energy: f64,
}

impl BpSolution {
    /// `change` is e^|Δ ln ρ| − 1 of the last update.
    pub(super) fn new(converged: bool, iterations: u32, change: f64, totals: Totals) -> Self {
        let Totals { overlap, layer_overlaps, ordered_units, log_z, energy } = totals;
        let residual = ln_1p(change);
        Self { converged, iterations, residual, overlap, layer_overlaps, ordered_units, log_z, energy }
    }

    /// Converged with overlap > 1e-6.
    pub fn ordered(&self) -> bool {
        self.converged && self.overlap > ORDERED_OVERLAP
    }
}

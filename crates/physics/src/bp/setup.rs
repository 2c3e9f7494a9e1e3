//! What the problems of a group have in common, and how far each has come.

use super::factor::Form;
use super::lanes::LANES;
use super::layout::Layout;
use super::problem::BpSettings;
use super::whole::Whole;
use kernel::cpu::Level;

/// What the problems of a group have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) whole: &'a Whole,
    pub(crate) layout: &'a Layout,
    pub(crate) level: Level,
    pub(crate) form: Form,
}

/// A problem in a lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Running {
    /// Its place in the list.
    pub(crate) number: usize,
    pub(crate) beta: f64,
    pub(crate) iterations: u32,
    /// e^|Δ ln ρ| − 1 of the last update, the largest of any message.
    pub(crate) change: f64,
}

impl Running {
    pub(crate) fn converged(&self, settings: &BpSettings) -> bool {
        self.change <= settings.tolerance
    }

    pub(super) fn has_ended(&self, settings: &BpSettings) -> bool {
        self.converged(settings) || self.iterations >= settings.max_iterations
    }
}

/// The largest β of any lane.
pub(crate) fn coldest(lanes: &[Option<Running>; LANES]) -> f64 {
    lanes.iter().flatten().map(|running| running.beta).fold(0.0, f64::max)
}

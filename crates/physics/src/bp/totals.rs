//! What is summed up of a problem, over its core and over all.

/// The core's part of the totals of one problem.
pub(crate) struct CoreTotals {
    /// m_i² of each of its weights.
    pub(crate) squares: Vec<f64>,
    pub(crate) log_z: f64,
    pub(crate) energy: f64,
}

/// The totals of one problem.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Totals {
    pub(crate) overlap: f64,
    pub(crate) layer_overlaps: Vec<f64>,
    pub(crate) ordered_units: usize,
    pub(crate) log_z: f64,
    pub(crate) energy: f64,
}

//! What an exact solution says.

/// Exact values at one β; totals, not per weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact {
    /// log Z.
    pub log_z: f64,
    /// ⟨H⟩.
    pub energy: f64,
    /// ⟨H²⟩ − ⟨H⟩².
    pub energy_variance: f64,
}

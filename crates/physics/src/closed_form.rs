//! The paramagnetic closed forms (DESIGN §2): what belief propagation gives at its paramagnetic fixed point, m = 0.

use crate::numerics::{ln_cosh, tanh};

/// e = −α tanh β, the paramagnetic energy per weight at α = M / n.
pub fn energy_per_weight(alpha: f64, beta: f64) -> f64 {
    -alpha * tanh(beta)
}

/// log Z / n = ln 2 + α ln cosh β at the paramagnetic fixed point.
pub fn log_z_per_weight(alpha: f64, beta: f64) -> f64 {
    std::f64::consts::LN_2 + alpha * ln_cosh(beta)
}

/// s = ln 2 + α (ln cosh β − β tanh β), the paramagnetic entropy per weight.
pub fn entropy_per_weight(alpha: f64, beta: f64) -> f64 {
    std::f64::consts::LN_2 + alpha * (ln_cosh(beta) - beta * tanh(beta))
}

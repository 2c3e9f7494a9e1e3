//! The paramagnetic closed forms (docs/model.md, Belief propagation): what belief propagation gives at its paramagnetic
//! fixed point, m = 0.

use crate::numerics::{ln_cosh, tanh};
use std::f64::consts::LN_2;

/// e = −α tanh β, the paramagnetic energy per weight at α = M / n.
pub fn energy_per_weight(alpha: f64, beta: f64) -> f64 {
    -alpha * tanh(beta)
}

/// log Z / n = ln 2 + α ln cosh β at the paramagnetic fixed point.
pub fn log_z_per_weight(alpha: f64, beta: f64) -> f64 {
    LN_2 + alpha * ln_cosh(beta)
}

/// s = ln 2 + α (ln cosh β − β tanh β), the paramagnetic entropy per weight.
pub fn entropy_per_weight(alpha: f64, beta: f64) -> f64 {
    LN_2 + alpha * (ln_cosh(beta) - beta * tanh(beta))
}

/// C / n = α β² / cosh² β, the paramagnetic specific heat per weight.
pub fn specific_heat_per_weight(alpha: f64, beta: f64) -> f64 {
    let t = tanh(beta);
    alpha * beta * beta * (1.0 - t * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms_obey_log_z_equals_entropy_minus_beta_energy() {
        for beta in [0.0, 0.3, 2.0, 800.0] {
            let (energy, entropy) = (energy_per_weight(1.94, beta), entropy_per_weight(1.94, beta));
            assert!((log_z_per_weight(1.94, beta) - (entropy - beta * energy)).abs() < 1e-9 * (1.0 + beta));
        }
    }
}

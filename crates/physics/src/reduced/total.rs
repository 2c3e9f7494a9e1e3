//! Sums over independent systems, with their errors.

use crate::statistics::{ENERGY_QUANTUM, Estimate, estimate};

/// A variance below this is rounding: the mean given the W¹ side of a single bond never changes.
const ROUNDING: f64 = 1e-18;

/// The sum of a quantity over systems that know nothing of each other.
///
/// Each system's series is judged by itself, and errors add in squares: in the series of the sum, one system that is slow among
/// forty that are fast would hide its autocorrelation in their noise.
#[derive(Debug, Clone)]
pub(super) struct Total {
    /// Values of every series.
    count: f64,
    mean: f64,
    squared_error: f64,
    /// Σ Γ(0).
    gamma_0: f64,
    /// Σ Γ(0) τ_int.
    slowness: f64,
    r_hat: f64,
}

impl Total {
    pub(super) fn new() -> Self {
        Self { count: 0.0, mean: 0.0, squared_error: 0.0, gamma_0: 0.0, slowness: 0.0, r_hat: 0.0 }
    }

    /// Adds a system, by the series of its runs.
    pub(super) fn add(&mut self, runs: &[Vec<f64>]) {
        let system = estimate(runs);
        self.count = (runs.len() * runs[0].len()) as f64;
        // Without the least error of a single series, for which the sum has one of its own.
        let gamma_0 = (system.variance - system.error * system.error).max(0.0);
        self.mean += system.mean;
        self.squared_error += 2.0 * system.tau_int * gamma_0 / self.count;
        self.gamma_0 += gamma_0;
        self.slowness += gamma_0 * system.tau_int;
        self.r_hat = self.r_hat.max(system.r_hat);
    }

    /// Of the sum; τ_int is the mean by variance, R̂ that of the worst system. As in [`estimate`], the error is at least one
    /// energy quantum in all values.
    pub(super) fn estimate(&self) -> Estimate {
        let error = self.squared_error.sqrt().max(ENERGY_QUANTUM / self.count);
        let frozen = self.gamma_0 < ROUNDING;
        Estimate {
            mean: self.mean,
            error,
            variance: if frozen { 0.0 } else { self.gamma_0 + self.squared_error },
            tau_int: if frozen { 0.5 } else { self.slowness / self.gamma_0 },
            r_hat: self.r_hat,
        }
    }
}

//! Annealing: how low an energy is reached at a given cooling rate (the paper's Fig. 5a).
//!
//! Each run cools one configuration along β_k = k · `beta_step`, k = 0, 1, 2, …, with `mc_sweeps` MC sweeps at each
//! point. The energy at a requested β branches off from that chain: the configuration left by the last point
//! *below* β is copied and gets `mc_sweeps` MC sweeps at β, drawn from a stream of β's own. So β is reached by the
//! same number of MC sweeps per step whether or not it lies on the schedule, and its energy does not depend on which
//! other β are asked for: the chain itself knows nothing of them.

use crate::chain::Dynamics;
use crate::statistics::{ENERGY_QUANTUM, Value, mean_of_independent};
use model::FactorGraph;
use model::random::Key;
use thiserror::Error;

/// The smallest step: a finer schedule would not end.
pub const MIN_BETA_STEP: f64 = 1e-6;

/// A point of the schedule this close to β, in steps, is β itself: 3 · 0.1 is not 0.3 in binary.
const SAME_POINT: f64 = 1e-6;

/// How slowly to cool. Always valid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnnealSettings {
    runs: u32,
    beta_step: f64,
    mc_sweeps: u32,
}

/// Why settings do not describe an annealing.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AnnealSettingsError {
    /// No spread, no error bar.
    #[error("annealing with runs = {0} has no error bar; it needs at least 2 independent runs")]
    TooFewRuns(u32),
    /// Not a schedule.
    #[error(
        "beta_step = {0} is not a finite number of at least {MIN_BETA_STEP}, the steps of the schedule from β = 0"
    )]
    BetaStep(f64),
    /// Nothing would happen.
    #[error("mc_sweeps = 0 leaves every configuration as it was drawn; at least 1 per step is needed")]
    NoSweeps,
}

impl AnnealSettings {
    /// Checks `runs` ≥ 2, a finite `beta_step` ≥ [`MIN_BETA_STEP`], and `mc_sweeps` ≥ 1 at each point of the
    /// schedule.
    ///
    /// # Errors
    /// If one of them is not so (NaN included).
    pub fn new(runs: u32, beta_step: f64, mc_sweeps: u32) -> Result<Self, AnnealSettingsError> {
        if runs < 2 {
            return Err(AnnealSettingsError::TooFewRuns(runs));
        }
        if !(beta_step.is_finite() && beta_step >= MIN_BETA_STEP) {
            return Err(AnnealSettingsError::BetaStep(beta_step));
        }
        if mc_sweeps == 0 {
            return Err(AnnealSettingsError::NoSweeps);
        }
        Ok(Self { runs, beta_step, mc_sweeps })
    }

    /// Independent runs, each from its own random configuration.
    pub fn runs(&self) -> u32 {
        self.runs
    }

    /// How many points of the schedule lie below β.
    fn points_below(&self, beta: f64) -> u64 {
        (beta / self.beta_step - SAME_POINT).ceil().max(0.0) as u64
    }
}

/// What annealing reached at one β; totals, not per weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Annealed {
    /// The energy reached: mean over the runs, with its standard error (at least one energy quantum in all runs).
    pub energy: Value,
    /// The lowest energy that a run reached.
    pub lowest: f64,
    /// Variance over the runs: of the thermal fluctuation and of where the runs got stuck, together.
    pub variance: f64,
}

/// Anneals to every requested β, in any order, in one pass.
///
/// The chain of run r has the first word of stream r of `chain` for its key, and its branch to a β that of stream r of
/// the key that comes with that β. `chain` must not depend on the list of β, and the keys must differ from it and from
/// each other.
pub fn anneal(
    graph: &FactorGraph,
    betas: &[(f64, Key)],
    settings: &AnnealSettings,
    chain: Key,
) -> Vec<Annealed> {
    let dynamics = Dynamics::new(graph);
    // energies[b][r]
    let mut energies = vec![vec![0.0; settings.runs as usize]; betas.len()];
    let branches = branches_by_point(betas, settings);
    let mc_sweeps = u64::from(settings.mc_sweeps);
    for run in 0..settings.runs {
        let key = chain.stream(u64::from(run)).word();
        let mut replica = dynamics.random(key);
        let mut done = 0;
        for &(points, b) in &branches {
            for k in done..points {
                let heat = dynamics.heat(k as f64 * settings.beta_step);
                (1..=mc_sweeps).for_each(|n| dynamics.mc_sweep(&mut replica, &heat, key, k * mc_sweeps + n));
            }
            done = points;
            let (beta, of_beta) = betas[b];
            let (heat, key) = (dynamics.heat(beta), of_beta.stream(u64::from(run)).word());
            let mut branch = replica.clone();
            (1..=mc_sweeps).for_each(|n| dynamics.mc_sweep(&mut branch, &heat, key, n));
            energies[b][run as usize] = branch.energy() as f64;
        }
    }
    energies.iter().map(|energies| summary(energies)).collect()
}

/// (points of the schedule done before, index of β), in the order of the schedule.
fn branches_by_point(betas: &[(f64, Key)], settings: &AnnealSettings) -> Vec<(u64, usize)> {
    let mut branches: Vec<(u64, usize)> =
        betas.iter().enumerate().map(|(b, &(beta, _))| (settings.points_below(beta), b)).collect();
    branches.sort_unstable();
    branches
}

fn summary(energies: &[f64]) -> Annealed {
    let count = energies.len() as f64;
    let energy = mean_of_independent(energies, ENERGY_QUANTUM / count);
    let squares: f64 = energies.iter().map(|e| (e - energy.value) * (e - energy.value)).sum();
    Annealed {
        energy,
        lowest: energies.iter().copied().fold(f64::INFINITY, f64::min),
        variance: squares / (count - 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_below_a_beta_are_counted_in_decimals() {
        let settings = AnnealSettings::new(2, 0.1, 1).unwrap();
        for (beta, points) in [(0.0, 0), (0.05, 1), (0.1, 1), (0.3, 3), (0.31, 4), (0.7, 7), (100.0, 1000)] {
            assert_eq!(settings.points_below(beta), points, "{beta}");
        }
    }
}

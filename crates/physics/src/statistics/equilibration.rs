//! Whether runs have forgotten where they began.

use super::{ENERGY_QUANTUM, Value, in_blocks, mean_with_error, split_r_hat};

/// Runs with a larger split R̂ do not sample one distribution. R̂ ≈ 1 + 2 τ_int/N for runs of length N that do, so
/// that it also asks for about 40 τ_int from each.
pub const R_HAT_LIMIT: f64 = 1.05;

/// The last two logarithmic bins agree when they differ by at most so many of their combined standard errors: of
/// the many rows of a sweep that are in equilibrium, hardly one should be accused.
pub const AGREEMENT: f64 = 4.0;

/// The shortest bin, in steps of one run.
const SHORTEST_BIN: usize = 4;

/// Blocks in a bin: an error that needs more is that of a bin which is stuck anyway.
const BLOCKS: usize = 256;

/// The verdict on a set of series.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibration {
    /// Split R̂ over the halves of the runs.
    pub r_hat: f64,
    /// The last half of the runs, the quarter before it, the eighth before that, …, and what is left of the
    /// beginning.
    pub bins: Vec<LogBin>,
    /// How many combined standard errors the means of the last two bins differ by.
    pub drift: f64,
    /// R̂ ≤ [`R_HAT_LIMIT`] and drift ≤ [`AGREEMENT`].
    pub equilibrated: bool,
}

/// The mean over one stretch of all runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogBin {
    /// Its first step.
    pub from: usize,
    /// The step after its last.
    pub to: usize,
    /// Mean and standard error over all runs.
    pub mean: Value,
}

/// Looks for two ways in which the energies of independent runs of equal length (≥ 2 runs of ≥ 8 values) betray that
/// they are not in equilibrium: the runs disagree with each other (R̂), or they still drift (logarithmic bins).
///
/// Both are necessary, neither is sufficient: runs that are all stuck at the same place look like equilibrium.
pub fn equilibration(runs: &[Vec<f64>]) -> Equilibration {
    debug_assert!(runs.len() >= 2 && runs[0].len() >= 2 * SHORTEST_BIN);
    let r_hat = split_r_hat(runs);
    let bins = log_bins(runs);
    let (last, before) = (bins[0].mean, bins[1].mean);
    let sigma = (last.error * last.error + before.error * before.error).sqrt();
    let drift = (last.value - before.value).abs() / sigma;
    Equilibration { r_hat, bins, drift, equilibrated: r_hat <= R_HAT_LIMIT && drift <= AGREEMENT }
}

/// From the last to the first.
fn log_bins(runs: &[Vec<f64>]) -> Vec<LogBin> {
    let mut bins = Vec::new();
    let mut to = runs[0].len();
    while to > 0 {
        let from = if to >= 2 * SHORTEST_BIN { to / 2 } else { 0 };
        let part: Vec<Vec<f64>> = runs.iter().map(|run| run[from..to].to_vec()).collect();
        let quantum = ENERGY_QUANTUM / (runs.len() * (to - from)) as f64;
        bins.push(LogBin { from, to, mean: mean_with_error(&in_blocks(&part, BLOCKS), quantum) });
        to = from;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Key;

    /// Runs of independent uniform values in (−1, 1], plus `shift(run, step)`.
    fn runs(count: u64, length: usize, seed: u64, shift: impl Fn(u64, usize) -> f64) -> Vec<Vec<f64>> {
        let key = Key::derive("equilibration", &[&seed.to_string()]);
        let run = |r: u64| {
            let mut stream = key.stream(r);
            (0..length).map(|t| 2.0 * stream.unit_interval() - 1.0 + shift(r, t)).collect()
        };
        (0..count).map(run).collect()
    }

    #[test]
    fn the_bins_are_the_last_half_the_quarter_before_it_and_so_on() {
        let found = equilibration(&runs(2, 100, 0, |_, _| 0.0));
        let spans: Vec<(usize, usize)> = found.bins.iter().map(|bin| (bin.from, bin.to)).collect();
        assert_eq!(spans, [(50, 100), (25, 50), (12, 25), (6, 12), (0, 6)]);
    }

    #[test]
    fn stationary_runs_that_agree_are_equilibrated() {
        let passed = (0..200).filter(|&seed| equilibration(&runs(4, 1000, seed, |_, _| 0.0)).equilibrated);
        assert_eq!(passed.count(), 200);
    }

    #[test]
    fn runs_that_disagree_are_not_equilibrated() {
        let found = equilibration(&runs(4, 1000, 0, |r, _| r as f64));
        assert!(found.r_hat > 1.5 && !found.equilibrated, "{found:?}");
    }

    #[test]
    fn runs_that_drift_together_as_the_logarithm_of_time_are_not_equilibrated() {
        let found = equilibration(&runs(8, 1000, 0, |_, t| -0.4 * libm::log(1.0 + t as f64)));
        assert!(found.drift > AGREEMENT && !found.equilibrated, "{found:?}");
    }

    #[test]
    fn frozen_runs_at_one_energy_pass_and_at_two_do_not() {
        assert!(equilibration(&vec![vec![-9.0; 64]; 4]).equilibrated);
        let mut two = vec![vec![-9.0; 64]; 4];
        two[1] = vec![-7.0; 64];
        assert!(!equilibration(&two).equilibrated);
    }
}

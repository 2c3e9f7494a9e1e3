//! Whether runs have forgotten where they began.

use super::columns::{Columns, chance, largest_r_hat};
use super::ranks::Split;
use super::{ENERGY_QUANTUM, Value, in_blocks, mean_with_error};

/// Runs with a larger split R̂ do not sample one distribution (Vehtari et al. 2021).
pub const R_HAT_LIMIT: f64 = 1.01;

/// The fewest effective samples of each run, for R̂ and errors to mean something (Vehtari et al. 2021).
pub const LEAST_EFFECTIVE: f64 = 100.0;

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
    /// The largest split R̂, rank-normalised, of all observables that were looked at.
    pub r_hat: f64,
    /// The fewest effective samples of the energy, of its tails and of the path overlap, of all runs together.
    pub effective_samples: f64,
    /// The last half of the runs, the quarter before it, the eighth before that, …, and what is left of the
    /// beginning.
    pub bins: Vec<LogBin>,
    /// How many combined standard errors the means of the last two bins differ by.
    pub drift: f64,
    /// There is a state that no run has visited.
    pub missed: bool,
    /// None is known to be missed, R̂ ≤ [`R_HAT_LIMIT`], at least [`LEAST_EFFECTIVE`] effective samples a run, and
    /// drift ≤ [`AGREEMENT`].
    pub equilibrated: bool,
}

/// What is looked at besides the energy.
#[derive(Debug, Clone, Default)]
pub struct Witnesses<'a> {
    /// Observables of the whole instance, each a series in every run.
    pub(crate) whole: Vec<Vec<Vec<f64>>>,
    /// Effective samples of another observable than the energy.
    pub(crate) effective_samples: Option<f64>,
    /// Observables of single units, by run.
    pub(crate) units: Vec<Columns<'a>>,
    /// There is a state of some unit that no run has visited.
    pub(crate) missed: bool,
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

/// Looks for the ways in which independent runs of equal length (≥ 2 runs of ≥ 8 values) betray that they are not in
/// equilibrium: they disagree with each other or their halves do (R̂), they are too short for their correlations
/// (effective samples), or the energy still drifts (logarithmic bins).
///
/// `r_hat` is that of the [estimate](super::Estimate::r_hat). All are necessary, none is sufficient: runs that are all
/// stuck at the same place look like equilibrium.
pub fn equilibration(runs: &[Vec<f64>], r_hat: f64, witnesses: &Witnesses<'_>) -> Equilibration {
    debug_assert!(runs.len() >= 2 && runs[0].len() >= 2 * SHORTEST_BIN);
    let energies = Split::new(runs);
    let mut r_hat = r_hat;
    let mut effective_samples = energies.bulk_effective().min(energies.tail_effective());
    effective_samples = effective_samples.min(witnesses.effective_samples.unwrap_or(f64::INFINITY));
    let by_chance = chance(2 * runs.len(), 2 * witnesses.whole.len());
    for series in &witnesses.whole {
        r_hat = r_hat.max(Split::new(series).r_hat(by_chance));
    }
    if !witnesses.units.is_empty() {
        r_hat = r_hat.max(largest_r_hat(&witnesses.units));
    }
    let bins = log_bins(runs);
    let (last, before) = (bins[0].mean, bins[1].mean);
    let sigma = (last.error * last.error + before.error * before.error).sqrt();
    let drift = (last.value - before.value).abs() / sigma;
    let long_enough = effective_samples >= LEAST_EFFECTIVE * runs.len() as f64;
    let missed = witnesses.missed;
    let equilibrated = !missed && r_hat <= R_HAT_LIMIT && long_enough && drift <= AGREEMENT;
    Equilibration { r_hat, effective_samples, bins, drift, missed, equilibrated }
}

/// The bins from the last to the first.
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
    use super::super::estimate;
    use super::*;
    use model::random::Key;

    /// Runs of independent uniform values in (−1, 1], plus `shift(run, step)`.
    fn runs(count: u64, length: usize, seed: u64, shift: impl Fn(u64, usize) -> f64) -> Vec<Vec<f64>> {
        let key = Key::derive("equilibration", &[&seed.to_string()]);
        let run = |r: u64| {
            let mut stream = key.stream(r);
            (0..length).map(|t| 2.0 * stream.unit_interval() - 1.0 + shift(r, t)).collect()
        };
        (0..count).map(run).collect()
    }

    fn verdict(runs: &[Vec<f64>]) -> Equilibration {
        equilibration(runs, estimate(runs).r_hat, &Witnesses::default())
    }

    #[test]
    fn the_bins_are_the_last_half_the_quarter_before_it_and_so_on() {
        let found = verdict(&runs(2, 100, 0, |_, _| 0.0));
        let spans: Vec<(usize, usize)> = found.bins.iter().map(|bin| (bin.from, bin.to)).collect();
        assert_eq!(spans, [(50, 100), (25, 50), (12, 25), (6, 12), (0, 6)]);
    }

    #[test]
    fn stationary_runs_that_agree_are_equilibrated() {
        let passed = (0..200).filter(|&seed| verdict(&runs(4, 1000, seed, |_, _| 0.0)).equilibrated);
        assert_eq!(passed.count(), 200);
    }

    #[test]
    fn runs_that_disagree_are_not_equilibrated() {
        let found = verdict(&runs(4, 1000, 0, |r, _| r as f64));
        assert!(found.r_hat > 1.5 && !found.equilibrated, "{found:?}");
    }

    #[test]
    fn runs_that_drift_together_as_the_logarithm_of_time_are_not_equilibrated() {
        let found = verdict(&runs(8, 1000, 0, |_, t| -0.4 * libm::log(1.0 + t as f64)));
        assert!(found.drift > AGREEMENT && !found.equilibrated, "{found:?}");
    }

    #[test]
    fn frozen_runs_at_one_energy_pass_and_at_two_do_not() {
        assert!(verdict(&vec![vec![-9.0; 128]; 4]).equilibrated);
        let mut two = vec![vec![-9.0; 128]; 4];
        two[1] = vec![-7.0; 128];
        assert!(!verdict(&two).equilibrated);
    }

    #[test]
    fn runs_of_too_few_effective_samples_are_not_equilibrated() {
        let found = verdict(&runs(4, 96, 0, |_, _| 0.0));
        assert!(found.r_hat < R_HAT_LIMIT && found.drift < AGREEMENT && !found.equilibrated, "{found:?}");
    }

    #[test]
    fn one_unit_among_many_that_is_stuck_in_one_run_is_found() {
        let (units, looks) = (60, 160);
        let key = Key::derive("units", &[]);
        let counts = |run: u64, stuck: u32| -> Vec<u32> {
            let mut stream = key.stream(run);
            let count = |i: usize| (stream.word() % 8) as u32 + if i % units == 17 { stuck } else { 0 };
            (0..units * looks).map(count).collect()
        };
        let energies = runs(4, 1000, 0, |_, _| 0.0);
        let judge = |stuck: u32| {
            let all: Vec<Vec<u32>> =
                (0..4).map(|run| counts(run, if run == 2 { stuck } else { 0 })).collect();
            let column = |counts| Columns { counts, stride: units, count: units };
            let units = all.iter().map(|counts| column(counts)).collect();
            equilibration(&energies, 1.0, &Witnesses { units, ..Witnesses::default() })
        };
        assert!(judge(0).equilibrated && !judge(2).equilibrated, "{} {}", judge(0).r_hat, judge(2).r_hat);
        let missed = Witnesses { missed: true, ..Witnesses::default() };
        assert!(!equilibration(&energies, 1.0, &missed).equilibrated);
    }
}

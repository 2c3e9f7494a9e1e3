//! Sums over independent systems, with their errors.

use super::excitation::Excitation;
use crate::statistics::{ENERGY_QUANTUM, Estimate, Value, estimate, variance_about};

/// What is added to the number k of visits to a rare state, which is Poisson's, to get the square of its error: with 2
/// the true number is more than 3 √(k + 2) off in at most 1.5 % of all cases, whatever it is. With nothing added it
/// would be so wherever no visit was seen. No more than twice the visits that are expected are added.
const UNSEEN_VISITS: f64 = 2.0;

/// A state that a run may not have seen: its probability, and how much a value changes there.
pub(super) type Rare = (f64, f64);

/// The sum of a quantity over systems that know nothing of each other.
///
/// Each system's series is judged by itself, and errors add in squares: in the series of the sum, one system that is
/// slow among forty that are fast would hide its autocorrelation in their noise.
#[derive(Debug, Clone)]
pub(super) struct Total {
    /// Values of every series.
    count: f64,
    mean: f64,
    /// Σ of the squares of the statistical errors.
    squared_error: f64,
    /// Σ of the squares of what may have remained unseen.
    squared_unseen: f64,
    /// Σ Γ(0).
    gamma_0: f64,
    /// Σ Γ(0) τ_int.
    slowness: f64,
    r_hat: f64,
    /// The effective samples of the slowest system.
    effective_samples: f64,
}

impl Total {
    pub(super) fn new() -> Self {
        Self {
            count: 0.0,
            mean: 0.0,
            squared_error: 0.0,
            squared_unseen: 0.0,
            gamma_0: 0.0,
            slowness: 0.0,
            r_hat: 0.0,
            effective_samples: f64::INFINITY,
        }
    }

    /// Adds a system, by the series of its runs and the states that these may not have seen. Returns the square of its
    /// statistical error.
    pub(super) fn add(&mut self, runs: &[Vec<f64>], rare: impl Iterator<Item = Rare>) -> f64 {
        let system = estimate(runs);
        self.count = (runs.len() * runs[0].len()) as f64;
        // The mean given the W¹ side of a single bond never changes: such a system is frozen, and its τ_int is ½.
        let gamma_0 = variance_about(runs, system.mean);
        // Values within 2 τ_int of each other belong to one visit.
        let visits = self.count / (2.0 * system.tau_int);
        let squared_error = gamma_0 / visits;
        let unseen = |(rate, change): Rare| {
            let of_visit = change / visits;
            (2.0 * rate * visits).min(UNSEEN_VISITS) * (of_visit * of_visit)
        };
        self.mean += system.mean;
        self.squared_error += squared_error;
        self.squared_unseen += rare.map(unseen).sum::<f64>();
        self.gamma_0 += gamma_0;
        self.slowness += gamma_0 * system.tau_int;
        self.r_hat = self.r_hat.max(system.r_hat);
        self.effective_samples = self.effective_samples.min(visits);
        squared_error
    }

    /// Of the sum; τ_int is the mean by variance, R̂ that of the worst system. To the square of the error is added what
    /// a few more visits to every rare state make; it is at least one energy quantum in all values.
    pub(super) fn estimate(&self) -> Estimate {
        let frozen = self.gamma_0 == 0.0;
        Estimate {
            mean: self.mean,
            error: self.error().max(ENERGY_QUANTUM / self.count),
            variance: if frozen { 0.0 } else { self.gamma_0 + self.squared_error },
            tau_int: if frozen { 0.5 } else { self.slowness / self.gamma_0 },
            r_hat: self.r_hat,
        }
    }

    fn error(&self) -> f64 {
        (self.squared_error + self.squared_unseen).sqrt()
    }
}

/// What the runs of one system measured, one value for each MC sweep.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    /// H.
    pub(super) energies: Vec<f64>,
    /// ⟨H⟩ given the W¹ side.
    pub(super) mean_energies: Vec<f64>,
    /// Var H given the W¹ side.
    pub(super) variances: Vec<f64>,
}

/// The thermodynamics of all systems at one β.
#[derive(Debug, Clone)]
pub(super) struct Thermal {
    energy: Total,
    variance: Total,
    /// H of all systems together, by run and MC sweep.
    energies: Vec<f64>,
}

impl Thermal {
    pub(super) fn new() -> Self {
        Self { energy: Total::new(), variance: Total::new(), energies: Vec::new() }
    }

    /// Adds a system by its runs. Its variance of H is that of the mean given the W¹ side, plus the mean of the
    /// variance given it: with less noise than from H itself, for the v side is summed.
    pub(super) fn add(&mut self, runs: Vec<Series>, excitations: &[Excitation]) {
        let (mut means, mut squares, mut energies) = (Vec::new(), Vec::new(), Vec::new());
        for run in runs {
            means.push(run.mean_energies);
            squares.push(run.variances);
            energies.extend(run.energies);
        }
        let squared_error = self.energy.add(&means, excitations.iter().map(|flip| (flip.rate, flip.energy)));
        let count = (means.len() * means[0].len()) as f64;
        let mean = means.iter().flatten().sum::<f64>() / count;
        let of_means = means.iter().flatten().map(|x| (x - mean) * (x - mean));
        squares.iter_mut().flatten().zip(of_means).for_each(|(variance, square)| *variance += square);
        self.variance.add(&squares, excitations.iter().map(|flip| (flip.rate, flip.square)));
        // About the true mean, of which the measured one is off by its error.
        self.variance.mean += squared_error;
        if self.energies.is_empty() {
            self.energies = energies;
        } else {
            self.energies.iter_mut().zip(energies).for_each(|(sum, energy)| *sum += energy);
        }
    }

    pub(super) fn energy(&self) -> Estimate {
        self.energy.estimate()
    }

    /// Var H, a total.
    pub(super) fn variance(&self) -> Value {
        let least = ENERGY_QUANTUM * ENERGY_QUANTUM / self.variance.count;
        Value { value: self.variance.mean, error: self.variance.error().max(least) }
    }

    /// Independent samples that the energy of the slowest system is worth.
    pub(super) fn effective_samples(&self) -> f64 {
        self.energy.effective_samples
    }

    /// H of all systems together, of every run and MC sweep.
    pub(super) fn into_energies(self) -> Vec<f64> {
        self.energies
    }
}

//! Means of correlated series, with error bars, and whether the series have forgotten how they began.

mod equilibration;

pub use equilibration::{AGREEMENT, Equilibration, LogBin, R_HAT_LIMIT, equilibration};

/// The smallest change of a total energy: H moves in steps of 2.
pub(crate) const ENERGY_QUANTUM: f64 = 2.0;

/// Long blocks of all runs together, whose spread has a relative error of 1/8.
const BLOCKS: usize = 32;

/// How many times its own τ_int the summation window must be long (Sokal).
const WINDOW: f64 = 6.0;

/// A mean over several independent runs of one stationary series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Over all runs.
    pub mean: f64,
    /// One standard error of the mean.
    pub error: f64,
    /// Variance of single values about the mean.
    pub variance: f64,
    /// Integrated autocorrelation time in steps of the series, ½ where uncorrelated.
    pub tau_int: f64,
    /// Split Gelman–Rubin R̂ over the halves of the runs: near 1 where they agree.
    pub r_hat: f64,
}

/// Mean and error of the energies of independent runs of equal length (≥ 2 runs of ≥ 4 values).
///
/// The error is the Γ-method's (Wolff, Comput. Phys. Commun. 156, 143 (2004)) for replicas: σ² = 2 τ_int Γ(0)/N
/// with τ_int = ½ + Σ_{t≤W} Γ(t)/Γ(0) and the smallest window W ≥ 6 τ_int. Deviations are from the mean over *all*
/// runs, so runs that disagree (a quench that is stuck) leave a correlation that never decays, the window then runs
/// to half the length, and the error grows to the spread of the runs' means.
///
/// The error is at least the spread of about 32 long blocks of all runs, which knows of modes that are slow but weak.
///
/// The error is at least one energy quantum, 2, in all N values: a frozen series has not shown that excitations rarer
/// than 1/N do not exist.
pub fn estimate(runs: &[Vec<f64>]) -> Estimate {
    let length = runs[0].len();
    debug_assert!(runs.len() >= 2 && length >= 4 && runs.iter().all(|run| run.len() == length));
    let count = (runs.len() * length) as f64;
    let mean = runs.iter().flatten().sum::<f64>() / count;
    let floor = ENERGY_QUANTUM / count;
    let gamma_0 = autocovariance(runs, mean, 0);
    let r_hat = split_r_hat(runs);
    if gamma_0 == 0.0 {
        return Estimate { mean, error: floor, variance: 0.0, tau_int: 0.5, r_hat };
    }
    let (tau_int, error) = gamma_method(runs, mean, gamma_0);
    let error = error.max(floor);
    let variance = gamma_0 + error * error;
    Estimate { mean, error, variance, tau_int, r_hat }
}

/// A number and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The number.
    pub value: f64,
    /// One standard error, ≥ 0.
    pub error: f64,
}

/// The mean of any stationary series, with the error of [`estimate`], at least `least_error`. One run will do.
///
/// For what follows from several means, f(⟨a⟩, ⟨b⟩, …), the error of f is that of the mean of its linear part
/// Σ ∂f/∂⟨a⟩ (a_t − ⟨a⟩) (Wolff): correlations between the a and in time are counted once, together.
pub fn mean_with_error(runs: &[Vec<f64>], least_error: f64) -> Value {
    let count = (runs.len() * runs[0].len()) as f64;
    let value = runs.iter().flatten().sum::<f64>() / count;
    let gamma_0 = autocovariance(runs, value, 0);
    let error = if gamma_0 == 0.0 { 0.0 } else { gamma_method(runs, value, gamma_0).1 };
    Value { value, error: error.max(least_error) }
}

/// The mean of independent values (≥ 2) with its error, at least `least_error`.
pub fn mean_of_independent(values: &[f64], least_error: f64) -> Value {
    let count = values.len() as f64;
    let value = values.iter().sum::<f64>() / count;
    Value { value, error: (variance(values, value) / count).sqrt().max(least_error) }
}

/// Means over consecutive steps of every run, at most `most` of them and as equal in length as can be.
///
/// The Γ-method sees the same error in them, at a cost that no longer grows as the square of a long series that is
/// stuck.
pub(crate) fn in_blocks(runs: &[Vec<f64>], most: usize) -> Vec<Vec<f64>> {
    let length = runs[0].len();
    let blocks = length.min(most);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let block = |run: &[f64], b: usize| mean(&run[b * length / blocks..(b + 1) * length / blocks]);
    runs.iter().map(|run| (0..blocks).map(|b| block(run, b)).collect()).collect()
}

/// τ_int and the standard error of the mean, from Γ(0) > 0.
fn gamma_method(runs: &[Vec<f64>], mean: f64, gamma_0: f64) -> (f64, f64) {
    let length = runs[0].len();
    let count = (runs.len() * length) as f64;
    let mut tau_int = 0.5;
    let mut window = 0;
    while window < length / 2 && (window as f64) < WINDOW * tau_int {
        window += 1;
        tau_int += autocovariance(runs, mean, window) / gamma_0;
    }
    // Deviations from the estimated mean make every Γ(t) too small by about σ²: Wolff's Eq. 49.
    let bias = 1.0 + (2 * window + 1) as f64 / count;
    let tau_int = tau_int.max(0.5) * bias;
    let tau_int = tau_int.max(blocked_variance(runs, mean) * count / (2.0 * gamma_0));
    (tau_int, (2.0 * tau_int * gamma_0 / count).sqrt())
}

/// Variance of the mean by the spread of about 32 long blocks of all runs together. It knows of modes that are slow but
/// weak: one system near its critical point among forty fast ones hides in Γ(t) below the noise, and the window closes
/// long before its time.
fn blocked_variance(runs: &[Vec<f64>], mean: f64) -> f64 {
    let blocks = in_blocks(runs, BLOCKS.div_ceil(runs.len()).max(2));
    let count = blocks.iter().flatten().count() as f64;
    let squares: f64 = blocks.iter().flatten().map(|block| (block - mean) * (block - mean)).sum();
    squares / (count * (count - 1.0))
}

/// Γ(t): the mean of (x_s − mean)(x_{s+t} − mean) over all runs.
fn autocovariance(runs: &[Vec<f64>], mean: f64, t: usize) -> f64 {
    let pairs = runs.len() * (runs[0].len() - t);
    let sum: f64 = runs
        .iter()
        .map(|run| run.iter().zip(&run[t..]).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>())
        .sum();
    sum / pairs as f64
}

/// R̂ = √(((N − 1)/N W + B/N)/W) over the halves of every run, with variance W within and N × variance B between.
fn split_r_hat(runs: &[Vec<f64>]) -> f64 {
    let half = runs[0].len() / 2;
    let halves: Vec<&[f64]> = runs.iter().flat_map(|run| [&run[..half], &run[run.len() - half..]]).collect();
    let n = half as f64;
    let means: Vec<f64> = halves.iter().map(|half| half.iter().sum::<f64>() / n).collect();
    let within = halves.iter().zip(&means).map(|(half, mean)| variance(half, *mean)).sum::<f64>()
        / halves.len() as f64;
    let grand = means.iter().sum::<f64>() / means.len() as f64;
    let between = variance(&means, grand);
    // Frozen halves have W = 0; one quantum in N steps is the least fluctuation that could have been seen.
    let within = within.max(ENERGY_QUANTUM * ENERGY_QUANTUM / n);
    (((n - 1.0) / n * within + between) / within).sqrt()
}

/// Σ (x − mean)²/(N − 1).
fn variance(values: &[f64], mean: f64) -> f64 {
    values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (values.len() - 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::ln;
    use crate::random::{Key, Stream};

    fn gaussian(stream: &mut Stream) -> f64 {
        // A sum of twelve uniforms is near enough to a Gaussian here, and needs no cosine.
        (0..12).map(|_| stream.unit_interval()).sum::<f64>() - 6.0
    }

    /// x_{t+1} = a x_t + √(1 − a²) g has mean 0, variance 1 and τ_int = ½ (1 + a)/(1 − a).
    fn autoregressive(a: f64, runs: u64, length: usize, seed: &str) -> Vec<Vec<f64>> {
        let run = |r| {
            let mut stream = Key::derive("AR(1)", &[seed]).stream(r);
            let mut x = gaussian(&mut stream);
            (0..length)
                .map(|_| {
                    x = a * x + (1.0 - a * a).sqrt() * gaussian(&mut stream);
                    x
                })
                .collect()
        };
        (0..runs).map(run).collect()
    }

    /// The standard error by averaging over bins of 2^k, at the largest k that leaves 64 bins.
    fn binned_error(runs: &[Vec<f64>]) -> f64 {
        let mut bins: Vec<f64> = runs.concat();
        while bins.len() >= 128 {
            bins = bins.chunks_exact(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect();
        }
        let mean = bins.iter().sum::<f64>() / bins.len() as f64;
        (variance(&bins, mean) / bins.len() as f64).sqrt()
    }

    #[test]
    fn the_autocorrelation_time_of_a_known_process_is_recovered_and_agrees_with_binning() {
        for (a, expected) in [(0.0, 0.5), (0.5, 1.5), (0.9, 9.5)] {
            let runs = autoregressive(a, 4, 1 << 15, "tau");
            let found = estimate(&runs);
            assert!((found.tau_int / expected - 1.0).abs() < 0.15, "{a}: {found:?}");
            assert!((found.error / binned_error(&runs) - 1.0).abs() < 0.3, "{a}: {found:?}");
            assert!((found.variance - 1.0).abs() < 0.1 && (found.r_hat - 1.0).abs() < 0.01, "{a}: {found:?}");
        }
    }

    #[test]
    fn two_thirds_of_the_means_lie_within_one_standard_error() {
        let trials = 400;
        let deviations: Vec<f64> = (0..trials)
            .map(|t| estimate(&autoregressive(0.8, 4, 1000, &format!("coverage {t}"))))
            .map(|e| e.mean.abs() / e.error)
            .collect();
        let within = |z: f64| deviations.iter().filter(|&&d| d <= z).count() as f64 / f64::from(trials);
        // 68.3 % of 400 has a standard deviation of 2.3 %.
        assert!((within(1.0) - 0.683).abs() < 0.08, "{}", within(1.0));
        assert!(within(4.0) > 0.995, "{}", within(4.0));
    }

    #[test]
    fn runs_that_disagree_get_the_spread_of_their_means_as_error_and_a_large_r_hat() {
        let mut runs = autoregressive(0.5, 4, 2000, "stuck");
        for (r, run) in runs.iter_mut().enumerate() {
            run.iter_mut().for_each(|x| *x += 20.0 * r as f64);
        }
        let found = estimate(&runs);
        // Means 0, 20, 40, 60: variance 500 about the mean, error about √(500/4) = 11.
        assert!(found.error > 8.0 && found.r_hat > 5.0, "{found:?}");
    }

    #[test]
    fn a_frozen_series_claims_no_more_than_it_could_have_seen() {
        let found = estimate(&vec![vec![-9.0; 100]; 4]);
        assert_eq!((found.mean, found.error, found.r_hat < 1.01), (-9.0, 0.005, true));
        let mut runs = vec![vec![-9.0; 100]; 4];
        runs[2] = vec![-7.0; 100];
        assert!(estimate(&runs).r_hat > 2.0);
    }

    #[test]
    fn the_logarithm_of_a_sum_is_finite_where_its_terms_are_not() {
        assert!((crate::numerics::ln_add_exp(1000.0, 1000.0) - 1000.0 - ln(2.0)).abs() < 1e-12);
        assert_eq!(crate::numerics::ln_add_exp(0.0, -2000.0), 0.0);
    }
}

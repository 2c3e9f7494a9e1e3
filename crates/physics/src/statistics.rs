//! Means of correlated series, with error bars, and whether the series have forgotten how they began.

mod columns;
mod equilibration;
mod ranks;
mod rounding;

pub(crate) use columns::Columns;

pub use equilibration::{
    AGREEMENT, Equilibration, LEAST_EFFECTIVE, LogBin, R_HAT_LIMIT, Witnesses, equilibration,
};
use rounding::resolution;

/// The smallest change of a total energy: H moves in steps of 2.
pub(crate) const ENERGY_QUANTUM: f64 = 2.0;

/// What is added to the number of visits to a rare state to get the square of its error. With 2, whatever their true
/// number λ is, the seen number k of a Poisson process is more than 3 √(k + 2) off in at most 1.5 % of all cases; with
/// 0, or with 1 for k = 0 only, in up to 1 − e^{−λ} and 5 %.
const UNSEEN_VISITS: f64 = 2.0;

/// Long blocks of all runs together, whose spread has a relative error of 1/8.
const BLOCKS: usize = 32;

/// Steps of the longest series of which all correlations are looked at.
const LONGEST: usize = 1024;

/// How many times its own τ_int the summation window must be long (Sokal).
const WINDOW: f64 = 6.0;

/// A mean over several independent runs of one stationary series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Over all runs.
    pub mean: f64,
    /// One standard error of the mean.
    pub error: f64,
    /// Variance of single values about the mean, from within the runs: see [`variance_within`].
    pub variance: f64,
    /// Integrated autocorrelation time in steps of the series, ½ where uncorrelated.
    pub tau_int: f64,
    /// Split R̂ over the halves of the runs, rank-normalised, the larger one of bulk and folded: near 1 where they
    /// agree.
    pub r_hat: f64,
}

/// Mean and error of the energies of independent runs of equal length (≥ 2 runs of ≥ 4 values): [`estimate_of`] with
/// one energy quantum, 2, for what no run has seen.
pub fn estimate(runs: &[Vec<f64>]) -> Estimate {
    estimate_of(runs, ENERGY_QUANTUM)
}

/// Mean and error of a series in independent runs of equal length (≥ 2 runs of ≥ 4 values).
///
/// The error is the Γ-method's (Wolff, Comput. Phys. Commun. 156, 143 (2004)) for replicas: σ² = 2 τ_int Γ(0)/N
/// with τ_int = ½ + Σ_{t≤W} Γ(t)/Γ(0) and the smallest window W ≥ 6 τ_int. Deviations are from the mean over *all*
/// runs, so runs that disagree (a quench that is stuck) leave a correlation that never decays, the window then runs
/// to half the length, and the error grows to the spread of the runs' means.
///
/// The error is at least the spread of about 32 long blocks of all runs, which knows of modes that are slow but weak.
///
/// To its square is added what `UNSEEN_VISITS` visits to the cheapest `excitation` make in all N values: a series that
/// has seen k visits to a rare state has seen k ± √(k + 2), and one that has seen none has not shown that there are
/// none.
pub fn estimate_of(runs: &[Vec<f64>], excitation: f64) -> Estimate {
    let length = runs[0].len();
    debug_assert!(runs.len() >= 2 && length >= 4 && runs.iter().all(|run| run.len() == length));
    let count = (runs.len() * length) as f64;
    let mean = runs.iter().flatten().sum::<f64>() / count;
    let unseen = excitation / count;
    let gamma_0 = variance_about(runs, mean);
    let r_hat = ranks::Split::new(runs).r_hat(1.0);
    if gamma_0 == 0.0 {
        return Estimate { mean, error: with_unseen(0.0, unseen), variance: 0.0, tau_int: 0.5, r_hat };
    }
    let (tau_int, error) = gamma_method(runs, mean, gamma_0, count);
    let error = with_unseen(error, unseen);
    Estimate { mean, error, variance: variance_within(runs).0, tau_int, r_hat }
}

/// The variance of single values, from deviations within each run: the mean of (x − x̄_r)², to which the square of the
/// error of x̄_r is added, for x̄_r is off by it. Runs that are stuck in different states say nothing of the width of
/// either.
///
/// With it the runs of (x − x̄_r)² plus that square, whose mean it is.
pub fn variance_within(runs: &[Vec<f64>]) -> (f64, Vec<Vec<f64>>) {
    let length = runs[0].len() as f64;
    let centred = |run: &Vec<f64>| -> Vec<f64> {
        let mean = run.iter().sum::<f64>() / length;
        run.iter().map(|x| x - mean).collect()
    };
    let centred: Vec<Vec<f64>> = runs.iter().map(centred).collect();
    let blocks = in_blocks(&centred, LONGEST);
    let gamma_0 = variance_about(&blocks, 0.0);
    let of_all =
        if gamma_0 == 0.0 { 0.0 } else { gamma_method(&blocks, 0.0, gamma_0, blocks[0].len() as f64).1 };
    let of_run = of_all * of_all * runs.len() as f64;
    let squares: Vec<Vec<f64>> =
        centred.iter().map(|run| run.iter().map(|x| x * x + of_run).collect()).collect();
    (squares.iter().flatten().sum::<f64>() / (runs.len() as f64 * length), squares)
}

/// A number and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The number.
    pub value: f64,
    /// One standard error, ≥ 0.
    pub error: f64,
}

/// The mean of any stationary series, with the error of [`estimate_of`]; `unseen` is what one visit to a state that no
/// run may have seen makes of the mean. One run will do.
///
/// For what follows from several means, f(⟨a⟩, ⟨b⟩, …), the error of f is that of the mean of its linear part
/// Σ ∂f/∂⟨a⟩ (a_t − ⟨a⟩) (Wolff): correlations between the a and in time are counted once, together.
pub fn mean_with_error(runs: &[Vec<f64>], unseen: f64) -> Value {
    let count = (runs.len() * runs[0].len()) as f64;
    let value = runs.iter().flatten().sum::<f64>() / count;
    let gamma_0 = variance_about(runs, value);
    let error = if gamma_0 == 0.0 { 0.0 } else { gamma_method(runs, value, gamma_0, count).1 };
    Value { value, error: with_unseen(error, unseen) }
}

/// The mean of independent values (≥ 2) with its error, at least `least_error`.
pub fn mean_of_independent(values: &[f64], least_error: f64) -> Value {
    let count = values.len() as f64;
    let value = values.iter().sum::<f64>() / count;
    Value { value, error: (variance(values, value) / count).sqrt().max(least_error) }
}

/// An error, and in quadrature what may have remained unseen.
fn with_unseen(error: f64, of_visit: f64) -> f64 {
    (error * error + UNSEEN_VISITS * of_visit * of_visit).sqrt()
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

/// τ_int and the standard error of the mean, from Γ(0) > 0; `centred` values share the estimated mean that is
/// subtracted.
fn gamma_method(runs: &[Vec<f64>], mean: f64, gamma_0: f64, centred: f64) -> (f64, f64) {
    let length = runs[0].len();
    let count = (runs.len() * length) as f64;
    let mut tau_int = 0.5;
    let mut window = 0;
    while window < length / 2 && (window as f64) < WINDOW * tau_int {
        window += 1;
        tau_int += autocovariance(runs, mean, window) / gamma_0;
    }
    // Deviations from the estimated mean make every Γ(t) too small by about σ²: Wolff's Eq. 49.
    let bias = 1.0 + (2 * window + 1) as f64 / centred;
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

/// Γ(0), the mean of (x − mean)² over all runs; 0 where they never leave one value. By its rounding alone the mean of a
/// constant series is off from it, always to the same side, which would be the slowest series of all.
pub(crate) fn variance_about(runs: &[Vec<f64>], mean: f64) -> f64 {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for &x in runs.iter().flatten() {
        (low, high) = (low.min(x), high.max(x));
    }
    if high - low <= resolution(low, high) { 0.0 } else { autocovariance(runs, mean, 0) }
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

/// Σ (x − mean)²/(N − 1).
fn variance(values: &[f64], mean: f64) -> f64 {
    values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (values.len() - 1) as f64
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use model::numerics::exp;
    use model::random::{Key, Stream};

    fn gaussian(stream: &mut Stream) -> f64 {
        // A sum of twelve uniforms is near enough to a Gaussian here, and needs no cosine.
        (0..12).map(|_| stream.unit_interval()).sum::<f64>() - 6.0
    }

    /// x_{t+1} = a x_t + √(1 − a²) g has mean 0, variance 1 and τ_int = ½ (1 + a)/(1 − a).
    pub(crate) fn autoregressive(kind: &str, a: f64, runs: u64, length: usize, seed: &str) -> Vec<Vec<f64>> {
        let run = |r| {
            let mut stream = Key::derive(kind, &[seed]).stream(r);
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
            let runs = autoregressive("AR(1)", a, 4, 1 << 15, "tau");
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
            .map(|t| estimate(&autoregressive("AR(1)", 0.8, 4, 1000, &format!("coverage {t}"))))
            .map(|e| e.mean.abs() / e.error)
            .collect();
        let within = |z: f64| deviations.iter().filter(|&&d| d <= z).count() as f64 / f64::from(trials);
        // 68.3 % of 400 has a standard deviation of 2.3 %.
        assert!((within(1.0) - 0.683).abs() < 0.08, "{}", within(1.0));
        assert!(within(4.0) > 0.995, "{}", within(4.0));
    }

    #[test]
    fn runs_that_disagree_get_the_spread_of_their_means_as_error_and_a_large_r_hat() {
        let mut runs = autoregressive("AR(1)", 0.5, 4, 2000, "stuck");
        for (r, run) in runs.iter_mut().enumerate() {
            run.iter_mut().for_each(|x| *x += 20.0 * r as f64);
        }
        let found = estimate(&runs);
        // Means 0, 20, 40, 60: variance 500 about the mean, error about √(500/4) = 11.
        assert!(found.error > 8.0 && found.r_hat > 2.5, "{found:?}");
    }

    #[test]
    fn a_frozen_series_claims_no_more_than_it_could_have_seen() {
        let found = estimate(&vec![vec![-9.0; 100]; 4]);
        // Two visits of one quantum more or less in 400 values, in quadrature.
        assert_eq!((found.mean, found.r_hat < 1.01), (-9.0, true));
        assert!((found.error - 2f64.sqrt() * 0.005).abs() < 1e-15);
        let costly = estimate_of(&vec![vec![-9.0; 100]; 4], 14.0);
        assert!((costly.error - 2f64.sqrt() * 0.035).abs() < 1e-15);
        let mut runs = vec![vec![-9.0; 100]; 4];
        runs[2] = vec![-7.0; 100];
        assert!(estimate(&runs).r_hat > 2.0);
    }

    #[test]
    fn a_frozen_series_of_numbers_that_are_not_whole_is_known_at_once() {
        // 0.1 added up 4000 times and divided is not 0.1, and sums in another order differ in their last digits.
        let value = |t: usize| -0.1 * (1.0 + f64::EPSILON * (t % 3) as f64);
        let constant = vec![vec![-0.1; 1000]; 4];
        let apart: Vec<Vec<f64>> = (0..4).map(|run| vec![value(run); 1000]).collect();
        let rounded = vec![(0..1000).map(value).collect::<Vec<f64>>(); 4];
        for runs in [constant, apart, rounded] {
            let found = estimate(&runs);
            assert_eq!((found.tau_int, found.variance, found.r_hat < 1.01), (0.5, 0.0, true), "{found:?}");
            assert_eq!(mean_with_error(&runs, 0.0).error, 0.0);
        }
    }

    #[test]
    fn a_seen_number_of_rare_visits_is_seldom_more_than_three_errors_off_whatever_the_true_one_is() {
        // k visits have the Poisson probability e^{−λ} λ^k/k!.
        let beyond = |lambda: f64, added: f64| {
            let mut probability = exp(-lambda);
            let mut sum = 0.0;
            for k in 0..100 {
                let visits = f64::from(k);
                if (visits - lambda).abs() > 3.0 * (visits + added).sqrt() {
                    sum += probability;
                }
                probability *= lambda / (visits + 1.0);
            }
            sum
        };
        let worst = |added| (1..1000).map(|i| beyond(0.02 * f64::from(i), added)).fold(0.0, f64::max);
        assert!(worst(UNSEEN_VISITS) < 0.015 && worst(1.0) > 0.045, "{}", worst(UNSEEN_VISITS));
    }

    #[test]
    fn the_variance_of_runs_that_are_stuck_apart_is_that_within_them_and_its_mean_is_not_off_by_their_length()
    {
        let mut runs = autoregressive("AR(1)", 0.8, 2048, 200, "within");
        for (r, run) in runs.iter_mut().enumerate() {
            run.iter_mut().for_each(|x| *x += 20.0 * r as f64);
        }
        // Uncorrected it were 1 − 2 τ/200 = 0.955.
        let found = variance_within(&runs).0;
        assert!((found - 1.0).abs() < 0.025, "{found}");
    }
}

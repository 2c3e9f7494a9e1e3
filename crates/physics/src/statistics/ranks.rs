//! Rank-normalised diagnostics of several chains of one observable: A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and
//! P.-C. Bürkner, Bayesian Analysis 16, 667 (2021), arXiv:1903.08008.
//!
//! Every run is split into halves, so that a drift within a run counts as a disagreement. The values of all halves
//! together are replaced by the normal quantiles of their ranks, z = Φ⁻¹((rank − 3/8)/(S + 1/4)), equal values by that
//! of their mean rank: rare excursions neither hide nor make a difference. *Folded* values are |x − median|, so that
//! halves that differ in their width alone are told apart.

use super::rounding::resolution;
use model::numerics::ln;
use std::f64::consts::LN_10;

/// Chains whose correlation has not ended where fewer than so many of each half would be effective are not followed
/// further: that few is all that is said of them.
const FEW_EFFECTIVE: f64 = 5.0;

/// The split chains of one observable.
#[derive(Debug, Clone)]
pub(super) struct Split {
    /// Values in the order of a half, halves one after another, as numbers of their [`Self::values`].
    codes: Vec<u32>,
    /// Different values, increasing, and how often each occurs.
    values: Vec<(f64, u32)>,
    /// Steps of a half.
    length: usize,
}

impl Split {
    /// The halves of runs of equal length (≥ 4); the middle value of an odd run belongs to neither.
    pub(super) fn new(runs: &[impl AsRef<[f64]>]) -> Self {
        let length = runs[0].as_ref().len() / 2;
        let halves = runs.iter().flat_map(|run| {
            let run = run.as_ref();
            [&run[..length], &run[run.len() - length..]]
        });
        let all: Vec<f64> = halves.flatten().copied().collect();
        let (codes, values) = encode(&all);
        Self { codes, values, length }
    }

    /// The larger one of the split R̂ of rank-normalised values and of folded ones, `chance` being as in [`r_hat_of`].
    pub(super) fn r_hat(&self, chance: f64) -> f64 {
        let folded = Halves::new(self.folded_scores(), self.length);
        Halves::new(self.scores(), self.length).r_hat(chance).max(folded.r_hat(chance))
    }

    /// How many independent values tell the mean as well as all of these do, by the correlations of their ranks.
    pub(super) fn bulk_effective(&self) -> f64 {
        Halves::new(self.scores(), self.length).effective()
    }

    /// How many independent values tell as well how often the lowest, and the highest, twentieth of the values is
    /// visited; the lesser of the two.
    pub(super) fn tail_effective(&self) -> f64 {
        let all = self.codes.len();
        let (twentieth, last) = (all / 20, self.values.len() - 1);
        let lower = place_of_rank(&self.values, twentieth as u32).min(last.saturating_sub(1));
        let upper = place_of_rank(&self.values, (all - 1 - twentieth) as u32).max(1);
        let share = |inside: &dyn Fn(usize) -> bool| {
            let marks: Vec<f64> = self.codes.iter().map(|&code| f64::from(inside(code as usize))).collect();
            Halves::new(marks, self.length).effective()
        };
        share(&|code| code <= lower).min(share(&|code| code >= upper))
    }

    /// z of every value.
    fn scores(&self) -> Vec<f64> {
        let of_value = scores(&self.values);
        self.codes.iter().map(|&code| of_value[code as usize]).collect()
    }

    /// z of every |x − median|.
    fn folded_scores(&self) -> Vec<f64> {
        let of_value = folded_scores(&self.values);
        self.codes.iter().map(|&code| of_value[code as usize]).collect()
    }
}

/// z of every different value.
pub(super) fn scores(values: &[(f64, u32)]) -> Vec<f64> {
    normal_scores(values.iter().map(|&(_, count)| count))
}

/// z of |x − median| for every different value x.
pub(super) fn folded_scores(values: &[(f64, u32)]) -> Vec<f64> {
    let all: u32 = values.iter().map(|&(_, count)| count).sum();
    let at = |rank: u32| values[place_of_rank(values, rank)].0;
    let median = 0.5 * (at((all - 1) / 2) + at(all / 2));
    let middle = values.partition_point(|&(value, _)| value < median);
    // Distances grow to both sides.
    let (mut below, mut above) = (middle, middle);
    let mut groups: Vec<(f64, u32)> = Vec::with_capacity(values.len());
    let mut group_of = vec![0; values.len()];
    while below > 0 || above < values.len() {
        let left = if below > 0 { median - values[below - 1].0 } else { f64::INFINITY };
        let right = values.get(above).map_or(f64::INFINITY, |&(value, _)| value - median);
        let (place, distance) = if left <= right { (below - 1, left) } else { (above, right) };
        if left <= right {
            below -= 1
        } else {
            above += 1
        }
        match groups.last_mut() {
            Some((last, count)) if *last == distance => *count += values[place].1,
            _ => groups.push((distance, values[place].1)),
        }
        group_of[place] = groups.len() - 1;
    }
    let of_group = normal_scores(groups.iter().map(|&(_, count)| count));
    group_of.into_iter().map(|group| of_group[group]).collect()
}

/// The place of the value that stands at a place of the sorted list of all.
fn place_of_rank(values: &[(f64, u32)], rank: u32) -> usize {
    let mut below = 0;
    let holds = |&(_, count): &(f64, u32)| {
        below += count;
        below > rank
    };
    values.iter().position(holds).unwrap_or(values.len() - 1)
}

/// R̂ = √(1 + (B/W − `chance`)/N) from W and B/N.
pub(super) fn r_hat_of(within: f64, between: f64, n: f64, chance: f64) -> f64 {
    // Frozen halves have W = 0; one value of another rank in N is the least fluctuation that could have been seen.
    let within = within.max(1.0 / n);
    (1.0 + (n * between / within - chance).max(-1.0) / n).sqrt()
}

/// Different values, increasing, with their counts; and the number of its value for each of a list. Values that
/// rounding alone tells apart are one: two runs in states that are mirror images of each other do not disagree.
fn encode(all: &[f64]) -> (Vec<u32>, Vec<(f64, u32)>) {
    let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), &x| (low.min(x), high.max(x)));
    let is_counted = high - low <= 4.0 * all.len() as f64 && all.iter().all(|x| (x - low).fract() == 0.0);
    if is_counted {
        return encode_counts(all, low, (high - low) as usize);
    }
    let mut sorted = all.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let resolution = resolution(low, high);
    let values: Vec<(f64, u32)> =
        sorted.chunk_by(|a, b| b - a <= resolution).map(|equal| (equal[0], equal.len() as u32)).collect();
    let code = |x: &f64| values.partition_point(|(value, _)| value <= x) as u32 - 1;
    (all.iter().map(code).collect(), values)
}

/// The same of whole numbers above `low`.
fn encode_counts(all: &[f64], low: f64, range: usize) -> (Vec<u32>, Vec<(f64, u32)>) {
    let place = |x: f64| (x - low) as usize;
    let mut counts = vec![0u32; range + 1];
    all.iter().for_each(|&x| counts[place(x)] += 1);
    let mut codes = vec![0; range + 1];
    let mut values = Vec::new();
    for (at, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        codes[at] = values.len() as u32;
        values.push((low + at as f64, count));
    }
    (all.iter().map(|&x| codes[place(x)]).collect(), values)
}

/// Φ⁻¹((rank − 3/8)/(S + 1/4)) of every value, by how often they occur.
fn normal_scores(counts: impl Iterator<Item = u32> + Clone) -> Vec<f64> {
    let all: f64 = counts.clone().map(f64::from).sum();
    let mut below = 0.0;
    let score = |count: u32| {
        let rank = below + 0.5 * (f64::from(count) + 1.0);
        below += f64::from(count);
        normal_quantile((rank - 0.375) / (all + 0.25))
    };
    counts.map(score).collect()
}

/// Halves of runs, each about its own mean.
struct Halves {
    length: usize,
    centred: Vec<f64>,
    /// W: the mean variance within.
    within: f64,
    /// B/N: the variance of the means.
    between: f64,
}

impl Halves {
    fn new(mut values: Vec<f64>, length: usize) -> Self {
        let n = length as f64;
        let (mut means, mut within) = (Vec::new(), 0.0);
        for half in values.chunks_exact_mut(length) {
            let mean = sum(half) / n;
            half.iter_mut().for_each(|x| *x -= mean);
            within += dot(half, half) / (n - 1.0);
            means.push(mean);
        }
        let halves = means.len() as f64;
        let grand = means.iter().sum::<f64>() / halves;
        let between = means.iter().map(|mean| (mean - grand) * (mean - grand)).sum::<f64>() / (halves - 1.0);
        Self { length, centred: values, within: within / halves, between }
    }

    fn r_hat(&self, chance: f64) -> f64 {
        r_hat_of(self.within, self.between, self.length as f64, chance)
    }

    /// S/(1 + 2 Σ ρ_t), the sum being Geyer's over pairs of lags as long as they are positive, made monotone. ρ_t = 1 −
    /// (W − mean over halves of their autocovariance)/V with V = (N − 1)/N W + B/N: halves that disagree have a
    /// correlation that does not end.
    fn effective(&self) -> f64 {
        let n = self.length as f64;
        let all = self.centred.len() as f64;
        let total = (n - 1.0) / n * self.within + self.between;
        if total == 0.0 {
            return all;
        }
        let correlation = |t: usize| {
            let halves = self.centred.chunks_exact(self.length);
            let covariance = halves.map(|half| dot(&half[..self.length - t], &half[t..])).sum::<f64>() / all;
            1.0 - (self.within - covariance) / total
        };
        let (mut sum, mut last, mut t) = (0.0, f64::MAX, 0);
        while t + 1 < self.length {
            let first = if t == 0 { 1.0 } else { correlation(t) };
            let pair = (first + correlation(t + 1)).min(last);
            if pair <= 0.0 {
                break;
            }
            (sum, last, t) = (sum + pair, pair, t + 2);
            if 2.0 * sum * FEW_EFFECTIVE > n {
                break;
            }
        }
        // Values may be anticorrelated, but hardly count for more than this; Stan has the same bound.
        let tau = (2.0 * sum - 1.0).max(LN_10 / ln(all));
        all / tau
    }
}

/// Σ x, in an order that suits vector instructions.
fn sum(values: &[f64]) -> f64 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        (0..8).for_each(|lane| sums[lane] += chunk[lane]);
    }
    sums.iter().chain(rest).sum()
}

/// Σ x y, likewise.
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<8>(), y.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (x, y) in x.iter().zip(y) {
        (0..8).for_each(|lane| sums[lane] += x[lane] * y[lane]);
    }
    let rest = x_rest.iter().zip(y_rest).map(|(x, y)| x * y).sum::<f64>();
    sums.iter().sum::<f64>() + rest
}

/// x with Φ(x) = p in (0, 1), within 5·10⁻⁴, which is plenty for ranks: C. Hastings, Approximations for Digital
/// Computers (1955), also in Abramowitz and Stegun, 26.2.23.
pub(super) fn normal_quantile(p: f64) -> f64 {
    if p == 0.5 {
        return 0.0;
    }
    let t = (-2.0 * ln(p.min(1.0 - p))).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let size = t - numerator / denominator;
    if p < 0.5 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series from keys of its own, so that no two tests share their numbers.
    fn autoregressive(a: f64, runs: u64, length: usize, seed: &str) -> Vec<Vec<f64>> {
        crate::statistics::tests::autoregressive("ranks", a, runs, length, seed)
    }

    #[test]
    fn normal_quantiles_invert_the_normal_distribution() {
        for i in 1..2000 {
            let p = f64::from(i) / 2000.0;
            let x = normal_quantile(p);
            // dp = φ(x) dx.
            let density = model::numerics::exp(-0.5 * x * x) / (2.0 * std::f64::consts::PI).sqrt();
            let off = (0.5 * libm::erfc(-x / 2f64.sqrt()) - p) / density;
            assert!(off.abs() < 5e-4, "{p}: {x}, off by {off}");
        }
        assert!((normal_quantile(1.0 - 1e-9) - 5.9978).abs() < 5e-4);
    }

    #[test]
    fn r_hat_is_one_for_equal_chains_and_larger_where_one_differs_in_place_or_in_width() {
        let equal = autoregressive(0.0, 4, 1000, "equal");
        assert!((Split::new(&equal).r_hat(1.0) - 1.0).abs() < 0.003, "{}", Split::new(&equal).r_hat(1.0));
        let mut shifted = equal.clone();
        shifted[1].iter_mut().for_each(|x| *x += 0.5);
        assert!(Split::new(&shifted).r_hat(1.0) > 1.02);
        let mut wider = equal.clone();
        wider[1].iter_mut().for_each(|x| *x *= 2.0);
        let split = Split::new(&wider);
        let bulk = Halves::new(split.scores(), split.length).r_hat(1.0);
        assert!(bulk < 1.005 && split.r_hat(1.0) > 1.03, "{bulk} {}", split.r_hat(1.0));
        let mut drifting = equal.clone();
        drifting
            .iter_mut()
            .for_each(|run| run.iter_mut().zip(0..).for_each(|(x, t)| *x += 0.002 * f64::from(t)));
        assert!(Split::new(&drifting).r_hat(1.0) > 1.05);
    }

    #[test]
    fn r_hat_does_not_depend_on_the_scale_of_the_values() {
        // Cauchy-like: a mean says nothing of them.
        let runs = autoregressive(0.3, 4, 400, "scale");
        let cubed: Vec<Vec<f64>> =
            runs.iter().map(|run| run.iter().map(|x| x * x * x + x).collect()).collect();
        let bulk = |runs: &[Vec<f64>]| {
            let split = Split::new(runs);
            Halves::new(split.scores(), split.length).r_hat(1.0)
        };
        assert_eq!(bulk(&runs), bulk(&cubed));
    }

    #[test]
    fn effective_samples_are_all_over_twice_the_autocorrelation_time() {
        for (a, expected) in [(0.0, 16000.0), (0.5, 16000.0 / 3.0), (0.9, 16000.0 / 19.0)] {
            let split = Split::new(&autoregressive(a, 4, 4000, "effective"));
            let found = split.bulk_effective();
            assert!((found / expected - 1.0).abs() < 0.15, "{a}: {found}");
            assert!(split.tail_effective() > 0.8 * found, "{a}: {}", split.tail_effective());
        }
        // One chain of four lies elsewhere: about one sample a half.
        let mut stuck = autoregressive(0.0, 4, 1000, "stuck");
        stuck[3].iter_mut().for_each(|x| *x += 20.0);
        assert!(Split::new(&stuck).bulk_effective() < 50.0);
    }
}

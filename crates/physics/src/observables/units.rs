//! Overlaps within single units: squares that no flip of a hidden unit changes.

use crate::chain::plain::Unit;
use crate::statistics::{Value, mean_with_error};

/// Blocks of a pair of runs, at most.
pub(super) const BLOCKS: usize = 64;

/// How many of its errors ⟨q_j²⟩ must be away from zero.
const BOUNDED: f64 = 4.0;

/// Moments of q_j, the overlap of two replicas within one unit j, averaged over the units that have n_j ≥ 2 terms.
///
/// - `first`: q_j = (1/n_j) Σ_i `W¹[i, j] W′¹[i, j]` over the weights into unit j of the first hidden layer. A flip
///   of unit j in one replica changes the sign of all of them; flips of other units none.
/// - `merged`: q_j = (1/n_j) Σ_k `v[j, k] v′[j, k]` with `v[j, k] = W^{L−1}[j, k] W^L[k]`, out of unit j of layer
///   L − 2. A flip of unit k of layer L − 1 changes both factors of v, and a flip of unit j (hidden for L ≥ 3) the
///   sign of all `v[j, ·]`.
///
/// So q_j → −q_j is a symmetry, its odd moments vanish (but for L = 2 the merged ones, where j is an input and v a
/// whole path), and q_j² = (1/n_j²) Σ_{k,k′} v_k v_k′ v′_k v′_k′ is invariant term by term. For L = 3, `first` and
/// `merged` are the two sides of the two-body system of unit j (docs/model.md, fact 2), and q_j is the usual overlap of
/// an Ising system with the usual Binder ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitOverlap {
    /// Units averaged over.
    pub units: usize,
    /// \[⟨q_j²⟩\], the brackets being the mean over units.
    pub square: Value,
    /// \[⟨q_j⁴⟩\].
    pub fourth: Value,
    /// \[½ (3 − ⟨q_j⁴⟩/⟨q_j²⟩²)\], the mean of the units' own Binder ratios: 1 in an ordered state, and 1/n_j → 0 for
    /// n_j independent spins. None where the data do not bound the denominator of a unit away from zero.
    pub binder: Option<Value>,
    /// χ = \[n_j ⟨q_j²⟩\]: 1 for independent spins.
    pub susceptibility: Value,
    /// How often the |q_j| of any unit fell into each of the equal bins of [0, 1]; |q_j| = 1 belongs to the last. The
    /// sign of q_j is that of a flip of unit j in one of the replicas, and says nothing.
    pub histogram: Vec<u64>,
}

/// Σ q_j² and Σ q_j⁴ by block and unit, of one pair of replicas.
#[derive(Debug, Clone)]
pub(super) struct UnitMoments {
    /// n_j.
    terms: Vec<f64>,
    /// `tally[tally_start[j] + c]`: how often c terms of unit j differed in the block under way.
    tally: Vec<u32>,
    tally_start: Vec<usize>,
    /// `sums[block * units + j]`.
    sums: Vec<[f64; 2]>,
    histogram: Vec<u64>,
}

impl UnitMoments {
    pub(super) fn new(units: &[Unit], blocks: usize, bins: usize) -> Self {
        debug_assert!(blocks <= BLOCKS);
        let terms = units.iter().map(|unit| unit.len() as f64).collect();
        let mut places = 0;
        let place = |unit: &Unit| {
            places += unit.len() + 1;
            places - unit.len() - 1
        };
        let tally_start = units.iter().map(place).collect();
        let sums = vec![[0.0; 2]; units.len() * blocks];
        Self { terms, tally: vec![0; places], tally_start, sums, histogram: vec![0; bins] }
    }

    /// Takes in how many terms of each unit differ.
    pub(super) fn take(&mut self, differing: &[u32]) {
        for (start, &c) in self.tally_start.iter().zip(differing) {
            self.tally[start + c as usize] += 1;
        }
    }

    /// q_j takes n_j + 1 values: what was tallied gives the moments and the histogram of a whole block at once.
    pub(super) fn end_block(&mut self, block: usize) {
        let units = self.terms.len();
        let last = self.histogram.len() - 1;
        for (j, sums) in self.sums[block * units..(block + 1) * units].iter_mut().enumerate() {
            let n = self.terms[j] as usize;
            let tally = &mut self.tally[self.tally_start[j]..=self.tally_start[j] + n];
            for (c, count) in tally.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
                let sum = n as i64 - 2 * c as i64;
                let q = sum as f64 / self.terms[j];
                // In integers, so that the bin is exact.
                let bin = sum.unsigned_abs() as usize * self.histogram.len() / n;
                self.histogram[bin.min(last)] += u64::from(*count);
                sums[0] += f64::from(*count) * (q * q);
                sums[1] += f64::from(*count) * (q * q * (q * q));
                *count = 0;
            }
        }
    }
}

impl UnitOverlap {
    /// From independent pairs, with the length of every block and the number of measurements of all pairs.
    pub(super) fn of(pairs: &[&UnitMoments], lengths: &[f64], count: f64) -> Option<Self> {
        let terms = &pairs[0].terms;
        let units = terms.len();
        if units == 0 {
            return None;
        }
        // One term that differs in one measurement changes its q_j² by about 4/n_j.
        let least = 4.0 / (terms.iter().sum::<f64>() * count);
        // The mean over units of a function of (j, q_j², q_j⁴), by pair and block.
        let series = |of_unit: &dyn Fn(usize, f64, f64) -> f64| -> Vec<Vec<f64>> {
            let block = |pair: &UnitMoments, b: usize| {
                let of =
                    |(j, sums): (usize, &[f64; 2])| of_unit(j, sums[0] / lengths[b], sums[1] / lengths[b]);
                pair.sums[b * units..(b + 1) * units].iter().enumerate().map(of).sum::<f64>() / units as f64
            };
            pairs.iter().map(|pair| (0..lengths.len()).map(|b| block(pair, b)).collect()).collect()
        };
        let mean = |of_unit: &dyn Fn(usize, f64, f64) -> f64| mean_with_error(&series(of_unit), least);
        let ratios: Option<Vec<Ratio>> = (0..units).map(|j| Ratio::of(pairs, lengths, j)).collect();
        let binder = ratios.map(|ratios| {
            let linear = |j: usize, square: f64, fourth: f64| -0.5 * ratios[j].linear(square, fourth);
            let ratio = ratios.iter().map(|ratio| ratio.value).sum::<f64>() / units as f64;
            Value { value: 0.5 * (3.0 - ratio), error: mean(&linear).error }
        });
        Some(Self {
            units,
            square: mean(&|_, square, _| square),
            fourth: mean(&|_, _, fourth| fourth),
            binder,
            susceptibility: mean(&|j, square, _| terms[j] * square),
            histogram: (0..pairs[0].histogram.len())
                .map(|bin| pairs.iter().map(|pair| pair.histogram[bin]).sum())
                .collect(),
        })
    }
}

/// r_j = ⟨q_j⁴⟩/⟨q_j²⟩² of one unit.
struct Ratio {
    /// Of the measured means a of q² and b of q⁴, b/a² is on average too large by the factor 1 + 3 σ_a²/a² − 2 σ_ab/ab,
    /// which is divided out to first order.
    value: f64,
    square: f64,
    fourth: f64,
}

impl Ratio {
    /// None where the data do not bound ⟨q_j²⟩ away from zero.
    fn of(pairs: &[&UnitMoments], lengths: &[f64], j: usize) -> Option<Self> {
        let units = pairs[0].terms.len();
        let mean = |of: &dyn Fn(f64, f64) -> f64| {
            let block = |(b, n): (usize, &f64), pair: &UnitMoments| {
                let sums = pair.sums[b * units + j];
                of(sums[0] / n, sums[1] / n)
            };
            let of_pair =
                |pair: &&UnitMoments| lengths.iter().enumerate().map(|at| block(at, pair)).collect();
            mean_with_error(&pairs.iter().map(of_pair).collect::<Vec<Vec<f64>>>(), 0.0)
        };
        let (a, b) = (mean(&|square, _| square), mean(&|_, fourth| fourth));
        if a.value <= BOUNDED * a.error {
            return None;
        }
        let plain = Self { value: b.value / (a.value * a.value), square: a.value, fourth: b.value };
        let of_ratio = mean(&|square, fourth| plain.linear(square, fourth)).error / plain.value;
        let [of_square, of_fourth] = [a.error / a.value, b.error / b.value];
        // σ_ab follows from the variance of the linear part, σ_b²/b² − 4 σ_ab/ab + 4 σ_a²/a².
        let excess = of_square * of_square - 0.5 * of_fourth * of_fourth + 0.5 * of_ratio * of_ratio;
        Some(Self { value: plain.value * (1.0 - excess), ..plain })
    }

    /// What the deviations of q² and q⁴ from their means add to the ratio, to first order; 0 on average.
    fn linear(&self, square: f64, fourth: f64) -> f64 {
        let ratio = self.fourth / (self.square * self.square);
        ratio * ((fourth - self.fourth) / self.fourth - 2.0 * (square - self.square) / self.square)
    }
}

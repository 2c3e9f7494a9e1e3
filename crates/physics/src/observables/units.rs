//! Overlaps within single units: Binder ratios, which no flip of a hidden unit changes.

use crate::chain::plain::Unit;
use crate::statistics::{Value, mean_with_error};

/// Blocks of a pair of runs, at most.
pub(super) const BLOCKS: usize = 64;

/// How many of its errors ⟨q_j²⟩ must be away from zero.
const BOUNDED: f64 = 4.0;

/// What two replicas show of q_j, their overlap within one unit j of layer L − 2, for the units that have n_j ≥ 2
/// terms: q_j = (1/n_j) Σ_k `v[j, k] v′[j, k]` with `v[j, k] = W^{L−1}[j, k] W^L[k]`.
///
/// A flip of unit k of layer L − 1 changes both factors of v, and a flip of unit j (hidden for L ≥ 3) the sign of all
/// `v[j, ·]`. So q_j → −q_j is a symmetry, the odd moments of q_j vanish (but not for L = 2, where j is an input and v
/// a whole path), and q_j² = (1/n_j²) Σ_{k,k′} v_k v_k′ v′_k v′_k′ is invariant term by term. For L = 3 the v are one
/// side of the two-body system of unit j (docs/model.md, fact 2), and q_j is the usual overlap of an Ising system with
/// the usual Binder ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitOverlap {
    /// Units averaged over.
    pub units: usize,
    /// The mean over the units of their own Binder ratios ½ (3 − ⟨q_j⁴⟩/⟨q_j²⟩²): 1 in an ordered state, and 1/n_j → 0
    /// for n_j independent spins. None where the data do not bound the denominator of a unit away from zero.
    pub binder: Option<Value>,
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
        let ratios: Option<Vec<Ratio>> = (0..units).map(|j| Ratio::of(pairs, lengths, j)).collect();
        let binder = ratios.map(|ratios| {
            // The linear part of the mean ratio, by pair and block.
            let of_block = |pair: &UnitMoments, b: usize| {
                let of_unit = |(ratio, sums): (&Ratio, &[f64; 2])| {
                    -0.5 * ratio.linear(sums[0] / lengths[b], sums[1] / lengths[b])
                };
                let sums = &pair.sums[b * units..(b + 1) * units];
                ratios.iter().zip(sums).map(of_unit).sum::<f64>() / units as f64
            };
            let of_pair = |pair: &&UnitMoments| (0..lengths.len()).map(|b| of_block(pair, b)).collect();
            let linear: Vec<Vec<f64>> = pairs.iter().map(of_pair).collect();
            let ratio = ratios.iter().map(|ratio| ratio.value).sum::<f64>() / units as f64;
            Value { value: 0.5 * (3.0 - ratio), error: mean_with_error(&linear, least).error }
        });
        Some(Self {
            units,
            binder,
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

//! Overlaps within single units: squares that no flip of a hidden unit changes.

use super::overlaps::BLOCKS;
use crate::graph::FactorGraph;
use crate::statistics::{Value, mean_with_error};
use std::collections::BTreeMap;

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
/// `merged` are the two sides of the two-body system of unit j (exact fact 2), and q_j is the usual overlap of an
/// Ising system with the usual Binder ratio.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitOverlap {
    /// Units averaged over.
    pub units: usize,
    /// \[⟨q_j²⟩\], the brackets being the mean over units.
    pub square: Value,
    /// \[⟨q_j⁴⟩\].
    pub fourth: Value,
    /// g = ½ (3 − \[⟨q_j⁴⟩\]/\[⟨q_j²⟩²\]): 1 in an ordered state, and for n_j independent spins about 1/n_j → 0.
    /// None where the data do not bound the denominator away from zero.
    pub binder: Option<Value>,
    /// χ = \[n_j ⟨q_j²⟩\]: 1 for independent spins.
    pub susceptibility: Value,
    /// How often the |q_j| of any unit fell into each of the equal bins of [0, 1]; |q_j| = 1 belongs to the last. The
    /// sign of q_j is that of a flip of unit j in one of the replicas, and says nothing.
    pub histogram: Vec<u64>,
}

/// Which weights belong to which unit.
#[derive(Debug, Clone)]
pub(super) struct Units {
    pub(super) first: Vec<Unit>,
    pub(super) merged: Vec<Unit>,
}

/// The terms of one unit: a weight, or two that are multiplied.
pub(super) type Unit = Vec<(usize, Option<usize>)>;

impl Units {
    pub(super) fn new(graph: &FactorGraph) -> Self {
        let depth = graph.depth() as u16;
        let mut first: BTreeMap<u32, Unit> = BTreeMap::new();
        let mut merged: BTreeMap<u32, Unit> = BTreeMap::new();
        let last: BTreeMap<u32, usize> = (0..graph.weight_count())
            .filter(|&i| graph.weights()[i].layer == depth)
            .map(|i| (graph.weights()[i].from, i))
            .collect();
        for (i, weight) in graph.weights().iter().enumerate() {
            if weight.layer == 1 {
                first.entry(weight.to).or_default().push((i, None));
            }
            if weight.layer == depth - 1 {
                // A weight is on an active path, and the path goes on to the output.
                merged.entry(weight.from).or_default().push((i, Some(last[&weight.to])));
            }
        }
        let of_two =
            |units: BTreeMap<u32, Unit>| units.into_values().filter(|unit| unit.len() >= 2).collect();
        Self { first: of_two(first), merged: of_two(merged) }
    }
}

/// Σ q_j² and Σ q_j⁴ by block and unit, of one pair of replicas.
#[derive(Debug, Clone)]
pub(super) struct UnitMoments {
    /// n_j.
    terms: Vec<f64>,
    /// `sums[block * units + j]`.
    sums: Vec<[f64; 2]>,
    histogram: Vec<u64>,
}

impl UnitMoments {
    pub(super) fn new(units: &[Unit], blocks: usize, bins: usize) -> Self {
        debug_assert!(blocks <= BLOCKS);
        let terms = units.iter().map(|unit| unit.len() as f64).collect();
        Self { terms, sums: vec![[0.0; 2]; units.len() * blocks], histogram: vec![0; bins] }
    }

    /// `agreement[i]` = w_i w′_i.
    pub(super) fn record(&mut self, units: &[Unit], agreement: &[i8], block: usize) {
        let sums = &mut self.sums[block * units.len()..(block + 1) * units.len()];
        for ((unit, terms), sums) in units.iter().zip(&self.terms).zip(sums) {
            let term = |&(i, with): &(usize, Option<usize>)| {
                i32::from(agreement[i]) * with.map_or(1, |k| i32::from(agreement[k]))
            };
            let sum = unit.iter().map(term).sum::<i32>();
            let q = f64::from(sum) / terms;
            // In integers, so that the bin is exact.
            let bin = sum.unsigned_abs() as usize * self.histogram.len() / unit.len();
            let last = self.histogram.len() - 1;
            self.histogram[bin.min(last)] += 1;
            sums[0] += q * q;
            sums[1] += q * q * (q * q);
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
        let fourth = mean(&|_, _, fourth| fourth);
        let squares: Vec<Value> = (0..units).map(|j| unit_square(pairs, lengths, j)).collect();
        // [⟨q_j²⟩²], of which the squares of measured means are too large by their errors.
        let of_square = |s: &Value| s.value * s.value - s.error * s.error;
        let denominator = squares.iter().map(of_square).sum::<f64>() / units as f64;
        let binder = (denominator > 0.0).then(|| {
            let ratio = fourth.value / denominator;
            let linear = |j: usize, square: f64, fourth: f64| {
                -0.5 * (fourth - 2.0 * ratio * squares[j].value * square) / denominator
            };
            Value { value: 0.5 * (3.0 - ratio), error: mean(&linear).error }
        });
        Some(Self {
            units,
            square: mean(&|_, square, _| square),
            fourth,
            binder,
            susceptibility: mean(&|j, square, _| terms[j] * square),
            histogram: (0..pairs[0].histogram.len())
                .map(|bin| pairs.iter().map(|pair| pair.histogram[bin]).sum())
                .collect(),
        })
    }
}

/// ⟨q_j²⟩ of one unit.
fn unit_square(pairs: &[&UnitMoments], lengths: &[f64], j: usize) -> Value {
    let units = pairs[0].terms.len();
    let of_pair = |pair: &&UnitMoments| {
        lengths.iter().enumerate().map(|(b, n)| pair.sums[b * units + j][0] / n).collect()
    };
    mean_with_error(&pairs.iter().map(of_pair).collect::<Vec<Vec<f64>>>(), 0.0)
}

//! Overlaps of two independent replicas of one instance at one β that survive the symmetries of the model.
//!
//! Flipping all weights into and out of one hidden unit leaves H unchanged (docs/model.md, fact 3), so the overlap of
//! single weights, (1/n) Σ_i w_i w′_i, has mean zero at any β and says nothing. What is unchanged by every such flip,
//! in each replica by itself, is a product in which every hidden unit is entered and left equally often, or whose
//! square is taken:
//!
//! - **Path products** s_a = ξ_a Π_{j∈a} w_j: a path enters and leaves each of its hidden units once.
//!   q_path = (1/M) Σ_a s_a s′_a has mean (1/M) Σ_a ⟨s_a⟩², which is not zero: there is no symmetry
//!   q_path → −q_path, and ½ (3 − ⟨q⁴⟩/⟨q²⟩²) → 1 at any β > 0 merely because the mean outgrows the fluctuation.
//!   Meaningful are the *centred* ratio, g = ½ (3 − ⟨δ⁴⟩/⟨δ²⟩²) with δ = q_path − ⟨q_path⟩ (0 for a Gaussian, up to
//!   1 for two equal peaks, very negative for a rare second peak), and the susceptibility χ = M ⟨δ²⟩.
//! - **Overlaps of one unit, squared**: see [`UnitOverlap`].
//!
//! Moments are kept as means over blocks of the run, and errors are the Γ-method's over the blocks of all pairs,
//! for the linear part of each derived quantity.

use super::units::{BLOCKS, UnitMoments, UnitOverlap};
use crate::chain::Difference;
use crate::chain::plain::Units;
use crate::configuration::Configuration;
use crate::statistics::{Value, mean_with_error};
use model::FactorGraph;
use std::sync::Arc;

/// Overlaps of replicas; numbers in [−1, 1] and their moments.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlaps {
    /// Of path products. None where there was no pair of runs.
    pub path: Option<PathOverlap>,
    /// Of the weights `W¹[·, j]` into one unit j of the first hidden layer. None where no unit has two of them.
    pub first: Option<UnitOverlap>,
    /// Of `v[j, k]` = `W^{L−1}[j, k] W^L[k]`, out of one unit j of layer L − 2. None where no unit has two of them.
    pub merged: Option<UnitOverlap>,
}

/// q_path = (1/M) Σ_a s_a s′_a.
#[derive(Debug, Clone, PartialEq)]
pub struct PathOverlap {
    /// ⟨q_path⟩.
    pub mean: Value,
    /// ⟨q_path²⟩.
    pub square: Value,
    /// χ = M (⟨q²⟩ − ⟨q⟩²).
    pub susceptibility: Value,
    /// g = ½ (3 − ⟨δ⁴⟩/⟨δ²⟩²), δ = q_path − ⟨q_path⟩. None where q_path did not fluctuate.
    pub centred_binder: Option<Value>,
    /// How often q_path fell into each of the equal bins of [−1, 1]; q = 1 belongs to the last.
    pub histogram: Vec<u64>,
}

impl PathOverlap {
    /// How many independent measurements of pairs tell ⟨q⟩ as well as all of them do: the variance of q over the square
    /// of the error of its mean. None where q did not fluctuate.
    pub(crate) fn effective_samples(&self) -> Option<f64> {
        let variance = self.square.value - self.mean.value * self.mean.value;
        (self.susceptibility.value > 0.0 && variance > 0.0)
            .then(|| variance / (self.mean.error * self.mean.error))
    }
}

/// Records the overlaps of one pair of replicas in the course of a measurement of known length.
#[derive(Debug, Clone)]
pub struct OverlapRecorder {
    paths: usize,
    /// Measurements to come, in all, and done.
    length: usize,
    done: usize,
    /// Σ x, x², x³, x⁴ by block, x = (paths in which the replicas differ)/M = (1 − q_path)/2: where replicas are
    /// nearly equal, its moments do not cancel.
    path: Vec<[f64; 4]>,
    histogram: Vec<u64>,
    units: Arc<Units>,
    first: UnitMoments,
    merged: UnitMoments,
}

impl OverlapRecorder {
    /// For `length` ≥ 1 measurements, with a histogram of `bins` ≥ 1.
    pub fn new(graph: &FactorGraph, length: usize, bins: usize) -> Self {
        let units = Arc::new(Units::new(graph));
        let blocks = length.min(BLOCKS);
        Self {
            paths: graph.path_count(),
            length,
            done: 0,
            path: vec![[0.0; 4]; blocks],
            histogram: vec![0; bins],
            first: UnitMoments::new(&units.first, blocks, bins),
            merged: UnitMoments::new(&units.merged, blocks, bins),
            units,
        }
    }

    /// Takes in the next measurement, the two replicas at the same time. There may be no more than `length`.
    pub fn record(&mut self, a: &Configuration, b: &Configuration) {
        let units = Arc::clone(&self.units);
        let (weights, products) = ([&a.weights[..], &b.weights], [a.path_products(), b.path_products()]);
        self.take(&units.compare_configurations(weights, products));
    }

    /// Takes in the next measurement, given as where the replicas differ.
    pub(crate) fn take(&mut self, difference: &Difference) {
        let block = self.done * self.path.len() / self.length;
        self.done += 1;
        let x = difference.paths as f64 / self.paths as f64;
        let powers = [x, x * x, x * x * x, x * x * (x * x)];
        self.path[block].iter_mut().zip(powers).for_each(|(sum, power)| *sum += power);
        let bin = (self.paths - difference.paths) * self.histogram.len() / self.paths;
        let last = self.histogram.len() - 1;
        self.histogram[bin.min(last)] += 1;
        self.first.take(&difference.first);
        self.merged.take(&difference.merged);
        // A block ends where the next measurement belongs to another.
        if self.done == self.length || self.done * self.path.len() / self.length != block {
            self.first.end_block(block);
            self.merged.end_block(block);
        }
    }

    /// How many measurements fall into a block.
    fn block_length(&self, block: usize) -> f64 {
        let blocks = self.path.len();
        // The steps t with ⌊t B/T⌋ = b are ⌈b T/B⌉ ≤ t < ⌈(b + 1) T/B⌉.
        let start = |b: usize| (b * self.length).div_ceil(blocks);
        (start(block + 1) - start(block)) as f64
    }
}

impl Overlaps {
    /// The overlaps of independent pairs of one instance at one β, recorded to their full, equal length.
    pub fn of(pairs: &[OverlapRecorder]) -> Self {
        Self::with_unseen(pairs, 1.0)
    }

    /// The same, knowing how many paths a visit to a state that no run may have seen changes.
    pub(crate) fn with_unseen(pairs: &[OverlapRecorder], unseen: f64) -> Self {
        debug_assert!(pairs.iter().all(|pair| pair.done == pair.length));
        let Some(one) = pairs.first() else { return Self { path: None, first: None, merged: None } };
        let count = (pairs.len() * one.length) as f64;
        let lengths: Vec<f64> = (0..one.path.len()).map(|block| one.block_length(block)).collect();
        let of_units = |group: fn(&OverlapRecorder) -> &UnitMoments| {
            let moments: Vec<&UnitMoments> = pairs.iter().map(group).collect();
            UnitOverlap::of(&moments, &lengths, count)
        };
        Self {
            path: Some(path_overlap(pairs, &lengths, count, unseen)),
            first: of_units(|pair| &pair.first),
            merged: of_units(|pair| &pair.merged),
        }
    }
}

fn path_overlap(pairs: &[OverlapRecorder], lengths: &[f64], count: f64, unseen: f64) -> PathOverlap {
    let paths = pairs[0].paths as f64;
    // Paths that differ in one measurement.
    let quantum = unseen / (paths * count);
    let series = |of_block: &dyn Fn([f64; 4]) -> f64| -> Vec<Vec<f64>> {
        let block = |(sums, length): (&[f64; 4], &f64)| of_block(sums.map(|sum| sum / length));
        pairs.iter().map(|pair| pair.path.iter().zip(lengths).map(block).collect()).collect()
    };
    let mean = |of_block: &dyn Fn([f64; 4]) -> f64| mean_with_error(&series(of_block), quantum);
    let x = mean(&|m| m[0]);
    let m1 = x.value;
    // Moments about the measured mean, by block.
    let second = |m: [f64; 4]| m[1] - 2.0 * m1 * m[0] + m1 * m1;
    let third = |m: [f64; 4]| m[2] - 3.0 * m1 * m[1] + 3.0 * m1 * m1 * m[0] - m1 * m1 * m1;
    let fourth = |m: [f64; 4]| {
        m[3] - 4.0 * m1 * m[2] + 6.0 * m1 * m1 * m[1] - 4.0 * m1 * m1 * m1 * m[0] + m1 * m1 * (m1 * m1)
    };
    let (c2, c3, c4) = (mean(&second), mean(&third).value, mean(&fourth).value);
    // About the true mean, of which the measured one is off by its error; and ⟨δ²⟩² is too large by the error of ⟨δ²⟩.
    let variance = c2.value + x.error * x.error;
    let denominator = variance * variance - c2.error * c2.error;
    let fluctuates = c2.value > 0.0 && denominator > 0.0;
    let centred_binder = fluctuates.then(|| {
        let linear = |m: [f64; 4]| {
            let of_fourth = fourth(m) - c4 - 4.0 * c3 * (m[0] - m1);
            let of_second = second(m) - c2.value;
            -0.5 * (of_fourth - 2.0 * c4 * of_second / variance) / denominator
        };
        Value { value: 0.5 * (3.0 - c4 / denominator), error: mean(&linear).error }
    });
    let histogram =
        (0..pairs[0].histogram.len()).map(|bin| pairs.iter().map(|pair| pair.histogram[bin]).sum()).collect();
    let square = mean(&|m| 1.0 - 4.0 * m[0] + 4.0 * m[1]);
    PathOverlap {
        mean: Value { value: 1.0 - 2.0 * m1, error: 2.0 * x.error },
        square: Value { value: square.value, error: square.error.max(4.0 * quantum) },
        susceptibility: Value { value: 4.0 * paths * variance, error: 4.0 * paths * c2.error },
        centred_binder,
        histogram,
    }
}

//! Overlaps of two independent replicas of one instance at one β that survive the symmetries of the model.
//!
//! Flipping all weights into and out of one hidden unit leaves H unchanged (docs/model.md, fact 3), so the overlap of
//! single weights, (1/n) Σ_i w_i w′_i, has mean zero at any β and says nothing. What is unchanged by every such flip,
//! in each replica by itself, is a product in which every hidden unit is entered and left equally often, or whose
//! square is taken:
//!
//! - **Path products** s_a = ξ_a Π_{j∈a} w_j: a path enters and leaves each of its hidden units once.
//!   q_path = (1/M) Σ_a s_a s′_a has mean (1/M) Σ_a ⟨s_a⟩², which is not zero: there is no symmetry
//!   q_path → −q_path, and a Binder ratio ½ (3 − ⟨q⁴⟩/⟨q²⟩²) → 1 at any β > 0 merely because the mean outgrows the
//!   fluctuation. What fluctuates is told by the susceptibility χ = M ⟨δ²⟩, δ = q_path − ⟨q_path⟩.
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
    /// The overlap of path products. None where there was no pair of runs.
    pub path: Option<PathOverlap>,
    /// The overlaps of `v[j, k]` = `W^{L−1}[j, k] W^L[k]` within single units j of layer L − 2. None where no unit has
    /// two of them.
    pub merged: Option<UnitOverlap>,
}

/// q_path = (1/M) Σ_a s_a s′_a.
#[derive(Debug, Clone, PartialEq)]
pub struct PathOverlap {
    /// ⟨q_path⟩.
    pub mean: Value,
    /// χ = M (⟨q²⟩ − ⟨q⟩²).
    pub susceptibility: Value,
    /// How often q_path fell into each of the equal bins of [−1, 1]; q = 1 belongs to the last.
    pub histogram: Vec<u64>,
    /// How many independent measurements of pairs tell ⟨q⟩ as well as all of them do: the variance of q over the square
    /// of the error of its mean. None where q did not fluctuate.
    pub(crate) effective_samples: Option<f64>,
}

/// Records the overlaps of one pair of replicas in the course of a measurement of known length.
#[derive(Debug, Clone)]
pub struct OverlapRecorder {
    paths: usize,
    /// Measurements to come, in all, and done.
    length: usize,
    done: usize,
    /// Σ x and Σ x² by block, x = (paths in which the replicas differ)/M = (1 − q_path)/2: where replicas are nearly
    /// equal, its moments do not cancel.
    path: Vec<[f64; 2]>,
    histogram: Vec<u64>,
    units: Arc<Units>,
    merged: UnitMoments,
}

impl OverlapRecorder {
    /// A recorder for `length` ≥ 1 measurements, with a histogram of `bins` ≥ 1.
    pub fn new(graph: &FactorGraph, length: usize, bins: usize) -> Self {
        let units = Arc::new(Units::new(graph));
        let blocks = length.min(BLOCKS);
        Self {
            paths: graph.path_count(),
            length,
            done: 0,
            path: vec![[0.0; 2]; blocks],
            histogram: vec![0; bins],
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
        self.path[block].iter_mut().zip([x, x * x]).for_each(|(sum, power)| *sum += power);
        let bin = (self.paths - difference.paths) * self.histogram.len() / self.paths;
        let last = self.histogram.len() - 1;
        self.histogram[bin.min(last)] += 1;
        self.merged.take(&difference.merged);
        // A block ends where the next measurement belongs to another.
        if self.done == self.length || self.done * self.path.len() / self.length != block {
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
        let Some(one) = pairs.first() else { return Self { path: None, merged: None } };
        let count = (pairs.len() * one.length) as f64;
        let lengths: Vec<f64> = (0..one.path.len()).map(|block| one.block_length(block)).collect();
        let moments: Vec<&UnitMoments> = pairs.iter().map(|pair| &pair.merged).collect();
        Self {
            path: Some(path_overlap(pairs, &lengths, count, unseen)),
            merged: UnitOverlap::of(&moments, &lengths, count),
        }
    }
}

fn path_overlap(pairs: &[OverlapRecorder], lengths: &[f64], count: f64, unseen: f64) -> PathOverlap {
    let paths = pairs[0].paths as f64;
    // Paths that differ in one measurement.
    let quantum = unseen / (paths * count);
    let mean = |of_block: &dyn Fn([f64; 2]) -> f64| {
        let block = |(sums, length): (&[f64; 2], &f64)| of_block(sums.map(|sum| sum / length));
        let of_pair = |pair: &OverlapRecorder| pair.path.iter().zip(lengths).map(block).collect();
        mean_with_error(&pairs.iter().map(of_pair).collect::<Vec<Vec<f64>>>(), quantum)
    };
    let x = mean(&|m| m[0]);
    let m1 = x.value;
    let second = mean(&|m| m[1] - 2.0 * m1 * m[0] + m1 * m1);
    // About the true mean, of which the measured one is off by its error.
    let about_true_mean = second.value + x.error * x.error;
    let mean_overlap = Value { value: 1.0 - 2.0 * m1, error: 2.0 * x.error };
    let susceptibility = Value { value: 4.0 * paths * about_true_mean, error: 4.0 * paths * second.error };
    let variance = mean(&|m| 1.0 - 4.0 * m[0] + 4.0 * m[1]).value - mean_overlap.value * mean_overlap.value;
    let fluctuates = susceptibility.value > 0.0 && variance > 0.0;
    PathOverlap {
        mean: mean_overlap,
        susceptibility,
        histogram: (0..pairs[0].histogram.len())
            .map(|bin| pairs.iter().map(|pair| pair.histogram[bin]).sum())
            .collect(),
        effective_samples: fluctuates.then(|| variance / (mean_overlap.error * mean_overlap.error)),
    }
}

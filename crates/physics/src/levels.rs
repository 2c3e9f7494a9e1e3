//! The energy levels of random configurations, and how they approach independent ones as the depth grows (the random
//! energy model, the paper's Eq. 4).
//!
//! Let W be uniform, and W′ = W with every weight flipped by its own coin with probability (1 − q)/2. In
//!
//! ⟨H(W) H(W′)⟩ = Σ_{a,b} ξ_a ξ_b ⟨Π_{i∈a} w_i Π_{j∈b} w_j⟩ ⟨Π_{j∈b} f_j⟩, f_j = w_j w′_j,
//!
//! two different paths differ in some weight, whose mean over W is zero. Only a = b is left:
//! ⟨H(W) H(W′)⟩ = Σ_a Π_{j∈a} ⟨f_j⟩ = M q^L, and ⟨H²⟩ = M. This holds exactly, for each single instance, with
//! couplings `path` and `input` alike.
//!
//! The couplings differ in the average over the *signs* at fixed W and W′. With couplings `path` that is
//! Σ_a s_a s′_a, M times the overlap of path products, within some √M of M q^L for every pair. With couplings
//! `input` the paths of one input share a sign, and it is Σ_i (Σ_{a∋i} Πw)(Σ_{a∋i} Πw′): the same mean M q^L over
//! pairs, but with a spread of order M/√n_0 that does not shrink with the depth. A model with n_0 random signs
//! cannot have 2^n independent levels.

use crate::statistics::{Value, mean_of_independent};
use kernel::stop;
use model::FactorGraph;
use model::random::{Coin, Key, Stream};
use thiserror::Error;

/// The stream of the single configurations: no overlap has these bits, for they are a NaN's.
const SINGLE: u64 = u64::MAX;

/// What to draw. Always valid.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelSettings {
    overlaps: Vec<f64>,
    pairs: u32,
}

/// Why settings do not describe a measurement of the levels.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum LevelSettingsError {
    /// Nothing to measure.
    #[error("overlaps is empty; list at least one overlap in [-1, 1]")]
    NoOverlaps,
    /// Not an overlap.
    #[error("overlaps[{index}] = {value} is not an overlap in [-1, 1]")]
    NotAnOverlap {
        /// Position in the list.
        index: usize,
        /// What stands there.
        value: f64,
    },
    /// No spread, no error bar.
    #[error("pairs = {0} is too few for an error bar; at least 4 pairs of configurations are needed")]
    TooFewPairs(u32),
}

impl LevelSettings {
    /// Checks that there is an overlap, that all lie in [−1, 1] and that `pairs` ≥ 4.
    ///
    /// # Errors
    /// If one of them is not so (NaN included).
    pub fn new(overlaps: Vec<f64>, pairs: u32) -> Result<Self, LevelSettingsError> {
        if overlaps.is_empty() {
            return Err(LevelSettingsError::NoOverlaps);
        }
        if let Some(index) = overlaps.iter().position(|q| !(-1.0..=1.0).contains(q)) {
            return Err(LevelSettingsError::NotAnOverlap { index, value: overlaps[index] });
        }
        if pairs < 4 {
            return Err(LevelSettingsError::TooFewPairs(pairs));
        }
        Ok(Self { overlaps, pairs })
    }

    /// Pairs of configurations at each overlap, and single configurations.
    pub fn pairs(&self) -> u32 {
        self.pairs
    }
}

/// The levels of one instance; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// One level by itself.
    pub single: SingleLevel,
    /// Two levels, for each overlap of the settings.
    pub pairs: Vec<LevelPair>,
}

/// The distribution of H over random configurations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SingleLevel {
    /// ⟨H⟩: 0.
    pub mean: Value,
    /// ⟨H²⟩, about the known mean 0: M.
    pub variance: Value,
    /// ⟨H⁴⟩/⟨H²⟩² − 3: 0 for the Gaussian levels of the random energy model.
    pub excess_kurtosis: Value,
}

/// Two configurations whose weights agree with probability (1 + q)/2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelPair {
    /// q.
    pub overlap: f64,
    /// ⟨H(W) H(W′)⟩ at the instance's own signs.
    pub covariance: Value,
    /// The same, each pair averaged over all signs of its kind of couplings in closed form.
    pub disorder_covariance: Value,
    /// Standard deviation over pairs of the latter, in units of M: 0 if the covariance were a function of q alone.
    pub disorder_spread: f64,
    /// M q^L, what both are in expectation.
    pub expected: f64,
}

/// Draws configurations and pairs of them. The pairs at overlap q come from the stream numbered by the bits of q:
/// they do not depend on which other overlaps are listed.
pub fn levels(graph: &FactorGraph, settings: &LevelSettings, key: Key) -> Levels {
    let single = single_level(graph, settings.pairs, &mut key.stream(SINGLE));
    let pair = |&q: &f64| {
        // Adding zero gives −0 and 0 the same bits.
        let overlap = q + 0.0;
        level_pair(graph, overlap, settings.pairs, &mut key.stream(overlap.to_bits()))
    };
    Levels { single, pairs: settings.overlaps.iter().map(pair).collect() }
}

fn single_level(graph: &FactorGraph, configurations: u32, stream: &mut Stream) -> SingleLevel {
    let energy = |_| {
        stop::look();
        graph.energy(&stream.signs(graph.weight_count())) as f64
    };
    let energies: Vec<f64> = (0..configurations).map(energy).collect();
    let squares: Vec<f64> = energies.iter().map(|h| h * h).collect();
    let variance = mean_of_independent(&squares, 0.0);
    let fourth = squares.iter().map(|s| s * s).sum::<f64>() / f64::from(configurations);
    // The linear part of ⟨H⁴⟩/⟨H²⟩²: its spread is the error.
    let square_of_variance = variance.value * variance.value;
    let ratio = if square_of_variance == 0.0 { 3.0 } else { fourth / square_of_variance };
    let linear: Vec<f64> = squares
        .iter()
        .map(|s| (s * s - fourth) / square_of_variance - 2.0 * ratio * (s / variance.value - 1.0))
        .map(|x| if x.is_finite() { x } else { 0.0 })
        .collect();
    let error = mean_of_independent(&linear, 0.0).error;
    SingleLevel {
        mean: mean_of_independent(&energies, 0.0),
        variance,
        excess_kurtosis: Value { value: ratio - 3.0, error },
    }
}

fn level_pair(graph: &FactorGraph, overlap: f64, pairs: u32, stream: &mut Stream) -> LevelPair {
    let coin = Coin::new(0.5 * (1.0 - overlap));
    let groups = sign_groups(graph);
    let mut products = Vec::with_capacity(pairs as usize);
    let mut averages = Vec::with_capacity(pairs as usize);
    for _ in 0..pairs {
        stop::look();
        let weights = stream.signs(graph.weight_count());
        let mut other = weights.clone();
        for i in coin.kept(weights.len() as u64, stream) {
            other[i as usize] = -other[i as usize];
        }
        let (s, t) = (graph.path_products(&weights), graph.path_products(&other));
        products.push((total(&s) * total(&t)) as f64);
        averages.push(disorder_average(graph, groups.as_ref(), &s, &t) as f64);
    }
    let paths = graph.path_count() as f64;
    let disorder_covariance = mean_of_independent(&averages, 0.0);
    LevelPair {
        overlap,
        covariance: mean_of_independent(&products, 0.0),
        disorder_covariance,
        disorder_spread: disorder_covariance.error * f64::from(pairs).sqrt() / paths,
        expected: (0..graph.depth()).fold(paths, |product, _| product * overlap),
    }
}

/// Σ_a s_a = −H.
fn total(products: &[i8]) -> i64 {
    products.iter().map(|&s| i64::from(s)).sum()
}

/// Which sign each path has, and how many signs there are: with couplings `input` its input unit's. None where each
/// path has its own.
fn sign_groups(graph: &FactorGraph) -> Option<(Vec<u32>, usize)> {
    graph.ground_state()?;
    let input = |a: usize| graph.weights()[graph.path(a)[0] as usize].from;
    let inputs: Vec<u32> = (0..graph.path_count()).map(input).collect();
    let count = inputs.iter().max().map_or(0, |&most| most as usize + 1);
    Some((inputs, count))
}

/// ⟨H(W) H(W′)⟩ over the signs. Products of two paths of one group do not depend on its sign, which they share.
fn disorder_average(graph: &FactorGraph, groups: Option<&(Vec<u32>, usize)>, s: &[i8], t: &[i8]) -> i64 {
    let Some((inputs, count)) = groups else {
        return s.iter().zip(t).map(|(s, t)| i64::from(s * t)).sum();
    };
    let mut sums = vec![(0i64, 0i64); *count];
    for a in 0..graph.path_count() {
        let sum = &mut sums[inputs[a] as usize];
        sum.0 += i64::from(s[a]);
        sum.1 += i64::from(t[a]);
    }
    sums.iter().map(|(s, t)| s * t).sum()
}

//! The definition of a chain, weight by weight.

use super::{Difference, Positions, Thresholds};
use model::FactorGraph;
use std::collections::BTreeMap;

/// One replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// g_i w_i.
    pub weights: Vec<i8>,
    /// s_a = ξ_a Π_{j∈a} w_j.
    products: Vec<i8>,
    /// H = −Σ_a s_a.
    pub energy: i64,
}

impl Replica {
    /// The random configuration that the chain of that key begins with: MC sweep 0, at β = 0.
    pub fn random(graph: &FactorGraph, positions: &Positions, key: u64) -> Self {
        let free = Thresholds::new(0.0, 0);
        let weight = |i| if free.down(0, key, positions.draw(0, positions.of(i))) { -1 } else { 1 };
        Self::new(graph, (0..graph.weight_count()).map(weight).collect())
    }

    /// A given configuration g_i w_i.
    pub fn new(graph: &FactorGraph, weights: Vec<i8>) -> Self {
        let path = |a: usize| graph.path(a).iter().map(|&i| weights[i as usize]).product::<i8>();
        let signs = gauged_signs(graph);
        let products: Vec<i8> = (0..graph.path_count()).map(|a| signs[a] * path(a)).collect();
        let energy = -products.iter().map(|&s| i64::from(s)).sum::<i64>();
        Self { weights, products, energy }
    }

    /// MC sweep number `mc_sweep` ≥ 1 of the chain of that key.
    pub fn mc_sweep(
        &mut self,
        graph: &FactorGraph,
        positions: &Positions,
        thresholds: &Thresholds,
        key: u64,
        mc_sweep: u64,
    ) {
        let depth = graph.depth();
        for i in 0..graph.weight_count() {
            let paths = graph.incidences(i).iter().map(|&e| e as usize / depth);
            let along: i32 = paths.clone().map(|a| i32::from(self.products[a])).sum();
            let field = along * i32::from(self.weights[i]);
            let draw = positions.draw(mc_sweep, positions.of(i));
            let weight = if thresholds.down(field, key, draw) { -1 } else { 1 };
            if weight != self.weights[i] {
                self.weights[i] = weight;
                self.energy += 2 * i64::from(along);
                paths.for_each(|a| self.products[a] = -self.products[a]);
            }
        }
    }

    /// The weights as bits, 32 a word, set where a weight is −1.
    pub(crate) fn words(&self) -> impl Iterator<Item = u32> {
        let bit = |(i, &w): (usize, &i8)| u32::from(w < 0) << i;
        self.weights.chunks(32).map(move |word| word.iter().enumerate().map(bit).sum())
    }

    /// Where each of `weights` weights stands there: its word and its bit.
    pub(crate) fn places(weights: usize) -> impl Iterator<Item = (usize, u32)> {
        (0..weights).map(|i| (i / 32, i as u32 % 32))
    }
}

/// ξ_a in the gauge of the chain: 1 with couplings `input`.
pub(crate) fn gauged_signs(graph: &FactorGraph) -> Vec<i8> {
    match graph.ground_state() {
        Some(_) => vec![1; graph.path_count()],
        None => graph.signs().to_vec(),
    }
}

/// Which unit of the first hidden layer each path goes through. Units are numbered in increasing order, those without a
/// path left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathUnits {
    pub(crate) of: Vec<u32>,
    pub(crate) count: usize,
}

impl PathUnits {
    /// The units that the paths of an instance go through.
    pub(crate) fn new(graph: &FactorGraph) -> Self {
        let unit = |a: usize| graph.weights()[graph.path(a)[0] as usize].to;
        let mut units: Vec<u32> = (0..graph.path_count()).map(unit).collect();
        units.sort_unstable();
        units.dedup();
        let number = |a: usize| units.partition_point(|&other| other < unit(a)) as u32;
        Self { of: (0..graph.path_count()).map(number).collect(), count: units.len() }
    }

    /// Appends the paths with s_a = −1 by unit, then those that differ from each reference.
    pub(crate) fn glance(&self, replica: &Replica, references: &[&Replica], into: &mut Vec<u32>) {
        let start = into.len();
        into.resize(start + (1 + references.len()) * self.count, 0);
        let (unsatisfied, differing) = into[start..].split_at_mut(self.count);
        for (&unit, s) in self.of.iter().zip(&replica.products) {
            unsatisfied[unit as usize] += u32::from(*s < 0);
        }
        for (reference, differing) in references.iter().zip(differing.chunks_exact_mut(self.count)) {
            for ((&unit, s), t) in self.of.iter().zip(&replica.products).zip(&reference.products) {
                differing[unit as usize] += u32::from(s != t);
            }
        }
    }
}

/// Which terms v\[j, k\] belong to which unit j of layer L − 2.
#[derive(Debug, Clone)]
pub(crate) struct Units {
    /// The units with two terms or more.
    pub(crate) merged: Vec<Unit>,
}

/// The terms of one unit: the two weights that are multiplied in each.
pub(crate) type Unit = Vec<(usize, usize)>;

impl Units {
    /// The units of an instance.
    pub(crate) fn new(graph: &FactorGraph) -> Self {
        let depth = graph.depth() as u16;
        let mut merged: BTreeMap<u32, Unit> = BTreeMap::new();
        let last: BTreeMap<u32, usize> = (0..graph.weight_count())
            .filter(|&i| graph.weights()[i].layer == depth)
            .map(|i| (graph.weights()[i].from, i))
            .collect();
        for (i, weight) in graph.weights().iter().enumerate() {
            if weight.layer == depth - 1 {
                // A weight is on an active path, and the path goes on to the output.
                merged.entry(weight.from).or_default().push((i, last[&weight.to]));
            }
        }
        Self { merged: merged.into_values().filter(|unit| unit.len() >= 2).collect() }
    }

    /// Where two replicas differ.
    pub(crate) fn compare(&self, a: &Replica, b: &Replica) -> Difference {
        self.compare_configurations([&a.weights, &b.weights], [&a.products, &b.products])
    }

    /// The same of two lists of weights, and of path products.
    pub(crate) fn compare_configurations(&self, [a, b]: [&[i8]; 2], products: [&[i8]; 2]) -> Difference {
        let agrees = |i: usize| a[i] * b[i];
        let differs = |&(i, k): &(usize, usize)| agrees(i) * agrees(k) < 0;
        let count = |unit: &Unit| unit.iter().filter(|term| differs(term)).count() as u32;
        Difference {
            paths: products[0].iter().zip(products[1]).filter(|(s, t)| s != t).count(),
            merged: self.merged.iter().map(count).collect(),
        }
    }
}

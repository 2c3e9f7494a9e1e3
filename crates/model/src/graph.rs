//! The factor graph of an instance: weights are variable nodes, active paths are factor nodes.

use crate::instance::{Instance, Signs};
use crate::network::Weight;
use std::ops::Range;

/// An instance with its weights numbered 0..n (by layer, then `from`, then `to`) and its incidences listed both ways.
///
/// An incidence is a (path, weight) pair. Incidence `a * L + l − 1` is path a on its weight of layer l.
#[derive(Debug, Clone)]
pub struct FactorGraph {
    depth: usize,
    weights: Vec<Weight>,
    /// ξ_a.
    signs: Vec<i8>,
    /// `weight_of[a * L + l − 1]`: the weight of path a in weight layer l.
    weight_of: Vec<u32>,
    /// `incidences[first_incidence[i]..first_incidence[i + 1]]`: the incidences of weight i, by increasing path.
    first_incidence: Vec<u32>,
    incidences: Vec<u32>,
    hidden_units: usize,
    /// With couplings `input`, the ground state W^1[i,j] = ξ_i, all other weights +1.
    ground_state: Option<Vec<i8>>,
}

impl FactorGraph {
    /// The graph of an instance; weights on no active path are not in the model.
    ///
    /// ```
    /// let text = r#"{"format": "rap-instance/1", "widths": [2, 1, 2, 1],
    ///     "paths": [[0,0,0,0], [0,0,1,0], [1,0,0,0], [1,0,1,0]], "inputs": [1, -1]}"#;
    /// let graph = model::FactorGraph::new(&model::Instance::from_json(text)?);
    /// assert_eq!((graph.weight_count(), graph.path_count(), graph.hidden_units()), (6, 4, 3));
    /// // Every weight lies on two of the paths, and with couplings `input` one configuration satisfies all of them.
    /// assert_eq!(graph.degree(0), 2);
    /// assert_eq!(graph.ground_state().map(|weights| graph.energy(weights)), Some(-4));
    /// # Ok::<(), model::InstanceError>(())
    /// ```
    pub fn new(instance: &Instance) -> Self {
        let depth = instance.network().depth();
        let mut weights = Vec::new();
        let mut weight_of = vec![0u32; instance.path_count() * depth];
        for layer in 1..=depth {
            number_layer(instance, layer, &mut weights, &mut weight_of);
        }
        let (first_incidence, incidences) = transpose(&weight_of, weights.len());
        let ground_state = match instance.signs() {
            Signs::Path(_) => None,
            Signs::Input(inputs) => {
                Some(weights.iter().map(|w| if w.layer == 1 { inputs[w.from as usize] } else { 1 }).collect())
            }
        };
        let hidden_units = count_hidden_units(&weights);
        let signs = instance.path_signs();
        Self { depth, weights, signs, weight_of, first_incidence, incidences, hidden_units, ground_state }
    }

    /// L: weights on a path.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// n: weights on at least one active path.
    pub fn weight_count(&self) -> usize {
        self.weights.len()
    }

    /// M: active paths.
    pub fn path_count(&self) -> usize {
        self.signs.len()
    }

    /// α = M / n.
    pub fn alpha(&self) -> f64 {
        self.path_count() as f64 / self.weight_count() as f64
    }

    /// h: hidden units on at least one active path. Flipping all weights into and out of one leaves H unchanged.
    pub fn hidden_units(&self) -> usize {
        self.hidden_units
    }

    /// The weights, by layer, then `from`, then `to`.
    pub fn weights(&self) -> &[Weight] {
        &self.weights
    }

    /// The numbers of the weights of layer l = 1..=L; each layer has at least one if there is a path.
    pub fn layer(&self, layer: u16) -> Range<usize> {
        let from = self.weights.partition_point(|weight| weight.layer < layer);
        from..self.weights.partition_point(|weight| weight.layer <= layer)
    }

    /// ξ_a of every path.
    pub fn signs(&self) -> &[i8] {
        &self.signs
    }

    /// The L weights of path a, from layer 1 to layer L.
    pub fn path(&self, a: usize) -> &[u32] {
        &self.weight_of[a * self.depth..(a + 1) * self.depth]
    }

    /// The weight of every incidence.
    pub fn weight_of(&self) -> &[u32] {
        &self.weight_of
    }

    /// The incidences of weight i; the path of incidence e is `e / L`.
    pub fn incidences(&self, i: usize) -> &[u32] {
        &self.incidences[self.first_incidence[i] as usize..self.first_incidence[i + 1] as usize]
    }

    /// Active paths through weight i, ≥ 1.
    pub fn degree(&self, i: usize) -> usize {
        (self.first_incidence[i + 1] - self.first_incidence[i]) as usize
    }

    /// The largest degree of all weights.
    pub fn max_degree(&self) -> usize {
        (0..self.weight_count()).map(|i| self.degree(i)).max().unwrap_or(0)
    }

    /// The known ground state with couplings `input`, where every path has ξ_a Π w = +1 (docs/model.md, fact 1).
    pub fn ground_state(&self) -> Option<&[i8]> {
        self.ground_state.as_deref()
    }

    /// ξ_a Π_{j∈a} w_j of every path.
    pub fn path_products(&self, weights: &[i8]) -> Vec<i8> {
        let product = |a: usize| self.path(a).iter().map(|&i| weights[i as usize]).product::<i8>();
        (0..self.path_count()).map(|a| self.signs[a] * product(a)).collect()
    }

    /// H(W) = −Σ_a ξ_a Π_{j∈a} w_j.
    pub fn energy(&self, weights: &[i8]) -> i64 {
        -self.path_products(weights).iter().map(|&s| i64::from(s)).sum::<i64>()
    }

    /// How many weights of each layer lie on how many active paths: (layer, degree, weights), in that order.
    pub fn degree_histogram(&self) -> Vec<(u16, u32, u32)> {
        let mut histogram = Vec::new();
        for layer in 1..=self.depth as u16 {
            let weights = self.layer(layer);
            let most = weights.clone().map(|i| self.degree(i)).max().unwrap_or(0);
            let mut counts = vec![0u32; most + 1];
            weights.for_each(|i| counts[self.degree(i)] += 1);
            let found = (0u32..).zip(counts).filter(|&(_, count)| count > 0);
            histogram.extend(found.map(|(degree, count)| (layer, degree, count)));
        }
        histogram
    }
}

/// A layer is numbered by way of a grid of all its possible weights, if that has at most so many cells for each path.
const CELLS_PER_PATH: u64 = 4;

/// Appends the weights of a layer by `from`, then `to`, and enters the number of each path's weight.
///
/// Takes time and memory linear in the paths, at most 16 bytes for each beside the result, unless the paths are few
/// among the possible weights: then their weights are sorted.
fn number_layer(instance: &Instance, layer: usize, weights: &mut Vec<Weight>, weight_of: &mut [u32]) {
    let widths = instance.network().widths();
    let (from_count, to_count) = (u64::from(widths[layer - 1]), u64::from(widths[layer]));
    let cells = instance.paths().map(|path| u64::from(path[layer - 1]) * to_count + u64::from(path[layer]));
    let depth = widths.len() - 1;
    let entries = weight_of.iter_mut().skip(layer - 1).step_by(depth);
    let weight = |cell: u64| Weight {
        layer: layer as u16,
        from: (cell / to_count) as u32,
        to: (cell % to_count) as u32,
    };
    let first = weights.len() as u32;
    if from_count * to_count <= CELLS_PER_PATH * instance.path_count() as u64 {
        let mut numbers = vec![0u32; (from_count * to_count) as usize];
        cells.clone().for_each(|cell| numbers[cell as usize] = 1);
        let mut next = first;
        for (number, cell) in numbers.iter_mut().zip(0..) {
            if *number == 1 {
                *number = next;
                next += 1;
                weights.push(weight(cell));
            }
        }
        entries.zip(cells).for_each(|(entry, cell)| *entry = numbers[cell as usize]);
    } else {
        let mut sorted: Vec<u64> = cells.clone().collect();
        // Paths are in lexicographic order, so that those of the first layer are sorted already.
        sorted.sort_unstable();
        sorted.dedup();
        weights.extend(sorted.iter().map(|&cell| weight(cell)));
        let number = |cell| first + sorted.partition_point(|&other| other < cell) as u32;
        entries.zip(cells).for_each(|(entry, cell)| *entry = number(cell));
    }
}

/// Lists, for every weight, where it stands in `weight_of`.
fn transpose(weight_of: &[u32], weights: usize) -> (Vec<u32>, Vec<u32>) {
    let mut first = vec![0u32; weights + 1];
    for &i in weight_of {
        first[i as usize + 1] += 1;
    }
    for i in 0..weights {
        first[i + 1] += first[i];
    }
    let mut next = first.clone();
    let mut incidences = vec![0u32; weight_of.len()];
    for (e, &i) in weight_of.iter().enumerate() {
        incidences[next[i as usize] as usize] = e as u32;
        next[i as usize] += 1;
    }
    (first, incidences)
}

/// A hidden unit on a path is one that weights beyond the first layer come from.
fn count_hidden_units(weights: &[Weight]) -> usize {
    let same_unit = |a: &Weight, b: &Weight| (a.layer, a.from) == (b.layer, b.from);
    weights.chunk_by(same_unit).filter(|from_one| from_one[0].layer > 1).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> FactorGraph {
        let text = r#"{"format":"rap-instance/1","widths":[2,3,2,1],
            "paths":[[0,0,0,0],[0,0,1,0],[1,0,1,0],[1,2,1,0]],"inputs":[1,-1]}"#;
        FactorGraph::new(&Instance::from_json(text).unwrap())
    }

    #[test]
    fn only_weights_on_active_paths_are_in_the_model() {
        let graph = graph();
        assert_eq!((graph.weight_count(), graph.path_count(), graph.hidden_units()), (8, 4, 4));
        assert_eq!(graph.path(2), [1, 4, 7]);
        assert_eq!(
            graph.degree_histogram(),
            [(1, 1, 2), (1, 2, 1), (2, 1, 2), (2, 2, 1), (3, 1, 1), (3, 3, 1)]
        );
        let total: usize = (0..8).map(|i| graph.incidences(i).len()).sum();
        assert_eq!(total, 12);
        for i in 0..8 {
            assert!(graph.incidences(i).iter().all(|&e| graph.weight_of()[e as usize] as usize == i));
        }
    }

    #[test]
    fn with_couplings_input_the_ground_state_satisfies_every_path() {
        let graph = graph();
        assert_eq!(graph.energy(graph.ground_state().unwrap()), -4);
    }

    #[test]
    fn flipping_the_weights_of_a_hidden_unit_leaves_the_energy_unchanged() {
        let graph = graph();
        let mut weights = vec![1i8, -1, 1, -1, -1, 1, 1, -1];
        let energy = graph.energy(&weights);
        for (i, weight) in graph.weights().iter().enumerate() {
            if (weight.layer == 1 && weight.to == 0) || (weight.layer == 2 && weight.from == 0) {
                weights[i] = -weights[i];
            }
        }
        assert_eq!(graph.energy(&weights), energy);
    }
}

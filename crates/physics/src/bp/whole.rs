//! The instance about its core: what the totals of the core and the closed form of the rest say together.

use super::core::{Core, Hanging};
use super::totals::{CoreTotals, Totals};
use model::FactorGraph;
use model::numerics::{ln_cosh, tanh};
use std::ops::Range;

/// A weight with a larger |m| is ordered.
pub const ORDERED_MAGNETISATION: f64 = 1e-6;

/// What is known of an instance beside its core.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    pub(crate) depth: usize,
    pub(crate) core: Core,
    pub(crate) paths: usize,
    pub(crate) weights: usize,
    /// `weight_of[a * depth + l]`: the weight of path a at l.
    pub(super) weight_of: Vec<u32>,
    /// ξ_a.
    pub(super) signs: Vec<i8>,
    /// The numbers of the weights of each layer, 1..=L; none for a reduced system.
    layers: Vec<Range<usize>>,
    /// The numbers of the hidden units that each weight joins, that of none being [`Self::hidden_units`]; empty for a
    /// reduced system.
    units: Vec<[u32; 2]>,
    hidden_units: usize,
}

impl Whole {
    /// What is known of a graph with at least one path beyond its core.
    pub(crate) fn of_graph(graph: &FactorGraph) -> Self {
        let (depth, weights) = (graph.depth(), graph.weight_count());
        // Hidden units one after the other, layer by layer.
        let mut first = vec![0u32; depth + 1];
        for layer in 1..depth {
            let ends = graph.weights()[graph.layer(layer as u16)].iter().map(|weight| weight.to + 1);
            first[layer + 1] = first[layer] + ends.max().unwrap_or(0);
        }
        let hidden = |layer: usize, unit: u32| {
            if (1..depth).contains(&layer) { first[layer] + unit } else { first[depth] }
        };
        let units = graph.weights().iter().map(|weight| {
            let layer = usize::from(weight.layer);
            [hidden(layer - 1, weight.from), hidden(layer, weight.to)]
        });
        Self {
            layers: (1..=depth).map(|layer| graph.layer(layer as u16)).collect(),
            units: units.collect(),
            hidden_units: first[depth] as usize,
            ..Self::new(depth, weights, graph.weight_of(), graph.signs())
        }
    }

    /// The same for a graph in which path a has the weights `weight_of[a * depth..][..depth]`.
    pub(crate) fn new(depth: usize, weights: usize, weight_of: &[u32], signs: &[i8]) -> Self {
        Self {
            depth,
            core: Core::new(depth, weights, weight_of),
            paths: signs.len(),
            weights,
            weight_of: weight_of.to_vec(),
            signs: signs.to_vec(),
            layers: Vec::new(),
            units: Vec::new(),
            hidden_units: 0,
        }
    }

    pub(super) fn weights_of(&self, path: u32) -> &[u32] {
        &self.weight_of[path as usize * self.depth..][..self.depth]
    }

    /// The totals of the whole graph at β, from those of its core.
    pub(crate) fn totals(&self, beta: f64, core: CoreTotals) -> Totals {
        let CoreTotals { squares: squares_of_core, log_z, energy } = core;
        let squares = self.squares(beta, &squares_of_core);
        let free = (self.weights - self.core.weights.len()) as f64;
        let removed = (self.paths - self.core.paths.len()) as f64;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        Totals {
            overlap: mean(&squares),
            layer_overlaps: self.layers.iter().map(|layer| mean(&squares[layer.clone()])).collect(),
            ordered_units: self.ordered_units(&squares),
            log_z: log_z + free * std::f64::consts::LN_2 + removed * ln_cosh(beta),
            energy: energy - removed * tanh(beta),
        }
    }

    /// m_i² of every weight, of those of the core.
    fn squares(&self, beta: f64, of_core: &[f64]) -> Vec<f64> {
        let mut squares = vec![0.0; self.weights];
        for (&i, square) in self.core.weights.iter().zip(of_core) {
            squares[i as usize] = *square;
        }
        let t = tanh(beta);
        for &Hanging { path, place } in &self.core.hanging {
            let weights = self.weights_of(path);
            let others = (0..).zip(weights).filter(|&(other, _)| other != place);
            let product = others.fold(t * t, |product, (_, &i)| product * squares[i as usize]);
            squares[weights[place as usize] as usize] = product;
        }
        squares
    }

    /// Hidden units with a weight of |m| > 10⁻⁶: to flip all weights of one leads to another state.
    fn ordered_units(&self, squares: &[f64]) -> usize {
        let least = ORDERED_MAGNETISATION * ORDERED_MAGNETISATION;
        let mut is_ordered = vec![false; self.hidden_units + 1];
        for (square, units) in squares.iter().zip(&self.units) {
            if *square > least {
                units.iter().for_each(|&unit| is_ordered[unit as usize] = true);
            }
        }
        is_ordered[..self.hidden_units].iter().filter(|&&is_ordered| is_ordered).count()
    }
}

//! The instance about its core: what the messages of the core and the closed form of the rest say together.

use super::core::{Core, Hanging};
use super::factor::{Factor, Temperature};
use super::layout::Layout;
use super::{ORDERED_MAGNETISATION, thermodynamics::CoreTotals};
use model::FactorGraph;
use model::numerics::{ln_cosh, tanh};
use std::ops::Range;

/// What is known of an instance beside its core.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    pub(crate) depth: usize,
    pub(crate) core: Core,
    pub(crate) paths: usize,
    pub(crate) weights: usize,
    /// `weight_of[a * depth + l]`: the weight of path a at l.
    weight_of: Vec<u32>,
    /// ξ_a.
    signs: Vec<i8>,
    /// The numbers of the weights of each layer, 1..=L; none for a reduced system.
    layers: Vec<Range<usize>>,
    /// The numbers of the hidden units that each weight joins, that of none being [`Self::hidden_units`]; empty for a
    /// reduced system.
    units: Vec<[u32; 2]>,
    hidden_units: usize,
}

/// The totals of one problem.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Totals {
    pub(crate) overlap: f64,
    pub(crate) layer_overlaps: Vec<f64>,
    pub(crate) ordered_units: usize,
    pub(crate) log_z: f64,
    pub(crate) energy: f64,
}

impl Whole {
    /// Of a graph with at least one path.
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

    /// Of a graph in which path a has the weights `weight_of[a * depth..][..depth]`.
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

    fn weights_of(&self, path: u32) -> &[u32] {
        &self.weight_of[path as usize * self.depth..][..self.depth]
    }

    /// Of what the core says, at β.
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

    /// ρ_{i→a} of every weight on every path, as the graph lists them and not gauged, of the core's `rho` and the
    /// `ratio` R of its slots.
    pub(crate) fn messages<F: Factor>(
        &self,
        layout: &Layout,
        temperature: Temperature,
        rho: &[f64],
        ratio: &[f64],
    ) -> Vec<f64> {
        let ungauged = |ratio: f64, sign: i8| if sign > 0 { ratio } else { 1.0 / ratio };
        // ρ_i of a weight, and the path on which it hangs: to that it sends m = 0.
        let mut heard: Vec<(f64, Option<u32>)> = vec![(1.0, None); self.weights];
        for (&i, &slot) in self.core.weights.iter().zip(&layout.slot_of) {
            heard[i as usize].0 = ratio[slot as usize];
        }
        let depth = self.depth;
        // A slot is gauged by the sign of its paths.
        for ((incidences, weights), &sign) in
            layout.incidences.chunks_exact(depth).zip(layout.weights_of_paths()).zip(&layout.signs)
        {
            heard[weights[0] as usize].0 = ungauged(ratio[incidences[0].slot as usize], sign);
        }
        let mut factor = F::new(depth);
        for &Hanging { path, place } in &self.core.hanging {
            let (weights, place) = (self.weights_of(path), place as usize);
            let mut rho: Vec<f64> = weights.iter().map(|&i| heard[i as usize].0).collect();
            let other = usize::from(place == 0);
            rho[other] = ungauged(rho[other], self.signs[path as usize]);
            factor.messages(&rho, temperature.q);
            let (n, d) = factor.message(place);
            heard[weights[place] as usize] = (n / d, Some(path));
        }
        let mut messages = Vec::with_capacity(depth * self.paths);
        for (a, weights) in (0..).zip(self.weight_of.chunks_exact(depth)) {
            messages.extend(weights.iter().map(|&i| match heard[i as usize] {
                (_, Some(path)) if path == a => 1.0,
                (rho, _) => rho,
            }));
        }
        for ((rho, &a), &sign) in rho.chunks_exact(depth).zip(&layout.order).zip(&layout.signs) {
            let into = &mut messages[a as usize * depth..][..depth];
            into.copy_from_slice(rho);
            into[0] = ungauged(rho[0], sign);
        }
        messages
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

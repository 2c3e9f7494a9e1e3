//! The definition of a chain, weight by weight.

use super::{Positions, Thresholds};
use crate::graph::FactorGraph;

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
    /// The random configuration that the chain of that key begins with: sweep 0, at β = 0.
    pub fn random(graph: &FactorGraph, positions: &Positions, key: u64) -> Self {
        let free = Thresholds::new(0.0, 0);
        let weight = |i| if free.against(0, key, positions.draw(0, positions.of(i))) { -1 } else { 1 };
        let weights: Vec<i8> = (0..graph.weight_count()).map(weight).collect();
        let path = |a: usize| graph.path(a).iter().map(|&i| weights[i as usize]).product::<i8>();
        let signs = gauged_signs(graph);
        let products: Vec<i8> = (0..graph.path_count()).map(|a| signs[a] * path(a)).collect();
        let energy = -products.iter().map(|&s| i64::from(s)).sum::<i64>();
        Self { weights, products, energy }
    }

    /// Sweep number `mc_sweep` ≥ 1 of the chain of that key.
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
            let against = thresholds.against(field.unsigned_abs() as usize, key, draw);
            let weight = if (field < 0) != against { -1 } else { 1 };
            if weight != self.weights[i] {
                self.weights[i] = weight;
                self.energy += 2 * i64::from(along);
                paths.for_each(|a| self.products[a] = -self.products[a]);
            }
        }
    }

    /// s_a of every path.
    pub fn path_products(&self) -> &[i8] {
        &self.products
    }
}

/// ξ_a in the gauge of the chain: 1 with couplings `input`.
pub(crate) fn gauged_signs(graph: &FactorGraph) -> Vec<i8> {
    match graph.ground_state() {
        Some(_) => vec![1; graph.path_count()],
        None => graph.signs().to_vec(),
    }
}

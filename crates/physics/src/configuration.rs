//! A configuration of the weights of an instance, with its energy.

use model::FactorGraph;

/// The n weights, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// w_i = ±1.
    pub weights: Vec<i8>,
    /// s_a = ξ_a Π_{j∈a} w_j.
    products: Vec<i8>,
    /// H = −Σ_a s_a.
    pub energy: i64,
}

impl Configuration {
    /// A given configuration of the n weights.
    pub fn new(graph: &FactorGraph, weights: Vec<i8>) -> Self {
        let products = graph.path_products(&weights);
        let energy = -products.iter().map(|&s| i64::from(s)).sum::<i64>();
        Self { weights, products, energy }
    }

    /// s_a = ξ_a Π_{j∈a} w_j of every path.
    pub fn path_products(&self) -> &[i8] {
        &self.products
    }

    /// Flips weight i.
    pub fn flip(&mut self, graph: &FactorGraph, i: usize) {
        self.weights[i] = -self.weights[i];
        for &e in graph.incidences(i) {
            let product = &mut self.products[e as usize / graph.depth()];
            self.energy += 2 * i64::from(*product);
            *product = -*product;
        }
    }
}

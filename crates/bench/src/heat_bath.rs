//! Baseline of Monte Carlo: a scalar heat bath over an adjacency list, as one would write it by hand.
//!
//! Products of paths are kept, so that a field is a sum of its paths' products; the probability of each field is
//! tabled, and the random numbers come from a fast generator of the standard kind (xoshiro256++).

use model::FactorGraph;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// One replica at one β.
pub(crate) struct HeatBath {
    paths_of: Vec<Vec<u32>>,
    /// w_i.
    pub(crate) weights: Vec<i8>,
    /// ξ_a Π w.
    products: Vec<i8>,
    /// `up[k + most]`: probability that w_i = 1 at field h_i = k.
    up: Vec<f64>,
    most: i32,
    random: SmallRng,
}

impl HeatBath {
    /// Begins with the configuration of all weights +1.
    #[allow(clippy::disallowed_methods, reason = "a baseline: its bits are nobody's result")]
    pub(crate) fn new(graph: &FactorGraph, beta: f64, seed: u64) -> Self {
        let depth = graph.depth() as u32;
        let paths = |i| graph.incidences(i).iter().map(|&e| e / depth).collect();
        let most = graph.max_degree() as i32;
        let weights = vec![1; graph.weight_count()];
        Self {
            paths_of: (0..graph.weight_count()).map(paths).collect(),
            products: graph.path_products(&weights),
            weights,
            up: (-most..=most).map(|k| 0.5 * (1.0 + (beta * f64::from(k)).tanh())).collect(),
            most,
            random: SmallRng::seed_from_u64(seed),
        }
    }

    /// Updates every weight once, in order.
    pub(crate) fn sweep(&mut self) {
        for (i, paths) in self.paths_of.iter().enumerate() {
            let sum: i32 = paths.iter().map(|&a| i32::from(self.products[a as usize])).sum();
            let field = sum * i32::from(self.weights[i]);
            let up = self.random.random::<f64>() < self.up[(field + self.most) as usize];
            let weight = if up { 1 } else { -1 };
            if weight != self.weights[i] {
                self.weights[i] = weight;
                for &a in paths {
                    self.products[a as usize] = -self.products[a as usize];
                }
            }
        }
    }

    /// ⟨H⟩ of now.
    pub(crate) fn energy(&self) -> i64 {
        -self.products.iter().map(|&s| i64::from(s)).sum::<i64>()
    }
}

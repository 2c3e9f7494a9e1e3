//! Glauber dynamics: heat-bath Monte Carlo of the weights (DESIGN §2).
//!
//! Weight i flips with probability ½ [1 − w_i tanh(β h_i)] = 1 / (1 + e^(2βk)), where
//! k = w_i h_i = Σ_{a∋i} s_a sums the products s_a = ξ_a Π_{j∈a} w_j of the paths through it. One `mc_sweep` visits every
//! weight once, in the fixed order of [`FactorGraph::weights`] (layer by layer): the equilibrium is that of random-site
//! Glauber dynamics, the dynamics is not.
//!
//! A flip is decided by comparing a random 64-bit word with an integer threshold, so that a faster kernel can be equal
//! to this one bit for bit.

use crate::chain::{Chain, Course, Dynamics};
use crate::graph::FactorGraph;
use crate::numerics::exp;
use crate::observables::mean_overlap;
use crate::random::{Key, Stream};
use crate::statistics::{Estimate, estimate};
use std::sync::Arc;

/// How long to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuenchSettings {
    /// Independent runs, each from its own random configuration; ≥ 2.
    pub runs: u32,
    /// MC sweeps of each run before measuring.
    pub relax: u32,
    /// MC sweeps of each run that are measured, one energy each; ≥ 16.
    pub measure: u32,
}

impl Default for QuenchSettings {
    fn default() -> Self {
        Self { runs: 8, relax: 1000, measure: 4000 }
    }
}

/// What a quench measured; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Quench {
    /// ⟨H⟩ with its error, autocorrelation time and R̂.
    pub energy: Estimate,
    /// q = (1/n) Σ_i ⟨w_i⟩², averages over one run, mean over the runs.
    pub overlap: f64,
}

/// What the runs of a quench went through: what [`Quench`] sums up.
#[derive(Debug, Clone, PartialEq)]
pub struct QuenchRuns {
    /// H after every measured sweep of every run.
    pub energies: Vec<Vec<f64>>,
    /// q = (1/n) Σ_i ⟨w_i⟩², averages over one run, mean over the runs.
    pub overlap: f64,
}

impl QuenchSettings {
    /// The chains of all runs at one β: that of run r has the first word of stream r of the key.
    pub(crate) fn chains(&self, beta: f64, key: Key) -> Vec<Chain> {
        (0..self.runs).map(|run| Chain::of_run(beta, key, run)).collect()
    }

    pub(crate) fn course(&self) -> Course {
        Course { relax: self.relax, measure: self.measure }
    }
}

/// Quenches from random configurations straight to `beta`, relaxes, and measures.
pub fn quench(graph: &FactorGraph, beta: f64, settings: &QuenchSettings, key: Key) -> Quench {
    let QuenchRuns { energies, overlap } = quench_runs(graph, beta, settings, key);
    Quench { energy: estimate(&energies), overlap }
}

/// The series behind [`quench`], for [`equilibration`](crate::statistics::equilibration).
pub fn quench_runs(graph: &FactorGraph, beta: f64, settings: &QuenchSettings, key: Key) -> QuenchRuns {
    let chains = [settings.chains(beta, key)];
    let runs = Dynamics::new(graph).run(&chains, settings.course(), |_, _, _| {}).remove(0);
    let sums: Vec<&[i32]> = runs.iter().map(|run| &run.sums[..]).collect();
    let overlap = mean_overlap(&sums, settings.measure);
    QuenchRuns { energies: runs.into_iter().map(|run| run.energies).collect(), overlap }
}

/// A configuration that a short quench at `beta` reached: where BP's polarised branch starts with couplings `path`.
pub fn quenched_configuration(
    graph: &FactorGraph,
    beta: f64,
    mc_sweeps: u32,
    stream: &mut Stream,
) -> Vec<i8> {
    let dynamics = Glauber::new(graph, beta);
    let mut state = Configuration::random(graph, stream);
    for _ in 0..mc_sweeps {
        dynamics.mc_sweep(&mut state, stream);
    }
    state.weights
}

/// The dynamics of one instance at one β.
pub struct Glauber<'a> {
    graph: &'a FactorGraph,
    /// `paths_of[i]` by increasing path, from `first[i]` to `first[i + 1]`.
    first: Arc<[usize]>,
    paths_of: Arc<[u32]>,
    /// `thresholds[k + max_degree]`: a weight flips when its random word is below it.
    thresholds: Vec<u64>,
}

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
    /// Every weight by a fair coin.
    pub fn random(graph: &FactorGraph, stream: &mut Stream) -> Self {
        Self::new(graph, stream.signs(graph.weight_count()))
    }

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

impl<'a> Glauber<'a> {
    /// The dynamics at `beta` ≥ 0.
    pub fn new(graph: &'a FactorGraph, beta: f64) -> Self {
        let n = graph.weight_count();
        let mut first = Vec::with_capacity(n + 1);
        let mut paths_of = Vec::with_capacity(graph.weight_of().len());
        for i in 0..n {
            first.push(paths_of.len());
            paths_of.extend(graph.incidences(i).iter().map(|&e| e / graph.depth() as u32));
        }
        first.push(paths_of.len());
        let thresholds = flip_thresholds(graph, beta);
        Self { graph, first: first.into(), paths_of: paths_of.into(), thresholds }
    }

    /// The dynamics of the same instance at another β; the two share their lists of paths.
    pub fn at(&self, beta: f64) -> Self {
        Self {
            graph: self.graph,
            first: Arc::clone(&self.first),
            paths_of: Arc::clone(&self.paths_of),
            thresholds: flip_thresholds(self.graph, beta),
        }
    }

    /// Visits every weight once, in order.
    pub fn mc_sweep(&self, state: &mut Configuration, stream: &mut Stream) {
        let max_degree = (self.thresholds.len() / 2) as i32;
        let (first, paths_of) = (&*self.first, &*self.paths_of);
        for i in 0..self.graph.weight_count() {
            let paths = &paths_of[first[i]..first[i + 1]];
            let k: i32 = paths.iter().map(|&a| i32::from(state.products[a as usize])).sum();
            if stream.word() < self.thresholds[(k + max_degree) as usize] {
                state.weights[i] = -state.weights[i];
                for &a in paths {
                    state.products[a as usize] = -state.products[a as usize];
                }
                state.energy += 2 * i64::from(k);
            }
        }
    }
}

fn flip_thresholds(graph: &FactorGraph, beta: f64) -> Vec<u64> {
    let most = graph.max_degree() as i64;
    (-most..=most).map(|k| flip_threshold(beta, k)).collect()
}

/// 2^64 / (1 + e^(2βk)), the probability of a flip against w_i h_i = k in units of 2^−64.
fn flip_threshold(beta: f64, k: i64) -> u64 {
    let two_to_64 = (1u128 << 64) as f64;
    // The cast saturates: a probability that rounds to 1 keeps the chance 2^−64 of no flip.
    (two_to_64 / (1.0 + exp(2.0 * beta * k as f64))) as u64
}

//! Quenches: heat-bath Monte Carlo of the weights at a fixed β, from random configurations.
//!
//! Weight i flips with probability ½ [1 − w_i tanh(β h_i)] (docs/model.md, Monte Carlo) when it is visited;
//! [`crate::chain`] defines the order of visits and the random numbers, and has the kernels.

use crate::chain::{Chain, Course, Dynamics};
use crate::observables::{bytes_of_observing, mean_overlap};
use crate::statistics::{Estimate, estimate};
use model::FactorGraph;
use model::random::{Key, Stream};

/// Short chains that look for states which the runs may have missed.
const PROBES: u64 = 8;

/// The stream of the first one, beyond those of all runs.
const FIRST_PROBE: u64 = 1 << 32;

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

    /// Short chains beside them, from streams of their own.
    pub(crate) fn probes(&self, beta: f64, key: Key) -> Vec<Chain> {
        let chain = |probe: u64| Chain { beta, key: key.stream(FIRST_PROBE + probe).word() };
        (0..PROBES).map(chain).collect()
    }

    /// About how much memory [`observe_quench`](crate::observables::observe_quench) needs at one β, in bytes: all
    /// energies with the copies that are made where errors are found, two sums of every weight, and what is observed.
    pub fn bytes(&self, graph: &FactorGraph) -> u64 {
        let [runs, measure] = [self.runs, self.measure].map(u64::from);
        let sums = 8 * graph.weight_count() as u64;
        runs * (40 * measure + sums) + bytes_of_observing(graph, runs)
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
    let runs = Dynamics::new(graph).run(&chains, settings.course(), |_, _, _| {}).recorded.remove(0);
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
    let dynamics = Dynamics::new(graph);
    let (heat, key) = (dynamics.heat(beta), stream.word());
    let mut replica = dynamics.random(key);
    (1..=u64::from(mc_sweeps)).for_each(|n| dynamics.mc_sweep(&mut replica, &heat, key, n));
    dynamics.weights(&replica)
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

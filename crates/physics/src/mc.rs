//! Quenches: heat-bath Monte Carlo of the weights at a fixed β, from random configurations.
//!
//! Weight i flips with probability ½ [1 − w_i tanh(β h_i)] (docs/model.md, Monte Carlo) when it is visited;
//! [`crate::chain`] defines the order of visits and the random numbers, and has the kernels.

mod settings;

pub use crate::configuration::Configuration;
pub use settings::QuenchSettings;

use crate::chain::Dynamics;
use crate::observables::mean_overlap;
use crate::statistics::{Estimate, estimate};
use model::FactorGraph;
use model::random::{Key, Stream};

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

//! Quenches: heat-bath Monte Carlo of the weights at a fixed β, from random configurations.
//!
//! Weight i flips with probability ½ [1 − w_i tanh(β h_i)] (docs/model.md, Monte Carlo) when it is visited;
//! [`crate::chain`] defines the order of visits and the random numbers, and has the kernels.
//! What quenches measure is in [`crate::observables`].

mod settings;

pub use crate::configuration::Configuration;
pub use settings::QuenchSettings;

use crate::chain::Dynamics;
use model::FactorGraph;
use model::random::Stream;

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

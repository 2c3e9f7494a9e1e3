//! All 2^n configurations, in Gray-code order.

use super::values::Exact;
use crate::configuration::Configuration;
use kernel::stop;
use model::numerics::{exp, ln};
use model::{FactorGraph, enumerated_configurations};

/// Configurations between two looks at whether anybody wants the answer still.
const BETWEEN_LOOKS: u64 = 1 << 12;

/// One pass counts the configurations of every energy; every β follows from the counts.
pub(super) fn solve(graph: &FactorGraph, betas: &[f64]) -> Vec<Exact> {
    let states = density_of_states(graph);
    betas.iter().map(|&beta| canonical_average(&states, beta)).collect()
}

/// (H, number of configurations with it), by increasing H.
fn density_of_states(graph: &FactorGraph) -> Vec<(f64, f64)> {
    let n = graph.weight_count();
    assert!(enumerated_configurations(graph).is_finite(), "2^{n} configurations cannot be enumerated");
    let most = graph.path_count() as i64;
    let mut counts = vec![0u64; 2 * most as usize + 1];
    let mut state = Configuration::new(graph, vec![1; n]);
    let mut visited = 0u64;
    loop {
        counts[(state.energy + most) as usize] += 1;
        visited += 1;
        if visited == 1 << n {
            break;
        }
        if visited.is_multiple_of(BETWEEN_LOOKS) {
            stop::look();
        }
        state.flip(graph, visited.trailing_zeros() as usize);
    }
    let energies = -most..=most;
    energies.zip(counts).filter(|&(_, count)| count > 0).map(|(h, count)| (h as f64, count as f64)).collect()
}

fn canonical_average(states: &[(f64, f64)], beta: f64) -> Exact {
    let ground = states[0].0;
    let weight = |h: f64, count: f64| count * exp(-beta * (h - ground));
    let z: f64 = states.iter().map(|&(h, count)| weight(h, count)).sum();
    let energy = states.iter().map(|&(h, count)| h * weight(h, count)).sum::<f64>() / z;
    let deviation = |h: f64| (h - energy) * (h - energy);
    let energy_variance = states.iter().map(|&(h, count)| deviation(h) * weight(h, count)).sum::<f64>() / z;
    Exact { log_z: ln(z) - beta * ground, energy, energy_variance }
}

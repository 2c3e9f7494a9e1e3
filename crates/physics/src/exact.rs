//! Exact thermodynamics: plain enumeration, and the reduction of three weight layers to two-body systems
//! (DESIGN §2, exact facts 2 and 4). The ground truth that belief propagation and Monte Carlo are judged by.

mod blocks;
mod core;
mod enumeration;
mod lanes;
mod layout;
pub mod pairs;
mod plain;
mod reduction;
#[cfg(test)]
mod tests;

use crate::cpu::Level;
use crate::graph::FactorGraph;
use thiserror::Error;

/// Exact values at one β; totals, not per weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact {
    /// log Z.
    pub log_z: f64,
    /// ⟨H⟩.
    pub energy: f64,
    /// ⟨H²⟩ − ⟨H⟩².
    pub energy_variance: f64,
}

/// The configurations that would have to be visited exceed what was allowed.
#[derive(Debug, Clone, PartialEq, Error)]
#[error(
    "the exact answer needs {configurations:.3e} configurations (about {seconds:.0} s), more than the {allowed:.3e} allowed; \
     raise max_configurations, or take a smaller or more diluted instance"
)]
pub struct TooCostly {
    /// What it would take.
    pub configurations: f64,
    /// What was allowed.
    pub allowed: f64,
    /// A rough time on one core.
    pub seconds: f64,
}

/// Rough time for one configuration at up to eight β, in seconds: 4.5 ns with AVX-512, 6.5 with AVX2, 14 with SSE2; a dense
/// system takes three times as long.
const SECONDS_PER_CONFIGURATION: f64 = 6e-9;

/// How many configurations [`solve`] would visit, by the cheaper of the two ways; a float, for it may be huge.
///
/// A fixed function of the instance: 2^n, or, with three weight layers, Σ 2^(smaller side − 1) over the 2-cores of the
/// connected reduced systems. Some of them are summed in tables, two at a time.
pub fn configurations(graph: &FactorGraph) -> f64 {
    cheaper(graph, reduction::Reduction::new(graph).as_ref())
}

fn cheaper(graph: &FactorGraph, reduction: Option<&reduction::Reduction>) -> f64 {
    let enumeration = enumeration::configurations(graph);
    reduction.map_or(enumeration, |reduction| enumeration.min(reduction.configurations()))
}

/// A rough time in seconds for [`solve`] to visit so many configurations on one core.
pub fn estimated_seconds(configurations: f64, betas: usize) -> f64 {
    configurations * SECONDS_PER_CONFIGURATION * betas.div_ceil(8).max(1) as f64
}

/// The exact values at every β, from one pass over the configurations.
///
/// # Errors
/// If more than `max_configurations` would have to be visited.
pub fn solve(graph: &FactorGraph, betas: &[f64], max_configurations: u64) -> Result<Vec<Exact>, TooCostly> {
    let reduction = reduction::Reduction::new(graph);
    let needed = cheaper(graph, reduction.as_ref());
    let allowed = max_configurations as f64;
    if needed > allowed {
        let seconds = estimated_seconds(needed, betas.len());
        return Err(TooCostly { configurations: needed, allowed, seconds });
    }
    Ok(match reduction {
        Some(reduction) if reduction.configurations() <= needed => reduction.solve(Level::chosen(), betas),
        _ => enumeration::solve(graph, betas),
    })
}

/// The exact values by visiting all 2^n configurations: the definition that the reduction is tested against. n ≤ 40.
pub fn enumerate(graph: &FactorGraph, betas: &[f64]) -> Vec<Exact> {
    enumeration::solve(graph, betas)
}

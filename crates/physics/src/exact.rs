//! Exact thermodynamics: plain enumeration, and the reduction of three weight layers to two-body systems
//! (docs/model.md, facts 2 and 4). The ground truth that belief propagation and Monte Carlo are judged by.

mod blocks;
mod enumeration;
mod lanes;
mod layout;
pub mod pairs;
mod plain;
mod reduction;
#[cfg(test)]
mod tests;
mod values;

pub use values::Exact;

use kernel::cpu::Level;
use model::{Cores, FactorGraph, enumerated_configurations, exact_cost};
use thiserror::Error;

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

/// The exact values at every β, from one pass over the configurations.
///
/// ```
/// // One path through two weights: Z = 4 cosh β, ⟨H⟩ = −tanh β.
/// let text = r#"{"format": "rap-instance/1", "widths": [1, 1, 1], "paths": [[0, 0, 0]], "inputs": [1]}"#;
/// let graph = model::FactorGraph::new(&model::Instance::from_json(text)?);
/// let beta = 0.5f64;
/// let exact = physics::exact::solve(&graph, &[beta], 1 << 20).unwrap()[0];
/// assert!((exact.log_z - model::numerics::ln(4.0) - model::numerics::ln_cosh(beta)).abs() < 1e-14);
/// assert!((exact.energy + model::numerics::tanh(beta)).abs() < 1e-14);
/// # Ok::<(), model::InstanceError>(())
/// ```
///
/// # Errors
/// If more than `max_configurations` would have to be visited.
pub fn solve(graph: &FactorGraph, betas: &[f64], max_configurations: u64) -> Result<Vec<Exact>, TooCostly> {
    let cores = Cores::new(graph);
    let enumerated = enumerated_configurations(graph);
    let needed = cores.as_ref().map_or(enumerated, |cores| enumerated.min(cores.configurations()));
    let allowed = max_configurations as f64;
    if needed > allowed {
        let seconds = exact_cost(graph).seconds(betas.len());
        return Err(TooCostly { configurations: needed, allowed, seconds });
    }
    Ok(match cores {
        Some(cores) if cores.configurations() <= needed => reduction::solve(&cores, Level::chosen(), betas),
        _ => enumeration::solve(graph, betas),
    })
}

/// The exact values by visiting all 2^n configurations: the definition that the reduction is tested against. n ≤ 40.
pub fn enumerate(graph: &FactorGraph, betas: &[f64]) -> Vec<Exact> {
    enumeration::solve(graph, betas)
}

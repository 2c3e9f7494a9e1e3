//! What the exact answer costs, known before it is computed.

use crate::core::Cores;
use crate::graph::FactorGraph;

/// Beyond, an enumeration would take days.
const MOST_WEIGHTS: usize = 40;

/// Rough time for one configuration at up to eight β, in seconds: 4.5 ns with AVX-512, 6.5 with AVX2, 14 with SSE2; a
/// dense system takes three times as long.
const SECONDS_PER_CONFIGURATION: f64 = 6e-9;

/// 2^n, or ∞ where nobody could wait for it. The symmetries of H are not used: this is the definition.
pub fn enumerated_configurations(graph: &FactorGraph) -> f64 {
    if graph.weight_count() > MOST_WEIGHTS { f64::INFINITY } else { libm::exp2(graph.weight_count() as f64) }
}

/// How many configurations the exact answer takes, by the cheaper of two ways; a float, for it may be huge.
///
/// A fixed function of the instance: 2^n, or, with three weight layers, Σ 2^(smaller side − 1) over the 2-cores of the
/// connected reduced systems. Some of them are summed in tables, two at a time.
pub fn exact_configurations(graph: &FactorGraph) -> f64 {
    let all = enumerated_configurations(graph);
    Cores::new(graph).map_or(all, |cores| all.min(cores.configurations()))
}

/// A rough time in seconds to visit so many configurations on one core.
pub fn exact_seconds(configurations: f64, betas: usize) -> f64 {
    configurations * SECONDS_PER_CONFIGURATION * betas.div_ceil(8).max(1) as f64
}

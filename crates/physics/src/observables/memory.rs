//! How much memory observing takes.

use model::FactorGraph;

/// About how much memory what is observed beside the energies takes at one β, in bytes.
pub(crate) fn bytes_of_observing(graph: &FactorGraph, runs: u64) -> u64 {
    let overlaps = 64 * 16 * graph.weight_count() as u64 * runs.div_ceil(2);
    // At most twice as many looks as there are asked for, three numbers a unit.
    let looks = 4 * 3 * 200 * graph.hidden_units() as u64 * runs;
    overlaps + looks
}

//! How long the runs of a quench are, and which chains they are.

use crate::chain::{Chain, Course};
use crate::observables::bytes_of_observing;
use model::FactorGraph;
use model::random::Key;

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

    /// About how much memory [`observe_quenches`](crate::observables::observe_quenches) needs at one β, in bytes: all
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

//! What the exact answer costs, known before it is computed.

use crate::core::{Core, Cores};
use crate::graph::FactorGraph;

/// Beyond, an enumeration would take days.
const MOST_WEIGHTS: usize = 40;

/// Rough times at up to eight β, in seconds, on one core of a busy server with AVX-512; SSE2 takes three times as long.
const SECONDS_PER_STEP: f64 = 2.5e-9;
const SECONDS_PER_LOOKUP: f64 = 1.9e-9;

/// Rows of a table, of the one in which a spin is summed, and look-ups that pay for a row: as the enumeration lays its
/// tables out.
const MOST_ROWS: f64 = 512.0;
const MOST_SUMMED_ROWS: f64 = 4096.0;
const LOOKUPS_PER_ROW: f64 = 4.0;

/// What the exact answer takes: floats, for they may be huge.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ExactCost {
    /// Configurations of the spins that are enumerated: what `max_configurations` bounds.
    pub configurations: f64,
    /// Steps of the enumeration: as many, or half as many where the innermost spin is summed in a table.
    pub steps: f64,
    /// Look-ups in tables of what the other spins contribute, in all steps together: a few for each where bonds are
    /// few, dozens where all are there.
    pub lookups: f64,
}

impl ExactCost {
    /// Of systems with so many configurations in all, in which `enumerated` spins x have bonds to each of `summed`
    /// spins y with probability `density`.
    ///
    /// A y is looked up as often as its innermost neighbour turns: in every step if that is the innermost x, half as
    /// often if it is the next one, …. Each position has the x that brings in the fewest new y: about a standard
    /// deviation less than the mean. Those that have a table of few enough rows together are one look-up.
    pub fn of_systems(configurations: f64, enumerated: f64, summed: f64, density: f64) -> Self {
        let degree = enumerated * density;
        let log_digits = libm::log(1.0 + degree);
        let mut paid_rows = libm::exp2(enumerated - 1.0) / LOOKUPS_PER_ROW;
        let (mut steps, mut lookups, mut rest, mut turns) = (1.0f64, 0.0, summed, 1.0f64);
        // Beyond, hardly anything turns.
        for position in 0..(enumerated as u32).min(32) {
            let mean = rest * density;
            let met = (mean - (mean * (1.0 - density)).sqrt()).max(mean.min(1.0));
            if position == 0 && libm::pow(degree, met) <= paid_rows.min(MOST_SUMMED_ROWS) {
                steps = 0.5;
                lookups = 0.5;
            } else {
                let rows = paid_rows.clamp(1.0, MOST_ROWS);
                let together = libm::floor(libm::log(rows) / log_digits).max(1.0);
                lookups += turns.min(steps) * (met / together).max(met.min(1.0));
            }
            rest -= met;
            turns /= 2.0;
            paid_rows /= 2.0;
        }
        Self { configurations, steps: configurations * steps, lookups: configurations * lookups }
    }

    /// The costs of two systems.
    pub fn and(self, other: Self) -> Self {
        Self {
            configurations: self.configurations + other.configurations,
            steps: self.steps + other.steps,
            lookups: self.lookups + other.lookups,
        }
    }

    /// So many times the cost.
    pub fn times(self, factor: f64) -> Self {
        Self {
            configurations: self.configurations * factor,
            steps: self.steps * factor,
            lookups: self.lookups * factor,
        }
    }

    /// Of all configurations, one by one.
    pub fn plain(configurations: f64) -> Self {
        Self { configurations, steps: configurations, lookups: configurations }
    }

    /// A rough time in seconds on one core.
    pub fn seconds(&self, betas: usize) -> f64 {
        let pass = self.steps * SECONDS_PER_STEP + self.lookups * SECONDS_PER_LOOKUP;
        pass * betas.div_ceil(8).max(1) as f64
    }

    fn of_core(core: &Core) -> Self {
        let (enumerated, summed) = (core.bonds().len() as f64, core.summed() as f64);
        let density = core.bond_count() as f64 / (enumerated * summed).max(1.0);
        Self::of_systems(core.configurations(), enumerated, summed, density)
    }
}

/// 2^n, or ∞ where nobody could wait for it. The symmetries of H are not used: this is the definition.
pub fn enumerated_configurations(graph: &FactorGraph) -> f64 {
    if graph.weight_count() > MOST_WEIGHTS { f64::INFINITY } else { libm::exp2(graph.weight_count() as f64) }
}

/// What the exact answer takes, by the way with fewer configurations of two.
///
/// A fixed function of the instance: 2^n, or, with three weight layers, Σ 2^(smaller side − 1) over the 2-cores of the
/// connected reduced systems. Some of them are summed in tables, two at a time.
pub fn exact_cost(graph: &FactorGraph) -> ExactCost {
    let all = ExactCost::plain(enumerated_configurations(graph));
    let Some(cores) = Cores::new(graph) else { return all };
    let of_cores = cores.cores().iter().map(ExactCost::of_core).fold(ExactCost::default(), ExactCost::and);
    if all.configurations < of_cores.configurations { all } else { of_cores }
}

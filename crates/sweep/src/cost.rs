//! What a unit costs, roughly: enough to cut jobs of similar duration and to say beforehand how long a sweep takes.
//! A coordinator corrects it by what it measures. The constants were measured on one core of a server CPU, at 40 units in a
//! layer.

use crate::cell::{Cell, CellKind};
use crate::decimal::to_f64;
use crate::method::MethodSettings;
use crate::unit::Work;
use model::{Ensemble, FactorGraph, Structure};

/// Beside everything else: set-up and bookkeeping of a unit, and of a row.
const SECONDS_PER_UNIT: f64 = 20e-6;
const SECONDS_PER_ROW: f64 = 2e-6;
/// Drawing and indexing one weight–path incidence.
const SECONDS_PER_DRAWN_INCIDENCE: f64 = 15e-9;
/// The exact method, beside the configurations: reduced systems and tables, for each path and up to eight β.
const SECONDS_PER_EXACT_PATH: f64 = 150e-9;
/// Belief propagation: one message, there and back, where some of the eight lanes are idle.
const SECONDS_PER_MESSAGE: f64 = 1.5e-9;
/// Iterations of one branch at one β, on average over a phase diagram: tens, but thousands near a spinodal.
const BP_ITERATIONS: f64 = 300.0;
/// Monte Carlo: a replica's MC sweep, and what each incidence adds to it. In bit rows, for three weight layers, the latter is little.
const SECONDS_PER_MC_SWEEP: f64 = 0.5e-6;
const SECONDS_PER_PACKED_INCIDENCE: f64 = 0.04e-9;
/// Of other depths, in lanes where many chains run together, and weight by weight where one does.
const SECONDS_PER_LANE_INCIDENCE: f64 = 0.5e-9;
const SECONDS_PER_PLAIN_INCIDENCE: f64 = 3e-9;
/// Recording the overlaps of two replicas, beside their MC sweeps.
const OBSERVING: f64 = 1.3;
/// A sweep of the reduced systems: one end of a bond.
const SECONDS_PER_CLUSTER_INCIDENCE: f64 = 10e-9;
/// The energy of a random configuration: one incidence.
const SECONDS_PER_LEVEL_INCIDENCE: f64 = 2e-9;

/// About how long a unit takes on one core, in seconds: 0 without tasks, else > 0.
pub fn estimate_seconds(work: &Work) -> f64 {
    if work.is_empty() {
        return 0.0;
    }
    let paths = mean_paths(&work.cell);
    let incidences = paths * (work.cell.widths().len() - 1) as f64;
    let packed = work.cell.widths().len() == 4;
    let mc_sweep = |otherwise: f64| {
        let each = if packed { SECONDS_PER_PACKED_INCIDENCE } else { otherwise };
        SECONDS_PER_MC_SWEEP + incidences * each
    };
    let tasks = work.tasks.iter().map(|task| {
        let betas = task.betas.len() as f64;
        let solve = match task.method.settings {
            MethodSettings::Bp { .. } => betas * 2.0 * BP_ITERATIONS * incidences * SECONDS_PER_MESSAGE,
            MethodSettings::Mc { runs, relax, measure } => {
                let mc_sweeps = f64::from(runs) * (f64::from(relax) + f64::from(measure));
                betas * mc_sweeps * mc_sweep(SECONDS_PER_LANE_INCIDENCE)
            }
            MethodSettings::Exact { max_configurations } => {
                let needed = exact_configurations(&work.cell);
                let affordable = needed <= max_configurations as f64;
                let passes = task.betas.len().div_ceil(8) as f64;
                let solved =
                    model::exact_seconds(needed, task.betas.len()) + passes * paths * SECONDS_PER_EXACT_PATH;
                if affordable { solved } else { 0.0 }
            }
            MethodSettings::Anneal { runs, beta_step, mc_sweeps } => {
                let coldest = task.betas.last().map_or(0.0, |&beta| to_f64(beta));
                let points = coldest / to_f64(beta_step) + betas;
                f64::from(runs) * f64::from(mc_sweeps) * points * mc_sweep(SECONDS_PER_PLAIN_INCIDENCE)
            }
            MethodSettings::ReplicaExchange { ref ladder, runs, relax, rounds } => {
                let mc_sweeps =
                    ladder.len() as f64 * f64::from(runs) * (f64::from(relax) + f64::from(rounds));
                mc_sweeps * mc_sweep(SECONDS_PER_PLAIN_INCIDENCE) * OBSERVING
            }
            // Two bodies a bond, and a bond a path.
            MethodSettings::BpReduced { .. } => {
                betas * 2.0 * BP_ITERATIONS * paths * 2.0 * SECONDS_PER_MESSAGE
            }
            MethodSettings::ReducedMc { runs, relax, measure, ref ladder } => {
                let temperatures = if ladder.is_empty() { betas } else { ladder.len() as f64 };
                let mc_sweeps = f64::from(runs) * (f64::from(relax) + f64::from(measure));
                temperatures * mc_sweeps * paths * 2.0 * SECONDS_PER_CLUSTER_INCIDENCE
            }
            MethodSettings::Degrees => 0.0,
            MethodSettings::Levels { ref overlaps, pairs } => {
                let configurations = (2 * overlaps.len() + 1) as f64 * f64::from(pairs);
                configurations * incidences * SECONDS_PER_LEVEL_INCIDENCE
            }
        };
        solve + SECONDS_PER_ROW * betas * task.method.rows_per_beta() as f64
    });
    SECONDS_PER_UNIT + incidences * SECONDS_PER_DRAWN_INCIDENCE + tasks.sum::<f64>()
}

/// Active paths: the mean of an ensemble, the number of an instance.
fn mean_paths(cell: &Cell) -> f64 {
    match &cell.kind {
        CellKind::Ensemble { structure, .. } => structure.mean_paths(),
        CellKind::Instance { instance, .. } => instance.path_count() as f64,
    }
}

/// How many configurations the exact method visits for a cell: on average for an ensemble, exactly for an instance.
pub fn exact_configurations(cell: &Cell) -> f64 {
    match &cell.kind {
        CellKind::Ensemble { structure, .. } => {
            let enumeration = libm::exp2(mean_weights(structure));
            if structure.network().depth() == 3 {
                reduced_configurations(structure).min(enumeration)
            } else {
                enumeration
            }
        }
        CellKind::Instance { instance, exact_configurations, .. } => {
            *exact_configurations.get_or_init(|| model::exact_configurations(&FactorGraph::new(instance)))
        }
    }
}

/// The mean of Σ_j 2^(smaller side of unit j − 1) (DESIGN §2, exact fact 2): sides are about binomial, B(n, q), and the
/// mean of 2^B(n, q) is (1 + q)^n, which is well above 2^(mean), as it must be.
fn reduced_configurations(structure: &Structure) -> f64 {
    let widths = structure.network().widths();
    let step = |l| structure.step_probability(l);
    let (inputs, hidden) = (f64::from(widths[0]), f64::from(widths[2]));
    let any = |probability: f64, trials: f64| 1.0 - libm::pow(1.0 - probability, trials);
    let (input_side, output_side) = match structure.ensemble() {
        Ensemble::Independent => {
            (any(structure.path_probability(), hidden), any(structure.path_probability(), inputs))
        }
        Ensemble::Branching => {
            (step(1) * any(step(2) * step(3), hidden), any(structure.path_probability(), inputs))
        }
        Ensemble::Synapse | Ensemble::Unit => {
            (step(1) * any(step(2) * step(3), hidden), step(2) * step(3) * any(step(1), inputs))
        }
    };
    let enumerated = libm::pow(1.0 + input_side, inputs).min(libm::pow(1.0 + output_side, hidden));
    f64::from(widths[1]) * enumerated / 2.0
}

/// Weights on an active path, as if paths were independent.
fn mean_weights(structure: &Structure) -> f64 {
    let paths = structure.mean_paths();
    let widths = structure.network().widths();
    let of_layer = |pair: &[u32]| {
        let possible = f64::from(pair[0]) * f64::from(pair[1]);
        possible * (1.0 - libm::exp(-paths / possible))
    };
    widths.windows(2).map(of_layer).sum()
}

//! What kinds of methods know of a unit when they say what it costs. The constants were measured on one core of a
//! server CPU, at layers of width 40.

use crate::cell::{Cell, CellKind};
use crate::decimal;
use model::{Ensemble, Structure};
use rust_decimal::Decimal;

/// The exact method, beside the configurations: reduced systems and tables, for each path and up to eight β.
pub(crate) const SECONDS_PER_EXACT_PATH: f64 = 150e-9;
/// Belief propagation: one message, there and back, where some of the eight lanes are idle.
pub(crate) const SECONDS_PER_MESSAGE: f64 = 1.5e-9;
/// Monte Carlo: a replica's MC sweep, and what each incidence adds to it. In bit rows, for three weight layers, the
/// latter is little.
const SECONDS_PER_MC_SWEEP: f64 = 0.5e-6;
const SECONDS_PER_PACKED_INCIDENCE: f64 = 0.04e-9;
/// The same at other depths, in lanes where many chains run together, and weight by weight where one does.
pub(crate) const SECONDS_PER_LANE_INCIDENCE: f64 = 0.5e-9;
pub(crate) const SECONDS_PER_PLAIN_INCIDENCE: f64 = 3e-9;
/// An MC sweep of the reduced systems: one end of a bond.
pub(crate) const SECONDS_PER_CLUSTER_INCIDENCE: f64 = 10e-9;
/// The energy of a random configuration: one incidence.
pub(crate) const SECONDS_PER_LEVEL_INCIDENCE: f64 = 2e-9;

/// What a method's cost depends on.
pub(crate) struct Size<'a> {
    pub(crate) cell: &'a Cell,
    pub(crate) betas: &'a [Decimal],
    /// Active paths, on average.
    pub(crate) paths: f64,
    /// Pairs of a weight and a path on which it lies.
    pub(crate) incidences: f64,
}

impl Size<'_> {
    /// How many β.
    pub(crate) fn betas(&self) -> f64 {
        self.betas.len() as f64
    }

    /// One replica's MC sweep; `each` is what an incidence adds where there are no bit rows.
    pub(crate) fn mc_sweep(&self, each: f64) -> f64 {
        let packed = self.cell.widths().len() == 4;
        SECONDS_PER_MC_SWEEP + self.incidences * if packed { SECONDS_PER_PACKED_INCIDENCE } else { each }
    }
}

/// How many configurations the exact method visits for a cell: on average for an ensemble, exactly for an instance of
/// the user's, roughly where it is diluted.
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
        CellKind::Brought { brought, dilution } => {
            let left = left_in_exponent(dilution);
            brought.mean(|file| libm::pow(file.exact_configurations(), left))
        }
    }
}

/// What dilution makes of 2^m configurations: m weights or variables of which the share q is left stand for about
/// (1 + q)^m = 2^(m log₂(1 + q)). With three weight layers the side that dilution thins more is the one to enumerate.
fn left_in_exponent(dilution: &[Decimal]) -> f64 {
    let kept: Vec<f64> = dilution.iter().map(|&p| 1.0 - decimal::to_f64(p)).collect();
    let left = match kept[..] {
        [first, second, third] => first.min(second * third),
        _ => kept.iter().sum::<f64>() / kept.len() as f64,
    };
    libm::log2(1.0 + left)
}

/// The mean of Σ_j 2^(smaller side of hidden unit j − 1) (docs/model.md, fact 2): sides are about binomial, B(n, q),
/// and the mean of 2^B(n, q) is (1 + q)^n, which is well above 2^(mean), as it must be.
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

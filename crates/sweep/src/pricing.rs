//! What kinds of methods know of a unit when they say what it costs. The constants were measured on one core of a
//! server CPU, at layers of width 40.

use crate::cell::{Cell, CellKind};
use crate::decimal;
use crate::training::{Parameter, Training};
use model::{Ensemble, ExactCost, Structure};
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

/// One pattern through one connection of a network that is trained: there, and there and back with a step.
const SECONDS_PER_CONNECTION: f64 = 0.03e-9;
const SECONDS_PER_LEARNT_CONNECTION: f64 = 0.1e-9;

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

    /// One pattern through the network of a training.
    pub(crate) fn forward(&self) -> f64 {
        SECONDS_PER_CONNECTION * connections(self.cell.widths())
    }

    /// One replica's MC sweep; `each` is what an incidence adds where there are no bit rows.
    pub(crate) fn mc_sweep(&self, each: f64) -> f64 {
        let packed = self.cell.widths().len() == 4;
        SECONDS_PER_MC_SWEEP + self.incidences * if packed { SECONDS_PER_PACKED_INCIDENCE } else { each }
    }
}

/// A training of so many epochs itself, whatever is asked of it.
pub(crate) fn seconds_of_training(training: &Training, epochs: u32) -> f64 {
    let patterns = f64::from(training.count(Parameter::Patterns)) * f64::from(epochs);
    patterns * SECONDS_PER_LEARNT_CONNECTION * connections(training.widths())
}

fn connections(widths: &[u32]) -> f64 {
    widths.windows(2).map(|pair| f64::from(pair[0]) * f64::from(pair[1])).sum()
}

/// What the exact method takes for a cell: on average for an ensemble, for an instance of the user's itself, roughly
/// where it is diluted.
pub(crate) fn exact_cost(cell: &Cell) -> ExactCost {
    match &cell.kind {
        CellKind::Ensemble { structure, .. } => {
            let enumeration = ExactCost::plain(libm::exp2(mean_weights(structure)));
            if structure.network().depth() != 3 {
                return enumeration;
            }
            let reduced = reduced_cost(structure);
            if reduced.configurations < enumeration.configurations { reduced } else { enumeration }
        }
        CellKind::Brought { brought, dilution } => {
            let left = left_in_exponent(dilution);
            let costs = brought.files().iter().map(|file| diluted(file.exact_cost(), left));
            costs.fold(ExactCost::default(), ExactCost::and).times(1.0 / brought.files().len() as f64)
        }
        CellKind::Training(_) => ExactCost::default(),
    }
}

/// The cost of 2^(m · `left`) configurations from that of 2^m.
fn diluted(cost: ExactCost, left: f64) -> ExactCost {
    let configurations = cost.configurations;
    // What is hopeless stays so.
    if !configurations.is_finite() || configurations < 1.0 {
        return cost;
    }
    cost.times(libm::pow(configurations, left - 1.0))
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
/// and the mean of 2^B(n, q) is (1 + q)^n, which is well above 2^(mean), as it must be. Those units make up most of it
/// whose sides are about B(n, 2q/(1 + q)), and so are their look-ups.
fn reduced_cost(structure: &Structure) -> ExactCost {
    let widths = structure.network().widths();
    let step = |l| structure.step_probability(l);
    let (inputs, hidden) = (f64::from(widths[0]), f64::from(widths[2]));
    let any = |probability: f64, trials: f64| 1.0 - libm::pow(1.0 - probability, trials);
    let path = structure.path_probability();
    let (input_side, output_side) = match structure.ensemble() {
        Ensemble::Independent => (any(path, hidden), any(path, inputs)),
        Ensemble::Branching => (step(1) * any(step(2) * step(3), hidden), any(path, inputs)),
        Ensemble::Synapse | Ensemble::Unit => {
            (step(1) * any(step(2) * step(3), hidden), step(2) * step(3) * any(step(1), inputs))
        }
    };
    let of_inputs = (libm::pow(1.0 + input_side, inputs), input_side, inputs, output_side * hidden);
    let of_outputs = (libm::pow(1.0 + output_side, hidden), output_side, hidden, input_side * inputs);
    let (power, side, places, summed) = if of_inputs.0 <= of_outputs.0 { of_inputs } else { of_outputs };
    let enumerated = places * 2.0 * side / (1.0 + side);
    // A path of the unit is a bond between a spin of either side.
    let density = (path / (input_side * output_side)).min(1.0);
    ExactCost::of_systems(f64::from(widths[1]) * power / 2.0, enumerated, summed, density)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Spec;
    use model::FactorGraph;
    use model::random::Key;

    /// Of drawn instances on average, and of their ensemble.
    fn seconds(axes: &str) -> (f64, f64) {
        let text = format!("name = \"n\"\n[grid]\nbeta = 1\n{axes}\n[methods.exact]\n");
        let cell = Spec::parse(&text, "n.toml", &|_| Err(String::new())).unwrap().grid().cell(0);
        let CellKind::Ensemble { structure, .. } = &cell.kind else { panic!("an ensemble") };
        const SAMPLES: u64 = 20;
        let draw = |k| structure.draw(&mut Key::derive("pricing", &[]).stream(k));
        let cost = |k| model::exact_cost(&FactorGraph::new(&draw(k))).seconds(1);
        ((0..SAMPLES).map(cost).sum::<f64>() / SAMPLES as f64, exact_cost(&cell).seconds(1))
    }

    #[test]
    fn an_ensemble_costs_about_what_its_instances_do_dense_or_sparse() {
        for axes in [
            "widths = [25, 12, 40, 1]",
            "widths = [20, 6, 100, 1]",
            "widths = [25, 12, 40, 1]\nactivation_1 = 0.6\nactivation_2 = 0.6",
            "widths = [40, 40, 40, 1]\nactivation_1 = 0.5\nactivation_2 = 0.2",
        ] {
            let (of_instances, of_ensemble) = seconds(axes);
            let ratio = of_ensemble / of_instances;
            assert!((0.3..4.0).contains(&ratio), "{axes}: {of_ensemble} for {of_instances}");
        }
    }
}

//! log Z and S in the table of `rapgrid solve`, with their whole error.

use std::f64::consts::LN_2;
use sweep::measurement::{Measurement, Values};

/// S/n lies between 0 and ln 2: what is known worse than to a quarter of that is not known.
const LARGEST_ERROR: f64 = LN_2 / 4.0;

/// Of an S/n that is computed without error.
const ROUNDING: f64 = 1e-9;

/// log Z / n.
pub(super) fn log_z(values: &Values) -> Option<String> {
    text(values, values.log_z_per_weight, whole_error(values, values.log_z_error))
}

/// S / n, and a mark if it is outside of what is possible.
pub(super) fn entropy(values: &Values) -> Option<String> {
    let text = text(values, values.entropy_per_weight, entropy_error(values))?;
    Some(if is_impossible(values) { text + " !" } else { text })
}

/// What the mark and the gaps in the table mean, if there are any.
pub(super) fn remark(rows: &[Measurement]) -> Option<String> {
    let has = |is_so: fn(&Values) -> bool| rows.iter().any(|row| is_so(&row.values));
    let impossible = has(is_impossible).then_some(
        "S/n lies outside of [0, ln 2] by more than its error where it is marked: belief propagation is at no state of the \
         model there, or replica exchange not in equilibrium (more --relax)",
    );
    let unknown = has(is_unknown).then_some(
        "log Z and S of replica exchange are left out where their errors are too large to mean anything, or the runs not in \
         equilibrium: give a --ladder with shorter steps, or more --relax and --measure",
    );
    let remarks: Vec<&str> = impossible.into_iter().chain(unknown).collect();
    (!remarks.is_empty()).then(|| remarks.join("; "))
}

/// The steps of a ladder push all in one direction, so what they may add is added to the statistical error, and not
/// its square. None where the value has no error.
fn whole_error(values: &Values, statistical: Option<f64>) -> Option<f64> {
    statistical.map(|error| error + values.discretisation_error.unwrap_or(f64::INFINITY))
}

fn entropy_error(values: &Values) -> Option<f64> {
    whole_error(values, values.entropy_error)
}

/// Errors say nothing of runs that are not in equilibrium.
fn is_unknown(values: &Values) -> bool {
    entropy_error(values).is_some_and(|error| error > LARGEST_ERROR || values.equilibrated == Some(false))
}

fn is_impossible(values: &Values) -> bool {
    let error = entropy_error(values).unwrap_or(ROUNDING);
    !is_unknown(values) && values.entropy_per_weight.is_some_and(|s| s < -error || s > LN_2 + error)
}

/// Six digits of what has no error; nothing where it is not known.
fn text(values: &Values, value: Option<f64>, error: Option<f64>) -> Option<String> {
    let value = value.filter(|_| !is_unknown(values))?;
    Some(if error.is_some() { report::concise(value, error) } else { format!("{value:.6}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::default_ladder::default_ladder;
    use compute::Sample;
    use model::{Couplings, Ensemble, FactorGraph, Network, Structure};
    use rust_decimal::Decimal;
    use sweep::{Cell, Spec, decimal};

    fn integrated(entropy: f64, statistical: f64, discretisation: Option<f64>) -> Values {
        Values {
            entropy_per_weight: Some(entropy),
            entropy_error: Some(statistical),
            discretisation_error: discretisation,
            ..Values::default()
        }
    }

    #[test]
    fn entropies_have_their_whole_error_and_are_blank_or_marked_where_they_mean_nothing() {
        assert_eq!(entropy(&integrated(0.25, 0.003, Some(0.001))).unwrap(), "0.250(4)");
        assert_eq!(entropy(&integrated(0.8, 0.003, Some(0.29))), None);
        assert_eq!(entropy(&integrated(0.3, 0.003, None)), None, "a single step has an unknown error");
        assert_eq!(entropy(&integrated(0.8, 0.02, Some(0.01))).unwrap(), "0.80(3) !");
        assert_eq!(entropy(&integrated(-0.02, 0.02, Some(0.01))).unwrap(), "-0.02(3)");
        let of_bp = |s| Values { entropy_per_weight: Some(s), ..Values::default() };
        assert_eq!(entropy(&of_bp(-0.1)).unwrap(), "-0.100000 !");
        assert_eq!(entropy(&of_bp(LN_2)).unwrap(), "0.693147");
        let apart = Values { equilibrated: Some(false), ..integrated(0.25, 0.003, Some(0.001)) };
        assert_eq!((entropy(&apart), log_z(&apart)), (None, None));
        assert_eq!(entropy(&Values::default()), None);
    }

    #[test]
    fn on_the_default_ladder_entropies_are_within_their_whole_errors_at_every_beta() {
        let mut known = 0;
        for (widths, activation, couplings, seed) in [
            ([6, 6, 6, 1], Decimal::new(5, 1), Couplings::Path, 4),
            ([6, 6, 6, 1], Decimal::new(5, 1), Couplings::Input, 4),
            ([12, 12, 6, 1], Decimal::new(3, 1), Couplings::Path, 3),
            ([8, 8, 4, 1], Decimal::ONE, Couplings::Path, 1),
            ([40, 10, 12, 1], Decimal::ONE, Couplings::Input, 3),
        ] {
            let cell = cell(&widths, activation, couplings);
            let sample = Sample { seed, cell: &cell.content, sample: 0 };
            let graph = FactorGraph::new(&compute::instance_of(&cell, sample));
            for beta in [1, 4, 20, 100].map(Decimal::from) {
                let values = |method: &str| solved(&graph, sample, method, beta);
                let (exact, found) = (values("exact"), values("replica_exchange"));
                let off = found.entropy_per_weight.unwrap() - exact.entropy_per_weight.unwrap();
                let error = entropy_error(&found).unwrap();
                assert!(
                    is_unknown(&found) || off.abs() <= 3.0 * error,
                    "{widths:?}, β = {beta}: {off} ± {error}"
                );
                known += u32::from(error < 0.01);
            }
        }
        assert_eq!(known, 20, "entropies known to a hundredth");
    }

    fn cell(widths: &[u32], activation: Decimal, couplings: Couplings) -> Cell {
        let (network, activation) = (Network::new(widths.to_vec()).unwrap(), vec![activation; 2]);
        let numbers = activation.iter().map(|&value| decimal::to_f64(value)).collect();
        let structure =
            Structure::new(network, Ensemble::Branching, couplings, vec![0.0; 3], numbers).unwrap();
        Cell::of_ensemble(structure, vec![Decimal::ZERO; 3], activation)
    }

    fn solved(graph: &FactorGraph, sample: Sample<'_>, method: &str, beta: Decimal) -> Values {
        let ladder: Vec<String> =
            default_ladder(beta, graph.alpha(), 6).into_iter().map(decimal::to_text).collect();
        let settings = match method {
            "exact" => String::new(),
            _ => format!("ladder = [{}]\nrelax = 100\nrounds = 500", ladder.join(", ")),
        };
        let text = format!(
            "name = \"s\"\n[grid]\nwidths = [4, 4, 4, 1]\nbeta = [{beta}]\n[methods.{method}]\n{settings}\n"
        );
        let spec = Spec::parse(&text, "s", &|_| Err(String::new())).unwrap();
        let rows = compute::measure(graph, sample, spec.method(method).unwrap(), spec.betas());
        rows.into_iter().next().unwrap().values
    }
}

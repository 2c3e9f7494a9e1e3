//! What the vertical axis may show.

use crate::axis::{Shown, Value};
use model::closed_form;
use sweep::axis::AxisName;
use sweep::measurement::{Branch, PhasePoint};

/// A quantity per weight, or of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// ⟨H⟩/n.
    Energy,
    /// S/n.
    Entropy,
    /// q.
    Overlap,
    /// log Z/n.
    LogZ,
    /// log Z above that of the paramagnetic closed form: where the polarised branch of BP crosses zero, its log Z
    /// crosses that of the paramagnetic branch.
    LogZAboveParamagnet,
    /// β² Var(H)/n.
    SpecificHeat,
    /// The overlap of the path products of two replicas.
    PathOverlap,
    /// That of path products.
    Susceptibility,
    /// The susceptibility of the reduced systems.
    SystemSusceptibility,
    /// Of the products v within units of the first hidden layer.
    UnitBinder,
    /// The mean number of BP iterations, as a decimal logarithm.
    Iterations,
    /// The share of samples whose BP converged.
    Converged,
    /// The energy less the exact one, sample by sample.
    EnergyDifference,
    /// Likewise of log Z.
    LogZDifference,
    /// Likewise of the entropy.
    EntropyDifference,
}

/// What is said of a quantity: the stem of its figure's files, its column in SQL, the label of its axis, and values
/// that the axis shows in any case.
type Facts = (&'static str, &'static str, &'static str, &'static [f64]);

impl Quantity {
    /// All of them.
    pub const ALL: [Quantity; 15] = [
        Quantity::Energy,
        Quantity::EnergyDifference,
        Quantity::Entropy,
        Quantity::EntropyDifference,
        Quantity::Overlap,
        Quantity::LogZ,
        Quantity::LogZAboveParamagnet,
        Quantity::LogZDifference,
        Quantity::SpecificHeat,
        Quantity::PathOverlap,
        Quantity::Susceptibility,
        Quantity::SystemSusceptibility,
        Quantity::UnitBinder,
        Quantity::Iterations,
        Quantity::Converged,
    ];

    fn facts(self) -> Facts {
        match self {
            Quantity::Energy => ("energy", "energy_per_weight", "energy per weight  ⟨H⟩/n", &[]),
            Quantity::Entropy => ("entropy", "entropy_per_weight", "entropy per weight  S/n", &[0.0]),
            Quantity::Overlap => ("overlap", "overlap", "overlap  q = Σ ⟨w_i⟩²/n", &[0.0, 1.0]),
            Quantity::LogZ => ("log_z_per_weight", "log_z_per_weight", "log Z per weight  (log Z)/n", &[]),
            Quantity::LogZAboveParamagnet => {
                ("log_z", "log_z_above_paramagnet", "(log Z)/n − ln 2 − α ln cosh β", &[0.0])
            }
            Quantity::SpecificHeat => {
                ("specific_heat", "specific_heat", "specific heat  β² Var(H)/n", &[0.0])
            }
            Quantity::PathOverlap => {
                ("path_overlap", "path_overlap", "overlap of path products  ⟨Q⟩", &[0.0, 1.0])
            }
            Quantity::Susceptibility => (
                "susceptibility",
                "susceptibility",
                "susceptibility of path products  M (⟨Q²⟩ − ⟨Q⟩²)",
                &[0.0],
            ),
            Quantity::SystemSusceptibility => (
                "system_susceptibility",
                "system_susceptibility",
                "susceptibility of reduced systems  Σ ⟨M_s²⟩/n",
                &[0.0],
            ),
            Quantity::UnitBinder => (
                "unit_binder",
                "unit_binder",
                "Binder ratio within units  (3 − ⟨q_j⁴⟩/⟨q_j²⟩²)/2",
                &[0.0, 1.0],
            ),
            Quantity::Iterations => ("iterations", "iterations", "iterations of BP", &[]),
            Quantity::Converged => {
                ("converged", "converged", "share of samples whose BP converged", &[0.0, 1.0])
            }
            Quantity::EnergyDifference => ("energy_difference", "energy_difference", "⟨H⟩/n − exact", &[0.0]),
            Quantity::LogZDifference => ("log_z_difference", "log_z_difference", "(log Z)/n − exact", &[0.0]),
            Quantity::EntropyDifference => {
                ("entropy_difference", "entropy_difference", "S/n − exact", &[0.0])
            }
        }
    }

    /// The quantity of that name: its column in SQL and CSV, or the stem of its figure.
    pub fn named(name: &str) -> Option<Quantity> {
        let of = |column: bool| move |q: &Quantity| name == if column { q.column() } else { q.name() };
        Self::ALL.into_iter().find(of(true)).or_else(|| Self::ALL.into_iter().find(of(false)))
    }

    /// The stem of the figure's files.
    pub(crate) fn name(self) -> &'static str {
        self.facts().0
    }

    /// Its column in SQL and CSV.
    pub fn column(self) -> &'static str {
        self.facts().1
    }

    /// The column of its standard error: the spread over disorder samples.
    pub fn error_column(self) -> Option<&'static str> {
        Some(match self {
            Quantity::Energy => "energy_standard_error",
            Quantity::Entropy => "entropy_standard_error",
            Quantity::Overlap => "overlap_standard_error",
            Quantity::LogZ => "log_z_standard_error",
            Quantity::LogZAboveParamagnet => "log_z_above_paramagnet_standard_error",
            Quantity::SpecificHeat => "specific_heat_standard_error",
            Quantity::PathOverlap => "path_overlap_standard_error",
            Quantity::Susceptibility => "susceptibility_standard_error",
            Quantity::SystemSusceptibility => "system_susceptibility_standard_error",
            Quantity::UnitBinder => "unit_binder_standard_error",
            Quantity::EnergyDifference => "energy_difference_standard_error",
            Quantity::LogZDifference => "log_z_difference_standard_error",
            Quantity::EntropyDifference => "entropy_difference_standard_error",
            Quantity::Iterations | Quantity::Converged => return None,
        })
    }

    /// The label of its axis.
    pub fn label(self) -> &'static str {
        self.facts().2
    }

    /// The values that the axis shows in any case.
    pub(crate) fn always_shown(self) -> &'static [f64] {
        self.facts().3
    }

    /// Whether values are decimal logarithms of what the axis says.
    pub fn is_logarithmic(self) -> bool {
        self == Quantity::Iterations
    }

    /// Whether it is a difference from exact values, of which there are rows of their own.
    pub fn is_difference(self) -> bool {
        matches!(self, Quantity::EnergyDifference | Quantity::LogZDifference | Quantity::EntropyDifference)
    }

    /// What its name alone does not say.
    pub fn definition(self) -> Option<&'static str> {
        match self {
            Quantity::UnitBinder => Some(
                "q_j: overlap of two replicas’ v[j,k], the products of unit j’s weights in the last two layers",
            ),
            Quantity::PathOverlap | Quantity::Susceptibility => {
                Some("Q: overlap of two replicas’ M path products")
            }
            Quantity::SystemSusceptibility => Some("M_s: magnetisation of system s along its ground state"),
            Quantity::Overlap => Some("⟨w_i⟩ in one state: BP’s, or of a run"),
            Quantity::Iterations => {
                Some("mean over samples; without convergence all max_iterations count; 0 is drawn as 1")
            }
            _ if self.is_difference() => Some("paired by sample"),
            _ => None,
        }
    }

    /// The mean of a row, if it has one, as the figure draws it.
    pub(crate) fn value(self, point: &PhasePoint) -> Option<f64> {
        let column = match self {
            Quantity::Energy | Quantity::EnergyDifference => point.energy_per_weight,
            Quantity::Entropy | Quantity::EntropyDifference => point.entropy_per_weight,
            Quantity::Overlap => point.overlap,
            Quantity::LogZ | Quantity::LogZDifference => point.log_z_per_weight,
            Quantity::LogZAboveParamagnet => point.log_z_above_paramagnet,
            Quantity::SpecificHeat => point.specific_heat,
            Quantity::PathOverlap => point.path_overlap,
            Quantity::Susceptibility => point.susceptibility,
            Quantity::SystemSusceptibility => point.system_susceptibility,
            Quantity::UnitBinder => point.unit_binder,
            Quantity::Iterations => point.iterations,
            Quantity::Converged => Some(point.converged as f64),
        };
        let value = self.mean(column?, &MeanOf::point(point))?;
        Some(if self.is_logarithmic() { decimal_logarithm(value.max(1.0)) } else { value })
    }

    /// The mean that its column says, if it is one that may be shown beside others: not that of the few samples that
    /// were cheap, or still ordered. The column `converged` counts samples, and the mean is their share.
    pub fn mean(self, column: f64, of: &MeanOf<'_>) -> Option<f64> {
        let value = match self {
            Quantity::Converged => (of.branch.is_some() && of.asked > 0).then(|| column / of.asked as f64)?,
            _ => column,
        };
        let is_mean = of.samples > 0 && (self.is_difference() || !of.is_biased());
        (value.is_finite() && (is_mean || !self.is_of_resolved())).then_some(value)
    }

    /// Whether its means leave out samples that did not converge. How iterations went is told of all samples.
    pub(crate) fn is_of_resolved(self) -> bool {
        !matches!(self, Quantity::Iterations | Quantity::Converged)
    }

    /// Whether a figure of the default set says more than a word would, or another figure: that all of BP converged is
    /// said by no figure of it.
    pub(crate) fn is_news(self, points: &[PhasePoint]) -> bool {
        match self {
            Quantity::Converged => points.iter().any(|p| self.value(p).is_some_and(|share| share < 1.0)),
            _ => self != Quantity::LogZ,
        }
    }

    /// One standard error of the mean: the spread over disorder samples.
    pub(crate) fn error(self, point: &PhasePoint) -> Option<f64> {
        let error = match self {
            Quantity::Energy | Quantity::EnergyDifference => point.energy_standard_error,
            Quantity::Entropy | Quantity::EntropyDifference => point.entropy_standard_error,
            Quantity::Overlap => point.overlap_standard_error,
            Quantity::LogZ | Quantity::LogZDifference => point.log_z_standard_error,
            Quantity::LogZAboveParamagnet => point.log_z_above_paramagnet_standard_error,
            Quantity::SpecificHeat => point.specific_heat_standard_error,
            Quantity::PathOverlap => point.path_overlap_standard_error,
            Quantity::Susceptibility => point.susceptibility_standard_error,
            Quantity::SystemSusceptibility => point.system_susceptibility_standard_error,
            Quantity::UnitBinder => point.unit_binder_standard_error,
            Quantity::Iterations | Quantity::Converged => None,
        };
        error.filter(|e| e.is_finite() && *e > 0.0)
    }

    /// Monte Carlo's own part of the error, which more MC sweeps make smaller and more samples do not.
    pub(crate) fn own_error(self, point: &PhasePoint) -> Option<f64> {
        point.energy_statistical_error.filter(|e| self == Quantity::Energy && e.is_finite() && *e > 0.0)
    }

    /// The paramagnetic closed form at (α, β).
    pub(crate) fn closed_form(self, alpha: f64, beta: f64) -> Option<f64> {
        let value = match self {
            Quantity::Energy => closed_form::energy_per_weight(alpha, beta),
            Quantity::Entropy => closed_form::entropy_per_weight(alpha, beta),
            Quantity::LogZ => closed_form::log_z_per_weight(alpha, beta),
            Quantity::LogZAboveParamagnet => 0.0,
            Quantity::SpecificHeat => closed_form::specific_heat_per_weight(alpha, beta),
            _ => return None,
        };
        value.is_finite().then_some(value)
    }

    /// How the legend writes the closed form.
    pub(crate) fn closed_form_label(self) -> &'static str {
        match self {
            Quantity::Energy => "paramagnet, −α tanh β",
            Quantity::Entropy => "paramagnet, ln 2 + α (ln cosh β − β tanh β)",
            Quantity::LogZ | Quantity::LogZAboveParamagnet => "paramagnet, ln 2 + α ln cosh β",
            Quantity::SpecificHeat => "paramagnet, α β² / cosh² β",
            _ => "",
        }
    }

    /// A value worth a line of its own: the sign of the entropy is a result, and no difference is the exact answer.
    pub(crate) fn reference_line(self) -> Option<f64> {
        (self == Quantity::Entropy || self.is_difference()).then_some(0.0)
    }
}

#[allow(clippy::disallowed_methods, reason = "a curve to look at: its last bits are not a result")]
fn decimal_logarithm(value: f64) -> f64 {
    value.log10()
}

/// The closed form along the horizontal axis, from the rows' own α.
pub(crate) fn closed_form_curve(quantity: Quantity, x: AxisName, points: &[&PhasePoint]) -> Vec<(f64, f64)> {
    let mut knots: Vec<(Value, f64, f64)> = points
        .iter()
        .filter_map(|p| {
            Some((x.value(p), p.alpha.filter(|a| a.is_finite())?, AxisName::Beta.value(p).number()?))
        })
        .collect();
    knots.sort_by(|a, b| a.0.cmp(&b.0));
    knots.dedup_by(|a, b| a.0 == b.0);
    let knots: Vec<(f64, f64, f64)> =
        knots.into_iter().filter_map(|(x, alpha, beta)| Some((x.number()?, alpha, beta))).collect();
    let curve = |(x, alpha, beta): (f64, f64, f64)| Some((x, quantity.closed_form(alpha, beta)?));
    if x != AxisName::Beta {
        // At fixed β the closed forms are linear in α: nothing to refine.
        return knots.into_iter().filter_map(curve).collect();
    }
    const STEPS: usize = 16;
    let between = |a: &(f64, f64, f64), b: &(f64, f64, f64), share: f64| {
        (a.0 + share * (b.0 - a.0), a.1 + share * (b.1 - a.1), a.2 + share * (b.2 - a.2))
    };
    let refined = knots
        .windows(2)
        .flat_map(|pair| (0..STEPS).map(|i| between(&pair[0], &pair[1], i as f64 / STEPS as f64)));
    refined.chain(knots.last().copied()).filter_map(curve).collect()
}

/// Which samples a mean is of.
#[derive(Debug, Clone, Copy)]
pub struct MeanOf<'a> {
    /// The kind of the method.
    pub kind: &'a str,
    /// Its branch, of a method that has branches.
    pub branch: Option<Branch>,
    /// Samples that entered.
    pub samples: i64,
    /// Samples that could have: those with paths.
    pub asked: i64,
}

impl<'a> MeanOf<'a> {
    fn point(point: &'a PhasePoint) -> Self {
        let PhasePoint { kind, branch, samples, samples_of, empty, .. } = point;
        Self { kind, branch: *branch, samples: *samples, asked: samples_of - empty }
    }

    /// The exact answer is too costly for the densest samples: where some lack it, the mean over the others is another
    /// quantity than the means that it would be compared with. Likewise the mean of an ordered branch over the few
    /// samples that still have it. A difference is of the same samples on both sides, however few.
    fn is_biased(&self) -> bool {
        match self.branch {
            Some(Branch::Polarised) => 2 * self.samples < self.asked,
            _ => self.kind == "exact" && self.samples < self.asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn the_energy_of_the_checked_cell_is_that_of_the_design() {
        let energy = Quantity::Energy.closed_form(1.9405, 0.8).unwrap();
        assert!((energy + 1.2886).abs() < 1e-3, "{energy}");
    }

    #[test]
    fn monte_carlos_own_error_stands_apart_from_the_spread_over_samples() {
        let mut point = synthetic::point("cell", "0.8", "mc", None);
        point.energy_standard_error = Some(0.1);
        point.energy_statistical_error = Some(0.01);
        assert_eq!(Quantity::Energy.error(&point), Some(0.1));
        assert_eq!(Quantity::Energy.own_error(&point), Some(0.01));
        assert_eq!(Quantity::Entropy.own_error(&point), None);
    }

    #[test]
    fn a_quantity_goes_by_its_column_or_by_its_figure() {
        assert_eq!(Quantity::named("log_z_per_weight"), Some(Quantity::LogZ));
        assert_eq!(Quantity::named("log_z"), Some(Quantity::LogZAboveParamagnet));
        assert_eq!(Quantity::named("energy"), Quantity::named("energy_per_weight"));
        assert_eq!(Quantity::named("enrgy"), None);
    }

    #[test]
    fn an_exact_mean_over_the_cheap_samples_alone_has_no_value() {
        let mut point = synthetic::point("cell", "0.8", "exact", None);
        point.energy_per_weight = Some(-1.0);
        (point.samples, point.samples_of, point.empty) = (6, 8, 2);
        assert_eq!(Quantity::Energy.value(&point), Some(-1.0));
        point.empty = 1;
        assert_eq!(Quantity::Energy.value(&point), None);
    }

    #[test]
    fn an_ordered_mean_over_fewer_than_half_of_the_samples_is_not_drawn() {
        let mut point = synthetic::point("cell", "0.8", "bp", Some(Branch::Polarised));
        point.energy_per_weight = Some(-1.0);
        (point.samples, point.samples_of) = (4, 8);
        assert_eq!(Quantity::Energy.value(&point), Some(-1.0));
        point.samples = 3;
        assert_eq!(Quantity::Energy.value(&point), None);
    }

    #[test]
    fn no_iterations_are_drawn_as_one() {
        let mut point = synthetic::point("cell", "0.8", "bp", Some(Branch::Polarised));
        point.iterations = Some(0.0);
        assert_eq!(Quantity::Iterations.value(&point), Some(0.0), "log 1");
        point.iterations = Some(100.0);
        assert_eq!(Quantity::Iterations.value(&point), Some(2.0));
    }

    #[test]
    fn rows_without_samples_have_no_value() {
        let mut point = synthetic::point("cell", "0.8", "mc", None);
        point.energy_per_weight = Some(-1.0);
        assert_eq!(Quantity::Energy.value(&point), Some(-1.0));
        point.samples = 0;
        assert_eq!(Quantity::Energy.value(&point), None);
        point.samples = 1;
        point.energy_per_weight = Some(f64::NAN);
        assert_eq!(Quantity::Energy.value(&point), None);
    }
}

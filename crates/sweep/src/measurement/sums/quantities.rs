//! Of what there are means over the samples.

use crate::decimal;
use crate::measurement::Measurement;
use model::numerics;

/// A quantity of which there is a mean over samples.
pub(super) struct Quantity {
    pub(super) mean: &'static str,
    /// The spread of the samples over √n.
    pub(super) standard_error: &'static str,
    /// Monte Carlo's own part of it: of the rows' own errors.
    pub(super) statistical_error: Option<&'static str>,
    pub(super) over: Over,
    pub(super) value: Value,
    pub(super) error: Value,
}

type Value = fn(&Measurement) -> Option<f64>;

/// The samples that enter a mean.
#[derive(Clone, Copy)]
pub(super) enum Over {
    /// Whatever became of them.
    All,
    /// Solved and, on the polarised branch, ordered.
    Used,
    /// Of these, the ones that are not known to be out of equilibrium. What two replicas or the fluctuations of one
    /// show of stuck runs is the distance between the places where they are stuck. The mean energy has no such
    /// condition: the energy that quenches reach is a result of its own, with an error that covers the runs'
    /// disagreement, and a mean over the samples that happen to be easy is a biased one.
    Settled,
}

impl Quantity {
    const fn new(over: Over, mean: &'static str, standard_error: &'static str, value: Value) -> Self {
        Self { mean, standard_error, statistical_error: None, over, value, error: |_| None }
    }

    const fn and(self, statistical_error: &'static str, error: Value) -> Self {
        Self { statistical_error: Some(statistical_error), error, ..self }
    }
}

pub(super) const QUANTITIES: [Quantity; 12] = [
    Quantity::new(Over::All, "alpha", "alpha_standard_error", alpha),
    Quantity::new(Over::Used, "energy_per_weight", "energy_standard_error", |row| {
        row.values.energy_per_weight
    })
    .and("energy_statistical_error", |row| row.values.energy_error),
    Quantity::new(Over::Used, "log_z_per_weight", "log_z_standard_error", |row| row.values.log_z_per_weight)
        .and("log_z_statistical_error", |row| row.values.log_z_error),
    Quantity::new(
        Over::Used,
        "log_z_above_paramagnet",
        "log_z_above_paramagnet_standard_error",
        above_paramagnet,
    ),
    Quantity::new(Over::Used, "entropy_per_weight", "entropy_standard_error", |row| {
        row.values.entropy_per_weight
    })
    .and("entropy_statistical_error", |row| row.values.entropy_error),
    Quantity::new(Over::Used, "overlap", "overlap_standard_error", |row| row.values.overlap),
    Quantity::new(Over::Used, "lowest_energy_per_weight", "lowest_energy_standard_error", |row| {
        row.values.lowest_energy_per_weight
    }),
    Quantity::new(Over::Settled, "specific_heat", "specific_heat_standard_error", |row| {
        row.values.specific_heat
    })
    .and("specific_heat_statistical_error", |row| row.values.specific_heat_error),
    Quantity::new(Over::Settled, "path_overlap", "path_overlap_standard_error", |row| {
        row.values.path_overlap
    })
    .and("path_overlap_statistical_error", |row| row.values.path_overlap_error),
    Quantity::new(Over::Settled, "susceptibility", "susceptibility_standard_error", |row| {
        row.values.susceptibility
    })
    .and("susceptibility_statistical_error", |row| row.values.susceptibility_error),
    Quantity::new(Over::Settled, "system_susceptibility", "system_susceptibility_standard_error", |row| {
        row.values.system_susceptibility
    })
    .and("system_susceptibility_statistical_error", |row| row.values.system_susceptibility_error),
    Quantity::new(Over::Settled, "unit_binder", "unit_binder_standard_error", |row| row.values.unit_binder)
        .and("unit_binder_statistical_error", |row| row.values.unit_binder_error),
];

fn alpha(row: &Measurement) -> Option<f64> {
    (row.weights > 0).then(|| row.paths as f64 / f64::from(row.weights))
}

/// log Z / n less that of the paramagnet at the sample's own α, ln 2 + α ln cosh β (docs/model.md, High temperature).
fn above_paramagnet(row: &Measurement) -> Option<f64> {
    let paramagnet = std::f64::consts::LN_2 + alpha(row)? * numerics::ln_cosh(decimal::to_f64(row.beta));
    Some(row.values.log_z_per_weight? - paramagnet)
}

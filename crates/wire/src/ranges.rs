//! What the numbers of a row can be, whatever sweep it is of: a number that no computation gives is refused before it
//! gets among others, whose means it would spoil.
//!
//! H is a sum of M terms ±1, so that no energy is beyond M; what is an error, a time or a rate is not below zero.
//! Bounds leave room for rounding, and none of them is a judgement about physics.

use crate::convert::WireError;
use crate::v1;
use sweep::measurement::ENERGY_BINS_PER_UNIT;

/// Beyond, sums of squares over a sweep would be infinite.
const LARGEST: f64 = 1e100;

/// Room for rounding, relative.
const SLACK: f64 = 1e-6;

/// A named number that may be absent.
type Field = (&'static str, Option<f64>);

pub(crate) fn check_measurement(row: &v1::Measurement) -> Result<(), WireError> {
    check_sizes(fields(row))?;
    check_sizes(layers(row))?;
    let not_negative = [
        ("energy_error", row.energy_error),
        ("log_z_error", row.log_z_error),
        ("entropy_error", row.entropy_error),
        ("specific_heat_error", row.specific_heat_error),
        ("path_overlap_error", row.path_overlap_error),
        ("susceptibility_error", row.susceptibility_error),
        ("system_susceptibility", row.system_susceptibility),
        ("system_susceptibility_error", row.system_susceptibility_error),
        ("unit_binder_error", row.unit_binder_error),
        ("effective_samples", row.effective_samples),
        ("residual", row.residual),
        ("tau_int", row.tau_int),
        ("r_hat", row.r_hat),
        ("seconds", Some(row.seconds.into())),
    ];
    let errors = row.layer_overlap_errors.iter().map(|&error| ("layer_overlap_errors", Some(error)));
    within(not_negative.into_iter().chain(errors), 0.0, f64::INFINITY, "it is never below 0")?;
    let rates = [("overlap", row.overlap), ("swap_acceptance", row.swap_acceptance)];
    let overlaps = row.layer_overlaps.iter().map(|&overlap| ("layer_overlaps", Some(overlap)));
    within(rates.into_iter().chain(overlaps), -SLACK, 1.0 + SLACK, "it lies between 0 and 1")?;
    let of_pairs = [("path_overlap", row.path_overlap)];
    within(of_pairs, -1.0 - SLACK, 1.0 + SLACK, "it lies between -1 and 1")?;
    check_energies(row)?;
    check_outcome(row)
}

pub(crate) fn check_levels(pair: &v1::LevelPair) -> Result<(), WireError> {
    let not_negative = [
        ("covariance_error", Some(pair.covariance_error)),
        ("disorder_covariance_error", Some(pair.disorder_covariance_error)),
        ("disorder_spread", Some(pair.disorder_spread)),
        ("variance_per_path", Some(pair.variance_per_path)),
        ("variance_error", Some(pair.variance_error)),
        ("excess_kurtosis_error", Some(pair.excess_kurtosis_error)),
    ];
    let others = [
        ("covariance_per_path", Some(pair.covariance_per_path)),
        ("disorder_covariance_per_path", Some(pair.disorder_covariance_per_path)),
        ("excess_kurtosis", Some(pair.excess_kurtosis)),
    ];
    check_sizes(not_negative.into_iter().chain(others))?;
    within(not_negative, 0.0, f64::INFINITY, "it is never below 0")
}

/// Every number of a row.
fn fields(row: &v1::Measurement) -> [Field; 26] {
    [
        ("energy_per_weight", row.energy_per_weight),
        ("energy_error", row.energy_error),
        ("log_z_per_weight", row.log_z_per_weight),
        ("entropy_per_weight", row.entropy_per_weight),
        ("overlap", row.overlap),
        ("energy_variance", row.energy_variance),
        ("residual", row.residual),
        ("tau_int", row.tau_int),
        ("r_hat", row.r_hat),
        ("log_z_error", row.log_z_error),
        ("entropy_error", row.entropy_error),
        ("discretisation_error", row.discretisation_error),
        ("lowest_energy_per_weight", row.lowest_energy_per_weight),
        ("specific_heat", row.specific_heat),
        ("specific_heat_error", row.specific_heat_error),
        ("path_overlap", row.path_overlap),
        ("path_overlap_error", row.path_overlap_error),
        ("susceptibility", row.susceptibility),
        ("susceptibility_error", row.susceptibility_error),
        ("system_susceptibility", row.system_susceptibility),
        ("system_susceptibility_error", row.system_susceptibility_error),
        ("unit_binder", row.unit_binder),
        ("unit_binder_error", row.unit_binder_error),
        ("effective_samples", row.effective_samples),
        ("swap_acceptance", row.swap_acceptance),
        ("seconds", Some(row.seconds.into())),
    ]
}

fn layers(row: &v1::Measurement) -> impl Iterator<Item = Field> {
    let overlaps = row.layer_overlaps.iter().map(|&value| ("layer_overlaps", Some(value)));
    overlaps.chain(row.layer_overlap_errors.iter().map(|&value| ("layer_overlap_errors", Some(value))))
}

/// No number may be NaN, infinite or so large that sums of squares are: an absent one is absent.
fn check_sizes(fields: impl IntoIterator<Item = Field>) -> Result<(), WireError> {
    let expected = "it must be a finite number of at most 1e100, or absent";
    within(fields, -LARGEST, LARGEST, expected)
}

/// All that are there lie in the range, NaN never does.
fn within(
    fields: impl IntoIterator<Item = Field>,
    least: f64,
    most: f64,
    expected: &'static str,
) -> Result<(), WireError> {
    let present = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
    for (field, value) in present {
        if !(least..=most).contains(&value) {
            return Err(WireError::OutOfRange { field, value: value.to_string(), expected });
        }
    }
    Ok(())
}

fn check_energies(row: &v1::Measurement) -> Result<(), WireError> {
    let most = row.paths as f64 / f64::from(row.weights.max(1)) * (1.0 + SLACK);
    let energies = [
        ("energy_per_weight", row.energy_per_weight),
        ("lowest_energy_per_weight", row.lowest_energy_per_weight),
    ];
    within(energies, -most, most, "it is no larger than the number of paths by weight")?;
    // The ends of a bin.
    let bins_per_unit = f64::from(ENERGY_BINS_PER_UNIT);
    let bins = row.energy_bins.iter().map(|&bin| ("energy_bins", Some(f64::from(bin))));
    within(bins, -most * bins_per_unit - 1.0, most * bins_per_unit, "no energy per weight lies in it")
}

/// There are values exactly where something was solved; how an iteration went is said of a branch that has begun.
fn check_outcome(row: &v1::Measurement) -> Result<(), WireError> {
    let refuse = |field, value: &dyn std::fmt::Display, expected| {
        Err(WireError::OutOfRange { field, value: value.to_string(), expected })
    };
    let outcome = row.outcome();
    let is_solved = outcome == v1::Outcome::Solved;
    let course = ["residual", "seconds"];
    let mut values =
        fields(row).into_iter().filter(|(field, value)| value.is_some() && !course.contains(field));
    if !is_solved && let Some((field, _)) = values.next() {
        return refuse(field, &"there", "only a solved row has values");
    }
    let lists = [&row.layer_overlaps, &row.layer_overlap_errors].iter().any(|list| !list.is_empty())
        || [&row.path_overlap_histogram, &row.unit_overlap_histogram, &row.energy_counts]
            .iter()
            .any(|list| !list.is_empty());
    if !is_solved && lists {
        return refuse("a list", &"there", "only a solved row has values");
    }
    if outcome == v1::Outcome::Empty && row.paths != 0 {
        return refuse("paths", &row.paths, "an empty row has none");
    }
    if is_solved && (row.paths == 0 || row.weights == 0) {
        return refuse("paths", &row.paths, "without a path nothing is solved");
    }
    let iterates = matches!(outcome, v1::Outcome::Solved | v1::Outcome::NotConverged);
    let has_course = row.branch() != v1::Branch::Unspecified && iterates;
    let is_told = [row.converged.is_some(), row.ordered.is_some(), row.iterations.is_some()];
    if is_told != [has_course; 3] {
        let expected =
            "a branch of belief propagation has converged, ordered and iterations, and nothing else has";
        return refuse("converged", &"there or absent", expected);
    }
    if has_course && row.converged != Some(is_solved) {
        return refuse("converged", &!is_solved, "a row is solved exactly if its iteration converged");
    }
    Ok(())
}

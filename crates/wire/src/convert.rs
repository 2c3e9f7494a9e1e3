//! Between the messages of rapgrid.v1 and the domain.

use crate::{ranges, v1};
use rust_decimal::Decimal;
use sweep::measurement::{Branch, DegreeCount, HISTOGRAM_BINS, LevelPair, Measurement, Outcome, Values};
use thiserror::Error;

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// A number that is not an exact decimal.
    #[error("{field} is {text:?}, which is not a decimal number")]
    NotADecimal {
        /// The field.
        field: &'static str,
        /// What it holds.
        text: String,
    },
    /// A value of an enumeration that does not exist, or none where one is needed.
    #[error("{field} is {value}, which rapgrid.v1 does not know")]
    UnknownValue {
        /// The field.
        field: &'static str,
        /// Its number.
        value: i32,
    },
    /// A number outside what it can mean.
    #[error("{field} is {value}; {expected}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
}

impl From<Branch> for v1::Branch {
    fn from(branch: Branch) -> Self {
        match branch {
            Branch::Paramagnetic => v1::Branch::Paramagnetic,
            Branch::Polarised => v1::Branch::Polarised,
        }
    }
}

impl From<Outcome> for v1::Outcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Solved => v1::Outcome::Solved,
            Outcome::NotConverged => v1::Outcome::NotConverged,
            Outcome::Empty => v1::Outcome::Empty,
            Outcome::TooCostly => v1::Outcome::TooCostly,
        }
    }
}

impl From<DegreeCount> for v1::DegreeCount {
    fn from(bar: DegreeCount) -> Self {
        Self { layer: bar.layer.into(), degree: bar.degree, weights: bar.weights }
    }
}

impl TryFrom<v1::DegreeCount> for DegreeCount {
    type Error = WireError;

    fn try_from(bar: v1::DegreeCount) -> Result<Self, WireError> {
        let out_of_range =
            |field, value: u32, expected| WireError::OutOfRange { field, value: value.to_string(), expected };
        let layer = u16::try_from(bar.layer).ok().filter(|&layer| layer >= 1);
        let layer = layer.ok_or_else(|| out_of_range("layer", bar.layer, "weight layers count from 1"))?;
        for (field, value) in [("degree", bar.degree), ("weights", bar.weights)] {
            if value == 0 || i32::try_from(value).is_err() {
                return Err(out_of_range(field, value, "a bar counts at least one, and less than 2^31"));
            }
        }
        Ok(Self { layer, degree: bar.degree, weights: bar.weights })
    }
}

impl From<Measurement> for v1::Measurement {
    fn from(row: Measurement) -> Self {
        let values = row.values;
        Self {
            beta: row.beta.normalize().to_string(),
            method: row.method,
            branch: row.branch.map_or(v1::Branch::Unspecified, v1::Branch::from).into(),
            outcome: v1::Outcome::from(row.outcome).into(),
            weights: row.weights,
            paths: row.paths,
            hidden_units: row.hidden_units,
            energy_per_weight: values.energy_per_weight,
            energy_error: values.energy_error,
            log_z_per_weight: values.log_z_per_weight,
            entropy_per_weight: values.entropy_per_weight,
            overlap: values.overlap,
            energy_variance: values.energy_variance,
            converged: values.converged,
            ordered: values.ordered,
            iterations: values.iterations,
            residual: values.residual,
            tau_int: values.tau_int,
            r_hat: values.r_hat,
            seconds: row.seconds,
            equilibrated: values.equilibrated,
            log_z_error: values.log_z_error,
            entropy_error: values.entropy_error,
            discretisation_error: values.discretisation_error,
            lowest_energy_per_weight: values.lowest_energy_per_weight,
            specific_heat: values.specific_heat,
            specific_heat_error: values.specific_heat_error,
            path_overlap: values.path_overlap,
            path_overlap_error: values.path_overlap_error,
            susceptibility: values.susceptibility,
            susceptibility_error: values.susceptibility_error,
            system_susceptibility: values.system_susceptibility,
            system_susceptibility_error: values.system_susceptibility_error,
            unit_binder: values.unit_binder,
            unit_binder_error: values.unit_binder_error,
            effective_samples: values.effective_samples,
            swap_acceptance: values.swap_acceptance,
            round_trips: values.round_trips,
            symmetries: values.symmetries,
            layer_overlaps: values.layer_overlaps.unwrap_or_default(),
            layer_overlap_errors: values.layer_overlap_errors.unwrap_or_default(),
            path_overlap_histogram: values.path_overlap_histogram.unwrap_or_default(),
            unit_overlap_histogram: values.unit_overlap_histogram.unwrap_or_default(),
            energy_bins: values.energy_bins.unwrap_or_default(),
            energy_counts: values.energy_counts.unwrap_or_default(),
        }
    }
}

impl From<LevelPair> for v1::LevelPair {
    fn from(pair: LevelPair) -> Self {
        Self {
            method: pair.method,
            overlap: pair.overlap.normalize().to_string(),
            paths: pair.paths,
            covariance_per_path: pair.covariance_per_path,
            covariance_error: pair.covariance_error,
            disorder_covariance_per_path: pair.disorder_covariance_per_path,
            disorder_covariance_error: pair.disorder_covariance_error,
            disorder_spread: pair.disorder_spread,
            variance_per_path: pair.variance_per_path,
            variance_error: pair.variance_error,
            excess_kurtosis: pair.excess_kurtosis,
            excess_kurtosis_error: pair.excess_kurtosis_error,
        }
    }
}

impl TryFrom<v1::LevelPair> for LevelPair {
    type Error = WireError;

    fn try_from(pair: v1::LevelPair) -> Result<Self, WireError> {
        ranges::check_levels(&pair)?;
        check_count("paths", pair.paths)?;
        Ok(Self {
            overlap: decimal("overlap", &pair.overlap)?,
            method: pair.method,
            paths: pair.paths,
            covariance_per_path: pair.covariance_per_path,
            covariance_error: pair.covariance_error,
            disorder_covariance_per_path: pair.disorder_covariance_per_path,
            disorder_covariance_error: pair.disorder_covariance_error,
            disorder_spread: pair.disorder_spread,
            variance_per_path: pair.variance_per_path,
            variance_error: pair.variance_error,
            excess_kurtosis: pair.excess_kurtosis,
            excess_kurtosis_error: pair.excess_kurtosis_error,
        })
    }
}

impl TryFrom<v1::Measurement> for Measurement {
    type Error = WireError;

    fn try_from(row: v1::Measurement) -> Result<Self, WireError> {
        check_counts(&row)?;
        check_lists(&row)?;
        let (branch, outcome) = (branch_of(&row)?, outcome_of(&row)?);
        ranges::check_measurement(&row)?;
        Ok(Self {
            beta: decimal("beta", &row.beta)?,
            branch,
            outcome,
            method: row.method,
            weights: row.weights,
            paths: row.paths,
            hidden_units: row.hidden_units,
            values: Values {
                energy_per_weight: row.energy_per_weight,
                energy_error: row.energy_error,
                log_z_per_weight: row.log_z_per_weight,
                entropy_per_weight: row.entropy_per_weight,
                overlap: row.overlap,
                energy_variance: row.energy_variance,
                converged: row.converged,
                ordered: row.ordered,
                iterations: row.iterations,
                residual: row.residual,
                tau_int: row.tau_int,
                r_hat: row.r_hat,
                equilibrated: row.equilibrated,
                log_z_error: row.log_z_error,
                entropy_error: row.entropy_error,
                discretisation_error: row.discretisation_error,
                lowest_energy_per_weight: row.lowest_energy_per_weight,
                specific_heat: row.specific_heat,
                specific_heat_error: row.specific_heat_error,
                path_overlap: row.path_overlap,
                path_overlap_error: row.path_overlap_error,
                susceptibility: row.susceptibility,
                susceptibility_error: row.susceptibility_error,
                system_susceptibility: row.system_susceptibility,
                system_susceptibility_error: row.system_susceptibility_error,
                unit_binder: row.unit_binder,
                unit_binder_error: row.unit_binder_error,
                effective_samples: row.effective_samples,
                swap_acceptance: row.swap_acceptance,
                round_trips: row.round_trips,
                symmetries: row.symmetries,
                layer_overlaps: present(row.layer_overlaps),
                layer_overlap_errors: present(row.layer_overlap_errors),
                path_overlap_histogram: present(row.path_overlap_histogram),
                unit_overlap_histogram: present(row.unit_overlap_histogram),
                energy_bins: present(row.energy_bins),
                energy_counts: present(row.energy_counts),
            },
            seconds: row.seconds,
        })
    }
}

fn branch_of(row: &v1::Measurement) -> Result<Option<Branch>, WireError> {
    match row.branch() {
        v1::Branch::Unspecified if row.branch != 0 => {
            Err(WireError::UnknownValue { field: "branch", value: row.branch })
        }
        v1::Branch::Unspecified => Ok(None),
        v1::Branch::Paramagnetic => Ok(Some(Branch::Paramagnetic)),
        v1::Branch::Polarised => Ok(Some(Branch::Polarised)),
    }
}

fn outcome_of(row: &v1::Measurement) -> Result<Outcome, WireError> {
    match row.outcome() {
        v1::Outcome::Unspecified => Err(WireError::UnknownValue { field: "outcome", value: row.outcome }),
        v1::Outcome::Solved => Ok(Outcome::Solved),
        v1::Outcome::NotConverged => Ok(Outcome::NotConverged),
        v1::Outcome::Empty => Ok(Outcome::Empty),
        v1::Outcome::TooCostly => Ok(Outcome::TooCostly),
    }
}

/// Counts must fit the columns that hold them.
fn check_counts(row: &v1::Measurement) -> Result<(), WireError> {
    let out_of_range =
        |field, value: u64, expected| WireError::OutOfRange { field, value: value.to_string(), expected };
    for (field, value) in [
        ("weights", row.weights),
        ("hidden_units", row.hidden_units),
        ("iterations", row.iterations.unwrap_or(0)),
        ("symmetries", row.symmetries.unwrap_or(0)),
    ] {
        if i32::try_from(value).is_err() {
            return Err(out_of_range(field, value.into(), "it must be less than 2^31"));
        }
    }
    let histograms =
        row.path_overlap_histogram.iter().chain(&row.unit_overlap_histogram).chain(&row.energy_counts);
    check_count("paths", row.paths)?;
    check_count("round_trips", row.round_trips.unwrap_or(0))?;
    histograms.copied().try_for_each(|count| check_count("a histogram's bin", count))
}

fn check_count(field: &'static str, value: u64) -> Result<(), WireError> {
    let expected = "it must be less than 2^63";
    let fits = i64::try_from(value).is_ok();
    fits.then_some(()).ok_or_else(|| WireError::OutOfRange { field, value: value.to_string(), expected })
}

/// Lists have the length of what they are of, or are empty.
fn check_lists(row: &v1::Measurement) -> Result<(), WireError> {
    let check = |field, length: usize, fits: bool, expected| {
        let error = || WireError::OutOfRange { field, value: format!("of length {length}"), expected };
        fits.then_some(()).ok_or_else(error)
    };
    let layers = row.layer_overlaps.len();
    let expected = "a network has at most 16 weight layers";
    check("layer_overlaps", layers, layers <= model::Network::MAX_DEPTH, expected)?;
    let errors = row.layer_overlap_errors.len();
    let expected = "it must be as long as layer_overlaps, or empty";
    check("layer_overlap_errors", errors, errors == 0 || errors == layers, expected)?;
    let expected = "a histogram has 64 bins, or none";
    for (field, bins) in [
        ("path_overlap_histogram", row.path_overlap_histogram.len()),
        ("unit_overlap_histogram", row.unit_overlap_histogram.len()),
    ] {
        check(field, bins, bins == 0 || bins == HISTOGRAM_BINS, expected)?;
    }
    let (bins, counts) = (row.energy_bins.len(), row.energy_counts.len());
    check("energy_counts", counts, counts == bins, "it must be as long as energy_bins")?;
    let increase = row.energy_bins.is_sorted_by(|a, b| a < b);
    check("energy_bins", bins, increase, "its bins must increase")
}

fn decimal(field: &'static str, text: &str) -> Result<Decimal, WireError> {
    text.parse().map_err(|_| WireError::NotADecimal { field, text: text.to_owned() })
}

/// An empty list is an absent one.
fn present<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Measurement {
        Measurement {
            beta: "0.30".parse().unwrap(),
            method: "bp".to_owned(),
            branch: Some(Branch::Polarised),
            outcome: Outcome::Solved,
            weights: 10,
            paths: 20,
            hidden_units: 3,
            values: Values {
                energy_per_weight: Some(-1.5),
                converged: Some(true),
                ordered: Some(true),
                iterations: Some(30),
                layer_overlaps: Some(vec![0.5, 0.25, 1.0]),
                unit_overlap_histogram: Some(vec![3; HISTOGRAM_BINS]),
                energy_bins: Some(vec![-385, -384]),
                energy_counts: Some(vec![7, 9]),
                ..Values::default()
            },
            seconds: 0.25,
        }
    }

    #[test]
    fn a_measurement_comes_back_as_it_went() {
        assert_eq!(Measurement::try_from(v1::Measurement::from(row())).unwrap(), row());
    }

    #[test]
    fn a_malformed_measurement_is_refused_with_the_field() {
        type Spoil = fn(&mut v1::Measurement);
        let cases: [(&str, Spoil); 39] = [
            ("beta is \"warm\"", |row| row.beta = "warm".to_owned()),
            ("branch is 7", |row| row.branch = 7),
            ("outcome is 0", |row| row.outcome = 0),
            ("outcome is 99", |row| row.outcome = 99),
            ("energy_per_weight is NaN", |row| row.energy_per_weight = Some(f64::NAN)),
            ("r_hat is inf", |row| row.r_hat = Some(f64::INFINITY)),
            ("weights is 4294967295", |row| row.weights = u32::MAX),
            ("paths is 18446744073709551615", |row| row.paths = u64::MAX),
            ("layer_overlaps is NaN", |row| row.layer_overlaps[1] = f64::NAN),
            ("layer_overlap_errors is of length 1", |row| row.layer_overlap_errors = vec![0.5]),
            ("path_overlap_histogram is of length 3", |row| row.path_overlap_histogram = vec![1; 3]),
            ("a histogram's bin is 18446744073709551615", |row| row.unit_overlap_histogram[7] = u64::MAX),
            ("energy_per_weight is -2.1", |row| row.energy_per_weight = Some(-2.1)),
            ("lowest_energy_per_weight is 3", |row| row.lowest_energy_per_weight = Some(3.0)),
            ("susceptibility is 1000", |row| row.susceptibility = Some(1e101)),
            ("susceptibility_error is -1", |row| row.susceptibility_error = Some(-1.0)),
            ("system_susceptibility is -1", |row| row.system_susceptibility = Some(-1.0)),
            ("effective_samples is -1", |row| row.effective_samples = Some(-1.0)),
            ("energy_counts is of length 1", |row| row.energy_counts = vec![7]),
            ("energy_bins is of length 2; its bins must increase", |row| row.energy_bins = vec![3, 3]),
            ("energy_bins is -700", |row| row.energy_bins[0] = -700),
            ("energy_error is -0.1", |row| row.energy_error = Some(-0.1)),
            ("tau_int is -1", |row| row.tau_int = Some(-1.0)),
            ("r_hat is -1", |row| row.r_hat = Some(-1.0)),
            ("seconds is -1", |row| row.seconds = -1.0),
            ("seconds is inf", |row| row.seconds = f32::INFINITY),
            ("overlap is 1.5", |row| row.overlap = Some(1.5)),
            ("overlap is -0.5", |row| row.overlap = Some(-0.5)),
            ("path_overlap is -1.5", |row| row.path_overlap = Some(-1.5)),
            ("swap_acceptance is 2", |row| row.swap_acceptance = Some(2.0)),
            ("layer_overlaps is 7", |row| row.layer_overlaps[2] = 7.0),
            ("layer_overlap_errors is -1", |row| row.layer_overlap_errors = vec![0.0, -1.0, 0.0]),
            ("energy_per_weight is there", |row| row.outcome = v1::Outcome::TooCostly.into()),
            ("energy_per_weight is there", |row| row.outcome = v1::Outcome::Empty.into()),
            ("a list is there", |row| {
                row.outcome = v1::Outcome::NotConverged.into();
                row.energy_per_weight = None;
            }),
            ("paths is 0", |row| {
                (row.paths, row.energy_per_weight) = (0, None);
                (row.energy_bins, row.energy_counts) = (Vec::new(), Vec::new());
            }),
            ("converged is there or absent", |row| row.iterations = None),
            ("converged is there or absent", |row| row.branch = 0),
            ("converged is false", |row| row.converged = Some(false)),
        ];
        for (message, spoil) in cases {
            let mut wire = v1::Measurement::from(row());
            spoil(&mut wire);
            let error = Measurement::try_from(wire).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}

//! Between the messages of rapgrid.v1 and the domain.

mod training;

use crate::error::WireError;
use crate::{ranges, v1};
use rust_decimal::Decimal;
use sweep::measurement::{
    Branch, DegreeCount, LevelPair, Measurement, Outcome, TrainingRow, UnitRows, Values,
};

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
            Outcome::Diverged => v1::Outcome::Diverged,
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
        let layer = layer_of(bar.layer)?;
        for (field, value) in [("degree", bar.degree), ("weights", bar.weights)] {
            if value == 0 || i32::try_from(value).is_err() {
                let (value, expected) = (value.to_string(), "a bar counts at least one, and less than 2^31");
                return Err(WireError::OutOfRange { field, value, expected });
            }
        }
        Ok(Self { layer, degree: bar.degree, weights: bar.weights })
    }
}

impl From<&UnitRows> for v1::UnitResult {
    fn from(rows: &UnitRows) -> Self {
        Self {
            unit: rows.unit,
            measurements: rows.measurements.iter().map(v1::Measurement::from).collect(),
            degree_counts: rows.degree_counts.iter().copied().map(v1::DegreeCount::from).collect(),
            levels: rows.levels.iter().map(v1::LevelPair::from).collect(),
            training: rows.training.iter().map(v1::TrainingRow::from).collect(),
        }
    }
}

impl TryFrom<v1::UnitResult> for UnitRows {
    type Error = WireError;

    fn try_from(rows: v1::UnitResult) -> Result<Self, WireError> {
        Ok(Self {
            unit: rows.unit,
            measurements: rows
                .measurements
                .into_iter()
                .map(Measurement::try_from)
                .collect::<Result<_, _>>()?,
            degree_counts: rows
                .degree_counts
                .into_iter()
                .map(DegreeCount::try_from)
                .collect::<Result<_, _>>()?,
            levels: rows.levels.into_iter().map(LevelPair::try_from).collect::<Result<_, _>>()?,
            training: rows.training.into_iter().map(TrainingRow::try_from).collect::<Result<_, _>>()?,
        })
    }
}

/// A field of a message that carries a column: absent where that is, or empty where it is a list.
trait Field<T> {
    fn from_column(column: &Option<T>) -> Self;
    fn into_column(self) -> Option<T>;
}

impl<T: Copy> Field<T> for Option<T> {
    fn from_column(column: &Option<T>) -> Self {
        *column
    }

    fn into_column(self) -> Option<T> {
        self
    }
}

impl<T: Clone> Field<Vec<T>> for Vec<T> {
    fn from_column(column: &Option<Vec<T>>) -> Self {
        column.clone().unwrap_or_default()
    }

    fn into_column(self) -> Option<Vec<T>> {
        (!self.is_empty()).then_some(self)
    }
}

macro_rules! measurements {
    ($($(#[$doc:meta])* $name:ident: $type:ty, $range:ident, $told:ident;)*) => {
        impl From<&Measurement> for v1::Measurement {
            fn from(row: &Measurement) -> Self {
                Self {
                    beta: row.beta.normalize().to_string(),
                    method: row.method.clone(),
                    branch: row.branch.map_or(v1::Branch::Unspecified, v1::Branch::from).into(),
                    outcome: v1::Outcome::from(row.outcome).into(),
                    weights: row.weights,
                    paths: row.paths,
                    hidden_units: row.hidden_units,
                    seconds: row.seconds,
                    $($name: Field::<$type>::from_column(&row.values.$name),)*
                }
            }
        }

        impl TryFrom<v1::Measurement> for Measurement {
            type Error = WireError;

            fn try_from(row: v1::Measurement) -> Result<Self, WireError> {
                let row = Self {
                    beta: decimal("beta", &row.beta)?,
                    branch: branch_of(&row)?,
                    outcome: outcome_of(row.outcome)?,
                    method: row.method,
                    weights: row.weights,
                    paths: row.paths,
                    hidden_units: row.hidden_units,
                    seconds: row.seconds,
                    values: Values { $($name: Field::<$type>::into_column(row.$name),)* },
                };
                ranges::check_measurement(&row)?;
                Ok(row)
            }
        }
    };
}

sweep::with_value_columns!(measurements);

impl From<&LevelPair> for v1::LevelPair {
    fn from(pair: &LevelPair) -> Self {
        Self {
            method: pair.method.clone(),
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

fn layer_of(layer: u32) -> Result<u16, WireError> {
    let (value, expected) = (layer.to_string(), "weight layers count from 1");
    let layer = u16::try_from(layer).ok().filter(|&layer| layer >= 1);
    layer.ok_or(WireError::OutOfRange { field: "layer", value, expected })
}

fn outcome_of(value: i32) -> Result<Outcome, WireError> {
    match v1::Outcome::try_from(value) {
        Ok(v1::Outcome::Solved) => Ok(Outcome::Solved),
        Ok(v1::Outcome::NotConverged) => Ok(Outcome::NotConverged),
        Ok(v1::Outcome::Empty) => Ok(Outcome::Empty),
        Ok(v1::Outcome::TooCostly) => Ok(Outcome::TooCostly),
        Ok(v1::Outcome::Diverged) => Ok(Outcome::Diverged),
        Ok(v1::Outcome::Unspecified) | Err(_) => Err(WireError::UnknownValue { field: "outcome", value }),
    }
}

fn decimal(field: &'static str, text: &str) -> Result<Decimal, WireError> {
    text.parse().map_err(|_| WireError::NotADecimal { field, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;
    use prost_types::FileDescriptorSet;
    use prost_types::field_descriptor_proto::{Label, Type};
    use sweep::measurement::{Column, ColumnType, HISTOGRAM_BINS, TrainingValues};

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

    /// The fields beside the columns.
    const OWN_FIELDS: [&str; 8] =
        ["beta", "method", "branch", "outcome", "weights", "paths", "hidden_units", "seconds"];

    const OWN_FIELDS_OF_TRAINING: [&str; 5] = ["method", "epoch", "layer", "removed", "outcome"];

    #[test]
    fn the_messages_have_the_columns_of_their_tables_and_no_others() {
        let files = FileDescriptorSet::decode(crate::FILE_DESCRIPTOR_SET).unwrap();
        let messages = || files.file.iter().flat_map(|file| &file.message_type);
        for (name, own, columns) in [
            ("Measurement", &OWN_FIELDS[..], Values::COLUMNS),
            ("TrainingRow", &OWN_FIELDS_OF_TRAINING, TrainingValues::COLUMNS),
        ] {
            let message = messages().find(|message| message.name() == name).unwrap();
            let mut found: Vec<(&str, Type, Label)> =
                message.field.iter().map(|field| (field.name(), field.r#type(), field.label())).collect();
            found.retain(|(name, ..)| !own.contains(name));
            let mut expected: Vec<(&str, Type, Label)> = columns.iter().map(of_column).collect();
            found.sort_by_key(|(name, ..)| *name);
            expected.sort_by_key(|(name, ..)| *name);
            assert_eq!(found, expected);
            assert_eq!(message.field.len(), own.len() + columns.len());
        }
    }

    fn of_column(column: &Column) -> (&'static str, Type, Label) {
        let (field, label) = match column.column_type {
            ColumnType::Flag => (Type::Bool, Label::Optional),
            ColumnType::Small => (Type::Uint32, Label::Optional),
            ColumnType::Count => (Type::Uint64, Label::Optional),
            ColumnType::Number => (Type::Double, Label::Optional),
            ColumnType::Numbers => (Type::Double, Label::Repeated),
            ColumnType::Counts => (Type::Uint64, Label::Repeated),
            ColumnType::Bins => (Type::Sint32, Label::Repeated),
        };
        (column.name, field, label)
    }

    #[test]
    fn a_measurement_comes_back_as_it_went() {
        assert_eq!(Measurement::try_from(v1::Measurement::from(&row())).unwrap(), row());
    }

    #[test]
    fn a_malformed_measurement_is_refused_with_the_field() {
        type Spoil = fn(&mut v1::Measurement);
        let cases: [(&str, Spoil); 42] = [
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
            ("unit_overlap_histogram is 18446744073709551615", |row| {
                row.unit_overlap_histogram[7] = u64::MAX
            }),
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
            ("round_trips is 9223372036854775808", |row| row.round_trips = Some(1 << 63)),
            ("symmetries is 2147483648", |row| row.symmetries = Some(1 << 31)),
            ("equilibrated is there", |row| {
                (row.outcome, row.equilibrated) = (v1::Outcome::TooCostly.into(), Some(true));
                row.energy_per_weight = None;
            }),
            ("layer_overlaps is there", |row| {
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
            let mut wire = v1::Measurement::from(&row());
            spoil(&mut wire);
            let error = Measurement::try_from(wire).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}

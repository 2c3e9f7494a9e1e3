//! Rows of trainings.

use super::{Field, decimal, layer_of, outcome_of};
use crate::error::WireError;
use crate::{ranges, v1};
use sweep::measurement::{TrainingKey, TrainingRow, TrainingValues};

macro_rules! training_rows {
    ($($(#[$doc:meta])* $name:ident: $type:ty, $range:ident, $told:ident;)*) => {
        impl From<&TrainingRow> for v1::TrainingRow {
            fn from(row: &TrainingRow) -> Self {
                Self {
                    method: row.key.method.clone(),
                    epoch: row.key.epoch,
                    layer: row.key.layer.map(u32::from),
                    removed: row.key.removed.normalize().to_string(),
                    outcome: v1::Outcome::from(row.outcome).into(),
                    $($name: Field::<$type>::from_column(&row.values.$name),)*
                }
            }
        }

        impl TryFrom<v1::TrainingRow> for TrainingRow {
            type Error = WireError;

            fn try_from(row: v1::TrainingRow) -> Result<Self, WireError> {
                let row = Self {
                    outcome: outcome_of(row.outcome)?,
                    key: TrainingKey {
                        method: row.method,
                        epoch: row.epoch,
                        layer: row.layer.map(layer_of).transpose()?,
                        removed: decimal("removed", &row.removed)?,
                    },
                    values: TrainingValues { $($name: Field::<$type>::into_column(row.$name),)* },
                };
                ranges::check_training_row(&row)?;
                Ok(row)
            }
        }
    };
}

sweep::with_training_columns!(training_rows);

#[cfg(test)]
mod tests {
    use super::*;
    use sweep::measurement::Outcome;

    fn training_row() -> TrainingRow {
        TrainingRow {
            key: TrainingKey {
                method: "removal".to_owned(),
                epoch: 20,
                layer: Some(2),
                removed: "0.50".parse().unwrap(),
            },
            outcome: Outcome::Solved,
            values: TrainingValues {
                test_loss: Some(0.25),
                test_error: Some(0.5),
                activation: Some(vec![0.5, 0.25]),
                dead_units: Some(vec![0, 3]),
                ..TrainingValues::default()
            },
        }
    }

    #[test]
    fn a_row_of_a_training_comes_back_as_it_went() {
        for layer in [None, Some(3)] {
            let mut row = training_row();
            row.key.layer = layer;
            assert_eq!(TrainingRow::try_from(v1::TrainingRow::from(&row)).unwrap(), row);
        }
    }

    #[test]
    fn a_malformed_row_of_a_training_is_refused_with_the_field() {
        type Spoil = fn(&mut v1::TrainingRow);
        let cases: [(&str, Spoil); 12] = [
            ("layer is 0", |row| row.layer = Some(0)),
            ("layer is 65536", |row| row.layer = Some(1 << 16)),
            ("epoch is 2147483648", |row| row.epoch = 1 << 31),
            ("removed is \"half\"", |row| row.removed = "half".to_owned()),
            ("removed is 1.5", |row| row.removed = "1.5".to_owned()),
            ("outcome is 0", |row| row.outcome = 0),
            ("outcome is empty", |row| row.outcome = v1::Outcome::Empty.into()),
            ("test_loss is there", |row| row.outcome = v1::Outcome::Diverged.into()),
            ("test_loss is NaN", |row| row.test_loss = Some(f64::NAN)),
            ("test_error is 1.5", |row| row.test_error = Some(1.5)),
            ("activation is -1", |row| row.activation[1] = -1.0),
            ("dead_units is of length 1", |row| row.dead_units = vec![3]),
        ];
        for (message, spoil) in cases {
            let mut wire = v1::TrainingRow::from(&training_row());
            spoil(&mut wire);
            let error = TrainingRow::try_from(wire).unwrap_err().to_string();
            assert!(error.contains(message), "{message}: {error}");
        }
    }
}

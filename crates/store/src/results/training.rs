//! Rows of trainings on their way into the database.

use super::answer::Answer;
use super::columns::{array, column, rows_of};
use crate::StoreError;
use sqlx::PgConnection;
use std::fmt::Display;
use sweep::measurement::{TrainingRow, TrainingValues};

/// Stores the rows of trainings of answers: a few dozen of a unit that took longer than a second.
pub(super) async fn insert(connection: &mut PgConnection, answers: &[&Answer]) -> Result<(), StoreError> {
    let rows = &rows_of(answers, |unit| &unit.training);
    if rows.is_empty() {
        return Ok(());
    }
    let number = |value: fn(&TrainingValues) -> Option<f64>| column(rows, |of| value(&of.row.values));
    sqlx::query!(
        "INSERT INTO rapgrid.training_rows (sweep_id, cell_id, sample, worker_id, method, epoch, layer, removed, outcome,
             train_loss, train_error, test_loss, test_error, test_error_over_masks, activation, activation_over_units,
             activation_over_inputs, dead_units)
         SELECT sweep_id, cell_id, sample, worker_id, method, epoch, layer, removed, outcome, train_loss, train_error, test_loss,
                test_error, test_error_over_masks, activation::float8[], activation_over_units::float8[],
                activation_over_inputs::float8[], dead_units::bigint[]
         FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $18::bigint[], $4::text[], $5::integer[], $6::integer[],
             $7::numeric[], $8::text[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::text[],
             $15::text[], $16::text[], $17::text[])
             AS new (sweep_id, cell_id, sample, worker_id, method, epoch, layer, removed, outcome, train_loss, train_error, test_loss,
                     test_error, test_error_over_masks, activation, activation_over_units, activation_over_inputs, dead_units)",
        &column(rows, |of| of.sweep_id),
        &column(rows, |of| of.sample.cell_id),
        &column(rows, |of| of.sample.sample),
        &column(rows, |of| of.row.key.method.clone()),
        &column(rows, |of| of.row.key.epoch as i32),
        &column(rows, |of| of.row.key.layer.map(i32::from)) as &[Option<i32>],
        &column(rows, |of| of.row.key.removed),
        &column(rows, |of| of.row.outcome.name().to_owned()),
        &number(|values| values.train_loss) as &[Option<f64>],
        &number(|values| values.train_error) as &[Option<f64>],
        &number(|values| values.test_loss) as &[Option<f64>],
        &number(|values| values.test_error) as &[Option<f64>],
        &number(|values| values.test_error_over_masks) as &[Option<f64>],
        &column(rows, |of| list(of.row, |values| &values.activation)) as &[Option<String>],
        &column(rows, |of| list(of.row, |values| &values.activation_over_units)) as &[Option<String>],
        &column(rows, |of| list(of.row, |values| &values.activation_over_inputs)) as &[Option<String>],
        &column(rows, |of| list(of.row, |values| &values.dead_units)) as &[Option<String>],
        &column(rows, |of| of.worker_id)
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn list<T: Display>(
    row: &TrainingRow,
    values: impl Fn(&TrainingValues) -> &Option<Vec<T>>,
) -> Option<String> {
    values(&row.values).as_deref().map(array)
}

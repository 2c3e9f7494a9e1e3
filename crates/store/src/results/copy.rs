//! Measurements on their way into the database.

use super::answer::{Answer, SampleRef};
use crate::StoreError;
use crate::binary::{Copy, Rows};
use sqlx::error::BoxDynError;
use sqlx::postgres::PgConnection;
use std::sync::LazyLock;
use sweep::measurement::{Measurement, Values};

/// The columns beside those of [`Values`].
const OWN_COLUMNS: [&str; 13] = [
    "bucket",
    "sweep_id",
    "worker_id",
    "cell_id",
    "sample",
    "beta",
    "method",
    "branch",
    "outcome",
    "weights",
    "paths",
    "hidden_units",
    "seconds",
];

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    let values = Values::COLUMNS.iter().map(|column| column.name);
    let columns: Vec<&str> = OWN_COLUMNS.into_iter().chain(values).collect();
    format!("COPY rapgrid.measurements ({}) FROM STDIN (FORMAT binary)", columns.join(", "))
});

/// Stores the measurements of answers, each in the bucket beside it.
pub(super) async fn measurements(
    connection: &mut PgConnection,
    answers: &[(&Answer, i64)],
) -> Result<(), StoreError> {
    if answers.iter().all(|(answer, _)| answer.results.measurements() == 0) {
        return Ok(());
    }
    let mut copy = Copy::begin(connection, &STATEMENT).await?;
    for (answer, bucket) in answers {
        for (of, unit) in &answer.results.units {
            for row in &unit.measurements {
                encode(copy.rows(), answer, *bucket, *of, row).map_err(sqlx::Error::Encode)?;
            }
            copy.send_what_is_due().await?;
        }
    }
    copy.finish().await
}

/// A row's columns in the order of [`STATEMENT`]'s.
fn encode(
    rows: &mut Rows,
    answer: &Answer,
    bucket: i64,
    of: SampleRef,
    row: &Measurement,
) -> Result<(), BoxDynError> {
    rows.begin(OWN_COLUMNS.len() + Values::COLUMNS.len());
    rows.field(&bucket)?;
    rows.field(&answer.sweep_id.0)?;
    rows.field(&answer.worker.0)?;
    rows.field(&of.cell_id)?;
    rows.field(&of.sample)?;
    rows.field(&row.beta)?;
    rows.field(&row.method)?;
    rows.field(&row.branch.map(|branch| branch.name()))?;
    rows.field(&row.outcome.name())?;
    rows.field(&(row.weights as i32))?;
    rows.field(&(row.paths as i64))?;
    rows.field(&(row.hidden_units as i32))?;
    rows.field(&row.seconds)?;
    row.values.entries().try_for_each(|(_, entry)| rows.entry(entry))
}

//! Rows of measurements as they are read.

use crate::StoreError;
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row, Type};
use sweep::measurement::{Branch, Column, ColumnType, Entry, Measurement, Outcome, Values};

/// A row with these values, of which neither the hidden units nor the seconds are read.
pub(crate) fn measured(row: &PgRow, values: Values) -> Result<Measurement, StoreError> {
    Ok(Measurement {
        beta: row.try_get("beta")?,
        method: row.try_get("method")?,
        branch: row.try_get::<Option<&str>, _>("branch")?.map(branch).transpose()?,
        outcome: outcome(row.try_get("outcome")?)?,
        weights: row.try_get::<i32, _>("weights")? as u32,
        paths: row.try_get::<i64, _>("paths")? as u64,
        hidden_units: 0,
        values,
        seconds: 0.0,
    })
}

/// What stands in a value column.
pub(crate) fn entry(row: &PgRow, column: &Column) -> Result<Option<Entry<'static>>, sqlx::Error> {
    fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
        row: &'r PgRow,
        column: &Column,
        entry: impl FnOnce(T) -> Entry<'static>,
    ) -> Result<Option<Entry<'static>>, sqlx::Error> {
        Ok(row.try_get::<Option<T>, _>(column.name)?.map(entry))
    }
    match column.column_type {
        ColumnType::Flag => get(row, column, Entry::Flag),
        ColumnType::Small => get(row, column, |count: i32| Entry::Small(count as u32)),
        ColumnType::Count => get(row, column, |count: i64| Entry::Count(count as u64)),
        ColumnType::Number => get(row, column, Entry::Number),
        ColumnType::Numbers => get(row, column, |list: Vec<f64>| Entry::Numbers(list.into())),
        ColumnType::Counts => get(row, column, |list: Vec<i64>| {
            Entry::Counts(list.into_iter().map(|count| count as u64).collect())
        }),
        ColumnType::Bins => get(row, column, |list: Vec<i32>| Entry::Bins(list.into())),
    }
}

pub(crate) fn branch(name: &str) -> Result<Branch, StoreError> {
    Branch::from_name(name).ok_or_else(|| StoreError::Unknown { what: "branch", value: name.to_owned() })
}

pub(crate) fn outcome(name: &str) -> Result<Outcome, StoreError> {
    Outcome::from_name(name).ok_or_else(|| StoreError::Unknown { what: "outcome", value: name.to_owned() })
}

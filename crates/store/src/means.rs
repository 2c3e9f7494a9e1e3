//! Means of one quantity along a curve, all of them or those of some cells, and which jobs were recorded since somebody
//! looked: what a picture is made of, and how it is kept up to date without reading anything twice.

use crate::{Store, StoreError, SweepId};
use std::fmt::Write;
use std::ops::Range;
use sweep::axis::AxisName;
use sweep::measurement::Branch;
use tokio_stream::StreamExt;

/// Layers whose parameters `means` has columns for.
const LAYERS: usize = 8;

/// Which means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeansOf {
    /// The sweep.
    pub sweep_id: SweepId,
    /// The method's name.
    pub method: String,
    /// Its branch, of a method that has branches.
    pub branch: Option<Branch>,
    /// The column of `means` with the value.
    pub value: &'static str,
    /// And that with its standard error.
    pub error: Option<&'static str>,
    /// The axes by which a cell is known.
    pub axes: Vec<AxisName>,
}

/// One mean, as the server sends it. What is a number is as the views have it.
pub struct Mean<'r> {
    bytes: &'r [u8],
    /// Where each column stands in `bytes`; nowhere if it is null.
    columns: &'r [Option<Range<usize>>],
    axes: usize,
}

impl Mean<'_> {
    /// β.
    ///
    /// # Errors
    /// If the row is not what was asked for.
    pub fn beta(&self) -> Result<f64, StoreError> {
        self.number(self.axes)
    }

    /// The value and its standard error.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn value(&self) -> Result<(Option<f64>, Option<f64>), StoreError> {
        let number = |column| self.eight(column).map(|bytes| bytes.map(f64::from_be_bytes));
        Ok((number(self.axes + 1)?, number(self.axes + 2)?))
    }

    /// Samples that entered the mean, samples with paths that could have, and samples recorded.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn samples(&self) -> Result<[i64; 3], StoreError> {
        let count = |column| self.eight(column)?.map(i64::from_be_bytes).ok_or_else(unexpected);
        Ok([count(self.axes + 3)?, count(self.axes + 4)?, count(self.axes + 5)?])
    }

    /// The cell's number on the axis of that position, an activation or a dilution.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn number(&self, axis: usize) -> Result<f64, StoreError> {
        self.eight(axis)?.map(f64::from_be_bytes).ok_or_else(unexpected)
    }

    /// The cell's word on another axis.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn word(&self, axis: usize) -> Result<String, StoreError> {
        let text = self.column(axis)?.and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.map(str::to_owned).ok_or_else(unexpected)
    }

    fn column(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        let place = self.columns.get(column).ok_or_else(unexpected)?;
        Ok(place.clone().map(|place| &self.bytes[place]))
    }

    fn eight(&self, column: usize) -> Result<Option<[u8; 8]>, StoreError> {
        self.column(column)?.map(|bytes| bytes.try_into().map_err(|_| unexpected())).transpose()
    }
}

fn unexpected() -> StoreError {
    StoreError::Unknown { what: "a row of means", value: "the server's binary format".to_owned() }
}

/// Units that were recorded, [first_unit, end_unit) of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FinishedUnits {
    /// The part.
    pub part: i32,
    /// See above.
    pub first_unit: i64,
    /// See above.
    pub end_unit: i64,
}

/// A moment of the database: what is committed after it was written by this transaction or a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(String);

impl Store {
    /// Now. What is committed and not yet seen by a query that begins after this is told by
    /// [`finished_since`](Self::finished_since).
    ///
    /// # Errors
    /// If the database fails.
    pub async fn moment(&self) -> Result<Moment, StoreError> {
        let moment =
            sqlx::query_scalar!(r#"SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "moment!""#);
        Ok(Moment(moment.fetch_one(&self.pool).await?))
    }

    /// The jobs of a sweep that were recorded since a moment, and perhaps some from before; and the moment from which
    /// to ask next.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn finished_since(
        &self,
        sweep_id: SweepId,
        since: &Moment,
    ) -> Result<(Vec<FinishedUnits>, Moment), StoreError> {
        // One statement has one snapshot: what it does not see is of a transaction that is not older than its moment.
        let rows = sqlx::query!(
            r#"SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "moment!", part AS "part?", first_unit AS "first_unit?",
                      end_unit AS "end_unit?"
               FROM (SELECT) AS one LEFT JOIN rapgrid.finished_jobs
                   ON sweep_id = $1 AND recorded_by >= $2::text::xid8 AND recorded_by < pg_snapshot_xmax(pg_current_snapshot())"#,
            sweep_id.0,
            since.0
        );
        let rows = rows.fetch_all(&self.pool).await?;
        let moment = rows.first().map_or_else(|| since.clone(), |row| Moment(row.moment.clone()));
        let units = rows.into_iter().filter_map(|row| {
            let (first_unit, end_unit) = (row.first_unit?, row.end_unit?);
            Some(FinishedUnits { part: row.part?, first_unit, end_unit })
        });
        Ok((units.collect(), moment))
    }

    /// Hands out means one by one: those of all cells of the sweep, or of some.
    ///
    /// # Errors
    /// If the database fails, or `each` does.
    pub async fn each_mean(
        &self,
        of: &MeansOf,
        cells: Option<&[i64]>,
        mut each: impl FnMut(&Mean<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        // It is for people who look on.
        sqlx::query!("SET LOCAL statement_timeout = '60s'").execute(&mut *transaction).await?;
        if cells.is_none() {
            // By the index they would be fetched in the order of the cells' numbers, from all over the table.
            sqlx::query!("SET LOCAL enable_indexscan = off").execute(&mut *transaction).await?;
        }
        // COPY takes no parameters, and a million rows of a query take twice as long.
        let method = sqlx::query_scalar!(r#"SELECT quote_literal($1) AS "quoted!""#, of.method);
        let method = method.fetch_one(&mut *transaction).await?;
        let statement = statement(of, &method, cells);
        let mut messages = transaction.copy_out_raw(&statement).await?;
        let mut columns = Vec::new();
        let mut is_first = true;
        while let Some(message) = messages.next().await {
            let message = message?;
            let mut bytes = &message[..];
            if std::mem::take(&mut is_first) {
                bytes = bytes.get(HEADER_BYTES..).ok_or_else(unexpected)?;
            }
            while let Some(rest) = split(bytes, &mut columns).ok_or_else(unexpected)? {
                each(&Mean { bytes, columns: &columns, axes: of.axes.len() })?;
                bytes = rest;
            }
        }
        drop(messages);
        Ok(transaction.commit().await?)
    }
}

/// What stands before the first row.
const HEADER_BYTES: usize = 19;

/// Finds the columns of the first row; what follows it, or nothing where no row follows. None of what is no row.
fn split<'b>(bytes: &'b [u8], columns: &mut Vec<Option<Range<usize>>>) -> Option<Option<&'b [u8]>> {
    columns.clear();
    if bytes.is_empty() {
        return Some(None);
    }
    let count = i16::from_be_bytes(bytes.get(..2)?.try_into().ok()?);
    if count < 0 {
        return Some(None);
    }
    let mut at = 2;
    for _ in 0..count {
        let length = i32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
        at += 4;
        let end = at + usize::try_from(length).unwrap_or(0);
        columns.push((length >= 0).then_some(at..end));
        at = end;
    }
    Some(Some(bytes.get(at..)?))
}

/// The axes, β, value, error, samples, those with paths, and those recorded.
fn statement(of: &MeansOf, method: &str, cells: Option<&[i64]>) -> String {
    let mut columns = String::new();
    let mut joins = false;
    for axis in &of.axes {
        let column = match axis {
            AxisName::Dilution(layer) if *layer <= LAYERS => format!("m.dilution_{layer}"),
            AxisName::Activation(layer) if *layer < LAYERS => format!("m.activation_{layer}"),
            other => {
                joins = true;
                match other {
                    AxisName::Dilution(layer) => format!("c.dilution[{layer}]::double precision"),
                    AxisName::Activation(layer) => format!("c.activation[{layer}]::double precision"),
                    AxisName::Widths => "c.shape".to_owned(),
                    // `ensemble`, `couplings`, `instance`.
                    word => format!("c.{word}"),
                }
            }
        };
        let _ = write!(columns, "{column}, ");
    }
    let join =
        if joins { " JOIN rapgrid.cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id" } else { "" };
    let error = of.error.map_or_else(|| "NULL::double precision".to_owned(), |error| format!("m.{error}"));
    let branch = of.branch.map_or_else(|| "IS NULL".to_owned(), |branch| format!("= '{}'", branch.name()));
    let mut some = String::new();
    if let Some(cells) = cells {
        let cells: Vec<String> = cells.iter().map(i64::to_string).collect();
        some = format!(" AND m.cell_id = ANY ('{{{}}}'::bigint[])", cells.join(","));
    }
    format!(
        "COPY (SELECT {columns}m.beta, m.{}::double precision, {error}, m.samples, m.samples_of - m.empty, m.samples_of
               FROM rapgrid.means m{join}
               WHERE m.sweep_id = {} AND m.method = {method} AND m.branch {branch}{some}) TO STDOUT (FORMAT binary)",
        of.value, of.sweep_id.0
    )
}

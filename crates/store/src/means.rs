//! Means of one quantity along a curve, all of them or those of some cells, and which jobs were recorded since somebody
//! looked: what a picture is made of, and how it is kept up to date without reading anything twice.

use crate::{Store, StoreError, SweepId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::fmt::Write;
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

/// One mean. What is a number is as the views have it.
pub struct Mean<'r> {
    row: &'r PgRow,
    axes: usize,
}

impl Mean<'_> {
    /// β.
    ///
    /// # Errors
    /// If the row is not what was asked for.
    pub fn beta(&self) -> Result<f64, StoreError> {
        Ok(self.row.try_get(self.axes)?)
    }

    /// The value and its standard error.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn value(&self) -> Result<(Option<f64>, Option<f64>), StoreError> {
        Ok((self.row.try_get(self.axes + 1)?, self.row.try_get(self.axes + 2)?))
    }

    /// Samples that entered the mean, and samples with paths that could have.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn samples(&self) -> Result<(i64, i64), StoreError> {
        Ok((self.row.try_get(self.axes + 3)?, self.row.try_get(self.axes + 4)?))
    }

    /// The cell's number on the axis of that position, an activation or a dilution.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn number(&self, axis: usize) -> Result<f64, StoreError> {
        Ok(self.row.try_get(axis)?)
    }

    /// The cell's word on another axis.
    ///
    /// # Errors
    /// As for [`beta`](Self::beta).
    pub fn word(&self, axis: usize) -> Result<String, StoreError> {
        Ok(self.row.try_get(axis)?)
    }
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
        let statement = statement(of, cells.is_some());
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(of.sweep_id.0)
            .bind(&of.method)
            .bind(of.branch.map(|branch| branch.name()));
        if let Some(cells) = cells {
            query = query.bind(cells);
        }
        let mut rows = query.fetch(&self.pool);
        while let Some(row) = rows.next().await {
            each(&Mean { row: &row?, axes: of.axes.len() })?;
        }
        Ok(())
    }
}

/// The axes, β, value, error, samples, and samples with paths.
fn statement(of: &MeansOf, of_cells: bool) -> String {
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
    let some = if of_cells { " AND m.cell_id = ANY ($4)" } else { "" };
    format!(
        "SELECT {columns}m.beta, m.{}::double precision, {error}, m.samples, m.samples_of - m.empty
         FROM rapgrid.means m{join}
         WHERE m.sweep_id = $1 AND m.method = $2 AND m.branch IS NOT DISTINCT FROM $3{some}",
        of.value
    )
}

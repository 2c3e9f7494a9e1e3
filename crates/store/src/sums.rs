//! Sums over the samples of cells, kept as rows are recorded, and the means that follow from them.
//!
//! Whoever changes the sums of a sweep has an advisory lock of it until the end of its transaction, which is what is
//! left to do then.

use crate::StoreError;
use crate::binary::{Copy, Rows};
use crate::decoding::{entry, measured};
use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgConnection;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use sweep::measurement::{CellSums, Entry, Measurement, SumKey, Sums, Values};
use sweep::{CellParameters, decimal};
use tokio_stream::StreamExt;

/// Cells whose rows are summed at a time when all are summed again.
pub(crate) const CELLS_AT_ONCE: usize = 64;

/// By sweep and cell.
pub(crate) type OfCells = BTreeMap<(i64, i64), OfCell>;

/// The sums of a cell, and where it lies.
#[derive(Default)]
pub(crate) struct OfCell {
    pub(crate) sums: CellSums,
    /// Dilution of the weight layers and activation of the hidden layers, as far as views have columns for them.
    pub(crate) axes: Axes,
}

pub(crate) type Axes = [Option<f64>; AXES.len()];

/// The columns of the axes.
const AXES: [&str; 15] = [
    "dilution_1",
    "dilution_2",
    "dilution_3",
    "dilution_4",
    "dilution_5",
    "dilution_6",
    "dilution_7",
    "dilution_8",
    "activation_1",
    "activation_2",
    "activation_3",
    "activation_4",
    "activation_5",
    "activation_6",
    "activation_7",
];

pub(crate) fn axes_of(cell: &CellParameters) -> Axes {
    let mut axes = Axes::default();
    let (dilution, activation) = axes.split_at_mut(8);
    let fill = |columns: &mut [Option<f64>], values: &[Decimal]| {
        columns.iter_mut().zip(values).for_each(|(column, value)| *column = Some(decimal::to_f64(*value)));
    };
    fill(dilution, &cell.dilution);
    fill(activation, &cell.activation);
    axes
}

pub(crate) fn unknown(cell_id: i64) -> StoreError {
    StoreError::Unknown {
        what: "sums",
        value: format!("those of cell {cell_id}; `rapgrid db sum` takes them again"),
    }
}

/// In the order of the sweeps, so that two transactions do not wait for each other.
pub(crate) async fn lock(connection: &mut PgConnection, sweeps: &[i64]) -> Result<(), StoreError> {
    let mut sweeps = sweeps.to_vec();
    sweeps.sort_unstable();
    sweeps.dedup();
    let locked = sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('rapgrid.sums', sweep_id)) FROM unnest($1::bigint[]) AS sweep_id",
        &sweeps
    );
    locked.fetch_all(connection).await?;
    Ok(())
}

/// Takes what is kept of cells out of all tables, under the lock of their sweeps; returns their sums as they were kept.
pub(crate) async fn take(
    connection: &mut PgConnection,
    places: impl Iterator<Item = (i64, i64)>,
) -> Result<BTreeMap<(i64, i64), Vec<u8>>, StoreError> {
    let (sweeps, cells): (Vec<i64>, Vec<i64>) = places.unzip();
    let kept = sqlx::query!(
        "DELETE FROM rapgrid.sums s USING unnest($1::bigint[], $2::bigint[]) AS new (sweep_id, cell_id)
         WHERE s.sweep_id = new.sweep_id AND s.cell_id = new.cell_id RETURNING s.*",
        &sweeps,
        &cells
    );
    let kept = kept.fetch_all(&mut *connection).await?;
    let kept: BTreeMap<_, _> = kept.into_iter().map(|row| ((row.sweep_id, row.cell_id), row.sums)).collect();
    // Most cells are new, and have nothing yet.
    if kept.is_empty() {
        return Ok(kept);
    }
    let (sweeps, cells): (Vec<i64>, Vec<i64>) = kept.keys().copied().unzip();
    sqlx::query!(
        "DELETE FROM rapgrid.means m USING unnest($1::bigint[], $2::bigint[]) AS new (sweep_id, cell_id)
         WHERE m.sweep_id = new.sweep_id AND m.cell_id = new.cell_id",
        &sweeps,
        &cells
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM rapgrid.histograms h USING unnest($1::bigint[], $2::bigint[]) AS new (sweep_id, cell_id)
         WHERE h.sweep_id = new.sweep_id AND h.cell_id = new.cell_id",
        &sweeps,
        &cells
    )
    .execute(connection)
    .await?;
    Ok(kept)
}

/// The columns of `means` beside [`AXES`] and those of [`Sums::columns`].
const KEY: [&str; 5] = ["sweep_id", "cell_id", "beta", "method", "branch"];

static MEANS: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<&str> = KEY.iter().chain(&AXES).chain(Sums::columns()).copied().collect();
    format!("COPY rapgrid.means ({}) FROM STDIN (FORMAT binary)", columns.join(", "))
});

const SUMS: &str = "COPY rapgrid.sums (sweep_id, cell_id, sums) FROM STDIN (FORMAT binary)";

const HISTOGRAMS: &str =
    "COPY rapgrid.histograms (sweep_id, cell_id, beta, method, path_overlaps, unit_overlaps,
    energy_bins, energy_counts) FROM STDIN (FORMAT binary)";

/// Writes the sums of cells that have none, and what follows from them.
pub(crate) async fn write(connection: &mut PgConnection, of_cells: &OfCells) -> Result<(), StoreError> {
    let mut copy = Copy::begin(connection, SUMS).await?;
    for ((sweep_id, cell_id), of_cell) in of_cells {
        let rows = copy.rows();
        rows.begin(3);
        let row = rows.field(sweep_id).and_then(|()| rows.field(cell_id));
        row.and_then(|()| rows.field(&of_cell.sums.to_bytes())).map_err(sqlx::Error::Encode)?;
        copy.send_what_is_due().await?;
    }
    copy.finish().await?;

    let mut copy = Copy::begin(connection, &MEANS).await?;
    for (place, of_cell) in of_cells {
        for (key, sums) in of_cell.sums.iter() {
            let rows = copy.rows();
            rows.begin(KEY.len() + AXES.len() + Sums::columns().len());
            begin(rows, place, key)
                .and_then(|()| rows.field(&key.branch.map(|branch| branch.name())))
                .and_then(|()| of_cell.axes.iter().try_for_each(|axis| rows.field(axis)))
                .and_then(|()| sums.means().into_iter().try_for_each(|entry| rows.entry(entry)))
                .map_err(sqlx::Error::Encode)?;
            copy.send_what_is_due().await?;
        }
    }
    copy.finish().await?;
    let with_histograms = with_histograms(of_cells);
    if with_histograms.is_empty() {
        return Ok(());
    }

    let mut copy = Copy::begin(connection, HISTOGRAMS).await?;
    for (place, key, histograms) in with_histograms {
        let rows = copy.rows();
        rows.begin(KEY.len() - 1 + histograms.len());
        begin(rows, place, key)
            .and_then(|()| histograms.into_iter().try_for_each(|entry| rows.entry(entry)))
            .map_err(sqlx::Error::Encode)?;
        copy.send_what_is_due().await?;
    }
    copy.finish().await
}

/// The distributions of a cell, β and method: where, of what, and the columns.
type OfKey<'a> = (&'a (i64, i64), &'a SumKey, [Option<Entry<'a>>; 4]);

/// Those that have distributions.
fn with_histograms(of_cells: &OfCells) -> Vec<OfKey<'_>> {
    let mut found = Vec::new();
    for (place, of_cell) in of_cells {
        let keys = of_cell.sums.iter();
        found.extend(keys.filter_map(|(key, sums)| Some((place, key, sums.histograms()?))));
    }
    found
}

/// What both tables begin with: sweep, cell, β and method.
fn begin(rows: &mut Rows, (sweep_id, cell_id): &(i64, i64), key: &SumKey) -> Result<(), BoxDynError> {
    rows.field(sweep_id)?;
    rows.field(cell_id)?;
    rows.field(&decimal::to_f64(key.beta()))?;
    rows.field(&key.method)
}

/// Sums the rows of all sweeps that have rows and no sums: those of a database of an earlier version.
pub(crate) async fn sum_those_without(connection: &mut PgConnection) -> Result<(), StoreError> {
    let sweeps = sqlx::query_scalar!(
        "SELECT sweep_id FROM rapgrid.sweeps s WHERE NOT EXISTS (SELECT FROM rapgrid.sums WHERE sweep_id = s.sweep_id)
         ORDER BY sweep_id"
    );
    for sweep_id in sweeps.fetch_all(&mut *connection).await? {
        sum_again(connection, sweep_id).await?;
    }
    Ok(())
}

/// Takes the sums of a sweep from its rows again, chunk by chunk: it may have more rows than fit into memory.
pub(crate) async fn sum_again(connection: &mut PgConnection, sweep_id: i64) -> Result<(), StoreError> {
    lock(connection, &[sweep_id]).await?;
    for cells in axes_of_cells(connection, sweep_id).await?.chunks(CELLS_AT_ONCE) {
        sum_cells(connection, sweep_id, cells).await?;
    }
    Ok(())
}

/// Takes the sums of some cells from their rows again, under the lock of their sweep; whether they are those that
/// were kept.
pub(crate) async fn sum_cells(
    connection: &mut PgConnection,
    sweep_id: i64,
    cells: &[(i64, Axes)],
) -> Result<bool, StoreError> {
    // As a number, so that the server looks at one partition.
    let bucket = sqlx::query_scalar!("SELECT bucket FROM rapgrid.sweeps WHERE sweep_id = $1", sweep_id);
    let Some(bucket) = bucket.fetch_optional(&mut *connection).await? else { return Ok(true) };
    let kept = take(connection, cells.iter().map(|(cell_id, _)| (sweep_id, *cell_id))).await?;
    let of_cells = summed(connection, bucket, sweep_id, cells).await?;
    if !of_cells.is_empty() {
        write(connection, &of_cells).await?;
    }
    let is_same = |(place, of_cell): (_, &OfCell)| kept.get(place) == Some(&of_cell.sums.to_bytes());
    Ok(kept.len() == of_cells.len() && of_cells.iter().all(is_same))
}

/// Removes the sums of a sweep that is deleted, and what follows from them.
pub(crate) async fn delete(connection: &mut PgConnection, sweep_id: i64) -> Result<(), StoreError> {
    lock(connection, &[sweep_id]).await?;
    for table in ["sums", "means", "histograms"] {
        let delete = sqlx::AssertSqlSafe(format!("DELETE FROM rapgrid.{table} WHERE sweep_id = $1"));
        sqlx::query(delete).bind(sweep_id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The cells of a sweep, and where they lie.
pub(crate) async fn axes_of_cells(
    connection: &mut PgConnection,
    sweep_id: i64,
) -> Result<Vec<(i64, Axes)>, StoreError> {
    static CELLS: LazyLock<String> = LazyLock::new(|| {
        let axes = AXES.join(", ");
        format!("SELECT cell_id, ARRAY[{axes}] FROM rapgrid.cells WHERE sweep_id = $1 ORDER BY cell_id")
    });
    let cells = sqlx::query_as(sqlx::AssertSqlSafe(CELLS.as_str())).bind(sweep_id);
    let cells: Vec<(i64, Vec<Option<f64>>)> = cells.fetch_all(connection).await?;
    Ok(cells.into_iter().map(|(cell_id, axes)| (cell_id, axes.try_into().expect("one for each"))).collect())
}

/// The rows of cells with what enters their sums.
static SUMMED_ROWS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT cell_id, beta, method, branch, outcome, weights, paths, {}
         FROM rapgrid.measurements WHERE bucket = $1 AND sweep_id = $2 AND cell_id = ANY ($3)",
        Sums::NEEDS.join(", ")
    )
});

async fn summed(
    connection: &mut PgConnection,
    bucket: i64,
    sweep_id: i64,
    cells: &[(i64, Axes)],
) -> Result<OfCells, StoreError> {
    let numbers: Vec<i64> = cells.iter().map(|(cell_id, _)| *cell_id).collect();
    let rows =
        sqlx::query(sqlx::AssertSqlSafe(SUMMED_ROWS.as_str())).bind(bucket).bind(sweep_id).bind(numbers);
    let mut rows = rows.fetch(connection);
    let axes: HashMap<i64, Axes> = cells.iter().copied().collect();
    let mut of_cells = OfCells::new();
    while let Some(row) = rows.next().await {
        let row = row?;
        let values = Values::read(|column| match Sums::NEEDS.contains(&column.name) {
            true => entry(&row, column),
            false => Ok(None),
        })?;
        let measurement: Measurement = measured(&row, values)?;
        let cell_id: i64 = sqlx::Row::try_get(&row, "cell_id")?;
        let of_cell = of_cells
            .entry((sweep_id, cell_id))
            .or_insert_with(|| OfCell { axes: axes[&cell_id], ..OfCell::default() });
        of_cell.sums.add(&measurement);
    }
    Ok(of_cells)
}

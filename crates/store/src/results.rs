//! Recording what jobs found: once, in the transaction that closes the lease.

use crate::{Lease, Store, StoreError, WorkerId};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use sweep::measurement::{DegreeCount, LevelPair, Measurement};

/// What a job found, checked by the caller to be what the job asked for.
#[derive(Debug, Default)]
pub struct JobResults {
    /// The cells that occur, each once.
    pub cells: Vec<CellRow>,
    /// Of every cell, sample, β, method and branch.
    pub measurements: Vec<(SampleRef, Measurement)>,
    /// Of every sample whose degrees were asked for.
    pub degree_counts: Vec<(SampleRef, DegreeCount)>,
    /// Of every sample whose levels were asked for.
    pub levels: Vec<(SampleRef, LevelPair)>,
    /// Compute time, summed over threads, in seconds.
    pub cpu_seconds: f64,
}

/// One disorder realisation of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleRef {
    /// The cell's number.
    pub cell_id: i64,
    /// The sample.
    pub sample: i32,
}

/// A cell as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRow {
    /// The cell's number.
    pub cell_id: i64,
    /// Its canonical text.
    pub cell: String,
    /// n_0..n_L.
    pub widths: Vec<i32>,
    /// None for an instance file.
    pub ensemble: Option<String>,
    /// `input` or `path`.
    pub couplings: String,
    /// The name of an instance file.
    pub instance: Option<String>,
    /// p_1..p_L; empty for an instance file.
    pub dilution: Vec<Decimal>,
    /// ρ_1..ρ_{L−1}; empty for an instance file.
    pub activation: Vec<Decimal>,
}

/// What became of a job's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Committed.
    Recorded,
    /// The lease had passed to another, or was closed before: nothing was stored.
    Fenced,
}

impl Store {
    /// Closes the lease and records the job's results, in one transaction.
    ///
    /// # Errors
    /// If the database fails; then nothing was stored and the lease is still open.
    pub async fn record(
        &self,
        lease: Lease,
        worker: WorkerId,
        results: &JobResults,
    ) -> Result<Verdict, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let rows = results.measurements.len() as i64;
        // Deleting the job's row is the fence: of two answers to one lease only one finds the row, and an answer to an
        // older lease finds another epoch.
        let sweep_id = sqlx::query_scalar!(
            "WITH closed AS (
                 DELETE FROM jobs WHERE job_id = $1 AND epoch = $2 AND worker_id = $3 RETURNING *)
             INSERT INTO finished_jobs (job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds,
                                        cpu_seconds, attempts, worker_id)
             SELECT job_id, sweep_id, part, first_unit, end_unit, $4, estimated_seconds, $5, attempts, worker_id
             FROM closed RETURNING sweep_id",
            lease.job_id,
            lease.epoch,
            worker.0,
            rows,
            results.cpu_seconds
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(sweep_id) = sweep_id else { return Ok(Verdict::Fenced) };
        insert_cells(&mut transaction, sweep_id, &results.cells).await?;
        insert_measurements(&mut transaction, sweep_id, worker, &results.measurements).await?;
        insert_degree_counts(&mut transaction, sweep_id, &results.degree_counts).await?;
        insert_levels(&mut transaction, sweep_id, &results.levels).await?;
        transaction.commit().await?;
        Ok(Verdict::Recorded)
    }
}

async fn insert_cells(
    connection: &mut PgConnection,
    sweep_id: i64,
    cells: &[CellRow],
) -> Result<(), StoreError> {
    // One statement, in the order of their ids: two jobs with common cells then never wait for each other in a circle.
    fn column<T>(cells: &[&CellRow], value: impl Fn(&CellRow) -> T) -> Vec<T> {
        cells.iter().map(|cell| value(cell)).collect()
    }
    let mut cells: Vec<&CellRow> = cells.iter().collect();
    cells.sort_by_key(|cell| cell.cell_id);
    sqlx::query!(
        "INSERT INTO cells (sweep_id, cell_id, cell, widths, ensemble, couplings, instance, dilution, activation)
         SELECT $1, cell_id, cell, widths::integer[], ensemble, couplings, instance, dilution::numeric[],
                activation::numeric[]
         FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
             AS new (cell_id, cell, widths, ensemble, couplings, instance, dilution, activation)
         ON CONFLICT DO NOTHING",
        sweep_id,
        &column(&cells, |cell| cell.cell_id),
        &column(&cells, |cell| cell.cell.clone()),
        &column(&cells, |cell| array(&cell.widths)),
        &column(&cells, |cell| cell.ensemble.clone()) as &[Option<String>],
        &column(&cells, |cell| cell.couplings.clone()),
        &column(&cells, |cell| cell.instance.clone()) as &[Option<String>],
        &column(&cells, |cell| array(&cell.dilution)),
        &column(&cells, |cell| array(&cell.activation))
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A list in one column of one row. Arrays of arrays do not unnest row by row; as texts they do. Numbers are written so
/// that they are read back to the bit.
fn array<T: std::fmt::Display>(values: &[T]) -> String {
    let texts: Vec<String> = values.iter().map(T::to_string).collect();
    format!("{{{}}}", texts.join(","))
}

/// One statement for all rows: every column travels as an array.
async fn insert_measurements(
    connection: &mut PgConnection,
    sweep_id: i64,
    worker: WorkerId,
    rows: &[(SampleRef, Measurement)],
) -> Result<(), StoreError> {
    fn column<T>(rows: &[(SampleRef, Measurement)], value: impl Fn(&Measurement) -> T) -> Vec<T> {
        rows.iter().map(|(_, row)| value(row)).collect()
    }
    let cell_ids: Vec<i64> = rows.iter().map(|(of, _)| of.cell_id).collect();
    let samples: Vec<i32> = rows.iter().map(|(of, _)| of.sample).collect();
    sqlx::query!(
        "INSERT INTO measurements (bucket, sweep_id, worker_id, cell_id, sample, beta, method, branch, outcome,
             weights, paths, hidden_units, energy_per_weight, energy_error, log_z_per_weight, entropy_per_weight,
             overlap, energy_variance, converged, ordered, iterations, residual, tau_int, r_hat, equilibrated,
             log_z_error, entropy_error, discretisation_error, lowest_energy_per_weight, specific_heat,
             specific_heat_error, path_overlap, path_overlap_error, susceptibility, binder, swap_acceptance,
             round_trips, symmetries, seconds, layer_overlaps, layer_overlap_errors, path_overlap_histogram,
             unit_overlap_histogram)
         SELECT (SELECT bucket FROM sweeps WHERE sweep_id = $1), $1, $2, cell_id, sample, beta, method, branch, outcome,
             weights, paths, hidden_units, energy_per_weight, energy_error, log_z_per_weight, entropy_per_weight,
             overlap, energy_variance, converged, ordered, iterations, residual, tau_int, r_hat, equilibrated,
             log_z_error, entropy_error, discretisation_error, lowest_energy_per_weight, specific_heat,
             specific_heat_error, path_overlap, path_overlap_error, susceptibility, binder, swap_acceptance,
             round_trips, symmetries, seconds, layer_overlaps::float8[], layer_overlap_errors::float8[],
             path_overlap_histogram::bigint[], unit_overlap_histogram::bigint[]
         FROM unnest($3::bigint[], $4::integer[], $5::numeric[], $6::text[], $7::text[], $8::text[], $9::integer[],
             $10::bigint[], $11::integer[], $12::float8[], $13::float8[], $14::float8[], $15::float8[], $16::float8[],
             $17::float8[], $18::boolean[], $19::boolean[], $20::integer[], $21::float8[], $22::float8[],
             $23::float8[], $24::boolean[], $25::float8[], $26::float8[], $27::float8[], $28::float8[], $29::float8[],
             $30::float8[], $31::float8[], $32::float8[], $33::float8[], $34::float8[], $35::float8[], $36::bigint[],
             $37::integer[], $38::real[], $39::text[], $40::text[], $41::text[], $42::text[])
             AS new (cell_id, sample, beta, method, branch, outcome, weights, paths, hidden_units, energy_per_weight,
             energy_error, log_z_per_weight, entropy_per_weight, overlap, energy_variance, converged, ordered,
             iterations, residual, tau_int, r_hat, equilibrated, log_z_error, entropy_error, discretisation_error,
             lowest_energy_per_weight, specific_heat, specific_heat_error, path_overlap, path_overlap_error,
             susceptibility, binder, swap_acceptance, round_trips, symmetries, seconds, layer_overlaps,
             layer_overlap_errors, path_overlap_histogram, unit_overlap_histogram)",
        sweep_id,
        worker.0,
        &cell_ids,
        &samples,
        &column(rows, |row| row.beta),
        &column(rows, |row| row.method.clone()),
        &column(rows, |row| row.branch.map(|branch| branch.name().to_owned())) as &[Option<String>],
        &column(rows, |row| row.outcome.name().to_owned()),
        &column(rows, |row| row.weights as i32),
        &column(rows, |row| row.paths as i64),
        &column(rows, |row| row.hidden_units as i32),
        &column(rows, |row| row.values.energy_per_weight) as &[Option<f64>],
        &column(rows, |row| row.values.energy_error) as &[Option<f64>],
        &column(rows, |row| row.values.log_z_per_weight) as &[Option<f64>],
        &column(rows, |row| row.values.entropy_per_weight) as &[Option<f64>],
        &column(rows, |row| row.values.overlap) as &[Option<f64>],
        &column(rows, |row| row.values.energy_variance) as &[Option<f64>],
        &column(rows, |row| row.values.converged) as &[Option<bool>],
        &column(rows, |row| row.values.ordered) as &[Option<bool>],
        &column(rows, |row| row.values.iterations.map(|count| count as i32)) as &[Option<i32>],
        &column(rows, |row| row.values.residual) as &[Option<f64>],
        &column(rows, |row| row.values.tau_int) as &[Option<f64>],
        &column(rows, |row| row.values.r_hat) as &[Option<f64>],
        &column(rows, |row| row.values.equilibrated) as &[Option<bool>],
        &column(rows, |row| row.values.log_z_error) as &[Option<f64>],
        &column(rows, |row| row.values.entropy_error) as &[Option<f64>],
        &column(rows, |row| row.values.discretisation_error) as &[Option<f64>],
        &column(rows, |row| row.values.lowest_energy_per_weight) as &[Option<f64>],
        &column(rows, |row| row.values.specific_heat) as &[Option<f64>],
        &column(rows, |row| row.values.specific_heat_error) as &[Option<f64>],
        &column(rows, |row| row.values.path_overlap) as &[Option<f64>],
        &column(rows, |row| row.values.path_overlap_error) as &[Option<f64>],
        &column(rows, |row| row.values.susceptibility) as &[Option<f64>],
        &column(rows, |row| row.values.binder) as &[Option<f64>],
        &column(rows, |row| row.values.swap_acceptance) as &[Option<f64>],
        &column(rows, |row| row.values.round_trips.map(|count| count as i64)) as &[Option<i64>],
        &column(rows, |row| row.values.symmetries.map(|count| count as i32)) as &[Option<i32>],
        &column(rows, |row| row.seconds),
        &column(rows, |row| row.values.layer_overlaps.as_deref().map(array)) as &[Option<String>],
        &column(rows, |row| row.values.layer_overlap_errors.as_deref().map(array)) as &[Option<String>],
        &column(rows, |row| row.values.path_overlap_histogram.as_deref().map(array)) as &[Option<String>],
        &column(rows, |row| row.values.unit_overlap_histogram.as_deref().map(array)) as &[Option<String>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_degree_counts(
    connection: &mut PgConnection,
    sweep_id: i64,
    rows: &[(SampleRef, DegreeCount)],
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let cell_ids: Vec<i64> = rows.iter().map(|(of, _)| of.cell_id).collect();
    let samples: Vec<i32> = rows.iter().map(|(of, _)| of.sample).collect();
    let layers: Vec<i32> = rows.iter().map(|(_, bar)| i32::from(bar.layer)).collect();
    let degrees: Vec<i32> = rows.iter().map(|(_, bar)| bar.degree as i32).collect();
    let weights: Vec<i32> = rows.iter().map(|(_, bar)| bar.weights as i32).collect();
    sqlx::query!(
        "INSERT INTO degree_counts (sweep_id, cell_id, sample, layer, degree, weights)
         SELECT $1, * FROM unnest($2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[])",
        sweep_id,
        &cell_ids,
        &samples,
        &layers,
        &degrees,
        &weights
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_levels(
    connection: &mut PgConnection,
    sweep_id: i64,
    rows: &[(SampleRef, LevelPair)],
) -> Result<(), StoreError> {
    fn column<T>(rows: &[(SampleRef, LevelPair)], value: impl Fn(&LevelPair) -> T) -> Vec<T> {
        rows.iter().map(|(_, row)| value(row)).collect()
    }
    if rows.is_empty() {
        return Ok(());
    }
    let cell_ids: Vec<i64> = rows.iter().map(|(of, _)| of.cell_id).collect();
    let samples: Vec<i32> = rows.iter().map(|(of, _)| of.sample).collect();
    sqlx::query!(
        "INSERT INTO level_pairs (sweep_id, cell_id, sample, method, overlap, paths, covariance_per_path,
             covariance_error, disorder_covariance_per_path, disorder_covariance_error, disorder_spread,
             variance_per_path, variance_error, excess_kurtosis, excess_kurtosis_error)
         SELECT $1, * FROM unnest($2::bigint[], $3::integer[], $4::text[], $5::numeric[], $6::bigint[], $7::float8[],
             $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[],
             $15::float8[])",
        sweep_id,
        &cell_ids,
        &samples,
        &column(rows, |row| row.method.clone()),
        &column(rows, |row| row.overlap),
        &column(rows, |row| row.paths as i64),
        &column(rows, |row| row.covariance_per_path),
        &column(rows, |row| row.covariance_error),
        &column(rows, |row| row.disorder_covariance_per_path),
        &column(rows, |row| row.disorder_covariance_error),
        &column(rows, |row| row.disorder_spread),
        &column(rows, |row| row.variance_per_path),
        &column(rows, |row| row.variance_error),
        &column(rows, |row| row.excess_kurtosis),
        &column(rows, |row| row.excess_kurtosis_error)
    )
    .execute(connection)
    .await?;
    Ok(())
}

//! Recording what jobs found: once, in the transaction that closes the leases.

use crate::{Lease, Store, StoreError, SweepId, WorkerId};
use rust_decimal::Decimal;
use sqlx::PgConnection;
use std::collections::HashSet;
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

/// What a worker sent for a job, to be recorded.
#[derive(Debug)]
pub struct Answer {
    /// The claim that it was computed under.
    pub lease: Lease,
    /// Who computed it.
    pub worker: WorkerId,
    /// The job's sweep.
    pub sweep_id: SweepId,
    /// What was found.
    pub results: JobResults,
}

impl Store {
    /// Closes leases and records what their jobs found, all in one transaction; the verdicts are in the order of the
    /// answers.
    ///
    /// # Errors
    /// If the database fails; then nothing was stored and the leases are still open.
    pub async fn record(&self, answers: &[Answer]) -> Result<Vec<Verdict>, StoreError> {
        let mut transaction = self.hot.begin().await?;
        let closed = close_leases(&mut transaction, answers).await?;
        let verdicts: Vec<Verdict> = answers
            .iter()
            .map(|answer| if closed.contains(&answer.lease) { Verdict::Recorded } else { Verdict::Fenced })
            .collect();
        let recorded: Vec<&Answer> = answers.iter().filter(|answer| closed.contains(&answer.lease)).collect();
        if !recorded.is_empty() {
            insert_cells(&mut transaction, &recorded).await?;
            insert_measurements(&mut transaction, &recorded).await?;
            insert_degree_counts(&mut transaction, &recorded).await?;
            insert_levels(&mut transaction, &recorded).await?;
        }
        transaction.commit().await?;
        Ok(verdicts)
    }
}

/// Moves the jobs of the leases that are still open to the history; returns those leases.
async fn close_leases(
    connection: &mut PgConnection,
    answers: &[Answer],
) -> Result<HashSet<Lease>, StoreError> {
    fn column<T>(answers: &[Answer], value: impl Fn(&Answer) -> T) -> Vec<T> {
        answers.iter().map(value).collect()
    }
    // Deleting the job's row is the fence: of two answers to one lease only one finds the row, and an answer to an older
    // lease finds another epoch. Rows are locked in order, as everywhere.
    let closed = sqlx::query!(
        r#"WITH given AS MATERIALIZED (
               SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::float8[])
                   AS given (job_id, epoch, worker_id, sweep_id, rows, cpu_seconds)),
           held AS MATERIALIZED (
               SELECT j.job_id, given.rows, given.cpu_seconds
               FROM jobs j JOIN given USING (job_id, epoch, worker_id, sweep_id) ORDER BY j.job_id FOR UPDATE OF j),
           closed AS (
               DELETE FROM jobs j USING held WHERE j.job_id = held.job_id
               RETURNING j.*, held.rows, held.cpu_seconds),
           finished AS (
               INSERT INTO finished_jobs (job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds,
                                          cpu_seconds, attempts, worker_id)
               SELECT job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds, cpu_seconds, attempts, worker_id
               FROM closed)
           SELECT job_id AS "job_id!", epoch AS "epoch!" FROM closed"#,
        &column(answers, |answer| answer.lease.job_id),
        &column(answers, |answer| answer.lease.epoch),
        &column(answers, |answer| answer.worker.0),
        &column(answers, |answer| answer.sweep_id.0),
        &column(answers, |answer| answer.results.measurements.len() as i64),
        &column(answers, |answer| answer.results.cpu_seconds)
    )
    .fetch_all(connection)
    .await?;
    Ok(closed.into_iter().map(|row| Lease { job_id: row.job_id, epoch: row.epoch }).collect())
}

async fn insert_cells(connection: &mut PgConnection, answers: &[&Answer]) -> Result<(), StoreError> {
    fn column<T>(cells: &[(i64, &CellRow)], value: impl Fn(&CellRow) -> T) -> Vec<T> {
        cells.iter().map(|(_, cell)| value(cell)).collect()
    }
    // One statement, in the order of their ids: two transactions with common cells then never wait for each other in a
    // circle.
    let cells =
        answers.iter().flat_map(|answer| answer.results.cells.iter().map(|cell| (answer.sweep_id.0, cell)));
    let mut cells: Vec<(i64, &CellRow)> = cells.collect();
    cells.sort_by_key(|(sweep_id, cell)| (*sweep_id, cell.cell_id));
    cells.dedup_by_key(|(sweep_id, cell)| (*sweep_id, cell.cell_id));
    sqlx::query!(
        "INSERT INTO cells (sweep_id, cell_id, cell, widths, ensemble, couplings, instance, dilution, activation)
         SELECT sweep_id, cell_id, cell, widths::integer[], ensemble, couplings, instance, dilution::numeric[],
                activation::numeric[]
         FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[])
             AS new (sweep_id, cell_id, cell, widths, ensemble, couplings, instance, dilution, activation)
         ON CONFLICT DO NOTHING",
        &cells.iter().map(|(sweep_id, _)| *sweep_id).collect::<Vec<_>>(),
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

/// A row and whose it is.
struct Of<'a, T> {
    sweep_id: i64,
    worker_id: i64,
    sample: SampleRef,
    row: &'a T,
}

/// The rows of one kind of all answers, one after another.
fn rows_of<'a, T>(
    answers: &[&'a Answer],
    rows: impl Fn(&'a JobResults) -> &'a [(SampleRef, T)],
) -> Vec<Of<'a, T>> {
    let of_answer = |answer: &&'a Answer| {
        let (sweep_id, worker_id) = (answer.sweep_id.0, answer.worker.0);
        rows(&answer.results).iter().map(move |(sample, row)| Of {
            sweep_id,
            worker_id,
            sample: *sample,
            row,
        })
    };
    answers.iter().flat_map(of_answer).collect()
}

/// One column of rows.
fn column<T, V>(rows: &[Of<'_, T>], value: impl Fn(&Of<'_, T>) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}

/// A list in one column of one row. Arrays of arrays do not unnest row by row; as texts they do. Numbers are written so
/// that they are read back to the bit.
fn array<T: std::fmt::Display>(values: &[T]) -> String {
    let texts: Vec<String> = values.iter().map(T::to_string).collect();
    format!("{{{}}}", texts.join(","))
}

/// One statement for all rows: every column travels as an array.
async fn insert_measurements(connection: &mut PgConnection, answers: &[&Answer]) -> Result<(), StoreError> {
    let rows = &rows_of(answers, |results| &results.measurements);
    sqlx::query!(
        "INSERT INTO measurements (bucket, sweep_id, worker_id, cell_id, sample, beta, method, branch, outcome,
             weights, paths, hidden_units, energy_per_weight, energy_error, log_z_per_weight, entropy_per_weight,
             overlap, energy_variance, converged, ordered, iterations, residual, tau_int, r_hat, equilibrated,
             log_z_error, entropy_error, discretisation_error, lowest_energy_per_weight, specific_heat,
             specific_heat_error, path_overlap, path_overlap_error, susceptibility, binder, swap_acceptance,
             round_trips, symmetries, seconds, layer_overlaps, layer_overlap_errors, path_overlap_histogram,
             unit_overlap_histogram)
         SELECT s.bucket, new.sweep_id, worker_id, cell_id, sample, beta, method, branch, outcome,
             weights, paths, hidden_units, energy_per_weight, energy_error, log_z_per_weight, entropy_per_weight,
             overlap, energy_variance, converged, ordered, iterations, residual, tau_int, r_hat, equilibrated,
             log_z_error, entropy_error, discretisation_error, lowest_energy_per_weight, specific_heat,
             specific_heat_error, path_overlap, path_overlap_error, susceptibility, binder, swap_acceptance,
             round_trips, symmetries, seconds, layer_overlaps::float8[], layer_overlap_errors::float8[],
             path_overlap_histogram::bigint[], unit_overlap_histogram::bigint[]
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::numeric[], $6::text[], $7::text[], $8::text[], $9::integer[],
             $10::bigint[], $11::integer[], $12::float8[], $13::float8[], $14::float8[], $15::float8[], $16::float8[],
             $17::float8[], $18::boolean[], $19::boolean[], $20::integer[], $21::float8[], $22::float8[],
             $23::float8[], $24::boolean[], $25::float8[], $26::float8[], $27::float8[], $28::float8[], $29::float8[],
             $30::float8[], $31::float8[], $32::float8[], $33::float8[], $34::float8[], $35::float8[], $36::bigint[],
             $37::integer[], $38::real[], $39::text[], $40::text[], $41::text[], $42::text[])
             AS new (sweep_id, worker_id, cell_id, sample, beta, method, branch, outcome, weights, paths, hidden_units, energy_per_weight,
             energy_error, log_z_per_weight, entropy_per_weight, overlap, energy_variance, converged, ordered,
             iterations, residual, tau_int, r_hat, equilibrated, log_z_error, entropy_error, discretisation_error,
             lowest_energy_per_weight, specific_heat, specific_heat_error, path_overlap, path_overlap_error,
             susceptibility, binder, swap_acceptance, round_trips, symmetries, seconds, layer_overlaps,
             layer_overlap_errors, path_overlap_histogram, unit_overlap_histogram)
         JOIN sweeps s USING (sweep_id)",
        &column(rows, |of| of.sweep_id),
        &column(rows, |of| of.worker_id),
        &column(rows, |of| of.sample.cell_id),
        &column(rows, |of| of.sample.sample),
        &column(rows, |of| of.row.beta),
        &column(rows, |of| of.row.method.clone()),
        &column(rows, |of| of.row.branch.map(|branch| branch.name().to_owned())) as &[Option<String>],
        &column(rows, |of| of.row.outcome.name().to_owned()),
        &column(rows, |of| of.row.weights as i32),
        &column(rows, |of| of.row.paths as i64),
        &column(rows, |of| of.row.hidden_units as i32),
        &column(rows, |of| of.row.values.energy_per_weight) as &[Option<f64>],
        &column(rows, |of| of.row.values.energy_error) as &[Option<f64>],
        &column(rows, |of| of.row.values.log_z_per_weight) as &[Option<f64>],
        &column(rows, |of| of.row.values.entropy_per_weight) as &[Option<f64>],
        &column(rows, |of| of.row.values.overlap) as &[Option<f64>],
        &column(rows, |of| of.row.values.energy_variance) as &[Option<f64>],
        &column(rows, |of| of.row.values.converged) as &[Option<bool>],
        &column(rows, |of| of.row.values.ordered) as &[Option<bool>],
        &column(rows, |of| of.row.values.iterations.map(|count| count as i32)) as &[Option<i32>],
        &column(rows, |of| of.row.values.residual) as &[Option<f64>],
        &column(rows, |of| of.row.values.tau_int) as &[Option<f64>],
        &column(rows, |of| of.row.values.r_hat) as &[Option<f64>],
        &column(rows, |of| of.row.values.equilibrated) as &[Option<bool>],
        &column(rows, |of| of.row.values.log_z_error) as &[Option<f64>],
        &column(rows, |of| of.row.values.entropy_error) as &[Option<f64>],
        &column(rows, |of| of.row.values.discretisation_error) as &[Option<f64>],
        &column(rows, |of| of.row.values.lowest_energy_per_weight) as &[Option<f64>],
        &column(rows, |of| of.row.values.specific_heat) as &[Option<f64>],
        &column(rows, |of| of.row.values.specific_heat_error) as &[Option<f64>],
        &column(rows, |of| of.row.values.path_overlap) as &[Option<f64>],
        &column(rows, |of| of.row.values.path_overlap_error) as &[Option<f64>],
        &column(rows, |of| of.row.values.susceptibility) as &[Option<f64>],
        &column(rows, |of| of.row.values.binder) as &[Option<f64>],
        &column(rows, |of| of.row.values.swap_acceptance) as &[Option<f64>],
        &column(rows, |of| of.row.values.round_trips.map(|count| count as i64)) as &[Option<i64>],
        &column(rows, |of| of.row.values.symmetries.map(|count| count as i32)) as &[Option<i32>],
        &column(rows, |of| of.row.seconds),
        &column(rows, |of| of.row.values.layer_overlaps.as_deref().map(array)) as &[Option<String>],
        &column(rows, |of| of.row.values.layer_overlap_errors.as_deref().map(array)) as &[Option<String>],
        &column(rows, |of| of.row.values.path_overlap_histogram.as_deref().map(array)) as &[Option<String>],
        &column(rows, |of| of.row.values.unit_overlap_histogram.as_deref().map(array)) as &[Option<String>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_degree_counts(connection: &mut PgConnection, answers: &[&Answer]) -> Result<(), StoreError> {
    let rows = &rows_of(answers, |results| &results.degree_counts);
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO degree_counts (sweep_id, cell_id, sample, layer, degree, weights)
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::integer[])",
        &column(rows, |of| of.sweep_id),
        &column(rows, |of| of.sample.cell_id),
        &column(rows, |of| of.sample.sample),
        &column(rows, |of| i32::from(of.row.layer)),
        &column(rows, |of| of.row.degree as i32),
        &column(rows, |of| of.row.weights as i32)
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_levels(connection: &mut PgConnection, answers: &[&Answer]) -> Result<(), StoreError> {
    let rows = &rows_of(answers, |results| &results.levels);
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO level_pairs (sweep_id, cell_id, sample, method, overlap, paths, covariance_per_path,
             covariance_error, disorder_covariance_per_path, disorder_covariance_error, disorder_spread,
             variance_per_path, variance_error, excess_kurtosis, excess_kurtosis_error)
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::numeric[], $6::bigint[], $7::float8[],
             $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[],
             $15::float8[])",
        &column(rows, |of| of.sweep_id),
        &column(rows, |of| of.sample.cell_id),
        &column(rows, |of| of.sample.sample),
        &column(rows, |of| of.row.method.clone()),
        &column(rows, |of| of.row.overlap),
        &column(rows, |of| of.row.paths as i64),
        &column(rows, |of| of.row.covariance_per_path),
        &column(rows, |of| of.row.covariance_error),
        &column(rows, |of| of.row.disorder_covariance_per_path),
        &column(rows, |of| of.row.disorder_covariance_error),
        &column(rows, |of| of.row.disorder_spread),
        &column(rows, |of| of.row.variance_per_path),
        &column(rows, |of| of.row.variance_error),
        &column(rows, |of| of.row.excess_kurtosis),
        &column(rows, |of| of.row.excess_kurtosis_error)
    )
    .execute(connection)
    .await?;
    Ok(())
}

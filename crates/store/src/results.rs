//! Recording what jobs found: once, in the transaction that closes the leases.

mod answer;
mod columns;
mod copy;
mod sums;
mod training;

pub use answer::{Answer, JobResults, SampleRef, Verdict};

use crate::{Store, StoreError};
use columns::{array, column, rows_of};
use sqlx::PgConnection;
use sweep::CellParameters;
use sweep::training::TrainingParameters;

impl Store {
    /// Closes leases and records what their jobs found, all in one transaction; the verdicts are in the order of the
    /// answers.
    ///
    /// # Errors
    /// If the database fails; then nothing was stored and the leases are still open.
    pub async fn record(&self, answers: &[Answer]) -> Result<Vec<Verdict>, StoreError> {
        let mut transaction = self.recording.begin().await?;
        let mut buckets = vec![None; answers.len()];
        for (place, bucket) in close(&mut transaction, answers).await? {
            buckets[place] = Some(bucket);
        }
        let recorded = answers.iter().zip(&buckets).filter_map(|(answer, bucket)| Some((answer, (*bucket)?)));
        let recorded: Vec<(&Answer, i64)> = recorded.collect();
        copy::measurements(&mut transaction, &recorded).await?;
        let recorded: Vec<&Answer> = recorded.into_iter().map(|(answer, _)| answer).collect();
        insert_degree_counts(&mut transaction, &recorded).await?;
        insert_levels(&mut transaction, &recorded).await?;
        training::insert(&mut transaction, &recorded).await?;
        // Last: others may wait for the sums from here on.
        sums::add(&mut transaction, &recorded).await?;
        transaction.commit().await?;
        let verdict =
            |bucket: &Option<i64>| if bucket.is_some() { Verdict::Recorded } else { Verdict::Fenced };
        Ok(buckets.iter().map(verdict).collect())
    }
}

/// The cells of all answers, each with the place of its answer, from 1 on, and its sweep.
fn cells_of(answers: &[Answer]) -> Vec<(i64, i64, &CellParameters)> {
    let mut cells = Vec::new();
    for (place, answer) in (1..).zip(answers) {
        cells.extend(answer.results.cells.iter().map(|cell| (place, answer.sweep_id.0, cell)));
    }
    // In the order of their ids: two transactions with common cells then never wait for each other in a circle.
    cells.sort_by_key(|(_, sweep_id, cell)| (*sweep_id, cell.cell_id));
    cells
}

/// Closes the leases that are still open and records their jobs and cells. Returns the place of each answer whose lease
/// was, and the bucket that its sweep's measurements go to.
///
/// One statement: every column travels as an array, with the place of its answer.
async fn close(connection: &mut PgConnection, answers: &[Answer]) -> Result<Vec<(usize, i64)>, StoreError> {
    let each = |value: fn(&Answer) -> i64| -> Vec<i64> { answers.iter().map(value).collect() };
    fn of_cells<T>(cells: &[(i64, i64, &CellParameters)], value: impl Fn(&CellParameters) -> T) -> Vec<T> {
        cells.iter().map(|(_, _, cell)| value(cell)).collect()
    }
    let cells = &cells_of(answers);
    // Deleting the job's row is the fence: of two answers to one lease only one finds the row, and an answer to an
    // older lease finds another epoch. Rows are locked in order, as everywhere.
    //
    // It is planned once for a connection. So nothing is joined, as a join could be planned as a pass through a table
    // that was small then: jobs are looked up one by one, and what belongs to an answer is found by its place.
    let closed = sqlx::query!(
        r#"WITH given AS MATERIALIZED (
               SELECT DISTINCT ON (job_id, epoch) *
               FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::float8[])
                   WITH ORDINALITY AS given (job_id, epoch, worker_id, sweep_id, rows, cpu_seconds, answer)
               ORDER BY job_id, epoch),
           closed AS MATERIALIZED (
               SELECT j.*, given.rows, given.cpu_seconds, given.answer
               FROM given CROSS JOIN LATERAL (
                   SELECT * FROM rapgrid.jobs WHERE job_id = given.job_id AND epoch = given.epoch
                       AND worker_id = given.worker_id AND sweep_id = given.sweep_id FOR UPDATE) AS j),
           deleted AS (DELETE FROM rapgrid.jobs WHERE job_id = ANY (ARRAY(SELECT job_id FROM closed))),
           finished AS (
               INSERT INTO rapgrid.finished_jobs (job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds,
                                          cpu_seconds, attempts, worker_id, is_summed)
               SELECT job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds, cpu_seconds, attempts,
                      worker_id, true
               FROM closed),
           cells_stored AS (
               INSERT INTO rapgrid.cells (sweep_id, cell_id, cell, widths, ensemble, couplings, instance, dilution, activation,
                                          training)
               SELECT sweep_id, cell_id, cell, widths::integer[], ensemble, couplings, instance, dilution::numeric[],
                      activation::numeric[], training::jsonb
               FROM unnest($7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[],
                           $13::text[], $14::text[], $15::text[], $16::text[], $17::text[])
                   AS new (answer, sweep_id, cell_id, cell, widths, ensemble, couplings, instance, dilution, activation,
                           training)
               WHERE answer = ANY (ARRAY(SELECT answer FROM closed))
               ON CONFLICT DO NOTHING)
           SELECT answer AS "answer!",
                  coalesce((SELECT bucket FROM rapgrid.sweeps WHERE sweep_id = closed.sweep_id), 0) AS "bucket!"
           FROM closed"#,
        &each(|answer| answer.lease.job_id),
        &each(|answer| answer.lease.epoch),
        &each(|answer| answer.worker.0),
        &each(|answer| answer.sweep_id.0),
        &each(|answer| answer.results.rows() as i64),
        &answers.iter().map(|answer| answer.results.cpu_seconds).collect::<Vec<_>>(),
        &cells.iter().map(|(answer, _, _)| *answer).collect::<Vec<_>>(),
        &cells.iter().map(|(_, sweep_id, _)| *sweep_id).collect::<Vec<_>>(),
        &of_cells(cells, |cell| cell.cell_id),
        &of_cells(cells, |cell| cell.cell.clone()),
        &of_cells(cells, |cell| array(&cell.widths)),
        &of_cells(cells, |cell| cell.ensemble.clone()) as &[Option<String>],
        &of_cells(cells, |cell| cell.couplings.clone()),
        &of_cells(cells, |cell| cell.instance.clone()) as &[Option<String>],
        &of_cells(cells, |cell| array(&cell.dilution)),
        &of_cells(cells, |cell| array(&cell.activation)),
        &of_cells(cells, |cell| cell.training.as_ref().map(TrainingParameters::to_json)) as &[Option<String>]
    )
    .fetch_all(connection)
    .await?;
    Ok(closed.into_iter().map(|closed| (closed.answer as usize - 1, closed.bucket)).collect())
}

async fn insert_degree_counts(connection: &mut PgConnection, answers: &[&Answer]) -> Result<(), StoreError> {
    let rows = &rows_of(answers, |unit| &unit.degree_counts);
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO rapgrid.degree_counts (sweep_id, cell_id, sample, layer, degree, weights)
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
    let rows = &rows_of(answers, |unit| &unit.levels);
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO rapgrid.level_pairs (sweep_id, cell_id, sample, method, overlap, paths, covariance_per_path,
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

//! What was recorded, to be computed again.

use crate::decoding::{entry, measured, outcome};
use crate::{Store, StoreError};
use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::sync::LazyLock;
use sweep::measurement::{
    DegreeCount, LevelPair, Measurement, TrainingKey, TrainingRow, TrainingValues, Values,
};

/// A recorded measurement and where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedRow {
    /// The cell's canonical text.
    pub cell: String,
    /// The sample.
    pub sample: u32,
    /// The row.
    pub measurement: Measurement,
    /// The version, git revision and host that computed it.
    pub made_by: String,
}

/// What was recorded of one sample at no temperature in particular: its degrees, its energy levels or its training.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedSample {
    /// The cell's canonical text.
    pub cell: String,
    /// The sample.
    pub sample: u32,
    /// By layer and degree; empty where there is something else.
    pub degree_counts: Vec<DegreeCount>,
    /// By method and overlap; empty where there is something else.
    pub levels: Vec<LevelPair>,
    /// By method, epoch, layer and share; empty where there is something else.
    pub training: Vec<TrainingRow>,
}

impl RecordedSample {
    /// Nothing so far.
    fn of(cell: String, sample: u32) -> Self {
        Self { cell, sample, degree_counts: Vec::new(), levels: Vec::new(), training: Vec::new() }
    }

    /// The last of `samples` if it is this one, else a new one after it; none beyond `limit`.
    fn last_of<'a>(samples: &'a mut Vec<Self>, cell: &str, sample: u32, limit: i64) -> Option<&'a mut Self> {
        if !samples.last().is_some_and(|last| last.cell == cell && last.sample == sample) {
            if samples.len() as i64 == limit {
                return None;
            }
            samples.push(Self::of(cell.to_owned(), sample));
        }
        samples.last_mut()
    }
}

/// Which rows of a sweep to take.
#[derive(Debug, Clone, Default)]
pub struct RowFilter {
    /// The cell's number.
    pub cell_id: Option<i64>,
    /// The sample.
    pub sample: Option<i32>,
    /// β.
    pub beta: Option<Decimal>,
    /// The method's name.
    pub method: Option<String>,
}

impl Store {
    /// Recorded rows of a sweep that match the filter, in the order of a hash of their identity (an arbitrary but fixed
    /// order, so that the first few are a fair sample), at most `limit`.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn recorded_rows(
        &self,
        sweep: &str,
        filter: &RowFilter,
        limit: i64,
    ) -> Result<Vec<RecordedRow>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(RECORDED_ROWS.as_str()))
            .bind(sweep)
            .bind(filter.cell_id)
            .bind(filter.sample)
            .bind(filter.beta)
            .bind(filter.method.as_deref())
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(recorded_row).collect()
    }

    /// How many recorded rows of a sweep match the filter.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_rows(&self, sweep: &str, filter: &RowFilter) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM rapgrid.results
               WHERE sweep = $1 AND ($2::bigint IS NULL OR cell_id = $2) AND ($3::integer IS NULL OR sample = $3)
                 AND ($4::numeric IS NULL OR beta = $4::double precision) AND ($5::text IS NULL OR method = $5)"#,
            sweep,
            filter.cell_id,
            filter.sample,
            filter.beta,
            filter.method
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// Samples whose degrees were recorded, as [`recorded_rows`](Self::recorded_rows) takes rows; none if a β is asked
    /// for.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recorded_degrees(
        &self,
        sweep: &str,
        filter: &RowFilter,
        limit: i64,
    ) -> Result<Vec<RecordedSample>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT cell, d.sample, array_agg(layer ORDER BY layer, degree) AS "layers!",
                      array_agg(degree ORDER BY layer, degree) AS "degrees!",
                      array_agg(weights ORDER BY layer, degree) AS "weights!"
               FROM rapgrid.degree_counts d JOIN rapgrid.sweeps s USING (sweep_id) JOIN rapgrid.cells c USING (sweep_id, cell_id)
               WHERE s.name = $1 AND ($2::bigint IS NULL OR cell_id = $2) AND ($3::integer IS NULL OR d.sample = $3)
                 AND $4::numeric IS NULL
                 AND ($5::text IS NULL OR $5 = ANY (SELECT method FROM rapgrid.methods m
                                                    WHERE m.sweep_id = s.sweep_id AND kind = 'degrees'))
               GROUP BY cell, d.sample ORDER BY hashtextextended(concat_ws(' ', cell, d.sample), 0) LIMIT $6"#,
            sweep,
            filter.cell_id,
            filter.sample,
            filter.beta,
            filter.method,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        let sample = rows.into_iter().map(|row| RecordedSample {
            cell: row.cell,
            sample: row.sample as u32,
            degree_counts: row
                .layers
                .into_iter()
                .zip(row.degrees)
                .zip(row.weights)
                .map(|((layer, degree), weights)| DegreeCount {
                    layer: layer as u16,
                    degree: degree as u32,
                    weights: weights as u32,
                })
                .collect(),
            ..RecordedSample::of(String::new(), 0)
        });
        Ok(sample.collect())
    }

    /// Samples whose energy levels were recorded, likewise.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn recorded_levels(
        &self,
        sweep: &str,
        filter: &RowFilter,
        limit: i64,
    ) -> Result<Vec<RecordedSample>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT cell, l.*
               FROM rapgrid.level_pairs l JOIN rapgrid.sweeps s USING (sweep_id) JOIN rapgrid.cells c USING (sweep_id, cell_id)
               WHERE s.name = $1 AND ($2::bigint IS NULL OR cell_id = $2) AND ($3::integer IS NULL OR l.sample = $3)
                 AND $4::numeric IS NULL AND ($5::text IS NULL OR l.method = $5)
               ORDER BY hashtextextended(concat_ws(' ', cell, l.sample), 0), l.method, overlap"#,
            sweep,
            filter.cell_id,
            filter.sample,
            filter.beta,
            filter.method
        )
        .fetch_all(&self.pool)
        .await?;
        let mut samples: Vec<RecordedSample> = Vec::new();
        for row in rows {
            let pair = LevelPair {
                method: row.method,
                overlap: row.overlap,
                paths: row.paths as u64,
                covariance_per_path: row.covariance_per_path,
                covariance_error: row.covariance_error,
                disorder_covariance_per_path: row.disorder_covariance_per_path,
                disorder_covariance_error: row.disorder_covariance_error,
                disorder_spread: row.disorder_spread,
                variance_per_path: row.variance_per_path,
                variance_error: row.variance_error,
                excess_kurtosis: row.excess_kurtosis,
                excess_kurtosis_error: row.excess_kurtosis_error,
            };
            match RecordedSample::last_of(&mut samples, &row.cell, row.sample as u32, limit) {
                Some(last) => last.levels.push(pair),
                None => break,
            }
        }
        Ok(samples)
    }

    /// Trials whose training was recorded, likewise.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn recorded_trainings(
        &self,
        sweep: &str,
        filter: &RowFilter,
        limit: i64,
    ) -> Result<Vec<RecordedSample>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT cell, t.*
               FROM rapgrid.training_rows t JOIN rapgrid.sweeps s USING (sweep_id) JOIN rapgrid.cells c USING (sweep_id, cell_id)
               WHERE s.name = $1 AND ($2::bigint IS NULL OR cell_id = $2) AND ($3::integer IS NULL OR t.sample = $3)
                 AND $4::numeric IS NULL AND ($5::text IS NULL OR t.method = $5)
               ORDER BY hashtextextended(concat_ws(' ', cell, t.sample), 0), t.method, epoch, layer, removed"#,
            sweep,
            filter.cell_id,
            filter.sample,
            filter.beta,
            filter.method
        )
        .fetch_all(&self.pool)
        .await?;
        let mut samples: Vec<RecordedSample> = Vec::new();
        for row in rows {
            let Some(last) = RecordedSample::last_of(&mut samples, &row.cell, row.sample as u32, limit)
            else {
                break;
            };
            last.training.push(TrainingRow {
                key: TrainingKey {
                    method: row.method,
                    epoch: row.epoch as u32,
                    layer: row.layer.map(|layer| layer as u16),
                    removed: row.removed,
                },
                outcome: outcome(&row.outcome)?,
                values: TrainingValues {
                    train_loss: row.train_loss,
                    train_error: row.train_error,
                    test_loss: row.test_loss,
                    test_error: row.test_error,
                    test_error_over_masks: row.test_error_over_masks,
                    activation: row.activation,
                    activation_over_units: row.activation_over_units,
                    activation_over_inputs: row.activation_over_inputs,
                    dead_units: row
                        .dead_units
                        .map(|units| units.into_iter().map(|count| count as u64).collect()),
                },
            });
        }
        Ok(samples)
    }
}

/// The rows of the view `results` with everything that a measurement has.
static RECORDED_ROWS: LazyLock<String> = LazyLock::new(|| {
    let values: Vec<&str> = Values::COLUMNS.iter().map(|column| column.name).collect();
    format!(
        "SELECT cell, sample, beta, method, branch, outcome, weights, paths, hidden_units, seconds, {},
                format('version %s, git %s, on %s', version, git_revision, host) AS made_by
         FROM rapgrid.sweeps s JOIN rapgrid.measurements m USING (bucket, sweep_id)
             JOIN rapgrid.cells USING (sweep_id, cell_id) JOIN rapgrid.worker_programs USING (worker_id)
         WHERE s.name = $1 AND ($2::bigint IS NULL OR cell_id = $2) AND ($3::integer IS NULL OR sample = $3)
           AND ($4::numeric IS NULL OR beta = $4) AND ($5::text IS NULL OR method = $5)
         ORDER BY hashtextextended(concat_ws(' ', cell, sample, beta, method, branch), 0) LIMIT $6",
        values.join(", ")
    )
});

fn recorded_row(row: &PgRow) -> Result<RecordedRow, StoreError> {
    let measurement = Measurement {
        hidden_units: row.try_get::<i32, _>("hidden_units")? as u32,
        seconds: row.try_get("seconds")?,
        ..measured(row, Values::read(|column| entry(row, column))?)?
    };
    Ok(RecordedRow {
        cell: row.try_get("cell")?,
        sample: row.try_get::<i32, _>("sample")? as u32,
        measurement,
        made_by: row.try_get("made_by")?,
    })
}

//! One point of a phase diagram: its samples' rows, and the jobs that would bring them.

use crate::{Store, StoreError, SweepId};
use rust_decimal::Decimal;
use sweep::measurement::Branch;

/// A job that is not finished.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenJob {
    /// The job.
    pub job_id: i64,
    /// Its part of the sweep.
    pub part: i32,
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
    /// `ready`, `leased` or `failed`.
    pub state: String,
    /// Attempts so far.
    pub attempts: i32,
    /// Why the last one failed.
    pub error: Option<String>,
    /// Where it is computed.
    pub host: Option<String>,
}

impl Store {
    /// The jobs that hold any of the units [first_unit, end_unit) of a part of a sweep and are not finished, at most
    /// 100. Units that are neither recorded nor here are in no job yet.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn open_jobs(
        &self,
        sweep_id: SweepId,
        part: i32,
        first_unit: i64,
        end_unit: i64,
    ) -> Result<Vec<OpenJob>, StoreError> {
        let jobs = sqlx::query_as!(
            OpenJob,
            r#"SELECT job_id, part, first_unit, end_unit, state, attempts, error, host AS "host?"
               FROM rapgrid.jobs j LEFT JOIN rapgrid.workers w ON w.worker_id = j.worker_id AND j.state = 'leased'
               WHERE sweep_id = $1 AND part = $2 AND first_unit < $4 AND end_unit > $3 ORDER BY first_unit LIMIT 100"#,
            sweep_id.0,
            part,
            first_unit,
            end_unit
        );
        Ok(jobs.fetch_all(&self.pool).await?)
    }

    /// The rows of the view `results` at a point, by sample, at most `limit`, each as a JSON object. Columns that are
    /// null are left out, and so is what stands for the whole point.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rows_of_point(
        &self,
        sweep: &str,
        cell_id: i64,
        beta: Decimal,
        method: &str,
        branch: Option<Branch>,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"SELECT (jsonb_strip_nulls(to_jsonb(r)) - ARRAY['sweep', 'cell_id', 'cell', 'widths', 'ensemble', 'couplings', 'kind',
                       'method', 'branch', 'curve', 'beta', 'seed', 'numerics_revision', 'layer_overlaps', 'layer_overlap_errors',
                       'path_overlap_histogram', 'unit_overlap_histogram', 'energy_bins', 'energy_counts'])::text AS "row!"
               FROM rapgrid.results r
               WHERE sweep = $1 AND cell_id = $2 AND beta = $3::numeric::double precision AND method = $4
                 AND branch IS NOT DISTINCT FROM $5
               ORDER BY sample LIMIT $6"#,
            sweep,
            cell_id,
            beta,
            method,
            branch.map(|branch| branch.name()),
            limit
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// How many rows the view `results` has at a point.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_point(
        &self,
        sweep: &str,
        cell_id: i64,
        beta: Decimal,
        method: &str,
        branch: Option<Branch>,
    ) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM rapgrid.results
               WHERE sweep = $1 AND cell_id = $2 AND beta = $3::numeric::double precision AND method = $4
                 AND branch IS NOT DISTINCT FROM $5"#,
            sweep,
            cell_id,
            beta,
            method,
            branch.map(|branch| branch.name())
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// The rows of the view `transitions` of a sweep, each as a JSON object.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn rows_of_transitions(&self, sweep: &str) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"SELECT jsonb_strip_nulls(to_jsonb(t))::text AS "row!" FROM rapgrid.transitions t
               WHERE sweep = $1 ORDER BY method, structure, axis, line"#,
            sweep
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

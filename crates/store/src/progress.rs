//! Where sweeps stand.

use crate::{Store, StoreError, SweepId};

/// One row of the view `sweep_progress`, and how fast it moves.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// The sweep.
    pub sweep_id: SweepId,
    /// Its name.
    pub sweep: String,
    /// `running`, `stopped`, `paused`, `cancelled`, `finished` or `failed`.
    pub status: String,
    /// Units of all parts.
    pub units: i64,
    /// Units recorded.
    pub units_done: i64,
    /// Rows when finished.
    pub rows: i64,
    /// Rows recorded.
    pub rows_done: i64,
    /// Jobs cut and waiting.
    pub jobs_ready: i64,
    /// Jobs with a worker.
    pub jobs_leased: i64,
    /// Jobs that failed too often.
    pub jobs_failed: i64,
    /// Compute time so far, in seconds of one core.
    pub cpu_seconds: f64,
    /// Time since submission, in seconds.
    pub age_seconds: f64,
    /// Time left at the pace of the last minute, in seconds; none while nothing moves. By estimated compute time, not
    /// by units: those of a diluted cell cost a hundredth of a dense one's. Of a sweep that was resumed less than a
    /// minute ago, the pace is that since its first job began: nobody computed before.
    pub seconds_left: Option<f64>,
    /// Workers that hold jobs of it.
    pub workers: i64,
    /// Larger first; among equals, sweeps share.
    pub priority: i32,
    /// The revision of the kernels that compute the sweep's rows.
    pub numerics_revision: i32,
}

/// How much of a sweep is recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The sweep.
    pub sweep_id: SweepId,
    /// As in [`Progress`].
    pub status: String,
    /// Units of all parts.
    pub units: i64,
    /// Units recorded.
    pub units_done: i64,
    /// Rows of all parts.
    pub rows: i64,
    /// Rows recorded.
    pub rows_done: i64,
    /// Compute time of what is not recorded, in seconds of one core: estimated, and corrected by what the recorded
    /// units took.
    pub seconds_to_do: f64,
}

/// A job that failed too often.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedJob {
    /// The job.
    pub job_id: i64,
    /// Its part of the sweep.
    pub part: i32,
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
    /// Attempts so far.
    pub attempts: i32,
    /// Why the last one failed.
    pub error: Option<String>,
}

impl Store {
    /// The progress of the sweep of that name, or of all, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn progress(&self, sweep: Option<&str>) -> Result<Vec<Progress>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT sweep_id AS "sweep_id!", sweep AS "sweep!", status AS "status!", units AS "units!",
                      units_done AS "units_done!", rows AS "rows!", rows_done AS "rows_done!",
                      jobs_ready AS "jobs_ready!", jobs_leased AS "jobs_leased!", jobs_failed AS "jobs_failed!",
                      cpu_seconds AS "cpu_seconds!", priority AS "priority!", numerics_revision AS "numerics_revision!",
                      extract(epoch FROM now() - submitted_at)::float8 AS "age_seconds!",
                      (estimated_seconds - estimated_seconds_done) / nullif(
                          (SELECT sum(f.estimated_seconds)
                                  / extract(epoch FROM least(interval '1 minute', greatest(interval '1 millisecond',
                                        now() - min(f.finished_at - f.cpu_seconds * interval '1 second'))))
                           FROM rapgrid.finished_jobs f
                           WHERE f.sweep_id = p.sweep_id AND f.finished_at > now() - interval '1 minute'), 0)::float8
                          AS "seconds_left: f64",
                      (SELECT count(DISTINCT j.worker_id) FROM rapgrid.jobs j
                       WHERE j.sweep_id = p.sweep_id AND j.state = 'leased') AS "workers!"
               FROM rapgrid.sweep_progress p WHERE $1::text IS NULL OR sweep = $1 ORDER BY created_at DESC"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        let progress = rows.into_iter().map(|row| Progress {
            sweep_id: SweepId(row.sweep_id),
            sweep: row.sweep,
            status: row.status,
            units: row.units,
            units_done: row.units_done,
            rows: row.rows,
            rows_done: row.rows_done,
            jobs_ready: row.jobs_ready,
            jobs_leased: row.jobs_leased,
            jobs_failed: row.jobs_failed,
            cpu_seconds: row.cpu_seconds,
            age_seconds: row.age_seconds,
            seconds_left: row.seconds_left.map(|seconds| seconds.max(0.0)),
            workers: row.workers,
            priority: row.priority,
            numerics_revision: row.numerics_revision,
        });
        Ok(progress.collect())
    }

    /// The progress of one sweep.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSweep`]; else if the database fails.
    pub async fn progress_of(&self, sweep: &str) -> Result<Progress, StoreError> {
        let mut found = self.progress(Some(sweep)).await?;
        found.pop().ok_or_else(|| StoreError::NoSuchSweep(sweep.to_owned()))
    }

    /// How much of a sweep is recorded: what those may know who only read.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSweep`]; else if the database fails.
    pub async fn recorded(&self, sweep: &str) -> Result<Recorded, StoreError> {
        let found = sqlx::query!(
            r#"SELECT sweep_id AS "sweep_id!", status AS "status!", units AS "units!", units_done AS "units_done!",
                      rows AS "rows!", rows_done AS "rows_done!",
                      greatest(estimated_seconds - estimated_seconds_done, 0)
                          * CASE WHEN estimated_seconds_done > 0 THEN cpu_seconds / estimated_seconds_done ELSE 1 END
                          AS "seconds_to_do!"
               FROM rapgrid.sweep_progress WHERE sweep = $1"#,
            sweep
        )
        .fetch_optional(&self.pool)
        .await?;
        let found = found.ok_or_else(|| StoreError::NoSuchSweep(sweep.to_owned()))?;
        Ok(Recorded {
            sweep_id: SweepId(found.sweep_id),
            status: found.status,
            units: found.units,
            units_done: found.units_done,
            rows: found.rows,
            rows_done: found.rows_done,
            // What the units cost on average and what they were estimated to never agree to the last one.
            seconds_to_do: if found.units_done == found.units { 0.0 } else { found.seconds_to_do },
        })
    }

    /// Adds up the jobs that were finished since the last time, so that progress need not look at them again. Returns
    /// how many. One at a time is enough, whoever it is; a second one finds nothing.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn count_finished_jobs(&self) -> Result<u64, StoreError> {
        Ok(sqlx::query_scalar!(r#"SELECT rapgrid.count_finished_jobs() AS "jobs!""#)
            .fetch_one(&self.pool)
            .await? as u64)
    }

    /// At most 100 failed jobs of a sweep.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn failed_jobs(&self, sweep_id: SweepId) -> Result<Vec<FailedJob>, StoreError> {
        Ok(sqlx::query_as!(
            FailedJob,
            "SELECT job_id, part, first_unit, end_unit, attempts, error FROM rapgrid.jobs
             WHERE sweep_id = $1 AND state = 'failed' ORDER BY job_id LIMIT 100",
            sweep_id.0
        )
        .fetch_all(&self.pool)
        .await?)
    }
}

//! Worker processes.

use crate::{Store, StoreError, WorkerId};
use std::time::Duration;

/// Workers listed at most: more than people read.
const MOST_WORKERS: i64 = 10_000;

/// What a worker says of itself.
#[derive(Debug, Clone)]
pub struct NewWorker {
    /// Its host's name.
    pub host: String,
    /// Its process on that host.
    pub process_id: i32,
    /// The version of the program.
    pub version: String,
    /// The revision of the source.
    pub git_revision: String,
    /// For example `avx2,fma`.
    pub cpu_features: String,
    /// The vector instructions that its kernels use.
    pub cpu_level: String,
    /// Threads that compute.
    pub threads: i32,
    /// The revision of its kernels.
    pub numerics_revision: i32,
}

/// A worker process, and what it does.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkerState {
    /// Its number.
    pub worker_id: i64,
    /// Its host's name.
    pub host: String,
    /// Its process on that host.
    pub process_id: i32,
    /// The version of the program.
    pub version: String,
    /// The revision of the source.
    pub git_revision: String,
    /// For example `avx2,fma`.
    pub cpu_features: String,
    /// The vector instructions that its kernels use.
    pub cpu_level: String,
    /// Threads that compute.
    pub threads: i32,
    /// The revision of its kernels.
    pub numerics_revision: i32,
    /// Time since it registered, in seconds.
    pub age_seconds: f64,
    /// Time since it was last heard of, in seconds.
    pub seen_seconds_ago: f64,
    /// `left` or `lost`; none while it is there.
    pub gone: Option<String>,
    /// Jobs that it holds.
    pub jobs: i64,
    /// Jobs of which it has delivered the results.
    pub jobs_finished: i64,
    /// Units recorded from it in the last minute.
    pub units_last_minute: i64,
    /// Their compute time, in seconds of one core.
    pub cpu_seconds_last_minute: f64,
}

impl Store {
    /// Registers a worker process.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn register_worker(&self, worker: &NewWorker) -> Result<WorkerId, StoreError> {
        let id = sqlx::query_scalar!(
            "INSERT INTO rapgrid.workers (host, process_id, version, git_revision, cpu_features, threads, numerics_revision,
                                  cpu_level)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING worker_id",
            worker.host,
            worker.process_id,
            worker.version,
            worker.git_revision,
            worker.cpu_features,
            worker.threads,
            worker.numerics_revision,
            worker.cpu_level
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(WorkerId(id))
    }

    /// Notes that a worker is there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn see_worker(&self, worker: WorkerId) -> Result<(), StoreError> {
        let seen = sqlx::query!(
            "UPDATE rapgrid.workers SET seen_at = now(), gone_at = NULL, gone = NULL WHERE worker_id = $1",
            worker.0
        );
        seen.execute(&self.pool).await?;
        Ok(())
    }

    /// Notes that a worker has ended of its own will.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn dismiss_worker(&self, worker: WorkerId) -> Result<(), StoreError> {
        let left = sqlx::query!(
            "UPDATE rapgrid.workers SET seen_at = now(), gone_at = now(), gone = 'left' WHERE worker_id = $1",
            worker.0
        );
        left.execute(&self.pool).await?;
        Ok(())
    }

    /// Counts workers as lost that were not heard of for so long; returns their numbers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lose_silent_workers(&self, silence: Duration) -> Result<Vec<WorkerId>, StoreError> {
        // A worker that is being seen at this moment is passed over.
        let lost = sqlx::query_scalar!(
            "WITH silent AS MATERIALIZED (
                 SELECT worker_id FROM rapgrid.workers WHERE gone_at IS NULL AND seen_at < now() - make_interval(secs => $1)
                 ORDER BY worker_id FOR UPDATE SKIP LOCKED)
             UPDATE rapgrid.workers SET gone_at = seen_at, gone = 'lost'
             FROM silent WHERE workers.worker_id = silent.worker_id RETURNING workers.worker_id",
            silence.as_secs_f64()
        );
        Ok(lost.fetch_all(&self.pool).await?.into_iter().map(WorkerId).collect())
    }

    /// The workers that are there, and those that went within `gone_within`, latest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_workers(&self, gone_within: Duration) -> Result<Vec<WorkerState>, StoreError> {
        Ok(sqlx::query_as!(
            WorkerState,
            r#"WITH listed AS (
                   SELECT * FROM rapgrid.workers WHERE gone_at IS NULL OR gone_at > now() - make_interval(secs => $1)
                   ORDER BY gone_at DESC NULLS FIRST, worker_id DESC LIMIT $2)
               SELECT w.worker_id AS "worker_id!", host AS "host!", process_id AS "process_id!", version AS "version!",
                      git_revision AS "git_revision!", cpu_features AS "cpu_features!", cpu_level AS "cpu_level!",
                      threads AS "threads!", numerics_revision AS "numerics_revision!", gone,
                      extract(epoch FROM now() - registered_at)::float8 AS "age_seconds!",
                      extract(epoch FROM now() - seen_at)::float8 AS "seen_seconds_ago!",
                      coalesce(j.jobs, 0) AS "jobs!", coalesce(f.jobs, 0) AS "jobs_finished!",
                      coalesce(f.units, 0)::bigint AS "units_last_minute!",
                      coalesce(f.cpu_seconds, 0) AS "cpu_seconds_last_minute!"
               FROM listed w
               LEFT JOIN (SELECT worker_id, count(*) AS jobs FROM rapgrid.jobs WHERE state = 'leased' GROUP BY worker_id) AS j
                    USING (worker_id)
               LEFT JOIN (SELECT worker_id, count(*) AS jobs,
                                 sum(end_unit - first_unit) FILTER (WHERE is_new) AS units,
                                 sum(cpu_seconds) FILTER (WHERE is_new) AS cpu_seconds
                          FROM rapgrid.finished_jobs, LATERAL (SELECT finished_at > now() - interval '1 minute' AS is_new) AS l
                          WHERE finished_at >= (SELECT min(registered_at) FROM listed) GROUP BY worker_id) AS f
                    USING (worker_id)
               ORDER BY w.gone_at DESC NULLS FIRST, w.worker_id DESC"#,
            gone_within.as_secs_f64(),
            MOST_WORKERS
        )
        .fetch_all(&self.pool)
        .await?)
    }
}

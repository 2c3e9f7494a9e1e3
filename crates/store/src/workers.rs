//! Worker processes.

use crate::{Store, StoreError, WorkerId};
use std::collections::HashMap;

/// What a worker says of itself.
#[derive(Debug, Clone)]
pub struct NewWorker {
    /// Its host's name.
    pub host: String,
    /// Its process on that host.
    pub process_id: i32,
    /// Of the program.
    pub version: String,
    /// Of the source.
    pub git_revision: String,
    /// For example `avx2,fma`.
    pub cpu_features: String,
    /// Threads that compute.
    pub threads: i32,
    /// Of its kernels.
    pub numerics_revision: i32,
}

impl Store {
    /// Registers a worker process.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn register_worker(&self, worker: &NewWorker) -> Result<WorkerId, StoreError> {
        let id = sqlx::query_scalar!(
            "INSERT INTO workers (host, process_id, version, git_revision, cpu_features, threads, numerics_revision)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING worker_id",
            worker.host,
            worker.process_id,
            worker.version,
            worker.git_revision,
            worker.cpu_features,
            worker.threads,
            worker.numerics_revision
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(WorkerId(id))
    }

    /// The numerics revisions that workers registered with; those that never did are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn worker_revisions(&self, workers: &[WorkerId]) -> Result<HashMap<WorkerId, i32>, StoreError> {
        let workers: Vec<i64> = workers.iter().map(|worker| worker.0).collect();
        let rows = sqlx::query!(
            "SELECT worker_id, numerics_revision FROM workers WHERE worker_id = ANY($1)",
            &workers
        )
        .fetch_all(&self.hot)
        .await?;
        Ok(rows.into_iter().map(|row| (WorkerId(row.worker_id), row.numerics_revision)).collect())
    }
}

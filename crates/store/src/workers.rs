//! Worker processes.

use crate::{Store, StoreError, WorkerId};

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

    /// The numerics revision that a worker registered with, or none if it never did.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn worker_revision(&self, worker: WorkerId) -> Result<Option<i32>, StoreError> {
        let revision =
            sqlx::query_scalar!("SELECT numerics_revision FROM workers WHERE worker_id = $1", worker.0);
        Ok(revision.fetch_optional(&self.pool).await?)
    }
}

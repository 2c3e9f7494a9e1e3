//! What a monitor asks again and again: the queue, the leases and the workers as they are now.
//!
//! Only what follows the work in progress is read (`jobs`, the parts of sweeps, the workers that are there), and of the
//! history the last entry of a part, by its index; so asking every few seconds costs the same at any size of the
//! results.

use crate::{Store, StoreError};

/// Workers looked at, one by one; more would be more series than a monitor should keep.
const MOST_WORKERS: i64 = 1000;

/// The queue, the leases and the workers at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observation {
    /// Sweeps that have something left, most work first. Cancelled ones are left out.
    pub sweeps: Vec<QueueDepth>,
    /// The leases.
    pub leases: LeaseAges,
    /// Workers that are there.
    pub workers: i64,
    /// Threads of all of them.
    pub threads: i64,
    /// The first thousand of them.
    pub loads: Vec<WorkerLoad>,
}

/// What a sweep has left.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueDepth {
    /// Its name.
    pub sweep: String,
    /// `active` or `paused`.
    pub state: String,
    /// Jobs cut and waiting.
    pub jobs_ready: i64,
    /// Jobs with a worker.
    pub jobs_leased: i64,
    /// Jobs that failed too often.
    pub jobs_failed: i64,
    /// Units that no job holds yet.
    pub uncut_units: i64,
    /// Estimated compute time of all that is neither recorded nor failed, in seconds of one core.
    pub core_seconds: f64,
}

/// How old the leases are, in seconds; 0 where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LeaseAges {
    /// Seconds since the oldest lease was granted.
    pub oldest: f64,
    /// Since the one that lapsed first should have been taken back.
    pub overdue: f64,
}

/// What a worker has to do.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkerLoad {
    /// Its number.
    pub worker_id: i64,
    /// Its host's name.
    pub host: String,
    /// Threads that compute.
    pub threads: i32,
    /// Jobs that it holds.
    pub jobs: i64,
}

/// Connections of this process's pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// At work.
    pub in_use: u32,
    /// Waiting for work.
    pub idle: u32,
}

impl Store {
    /// Looks at the queue, the leases and the workers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn observe(&self) -> Result<Observation, StoreError> {
        let loads = self.worker_loads().await?;
        let present = sqlx::query!(
            r#"SELECT count(*) AS "workers!", coalesce(sum(threads), 0)::bigint AS "threads!"
               FROM rapgrid.workers WHERE gone_at IS NULL"#
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Observation {
            sweeps: self.queue_depths().await?,
            leases: self.lease_ages().await?,
            workers: present.workers,
            threads: present.threads,
            loads,
        })
    }

    /// Asks the database for nothing.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query!("SELECT 1 AS one").fetch_one(&self.pool).await?;
        Ok(())
    }

    /// The connections of this process.
    pub fn connections(&self) -> Connections {
        let of = |pool: &sqlx::PgPool| (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX));
        let (mut in_use, mut idle) = (0, 0);
        for (of_pool, idle_there) in [&self.pool, &self.hot, &self.recording].map(of) {
            in_use += of_pool.saturating_sub(idle_there);
            idle += idle_there;
        }
        Connections { in_use, idle }
    }

    async fn queue_depths(&self) -> Result<Vec<QueueDepth>, StoreError> {
        Ok(sqlx::query_as!(
            QueueDepth,
            r#"SELECT s.name AS sweep, s.state, coalesce(j.ready, 0) AS "jobs_ready!",
                      coalesce(j.leased, 0) AS "jobs_leased!", coalesce(j.failed, 0) AS "jobs_failed!",
                      coalesce(p.units, 0)::bigint AS "uncut_units!",
                      coalesce(p.seconds, 0) + coalesce(j.seconds, 0) AS "core_seconds!"
               FROM (SELECT u.sweep_id, sum(u.units - cut.next_unit) AS units,
                            sum(u.estimated_seconds * (u.units - cut.next_unit) / u.units) AS seconds
                     FROM rapgrid.sweep_parts u
                     CROSS JOIN LATERAL (SELECT rapgrid.next_unit(u.sweep_id, u.part)) AS cut
                     WHERE NOT u.is_cut GROUP BY u.sweep_id) AS p
               FULL JOIN (SELECT sweep_id, count(*) FILTER (WHERE state = 'ready') AS ready,
                                 count(*) FILTER (WHERE state = 'leased') AS leased,
                                 count(*) FILTER (WHERE state = 'failed') AS failed,
                                 sum(estimated_seconds) FILTER (WHERE state <> 'failed') AS seconds
                          FROM rapgrid.jobs GROUP BY sweep_id) AS j USING (sweep_id)
               JOIN rapgrid.sweeps s USING (sweep_id) WHERE s.state <> 'cancelled'
               ORDER BY 7 DESC, sweep"#
        )
        .fetch_all(&self.pool)
        .await?)
    }

    async fn lease_ages(&self) -> Result<LeaseAges, StoreError> {
        Ok(sqlx::query_as!(
            LeaseAges,
            r#"SELECT coalesce(extract(epoch FROM now() - min(leased_at)), 0)::float8 AS "oldest!",
                      greatest(extract(epoch FROM now() - min(leased_until)), 0)::float8 AS "overdue!"
               FROM rapgrid.jobs WHERE state = 'leased'"#
        )
        .fetch_one(&self.pool)
        .await?)
    }

    async fn worker_loads(&self) -> Result<Vec<WorkerLoad>, StoreError> {
        Ok(sqlx::query_as!(
            WorkerLoad,
            r#"SELECT worker_id, host, threads, coalesce(j.jobs, 0) AS "jobs!"
               FROM rapgrid.workers
               LEFT JOIN (SELECT worker_id, count(*) AS jobs FROM rapgrid.jobs WHERE state = 'leased' GROUP BY worker_id) AS j
                    USING (worker_id)
               WHERE gone_at IS NULL ORDER BY worker_id LIMIT $1"#,
            MOST_WORKERS
        )
        .fetch_all(&self.pool)
        .await?)
    }
}

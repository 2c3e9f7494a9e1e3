//! Leases that are held: extended, given back, lapsed.

use super::{ExpiredLease, LeasedJob, LeasedRow, Release, Wanted, columns};
use crate::{Lease, Store, StoreError, SweepId, WorkerId};
use std::time::Duration;

impl Store {
    /// The jobs of leases that are still open; those that are closed are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn leased_jobs(&self, leases: &[Lease]) -> Result<Vec<LeasedJob>, StoreError> {
        let (jobs, epochs) = columns(leases);
        let rows = sqlx::query_as!(
            LeasedRow,
            r#"SELECT job_id AS "job_id!", epoch AS "epoch!", worker_id AS "worker_id!", sweep_id, part, first_unit,
                      end_unit, estimated_seconds
               FROM unnest($1::bigint[], $2::bigint[]) AS held (job_id, epoch) JOIN rapgrid.jobs USING (job_id, epoch)"#,
            &jobs,
            &epochs
        )
        .fetch_all(&self.hot)
        .await?;
        Ok(rows.into_iter().map(LeasedJob::from).collect())
    }

    /// Extends leases; returns those that are no longer the worker's. A lease whose results are being recorded at this
    /// moment is passed over: waiting for its row would hold up all others until they lapsed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn extend_leases(
        &self,
        worker: WorkerId,
        leases: &[Lease],
        duration: Duration,
    ) -> Result<Vec<Lease>, StoreError> {
        let (jobs, epochs) = columns(leases);
        let lost = sqlx::query!(
            r#"WITH held AS MATERIALIZED (SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS held (job_id, epoch)),
               free AS MATERIALIZED (
                   SELECT j.job_id FROM rapgrid.jobs j JOIN held USING (job_id, epoch) WHERE j.worker_id = $1
                   ORDER BY j.job_id FOR UPDATE OF j SKIP LOCKED),
               extended AS (
                   UPDATE rapgrid.jobs SET leased_until = now() + make_interval(secs => $4), leased_at = least(leased_at, now())
                   FROM free WHERE jobs.job_id = free.job_id)
               SELECT held.job_id AS "job_id!", held.epoch AS "epoch!" FROM held
               WHERE NOT EXISTS (SELECT FROM rapgrid.jobs j WHERE j.job_id = held.job_id AND j.epoch = held.epoch
                                                      AND j.worker_id = $1)"#,
            worker.0,
            &jobs,
            &epochs,
            duration.as_secs_f64()
        )
        .fetch_all(&self.hot)
        .await?;
        Ok(lost.into_iter().map(|row| Lease { job_id: row.job_id, epoch: row.epoch }).collect())
    }

    /// Gives leases back.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn release_leases(
        &self,
        worker: WorkerId,
        leases: &[Lease],
        release: Release<'_>,
    ) -> Result<(), StoreError> {
        let (jobs, epochs) = columns(leases);
        let (error, max_attempts) = match release {
            Release::Unfinished => (None, i32::MAX),
            Release::Failed { error, max_attempts } => (Some(error), max_attempts),
        };
        // Locked in order, as everywhere: two who want the same rows then never wait for each other in a circle.
        sqlx::query!(
            "WITH held AS MATERIALIZED (
                 SELECT j.job_id FROM unnest($2::bigint[], $3::bigint[]) AS held (job_id, epoch) JOIN rapgrid.jobs j USING (job_id, epoch)
                 WHERE j.worker_id = $1 ORDER BY j.job_id FOR UPDATE OF j)
             UPDATE rapgrid.jobs SET state = CASE WHEN $4::text IS NOT NULL AND attempts >= $5 THEN 'failed' ELSE 'ready' END,
                    attempts = attempts - CASE WHEN $4::text IS NULL THEN 1 ELSE 0 END,
                    ready_at = CASE WHEN $4::text IS NULL THEN '-infinity' ELSE now() + rapgrid.backoff(attempts) * (0.5 + random()) END,
                    error = coalesce($4, error), epoch = NULL, worker_id = NULL, leased_at = NULL, leased_until = NULL
             FROM held WHERE jobs.job_id = held.job_id",
            worker.0,
            &jobs,
            &epochs,
            error,
            max_attempts
        )
        .execute(&self.hot)
        .await?;
        Ok(())
    }

    /// Takes back the jobs whose lease has run out; returns the leases that were. Those that ran out more than
    /// `look_back` ago are not looked for: whoever looks often spares itself the dead entries of the index. Without it
    /// all are, and also those that were granted in the future: the clock was set back, and no worker has extended them
    /// since.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire_leases(
        &self,
        max_attempts: i32,
        look_back: Option<Duration>,
    ) -> Result<Vec<ExpiredLease>, StoreError> {
        let expired = sqlx::query!(
            r#"WITH lapsed AS MATERIALIZED (
                 SELECT job_id, epoch, worker_id FROM rapgrid.jobs
                 WHERE state = 'leased'
                   AND (leased_until < now() AND leased_until >= coalesce(now() - make_interval(secs => $2), '-infinity')
                        OR $2 IS NULL AND leased_at > now() + interval '1 second')
                 ORDER BY job_id FOR UPDATE SKIP LOCKED)
             UPDATE rapgrid.jobs SET state = CASE WHEN attempts >= $1 THEN 'failed' ELSE 'ready' END,
                    ready_at = CASE WHEN attempts <= 1 THEN '-infinity' ELSE now() + rapgrid.backoff(attempts) * (0.5 + random()) END,
                    error = format('the lease of worker %s ran out: it stopped or lost its connection', lapsed.worker_id),
                    epoch = NULL, worker_id = NULL, leased_at = NULL, leased_until = NULL
             FROM lapsed WHERE jobs.job_id = lapsed.job_id
             RETURNING jobs.job_id, sweep_id, lapsed.epoch AS "epoch!", lapsed.worker_id AS "worker_id!",
                       state = 'failed' AS "has_failed!""#,
            max_attempts,
            look_back.map(|time| time.as_secs_f64())
        )
        .fetch_all(&self.hot)
        .await?;
        let expired = expired.into_iter().map(|row| ExpiredLease {
            lease: Lease { job_id: row.job_id, epoch: row.epoch },
            worker: WorkerId(row.worker_id),
            sweep_id: SweepId(row.sweep_id),
            has_failed: row.has_failed,
        });
        Ok(expired.collect())
    }

    /// Makes the failed jobs of a sweep ready again; returns how many.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn retry_failed_jobs(&self, sweep_id: SweepId) -> Result<u64, StoreError> {
        let mut transaction = self.pool.begin().await?;
        // First, so that who keeps the transitions of these parts at this moment waits and then sees their jobs.
        sqlx::query!(
            "UPDATE rapgrid.sweep_parts p SET is_analysed = false
             WHERE sweep_id = $1 AND EXISTS (SELECT FROM rapgrid.jobs j WHERE j.sweep_id = p.sweep_id AND j.part = p.part
                                             AND j.state = 'failed')",
            sweep_id.0
        )
        .execute(&mut *transaction)
        .await?;
        let retried = sqlx::query!(
            "UPDATE rapgrid.jobs SET state = 'ready', attempts = 0, ready_at = '-infinity', error = NULL
             WHERE sweep_id = $1 AND state = 'failed'",
            sweep_id.0
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(retried.rows_affected())
    }

    /// Whether any job of an active sweep is ready, leased or yet to be cut.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_work(&self, wanted: Wanted<'_>) -> Result<bool, StoreError> {
        let work = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM rapgrid.sweeps s WHERE s.state = 'active' AND s.numerics_revision = $1 AND ($2::text IS NULL OR s.name = $2) AND (
                       EXISTS (SELECT FROM rapgrid.sweep_parts p WHERE p.sweep_id = s.sweep_id AND NOT p.is_cut)
                       OR EXISTS (SELECT FROM rapgrid.jobs j WHERE j.sweep_id = s.sweep_id AND j.state IN ('ready', 'leased')))
               ) AS "work!""#,
            wanted.numerics_revision,
            wanted.sweep
        );
        Ok(work.fetch_one(&self.pool).await?)
    }
}

//! Jobs: cut, leased, extended, given back, expired.
//!
//! A job is a row of `jobs` from being cut to being finished. All times are the database's.

use crate::{Lease, Store, StoreError, SweepId, WorkerId};
use std::time::Duration;

/// A job in the hands of a worker.
#[derive(Debug, Clone)]
pub struct LeasedJob {
    /// The claim.
    pub lease: Lease,
    /// Its sweep.
    pub sweep_id: SweepId,
    /// Its part of the sweep.
    pub part: i32,
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
}

/// A lease that ran out.
#[derive(Debug, Clone, Copy)]
pub struct ExpiredLease {
    /// The claim that is none any more.
    pub lease: Lease,
    /// Who had it.
    pub worker: WorkerId,
    /// The job's sweep.
    pub sweep_id: SweepId,
    /// It was the job's last attempt: the job rests as failed.
    pub has_failed: bool,
}

/// A range of units to become a job.
#[derive(Debug, Clone, Copy)]
pub struct NewJob {
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
    /// What it will cost, in seconds of one core.
    pub estimated_seconds: f64,
}

/// A part of a sweep whose jobs are not all cut yet.
#[derive(Debug, Clone, Copy)]
pub struct UncutPart {
    /// The sweep.
    pub sweep_id: SweepId,
    /// The part.
    pub part: i32,
    /// The first unit without a job.
    pub next_unit: i64,
    /// Measured over estimated compute time of the sweep's latest jobs; 1 while unknown.
    pub slowness: f64,
}

/// Which sweeps' jobs a worker takes.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Of its kernels: a sweep never mixes two.
    pub numerics_revision: i32,
    /// The name of one sweep, or any.
    pub sweep: Option<&'a str>,
}

/// Why a job is given back.
#[derive(Debug, Clone, Copy)]
pub enum Release<'a> {
    /// Not finished: costs no attempt.
    Unfinished,
    /// The attempt failed.
    Failed {
        /// Why.
        error: &'a str,
        /// Attempts before the job rests as failed.
        max_attempts: i32,
    },
}

impl Store {
    /// Leases up to `limit` ready jobs of active sweeps, oldest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lease_next_jobs(
        &self,
        worker: WorkerId,
        wanted: Wanted<'_>,
        limit: i64,
        duration: Duration,
    ) -> Result<Vec<LeasedJob>, StoreError> {
        // The claim is a CTE: a subquery in FROM could be evaluated again and ignore its LIMIT.
        let rows = sqlx::query!(
            r#"WITH next AS MATERIALIZED (
                   SELECT j.job_id FROM jobs j JOIN sweeps s USING (sweep_id)
                   WHERE j.state = 'ready' AND j.ready_at <= now() AND s.state = 'active' AND s.numerics_revision = $2
                     AND ($5::text IS NULL OR s.name = $5)
                   ORDER BY j.job_id LIMIT $3 FOR UPDATE OF j SKIP LOCKED)
               UPDATE jobs SET state = 'leased', epoch = nextval('lease_epochs'), worker_id = $1,
                      attempts = attempts + 1, leased_at = now(), leased_until = now() + make_interval(secs => $4)
               FROM next WHERE jobs.job_id = next.job_id
               RETURNING jobs.job_id, epoch AS "epoch!", sweep_id, part, first_unit, end_unit"#,
            worker.0,
            wanted.numerics_revision,
            limit,
            duration.as_secs_f64(),
            wanted.sweep
        )
        .fetch_all(&self.pool)
        .await?;
        let leased = rows.into_iter().map(|row| LeasedJob {
            lease: Lease { job_id: row.job_id, epoch: row.epoch },
            sweep_id: SweepId(row.sweep_id),
            part: row.part,
            first_unit: row.first_unit,
            end_unit: row.end_unit,
        });
        Ok(leased.collect())
    }

    /// The job of a lease that is still open.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn leased_job(&self, lease: Lease) -> Result<Option<LeasedJob>, StoreError> {
        let row = sqlx::query!(
            "SELECT sweep_id, part, first_unit, end_unit FROM jobs WHERE job_id = $1 AND epoch = $2",
            lease.job_id,
            lease.epoch
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| LeasedJob {
            lease,
            sweep_id: SweepId(row.sweep_id),
            part: row.part,
            first_unit: row.first_unit,
            end_unit: row.end_unit,
        }))
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
                   SELECT j.job_id FROM jobs j JOIN held USING (job_id, epoch) WHERE j.worker_id = $1
                   ORDER BY j.job_id FOR UPDATE OF j SKIP LOCKED),
               extended AS (
                   UPDATE jobs SET leased_until = now() + make_interval(secs => $4)
                   FROM free WHERE jobs.job_id = free.job_id)
               SELECT held.job_id AS "job_id!", held.epoch AS "epoch!" FROM held
               WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.job_id = held.job_id AND j.epoch = held.epoch
                                                      AND j.worker_id = $1)"#,
            worker.0,
            &jobs,
            &epochs,
            duration.as_secs_f64()
        )
        .fetch_all(&self.pool)
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
        sqlx::query!(
            "UPDATE jobs SET state = CASE WHEN $4::text IS NOT NULL AND attempts >= $5 THEN 'failed' ELSE 'ready' END,
                    attempts = attempts - CASE WHEN $4::text IS NULL THEN 1 ELSE 0 END,
                    ready_at = now() + CASE WHEN $4::text IS NULL THEN interval '0' ELSE backoff(attempts) * (0.5 + random()) END,
                    error = coalesce($4, error), epoch = NULL, worker_id = NULL, leased_at = NULL, leased_until = NULL
             FROM unnest($2::bigint[], $3::bigint[]) AS held (job_id, epoch)
             WHERE jobs.job_id = held.job_id AND jobs.epoch = held.epoch AND jobs.worker_id = $1",
            worker.0,
            &jobs,
            &epochs,
            error,
            max_attempts
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes back the jobs whose lease has run out; returns the leases that were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expire_leases(&self, max_attempts: i32) -> Result<Vec<ExpiredLease>, StoreError> {
        let expired = sqlx::query!(
            r#"WITH lapsed AS MATERIALIZED (
                 SELECT job_id, epoch, worker_id FROM jobs WHERE state = 'leased' AND leased_until < now()
                 ORDER BY job_id FOR UPDATE SKIP LOCKED)
             UPDATE jobs SET state = CASE WHEN attempts >= $1 THEN 'failed' ELSE 'ready' END,
                    ready_at = now() + CASE WHEN attempts <= 1 THEN interval '0' ELSE backoff(attempts) * (0.5 + random()) END,
                    error = format('the lease of worker %s ran out: it stopped or lost its connection', lapsed.worker_id),
                    epoch = NULL, worker_id = NULL, leased_at = NULL, leased_until = NULL
             FROM lapsed WHERE jobs.job_id = lapsed.job_id
             RETURNING jobs.job_id, sweep_id, lapsed.epoch AS "epoch!", lapsed.worker_id AS "worker_id!",
                       state = 'failed' AS "has_failed!""#,
            max_attempts
        )
        .fetch_all(&self.pool)
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
        let retried = sqlx::query!(
            "UPDATE jobs SET state = 'ready', attempts = 0, ready_at = now(), error = NULL
             WHERE sweep_id = $1 AND state = 'failed'",
            sweep_id.0
        )
        .execute(&self.pool)
        .await?;
        Ok(retried.rows_affected())
    }

    /// Cuts jobs from the oldest part of an active sweep that has uncut units. `cut` turns the part's
    /// uncut tail into jobs that follow one another from `next_unit`. Returns whether there was a part to cut.
    ///
    /// The part's row stays locked meanwhile, so no two coordinators cut the same units; a second one takes another part.
    ///
    /// # Errors
    /// If the database fails, or `cut` does.
    pub async fn cut_jobs<E: From<StoreError>>(
        &self,
        wanted: Wanted<'_>,
        cut: impl AsyncFnOnce(UncutPart) -> Result<Vec<NewJob>, E>,
    ) -> Result<bool, E> {
        let database = |error: sqlx::Error| E::from(StoreError::from(error));
        let mut transaction = self.pool.begin().await.map_err(database)?;
        let part = sqlx::query!(
            r#"SELECT p.sweep_id, p.part, p.next_unit, coalesce(
                   (SELECT sum(cpu_seconds) / nullif(sum(estimated_seconds), 0)
                    FROM (SELECT cpu_seconds, estimated_seconds FROM finished_jobs f WHERE f.sweep_id = p.sweep_id
                          ORDER BY finished_at DESC LIMIT 50) AS latest), 1) AS "slowness!"
               FROM sweep_parts p JOIN sweeps s USING (sweep_id)
               WHERE p.next_unit < p.units AND s.state = 'active' AND s.numerics_revision = $1
                 AND ($2::text IS NULL OR s.name = $2)
               ORDER BY p.submitted_at, p.sweep_id, p.part LIMIT 1 FOR UPDATE OF p SKIP LOCKED"#,
            wanted.numerics_revision,
            wanted.sweep
        )
        .fetch_optional(&mut *transaction)
        .await
        .map_err(database)?;
        let Some(part) = part else { return Ok(false) };
        let uncut = UncutPart {
            sweep_id: SweepId(part.sweep_id),
            part: part.part,
            next_unit: part.next_unit,
            slowness: part.slowness,
        };
        let jobs = cut(uncut).await?;
        insert_jobs(&mut transaction, uncut, &jobs).await.map_err(database)?;
        transaction.commit().await.map_err(database)?;
        Ok(true)
    }

    /// Whether any job of an active sweep is ready, leased or yet to be cut.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_work(&self, wanted: Wanted<'_>) -> Result<bool, StoreError> {
        let work = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM sweeps s WHERE s.state = 'active' AND s.numerics_revision = $1 AND ($2::text IS NULL OR s.name = $2) AND (
                       EXISTS (SELECT FROM jobs j WHERE j.sweep_id = s.sweep_id AND j.state IN ('ready', 'leased'))
                       OR EXISTS (SELECT FROM sweep_parts p WHERE p.sweep_id = s.sweep_id AND p.next_unit < p.units))
               ) AS "work!""#,
            wanted.numerics_revision,
            wanted.sweep
        );
        Ok(work.fetch_one(&self.pool).await?)
    }
}

async fn insert_jobs(
    connection: &mut sqlx::PgConnection,
    part: UncutPart,
    jobs: &[NewJob],
) -> Result<(), sqlx::Error> {
    debug_assert!(jobs.windows(2).all(|pair| pair[0].end_unit == pair[1].first_unit));
    let Some(last) = jobs.last() else { return Ok(()) };
    let first_units: Vec<i64> = jobs.iter().map(|job| job.first_unit).collect();
    let end_units: Vec<i64> = jobs.iter().map(|job| job.end_unit).collect();
    let seconds: Vec<f64> = jobs.iter().map(|job| job.estimated_seconds).collect();
    sqlx::query!(
        "INSERT INTO jobs (sweep_id, part, first_unit, end_unit, estimated_seconds)
         SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[], $5::double precision[])",
        part.sweep_id.0,
        part.part,
        &first_units,
        &end_units,
        &seconds
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE sweep_parts SET next_unit = $3 WHERE sweep_id = $1 AND part = $2",
        part.sweep_id.0,
        part.part,
        last.end_unit
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn columns(leases: &[Lease]) -> (Vec<i64>, Vec<i64>) {
    leases.iter().map(|lease| (lease.job_id, lease.epoch)).unzip()
}

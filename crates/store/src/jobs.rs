//! Jobs: cut into leases, extended, given back, expired.
//!
//! A job is a row of `jobs` from being cut to being finished. All times are the database's.

use crate::{Lease, Store, StoreError, SweepId, WorkerId};
use std::collections::HashMap;
use std::time::Duration;

/// A job in the hands of a worker.
#[derive(Debug, Clone)]
pub struct LeasedJob {
    /// The claim.
    pub lease: Lease,
    /// Who has it.
    pub worker: WorkerId,
    /// Its sweep.
    pub sweep_id: SweepId,
    /// Its part of the sweep.
    pub part: i32,
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
    /// What it was estimated to cost, in seconds of one core of the machine of reference.
    pub estimated_seconds: f64,
}

/// A leased job as the database has it.
struct LeasedRow {
    job_id: i64,
    epoch: i64,
    worker_id: i64,
    sweep_id: i64,
    part: i32,
    first_unit: i64,
    end_unit: i64,
    estimated_seconds: f64,
}

impl From<LeasedRow> for LeasedJob {
    fn from(row: LeasedRow) -> Self {
        Self {
            lease: Lease { job_id: row.job_id, epoch: row.epoch },
            worker: WorkerId(row.worker_id),
            sweep_id: SweepId(row.sweep_id),
            part: row.part,
            first_unit: row.first_unit,
            end_unit: row.end_unit,
            estimated_seconds: row.estimated_seconds,
        }
    }
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
    /// Who will have it.
    pub worker: WorkerId,
    /// Units [first_unit, end_unit) of the part.
    pub first_unit: i64,
    /// See `first_unit`.
    pub end_unit: i64,
    /// What it will cost, in seconds of one core of the machine of reference.
    pub estimated_seconds: f64,
}

impl NewJob {
    fn leased(&self, of: &UncutPart, lease: Lease) -> LeasedJob {
        LeasedJob {
            lease,
            worker: self.worker,
            sweep_id: of.sweep_id,
            part: of.part,
            first_unit: self.first_unit,
            end_unit: self.end_unit,
            estimated_seconds: self.estimated_seconds,
        }
    }
}

/// A part of an active sweep that has units without a job, the first one of its sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncutPart {
    /// The sweep.
    pub sweep_id: SweepId,
    /// The part.
    pub part: i32,
    /// The sweep's name.
    pub sweep: String,
    /// Of the sweep: larger first.
    pub priority: i32,
    /// Of the kernels that compute it.
    pub numerics_revision: i32,
}

/// What there is to lease.
#[derive(Debug, Default)]
pub struct Available {
    /// The least that a job which came back is estimated to cost, in seconds; none if there is no such job.
    pub shortest_returned: Option<f64>,
    /// The parts that jobs can be cut from, those of the largest priority first.
    pub parts: Vec<UncutPart>,
    /// The numerics revisions of those who ask, as they registered; those that never did are left out.
    pub revisions: HashMap<WorkerId, i32>,
}

/// What became of an attempt to cut jobs.
#[derive(Debug)]
pub enum Cut {
    /// The jobs are there, and leased.
    Leased(Vec<LeasedJob>),
    /// There are none: the part's uncut units begin elsewhere.
    BeginsAt(i64),
    /// Another coordinator is cutting this part now, or nothing is left of it.
    Busy,
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
    /// Leases jobs of active sweeps that came back and are ready again, at most one for each entry of `workers`, to
    /// that worker. Jobs whose estimate is above `longest_seconds` are passed over. A rest that ends further ahead than
    /// any rest is long is over: the clock was set back.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lease_returned_jobs(
        &self,
        wanted: Wanted<'_>,
        workers: &[WorkerId],
        longest_seconds: f64,
        duration: Duration,
    ) -> Result<Vec<LeasedJob>, StoreError> {
        let workers: Vec<i64> = workers.iter().map(|worker| worker.0).collect();
        // The claim is a CTE: a subquery in FROM could be evaluated again and ignore its LIMIT. And the sum keeps the
        // planner from going sweep by sweep through `jobs_units`, where it would pass over every job since the oldest
        // snapshot: `jobs_ready` has those alone that came back.
        let rows = sqlx::query_as!(
            LeasedRow,
            r#"WITH next AS MATERIALIZED (
                   SELECT j.job_id FROM jobs j JOIN sweeps s ON s.sweep_id = j.sweep_id + 0
                   WHERE j.state = 'ready' AND (j.ready_at <= now() OR j.ready_at > now() + backoff(1000) * 1.5)
                     AND s.state = 'active' AND s.numerics_revision = $2
                     AND ($3::text IS NULL OR s.name = $3) AND j.estimated_seconds <= $4
                   ORDER BY s.priority DESC, j.job_id LIMIT cardinality($1::bigint[]) FOR UPDATE OF j SKIP LOCKED),
               placed AS (SELECT job_id, row_number() OVER (ORDER BY job_id) AS place FROM next)
               UPDATE jobs SET state = 'leased', epoch = nextval('lease_epochs'), worker_id = ($1::bigint[])[place],
                      attempts = attempts + 1, leased_at = now(), leased_until = now() + make_interval(secs => $5)
               FROM placed WHERE jobs.job_id = placed.job_id
               RETURNING jobs.job_id, epoch AS "epoch!", worker_id AS "worker_id!", sweep_id, part, first_unit, end_unit,
                         estimated_seconds"#,
            &workers,
            wanted.numerics_revision,
            wanted.sweep,
            longest_seconds,
            duration.as_secs_f64()
        )
        .fetch_all(&self.hot)
        .await?;
        Ok(rows.into_iter().map(LeasedJob::from).collect())
    }

    /// What there is to lease, of all active sweeps, and who these workers are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn available(&self, workers: &[WorkerId]) -> Result<Available, StoreError> {
        let workers: Vec<i64> = workers.iter().map(|worker| worker.0).collect();
        let rows = sqlx::query!(
            r#"SELECT known.workers, known.revisions, returned.shortest, p.sweep_id AS "sweep_id?", p.part AS "part?", p.name AS "name?",
                      p.priority AS "priority?", p.numerics_revision AS "numerics_revision?"
               FROM (SELECT min(j.estimated_seconds) AS shortest FROM jobs j JOIN sweeps s ON s.sweep_id = j.sweep_id + 0
                     WHERE j.state = 'ready' AND (j.ready_at <= now() OR j.ready_at > now() + backoff(1000) * 1.5)
                       AND s.state = 'active') AS returned
               CROSS JOIN (SELECT array_agg(worker_id ORDER BY worker_id) AS workers,
                                  array_agg(numerics_revision ORDER BY worker_id) AS revisions
                           FROM workers WHERE worker_id = ANY($1)) AS known
               LEFT JOIN (SELECT DISTINCT ON (s.priority, s.sweep_id) s.sweep_id, p.part, s.name, s.priority,
                                 s.numerics_revision
                          FROM sweep_parts p JOIN sweeps s USING (sweep_id)
                          WHERE NOT p.is_cut AND s.state = 'active'
                          ORDER BY s.priority DESC, s.sweep_id, p.part) AS p ON true
               ORDER BY p.priority DESC, p.sweep_id"#,
            &workers
        )
        .fetch_all(&self.hot)
        .await?;
        let first = rows.first();
        let shortest_returned = first.and_then(|row| row.shortest);
        let known = first.and_then(|row| Some((row.workers.clone()?, row.revisions.clone()?)));
        let (workers, revisions) = known.unwrap_or_default();
        let revisions = workers.into_iter().map(WorkerId).zip(revisions).collect();
        // Without any part there is one row, of nothing but what came back.
        let parts = rows.into_iter().filter_map(|row| {
            Some(UncutPart {
                sweep_id: SweepId(row.sweep_id?),
                part: row.part?,
                sweep: row.name?,
                priority: row.priority?,
                numerics_revision: row.numerics_revision?,
            })
        });
        Ok(Available { shortest_returned, parts: parts.collect(), revisions })
    }

    /// Takes numbers for so many leases of new jobs. Nobody else ever gets them, whatever crashes: they are taken by a
    /// commit that waits for the disk. Only a database that was set back by hand gives them again: they are to be
    /// forgotten when [`Self::reconnections`] has changed. They are smaller than every number that a job gets when it
    /// is leased again.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reserve_leases(&self, count: usize) -> Result<Vec<Lease>, StoreError> {
        Ok(sqlx::query_as!(
            Lease,
            r#"SELECT nextval(pg_get_serial_sequence('jobs', 'job_id')) AS "job_id!", nextval('lease_epochs') AS "epoch!"
               FROM generate_series(1, $1)"#,
            count as i64
        )
        .fetch_all(&self.hot)
        .await?)
    }

    /// Cuts jobs from a part and leases them, if its uncut units begin at `from`. The jobs follow one another from
    /// there, and each takes one of the reserved `leases`. A crash of the database may undo it: see
    /// `migrations/0009_cutting.sql`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cut_jobs(
        &self,
        of: &UncutPart,
        from: i64,
        jobs: &[NewJob],
        leases: &[Lease],
        duration: Duration,
    ) -> Result<Cut, StoreError> {
        debug_assert!(jobs.windows(2).all(|pair| pair[0].end_unit == pair[1].first_unit));
        debug_assert_eq!(jobs.len(), leases.len());
        let (job_ids, epochs) = columns(leases);
        let begins_at = sqlx::query_scalar!(
            "SELECT cut_jobs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            of.sweep_id.0,
            of.part,
            from,
            duration.as_secs_f64(),
            &job_ids,
            &epochs,
            &jobs.iter().map(|job| job.worker.0).collect::<Vec<_>>(),
            &jobs.iter().map(|job| job.first_unit).collect::<Vec<_>>(),
            &jobs.iter().map(|job| job.end_unit).collect::<Vec<_>>(),
            &jobs.iter().map(|job| job.estimated_seconds).collect::<Vec<_>>()
        )
        .fetch_one(&self.hot)
        .await?;
        Ok(match begins_at {
            None => Cut::Busy,
            Some(at) if at != from => Cut::BeginsAt(at),
            Some(_) => {
                Cut::Leased(jobs.iter().zip(leases).map(|(job, lease)| job.leased(of, *lease)).collect())
            }
        })
    }

    /// Measured over estimated compute time of a sweep's latest jobs; 1 while unknown.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn slowness(&self, sweep_id: SweepId) -> Result<f64, StoreError> {
        let slowness = sqlx::query_scalar!(r#"SELECT slowness($1) AS "slowness!""#, sweep_id.0);
        Ok(slowness.fetch_one(&self.hot).await?)
    }

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
               FROM unnest($1::bigint[], $2::bigint[]) AS held (job_id, epoch) JOIN jobs USING (job_id, epoch)"#,
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
                   SELECT j.job_id FROM jobs j JOIN held USING (job_id, epoch) WHERE j.worker_id = $1
                   ORDER BY j.job_id FOR UPDATE OF j SKIP LOCKED),
               extended AS (
                   UPDATE jobs SET leased_until = now() + make_interval(secs => $4), leased_at = least(leased_at, now())
                   FROM free WHERE jobs.job_id = free.job_id)
               SELECT held.job_id AS "job_id!", held.epoch AS "epoch!" FROM held
               WHERE NOT EXISTS (SELECT FROM jobs j WHERE j.job_id = held.job_id AND j.epoch = held.epoch
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
                 SELECT j.job_id FROM unnest($2::bigint[], $3::bigint[]) AS held (job_id, epoch) JOIN jobs j USING (job_id, epoch)
                 WHERE j.worker_id = $1 ORDER BY j.job_id FOR UPDATE OF j)
             UPDATE jobs SET state = CASE WHEN $4::text IS NOT NULL AND attempts >= $5 THEN 'failed' ELSE 'ready' END,
                    attempts = attempts - CASE WHEN $4::text IS NULL THEN 1 ELSE 0 END,
                    ready_at = CASE WHEN $4::text IS NULL THEN '-infinity' ELSE now() + backoff(attempts) * (0.5 + random()) END,
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
                 SELECT job_id, epoch, worker_id FROM jobs
                 WHERE state = 'leased'
                   AND (leased_until < now() AND leased_until >= coalesce(now() - make_interval(secs => $2), '-infinity')
                        OR $2 IS NULL AND leased_at > now() + interval '1 second')
                 ORDER BY job_id FOR UPDATE SKIP LOCKED)
             UPDATE jobs SET state = CASE WHEN attempts >= $1 THEN 'failed' ELSE 'ready' END,
                    ready_at = CASE WHEN attempts <= 1 THEN '-infinity' ELSE now() + backoff(attempts) * (0.5 + random()) END,
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
        let retried = sqlx::query!(
            "UPDATE jobs SET state = 'ready', attempts = 0, ready_at = '-infinity', error = NULL
             WHERE sweep_id = $1 AND state = 'failed'",
            sweep_id.0
        )
        .execute(&self.pool)
        .await?;
        Ok(retried.rows_affected())
    }

    /// Whether any job of an active sweep is ready, leased or yet to be cut.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_work(&self, wanted: Wanted<'_>) -> Result<bool, StoreError> {
        let work = sqlx::query_scalar!(
            r#"SELECT EXISTS (
                   SELECT FROM sweeps s WHERE s.state = 'active' AND s.numerics_revision = $1 AND ($2::text IS NULL OR s.name = $2) AND (
                       EXISTS (SELECT FROM sweep_parts p WHERE p.sweep_id = s.sweep_id AND NOT p.is_cut)
                       OR EXISTS (SELECT FROM jobs j WHERE j.sweep_id = s.sweep_id AND j.state IN ('ready', 'leased')))
               ) AS "work!""#,
            wanted.numerics_revision,
            wanted.sweep
        );
        Ok(work.fetch_one(&self.pool).await?)
    }
}

fn columns(leases: &[Lease]) -> (Vec<i64>, Vec<i64>) {
    leases.iter().map(|lease| (lease.job_id, lease.epoch)).unzip()
}

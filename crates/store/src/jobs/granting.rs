//! Leasing jobs: those that came back, and new ones as they are cut.

use super::{Available, Cut, LeasedJob, LeasedRow, NewJob, UncutPart, Wanted, columns};
use crate::{Lease, Store, StoreError, SweepId, WorkerId};
use std::time::Duration;

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
                   SELECT j.job_id FROM rapgrid.jobs j JOIN rapgrid.sweeps s ON s.sweep_id = j.sweep_id + 0
                   WHERE j.state = 'ready' AND (j.ready_at <= now() OR j.ready_at > now() + rapgrid.backoff(1000) * 1.5)
                     AND s.state = 'active' AND s.numerics_revision = $2
                     AND ($3::text IS NULL OR s.name = $3) AND j.estimated_seconds <= $4
                   ORDER BY s.priority DESC, j.job_id LIMIT cardinality($1::bigint[]) FOR UPDATE OF j SKIP LOCKED),
               placed AS (SELECT job_id, row_number() OVER (ORDER BY job_id) AS place FROM next)
               UPDATE rapgrid.jobs SET state = 'leased', epoch = nextval('rapgrid.lease_epochs'), worker_id = ($1::bigint[])[place],
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
               FROM (SELECT min(j.estimated_seconds) AS shortest FROM rapgrid.jobs j JOIN rapgrid.sweeps s ON s.sweep_id = j.sweep_id + 0
                     WHERE j.state = 'ready' AND (j.ready_at <= now() OR j.ready_at > now() + rapgrid.backoff(1000) * 1.5)
                       AND s.state = 'active') AS returned
               CROSS JOIN (SELECT array_agg(worker_id ORDER BY worker_id) AS workers,
                                  array_agg(numerics_revision ORDER BY worker_id) AS revisions
                           FROM rapgrid.workers WHERE worker_id = ANY($1)) AS known
               LEFT JOIN (SELECT DISTINCT ON (s.priority, s.sweep_id) s.sweep_id, p.part, s.name, s.priority,
                                 s.numerics_revision
                          FROM rapgrid.sweep_parts p JOIN rapgrid.sweeps s USING (sweep_id)
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
            r#"SELECT nextval(pg_get_serial_sequence('rapgrid.jobs', 'job_id')) AS "job_id!", nextval('rapgrid.lease_epochs') AS "epoch!"
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
            "SELECT rapgrid.cut_jobs($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
        let slowness = sqlx::query_scalar!(r#"SELECT rapgrid.slowness($1) AS "slowness!""#, sweep_id.0);
        Ok(slowness.fetch_one(&self.hot).await?)
    }
}

//! Sweeps and their parts.

use crate::sums;
use crate::{Store, StoreError, SweepId};
use sweep::{InstanceFile, SpecSource};

/// A sweep of so many rows or more gets a partition of `measurements` of its own, so that deleting it drops a table;
/// below, deleting its rows from the shared partition takes seconds at most.
pub(crate) const ROWS_OF_OWN_PARTITION: i64 = 1_000_000;

/// A minute in all.
const DELETE_ATTEMPTS: u32 = 30;
const DELETE_REST: std::time::Duration = std::time::Duration::from_secs(1);

/// What to store of a submitted spec, checked by the caller.
#[derive(Debug)]
pub struct NewPart<'a> {
    /// The sweep's name.
    pub name: &'a str,
    /// The sweep's seed.
    pub seed: i64,
    /// The revision of the kernels that will compute it.
    pub numerics_revision: i32,
    /// The spec and its instance files.
    pub source: &'a SpecSource,
    /// The digest of the spec's content.
    pub digest: &'a str,
    /// Units of this part.
    pub units: i64,
    /// Rows that this part adds.
    pub rows: i64,
    /// Compute time of this part by the cost model, in seconds of one core.
    pub estimated_seconds: f64,
    /// (name, kind, settings) of every method of the spec.
    pub methods: &'a [(String, String, String)],
}

/// A stored sweep.
#[derive(Debug, Clone)]
pub struct StoredSweep {
    /// Its number.
    pub sweep_id: SweepId,
    /// Its name.
    pub name: String,
    /// `active`, `paused` or `cancelled`.
    pub state: String,
    /// The revision of the kernels that compute its rows.
    pub numerics_revision: i32,
    /// Its parts, in order.
    pub parts: Vec<StoredPart>,
}

/// One spec of a sweep.
#[derive(Debug, Clone)]
pub struct StoredPart {
    /// The spec and its instance files.
    pub source: SpecSource,
    /// The digest of the spec's content.
    pub digest: String,
}

/// What people tell a sweep to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepState {
    /// Hand out jobs.
    Active,
    /// Hand out no more.
    Paused,
    /// Hand out no more, and refuse the results of those under way.
    Cancelled,
}

impl SweepState {
    fn name(self) -> &'static str {
        match self {
            SweepState::Active => "active",
            SweepState::Paused => "paused",
            SweepState::Cancelled => "cancelled",
        }
    }
}

impl Store {
    /// The sweep of that name, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn find_sweep(&self, name: &str) -> Result<Option<StoredSweep>, StoreError> {
        let id = sqlx::query_scalar!("SELECT sweep_id FROM rapgrid.sweeps WHERE name = $1", name)
            .fetch_optional(&self.pool)
            .await?;
        match id {
            Some(id) => self.load_sweep(SweepId(id)).await,
            None => Ok(None),
        }
    }

    /// The sweep of that number, if it is still there.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn load_sweep(&self, sweep_id: SweepId) -> Result<Option<StoredSweep>, StoreError> {
        let Some(sweep) = sqlx::query!(
            "SELECT name, state, numerics_revision FROM rapgrid.sweeps WHERE sweep_id = $1",
            sweep_id.0
        )
        .fetch_optional(&self.pool)
        .await?
        else {
            return Ok(None);
        };
        let rows = sqlx::query!(
            r#"SELECT p.spec, p.digest,
                      array_remove(array_agg(f.name ORDER BY f.name), NULL) AS "names!: Vec<String>",
                      array_remove(array_agg(f.content ORDER BY f.name), NULL) AS "contents!: Vec<String>"
               FROM rapgrid.sweep_parts p LEFT JOIN rapgrid.instance_files f USING (sweep_id, part)
               WHERE sweep_id = $1 GROUP BY part, spec, digest ORDER BY part"#,
            sweep_id.0
        )
        .fetch_all(&self.pool)
        .await?;
        let file = |(name, text)| InstanceFile { name, text };
        let parts = rows.into_iter().map(|row| StoredPart {
            source: SpecSource {
                text: row.spec,
                files: row.names.into_iter().zip(row.contents).map(file).collect(),
            },
            digest: row.digest,
        });
        Ok(Some(StoredSweep {
            sweep_id,
            name: sweep.name,
            state: sweep.state,
            numerics_revision: sweep.numerics_revision,
            parts: parts.collect(),
        }))
    }

    /// Stores a new sweep with its first part.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the name was taken meanwhile; else if the database fails.
    pub async fn create_sweep(&self, new: &NewPart<'_>) -> Result<SweepId, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO rapgrid.sweeps (name, seed, numerics_revision) VALUES ($1, $2, $3) RETURNING sweep_id",
            new.name,
            new.seed,
            new.numerics_revision
        )
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| match StoreError::violates(&error, "sweeps_name_key") {
            true => StoreError::Conflict,
            false => error.into(),
        })?;
        if new.rows >= ROWS_OF_OWN_PARTITION {
            create_partition(&mut transaction, id).await?;
        }
        add_part(&mut transaction, id, 0, new).await?;
        transaction.commit().await?;
        Ok(SweepId(id))
    }

    /// Adds part number `part`, which must be the next, to a sweep.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the sweep was extended or deleted meanwhile; else if the database fails.
    pub async fn extend_sweep(
        &self,
        sweep_id: SweepId,
        part: usize,
        new: &NewPart<'_>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let found = sqlx::query_scalar!(
            "SELECT sweep_id FROM rapgrid.sweeps WHERE sweep_id = $1 AND numerics_revision = $2 FOR UPDATE",
            sweep_id.0,
            new.numerics_revision
        )
        .fetch_optional(&mut *transaction)
        .await?;
        if found.is_none() {
            return Err(StoreError::Conflict);
        }
        add_part(&mut transaction, sweep_id.0, part as i32, new).await?;
        Ok(transaction.commit().await?)
    }

    /// Tells a sweep to run, pause or stop. Cancelling closes the leases of its jobs, so that late results are fenced.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSweep`]; else if the database fails.
    pub async fn set_state(&self, name: &str, state: SweepState) -> Result<SweepId, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let id = sqlx::query_scalar!(
            "UPDATE rapgrid.sweeps SET state = $2 WHERE name = $1 RETURNING sweep_id",
            name,
            state.name()
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(|| StoreError::NoSuchSweep(name.to_owned()))?;
        if state == SweepState::Cancelled {
            sqlx::query!(
                "UPDATE rapgrid.jobs SET state = 'ready', epoch = NULL, worker_id = NULL, leased_at = NULL, leased_until = NULL,
                        ready_at = '-infinity', attempts = attempts - 1
                 WHERE sweep_id = $1 AND state = 'leased'",
                id
            )
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(SweepId(id))
    }

    /// Says how urgent a sweep is: jobs of larger priority are handed out first.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSweep`]; else if the database fails.
    pub async fn set_priority(&self, name: &str, priority: i32) -> Result<(), StoreError> {
        let changed = sqlx::query!("UPDATE rapgrid.sweeps SET priority = $2 WHERE name = $1", name, priority);
        match changed.execute(&self.pool).await?.rows_affected() {
            0 => Err(StoreError::NoSuchSweep(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// Hands out no more jobs of a sweep, whoever told it to run.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn pause_sweep(&self, sweep_id: SweepId) -> Result<(), StoreError> {
        sqlx::query!("UPDATE rapgrid.sweeps SET state = 'paused' WHERE sweep_id = $1", sweep_id.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes a sweep and everything that belongs to it; returns how many measurements and rows of trainings went.
    ///
    /// The order fences writers out: a part's row is locked by who cuts jobs, and a job's row by who records results,
    /// so after they are gone nothing of this sweep can be written any more.
    ///
    /// Dropping a partition needs a moment without any reader of `measurements`, and while it waits everybody else
    /// waits behind it. So it waits a second at a time.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSweep`]; [`StoreError::Busy`] if readers left no gap for a minute; else if the database
    /// fails.
    pub async fn delete_sweep(&self, name: &str) -> Result<u64, StoreError> {
        for _ in 0..DELETE_ATTEMPTS {
            match self.try_delete_sweep(name).await {
                Err(error) if error.is_lock_timeout() => tokio::time::sleep(DELETE_REST).await,
                result => return result,
            }
        }
        Err(StoreError::Busy(name.to_owned()))
    }

    async fn try_delete_sweep(&self, name: &str) -> Result<u64, StoreError> {
        let mut transaction = self.pool.begin().await?;
        let sweep =
            sqlx::query!("SELECT sweep_id, bucket FROM rapgrid.sweeps WHERE name = $1 FOR UPDATE", name)
                .fetch_optional(&mut *transaction)
                .await?
                .ok_or_else(|| StoreError::NoSuchSweep(name.to_owned()))?;
        let id = sweep.sweep_id;
        sqlx::query!("DELETE FROM rapgrid.sweep_parts WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM rapgrid.jobs WHERE sweep_id = $1", id).execute(&mut *transaction).await?;
        let rows = if sweep.bucket == 0 {
            let deleted =
                sqlx::query!("DELETE FROM rapgrid.measurements WHERE bucket = 0 AND sweep_id = $1", id);
            deleted.execute(&mut *transaction).await?.rows_affected()
        } else {
            drop_partition(&mut transaction, id).await?
        };
        sqlx::query!("DELETE FROM rapgrid.degree_counts WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM rapgrid.level_pairs WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        let trained = sqlx::query!("DELETE FROM rapgrid.training_rows WHERE sweep_id = $1", id);
        let rows = rows + trained.execute(&mut *transaction).await?.rows_affected();
        sums::delete(&mut transaction, id).await?;
        sqlx::query!("DELETE FROM rapgrid.counted_jobs WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM rapgrid.finished_jobs WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM rapgrid.found_transitions WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM rapgrid.cells WHERE sweep_id = $1", id).execute(&mut *transaction).await?;
        sqlx::query!("DELETE FROM rapgrid.methods WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM rapgrid.instance_files WHERE sweep_id = $1", id)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM rapgrid.sweeps WHERE sweep_id = $1", id).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

async fn add_part(
    connection: &mut sqlx::PgConnection,
    sweep_id: i64,
    part: i32,
    new: &NewPart<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO rapgrid.sweep_parts (sweep_id, part, spec, digest, units, rows, estimated_seconds)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        sweep_id,
        part,
        new.source.text,
        new.digest,
        new.units,
        new.rows,
        new.estimated_seconds
    )
    .execute(&mut *connection)
    .await
    .map_err(|error| match StoreError::violates(&error, "sweep_parts_pkey") {
        true => StoreError::Conflict,
        false => error.into(),
    })?;
    for (method, kind, settings) in new.methods {
        sqlx::query!(
            "INSERT INTO rapgrid.methods (sweep_id, method, kind, settings) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            sweep_id,
            method,
            kind,
            settings
        )
        .execute(&mut *connection)
        .await?;
    }
    for InstanceFile { name, text } in &new.source.files {
        sqlx::query!(
            "INSERT INTO rapgrid.instance_files (sweep_id, part, name, content) VALUES ($1, $2, $3, $4)",
            sweep_id,
            part,
            name,
            text
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Gives a sweep a partition of its own. CREATE and then ATTACH: `CREATE TABLE … PARTITION OF` would wait behind every
/// open reader of `measurements`.
pub(crate) async fn create_partition(
    connection: &mut sqlx::PgConnection,
    sweep_id: i64,
) -> Result<(), StoreError> {
    for statement in [
        format!("CREATE TABLE rapgrid.measurements_{sweep_id} (LIKE rapgrid.measurements INCLUDING ALL)"),
        format!(
            "ALTER TABLE rapgrid.measurements ATTACH PARTITION rapgrid.measurements_{sweep_id} FOR VALUES IN ({sweep_id})"
        ),
    ] {
        // The only thing put into the text is a number.
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    sqlx::query!("UPDATE rapgrid.sweeps SET bucket = sweep_id WHERE sweep_id = $1", sweep_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Drops a sweep's own partition, and says about how many rows it held.
async fn drop_partition(connection: &mut sqlx::PgConnection, sweep_id: i64) -> Result<u64, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(rows), 0)::bigint AS "rows!" FROM rapgrid.finished_jobs WHERE sweep_id = $1"#,
        sweep_id
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!("SET LOCAL lock_timeout = '1s'").execute(&mut *connection).await?;
    let statement = format!("DROP TABLE rapgrid.measurements_{sweep_id}");
    // The only thing put into the text is a number.
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(connection).await?;
    Ok(rows as u64)
}

//! A sweep that leaves: read at one moment, whatever is recorded meanwhile.

use super::{Table, Travelling, TravellingInstance, TravellingPart};
use crate::{Store, StoreError};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Row};
use std::io;
use tokio_stream::StreamExt;

/// A sweep of a database, as it stands when this is made.
#[derive(Debug)]
pub struct Leaving {
    connection: PgConnection,
    sweep_id: i64,
    bucket: i64,
    sweep: Travelling,
}

/// One snapshot for all tables; and texts that every other server reads as the same values.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1;
    SET LOCAL idle_in_transaction_session_timeout = 0";

impl Store {
    /// Looks at a sweep that is to leave. Needs the right to read all tables.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSweep`]; else if the database fails.
    pub async fn leave(&self, name: &str) -> Result<Leaving, StoreError> {
        let mut connection = self.aside().await?.into_connection();
        sqlx::raw_sql(BEGIN).execute(&mut connection).await?;
        let sweep = sqlx::query!(
            r#"SELECT s.sweep_id, bucket, seed, numerics_revision, state, created_at::text AS "created_at!",
                      (SELECT count(*) FROM rapgrid.measurements m WHERE m.bucket = s.bucket AND m.sweep_id = s.sweep_id)
                      + (SELECT count(*) FROM rapgrid.training_rows t WHERE t.sweep_id = s.sweep_id) AS "rows!"
               FROM rapgrid.sweeps s WHERE name = $1"#,
            name
        )
        .fetch_optional(&mut connection)
        .await?
        .ok_or_else(|| StoreError::NoSuchSweep(name.to_owned()))?;
        let parts = parts(&mut connection, sweep.sweep_id).await?;
        Ok(Leaving {
            connection,
            sweep_id: sweep.sweep_id,
            bucket: sweep.bucket,
            sweep: Travelling {
                name: name.to_owned(),
                seed: sweep.seed,
                numerics_revision: sweep.numerics_revision,
                state: sweep.state,
                created_at: sweep.created_at,
                rows: sweep.rows,
                parts,
            },
        })
    }
}

async fn parts(connection: &mut PgConnection, sweep_id: i64) -> Result<Vec<TravellingPart>, StoreError> {
    let instances = sqlx::query!(
        "SELECT part, name, content FROM rapgrid.instance_files WHERE sweep_id = $1 ORDER BY part, name",
        sweep_id
    )
    .fetch_all(&mut *connection)
    .await?;
    let parts = sqlx::query!(
        r#"SELECT part, spec, digest, units, rows, estimated_seconds, submitted_at::text AS "submitted_at!", is_analysed
           FROM rapgrid.sweep_parts WHERE sweep_id = $1 ORDER BY part"#,
        sweep_id
    )
    .fetch_all(connection)
    .await?;
    let parts = parts.into_iter().map(|part| TravellingPart {
        spec: part.spec,
        instances: instances
            .iter()
            .filter(|file| file.part == part.part)
            .map(|file| TravellingInstance { name: file.name.clone(), text: file.content.clone() })
            .collect(),
        digest: part.digest,
        units: part.units,
        rows: part.rows,
        estimated_seconds: part.estimated_seconds,
        submitted_at: part.submitted_at,
        is_analysed: part.is_analysed,
    });
    Ok(parts.collect())
}

impl Leaving {
    /// The sweep.
    pub fn sweep(&self) -> &Travelling {
        &self.sweep
    }

    /// The last step that the schema has taken, and when all this is read.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn circumstances(&mut self) -> Result<(i64, String), StoreError> {
        let found = sqlx::query(
            "SELECT (SELECT max(version) FROM rapgrid._sqlx_migrations WHERE success), date_trunc('second', now())::text",
        );
        let found = found.fetch_one(&mut self.connection).await?;
        Ok((found.try_get(0)?, found.try_get(1)?))
    }

    /// The columns of a table that travel.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn columns(&mut self, table: &Table) -> Result<Vec<String>, StoreError> {
        let columns = sqlx::query_scalar(AssertSqlSafe(table.columns_query()));
        Ok(columns.fetch_all(&mut self.connection).await?)
    }

    /// Hands the rows of a table to `take` one by one: a line of CSV each, of these columns.
    ///
    /// # Errors
    /// If the database fails, or `take` does.
    pub async fn rows(
        &mut self,
        table: &Table,
        columns: &[String],
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let of_sweep = table
            .rows
            .replace("{sweep}", &self.sweep_id.to_string())
            .replace("{bucket}", &self.bucket.to_string());
        let statement = format!(
            "COPY (SELECT {} FROM rapgrid.{} WHERE {of_sweep}) TO STDOUT (FORMAT csv)",
            columns.join(", "),
            table.name
        );
        // The server sends one message for each row.
        let mut rows = self.connection.copy_out_raw(&statement).await?;
        while let Some(row) = rows.next().await {
            take(&row?).map_err(StoreError::Output)?;
        }
        Ok(())
    }
}

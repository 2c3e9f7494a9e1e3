//! What made the rows of a sweep.

use crate::{Store, StoreError};

/// A build of the program that computed rows of a sweep: a row of the view `sweep_programs`.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Its version.
    pub version: String,
    /// The revision of its source.
    pub git_revision: String,
    /// Hosts that it ran on.
    pub hosts: i64,
    /// Units that it computed.
    pub units: i64,
    /// Rows of them.
    pub rows: i64,
    /// Their processor time, in seconds of one core.
    pub cpu_seconds: f64,
    /// When its first and its last job were recorded, in UTC, such as `2026-11-28T06:19:16Z`.
    pub first_finished_at: String,
    /// See `first_finished_at`.
    pub last_finished_at: String,
}

impl Store {
    /// The builds of the program that computed a sweep, in the order in which they came.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn programs(&self, sweep: &str) -> Result<Vec<Program>, StoreError> {
        let programs = sqlx::query_as!(
            Program,
            r#"SELECT version AS "version!", git_revision AS "git_revision!", hosts AS "hosts!", units AS "units!", rows AS "rows!",
                      cpu_seconds AS "cpu_seconds!",
                      to_char(first_finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "first_finished_at!",
                      to_char(last_finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "last_finished_at!"
               FROM rapgrid.sweep_programs p WHERE sweep = $1 ORDER BY p.first_finished_at, version, git_revision"#,
            sweep
        );
        Ok(programs.fetch_all(&self.pool).await?)
    }
}

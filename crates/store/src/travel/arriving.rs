//! A sweep that arrives: its rows wait in temporary tables until all of them are there.

use super::Table;
use crate::{Store, StoreError};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use std::collections::HashMap;

/// The rows of a sweep that arrives. Nothing of it is stored before it is settled; dropped, it has never been.
#[derive(Debug)]
pub struct Arriving {
    pub(super) connection: PgConnection,
    /// The columns that the file has of a table.
    pub(super) columns: HashMap<&'static str, Vec<String>>,
}

/// Whoever reads the file may rest for longer than a moment.
const BEGIN: &str = "BEGIN; SET LOCAL datestyle = 'ISO'; SET LOCAL timezone = 'UTC';
    SET LOCAL idle_in_transaction_session_timeout = 0";

impl Store {
    /// Makes room for a sweep that arrives.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn arrive(&self) -> Result<Arriving, StoreError> {
        let mut connection = self.aside().await?.into_connection();
        sqlx::raw_sql(BEGIN).execute(&mut connection).await?;
        Ok(Arriving { connection, columns: HashMap::new() })
    }
}

impl Arriving {
    /// Makes room for the rows of a table, of these columns. Returns those that the table does not have; then there is
    /// none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn expect(
        &mut self,
        table: &'static Table,
        columns: Vec<String>,
    ) -> Result<Vec<String>, StoreError> {
        let known = sqlx::query_scalar(AssertSqlSafe(table.columns_query()));
        let known: Vec<String> = known.fetch_all(&mut self.connection).await?;
        // From here on they are names of columns, and may stand in a statement.
        let unknown: Vec<String> = columns.iter().filter(|name| !known.contains(name)).cloned().collect();
        let lacks_key = table.key.iter().find(|key| !columns.iter().any(|name| name == *key));
        if let Some(key) = lacks_key {
            return Err(StoreError::DoesNotFit(format!("its rows of {} have no {key}", table.name)));
        }
        if unknown.is_empty() {
            let statement = format!(
                "CREATE TEMPORARY TABLE arrived_{} ON COMMIT DROP AS SELECT {} FROM rapgrid.{} WITH NO DATA",
                table.name,
                columns.join(", "),
                table.name
            );
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await?;
            self.columns.insert(table.name, columns);
        }
        Ok(unknown)
    }

    /// Takes rows of a table that is expected: CSV under a line of names.
    ///
    /// # Errors
    /// If they cannot be read as rows of this table, or the database fails.
    pub async fn load(&mut self, table: &'static Table, csv: &[u8]) -> Result<u64, StoreError> {
        let Some(columns) = self.columns.get(table.name) else {
            return Err(StoreError::DoesNotFit(format!(
                "it does not say which columns of {} it has",
                table.name
            )));
        };
        let statement =
            format!("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER)", table.arrived(), columns.join(", "));
        let mut copy = self.connection.copy_in_raw(&statement).await?;
        copy.send(csv).await?;
        copy.finish().await.map_err(|error| odd(error, table.name))
    }

    /// Runs a statement, about a table, that is put together from names of tables and columns.
    pub(super) async fn run(&mut self, table: &str, statement: String) -> Result<u64, StoreError> {
        let done = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut self.connection).await;
        Ok(done.map_err(|error| odd(error, table))?.rows_affected())
    }
}

/// What the database says of rows that no export writes: data exceptions, and constraints that are broken.
pub(super) fn odd(error: sqlx::Error, table: &str) -> StoreError {
    match error {
        sqlx::Error::Database(error)
            if error.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23")) =>
        {
            StoreError::DoesNotFit(format!("its rows of {table}: {error}"))
        }
        error => error.into(),
    }
}

//! Roles of the database that read results and nothing else: for people's queries.

use crate::{Store, StoreError, rights};
use sqlx::AssertSqlSafe;
use std::time::Duration;

/// So that people's queries leave connections for the service.
const CONNECTIONS: u32 = 16;

/// An open transaction keeps vacuum from the hot tables.
const IDLE_IN_TRANSACTION: &str = "5min";

impl Store {
    /// Makes a role that may log in and select from results, or brings its rights and limits up to date. It gets no
    /// password here: one in a statement would stand in the server's log.
    ///
    /// # Errors
    /// [`StoreError::ReaderName`]; [`StoreError::NotAReader`] if there is a role of that name that owns something or
    /// may do more; else if the database fails, for example because its user may not make roles.
    pub async fn make_reader(&self, name: &str, statement_timeout: Duration) -> Result<(), StoreError> {
        check_name(name)?;
        let mut transaction = self.pool.begin().await?;
        let is_there = sqlx::query_scalar!(
            r#"SELECT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
                       OR rolname = current_user
                       OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)) AS "does_more!"
               FROM pg_roles r WHERE rolname = $1"#,
            name
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let verb = match is_there {
            Some(true) => return Err(StoreError::NotAReader(name.to_owned())),
            Some(false) => "ALTER",
            None => "CREATE",
        };
        let database = sqlx::query_scalar!(r#"SELECT quote_ident(current_database()) AS "database!""#);
        let database = database.fetch_one(&mut *transaction).await?;
        let timeout = statement_timeout.as_millis();
        let set = format!("ALTER ROLE \"{name}\" IN DATABASE {database} SET");
        // So that notebooks find the views without naming the schema.
        let statements = format!(
            "{verb} ROLE \"{name}\" LOGIN CONNECTION LIMIT {CONNECTIONS};
             {set} search_path = rapgrid, public;
             {set} default_transaction_read_only = on;
             {set} statement_timeout = '{timeout}ms';
             {set} idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION}';
             GRANT CONNECT ON DATABASE {database} TO \"{name}\";"
        );
        // The name is checked, the database's is quoted by the server.
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *transaction).await?;
        rights::grant(&mut transaction, &format!("\"{name}\"")).await?;
        Ok(transaction.commit().await?)
    }
}

fn check_name(name: &str) -> Result<(), StoreError> {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let fits = (1..=63).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(is_word)
        && !name.starts_with("pg_")
        && name != "public"
        && name != "none";
    if fits { Ok(()) } else { Err(StoreError::ReaderName(name.to_owned())) }
}

//! Roles of the database that read results and nothing else: for people's queries.
//!
//! A view reads with the rights of its owner, and a partitioned table grants for its partitions: so a reader needs no
//! right on partitions that are made later, nor on `jobs` and `workers`, which the views look at for it.

use crate::{Store, StoreError};
use std::time::Duration;

/// What a reader may select from besides the views: the tables of results, what a sweep is, what the views' function
/// `finished` adds up, and which step the schema is at.
const TABLES: &str =
    "sweeps, sweep_parts, instance_files, methods, cells, measurements, degree_counts, level_pairs, found_transitions,
    finished_jobs, counted_jobs, _sqlx_migrations";

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
        let found = sqlx::query!(
            r#"SELECT quote_ident(current_database()) AS "database!", quote_ident(current_schema()) AS "schema!",
                      coalesce((SELECT string_agg(format('%I', viewname), ', ') FROM pg_views
                                WHERE schemaname = current_schema()), '') AS "views!""#
        )
        .fetch_one(&mut *transaction)
        .await?;
        let (database, schema, views) = (found.database, found.schema, found.views);
        let timeout = statement_timeout.as_millis();
        let set = format!("ALTER ROLE \"{name}\" IN DATABASE {database} SET");
        let statements = format!(
            "{verb} ROLE \"{name}\" LOGIN CONNECTION LIMIT {CONNECTIONS};
             {set} default_transaction_read_only = on;
             {set} statement_timeout = '{timeout}ms';
             {set} idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION}';
             GRANT CONNECT ON DATABASE {database} TO \"{name}\";
             GRANT USAGE ON SCHEMA {schema} TO \"{name}\";
             GRANT SELECT ON {TABLES}, {views} TO \"{name}\";"
        );
        // Names are checked, or quoted by the server.
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut *transaction).await?;
        let may_create = sqlx::query_scalar!(
            r#"SELECT has_schema_privilege($1, current_schema(), 'CREATE') AS "may_create!""#,
            name
        );
        if may_create.fetch_one(&mut *transaction).await? {
            // PostgreSQL 14 lets everybody make tables there.
            let statement = format!("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC");
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut *transaction).await?;
        }
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

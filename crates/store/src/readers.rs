//! Roles of the database that read results and nothing else: for people's queries.
//!
//! A view reads with the rights of its owner, and a partitioned table grants for its partitions: so a reader needs no
//! right on partitions that are made later, nor on `jobs` and `workers`, which the views look at for it.

use crate::{Store, StoreError};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use std::time::Duration;

/// What a reader may select from besides the views: the tables of results, what a sweep is, what the views' function
/// `finished` adds up, and which step the schema is at.
const TABLES: &str =
    "rapgrid.sweeps, rapgrid.sweep_parts, rapgrid.instance_files, rapgrid.methods, rapgrid.cells, rapgrid.measurements,
    rapgrid.degree_counts, rapgrid.level_pairs, rapgrid.found_transitions, rapgrid.finished_jobs, rapgrid.counted_jobs,
    rapgrid._sqlx_migrations";

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
        grant(&mut transaction, &format!("\"{name}\"")).await?;
        Ok(transaction.commit().await?)
    }
}

/// Gives all readers the rights that they have in this version, after tables and views were made: those roles that may
/// select from a table of which only a reader knows.
pub(crate) async fn renew(connection: &mut PgConnection) -> Result<(), StoreError> {
    let readers = sqlx::query_scalar!(
        r#"SELECT grantee::regrole::text AS "reader!" FROM pg_class, aclexplode(relacl)
           WHERE oid = 'rapgrid.counted_jobs'::regclass AND privilege_type = 'SELECT' AND grantee NOT IN (0, relowner)"#
    );
    for reader in readers.fetch_all(&mut *connection).await? {
        grant(connection, &reader).await?;
    }
    Ok(())
}

/// Lets a role, whose name is quoted, select from the views and from [`TABLES`].
async fn grant(connection: &mut PgConnection, reader: &str) -> Result<(), StoreError> {
    // Not from views that somebody else put there.
    let views = sqlx::query_scalar!(
        r#"SELECT string_agg(format('rapgrid.%I', viewname), ', ') AS "views!" FROM pg_views
           WHERE schemaname = 'rapgrid' AND pg_has_role(viewowner, 'USAGE')"#
    );
    let views = views.fetch_one(&mut *connection).await?;
    let statements = format!(
        "GRANT USAGE ON SCHEMA rapgrid TO {reader};
         GRANT SELECT ON {TABLES}, {views} TO {reader};"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await?;
    Ok(())
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

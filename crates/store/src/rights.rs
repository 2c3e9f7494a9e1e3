//! What readers may look at.
//!
//! A view reads with the rights of its owner, and a partitioned table grants for its partitions: so a reader needs no
//! right on partitions that are made later, nor on `jobs` and `workers`, which the views look at for it.

use crate::StoreError;
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

/// What a reader may select from besides the views: the tables of results, what a sweep is, what the views' function
/// `finished` adds up, and which step the schema is at.
const TABLES: &str =
    "rapgrid.sweeps, rapgrid.sweep_parts, rapgrid.instance_files, rapgrid.methods, rapgrid.cells, rapgrid.measurements,
    rapgrid.degree_counts, rapgrid.level_pairs, rapgrid.training_rows,
    rapgrid.sums, rapgrid.means, rapgrid.histograms, rapgrid.found_transitions, rapgrid.finished_jobs, rapgrid.counted_jobs,
    rapgrid._sqlx_migrations";

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
pub(crate) async fn grant(connection: &mut PgConnection, reader: &str) -> Result<(), StoreError> {
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

//! Which step of its history the database's schema is at, and the steps that are missing.
//!
//! Everything stands in the schema `rapgrid`, whatever database it is in, so that it meets nobody else's tables. Tables
//! and functions come from `migrations/`, one step after another, and the views from `migrations/views.sql` after them.

use crate::{StoreError, moving, rights, sums};
use sqlx::Connection;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use std::str::FromStr;
use std::sync::LazyLock;

static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("../../migrations");
    // Another lock covers more than these, and ends with its transaction.
    migrations.set_locking(false);
    migrations
});

const VIEWS: &str = include_str!("../../../migrations/views.sql");

/// Older coordinators may be at work, and lock tables in another order.
const ATTEMPTS: u32 = 5;

/// PostgreSQL's `insufficient_privilege`.
const NOT_PERMITTED: &str = "42501";

/// And `undefined_table`.
const UNDEFINED: &str = "42P01";

/// The schema against what this program knows, by the number of its last step.
pub(crate) enum Schema {
    /// There is none.
    Absent,
    Older(i64),
    Current,
    Newer(i64),
}

/// Looks without changing anything.
pub(crate) async fn state(connection: &mut PgConnection) -> Result<Schema, StoreError> {
    // At run time: the table is sqlx's, and perhaps not there.
    let is_there: bool = sqlx::query_scalar("SELECT to_regclass('rapgrid._sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !is_there {
        return match moving::find(connection, &MIGRATIONS).await {
            Ok(old) => Ok(old.map_or(Schema::Absent, |old| Schema::Older(old.step))),
            // It was moved at this very moment.
            Err(StoreError::Database(error)) if has_code(&error, UNDEFINED) => {
                Box::pin(state(connection)).await
            }
            Err(error) => Err(error),
        };
    }
    let steps = "SELECT coalesce(max(version), 0) FROM rapgrid._sqlx_migrations WHERE success";
    let step: i64 = match sqlx::query_scalar(steps).fetch_one(connection).await {
        Ok(step) => step,
        // Somebody gave a role its rights by hand, and forgot this one. What it reads will tell.
        Err(error) if has_code(&error, NOT_PERMITTED) => return Ok(Schema::Current),
        Err(error) => return Err(error.into()),
    };
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    Ok(match step.cmp(&known) {
        std::cmp::Ordering::Less => Schema::Older(step),
        std::cmp::Ordering::Equal => Schema::Current,
        std::cmp::Ordering::Greater => Schema::Newer(step),
    })
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|of_error| of_error == code)
}

/// Takes the steps that are missing, in one transaction: where one cannot be taken, everything stays as it was.
pub(crate) async fn migrate(pool: &PgPool) -> Result<(), StoreError> {
    for _ in 1..ATTEMPTS {
        match try_to_migrate(pool).await {
            Err(error) if error.is_transient() => {}
            result => return result,
        }
    }
    try_to_migrate(pool).await
}

async fn try_to_migrate(pool: &PgPool) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('rapgrid.migrate'))")
        .execute(&mut *transaction)
        .await?;
    if let Schema::Current = state(&mut transaction).await? {
        // Another coordinator started at the same moment.
        return Ok(());
    }
    make_in(&mut transaction).await?;
    if let Some(old) = moving::find(&mut transaction, &MIGRATIONS).await? {
        moving::take(&mut transaction, &old).await?;
    }
    // Migrations and views name no schema.
    sqlx::query("SET LOCAL search_path = rapgrid").execute(&mut *transaction).await?;
    MIGRATIONS.run(&mut *transaction).await?;
    sqlx::raw_sql(VIEWS).execute(&mut *transaction).await.map_err(MigrateError::Execute)?;
    rights::renew(&mut transaction).await?;
    sums::sum_those_without(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

/// Whether there is anything in the schema.
///
/// # Errors
/// If the URL is malformed, or the server cannot be reached.
pub async fn has_tables(url: &str) -> Result<bool, StoreError> {
    let tables = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('rapgrid'))";
    Ok(sqlx::query_scalar(tables).fetch_one(&mut connect(url).await?).await?)
}

/// Makes the schema, if it is not there, and nothing in it.
///
/// # Errors
/// If the URL is malformed, the server cannot be reached, or the role may not.
pub async fn make_schema(url: &str) -> Result<(), StoreError> {
    make_in(&mut connect(url).await?).await
}

async fn connect(url: &str) -> Result<PgConnection, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(StoreError::Url)?;
    PgConnection::connect_with(&options).await.map_err(|error| StoreError::connect(&options, error))
}

async fn make_in(connection: &mut PgConnection) -> Result<(), StoreError> {
    let found = sqlx::query!(
        r#"SELECT quote_ident(current_user) AS "role!", to_regnamespace('rapgrid') IS NOT NULL AS "is_there!",
                  CASE WHEN to_regnamespace('rapgrid') IS NULL THEN has_database_privilege(current_database(), 'CREATE')
                       ELSE has_schema_privilege('rapgrid', 'CREATE') END AS "may_create!""#
    )
    .fetch_one(&mut *connection)
    .await?;
    if !found.may_create {
        return Err(StoreError::SchemaRefused { role: found.role });
    }
    if !found.is_there {
        sqlx::query("CREATE SCHEMA rapgrid").execute(connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::SqlSafeStr;
    use sqlx::migrate::{Migration, MigrationType};

    /// The step that the views are of, and the digest of `views.sql`.
    ///
    /// Databases take new views together with a new step. So where the views have changed since the last release, there
    /// must be a migration that is newer than it; then the new digest may be written here.
    const VIEWS_OF: (i64, &str) = (20, "780aa014e6cf68f5");

    #[test]
    fn views_change_together_with_a_step() {
        let step = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap();
        let views = Migration::new(0, "views".into(), MigrationType::Simple, VIEWS.into_sql_str(), false);
        let digest: String = views.checksum[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((step, digest.as_str()), VIEWS_OF);
    }
}

//! Which step of its history the database's schema is at.

use crate::StoreError;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// PostgreSQL's `insufficient_privilege`.
const NOT_PERMITTED: &str = "42501";

/// The schema against what this program knows, by the number of its last step.
pub(crate) enum Schema {
    /// There is none.
    Absent,
    Older(i64),
    Current,
    Newer(i64),
}

/// Looks without changing anything.
pub(crate) async fn state(pool: &PgPool) -> Result<Schema, StoreError> {
    // At run time: the table is sqlx's, and perhaps not there.
    let is_there: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(pool).await?;
    if !is_there {
        return Ok(Schema::Absent);
    }
    let steps = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success");
    let step: i64 = match steps.fetch_one(pool).await {
        Ok(step) => step,
        // A reader who was made before readers were given this. What it reads will tell.
        Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code == NOT_PERMITTED) => {
            return Ok(Schema::Current);
        }
        Err(error) => return Err(error.into()),
    };
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    Ok(match step.cmp(&known) {
        std::cmp::Ordering::Less => Schema::Older(step),
        std::cmp::Ordering::Equal => Schema::Current,
        std::cmp::Ordering::Greater => Schema::Newer(step),
    })
}

/// Takes the steps that are missing.
pub(crate) async fn migrate(pool: &PgPool) -> Result<(), StoreError> {
    Ok(MIGRATIONS.run(pool).await?)
}

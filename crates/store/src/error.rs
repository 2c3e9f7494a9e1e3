//! What can go wrong between the program and its database.

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgDatabaseError};
use thiserror::Error;

/// A failed operation; nothing of it was stored.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The URL is not one of PostgreSQL.
    #[error("the database URL is not valid: {0}; expected postgres://user@host/database")]
    Url(#[source] sqlx::Error),
    /// No connection.
    #[error("cannot connect to the database {at}: {source}")]
    Connect {
        /// Its name, host and port, and the role.
        at: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The schema could not be brought up to date.
    #[error("cannot bring the database's schema up to date, and left it as it was: {0}{detail}", detail = detail(.0))]
    Migrate(#[source] MigrateError),
    /// The database's user may not make the schema.
    #[error(
        "the role {role} may not make the schema \"rapgrid\" in this database, or nothing in it; have somebody run there who \
         may: CREATE SCHEMA IF NOT EXISTS rapgrid; GRANT USAGE, CREATE ON SCHEMA rapgrid TO {role}"
    )]
    SchemaRefused {
        /// The role, as SQL writes it.
        role: String,
    },
    /// The schema lacks steps that this program knows, and whoever only reads must not take them.
    #[error(
        "the database's schema is of an older version of rapgrid (step {0}), and this command only reads: use that \
         version, or, once no coordinator of it works here any more, bring the schema up to date with `rapgrid db url`"
    )]
    Older(i64),
    /// The schema has steps that this program does not know.
    #[error(
        "the database was brought up to date by a newer version of rapgrid (schema step {0}); use that version or a newer one"
    )]
    Newer(i64),
    /// There is no sweep of that name.
    #[error("there is no sweep named {0:?}; `rapgrid list` shows those that there are")]
    NoSuchSweep(String),
    /// A view has no such column.
    #[error("{view} has no column {column:?}")]
    NoSuchColumn {
        /// The view.
        view: &'static str,
        /// What was asked for.
        column: String,
    },
    /// Somebody else submitted under this name, or extended the sweep, in the meantime: look again.
    #[error("the sweep was changed by another submission at the same moment")]
    Conflict,
    /// Somebody reads the results without a pause.
    #[error(
        "sweep {0:?} cannot be deleted while long queries read the results; nothing was deleted, try again later"
    )]
    Busy(String),
    /// No name for a role of the database.
    #[error(
        "{0:?} is no name for a reader; it must be 1 to 63 of a-z, 0-9 and '_', begin with a letter, and not with pg_"
    )]
    ReaderName(String),
    /// The role is there already, and is more than a reader.
    #[error("the role {0:?} is there already and may do more than read; choose another name")]
    NotAReader(String),
    /// What was read cannot be written: the disk is full, or whoever read the output has closed it.
    #[error("cannot write: {0}")]
    Output(#[source] std::io::Error),
    /// A row holds what this version does not know.
    #[error("the database holds {what} {value:?}, which this version of rapgrid does not know")]
    Unknown {
        /// The column.
        what: &'static str,
        /// What stands there.
        value: String,
    },
    /// A sweep that arrives is damaged, or another one than that which is here. Nothing of it was stored.
    #[error("nothing was taken in: {0}")]
    DoesNotFit(String),
    /// Anything else that the database said.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => StoreError::Newer(version),
            error => StoreError::Migrate(error),
        }
    }
}

/// What the database adds to its message: which objects of somebody's stand on one that had to go.
fn detail(error: &MigrateError) -> String {
    let (MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) = error else {
        return String::new();
    };
    let said = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    let Some((error, detail)) = said.and_then(|error| Some((error, error.detail()?))) else {
        return String::new();
    };
    // Dependent objects still exist; a column that is used by a view.
    let remedy = match ["2BP01", "0A000"].contains(&error.code()) {
        true => "; drop what stands there, try again, and make it anew",
        false => "",
    };
    format!(" ({}{remedy})", detail.trim_end().replace('\n', "; "))
}

impl StoreError {
    /// Says where there is no connection, and as whom.
    pub(crate) fn connect(options: &PgConnectOptions, source: sqlx::Error) -> Self {
        let socket = options.get_socket().map(|socket| socket.display().to_string());
        let host = socket.unwrap_or_else(|| options.get_host().to_owned());
        let (role, port) = (options.get_username(), options.get_port());
        let database = options.get_database().unwrap_or(role);
        StoreError::Connect { at: format!("{database:?} at {host}:{port} as {role:?}"), source }
    }

    /// Whether the same operation may succeed later: the connection broke, the server is starting or stopping, or a
    /// transaction lost a race.
    pub fn is_transient(&self) -> bool {
        let (StoreError::Database(error) | StoreError::Connect { source: error, .. }) = self else {
            return false;
        };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            // Class 08: connection; 40: serialization or deadlock; 53: resources; 57: operator intervention. 25P03: the
            // transaction idled for too long, as it does when this process was stopped for a while.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                ["08", "25P03", "40", "53", "57"].iter().any(|class| code.starts_with(class))
            }),
            _ => false,
        }
    }

    /// Whether a text held a character that no table can: NUL.
    pub fn is_unstorable_text(&self) -> bool {
        let StoreError::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().as_deref() == Some("22021")
    }

    /// Whether a lock was not to be had in time.
    pub(crate) fn is_lock_timeout(&self) -> bool {
        let StoreError::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().as_deref() == Some("55P03")
    }

    /// Whether this is the violation of the unique constraint of that name.
    pub(crate) fn violates(error: &sqlx::Error, constraint: &str) -> bool {
        error.as_database_error().and_then(|error| error.constraint()) == Some(constraint)
    }
}

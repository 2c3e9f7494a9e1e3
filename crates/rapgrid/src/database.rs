//! Finds the database: the one that `RAPGRID_DATABASE_URL` or `DATABASE_URL` names, else the program's own private
//! PostgreSQL.

use anyhow::Context;
use localdb::{LocalDb, LocalDbError};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use store::{Store, StoreError};

/// Connections of one process: requests are short, and a private server allows a hundred in all.
const CONNECTIONS: u32 = 16;

/// Where to look.
#[derive(Debug)]
pub(crate) struct Finder {
    /// `--data-dir`: where the private database lives.
    pub(crate) data_dir: Option<PathBuf>,
}

/// A database, and the private server under it for as long as it is used. No `Debug`: the URL may hold a password.
pub(crate) struct Database {
    pub(crate) url: String,
    /// Kept running while this lives.
    pub(crate) private: Option<LocalDb>,
}

/// How often the private server is looked after.
const LOOK: Duration = Duration::from_secs(1);

/// So often in a row its socket must be missing: a server that is started anew makes another one.
const MISSES: u32 = 3;

impl Database {
    /// Completes when the private server cannot be reached any more, and says why. A long command that waited for it
    /// would wait for ever.
    pub(crate) async fn lost(&self) -> LocalDbError {
        let Some(private) = &self.private else { return std::future::pending().await };
        let mut missed = 0;
        loop {
            tokio::time::sleep(LOOK).await;
            match private.check() {
                Ok(()) => missed = 0,
                Err(_) if missed + 1 < MISSES => missed += 1,
                Err(error) => return error,
            }
        }
    }
}

impl Finder {
    /// Whether the command line or the environment says which database.
    pub(crate) fn is_named(&self) -> bool {
        self.data_dir.is_some() || named_url().is_some()
    }

    /// Whether there is a database without making one: one that is named, or files of a private one.
    pub(crate) fn is_there(&self) -> anyhow::Result<bool> {
        Ok(named_url().is_some() || self.private_settings()?.data_dir.exists())
    }

    /// The database's URL; starts the private server where none is named.
    pub(crate) async fn find(&self) -> anyhow::Result<Database> {
        if let Some(url) = named_url() {
            return Ok(Database { url, private: None });
        }
        let settings = self.private_settings()?;
        let private = tokio::task::spawn_blocking(move || LocalDb::start(&settings)).await??;
        Ok(Database { url: private.url(), private: Some(private) })
    }

    /// Connects to read, and changes nothing; `None` if the database has no schema yet.
    pub(crate) async fn open(&self) -> anyhow::Result<Option<(Database, Store)>> {
        let database = self.find().await?;
        let store = Store::open(&database.url, CONNECTIONS).await?;
        Ok(store.map(|store| (database, store)))
    }

    /// Connects to read results of a sweep, which it says is not there where nothing is.
    pub(crate) async fn open_for(&self, sweep: &str) -> anyhow::Result<(Database, Store)> {
        let found = self.open().await?;
        Ok(found.ok_or_else(|| StoreError::NoSuchSweep(sweep.to_owned()))?)
    }

    /// Connects, and makes the schema or brings it up to date.
    pub(crate) async fn connect(&self) -> anyhow::Result<(Database, Store)> {
        let database = self.find().await?;
        let store = Store::connect(&database.url, CONNECTIONS).await?;
        Ok((database, store))
    }

    fn private_settings(&self) -> anyhow::Result<localdb::Settings> {
        let data_dir = match &self.data_dir {
            Some(directory) => std::path::absolute(directory)?,
            None => localdb::Settings::default_data_dir()?,
        };
        let program = std::env::current_exe().context("finding this program's own file")?;
        let words = ["db", "guard"].map(OsString::from);
        let guard = std::iter::once(program.into_os_string()).chain(words);
        Ok(localdb::Settings {
            guard: guard.chain([data_dir.clone().into_os_string()]).collect(),
            bin_dir: std::env::var_os("RAPGRID_POSTGRES_BIN")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
            data_dir,
        })
    }
}

/// The URL that the environment names. The first of the variables is rapgrid's alone: in a shell in which another
/// program's database is named, it says which one is meant here.
fn named_url() -> Option<String> {
    let named = |name| std::env::var(name).ok().filter(|url| !url.is_empty());
    named("RAPGRID_DATABASE_URL").or_else(|| named("DATABASE_URL"))
}

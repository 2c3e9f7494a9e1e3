//! Finds the database: the one that `DATABASE_URL` names, else the program's own private PostgreSQL.

use anyhow::Context;
use localdb::LocalDb;
use std::ffi::OsString;
use std::path::PathBuf;
use store::Store;

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

impl Finder {
    /// Whether the command line or the environment says which database.
    pub(crate) fn is_named(&self) -> bool {
        self.data_dir.is_some() || std::env::var_os("DATABASE_URL").is_some_and(|url| !url.is_empty())
    }

    /// The database's URL; starts the private server where no `DATABASE_URL` is set.
    pub(crate) async fn find(&self) -> anyhow::Result<Database> {
        if let Ok(url) = std::env::var("DATABASE_URL")
            && !url.is_empty()
        {
            return Ok(Database { url, private: None });
        }
        let settings = self.private_settings()?;
        let private = tokio::task::spawn_blocking(move || LocalDb::start(&settings)).await??;
        Ok(Database { url: private.url(), private: Some(private) })
    }

    /// Connects, and brings the schema up to date.
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
            bin_dir: std::env::var_os("RAPGRID_POSTGRES_BIN").map(PathBuf::from),
            data_dir,
        })
    }
}

//! `rapgrid db`: the database for people.

use crate::arguments::DbCommand;
use crate::commands::shutdown;
use crate::database::Finder;
use crate::exit::Exit;
use anyhow::Context;
use std::path::PathBuf;

pub(crate) async fn run(command: DbCommand, finder: &Finder) -> anyhow::Result<Exit> {
    // Connecting brings the schema up to date, so that the views are there.
    let (database, store) = finder.connect().await?;
    store.close().await;
    match command {
        DbCommand::Url { hold } => {
            println!("{}", database.url);
            if hold {
                shutdown::requested().await;
            }
            Ok(Exit::Success)
        }
        DbCommand::Psql { arguments } => {
            let psql = match &database.private {
                Some(private) => private.bin_dir().join("psql"),
                None => PathBuf::from("psql"),
            };
            // Ctrl-C is psql's to handle.
            let _interrupts = tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
            let status =
                tokio::process::Command::new(&psql).arg(&database.url).args(arguments).status().await;
            let status = status.with_context(|| format!("running {}", psql.display()))?;
            Ok(if status.success() { Exit::Success } else { Exit::Failure })
        }
        DbCommand::Guard { .. } => unreachable!("the guard runs without a runtime"),
    }
}

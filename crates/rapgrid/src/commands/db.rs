//! `rapgrid db`: the database for people.

use crate::arguments::DbCommand;
use crate::commands::postgres::{on, run_to_end};
use crate::commands::{backup, driver_url, shutdown};
use crate::database::{Database, Finder};
use crate::exit::Exit;
use crate::telling::{say, tell};
use std::time::Duration;
use store::{Store, StoreError};

pub(crate) async fn run(command: DbCommand, finder: &Finder) -> anyhow::Result<Exit> {
    match &command {
        DbCommand::Dump { output } => return backup::dump(output, finder).await,
        DbCommand::Load { file } => return backup::load(file, finder).await,
        _ => {}
    }
    // Connecting brings the schema up to date, so that the views are there.
    let (database, store) = finder.connect().await?;
    if let DbCommand::Reader { name, statement_timeout } = &command {
        let made = store.make_reader(name, Duration::from_secs((*statement_timeout).into())).await;
        store.close().await;
        made?;
        say!(
            "{name} may read the results; `rapgrid db psql --write -- -c '\\password {name}'` gives it a password"
        );
        return Ok(Exit::Success);
    }
    if let DbCommand::Sum { sweep, .. } = &command {
        let summed = sum(&store, sweep.as_deref()).await;
        store.close().await;
        return summed.map(|()| Exit::Success);
    }
    store.close().await;
    match command {
        DbCommand::Url { hold, driver } => {
            say!("{}", driver_url::form(&database.url, driver));
            if hold {
                shutdown::requested().await;
            } else if database.private.is_some() {
                tell!(
                    "the private server ends with its last user: `rapgrid db url --hold` keeps it up for other programs"
                );
            }
            Ok(Exit::Success)
        }
        DbCommand::Psql { write, arguments } => psql(&database, write, arguments).await,
        DbCommand::Reader { .. }
        | DbCommand::Sum { .. }
        | DbCommand::Dump { .. }
        | DbCommand::Load { .. } => unreachable!("these ran above"),
        DbCommand::Guard { .. } => unreachable!("the guard runs without a runtime"),
    }
}

/// Of one sweep, or of all.
async fn sum(store: &Store, sweep: Option<&str>) -> anyhow::Result<()> {
    let sweeps = match sweep {
        Some(sweep) => vec![sweep.to_owned()],
        None => store.progress(None).await?.into_iter().map(|progress| progress.sweep).collect(),
    };
    for name in sweeps {
        let found = store.find_sweep(&name).await?.ok_or_else(|| StoreError::NoSuchSweep(name.clone()))?;
        match store.sum_again(found.sweep_id).await? {
            true => say!("{name}: the sums are those that it had"),
            false => say!("{name}: the sums have changed: they were not those of its rows"),
        }
    }
    Ok(())
}

async fn psql(database: &Database, write: bool, arguments: Vec<String>) -> anyhow::Result<Exit> {
    let mut command = on("psql", database, write);
    command.args(arguments);
    // Ctrl-C is psql's to handle.
    let _interrupts = tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    Ok(if run_to_end(command).await? { Exit::Success } else { Exit::Failure })
}

//! `rapgrid db dump` and `rapgrid db load`: all of rapgrid's tables, by PostgreSQL's own programs.

use crate::commands::postgres::{on, run_to_end};
use crate::commands::shutdown;
use crate::database::Finder;
use crate::exit::{BadInput, Exit};
use crate::new_file::NewFile;
use crate::telling::{say, tell};
use anyhow::Context;
use std::fs;
use std::path::Path;

pub(crate) async fn dump(path: &Path, finder: &Finder) -> anyhow::Result<Exit> {
    // As it is: a dump is also what an older version can go back to.
    let database = finder.find().await?;
    if !store::has_tables(&database.url).await? {
        return Err(BadInput(
            "there is nothing to dump: the database has no tables in a schema \"rapgrid\" (`rapgrid db url` moves those of \
             versions that had none)"
                .to_owned(),
        )
        .into());
    }
    let file = NewFile::create(path).with_context(|| format!("writing {}", path.display()))?;
    let mut command = on("pg_dump", &database, false);
    command.args(["--format", "custom", "--schema", "rapgrid", "--file"]).arg(file.unfinished());
    tell!("dumping to {}", path.display());
    tokio::select! {
        dumped = run_to_end(command) => anyhow::ensure!(dumped?, "pg_dump failed, and nothing was written"),
        () = shutdown::requested() => return Ok(Exit::Interrupted),
    }
    file.keep().with_context(|| format!("writing {}", path.display()))?;
    say!("{} has {} bytes", path.display(), fs::metadata(path)?.len());
    Ok(Exit::Success)
}

pub(crate) async fn load(path: &Path, finder: &Finder) -> anyhow::Result<Exit> {
    fs::File::open(path).map_err(|error| BadInput(format!("cannot read {}: {error}", path.display())))?;
    let database = finder.find().await?;
    if store::has_tables(&database.url).await? {
        return Err(BadInput(
            "the database has tables of rapgrid already, and a dump takes the place of nothing: load it into an empty \
             database, or move single sweeps with `rapgrid export SWEEP --all` and `rapgrid import`"
                .to_owned(),
        )
        .into());
    }
    store::make_schema(&database.url).await?;
    let mut command = on("pg_restore", &database, true);
    // Without the schema itself, which somebody else may have had to make.
    command.args(["--schema", "rapgrid", "--no-owner", "--no-privileges", "--single-transaction"]).arg(path);
    tell!("loading {}", path.display());
    tokio::select! {
        loaded = run_to_end(command) => anyhow::ensure!(loaded?, "pg_restore failed, and nothing was loaded"),
        () = shutdown::requested() => return Ok(Exit::Interrupted),
    }
    // Takes the steps that are missing in an older dump.
    let (_database, store) = finder.connect().await.context("it is loaded")?;
    // Transactions have other numbers here: what is counted up to one of another server is counted anew.
    store.count_finished_jobs().await?;
    store.analyze().await?;
    say!("{} is loaded: {} sweeps", path.display(), store.progress(None).await?.len());
    store.close().await;
    Ok(Exit::Success)
}

//! `rapgrid import`.

use crate::arguments::{ImportOptions, WatchFormat};
use crate::build;
use crate::commands::progress;
use crate::commands::transfer::Transfer;
use crate::connection::{self, OwnCoordinator};
use crate::database::Finder;
use crate::exit::{BadInput, Exit};
use crate::sweep_file::{Manifest, Members, check_end, damaged, open};
use crate::telling::say;
use std::fs::File;
use std::io::BufReader;
use store::travel::{Arrived, Arriving, Table};
use store::{Store, StoreError};

pub(crate) async fn run(options: ImportOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let file = options.file.display().to_string();
    let content =
        File::open(&options.file).map_err(|error| BadInput(format!("cannot read {file}: {error}")))?;
    let mut archive = open(BufReader::new(content));
    let (mut members, manifest) = Members::of(&file, &mut archive)?;
    let sweep = match &options.name {
        // Before it is renamed, so that what is wrong is said of the file as it is.
        Some(name) => manifest.sweep.read().map(|_| manifest.sweep.clone())?.renamed(name)?,
        None => manifest.sweep.clone(),
    };
    sweep.read()?;
    let (database, store) = finder.connect().await?;
    let mut arriving = store.arrive().await?;
    expect(&file, &manifest, &mut arriving).await?;
    let shown = Transfer::new(format!("importing {}", sweep.name), sweep.rows.max(0) as u64);
    load(&file, &mut members, &mut arriving, shown).await?;
    check_end(&file, archive)?;
    let arrived = arriving.settle(&sweep).await?;
    tell(&sweep.name, &arrived)?;
    store.analyze().await?;
    if is_waiting(&store, &sweep.name).await? {
        find_transitions((database, store), &sweep.name).await?;
    }
    Ok(Exit::Success)
}

/// Makes room for the tables of the file, and refuses what this version does not know.
async fn expect(file: &str, manifest: &Manifest, arriving: &mut Arriving) -> anyhow::Result<()> {
    for (name, columns) in &manifest.tables {
        let unknown = match Table::of_name(name) {
            Some(table) => arriving.expect(table, columns.clone()).await?,
            None => columns.clone(),
        };
        if let Some(column) = unknown.first() {
            return Err(BadInput(format!(
                "{file} has the column {name}.{column}, which this version does not know: it was written by rapgrid {} \
                 (git {}), at step {} of the schema, and this is rapgrid {}; use that version or a newer one",
                manifest.version,
                manifest.git_revision,
                manifest.schema_step,
                build::LONG_VERSION
            ))
            .into());
        }
    }
    Ok(())
}

async fn load(
    file: &str,
    members: &mut Members<'_, BufReader<File>>,
    arriving: &mut Arriving,
    mut shown: Transfer,
) -> anyhow::Result<()> {
    while let Some((name, csv)) = members.next()? {
        let table = name.split_once('/').and_then(|(table, _)| Table::of_name(table));
        let table = table.ok_or_else(|| damaged(file, format_args!("it has a member {name}")))?;
        // Rows are read before the checksums, which are the last.
        let rows = arriving.load(table, &csv).await.map_err(|error| match error {
            StoreError::DoesNotFit(why) => damaged(file, why),
            error => error.into(),
        })?;
        if table.is_counted() {
            shown.add(rows);
        }
    }
    Ok(())
}

fn tell(name: &str, arrived: &Arrived) -> anyhow::Result<()> {
    let Arrived { is_new, parts, units, rows } = arrived;
    let count = |number: i64, of: &str| format!("{number} {of}{}", if number == 1 { "" } else { "s" });
    let rows = count(*rows, "row");
    if *is_new {
        say!("{name} is here: {rows}");
    } else if *parts == 0 && *units == 0 {
        say!("{name} was here already, with all that is in the file");
    } else {
        let parts = match parts {
            0 => String::new(),
            parts => format!(", in {} more", count(*parts as i64, "part")),
        };
        say!("{name} was here already, and has {} and {rows} more{parts}", count(*units, "unit"));
    }
    Ok(())
}

/// Whether everything is computed and the transitions are to be found.
async fn is_waiting(store: &Store, name: &str) -> anyhow::Result<bool> {
    let progress = store.progress_of(name).await?;
    Ok(progress.units_done == progress.units && progress.status == "running")
}

/// As a coordinator does that finds the sweep.
async fn find_transitions(found: (crate::database::Database, Store), name: &str) -> anyhow::Result<()> {
    let settings = coordinator::Settings { max_attempts: i32::MAX, ..coordinator::Settings::default() };
    let own = OwnCoordinator::start(found, settings).await?;
    let client = connection::client(connection::dial(&own.access).await?);
    let followed = progress::follow(client, name, WatchFormat::Text, false).await;
    own.stop().await;
    followed?;
    Ok(())
}

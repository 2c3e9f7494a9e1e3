//! `rapgrid export`.

use crate::arguments::{ExportFormat, ExportOptions};
use crate::build;
use crate::commands::provenance;
use crate::commands::shutdown;
use crate::commands::transfer::Transfer;
use crate::database::Finder;
use crate::exit::Exit;
use crate::new_file::{self, NewFile};
use crate::sweep_file::{FORMAT, Manifest, Writer};
use crate::telling::say;
use anyhow::Context;
use std::collections::BTreeMap;
use std::io::BufWriter;
use std::path::Path;
use store::Store;
use store::export::View;
use store::travel::TABLES;

pub(crate) async fn run(options: ExportOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweep).await?;
    let sweep = options.sweep;
    provenance::warn_of_part(&sweep, &store.recorded(&sweep).await?);
    if let (true, Some(path)) = (options.all, &options.output) {
        return tokio::select! {
            written = export_all(&store, &sweep, path) => {
                written.with_context(|| format!("writing {}", path.display())).map(|()| Exit::Success)
            }
            () = shutdown::requested() => Ok(Exit::Interrupted),
        };
    }
    let ExportFormat::Csv = options.format;
    let write = async {
        let view = match options.view {
            Some(view) => view,
            None if store.trains(&sweep).await? => View::TrainingResults,
            None => View::Results,
        };
        match &options.output {
            Some(path) => write_csv(&store, &sweep, view, path).await,
            None => Ok(store.export_csv(view, &sweep, std::pin::pin!(tokio::io::stdout())).await?),
        }
    };
    tokio::select! {
        written = write => written.map(|()| Exit::Success),
        () = shutdown::requested() => Ok(Exit::Interrupted),
    }
}

/// Writes a view to a file that is there whole or as it was before.
pub(crate) async fn write_csv(store: &Store, sweep: &str, view: View, path: &Path) -> anyhow::Result<()> {
    let write = async {
        if new_file::is_special(path) {
            let file = tokio::fs::File::create(path).await?;
            return Ok(store.export_csv(view, sweep, std::pin::pin!(file)).await?);
        }
        let mut file = NewFile::create(path)?;
        let out = tokio::fs::File::from_std(file.writer().try_clone()?);
        store.export_csv(view, sweep, std::pin::pin!(out)).await?;
        Ok::<_, anyhow::Error>(file.keep()?)
    };
    write.await.with_context(|| format!("writing {}", path.display()))
}

/// Writes the file of a sweep.
async fn export_all(store: &Store, name: &str, path: &Path) -> anyhow::Result<()> {
    let mut leaving = store.leave(name).await?;
    let mut tables = BTreeMap::new();
    for table in &TABLES {
        tables.insert(table.name.to_owned(), leaving.columns(table).await?);
    }
    let (schema_step, exported_at) = leaving.circumstances().await?;
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: build::VERSION.to_owned(),
        git_revision: build::GIT_REVISION.to_owned(),
        schema_step,
        exported_at,
        sweep: leaving.sweep().clone(),
        tables,
    };
    let rows = manifest.sweep.rows;
    let mut shown = Transfer::new(format!("exporting {name}"), rows as u64);
    let mut file = NewFile::create(path)?;
    let mut writer = Writer::new(BufWriter::new(file.writer()), &manifest)?;
    for table in &TABLES {
        let columns = &manifest.tables[table.name];
        writer.begin(table.name, columns);
        let is_counted = table.is_counted();
        let take = |line: &[u8]| {
            shown.add(u64::from(is_counted));
            writer.line(line)
        };
        leaving.rows(table, columns, take).await?;
        writer.end()?;
    }
    writer.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.keep()?;
    drop(shown);
    say!("{name} is in {}: {rows} rows", path.display());
    Ok(())
}

//! `rapgrid export`.

use crate::arguments::{ExportFormat, ExportOptions};
use crate::build;
use crate::commands::provenance;
use crate::commands::shutdown;
use crate::commands::transfer::Transfer;
use crate::database::Finder;
use crate::exit::Exit;
use crate::new_file::NewFile;
use crate::sweep_file::{FORMAT, Manifest, Writer};
use anyhow::Context;
use std::collections::BTreeMap;
use std::io::BufWriter;
use std::path::Path;
use std::pin::Pin;
use store::Store;
use store::travel::TABLES;
use tokio::io::AsyncWrite;

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
    let mut out: Pin<Box<dyn AsyncWrite + Send>> = match &options.output {
        Some(path) => {
            let file = tokio::fs::File::create(path).await;
            Box::pin(file.with_context(|| format!("writing {}", path.display()))?)
        }
        None => Box::pin(tokio::io::stdout()),
    };
    match options.format {
        ExportFormat::Csv => store.export_csv(options.view, &sweep, out.as_mut()).await?,
    }
    Ok(Exit::Success)
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
        let is_counted = table.name == "measurements";
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
    println!("{name} is in {}: {rows} rows", path.display());
    Ok(())
}

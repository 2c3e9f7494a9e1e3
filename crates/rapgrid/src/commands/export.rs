//! `rapgrid export`.

use crate::arguments::{ExportFormat, ExportOptions};
use crate::build;
use crate::commands::provenance;
use crate::commands::rows::Rows;
use crate::commands::shutdown;
use crate::commands::transfer::Transfer;
use crate::database::Finder;
use crate::exit::{BadInput, Exit};
use crate::new_file::{self, NewFile};
use crate::sweep_file::{FORMAT, Manifest, Writer};
use crate::telling::say;
use anyhow::Context;
use columnar::{Ipc, ParquetFile};
use coordinator::{Asked, RowFormat};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use store::Store;
use store::export::{Selection, View};
use store::travel::TABLES;
use tokio_stream::StreamExt;

pub(crate) async fn run(options: ExportOptions, finder: &Finder) -> anyhow::Result<Exit> {
    if let (true, Some(path)) = (options.all, &options.output) {
        let (_database, store) = finder.open_for(&options.sweep).await?;
        provenance::warn_of_part(&options.sweep, &store.recorded(&options.sweep).await?);
        return tokio::select! {
            written = export_all(&store, &options.sweep, path) => {
                written.with_context(|| format!("writing {}", path.display())).map(|()| Exit::Success)
            }
            () = shutdown::requested() => Ok(Exit::Interrupted),
        };
    }
    let format = options.format.unwrap_or_else(|| format_of(options.output.as_deref()));
    if format == ExportFormat::Html {
        return export_page(&options, finder).await;
    }
    let asked = Asked {
        sweep: options.sweep,
        view: options.view.map(|view| view.name().to_owned()),
        columns: options.columns,
        ordered: !options.unordered,
        // A file has no dictionaries that grow, and Parquet makes its own.
        dictionaries: format == ExportFormat::Arrow
            && options.output.as_deref().is_none_or(new_file::is_special),
        format: format.of_rows(),
    };
    let access = options.coordinator.named()?;
    let mut rows = Rows::open(access.as_ref(), finder, &asked.sweep).await?;
    // Before there is a file.
    rows.check(&asked).await?;
    let write = async {
        match &options.output {
            Some(path) => write(&mut rows, &asked, format, path).await,
            None => write_rows(&mut rows, &asked, format, Place::Pipe, std::io::stdout()).await,
        }
    };
    tokio::select! {
        written = write => written.map(|()| Exit::Success),
        () = shutdown::requested() => Ok(Exit::Interrupted),
    }
}

impl ExportFormat {
    /// As what rows are asked for.
    fn of_rows(self) -> RowFormat {
        match self {
            ExportFormat::Csv => RowFormat::Csv,
            ExportFormat::Json => RowFormat::Json,
            ExportFormat::Parquet | ExportFormat::Arrow | ExportFormat::Html => RowFormat::Arrow,
        }
    }
}

/// What the ending of a file's name says.
fn format_of(path: Option<&Path>) -> ExportFormat {
    match path.and_then(Path::extension).and_then(OsStr::to_str) {
        Some("parquet") => ExportFormat::Parquet,
        Some("arrow" | "feather") => ExportFormat::Arrow,
        Some("json" | "jsonl" | "ndjson") => ExportFormat::Json,
        Some("html" | "htm") => ExportFormat::Html,
        _ => ExportFormat::Csv,
    }
}

/// Writes a view of a sweep in the database as CSV.
pub(crate) async fn write_csv(store: &Store, view: View, sweep: &str, path: &Path) -> anyhow::Result<()> {
    let mut text = store.csv_out(&Selection::all(view, sweep)).await?;
    into_file(path, async |mut out, _| {
        while let Some(piece) = text.recv().await {
            out.write_all(&piece?)?;
        }
        Ok(out.flush()?)
    })
    .await
}

async fn write(rows: &mut Rows, asked: &Asked, format: ExportFormat, path: &Path) -> anyhow::Result<()> {
    into_file(path, async |out, place| write_rows(rows, asked, format, place, out).await).await
}

/// Has a file written that is there whole or as it was before.
async fn into_file(
    path: &Path,
    write: impl AsyncFnOnce(File, Place) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let written = async {
        if new_file::is_special(path) {
            return write(File::create(path)?, Place::Pipe).await;
        }
        let mut file = NewFile::create(path)?;
        write(file.writer().try_clone()?, Place::File).await?;
        Ok::<_, anyhow::Error>(file.keep()?)
    };
    written.await.with_context(|| format!("writing {}", path.display()))
}

/// Where rows go. The formats of Arrow are two, one of them for files whose readers jump about in them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    File,
    Pipe,
}

async fn write_rows(
    rows: &mut Rows,
    asked: &Asked,
    format: ExportFormat,
    place: Place,
    out: impl Write + Send,
) -> anyhow::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 18, out);
    match format {
        ExportFormat::Csv | ExportFormat::Json => {
            let mut text = rows.text(asked).await?;
            while let Some(piece) = text.next().await {
                out.write_all(&piece?)?;
            }
        }
        ExportFormat::Parquet => {
            let (schema, mut batches) = rows.batches(asked).await?;
            let mut file = ParquetFile::new(&mut out, schema)?;
            while let Some(batch) = batches.next().await {
                file.write(&batch?)?;
            }
            file.finish()?;
        }
        ExportFormat::Arrow => {
            let is_file = place == Place::File;
            let (schema, mut batches) = rows.batches(asked).await?;
            let mut file = Ipc::new(&mut out, &schema, is_file)?;
            while let Some(batch) = batches.next().await {
                file.write(&batch?)?;
            }
            file.finish()?;
        }
        ExportFormat::Html => unreachable!("a page has no rows, and is written elsewhere"),
    }
    Ok(out.flush()?)
}

/// Writes the page of a sweep in one file.
async fn export_page(options: &ExportOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let ExportOptions { sweep, view, columns, unordered, coordinator, output, .. } = options;
    if view.is_some() || !columns.is_empty() || *unordered || coordinator.coordinator.is_some() {
        let reason = "a page has every mean of a sweep in its database: leave out --view, --columns, --unordered and \
                      --coordinator, or choose another --format";
        return Err(BadInput(reason.to_owned()).into());
    }
    let (_database, store) = finder.open_for(sweep).await?;
    provenance::warn_of_part(sweep, &store.recorded(sweep).await?);
    let write = async {
        let page = page::frozen(&store, sweep).await?;
        match output {
            Some(path) => into_file(path, async |mut out, _| Ok(out.write_all(page.as_bytes())?)).await,
            None => Ok(std::io::stdout().write_all(page.as_bytes())?),
        }
    };
    tokio::select! {
        written = write => written.map(|()| Exit::Success),
        () = shutdown::requested() => Ok(Exit::Interrupted),
    }
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

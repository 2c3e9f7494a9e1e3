//! `rapgrid export`.

use crate::arguments::{ExportFormat, ExportOptions};
use crate::commands::provenance;
use crate::database::Finder;
use crate::exit::Exit;
use anyhow::Context;
use std::pin::Pin;
use tokio::io::AsyncWrite;

pub(crate) async fn run(options: ExportOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweep).await?;
    let sweep = options.sweep;
    provenance::warn_of_part(&sweep, &store.recorded(&sweep).await?);
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

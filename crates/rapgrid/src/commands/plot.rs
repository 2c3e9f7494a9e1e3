//! `rapgrid plot`, and the report that `scan` leaves.

use crate::arguments::PlotOptions;
use crate::commands::transitions;
use crate::database::Finder;
use crate::exit::Exit;
use anyhow::Context;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use store::Store;
use sweep::measurement::PhasePoint;

/// Rows of the table on the terminal.
const TABLE_ROWS: usize = 60;

pub(crate) async fn run(options: PlotOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.connect().await?;
    let points = points_of(&store, &options.sweep).await?;
    let folder = options.out.unwrap_or_else(|| PathBuf::from("results").join(&options.sweep));
    draw(&options.sweep, &points, &folder)?;
    println!("{}", folder.display());
    Ok(Exit::Success)
}

/// Prints the summary, and writes it with the plots, the phase diagram and all results into a folder.
pub(crate) async fn write_report(store: &Store, sweep: &str, folder: &Path) -> anyhow::Result<()> {
    store.analyze().await?;
    let points = points_of(store, sweep).await?;
    if points.is_empty() {
        return Ok(());
    }
    draw(sweep, &points, folder)?;
    transitions::find_and_keep(store, sweep).await?;
    let write = |name: &str| {
        let path = folder.join(name);
        File::create(&path).with_context(|| format!("writing {}", path.display()))
    };
    report::write_csv(BufWriter::new(write("phase_diagram.csv")?), &points)?;
    let results = tokio::fs::File::from_std(write("results.csv")?);
    store.export_results_csv(sweep, std::pin::pin!(results)).await?;
    std::fs::write(folder.join("summary.txt"), report::summary(&points, usize::MAX))?;
    println!("{}", report::summary(&points, TABLE_ROWS));
    println!("plots and tables are in {}", folder.display());
    println!(
        "query them in SQL: rapgrid db psql -- -c \"SELECT * FROM phase_diagram WHERE sweep = '{sweep}'\""
    );
    Ok(())
}

async fn points_of(store: &Store, sweep: &str) -> anyhow::Result<Vec<PhasePoint>> {
    // A sweep that is not there is an error; one without results yet is told apart by whoever draws.
    store.progress_of(sweep).await?;
    Ok(store.phase_diagram(sweep).await?)
}

fn draw(sweep: &str, points: &[PhasePoint], folder: &Path) -> anyhow::Result<()> {
    let figures = report::draw(sweep, points)?;
    report::write_figures(folder, &figures).with_context(|| format!("writing plots to {}", folder.display()))
}

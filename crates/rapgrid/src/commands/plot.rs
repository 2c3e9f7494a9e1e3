//! `rapgrid plot`, and the report that `scan` leaves.

use crate::arguments::PlotOptions;
use crate::commands::provenance::{self, Provenance};
use crate::commands::{transitions, width};
use crate::database::Finder;
use crate::exit::Exit;
use anyhow::Context;
use report::Results;
use std::path::{Path, PathBuf};
use store::Store;
use store::export::View;
use sweep::diagram::{DegreePoint, LevelPoint};
use sweep::measurement::PhasePoint;
use sweep::transition::Transition;

/// Rows of the table on the terminal.
const TABLE_ROWS: usize = 60;
const TRANSITION_ROWS: usize = 24;

pub(crate) async fn run(options: PlotOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweep).await?;
    let folder = options.out.unwrap_or_else(|| PathBuf::from("results").join(&options.sweep));
    provenance::warn_of_part(&options.sweep, &store.recorded(&options.sweep).await?);
    draw(&Found::of(&store, &options.sweep).await?, &folder)?;
    println!("{}", folder.display());
    Ok(Exit::Success)
}

/// What a sweep has found so far, as figures and tables take it.
struct Found {
    sweep: String,
    points: Vec<PhasePoint>,
    transitions: Vec<Transition>,
    degrees: Vec<DegreePoint>,
    levels: Vec<LevelPoint>,
}

impl Found {
    async fn of(store: &Store, sweep: &str) -> anyhow::Result<Found> {
        // A sweep that is not there is an error; one without results yet is told apart by whoever draws.
        store.recorded(sweep).await?;
        Ok(Found {
            sweep: sweep.to_owned(),
            points: store.phase_diagram(sweep).await?,
            transitions: transitions::of(store, sweep).await?,
            degrees: store.degree_distribution(sweep).await?,
            levels: store.energy_levels(sweep).await?,
        })
    }

    fn is_empty(&self) -> bool {
        self.points.is_empty() && self.degrees.is_empty() && self.levels.is_empty()
    }

    /// The view to look at first.
    fn view(&self) -> &'static str {
        match self {
            Found { points, .. } if !points.is_empty() => "phase_diagram",
            Found { levels, .. } if !levels.is_empty() => "energy_levels",
            _ => "degree_distribution",
        }
    }
}

/// Prints the summary, and writes it with the plots, the phase diagram and all results into a folder.
pub(crate) async fn write_report(store: &Store, sweep: &str, folder: &Path) -> anyhow::Result<()> {
    store.analyze().await?;
    let found = Found::of(store, sweep).await?;
    if found.is_empty() {
        return Ok(());
    }
    draw(&found, folder)?;
    let provenance = Provenance::of(store, sweep).await?;
    provenance.write(folder)?;
    std::fs::write(folder.join("summary.txt"), summary(&provenance, &found))?;
    if !found.points.is_empty() {
        write_tables(store, &found, folder).await?;
        println!("{}", report::summary(&found.points, TABLE_ROWS, width::of_output()));
        if !found.transitions.is_empty() {
            println!(
                "\ntransitions\n{}",
                transitions::describe(&found.transitions, TRANSITION_ROWS, width::of_output())
            );
        }
    }
    println!("plots and tables are in {}", folder.display());
    println!("query them in SQL:");
    println!("  rapgrid db psql -- -c \\\n    \"SELECT * FROM {} WHERE sweep = '{sweep}'\"", found.view());
    Ok(())
}

async fn write_tables(store: &Store, found: &Found, folder: &Path) -> anyhow::Result<()> {
    for view in [View::PhaseDiagram, View::Results, View::Differences, View::Transitions] {
        let path = folder.join(view.name()).with_extension("csv");
        let file = tokio::fs::File::create(&path).await;
        let file = file.with_context(|| format!("writing {}", path.display()))?;
        store.export_csv(view, &found.sweep, std::pin::pin!(file)).await?;
    }
    Ok(())
}

/// What made the results, and all of them in short.
fn summary(provenance: &Provenance, found: &Found) -> String {
    let mut text = provenance.summary();
    if !found.points.is_empty() {
        text += &format!("\n{}\n", report::summary(&found.points, usize::MAX, None));
    }
    if !found.transitions.is_empty() {
        text += &format!("\ntransitions\n{}", transitions::describe(&found.transitions, usize::MAX, None));
    }
    text
}

fn draw(found: &Found, folder: &Path) -> anyhow::Result<()> {
    let Found { sweep, points, transitions, degrees, levels } = found;
    let figures = report::draw(&Results { sweep, points, transitions, degrees, levels })?;
    report::write_figures(folder, &figures).with_context(|| format!("writing plots to {}", folder.display()))
}

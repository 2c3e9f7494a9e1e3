//! `rapgrid plot`, and the report that `scan` leaves.

use crate::arguments::PlotOptions;
use crate::build;
use crate::commands::provenance::{self, Provenance};
use crate::commands::width::{self, wrapped};
use crate::commands::{export, transitions};
use crate::database::Finder;
use crate::exit::{BadInput, Exit};
use crate::new_file::{self, NewFile};
use crate::telling::{say, tell};
use anyhow::Context;
use report::{Asked, Figure, Format, Output, Page, Quantity, ReportError, Results, Source};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use store::Store;
use store::export::View;
use sweep::diagram::{
    ActivationPoint, DegreePoint, DifferencePoint, LearningPoint, LevelPoint, RobustnessPoint,
};
use sweep::measurement::PhasePoint;
use sweep::method::Method;
use sweep::transition::Transition;

/// Rows of the table on the terminal.
const TABLE_ROWS: usize = 60;
const TRANSITION_ROWS: usize = 24;

pub(crate) async fn run(options: PlotOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweeps[0]).await?;
    let mut found = Vec::new();
    for sweep in &options.sweeps {
        let one = Found::of(&store, sweep).await?;
        provenance::warn_of_part(sweep, &one.provenance.recorded);
        found.push(one);
    }
    let page = Page { width: options.width, height: options.height };
    let figures = match &found[..] {
        [only] if !options.is_asked() => only.figures(options.title.as_deref(), page)?,
        _ => asked(&options, &found, page)?,
    };
    let mut formats: Vec<Format> = options.format.iter().map(|&format| format.into()).collect();
    let mut folder = options.out.unwrap_or_else(|| PathBuf::from("results").join(options.sweeps.join("+")));
    let mut figures = figures;
    // A path that ends like a figure is one.
    let format = folder.extension().and_then(|end| Format::ALL.into_iter().find(|f| end == f.extension()));
    if let (Some(format), Some(stem)) = (format, folder.file_stem().and_then(|stem| stem.to_str())) {
        let [only] = &mut figures[..] else {
            let message =
                format!("{} is one file, and there are {} figures", folder.display(), figures.len());
            return Err(BadInput(message).into());
        };
        only.name = stem.to_owned();
        formats = vec![format];
        folder.pop();
    }
    let is_single = formats.len() * figures.len() == 1;
    let written = write(&found, &figures, &formats, page, &folder)?;
    match &written[..] {
        [only] if is_single => say!("{}", only.display()),
        _ => say!("{}", folder.display()),
    }
    Ok(Exit::Success)
}

/// The figures that were asked for, one for each quantity.
fn asked(options: &PlotOptions, found: &[Found], page: Page) -> anyhow::Result<Vec<Figure>> {
    let sources: Vec<Source<'_>> = found
        .iter()
        .map(|found| Source { sweep: &found.sweep, points: &found.points, differences: &found.differences })
        .collect();
    let named = |found: &Found, note: String| match sources.len() {
        1 => note,
        _ => format!("{}: {note}", found.sweep),
    };
    let notes: Vec<String> =
        found.iter().flat_map(|one| one.notes().into_iter().map(|note| named(one, note))).collect();
    let settings = settings_of_all(found);
    let quantities = if options.quantity.is_empty() { &[Quantity::Energy][..] } else { &options.quantity };
    let figure = |&quantity: &Quantity| {
        let asked = Asked {
            title: options.title.as_deref(),
            notes: &notes,
            settings: &settings,
            quantity,
            x: options.x,
            hue: options.hue,
            panel: options.panel,
            conditions: &options.conditions,
            page,
        };
        // What cannot be drawn as it was asked for, can be asked for otherwise.
        report::draw_asked(&sources, &asked).map_err(|error| BadInput(error.to_string()).into())
    };
    quantities.iter().map(figure).collect()
}

/// The settings of several sweeps: those in which they differ say of which.
fn settings_of_all(found: &[Found]) -> Vec<(String, String)> {
    let each: Vec<(&str, Vec<(String, String)>)> =
        found.iter().map(|one| (one.sweep.as_str(), one.settings())).collect();
    tagged(&each)
}

fn tagged(each: &[(&str, Vec<(String, String)>)]) -> Vec<(String, String)> {
    let all = || each.iter().flat_map(|(_, settings)| settings);
    let differs = |method: &str, text: &str| all().any(|(name, other)| name == method && other != text);
    let tag = |sweep: &str, (method, text): &(String, String)| {
        let text = if differs(method, text) { format!("{sweep}, {text}") } else { text.clone() };
        (method.clone(), text)
    };
    let tagged = each.iter().flat_map(|(sweep, settings)| settings.iter().map(move |one| tag(sweep, one)));
    tagged.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What a sweep has found so far, as figures and tables take it.
struct Found {
    sweep: String,
    points: Vec<PhasePoint>,
    differences: Vec<DifferencePoint>,
    transitions: Vec<Transition>,
    degrees: Vec<DegreePoint>,
    levels: Vec<LevelPoint>,
    learning: Vec<LearningPoint>,
    activation: Vec<ActivationPoint>,
    robustness: Vec<RobustnessPoint>,
    provenance: Provenance,
}

impl Found {
    async fn of(store: &Store, sweep: &str) -> anyhow::Result<Found> {
        // A sweep that is not there is an error; one without results yet is told apart by whoever draws.
        let provenance = Provenance::of(store, sweep).await?;
        Ok(Found {
            sweep: sweep.to_owned(),
            points: store.phase_diagram(sweep).await?,
            differences: store.differences_from_exact(sweep).await?,
            transitions: transitions::of(store, sweep).await?,
            degrees: store.degree_distribution(sweep).await?,
            levels: store.energy_levels(sweep).await?,
            learning: store.learning_curves(sweep).await?,
            activation: store.activation(sweep).await?,
            robustness: store.robustness(sweep).await?,
            provenance,
        })
    }

    /// The default set.
    fn figures(&self, title: Option<&str>, page: Page) -> anyhow::Result<Vec<Figure>> {
        let Found {
            points, differences, transitions, degrees, levels, learning, activation, robustness, ..
        } = self;
        let (notes, settings) = (self.notes(), self.settings());
        Ok(report::draw(&Results {
            sweep: title.unwrap_or(&self.sweep),
            notes: &notes,
            settings: &settings,
            page,
            points,
            differences,
            transitions,
            degrees,
            levels,
            learning,
            activation,
            robustness,
        })?)
    }

    /// How far the sweep is, if not all of it is there.
    fn notes(&self) -> Vec<String> {
        let recorded = &self.provenance.recorded;
        let is_part = recorded.units_done < recorded.units;
        is_part.then(|| provenance::status(recorded)).into_iter().collect()
    }

    /// By method, of those whose errors depend on them: `mc: runs = 4, relax = 500, measure = 2000`.
    fn settings(&self) -> Vec<(String, String)> {
        let of = |method: &Method| {
            // A ladder would fill the figure, and one that is left open says nothing.
            let short = method.settings().into_iter().filter(|(_, value)| (1..=16).contains(&value.len()));
            let settings: Vec<String> = short.map(|(name, value)| format!("{name} = {value}")).collect();
            (method.name.clone(), format!("{}: {}", method.name, settings.join(", ")))
        };
        let chains = ["mc", "replica_exchange", "reduced_mc", "anneal"];
        let methods = self.provenance.spec.methods().iter();
        methods.filter(|method| chains.contains(&method.kind())).map(|method| of(method)).collect()
    }

    /// What its figures say that they were made from.
    fn origin(&self) -> [(&'static str, String); 6] {
        let Provenance { spec, numerics_revision, .. } = &self.provenance;
        let drawn_by = format!("rapgrid {}", build::LONG_VERSION);
        [
            ("sweep", self.sweep.clone()),
            ("seed", spec.seed().to_string()),
            ("spec digest", spec.digest().to_owned()),
            ("numerics revision", numerics_revision.to_string()),
            ("computed by", self.provenance.programs().join(", ")),
            ("drawn by", drawn_by),
        ]
    }

    fn is_empty(&self) -> bool {
        self.points.is_empty() && self.degrees.is_empty() && self.levels.is_empty() && !self.is_trained()
    }

    /// Whether it has trainings.
    fn is_trained(&self) -> bool {
        !self.learning.is_empty() || !self.robustness.is_empty()
    }

    fn training_summary(&self, rows: usize, width: Option<usize>) -> String {
        report::training_summary(&self.learning, &self.activation, rows, width)
    }

    /// The view to look at first.
    fn view(&self) -> &'static str {
        match self {
            Found { points, .. } if !points.is_empty() => "phase_diagram",
            Found { levels, .. } if !levels.is_empty() => "energy_levels",
            Found { activation, .. } if !activation.is_empty() => "activation",
            Found { robustness, .. } if !robustness.is_empty() => "robustness",
            _ => "degree_distribution",
        }
    }
}

/// Makes the folder of a report, and sees whether files can be written there, before anything is computed for it.
pub(crate) fn prepare(folder: &Path) -> Result<(), BadInput> {
    let try_it = || {
        fs::create_dir_all(folder)?;
        NewFile::create(&folder.join("summary.txt")).map(drop)
    };
    let unusable =
        |error: std::io::Error| BadInput(format!("cannot write results to {}: {error}", folder.display()));
    try_it().map_err(unusable)?;
    for name in ["summary.txt", "results.csv", "provenance.json"] {
        if folder.join(name).is_dir() {
            return Err(BadInput(format!(
                "{} is a folder in the way of a file",
                folder.join(name).display()
            )));
        }
    }
    Ok(())
}

/// Prints the summary, and writes it with the plots, the phase diagram and all results into a folder.
pub(crate) async fn write_report(store: &Store, sweep: &str, folder: &Path) -> anyhow::Result<()> {
    store.analyze().await?;
    let found = Found::of(store, sweep).await?;
    if found.is_empty() {
        return Ok(());
    }
    let figures = match found.figures(None, Page::default()) {
        // The rows say why: too costly, or without a path.
        Err(error) if matches!(error.downcast_ref(), Some(ReportError::NothingToDraw)) => {
            tell!("nothing is drawn: no row has values");
            Vec::new()
        }
        figures => figures?,
    };
    let formats = [Format::Svg, Format::Png];
    write(std::slice::from_ref(&found), &figures, &formats, Page::default(), folder)?;
    found.provenance.write(folder)?;
    let path = folder.join("summary.txt");
    new_file::write(&path, summary(&found).as_bytes())
        .with_context(|| format!("writing {}", path.display()))?;
    if !found.points.is_empty() {
        write_tables(store, &found, folder, &OF_INSTANCES).await?;
        say!("{}", report::summary(&found.points, TABLE_ROWS, width::of_output()));
        if let Some(worst) = report::largest_error(&found.points) {
            say!("{}", wrapped(&worst, width::of_output()));
        }
        if !found.transitions.is_empty() {
            say!(
                "\ntransitions\n{}",
                transitions::describe(&found.transitions, TRANSITION_ROWS, width::of_output())
            );
        }
    }
    if found.is_trained() {
        write_tables(store, &found, folder, &OF_TRAININGS).await?;
        say!("{}", found.training_summary(TABLE_ROWS, width::of_output()));
    }
    say!("plots and tables are in {}", folder.display());
    say!("query them in SQL:");
    say!("  rapgrid db psql -- -c \\\n    \"SELECT * FROM {} WHERE sweep = '{sweep}'\"", found.view());
    Ok(())
}

/// The views that a results folder has as tables.
const OF_INSTANCES: [View; 4] = [View::PhaseDiagram, View::Results, View::Differences, View::Transitions];
const OF_TRAININGS: [View; 4] =
    [View::LearningCurves, View::Activation, View::Robustness, View::TrainingResults];

async fn write_tables(store: &Store, found: &Found, folder: &Path, views: &[View]) -> anyhow::Result<()> {
    for &view in views {
        let path = folder.join(view.name()).with_extension("csv");
        export::write_csv(store, view, &found.sweep, &path).await?;
    }
    Ok(())
}

/// Writes figures, with what they were made from.
fn write(
    found: &[Found],
    figures: &[Figure],
    formats: &[Format],
    page: Page,
    folder: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut provenance: Vec<(String, String)> = Vec::new();
    for (key, value) in found.iter().flat_map(Found::origin) {
        match provenance.iter_mut().find(|(known, _)| known == key) {
            Some((_, values)) if *values != value => values.push_str(&format!(", {value}")),
            Some(_) => {}
            None => provenance.push((key.to_owned(), value)),
        }
    }
    let output = Output { formats, page, provenance: &provenance };
    let writing = |path: &Path| format!("writing {}", path.display());
    fs::create_dir_all(folder).with_context(|| writing(folder))?;
    let write = |file: Result<(String, Vec<u8>), ReportError>| {
        let (name, content) = file?;
        let path = folder.join(name);
        new_file::write(&path, &content).with_context(|| writing(&path))?;
        Ok(path)
    };
    report::files(figures, &output).map(write).collect()
}

/// What made the results, and all of them in short.
fn summary(found: &Found) -> String {
    let mut text = found.provenance.summary();
    if !found.points.is_empty() {
        text += &format!("\n{}\n", report::summary(&found.points, usize::MAX, None));
        text.extend(report::largest_error(&found.points).map(|worst| worst + "\n"));
    }
    if found.is_trained() {
        text += &format!("\n{}\n", found.training_summary(usize::MAX, None));
    }
    if !found.transitions.is_empty() {
        text += &format!("\ntransitions\n{}", transitions::describe(&found.transitions, usize::MAX, None));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_in_which_sweeps_differ_say_of_which() {
        let of = |method: &str, text: &str| (method.to_owned(), format!("{method}: {text}"));
        let each = [
            ("a", vec![of("anneal", "runs = 4"), of("mc", "runs = 4")]),
            ("b", vec![of("anneal", "runs = 4"), of("mc", "runs = 8")]),
        ];
        let said: Vec<String> = tagged(&each).into_iter().map(|(_, text)| text).collect();
        assert_eq!(said, ["anneal: runs = 4", "a, mc: runs = 4", "b, mc: runs = 8"]);
    }
}

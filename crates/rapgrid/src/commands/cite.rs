//! `rapgrid cite`: a paragraph for a paper's methods section, and whom to cite.

use super::provenance::{Provenance, status};
use super::specification;
use super::width::wrapped;
use crate::arguments::{CiteOptions, OutputFormat};
use crate::database::Finder;
use crate::exit::Exit;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;

/// What it prints goes into a manuscript, whatever the terminal.
const COLUMNS: usize = 80;

const MODEL: &str = "\
@article{huang2018random,
  title   = {Random active path model of deep neural networks with diluted
             binary synapses},
  author  = {Huang, Haiping and Goudarzi, Alireza},
  journal = {Physical Review E},
  volume  = {98},
  pages   = {042311},
  year    = {2018},
  doi     = {10.1103/PhysRevE.98.042311}
}";

pub(crate) async fn run(options: CiteOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweep).await?;
    let provenance = Provenance::of(&store, &options.sweep).await?;
    let mut out = std::io::stdout().lock();
    match options.format {
        OutputFormat::Json => writeln!(out, "{:#}", provenance.json())?,
        OutputFormat::Table => {
            let text = paragraph(&provenance);
            writeln!(out, "{}\n\n{}\n\n{MODEL}", wrapped(&text, Some(COLUMNS)), program_entry(&provenance))?;
        }
    }
    Ok(Exit::Success)
}

fn paragraph(provenance: &Provenance) -> String {
    let Provenance { spec, recorded, numerics_revision, .. } = provenance;
    let methods: BTreeSet<&str> = spec.methods().iter().map(|method| method.name.as_str()).collect();
    let lines = specification::lines(spec);
    let (of_methods, of_grid): (Vec<_>, Vec<_>) =
        lines.iter().partition(|(name, _)| methods.contains(name.as_str()));
    let listed = |lines: &[&(String, String)]| {
        lines.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join("; ")
    };
    let trains = spec.trains();
    let what = if trains {
        "Networks were trained"
    } else {
        "The random active path model [huang2018random] was computed"
    };
    let mut text = format!(
        "{what} with {} [rapgrid], numerics revision {numerics_revision}, ",
        provenance.programs().join(" and ")
    );
    let _ = write!(
        text,
        "as the sweep {:?} (spec {}), on the grid {}. ",
        spec.name(),
        spec.digest(),
        listed(&of_grid)
    );
    let samples = match trains {
        true => {
            "trials of seed {seed}: teacher, patterns and start of a trial are the same whatever else is varied"
        }
        false => {
            "disorder samples of seed {seed}, which all methods and temperatures share; samples at different dilutions and \
             activations are nested"
        }
    };
    let samples = samples.replace("{seed}", &spec.seed().to_string());
    let _ = write!(text, "Every cell has {} {samples}. ", spec.samples());
    let of_methods: Vec<String> =
        of_methods.iter().map(|(name, value)| format!("{name} ({value})")).collect();
    let _ = write!(text, "Methods: {}. ", of_methods.join("; "));
    let _ = write!(
        text,
        "Means are over the {}, with standard errors from their spread. {} rows took {:.2} core-hours of processor time.",
        if trains { "trials" } else { "samples" },
        recorded.rows_done,
        provenance.cpu_seconds() / 3600.0
    );
    if recorded.units_done < recorded.units {
        let _ = write!(text, " The sweep is {}.", status(recorded));
    }
    text
}

fn program_entry(provenance: &Provenance) -> String {
    let versions: BTreeSet<&str> =
        provenance.programs.iter().map(|program| program.version.as_str()).collect();
    let last = provenance.programs.iter().map(|program| program.last_finished_at.as_str()).max();
    let year = last.and_then(|date| date.get(..4)).unwrap_or("");
    format!(
        "@software{{rapgrid,\n  title   = {{rapgrid: phase diagrams of the random active path\n             model}},\n  author  = \
         {{The rapgrid authors}},\n  version = {{{}}},\n  year    = {{{year}}},\n  note    = {{{}; seed {}, numerics \
         revision {}}}\n}}",
        versions.into_iter().collect::<Vec<_>>().join(", "),
        provenance.programs().join("; "),
        provenance.spec.seed(),
        provenance.numerics_revision,
    )
}

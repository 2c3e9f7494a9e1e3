//! Draws made-up phase diagrams into a directory, to look at: `cargo run -p report --example demo -- DIRECTORY`.

mod synthetic;

use report::Results;
use std::path::{Path, PathBuf};
use sweep::measurement::PhasePoint;
use sweep::transition::{Between, Place, Transition};
use synthetic::{Grid, sweep};

fn write(directory: &Path, figures: &[report::Figure]) -> Result<(), Box<dyn std::error::Error>> {
    let output =
        report::Output { formats: &report::Format::ALL, page: report::Page::default(), provenance: &[] };
    std::fs::create_dir_all(directory)?;
    for file in report::files(figures, &output) {
        let (name, content) = file?;
        std::fs::write(directory.join(name), content)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: demo DIRECTORY")?);
    let demos = [
        ("ladder", sweep(&Grid { dilutions: 25, betas: 8 })),
        ("one_beta", sweep(&Grid { dilutions: 25, betas: 1 })),
        ("few_dilutions", sweep(&Grid { dilutions: 3, betas: 25 })),
        ("many_methods", many_methods()),
        ("ensembles", ensembles()),
        ("instances", instances()),
        ("one_row", sweep(&Grid { dilutions: 1, betas: 1 })[3..].to_vec()),
    ];
    for (name, points) in demos {
        let title = format!("Made-up data for a look at the figures: {}", name.replace('_', " "));
        let mut transitions = synthetic::transitions(&points);
        if name == "ladder" {
            leave_open(&mut transitions);
        }
        let results =
            Results { sweep: &title, points: &points, transitions: &transitions, ..Results::default() };
        write(&directory.join(name), &report::draw(&results)?)?;
        println!("{title}\n{}\n", report::summary(&points, 12, None));
    }
    let (degrees, levels) = (synthetic::degrees(150), synthetic::levels());
    let results = Results {
        sweep: "Made-up degrees and levels",
        degrees: &degrees,
        levels: &levels,
        ..Results::default()
    };
    write(&directory.join("without_beta"), &report::draw(&results)?)?;
    Ok(())
}

/// A first transition before the grid, and a later one that samples leave open which did not converge.
fn leave_open(transitions: &mut [Transition]) {
    transitions[0].crossing = Place::AtEdge(Between { from: None, to: Some(0.12) });
    transitions[4].crossing = Place::Unresolved(Between { from: Some(0.76), to: Some(0.93) });
    transitions[4].ordering = Place::Unresolved(Between { from: Some(0.8), to: None });
    transitions[4].unresolved_samples = 7;
}

/// Two Monte Carlo methods, and kinds that have no style of their own.
fn many_methods() -> Vec<PhasePoint> {
    let points = sweep(&Grid { dilutions: 17, betas: 5 });
    let variant = |point: &PhasePoint, kind: &str, method: &str, shift: f64| {
        let mut other = point.clone();
        (other.kind, other.method) = (kind.to_owned(), method.to_owned());
        other.energy_per_weight = other.energy_per_weight.map(|e| e * (1.0 + shift));
        other
    };
    let of_kind = |kind: &'static str| points.iter().filter(move |p| p.kind == kind);
    let mut all = points.clone();
    all.extend(of_kind("mc").map(|p| variant(p, "mc", "slow quench", 0.04)));
    all.extend(of_kind("mc").map(|p| variant(p, "anneal", "anneal", -0.06)));
    all.extend(of_kind("exact").map(|p| variant(p, "bp_reduced", "bp_reduced", -0.03)));
    all.extend(of_kind("exact").map(|p| variant(p, "tensor", "tensor network", -0.1)));
    all
}

/// Two ensembles and two inverse temperatures.
fn ensembles() -> Vec<PhasePoint> {
    let points = sweep(&Grid { dilutions: 17, betas: 2 });
    let mut all = points.clone();
    all.extend(points.into_iter().map(|mut p| {
        p.parameters.cell = p.parameters.cell.replace("branching", "synapse");
        p.parameters.ensemble = Some("synapse".to_owned());
        p.energy_per_weight = p.energy_per_weight.map(|e| 0.9 * e);
        p
    }));
    all
}

/// Instances that a user brought: only β varies.
fn instances() -> Vec<PhasePoint> {
    let mut points = sweep(&Grid { dilutions: 2, betas: 12 });
    for point in &mut points {
        let digit = if point.parameters.dilution[0].is_zero() { "3f" } else { "a7" };
        point.parameters.cell = format!("instance=sha256:{}", digit.repeat(32));
        (point.parameters.ensemble, point.samples_of) = (None, 1);
        point.samples = point.samples.min(1);
        point.energy_standard_error = None;
        (point.parameters.dilution, point.parameters.activation) = (Vec::new(), Vec::new());
    }
    points
}

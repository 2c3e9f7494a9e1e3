//! `cargo run --release -p bench -- coverage SPEC.toml --seeds 60`: whether error bars cover.
//!
//! The spec is one of `rapgrid scan`, with instance files of its own, small enough to be exact. Every method runs at
//! every β with so many seeds, the spec's and those after it, and of each observable is printed how many of its values
//! lie within one and beyond three of their own standard errors from the exact one, and the mean z and its deviation:
//! 68 %, 0.3 %, 0 and 1 for Gaussian errors that are right. Rows that say that they are not equilibrated are counted
//! apart.

use comfy_table::{CellAlignment, Table, presets};
use compute::Sample;
use model::{FactorGraph, Instance};
use physics::exact::{self, pairs};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use sweep::decimal::{to_f64, to_text};
use sweep::measurement::Values;
use sweep::{Cell, Spec};

/// An exact answer may take so many configurations.
const MAX_CONFIGURATIONS: u64 = 1 << 32;

/// What has an exact value and an error: its column, and its value and error in a row.
type Observable = (&'static str, fn(&Values) -> Option<(f64, f64)>);

const OBSERVABLES: [Observable; 6] = [
    ("energy_per_weight", |v| v.energy_per_weight.zip(v.energy_error)),
    ("specific_heat", |v| v.specific_heat.zip(v.specific_heat_error)),
    ("path_overlap", |v| v.path_overlap.zip(v.path_overlap_error)),
    ("susceptibility", |v| v.susceptibility.zip(v.susceptibility_error)),
    ("unit_binder", |v| v.unit_binder.zip(v.unit_binder_error)),
    ("system_susceptibility", |v| v.system_susceptibility.zip(v.system_susceptibility_error)),
];

/// Deviations in standard errors, of rows that call themselves equilibrated, or do not say, and of the others.
#[derive(Debug, Clone, Default)]
struct Scores {
    trusted: Vec<f64>,
    flagged: Vec<f64>,
}

/// Runs the command with its arguments after `coverage`.
pub(crate) fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let usage = "usage: coverage SPEC.toml [--seeds N]";
    let (file, seeds) = match arguments {
        [file] => (file, 60),
        [file, flag, seeds] if flag == "--seeds" => (file, seeds.parse::<u64>()?),
        _ => return Err(usage.into()),
    };
    let folder = Path::new(file).parent().unwrap_or(Path::new("."));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    let spec = Spec::parse(&std::fs::read_to_string(file)?, file, &read)?;
    let mut table = Lines::new();
    let mut pooled: BTreeMap<(String, usize), Scores> = BTreeMap::new();
    for instance in &spec.source().files {
        for ((beta, method, observable), (exact, scores)) in of_instance(&spec, instance, seeds)? {
            let name = spec.methods()[method].name.as_str();
            let column = OBSERVABLES[observable].0;
            table.row(&[&instance.name, &beta, name, column, &format!("{exact:.6}")], &scores);
            let all = pooled.entry((name.to_owned(), observable)).or_default();
            all.trusted.extend(scores.trusted);
            all.flagged.extend(scores.flagged);
        }
    }
    for ((method, observable), scores) in &pooled {
        table.row(&["all", "", method, OBSERVABLES[*observable].0, ""], scores);
    }
    println!("{}", table.0);
    Ok(())
}

/// By β, in the order of [`OBSERVABLES`].
type ExactValues = BTreeMap<String, [Option<f64>; 6]>;

/// By β, method and observable: the exact value and the scores.
type Found = BTreeMap<(String, usize, usize), (f64, Scores)>;

fn of_instance(spec: &Spec, file: &sweep::InstanceFile, seeds: u64) -> Result<Found, Box<dyn Error>> {
    let instance = Instance::from_json(&file.text)?;
    let graph = FactorGraph::new(&instance);
    let cell = Cell::of_instance(file.name.clone(), instance);
    let exact = exact_values(spec, &graph)?;
    let tasks: Vec<(u64, usize)> =
        (0..seeds).flat_map(|seed| (0..spec.methods().len()).map(move |method| (seed, method))).collect();
    let measured: Vec<(usize, Vec<_>)> = tasks
        .into_par_iter()
        .map(|(seed, method)| {
            let sample = Sample { seed: spec.seed() + seed, cell: &cell.content, sample: 0 };
            (method, compute::measure(&graph, sample, &spec.methods()[method], spec.betas()))
        })
        .collect();
    let mut found = Found::new();
    for (method, row) in measured.iter().flat_map(|(method, rows)| rows.iter().map(move |row| (method, row)))
    {
        let beta = to_text(row.beta);
        for (observable, (_, value)) in OBSERVABLES.iter().enumerate() {
            let (Some(exact), Some((value, error))) = (exact[&beta][observable], value(&row.values)) else {
                continue;
            };
            let scores =
                &mut found.entry((beta.clone(), *method, observable)).or_insert((exact, Scores::default())).1;
            let list = if row.values.equilibrated == Some(false) {
                &mut scores.flagged
            } else {
                &mut scores.trusted
            };
            // An exact value at an error of nothing: no deviation is none.
            list.push(if value == exact { 0.0 } else { (value - exact) / error });
        }
    }
    Ok(found)
}

fn exact_values(spec: &Spec, graph: &FactorGraph) -> Result<ExactValues, Box<dyn Error>> {
    let betas: Vec<f64> = spec.betas().iter().map(|&beta| to_f64(beta)).collect();
    let n = graph.weight_count() as f64;
    let solutions = exact::solve(graph, &betas, MAX_CONFIGURATIONS)?;
    let of_beta = |((text, &beta), solution): ((String, &f64), exact::Exact)| {
        let pairs = pairs::pair_averages(graph, beta);
        let pair = |value: fn(&pairs::PairAverages) -> f64| pairs.as_ref().map(value);
        let values = [
            Some(solution.energy / n),
            Some(beta * beta * solution.energy_variance / n),
            pair(|p| p.path_overlap),
            pair(|p| p.path_susceptibility),
            pairs.as_ref().and_then(pairs::PairAverages::unit_binder),
            pairs.as_ref().and_then(|p| p.system_susceptibility).map(|total| total / n),
        ];
        (text, values)
    };
    let texts = spec.betas().iter().map(|&beta| to_text(beta));
    Ok(texts.zip(&betas).zip(solutions).map(of_beta).collect())
}

struct Lines(Table);

impl Lines {
    fn new() -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header([
            "instance",
            "β",
            "method",
            "observable",
            "exact",
            "rows",
            "within 1σ",
            "beyond 3σ",
            "mean z",
            "rms z",
            "flagged",
            "beyond 3σ",
        ]);
        for column in 4..12 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self(table)
    }

    fn row(&mut self, what: &[&str; 5], scores: &Scores) {
        let share = |scores: &[f64], of: &dyn Fn(f64) -> bool| {
            let count = scores.iter().filter(|&&z| of(z)).count() as f64;
            if scores.is_empty() {
                String::new()
            } else {
                format!("{:.1} %", 100.0 * count / scores.len() as f64)
            }
        };
        let trusted = &scores.trusted[..];
        let count = trusted.len().max(1) as f64;
        let mean = trusted.iter().sum::<f64>() / count;
        let rms = (trusted.iter().map(|z| z * z).sum::<f64>() / count).sqrt();
        let mut cells: Vec<String> = what.iter().map(|&text| text.to_owned()).collect();
        cells.extend([
            trusted.len().to_string(),
            share(trusted, &|z| z.abs() <= 1.0),
            share(trusted, &|z| z.abs() > 3.0),
            format!("{mean:.2}"),
            format!("{rms:.2}"),
            scores.flagged.len().to_string(),
            share(&scores.flagged, &|z| z.abs() > 3.0),
        ]);
        self.0.add_row(cells);
    }
}

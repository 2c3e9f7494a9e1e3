//! `rapgrid solve`: one instance file, here and now.

mod without_beta;

use crate::arguments::{OutputFormat, SolveOptions};
use crate::commands::instance;
use crate::commands::numbers::{read_betas, read_overlaps};
use crate::exit::{BadInput, Exit};
use comfy_table::{CellAlignment, Table, presets};
use compute::Sample;
use model::FactorGraph;
use rust_decimal::Decimal;
use std::io::Write;
use sweep::measurement::{Measurement, Outcome};
use sweep::{Cell, Method, MethodSettings, decimal};

/// An exact answer that takes longer is announced.
const LONG_SECONDS: f64 = 2.0;

/// Of belief propagation, on max |Δ ln ρ|.
const TOLERANCE: f64 = 1e-12;

/// Even steps of a ladder that is not given.
const DEFAULT_LADDER_STEPS: u32 = 20;

pub(crate) fn run(options: SolveOptions) -> anyhow::Result<Exit> {
    let betas = read_betas("--beta", &options.beta)?;
    let methods =
        options.method.iter().map(|name| method(name, &options, &betas)).collect::<Result<Vec<_>, _>>()?;
    if let Some(method) = methods.iter().find(|method| method.uses_beta() && betas.is_empty()) {
        return Err(BadInput(format!("--method {} needs --beta, such as --beta 0.3,0.8", method.name)).into());
    }
    let instance = instance::read(&options.file)?;
    let graph = FactorGraph::new(&instance);
    let instance_depth = instance.network().depth();
    let cell = Cell::of_instance(options.file.display().to_string(), instance);
    let sample = Sample { seed: options.seed, cell: &cell.content, sample: 0 };
    for method in &methods {
        if let MethodSettings::Exact { max_configurations } = method.settings {
            announce_exact(&graph, betas.len(), max_configurations)?;
        }
    }
    if instance_depth != 3 && methods.iter().any(|method| method.settings.is_reduced()) {
        return Err(
            BadInput("bp_reduced and reduced_mc need an instance of three weight layers".to_owned()).into()
        );
    }
    let mut rows = Vec::new();
    for method in &methods {
        without_beta::print(&graph, sample, method, options.format)?;
        let found = compute::measure(&graph, sample, method, &betas);
        if options.format == OutputFormat::Json {
            let mut out = std::io::stdout().lock();
            for row in &found {
                writeln!(out, "{}", serde_json::to_string(row)?)?;
            }
        }
        rows.extend(found);
    }
    if options.format == OutputFormat::Table && !rows.is_empty() {
        writeln!(std::io::stdout(), "{}", table(&rows))?;
    }
    Ok(Exit::Success)
}

fn method(name: &str, options: &SolveOptions, betas: &[Decimal]) -> Result<Method, BadInput> {
    let SolveOptions { runs, relax, measure, max_iterations, mc_sweeps, .. } = *options;
    let settings = match name {
        "bp" => MethodSettings::Bp { tolerance: TOLERANCE, max_iterations },
        "mc" => MethodSettings::Mc { runs, relax, measure },
        "exact" => MethodSettings::Exact { max_configurations: options.max_configurations },
        "anneal" => {
            MethodSettings::Anneal { runs, beta_step: read_beta_step(&options.beta_step)?, mc_sweeps }
        }
        "replica_exchange" => MethodSettings::ReplicaExchange {
            ladder: read_ladder(options, betas)?,
            runs,
            relax,
            rounds: measure,
        },
        "bp_reduced" => MethodSettings::BpReduced { tolerance: TOLERANCE, max_iterations },
        "reduced_mc" => {
            MethodSettings::ReducedMc { runs, relax, measure, ladder: read_ladder(options, betas)? }
        }
        "degrees" => MethodSettings::Degrees,
        "levels" => MethodSettings::Levels {
            overlaps: read_overlaps("--overlaps", &options.overlaps)?,
            pairs: options.pairs,
        },
        other => {
            let kinds = sweep::method::KINDS.join(", ");
            return Err(BadInput(format!("--method {other}: the methods are {kinds}")));
        }
    };
    Ok(Method { name: name.to_owned(), settings })
}

fn read_beta_step(text: &str) -> Result<Decimal, BadInput> {
    let step = decimal::parse(text).map_err(|error| BadInput(format!("--beta-step {text}: {error}")))?;
    let is_step = physics::anneal::AnnealSettings::new(2, decimal::to_f64(step), 1);
    is_step.map_err(|error| BadInput(format!("--beta-step {text}: {error}")))?;
    Ok(step)
}

/// The temperatures that are given, or 20 even steps from 0 to the largest β with all β among them.
fn read_ladder(options: &SolveOptions, betas: &[Decimal]) -> Result<Vec<Decimal>, BadInput> {
    let largest = betas.iter().copied().max().unwrap_or_default();
    if options.ladder.is_empty() {
        let even = (0..=DEFAULT_LADDER_STEPS)
            .map(|k| largest * Decimal::from(k) / Decimal::from(DEFAULT_LADDER_STEPS));
        let ladder: std::collections::BTreeSet<Decimal> =
            even.map(|beta| beta.round_dp(6)).chain(betas.iter().copied()).collect();
        if ladder.len() < 2 {
            return Err(BadInput("a ladder has at least two temperatures: give --ladder".to_owned()));
        }
        return Ok(ladder.into_iter().collect());
    }
    let ladder = read_betas("--ladder", &options.ladder)?;
    if ladder.len() < 2 || ladder.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(BadInput("--ladder must be at least two increasing temperatures".to_owned()));
    }
    match betas.iter().find(|beta| !ladder.contains(beta)) {
        Some(beta) => {
            Err(BadInput(format!("--ladder lacks {}, which --beta asks for", decimal::to_text(*beta))))
        }
        None => Ok(ladder),
    }
}

/// Says beforehand when the exact answer takes long, or too long.
fn announce_exact(graph: &FactorGraph, betas: usize, max_configurations: u64) -> Result<(), BadInput> {
    let needed = model::exact_configurations(graph);
    let seconds = model::exact_seconds(needed, betas);
    if needed > max_configurations as f64 {
        return Err(BadInput(format!(
            "the exact answer needs {needed:.2e} configurations (about {seconds:.0} s), more than --max-configurations \
             {max_configurations}; raise it, or leave exact out: --method bp,mc"
        )));
    }
    if seconds > LONG_SECONDS {
        eprintln!("exact: {needed:.2e} configurations, about {seconds:.0} s");
    }
    Ok(())
}

fn table(rows: &[Measurement]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "β",
        "method",
        "branch",
        "⟨H⟩/n",
        "log Z/n",
        "S/n",
        "overlap",
        "converged",
        "ordered",
        "iterations",
        "τ_int",
        "R̂",
    ]);
    for row in rows {
        let values = &row.values;
        let energy = values.energy_per_weight.map(|energy| report::concise(energy, values.energy_error));
        let digits = |value: Option<f64>, digits| value.map(|value| format!("{value:.digits$}"));
        let yes = |flag: Option<bool>| flag.map(|flag| if flag { "yes" } else { "no" }.to_owned());
        let energy =
            energy.or_else(|| (row.outcome != Outcome::Solved).then(|| row.outcome.name().to_owned()));
        let cells = [
            Some(decimal::to_text(row.beta)),
            Some(row.method.clone()),
            row.branch.map(|branch| branch.name().to_owned()),
            energy,
            digits(values.log_z_per_weight, 6),
            digits(values.entropy_per_weight, 6),
            digits(values.overlap, 6),
            yes(values.converged),
            yes(values.ordered),
            values.iterations.map(|count| count.to_string()),
            digits(values.tau_int, 1),
            digits(values.r_hat, 3),
        ];
        table.add_row(cells.map(Option::unwrap_or_default));
    }
    for column in [0, 3, 4, 5, 6, 9, 10, 11] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

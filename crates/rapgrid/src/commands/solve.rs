//! `rapgrid solve`: one instance file, here and now.

mod free_energy;
mod without_beta;

use crate::arguments::{OutputFormat, SolveOptions};
use crate::build;
use crate::commands::default_ladder::default_ladder;
use crate::commands::numbers::{read_betas, read_overlaps};
use crate::commands::spec_file::read_instance;
use crate::commands::table::{self, table};
use crate::commands::width::{self, wrapped};
use crate::exit::{BadInput, Exit};
use crate::telling::tell;
use comfy_table::Table;
use compute::Sample;
use model::numerics::NUMERICS_REVISION;
use model::{FactorGraph, Instance};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;
use sweep::cost::estimate_seconds;
use sweep::measurement::{Measurement, Outcome};
use sweep::method::KINDS;
use sweep::{Cell, Method, MethodSettings, Spec, Task, Work, decimal, meant};

/// What takes longer is announced.
const LONG_SECONDS: f64 = 2.0;

/// Where none is named.
const DEFAULT_METHODS: [&str; 3] = ["exact", "bp", "mc"];

/// Kinds that are not asked at a temperature.
const WITHOUT_BETA: [&str; 2] = ["degrees", "levels"];

/// Kinds that exchange replicas over a ladder.
const WITH_LADDER: [&str; 2] = ["replica_exchange", "reduced_mc"];

/// Digits of the temperatures of a ladder that is not given.
const LADDER_DIGITS: u32 = 6;

pub(crate) fn run(mut options: SolveOptions) -> anyhow::Result<Exit> {
    let is_asked = !options.method.is_empty();
    if !is_asked {
        options.method = DEFAULT_METHODS.map(str::to_owned).into();
    }
    if let Some(other) = options.method.iter().find(|name| !KINDS.contains(&name.as_str())) {
        let hint = meant(other, &KINDS);
        return Err(BadInput(format!("--method {other} is no method{hint}")).into());
    }
    let betas = read_betas("--beta", &options.beta)?;
    let at_betas = |name: &&String| !WITHOUT_BETA.contains(&name.as_str());
    if betas.is_empty()
        && let Some(method) = options.method.iter().find(at_betas)
    {
        return Err(BadInput(format!("--method {method} needs --beta, such as --beta 0.3,0.8")).into());
    }
    let spec = read_spec(&options, &betas)?;
    let cell = Arc::new(spec.grid().cell(0));
    let sample = Sample { seed: options.seed, cell: &cell.content, sample: 0 };
    let instance = compute::instance_of(&cell, sample);
    let graph = FactorGraph::new(&instance);
    let mut asked = Vec::new();
    for method in options.method.iter().filter_map(|name| spec.method(name)) {
        if let MethodSettings::Exact(exact) = &method.settings
            && let Err(error) = announce_exact(&graph, spec.betas().len(), exact.max_configurations)
        {
            if is_asked {
                return Err(error.into());
            }
            tell!("without exact: {error}");
            continue;
        }
        announce_ladder(&cell, spec.betas(), method);
        asked.push(method);
    }
    let origin = origin(&options, &instance);
    let mut rows = Vec::new();
    for method in asked {
        if options.format == OutputFormat::Table {
            tell!("{}", wrapped(&method.to_string(), width::of_errors()));
        }
        let with_origin = |row| with_origin(row, method, &origin);
        without_beta::print(&graph, sample, method, options.format, &with_origin)?;
        let found = compute::measure(&graph, sample, method, spec.betas());
        if options.format == OutputFormat::Json {
            let mut out = std::io::stdout().lock();
            for row in &found {
                writeln!(out, "{}", with_origin(serde_json::to_value(row)?))?;
            }
        }
        rows.extend(found);
    }
    if options.format == OutputFormat::Table && !rows.is_empty() {
        let least = ["τ_int", "iterations", "ordered", "overlap", "converged", "R̂", "S/n"];
        let mut out = std::io::stdout().lock();
        table::print(&mut out, as_table(&rows), &least)?;
        writeln!(out, "{}", wrapped(&origin_text(&options, &instance), width::of_output()))?;
    }
    if let Some(remark) = free_energy::remark(&rows) {
        tell!("{}", wrapped(&remark, width::of_errors()));
    }
    Ok(Exit::Success)
}

/// What, beside a method's settings, a row can be computed again from.
fn origin(options: &SolveOptions, instance: &Instance) -> Map<String, Value> {
    let Value::Object(origin) = json!({
        "seed": options.seed, "instance": instance.digest(), "numerics_revision": NUMERICS_REVISION,
        "version": build::VERSION, "git_revision": build::GIT_REVISION,
    }) else {
        unreachable!("an object was written")
    };
    origin
}

/// The same for people, but for the settings, which stand above the table.
fn origin_text(options: &SolveOptions, instance: &Instance) -> String {
    format!(
        "instance sha256:{}, seed {}, numerics revision {NUMERICS_REVISION}, rapgrid {}",
        instance.digest(),
        options.seed,
        build::LONG_VERSION
    )
}

fn with_origin(mut row: Value, method: &Method, origin: &Map<String, Value>) -> Value {
    let settings = method.settings().into_iter().map(|(name, value)| (name.to_owned(), value.into()));
    row["settings"] = settings.collect::<Map<String, Value>>().into();
    for (name, value) in origin {
        row[name] = value.clone();
    }
    row
}

/// The spec that asks for the same: `solve` and a sweep have their bounds, defaults and checks in one place, and give
/// the same rows for the same instance and settings.
fn read_spec(options: &SolveOptions, betas: &[Decimal]) -> Result<Spec, BadInput> {
    let name = options.file.display().to_string();
    // Once: a pipe has nothing the second time. What is wrong with it, the spec's reader says.
    let source = read_instance(&options.file).map_err(|error| format!("cannot read {name}: {error}"));
    let text = spec_text(options, &name, betas, source.as_deref().unwrap_or_default())?;
    Spec::parse(&text, "the command line", &|_| source.clone())
        .map_err(|error| BadInput(in_options(error.reason())))
}

fn spec_text(
    options: &SolveOptions,
    name: &str,
    betas: &[Decimal],
    instance: &str,
) -> Result<String, BadInput> {
    // A string of JSON is one of TOML.
    let name = serde_json::Value::from(name);
    let mut text = format!("name = \"solve\"\nseed = {}\n[grid]\ninstances = [{name}]\n", options.seed);
    if !betas.is_empty() {
        let _ = writeln!(text, "beta = [{}]", joined(betas));
    }
    for method in options.method.iter().collect::<BTreeSet<_>>() {
        let _ = writeln!(text, "[methods.{method}]");
        let mut set = |key: &str, value: Option<String>| {
            value.into_iter().for_each(|value| text.push_str(&format!("{key} = {value}\n")));
        };
        let of = |kinds: &[&str], value: Option<u32>| {
            value.filter(|_| kinds.contains(&method.as_str())).map(|n| n.to_string())
        };
        let sampled = ["mc", "replica_exchange", "reduced_mc"];
        set("runs", of(&[&sampled[..], &["anneal"]].concat(), options.runs));
        set("relax", of(&sampled, options.relax));
        set("measure", of(&["mc", "reduced_mc"], options.measure));
        set("rounds", of(&["replica_exchange"], options.measure));
        set("mc_sweeps", of(&["anneal"], options.mc_sweeps));
        set("max_iterations", of(&["bp", "bp_reduced"], options.max_iterations));
        set("pairs", of(&["levels"], options.pairs));
        match method.as_str() {
            "exact" => set("max_configurations", Some(options.max_configurations.to_string())),
            "anneal" => set("beta_step", options.beta_step.as_deref().map(read_beta_step).transpose()?),
            kind if WITH_LADDER.contains(&kind) && !betas.is_empty() => {
                set("ladder", Some(format!("[{}]", joined(&read_ladder(options, betas, instance)?))));
            }
            "levels" => {
                let overlaps = read_overlaps("--overlaps", &options.overlaps)?;
                set("overlaps", Some(format!("[{}]", joined(&overlaps))));
            }
            _ => {}
        }
    }
    Ok(text)
}

/// What a spec's refusal means on the command line, where a setting `methods.mc.relax` is the option --relax.
fn in_options(reason: &str) -> String {
    let Some((place, rest)) = reason.strip_prefix("methods.").and_then(|rest| rest.split_once(' ')) else {
        return reason.trim_start_matches("instances lists ").to_owned();
    };
    match place.split_once('.') {
        Some((method, "rounds")) => format!("--measure {rest} (--method {method})"),
        Some((method, setting)) => format!("--{} {rest} (--method {method})", setting.replace('_', "-")),
        None => format!("--method {place} {rest}"),
    }
}

fn read_beta_step(text: &str) -> Result<String, BadInput> {
    let step = decimal::parse(text).map_err(|error| BadInput(format!("--beta-step {text}: {error}")))?;
    Ok(decimal::to_text(step))
}

/// The temperatures that are given, or those of [`default_ladder`] with all β among them.
fn read_ladder(options: &SolveOptions, betas: &[Decimal], instance: &str) -> Result<Vec<Decimal>, BadInput> {
    if !options.ladder.is_empty() {
        return read_betas("--ladder", &options.ladder);
    }
    let largest = betas.iter().copied().max().unwrap_or_default();
    let alpha = Instance::from_json(instance).map_or(1.0, |instance| FactorGraph::new(&instance).alpha());
    let mut ladder = default_ladder(largest, alpha, LADDER_DIGITS);
    ladder.extend(betas);
    Ok(ladder.into_iter().collect())
}

fn joined(numbers: &[Decimal]) -> String {
    numbers.iter().map(|&number| decimal::to_text(number)).collect::<Vec<_>>().join(", ")
}

/// Says beforehand when the exact answer takes long, or too long.
fn announce_exact(graph: &FactorGraph, betas: usize, max_configurations: u64) -> Result<(), BadInput> {
    let cost = model::exact_cost(graph);
    let (needed, seconds) = (cost.configurations, cost.seconds(betas));
    if needed > max_configurations as f64 {
        return Err(BadInput(format!(
            "the exact answer needs {needed:.2e} configurations (about {seconds:.0} s), more than --max-configurations \
             {max_configurations}; raise it, or leave exact out: --method bp,mc"
        )));
    }
    if seconds > LONG_SECONDS {
        tell!("exact: {needed:.2e} configurations, about {seconds:.0} s");
    }
    Ok(())
}

/// Says beforehand when replicas over a ladder take long.
fn announce_ladder(cell: &Arc<Cell>, betas: &[Decimal], method: &Arc<Method>) {
    let ladder = match &method.settings {
        MethodSettings::ReplicaExchange(settings) => &settings.ladder,
        MethodSettings::ReducedMc(settings) => &settings.ladder,
        _ => return,
    };
    let task = Task { method_index: 0, method: Arc::clone(method), betas: betas.to_vec() };
    let seconds = estimate_seconds(&Work { cell: Arc::clone(cell), sample: 0, tasks: vec![task] });
    if seconds > LONG_SECONDS {
        tell!("{}: {} temperatures, about {seconds:.0} s", method.name, ladder.len());
    }
}

fn as_table(rows: &[Measurement]) -> Table {
    let mut table = table(
        [
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
        ],
        [0, 3, 4, 5, 6, 9, 10, 11],
    );
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
            free_energy::log_z(values),
            free_energy::entropy(values),
            digits(values.overlap, 6),
            yes(values.converged),
            yes(values.ordered),
            values.iterations.map(|count| count.to_string()),
            digits(values.tau_int, 1),
            digits(values.r_hat, 3),
        ];
        table.add_row(cells.map(Option::unwrap_or_default));
    }
    table
}

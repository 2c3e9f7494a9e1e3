//! `rapgrid instance --from`: the instances that the gates of a trained network make for its inputs.

use crate::arguments::{InstanceOptions, OutputFormat};
use crate::commands::table::{self, table};
use crate::exit::BadInput;
use crate::new_file;
use crate::telling::say;
use anyhow::Context;
use model::{FactorGraph, Gates, Instance, RectifiedNetwork};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// One of the instances, and where it is written.
struct Made {
    input: usize,
    output: usize,
    /// What the network gives there.
    value: f64,
    /// The share of active units of each hidden layer.
    activation: Vec<f64>,
    /// None if no path is active.
    instance: Option<Described>,
    path: Option<PathBuf>,
}

struct Described {
    instance: Instance,
    weights: usize,
    paths: usize,
    /// −Σ ξ Π sgn w / n.
    energy_per_weight: f64,
}

impl Described {
    fn of(instance: Instance, network: &RectifiedNetwork, output: usize) -> Self {
        let graph = FactorGraph::new(&instance);
        let signs: Vec<i8> = graph.weights().iter().map(|weight| network.sign(weight, output)).collect();
        let (weights, paths) = (graph.weight_count(), graph.path_count());
        let energy_per_weight = graph.energy(&signs) as f64 / weights as f64;
        Self { instance, weights, paths, energy_per_weight }
    }

    /// M / n. With couplings `input` there is a configuration that satisfies every path: the lowest energy per weight
    /// is −α.
    fn alpha(&self) -> f64 {
        self.paths as f64 / self.weights as f64
    }
}

pub(crate) fn run(options: &InstanceOptions, file: &Path) -> anyhow::Result<()> {
    let bad = |error: &dyn std::fmt::Display| BadInput(format!("cannot read {}: {error}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| bad(&error))?;
    let network = RectifiedNetwork::from_npz(&bytes).map_err(|error| bad(&error))?;
    let outputs = *network.widths().last().context("a network has layers")? as usize;
    let inputs = chosen("--input", &options.input, network.input_count(), "inputs", &[0])?;
    let all: Vec<usize> = (0..outputs).collect();
    let outputs = chosen("--output-unit", &options.output_unit, outputs, "output units", &all)?;
    check_names(options, inputs.len(), outputs.len())?;
    let mut made = Vec::new();
    for &input in &inputs {
        let gates = network.gates(input);
        for &output in &outputs {
            made.push(make(&network, &gates, output, options.output.as_deref())?);
        }
    }
    if options.output.is_none() {
        let instance = made.iter().find_map(|made| made.instance.as_ref());
        let instance = instance.context("no path is active at this input: the instance would be empty")?;
        say!("{}", instance.instance.to_json());
        return Ok(());
    }
    tell(&made, options.format)
}

/// The numbers that are asked for, each of `count` things.
fn chosen(
    option: &str,
    asked: &[usize],
    count: usize,
    what: &str,
    default: &[usize],
) -> Result<Vec<usize>, BadInput> {
    match asked.iter().find(|&&number| number >= count) {
        Some(number) => {
            Err(BadInput(format!("{option} {number}: the network has {count} {what}, 0 to {}", count - 1)))
        }
        None if asked.is_empty() => Ok(default.to_vec()),
        None => Ok(asked.to_vec()),
    }
}

/// Several instances need several names.
fn check_names(options: &InstanceOptions, inputs: usize, outputs: usize) -> Result<(), BadInput> {
    let name = options.output.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
    for (count, place, what) in [(inputs, "{input}", "inputs"), (outputs, "{output}", "output units")] {
        if count > 1 && !name.contains(place) {
            return Err(BadInput(format!(
                "these are instances of {count} {what}: write -o with {place} in the name, such as net-{place}.json, \
                 or choose one"
            )));
        }
    }
    Ok(())
}

fn make(
    network: &RectifiedNetwork,
    gates: &Gates,
    output: usize,
    name: Option<&Path>,
) -> anyhow::Result<Made> {
    let input = gates.input;
    let bad = |error| BadInput(format!("input {input}, output unit {output}: {error}"));
    let instance = network.instance(gates, output).map_err(bad)?;
    let named = |path: &Path| {
        let name = path.display().to_string();
        PathBuf::from(name.replace("{input}", &input.to_string()).replace("{output}", &output.to_string()))
    };
    let path = name.filter(|_| instance.is_some()).map(named);
    if let (Some(path), Some(instance)) = (&path, &instance) {
        new_file::write(path, (instance.to_json() + "\n").as_bytes())
            .with_context(|| format!("writing {}", path.display()))?;
    }
    let instance = instance.map(|instance| Described::of(instance, network, output));
    Ok(Made { input, output, value: gates.outputs[output], activation: gates.activation(), instance, path })
}

fn tell(made: &[Made], format: OutputFormat) -> anyhow::Result<()> {
    if format == OutputFormat::Json {
        for made in made {
            say!("{}", json(made));
        }
        return Ok(());
    }
    let mut table = table(
        ["input", "output", "value", "ρ", "n", "M", "α", "⟨H⟩/n of signs", "lowest", "file"],
        [0, 1, 2, 4, 5, 6, 7, 8],
    );
    for made in made {
        table.add_row(row(made));
    }
    table::print(&mut std::io::stdout().lock(), table, &["value", "α"])?;
    Ok(())
}

fn json(made: &Made) -> Value {
    let described = made.instance.as_ref();
    json!({
        "input": made.input, "output_unit": made.output, "output": made.value, "activation": made.activation,
        "weights": described.map_or(0, |one| one.weights), "paths": described.map_or(0, |one| one.paths),
        "signs_energy_per_weight": described.map(|one| one.energy_per_weight),
        "lowest_energy_per_weight": described.map(|one| -one.alpha()),
        "instance": described.map(|one| one.instance.digest()),
        "file": made.path.as_ref().map(|path| path.display().to_string()),
    })
}

fn row(made: &Made) -> [String; 10] {
    let described = made.instance.as_ref();
    let digits = |of: fn(&Described) -> f64| described.map_or(String::new(), |one| format!("{:.4}", of(one)));
    let activation: Vec<String> = made.activation.iter().map(|share| format!("{share:.3}")).collect();
    let file = made.path.as_ref().map(|path| path.display().to_string());
    [
        made.input.to_string(),
        made.output.to_string(),
        format!("{:.4}", made.value),
        activation.join(" "),
        described.map_or(0, |one| one.weights).to_string(),
        described.map_or(0, |one| one.paths).to_string(),
        digits(Described::alpha),
        digits(|one| one.energy_per_weight),
        digits(|one| -one.alpha()),
        file.unwrap_or_else(|| "none: no path is active".to_owned()),
    ]
}

//! `rapgrid instance --from`: the instances that the gates of a trained network make for its inputs.

use crate::arguments::{InstanceOptions, OutputFormat};
use crate::commands::table::{self, table};
use crate::exit::BadInput;
use crate::new_file;
use crate::telling::say;
use anyhow::Context;
use model::{FactorGraph, Instance, RectifiedNetwork};
use serde_json::json;
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
    instance: Option<Instance>,
    /// −Σ ξ Π sgn w, whole.
    energy: i64,
    path: Option<PathBuf>,
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
    for (&input, &output) in inputs.iter().flat_map(|input| outputs.iter().map(move |output| (input, output)))
    {
        made.push(make(&network, input, output, options.output.as_deref())?);
    }
    if options.output.is_none() {
        let instance = made.iter().find_map(|made| made.instance.as_ref());
        let instance = instance.context("no path is active at this input: the instance would be empty")?;
        say!("{}", instance.to_json());
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
    input: usize,
    output: usize,
    name: Option<&Path>,
) -> anyhow::Result<Made> {
    let gates = network.gates(input);
    let bad = |error| BadInput(format!("input {input}, output unit {output}: {error}"));
    let instance = network.instance(input, output).map_err(bad)?;
    let energy = instance.as_ref().map_or(0, |instance| {
        let graph = FactorGraph::new(instance);
        let signs: Vec<i8> = graph.weights().iter().map(|weight| network.sign(weight, output)).collect();
        graph.energy(&signs)
    });
    let named = |path: &Path| {
        let name = path.display().to_string();
        PathBuf::from(name.replace("{input}", &input.to_string()).replace("{output}", &output.to_string()))
    };
    let path = name.filter(|_| instance.is_some()).map(named);
    if let (Some(path), Some(instance)) = (&path, &instance) {
        new_file::write(path, (instance.to_json() + "\n").as_bytes())
            .with_context(|| format!("writing {}", path.display()))?;
    }
    let (value, activation) = (gates.outputs[output], gates.activation());
    Ok(Made { input, output, value, activation, instance, energy, path })
}

fn tell(made: &[Made], format: OutputFormat) -> anyhow::Result<()> {
    let mut table = table(
        ["input", "output", "value", "ρ", "n", "M", "α", "⟨H⟩/n of signs", "lowest", "file"],
        [0, 1, 2, 4, 5, 6, 7, 8],
    );
    for made in made {
        let graph = made.instance.as_ref().map(FactorGraph::new);
        let per_weight =
            |energy: i64| graph.as_ref().map(|graph| energy as f64 / graph.weight_count() as f64);
        let (paths, weights) =
            graph.as_ref().map_or((0, 0), |graph| (graph.path_count(), graph.weight_count()));
        // With couplings `input` there is a configuration that satisfies every path.
        let (energy, lowest) = (per_weight(made.energy), per_weight(-(paths as i64)));
        let file = made.path.as_ref().map(|path| path.display().to_string());
        if format == OutputFormat::Json {
            let digest = made.instance.as_ref().map(Instance::digest);
            say!(
                "{}",
                json!({
                    "input": made.input, "output_unit": made.output, "output": made.value, "activation": made.activation,
                    "weights": weights, "paths": paths, "signs_energy_per_weight": energy,
                    "lowest_energy_per_weight": lowest, "instance": digest, "file": file,
                })
            );
            continue;
        }
        let digits = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.4}"));
        let activation: Vec<String> = made.activation.iter().map(|share| format!("{share:.3}")).collect();
        table.add_row([
            made.input.to_string(),
            made.output.to_string(),
            format!("{:.4}", made.value),
            activation.join(" "),
            weights.to_string(),
            paths.to_string(),
            digits(graph.as_ref().map(FactorGraph::alpha)),
            digits(energy),
            digits(lowest),
            file.unwrap_or_else(|| "none: no path is active".to_owned()),
        ]);
    }
    if format == OutputFormat::Table {
        table::print(&mut std::io::stdout().lock(), table, &["value", "α"])?;
    }
    Ok(())
}

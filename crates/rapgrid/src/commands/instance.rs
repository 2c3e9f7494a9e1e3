//! `rapgrid instance`: draw one, describe one, or make those of a trained network.

use crate::arguments::{InstanceOptions, OutputFormat};
use crate::build;
use crate::commands::from_network;
use crate::commands::spec_file::read_instance;
use crate::exit::{BadInput, Exit};
use crate::new_file;
use crate::telling::say;
use anyhow::Context;
use compute::Sample;
use model::numerics::NUMERICS_REVISION;
use model::{Couplings, Ensemble, FactorGraph, Instance, Network, Structure};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use sweep::{Cell, decimal};

pub(crate) fn run(options: InstanceOptions) -> anyhow::Result<Exit> {
    match (&options.file, &options.from) {
        (Some(file), _) => describe(&read(file)?, options.format, json!({}))?,
        (None, Some(network)) => from_network::run(&options, network)?,
        (None, None) => draw(&options)?,
    }
    Ok(Exit::Success)
}

/// Reads an instance file.
pub(crate) fn read(path: &Path) -> Result<Instance, BadInput> {
    let bad = |error: &dyn std::fmt::Display| BadInput(format!("cannot read {}: {error}", path.display()));
    let text = read_instance(path).map_err(|error| bad(&error))?;
    Instance::from_json(&text).map_err(|error| bad(&error))
}

fn draw(options: &InstanceOptions) -> anyhow::Result<()> {
    let cell = cell(options)?;
    let sample = Sample { seed: options.seed, cell: &cell.content, sample: options.sample };
    let instance = compute::instance_of(&cell, sample);
    if instance.is_empty() {
        anyhow::bail!("this sample has no active path; take another --seed or --sample, or less dilution");
    }
    match &options.output {
        Some(path) => {
            new_file::write(path, (instance.to_json() + "\n").as_bytes())
                .with_context(|| format!("writing {}", path.display()))?;
            describe(&instance, options.format, origin(options, &cell))
        }
        None => Ok(writeln!(std::io::stdout(), "{}", instance.to_json())?),
    }
}

fn cell(options: &InstanceOptions) -> Result<Cell, BadInput> {
    let bad = |error: &dyn std::fmt::Display| BadInput(error.to_string());
    let network = Network::new(options.widths.clone()).map_err(|error| bad(&format!("--widths: {error}")))?;
    let depth = network.depth();
    let dilution = probabilities("--dilution", &options.dilution, depth, Decimal::ZERO)?;
    let activation = probabilities("--activation", &options.activation, depth - 1, Decimal::ONE)?;
    let ensemble = Ensemble::from_name(&options.ensemble).ok_or_else(|| {
        BadInput(format!("--ensemble {}: choose independent, branching, synapse or unit", options.ensemble))
    })?;
    let couplings = Couplings::from_name(&options.couplings)
        .ok_or_else(|| BadInput(format!("--couplings {}: choose input or path", options.couplings)))?;
    let numbers = |values: &[Decimal]| values.iter().map(|&value| decimal::to_f64(value)).collect();
    let structure = Structure::new(network, ensemble, couplings, numbers(&dilution), numbers(&activation))
        .map_err(|error| bad(&error))?;
    Ok(Cell::of_ensemble(structure, dilution, activation))
}

/// The description for programs, beside what the instance was drawn from.
fn description(instance: &Instance, graph: &FactorGraph, mut origin: Value) -> Value {
    let cost = model::exact_cost(graph);
    let degree = |(layer, degree, weights)| json!({ "layer": layer, "degree": degree, "weights": weights });
    origin["instance"] = instance.digest().into();
    origin["widths"] = instance.network().widths().into();
    origin["weights"] = graph.weight_count().into();
    origin["paths"] = graph.path_count().into();
    origin["alpha"] = graph.alpha().into();
    origin["hidden_units"] = graph.hidden_units().into();
    origin["exact_configurations"] = cost.configurations.into();
    origin["exact_seconds"] = cost.seconds(1).into();
    origin["degrees"] = graph.degree_histogram().into_iter().map(degree).collect();
    origin
}

fn probabilities(
    option: &str,
    texts: &[String],
    count: usize,
    default: Decimal,
) -> Result<Vec<Decimal>, BadInput> {
    if texts.is_empty() {
        return Ok(vec![default; count]);
    }
    let read = |text: &String| {
        decimal::parse(text.trim()).map_err(|error| BadInput(format!("{option} {text}: {error}")))
    };
    texts.iter().map(read).collect()
}

/// What an instance was drawn from: with this the same command draws it again.
fn origin(options: &InstanceOptions, cell: &Cell) -> Value {
    let texts = |values: &[Decimal]| values.iter().map(|&value| decimal::to_text(value)).collect::<Vec<_>>();
    json!({
        "ensemble": options.ensemble, "couplings": options.couplings, "activation": texts(cell.activation()),
        "dilution": texts(cell.dilution()), "seed": options.seed, "sample": options.sample,
        "numerics_revision": NUMERICS_REVISION, "version": build::VERSION, "git_revision": build::GIT_REVISION,
    })
}

fn describe(instance: &Instance, format: OutputFormat, origin: Value) -> anyhow::Result<()> {
    let graph = FactorGraph::new(instance);
    if format == OutputFormat::Json {
        say!("{}", description(instance, &graph, origin));
        return Ok(());
    }
    let widths: Vec<String> = instance.network().widths().iter().map(u32::to_string).collect();
    let cost = model::exact_cost(&graph);
    let mut out = std::io::stdout().lock();
    writeln!(out, "widths          {}", widths.join(", "))?;
    writeln!(out, "weights n       {}", graph.weight_count())?;
    writeln!(out, "paths M         {}", graph.path_count())?;
    writeln!(out, "alpha M/n       {:.4}", graph.alpha())?;
    writeln!(out, "hidden units h  {}", graph.hidden_units())?;
    writeln!(out, "sha256          {}", instance.digest())?;
    writeln!(
        out,
        "exact answer    {:.2e} configurations, about {:.1} s",
        cost.configurations,
        cost.seconds(1)
    )?;
    writeln!(out, "\ndegree distribution (weights of a layer on so many active paths)")?;
    writeln!(out, "{:>6}{:>8}{:>10}", "layer", "degree", "weights")?;
    for (layer, degree, weights) in graph.degree_histogram() {
        writeln!(out, "{layer:>6}{degree:>8}{weights:>10}")?;
    }
    Ok(())
}

//! What `rapgrid solve` says of an instance at no temperature in particular: degrees and energy levels.

use crate::arguments::OutputFormat;
use crate::commands::table::table;
use crate::telling::say;
use compute::Sample;
use model::FactorGraph;
use serde_json::{Value, json};
use std::io::Write;
use sweep::measurement::{DegreeCount, LevelPair};
use sweep::{Method, MethodSettings, decimal};

/// Prints what the method finds, as lines of JSON with what `said_with` adds to each; nothing for a method that is
/// solved at every β.
pub(super) fn print(
    graph: &FactorGraph,
    sample: Sample<'_>,
    method: &Method,
    format: OutputFormat,
    said_with: &dyn Fn(Value) -> Value,
) -> anyhow::Result<()> {
    if format == OutputFormat::Json {
        for row in rows(graph, sample, method)? {
            say!("{}", said_with(row));
        }
        return Ok(());
    }
    match &method.settings {
        MethodSettings::Degrees(_) => print_degrees(&compute::degree_counts(graph)),
        MethodSettings::Levels(_) => print_levels(&compute::level_pairs(graph, sample, method)),
        _ => Ok(()),
    }
}

fn rows(graph: &FactorGraph, sample: Sample<'_>, method: &Method) -> serde_json::Result<Vec<Value>> {
    let bar = |DegreeCount { layer, degree, weights }| {
        Ok(json!({ "method": method.name, "layer": layer, "degree": degree, "weights": weights }))
    };
    match &method.settings {
        MethodSettings::Degrees(_) => compute::degree_counts(graph).into_iter().map(bar).collect(),
        MethodSettings::Levels(_) => {
            compute::level_pairs(graph, sample, method).iter().map(serde_json::to_value).collect()
        }
        _ => Ok(Vec::new()),
    }
}

fn print_degrees(bars: &[DegreeCount]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut table = table(["layer", "degree", "weights"], 0..3);
    for bar in bars {
        table.add_row([bar.layer.to_string(), bar.degree.to_string(), bar.weights.to_string()]);
    }
    Ok(writeln!(out, "{}", table)?)
}

fn print_levels(pairs: &[LevelPair]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut table = table(["overlap", "⟨H H′⟩/M", "over signs", "spread", "⟨H²⟩/M", "excess kurtosis"], 0..6);
    let text = |value, error| report::concise(value, Some(error));
    for pair in pairs {
        table.add_row([
            decimal::to_text(pair.overlap),
            text(pair.covariance_per_path, pair.covariance_error),
            text(pair.disorder_covariance_per_path, pair.disorder_covariance_error),
            format!("{:.4}", pair.disorder_spread),
            text(pair.variance_per_path, pair.variance_error),
            text(pair.excess_kurtosis, pair.excess_kurtosis_error),
        ]);
    }
    Ok(writeln!(out, "{}", table)?)
}

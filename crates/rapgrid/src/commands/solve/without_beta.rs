//! What `rapgrid solve` says of an instance at no temperature in particular: degrees and energy levels.

use crate::arguments::OutputFormat;
use crate::commands::table::table;
use compute::Sample;
use model::FactorGraph;
use std::io::Write;
use sweep::measurement::{DegreeCount, LevelPair};
use sweep::{Method, MethodSettings, decimal};

/// Prints what the method finds; nothing for a method that is solved at every β.
pub(super) fn print(
    graph: &FactorGraph,
    sample: Sample<'_>,
    method: &Method,
    format: OutputFormat,
) -> anyhow::Result<()> {
    match &method.settings {
        MethodSettings::Degrees(_) => print_degrees(&compute::degree_counts(graph), &method.name, format),
        MethodSettings::Levels(_) => print_levels(&compute::level_pairs(graph, sample, method), format),
        _ => Ok(()),
    }
}

fn print_degrees(bars: &[DegreeCount], method: &str, format: OutputFormat) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if format == OutputFormat::Json {
        for bar in bars {
            let DegreeCount { layer, degree, weights } = bar;
            let line =
                serde_json::json!({ "method": method, "layer": layer, "degree": degree, "weights": weights });
            writeln!(out, "{line}")?;
        }
        return Ok(());
    }
    let mut table = table(["layer", "degree", "weights"], 0..3);
    for bar in bars {
        table.add_row([bar.layer.to_string(), bar.degree.to_string(), bar.weights.to_string()]);
    }
    Ok(writeln!(out, "{}", table)?)
}

fn print_levels(pairs: &[LevelPair], format: OutputFormat) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if format == OutputFormat::Json {
        for pair in pairs {
            writeln!(out, "{}", serde_json::to_string(pair)?)?;
        }
        return Ok(());
    }
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

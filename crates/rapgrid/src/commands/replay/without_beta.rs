//! Degrees, energy levels and trainings again: whole samples, because one draw gives all of their rows.

use super::cells::cell_named;
use crate::arguments::OutputFormat;
use crate::commands::width::{self, wrapped};
use compute::Sample;
use model::FactorGraph;
use std::collections::HashMap;
use std::io::Write;
use store::recorded::RecordedSample;
use sweep::{Cell, MethodSettings, Spec, Work};

/// Replays samples; returns how many differ.
pub(super) fn replay(
    spec: &Spec,
    cells: &HashMap<String, Cell>,
    recorded: &[RecordedSample],
    format: OutputFormat,
) -> anyhow::Result<usize> {
    let mut out = std::io::stdout().lock();
    let mut differing = 0;
    for sample in recorded {
        let is_same = is_same(spec, cell_named(cells, &sample.cell)?, sample);
        differing += usize::from(!is_same);
        let word = if is_same { "identical" } else { "DIFFERS  " };
        let what = match (sample.levels.is_empty(), sample.training.is_empty()) {
            (true, true) => "degrees",
            (false, _) => "levels",
            (true, false) => "training",
        };
        if format == OutputFormat::Json {
            let object = serde_json::json!({
                "identical": is_same, "cell": sample.cell, "sample": sample.sample, "what": what,
            });
            writeln!(out, "{object}")?;
        } else {
            let line = format!("{word}  {} sample {} {what}", sample.cell, sample.sample);
            writeln!(out, "{}", wrapped(&line, width::of_output()))?;
        }
    }
    Ok(differing)
}

fn is_same(spec: &Spec, cell: &Cell, recorded: &RecordedSample) -> bool {
    if let Some(training) = cell.training() {
        // One training serves all methods. What the spec asks for and is not there yet may be anything.
        let work = Work::whole(spec, cell, recorded.sample);
        let rows = compute::training_rows(spec.seed(), training, &work);
        return recorded.training.iter().all(|row| rows.contains(row));
    }
    let sample = Sample { seed: spec.seed(), cell: &cell.content, sample: recorded.sample };
    let graph = FactorGraph::new(&compute::instance_of(cell, sample));
    if recorded.levels.is_empty() {
        return compute::degree_counts(&graph) == recorded.degree_counts;
    }
    let methods = spec.methods().iter().filter(|m| matches!(m.settings, MethodSettings::Levels(_)));
    let levels: Vec<_> = methods.flat_map(|method| compute::level_pairs(&graph, sample, method)).collect();
    recorded.levels.iter().all(|pair| levels.contains(pair))
}

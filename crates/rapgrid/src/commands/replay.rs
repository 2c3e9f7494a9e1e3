//! `rapgrid replay`: computes recorded rows again from what they say, and compares them bit for bit.

mod cells;
mod without_beta;

use crate::arguments::{OutputFormat, ReplayOptions};
use crate::commands::width::{self, wrapped};
use crate::database::Finder;
use crate::exit::{BadInput, Exit};
use anyhow::Context;
use cells::{cell_named, find_cells};
use compute::Sample;
use model::FactorGraph;
use model::numerics::NUMERICS_REVISION;
use std::io::Write;
use store::recorded::{RecordedRow, RecordedSample, RowFilter};
use sweep::measurement::{Measurement, Outcome, Values};
use sweep::{Cell, Spec, decimal};

pub(crate) async fn run(options: ReplayOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweep).await?;
    let stored = store.find_sweep(&options.sweep).await?;
    let stored = stored.ok_or_else(|| BadInput(format!("there is no sweep named {:?}", options.sweep)))?;
    if stored.numerics_revision != NUMERICS_REVISION as i32 {
        anyhow::bail!(
            "{} was computed with numerics revision {}, and this program has {NUMERICS_REVISION}: replay it with the \
             version that its rows name",
            options.sweep,
            stored.numerics_revision
        );
    }
    let filter = RowFilter {
        cell_id: options.cell,
        sample: options.sample,
        beta: options.beta,
        method: options.method,
    };
    let rows = store.recorded_rows(&options.sweep, &filter, options.limit).await?;
    let mut samples = store.recorded_degrees(&options.sweep, &filter, options.limit).await?;
    samples.extend(store.recorded_levels(&options.sweep, &filter, options.limit).await?);
    samples.extend(store.recorded_trainings(&options.sweep, &filter, options.limit).await?);
    anyhow::ensure!(!rows.is_empty() || !samples.is_empty(), "no recorded row of {} matches", options.sweep);
    let matching = store.count_rows(&options.sweep, &filter).await?;
    let spec = coordinator::read_sweep(&stored)?.latest().clone();
    let format = options.format;
    let replay_all = move || replay_all(&spec, &rows, matching, &samples, format);
    let differing = tokio::task::spawn_blocking(replay_all).await??;
    Ok(if differing == 0 { Exit::Success } else { Exit::Differs })
}

/// Replays the rows, of `matching` in the database, and the samples; returns how many differ.
fn replay_all(
    spec: &Spec,
    rows: &[RecordedRow],
    matching: i64,
    samples: &[RecordedSample],
    format: OutputFormat,
) -> anyhow::Result<usize> {
    let named = rows.iter().map(|row| row.cell.as_str()).chain(samples.iter().map(|s| s.cell.as_str()));
    let cells = find_cells(spec, named.collect())?;
    let differing_samples = without_beta::replay(spec, &cells, samples, format)?;
    let mut differing = 0;
    for recorded in rows {
        let again = replay(spec, cell_named(&cells, &recorded.cell)?, recorded)?;
        let is_same = is_same(&again, &recorded.measurement);
        differing += usize::from(!is_same);
        tell(recorded, &again, is_same, format)?;
    }
    if format == OutputFormat::Json {
        return Ok(differing + differing_samples);
    }
    let mut out = std::io::stdout().lock();
    if !samples.is_empty() {
        let identical = samples.len() - differing_samples;
        let is_trained = samples.iter().any(|sample| !sample.training.is_empty());
        let what = if is_trained { "trainings" } else { "degrees and levels" };
        writeln!(out, "{what} of {identical} of {} samples are identical", samples.len())?;
    }
    if !rows.is_empty() {
        let identical = rows.len() - differing;
        let others = matching - rows.len() as i64;
        let others = if others > 0 { format!("; {others} others match, see --limit") } else { String::new() };
        writeln!(out, "{identical} of {} rows are identical{others}", rows.len())?;
    }
    Ok(differing + differing_samples)
}

fn replay(spec: &Spec, cell: &Cell, recorded: &RecordedRow) -> anyhow::Result<Measurement> {
    let row = &recorded.measurement;
    let method = spec.method(&row.method);
    let method = method.with_context(|| format!("the spec has no method {:?}", row.method))?;
    let sample = Sample { seed: spec.seed(), cell: &cell.content, sample: recorded.sample };
    let instance = compute::instance_of(cell, sample);
    if instance.is_empty() {
        return Ok(Measurement {
            outcome: Outcome::Empty,
            weights: 0,
            paths: 0,
            hidden_units: 0,
            values: Default::default(),
            ..row.clone()
        });
    }
    let again = compute::measure(&FactorGraph::new(&instance), sample, method, &[row.beta]);
    let again = again.into_iter().find(|again| again.branch == row.branch);
    again.with_context(|| format!("method {:?} gives no such branch", row.method))
}

/// All but the time it took, and columns that the row lacks: the version which recorded it did not have them yet.
fn is_same(again: &Measurement, recorded: &Measurement) -> bool {
    let without_values =
        |row: &Measurement| Measurement { seconds: 0.0, values: Values::default(), ..row.clone() };
    // Exact floats: == is bit for bit but for zeros' signs, which the database keeps as well.
    without_values(again) == without_values(recorded)
        && again
            .values
            .entries()
            .zip(recorded.values.entries())
            .all(|((_, new), (_, old))| old.is_none() || new == old)
}

fn tell(
    recorded: &RecordedRow,
    again: &Measurement,
    is_same: bool,
    format: OutputFormat,
) -> anyhow::Result<()> {
    let row = &recorded.measurement;
    if format == OutputFormat::Json {
        let object = serde_json::json!({
            "identical": is_same, "cell": recorded.cell, "sample": recorded.sample, "made_by": recorded.made_by,
            "recorded": row, "replayed": again,
        });
        writeln!(std::io::stdout(), "{object}")?;
        return Ok(());
    }
    let branch = row.branch.map_or("", |branch| branch.name());
    let mut out = std::io::stdout().lock();
    let line = format!(
        "{}  {} sample {} β = {} {} {branch}",
        if is_same { "identical" } else { "DIFFERS  " },
        recorded.cell,
        recorded.sample,
        decimal::to_text(row.beta),
        row.method,
    );
    writeln!(out, "{}", wrapped(&line, width::of_output()))?;
    if !is_same {
        writeln!(out, "  recorded ({}): {}", recorded.made_by, serde_json::to_string(row)?)?;
        writeln!(out, "  replayed: {}", serde_json::to_string(again)?)?;
    }
    Ok(())
}

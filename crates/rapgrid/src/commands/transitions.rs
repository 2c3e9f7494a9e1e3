//! `rapgrid transitions`: where the branches of belief propagation cross and vanish.

use crate::arguments::{OutputFormat, TransitionsOptions};
use crate::database::Finder;
use crate::exit::Exit;
use analysis::{Axis, BpRow, Estimate, NamedLine, Transition, Values};
use comfy_table::{Table, presets};
use std::collections::BTreeSet;
use std::io::Write;
use store::Store;
use store::transitions::BranchRow;
use sweep::decimal::to_text;
use sweep::diagram::{Found, TransitionRow, structure_text};
use sweep::measurement::Branch;

pub(crate) async fn run(options: TransitionsOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.connect().await?;
    let found = find_and_keep(&store, &options.sweep).await?;
    let mut out = std::io::stdout().lock();
    match options.format {
        OutputFormat::Json => {
            for row in &found {
                writeln!(out, "{}", json(row))?;
            }
        }
        OutputFormat::Table => write!(out, "{}", describe(&found, usize::MAX))?,
    }
    Ok(Exit::Success)
}

/// Finds the transitions on all lines of a sweep, and keeps them for the view `transitions`.
pub(crate) async fn find_and_keep(store: &Store, sweep: &str) -> anyhow::Result<Vec<TransitionRow>> {
    let progress = store.progress_of(sweep).await?;
    let rows = store.branch_rows(progress.sweep_id).await?;
    let found = tokio::task::spawn_blocking(move || {
        let rows: Vec<BpRow> = rows.into_iter().filter_map(bp_row).collect();
        analysis::lines(&rows).iter().map(transition_row).collect::<Vec<_>>()
    })
    .await?;
    store.keep_transitions(progress.sweep_id, progress.rows_done, &found).await?;
    Ok(found)
}

fn bp_row(row: BranchRow) -> Option<BpRow> {
    let values = match (row.log_z_per_weight, row.energy_per_weight, row.entropy_per_weight) {
        (Some(log_z), Some(energy), Some(entropy)) => {
            Some(Values { log_z, energy, entropy, symmetry: row.symmetry_per_weight })
        }
        _ => None,
    };
    Some(BpRow {
        structure: structure_text(&row.widths, &row.ensemble, &row.couplings),
        dilution: row.dilution,
        activation: row.activation,
        beta: row.beta,
        sample: row.sample,
        method: row.method,
        branch: Branch::from_name(&row.branch)?,
        values,
        ordered: row.ordered,
    })
}

fn transition_row(line: &NamedLine) -> TransitionRow {
    let Transition { crossing, crossing_with_symmetry, ordering, latent_heat, entropy_jump } =
        analysis::find(&line.line);
    let found = |estimate: Option<Estimate>| Found {
        value: estimate.map(|estimate| estimate.value),
        error: estimate.and_then(|estimate| estimate.error),
    };
    let place = crossing.or(ordering);
    TransitionRow {
        method: line.method.clone(),
        axis: line.axis.name(),
        structure: line.structure.clone(),
        fixed: line.fixed.iter().map(|(axis, value)| (Axis::name(*axis), to_text(*value))).collect(),
        crossing: found(crossing),
        crossing_with_symmetry: found(crossing_with_symmetry),
        ordering: found(ordering),
        latent_heat_per_weight: found(latent_heat),
        entropy_jump_per_weight: found(entropy_jump),
        step: place.map(|place| place.step),
        resolved: place.map(|place| place.is_resolved()),
    }
}

/// The lines on which something crosses or ends, at most so many, as a table with what it leaves out.
pub(crate) fn describe(found: &[TransitionRow], most: usize) -> String {
    if found.is_empty() {
        return "no method with branches has three points on a line of this sweep's grid\n".to_owned();
    }
    let (eventful, empty): (Vec<_>, Vec<_>) = found.iter().partition(|row| has_transition(row));
    let shown = &eventful[..eventful.len().min(most)];
    let mut text = if shown.is_empty() { String::new() } else { format!("{}\n", table(shown)) };
    if shown.len() < eventful.len() {
        text += &format!("{} more: `rapgrid transitions` lists all\n", eventful.len() - shown.len());
    }
    if !empty.is_empty() {
        let more = if shown.is_empty() { "" } else { "more " };
        text += &format!("on {} {more}lines nothing crosses or ends\n", empty.len());
    }
    if shown.iter().any(|row| row.resolved == Some(false)) {
        let finest = analysis::FINE_STEP;
        text += &format!("* the grid is coarse there: extend the spec with steps of {finest} or less\n");
    }
    text
}

fn has_transition(row: &TransitionRow) -> bool {
    let found = [row.crossing, row.crossing_with_symmetry, row.ordering];
    found.iter().any(|found| found.value.is_some())
}

fn table(found: &[&TransitionRow]) -> Table {
    let structures: BTreeSet<&str> = found.iter().map(|row| row.structure.as_str()).collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "method",
        "along",
        "at",
        "crossing",
        "with h ln 2",
        "ordering",
        "latent heat/n",
        "entropy jump/n",
    ]);
    let text = |found: Found| match found.value {
        Some(value) => report::concise(value, found.error),
        None => "none".to_owned(),
    };
    for row in found {
        let structure = Some(row.structure.clone()).filter(|_| structures.len() > 1);
        let fixed = row.fixed.iter().map(|(axis, value)| format!("{axis}={value}"));
        let fixed: Vec<String> = structure.into_iter().chain(fixed).collect();
        let coarse = if row.resolved == Some(false) { "*" } else { "" };
        table.add_row([
            row.method.clone(),
            row.axis.clone(),
            fixed.join(" "),
            text(row.crossing),
            text(row.crossing_with_symmetry),
            text(row.ordering) + coarse,
            text(row.latent_heat_per_weight),
            text(row.entropy_jump_per_weight),
        ]);
    }
    table
}

fn json(row: &TransitionRow) -> serde_json::Value {
    serde_json::json!({
        "method": row.method, "axis": row.axis, "structure": row.structure, "fixed": row.fixed,
        "crossing": row.crossing.value, "crossing_error": row.crossing.error,
        "crossing_with_symmetry": row.crossing_with_symmetry.value,
        "crossing_with_symmetry_error": row.crossing_with_symmetry.error,
        "ordering": row.ordering.value, "ordering_error": row.ordering.error,
        "latent_heat_per_weight": row.latent_heat_per_weight.value,
        "latent_heat_error": row.latent_heat_per_weight.error,
        "entropy_jump_per_weight": row.entropy_jump_per_weight.value,
        "entropy_jump_error": row.entropy_jump_per_weight.error,
        "step": row.step, "resolved": row.resolved,
    })
}

//! `rapgrid transitions`: where the branches of belief propagation cross and vanish.

use crate::arguments::{OutputFormat, TransitionsOptions};
use crate::commands::table::table;
use crate::database::Finder;
use crate::exit::Exit;
use analysis::{Axis, BpRow, End, Jump, NamedLine, Place, Transition, Values};
use comfy_table::Table;
use std::collections::BTreeSet;
use std::io::Write;
use store::Store;
use store::transitions::BranchRow;
use sweep::decimal::to_text;
use sweep::diagram::{Found, FoundPlace, PlaceOutcome, TransitionRow, structure_text};
use sweep::measurement::Branch;

pub(crate) async fn run(options: TransitionsOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweep).await?;
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
    let (sweep_id, rows_done) = store.recorded(sweep).await?;
    let rows = store.branch_rows(sweep_id).await?;
    let found = tokio::task::spawn_blocking(move || {
        let rows: Vec<BpRow> = rows.into_iter().filter_map(bp_row).collect();
        analysis::lines(&rows).iter().map(transition_row).collect::<Vec<_>>()
    })
    .await?;
    store.keep_transitions(sweep_id, rows_done, &found).await?;
    Ok(found)
}

fn bp_row(row: BranchRow) -> Option<BpRow> {
    let end = match (row.log_z_per_weight, row.energy_per_weight, row.entropy_per_weight) {
        _ if row.paths == 0 => End::Disordered(Values::default()),
        (Some(log_z), Some(energy), Some(entropy)) => {
            let values = Values { log_z, energy, entropy, symmetry: row.symmetry_per_weight };
            if row.ordered { End::Ordered(values) } else { End::Disordered(values) }
        }
        _ => End::Unresolved,
    };
    Some(BpRow {
        structure: structure_text(&row.widths, &row.ensemble, &row.couplings),
        dilution: row.dilution,
        activation: row.activation,
        beta: row.beta,
        sample: row.sample,
        method: row.method,
        branch: Branch::from_name(&row.branch)?,
        end,
    })
}

fn transition_row(line: &NamedLine) -> TransitionRow {
    let Transition { crossing, crossing_with_symmetry, ordering, latent_heat, entropy_jump } =
        analysis::find(&line.line);
    let jump = |jump: Option<Jump>| Found {
        value: jump.map(|jump| jump.value),
        error: jump.and_then(|jump| jump.error),
    };
    let place = crossing.found().or(ordering.found());
    let unresolved = [crossing, ordering].map(unresolved_samples);
    TransitionRow {
        method: line.method.clone(),
        axis: line.axis.name(),
        structure: line.structure.clone(),
        fixed: line.fixed.iter().map(|(axis, value)| (Axis::name(*axis), to_text(*value))).collect(),
        crossing: found_place(crossing),
        crossing_with_symmetry: found_place(crossing_with_symmetry),
        ordering: found_place(ordering),
        latent_heat_per_weight: jump(latent_heat),
        entropy_jump_per_weight: jump(entropy_jump),
        step: place.map(|place| place.step),
        resolved: place.map(|place| place.is_resolved()),
        samples: line.line.samples.len() as i64,
        unresolved_samples: unresolved.into_iter().max().unwrap_or(0),
    }
}

fn found_place(place: Place) -> FoundPlace {
    let not_found = |outcome, between: analysis::Between| FoundPlace {
        outcome,
        from: between.from,
        to: between.to,
        ..FoundPlace::default()
    };
    match place {
        Place::None => FoundPlace::default(),
        Place::Found(estimate) => FoundPlace {
            outcome: PlaceOutcome::Found,
            value: Some(estimate.value),
            error: estimate.error,
            ..FoundPlace::default()
        },
        Place::AtEdge(between) => not_found(PlaceOutcome::AtEdge, between),
        Place::Unresolved(between) => not_found(PlaceOutcome::Unresolved, between),
    }
}

fn unresolved_samples(place: Place) -> i64 {
    match place {
        Place::None => 0,
        Place::Found(estimate) => estimate.unresolved as i64,
        Place::AtEdge(between) | Place::Unresolved(between) => between.unresolved as i64,
    }
}

/// The lines on which something crosses or ends, at most so many, as a table with what it leaves out.
pub(crate) fn describe(found: &[TransitionRow], most: usize) -> String {
    if found.is_empty() {
        return "no method with branches has two points on a line of this sweep's grid\n".to_owned();
    }
    let (eventful, empty): (Vec<_>, Vec<_>) = found.iter().partition(|row| has_transition(row));
    let shown = &eventful[..eventful.len().min(most)];
    let mut text = if shown.is_empty() { String::new() } else { format!("{}\n", as_table(shown)) };
    if shown.len() < eventful.len() {
        text += &format!("{} more: `rapgrid transitions` lists all\n", eventful.len() - shown.len());
    }
    if !empty.is_empty() {
        let more = if shown.is_empty() { "" } else { "more " };
        text += &format!("on {} {more}lines nothing crosses or ends\n", empty.len());
    }
    if shown.iter().any(|row| has(row, PlaceOutcome::AtEdge)) {
        text += "≤ ≥ at or beyond an end of the grid: extend the spec there\n";
    }
    if shown.iter().any(|row| has(row, PlaceOutcome::Unresolved)) {
        text += "? not known: samples that did not converge, or too few that agree, leave it open\n";
    }
    if shown.iter().any(|row| row.resolved == Some(false)) {
        let finest = analysis::FINE_STEP;
        text += &format!("* the grid is coarse there: extend the spec with steps of {finest} or less\n");
    }
    text
}

fn places(row: &TransitionRow) -> [FoundPlace; 3] {
    [row.crossing, row.crossing_with_symmetry, row.ordering]
}

fn has(row: &TransitionRow, outcome: PlaceOutcome) -> bool {
    places(row).iter().any(|place| place.outcome == outcome)
}

fn has_transition(row: &TransitionRow) -> bool {
    places(row).iter().any(|place| place.outcome != PlaceOutcome::None)
}

fn as_table(found: &[&TransitionRow]) -> Table {
    let structures: BTreeSet<&str> = found.iter().map(|row| row.structure.as_str()).collect();
    let mut table = table(
        [
            "method",
            "along",
            "at",
            "crossing",
            "with h ln 2",
            "ordering",
            "latent heat/n",
            "entropy jump/n",
            "unresolved",
        ],
        [],
    );
    let jump =
        |found: Found| found.value.map_or("none".to_owned(), |value| report::concise(value, found.error));
    for row in found {
        let structure = Some(row.structure.clone()).filter(|_| structures.len() > 1);
        let fixed = row.fixed.iter().map(|(axis, value)| format!("{axis}={value}"));
        let fixed: Vec<String> = structure.into_iter().chain(fixed).collect();
        let coarse = if row.resolved == Some(false) { "*" } else { "" };
        table.add_row([
            row.method.clone(),
            row.axis.clone(),
            fixed.join(" "),
            report::place_text(row.crossing),
            report::place_text(row.crossing_with_symmetry),
            report::place_text(row.ordering) + coarse,
            jump(row.latent_heat_per_weight),
            jump(row.entropy_jump_per_weight),
            format!("{}/{}", row.unresolved_samples, row.samples),
        ]);
    }
    table
}

fn json(row: &TransitionRow) -> serde_json::Value {
    let mut json = serde_json::json!({
        "method": row.method, "axis": row.axis, "structure": row.structure, "fixed": row.fixed,
        "latent_heat_per_weight": row.latent_heat_per_weight.value,
        "latent_heat_error": row.latent_heat_per_weight.error,
        "entropy_jump_per_weight": row.entropy_jump_per_weight.value,
        "entropy_jump_error": row.entropy_jump_per_weight.error,
        "step": row.step, "resolved": row.resolved,
        "samples": row.samples, "unresolved_samples": row.unresolved_samples,
    });
    for (name, place) in ["crossing", "crossing_with_symmetry", "ordering"].into_iter().zip(places(row)) {
        json[name] = place.value.into();
        json[format!("{name}_error")] = place.error.into();
        json[format!("{name}_outcome")] = place.outcome.name().into();
        json[format!("{name}_from")] = place.from.into();
        json[format!("{name}_to")] = place.to.into();
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(crossing: FoundPlace, ordering: FoundPlace) -> TransitionRow {
        TransitionRow {
            method: "bp".to_owned(),
            axis: "dilution_1".to_owned(),
            structure: "4-4-1 branching input".to_owned(),
            fixed: [("beta".to_owned(), "0.5".to_owned())].into(),
            crossing,
            crossing_with_symmetry: FoundPlace::default(),
            ordering,
            latent_heat_per_weight: Found::default(),
            entropy_jump_per_weight: Found::default(),
            step: None,
            resolved: None,
            samples: 12,
            unresolved_samples: 4,
        }
    }

    #[test]
    fn a_place_that_is_not_known_is_shown_as_such_and_explained() {
        let at_edge = FoundPlace { outcome: PlaceOutcome::AtEdge, to: Some(0.5), ..FoundPlace::default() };
        let open = FoundPlace {
            outcome: PlaceOutcome::Unresolved,
            from: Some(0.72),
            to: Some(0.875),
            ..FoundPlace::default()
        };
        let text = describe(&[row(at_edge, open), row(FoundPlace::default(), FoundPlace::default())], 9);
        for expected in
            ["≤ 0.5", "0.72 … 0.875 ?", "4/12", "≤ ≥ at or beyond", "? not known", "on 1 more lines"]
        {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        let json = json(&row(at_edge, open));
        assert_eq!(
            (&json["crossing"], &json["crossing_to"]),
            (&serde_json::Value::Null, &serde_json::json!(0.5))
        );
        assert_eq!(json["ordering_outcome"], "unresolved");
    }
}

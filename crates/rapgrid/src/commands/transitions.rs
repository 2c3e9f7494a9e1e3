//! `rapgrid transitions`: where the branches of belief propagation cross and vanish.

use crate::arguments::{OutputFormat, TransitionsOptions};
use crate::commands::provenance;
use crate::commands::table::{self, table};
use crate::commands::width;
use crate::database::Finder;
use crate::exit::Exit;
use comfy_table::Table;
use std::collections::BTreeSet;
use std::io::Write;
use store::Store;
use sweep::decimal::to_text;
use sweep::transition::{Estimate, FINE_STEP, Place, Transition};

/// Columns that a narrow terminal goes without, the least important one first.
const LEAST: [&str; 4] = ["unresolved", "entropy jump/n", "latent heat/n", "with h ln 2"];

pub(crate) async fn run(options: TransitionsOptions, finder: &Finder) -> anyhow::Result<Exit> {
    let (_database, store) = finder.open_for(&options.sweep).await?;
    provenance::warn_of_part(&options.sweep, &store.recorded(&options.sweep).await?);
    let found = of(&store, &options.sweep).await?;
    let mut out = std::io::stdout().lock();
    match options.format {
        OutputFormat::Json => {
            for row in &found {
                writeln!(out, "{}", row.to_json())?;
            }
        }
        OutputFormat::Table => write!(out, "{}", describe(&found, usize::MAX, width::of_output()))?,
    }
    Ok(Exit::Success)
}

/// The transitions of a sweep: those that a coordinator found, and as long as there are none what the rows tell so far.
pub(crate) async fn of(store: &Store, sweep: &str) -> anyhow::Result<Vec<Transition>> {
    let sweep_id = store.recorded(sweep).await?.sweep_id;
    if let Some(found) = store.transitions(sweep_id).await? {
        return Ok(found);
    }
    Ok(coordinator::find_transitions(&mut store.aside().await?, sweep_id, usize::MAX).await?)
}

/// The lines on which something crosses or ends, at most so many, as a table of at most so many columns of a terminal
/// with what it leaves out.
pub(crate) fn describe(found: &[Transition], most: usize, width: Option<usize>) -> String {
    if found.is_empty() {
        return "no method with branches has two points on a line of this sweep's grid\n".to_owned();
    }
    let (eventful, empty): (Vec<_>, Vec<_>) = found.iter().partition(|row| has_transition(row));
    let shown = &eventful[..eventful.len().min(most)];
    let mut text =
        if shown.is_empty() { String::new() } else { table::fitted(as_table(shown), &LEAST, width) };
    if shown.len() < eventful.len() {
        text += &format!("{} more: `rapgrid transitions` lists all\n", eventful.len() - shown.len());
    }
    if !empty.is_empty() {
        let more = if shown.is_empty() { "" } else { "more " };
        text += &format!("on {} {more}lines nothing crosses or ends\n", empty.len());
    }
    if shown.iter().any(|row| has(row, |place| matches!(place, Place::AtEdge(_)))) {
        text += "≤ ≥ at or beyond an end of the grid: extend the spec there\n";
    }
    if shown.iter().any(|row| has(row, |place| matches!(place, Place::Unresolved(_)))) {
        text += "? not known: samples that did not converge, or too few that agree, leave it open\n";
    }
    if shown.iter().any(|row| row.is_resolved() == Some(false)) {
        text += &format!("* the grid is coarse there: extend the spec with steps of {FINE_STEP} or less\n");
    }
    text
}

fn has(row: &Transition, is_so: fn(Place) -> bool) -> bool {
    row.places().into_iter().any(|(_, place)| is_so(place))
}

fn has_transition(row: &Transition) -> bool {
    has(row, |place| place != Place::None)
}

fn as_table(found: &[&Transition]) -> Table {
    let structures: BTreeSet<&str> = found.iter().map(|row| row.line.structure.as_str()).collect();
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
    let jump = |jump: Option<Estimate>| {
        jump.map_or("none".to_owned(), |jump| report::concise(jump.value, jump.error))
    };
    for row in found {
        let line = &row.line;
        let structure = Some(line.structure.clone()).filter(|_| structures.len() > 1);
        let fixed = line.fixed.iter().map(|(axis, value)| format!("{axis}={}", to_text(*value)));
        let fixed: Vec<String> = structure.into_iter().chain(fixed).collect();
        let is_coarse = row.is_resolved() == Some(false);
        let coarse = |place: Place| if is_coarse && place.found().is_some() { "*" } else { "" };
        table.add_row([
            line.method.clone(),
            line.axis.to_string(),
            fixed.join(" "),
            report::place_text(row.crossing) + coarse(row.crossing),
            report::place_text(row.crossing_with_symmetry) + coarse(row.crossing_with_symmetry),
            report::place_text(row.ordering) + coarse(row.ordering),
            jump(row.latent_heat),
            jump(row.entropy_jump),
            format!("{}/{}", row.unresolved_samples, row.samples),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep::axis::AxisName;
    use sweep::transition::{Between, GridLine};

    fn row(crossing: Place, ordering: Place) -> Transition {
        Transition {
            line: GridLine {
                method: "bp".to_owned(),
                axis: AxisName::Dilution(1),
                structure: "4-4-1 branching input".to_owned(),
                fixed: [(AxisName::Beta, "0.5".parse().unwrap())].into(),
            },
            crossing,
            crossing_with_symmetry: Place::None,
            ordering,
            latent_heat: None,
            entropy_jump: None,
            step: None,
            samples: 12,
            unresolved_samples: 4,
        }
    }

    #[test]
    fn a_place_that_is_not_known_is_shown_as_such_and_explained() {
        let at_edge = Place::AtEdge(Between { from: None, to: Some(0.5) });
        let open = Place::Unresolved(Between { from: Some(0.72), to: Some(0.875) });
        let text = describe(&[row(at_edge, open), row(Place::None, Place::None)], 9, None);
        for expected in
            ["≤ 0.5", "0.72 … 0.875 ?", "4/12", "≤ ≥ at or beyond", "? not known", "on 1 more lines"]
        {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        let json = row(at_edge, open).to_json();
        assert_eq!(
            (&json["crossing"], &json["crossing_to"]),
            (&serde_json::Value::Null, &serde_json::json!(0.5))
        );
        assert_eq!(json["ordering_outcome"], "unresolved");
    }
}

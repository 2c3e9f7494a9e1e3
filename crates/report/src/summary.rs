//! A table for the terminal.

use crate::axis::{Shown, Value, all_axes, shorten, values};
use crate::legend::layer;
use crate::notation::concise;
use crate::plan::evenly;
use crate::transition::{Stable, stable};
use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, LineStyle, Row, Table};
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::measurement::{Branch, PhasePoint};

/// A column of energies: one method's one branch.
type Source<'a> = (usize, &'a str, Option<Branch>);

/// The energies per weight of a sweep as a table: a row for every cell and β, a column for every method and branch. Of
/// more than `max_rows` rows an even selection is shown, and the last line says where the others are. `stable` is BP's
/// branch with the larger log Z, `mixed` where only some of the samples are ordered: their mean cannot be compared with
/// that of all, and `unresolved` where samples decide that did not converge.
pub fn summary(points: &[PhasePoint], max_rows: usize) -> String {
    let rows = rows(points);
    if rows.is_empty() {
        return "no results yet".to_owned();
    }
    let axes = axes(points);
    let sources = sources(points);
    let shown = evenly(rows.len(), max_rows);
    let mut table = Table::new();
    table.load_style(NOTHING.header_separator(LineStyle::none().fill('─').junction('─')));
    table.set_header(header(&axes, &sources));
    for &index in &shown {
        table.add_row(row(&rows[index], &axes, &sources));
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut text = format!("mean energy per weight\n{}", table.trim_fmt());
    if points.iter().any(|point| point.unresolved > 0) {
        text.push_str("\n3?: BP of so many samples did not converge; the mean is over others");
    }
    if shown.len() < rows.len() {
        let left_out = rows.len() - shown.len();
        text.push_str(&format!(
            "\n{left_out} of {} rows left out: all are in the SQL view `phase_diagram`",
            rows.len()
        ));
    }
    text
}

/// The rows of each cell and β, in the order of the axes' values.
fn rows(points: &[PhasePoint]) -> Vec<Vec<&PhasePoint>> {
    let all: Vec<&PhasePoint> = points.iter().collect();
    let axes = all_axes(&all);
    let mut groups: BTreeMap<(Vec<Value>, &str), Vec<&PhasePoint>> = BTreeMap::new();
    for point in all {
        let key = axes.iter().map(|axis| axis.value(point)).collect();
        groups.entry((key, &point.parameters.cell)).or_default().push(point);
    }
    groups.into_values().collect()
}

/// The axes that vary, and β in any case.
fn axes(points: &[PhasePoint]) -> Vec<AxisName> {
    let all: Vec<&PhasePoint> = points.iter().collect();
    let varies = |axis: &AxisName| *axis == AxisName::Beta || values(*axis, &all).len() > 1;
    let mut axes: Vec<AxisName> = all_axes(&all).into_iter().filter(varies).collect();
    axes.sort_by_key(|axis| *axis == AxisName::Beta);
    axes
}

fn sources(points: &[PhasePoint]) -> Vec<Source<'_>> {
    // Exact first, BP last, and of its branches the polarised one first.
    let source = |p| {
        let p: &PhasePoint = p;
        (usize::MAX - layer(&p.kind), p.method.as_str(), p.branch.map(std::cmp::Reverse))
    };
    let distinct: BTreeSet<_> = points.iter().map(source).collect();
    distinct.into_iter().map(|(place, name, branch)| (place, name, branch.map(|b| b.0))).collect()
}

fn header(axes: &[AxisName], sources: &[Source<'_>]) -> Vec<String> {
    let methods = sources.iter().map(|(_, name, branch)| {
        let name = shorten(name, 16);
        branch.map_or(name.clone(), |branch| format!("{name} {}", branch.name()))
    });
    let has_branches = sources.iter().any(|s| s.2.is_some());
    let last = has_branches.then_some("stable").into_iter().chain(["R̂", "empty"]).map(str::to_owned);
    axes.iter().map(|axis| axis.to_string()).chain(methods).chain(last).collect()
}

fn row(points: &[&PhasePoint], axes: &[AxisName], sources: &[Source<'_>]) -> Row {
    let mut cells: Vec<String> = Vec::new();
    let parameter = |axis: &AxisName, p| match axis {
        AxisName::Instance => axis.equation(&axis.value(p)),
        _ => axis.value(p).to_string(),
    };
    cells.extend(points.first().iter().flat_map(|p| axes.iter().map(|axis| parameter(axis, p))));
    let of = |&(_, name, branch): &Source<'_>| points.iter().find(|p| p.method == name && p.branch == branch);
    cells.extend(sources.iter().map(|source| of(source).map_or(String::new(), |p| energy(p))));
    if sources.iter().any(|s| s.2.is_some()) {
        let branches: Vec<&PhasePoint> =
            points.iter().copied().filter(|p| p.branch.is_some() && p.kind == "bp").collect();
        cells.push(stable(&branches).map_or("", Stable::word).to_owned());
    }
    let r_hat = points.iter().filter_map(|p| p.r_hat).filter(|r| r.is_finite()).reduce(f64::max);
    cells.push(r_hat.map_or(String::new(), |r| format!("{r:.3}")));
    cells.push(points.iter().map(|p| p.empty).max().unwrap_or(0).to_string());
    cells.into_iter().map(Cell::new).collect::<Vec<_>>().into()
}

/// The energy with its error; for a branch that only some samples have, of how many, and how many did not converge:
/// `-1.83(2) 11/20 3?`.
fn energy(point: &PhasePoint) -> String {
    let value = point.energy_per_weight.filter(|e| e.is_finite() && point.samples > 0);
    let value = value.map(|e| concise(e, point.energy_standard_error.or(point.energy_statistical_error)));
    let partial = point.branch == Some(Branch::Polarised) || point.samples < point.samples_of - point.empty;
    let share = partial.then(|| format!("{}/{}", point.samples, point.samples_of - point.empty));
    let unresolved = (point.unresolved > 0).then(|| format!("{}?", point.unresolved));
    value.into_iter().chain(share).chain(unresolved).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Grid, point, sweep};

    #[test]
    fn a_row_says_what_each_method_found_and_which_branch_is_stable() {
        let mut points = sweep(&Grid { dilutions: 1, betas: 1 });
        points[0].energy_per_weight = Some(-1.2886);
        points[1].energy_per_weight = Some(-1.8351);
        (points[1].samples, points[1].unresolved) = (16, 3);
        points[3].energy_per_weight = Some(-1.83491);
        points[3].energy_standard_error = Some(0.0002);
        let text = summary(&points, 10);
        for expected in [
            "-1.8349(2)",
            "-1.835(4) 16/20 3?",
            "\n3?: BP of so many",
            "-1.289(4)",
            "beta",
            "mc",
            "bp polarised",
        ] {
            assert!(text.contains(expected), "{expected} is missing in\n{text}");
        }
        assert!(!text.contains("dilution_1"), "an axis that does not vary:\n{text}");
    }

    #[test]
    fn long_tables_are_thinned_and_say_so() {
        let points = sweep(&Grid { dilutions: 25, betas: 8 });
        let text = summary(&points, 10);
        assert!(text.contains("190 of 200 rows left out"), "{text}");
        assert!(text.contains("`phase_diagram`"));
        assert!(text.contains("dilution_1"));
        assert!(text.contains("0.96"), "the last row is shown:\n{text}");
    }

    #[test]
    fn no_rows_are_said_in_words() {
        assert_eq!(summary(&[], 10), "no results yet");
    }

    #[test]
    fn rows_without_values_are_left_blank() {
        let text = summary(&[PhasePoint { samples: 0, empty: 20, ..point("c", "1", "mc", None) }], 10);
        assert!(text.contains("20"), "{text}");
    }
}

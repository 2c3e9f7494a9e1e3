//! A table for the terminal.

use crate::axis::{Shown, Value, all_axes, shorten, values};
use crate::fitted::fitted;
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

/// The energies per weight of a sweep as a table that fits into `width` columns, if one is given: a row for every
/// cell and β, a column for every method and branch. Of more than `max_rows` rows those of an even selection of cells
/// are shown, each with all of its β, and the last line says where the others are. `stable` is BP's branch with the
/// larger log Z, `mixed` where only some of the samples are ordered: their mean cannot be compared with that of all,
/// and `unresolved` where samples decide that did not converge.
pub fn summary(points: &[PhasePoint], max_rows: usize, width: Option<usize>) -> String {
    let cells = cells(points);
    if cells.is_empty() {
        return "no results yet".to_owned();
    }
    let axes = axes(points);
    let sources = sources(points);
    let rows: usize = cells.iter().map(Vec::len).sum();
    let longest = cells.iter().map(Vec::len).max().unwrap_or(1);
    let shown: Vec<&[&PhasePoint]> = evenly(cells.len(), (max_rows / longest).max(1))
        .into_iter()
        .flat_map(|cell| evenly(cells[cell].len(), max_rows).into_iter().map(move |row| (cell, row)))
        .map(|(cell, row)| cells[cell][row].as_slice())
        .collect();
    let mut table = Table::new();
    table.load_style(NOTHING.header_separator(LineStyle::none().fill('─').junction('─')));
    let header = header(&axes, &sources);
    table.set_header(&header);
    for row in &shown {
        table.add_row(self::row(row, &axes, &sources));
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
        column.set_padding((1, 0));
    }
    // First what is said elsewhere as well, then branches and methods from the right.
    let of_sources = header[axes.len()..].iter().rev().map(String::as_str);
    let (extra, methods): (Vec<&str>, Vec<&str>) = of_sources.partition(|name| EXTRA.contains(name));
    let least = [extra, methods].concat();
    let table = fitted(table, &least, width, "all are in the SQL view `phase_diagram`");
    let mut text = format!("mean energy per weight\n{}", table.trim_end());
    if points.iter().any(|point| point.unresolved > 0) {
        text.push_str("\n3?: BP of so many samples did not converge; the mean is over others");
    }
    if shown.len() < rows {
        let left_out = rows - shown.len();
        text.push_str(&format!(
            "\n{left_out} of {rows} rows left out: all are in the SQL view `phase_diagram`"
        ));
    }
    text
}

/// Columns beside the axes and the energies.
const EXTRA: [&str; 3] = ["stable", "R̂", "empty"];

/// The rows of each cell by β, in the order of the axes' values.
fn cells(points: &[PhasePoint]) -> Vec<Vec<Vec<&PhasePoint>>> {
    let all: Vec<&PhasePoint> = points.iter().collect();
    let axes: Vec<AxisName> = all_axes(&all).into_iter().filter(|axis| *axis != AxisName::Beta).collect();
    type ByBeta<'p> = BTreeMap<Value, Vec<&'p PhasePoint>>;
    let mut cells: BTreeMap<(Vec<Value>, &str), ByBeta<'_>> = BTreeMap::new();
    for point in all {
        let key = axes.iter().map(|axis| axis.value(point)).collect();
        let cell = cells.entry((key, &point.parameters.cell)).or_default();
        cell.entry(AxisName::Beta.value(point)).or_default().push(point);
    }
    cells.into_values().map(|rows| rows.into_values().collect()).collect()
}

/// The axes that vary, and β in any case.
fn axes(points: &[PhasePoint]) -> Vec<AxisName> {
    let all: Vec<&PhasePoint> = points.iter().collect();
    let varies = |axis: &AxisName| *axis == AxisName::Beta || values(*axis, &all).len() > 1;
    let mut axes: Vec<AxisName> = all_axes(&all).into_iter().filter(varies).collect();
    // Widths in the order of the layers, β last.
    axes.sort_by_key(|axis| {
        (*axis == AxisName::Beta, if let AxisName::Width(layer) = axis { *layer } else { 0 })
    });
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
    let last = has_branches.then_some(EXTRA[0]).into_iter().chain([EXTRA[1], EXTRA[2]]).map(str::to_owned);
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
        let text = summary(&points, 10, None);
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
        let text = summary(&points, 10, None);
        assert!(text.contains("192 of 200 rows left out"), "{text}");
        assert!(text.contains("`phase_diagram`"));
        assert!(text.contains("dilution_1"));
        let text = summary(&points, 20, None);
        assert!(text.contains("184 of 200 rows left out"), "{text}");
        assert!(text.contains("0.96"), "the last cell is shown:\n{text}");
        // Every β of the cells that are shown.
        let rows: Vec<&str> = text.lines().skip(3).take(16).collect();
        let of = |column: usize| {
            rows.iter().map(|row| row.split_whitespace().nth(column).unwrap()).collect::<BTreeSet<_>>()
        };
        assert_eq!((of(0).len(), of(1).len()), (2, 8), "{text}");
    }

    #[test]
    fn a_narrow_table_goes_without_what_is_said_elsewhere() {
        let points = sweep(&Grid { dilutions: 3, betas: 2 });
        let text = summary(&points, 10, Some(60));
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
        assert!(text.contains("bp polarised") && text.contains("without"), "{text}");
    }

    #[test]
    fn no_rows_are_said_in_words() {
        assert_eq!(summary(&[], 10, None), "no results yet");
    }

    #[test]
    fn rows_without_values_are_left_blank() {
        let text = summary(&[PhasePoint { samples: 0, empty: 20, ..point("c", "1", "mc", None) }], 10, None);
        assert!(text.contains("20"), "{text}");
    }
}

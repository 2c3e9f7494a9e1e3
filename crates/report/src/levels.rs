//! The energy levels of random configurations against the depth (the paper's Eq. 4).
//!
//! Above, the covariance of two levels at overlap q, which is M q^L for every instance. Below, how much the covariance
//! at *fixed* configurations scatters about it when the signs are averaged over: independent levels need that it does
//! not.

use crate::axis::{Shown, Value, all_axes, values};
use crate::canvas::{Align, Area, Canvas, Type, regular, svg};
use crate::frame::{Frame, LABEL_SIZE, Span};
use crate::header::{Entry, Header, Swatch};
use crate::page::Page;
use crate::plan::{constants, evenly};
use crate::style::{self, Color, Dash, INK, Marker, Shape, Stroke, solid};
use crate::ticks::Ticks;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::diagram::LevelPoint;
use sweep::measurement::PhasePoint;

const LEFT: f64 = 76.0;
const GAP: (f64, f64) = (16.0, 56.0);
const TITLE: f64 = 22.0;
const BOTTOM: f64 = 50.0;
const REFERENCE: Stroke = Stroke { color: INK, width: 1.1, dash: Dash::Dotted };
const CURVE_STEPS: usize = 40;
/// As many colours are told apart.
const MOST_RUNGS: usize = 6;
/// Overlaps whose spread is drawn, if they were measured; else those nearest to them.
const SPREAD_AT: [f64; 3] = [0.0, 0.5, 0.8];

/// The rows of one kind of couplings.
struct Column<'a> {
    couplings: &'a str,
    rows: Vec<&'a LevelPoint>,
}

/// What tells the rows of one kind of couplings apart: their depth, or an axis of the grid.
struct Ladder {
    axis: Option<AxisName>,
    /// Its values, ascending.
    rungs: Vec<Decimal>,
}

/// The figure, if levels were asked for: the covariance in the upper row, its spread in the lower one.
pub(crate) fn draw(title: &str, further: &[String], page: &Page, levels: &[LevelPoint]) -> Option<String> {
    let (ladder, levels, left_out) = Ladder::of(levels);
    let columns = columns(&levels);
    let (covariance, spread) = spans(&columns, &ladder)?;
    let count = columns.len() as f64;
    let width = page.width(LEFT + count * 374.0 + 20.0);
    let same = same(&levels).into_iter().chain(notes(&columns)).chain(left_out);
    let notes: Vec<String> = same.chain(further.iter().cloned()).collect();
    let header = Header::new(title, &notes, entries(&ladder, &columns), width);
    let across = (width - LEFT - 16.0 - (count - 1.0) * GAP.0) / count;
    let (top, rest) = (header.height() + TITLE, header.height() + TITLE + GAP.1 + BOTTOM);
    let high = page.height(0.7 * across, 2.0, rest);
    Some(svg((width, rest + 2.0 * high), &format!("{title}: energy levels"), |canvas| {
        header.draw(canvas);
        for (index, column) in columns.iter().enumerate() {
            let left = LEFT + index as f64 * (across + GAP.0);
            let area = |top: f64| Area { left, top, right: left + across, bottom: top + high };
            let (above, below) = (area(top), area(top + high + GAP.1));
            let is_first = index == 0;
            let name = Type { bold: true, ..regular(12.0, INK, Align::Left) };
            canvas.text(&format!("couplings {}", column.couplings), (left + 1.0, top - 6.0), name);
            let frame = |area, (x, y)| Frame { area, x, y, logarithmic: (false, false) };
            column.draw_covariance(canvas, &frame(above, covariance), &ladder, is_first);
            column.draw_spread(canvas, &frame(below, spread), &ladder, is_first);
            label(canvas, above, "overlap  q", is_first.then_some("⟨H(W) H(W′)⟩ / M"));
            label(canvas, below, &ladder.label(), is_first.then_some("spread over pairs / M"));
        }
    }))
}

/// The row that a phase diagram would have of the cell.
fn cell(row: &LevelPoint) -> PhasePoint {
    PhasePoint { parameters: row.parameters.clone(), ..PhasePoint::default() }
}

impl Ladder {
    /// What tells the rows apart, those of them that nothing else does, and what is said of the others.
    fn of(levels: &[LevelPoint]) -> (Ladder, Vec<&LevelPoint>, Option<String>) {
        let cells: Vec<PhasePoint> = levels.iter().map(cell).collect();
        let mut rows: Vec<(&LevelPoint, &PhasePoint)> = levels.iter().zip(&cells).collect();
        let all = points_of(&rows);
        let free = all_axes(&all).into_iter().filter(|axis| *axis != AxisName::Couplings);
        let axis = if is_told_by_depth(levels) { None } else { longest(&all) };
        let mut fixed = Vec::new();
        for other in free.filter(|other| axis.is_some_and(|axis| *other != axis)) {
            let Some(axis) = axis else { break };
            let here = points_of(&rows);
            let is_told = values(axis, &here).iter().all(|value| {
                let same: Vec<_> = here.iter().copied().filter(|p| axis.value(p) == *value).collect();
                values(other, &same).len() <= 1
            });
            if let Some(first) = values(other, &here).into_iter().next().filter(|_| !is_told) {
                rows.retain(|row| other.value(row.1) == first);
                fixed.push(other.equation(&first));
            }
        }
        let rows: Vec<&LevelPoint> = rows.into_iter().map(|row| row.0).collect();
        let mut ladder = Ladder { axis, rungs: Vec::new() };
        let rungs: BTreeSet<Decimal> = rows.iter().filter_map(|row| ladder.place(row)).collect();
        ladder.rungs = rungs.into_iter().collect();
        let count = |rows: &mut dyn Iterator<Item = &LevelPoint>| {
            rows.map(|row| &row.parameters.cell).collect::<BTreeSet<_>>().len()
        };
        let (shown, there) = (count(&mut rows.iter().copied()), count(&mut levels.iter()));
        let note =
            (shown < there).then(|| format!("{shown} of {there} cells shown, at {}", fixed.join(", ")));
        (ladder, rows, note)
    }

    fn place(&self, row: &LevelPoint) -> Option<Decimal> {
        match self.axis {
            None => Some(depth(row).into()),
            Some(axis) => row.parameters.number(axis).map(|number| number.normalize()),
        }
    }

    /// The rungs whose covariances are drawn.
    fn shown(&self) -> Vec<Decimal> {
        evenly(self.rungs.len(), MOST_RUNGS).into_iter().map(|index| self.rungs[index]).collect()
    }

    fn color(&self, rung: Decimal) -> Color {
        let rank = self.rungs.iter().position(|other| *other == rung).unwrap_or(0);
        style::ladder(rank as f64 / self.rungs.len().saturating_sub(1).max(1) as f64)
    }

    fn equation(&self, rung: Decimal) -> String {
        match self.axis {
            None => format!("L = {rung}"),
            Some(axis) => axis.equation(&Value::Number(rung)),
        }
    }

    /// The label of the axis below.
    fn label(&self) -> String {
        self.axis.map_or("depth  L".to_owned(), |axis| format!("{}  {}", axis.words(), axis.symbol()))
    }
}

fn points_of<'a>(rows: &[(&LevelPoint, &'a PhasePoint)]) -> Vec<&'a PhasePoint> {
    rows.iter().map(|row| row.1).collect()
}

/// Whether cells of the same couplings differ in their depth.
fn is_told_by_depth(levels: &[LevelPoint]) -> bool {
    let mut cells: BTreeMap<(&str, usize), BTreeSet<&str>> = BTreeMap::new();
    for row in levels {
        cells.entry((&row.parameters.couplings, depth(row))).or_default().insert(&row.parameters.cell);
    }
    cells.values().all(|cells| cells.len() == 1)
}

/// The numeric axis with the most values, the first of those with as many.
fn longest(points: &[&PhasePoint]) -> Option<AxisName> {
    let numeric = all_axes(points).into_iter().filter(|axis| axis.is_numeric() && *axis != AxisName::Beta);
    numeric
        .rev()
        .max_by_key(|axis| values(*axis, points).len())
        .filter(|axis| values(*axis, points).len() > 1)
}

/// The labels of one area's axes.
fn label(canvas: &Canvas, area: Area, x: &str, y: Option<&str>) {
    let style = regular(LABEL_SIZE, INK, Align::Centre);
    canvas.text(x, ((area.left + area.right) / 2.0, area.bottom + 36.0), style);
    if let Some(text) = y {
        canvas.text(text, (18.0, (area.top + area.bottom) / 2.0), Type { upwards: true, ..style });
    }
}

fn depth(row: &LevelPoint) -> usize {
    row.parameters.widths.len().saturating_sub(1)
}

fn overlap(row: &LevelPoint) -> f64 {
    row.overlap.to_f64().unwrap_or(0.0)
}

fn columns<'a>(levels: &[&'a LevelPoint]) -> Vec<Column<'a>> {
    let mut columns: BTreeMap<&str, Vec<&LevelPoint>> = BTreeMap::new();
    for &row in levels.iter().filter(|row| row.covariance_per_path.is_finite() && row.paths > 0.0) {
        columns.entry(&row.parameters.couplings).or_default().push(row);
    }
    columns.into_iter().map(|(couplings, rows)| Column { couplings, rows }).collect()
}

fn spans(columns: &[Column<'_>], ladder: &Ladder) -> Option<((Span, Span), (Span, Span))> {
    let rows = || columns.iter().flat_map(|c| c.rows.iter().copied());
    let ends = |row: &LevelPoint| {
        [row.covariance_per_path - row.covariance_error, row.covariance_per_path + row.covariance_error]
    };
    let covariance = (
        Span::around(rows().map(overlap), 0.03)?,
        Span::around(rows().flat_map(ends).chain([0.0, 1.0]), 0.05)?,
    );
    let depths = Span::around(rows().filter_map(|row| ladder.place(row)?.to_f64()), 0.06)?;
    let drawn = |column: &Column<'_>| {
        let overlaps = column.spread_overlaps();
        let rows = column.rows.iter().filter(move |row| overlaps.contains(&row.overlap));
        rows.map(|row| row.covariance_spread).collect::<Vec<_>>()
    };
    let spreads = Span::around(columns.iter().flat_map(drawn).chain([0.0]), 0.08)?;
    Some((covariance, (depths, Span { low: 0.0, ..spreads })))
}

fn notes(columns: &[Column<'_>]) -> Vec<String> {
    let rows = || columns.iter().flat_map(|c| &c.rows);
    let (least, most) =
        rows().fold((f64::INFINITY, 0.0f64), |(least, most), r| (least.min(r.paths), most.max(r.paths)));
    let paths =
        if most - least < 0.5 { format!("M = {most:.0}") } else { format!("M from {least:.0} to {most:.0}") };
    let samples = rows().map(|row| row.samples).max().unwrap_or(0);
    vec![
        paths,
        format!("{samples} samples"),
        "spread: of the covariance over signs, between pairs".to_owned(),
    ]
}

/// What all of them have in common.
fn same(levels: &[&LevelPoint]) -> Vec<String> {
    let rows: Vec<PhasePoint> = levels.iter().map(|row| cell(row)).collect();
    constants(&rows.iter().collect::<Vec<_>>(), |axis| ![AxisName::Beta, AxisName::Couplings].contains(&axis))
}

fn entries(ladder: &Ladder, columns: &[Column<'_>]) -> Vec<Entry> {
    let entry = |rung: Decimal| Entry {
        swatch: Swatch::Line(solid(ladder.color(rung), 2.2)),
        text: ladder.equation(rung),
    };
    let mut entries: Vec<Entry> = ladder.shown().into_iter().map(entry).collect();
    entries.push(Entry { swatch: Swatch::Line(REFERENCE), text: "above q^L, below 1/√M".to_owned() });
    let overlaps = columns.iter().flat_map(Column::spread_overlaps).collect::<BTreeSet<_>>();
    entries.extend(overlaps.into_iter().enumerate().map(|(rank, overlap)| Entry {
        swatch: Swatch::Line(Stroke { dash: Dash::Dashed, ..solid(spread_color(rank), 1.4) }),
        text: format!("spread at q = {}", overlap.normalize()),
    }));
    entries
}

fn spread_color(rank: usize) -> Color {
    style::ladder(rank as f64 / (SPREAD_AT.len() - 1) as f64)
}

fn disc(open: bool) -> Marker {
    Marker { shape: Shape::Circle, radius: 2.3, open }
}

impl Column<'_> {
    fn draw_covariance(&self, canvas: &Canvas, frame: &Frame, ladder: &Ladder, label_y: bool) {
        frame.draw_grid(canvas);
        let (from, to) = (frame.x.low.max(-1.0), frame.x.high.min(1.0));
        for depth_of in self.rows.iter().map(|row| depth(row)).collect::<BTreeSet<_>>() {
            let curve: Vec<_> = (0..=CURVE_STEPS)
                .map(|step| from + (to - from) * step as f64 / CURVE_STEPS as f64)
                .map(|q| frame.at(q, (0..depth_of).fold(1.0, |power, _| power * q)))
                .filter(|at| at.1 <= frame.area.bottom)
                .collect();
            canvas.line(&curve, REFERENCE);
        }
        let shown = ladder.shown();
        let places = self.rows.iter().filter_map(|row| Some((row, ladder.place(row)?)));
        for (row, rung) in places.filter(|(_, rung)| shown.contains(rung)) {
            let color = ladder.color(rung);
            let ends = [-1.0, 1.0].map(|sign| row.covariance_per_path + sign * row.covariance_error);
            let q = overlap(row);
            canvas.line(&ends.map(|y| frame.at(q, y)), solid(color, 1.0));
            canvas.marker(frame.at(q, row.covariance_per_path), disc(false), color);
        }
        frame.draw_axes(canvas, true, label_y)
    }

    fn draw_spread(&self, canvas: &Canvas, frame: &Frame, ladder: &Ladder, label_y: bool) {
        let across = match ladder.axis {
            None | Some(AxisName::Width(_)) => Ticks::integers(frame.x.low, frame.x.high),
            Some(_) => frame.ticks().0,
        };
        let ticks = (across, frame.ticks().1);
        let place = |row: &LevelPoint| ladder.place(row);
        frame.draw_grid_at(canvas, &ticks);
        let paths: BTreeMap<Decimal, f64> =
            self.rows.iter().filter_map(|row| Some((place(row)?, row.paths))).collect();
        let at = |rung: Decimal, y: f64| frame.at(rung.to_f64().unwrap_or(0.0), y);
        let reference: Vec<_> = paths.iter().map(|(&rung, m)| at(rung, 1.0 / m.sqrt())).collect();
        canvas.line(&reference, REFERENCE);
        for (rank, q) in self.spread_overlaps().into_iter().enumerate() {
            let rows = self.rows.iter().filter(|row| row.overlap == q);
            let points: BTreeMap<Decimal, f64> =
                rows.filter_map(|row| Some((place(row)?, row.covariance_spread))).collect();
            let line: Vec<_> = points.into_iter().map(|(rung, spread)| at(rung, spread)).collect();
            canvas.line(&line, Stroke { dash: Dash::Dashed, ..solid(spread_color(rank), 1.4) });
            line.into_iter().for_each(|at| canvas.marker(at, disc(true), spread_color(rank)));
        }
        frame.draw_axes_at(canvas, &ticks, true, label_y)
    }

    /// The measured overlaps nearest to those that are meant to be drawn, each once, increasing.
    fn spread_overlaps(&self) -> Vec<Decimal> {
        let measured: BTreeSet<_> = self.rows.iter().map(|row| row.overlap).collect();
        let distance = |q: &Decimal, to: f64| (q.to_f64().unwrap_or(2.0) - to).abs();
        let nearest = SPREAD_AT
            .iter()
            .filter_map(|&to| measured.iter().min_by(|a, b| distance(a, to).total_cmp(&distance(b, to))));
        nearest.copied().collect::<BTreeSet<_>>().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn both_couplings_have_a_column_and_every_row_a_point() {
        let rows = synthetic::levels();
        let svg = draw("scan", &[], &Page::default(), &rows).unwrap();
        for text in ["couplings input", "couplings path", "L = 2", "L = 6", "M = 4096", "spread at q = 0.5"] {
            assert!(svg.contains(text), "{text}");
        }
        // A point for each row, and for each depth at three overlaps.
        assert_eq!(svg.matches("<circle").count(), rows.len() + 2 * 3 * 5);
        assert_eq!(draw("scan", &[], &Page::default(), &rows).unwrap(), svg);
        assert_eq!(draw("scan", &[], &Page::default(), &[]), None);
    }

    #[test]
    fn many_cells_are_told_apart_by_the_axis_that_varies_most_and_the_header_says_the_rest() {
        let mut rows = Vec::new();
        for (tenths, width) in (0..8).flat_map(|tenths| [(tenths, 4), (tenths, 6)]) {
            for mut row in synthetic::levels().into_iter().filter(|row| depth(row) == 3) {
                row.parameters.couplings = "input".to_owned();
                row.parameters.widths = vec![width, width, width, 1];
                row.parameters.cell = format!("{width} {tenths}");
                row.parameters.dilution[0] = Decimal::new(tenths, 1);
                rows.push(row);
            }
        }
        let svg = draw("scan", &[], &Page::default(), &rows).unwrap();
        let texts = ["8 of 16 cells shown, at n₁ = 4", "widths 4–4–4–1", "branching ensemble", "p₂ = p₃ = 0"];
        for text in texts {
            assert!(svg.contains(text), "{text}");
        }
        assert_eq!(svg.matches(">p₁ = ").count(), MOST_RUNGS, "colours");
    }
}

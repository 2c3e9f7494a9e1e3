//! The energy levels of random configurations against the depth (the paper's Eq. 4).
//!
//! Above, the covariance of two levels at overlap q, which is M q^L for every instance. Below, how much the covariance
//! at *fixed* configurations scatters about it when the signs are averaged over: independent levels need that it does
//! not.

use crate::canvas::{Align, Area, Canvas, Type, regular, svg};
use crate::frame::{Frame, LABEL_SIZE, Span};
use crate::header::{Entry, Header, Swatch};
use crate::page::Page;
use crate::style::{Color, Dash, INK, Marker, Shape, Stroke, ladder, solid};
use crate::ticks::Ticks;
use rust_decimal::prelude::ToPrimitive;
use std::collections::{BTreeMap, BTreeSet};
use sweep::diagram::LevelPoint;

const LEFT: f64 = 76.0;
const GAP: (f64, f64) = (16.0, 56.0);
const TITLE: f64 = 22.0;
const BOTTOM: f64 = 50.0;
const REFERENCE: Stroke = Stroke { color: INK, width: 1.1, dash: Dash::Dotted };
const CURVE_STEPS: usize = 40;
/// Overlaps whose spread is drawn, if they were measured; else those nearest to them.
const SPREAD_AT: [f64; 3] = [0.0, 0.5, 0.8];

/// The rows of one kind of couplings.
struct Column<'a> {
    couplings: &'a str,
    rows: Vec<&'a LevelPoint>,
}

/// The figure, if levels were asked for: the covariance in the upper row, its spread in the lower one.
pub(crate) fn draw(title: &str, further: &[String], page: &Page, levels: &[LevelPoint]) -> Option<String> {
    let columns = columns(levels);
    let depths: BTreeSet<usize> = columns.iter().flat_map(|c| &c.rows).map(|row| depth(row)).collect();
    let (covariance, spread) = spans(&columns, &depths)?;
    let count = columns.len() as f64;
    let width = page.width(LEFT + count * 374.0 + 20.0);
    let notes: Vec<String> = notes(&columns).into_iter().chain(further.iter().cloned()).collect();
    let header = Header::new(title, &notes, entries(&depths, &columns), width);
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
            column.draw_covariance(canvas, &frame(above, covariance), &depths, is_first);
            column.draw_spread(canvas, &frame(below, spread), is_first);
            label(canvas, above, "overlap  q", is_first.then_some("⟨H(W) H(W′)⟩ / M"));
            label(canvas, below, "depth  L", is_first.then_some("spread over pairs / M"));
        }
    }))
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

fn columns(levels: &[LevelPoint]) -> Vec<Column<'_>> {
    let mut columns: BTreeMap<&str, Vec<&LevelPoint>> = BTreeMap::new();
    for row in levels.iter().filter(|row| row.covariance_per_path.is_finite() && row.paths > 0.0) {
        columns.entry(&row.parameters.couplings).or_default().push(row);
    }
    columns.into_iter().map(|(couplings, rows)| Column { couplings, rows }).collect()
}

fn spans(columns: &[Column<'_>], depths: &BTreeSet<usize>) -> Option<((Span, Span), (Span, Span))> {
    let rows = || columns.iter().flat_map(|c| c.rows.iter().copied());
    let ends = |row: &LevelPoint| {
        [row.covariance_per_path - row.covariance_error, row.covariance_per_path + row.covariance_error]
    };
    let covariance = (
        Span::around(rows().map(overlap), 0.03)?,
        Span::around(rows().flat_map(ends).chain([0.0, 1.0]), 0.05)?,
    );
    let depths = Span::around(depths.iter().map(|&depth| depth as f64), 0.06)?;
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

fn entries(depths: &BTreeSet<usize>, columns: &[Column<'_>]) -> Vec<Entry> {
    let entry = |&depth: &usize| Entry {
        swatch: Swatch::Line(solid(color(depth, depths), 2.2)),
        text: format!("L = {depth}"),
    };
    let mut entries: Vec<Entry> = depths.iter().map(entry).collect();
    entries.push(Entry { swatch: Swatch::Line(REFERENCE), text: "above q^L, below 1/√M".to_owned() });
    let overlaps = columns.iter().flat_map(Column::spread_overlaps).collect::<BTreeSet<_>>();
    entries.extend(overlaps.into_iter().enumerate().map(|(rank, overlap)| Entry {
        swatch: Swatch::Line(Stroke { dash: Dash::Dashed, ..solid(spread_color(rank), 1.4) }),
        text: format!("spread at q = {}", overlap.normalize()),
    }));
    entries
}

fn color(depth: usize, depths: &BTreeSet<usize>) -> Color {
    let rank = depths.iter().position(|&d| d == depth).unwrap_or(0);
    ladder(rank as f64 / depths.len().saturating_sub(1).max(1) as f64)
}

fn spread_color(rank: usize) -> Color {
    ladder(rank as f64 / (SPREAD_AT.len() - 1) as f64)
}

fn disc(open: bool) -> Marker {
    Marker { shape: Shape::Circle, radius: 2.3, open }
}

impl Column<'_> {
    fn draw_covariance(&self, canvas: &Canvas, frame: &Frame, depths: &BTreeSet<usize>, label_y: bool) {
        frame.draw_grid(canvas);
        let (from, to) = (frame.x.low.max(-1.0), frame.x.high.min(1.0));
        for &depth_of in depths {
            let curve: Vec<_> = (0..=CURVE_STEPS)
                .map(|step| from + (to - from) * step as f64 / CURVE_STEPS as f64)
                .map(|q| frame.at(q, (0..depth_of).fold(1.0, |power, _| power * q)))
                .filter(|at| at.1 <= frame.area.bottom)
                .collect();
            canvas.line(&curve, REFERENCE);
        }
        for row in &self.rows {
            let color = color(depth(row), depths);
            let ends = [-1.0, 1.0].map(|sign| row.covariance_per_path + sign * row.covariance_error);
            let q = overlap(row);
            canvas.line(&ends.map(|y| frame.at(q, y)), solid(color, 1.0));
            canvas.marker(frame.at(q, row.covariance_per_path), disc(false), color);
        }
        frame.draw_axes(canvas, true, label_y)
    }

    fn draw_spread(&self, canvas: &Canvas, frame: &Frame, label_y: bool) {
        let ticks = (Ticks::integers(frame.x.low, frame.x.high), frame.ticks().1);
        frame.draw_grid_at(canvas, &ticks);
        let mut by_depth: BTreeMap<usize, f64> = BTreeMap::new();
        self.rows.iter().for_each(|row| {
            by_depth.insert(depth(row), row.paths);
        });
        let reference: Vec<_> = by_depth.iter().map(|(&l, m)| frame.at(l as f64, 1.0 / m.sqrt())).collect();
        canvas.line(&reference, REFERENCE);
        for (rank, at) in self.spread_overlaps().into_iter().enumerate() {
            let rows = self.rows.iter().filter(|row| row.overlap == at);
            let mut points: Vec<_> = rows.map(|row| (depth(row), row.covariance_spread)).collect();
            points.sort_by_key(|point| point.0);
            let line: Vec<_> = points.iter().map(|&(l, spread)| frame.at(l as f64, spread)).collect();
            canvas.line(&line, Stroke { dash: Dash::Dashed, ..solid(spread_color(rank), 1.4) });
            line.into_iter().for_each(|at| canvas.marker(at, disc(true), spread_color(rank)));
        }
        frame.draw_axes_at(canvas, &ticks, true, label_y)
    }

    /// The measured overlaps nearest to those that are meant to be drawn, each once, increasing.
    fn spread_overlaps(&self) -> Vec<rust_decimal::Decimal> {
        let measured: BTreeSet<_> = self.rows.iter().map(|row| row.overlap).collect();
        let distance = |q: &rust_decimal::Decimal, to: f64| (q.to_f64().unwrap_or(2.0) - to).abs();
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
}

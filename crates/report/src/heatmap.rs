//! A colour map over the two axes of a phase diagram.

use crate::axis::{Shown, Value, values};
use crate::canvas::{Align, Area, Canvas, Point, Type, regular, svg};
use crate::font;
use crate::frame::{Frame, LABEL_SIZE, Span, TICK_SIZE};
use crate::header::{Entry, Header, Swatch, dot};
use crate::layout;
use crate::legend::{layer, words};
use crate::plan::{Panel, Plan};
use crate::quantity::Quantity;
use crate::style::{Dash, INK, NO_VALUE, Stroke, solid, viridis};
use crate::ticks::Ticks;
use crate::transition;
use crate::view::View;
use std::collections::BTreeMap;
use sweep::axis::AxisName;
use sweep::measurement::PhasePoint;
use sweep::transition::{Place, Transition};

const BAR: (f64, f64) = (24.0, 16.0);
const BAR_LABELS: f64 = 76.0;
const BAR_STEPS: usize = 96;
const SPINODAL: Stroke = Stroke { color: INK, width: 1.3, dash: Dash::Dashed };
const UNKNOWN: Stroke = Stroke { color: INK, width: 1.8, dash: Dash::Dotted };

/// A value for every combination of the two axes that a method has.
struct Map<'t> {
    source: String,
    x: Vec<f64>,
    y: Vec<f64>,
    cells: BTreeMap<(usize, usize), f64>,
    /// Transitions along x by their y.
    lines: Vec<(f64, &'t Transition)>,
}

/// The figure, if two numeric axes vary, each of them over enough values, and any row has the quantity.
pub(crate) fn draw(view: &View<'_>, quantity: Quantity) -> Option<String> {
    let View { title, plan, page, .. } = *view;
    let (axis, map) = map(view, quantity)?;
    let (edges_x, edges_y) = edges(&map.x, plan.x.bounds()).zip(edges(&map.y, axis.bounds()))?;
    let scale = Span::around(map.cells.values().copied(), 0.0)?;
    let mut notes: Vec<String> = plan.notes.iter().chain(view.notes).cloned().collect();
    notes.extend(fixed_beyond(plan));
    notes.push(format!("values: {}", map.source));
    let width = page.width(700.0);
    let header = Header::new(title, &notes, entries(&map), width);
    let (area, size) = layout::single(&page, width, &header, BAR.0 + BAR.1 + BAR_LABELS);
    let y_label = format!("{}  {}", axis.words(), axis.symbol());
    Some(svg(size, &format!("{title}: {}, colour map", quantity.label()), |canvas| {
        header.draw(canvas);
        let whole = |edges: &[f64]| Span { low: edges[0], high: edges[edges.len() - 1] };
        let (across, up) = (whole(&edges_x), whole(&edges_y));
        // β is vertical in every phase diagram.
        let is_turned = plan.x == AxisName::Beta;
        let (x, y) = if is_turned { (up, across) } else { (across, up) };
        let on = Plane { frame: Frame { area, x, y, logarithmic: (false, false) }, is_turned };
        map.draw(canvas, &on, scale, (&edges_x, &edges_y));
        on.frame.draw_axes(canvas, true, true);
        draw_bar(canvas, area, scale, quantity.label());
        let (x_label, y_label) =
            if is_turned { (&y_label, &plan.x_label) } else { (&plan.x_label, &y_label) };
        layout::axis_labels(canvas, area, size, x_label, y_label);
    }))
}

/// The second axis and the values of the method that covers most of the map; if several cover as much, of the one that
/// is trusted most.
fn map<'t>(view: &View<'t>, quantity: Quantity) -> Option<(AxisName, Map<'t>)> {
    let plan = view.plan;
    let axis = *plan.panel_axes.first().filter(|axis| axis.is_numeric())?;
    let panels = first_slice(plan);
    let points: Vec<&PhasePoint> = panels.iter().flat_map(|p| p.points.iter().copied()).collect();
    let numbers =
        |axis: AxisName| values(axis, &points).into_iter().filter(|v| v.number().is_some()).collect();
    let (xs, ys): (Vec<Value>, Vec<Value>) = (numbers(plan.x), numbers(axis));
    // The cells of two values would be as wide as the distance between them.
    if xs.len() < 3 || ys.len() < 3 {
        return None;
    }
    let cells_of = |rows: &[&PhasePoint]| -> BTreeMap<(usize, usize), f64> {
        let place = |p: &PhasePoint| {
            Some((xs.binary_search(&plan.x.value(p)).ok()?, ys.binary_search(&axis.value(p)).ok()?))
        };
        rows.iter().filter_map(|p| Some((place(p)?, quantity.value(p)?))).collect()
    };
    let sources = sources(&points, quantity);
    let covering = sources.into_iter().map(|(trust, name, rows)| (cells_of(&rows), trust, name));
    let (cells, _, source) = covering.max_by_key(|(cells, trust, _)| (cells.len(), *trust))?;
    let line = |p: &&Panel<'_>| {
        let row = transition::of_panel(p, plan.x, view.methods, view.transitions)?;
        Some((p.key.first()?.number()?, row))
    };
    let lines = panels.iter().filter_map(line).collect();
    let number = |values: &[Value]| values.iter().filter_map(Value::number).collect();
    (!cells.is_empty()).then(|| (axis, Map { source, x: number(&xs), y: number(&ys), cells, lines }))
}

/// The panels that differ in the first panel axis only.
fn first_slice<'p, 'a>(plan: &'p Plan<'a>) -> Vec<&'p Panel<'a>> {
    let beyond = |panel: &'p Panel<'a>| panel.key.get(1..).unwrap_or_default();
    let first = plan.panels.first().map(beyond).unwrap_or_default();
    plan.panels.iter().filter(|p| beyond(p) == first).collect()
}

/// The further panel axes, which a map holds at their first values.
fn fixed_beyond(plan: &Plan<'_>) -> Option<String> {
    let first = plan.panels.first()?;
    let beyond = plan.panel_axes.iter().zip(&first.key).skip(1);
    let fixed: Vec<String> = beyond.map(|(axis, value)| axis.equation(value)).collect();
    (!fixed.is_empty()).then(|| format!("map at {}", fixed.join(", ")))
}

/// What a map can show, with how far it is to be trusted: BP's stable branch, and every other method. The overlap is a
/// property of a BP state first.
fn sources<'a>(points: &[&'a PhasePoint], quantity: Quantity) -> Vec<(usize, String, Vec<&'a PhasePoint>)> {
    let mut by_method: BTreeMap<(&str, &str), Vec<&PhasePoint>> = BTreeMap::new();
    for point in points {
        by_method.entry((&point.kind, &point.method)).or_default().push(point);
    }
    let source = |((kind, name), rows): ((&'a str, &'a str), Vec<&'a PhasePoint>)| {
        let named = if kind == name { words(kind).to_owned() } else { format!("{} ({name})", words(kind)) };
        if rows.iter().all(|p| p.branch.is_none()) {
            return (1 + layer(kind), named, rows);
        }
        let trust = if quantity == Quantity::Overlap && kind == "bp" { usize::MAX } else { layer(kind) };
        (trust, format!("{named}, stable branch of most samples"), transition::stable_rows(&rows))
    };
    by_method.into_iter().map(source).collect()
}

/// The borders between neighbouring values: half-way, and as far beyond the outer ones as the axis goes.
pub(crate) fn edges(values: &[f64], (least, most): (f64, f64)) -> Option<Vec<f64>> {
    let [first, second, ..] = *values else { return None };
    let [.., before, last] = *values else { return None };
    let between = values.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
    let outer = (first - (second - first) / 2.0, last + (last - before) / 2.0);
    // A negative temperature keeps its cell.
    let outer = ([outer.0.max(least.min(first))], [outer.1.min(most.max(last))]);
    Some(outer.0.into_iter().chain(between).chain(outer.1).collect())
}

fn entries(map: &Map<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let any = |found: fn(&Transition) -> Place| {
        map.lines.iter().any(|(_, row)| transition::place(found(row)).is_some())
    };
    if any(|row| row.crossing) {
        let text = "log Z of the BP branches crosses ± 1 s.e.".to_owned();
        entries.push(Entry { swatch: Swatch::Dot(INK), text });
    }
    if any(|row| row.ordering) {
        entries.push(Entry { swatch: Swatch::Line(SPINODAL), text: transition::ORDERING.to_owned() });
    }
    if map.lines.iter().any(|(_, row)| unknown(row).is_some()) {
        entries.push(Entry { swatch: Swatch::Line(UNKNOWN), text: transition::OPEN.to_owned() });
    }
    if map.cells.len() < map.x.len() * map.y.len() {
        entries.push(Entry { swatch: Swatch::Patch(NO_VALUE), text: "no value".to_owned() });
    }
    entries
}

impl Map<'_> {
    fn draw(&self, canvas: &Canvas, on: &Plane, scale: Span, edges: (&[f64], &[f64])) {
        canvas.rect(on.frame.area, NO_VALUE);
        for (&(i, j), &value) in &self.cells {
            let (a, b) = (on.at(edges.0[i], edges.1[j]), on.at(edges.0[i + 1], edges.1[j + 1]));
            let (left, right) = (a.0.min(b.0), a.0.max(b.0));
            let (top, bottom) = (a.1.min(b.1), a.1.max(b.1));
            // Neighbours overlap, lest the paper shine through between them.
            let right = (right + 0.4).min(on.frame.area.right);
            let bottom = (bottom + 0.4).min(on.frame.area.bottom);
            canvas.rect(Area { left, top, right, bottom }, viridis(scale.share(value)));
        }
        self.draw_lines(canvas, on);
    }

    /// The spinodal as a line, the transition as a line with its points and their errors, both interrupted where they
    /// are not known.
    fn draw_lines(&self, canvas: &Canvas, on: &Plane) {
        self.draw_line(canvas, on, |row| row.ordering, SPINODAL);
        self.draw_line(canvas, on, |row| row.crossing, solid(INK, 1.4));
        let (low, high) = on.along();
        let within = |x: f64| x.clamp(low, high);
        for &(y, row) in &self.lines {
            let across = |from: f64, to: f64| [on.at(within(from), y), on.at(within(to), y)];
            if let Some((from, to)) = unknown(row) {
                canvas.cased_line(&across(from.unwrap_or(low), to.unwrap_or(high)), UNKNOWN);
            }
            if let Some((x, error)) = on.placed(row.crossing) {
                canvas.cased_line(&across(x - error, x + error), solid(INK, 1.2));
                dot(canvas, on.at(x, y), INK);
            }
        }
    }

    fn draw_line(&self, canvas: &Canvas, on: &Plane, of: fn(&Transition) -> Place, stroke: Stroke) {
        let points: Vec<Option<Point>> =
            self.lines.iter().map(|&(y, row)| Some(on.at(on.placed(of(row))?.0, y))).collect();
        for run in points.split(Option::is_none) {
            canvas.cased_line(&run.iter().copied().flatten().collect::<Vec<_>>(), stroke);
        }
    }
}

/// Where a map is drawn: with the axis of panels vertical, or turned.
struct Plane {
    frame: Frame,
    is_turned: bool,
}

impl Plane {
    fn at(&self, x: f64, y: f64) -> Point {
        if self.is_turned { self.frame.at(y, x) } else { self.frame.at(x, y) }
    }

    /// The ends of the axis along which transitions lie.
    fn along(&self) -> (f64, f64) {
        let Span { low, high } = if self.is_turned { self.frame.y } else { self.frame.x };
        (low, high)
    }

    /// A place with its error, if it was found and lies on the map.
    fn placed(&self, found: Place) -> Option<(f64, f64)> {
        let (low, high) = self.along();
        transition::place(found).filter(|(x, _)| (low..=high).contains(x))
    }
}

/// Between what the crossing lies that is not known; where none is looked for, the end of the ordered branch.
fn unknown(row: &Transition) -> Option<(Option<f64>, Option<f64>)> {
    let crosses = row.crossing != Place::None;
    transition::open(if crosses { row.crossing } else { row.ordering })
}

/// The scale beside a map.
pub(crate) fn draw_bar(canvas: &Canvas, map: Area, scale: Span, label: &str) {
    let bar = Area { left: map.right + BAR.0, right: map.right + BAR.0 + BAR.1, ..map };
    let height = bar.bottom - bar.top;
    for step in 0..BAR_STEPS {
        let at = |i: usize| bar.bottom - height * i as f64 / BAR_STEPS as f64;
        let top = (at(step + 1) - 0.4).max(bar.top);
        canvas.rect(Area { top, bottom: at(step), ..bar }, viridis((step as f64 + 0.5) / BAR_STEPS as f64));
    }
    canvas.outline(bar, solid(INK, 0.9));
    let ticks = Ticks::within(scale.low, scale.high, 7);
    for &value in &ticks.at {
        let y = bar.bottom - height * scale.share(value);
        canvas.line(&[(bar.right, y), (bar.right + 4.0, y)], solid(INK, 0.9));
        let style = regular(TICK_SIZE, INK, Align::Left);
        canvas.text(&ticks.label(value), (bar.right + 8.0, y + 0.36 * TICK_SIZE), style);
    }
    let (label, size) = font::fitted(label, LABEL_SIZE, false, height + 60.0);
    let style = Type { upwards: true, ..regular(size, INK, Align::Centre) };
    canvas.text(&label, (bar.right + 62.0, (bar.top + bar.bottom) / 2.0), style);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_meet_half_way_between_values() {
        let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(edges(&[0.0, 1.0, 3.0], everywhere), Some(vec![-0.5, 0.5, 2.0, 4.0]));
        assert_eq!(edges(&[1.0], everywhere), None);
    }

    #[test]
    fn no_cell_reaches_where_the_axis_does_not() {
        assert_eq!(edges(&[0.0, 0.5, 1.0], (0.0, 1.0)), Some(vec![0.0, 0.25, 0.75, 1.0]));
        assert_eq!(edges(&[-1.0, 1.0], (0.0, f64::INFINITY)), Some(vec![-1.0, 0.0, 2.0]));
    }
}

//! Phase diagrams: where the branches of belief propagation cross and vanish along one axis, against another.

use crate::axis::Shown;
use crate::canvas::{Align, Area, Canvas, Point, Type, regular, svg};
use crate::drawing::Figure;
use crate::font;
use crate::frame::{Frame, LABEL_SIZE, Span};
use crate::header::{Entry, Header, Swatch};
use crate::layout;
use crate::page::Page;
use crate::series::{BARS, error_bar, visible};
use crate::style::{Color, Dash, HUES, Look, MUTED, Marker, Shape, Stroke, ladder, solid};
use crate::transition::{OPEN, open, place};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::decimal::{to_f64, to_text};
use sweep::transition::{Place, Transition};

/// More curves than this are told apart by nobody.
const MOST_CURVES: usize = 12;

/// Everything that is the same along one curve: method, structure, and the axes that are not drawn.
type Key<'t> = (&'t str, &'t str, Vec<(AxisName, Decimal)>);

/// One method's transitions.
struct Curve<'t> {
    key: Key<'t>,
    rows: Vec<(f64, &'t Transition)>,
}

/// What stands above the figure, and its size.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Head<'a> {
    pub(crate) title: &'a str,
    /// What is the same on all lines, and how far the sweep is.
    pub(crate) notes: &'a [String],
    pub(crate) page: Page,
}

/// A figure for every pair of axes that has two transitions or more on one curve.
pub(crate) fn draw(head: &Head<'_>, transitions: &[Transition]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (across, along) in pairs(transitions) {
        let curves = curves(across, along, transitions);
        if !curves.is_empty() {
            let svg = draw_one(head, (across, along), &curves);
            figures.extend(svg.map(|svg| Figure { name: format!("phase_diagram_{across}_{along}"), svg }));
        }
    }
    figures
}

/// The pairs of axes, the second of which is the one along which transitions are found. Of a pair that has them both
/// ways that with the finer steps is taken.
fn pairs(transitions: &[Transition]) -> Vec<(AxisName, AxisName)> {
    let mut steps: BTreeMap<(AxisName, AxisName), f64> = BTreeMap::new();
    for row in transitions {
        for &fixed in row.line.fixed.keys() {
            let finest = steps.entry((fixed, row.line.axis)).or_insert(f64::INFINITY);
            *finest = finest.min(row.step.unwrap_or(f64::INFINITY));
        }
    }
    let is_finer = |&(&(across, along), step): &(&(AxisName, AxisName), &f64)| {
        let turned = steps.get(&(along, across)).copied().unwrap_or(f64::INFINITY);
        (*step, along.to_string()) < (turned, across.to_string()) || step.is_infinite()
    };
    steps.iter().filter(is_finer).map(|(pair, _)| *pair).collect()
}

fn curves<'t>(across: AxisName, along: AxisName, transitions: &'t [Transition]) -> Vec<Curve<'t>> {
    let mut groups: BTreeMap<Key<'t>, Vec<(f64, &Transition)>> = BTreeMap::new();
    for row in transitions.iter().filter(|row| row.line.axis == along) {
        let mut others = row.line.fixed.clone();
        let Some(x) = others.remove(&across) else { continue };
        let key = (row.line.method.as_str(), row.line.structure.as_str(), others.into_iter().collect());
        groups.entry(key).or_default().push((to_f64(x), row));
    }
    let is_drawn = |(_, row): &&(f64, &Transition)| place(row.crossing).or(place(row.ordering)).is_some();
    let curves = groups.into_iter().filter(|(_, rows)| rows.iter().filter(is_drawn).count() >= 2);
    let mut curves: Vec<Curve<'_>> = curves.map(|(key, rows)| Curve { key, rows }).collect();
    curves.iter_mut().for_each(|curve| curve.rows.sort_by(|a, b| a.0.total_cmp(&b.0)));
    curves
}

fn draw_one(head: &Head<'_>, (across, along): (AxisName, AxisName), curves: &[Curve<'_>]) -> Option<String> {
    let shown = &curves[..curves.len().min(MOST_CURVES)];
    let (across_span, along_span) = spans(shown)?;
    // β is vertical in every phase diagram.
    let is_turned = across == AxisName::Beta;
    let turn = |pair: (AxisName, AxisName)| if is_turned { (pair.1, pair.0) } else { pair };
    let (x, y) = turn((across, along));
    let (x_span, y_span) = if is_turned { (along_span, across_span) } else { (across_span, along_span) };
    let Head { title, page, .. } = *head;
    let width = layout::width(&page, 1);
    let header = Header::new(title, &notes(head, curves, shown.len()), entries(shown), width);
    let (area, size) = layout::single(&page, width, &header, 16.0);
    let label = |axis: AxisName| format!("{}  {}", axis.words(), axis.symbol());
    let description = format!("{title}: transitions in {} and {}", x.words(), y.words());
    Some(svg(size, &description, |canvas| {
        header.draw(canvas);
        let frame = Frame { area, x: x_span, y: y_span, logarithmic: (false, false) };
        frame.draw_grid(canvas);
        let plane = Plane { frame, is_turned };
        name_phases(
            canvas,
            area,
            (x, y),
            &shown.iter().flat_map(|curve| curve.points(&plane)).collect::<Vec<_>>(),
        );
        for (rank, curve) in shown.iter().enumerate() {
            curve.draw(canvas, &plane, color(rank, shown.len()));
        }
        plane.frame.draw_axes(canvas, true, true);
        layout::axis_labels(canvas, area, size, &label(x), &label(y));
    }))
}

/// Where lines are drawn: with the axis along which transitions are found vertical, or turned.
struct Plane {
    frame: Frame,
    is_turned: bool,
}

impl Plane {
    fn at(&self, across: f64, along: f64) -> Point {
        if self.is_turned { self.frame.at(along, across) } else { self.frame.at(across, along) }
    }
}

/// A few curves are told apart by their hues, many by the order in which they come.
fn color(rank: usize, count: usize) -> Color {
    if count > 1
        && count <= HUES.len()
        && let Some(&hue) = HUES.get(rank)
    {
        return hue;
    }
    ladder(if count > 1 { rank as f64 / (count - 1) as f64 } else { 0.35 })
}

fn spans(curves: &[Curve<'_>]) -> Option<(Span, Span)> {
    let rows = || curves.iter().flat_map(|curve| &curve.rows);
    let ends = |found: Place| {
        let known = place(found).map(|(y, error)| (Some(y - error), Some(y + error)));
        known.or(open(found)).into_iter().flat_map(|(low, high)| [low, high]).flatten()
    };
    let y = rows().flat_map(|(_, row)| ends(row.crossing).chain(ends(row.ordering)));
    Some((Span::around(rows().map(|(x, _)| *x), 0.05)?, Span::around(y, 0.12)?))
}

fn notes(head: &Head<'_>, curves: &[Curve<'_>], shown: usize) -> Vec<String> {
    let mut notes = head.notes.to_vec();
    notes.push(BARS.to_owned());
    if shown < curves.len() {
        notes.push(format!("{shown} of {} curves shown", curves.len()));
    }
    notes
}

fn entries(curves: &[Curve<'_>]) -> Vec<Entry> {
    let structures: BTreeSet<&str> = curves.iter().map(|curve| curve.key.1).collect();
    let name = |curve: &Curve<'_>| {
        let (method, structure, others) = &curve.key;
        let mut parts = vec![(*method).to_owned()];
        parts.extend(others.iter().map(|(axis, value)| format!("{} = {}", axis.symbol(), to_text(*value))));
        if structures.len() > 1 {
            parts.push((*structure).to_owned());
        }
        parts.join(", ")
    };
    let mut entries: Vec<Entry> = curves
        .iter()
        .enumerate()
        .map(|(rank, curve)| {
            let color = color(rank, curves.len());
            Entry { swatch: Swatch::Curve(curve.look(color)), text: name(curve) }
        })
        .collect();
    if curves.iter().any(Curve::crosses) {
        let stroke = solid(MUTED, 1.8);
        entries.push(Entry {
            swatch: Swatch::Line(stroke),
            text: "log Z of the branches crosses ± 1 s.e.".to_owned(),
        });
    }
    let rows = || curves.iter().flat_map(|curve| &curve.rows);
    if rows().any(|(_, row)| place(row.ordering).is_some()) {
        let stroke = Stroke { color: MUTED, width: 1.1, dash: Dash::Dashed };
        let text = "half of the samples have an ordered branch".to_owned();
        entries.push(Entry { swatch: Swatch::Line(stroke), text });
    }
    if curves.iter().any(Curve::has_open) {
        entries.push(Entry { swatch: Swatch::Upright(dotted(MUTED)), text: OPEN.to_owned() });
    }
    if rows().any(|(_, row)| row.is_resolved() == Some(false)) {
        let look = Look { line: None, marker: Some(marker(true)), color: MUTED };
        let text = "open: the grid is coarser than 0.02 there".to_owned();
        entries.push(Entry { swatch: Swatch::Curve(look), text });
    }
    entries
}

/// A place that may be anywhere on it.
fn dotted(color: Color) -> Stroke {
    Stroke { color, width: 1.6, dash: Dash::Dotted }
}

fn marker(open: bool) -> Marker {
    Marker { shape: Shape::Circle, radius: 2.8, open }
}

/// Strong dilution, few active paths and heat destroy order. Where both axes say so, the corners have names, as far as
/// nothing is drawn there.
fn name_phases(canvas: &Canvas, area: Area, (x, y): (AxisName, AxisName), drawn: &[Point]) {
    let favours_order = |axis| matches!(axis, AxisName::Beta | AxisName::Activation(_));
    let (left, right) = ((area.left + 14.0, Align::Left), (area.right - 14.0, Align::Right));
    // Order is up and to the left where x dilutes, else down and to the right.
    let (ordered, paramagnetic) = match (x, y) {
        (AxisName::Dilution(_), y) if favours_order(y) => {
            ((left, area.top + 24.0), (right, area.bottom - 14.0))
        }
        (x, AxisName::Dilution(_)) if favours_order(x) => {
            ((right, area.bottom - 14.0), (left, area.top + 24.0))
        }
        _ => return,
    };
    for (name, ((x, align), y)) in [("ordered", ordered), ("paramagnetic", paramagnetic)] {
        let width = font::width(name, LABEL_SIZE, true);
        let left = if align == Align::Left { x } else { x - width };
        let is_in_the_way = |&(at_x, at_y): &Point| {
            (left - 8.0..=left + width + 8.0).contains(&at_x)
                && (y - LABEL_SIZE - 6.0..=y + 8.0).contains(&at_y)
        };
        if !drawn.iter().any(is_in_the_way) {
            canvas.clear_text(name, (x, y), Type { bold: true, ..regular(LABEL_SIZE, MUTED, align) });
        }
    }
}

impl Curve<'_> {
    fn crosses(&self) -> bool {
        self.rows.iter().any(|(_, row)| place(row.crossing).is_some())
    }

    /// A first-order transition is drawn with its points; where nothing crosses, the place where order begins.
    fn look(&self, color: Color) -> Look {
        let dash = if self.crosses() { Dash::Solid } else { Dash::Dashed };
        Look { line: Some((dash, 1.8)), marker: Some(marker(false)), color }
    }

    /// What its marked line is of.
    fn marked(&self) -> fn(&Transition) -> Place {
        if self.crosses() { |row| row.crossing } else { |row| row.ordering }
    }

    fn has_open(&self) -> bool {
        let marked = self.marked();
        self.rows.iter().any(|(_, row)| open(marked(row)).is_some())
    }

    fn draw(&self, canvas: &Canvas, plane: &Plane, color: Color) {
        let (crosses, marked) = (self.crosses(), self.marked());
        let spinodal = Stroke { color, width: if crosses { 1.1 } else { 1.8 }, dash: Dash::Dashed };
        self.draw_line(canvas, plane, |row| row.ordering, spinodal);
        if crosses {
            self.draw_line(canvas, plane, marked, solid(color, 1.8));
        }
        self.rows.iter().for_each(|(x, row)| draw_place(canvas, plane, color, (*x, marked(row)), row))
    }

    /// Points along its lines, a few pixels apart.
    fn points(&self, plane: &Plane) -> Vec<Point> {
        const BETWEEN: usize = 32;
        let along = |of: fn(&Transition) -> Place| {
            let ends: Vec<Point> =
                self.rows.iter().filter_map(|(x, row)| Some(plane.at(*x, place(of(row))?.0))).collect();
            let between = |pair: &[Point]| {
                let (a, b) = (pair[0], pair[1]);
                let at = move |k: usize| k as f64 / BETWEEN as f64;
                (0..=BETWEEN)
                    .map(move |k| (a.0 + at(k) * (b.0 - a.0), a.1 + at(k) * (b.1 - a.1)))
                    .collect::<Vec<_>>()
            };
            ends.windows(2).flat_map(between).chain(ends.first().copied()).collect::<Vec<_>>()
        };
        [along(|row| row.crossing), along(|row| row.ordering)].concat()
    }

    /// A line through what was found, interrupted where it was not.
    fn draw_line(&self, canvas: &Canvas, plane: &Plane, of: fn(&Transition) -> Place, stroke: Stroke) {
        let places: Vec<Option<Point>> =
            self.rows.iter().map(|(x, row)| place(of(row)).map(|(y, _)| plane.at(*x, y))).collect();
        let runs = places.split(Option::is_none).filter(|run| !run.is_empty());
        runs.into_iter()
            .for_each(|run| canvas.line(&visible(run.iter().copied().flatten().collect()), stroke))
    }
}

/// A point with its error, or where it may be.
fn draw_place(canvas: &Canvas, plane: &Plane, color: Color, (x, found): (f64, Place), row: &Transition) {
    if let Some((from, to)) = open(found) {
        let Span { low, high } = if plane.is_turned { plane.frame.x } else { plane.frame.y };
        let ends = [from.unwrap_or(low), to.unwrap_or(high)];
        canvas.line(&ends.map(|y| plane.at(x, y)), dotted(color));
        return;
    }
    let Some((y, error)) = place(found) else { return };
    error_bar(canvas, [plane.at(x, y - error), plane.at(x, y + error)], color);
    canvas.marker(plane.at(x, y), marker(row.is_resolved() == Some(false)), color);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Grid, sweep, transitions};
    use sweep::transition::Between;

    fn drawn(rows: &[Transition]) -> Vec<Figure> {
        draw(&Head { title: "scan", ..Head::default() }, rows)
    }

    #[test]
    fn a_ladder_of_transitions_is_one_line_with_its_points() {
        let rows = transitions(&sweep(&Grid { dilutions: 2, betas: 8 }));
        let figures = drawn(&rows);
        assert_eq!(
            figures.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
            ["phase_diagram_beta_dilution_1"]
        );
        let svg = &figures[0].svg;
        // One marker is in the legend of its curve, one says what open ones are.
        assert_eq!(svg.matches("<circle").count(), 8 + 2);
        for text in ["paramagnetic", "ordered", "inverse temperature \u{a0}β", "coarser than 0.02"] {
            assert!(svg.contains(text), "{text}");
        }
        assert_eq!(drawn(&rows), figures, "the same rows give the same figure");
    }

    #[test]
    fn a_place_that_is_not_known_interrupts_the_line_and_is_dotted() {
        let mut rows = transitions(&sweep(&Grid { dilutions: 2, betas: 8 }));
        let whole = drawn(&rows).remove(0).svg;
        assert!(!whole.contains(OPEN));
        rows[0].crossing = Place::AtEdge(Between { from: None, to: Some(0.3) });
        rows[4].crossing = Place::Unresolved(Between { from: Some(0.7), to: Some(0.95) });
        let svg = drawn(&rows).remove(0).svg;
        assert!(svg.contains(OPEN));
        assert_eq!(whole.matches("<circle").count() - svg.matches("<circle").count(), 2, "no marker there");
        // Points 1 to 3 and 5 to 7 are lines of their own.
        assert_eq!(solid_lines(&svg, 3), 2);
        assert_eq!((solid_lines(&whole, 3), solid_lines(&whole, 8)), (0, 1));
    }

    /// Solid lines of the curve's width through so many points.
    fn solid_lines(svg: &str, points: usize) -> usize {
        let lines =
            svg.lines().filter(|line| line.contains("<polyline") && line.contains("stroke-width=\"1.8\""));
        let count = |line: &str| {
            line.split("points=\"").nth(1).unwrap().split('"').next().unwrap().trim().split(' ').count()
        };
        lines.filter(|line| count(line) == points).count()
    }

    #[test]
    fn other_axes_and_methods_have_curves_of_their_own_and_a_method_without_crossing_is_drawn() {
        let mut rows = transitions(&sweep(&Grid { dilutions: 2, betas: 4 }));
        let mut reduced = rows.clone();
        for row in &mut reduced {
            row.line.method = "bp_reduced".to_owned();
            row.crossing = Place::None;
        }
        rows.extend(reduced);
        for (row, rho) in rows.iter_mut().zip(["0.3", "0.5"].into_iter().cycle()) {
            row.line.fixed.insert(AxisName::Activation(1), rho.parse().unwrap());
        }
        let figures = drawn(&rows);
        let named = |name: &str| figures.iter().find(|f| f.name == name).unwrap();
        let svg = &named("phase_diagram_beta_dilution_1").svg;
        for text in ["bp, ρ₁ = 0.3", "bp_reduced, ρ₁ = 0.5"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn a_single_transition_and_none_make_no_phase_diagram() {
        let rows = transitions(&sweep(&Grid { dilutions: 2, betas: 8 }));
        assert!(drawn(&rows[..1]).is_empty());
        assert!(drawn(&[]).is_empty());
        let nothing = |row: &Transition| Transition {
            crossing: Place::default(),
            ordering: Place::default(),
            ..row.clone()
        };
        assert!(drawn(&rows.iter().map(nothing).collect::<Vec<_>>()).is_empty());
    }
}

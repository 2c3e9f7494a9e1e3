//! Phase diagrams: where the branches of belief propagation cross and vanish along one axis, against another.

use crate::axis::{Shown, values};
use crate::canvas::{Canvas, Point, svg};
use crate::curve_key::{CurveKey, Looks, name};
use crate::drawing::Figure;
use crate::frame::{Frame, Span};
use crate::header::{Entry, Header, Swatch};
use crate::layout;
use crate::legend::Methods;
use crate::page::Page;
use crate::phase_names::name_phases;
use crate::phase_plane::{Plane, between};
use crate::plan::axis_label;
use crate::series::{BARS, error_bar, visible};
use crate::style::{Color, Dash, Look, MUTED, Marker, Shape, Stroke, solid};
use crate::transition::{OPEN, ORDERING, open, place};
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::decimal::to_f64;
use sweep::measurement::PhasePoint;
use sweep::transition::{Place, Transition};

/// More curves than this are told apart by nobody.
const MOST_CURVES: usize = 12;

/// Two values of an axis have one step, which says nothing of where in it a transition lies.
const LEAST_VALUES: usize = 3;

/// One method's transitions.
struct Curve<'t> {
    key: CurveKey<'t>,
    rows: Vec<(f64, &'t Transition)>,
}

/// What stands above the figure, and its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) title: &'a str,
    /// What is the same on all lines, and how far the sweep is.
    pub(crate) notes: &'a [String],
    pub(crate) page: Page,
    /// The rows that transitions were found from.
    pub(crate) points: &'a [&'a PhasePoint],
    pub(crate) methods: &'a Methods,
}

/// A figure for every pair of axes that has two transitions or more.
pub(crate) fn draw(head: &Head<'_>, transitions: &[Transition]) -> Vec<Figure> {
    let is_fine = |row: &&Transition| {
        head.points.is_empty() || values(row.line.axis, head.points).len() >= LEAST_VALUES
    };
    let transitions: Vec<&Transition> = transitions.iter().filter(is_fine).collect();
    let mut figures = Vec::new();
    for (across, along) in pairs(&transitions) {
        let all = curves(across, along, &transitions);
        let found: Vec<&Curve<'_>> = all.iter().filter(|curve| curve.found() > 0).collect();
        if found.iter().map(|curve| curve.found()).sum::<usize>() >= 2 {
            let svg = draw_one(head, (across, along), &all, &found);
            figures.extend(svg.map(|svg| Figure { name: format!("phase_diagram_{across}_{along}"), svg }));
        }
    }
    figures
}

/// The pairs of axes, the second of which is the one along which transitions are found. Of a pair that has them both
/// ways that with the finer steps is taken.
fn pairs(transitions: &[&Transition]) -> Vec<(AxisName, AxisName)> {
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

fn curves<'t>(across: AxisName, along: AxisName, transitions: &[&'t Transition]) -> Vec<Curve<'t>> {
    let mut groups: BTreeMap<CurveKey<'t>, Vec<(f64, &Transition)>> = BTreeMap::new();
    for &row in transitions.iter().filter(|row| row.line.axis == along) {
        let mut others = row.line.fixed.clone();
        let Some(x) = others.remove(&across) else { continue };
        let (method, structure) = (&row.line.method, &row.line.structure);
        let key = CurveKey { method, structure, others: others.into_iter().collect() };
        groups.entry(key).or_default().push((to_f64(x), row));
    }
    let mut curves: Vec<Curve<'_>> = groups.into_iter().map(|(key, rows)| Curve { key, rows }).collect();
    curves.iter_mut().for_each(|curve| curve.rows.sort_by(|a, b| a.0.total_cmp(&b.0)));
    curves
}

fn draw_one(
    head: &Head<'_>,
    (across, along): (AxisName, AxisName),
    all: &[Curve<'_>],
    found: &[&Curve<'_>],
) -> Option<String> {
    let shown = &found[..found.len().min(MOST_CURVES)];
    let (across_span, along_span) = spans(shown, (across, along))?;
    let looks = Looks::of(&shown.iter().map(|curve| &curve.key).collect::<Vec<_>>());
    // β is vertical in every phase diagram.
    let is_turned = across == AxisName::Beta;
    let turn = |pair: (AxisName, AxisName)| if is_turned { (pair.1, pair.0) } else { pair };
    let (x, y) = turn((across, along));
    let (x_span, y_span) = if is_turned { (along_span, across_span) } else { (across_span, along_span) };
    let Head { title, page, .. } = *head;
    let width = layout::width(&page, 1);
    let header = Header::new(title, &notes(head, all, found.len()), entries(head, all, shown, &looks), width);
    let (area, size) = layout::single(&page, width, &header, 16.0);
    let label = |axis: AxisName| axis_label(axis, head.points);
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
        shown.iter().for_each(|curve| curve.draw(canvas, &plane, &looks));
        plane.frame.draw_axes(canvas, true, true);
        layout::axis_labels(canvas, area, size, &label(x), &label(y));
    }))
}

/// The spans that hold all that is drawn, as far as the axes go.
fn spans(curves: &[&Curve<'_>], (across, along): (AxisName, AxisName)) -> Option<(Span, Span)> {
    let rows = || curves.iter().flat_map(|curve| &curve.rows);
    let ends = |found: Place| {
        let known = place(found).map(|(y, error)| (Some(y - error), Some(y + error)));
        known.or(open(found)).into_iter().flat_map(|(low, high)| [low, high]).flatten()
    };
    let y = rows().flat_map(|(_, row)| ends(row.crossing).chain(ends(row.ordering)));
    let places = rows().flat_map(|(_, row)| [place(row.crossing), place(row.ordering)]).flatten();
    let (x_span, y_span) = (Span::around(rows().map(|(x, _)| *x), 0.05)?, Span::around(y, 0.12)?);
    let x_span = x_span.within(across.bounds(), rows().map(|(x, _)| *x));
    Some((x_span, y_span.within(along.bounds(), places.map(|(y, _)| y))))
}

fn notes(head: &Head<'_>, all: &[Curve<'_>], found: usize) -> Vec<String> {
    let mut notes = head.notes.to_vec();
    notes.push(BARS.to_owned());
    if found > MOST_CURVES {
        notes.push(format!("{MOST_CURVES} of {found} curves shown"));
    }
    let lines: usize = all.iter().map(|curve| curve.rows.len()).sum();
    let without: usize = all.iter().map(Curve::without).sum();
    if without > 0 {
        notes.push(format!("no transition found on {without} of {lines} lines"));
    }
    notes
}

fn entries(head: &Head<'_>, all: &[Curve<'_>], curves: &[&Curve<'_>], looks: &Looks<'_>) -> Vec<Entry> {
    // Of all, lest the only ones found of several be taken for all of them.
    let structures: BTreeSet<&str> = all.iter().map(|curve| curve.key.structure).collect();
    let entry = |curve: &&Curve<'_>| Entry {
        swatch: Swatch::Curve(curve.look(looks)),
        text: name(&curve.key, head.methods, &structures),
    };
    let mut entries: Vec<Entry> = curves.iter().map(entry).collect();
    if curves.iter().any(|curve| curve.crosses()) {
        let stroke = solid(MUTED, 1.8);
        entries.push(Entry {
            swatch: Swatch::Line(stroke),
            text: "log Z of the branches crosses ± 1 s.e.".to_owned(),
        });
    }
    let rows = || curves.iter().flat_map(|curve| &curve.rows);
    if rows().any(|(_, row)| place(row.ordering).is_some()) {
        let stroke = Stroke { color: MUTED, width: 1.1, dash: Dash::Dashed };
        entries.push(Entry { swatch: Swatch::Line(stroke), text: ORDERING.to_owned() });
    }
    if curves.iter().any(|curve| curve.has_open()) {
        entries.push(Entry { swatch: Swatch::Upright(dotted(MUTED)), text: OPEN.to_owned() });
    }
    if rows().any(|(_, row)| row.is_resolved() == Some(false)) {
        let look = Look { line: None, marker: Some(marker(Shape::Circle, true)), color: MUTED };
        let text = "open: the grid is coarser than 0.02 there".to_owned();
        entries.push(Entry { swatch: Swatch::Curve(look), text });
    }
    entries
}

/// A place that may be anywhere on it.
fn dotted(color: Color) -> Stroke {
    Stroke { color, width: 1.6, dash: Dash::Dotted }
}

fn marker(shape: Shape, open: bool) -> Marker {
    Marker { shape, radius: 2.8, open }
}

impl Curve<'_> {
    fn crosses(&self) -> bool {
        self.rows.iter().any(|(_, row)| place(row.crossing).is_some())
    }

    /// How many of its transitions were found.
    fn found(&self) -> usize {
        self.rows.iter().filter(|(_, row)| place(row.crossing).or(place(row.ordering)).is_some()).count()
    }

    /// How many lines show nothing in the figure.
    fn without(&self) -> usize {
        let (has_any, marked) = (self.found() > 0, self.marked());
        let shows = |row: &Transition| {
            place(row.crossing).or(place(row.ordering)).is_some() || has_any && open(marked(row)).is_some()
        };
        self.rows.iter().filter(|(_, row)| !shows(row)).count()
    }

    /// A first-order transition is drawn with its points; where nothing crosses, the place where order begins.
    fn look(&self, looks: &Looks<'_>) -> Look {
        let dash = if self.crosses() { Dash::Solid } else { Dash::Dashed };
        let marker = marker(looks.shape(&self.key), false);
        Look { line: Some((dash, 1.8)), marker: Some(marker), color: looks.color(&self.key) }
    }

    /// What its marked line is of.
    fn marked(&self) -> fn(&Transition) -> Place {
        if self.crosses() { |row| row.crossing } else { |row| row.ordering }
    }

    fn has_open(&self) -> bool {
        let marked = self.marked();
        self.rows.iter().any(|(_, row)| open(marked(row)).is_some())
    }

    fn draw(&self, canvas: &Canvas, plane: &Plane, looks: &Looks<'_>) {
        let (color, shape) = (looks.color(&self.key), looks.shape(&self.key));
        let (crosses, marked) = (self.crosses(), self.marked());
        let spinodal = Stroke { color, width: if crosses { 1.1 } else { 1.8 }, dash: Dash::Dashed };
        self.draw_line(canvas, plane, |row| row.ordering, spinodal);
        if crosses {
            self.draw_line(canvas, plane, marked, solid(color, 1.8));
        }
        self.rows.iter().for_each(|(x, row)| draw_place(canvas, plane, (color, shape), *x, marked(row), row))
    }

    /// Points along its lines and bars, a few pixels apart.
    fn points(&self, plane: &Plane) -> Vec<Point> {
        let marked = self.marked();
        let bars = self.rows.iter().filter_map(|(x, row)| reach(plane, *x, marked(row)));
        let along = |of: fn(&Transition) -> Place| {
            let ends: Vec<Point> =
                self.rows.iter().filter_map(|(x, row)| Some(plane.at(*x, place(of(row))?.0))).collect();
            ends.windows(2)
                .flat_map(|pair| between(pair[0], pair[1]))
                .chain(ends.first().copied())
                .collect::<Vec<_>>()
        };
        let bars = bars.flat_map(|[a, b]| between(a, b)).collect();
        [along(|row| row.crossing), along(|row| row.ordering), bars].concat()
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

/// From where to where a place may be, as far as the frame goes.
fn reach(plane: &Plane, x: f64, found: Place) -> Option<[Point; 2]> {
    let known = place(found).map(|(y, error)| (y - error, y + error));
    let unknown = || open(found).map(|(from, to)| (from.unwrap_or(f64::MIN), to.unwrap_or(f64::MAX)));
    let (from, to) = known.or_else(unknown)?;
    Some(plane.bar(x, from, to))
}

/// A point with its error, or where it may be.
fn draw_place(
    canvas: &Canvas,
    plane: &Plane,
    (color, shape): (Color, Shape),
    x: f64,
    found: Place,
    row: &Transition,
) {
    let Some(ends) = reach(plane, x, found) else { return };
    let Some((y, _)) = place(found) else { return canvas.line(&ends, dotted(color)) };
    error_bar(canvas, ends, color);
    canvas.marker(plane.at(x, y), marker(shape, row.is_resolved() == Some(false)), color);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Grid, sweep, transitions};
    use sweep::transition::{Between, Estimate};

    fn drawn(rows: &[Transition]) -> Vec<Figure> {
        drawn_of(&sweep(&Grid { dilutions: 3, betas: 8 }), rows)
    }

    fn drawn_of(points: &[PhasePoint], rows: &[Transition]) -> Vec<Figure> {
        let methods = Methods::of(points);
        let points: Vec<&PhasePoint> = points.iter().collect();
        let (title, notes, page) = ("scan", &[][..], Page::default());
        draw(&Head { title, notes, page, points: &points, methods: &methods }, rows)
    }

    #[test]
    fn a_ladder_of_transitions_is_one_line_with_its_points() {
        let rows = transitions(&sweep(&Grid { dilutions: 3, betas: 8 }));
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
        let mut rows = transitions(&sweep(&Grid { dilutions: 3, betas: 8 }));
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
        let mut rows = transitions(&sweep(&Grid { dilutions: 3, betas: 4 }));
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
        for text in ["BP, ρ₁ = 0.3", "bp_reduced, ρ₁ = 0.5"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn a_line_through_one_place_is_a_point_and_lines_without_any_are_counted() {
        let mut rows = transitions(&sweep(&Grid { dilutions: 3, betas: 4 }));
        let mut others = rows.clone();
        for (index, row) in others.iter_mut().enumerate() {
            row.line.structure = "40-40-40-1 branching path".to_owned();
            if index > 0 {
                (row.crossing, row.ordering) = (Place::None, Place::None);
            }
        }
        rows.extend(others);
        let svg = drawn(&rows).remove(0).svg;
        for text in ["no transition found on 3 of 8 lines", "bp, path couplings", "bp, input couplings"] {
            assert!(svg.to_lowercase().contains(text), "{text}");
        }
        rows.iter_mut().skip(4).for_each(|row| row.ordering = Place::None);
        rows[4].crossing = Place::None;
        let svg = drawn(&rows).remove(0).svg;
        assert!(
            svg.contains("BP, input couplings") && !svg.contains("BP, path couplings"),
            "of two it is one"
        );
    }

    #[test]
    fn probabilities_end_at_their_bounds_and_so_do_bars() {
        let mut rows = transitions(&sweep(&Grid { dilutions: 3, betas: 4 }));
        let estimate = rows[1].crossing.found().unwrap();
        rows[1].crossing = Place::Found(Estimate { error: Some(3.0), ..estimate });
        let refs: Vec<&Transition> = rows.iter().collect();
        let curves = curves(AxisName::Beta, AxisName::Dilution(1), &refs);
        let (_, along) = spans(&[&curves[0]], (AxisName::Beta, AxisName::Dilution(1))).unwrap();
        assert_eq!(along, Span { low: 0.0, high: 1.0 });
    }

    #[test]
    fn transitions_along_two_values_are_not_drawn() {
        let points = sweep(&Grid { dilutions: 2, betas: 8 });
        assert!(drawn_of(&points, &transitions(&points)).is_empty());
    }

    #[test]
    fn layers_diluted_together_are_one_axis() {
        let mut points = sweep(&Grid { dilutions: 3, betas: 4 });
        let rows = transitions(&points);
        points.iter_mut().for_each(|p| p.parameters.dilution = vec![p.parameters.dilution[0]; 2]);
        assert!(drawn_of(&points, &rows)[0].svg.contains("dilution \u{a0}p₁ = p₂"));
    }

    #[test]
    fn a_single_transition_and_none_make_no_phase_diagram() {
        let rows = transitions(&sweep(&Grid { dilutions: 3, betas: 8 }));
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

//! Phase diagrams: where the branches of belief propagation cross and vanish along one axis, against another.

use crate::axis::Shown;
use crate::canvas::{Align, Area, Canvas, Drawn, Point, Type, regular, svg};
use crate::drawing::Figure;
use crate::error::ReportError;
use crate::frame::{Frame, LABEL_SIZE, Span};
use crate::header::{Entry, Header, Swatch};
use crate::panels::axis_labels;
use crate::series::visible;
use crate::style::{Dash, Ink, Look, MUTED, Marker, Shape, Stroke, ladder, solid};
use crate::transition::{OPEN, open, place};
use plotters::style::RGBColor;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::decimal::{to_f64, to_text};
use sweep::transition::{Place, Transition};

const LEFT: f64 = 74.0;
const PANEL: (f64, f64) = (560.0, 420.0);
const BOTTOM: f64 = 54.0;
const CAP: f64 = 2.6;
/// More curves than this are told apart by nobody.
const MOST_CURVES: usize = 12;

/// Everything that is the same along one curve: method, structure, and the axes that are not drawn.
type Key<'t> = (&'t str, &'t str, Vec<(AxisName, Decimal)>);

/// One method's transitions.
struct Curve<'t> {
    key: Key<'t>,
    rows: Vec<(f64, &'t Transition)>,
}

/// A figure for every pair of axes that has two transitions or more on one curve.
pub(crate) fn draw(title: &str, transitions: &[Transition]) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for (across, along) in pairs(transitions) {
        let curves = curves(across, along, transitions);
        if !curves.is_empty() {
            let svg = draw_one(title, (across, along), &curves)?;
            figures.extend(svg.map(|svg| Figure { name: format!("phase_diagram_{across}_{along}"), svg }));
        }
    }
    Ok(figures)
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

fn draw_one(
    title: &str,
    (x, y): (AxisName, AxisName),
    curves: &[Curve<'_>],
) -> Result<Option<String>, ReportError> {
    let shown = &curves[..curves.len().min(MOST_CURVES)];
    let Some((x_span, y_span)) = spans(shown) else { return Ok(None) };
    let width = LEFT + PANEL.0 + 20.0;
    let header = Header::new(title, &notes(curves, shown.len()), entries(shown), width);
    let top = header.height() + 4.0;
    let area = Area { left: LEFT, top, right: LEFT + PANEL.0, bottom: top + PANEL.1 };
    let size = (width, area.bottom + BOTTOM);
    let label = |axis: AxisName| format!("{}  {}", axis.words(), axis.symbol());
    let description = format!("{title}: transitions in {} and {}", x.words(), y.words());
    svg(size, &description, |canvas| {
        header.draw(canvas)?;
        let frame = Frame { area, x: x_span, y: y_span };
        frame.draw_grid(canvas)?;
        name_phases(canvas, area, (x, y))?;
        for (rank, curve) in shown.iter().enumerate() {
            curve.draw(canvas, &frame, color(rank, shown.len()))?;
        }
        frame.draw_axes(canvas, true, true)?;
        axis_labels(canvas, area, size, &label(x), &label(y))
    })
    .map(Some)
}

fn color(rank: usize, count: usize) -> RGBColor {
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

fn notes(curves: &[Curve<'_>], shown: usize) -> Vec<String> {
    let structures: BTreeSet<&str> = curves.iter().map(|curve| curve.key.1).collect();
    let mut notes: Vec<String> = match structures.iter().collect::<Vec<_>>()[..] {
        [only] => vec![(*only).to_owned()],
        _ => Vec::new(),
    };
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
            Entry { swatch: Swatch::Curve(curve.look(false), color), text: name(curve) }
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
        let look = Look { line: None, marker: Some(marker(true)), error_bars: false, ink: Ink::Fixed(MUTED) };
        let text = "open: the grid is coarser than 0.02 there".to_owned();
        entries.push(Entry { swatch: Swatch::Curve(look, MUTED), text });
    }
    entries
}

/// A place that may be anywhere on it.
fn dotted(color: RGBColor) -> Stroke {
    Stroke { color, width: 1.6, dash: Dash::Dotted }
}

fn marker(open: bool) -> Marker {
    Marker { shape: Shape::Circle, radius: 2.8, open }
}

/// Strong dilution, few active paths and heat destroy order. Where both axes say so, the corners have names.
fn name_phases(canvas: &Canvas<'_>, area: Area, (x, y): (AxisName, AxisName)) -> Drawn {
    let favours_order = |axis| matches!(axis, AxisName::Beta | AxisName::Activation(_));
    if !favours_order(x) || !matches!(y, AxisName::Dilution(_)) {
        return Ok(());
    }
    let style = |align| Type { bold: true, ..regular(LABEL_SIZE, MUTED, align) };
    canvas.text("paramagnetic", (area.left + 14.0, area.top + 24.0), style(Align::Left))?;
    canvas.text("ordered", (area.right - 14.0, area.bottom - 14.0), style(Align::Right))
}

impl Curve<'_> {
    fn crosses(&self) -> bool {
        self.rows.iter().any(|(_, row)| place(row.crossing).is_some())
    }

    /// A first-order transition is drawn with its points; where nothing crosses, the place where order begins.
    fn look(&self, open: bool) -> Look {
        let dash = if self.crosses() { Dash::Solid } else { Dash::Dashed };
        Look { line: Some((dash, 1.8)), marker: Some(marker(open)), error_bars: true, ink: Ink::Ladder }
    }

    /// What its marked line is of.
    fn marked(&self) -> fn(&Transition) -> Place {
        if self.crosses() { |row| row.crossing } else { |row| row.ordering }
    }

    fn has_open(&self) -> bool {
        let marked = self.marked();
        self.rows.iter().any(|(_, row)| open(marked(row)).is_some())
    }

    fn draw(&self, canvas: &Canvas<'_>, frame: &Frame, color: RGBColor) -> Drawn {
        let (crosses, marked) = (self.crosses(), self.marked());
        let spinodal = Stroke { color, width: if crosses { 1.1 } else { 1.8 }, dash: Dash::Dashed };
        self.draw_line(canvas, frame, |row| row.ordering, spinodal)?;
        if crosses {
            self.draw_line(canvas, frame, marked, solid(color, 1.8))?;
        }
        self.rows.iter().try_for_each(|(x, row)| draw_place(canvas, frame, color, (*x, marked(row)), row))
    }

    /// A line through what was found, interrupted where it was not.
    fn draw_line(
        &self,
        canvas: &Canvas<'_>,
        frame: &Frame,
        of: fn(&Transition) -> Place,
        stroke: Stroke,
    ) -> Drawn {
        let places: Vec<Option<Point>> =
            self.rows.iter().map(|(x, row)| place(of(row)).map(|(y, _)| frame.at(*x, y))).collect();
        let runs = places.split(Option::is_none).filter(|run| !run.is_empty());
        runs.into_iter()
            .try_for_each(|run| canvas.line(&visible(run.iter().copied().flatten().collect()), stroke))
    }
}

/// A point with its error, or where it may be.
fn draw_place(
    canvas: &Canvas<'_>,
    frame: &Frame,
    color: RGBColor,
    (x, found): (f64, Place),
    row: &Transition,
) -> Drawn {
    if let Some((from, to)) = open(found) {
        let ends = [from.unwrap_or(frame.y.low), to.unwrap_or(frame.y.high)];
        return canvas.line(&ends.map(|y| frame.at(x, y)), dotted(color));
    }
    let Some((y, error)) = place(found) else { return Ok(()) };
    let (at, bar) = (frame.at(x, y), solid(color, 1.0));
    let (low, high) = (frame.at(x, y - error).1, frame.at(x, y + error).1);
    canvas.line(&[(at.0, low), (at.0, high)], bar)?;
    canvas.line(&[(at.0 - CAP, low), (at.0 + CAP, low)], bar)?;
    canvas.line(&[(at.0 - CAP, high), (at.0 + CAP, high)], bar)?;
    canvas.marker(at, marker(row.is_resolved() == Some(false)), color)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Grid, sweep, transitions};
    use sweep::transition::Between;

    #[test]
    fn a_ladder_of_transitions_is_one_line_with_its_points() {
        let rows = transitions(&sweep(&Grid { dilutions: 2, betas: 8 }));
        let figures = draw("scan", &rows).unwrap();
        assert_eq!(
            figures.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
            ["phase_diagram_beta_dilution_1"]
        );
        let svg = &figures[0].svg;
        // A marker is a disc and its edge; one is in the legend of its curve, one says what open ones are.
        assert_eq!(svg.matches("<circle").count(), 2 * (8 + 2));
        for text in
            ["paramagnetic", "ordered", "inverse temperature \u{a0}β", "coarser than 0.02", "40-40-40-1"]
        {
            assert!(svg.contains(text), "{text}");
        }
        assert_eq!(draw("scan", &rows).unwrap(), figures, "the same rows give the same figure");
    }

    #[test]
    fn a_place_that_is_not_known_interrupts_the_line_and_is_dotted() {
        let mut rows = transitions(&sweep(&Grid { dilutions: 2, betas: 8 }));
        let whole = draw("scan", &rows).unwrap().remove(0).svg;
        assert!(!whole.contains(OPEN));
        rows[0].crossing = Place::AtEdge(Between { from: None, to: Some(0.3) });
        rows[4].crossing = Place::Unresolved(Between { from: Some(0.7), to: Some(0.95) });
        let svg = draw("scan", &rows).unwrap().remove(0).svg;
        assert!(svg.contains(OPEN));
        assert_eq!(
            whole.matches("<circle").count() - svg.matches("<circle").count(),
            2 * 2,
            "no marker there"
        );
        // Points 1 to 3 and 5 to 7 are lines of their own.
        assert_eq!(solid_lines(&svg, 3), 2);
        assert_eq!((solid_lines(&whole, 3), solid_lines(&whole, 8)), (0, 1));
    }

    /// Solid lines of the curve's width through so many points.
    fn solid_lines(svg: &str, points: usize) -> usize {
        let lines =
            svg.lines().filter(|line| line.contains("<polyline") && line.contains("stroke-width=\"18\""));
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
        let figures = draw("scan", &rows).unwrap();
        let named = |name: &str| figures.iter().find(|f| f.name == name).unwrap();
        let svg = &named("phase_diagram_beta_dilution_1").svg;
        for text in ["bp, ρ₁ = 0.3", "bp_reduced, ρ₁ = 0.5"] {
            assert!(svg.contains(text), "{text}");
        }
    }

    #[test]
    fn a_single_transition_and_none_make_no_phase_diagram() {
        let rows = transitions(&sweep(&Grid { dilutions: 2, betas: 8 }));
        assert!(draw("scan", &rows[..1]).unwrap().is_empty());
        assert!(draw("scan", &[]).unwrap().is_empty());
        let nothing = |row: &Transition| Transition {
            crossing: Place::default(),
            ordering: Place::default(),
            ..row.clone()
        };
        assert!(draw("scan", &rows.iter().map(nothing).collect::<Vec<_>>()).unwrap().is_empty());
    }
}

//! Phase diagrams: where the branches of belief propagation cross and vanish along one axis, against another.

use crate::axis::Axis;
use crate::canvas::{Align, Area, Canvas, Drawn, Point, Type, regular, svg};
use crate::error::ReportError;
use crate::figure::Figure;
use crate::frame::{Frame, LABEL_SIZE, Span};
use crate::header::{Entry, Header, Swatch};
use crate::panels::axis_labels;
use crate::series::visible;
use crate::style::{Dash, Ink, Look, MUTED, Marker, Shape, Stroke, ladder, solid};
use crate::transition::place;
use plotters::style::RGBColor;
use std::collections::{BTreeMap, BTreeSet};
use sweep::diagram::{Found, TransitionRow};

const LEFT: f64 = 74.0;
const PANEL: (f64, f64) = (560.0, 420.0);
const BOTTOM: f64 = 54.0;
const CAP: f64 = 2.6;
/// More curves than this are told apart by nobody.
const MOST_CURVES: usize = 12;

/// Everything that is the same along one curve: method, structure, and the axes that are not drawn.
type Key<'t> = (&'t str, &'t str, Vec<(&'t str, &'t str)>);

/// One method's transitions.
struct Curve<'t> {
    key: Key<'t>,
    rows: Vec<(f64, &'t TransitionRow)>,
}

/// A figure for every pair of axes that has two transitions or more on one curve.
pub(crate) fn draw(title: &str, transitions: &[TransitionRow]) -> Result<Vec<Figure>, ReportError> {
    let mut figures = Vec::new();
    for (across, along) in pairs(transitions) {
        let axes = Axis::from_column(across).zip(Axis::from_column(along));
        let curves = curves(across, along, transitions);
        if let Some((x, y)) = axes.filter(|_| !curves.is_empty()) {
            let svg = draw_one(title, (x, y), &curves)?;
            figures.extend(svg.map(|svg| Figure { name: format!("phase_diagram_{across}_{along}"), svg }));
        }
    }
    Ok(figures)
}

/// The pairs of axes, the second of which is the one along which transitions are found. Of a pair that has them both ways
/// that with the finer steps is taken.
fn pairs(transitions: &[TransitionRow]) -> Vec<(&str, &str)> {
    let mut steps: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for row in transitions {
        for fixed in row.fixed.keys() {
            let finest = steps.entry((fixed, &row.axis)).or_insert(f64::INFINITY);
            *finest = finest.min(row.step.unwrap_or(f64::INFINITY));
        }
    }
    let is_finer = |&(&(across, along), step): &(&(&str, &str), &f64)| {
        let turned = steps.get(&(along, across)).copied().unwrap_or(f64::INFINITY);
        (*step, along) < (turned, across) || step.is_infinite()
    };
    steps.iter().filter(is_finer).map(|(pair, _)| *pair).collect()
}

fn curves<'t>(across: &str, along: &str, transitions: &'t [TransitionRow]) -> Vec<Curve<'t>> {
    let mut groups: BTreeMap<Key<'t>, Vec<(f64, &TransitionRow)>> = BTreeMap::new();
    for row in transitions.iter().filter(|row| row.axis == along) {
        let Some(x) = row.fixed.get(across).and_then(|x| x.parse::<f64>().ok()) else { continue };
        let others = row.fixed.iter().filter(|(axis, _)| *axis != across);
        let others = others.map(|(axis, value)| (axis.as_str(), value.as_str())).collect();
        groups.entry((&row.method, &row.structure, others)).or_default().push((x, row));
    }
    let is_drawn = |(_, row): &&(f64, &TransitionRow)| place(row.crossing).or(place(row.ordering)).is_some();
    let curves = groups.into_iter().filter(|(_, rows)| rows.iter().filter(is_drawn).count() >= 2);
    let mut curves: Vec<Curve<'_>> = curves.map(|(key, rows)| Curve { key, rows }).collect();
    curves.iter_mut().for_each(|curve| curve.rows.sort_by(|a, b| a.0.total_cmp(&b.0)));
    curves
}

fn draw_one(title: &str, (x, y): (Axis, Axis), curves: &[Curve<'_>]) -> Result<Option<String>, ReportError> {
    let shown = &curves[..curves.len().min(MOST_CURVES)];
    let Some((x_span, y_span)) = spans(shown) else { return Ok(None) };
    let width = LEFT + PANEL.0 + 20.0;
    let header = Header::new(title, &notes(curves, shown.len()), entries(shown), width);
    let top = header.height() + 4.0;
    let area = Area { left: LEFT, top, right: LEFT + PANEL.0, bottom: top + PANEL.1 };
    let size = (width, area.bottom + BOTTOM);
    let label = |axis: Axis| format!("{}  {}", axis.words(), axis.symbol());
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
    let ends = |found: Found| place(found).into_iter().flat_map(|(y, error)| [y - error, y + error]);
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
        let symbol = |axis: &str| Axis::from_column(axis).map_or(axis.to_owned(), Axis::symbol);
        let mut parts = vec![(*method).to_owned()];
        parts.extend(others.iter().map(|(axis, value)| format!("{} = {value}", symbol(axis))));
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
    if rows().any(|(_, row)| row.resolved == Some(false)) {
        let look = Look { line: None, marker: Some(marker(true)), error_bars: false, ink: Ink::Fixed(MUTED) };
        let text = "open: the grid is coarser than 0.02 there".to_owned();
        entries.push(Entry { swatch: Swatch::Curve(look, MUTED), text });
    }
    entries
}

fn marker(open: bool) -> Marker {
    Marker { shape: Shape::Circle, radius: 2.8, open }
}

/// Strong dilution, few active paths and heat destroy order. Where both axes say so, the corners have names.
fn name_phases(canvas: &Canvas<'_>, area: Area, (x, y): (Axis, Axis)) -> Drawn {
    let favours_order = |axis| matches!(axis, Axis::Beta | Axis::Activation(_));
    if !favours_order(x) || !matches!(y, Axis::Dilution(_)) {
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

    fn draw(&self, canvas: &Canvas<'_>, frame: &Frame, color: RGBColor) -> Drawn {
        let crosses = self.crosses();
        let places = |found: fn(&TransitionRow) -> Found| -> Vec<(Point, (f64, f64), bool)> {
            let place = |&(x, row): &(f64, &TransitionRow)| {
                let (y, error) = place(found(row))?;
                let (low, high) = (frame.at(x, y - error).1, frame.at(x, y + error).1);
                Some((frame.at(x, y), (low, high), row.resolved == Some(false)))
            };
            self.rows.iter().filter_map(place).collect()
        };
        let line = |places: &[(Point, (f64, f64), bool)]| visible(places.iter().map(|p| p.0).collect());
        let (orderings, crossings) = (places(|row| row.ordering), places(|row| row.crossing));
        if !orderings.is_empty() {
            let width = if crosses { 1.1 } else { 1.8 };
            canvas.line(&line(&orderings), Stroke { color, width, dash: Dash::Dashed })?;
        }
        if crosses {
            canvas.line(&line(&crossings), solid(color, 1.8))?;
        }
        let marked = if crosses { crossings } else { orderings };
        marked.into_iter().try_for_each(|(at, (low, high), open)| {
            let bar = solid(color, 1.0);
            canvas.line(&[(at.0, low), (at.0, high)], bar)?;
            canvas.line(&[(at.0 - CAP, low), (at.0 + CAP, low)], bar)?;
            canvas.line(&[(at.0 - CAP, high), (at.0 + CAP, high)], bar)?;
            canvas.marker(at, marker(open), color)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Grid, sweep, transitions};

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
    fn other_axes_and_methods_have_curves_of_their_own_and_a_method_without_crossing_is_drawn() {
        let mut rows = transitions(&sweep(&Grid { dilutions: 2, betas: 4 }));
        let mut reduced = rows.clone();
        for row in &mut reduced {
            row.method = "bp_reduced".to_owned();
            row.crossing = Found::default();
        }
        rows.extend(reduced);
        for (row, rho) in rows.iter_mut().zip(["0.3", "0.5"].into_iter().cycle()) {
            row.fixed.insert("activation_1".to_owned(), rho.to_owned());
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
        let nothing = |row: &TransitionRow| TransitionRow {
            crossing: Found::default(),
            ordering: Found::default(),
            ..row.clone()
        };
        assert!(draw("scan", &rows.iter().map(nothing).collect::<Vec<_>>()).unwrap().is_empty());
    }
}

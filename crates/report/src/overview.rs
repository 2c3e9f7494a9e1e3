//! All of a ladder in one panel: BP's stable lines coloured by β, and the most trusted of the other methods.

use crate::axis::Shown;
use crate::canvas::{Area, Canvas, Drawn, svg};
use crate::error::ReportError;
use crate::frame::{Frame, Span};
use crate::header::{Entry, Header, Swatch};
use crate::legend::{Method, Methods};
use crate::panels::axis_labels;
use crate::plan::Panel;
use crate::quantity::Quantity;
use crate::series::{Series, series_of, visible};
use crate::style::{Ink, Look, MUTED, ladder, solid};
use crate::transition::{self, Stable};
use crate::view::View;
use std::collections::BTreeMap;
use sweep::axis::AxisName;

const LEFT: f64 = 74.0;
const PANEL: (f64, f64) = (560.0, 420.0);
const BOTTOM: f64 = 54.0;
const KEY_STEP: f64 = 20.0;

/// What one value of the ladder shows.
struct Line<'m, 'p, 'a> {
    panel: &'p Panel<'a>,
    /// The stable branch, interrupted where it changes.
    stable: Vec<Vec<(f64, f64)>>,
    /// The most trusted other method.
    reference: Option<Series<'m>>,
}

/// The figure, if the panels are a ladder of numbers and any row has the quantity.
pub(crate) fn draw(view: &View<'_>, quantity: Quantity) -> Result<Option<String>, ReportError> {
    let View { title, plan, methods, .. } = *view;
    let [axis] = plan.panel_axes[..] else { return Ok(None) };
    let (panels, thinned) = plan.page();
    if !axis.is_numeric() || panels.len() < 2 {
        return Ok(None);
    }
    let lines: Vec<_> = panels.into_iter().map(|p| line(p, plan.x, methods, quantity)).collect();
    let Some((x, y)) = spans(&lines) else { return Ok(None) };
    let keys = keys(axis, &lines);
    let width = LEFT + PANEL.0 + 16.0 + keys.iter().map(Entry::width).fold(0.0, f64::max) + 16.0;
    let notes: Vec<String> = plan.notes.iter().cloned().chain(thinned).collect();
    let header = Header::new(title, &notes, entries(&lines, methods), width);
    let top = header.height() + 4.0;
    let area = Area { left: LEFT, top, right: LEFT + PANEL.0, bottom: top + PANEL.1 };
    let size = (width, area.bottom + BOTTOM);
    let description = format!("{title}: {}, stable branches", quantity.label());
    svg(size, &description, |canvas| {
        header.draw(canvas)?;
        let frame = Frame { area, x, y };
        draw_lines(canvas, &frame, &lines)?;
        draw_keys(canvas, area, &keys)?;
        axis_labels(canvas, area, size, &plan.x_label, quantity.label())
    })
    .map(Some)
}

fn line<'m, 'p, 'a>(
    panel: &'p Panel<'a>,
    x: AxisName,
    methods: &'m Methods,
    quantity: Quantity,
) -> Line<'m, 'p, 'a> {
    let stable = transition::branches(methods)
        .map(|branches| stable_runs(panel, x, branches, quantity))
        .unwrap_or_default();
    // The last in the order of drawing: exact, else Monte Carlo.
    let mut others = series_of(&panel.points, x, methods, quantity).into_iter();
    let reference = others.rfind(|s| s.method.look.ink != Ink::Ladder);
    Line { panel, stable, reference }
}

fn stable_runs(
    panel: &Panel<'_>,
    x: AxisName,
    (polarised, paramagnetic): (&Method, &Method),
    quantity: Quantity,
) -> Vec<Vec<(f64, f64)>> {
    let mut rows = BTreeMap::new();
    for point in panel.points.iter().filter(|p| polarised.made(p) || paramagnetic.made(p)) {
        rows.entry(x.value(point)).or_insert_with(Vec::new).push(*point);
    }
    let chosen: Vec<_> = rows
        .into_iter()
        .filter_map(|(value, rows)| Some((value.number()?, transition::stable(&rows).and_then(Stable::row))))
        .map(|(x, row)| (x, row.and_then(|row| Some((row.branch, quantity.value(row)?)))))
        .collect();
    let runs = chosen.chunk_by(|a, b| a.1.map(|v| v.0) == b.1.map(|v| v.0));
    let run =
        |run: &[(f64, Option<_>)]| run.iter().filter_map(|(x, v)| Some((*x, v.map(|(_, y)| y)?))).collect();
    runs.map(run).filter(|run: &Vec<_>| !run.is_empty()).collect()
}

fn spans(lines: &[Line<'_, '_, '_>]) -> Option<(Span, Span)> {
    let stable = || lines.iter().flat_map(|l| l.stable.iter().flatten());
    let references = || lines.iter().filter_map(|l| l.reference.as_ref());
    let x = stable().map(|p| p.0).chain(references().flat_map(|s| s.samples.iter().map(|p| p.x)));
    let y = stable().map(|p| p.1).chain(references().flat_map(Series::extent));
    Some((Span::around(x, 0.03)?, Span::around(y, 0.05)?))
}

fn draw_lines(canvas: &Canvas<'_>, frame: &Frame, lines: &[Line<'_, '_, '_>]) -> Drawn {
    frame.draw_grid(canvas)?;
    for line in lines {
        let color = ladder(line.panel.rank);
        for run in &line.stable {
            let points = run.iter().map(|&(x, y)| frame.at(x, y)).collect();
            canvas.line(&visible(points), solid(color, 1.8))?;
        }
    }
    for line in lines {
        if let Some(series) = &line.reference {
            series.draw_points(canvas, frame, ladder(line.panel.rank))?;
        }
    }
    frame.draw_axes(canvas, true, true)
}

fn entries(lines: &[Line<'_, '_, '_>], methods: &Methods) -> Vec<Entry> {
    let mut entries = Vec::new();
    if lines.iter().any(|l| !l.stable.is_empty()) {
        let stroke = solid(MUTED, 1.8);
        let text = "BP, stable branch of most samples".to_owned();
        entries.push(Entry { swatch: Swatch::Line(stroke), text });
    }
    let drawn =
        |method: &Method| lines.iter().any(|l| l.reference.as_ref().is_some_and(|s| *s.method == *method));
    entries.extend(methods.iter().filter(|m| drawn(m)).map(|method| {
        let look = Look { line: None, ..method.look };
        Entry { swatch: Swatch::Curve(look, MUTED), text: method.label.clone() }
    }));
    entries
}

/// The ladder's values with their colours, the largest first.
fn keys(axis: AxisName, lines: &[Line<'_, '_, '_>]) -> Vec<Entry> {
    let key = |line: &Line<'_, '_, '_>| {
        let stroke = solid(ladder(line.panel.rank), 2.6);
        let text = line.panel.key.first().map(|v| axis.equation(v)).unwrap_or_default();
        Entry { swatch: Swatch::Line(stroke), text }
    };
    lines.iter().rev().map(key).collect()
}

fn draw_keys(canvas: &Canvas<'_>, area: Area, keys: &[Entry]) -> Drawn {
    for (row, key) in keys.iter().enumerate() {
        key.draw(canvas, area.right + 16.0, area.top + 14.0 + KEY_STEP * row as f64)?;
    }
    Ok(())
}

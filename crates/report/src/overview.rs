//! All of a ladder in one panel: BP's stable lines coloured by β, and the most trusted of the other methods.

use crate::axis::Shown;
use crate::canvas::{Canvas, svg};
use crate::frame::{Frame, Span};
use crate::header::{Entry, Header, Swatch};
use crate::layout;
use crate::legend::{Method, Methods};
use crate::plan::Panel;
use crate::quantity::Quantity;
use crate::series::{Series, bars, series_of, visible};
use crate::style::{Color, Look, MUTED, ladder, solid};
use crate::transition::{self, Stable};
use crate::view::View;
use std::collections::BTreeMap;
use sweep::axis::AxisName;

/// What one value of the ladder shows.
struct Line<'m> {
    name: String,
    color: Color,
    /// The stable branch, interrupted where it changes.
    stable: Vec<Vec<(f64, f64)>>,
    /// The most trusted other method.
    reference: Option<Series<'m>>,
}

/// The figure, if the panels are a ladder of numbers and any row has the quantity.
pub(crate) fn draw(view: &View<'_>, quantity: Quantity) -> Option<String> {
    let View { title, plan, methods, page, .. } = *view;
    let [axis] = plan.panel_axes[..] else { return None };
    let (panels, thinned) = plan.page();
    if !axis.is_numeric() || panels.len() < 2 {
        return None;
    }
    let lines: Vec<_> = panels.into_iter().map(|p| line(p, plan.x, methods, quantity)).collect();
    let (x, y) = spans(&lines)?;
    let mut notes: Vec<String> = plan.notes.iter().chain(view.notes).cloned().chain(thinned).collect();
    notes.extend(bars(lines.iter().filter_map(|line| line.reference.as_ref())));
    let width = layout::width(&page, 1);
    let header = Header::new(title, &notes, entries(&lines, methods), width);
    let (area, size) = layout::single(&page, width, &header, 16.0);
    let description = format!("{title}: {}, stable branches", quantity.label());
    Some(svg(size, &description, |canvas| {
        header.draw(canvas);
        let frame = Frame { area, x, y, logarithmic: (false, quantity.is_logarithmic()) };
        draw_lines(canvas, &frame, &lines);
        layout::axis_labels(canvas, area, size, &plan.x_label, quantity.label());
    }))
}

fn line<'m>(panel: &Panel<'_>, x: AxisName, methods: &'m Methods, quantity: Quantity) -> Line<'m> {
    let color = ladder(panel.rank);
    let stable = transition::branches(methods)
        .map(|branches| stable_runs(panel, x, branches, quantity))
        .unwrap_or_default();
    // The last in the order of drawing: exact, else Monte Carlo.
    let mut others = series_of(&panel.points, x, methods, quantity).into_iter();
    let reference = others.rfind(|s| s.method.kind != "bp").map(|series| Series { color, ..series });
    Line { name: panel.title.clone(), color, stable, reference }
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

fn spans(lines: &[Line<'_>]) -> Option<(Span, Span)> {
    let stable = || lines.iter().flat_map(|l| l.stable.iter().flatten());
    let references = || lines.iter().filter_map(|l| l.reference.as_ref());
    let x = stable().map(|p| p.0).chain(references().flat_map(|s| s.samples.iter().map(|p| p.x)));
    let y = stable().map(|p| p.1).chain(references().flat_map(Series::extent));
    Some((Span::around(x, 0.03)?, Span::around(y, 0.05)?))
}

fn draw_lines(canvas: &Canvas, frame: &Frame, lines: &[Line<'_>]) {
    frame.draw_grid(canvas);
    for line in lines {
        for run in &line.stable {
            let points = run.iter().map(|&(x, y)| frame.at(x, y)).collect();
            canvas.line(&visible(points), solid(line.color, 1.8));
        }
    }
    lines.iter().filter_map(|line| line.reference.as_ref()).for_each(|s| s.draw_points(canvas, frame));
    frame.draw_axes(canvas, true, true);
}

/// The ladder's values with their colours, and what the marks are.
fn entries(lines: &[Line<'_>], methods: &Methods) -> Vec<Entry> {
    let value =
        |line: &Line<'_>| Entry { swatch: Swatch::Line(solid(line.color, 2.6)), text: line.name.clone() };
    let mut entries: Vec<Entry> = lines.iter().map(value).collect();
    if lines.iter().any(|l| !l.stable.is_empty()) {
        let text = "BP, stable branch of most samples".to_owned();
        entries.push(Entry { swatch: Swatch::Line(solid(MUTED, 1.8)), text });
    }
    let drawn =
        |method: &Method| lines.iter().any(|l| l.reference.as_ref().is_some_and(|s| s.method == method));
    entries.extend(methods.iter().filter(|m| drawn(m)).map(|method| {
        let look = Look { line: None, color: MUTED, ..method.look };
        Entry { swatch: Swatch::Curve(look), text: method.label.clone() }
    }));
    entries
}

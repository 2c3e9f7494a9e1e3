//! Small multiples: one quantity along the horizontal axis, a panel for every value of the ladder, shared axes.

use crate::canvas::{Area, Canvas, svg};
use crate::frame::{Frame, Span, mark};
use crate::header::{Entry, Header, Swatch};
use crate::layout::{self, PanelLayout};
use crate::legend::Methods;
use crate::marks::{ORDERED, lacking};
use crate::page::Page;
use crate::plan::Panel;
use crate::quantity::{Quantity, closed_form_curve};
use crate::series::{Over, Series, bars, series_of, visible};
use crate::style::{Dash, INK, Look, MUTED, Stroke};
use crate::transition;
use crate::view::View;
use std::collections::BTreeSet;
use sweep::measurement::PhasePoint;

/// The paramagnetic closed form.
const CLOSED_FORM: Stroke = Stroke { color: INK, width: 1.1, dash: Dash::Dotted };

/// Around a crossing that is not known.
const UNKNOWN: Stroke = Stroke { color: MUTED, width: 1.3, dash: Dash::Dotted };

/// Everything that one figure shows.
pub(crate) struct Sheet<'m> {
    pub(crate) title: &'m str,
    pub(crate) notes: Vec<String>,
    /// Settings by method, said where it is drawn.
    pub(crate) settings: &'m [(String, String)],
    pub(crate) x_label: String,
    pub(crate) quantity: Quantity,
    pub(crate) page: Page,
    pub(crate) panels: Vec<Content<'m>>,
    /// What tells curves apart beside their methods.
    pub(crate) hues: Vec<Entry>,
}

/// What one panel shows.
#[derive(Default)]
pub(crate) struct Content<'m> {
    pub(crate) title: String,
    pub(crate) series: Vec<Series<'m>>,
    pub(crate) closed_form: Vec<(f64, f64)>,
    /// The place of the crossing, with its error.
    pub(crate) crossing: Option<(f64, f64)>,
    /// Between what it lies, where it is not known.
    pub(crate) open: Option<(Option<f64>, Option<f64>)>,
}

/// The figure of one quantity, if any row has it.
pub(crate) fn draw(view: &View<'_>, quantity: Quantity) -> Option<String> {
    let (panels, thinned) = view.plan.page();
    let notes = view.plan.notes.iter().chain(view.notes).cloned();
    let contents: Vec<Content<'_>> = panels.iter().map(|panel| content(panel, view, quantity)).collect();
    let (filled, empty): (Vec<_>, Vec<_>) = contents.into_iter().partition(|panel| !panel.series.is_empty());
    Sheet {
        title: view.title,
        notes: notes
            .chain(thinned)
            .chain(left_out(&panels, quantity))
            .chain(without_values(&empty))
            .collect(),
        settings: view.settings,
        x_label: view.plan.x_label.clone(),
        quantity,
        page: view.page,
        panels: filled,
        hues: Vec::new(),
    }
    .draw(view.methods)
}

/// Which panels have no frame, being empty.
fn without_values(empty: &[Content<'_>]) -> Option<String> {
    match empty {
        [] => None,
        [only] => Some(format!("no values at {}", only.title)),
        [first, ..] => Some(format!("no values in {} panels, {} among them", empty.len(), first.title)),
    }
}

/// How many points have no value as none of their samples is in equilibrium.
fn left_out(panels: &[&Panel<'_>], quantity: Quantity) -> Option<String> {
    let rows = || panels.iter().flat_map(|panel| panel.points.iter().copied());
    let given: BTreeSet<&str> =
        rows().filter(|row| quantity.value(row).is_some()).map(|row| row.method.as_str()).collect();
    let is_out = |row: &&PhasePoint| {
        quantity.value(row).is_none() && row.unequilibrated > 0 && row.unequilibrated >= row.samples
    };
    let count = rows().filter(|row| given.contains(row.method.as_str())).filter(is_out).count();
    let points = if count == 1 { "point" } else { "points" };
    (count > 0).then(|| format!("{count} {points} left out: no sample in equilibrium"))
}

fn content<'m>(panel: &Panel<'_>, view: &View<'m>, quantity: Quantity) -> Content<'m> {
    let x = view.plan.x;
    let line = transition::of_panel(panel, x, view.methods, view.transitions);
    Content {
        title: panel.title.clone(),
        series: series_of(&panel.points, x, view.methods, quantity),
        closed_form: closed_form_curve(quantity, x, &panel.points),
        crossing: line.and_then(|row| transition::place(row.crossing)),
        open: line.and_then(|row| transition::open(row.crossing)),
    }
}

impl Sheet<'_> {
    /// The drawing, if there is any value.
    pub(crate) fn draw(&self, methods: &Methods) -> Option<String> {
        if self.panels.iter().all(|panel| panel.series.is_empty()) {
            return None;
        }
        let (x, y) = self.spans()?;
        let mut notes = self.notes.clone();
        notes.extend(self.quantity.definition().map(str::to_owned));
        let is_drawn = |name: &str| self.series().any(|series| series.method.name == name);
        let settings = self.settings.iter().filter(|(method, _)| is_drawn(method));
        notes.extend(settings.map(|(_, text)| text.clone()));
        notes.extend(bars(self.series()));
        let (page, count) = (&self.page, self.panels.len());
        let header = Header::new(self.title, &notes, self.entries(methods), layout::width(page, count));
        let layout = PanelLayout::of(page, count, &header);
        let description = format!("{}: {}", self.title, self.quantity.label());
        let logarithmic = (false, self.quantity.is_logarithmic());
        Some(svg(layout.size(), &description, |canvas| {
            header.draw(canvas);
            for (index, panel) in self.panels.iter().enumerate() {
                let frame = Frame { area: layout.area(index), x, y, logarithmic };
                panel.draw(canvas, &frame, self.quantity);
                frame.draw_axes(canvas, layout.is_lowest(index), layout.is_leftmost(index));
                layout.title(canvas, index, &panel.title);
            }
            layout.axis_labels(canvas, &self.x_label, self.quantity.label());
        }))
    }

    fn series(&self) -> impl Iterator<Item = &Series<'_>> + Clone {
        self.panels.iter().flat_map(|panel| &panel.series)
    }

    /// The axes that hold everything in all panels.
    fn spans(&self) -> Option<(Span, Span)> {
        let closed = || self.panels.iter().flat_map(|panel| &panel.closed_form);
        let x = self.series().flat_map(|s| s.samples.iter().map(|p| p.x)).chain(closed().map(|p| p.0));
        let y = self.series().flat_map(Series::extent).chain(closed().map(|p| p.1));
        let y = y.chain(self.quantity.always_shown().iter().copied());
        Some((Span::around(x, 0.03)?, Span::around(y, 0.05)?))
    }

    fn entries(&self, methods: &Methods) -> Vec<Entry> {
        let curve = |look: Look, text: String| Entry { swatch: Swatch::Curve(look), text };
        let drawn = methods.iter().filter(|method| self.series().any(|s| s.method == *method));
        let mut drawn: Vec<_> = drawn.collect();
        // BP's branches side by side read better than the order of drawing.
        drawn.sort_by_key(|method| {
            (method.kind != "bp", method.look.line.is_some_and(|l| l.0 == Dash::Dashed))
        });
        let color = |look: Look| if self.hues.is_empty() { look } else { Look { color: MUTED, ..look } };
        let mut entries = self.hues.clone();
        entries.extend(drawn.into_iter().map(|method| curve(color(method.look), method.label.clone())));
        let any = |has: fn(&Content<'_>) -> bool| self.panels.iter().any(has);
        if any(|panel| !panel.closed_form.is_empty()) {
            let text = self.quantity.closed_form_label().to_owned();
            entries.push(Entry { swatch: Swatch::Line(CLOSED_FORM), text });
        }
        if any(|panel| panel.crossing.is_some()) {
            let text = "log Z of the BP branches crosses ± 1 s.e.".to_owned();
            entries.push(Entry { swatch: Swatch::Upright(mark()), text });
        }
        if any(|panel| panel.open.is_some()) {
            let text = format!("crossing {}", transition::OPEN);
            entries.push(Entry { swatch: Swatch::Upright(UNKNOWN), text });
        }
        entries.extend(self.marks());
        entries
    }

    /// What marks of points say, each as one of those that are drawn.
    fn marks(&self) -> Vec<Entry> {
        let is_plain = self.hues.is_empty();
        let look = |series: &Series<'_>| {
            let look = series.look();
            Look { line: None, color: if is_plain { look.color } else { MUTED }, ..look }
        };
        let first = |has: &dyn Fn(&Series<'_>) -> bool| self.series().find(|series| has(series)).map(look);
        let lacks = self.series().map(Series::unresolved).fold(0.0, f64::max);
        let mut entries = Vec::new();
        let mut add = |swatch: Option<Swatch>, text: &str| {
            entries.extend(swatch.map(|swatch| Entry { swatch, text: text.to_owned() }));
        };
        let open = first(&|series| series.unresolved() > 0.0)
            .map(|look| Swatch::Curve(Look { marker: Some(lacking(look.marker)), ..look }));
        add(open, &format!("BP of up to {:.0} % of the samples did not converge", (100.0 * lacks).ceil()));
        let ordered = first(&|series| series.has_means(Over::Ordered))
            .map(|look| Swatch::Curve(Look { marker: Some(ORDERED), ..look }));
        add(ordered, "mean over the ordered samples only, half of all or more");
        add(
            first(&|series| series.has_means(Over::Some)).map(Swatch::Ringed),
            "ring: mean over fewer than all samples",
        );
        add(
            first(&|series| series.has_doubtful()).map(Swatch::Struck),
            "crossed out: not equilibrated in all samples",
        );
        entries
    }
}

impl Content<'_> {
    fn draw(&self, canvas: &Canvas, frame: &Frame, quantity: Quantity) {
        if let Some((x, error)) = self.crossing {
            frame.draw_band(canvas, (x - error, x + error));
        }
        frame.draw_grid(canvas);
        if let Some(level) = quantity.reference_line() {
            frame.draw_level(canvas, level);
        }
        if let Some((x, _)) = self.crossing {
            frame.draw_mark(canvas, x);
        }
        self.draw_open(canvas, frame);
        self.series.iter().for_each(|series| series.draw(canvas, frame));
        let curve: Vec<_> = self.closed_form.iter().map(|&(x, y)| frame.at(x, y)).collect();
        canvas.line(&visible(curve), CLOSED_FORM);
    }

    /// A frame of dots around where the crossing may be, open where its end is not known.
    fn draw_open(&self, canvas: &Canvas, frame: &Frame) {
        let Some((from, to)) = self.open else { return };
        let Area { top, bottom, left, right } = frame.area;
        let at = |x: f64| frame.at(x, frame.y.low).0.clamp(left, right);
        let (from, to) = (from.map(at), to.map(at));
        for x in from.iter().chain(&to) {
            canvas.line(&[(*x, bottom), (*x, top)], UNKNOWN);
        }
        let across = (from.unwrap_or(left), to.unwrap_or(right));
        canvas.line(&[(across.0, top + 5.0), (across.1, top + 5.0)], UNKNOWN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::point;

    #[test]
    fn panels_without_values_have_no_frame_and_the_header_says_so() {
        let titled = |title: &str| Content { title: title.to_owned(), ..Content::default() };
        assert_eq!(without_values(&[]), None);
        assert_eq!(without_values(&[titled("β = 2")]).as_deref(), Some("no values at β = 2"));
        let several = without_values(&[titled("β = 2"), titled("β = 3")]);
        assert_eq!(several.as_deref(), Some("no values in 2 panels, β = 2 among them"));
    }

    #[test]
    fn points_without_a_sample_in_equilibrium_are_counted() {
        let mut rows = ["1", "2", "3"].map(|beta| point("c", beta, "mc", None));
        (rows[0].susceptibility, rows[1].unequilibrated) = (Some(1.0), 20);
        let points = rows.iter().collect();
        let panel = Panel { key: vec![], title: String::new(), rank: 0.0, points };
        let of = |quantity| left_out(&[&panel], quantity);
        let expected = "1 point left out: no sample in equilibrium";
        assert_eq!(of(Quantity::Susceptibility).as_deref(), Some(expected));
        assert_eq!(of(Quantity::UnitBinder), None, "of a quantity that the method never gives");
    }
}

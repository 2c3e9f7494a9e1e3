//! Small multiples: one quantity along the horizontal axis, a panel for every value of the ladder, shared axes.

use crate::canvas::{Align, Area, Canvas, Drawn, Type, regular, svg};
use crate::error::ReportError;
use crate::font;
use crate::frame::{Frame, LABEL_SIZE, Span, TICK_SIZE, mark};
use crate::header::{Entry, Header, Swatch};
use crate::legend::{Method, Methods};
use crate::plan::Panel;
use crate::quantity::{Quantity, closed_form_curve};
use crate::series::{Series, lacking, series_of, visible};
use crate::style::{Dash, INK, Ink, Look, MUTED, Stroke, ladder};
use crate::transition;
use crate::view::View;
use plotters::style::RGBColor;

const LEFT: f64 = 74.0;
const RIGHT: f64 = 20.0;
const BOTTOM: f64 = 54.0;
const TITLE: f64 = 22.0;
const GAP: (f64, f64) = (18.0, 16.0);

/// The paramagnetic closed form.
const CLOSED_FORM: Stroke = Stroke { color: INK, width: 1.1, dash: Dash::Dotted };

/// Around a crossing that is not known.
const UNKNOWN: Stroke = Stroke { color: MUTED, width: 1.3, dash: Dash::Dotted };

/// What one panel shows.
struct Content<'m, 'p, 'a> {
    panel: &'p Panel<'a>,
    series: Vec<Series<'m>>,
    closed_form: Vec<(f64, f64)>,
    /// The place of the crossing, with its error.
    crossing: Option<(f64, f64)>,
    /// Between what it lies, where it is not known.
    open: Option<(Option<f64>, Option<f64>)>,
}

/// The figure of one quantity, if any row has it.
pub(crate) fn draw(view: &View<'_>, quantity: Quantity) -> Result<Option<String>, ReportError> {
    let View { title, plan, methods, .. } = *view;
    let (panels, thinned) = plan.page();
    let contents: Vec<_> = panels.into_iter().map(|p| content(p, view, quantity)).collect();
    if contents.iter().all(|c| c.series.is_empty()) {
        return Ok(None);
    }
    let Some((x, y)) = spans(&contents, quantity) else { return Ok(None) };
    let layout = PanelLayout::of(contents.len());
    let notes: Vec<String> = plan.notes.iter().cloned().chain(thinned).collect();
    let header = Header::new(title, &notes, entries(&contents, methods, quantity), layout.width());
    let size = (layout.width(), header.height() + layout.height());
    let description = format!("{title}: {}", quantity.label());
    svg(size, &description, |canvas| {
        header.draw(canvas)?;
        for (index, content) in contents.iter().enumerate() {
            let frame = Frame { area: layout.area(index, header.height()), x, y };
            content.draw(canvas, &frame, quantity, layout.is_lowest(index), layout.is_leftmost(index))?;
        }
        axis_labels(canvas, layout.bounds(header.height()), size, &plan.x_label, quantity.label())
    })
    .map(Some)
}

/// The labels of axes that are shared by everything within `bounds`.
pub(crate) fn axis_labels(
    canvas: &Canvas<'_>,
    bounds: Area,
    (_, height): (f64, f64),
    x_label: &str,
    y_label: &str,
) -> Drawn {
    let style = regular(LABEL_SIZE, INK, Align::Centre);
    let (centre, middle) = ((bounds.left + bounds.right) / 2.0, (bounds.top + bounds.bottom) / 2.0);
    canvas.text(x_label, (centre, height - 15.0), style)?;
    canvas.text(y_label, (24.0, middle), Type { upwards: true, ..style })
}

fn content<'m, 'p, 'a>(panel: &'p Panel<'a>, view: &View<'m>, quantity: Quantity) -> Content<'m, 'p, 'a> {
    let x = view.plan.x;
    let series = series_of(&panel.points, x, view.methods, quantity);
    let closed_form = closed_form_curve(quantity, x, &panel.points);
    let line = transition::of_panel(panel, x, view.methods, view.transitions);
    let crossing = line.and_then(|row| transition::place(row.crossing));
    let open = line.and_then(|row| transition::open(row.crossing));
    Content { panel, series, closed_form, crossing, open }
}

/// The axes that hold everything in all panels.
fn spans(contents: &[Content<'_, '_, '_>], quantity: Quantity) -> Option<(Span, Span)> {
    let series = || contents.iter().flat_map(|c| &c.series);
    let closed = || contents.iter().flat_map(|c| &c.closed_form);
    let x = series().flat_map(|s| s.samples.iter().map(|p| p.x)).chain(closed().map(|p| p.0));
    let y = series().flat_map(Series::extent).chain(closed().map(|p| p.1));
    let y = y.chain(quantity.always_shown().iter().copied());
    Some((Span::around(x, 0.03)?, Span::around(y, 0.05)?))
}

fn entries(contents: &[Content<'_, '_, '_>], methods: &Methods, quantity: Quantity) -> Vec<Entry> {
    let drawn = |method: &Method| contents.iter().any(|c| c.series.iter().any(|s| *s.method == *method));
    let color = match contents {
        [only] => ladder(only.panel.rank),
        _ => MUTED,
    };
    let curves = methods.iter().filter(|m| drawn(m)).map(|method| Entry {
        swatch: Swatch::Curve(method.look, method.look.color(color)),
        text: method.label.clone(),
    });
    let mut entries: Vec<Entry> = curves.collect();
    // BP's branches side by side read better than the order of drawing.
    entries.sort_by_key(|entry| match entry.swatch {
        Swatch::Curve(look, _) if look.ink == Ink::Ladder => usize::from(is_dashed(&look)),
        _ => 2,
    });
    if contents.iter().any(|c| !c.closed_form.is_empty()) {
        let text = quantity.closed_form_label().to_owned();
        entries.push(Entry { swatch: Swatch::Line(CLOSED_FORM), text });
    }
    if contents.iter().any(|c| c.crossing.is_some()) {
        let text = "log Z of the BP branches crosses ± 1 s.e.".to_owned();
        entries.push(Entry { swatch: Swatch::Upright(mark()), text });
    }
    if contents.iter().any(|c| c.open.is_some()) {
        let text = format!("crossing {}", transition::OPEN);
        entries.push(Entry { swatch: Swatch::Upright(UNKNOWN), text });
    }
    let lacks = contents.iter().flat_map(|c| &c.series).map(Series::unresolved).fold(0.0, f64::max);
    if lacks > 0.0 {
        let text = format!("BP of up to {:.0} % of the samples did not converge", (100.0 * lacks).ceil());
        let look =
            Look { line: None, marker: Some(lacking(None)), error_bars: false, ink: Ink::Fixed(MUTED) };
        entries.push(Entry { swatch: Swatch::Curve(look, MUTED), text });
    }
    if contents.iter().any(|c| c.series.iter().any(Series::has_doubtful)) {
        let text = "not equilibrated in all samples".to_owned();
        entries.push(Entry { swatch: Swatch::Dot(MUTED), text });
    }
    entries
}

fn is_dashed(look: &Look) -> bool {
    look.line.is_some_and(|(dash, _)| dash == Dash::Dashed)
}

impl Content<'_, '_, '_> {
    fn draw(
        &self,
        canvas: &Canvas<'_>,
        frame: &Frame,
        quantity: Quantity,
        label_x: bool,
        label_y: bool,
    ) -> Drawn {
        self.crossing.map_or(Ok(()), |(x, error)| frame.draw_band(canvas, (x - error, x + error)))?;
        frame.draw_grid(canvas)?;
        quantity.reference_line().map_or(Ok(()), |level| frame.draw_level(canvas, level))?;
        self.crossing.map_or(Ok(()), |(x, _)| frame.draw_mark(canvas, x))?;
        self.draw_open(canvas, frame)?;
        let color: RGBColor = ladder(self.panel.rank);
        let (below, above): (Vec<_>, Vec<_>) =
            self.series.iter().partition(|s| s.method.look.ink == Ink::Ladder);
        below.into_iter().try_for_each(|s| s.draw(canvas, frame, color))?;
        let curve: Vec<_> = self.closed_form.iter().map(|&(x, y)| frame.at(x, y)).collect();
        canvas.line(&visible(curve), CLOSED_FORM)?;
        above.into_iter().try_for_each(|s| s.draw(canvas, frame, color))?;
        frame.draw_axes(canvas, label_x, label_y)?;
        let place = (frame.area.left + 1.0, frame.area.top - 6.0);
        let room = frame.area.right - frame.area.left;
        let size = 12.0 * (room / font::width(&self.panel.title, 12.0, true).max(1.0)).min(1.0);
        canvas.text(&self.panel.title, place, Type { bold: true, ..regular(size, INK, Align::Left) })
    }
}

impl Content<'_, '_, '_> {
    /// A frame of dots around where the crossing may be, open where its end is not known.
    fn draw_open(&self, canvas: &Canvas<'_>, frame: &Frame) -> Drawn {
        let Some((from, to)) = self.open else { return Ok(()) };
        let Area { top, bottom, left, right } = frame.area;
        let at = |x: f64| frame.at(x, frame.y.low).0.clamp(left, right);
        let (from, to) = (from.map(at), to.map(at));
        for x in from.iter().chain(&to) {
            canvas.line(&[(*x, bottom), (*x, top)], UNKNOWN)?;
        }
        let across = (from.unwrap_or(left), to.unwrap_or(right));
        canvas.line(&[(across.0, top + 5.0), (across.1, top + 5.0)], UNKNOWN)
    }
}

/// Where the panels are.
pub(crate) struct PanelLayout {
    count: usize,
    columns: usize,
    panel: (f64, f64),
    title: f64,
}

impl PanelLayout {
    /// The layout of a figure with `count` panels.
    pub(crate) fn of(count: usize) -> PanelLayout {
        let (columns, panel) = match count {
            0 | 1 => (1, (560.0, 380.0)),
            2 => (2, (380.0, 300.0)),
            3 => (3, (300.0, 260.0)),
            4 => (2, (350.0, 230.0)),
            5 | 6 | 9 => (3, (270.0, 200.0)),
            _ => (4, (230.0, 185.0)),
        };
        PanelLayout { count, columns, panel, title: if count > 1 { TITLE } else { 4.0 } }
    }

    fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// The width of the figure, in pixels.
    pub(crate) fn width(&self) -> f64 {
        let columns = self.columns as f64;
        LEFT + columns * self.panel.0 + (columns - 1.0) * GAP.0 + RIGHT
    }

    /// Below the header, in pixels.
    pub(crate) fn height(&self) -> f64 {
        let rows = self.rows() as f64;
        rows * (self.title + self.panel.1) + (rows - 1.0) * self.row_gap() + BOTTOM
    }

    /// Rows stand apart if a label is between them: below the last panel of a column that others exceed.
    fn row_gap(&self) -> f64 {
        if self.count.is_multiple_of(self.columns) { GAP.1 } else { GAP.1 + TICK_SIZE + 4.0 }
    }

    /// The area of a panel below a header that ends at `top`.
    pub(crate) fn area(&self, index: usize, top: f64) -> Area {
        let (column, row) = ((index % self.columns) as f64, (index / self.columns) as f64);
        let left = LEFT + column * (self.panel.0 + GAP.0);
        let top = top + self.title + row * (self.title + self.panel.1 + self.row_gap());
        Area { left, top, right: left + self.panel.0, bottom: top + self.panel.1 }
    }

    /// The area of all panels together.
    pub(crate) fn bounds(&self, top: f64) -> Area {
        let (first, right) = (self.area(0, top), self.area(self.columns - 1, top).right);
        Area { right, bottom: self.area(self.count - 1, top).bottom, ..first }
    }

    /// Whether no panel stands below.
    pub(crate) fn is_lowest(&self, index: usize) -> bool {
        index + self.columns >= self.count
    }

    /// Whether no panel stands to the left.
    pub(crate) fn is_leftmost(&self, index: usize) -> bool {
        index.is_multiple_of(self.columns)
    }
}

//! Where panels are: as many beside each other as have room.

use crate::canvas::{Align, Area, Canvas, Type, regular};
use crate::font;
use crate::frame::{LABEL_SIZE, TICK_SIZE};
use crate::header::Header;
use crate::page::Page;
use crate::style::INK;

const LEFT: f64 = 76.0;
const RIGHT: f64 = 16.0;
const BOTTOM: f64 = 50.0;
const TITLE: f64 = 20.0;
const TITLE_SIZE: f64 = 12.0;
const GAP: (f64, f64) = (16.0, 14.0);
/// Narrower panels have no room for the labels of their ticks.
const NARROWEST: f64 = 140.0;

/// The panels of a figure.
#[derive(Debug)]
pub(crate) struct PanelLayout {
    count: usize,
    columns: usize,
    panel: (f64, f64),
    title: f64,
    top: f64,
    width: f64,
}

/// The width of a figure with so many panels, in units.
pub(crate) fn width(page: &Page, count: usize) -> f64 {
    page.width(
        LEFT + RIGHT
            + match count {
                0 | 1 => 520.0,
                2 => 680.0,
                _ => f64::INFINITY,
            },
    )
}

impl PanelLayout {
    /// The layout of `count` panels below a header.
    pub(crate) fn of(page: &Page, count: usize, header: &Header) -> PanelLayout {
        let width = width(page, count);
        let room = (width - LEFT - RIGHT).max(NARROWEST);
        let most = (((room + GAP.0) / (NARROWEST + GAP.0)) as usize).clamp(1, 4);
        // Rows as full as they can be: 9 panels in threes.
        let rows = count.div_ceil(most).max(1);
        let columns = count.div_ceil(rows).max(1);
        let across = (room - (columns - 1) as f64 * GAP.0) / columns as f64;
        let title = if count > 1 { TITLE } else { 4.0 };
        let layout = PanelLayout { count, columns, panel: (across, 0.0), title, top: header.height(), width };
        let rest = layout.size().1;
        let natural = across * if columns == 1 { 0.68 } else { 0.8 };
        PanelLayout { panel: (across, page.height(natural, rows as f64, rest)), ..layout }
    }

    fn rows(&self) -> usize {
        self.count.div_ceil(self.columns).max(1)
    }

    /// The size of the figure, in units.
    pub(crate) fn size(&self) -> (f64, f64) {
        let rows = self.rows() as f64;
        let panels = rows * (self.title + self.panel.1) + (rows - 1.0) * self.row_gap();
        (self.width, self.top + panels + BOTTOM)
    }

    /// Rows stand apart if a label is between them: below the last panel of a column that others exceed.
    fn row_gap(&self) -> f64 {
        if self.count.is_multiple_of(self.columns) { GAP.1 } else { GAP.1 + TICK_SIZE + 4.0 }
    }

    /// The area of a panel.
    pub(crate) fn area(&self, index: usize) -> Area {
        let (column, row) = ((index % self.columns) as f64, (index / self.columns) as f64);
        let left = LEFT + column * (self.panel.0 + GAP.0);
        let top = self.top + self.title + row * (self.title + self.panel.1 + self.row_gap());
        Area { left, top, right: left + self.panel.0, bottom: top + self.panel.1 }
    }

    /// The labels of axes that all panels share.
    pub(crate) fn axis_labels(&self, canvas: &Canvas, x_label: &str, y_label: &str) {
        let last = self.area(self.count.saturating_sub(1));
        let all = Area { right: self.area(self.columns - 1).right, bottom: last.bottom, ..self.area(0) };
        axis_labels(canvas, all, self.size(), x_label, y_label);
    }

    /// The title of a panel, as much of it as has room.
    pub(crate) fn title(&self, canvas: &Canvas, index: usize, title: &str) {
        let (title, size) = font::fitted(title, TITLE_SIZE, true, self.panel.0);
        let Area { left, top, .. } = self.area(index);
        canvas.text(&title, (left + 1.0, top - 6.0), Type { bold: true, ..regular(size, INK, Align::Left) });
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

/// One large area below a header, with room `beside` it, and the size of the figure.
pub(crate) fn single(page: &Page, width: f64, header: &Header, beside: f64) -> (Area, (f64, f64)) {
    let (top, right) = (header.height() + 4.0, width - beside);
    let height = page.height(0.72 * (right - LEFT), 1.0, top + BOTTOM);
    (Area { left: LEFT, top, right, bottom: top + height }, (width, top + height + BOTTOM))
}

/// The labels of the axes of everything within `bounds`, in a figure of that size.
pub(crate) fn axis_labels(canvas: &Canvas, bounds: Area, size: (f64, f64), x_label: &str, y_label: &str) {
    let (centre, middle) = ((bounds.left + bounds.right) / 2.0, (bounds.top + bounds.bottom) / 2.0);
    let (x_label, x_size) = font::fitted(x_label, LABEL_SIZE, false, size.0 - bounds.left);
    canvas.text(&x_label, (centre, size.1 - 14.0), regular(x_size, INK, Align::Centre));
    let (y_label, y_size) =
        font::fitted(y_label, LABEL_SIZE, false, (bounds.bottom - bounds.top + 30.0).min(2.0 * middle));
    canvas.text(&y_label, (18.0, middle), Type { upwards: true, ..regular(y_size, INK, Align::Centre) });
}

//! A pair of axes: the mapping of values to positions, grid, ticks and their labels.

use crate::canvas::{Align, Area, Canvas, Point, regular};
use crate::font;
use crate::style::{BAND, Dash, GRID, INK, MUTED, Stroke, solid};
use crate::ticks::Ticks;

/// Size of tick labels, in pixels.
pub(crate) const TICK_SIZE: f64 = 11.0;
/// Size of axis labels, in pixels.
pub(crate) const LABEL_SIZE: f64 = 13.0;
/// Nothing that is drawn differs by less: it keeps away from where doubles lose their precision.
const TINY: f64 = 1e-100;
/// Length of tick marks, in pixels.
const TICK: f64 = 4.0;

/// An interval of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Span {
    /// Around all values, with a margin on both sides that is a share of their extent; none if there are no values.
    pub(crate) fn around(values: impl IntoIterator<Item = f64>, margin: f64) -> Option<Span> {
        let finite = values.into_iter().filter(|v| v.is_finite());
        let (low, high) = finite.fold(None, |span: Option<(f64, f64)>, v| {
            Some(span.map_or((v, v), |(low, high)| (low.min(v), high.max(v))))
        })?;
        let extent = high - low;
        // Values that differ in their last bits only are one value.
        let pad = if extent > TINY.max(1e-9 * low.abs().max(high.abs())) {
            margin * extent
        } else if low.abs() <= TINY {
            0.5
        } else {
            0.2 * low.abs()
        };
        let span = Span { low: low - pad, high: high + pad };
        (span.high - span.low).is_finite().then_some(span)
    }

    /// The part of it where an axis has values; a value beyond, such as a negative temperature, keeps its place.
    pub(crate) fn within(self, (least, most): (f64, f64), values: impl Iterator<Item = f64> + Clone) -> Span {
        let (least, most) = (values.clone().fold(least, f64::min), values.fold(most, f64::max));
        let (low, high) = (self.low.max(least), self.high.min(most));
        // All values could lie at a bound.
        if low < high { Span { low, high } } else { self }
    }

    /// Where in the interval a value lies, 0 to 1.
    pub(crate) fn share(self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

/// Axes around an area.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) area: Area,
    pub(crate) x: Span,
    pub(crate) y: Span,
    /// Which axes have decimal logarithms for positions.
    pub(crate) logarithmic: (bool, bool),
}

impl Frame {
    /// Where a pair of values is drawn.
    pub(crate) fn at(&self, x: f64, y: f64) -> Point {
        let Area { left, top, right, bottom } = self.area;
        (left + self.x.share(x) * (right - left), bottom - self.y.share(y) * (bottom - top))
    }

    /// Ticks at a readable distance.
    pub(crate) fn ticks(&self) -> (Ticks, Ticks) {
        let Area { left, top, right, bottom } = self.area;
        let ticks = |span: Span, is_logarithmic: bool, count: usize| match is_logarithmic {
            true => Ticks::logarithmic(span.low, span.high),
            false => Ticks::within(span.low, span.high, count),
        };
        let has_room = |ticks: &Ticks| {
            let em = |letter: char| if letter == '.' { 0.32 } else { 0.64 };
            let width = |&at: &f64| 7.0 + TICK_SIZE * ticks.label(at).chars().map(em).sum::<f64>();
            ticks.at.iter().map(width).sum::<f64>() <= right - left
        };
        let across = |count| ticks(self.x, self.logarithmic.0, count);
        let most = ((right - left) / 23.0) as usize;
        let x = (3..=most.max(3)).rev().map(across).find(has_room).unwrap_or_else(|| across(2));
        let count = ((bottom - top) / 27.0).round().max(2.0) as usize;
        (x, ticks(self.y, self.logarithmic.1, count))
    }

    /// The light grid below the curves.
    pub(crate) fn draw_grid(&self, canvas: &Canvas) {
        self.draw_grid_at(canvas, &self.ticks())
    }

    /// The same with ticks of one's own.
    pub(crate) fn draw_grid_at(&self, canvas: &Canvas, (x_ticks, y_ticks): &(Ticks, Ticks)) {
        let Area { left, top, right, bottom } = self.area;
        for x in x_ticks.at.iter().map(|&x| self.at(x, self.y.low).0) {
            canvas.line(&[(x, top), (x, bottom)], solid(GRID, 0.8));
        }
        for y in y_ticks.at.iter().map(|&y| self.at(self.x.low, y).1) {
            canvas.line(&[(left, y), (right, y)], solid(GRID, 0.8));
        }
    }

    /// The outline and the tick marks above the curves, with labels on the sides that ask for them.
    pub(crate) fn draw_axes(&self, canvas: &Canvas, label_x: bool, label_y: bool) {
        self.draw_axes_at(canvas, &self.ticks(), label_x, label_y)
    }

    /// The same with ticks of one's own.
    pub(crate) fn draw_axes_at(
        &self,
        canvas: &Canvas,
        (x_ticks, y_ticks): &(Ticks, Ticks),
        label_x: bool,
        label_y: bool,
    ) {
        let Area { left, bottom, .. } = self.area;
        let mut taken = f64::NEG_INFINITY;
        for &at in &x_ticks.at {
            let (x, label) = (self.at(at, self.y.low).0, x_ticks.label(at));
            canvas.line(&[(x, bottom), (x, bottom + TICK)], solid(INK, 0.9));
            // On a logarithmic axis some labels have less room than others.
            let half = font::width(&label, TICK_SIZE, false) / 2.0;
            if label_x && x - half > taken {
                taken = x + half + 3.0;
                let style = regular(TICK_SIZE, INK, Align::Centre);
                canvas.text(&label, (x, bottom + TICK + 4.0 + 0.73 * TICK_SIZE), style);
            }
        }
        for &at in &y_ticks.at {
            let y = self.at(self.x.low, at).1;
            canvas.line(&[(left - TICK, y), (left, y)], solid(INK, 0.9));
            if label_y {
                let style = regular(TICK_SIZE, INK, Align::Right);
                canvas.text(&y_ticks.label(at), (left - TICK - 4.0, y + 0.36 * TICK_SIZE), style);
            }
        }
        canvas.outline(self.area, solid(INK, 0.9))
    }

    /// A horizontal line across the area.
    pub(crate) fn draw_level(&self, canvas: &Canvas, y: f64) {
        let (_, y) = self.at(self.x.low, y);
        canvas.line(&[(self.area.left, y), (self.area.right, y)], solid(MUTED, 0.8))
    }

    /// A vertical mark from bottom to top.
    pub(crate) fn draw_mark(&self, canvas: &Canvas, x: f64) {
        let (x, _) = self.at(x, self.y.low);
        canvas.line(&[(x, self.area.bottom), (x, self.area.top)], mark())
    }

    /// A band from bottom to top, an interval of x.
    pub(crate) fn draw_band(&self, canvas: &Canvas, (from, to): (f64, f64)) {
        let Area { left, right, top, bottom } = self.area;
        let place = |x: f64| self.at(x, self.y.low).0.clamp(left, right);
        canvas.rect(Area { left: place(from), right: place(to), top, bottom }, BAND)
    }
}

/// How the transition is marked.
pub(crate) fn mark() -> Stroke {
    Stroke { color: MUTED, width: 1.0, dash: Dash::Dashed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_hold_all_finite_values() {
        assert_eq!(Span::around([1.0, f64::NAN, 3.0], 0.5), Some(Span { low: 0.0, high: 4.0 }));
        assert_eq!(Span::around([f64::INFINITY], 0.1), None);
        assert_eq!(Span::around([], 0.1), None);
    }

    #[test]
    fn a_single_value_has_room_around_it() {
        assert_eq!(Span::around([0.0], 0.1), Some(Span { low: -0.5, high: 0.5 }));
        let span = Span::around([-2.0, -2.0], 0.1).unwrap();
        assert!(span.low < -2.0 && -2.0 < span.high);
    }

    #[test]
    fn labels_of_a_narrow_logarithmic_axis_do_not_overlap() {
        let area = Area { left: 0.0, top: 0.0, right: 140.0, bottom: 100.0 };
        let (x, y) = (Span { low: 0.0, high: 2.6 }, Span { low: 0.0, high: 1.0 });
        let frame = Frame { area, x, y, logarithmic: (true, false) };
        let drawn = crate::canvas::svg((140.0, 120.0), "", |canvas| frame.draw_axes(canvas, true, false));
        assert!(drawn.contains(">50</text>") && !drawn.contains(">100</text>"), "{drawn}");
    }
}

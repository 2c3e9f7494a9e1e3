//! The plane of a phase diagram: which of its axes is vertical.

use crate::canvas::Point;
use crate::frame::{Frame, Span};

/// Where lines are drawn: with the axis along which transitions are found vertical, or turned.
pub(crate) struct Plane {
    pub(crate) frame: Frame,
    pub(crate) is_turned: bool,
}

impl Plane {
    pub(crate) fn at(&self, across: f64, along: f64) -> Point {
        if self.is_turned { self.frame.at(along, across) } else { self.frame.at(across, along) }
    }

    /// The part within the frame of what lies upright on the vertical axis along which transitions are found, or level
    /// on the turned one.
    pub(crate) fn bar(&self, across: f64, from: f64, to: f64) -> [Point; 2] {
        let Span { low, high } = if self.is_turned { self.frame.x } else { self.frame.y };
        [from, to].map(|end| self.at(across, end.clamp(low, high)))
    }
}

/// Points on the way from one to the other.
pub(crate) fn between(a: Point, b: Point) -> Vec<Point> {
    const STEPS: usize = 32;
    let at = |k: usize| k as f64 / STEPS as f64;
    (0..=STEPS).map(|k| (a.0 + at(k) * (b.0 - a.0), a.1 + at(k) * (b.1 - a.1))).collect()
}

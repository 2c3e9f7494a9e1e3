//! Marks that say of a point what its place does not: over which samples its mean is, and whether it can be trusted.

use crate::canvas::{Canvas, Point};
use crate::style::{Look, Marker, Shape, solid};

/// The mark of a point on a line without marks.
fn disc(radius: f64, open: bool) -> Marker {
    Marker { shape: Shape::Circle, radius, open }
}

/// The marker of a point that lacks samples that did not converge: open, and larger than one that is open anyway.
pub(crate) fn lacking(marker: Option<Marker>) -> Marker {
    let marker = marker.unwrap_or(disc(2.2, true));
    Marker { open: true, radius: marker.radius + 0.8, ..marker }
}

/// The marker of a mean over the ordered samples alone.
pub(crate) const ORDERED: Marker = Marker { shape: Shape::Square, radius: 2.9, open: true };

/// The marker of the only point of a line: there is no line to be seen. It is open where the line is dashed.
pub(crate) fn lone(open: bool) -> Marker {
    disc(2.0, open)
}

/// A ring around a mark; the mark of a line without any is a dot within it.
pub(crate) fn draw_ringed(canvas: &Canvas, at: Point, Look { marker, color, .. }: Look) {
    let marker = marker.unwrap_or(disc(1.2, false));
    canvas.marker(at, disc(marker.radius + 2.2, true), color);
    canvas.marker(at, marker, color);
}

/// A stroke through a mark.
pub(crate) fn draw_strike(canvas: &Canvas, (x, y): Point, Look { marker, color, .. }: Look) {
    let reach = marker.map_or(2.0, |marker| marker.radius) + 2.2;
    canvas.line(&[(x - reach, y + reach), (x + reach, y - reach)], solid(color, 1.3));
}

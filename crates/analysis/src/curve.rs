//! Curves known at the places of a grid.

/// A place and the value there.
pub(crate) type Knot = (f64, f64);

/// The straight line through two knots at `x`.
pub(crate) fn straight((x0, y0): Knot, (x1, y1): Knot, x: f64) -> f64 {
    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
}

/// Where the straight line through two knots is zero.
pub(crate) fn zero((x0, y0): Knot, (x1, y1): Knot) -> f64 {
    x0 - y0 * (x1 - x0) / (y1 - y0)
}

/// How far the curve may be from the straight line through its knots `right − 1` and `right` at `x`: by its bend, ½ |f″
/// (x − x0) (x − x1)|, with the larger second derivative of those at the two knots; unknown where there is no third.
pub(crate) fn doubt(knots: &[Knot], right: usize, x: f64) -> Option<f64> {
    let slope = |a: Knot, b: Knot| (b.1 - a.1) / (b.0 - a.0);
    let second = |triple: &[Knot]| {
        2.0 * (slope(triple[1], triple[2]) - slope(triple[0], triple[1])).abs() / (triple[2].0 - triple[0].0)
    };
    let near = &knots[right.saturating_sub(2)..(right + 2).min(knots.len())];
    let bend = near.windows(3).map(second).reduce(f64::max)?;
    Some(bend * ((x - knots[right - 1].0) * (x - knots[right].0)).abs() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chord_of_a_parabola_is_in_doubt_by_what_it_is_off() {
        let knots = [(0.0, 0.0), (1.0, 1.0), (2.0, 4.0)];
        assert_eq!((straight(knots[1], knots[2], 1.5), doubt(&knots, 2, 1.5)), (2.5, Some(0.25)));
        assert_eq!((doubt(&knots[..2], 1, 0.5), doubt(&knots, 1, 1.0)), (None, Some(0.0)));
        assert_eq!(zero((0.0, -1.0), (2.0, 1.0)), 1.0);
    }
}

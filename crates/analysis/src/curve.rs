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

/// Where the curve is zero near the zero of the straight line through its knots `right − 1` and `right`, on the
/// parabola whose bend is the mean of those at the two knots, and by how much that may be off: by what the two
/// differ, or by half of what the bend moves it where there is only one. None where there is no third knot.
pub(crate) fn bent_zero(knots: &[Knot], right: usize) -> Option<(f64, f64)> {
    let bends: Vec<f64> = bends(knots, right).collect();
    let bend = bends.iter().sum::<f64>() / bends.len() as f64;
    let (one, other) = (*bends.first()?, *bends.last()?);
    let unsure = if bends.len() > 1 { (one - other).abs() / 2.0 } else { bend.abs() / 2.0 };
    let (left, right) = (knots[right - 1], knots[right]);
    let slope = (right.1 - left.1) / (right.0 - left.0);
    let product = |x: f64| (x - left.0) * (x - right.0);
    let mut x = zero(left, right);
    let mut steep = slope;
    for _ in 0..3 {
        steep = slope + bend * (2.0 * x - left.0 - right.0);
        x -= (straight(left, right, x) + bend * product(x)) / steep;
    }
    let off = (unsure * product(x) / steep).abs();
    (x.is_finite() && off.is_finite()).then_some((x, off))
}

/// Half the second derivatives at the knots `right − 1` and `right`, where there are three around them.
fn bends(knots: &[Knot], right: usize) -> impl Iterator<Item = f64> {
    let slope = |a: Knot, b: Knot| (b.1 - a.1) / (b.0 - a.0);
    let near = &knots[right.saturating_sub(2)..(right + 2).min(knots.len())];
    near.windows(3).map(move |triple| {
        (slope(triple[1], triple[2]) - slope(triple[0], triple[1])) / (triple[2].0 - triple[0].0)
    })
}

/// How far the curve may be from the straight line through its knots `right − 1` and `right` at `x`: by its bend, ½ |f″
/// (x − x0) (x − x1)|, with the larger second derivative of those at the two knots; unknown where there is no third.
pub(crate) fn doubt(knots: &[Knot], right: usize, x: f64) -> Option<f64> {
    let bend = bends(knots, right).map(f64::abs).reduce(f64::max)?;
    Some(bend * ((x - knots[right - 1].0) * (x - knots[right].0)).abs())
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

    #[test]
    fn the_zero_of_a_parabola_is_found_and_that_of_a_cubic_is_within_its_doubt() {
        let knots = |of: fn(f64) -> f64| [0.0, 1.0, 2.0, 3.0].map(|x| (x, of(x)));
        let (x, off) = bent_zero(&knots(|x| x * x - 2.0), 2).unwrap();
        assert!((x - 2.0f64.sqrt()).abs() < 1e-9 && off < 1e-12, "{x} {off}");
        let (x, off) = bent_zero(&knots(|x| x * x * x - 3.0), 2).unwrap();
        assert!((x - 3.0f64.cbrt()).abs() < off, "{x} {off}");
        assert_eq!(bent_zero(&[(0.0, 1.0), (1.0, -1.0)], 1), None);
    }
}

//! By how much energy and entropy differ between the branches where they cross.

use crate::curve::{Knot, doubt, straight};
use crate::line::Line;
use crate::locating::{STEP_SHARE, hypot};
use crate::spread::{error_of_mean, mean};
use sweep::transition::{Estimate, Values};

/// The mean of a difference over the samples, each at its own crossing.
pub(crate) fn jump(line: &Line, own: &[(usize, f64)], of: fn(&Values, &Values) -> f64) -> Option<Estimate> {
    let of_sample = |&(sample, place): &(usize, f64)| {
        let states = line.places.iter().zip(&line.samples[sample]);
        let curve: Vec<Knot> = states
            .filter_map(|(&x, state)| {
                let (paramagnetic, polarised) = state.as_ref()?.competitors()?;
                Some((x, of(&paramagnetic, &polarised)))
            })
            .collect();
        read(&curve, place, step_around(&line.places, place))
    };
    let (values, hidden): (Vec<f64>, Vec<f64>) = own.iter().filter_map(of_sample).unzip();
    (!values.is_empty()).then(|| {
        // What the steps hide is common to all samples, of which one is like the next.
        let error = error_of_mean(&values).map(|spread| hypot(spread, mean(&hidden)));
        Estimate { value: mean(&values), error, explained: None }
    })
}

/// A curve at `x`, and what may be wrong about it: straight between its points, and at most one step beyond them, where
/// one of the branches is not any more.
fn read(curve: &[Knot], x: f64, step: f64) -> Option<(f64, f64)> {
    let last = curve.len().checked_sub(1).filter(|&last| last > 0)?;
    let right = curve.partition_point(|knot| knot.0 < x).clamp(1, last);
    let (before, after) = (curve[right - 1], curve[right]);
    let beyond = (before.0 - x).max(x - after.0).max(0.0);
    let slope = (after.1 - before.1) / (after.0 - before.0);
    // Two points tell nothing of the way between them, and beyond the last one half as steep, or half as steep again.
    let between = doubt(curve, right, x).unwrap_or(STEP_SHARE * (after.1 - before.1).abs());
    let off = between + STEP_SHARE * beyond * slope.abs();
    (beyond <= step * (1.0 + 1e-9)).then(|| (straight(before, after, x), off))
}

fn step_around(places: &[f64], x: f64) -> f64 {
    let right = places.partition_point(|&place| place < x).clamp(1, places.len().max(2) - 1);
    places.get(right).map_or(0.0, |place| place - places[right - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_curve_is_read_without_doubt_between_its_points_and_one_step_beyond_with() {
        let curve = [(0.0, 1.0), (0.1, 1.2), (0.2, 1.4)];
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        let (value, doubt) = read(&curve, 0.13, 0.1).unwrap();
        assert!(close(value, 1.26) && close(doubt, 0.0), "{value} {doubt}");
        let (value, doubt) = read(&curve, 0.25, 0.1).unwrap();
        assert!(close(value, 1.5) && close(doubt, STEP_SHARE * 0.1), "{value} {doubt}");
        let (value, _) = read(&curve, -0.05, 0.1).unwrap();
        assert!(close(value, 0.9), "{value}");
        assert_eq!(read(&curve, 0.31, 0.1), None);
        assert_eq!(read(&curve[..1], 0.0, 0.1), None);
    }
}

//! What is known of an ensemble beforehand takes scatter out of the means over its samples.
//!
//! A sample with more paths a weight than others orders at larger dilution, and its α tells most of its own place. The
//! ensemble's mean α is known far better than by these few samples: it takes instances, and no solver. So the mean
//! place is read off at that α, on the straight line through the samples' places over their α: a control variate with
//! a fitted coefficient (Lavenberg and Welch, Management Science 27, 322, 1981).

use crate::curve::straight;
use crate::line::Line;
use crate::spread::{mean, standard_error, widened};
use model::random::Key;
use model::{FactorGraph, Structure};
use sweep::CellParameters;

/// Fewer samples pay more for the slope of the line than they win. Which lines are adjusted depends on nothing that the
/// samples say: an error that is taken where it happens to be small is too small.
const LEAST_SAMPLES: usize = 8;

/// Instances that are drawn for each sample on a line, at least and at most: the more there are, the less the
/// ensemble's mean adds to the error that is left.
const DRAWN_FOR_A_SAMPLE: (usize, usize) = (10, 50);

/// Paths that are drawn at one cell at most: a second or two.
const MOST_PATHS: f64 = 1e7;

/// The mean of α over an ensemble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanAlpha {
    /// The mean over the instances with paths.
    pub(crate) value: f64,
    /// Its standard error.
    pub(crate) error: f64,
}

impl MeanAlpha {
    /// From instances that are drawn for it, so many that the mean is known well beside that of `samples`; none for an
    /// instance that the user brought, and where instances are so large that this would take long.
    pub(crate) fn of(cell: &CellParameters, samples: usize) -> Option<MeanAlpha> {
        let structure = cell.ensemble_structure()?;
        let (least, most) = (DRAWN_FOR_A_SAMPLE.0 * samples, DRAWN_FOR_A_SAMPLE.1 * samples);
        let draws = most.min((MOST_PATHS / structure.mean_paths()) as usize);
        if draws < least {
            return None;
        }
        // Cells on one line share the numbers that they are drawn with: their means differ smoothly.
        let key = Key::derive("mean alpha", &[&cell.structure()]);
        let alphas: Vec<f64> = (0..draws).filter_map(|draw| alpha(&structure, key, draw as u64)).collect();
        (alphas.len() > 1).then(|| MeanAlpha { value: mean(&alphas), error: standard_error(&alphas) })
    }
}

fn alpha(structure: &Structure, key: Key, number: u64) -> Option<f64> {
    let instance = structure.draw(&mut key.stream(number));
    (!instance.is_empty()).then(|| FactorGraph::new(&instance).alpha())
}

/// A mean without the scatter that the samples' α explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Adjusted {
    pub(crate) value: f64,
    pub(crate) error: f64,
    /// The share of the samples' variance that their α explain, corrected for the slope: it is not in the error.
    pub(crate) explained: f64,
}

/// The mean of the samples' own places, given as sample and place, at the ensemble's mean α at `place`; none where that
/// is not known, or the samples are too few.
pub(crate) fn adjust(
    line: &Line,
    own: &[(usize, f64)],
    place: f64,
    mean_alpha: &mut dyn FnMut(usize) -> Option<MeanAlpha>,
) -> Option<Adjusted> {
    if own.len() < LEAST_SAMPLES {
        return None;
    }
    let right = line.places.partition_point(|&x| x < place).clamp(1, line.places.len() - 1);
    let ends = [right - 1, right].map(|i| (i, line.places[i]));
    let at_place = |of: [f64; 2]| straight((ends[0].1, of[0]), (ends[1].1, of[1]), place);
    let alpha = |sample: usize, i: usize| line.samples[sample][i].as_ref()?.alpha;
    let points = own
        .iter()
        .map(|&(sample, own)| Some((at_place([alpha(sample, ends[0].0)?, alpha(sample, ends[1].0)?]), own)));
    let points: Vec<(f64, f64)> = points.collect::<Option<_>>()?;
    let [left, right] = [mean_alpha(ends[0].0)?, mean_alpha(ends[1].0)?];
    let mean = MeanAlpha { value: at_place([left.value, right.value]), error: left.error.max(right.error) };
    regress(&points, mean)
}

/// The straight line by least squares, read at the mean α.
fn regress(points: &[(f64, f64)], mean_alpha: MeanAlpha) -> Option<Adjusted> {
    let count = points.len() as f64;
    let x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let sum = |of: fn(f64, f64) -> f64| points.iter().map(|point| of(point.0 - x, point.1 - y)).sum::<f64>();
    let (xx, yy, xy) = (sum(|x, _| x * x), sum(|_, y| y * y), sum(|x, y| x * y));
    // Samples that are all alike in their α, but for rounding, tell nothing of a slope.
    if xx <= 1e-20 * count * x * x {
        return None;
    }
    let (slope, off) = (xy / xx, mean_alpha.value - x);
    let left = (yy - slope * xy).max(0.0) / (count - 2.0);
    let of_mean = slope * mean_alpha.error;
    let variance = left * (1.0 / count + off * off / xx) + of_mean * of_mean;
    // One parameter more than a mean has.
    let error = widened(points.len() - 1)? * variance.sqrt();
    let explained = if yy > 0.0 { (1.0 - left * (count - 1.0) / yy).max(0.0) } else { 0.0 };
    Some(Adjusted { value: y + slope * off, error, explained })
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;

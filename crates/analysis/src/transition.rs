//! Where the branches of belief propagation cross, and where the ordered one vanishes.

use crate::line::{Line, Point, Values};
use physics::random::{Key, Stream};

/// Steps of the axis up to this resolve a transition; a coarser grid is said to be coarse.
pub const FINE_STEP: f64 = 0.02;

/// Bootstrap resamplings of the disorder samples.
const RESAMPLINGS: usize = 400;

/// A resampling may move a weak crossing off the line: fewer than this share that keep it make no error bar.
const LEAST_SHARE: f64 = 0.5;

/// A value with one standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Of the measured samples.
    pub value: f64,
    /// The spread over resampled disorder; none if too many resamplings lost the feature.
    pub error: Option<f64>,
    /// The distance of the grid points on either side.
    pub step: f64,
}

impl Estimate {
    /// Whether the grid resolves it: steps of [`FINE_STEP`] or less.
    pub fn is_resolved(&self) -> bool {
        // Steps are differences of decimals: allow for their rounding.
        self.step <= FINE_STEP * (1.0 + 1e-9)
    }
}

/// What happens along a line. Everything is absent that does not happen on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transition {
    /// Where half of the samples have the polarised branch stable (ordered, with the larger raw log Z): BP's first-order
    /// transition, p_c or β_c. Its error includes the grid's own.
    pub crossing: Option<Estimate>,
    /// The same with h ln 2 added to the polarised branch. Near the transition h overcounts, so there may be none.
    pub crossing_with_symmetry: Option<Estimate>,
    /// Where half of the samples have an ordered branch: the spinodal of the ordered branch, or where a BP that orders
    /// continuously orders. Its error includes the grid's own.
    pub ordering: Option<Estimate>,
    /// (e_paramagnetic − e_polarised) at the crossing, per weight, of the samples that have both branches.
    pub latent_heat: Option<Estimate>,
    /// (s_paramagnetic − s_polarised) at the crossing, per weight.
    pub entropy_jump: Option<Estimate>,
}

/// Finds the transition on a line.
///
/// Every sample votes at every point (samples at different points are different instances): a mean of log Z differences
/// would be over the samples that still have both branches, which near the spinodal are the most ordered ones. Places are
/// those of a straight line through the four nearest points. Errors are the standard
/// deviation over 400 bootstrap resamplings of the samples, drawn anew at every point.
pub fn find(line: &Line) -> Transition {
    let measured = locate(&line.points);
    let key = Key::derive("rapgrid resampling", &[&line.label]);
    let resampled: Vec<Located> =
        (0..RESAMPLINGS).map(|r| locate(&resample(&line.points, &mut key.stream(r as u64)))).collect();
    let estimate = |feature: fn(&Located) -> Option<Zero>| {
        let zero = feature(&measured)?;
        let spread = spread(resampled.iter().filter_map(|located| Some(feature(located)?.value)).collect());
        Some(Estimate { value: zero.value, error: spread, step: zero.step })
    };
    Transition {
        crossing: estimate(|located| located.crossing).map(with_grid_error),
        crossing_with_symmetry: estimate(|located| located.crossing_with_symmetry).map(with_grid_error),
        ordering: estimate(|located| located.ordering).map(with_grid_error),
        latent_heat: estimate(|located| located.latent_heat),
        entropy_jump: estimate(|located| located.entropy_jump),
    }
}

/// A fraction of samples may fall from 1 to 0 within one step: the place is known no better than the step, of standard
/// deviation step/√12.
fn with_grid_error(estimate: Estimate) -> Estimate {
    let spread = estimate.error.unwrap_or(0.0);
    let error = (spread * spread + estimate.step * estimate.step / 12.0).sqrt();
    Estimate { error: Some(error), ..estimate }
}

/// A place on the line, or a value there, and the grid's step around it.
#[derive(Debug, Clone, Copy)]
struct Zero {
    value: f64,
    step: f64,
}

struct Located {
    crossing: Option<Zero>,
    crossing_with_symmetry: Option<Zero>,
    ordering: Option<Zero>,
    latent_heat: Option<Zero>,
    entropy_jump: Option<Zero>,
}

fn locate(points: &[Point]) -> Located {
    let differences = |of: fn(&Values, &Values) -> f64| -> Vec<(f64, f64)> {
        points.iter().filter_map(|point| Some((point.x, point.mean_difference(of)?))).collect()
    };
    let majority = |of: &dyn Fn(&Point) -> Option<f64>| {
        let excess: Vec<(f64, f64)> = points.iter().filter_map(|p| Some((p.x, of(p)? - 0.5))).collect();
        zero(&excess)
    };
    // An ordered branch that is ahead until it vanishes does not cross: where it does, some samples have it behind.
    let crossing_with = |extra: fn(&Values) -> f64| {
        majority(&|point| point.stable_fraction(extra)).filter(|zero| {
            let near = points.iter().filter(|point| (point.x - zero.value).abs() <= 2.0 * zero.step);
            near.into_iter().any(|point| point.has_metastable_order(extra))
        })
    };
    let crossing = crossing_with(|_| 0.0);
    let jump = |of: fn(&Values, &Values) -> f64| {
        let Zero { value: x, step } = crossing?;
        Some(Zero { value: interpolate(&differences(of), x)?, step })
    };
    Located {
        crossing,
        crossing_with_symmetry: crossing_with(|polarised| polarised.symmetry),
        ordering: majority(&Point::ordered_fraction),
        latent_heat: jump(|paramagnetic, polarised| paramagnetic.energy - polarised.energy),
        entropy_jump: jump(|paramagnetic, polarised| paramagnetic.entropy - polarised.entropy),
    }
}

/// Where the curve changes sign. Of several changes (noise near the zero makes neighbours) the one that best divides the
/// curve into a positive and a negative side: the one with the largest |Σ left − Σ right| of signs. The zero is that of
/// the straight line fitted to the two points on either side, which is steadier than that through the nearest two.
fn zero(curve: &[(f64, f64)]) -> Option<Zero> {
    let sign = |y: f64| if y > 0.0 { 1i64 } else { -1 };
    let total: i64 = curve.iter().map(|&(_, y)| sign(y)).sum();
    let mut left = 0;
    let mut best: Option<(i64, usize)> = None;
    for (i, pair) in curve.windows(2).enumerate() {
        left += sign(pair[0].1);
        let division = (2 * left - total).abs();
        if sign(pair[0].1) != sign(pair[1].1) && best.is_none_or(|(before, _)| division > before) {
            best = Some((division, i));
        }
    }
    let (_, i) = best?;
    let near = &curve[i.saturating_sub(1)..(i + 3).min(curve.len())];
    let value = zero_of_fit(near)?.clamp(near[0].0, near[near.len() - 1].0);
    Some(Zero { value, step: curve[i + 1].0 - curve[i].0 })
}

/// The zero of the least-squares line through the points.
fn zero_of_fit(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|p| p.1).sum::<f64>() / count;
    let covariance: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let variance: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.0 - mean_x)).sum();
    (covariance != 0.0).then(|| mean_x - mean_y * variance / covariance)
}

/// Linear between the points; beyond them (no sample has both branches there) the nearest one's.
fn interpolate(curve: &[(f64, f64)], x: f64) -> Option<f64> {
    let (first, last) = (curve.first()?, curve.last()?);
    let Some(pair) = curve.windows(2).find(|pair| (pair[0].0..=pair[1].0).contains(&x)) else {
        return Some(if x < first.0 { first.1 } else { last.1 });
    };
    let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
    Some(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
}

/// As many samples as there are, drawn with replacement, at every point anew.
fn resample(points: &[Point], stream: &mut Stream) -> Vec<Point> {
    let mut draw = |count: usize| ((u128::from(stream.word()) * count as u128) >> 64) as usize;
    let resample = |point: &Point| Point {
        x: point.x,
        samples: point.samples.iter().map(|_| point.samples[draw(point.samples.len())]).collect(),
    };
    points.iter().map(resample).collect()
}

fn spread(values: Vec<f64>) -> Option<f64> {
    let count = values.len() as f64;
    if count < LEAST_SHARE * RESAMPLINGS as f64 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
    Some((squares / (count - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Sample;

    /// A first-order transition by construction: Δ log Z = slope (x_c − x) + noise, an ordered branch up to `spinodal`,
    /// energies 0.5 apart and entropies 0.2 apart at the crossing.
    fn line(x_c: f64, spinodal: f64, step: f64, samples: usize, noise: f64, label: &str) -> Line {
        let mut stream = Key::derive("synthetic line", &[label]).stream(0);
        let mut gaussian = || (0..12).map(|_| stream.unit_interval()).sum::<f64>() - 6.0;
        let mut sample = |x: f64| {
            let paramagnetic = Values { log_z: 1.0 + gaussian(), energy: -0.5, entropy: 0.4, symmetry: 0.0 };
            let polarised = Values {
                log_z: paramagnetic.log_z + 0.8 * (x_c - x) + noise * gaussian(),
                energy: -1.0 + 0.3 * (x - x_c),
                entropy: 0.2,
                symmetry: 0.04,
            };
            let is_ordered = x + 0.01 * gaussian() < spinodal;
            Sample {
                paramagnetic_ordered: false,
                paramagnetic: Some(paramagnetic),
                polarised: is_ordered.then_some(polarised),
                polarised_converged: true,
            }
        };
        let count = (0.96 / step).round() as usize;
        let points = (0..=count)
            .map(|k| k as f64 * step)
            .map(|x| Point { x, samples: (0..samples).map(|_| sample(x)).collect() })
            .collect();
        Line { label: label.to_owned(), points }
    }

    #[test]
    fn a_transition_placed_by_construction_is_recovered() {
        let found = find(&line(0.613, 0.75, 0.02, 16, 0.01, "placed"));
        let crossing = found.crossing.unwrap();
        let error = crossing.error.unwrap();
        assert!((crossing.value - 0.613).abs() < 4.0 * error && error < 0.01, "{crossing:?}");
        assert!(crossing.is_resolved());
        // Its shift is symmetry / slope.
        let shifted = found.crossing_with_symmetry.unwrap();
        assert!((shifted.value - 0.663).abs() < 4.0 * shifted.error.unwrap(), "{shifted:?}");
        assert!(shifted.value > crossing.value);
        let spinodal = found.ordering.unwrap();
        assert!((spinodal.value - 0.75).abs() < 0.02, "{spinodal:?}");
        assert!((found.latent_heat.unwrap().value - 0.5).abs() < 0.01);
        assert!((found.entropy_jump.unwrap().value - 0.2).abs() < 1e-9);
    }

    #[test]
    fn the_error_of_the_crossing_covers_it_as_often_as_it_should() {
        let trials = 200;
        let deviations: Vec<f64> = (0..trials)
            .map(|t| find(&line(0.503, 0.9, 0.02, 12, 0.02, &format!("coverage {t}"))).crossing.unwrap())
            .map(|crossing| (crossing.value - 0.503).abs() / crossing.error.unwrap())
            .collect();
        let within = deviations.iter().filter(|&&z| z <= 1.0).count() as f64 / f64::from(trials);
        // The grid's own error is a bound more than a deviation: it may cover a little more.
        assert!((0.6..0.9).contains(&within), "{within}");
        assert!(deviations.iter().all(|&z| z < 5.0));
    }

    #[test]
    fn a_line_whose_branches_do_not_cross_has_no_transition() {
        let found = find(&line(2.0, 0.75, 0.02, 8, 0.01, "none"));
        assert_eq!((found.crossing, found.latent_heat), (None, None));
        assert!(found.ordering.is_some());
        assert_eq!(find(&Line::default()), Transition::default());
    }

    #[test]
    fn a_branch_that_orders_continuously_crosses_nothing() {
        let mut line = line(2.0, 0.75, 0.02, 8, 0.01, "continuous");
        let rounding = 1e-15;
        for (i, point) in line.points.iter_mut().enumerate() {
            for sample in &mut point.samples {
                // Below the onset both starts end in one state, and which log Z is larger is rounding.
                sample.paramagnetic_ordered = sample.polarised.is_some();
                let shift = if i % 2 == 0 { rounding } else { -rounding };
                sample.paramagnetic =
                    sample.polarised.map(|v| Values { log_z: v.log_z + shift, ..v }).or(sample.paramagnetic);
            }
        }
        let found = find(&line);
        assert_eq!((found.crossing, found.latent_heat, found.crossing_with_symmetry), (None, None, None));
        assert!((found.ordering.unwrap().value - 0.75).abs() < 0.02);
    }

    #[test]
    fn a_coarse_grid_is_said_to_be_coarse() {
        assert!(!find(&line(0.6, 0.8, 0.04, 8, 0.001, "coarse")).crossing.unwrap().is_resolved());
    }

    #[test]
    fn samples_that_did_not_converge_do_not_vote_and_fallen_ones_vote_for_the_paramagnet() {
        let mut line = line(0.6, 2.0, 0.02, 8, 0.001, "gaps");
        for point in &mut line.points {
            point.samples[0].paramagnetic = None;
            point.samples[1].polarised = None;
            point.samples[1].polarised_converged = false;
        }
        let found = find(&line);
        assert!((found.crossing.unwrap().value - 0.6).abs() < 0.01);
        assert_eq!(found.ordering, None);
        // Ahead in log Z wherever they are ordered, but from 0.41 on most are not: order ends, nothing crosses.
        for point in &mut line.points {
            let fallen = if point.x > 0.41 { 6 } else { 0 };
            point.samples.iter_mut().skip(2).take(fallen).for_each(|sample| sample.polarised = None);
        }
        let found = find(&line);
        assert_eq!(found.crossing, None);
        assert!((found.ordering.unwrap().value - 0.41).abs() < 0.02);
    }

    #[test]
    fn the_same_line_gives_the_same_errors() {
        let line = line(0.6, 0.8, 0.02, 8, 0.01, "again");
        assert_eq!(find(&line), find(&line));
    }
}

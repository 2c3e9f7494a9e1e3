//! Lines whose transitions are known, because they are made so.

use crate::control::MeanAlpha;
use crate::line::{Line, Sample};
use model::random::{Key, Stream};
use std::collections::BTreeMap;
use sweep::axis::AxisName;
use sweep::transition::{End, GridLine, Transition, Values};

pub(crate) fn find(rows: &Line) -> Transition {
    find_with(rows, &mut |_| None)
}

pub(crate) fn find_with(rows: &Line, mean_alpha: &mut dyn FnMut(usize) -> Option<MeanAlpha>) -> Transition {
    let (method, axis, structure) = ("bp".to_owned(), AxisName::Dilution(1), String::new());
    crate::find(GridLine { method, axis, structure, fixed: BTreeMap::new() }, rows, mean_alpha)
}

/// A first-order transition by construction.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) samples: usize,
    /// Where the log Z of the mean sample cross.
    pub(crate) crossing: f64,
    /// How the samples' own crossings scatter.
    pub(crate) scatter: f64,
    /// How far beyond its crossing a sample's ordered branch reaches, and how that scatters.
    pub(crate) reach: (f64, f64),
    /// What a sample's instances at different places add to its crossing: 0 where they are nested.
    pub(crate) noise: f64,
    /// The correlation of a sample's own crossing and its α.
    pub(crate) told: f64,
}

/// How much the log Z difference is bent.
pub(crate) const BEND: f64 = 1.0;

pub(crate) const PLAN: Plan =
    Plan { samples: 8, crossing: 0.613, scatter: 0.02, reach: (0.14, 0.01), noise: 0.0, told: 0.0 };

/// What a sample is at `x`: a log Z difference of slope 0.8, and energies `gap` apart at its crossing and further away
/// from its spinodal, where the branch ends like a square root.
pub(crate) fn sample(x: f64, (crossing, spinodal, gap): (f64, f64, f64)) -> Sample {
    let paramagnetic = Values { log_z: 1.0, energy: -0.5, entropy: 0.4, symmetry: 0.0 };
    let rest = ((spinodal - x).max(0.0) / (spinodal - crossing).max(1e-3)).sqrt();
    let gap = gap * (0.5 + 0.5 * rest);
    let polarised = Values {
        log_z: 1.0 + 0.8 * (crossing - x) * (1.0 + BEND * (crossing - x)),
        energy: paramagnetic.energy - gap,
        entropy: paramagnetic.entropy - 0.4 * gap,
        symmetry: 0.04,
    };
    let polarised = if x < spinodal { End::Ordered(polarised) } else { End::Disordered(paramagnetic) };
    Sample { paramagnetic: End::Disordered(paramagnetic), polarised, alpha: None }
}

/// The planted ensemble's α: its mean, and how its samples scatter.
pub(crate) fn mean_alpha(x: f64) -> f64 {
    3.0 - 2.0 * x
}

pub(crate) const ALPHA_SCATTER: f64 = 0.1;

pub(crate) fn gaussian(stream: &mut Stream) -> f64 {
    (0..12).map(|_| stream.unit_interval()).sum::<f64>() - 6.0
}

pub(crate) fn planted(plan: &Plan, places: &[f64], name: &str) -> Line {
    let key = Key::derive("planted line", &[name]);
    let (mut stream, mut of_paths) = (key.stream(0), key.stream(1));
    let mut one = || {
        let (paths, rest) = (gaussian(&mut of_paths), gaussian(&mut stream));
        let own = plan.told * paths + (1.0 - plan.told * plan.told).sqrt() * rest;
        let own = plan.crossing + plan.scatter * own;
        let spinodal = own + plan.reach.0 + plan.reach.1 * gaussian(&mut stream);
        let gap = 0.5 + 0.05 * gaussian(&mut stream);
        let mut at = |&x: &f64| {
            let shift = plan.noise * gaussian(&mut stream);
            let alpha = Some(mean_alpha(x) + ALPHA_SCATTER * paths);
            Some(Sample { alpha, ..sample(x, (own + shift, spinodal + shift, gap)) })
        };
        places.iter().map(&mut at).collect()
    };
    Line { places: places.to_vec(), samples: (0..plan.samples).map(|_| one()).collect() }
}

pub(crate) fn grid(from: f64, to: f64, step: f64) -> Vec<f64> {
    let count = ((to - from) / step).round() as usize;
    (0..=count).map(|k| from + k as f64 * step).collect()
}

/// The same line seen from its other end: along β order begins where along dilution it ends.
pub(crate) fn reflected(line: &Line) -> Line {
    let backwards = |sample: &Vec<Option<Sample>>| sample.iter().rev().copied().collect();
    Line {
        places: line.places.iter().rev().map(|x| 2.0 - x).collect(),
        samples: line.samples.iter().map(backwards).collect(),
    }
}

/// How often a truth lies within one error, and beyond three.
#[derive(Default)]
pub(crate) struct Cover {
    pub(crate) deviations: Vec<f64>,
}

impl Cover {
    pub(crate) fn add(&mut self, value: f64, truth: f64, error: Option<f64>) {
        self.deviations.push((value - truth).abs() / error.expect("several samples"));
    }

    fn share(&self, holds: impl Fn(f64) -> bool) -> f64 {
        self.deviations.iter().filter(|&&z| holds(z)).count() as f64 / self.deviations.len() as f64
    }

    pub(crate) fn within(&self) -> f64 {
        self.share(|z| z <= 1.0)
    }

    pub(crate) fn beyond(&self) -> f64 {
        self.share(|z| z > 3.0)
    }
}

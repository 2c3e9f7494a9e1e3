//! What a network makes of patterns.

use crate::kernels::{Left, Product, Then};
use crate::loss::{Loss, is_wrong};
use crate::matrix::{Block, Matrix};
use crate::network::Network;
use kernel::cpu::Level;
use kernel::stop;
use tasks::Patterns;

/// Patterns that go through the network together: their activities stay in the first caches.
const TOGETHER: usize = 40;

/// What a network makes of patterns.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The mean loss; not finite where the network's outputs are not.
    pub loss: f64,
    /// The share of patterns that is told wrongly: by the sign of one output (0 counts as +), or by the first of the
    /// largest.
    pub error: f64,
    /// Hidden layers l = 1..L − 1.
    pub layers: Vec<LayerActivity>,
}

/// How active the units of a hidden layer are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerActivity {
    /// The share of pairs of a unit and a pattern in which z > 0.
    pub activation: f64,
    /// Standard deviation over the units of the share of patterns for which a unit is active.
    pub over_units: f64,
    /// Standard deviation over the patterns of the share of units that are active.
    pub over_inputs: f64,
    /// Units that are active for no pattern.
    pub dead_units: u32,
}

impl Network {
    /// Looks at patterns.
    pub fn look(&self, level: Level, patterns: &Patterns, loss: Loss) -> Look {
        let mut counts: Vec<Counts> =
            self.hidden().map(|width| Counts { of_units: vec![0; width], of_patterns: Vec::new() }).collect();
        let mut count = |passing: &Passing, p: usize| {
            for (activities, counts) in passing.activities[1..].iter().zip(&mut counts) {
                counts.add(activities.row(p));
            }
        };
        let (loss, error) = self.evaluate_and(level, patterns, loss, &mut count);
        Look { loss, error, layers: counts.iter().map(Counts::activity).collect() }
    }

    /// The loss and the error of a look alone.
    pub(crate) fn evaluate(&self, level: Level, patterns: &Patterns, loss: Loss) -> (f64, f64) {
        self.evaluate_and(level, patterns, loss, &mut |_, _| {})
    }

    /// The mean loss and the share that is told wrongly; `each` sees every pattern on its way, in a row.
    fn evaluate_and(
        &self,
        level: Level,
        patterns: &Patterns,
        loss: Loss,
        each: &mut impl FnMut(&Passing, usize),
    ) -> (f64, f64) {
        let (mut sum, mut wrong, mut labels) = (0.0, 0, patterns.labels().iter());
        let inputs = (0..patterns.len()).map(|pattern| patterns.input(pattern));
        self.pass(level, inputs, &mut |passing, p| {
            each(passing, p);
            if let Some(&label) = labels.next() {
                sum += loss.of(passing.outputs(p), label);
                wrong += usize::from(is_wrong(passing.outputs(p), label));
            }
        });
        let all = patterns.len() as f64;
        (sum / all, wrong as f64 / all)
    }

    /// Sends inputs through the network, and shows each, in its row.
    fn pass<'p>(
        &self,
        level: Level,
        mut inputs: impl ExactSizeIterator<Item = &'p [f32]>,
        each: &mut impl FnMut(&Passing, usize),
    ) {
        let mut passing = Passing::new(&self.widths, TOGETHER);
        let weights: Vec<&Matrix> = self.weights.iter().collect();
        while inputs.len() > 0 {
            stop::look();
            let count = TOGETHER.min(inputs.len());
            passing.load(inputs.by_ref().take(count));
            passing.forward(level, &weights, &self.biases, count);
            (0..count).for_each(|p| each(&passing, p));
        }
    }

    /// The first output for each of some inputs, which stand one after another.
    pub(crate) fn first_outputs(&self, level: Level, inputs: &[f32]) -> Vec<f32> {
        let mut outputs = Vec::new();
        let inputs = inputs.chunks_exact(self.widths[0] as usize);
        self.pass(level, inputs, &mut |passing, p| outputs.push(passing.outputs(p)[0]));
        outputs
    }

    /// What of patterns reaches the weights of layer l = 1..=L: x^(l−1), as patterns of their own.
    pub(crate) fn reaching(&self, level: Level, patterns: &Patterns, layer: usize) -> Patterns {
        let (width, mut values) = (self.widths[layer - 1], Vec::new());
        let inputs = (0..patterns.len()).map(|pattern| patterns.input(pattern));
        self.pass(level, inputs, &mut |passing, p| {
            values.extend_from_slice(&passing.activities[layer - 1].row(p)[..width as usize]);
        });
        Patterns::new(width, patterns.classes(), values, patterns.labels().to_vec())
    }

    /// The widths of hidden layers.
    fn hidden(&self) -> impl Iterator<Item = usize> {
        self.widths[1..self.widths.len() - 1].iter().map(|&width| width as usize)
    }
}

/// Patterns on their way through a network: the activities of every layer, a row for each pattern.
#[derive(Debug)]
pub(crate) struct Passing {
    /// x^0..x^(L−1), and the outputs.
    pub(crate) activities: Vec<Matrix>,
}

impl Passing {
    pub(crate) fn new(widths: &[u32], patterns: usize) -> Self {
        Self { activities: widths.iter().map(|&width| Matrix::zeros(patterns, width as usize)).collect() }
    }

    /// Puts patterns into the first rows.
    pub(crate) fn load<'p>(&mut self, patterns: impl Iterator<Item = &'p [f32]>) {
        for (row, pattern) in patterns.enumerate() {
            self.activities[0].row_mut(row)[..pattern.len()].copy_from_slice(pattern);
        }
    }

    /// Computes the activities of all layers for the first `patterns` rows.
    pub(crate) fn forward(
        &mut self,
        level: Level,
        weights: &[&Matrix],
        biases: &[Vec<Block>],
        patterns: usize,
    ) {
        for (l, &right) in weights.iter().enumerate() {
            let (before, after) = self.activities.split_at_mut(l + 1);
            let (left, out) = (&before[l], &mut after[0]);
            let (rows, steps) = (patterns, left.columns);
            let then = if l + 1 < weights.len() { Then::Rectify } else { Then::Nothing };
            Product { left, lies: Left::Rows, right, start: Some(&biases[l]), rows, steps, then }
                .multiply(level, out);
        }
    }

    /// f of one pattern.
    pub(crate) fn outputs(&self, pattern: usize) -> &[f32] {
        let last = self.activities.last().expect("a network has outputs");
        &last.row(pattern)[..last.columns]
    }
}

/// How often units are active.
struct Counts {
    of_units: Vec<u32>,
    of_patterns: Vec<u32>,
}

impl Counts {
    fn add(&mut self, activities: &[f32]) {
        let mut active = 0;
        for (count, &x) in self.of_units.iter_mut().zip(activities) {
            let is_active = u32::from(x > 0.0);
            *count += is_active;
            active += is_active;
        }
        self.of_patterns.push(active);
    }

    fn activity(&self) -> LayerActivity {
        let (units, patterns) = (self.of_units.len() as f64, self.of_patterns.len() as f64);
        let total: u64 = self.of_units.iter().map(|&count| u64::from(count)).sum();
        LayerActivity {
            activation: total as f64 / (units * patterns),
            over_units: deviation(&self.of_units, patterns),
            over_inputs: deviation(&self.of_patterns, units),
            dead_units: self.of_units.iter().filter(|&&count| count == 0).count() as u32,
        }
    }
}

/// Standard deviation of counts divided by what they count of.
fn deviation(counts: &[u32], of: f64) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for &count in counts {
        let share = f64::from(count) / of;
        sum += share;
        squares += share * share;
    }
    let mean = sum / counts.len() as f64;
    (squares / counts.len() as f64 - mean * mean).max(0.0).sqrt()
}

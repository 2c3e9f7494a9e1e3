//! Learning, to the bits of [`plain`](crate::plain), in vectors.

use crate::adam::{Rates, Stepper};
use crate::kernels::{Left, Product, Then};
use crate::look::Passing;
use crate::matrix::{BLOCK, Block, Flat, Matrix};
use crate::network::Network;
use crate::plain::{self, clipped, size_of_sign, through_sign};
use crate::settings::{Settings, Weights};
use crate::trial::Trial;
use crate::{dropconnect, streams};
use kernel::at_each_level;
use kernel::cpu::Level;
use kernel::stop;
use model::random::Key;
use tasks::Patterns;
use thiserror::Error;

/// A training that left the range of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("after epoch {epoch} some weight, or the loss, is no finite number")]
pub struct Diverged {
    /// The epoch at whose end it was seen, 0 for the start.
    pub epoch: u32,
}

/// Trains a network on a trial, and shows it after each of the epochs of `schedule` (increasing; 0 is the start), the
/// last of which is the end.
///
/// # Errors
/// If a weight, or the mean loss of what is learnt or asked, is no finite number at an epoch's end, whether that is in
/// the schedule or not. Neither that epoch nor what comes after is shown.
pub fn train(
    level: Level,
    settings: &Settings,
    trial: &Trial,
    schedule: &[u32],
    observe: &mut dyn FnMut(u32, &Network),
) -> Result<Network, Diverged> {
    let mut student = Student::new(level, settings, trial.training(), trial.key());
    let largest_input = largest_input(trial);
    let end = schedule.last().copied().unwrap_or(0);
    for epoch in 0..=end {
        if epoch > 0 {
            student.learn(epoch - 1);
        }
        if !student.is_finite() || !has_finite_losses(&student, trial, largest_input) {
            return Err(Diverged { epoch });
        }
        if schedule.binary_search(&epoch).is_ok() {
            observe(epoch, &student.network());
        }
    }
    Ok(student.network())
}

/// The largest |x| of all patterns.
fn largest_input(trial: &Trial) -> f64 {
    let inputs = [trial.training(), trial.test()];
    let inputs = inputs.into_iter().flat_map(|patterns| (0..patterns.len()).map(|p| patterns.input(p)));
    inputs.flatten().fold(0.0, |most: f32, x| most.max(x.abs())).into()
}

/// Whether losses are finite numbers. They are looked at only where weights are so large that an output might not be.
fn has_finite_losses(student: &Student<'_>, trial: &Trial, largest_input: f64) -> bool {
    // Far below the largest f32, so that no rounding of sums reaches it.
    const SAFE: f64 = 1e36;
    if student.largest_output(largest_input) < SAFE {
        return true;
    }
    let (network, loss) = (student.network(), student.settings.loss);
    let is_finite = |patterns| network.evaluate(student.level, patterns, loss).0.is_finite();
    is_finite(trial.training()) && is_finite(trial.test())
}

struct Student<'a> {
    level: Level,
    settings: &'a Settings,
    patterns: &'a Patterns,
    key: Key,
    dropconnect_seed: u64,
    widths: Vec<usize>,
    layers: Vec<Layer>,
    /// b^l, and Adam's means of their gradients and squares.
    biases: [Vec<Vec<Block>>; 3],
    transposed: Vec<Matrix>,
    passing: Passing,
    /// Slopes along z^l, l = 1..=L.
    slopes: Vec<Matrix>,
    gradient: Vec<Matrix>,
    stepper: Stepper<f32>,
    steps: u64,
}

/// The weights of a layer, and Adam's means of their gradients and squares.
struct Layer {
    weights: Matrix,
    /// What a step uses in place of the weights, where that is something else.
    used: Option<Matrix>,
    means: Vec<Block>,
    squares: Vec<Block>,
    /// With DropConnect: which weights a step keeps, and by which factor.
    factors: Vec<f32>,
}

impl Layer {
    /// What a step multiplies by.
    fn used(&self) -> &Matrix {
        self.used.as_ref().unwrap_or(&self.weights)
    }
}

impl<'a> Student<'a> {
    fn new(level: Level, settings: &'a Settings, patterns: &'a Patterns, key: Key) -> Self {
        let network = Network::new(&settings.widths, &plain::start(settings, key));
        let widths: Vec<usize> = settings.widths.iter().map(|&width| width as usize).collect();
        let together = (settings.batch as usize).min(patterns.len());
        let is_used = |p: f64| settings.weights == Weights::Real && p == 0.0;
        let layer = |(weights, &p): (&Matrix, &f64)| Layer {
            used: (!is_used(p)).then(|| weights.clone()),
            means: vec![Block::default(); weights.blocks.len()],
            squares: vec![Block::default(); weights.blocks.len()],
            factors: Vec::new(),
            weights: weights.clone(),
        };
        let biases = network.biases;
        let zeros: Vec<Vec<Block>> = biases.iter().map(|of| vec![Block::default(); of.len()]).collect();
        Self {
            level,
            settings,
            patterns,
            key,
            dropconnect_seed: key.stream(streams::DROPCONNECT).word(),
            layers: network.weights.iter().zip(&settings.dropconnect).map(layer).collect(),
            biases: [biases, zeros.clone(), zeros],
            transposed: network
                .weights
                .iter()
                .map(|weights| Matrix::zeros(weights.columns, weights.rows))
                .collect(),
            passing: Passing::new(&settings.widths, together),
            slopes: widths[1..].iter().map(|&width| Matrix::zeros(together, width)).collect(),
            gradient: network.weights,
            widths,
            stepper: Stepper::new(settings.optimiser, settings.learning_rate),
            steps: 0,
        }
    }

    /// One pass through the patterns.
    fn learn(&mut self, epoch: u32) {
        let batch = self.settings.batch;
        let order = plain::order(self.key, epoch, self.patterns.len(), batch);
        for batch in order.chunks(batch as usize) {
            stop::look();
            self.step(batch);
        }
    }

    /// One step along some patterns.
    fn step(&mut self, batch: &[u32]) {
        self.prepare();
        let patterns = self.patterns;
        self.passing.load(batch.iter().map(|&pattern| patterns.input(pattern as usize)));
        let used: Vec<&Matrix> = self.layers.iter().map(Layer::used).collect();
        self.passing.forward(self.level, &used, &self.biases[0], batch.len());
        self.slope_of_loss(batch);
        for l in (0..self.layers.len()).rev() {
            if l > 0 {
                self.back(l, batch.len());
            }
            let (left, right) = (&self.passing.activities[l], &self.slopes[l]);
            let (rows, steps) = (self.widths[l], batch.len());
            Product { left, lies: Left::Columns, right, start: None, rows, steps, then: Then::Nothing }
                .multiply(self.level, &mut self.gradient[l]);
        }
        self.stepper.advance();
        self.steps += 1;
        self.update(batch.len());
    }

    /// What the step uses in place of the weights: their signs, and those that it keeps.
    fn prepare(&mut self) {
        for (l, layer) in self.layers.iter_mut().enumerate() {
            let (settings, Some(used)) = (self.settings, &mut layer.used) else { continue };
            used.blocks.copy_from_slice(&layer.weights.blocks);
            if settings.weights == Weights::Signs {
                to_signs(used);
            }
            let p = settings.dropconnect[l];
            if p == 0.0 {
                continue;
            }
            layer.factors.clear();
            layer.factors.resize(self.widths[l] * self.widths[l + 1], (1.0 / (1.0 - p)) as f32);
            dropconnect::leave_out(&mut layer.factors, self.dropconnect_seed, l, p, self.steps, |factor| {
                *factor = 0.0
            });
            times_factors(used, &layer.factors);
        }
    }

    /// Puts the slope of the loss along the outputs into the last slopes.
    fn slope_of_loss(&mut self, batch: &[u32]) {
        let scale = (1.0 / batch.len() as f64) as f32;
        let slopes = self.slopes.last_mut().expect("a network has outputs");
        let columns = slopes.columns;
        for (p, &pattern) in batch.iter().enumerate() {
            let outputs = &mut slopes.row_mut(p)[..columns];
            outputs.copy_from_slice(self.passing.outputs(p));
            self.settings.loss.slope(outputs, self.patterns.labels()[pattern as usize], scale);
        }
    }

    /// The slopes along z^l from those along z^(l+1), l = 1..L.
    fn back(&mut self, l: usize, patterns: usize) {
        let right = &mut self.transposed[l];
        self.layers[l].used().transpose(right);
        let (before, after) = self.slopes.split_at_mut(l);
        let (out, left) = (&mut before[l - 1], &after[0]);
        let (rows, steps) = (patterns, left.columns);
        let then = Then::StopInactive(&self.passing.activities[l]);
        Product { left, lies: Left::Rows, right, start: None, rows, steps, then }.multiply(self.level, out);
    }

    /// Moves weights and biases.
    fn update(&mut self, patterns: usize) {
        let rates = self.stepper.rates;
        for (l, layer) in self.layers.iter_mut().enumerate() {
            let gradient = &mut self.gradient[l];
            let is_signs = self.settings.weights == Weights::Signs;
            if self.settings.dropconnect[l] > 0.0 {
                times_factors(gradient, &layer.factors);
            }
            if is_signs {
                let size = size_of_sign(self.settings.widths[l]) as f32;
                let numbers = gradient.blocks.flat_mut().iter_mut();
                numbers.zip(layer.weights.blocks.flat()).for_each(|(g, &w)| *g = through_sign(*g, w, size));
            }
            let Layer { weights, means, squares, .. } = layer;
            move_along(self.level, &rates, &mut weights.blocks, &gradient.blocks, means, squares);
            if is_signs {
                weights.blocks.flat_mut().iter_mut().for_each(|w| *w = clipped(*w));
            }
        }
        if self.settings.biases {
            self.update_biases(&rates, patterns);
        }
    }

    fn update_biases(&mut self, rates: &Rates<f32>, patterns: usize) {
        let [biases, means, squares] = &mut self.biases;
        for (l, slopes) in self.slopes.iter().enumerate() {
            let mut gradient = vec![Block::default(); slopes.stride];
            for p in 0..patterns {
                let sums = gradient.flat_mut().iter_mut();
                sums.zip(slopes.row(p)).for_each(|(sum, slope)| *sum += slope);
            }
            move_along(self.level, rates, &mut biases[l], &gradient, &mut means[l], &mut squares[l]);
        }
    }

    fn is_finite(&self) -> bool {
        let weights = self.layers.iter().map(|layer| &layer.weights.blocks);
        // All of them, without a look at each: vectors do that.
        let are_finite =
            |numbers: &Vec<Block>| numbers.flat().iter().fold(true, |all, number| all & number.is_finite());
        weights.chain(&self.biases[0]).all(are_finite)
    }

    /// What no |z| or |f| exceeds for inputs up to this: n max |x| max |W| + max |b|, layer by layer.
    fn largest_output(&self, largest_input: f64) -> f64 {
        let most = |numbers: &[f32]| f64::from(numbers.iter().fold(0.0, |most: f32, w| most.max(w.abs())));
        let layers = self.layers.iter().zip(&self.biases[0]);
        layers.fold(largest_input, |x, (layer, biases)| {
            let inputs = layer.weights.rows;
            let weight = match self.settings.weights {
                Weights::Real => most(layer.weights.blocks.flat()),
                Weights::Signs => size_of_sign(inputs as u32),
            };
            inputs as f64 * x * weight + most(biases.flat())
        })
    }

    /// As it is used without DropConnect.
    fn network(&self) -> Network {
        let used = |layer: &Layer| {
            let mut weights = layer.weights.clone();
            if self.settings.weights == Weights::Signs {
                to_signs(&mut weights);
            }
            weights
        };
        Network {
            widths: self.settings.widths.clone(),
            weights: self.layers.iter().map(used).collect(),
            biases: self.biases[0].clone(),
        }
    }
}

/// The signs of a layer's numbers, times what makes them weights.
fn to_signs(weights: &mut Matrix) {
    let (size, columns) = (size_of_sign(weights.rows as u32) as f32, weights.columns);
    for row in 0..weights.rows {
        let numbers = weights.row_mut(row)[..columns].iter_mut();
        numbers.for_each(|w| *w = if *w < 0.0 { -size } else { size });
    }
}

/// Multiplies numbers by factors that stand row after row.
fn times_factors(matrix: &mut Matrix, factors: &[f32]) {
    let columns = matrix.columns;
    for (row, factors) in factors.chunks_exact(columns).enumerate() {
        matrix.row_mut(row)[..columns].iter_mut().zip(factors).for_each(|(number, factor)| *number *= factor);
    }
}

at_each_level! {
    /// Moves parameters along their gradient; what stands beyond a row's end stays 0, as its gradient is.
    fn move_along(
        rates: &Rates<f32>,
        parameters: &mut [Block],
        gradient: &[Block],
        means: &mut [Block],
        squares: &mut [Block],
    ) = move_on_any_cpu;
}

#[inline(always)]
fn move_on_any_cpu(
    rates: &Rates<f32>,
    parameters: &mut [Block],
    gradient: &[Block],
    means: &mut [Block],
    squares: &mut [Block],
) {
    for (((w, g), m), v) in parameters.iter_mut().zip(gradient).zip(means).zip(squares) {
        for lane in 0..BLOCK {
            rates.step(&mut w.0[lane], g.0[lane], &mut m.0[lane], &mut v.0[lane]);
        }
    }
}

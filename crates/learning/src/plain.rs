//! The definition: learning as the equations say, one number after another, in f32 or f64.

use crate::adam::Stepper;
use crate::loss::Loss;
pub use crate::number::Number;
use crate::settings::{Settings, Weights};
use crate::{dropconnect, start, streams};
use model::random::Key;
use tasks::Patterns;

/// The numbers of a network that learns, or a gradient along them.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters<T> {
    /// n_(l−1) × n_l, layer by layer, row after row: what learns, of which the network may use the signs alone.
    pub weights: Vec<Vec<T>>,
    /// n_l, layer by layer; zeros where there are none.
    pub biases: Vec<Vec<T>>,
}

impl<T: Number> Parameters<T> {
    fn like(&self, value: T) -> Self {
        let filled = |lists: &[Vec<T>]| lists.iter().map(|list| vec![value; list.len()]).collect();
        Self { weights: filled(&self.weights), biases: filled(&self.biases) }
    }
}

/// The parameters at the start.
pub fn start<T: Number>(settings: &Settings, key: Key) -> Parameters<T> {
    let weights = start::weights(settings, &mut key.stream(streams::START));
    let narrow = |layer: Vec<f64>| layer.into_iter().map(T::narrow).collect();
    Parameters {
        weights: weights.into_iter().map(narrow).collect(),
        biases: settings.widths[1..].iter().map(|&width| vec![T::narrow(0.0); width as usize]).collect(),
    }
}

/// The patterns in the order of an epoch (from 0), of which a step takes the next `batch` ≥ 1; all of them in their own
/// order where a step takes them all.
pub fn order(key: Key, epoch: u32, patterns: usize, batch: u32) -> Vec<u32> {
    if batch as usize >= patterns {
        return (0..patterns as u32).collect();
    }
    start::permutation(&mut key.stream(streams::ORDER + u64::from(epoch)), patterns)
}

/// What a step leaves out and keeps of each layer: the factor of each weight, 0 or 1/(1 − p_l).
pub fn kept<T: Number>(settings: &Settings, key: Key, step: u64) -> Vec<Vec<T>> {
    let seed = key.stream(streams::DROPCONNECT).word();
    let layers = settings.widths.windows(2).zip(&settings.dropconnect).enumerate();
    let layer = |(layer, (pair, &p)): (usize, (&[u32], &f64))| {
        let scale = T::narrow(1.0 / (1.0 - p));
        let mut factors = vec![scale; pair[0] as usize * pair[1] as usize];
        dropconnect::leave_out(&mut factors, seed, layer, p, step, |factor| *factor = T::narrow(0.0));
        factors
    };
    layers.map(layer).collect()
}

/// The weights that the network uses.
pub fn used<T: Number>(settings: &Settings, parameters: &Parameters<T>) -> Vec<Vec<T>> {
    let layers = settings.widths.iter().zip(&parameters.weights);
    let layer = |(&inputs, weights): (&u32, &Vec<T>)| match settings.weights {
        Weights::Real => weights.clone(),
        Weights::Signs => {
            let size = T::narrow(size_of_sign(inputs));
            let zero = T::narrow(0.0);
            weights.iter().map(|&w| if w < zero { zero - size } else { size }).collect()
        }
    };
    layers.map(layer).collect()
}

/// √(2/n_(l−1)).
pub(crate) fn size_of_sign(inputs: u32) -> f64 {
    (2.0 / f64::from(inputs)).sqrt()
}

/// The activities x^0..x^(L−1) and the outputs f for one pattern.
pub fn forward<T: Number>(widths: &[u32], weights: &[Vec<T>], biases: &[Vec<T>], input: &[T]) -> Vec<Vec<T>> {
    let mut activities = vec![input.to_vec()];
    for (l, weights) in weights.iter().enumerate() {
        let width = widths[l + 1] as usize;
        let mut z = biases[l].clone();
        for (i, &x) in activities[l].iter().enumerate() {
            for j in 0..width {
                z[j] = z[j] + x * weights[i * width + j];
            }
        }
        if l + 2 < widths.len() {
            z.iter_mut().for_each(|z| *z = rectified(*z));
        }
        activities.push(z);
    }
    activities
}

#[inline(always)]
fn rectified<T: Number>(z: T) -> T {
    let zero = T::narrow(0.0);
    if z > zero { z } else { zero }
}

/// The gradient of the mean loss of some patterns along weights and biases. Sums over patterns begin at 0 and go in
/// their order.
pub fn gradient<T: Number>(
    settings: &Settings,
    weights: &[Vec<T>],
    biases: &[Vec<T>],
    patterns: &Patterns,
    batch: &[u32],
) -> Parameters<T> {
    let zero = T::narrow(0.0);
    let mut gradient = Parameters { weights: weights.to_vec(), biases: biases.to_vec() }.like(zero);
    let scale = T::narrow(1.0 / batch.len() as f64);
    for &pattern in batch {
        let input: Vec<T> = patterns.input(pattern as usize).iter().map(|&x| T::narrow(x.into())).collect();
        let mut activities = forward(&settings.widths, weights, biases, &input);
        let mut delta = activities.pop().expect("a network has an output");
        settings.loss.slope(&mut delta, patterns.labels()[pattern as usize], scale);
        for l in (0..weights.len()).rev() {
            let x = &activities[l];
            for (j, &d) in delta.iter().enumerate() {
                gradient.biases[l][j] = gradient.biases[l][j] + d;
                for (i, &x) in x.iter().enumerate() {
                    let g = &mut gradient.weights[l][i * delta.len() + j];
                    *g = *g + x * d;
                }
            }
            if l > 0 {
                delta = back(&weights[l], x, &delta);
            }
        }
    }
    gradient
}

/// δ of the layer before: Σ_j δ_j W_ij where that layer's unit i is active.
fn back<T: Number>(weights: &[T], x: &[T], delta: &[T]) -> Vec<T> {
    let zero = T::narrow(0.0);
    let of_unit = |(i, &x): (usize, &T)| {
        let terms = delta.iter().enumerate().map(|(j, &d)| d * weights[i * delta.len() + j]);
        let sum = terms.fold(zero, |sum, term| sum + term);
        if x > zero { sum } else { zero }
    };
    x.iter().enumerate().map(of_unit).collect()
}

/// Learning, one epoch after another.
#[derive(Debug)]
pub struct Student<'a, T> {
    settings: &'a Settings,
    patterns: &'a Patterns,
    key: Key,
    /// What has been learnt so far.
    pub parameters: Parameters<T>,
    means: [Parameters<T>; 2],
    stepper: Stepper<T>,
    epoch: u32,
    steps: u64,
}

impl<'a, T: Number> Student<'a, T> {
    /// At the start.
    pub fn new(settings: &'a Settings, patterns: &'a Patterns, key: Key) -> Self {
        let parameters = start(settings, key);
        let zeros = parameters.like(T::narrow(0.0));
        let stepper = Stepper::new(settings.optimiser, settings.learning_rate);
        Self {
            settings,
            patterns,
            key,
            means: [zeros.clone(), zeros],
            parameters,
            stepper,
            epoch: 0,
            steps: 0,
        }
    }

    /// One pass through the patterns.
    pub fn learn(&mut self) {
        let order = order(self.key, self.epoch, self.patterns.len(), self.settings.batch);
        for batch in order.chunks(self.settings.batch as usize) {
            self.step(batch);
        }
        self.epoch += 1;
    }

    /// One step along some patterns.
    pub fn step(&mut self, batch: &[u32]) {
        let factors = kept::<T>(self.settings, self.key, self.steps);
        let mut weights = used(self.settings, &self.parameters);
        for (weight, &factor) in weights.iter_mut().flatten().zip(factors.iter().flatten()) {
            *weight = *weight * factor;
        }
        let mut gradient = gradient(self.settings, &weights, &self.parameters.biases, self.patterns, batch);
        self.through(&mut gradient, &factors);
        self.stepper.advance();
        self.steps += 1;
        let rates = self.stepper.rates;
        let [m, v] = &mut self.means;
        let weights = self.parameters.weights.iter_mut().flatten().zip(gradient.weights.iter().flatten());
        let means = m.weights.iter_mut().flatten().zip(v.weights.iter_mut().flatten());
        for ((w, &g), (m, v)) in weights.zip(means) {
            rates.step(w, g, m, v);
            if self.settings.weights == Weights::Signs {
                *w = clipped(*w);
            }
        }
        if !self.settings.biases {
            return;
        }
        let biases = self.parameters.biases.iter_mut().flatten().zip(gradient.biases.iter().flatten());
        let means = m.biases.iter_mut().flatten().zip(v.biases.iter_mut().flatten());
        for ((b, &g), (m, v)) in biases.zip(means) {
            rates.step(b, g, m, v);
        }
    }

    /// The gradient along what learns, from that along the weights of a step.
    fn through(&self, gradient: &mut Parameters<T>, factors: &[Vec<T>]) {
        for (l, gradient) in gradient.weights.iter_mut().enumerate() {
            let size = T::narrow(size_of_sign(self.settings.widths[l]));
            for ((g, &factor), &w) in gradient.iter_mut().zip(&factors[l]).zip(&self.parameters.weights[l]) {
                *g = *g * factor;
                if self.settings.weights == Weights::Signs {
                    *g = through_sign(*g, w, size);
                }
            }
        }
    }
}

/// The gradient along w of what uses `size` times its sign.
#[inline(always)]
pub(crate) fn through_sign<T: Number>(g: T, w: T, size: T) -> T {
    let (one, zero) = (T::narrow(1.0), T::narrow(0.0));
    if w <= one && w >= zero - one { g * size } else { zero }
}

/// The nearest number in [−1, 1].
#[inline(always)]
pub(crate) fn clipped<T: Number>(w: T) -> T {
    let one = T::narrow(1.0);
    if w > one {
        one
    } else if w < T::narrow(0.0) - one {
        T::narrow(0.0) - one
    } else {
        w
    }
}

/// The mean loss of patterns, and the share that is told wrongly.
pub fn evaluate<T: Number>(
    settings: &Settings,
    parameters: &Parameters<T>,
    patterns: &Patterns,
    loss: Loss,
) -> (f64, f64) {
    let weights = used(settings, parameters);
    let (mut sum, mut wrong) = (0.0, 0);
    for (pattern, &label) in patterns.labels().iter().enumerate() {
        let input: Vec<T> = patterns.input(pattern).iter().map(|&x| T::narrow(x.into())).collect();
        let activities = forward(&settings.widths, &weights, &parameters.biases, &input);
        let outputs = activities.last().expect("a network has an output");
        sum += loss.of(outputs, label);
        wrong += usize::from(crate::loss::is_wrong(outputs, label));
    }
    (sum / patterns.len() as f64, wrong as f64 / patterns.len() as f64)
}

//! One parameter's step of an optimiser.

use crate::number::Number;
use crate::settings::Optimiser;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// What the steps of all parameters have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stepper<T> {
    optimiser: Optimiser,
    learning_rate: f64,
    /// β_1^t and β_2^t after t steps.
    powers: [f64; 2],
    pub(crate) rates: Rates<T>,
}

/// The numbers of one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates<T> {
    pub(crate) is_adam: bool,
    /// η, with Adam η / (1 − β_1^t).
    pub(crate) step: T,
    /// 1 − β_1, β_1, 1 − β_2, β_2, √(1 − β_2^t) and ε.
    pub(crate) adam: [T; 6],
}

impl<T: Number> Stepper<T> {
    pub(crate) fn new(optimiser: Optimiser, learning_rate: f64) -> Self {
        let zeros = Rates {
            is_adam: optimiser == Optimiser::Adam,
            step: T::narrow(learning_rate),
            adam: [T::narrow(0.0); 6],
        };
        Self { optimiser, learning_rate, powers: [1.0; 2], rates: zeros }
    }

    /// Begins the next step.
    pub(crate) fn advance(&mut self) {
        if self.optimiser == Optimiser::Sgd {
            return;
        }
        self.powers = [self.powers[0] * BETA_1, self.powers[1] * BETA_2];
        self.rates.step = T::narrow(self.learning_rate / (1.0 - self.powers[0]));
        let root = (1.0 - self.powers[1]).sqrt();
        self.rates.adam = [1.0 - BETA_1, BETA_1, 1.0 - BETA_2, BETA_2, root, EPSILON].map(T::narrow);
    }
}

impl<T: Number> Rates<T> {
    /// Moves a parameter with gradient g; m and v are Adam's running means of g and g².
    #[inline(always)]
    pub(crate) fn step(&self, w: &mut T, g: T, m: &mut T, v: &mut T) {
        if !self.is_adam {
            *w = *w - self.step * g;
            return;
        }
        let [of_g, of_m, of_square, of_v, root, epsilon] = self.adam;
        *m = of_m * *m + of_g * g;
        *v = of_v * *v + of_square * (g * g);
        *w = *w - self.step * (*m / (v.root() / root + epsilon));
    }
}

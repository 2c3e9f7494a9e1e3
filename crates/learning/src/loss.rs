//! Losses: what is made small, and its slope.

use crate::names::named;
use crate::number::Number;
use model::numerics::{exp, ln, ln_1p};

named! {
    /// What is made small: a mean over the patterns of a mean over the outputs. Targets t are the label ±1 for one
    /// output, and for several +1 for the pattern's class and −1 for the others.
    Loss {
        /// |f − t|.
        Absolute = "absolute",
        /// max(0, 1 − t f).
        Hinge = "hinge",
        /// (f − t)².
        Squared = "squared",
        /// −ln of the class's share of e^f (no mean over outputs); for one output, ln(1 + e^(−t f)).
        CrossEntropy = "cross_entropy",
    }
}

impl Loss {
    /// The loss of one pattern of class `label`.
    pub(crate) fn of<T: Number>(self, outputs: &[T], label: u32) -> f64 {
        if self == Loss::CrossEntropy && outputs.len() > 1 {
            let (most, sum) = exponentials(outputs);
            return ln(sum) - (outputs[label as usize].wide() - most);
        }
        let each = |(k, &f): (usize, &T)| self.of_output(f.wide(), target(outputs.len(), k, label));
        outputs.iter().enumerate().map(each).sum::<f64>() / outputs.len() as f64
    }

    fn of_output(self, f: f64, t: f64) -> f64 {
        match self {
            Loss::Absolute => (f - t).abs(),
            Loss::Hinge => (1.0 - t * f).max(0.0),
            Loss::Squared => (f - t) * (f - t),
            // ln(1 + e^x) without overflow.
            Loss::CrossEntropy => (-t * f).max(0.0) + ln_1p(exp(-f.abs())),
        }
    }

    /// Its slope along each output, times `scale`, in place of the outputs.
    pub(crate) fn slope<T: Number>(self, outputs: &mut [T], label: u32, scale: T) {
        let count = outputs.len();
        if self == Loss::CrossEntropy && count > 1 {
            return slope_of_shares(outputs, label, scale);
        }
        let scale = scale / T::narrow(count as f64);
        for (k, f) in outputs.iter_mut().enumerate() {
            let t = T::narrow(target(count, k, label));
            *f = self.slope_of_output(*f, t) * scale;
        }
    }

    fn slope_of_output<T: Number>(self, f: T, t: T) -> T {
        let (zero, one) = (T::narrow(0.0), T::narrow(1.0));
        match self {
            Loss::Absolute if f > t => one,
            Loss::Absolute if f < t => zero - one,
            Loss::Absolute => zero,
            Loss::Hinge if t * f < one => zero - t,
            Loss::Hinge => zero,
            Loss::Squared => (f - t) + (f - t),
            Loss::CrossEntropy => {
                let t_wide = t.wide();
                T::narrow(-t_wide / (1.0 + exp(t_wide * f.wide())))
            }
        }
    }
}

/// The slope of −ln of a class's share of e^f. An exponential takes longer than all else here, so none is computed
/// twice where there are few.
fn slope_of_shares<T: Number>(outputs: &mut [T], label: u32, scale: T) {
    const FEW: usize = 16;
    let (most, mut sum, mut kept) = (largest(outputs), 0.0, [0.0; FEW]);
    for (k, f) in outputs.iter().enumerate() {
        let power = exp(f.wide() - most);
        sum += power;
        if let Some(kept) = kept.get_mut(k) {
            *kept = power;
        }
    }
    for (k, f) in outputs.iter_mut().enumerate() {
        let power = kept.get(k).copied().unwrap_or_else(|| exp(f.wide() - most));
        let hit = f64::from(u8::from(k == label as usize));
        *f = T::narrow(power / sum - hit) * scale;
    }
}

fn largest<T: Number>(outputs: &[T]) -> f64 {
    outputs.iter().map(|f| f.wide()).fold(f64::NEG_INFINITY, f64::max)
}

/// The largest output, and the sum of e^(f − that).
fn exponentials<T: Number>(outputs: &[T]) -> (f64, f64) {
    let most = largest(outputs);
    (most, outputs.iter().map(|f| exp(f.wide() - most)).sum())
}

/// t of output k.
fn target(outputs: usize, k: usize, label: u32) -> f64 {
    let hit = if outputs == 1 { label == 1 } else { k == label as usize };
    if hit { 1.0 } else { -1.0 }
}

/// Whether a pattern is told wrongly: by the sign of one output (0 counts as +), or by the first of the largest.
pub(crate) fn is_wrong<T: Number>(outputs: &[T], label: u32) -> bool {
    if let [f] = outputs {
        return (*f >= T::narrow(0.0)) != (label == 1);
    }
    let mut first = 0;
    for (k, f) in outputs.iter().enumerate() {
        if *f > outputs[first] {
            first = k;
        }
    }
    first != label as usize
}

//! Ticks at decimal-friendly positions.

/// Labelled positions on one axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ticks {
    /// Positions, ascending.
    pub(crate) at: Vec<f64>,
    decimals: usize,
    /// Positions are decimal logarithms of the values that labels say.
    logarithmic: bool,
}

impl Ticks {
    /// About `count` multiples of 1, 2 or 5 times a power of ten within `[low, high]`.
    pub(crate) fn within(low: f64, high: f64, count: usize) -> Ticks {
        let span = high - low;
        if !(span.is_finite() && span > 0.0) {
            return Ticks { at: vec![low], decimals: 2, logarithmic: false };
        }
        let (mantissa, exponent) = step(span / count.max(1) as f64);
        let scale = power_of_ten(exponent.unsigned_abs());
        // A division by a power of ten is correctly rounded, a multiplication by its reciprocal is not.
        let position = |i: f64| if exponent < 0 { i * mantissa / scale } else { i * mantissa * scale };
        let unit = position(1.0);
        let slack = 1e-9 * span / unit;
        let (first, last) = ((low / unit - slack).ceil(), (high / unit + slack).floor());
        let number = ((last - first).max(0.0) as usize).min(10 * count.max(1));
        Ticks {
            at: (0..=number).map(|i| position(first + i as f64) + 0.0).collect(),
            decimals: usize::try_from(-exponent).unwrap_or(0),
            logarithmic: false,
        }
    }

    /// The integers within `[low, high]`; about a dozen of them if they are many.
    pub(crate) fn integers(low: f64, high: f64) -> Ticks {
        let count = (high - low).ceil().clamp(2.0, 12.0) as usize;
        let mut ticks = Ticks::within(low, high, count);
        ticks.at.retain(|at| at.fract() == 0.0);
        Ticks { decimals: 0, ..ticks }
    }

    /// The powers of ten within `[10^low, 10^high]`; twice and five times of them as well if they are few.
    #[allow(clippy::disallowed_methods, reason = "a position to look at: its last bits are not a result")]
    pub(crate) fn logarithmic(low: f64, high: f64) -> Ticks {
        let steps: &[f64] = if high - low > 3.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let values = (low.floor() as i32..=high.ceil() as i32).flat_map(|decade| {
            let scale = power_of_ten(decade.unsigned_abs());
            let value = move |step: &f64| if decade < 0 { step / scale } else { step * scale };
            steps.iter().map(move |step| value(step).log10())
        });
        let at = values.filter(|at| (low - 1e-9..=high + 1e-9).contains(at)).collect();
        Ticks { at, decimals: 0, logarithmic: true }
    }

    /// The label of a position, with a true minus sign.
    #[allow(clippy::disallowed_methods, reason = "rounded to an integer")]
    pub(crate) fn label(&self, at: f64) -> String {
        if self.logarithmic {
            // One significant digit is all that there is.
            let decimals = (-(at + 1e-9).floor()).max(0.0) as usize;
            return format!("{:.decimals$}", 10f64.powf(at));
        }
        if at.abs() >= 1e7 || (at != 0.0 && at.abs() < 1e-7) {
            return format!("{at:e}").replace('-', "−");
        }
        // Adding zero turns a negative zero into a positive one.
        format!("{:.*}", self.decimals, at + 0.0).replace('-', "−")
    }
}

/// The smallest of 1, 2, 5 · 10^k that is at least `rough`, as mantissa and k.
fn step(rough: f64) -> (f64, i32) {
    let exponent: i32 =
        format!("{rough:e}").split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let scale = power_of_ten(exponent.unsigned_abs());
    let leading = if exponent < 0 { rough * scale } else { rough / scale };
    match leading {
        m if m <= 1.0 + 1e-9 => (1.0, exponent),
        m if m <= 2.0 + 1e-9 => (2.0, exponent),
        m if m <= 5.0 + 1e-9 => (5.0, exponent),
        _ => (1.0, exponent + 1),
    }
}

fn power_of_ten(exponent: u32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, count: usize) -> Vec<String> {
        let ticks = Ticks::within(low, high, count);
        ticks.at.iter().map(|&at| ticks.label(at)).collect()
    }

    #[test]
    fn ticks_fall_on_round_decimals() {
        assert_eq!(labels(0.0, 1.0, 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(-3.3, 0.1, 4), ["−3", "−2", "−1", "0"]);
        assert_eq!(labels(0.013, 0.029, 4), ["0.015", "0.020", "0.025"]);
        assert_eq!(labels(0.0, 130.0, 4), ["0", "50", "100"]);
    }

    #[test]
    fn positions_are_the_nearest_doubles_of_their_labels() {
        let ticks = Ticks::within(0.0, 1.0, 10);
        assert_eq!(ticks.at[3], 0.3);
        assert_eq!(ticks.at[7], 0.7);
    }

    #[test]
    fn degenerate_spans_have_one_tick() {
        assert_eq!(labels(0.5, 0.5, 5), ["0.50"]);
        assert_eq!(Ticks::within(0.0, f64::NAN, 5).at.len(), 1);
    }

    #[test]
    fn logarithmic_ticks_go_below_one() {
        let labels = |low: f64, high: f64| {
            let ticks = Ticks::logarithmic(low, high);
            ticks.at.iter().map(|&at| ticks.label(at)).collect::<Vec<_>>()
        };
        assert_eq!(labels(-2.5, -1.0), ["0.005", "0.01", "0.02", "0.05", "0.1"]);
        assert_eq!(labels(-0.05, 1.4), ["1", "2", "5", "10", "20"]);
    }

    #[test]
    fn zero_has_no_sign() {
        assert!(labels(-1.0, 1.0, 4).contains(&"0.0".to_owned()));
    }
}

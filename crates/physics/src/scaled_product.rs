//! Products of many ratios that would leave the range of f64.

use crate::numerics::ln;

/// 2^exponent.
pub(crate) const fn power_of_two(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

/// A product of positive factors, mantissa × 2^(320 scale): a weight may lie on thousands of paths.
#[derive(Clone, Copy)]
pub(crate) struct ScaledProduct {
    mantissa: f64,
    scale: i32,
}

impl ScaledProduct {
    pub(crate) const ONE: ScaledProduct = ScaledProduct { mantissa: 1.0, scale: 0 };
    /// Larger than any factor: r and 2/(1 + r) lie within e^(±2β), 2^±289.
    const STEP_EXPONENT: u64 = 320;
    const STEP: f64 = power_of_two(Self::STEP_EXPONENT);

    pub(crate) fn times(self, factor: f64) -> Self {
        let mantissa = self.mantissa * factor;
        if mantissa > Self::STEP {
            Self { mantissa: mantissa / Self::STEP, scale: self.scale + 1 }
        } else if mantissa < 1.0 / Self::STEP {
            Self { mantissa: mantissa * Self::STEP, scale: self.scale - 1 }
        } else {
            Self { mantissa, scale: self.scale }
        }
    }

    /// The product without one of its factors; 0 or ∞ where it leaves the range of f64.
    pub(crate) fn divided_by(self, factor: f64) -> f64 {
        let mut value = self.mantissa / factor;
        // Eight steps leave the range of f64 whatever the value was.
        for _ in 0..self.scale.unsigned_abs().min(8) {
            value = if self.scale > 0 { value * Self::STEP } else { value / Self::STEP };
        }
        value
    }

    pub(crate) fn ln(self) -> f64 {
        let step = Self::STEP_EXPONENT as f64 * std::f64::consts::LN_2;
        ln(self.mantissa) + f64::from(self.scale) * step
    }
}

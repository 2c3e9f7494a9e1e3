//! Products of many factors that would leave the range of f64.

use model::numerics::ln;

/// 2^exponent.
pub(crate) const fn power_of_two(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

/// A product of positive factors within 2^±1000, as mantissa × 2^exponent: a weight may lie on thousands of paths.
///
/// Powers of two are exact: whether a product is brought back to [1, 2) after every factor or after some of them does
/// not change a bit of its mantissa.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScaledProduct {
    pub(crate) mantissa: f64,
    pub(crate) exponent: i64,
}

const MANTISSA_BITS: u64 = (1 << 52) - 1;
const EXPONENT_OF_ONE: u64 = 1023 << 52;

impl ScaledProduct {
    pub(crate) const ONE: ScaledProduct = ScaledProduct { mantissa: 1.0, exponent: 0 };

    /// The same product with a mantissa in [1, 2).
    #[inline(always)]
    pub(crate) fn normalised(self) -> Self {
        let bits = self.mantissa.to_bits();
        Self {
            mantissa: f64::from_bits(bits & MANTISSA_BITS | EXPONENT_OF_ONE),
            exponent: self.exponent + (bits >> 52) as i64 - 1023,
        }
    }

    /// Normalised.
    #[inline(always)]
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { mantissa: self.mantissa * factor, exponent: self.exponent }.normalised()
    }

    /// Normalised; both factors are.
    #[inline(always)]
    pub(crate) fn times_product(self, other: Self) -> Self {
        Self { mantissa: self.mantissa * other.mantissa, exponent: self.exponent + other.exponent }
            .normalised()
    }

    /// `self` / `other`, both normalised, kept within [1 / limit, limit], of which the limit is at most 2^1000.
    #[inline(always)]
    pub(crate) fn over(self, other: Self, limit: f64) -> f64 {
        let exponent = self.exponent - other.exponent;
        let exponent = if exponent > 1001 { 1001 } else { exponent };
        let exponent = if exponent < -1001 { -1001 } else { exponent };
        let scale = f64::from_bits(((1023 + exponent) as u64) << 52);
        within(self.mantissa / other.mantissa * scale, limit)
    }

    pub(crate) fn ln(self) -> f64 {
        ln(self.mantissa) + self.exponent as f64 * std::f64::consts::LN_2
    }
}

/// `value`, kept within [1 / limit, limit].
#[inline(always)]
pub(crate) fn within(value: f64, limit: f64) -> f64 {
    let least = 1.0 / limit;
    let value = if value > least { value } else { least };
    if value < limit { value } else { limit }
}

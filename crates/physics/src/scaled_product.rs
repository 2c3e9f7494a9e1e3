//! Products of many factors that would leave the range of f64.

use crate::bp::lanes::Real;

/// 2^exponent.
pub(crate) const fn power_of_two(exponent: u64) -> f64 {
    f64::from_bits((1023 + exponent) << 52)
}

/// A product of positive factors, mantissa × 2^exponent: a weight may lie on thousands of paths. Factors lie within
/// 2^±1000.
///
/// Powers of two are exact: whether a product is brought back to [1, 2) after every factor or after some of them does not
/// change a bit of its mantissa.
#[derive(Clone, Copy)]
pub(crate) struct ScaledProduct<T: Real> {
    pub(crate) mantissa: T,
    pub(crate) exponent: T::Exponent,
}

impl<T: Real> ScaledProduct<T> {
    #[inline(always)]
    pub(crate) fn one() -> Self {
        Self { mantissa: T::splat(1.0), exponent: T::Exponent::default() }
    }

    #[inline(always)]
    pub(crate) fn times(&mut self, factor: T) {
        self.mantissa = (self.mantissa * factor).mantissa(&mut self.exponent);
    }

    #[inline(always)]
    pub(crate) fn times_product(self, other: Self) -> Self {
        let mut exponent = T::exponent_sum(self.exponent, other.exponent);
        Self { mantissa: (self.mantissa * other.mantissa).mantissa(&mut exponent), exponent }
    }

    /// `self` / `other`, kept within [1 / limit, limit] and 2^±1000.
    #[inline(always)]
    pub(crate) fn over(self, other: Self, limit: T) -> T {
        let ratio = (self.mantissa / other.mantissa).scaled(self.exponent, other.exponent);
        within(ratio, limit)
    }
}

/// `value`, kept within [1 / limit, limit].
#[inline(always)]
pub(crate) fn within<T: Real>(value: T, limit: T) -> T {
    value.most(T::splat(1.0) / limit).least(limit)
}

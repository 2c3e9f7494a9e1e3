//! Numbers one by one or eight side by side, with one arithmetic for both.

use std::ops::{Add, Div, Mul, Sub};

/// Problems that are iterated side by side.
pub const LANES: usize = 8;

/// One f64 per lane: a 512-bit register, or two or four smaller ones.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f64; LANES]);

/// f64, or lanes of f64 on which every operation does in each lane what it does on a number.
pub(crate) trait Real:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// An exponent of 2 per lane.
    type Exponent: Copy + Default;

    fn splat(value: f64) -> Self;
    fn abs(self) -> Self;
    /// `self` where it is the smaller, else `other`.
    fn least(self, other: Self) -> Self;
    /// `self` where it is the larger, else `other`.
    fn most(self, other: Self) -> Self;
    /// `then` where `self` > `bound`, else `otherwise`.
    fn where_above(self, bound: Self, then: Self, otherwise: Self) -> Self;
    /// The mantissa, in [1, 2), of a positive normal number, whose exponent is added to `exponent`.
    fn mantissa(self, exponent: &mut Self::Exponent) -> Self;
    /// The sum of two exponents.
    fn exponent_sum(one: Self::Exponent, other: Self::Exponent) -> Self::Exponent;
    /// `self` × 2^(plus − minus). The exponent is kept within ±1000.
    fn scaled(self, plus: Self::Exponent, minus: Self::Exponent) -> Self;
}

const MANTISSA_BITS: u64 = (1 << 52) - 1;
const EXPONENT_OF_ONE: u64 = 1023 << 52;

impl Real for f64 {
    type Exponent = i64;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn abs(self) -> Self {
        f64::abs(self)
    }

    #[inline(always)]
    fn least(self, other: Self) -> Self {
        if self < other { self } else { other }
    }

    #[inline(always)]
    fn most(self, other: Self) -> Self {
        if self > other { self } else { other }
    }

    #[inline(always)]
    fn where_above(self, bound: Self, then: Self, otherwise: Self) -> Self {
        if self > bound { then } else { otherwise }
    }

    #[inline(always)]
    fn mantissa(self, exponent: &mut i64) -> Self {
        let bits = self.to_bits();
        *exponent += (bits >> 52) as i64 - 1023;
        f64::from_bits(bits & MANTISSA_BITS | EXPONENT_OF_ONE)
    }

    #[inline(always)]
    fn exponent_sum(one: i64, other: i64) -> i64 {
        one + other
    }

    #[inline(always)]
    fn scaled(self, plus: i64, minus: i64) -> Self {
        let exponent = plus - minus;
        let exponent = if exponent > 1000 { 1000 } else { exponent };
        let exponent = if exponent < -1000 { -1000 } else { exponent };
        self * f64::from_bits(((1023 + exponent) as u64) << 52)
    }
}

/// In every lane.
macro_rules! each_lane {
    ($lane:ident => $value:expr) => {{
        let mut result = [0.0; LANES];
        for $lane in 0..LANES {
            result[$lane] = $value;
        }
        Lanes(result)
    }};
}

macro_rules! operator {
    ($trait:ident, $method:ident, $operator:tt) => {
        impl $trait for Lanes {
            type Output = Lanes;

            #[inline(always)]
            fn $method(self, other: Lanes) -> Lanes {
                each_lane!(k => self.0[k] $operator other.0[k])
            }
        }
    };
}
operator!(Add, add, +);
operator!(Sub, sub, -);
operator!(Mul, mul, *);
operator!(Div, div, /);

impl Real for Lanes {
    type Exponent = [i64; LANES];

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Lanes([value; LANES])
    }

    #[inline(always)]
    fn abs(self) -> Self {
        each_lane!(k => self.0[k].abs())
    }

    #[inline(always)]
    fn least(self, other: Self) -> Self {
        each_lane!(k => self.0[k].least(other.0[k]))
    }

    #[inline(always)]
    fn most(self, other: Self) -> Self {
        each_lane!(k => self.0[k].most(other.0[k]))
    }

    #[inline(always)]
    fn where_above(self, bound: Self, then: Self, otherwise: Self) -> Self {
        each_lane!(k => self.0[k].where_above(bound.0[k], then.0[k], otherwise.0[k]))
    }

    #[inline(always)]
    fn mantissa(self, exponent: &mut [i64; LANES]) -> Self {
        each_lane!(k => self.0[k].mantissa(&mut exponent[k]))
    }

    #[inline(always)]
    fn exponent_sum(one: [i64; LANES], other: [i64; LANES]) -> [i64; LANES] {
        let mut sum = one;
        for k in 0..LANES {
            sum[k] += other[k];
        }
        sum
    }

    #[inline(always)]
    fn scaled(self, plus: [i64; LANES], minus: [i64; LANES]) -> Self {
        each_lane!(k => self.0[k].scaled(plus[k], minus[k]))
    }
}

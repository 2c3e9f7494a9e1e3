//! The numbers that networks are made of.

use std::ops::{Add, Div, Mul, Sub};

/// f32 or f64.
pub trait Number:
    Copy + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// The nearest number of this kind.
    fn narrow(value: f64) -> Self;

    /// Itself as f64.
    fn wide(self) -> f64;

    /// Its square root.
    #[must_use]
    fn root(self) -> Self;
}

impl Number for f32 {
    #[inline(always)]
    fn narrow(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self.into()
    }

    #[inline(always)]
    fn root(self) -> Self {
        self.sqrt()
    }
}

impl Number for f64 {
    fn narrow(value: f64) -> Self {
        value
    }

    fn wide(self) -> f64 {
        self
    }

    fn root(self) -> Self {
        self.sqrt()
    }
}

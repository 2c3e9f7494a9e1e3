//! Exact sums of numbers and of their squares.

use ethnum::U256;
use serde::{Deserialize, Serialize};

/// 2⁶⁴.
const UNITS: f64 = 18_446_744_073_709_551_616.0;

/// 2⁴⁰: larger numbers count as this. No quantity comes near it, and with it the sums of 2²³ squares and the products
/// in [`Moments::standard_error`] stay within 256 bits.
const LARGEST: f64 = 1_099_511_627_776.0;

/// Sums over the samples that have a value, in units of 2⁻⁶⁴ and 2⁻¹²⁸.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Moments {
    values: u64,
    sum: i128,
    squares: Wide,
    errors: u64,
    error_squares: Wide,
}

/// A sum of squares: its upper and lower half.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Wide(u128, u128);

impl Wide {
    fn get(self) -> U256 {
        U256::from_words(self.0, self.1)
    }

    fn add(&mut self, other: U256) {
        (self.0, self.1) = self.get().wrapping_add(other).into_words();
    }
}

/// In units of 2⁻⁶⁴, to the nearest: numbers above 2⁻¹² lose no bit.
fn in_units(value: f64) -> i128 {
    (value.clamp(-LARGEST, LARGEST) * UNITS).round_ties_even() as i128
}

fn square(units: i128) -> U256 {
    let magnitude = U256::new(units.unsigned_abs());
    magnitude.wrapping_mul(magnitude)
}

/// The nearest number, or the next to it.
fn to_f64(wide: U256) -> f64 {
    let (high, low) = wide.into_words();
    high as f64 * UNITS * UNITS + low as f64
}

impl Moments {
    /// Adds what a sample has: a value, and one standard error of it.
    pub(super) fn add(&mut self, value: Option<f64>, error: Option<f64>) {
        if let Some(value) = value {
            let units = in_units(value);
            self.values += 1;
            self.sum += units;
            self.squares.add(square(units));
        }
        if let Some(error) = error {
            self.errors += 1;
            self.error_squares.add(square(in_units(error)));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.values += other.values;
        self.sum += other.sum;
        self.squares.add(other.squares.get());
        self.errors += other.errors;
        self.error_squares.add(other.error_squares.get());
    }

    pub(super) fn mean(&self) -> Option<f64> {
        if self.values == 0 {
            return None;
        }
        // The whole part apart, so that equal values have themselves for a mean.
        let values = i128::from(self.values);
        let (whole, rest) = (self.sum / values, self.sum % values);
        Some((whole as f64 + rest as f64 / self.values as f64) / UNITS)
    }

    /// √(Σ (x − x̄)² / (n − 1) / n), exactly 0 for equal values; none for fewer than two.
    pub(super) fn standard_error(&self) -> Option<f64> {
        if self.values < 2 {
            return None;
        }
        let values = U256::from(self.values);
        let spread = (values.wrapping_mul(self.squares.get())).wrapping_sub(square(self.sum));
        let (n, free) = (self.values as f64, (self.values - 1) as f64);
        Some((to_f64(spread) / free).sqrt() / n / UNITS)
    }

    /// √(Σ σ²) / n of the samples' own errors.
    pub(super) fn statistical_error(&self) -> Option<f64> {
        (self.errors > 0).then(|| to_f64(self.error_squares.get()).sqrt() / self.errors as f64 / UNITS)
    }
}

//! Which differences of values are rounding.

/// Values that differ by no more of the largest of them are one value: the same sum taken in another order is off by so
/// much at most.
const ROUNDING: f64 = 1e-12;

/// The largest difference of values between these that is rounding.
pub(super) fn resolution(low: f64, high: f64) -> f64 {
    ROUNDING * low.abs().max(high.abs())
}

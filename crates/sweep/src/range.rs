//! The points of a range, in exact decimals.

use crate::decimal::{self, from_mantissa};
use rust_decimal::Decimal;
use thiserror::Error;

/// The largest number of values on one axis.
pub const MAX_VALUES: usize = 1_000_000;

/// Significant digits of a point of a linear range that is not exact in decimals, such as 1/3.
const LINEAR_DIGITS: u32 = 12;
/// Decimal places after the first digit of a point of a logarithmic range: six significant digits.
const LOG_PLACES: usize = 5;

/// Why `from`, `to` and `step` or `count` do not make a range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RangeError {
    /// `step` ≤ 0.
    #[error("step is {0}; it must be greater than 0")]
    Step(String),
    /// `from` > `to`, or equal with several points.
    #[error("from is {from} and to is {to}; a range runs upwards")]
    Downwards {
        /// Its first point.
        from: String,
        /// Its last.
        to: String,
    },
    /// Too many points.
    #[error("the range has {0} points; an axis may have at most {MAX_VALUES}")]
    TooMany(String),
    /// `count` < 2.
    #[error("count is {0}; a range needs at least 2 points")]
    Count(i64),
    /// A logarithmic range from zero or below.
    #[error("from is {0}; a logarithmic range must start above 0")]
    LogFrom(String),
    /// Points that agree in six digits.
    #[error("neighbouring points agree to 6 significant digits; use fewer points")]
    TooFine,
    /// An intermediate result that has no exact decimal.
    #[error("the range has more digits than can be held exactly")]
    TooManyDigits,
}

/// `from`, `from + step`, …: all points ≤ `to`, which is one of them when it lies on the grid.
///
/// # Errors
/// If `step` ≤ 0, `from` > `to`, there are more than [`MAX_VALUES`] points, or one cannot be held exactly.
pub fn stepped(from: Decimal, to: Decimal, step: Decimal) -> Result<Vec<Decimal>, RangeError> {
    if step <= Decimal::ZERO {
        return Err(RangeError::Step(decimal::to_text(step)));
    }
    if from > to {
        return Err(downwards(from, to));
    }
    let ([from, to, step], scale) = aligned([from, to, step]).ok_or(RangeError::TooManyDigits)?;
    let steps = to.checked_sub(from).ok_or(RangeError::TooManyDigits)? / step;
    if steps >= MAX_VALUES as i128 {
        return Err(RangeError::TooMany((steps + 1).to_string()));
    }
    let point = |i| from_mantissa(from + i * step, scale).ok_or(RangeError::TooManyDigits);
    (0..=steps).map(point).collect()
}

/// `count` equally spaced points from `from` to `to`, exact where decimals allow it, else rounded to 12 significant
/// digits.
///
/// # Errors
/// If `count` is below 2 or above [`MAX_VALUES`], `from` ≥ `to`, or the ends have too many digits.
pub fn linear(from: Decimal, to: Decimal, count: i64) -> Result<Vec<Decimal>, RangeError> {
    if count == 1 && from == to {
        return Ok(vec![from]);
    }
    check_count(from, to, count)?;
    let ends = (from, to);
    let ([from, to], scale) = aligned([from, to]).ok_or(RangeError::TooManyDigits)?;
    let last = i128::from(count) - 1;
    if let Some(step) = exact_quotient(to.checked_sub(from).ok_or(RangeError::TooManyDigits)?, last, scale) {
        return stepped(ends.0, ends.1, step);
    }
    let point = |i: i128| {
        // (from · (last − i) + to · i) / last
        let sum = from.checked_mul(last - i)?.checked_add(to.checked_mul(i)?)?;
        quotient(sum, last, scale)
    };
    (0..=last).map(|i| point(i).ok_or(RangeError::TooManyDigits)).collect()
}

/// `count` points from `from` to `to`, equally spaced in their logarithm; the ends are exact, the points between
/// are rounded to 6 significant digits.
///
/// # Errors
/// As for [`linear`]; if `from` ≤ 0; or if the points are so close that rounding does not keep them apart.
pub fn logarithmic(from: Decimal, to: Decimal, count: i64) -> Result<Vec<Decimal>, RangeError> {
    if from <= Decimal::ZERO {
        return Err(RangeError::LogFrom(decimal::to_text(from)));
    }
    check_count(from, to, count)?;
    let (ln_from, ln_to) = (libm::log(decimal::to_f64(from)), libm::log(decimal::to_f64(to)));
    let last = count - 1;
    let between = |i: i64| {
        let value = libm::exp(ln_from + (ln_to - ln_from) * (i as f64 / last as f64));
        decimal::parse(&format!("{value:.LOG_PLACES$e}")).map_err(|_| RangeError::TooManyDigits)
    };
    let mut points = vec![from];
    for i in 1..last {
        points.push(between(i)?);
    }
    points.push(to);
    if points.is_sorted_by(|a, b| a < b) { Ok(points) } else { Err(RangeError::TooFine) }
}

fn check_count(from: Decimal, to: Decimal, count: i64) -> Result<(), RangeError> {
    if count < 2 {
        return Err(RangeError::Count(count));
    }
    if count > MAX_VALUES as i64 {
        return Err(RangeError::TooMany(count.to_string()));
    }
    if from >= to { Err(downwards(from, to)) } else { Ok(()) }
}

fn downwards(from: Decimal, to: Decimal) -> RangeError {
    RangeError::Downwards { from: decimal::to_text(from), to: decimal::to_text(to) }
}

/// The values as integers over one common power of ten, and its exponent.
fn aligned<const N: usize>(values: [Decimal; N]) -> Option<([i128; N], i64)> {
    let values = values.map(decimal::canonical);
    let scale = values.iter().map(Decimal::scale).max()?;
    let mut integers = [0; N];
    for (integer, value) in integers.iter_mut().zip(values) {
        *integer = value.mantissa().checked_mul(10i128.pow(scale - value.scale()))?;
    }
    Some((integers, i64::from(scale)))
}

/// `numerator / denominator · 10^−scale`, exactly if a decimal can hold it, else to 12 significant digits.
fn quotient(numerator: i128, denominator: i128, scale: i64) -> Option<Decimal> {
    exact_quotient(numerator, denominator, scale).or_else(|| rounded_quotient(numerator, denominator, scale))
}

fn exact_quotient(numerator: i128, denominator: i128, scale: i64) -> Option<Decimal> {
    let common = gcd(numerator.unsigned_abs(), denominator.unsigned_abs()) as i128;
    let (mut numerator, mut denominator, mut scale) = (numerator / common, denominator / common, scale);
    // A reduced fraction is a finite decimal when its denominator has no prime factors but 2 and 5.
    for (prime, partner) in [(10, 1), (2, 5), (5, 2)] {
        while denominator % prime == 0 {
            denominator /= prime;
            numerator = numerator.checked_mul(partner)?;
            scale += 1;
        }
    }
    if denominator == 1 { from_mantissa(numerator, scale) } else { None }
}

fn rounded_quotient(numerator: i128, mut denominator: i128, mut scale: i64) -> Option<Decimal> {
    let mut magnitude = numerator.checked_abs()?;
    let (low, high) = (10i128.pow(LINEAR_DIGITS - 1), 10i128.pow(LINEAR_DIGITS));
    while magnitude / denominator >= high {
        denominator = denominator.checked_mul(10)?;
        scale -= 1;
    }
    while magnitude / denominator < low {
        magnitude = magnitude.checked_mul(10)?;
        scale += 1;
    }
    let (digits, rest) = (magnitude / denominator, magnitude % denominator);
    let up = i128::from(rest.checked_mul(2)? >= denominator);
    from_mantissa((digits + up) * numerator.signum(), scale)
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        decimal::parse(text).unwrap()
    }

    fn texts(points: Result<Vec<Decimal>, RangeError>) -> Vec<String> {
        points.unwrap().into_iter().map(decimal::to_text).collect()
    }

    #[test]
    fn a_stepped_range_ends_at_its_last_point_on_the_grid() {
        assert_eq!(texts(stepped(d("0"), d("0.3"), d("0.1"))), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(stepped(d("0"), d("0.35"), d("0.1"))), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(stepped(d("-1"), d("1"), d("1"))), ["-1", "0", "1"]);
        assert_eq!(texts(stepped(d("0.5"), d("0.5"), d("7"))), ["0.5"]);
        assert_eq!(stepped(d("0"), d("0.96"), d("0.04")).unwrap().len(), 25);
    }

    #[test]
    fn a_linear_range_is_exact_where_decimals_allow_it() {
        assert_eq!(texts(linear(d("0"), d("1"), 5)), ["0", "0.25", "0.5", "0.75", "1"]);
        assert_eq!(texts(linear(d("0"), d("1"), 4)), ["0", "0.333333333333", "0.666666666667", "1"]);
        assert_eq!(texts(linear(d("1000"), d("2000"), 4))[1], "1333.33333333");
        assert_eq!(texts(linear(d("0"), d("30000000000000"), 8))[1], "4285714285710");
        assert_eq!(texts(linear(d("0.1"), d("0.7"), 7)), ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]);
    }

    #[test]
    fn a_logarithmic_range_has_exact_ends_and_six_digits_between() {
        assert_eq!(texts(logarithmic(d("0.1"), d("10"), 5)), ["0.1", "0.316228", "1", "3.16228", "10"]);
        let fine = logarithmic(d("0.123456789"), d("3"), 3).unwrap();
        assert_eq!(fine[0], d("0.123456789"));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        assert_eq!(stepped(d("0"), d("1"), d("0")), Err(RangeError::Step("0".into())));
        assert!(matches!(stepped(d("1"), d("0"), d("0.1")), Err(RangeError::Downwards { .. })));
        assert_eq!(stepped(d("0"), d("1"), d("1e-6")), Err(RangeError::TooMany("1000001".into())));
        assert_eq!(stepped(d("0"), d("1"), d("1.1e-6")).unwrap().len(), 909_091);
        assert_eq!(
            stepped(d("8"), d("9"), d("0.1000000000000000000000000001")).map(|_| ()),
            Err(RangeError::TooManyDigits)
        );
        assert_eq!(linear(d("0"), d("1"), 1), Err(RangeError::Count(1)));
        assert!(matches!(linear(d("1"), d("1"), 2), Err(RangeError::Downwards { .. })));
        assert_eq!(logarithmic(d("0"), d("1"), 3), Err(RangeError::LogFrom("0".into())));
        assert_eq!(logarithmic(d("1"), d("1.00001"), 9), Err(RangeError::TooFine));
    }
}

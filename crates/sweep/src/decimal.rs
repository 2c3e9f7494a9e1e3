//! Exact decimal numbers: 0.3 in a spec is 0.3 in SQL, in a cell's content and in the key of a random stream.

use rust_decimal::Decimal;
use thiserror::Error;

/// Decimal places, and powers of ten, that a [`Decimal`] can hold.
const MAX_SCALE: u32 = 28;

/// Why a number's text is not a [`Decimal`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// `nan` or `inf`.
    #[error("is {0}; a finite number is needed")]
    NotFinite(String),
    /// Anything else that is no decimal number.
    #[error("is {0:?}, which is not a decimal number")]
    NotANumber(String),
    /// More than 28 decimal places, or a mantissa of 2^96 or more.
    #[error("has more digits than can be held exactly (28 decimal places, 28 digits)")]
    TooManyDigits,
}

/// Reads a decimal number exactly: sign, digits, point, exponent; underscores between digits are ignored.
///
/// ```
/// use sweep::decimal;
/// assert_eq!(decimal::to_text(decimal::parse("0.250").unwrap()), "0.25");
/// assert_eq!(decimal::to_text(decimal::parse("5e-2").unwrap()), "0.05");
/// assert!(decimal::parse("warm").is_err());
/// ```
///
/// # Errors
/// If the text is not such a number, is not finite, or cannot be held without rounding.
pub fn parse(text: &str) -> Result<Decimal, DecimalError> {
    let plain = text.replace('_', "");
    let not_a_number = || DecimalError::NotANumber(text.to_owned());
    let (negative, unsigned) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    if matches!(unsigned, "inf" | "nan") {
        return Err(DecimalError::NotFinite(text.to_owned()));
    }
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, parse_exponent(exponent).ok_or_else(not_a_number)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(not_a_number());
    }
    let significant = digits.trim_end_matches('0');
    let dropped = (digits.len() - significant.len()) as i64;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let mantissa: i128 = significant.parse().map_err(|_| DecimalError::TooManyDigits)?;
    let scale = fraction.len() as i64 - dropped - exponent;
    from_mantissa(if negative { -mantissa } else { mantissa }, scale).ok_or(DecimalError::TooManyDigits)
}

/// An exponent far outside what can be held stays far outside when it is clamped.
fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.parse().unwrap_or(i64::MAX).min(1 << 40);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// `mantissa` · 10^−`scale` exactly and in canonical form, if it can be held.
pub(crate) fn from_mantissa(mut mantissa: i128, mut scale: i64) -> Option<Decimal> {
    if mantissa == 0 {
        return Some(Decimal::ZERO);
    }
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    if scale < 0 {
        let up = u32::try_from(-scale).ok().filter(|&up| up <= MAX_SCALE)?;
        mantissa = mantissa.checked_mul(10i128.pow(up))?;
        scale = 0;
    }
    let scale = u32::try_from(scale).ok().filter(|&scale| scale <= MAX_SCALE)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

/// The canonical text: no trailing zeros, no exponent, never `-0`. Equal numbers have equal texts.
pub fn to_text(value: Decimal) -> String {
    canonical(value).to_string()
}

/// The canonical form: the smallest scale, zero without a sign.
pub fn canonical(value: Decimal) -> Decimal {
    if value.is_zero() { Decimal::ZERO } else { value.normalize() }
}

/// The nearest `f64`, correctly rounded: what the kernels compute with.
pub fn to_f64(value: Decimal) -> f64 {
    value.to_string().parse().expect("a decimal's text is a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_has_one_canonical_text() {
        for (text, canonical) in [
            ("0.3", "0.3"),
            ("+0.30", "0.3"),
            ("3e-1", "0.3"),
            ("30E-2", "0.3"),
            ("1_000.000_0", "1000"),
            ("1e3", "1000"),
            ("-0.0", "0"),
            ("-0", "0"),
            ("0e999999999999999999999", "0"),
            ("-1.50", "-1.5"),
            ("1e-28", "0.0000000000000000000000000001"),
            ("1e28", "10000000000000000000000000000"),
        ] {
            assert_eq!(to_text(parse(text).unwrap()), canonical, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_held_exactly_is_refused() {
        for text in ["1e-29", "1e29", "1e99999999999999999999", "8.0000000000000000000000000001"] {
            assert_eq!(parse(text), Err(DecimalError::TooManyDigits), "{text}");
        }
        for text in ["nan", "-inf", "+nan"] {
            assert_eq!(parse(text), Err(DecimalError::NotFinite(text.to_owned())));
        }
        for text in ["", "-", ".", "1e", "1e+", "0x10", "1.2.3", "one", "١"] {
            assert_eq!(parse(text), Err(DecimalError::NotANumber(text.to_owned())));
        }
    }

    #[test]
    fn the_nearest_f64_is_that_of_the_literal() {
        for text in ["0.1", "0.3", "0.7071067811865475", "200", "1e-28"] {
            assert_eq!(to_f64(parse(text).unwrap()), text.parse::<f64>().unwrap());
        }
    }
}

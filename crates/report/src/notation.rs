//! Numbers with their uncertainty, as physicists write them.

use sweep::transition::{Between, Place};

/// The most decimals that a number is written with.
const MOST_DECIMALS: usize = 10;

/// `1.8349(2)`: the value, and in brackets its standard error in units of the last digit. The error has one
/// significant digit, or two if the first is a 1. Without an error (or one that is not positive and finite), the
/// value alone with four decimals.
pub fn concise(value: f64, error: Option<f64>) -> String {
    let Some(error) = error.filter(|e| e.is_finite() && *e > 0.0) else {
        return unsigned_zero(format!("{value:.4}"));
    };
    let (digits, exponent) = significant(error);
    let wanted = digits as i32 - 1 - exponent;
    let decimals = usize::try_from(wanted).unwrap_or(0);
    if decimals > MOST_DECIMALS {
        return unsigned_zero(format!("{value:.MOST_DECIMALS$}"));
    }
    let rounded = format!("{error:.decimals$}");
    // An error of at least one keeps its decimal point: 12.3(1.4).
    let bracket = match rounded.strip_prefix("0.") {
        Some(fraction) => fraction.trim_start_matches('0').to_owned(),
        None => rounded,
    };
    format!("{}({bracket})", unsigned_zero(format!("{value:.decimals$}")))
}

/// A place on a line: `0.744(17)`; `≤ 0.5` at the edge of a grid that begins there; `0.72 … 0.88 ?` where it is not
/// known, and between what it lies; `none`.
pub fn place_text(place: Place) -> String {
    let text = |between: Between| match (between.from.map(short), between.to.map(short)) {
        (Some(from), Some(to)) => format!("{from} … {to}"),
        (Some(from), None) => format!("≥ {from}"),
        (None, Some(to)) => format!("≤ {to}"),
        (None, None) => String::new(),
    };
    match place {
        Place::None => "none".to_owned(),
        Place::Found(found) => concise(found.value, found.error),
        Place::AtEdge(between) => text(between),
        Place::Unresolved(between) => format!("{} ?", text(between)).trim_start().to_owned(),
    }
}

/// The number with at most three decimals.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    unsigned_zero(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// How many significant digits an error is given, and the decimal exponent that it has after rounding to them.
fn significant(error: f64) -> (usize, i32) {
    let exponent = |text: &str| text.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let (one, two) = (format!("{error:.0e}"), format!("{error:.1e}"));
    // 0.097 rounds up to a one, and is written as 0.10.
    match [&two, &one].into_iter().find(|text| text.starts_with('1')) {
        Some(text) => (2, exponent(text)),
        None => (1, exponent(&one)),
    }
}

fn unsigned_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sweep::transition::Estimate;

    #[test]
    fn an_error_has_one_digit_or_two_if_the_first_is_a_one() {
        assert_eq!(concise(-1.83491, Some(0.00023)), "-1.8349(2)");
        assert_eq!(concise(-1.83491, Some(0.00014)), "-1.83491(14)");
        assert_eq!(concise(0.5, Some(0.02)), "0.50(2)");
    }

    #[test]
    fn rounding_up_moves_the_last_digit() {
        assert_eq!(concise(1.8349, Some(0.0996)), "1.83(10)");
        assert_eq!(concise(1.8349, Some(0.097)), "1.83(10)");
        assert_eq!(concise(1.8349, Some(0.0194)), "1.835(19)");
        assert_eq!(concise(1.8349, Some(0.0196)), "1.83(2)");
    }

    #[test]
    fn without_an_error_the_value_stands_alone() {
        assert_eq!(concise(1.8349, None), "1.8349");
        assert_eq!(concise(1.8349, Some(0.0)), "1.8349");
        assert_eq!(concise(1.8349, Some(f64::NAN)), "1.8349");
        assert_eq!(concise(1.8349, Some(f64::INFINITY)), "1.8349");
        assert_eq!(concise(-0.00001, None), "0.0000");
    }

    #[test]
    fn large_errors_keep_their_magnitude() {
        assert_eq!(concise(12.34, Some(1.4)), "12.3(1.4)");
        assert_eq!(concise(12.34, Some(3.2)), "12(3)");
        assert_eq!(concise(1.83, Some(25.0)), "2(25)");
        assert_eq!(concise(1.83, Some(131.7)), "2(132)");
        assert_eq!(concise(1.83, Some(0.96)), "1.8(1.0)");
    }

    #[test]
    fn tiny_errors_do_not_flood_the_line() {
        assert_eq!(concise(1.0 / 3.0, Some(1e-15)), "0.3333333333");
    }

    #[test]
    fn a_place_says_whether_it_is_known() {
        let between = |from, to| Between { from, to };
        let found = Estimate { value: 0.7441, error: Some(0.017), explained: None };
        assert_eq!(place_text(Place::Found(found)), "0.744(17)");
        assert_eq!(place_text(Place::None), "none");
        assert_eq!(place_text(Place::AtEdge(between(None, Some(0.5)))), "≤ 0.5");
        assert_eq!(place_text(Place::AtEdge(between(Some(0.98), None))), "≥ 0.98");
        assert_eq!(place_text(Place::Unresolved(between(Some(0.7249), Some(20.0)))), "0.725 … 20 ?");
        assert_eq!(place_text(Place::Unresolved(between(Some(0.0), None))), "≥ 0 ?");
        assert_eq!(place_text(Place::Unresolved(between(None, None))), "?");
    }

    proptest! {
        #[test]
        fn any_pair_of_numbers_can_be_written(value in any::<f64>(), error in proptest::option::of(any::<f64>())) {
            prop_assert!(!concise(value, error).is_empty());
        }
    }
}

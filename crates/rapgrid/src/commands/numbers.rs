//! Numbers on the command line, as exact decimals.

use crate::exit::BadInput;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use sweep::decimal;

/// Inverse temperatures.
///
/// # Errors
/// If one is not a number, or not one that the solvers support.
pub(crate) fn read_betas(option: &str, texts: &[String]) -> Result<Vec<Decimal>, BadInput> {
    let mut betas = read(option, texts, 0.0..=model::MAX_BETA, "an inverse temperature")?;
    // What is named twice is one.
    let mut seen = BTreeSet::new();
    betas.retain(|beta| seen.insert(*beta));
    Ok(betas)
}

/// Overlaps of two configurations.
///
/// # Errors
/// If one is not a number in [−1, 1].
pub(crate) fn read_overlaps(option: &str, texts: &[String]) -> Result<Vec<Decimal>, BadInput> {
    read(option, texts, -1.0..=1.0, "an overlap")
}

fn read(
    option: &str,
    texts: &[String],
    range: RangeInclusive<f64>,
    what: &str,
) -> Result<Vec<Decimal>, BadInput> {
    let read = |text: &String| {
        let value =
            decimal::parse(text.trim()).map_err(|error| BadInput(format!("{option} {text}: {error}")))?;
        let (low, high) = (range.start(), range.end());
        range
            .contains(&decimal::to_f64(value))
            .then_some(value)
            .ok_or_else(|| BadInput(format!("{option} {text}: {what} lies in [{low}, {high}]")))
    };
    texts.iter().map(read).collect()
}

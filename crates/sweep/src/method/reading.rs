//! What the kinds' settings have in common: counts, and lists of numbers.

use crate::axis::{self, Bounds};
use crate::decimal;
use crate::reader::{Node, SpecError, Table};
use rust_decimal::Decimal;

/// More temperatures than anybody exchanges.
const MAX_NUMBERS: usize = 1000;

/// Most MC sweeps of anything.
pub(super) const MAX_MC_SWEEPS: u32 = 1 << 30;
/// Most independent runs.
pub(super) const MAX_RUNS: u32 = 4096;
/// Errors are from within runs, by blocks.
pub(super) const LEAST_MEASURED: u32 = 16;

/// A whole number between `low` and `high`, or the default.
pub(super) fn count(
    table: &Table<'_>,
    key: &str,
    default: u32,
    low: u32,
    high: u32,
) -> Result<u32, SpecError> {
    table.get(key).map_or(Ok(default), |node| Ok(node.integer(low.into()..=high.into())? as u32))
}

/// What a ladder is for, where it is missing.
pub(super) const LADDER: &str =
    "the temperatures, such as { from = 0, to = 2, step = 0.1 }; every beta of the grid among them";

/// A strictly increasing list of at least two β.
pub(super) fn read_ladder(node: &Node<'_>) -> Result<Vec<Decimal>, SpecError> {
    let ladder = read_increasing(
        node,
        Bounds::INVERSE_TEMPERATURE,
        ["temperatures", "the ladder must increase; it has"],
    )?;
    if let [one] = ladder[..] {
        let value = decimal::to_text(one);
        return Err(node.error(format_args!("holds {value} alone; a ladder has at least two temperatures")));
    }
    Ok(ladder)
}

/// A strictly increasing list of overlaps.
pub(super) fn read_overlaps(node: &Node<'_>) -> Result<Vec<Decimal>, SpecError> {
    let bounds = Bounds { low: -1, high: 1, name: "an overlap" };
    read_increasing(node, bounds, ["overlaps", "the overlaps must increase; they have"])
}

/// A strictly increasing list of shares in [0, 1].
pub(super) fn read_shares(node: &Node<'_>) -> Result<Vec<Decimal>, SpecError> {
    let bounds = Bounds { low: 0, high: 1, name: "a share" };
    read_increasing(node, bounds, ["shares", "the shares must increase; they have"])
}

/// Longest training, in passes through its patterns.
const MAX_EPOCHS: i64 = 1_000_000;

/// A strictly increasing list of epochs from 0 on, or the default.
pub(super) fn read_epochs(table: &Table<'_>, default: &[u32]) -> Result<Vec<u32>, SpecError> {
    let Some(node) = table.get("epochs") else { return Ok(default.to_vec()) };
    let bounds = Bounds { low: 0, high: MAX_EPOCHS, name: "a number of epochs" };
    let numbers = read_increasing(&node, bounds, ["epochs", "the epochs must increase; they have"])?;
    let whole = |number: Decimal| {
        let text = decimal::to_text(number);
        text.parse().map_err(|_| node.error(format_args!("holds {text}, which is not a whole number")))
    };
    numbers.into_iter().map(whole).collect()
}

fn read_increasing(
    node: &Node<'_>,
    bounds: Bounds,
    [many, must_increase]: [&str; 2],
) -> Result<Vec<Decimal>, SpecError> {
    let numbers = axis::read_numbers(node, bounds)?;
    if numbers.len() > MAX_NUMBERS {
        let count = numbers.len();
        return Err(node.error(format_args!("holds {count} {many}; at most {MAX_NUMBERS} are supported")));
    }
    if let Some(pair) = numbers.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
        let [before, after] = [pair[0].0, pair[1].0].map(decimal::to_text);
        return Err(node.error_at(&pair[1].1, format_args!("{must_increase} {after} after {before}")));
    }
    Ok(numbers.into_iter().map(|(number, _)| number).collect())
}

/// The canonical text of a list of numbers.
pub(super) fn numbers_text(numbers: &[Decimal]) -> String {
    numbers.iter().map(|&number| decimal::to_text(number)).collect::<Vec<_>>().join(",")
}

//! The axes of a sweep: what may differ between two rows of the phase diagram, other than the method.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeSet;
use std::fmt;
use sweep::measurement::PhasePoint;

/// One parameter of a row. Layers are numbered as in the model: dilution and activation from 1, widths from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Dilution(usize),
    Activation(usize),
    Beta,
    Width(usize),
    Ensemble,
    Couplings,
    /// The cell itself, for instances that the user brought: they have no other parameters.
    Instance,
}

/// Where a row lies on an axis. Numbers keep the spec's exact decimals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Absent,
    Number(Decimal),
    Text(String),
}

impl Axis {
    /// All axes that the rows have, in the order of preference for the horizontal axis.
    pub(crate) fn all(points: &[&PhasePoint]) -> Vec<Axis> {
        let longest = |f: fn(&PhasePoint) -> usize| points.iter().map(|p| f(p)).max().unwrap_or(0);
        let dilutions = (1..=longest(|p| p.dilution.len())).map(Axis::Dilution);
        let activations = (1..=longest(|p| p.activation.len())).map(Axis::Activation);
        let layers = longest(|p| p.widths.len());
        let widths = (1..layers).chain(0..layers.min(1)).map(Axis::Width);
        let names = [Axis::Instance, Axis::Ensemble, Axis::Couplings];
        dilutions.chain(activations).chain([Axis::Beta]).chain(widths).chain(names).collect()
    }

    /// Where the row lies on this axis.
    pub(crate) fn value(self, point: &PhasePoint) -> Value {
        let number = |value: Option<&Decimal>| value.map_or(Value::Absent, |v| Value::Number(v.normalize()));
        match self {
            Axis::Dilution(layer) => number(point.dilution.get(layer - 1)),
            Axis::Activation(layer) => number(point.activation.get(layer - 1)),
            Axis::Beta => number(Some(&point.beta)),
            Axis::Width(layer) => {
                point.widths.get(layer).map_or(Value::Absent, |&width| Value::Number(width.into()))
            }
            Axis::Ensemble => point.ensemble.clone().map_or(Value::Absent, Value::Text),
            Axis::Couplings => Value::Text(point.couplings.clone()),
            Axis::Instance if point.ensemble.is_none() => Value::Text(point.cell.clone()),
            Axis::Instance => Value::Absent,
        }
    }

    /// Whether two axes measure the same thing in different layers, so that equal values can be said once.
    pub(crate) fn same_family(self, other: Axis) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// Whether values of this axis are numbers.
    pub(crate) fn is_numeric(self) -> bool {
        !matches!(self, Axis::Ensemble | Axis::Couplings | Axis::Instance)
    }

    /// The symbol in formulas: `p₁`.
    pub(crate) fn symbol(self) -> String {
        match self {
            Axis::Dilution(layer) => format!("p{}", subscript(layer)),
            Axis::Activation(layer) => format!("ρ{}", subscript(layer)),
            Axis::Beta => "β".to_owned(),
            Axis::Width(layer) => format!("n{}", subscript(layer)),
            Axis::Ensemble => "ensemble".to_owned(),
            Axis::Couplings => "couplings".to_owned(),
            Axis::Instance => "instance".to_owned(),
        }
    }

    /// The name in words: `dilution`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Axis::Dilution(_) => "dilution",
            Axis::Activation(_) => "activation probability",
            Axis::Beta => "inverse temperature",
            Axis::Width(_) => "layer width",
            Axis::Ensemble => "ensemble",
            Axis::Couplings => "couplings",
            Axis::Instance => "instance",
        }
    }

    /// The values that the axis can have.
    pub(crate) fn bounds(self) -> (f64, f64) {
        match self {
            Axis::Dilution(_) | Axis::Activation(_) => (0.0, 1.0),
            _ => (0.0, f64::INFINITY),
        }
    }

    /// The name in specs, SQL and CSV: `dilution_1`.
    pub(crate) fn column(self) -> String {
        match self {
            Axis::Dilution(layer) => format!("dilution_{layer}"),
            Axis::Activation(layer) => format!("activation_{layer}"),
            Axis::Beta => "beta".to_owned(),
            Axis::Width(layer) => format!("n_{layer}"),
            Axis::Ensemble => "ensemble".to_owned(),
            Axis::Couplings => "couplings".to_owned(),
            Axis::Instance => "cell".to_owned(),
        }
    }

    /// The numeric axis of that name in specs and SQL.
    pub(crate) fn from_column(column: &str) -> Option<Axis> {
        let (family, layer) = column.rsplit_once('_').unwrap_or((column, ""));
        let layer = || layer.parse().ok().filter(|&layer: &usize| layer >= 1);
        match family {
            "beta" => Some(Axis::Beta),
            "dilution" => layer().map(Axis::Dilution),
            "activation" => layer().map(Axis::Activation),
            _ => None,
        }
    }

    /// `β = 0.8`, or the value alone where it speaks for itself.
    pub(crate) fn equation(self, value: &Value) -> String {
        match self {
            Axis::Instance => instance_name(&value.to_string()),
            Axis::Ensemble | Axis::Couplings => format!("{value} {}", self.words()),
            _ => format!("{} = {value}", self.symbol()),
        }
    }
}

impl Value {
    /// The number for drawing.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Value::Number(decimal) => decimal.to_f64(),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Absent => f.write_str("–"),
            Value::Number(number) => write!(f, "{}", number.normalize()),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// The values that rows take on an axis, sorted.
pub(crate) fn values(axis: Axis, points: &[&PhasePoint]) -> BTreeSet<Value> {
    points.iter().map(|p| axis.value(p)).collect()
}

/// The text, or its two ends around an ellipsis if it is longer than `longest` characters.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= longest {
        return text.to_owned();
    }
    let tail = longest / 3;
    let head = longest - tail - 1;
    let ends = [&characters[..head], &['…'], &characters[characters.len() - tail..]];
    ends.concat().into_iter().collect()
}

/// A file's name as it is, a digest by its beginning.
fn instance_name(cell: &str) -> String {
    match cell.strip_prefix("instance=sha256:") {
        Some(digest) => format!("instance {}…", digest.chars().take(10).collect::<String>()),
        None => shorten(cell, 36),
    }
}

fn subscript(number: usize) -> String {
    number.to_string().chars().filter_map(|c| char::from_u32('₀' as u32 + c.to_digit(10)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn axes_are_written_with_the_papers_symbols_and_the_specs_columns() {
        assert_eq!(Axis::Dilution(1).symbol(), "p₁");
        assert_eq!(Axis::Activation(12).symbol(), "ρ₁₂");
        assert_eq!(Axis::Activation(2).column(), "activation_2");
        for axis in [Axis::Beta, Axis::Dilution(3), Axis::Activation(12)] {
            assert_eq!(Axis::from_column(&axis.column()), Some(axis));
        }
        assert_eq!(Axis::from_column("dilution_0"), None);
    }

    #[test]
    fn values_keep_exact_decimals_without_trailing_zeros() {
        let mut point = synthetic::point("cell", "0.80", "exact", None);
        point.dilution = vec!["0.30".parse().unwrap()];
        assert_eq!(Axis::Beta.value(&point).to_string(), "0.8");
        assert_eq!(Axis::Dilution(1).equation(&Axis::Dilution(1).value(&point)), "p₁ = 0.3");
        assert_eq!(Axis::Dilution(2).value(&point), Value::Absent);
    }

    #[test]
    fn long_texts_keep_both_ends() {
        assert_eq!(shorten("abcdefghijkl", 7), "abcd…kl");
        assert_eq!(shorten("abc", 7), "abc");
    }
}

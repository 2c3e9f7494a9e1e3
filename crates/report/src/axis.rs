//! The axes of a sweep: what may differ between two rows of the phase diagram, other than the method.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeSet;
use std::fmt;
use sweep::CellParameters;
use sweep::axis::AxisName;
use sweep::measurement::PhasePoint;

/// Where a row lies on an axis. Numbers keep the spec's exact decimals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Absent,
    Number(Decimal),
    List(Vec<i32>),
    Text(String),
}

/// What figures and tables ask of an axis.
pub(crate) trait Shown: Sized {
    /// Where the row lies on this axis.
    fn value(self, point: &PhasePoint) -> Value;

    /// Whether two axes measure the same thing in different layers, so that equal values can be said once.
    fn same_family(self, other: Self) -> bool;

    /// Whether values of this axis are numbers.
    fn is_numeric(&self) -> bool;

    /// The symbol in formulas: `p₁`.
    fn symbol(self) -> String;

    /// The name in words: `dilution`.
    fn words(self) -> &'static str;

    /// The values that the axis can have.
    fn bounds(self) -> (f64, f64);

    /// `β = 0.8`, or the value alone where it speaks for itself.
    fn equation(self, value: &Value) -> String;
}

impl Shown for AxisName {
    fn value(self, point: &PhasePoint) -> Value {
        let cell = &point.parameters;
        let text = match self {
            AxisName::Beta => return Value::Number(point.beta.normalize()),
            AxisName::Widths => return Value::List(cell.widths.clone()),
            AxisName::Ensemble => cell.ensemble.clone(),
            AxisName::Couplings => Some(cell.couplings.clone()),
            AxisName::Instance => cell.instance.clone(),
            AxisName::Training(parameter) if !parameter.is_numeric() => {
                cell.training.as_ref().and_then(|training| training.text(parameter))
            }
            _ => return cell.number(self).map_or(Value::Absent, |number| Value::Number(number.normalize())),
        };
        text.map_or(Value::Absent, Value::Text)
    }

    fn same_family(self, other: AxisName) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    fn is_numeric(&self) -> bool {
        match self {
            AxisName::Dilution(_) | AxisName::Activation(_) | AxisName::Beta | AxisName::Width(_) => true,
            AxisName::Training(parameter) => parameter.is_numeric(),
            _ => false,
        }
    }

    fn symbol(self) -> String {
        match self {
            AxisName::Dilution(layer) => format!("p{}", subscript(layer)),
            AxisName::Activation(layer) => format!("ρ{}", subscript(layer)),
            AxisName::Beta => "β".to_owned(),
            AxisName::Width(layer) => format!("n{}", subscript(layer)),
            AxisName::Instance => "instance".to_owned(),
            _ => self.to_string(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            AxisName::Dilution(_) => "dilution",
            AxisName::Activation(_) => "activation probability",
            AxisName::Beta => "inverse temperature",
            AxisName::Width(_) => "layer width",
            AxisName::Widths => "widths",
            AxisName::Ensemble => "ensemble",
            AxisName::Couplings => "couplings",
            AxisName::Instance => "instance",
            AxisName::Training(parameter) => parameter.words(),
        }
    }

    fn bounds(self) -> (f64, f64) {
        match self {
            AxisName::Dilution(_) | AxisName::Activation(_) => (0.0, 1.0),
            _ => (0.0, f64::INFINITY),
        }
    }

    fn equation(self, value: &Value) -> String {
        match self {
            AxisName::Instance => shorten(&value.to_string(), 36),
            AxisName::Widths => format!("widths {}", value.to_string().replace('-', "–")),
            AxisName::Ensemble | AxisName::Couplings => format!("{value} {}", self.words()),
            AxisName::Training(parameter) => parameter.equation(&value.to_string()),
            _ => format!("{} = {value}", self.symbol()),
        }
    }
}

/// All axes that the rows have, in the order of preference for the horizontal axis.
pub(crate) fn all_axes(points: &[&PhasePoint]) -> Vec<AxisName> {
    let longest =
        |f: fn(&CellParameters) -> usize| points.iter().map(|p| f(&p.parameters)).max().unwrap_or(0);
    let dilutions = (1..=longest(|cell| cell.dilution.len())).map(AxisName::Dilution);
    let activations = (1..=longest(|cell| cell.activation.len())).map(AxisName::Activation);
    let layers = longest(|cell| cell.widths.len());
    // Inputs last.
    let widths = (1..layers).chain(0..layers.min(1)).map(AxisName::Width);
    let names = [AxisName::Instance, AxisName::Ensemble, AxisName::Couplings];
    dilutions.chain(activations).chain([AxisName::Beta]).chain(widths).chain(names).collect()
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
            Value::List(numbers) => {
                f.write_str(&numbers.iter().map(i32::to_string).collect::<Vec<_>>().join("-"))
            }
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// The values that rows take on an axis, sorted.
pub(crate) fn values(axis: AxisName, points: &[&PhasePoint]) -> BTreeSet<Value> {
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

fn subscript(number: usize) -> String {
    number.to_string().chars().filter_map(|c| char::from_u32('₀' as u32 + c.to_digit(10)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn axes_are_written_with_the_papers_symbols_and_the_specs_columns() {
        assert_eq!(AxisName::Dilution(1).symbol(), "p₁");
        assert_eq!(AxisName::Activation(12).symbol(), "ρ₁₂");
        assert_eq!(AxisName::Activation(2).to_string(), "activation_2");
        for axis in [AxisName::Beta, AxisName::Dilution(3), AxisName::Activation(12)] {
            assert_eq!(axis.to_string().parse(), Ok(axis));
        }
        assert!("dilution_0".parse::<AxisName>().is_err());
    }

    #[test]
    fn values_keep_exact_decimals_without_trailing_zeros() {
        let mut point = synthetic::point("cell", "0.80", "exact", None);
        point.parameters.dilution = vec!["0.30".parse().unwrap()];
        assert_eq!(AxisName::Beta.value(&point).to_string(), "0.8");
        assert_eq!(AxisName::Dilution(1).equation(&AxisName::Dilution(1).value(&point)), "p₁ = 0.3");
        assert_eq!(AxisName::Dilution(2).value(&point), Value::Absent);
    }

    #[test]
    fn long_texts_keep_both_ends() {
        assert_eq!(shorten("abcdefghijkl", 7), "abcd…kl");
        assert_eq!(shorten("abc", 7), "abc");
    }
}

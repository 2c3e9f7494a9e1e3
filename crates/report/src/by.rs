//! What rows are told apart by on the command line: the axes of the spec, and method, branch and sweep.

use crate::axis::{Shown, Value};
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;
use sweep::axis::AxisName;
use sweep::measurement::{Branch, PhasePoint};

/// What rows are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// An axis of the spec, or a width.
    Axis(AxisName),
    /// The method's name.
    Method,
    /// The start of belief propagation.
    Branch,
    /// The sweep's name.
    Sweep,
}

/// Which rows to take: those with one of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Of what.
    pub by: By,
    /// At least one.
    pub values: Vec<String>,
}

/// A row, and the sweep that it is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) sweep: &'a str,
    pub(crate) point: &'a PhasePoint,
}

impl By {
    /// The value of a row.
    pub(crate) fn value(self, row: &Row<'_>) -> Value {
        let text = match self {
            By::Axis(axis) => return axis.value(row.point),
            By::Method => Some(row.point.method.as_str()),
            By::Branch => row.point.branch.map(Branch::name),
            By::Sweep => Some(row.sweep),
        };
        text.map_or(Value::Absent, |text| Value::Text(text.to_owned()))
    }

    /// The value in words.
    pub(crate) fn equation(self, value: &Value) -> String {
        match self {
            By::Axis(axis) => axis.equation(value),
            _ => value.to_string(),
        }
    }
}

impl Condition {
    /// Whether the row is taken.
    pub(crate) fn holds(&self, row: &Row<'_>) -> bool {
        let value = self.by.value(row);
        self.values.iter().any(|wanted| is_value(wanted, &value))
    }
}

/// Whether the text is that value: numbers in any spelling.
pub(crate) fn is_value(text: &str, value: &Value) -> bool {
    match (value, text.parse::<Decimal>()) {
        (Value::Number(number), Ok(wanted)) => *number == wanted.normalize(),
        _ => value.to_string() == text,
    }
}

/// The names that `--x` and the like take.
const NAMES: &str = "beta, dilution_1, …, activation_1, …, n_0, …, widths, couplings, ensemble, instance, method, branch, sweep";

impl FromStr for By {
    type Err = String;

    fn from_str(name: &str) -> Result<By, String> {
        let width = name.strip_prefix("n_").and_then(|layer| layer.parse().ok());
        Ok(match name {
            "method" => By::Method,
            "branch" => By::Branch,
            "sweep" => By::Sweep,
            "widths" => By::Axis(AxisName::Widths),
            "couplings" => By::Axis(AxisName::Couplings),
            "ensemble" => By::Axis(AxisName::Ensemble),
            "instance" => By::Axis(AxisName::Instance),
            _ => By::Axis(match (width, name.parse()) {
                (Some(layer), _) => AxisName::Width(layer),
                (None, Ok(axis)) => axis,
                _ => return Err(format!("there is no axis `{name}`; these are: {NAMES}")),
            }),
        })
    }
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Condition, String> {
        let (name, values) = text.split_once('=').ok_or("write AXIS=VALUE, or AXIS=VALUE,VALUE")?;
        let values: Vec<String> = values.split(',').map(|value| value.trim().to_owned()).collect();
        if values.iter().any(String::is_empty) {
            return Err(format!("`{name}` has no value: write {name}=VALUE, or {name}=VALUE,VALUE"));
        }
        Ok(Condition { by: name.trim().parse()?, values })
    }
}

/// As the command line has it.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::Axis(axis) => axis.fmt(f),
            By::Method => f.write_str("method"),
            By::Branch => f.write_str("branch"),
            By::Sweep => f.write_str("sweep"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_go_by_the_names_of_the_spec() {
        for name in
            ["beta", "dilution_2", "activation_1", "n_0", "widths", "instance", "method", "branch", "sweep"]
        {
            assert_eq!(name.parse::<By>().unwrap().to_string(), name);
        }
        let message = "temperature".parse::<By>().unwrap_err();
        assert!(message.starts_with("there is no axis `temperature`; these are: beta, "), "{message}");
    }

    #[test]
    fn a_condition_takes_a_number_however_it_is_spelt() {
        let condition: Condition = "beta=0.80,1".parse().unwrap();
        let of = |beta: &str| PhasePoint { beta: beta.parse().unwrap(), ..PhasePoint::default() };
        for (beta, holds) in [("0.8", true), ("1.000", true), ("0.5", false)] {
            assert_eq!(condition.holds(&Row { sweep: "s", point: &of(beta) }), holds, "{beta}");
        }
        for wrong in ["beta", "beta=", "beta=1,", "t=1"] {
            assert!(wrong.parse::<Condition>().is_err(), "{wrong}");
        }
    }
}

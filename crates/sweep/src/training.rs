//! A training: what is learnt, by which network, and how.

pub use crate::parameter::Parameter;

use crate::axis::{AxisValue, joined};
use crate::decimal;
use crate::task::Task;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A training: widths n_0..n_L, L ≥ 2, and a value for each parameter.
#[derive(Debug, Clone)]
pub struct Training {
    widths: Arc<[u32]>,
    values: Vec<(Parameter, AxisValue)>,
}

impl Training {
    /// `values` has one for each parameter of the widths' depth, in order.
    pub(crate) fn new(widths: Arc<[u32]>, values: Vec<(Parameter, AxisValue)>) -> Self {
        debug_assert!(
            values.iter().map(|(name, _)| *name).eq(Parameter::all(widths.len() - 1)),
            "one value for each parameter"
        );
        Self { widths, values }
    }

    /// n_0..n_L.
    pub fn widths(&self) -> &[u32] {
        &self.widths
    }

    /// What is learnt.
    pub fn task(&self) -> &Task {
        match self.value(Parameter::Task) {
            AxisValue::Task(task) => task,
            _ => unreachable!("a task is one"),
        }
    }

    /// A parameter that is a word, unless it is a number here.
    pub fn word(&self, parameter: Parameter) -> Option<&'static str> {
        match self.value(parameter) {
            AxisValue::Word(word) => Some(word),
            _ => None,
        }
    }

    /// A parameter that is a number, unless it is a word here.
    pub fn number(&self, parameter: Parameter) -> Option<Decimal> {
        match self.value(parameter) {
            AxisValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A parameter that is a whole number.
    ///
    /// # Panics
    /// If it is none.
    pub fn count(&self, parameter: Parameter) -> u32 {
        let count = self.number(parameter).and_then(|number| u32::try_from(number).ok());
        count.unwrap_or_else(|| panic!("{parameter} is a count"))
    }

    /// p_1..p_L.
    pub fn dropconnect(&self) -> impl Iterator<Item = Decimal> {
        (1..self.widths.len())
            .map(|layer| self.number(Parameter::Dropconnect(layer)).expect("a share is a number"))
    }

    /// # Panics
    /// If the network has no such layer.
    pub fn value(&self, parameter: Parameter) -> &AxisValue {
        let found = self.values.iter().find(|(name, _)| *name == parameter);
        &found.unwrap_or_else(|| panic!("{parameter} of {} layers", self.widths.len())).1
    }

    /// The canonical text, such as `widths=50-50-50-1 task=teacher teacher=signs … dropconnect=0,0,0`.
    pub(crate) fn content(&self) -> String {
        let mut content = format!("widths={}", joined(&self.widths, "-"));
        for (parameter, value) in self.told() {
            match value {
                _ if matches!(parameter, Parameter::Dropconnect(_)) => {}
                AxisValue::Task(task) => content += &format!(" {parameter}={}", task.content()),
                _ => content += &format!(" {parameter}={value}"),
            }
        }
        let dropconnect: Vec<String> = self.dropconnect().map(decimal::to_text).collect();
        format!("{content} dropconnect={}", dropconnect.join(","))
    }

    /// What a trial's numbers are keyed by beside the seed and the sample: teacher, patterns, start and order of the
    /// batches are the same whatever the rest is.
    pub(crate) fn trial_content(&self) -> String {
        format!("widths={} task={}", joined(&self.widths, "-"), self.task().content())
    }

    /// As rows have it.
    pub(crate) fn parameters(&self) -> TrainingParameters {
        let told = self.told().map(|(parameter, value)| (parameter.to_string(), told(value)));
        TrainingParameters(told.collect())
    }

    /// The parameters that have a meaning here.
    fn told(&self) -> impl Iterator<Item = (Parameter, &AxisValue)> {
        let is_taught = self.task().patterns().is_none();
        let told = self.values.iter().map(|(parameter, value)| (*parameter, value));
        told.filter(move |(parameter, _)| is_taught || !parameter.is_of_teacher())
    }
}

/// Equal if their contents are.
impl PartialEq for Training {
    fn eq(&self, other: &Self) -> bool {
        self.content() == other.content()
    }
}

fn told(value: &AxisValue) -> Value {
    match value {
        AxisValue::Number(number) => match i64::try_from(*number) {
            Ok(whole) if number.is_integer() => whole.into(),
            _ => decimal::to_f64(*number).into(),
        },
        AxisValue::Word("true") => true.into(),
        AxisValue::Word("false") => false.into(),
        value => value.to_string().into(),
    }
}

/// The parameters of a training as rows have them, by name: words, numbers and flags.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrainingParameters(Map<String, Value>);

impl TrainingParameters {
    /// From an object in JSON.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).map(Self)
    }

    /// An object in JSON.
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// The text of a parameter, if the network has it.
    pub fn text(&self, parameter: Parameter) -> Option<String> {
        Some(match self.0.get(&parameter.to_string())? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// The number, if it is one.
    pub fn number(&self, parameter: Parameter) -> Option<Decimal> {
        let number = self.0.get(&parameter.to_string()).filter(|value| value.is_number())?;
        decimal::parse(&number.to_string()).ok()
    }
}

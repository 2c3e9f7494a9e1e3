//! A training: what is learnt, by which network, and how. Each of its parameters is an axis of a grid.

use crate::axis::{AxisValue, joined};
use crate::decimal;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use tasks::Patterns;

/// Most units in a layer, and patterns.
pub(crate) const MAX_UNITS: i64 = 4096;
const MAX_PATTERNS: i64 = 1 << 20;

/// A parameter of a training, the order being that of the axes of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Parameter {
    /// What is learnt: the labels that a teacher gives to random patterns, digits, or the user's own patterns.
    Task,
    /// The teacher's weights.
    Teacher,
    /// How the teacher's output becomes a label.
    Labels,
    /// P: patterns that are learnt.
    Patterns,
    /// Patterns that are not.
    TestPatterns,
    /// The weights' scale at the start; a number is their standard deviation.
    Initialisation,
    /// Whether units have biases.
    Biases,
    /// What the weights may be.
    Synapses,
    /// What is made small.
    Loss,
    /// How.
    Optimiser,
    /// The optimiser's step.
    LearningRate,
    /// Patterns of one step; as many as there are, or more, for all of them.
    Batch,
    /// p_l: the share of the connections of weight layer l, from 1, that each step leaves out.
    Dropconnect(usize),
}

/// What the values of a parameter may be.
pub(crate) enum Kind {
    /// A task.
    Task,
    /// One of these.
    Words(&'static [&'static str]),
    /// One of these, or a positive number.
    WordsOrNumber(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Count(i64, i64),
    /// A positive number, at most this.
    Positive(i64),
    /// A share below 1.
    Share,
}

impl Parameter {
    /// All parameters of networks of `depth` weight layers, in order.
    pub fn all(depth: usize) -> impl Iterator<Item = Parameter> {
        use Parameter::*;
        [Task, Teacher, Labels, Patterns, TestPatterns, Initialisation, Biases, Synapses, Loss, Optimiser]
            .into_iter()
            .chain([LearningRate, Batch])
            .chain((1..=depth).map(Dropconnect))
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Parameter::Task => Kind::Task,
            Parameter::Teacher => Kind::Words(&["signs", "gaussian"]),
            Parameter::Labels => Kind::Words(&["sign", "centred"]),
            Parameter::Patterns | Parameter::TestPatterns | Parameter::Batch => Kind::Count(1, MAX_PATTERNS),
            Parameter::Initialisation => Kind::WordsOrNumber(&["he", "glorot", "lecun"]),
            Parameter::Biases => Kind::Flag,
            Parameter::Synapses => Kind::Words(&["real", "signs"]),
            Parameter::Loss => Kind::Words(&["absolute", "hinge", "squared", "cross_entropy"]),
            Parameter::Optimiser => Kind::Words(&["adam", "sgd"]),
            Parameter::LearningRate => Kind::Positive(1000),
            Parameter::Dropconnect(_) => Kind::Share,
        }
    }

    /// The value where a spec does not mention it: that of the experiment with which the paper's ρ_1 and ρ_2 were
    /// measured, as far as it tells. None for the task.
    pub(crate) fn default_value(self) -> Option<AxisValue> {
        let number = |number: i64| AxisValue::Number(Decimal::new(number, 0));
        Some(match self {
            Parameter::Task => return None,
            Parameter::Teacher => AxisValue::Word("signs"),
            Parameter::Labels => AxisValue::Word("sign"),
            Parameter::Patterns => number(1000),
            Parameter::TestPatterns => number(500),
            Parameter::Initialisation => AxisValue::Word("he"),
            Parameter::Biases => AxisValue::Word("false"),
            Parameter::Synapses => AxisValue::Word("real"),
            Parameter::Loss => AxisValue::Word("absolute"),
            Parameter::Optimiser => AxisValue::Word("adam"),
            Parameter::LearningRate => AxisValue::Number(Decimal::new(1, 2)),
            Parameter::Batch => number(50),
            Parameter::Dropconnect(_) => number(0),
        })
    }

    /// Whether it says how a teacher teaches, which only that task has.
    pub(crate) fn is_of_teacher(self) -> bool {
        matches!(self, Parameter::Teacher | Parameter::Labels)
    }

    /// The name in figures.
    pub fn words(self) -> &'static str {
        match self {
            Parameter::Task => "task",
            Parameter::Teacher => "teacher",
            Parameter::Labels => "labels",
            Parameter::Patterns => "patterns",
            Parameter::TestPatterns => "test patterns",
            Parameter::Initialisation => "initialisation",
            Parameter::Biases => "biases",
            Parameter::Synapses => "synapses",
            Parameter::Loss => "loss",
            Parameter::Optimiser => "optimiser",
            Parameter::LearningRate => "learning rate",
            Parameter::Batch => "batch",
            Parameter::Dropconnect(_) => "DropConnect",
        }
    }

    /// A value of it in figures: `learning rate = 0.01`, `adam`, `1000 patterns`.
    pub fn equation(self, value: &str) -> String {
        match self {
            Parameter::Task | Parameter::Labels => format!("{} {value}", self.words()),
            Parameter::Teacher => format!("teacher of {value}"),
            Parameter::Optimiser => if value == "adam" { "Adam" } else { "SGD" }.to_owned(),
            Parameter::Patterns | Parameter::TestPatterns => format!("{value} {}", self.words()),
            Parameter::Loss => format!("{} loss", value.replace('_', " ")),
            Parameter::Initialisation => match value {
                "he" => "He start".to_owned(),
                "glorot" => "Glorot start".to_owned(),
                "lecun" => "LeCun start".to_owned(),
                deviation => format!("normal start of s.d. {deviation}"),
            },
            Parameter::Synapses => format!("{value} weights"),
            Parameter::Dropconnect(layer) => format!("DropConnect {value} in layer {layer}"),
            Parameter::Biases | Parameter::LearningRate | Parameter::Batch => {
                format!("{} = {value}", self.words())
            }
        }
    }

    /// Whether its values are numbers alone.
    pub fn is_numeric(self) -> bool {
        matches!(self.kind(), Kind::Count(..) | Kind::Positive(_) | Kind::Share)
    }
}

/// The name in specs, SQL, JSON and CSV.
impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Parameter::Task => "task",
            Parameter::Teacher => "teacher",
            Parameter::Labels => "labels",
            Parameter::Patterns => "patterns",
            Parameter::TestPatterns => "test_patterns",
            Parameter::Initialisation => "initialisation",
            Parameter::Biases => "biases",
            Parameter::Synapses => "synapses",
            Parameter::Loss => "loss",
            Parameter::Optimiser => "optimiser",
            Parameter::LearningRate => "learning_rate",
            Parameter::Batch => "batch",
            Parameter::Dropconnect(l) => return write!(f, "dropconnect_{l}"),
        })
    }
}

/// What is learnt.
#[derive(Debug)]
pub struct Task {
    name: String,
    content: String,
    source: TaskSource,
}

#[derive(Debug)]
enum TaskSource {
    Teacher,
    Digits,
    Own(Patterns),
}

/// Equal if their contents are.
impl PartialEq for Task {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Eq for Task {}

impl Task {
    /// One of those that need no file.
    pub(crate) fn built_in(name: &str) -> Option<Self> {
        let source = match name {
            "teacher" => TaskSource::Teacher,
            "digits" => TaskSource::Digits,
            _ => return None,
        };
        Some(Self { name: name.to_owned(), content: name.to_owned(), source })
    }

    /// The user's patterns, from the text of their file.
    pub(crate) fn own(name: &str, text: &str) -> Result<Self, tasks::TaskError> {
        let patterns = tasks::parse_csv(text)?;
        let content = format!("sha256:{}", hex::encode(Sha256::digest(text.as_bytes())));
        Ok(Self { name: name.to_owned(), content, source: TaskSource::Own(patterns) })
    }

    /// `teacher`, `digits` or the file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is known by wherever it stands: of the user's patterns the digest of their text.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The patterns to draw from; none where a teacher gives labels to random ones.
    pub fn patterns(&self) -> Option<&Patterns> {
        match &self.source {
            TaskSource::Teacher => None,
            TaskSource::Digits => Some(tasks::digits()),
            TaskSource::Own(patterns) => Some(patterns),
        }
    }
}

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

//! The parameters of a training, each of which is an axis of a grid.

use rust_decimal::Decimal;
use std::fmt;

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

/// The value of a parameter that a spec does not mention.
pub(crate) enum Preset {
    Word(&'static str),
    Number(Decimal),
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
    pub(crate) fn preset(self) -> Option<Preset> {
        let number = |number: i64| Preset::Number(Decimal::new(number, 0));
        Some(match self {
            Parameter::Task => return None,
            Parameter::Teacher => Preset::Word("signs"),
            Parameter::Labels => Preset::Word("sign"),
            Parameter::Patterns => number(1000),
            Parameter::TestPatterns => number(500),
            Parameter::Initialisation => Preset::Word("he"),
            Parameter::Biases => Preset::Word("false"),
            Parameter::Synapses => Preset::Word("real"),
            Parameter::Loss => Preset::Word("absolute"),
            Parameter::Optimiser => Preset::Word("adam"),
            Parameter::LearningRate => Preset::Number(Decimal::new(1, 2)),
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

//! An axis: a name, and in a grid its values.

use crate::brought::Brought;
use crate::decimal;
use crate::parameter::{self, Kind, Parameter, Preset};
use crate::range::{self, MAX_VALUES, RangeError};
use crate::reader::{Node, Span, SpecError, Table, meant};
use crate::task::Task;
use model::{Couplings, Ensemble, Network};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// Largest number of units in a layer.
const MAX_WIDTH: i64 = 1_000_000;

/// What an axis varies, from the spec to the figure. The order is that of the axes of a grid: the last varies fastest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AxisName {
    /// n_0..n_L.
    Widths,
    /// Which choices paths share.
    Ensemble,
    /// How signs are drawn.
    Couplings,
    /// ρ_l of hidden layer l, from 1.
    Activation(usize),
    /// p_l of weight layer l, from 1.
    Dilution(usize),
    /// β, which no grid has: every cell has the whole ladder.
    Beta,
    /// n_l of layer l, from 0: what figures draw where a grid varies the widths together.
    Width(usize),
    /// The instance that the user brought, or the group of them: beside it there is only dilution.
    Instance,
    /// A parameter of a training: in a grid of them there are only these beside the widths.
    Training(Parameter),
}

impl AxisName {
    /// All axes of grids of networks of up to `depth` weight layers, in order.
    pub fn all(depth: usize) -> impl Iterator<Item = AxisName> {
        [AxisName::Widths, AxisName::Ensemble, AxisName::Couplings]
            .into_iter()
            .chain((1..depth).map(AxisName::Activation))
            .chain((1..=depth).map(AxisName::Dilution))
    }

    /// The value of an axis that a spec does not mention: branching, input, activation 1, dilution 0. None for widths,
    /// which have to be given, and for what is no axis of a grid.
    pub fn default_value(self) -> Option<AxisValue> {
        match self {
            AxisName::Widths | AxisName::Beta | AxisName::Width(_) | AxisName::Instance => None,
            AxisName::Ensemble => Some(AxisValue::Ensemble(Ensemble::Branching)),
            AxisName::Couplings => Some(AxisValue::Couplings(Couplings::Input)),
            AxisName::Activation(_) => Some(AxisValue::Number(Decimal::ONE)),
            AxisName::Dilution(_) => Some(AxisValue::Number(Decimal::ZERO)),
            AxisName::Training(parameter) => parameter.preset().map(|preset| match preset {
                Preset::Word(word) => AxisValue::Word(word),
                Preset::Number(number) => AxisValue::Number(number),
            }),
        }
    }
}

/// The name in specs, SQL, JSON and CSV.
impl fmt::Display for AxisName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AxisName::Widths => f.write_str("widths"),
            AxisName::Ensemble => f.write_str("ensemble"),
            AxisName::Couplings => f.write_str("couplings"),
            AxisName::Activation(l) => write!(f, "activation_{l}"),
            AxisName::Dilution(l) => write!(f, "dilution_{l}"),
            AxisName::Beta => f.write_str("beta"),
            AxisName::Width(l) => write!(f, "n_{l}"),
            AxisName::Instance => f.write_str("instance"),
            AxisName::Training(parameter) => parameter.fmt(f),
        }
    }
}

/// A text that names no axis along which transitions are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchAxis;

/// The axis of numbers that goes by this name: β, an activation or a dilution.
impl FromStr for AxisName {
    type Err = NoSuchAxis;

    fn from_str(name: &str) -> Result<Self, NoSuchAxis> {
        let (family, layer) = name.rsplit_once('_').unwrap_or((name, ""));
        let layer = layer.parse().ok().filter(|&layer: &usize| layer >= 1);
        match (family, layer) {
            ("beta", None) => Ok(AxisName::Beta),
            ("dilution", Some(layer)) => Ok(AxisName::Dilution(layer)),
            ("activation", Some(layer)) => Ok(AxisName::Activation(layer)),
            _ => Err(NoSuchAxis),
        }
    }
}

/// One value on an axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AxisValue {
    /// Of [`AxisName::Widths`].
    Widths(Network),
    /// Of [`AxisName::Ensemble`].
    Ensemble(Ensemble),
    /// Of [`AxisName::Couplings`].
    Couplings(Couplings),
    /// A probability in [0, 1], of [`AxisName::Activation`] or [`AxisName::Dilution`].
    Number(Decimal),
    /// Of [`AxisName::Instance`].
    Brought(Arc<Brought>),
    /// Of [`AxisName::Widths`] in a grid of trainings, whose networks may have several outputs.
    Layers(Arc<[u32]>),
    /// Of [`Parameter::Task`].
    Task(Arc<Task>),
    /// Of other parameters of a training.
    Word(&'static str),
}

/// Values of one axis are in their natural order; the order between kinds only serves sorting.
impl Ord for AxisValue {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |value: &AxisValue| match value {
            AxisValue::Widths(_) => 0,
            AxisValue::Ensemble(_) => 1,
            AxisValue::Couplings(_) => 2,
            AxisValue::Number(_) => 3,
            AxisValue::Brought(_) => 4,
            AxisValue::Layers(_) => 5,
            AxisValue::Task(_) => 6,
            AxisValue::Word(_) => 7,
        };
        match (self, other) {
            (AxisValue::Widths(a), AxisValue::Widths(b)) => a.widths().cmp(b.widths()),
            (AxisValue::Ensemble(a), AxisValue::Ensemble(b)) => a.name().cmp(b.name()),
            (AxisValue::Couplings(a), AxisValue::Couplings(b)) => a.name().cmp(b.name()),
            (AxisValue::Number(a), AxisValue::Number(b)) => a.cmp(b),
            (AxisValue::Brought(a), AxisValue::Brought(b)) => a.cmp(b),
            (AxisValue::Layers(a), AxisValue::Layers(b)) => a.cmp(b),
            (AxisValue::Task(a), AxisValue::Task(b)) => a.content().cmp(b.content()),
            (AxisValue::Word(a), AxisValue::Word(b)) => a.cmp(b),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for AxisValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The canonical text, as in a cell's content.
impl fmt::Display for AxisValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AxisValue::Widths(network) => f.write_str(&joined(network.widths(), "-")),
            AxisValue::Ensemble(ensemble) => f.write_str(ensemble.name()),
            AxisValue::Couplings(couplings) => f.write_str(couplings.name()),
            AxisValue::Number(value) => f.write_str(&decimal::to_text(*value)),
            AxisValue::Brought(brought) => f.write_str(brought.name()),
            AxisValue::Layers(widths) => f.write_str(&joined(widths, "-")),
            AxisValue::Task(task) => f.write_str(task.name()),
            AxisValue::Word(word) => f.write_str(word),
        }
    }
}

/// Displayed values with `separator` between them.
pub(crate) fn joined<T: fmt::Display>(values: &[T], separator: &str) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(separator)
}

/// A name and its values, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// What varies.
    pub name: AxisName,
    /// Its values in the order of the spec; repeated only on an axis that is zipped with another.
    pub values: Vec<AxisValue>,
}

/// An axis as it was read: each value with its place.
pub(crate) struct ReadAxis {
    pub(crate) name: AxisName,
    pub(crate) values: Vec<(AxisValue, Span)>,
    /// Whether the spec mentions it; if not, it took its default.
    pub(crate) written: bool,
}

/// Reads an axis from `[grid]`, or takes its default.
pub(crate) fn read(grid: &Table<'_>, name: AxisName) -> Result<ReadAxis, SpecError> {
    let key = name.to_string();
    let node = match name.default_value() {
        None => grid.need(&key, "the layers' widths n_0..n_L, such as [40, 40, 40, 1]")?,
        Some(default) => match grid.get(&key) {
            Some(node) => node,
            None => return Ok(ReadAxis { name, values: vec![(default, 0..0)], written: false }),
        },
    };
    let values = match name {
        AxisName::Widths => read_widths(&node, network)?,
        AxisName::Training(parameter) => read_parameter(&node, parameter)?,
        AxisName::Ensemble => read_names(&node, &Ensemble::ALL.map(|e| (e.name(), AxisValue::Ensemble(e))))?,
        AxisName::Couplings => {
            read_names(&node, &Couplings::ALL.map(|c| (c.name(), AxisValue::Couplings(c))))?
        }
        _ => {
            let numbers = read_numbers(&node, Bounds { low: 0, high: 1, name: "a probability" })?;
            refuse_same_doubles(&node, &numbers)?;
            numbers.into_iter().map(|(value, at)| (AxisValue::Number(value), at)).collect()
        }
    };
    Ok(ReadAxis { name, values, written: true })
}

/// Two decimals that are one double would make two cells of one ensemble.
fn refuse_same_doubles(node: &Node<'_>, numbers: &[(Decimal, Span)]) -> Result<(), SpecError> {
    let mut sorted: Vec<&(Decimal, Span)> = numbers.iter().collect();
    sorted.sort_by_key(|(value, at)| (*value, at.start));
    let are_one = |a: Decimal, b: Decimal| a != b && decimal::to_f64(a) == decimal::to_f64(b);
    match sorted.windows(2).find(|pair| are_one(pair[0].0, pair[1].0)) {
        Some(pair) => {
            let [one, other] = [pair[0], pair[1]].map(|value| decimal::to_text(value.0));
            let text =
                format_args!("holds {one} and {other}, which are one number to whatever computes with them");
            Err(node.error_at(&pair[1].1, format_args!("{} {text}", node.name())))
        }
        None => Ok(()),
    }
}

const WIDTHS: &str = "a list of widths such as [40, 40, 40, 1], or a list of such lists";

/// A list of widths, or a list of such lists; `check` says what widths must be.
fn read_widths(node: &Node<'_>, check: CheckWidths) -> Result<Vec<(AxisValue, Span)>, SpecError> {
    let elements = node.list(WIDTHS)?;
    let read_one = |node: &Node<'_>, widths: &[Node<'_>]| {
        let width = |n: &Node<'_>| n.integer(0..=MAX_WIDTH).map(|n| n as u32);
        let widths = widths.iter().map(width).collect::<Result<Vec<u32>, _>>()?;
        let value = check(widths).map_err(|error| node.error(format_args!("are wrong: {error}")))?;
        Ok((value, node.at()))
    };
    if elements.iter().all(|element| !element.is_list()) {
        return Ok(vec![read_one(node, &elements)?]);
    }
    elements.iter().map(|element| read_one(element, &element.list(WIDTHS)?)).collect()
}

/// Widths of a network of the model's, or why they are none.
type CheckWidths = fn(Vec<u32>) -> Result<AxisValue, String>;

fn network(widths: Vec<u32>) -> Result<AxisValue, String> {
    Network::new(widths).map(AxisValue::Widths).map_err(|error| error.to_string())
}

/// The widths of networks that are trained.
pub(crate) fn read_layers(node: &Node<'_>) -> Result<ReadAxis, SpecError> {
    let layers = |widths: Vec<u32>| {
        let most = parameter::MAX_UNITS as u32;
        match (widths.len(), widths.iter().find(|&&width| !(1..=most).contains(&width))) {
            (0..=2, _) => Err("a network that is trained has at least one hidden layer".to_owned()),
            (length, _) if length > Network::MAX_DEPTH + 1 => {
                Err(format!("at most {} weight layers are supported", Network::MAX_DEPTH))
            }
            (_, Some(width)) => Err(format!("a layer has 1 to {most} units; got {width}")),
            (_, None) => Ok(AxisValue::Layers(widths.into())),
        }
    };
    Ok(ReadAxis { name: AxisName::Widths, values: read_widths(node, layers)?, written: true })
}

/// The values of a parameter other than the task.
fn read_parameter(node: &Node<'_>, parameter: Parameter) -> Result<Vec<(AxisValue, Span)>, SpecError> {
    let words = |words: &[&'static str]| -> Vec<(&str, AxisValue)> {
        words.iter().map(|&word| (word, AxisValue::Word(word))).collect()
    };
    match parameter.kind() {
        Kind::Task => unreachable!("a task is read with its files"),
        Kind::Words(known) => read_names(node, &words(known)),
        Kind::Flag => {
            let elements = if node.is_list() { node.list(FLAGS)? } else { vec![node.clone()] };
            let word = |element: &Node<'_>| Ok(if element.flag()? { "true" } else { "false" });
            elements.iter().map(|element| Ok((AxisValue::Word(word(element)?), element.at()))).collect()
        }
        Kind::WordsOrNumber(known) => {
            let elements = if node.is_list() { node.list("words or numbers")? } else { vec![node.clone()] };
            let read = |element: &Node<'_>| {
                if element.is_number() {
                    read_positive(element, 1000)
                } else {
                    read_names(element, &words(known))
                }
            };
            Ok(elements.iter().map(read).collect::<Result<Vec<_>, _>>()?.concat())
        }
        Kind::Count(low, high) => {
            let numbers = read_numbers(node, Bounds { low, high, name: "a number" })?;
            let whole = |(value, at): (Decimal, Span)| match value.is_integer() {
                true => Ok((AxisValue::Number(value), at)),
                false => {
                    let value = decimal::to_text(value);
                    Err(node.error_at(
                        &at,
                        format_args!("{parameter} holds {value}, which is not a whole number"),
                    ))
                }
            };
            numbers.into_iter().map(whole).collect()
        }
        Kind::Positive(high) => read_positive(node, high),
        Kind::Share => {
            let numbers = read_numbers(node, Bounds { low: 0, high: 1, name: "a probability" })?;
            refuse_same_doubles(node, &numbers)?;
            if let Some((_, at)) = numbers.iter().find(|(value, _)| *value == Decimal::ONE) {
                let reason = format_args!("{parameter} holds 1: with no connection left nothing is learnt");
                return Err(node.error_at(at, reason));
            }
            Ok(numbers.into_iter().map(|(value, at)| (AxisValue::Number(value), at)).collect())
        }
    }
}

const FLAGS: &str = "true or false, or a list of them";

/// Numbers above 0.
fn read_positive(node: &Node<'_>, high: i64) -> Result<Vec<(AxisValue, Span)>, SpecError> {
    let numbers = read_numbers(node, Bounds { low: 0, high, name: "a number" })?;
    refuse_same_doubles(node, &numbers)?;
    if let Some((_, at)) = numbers.iter().find(|(value, _)| value.is_zero()) {
        return Err(node.error_at(at, format_args!("{} holds 0; it must be above 0", node.name())));
    }
    Ok(numbers.into_iter().map(|(value, at)| (AxisValue::Number(value), at)).collect())
}

/// A name or a list of names.
fn read_names(node: &Node<'_>, known: &[(&str, AxisValue)]) -> Result<Vec<(AxisValue, Span)>, SpecError> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let of = format!("one of {}, or a list of them", names.join(", "));
    let elements = if node.is_list() { node.list(&of)? } else { vec![node.clone()] };
    let read_one = |element: &Node<'_>| {
        let name = element.string()?;
        let found = known.iter().find(|(known, _)| *known == name);
        let (_, value) =
            found.ok_or_else(|| element.error(format_args!("is {name:?}{}", meant(name, &names))))?;
        Ok((value.clone(), element.at()))
    };
    elements.iter().map(read_one).collect()
}

/// What the values of an axis must be.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// Such as `a probability`.
    pub(crate) name: &'static str,
}

impl Bounds {
    /// β that the solvers support.
    pub(crate) const INVERSE_TEMPERATURE: Bounds =
        Bounds { low: 0, high: model::MAX_BETA as i64, name: "an inverse temperature" };

    fn check(self, node: &Node<'_>) -> Result<Decimal, SpecError> {
        let value = node.number()?;
        if (Decimal::from(self.low)..=Decimal::from(self.high)).contains(&value) {
            return Ok(value);
        }
        let Bounds { low, high, name } = self;
        Err(node
            .error(format_args!("holds {}, which is not {name} in [{low}, {high}]", decimal::to_text(value))))
    }
}

const NUMBERS: &str = "a number, a list of numbers, or a range such as { from = 0, to = 0.9, step = 0.1 } or { from = 0.1, to = 10, count = 9, scale = \"log\" }";

/// A number, a list of numbers, or a range: at least one, each within `bounds`, with its place.
pub(crate) fn read_numbers(node: &Node<'_>, bounds: Bounds) -> Result<Vec<(Decimal, Span)>, SpecError> {
    if node.is_number() {
        return Ok(vec![(bounds.check(node)?, node.at())]);
    }
    if node.is_table() {
        let points = read_range(node, bounds)?;
        return Ok(points.into_iter().map(|point| (point, node.at())).collect());
    }
    let elements = node.list(NUMBERS)?;
    if elements.len() > MAX_VALUES {
        return Err(node.error(RangeErrorIn("list", RangeError::TooMany(elements.len().to_string()))));
    }
    elements.iter().map(|element| Ok((bounds.check(element)?, element.at()))).collect()
}

struct RangeErrorIn(&'static str, RangeError);

impl fmt::Display for RangeErrorIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is a {} that cannot be used: {}", self.0, self.1)
    }
}

fn read_range(node: &Node<'_>, bounds: Bounds) -> Result<Vec<Decimal>, SpecError> {
    let table = node.table()?;
    table.refuse_unknown(&["from", "to", "step", "count", "scale"])?;
    let end = |key: &str| match table.get(key) {
        Some(end) => bounds.check(&end.named(node.name())),
        None => Err(node.error(format_args!("is a range without {key:?}; it must be {NUMBERS}"))),
    };
    let (from, to) = (end("from")?, end("to")?);
    let logarithmic = match table.get("scale") {
        None => false,
        Some(scale) => match scale.string()? {
            "linear" => false,
            "log" => true,
            other => return Err(scale.error(format_args!("is {other:?}; it must be \"linear\" or \"log\""))),
        },
    };
    let points = match (table.get("step"), table.get("count")) {
        (Some(step), None) if !logarithmic => range::stepped(from, to, step.number()?),
        (Some(step), None) => return Err(step.error("does not go with scale = \"log\"; give count instead")),
        (None, Some(count)) if logarithmic => {
            range::logarithmic(from, to, count.integer(i64::MIN..=i64::MAX)?)
        }
        (None, Some(count)) => range::linear(from, to, count.integer(i64::MIN..=i64::MAX)?),
        (Some(_), Some(_)) => return Err(node.error("has both step and count; a range takes one of them")),
        (None, None) => return Err(node.error("has neither step nor count; a range takes one of them")),
    };
    points.map_err(|error| node.error(RangeErrorIn("range", error)))
}

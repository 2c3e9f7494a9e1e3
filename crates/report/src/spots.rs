//! Points of trainings, and what tells them apart.

use crate::axis::{Shown, Value};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use sweep::CellParameters;
use sweep::axis::AxisName;
use sweep::measurement::PhasePoint;
use sweep::training::Parameter;

/// What may tell two points apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// An axis of the grid.
    Axis(AxisName),
    /// Passes through the patterns.
    Epoch,
    /// The share of connections that were removed.
    Removed,
    /// A layer.
    Layer,
    /// The method's name.
    Method,
    /// Which of several quantities.
    Quantity,
}

/// A mean over trials.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) cell: PhasePoint,
    pub(crate) method: String,
    pub(crate) epoch: i32,
    pub(crate) layer: Option<i32>,
    pub(crate) removed: Option<f64>,
    pub(crate) quantity: &'static str,
    pub(crate) samples: i64,
    pub(crate) value: f64,
    pub(crate) error: Option<f64>,
}

impl Spot {
    /// One of a cell, of whose places nothing is said yet.
    pub(crate) fn of(cell: &CellParameters, method: &str, epoch: i32, samples: i64) -> Self {
        Self {
            cell: PhasePoint { parameters: cell.clone(), ..PhasePoint::default() },
            method: method.to_owned(),
            epoch,
            layer: None,
            removed: None,
            quantity: "",
            samples,
            value: f64::NAN,
            error: None,
        }
    }

    /// Where it lies.
    pub(crate) fn at(&self, key: Key) -> Value {
        match key {
            Key::Axis(axis) => axis.value(&self.cell),
            Key::Epoch => Value::Number(self.epoch.into()),
            Key::Removed => self
                .removed
                .and_then(Decimal::from_f64_retain)
                .map_or(Value::Absent, |removed| Value::Number(removed.round_dp(9).normalize())),
            Key::Layer => self.layer.map_or(Value::Absent, |layer| Value::Number(layer.into())),
            Key::Method => Value::Text(self.method.clone()),
            Key::Quantity => Value::Text(self.quantity.to_owned()),
        }
    }
}

impl Key {
    /// All, those that make the better horizontal axes first.
    pub(crate) fn all() -> Vec<Key> {
        let trained = Parameter::all(model::Network::MAX_DEPTH).map(AxisName::Training);
        let axes = [AxisName::Widths].into_iter().chain(trained).map(Key::Axis);
        axes.chain([Key::Epoch, Key::Removed, Key::Layer, Key::Method, Key::Quantity]).collect()
    }

    /// Whether its values are numbers alone.
    pub(crate) fn is_numeric(self) -> bool {
        match self {
            Key::Axis(axis) => axis.is_numeric(),
            Key::Epoch | Key::Removed => true,
            Key::Layer | Key::Method | Key::Quantity => false,
        }
    }

    /// What stands at its axis.
    pub(crate) fn label(self, spots: &[&Spot]) -> String {
        match self {
            Key::Axis(AxisName::Training(Parameter::Dropconnect(_))) => {
                let like = |layer: &usize| {
                    let other = Key::Axis(AxisName::Training(Parameter::Dropconnect(*layer)));
                    spots.iter().all(|spot| spot.at(other) == spot.at(self))
                };
                let layers: Vec<String> =
                    (1..=model::Network::MAX_DEPTH).filter(like).map(|l| l.to_string()).collect();
                format!("DropConnect in training, layers {}", layers.join(", "))
            }
            Key::Axis(axis) => axis.words().to_owned(),
            Key::Epoch => "epochs".to_owned(),
            Key::Removed => "share of connections removed".to_owned(),
            Key::Layer => "layer".to_owned(),
            Key::Method => "method".to_owned(),
            Key::Quantity => String::new(),
        }
    }

    /// A value in words.
    pub(crate) fn equation(self, value: &Value) -> String {
        match (self, value) {
            (Key::Axis(axis), _) => axis.equation(value),
            (Key::Epoch, _) => format!("after {value} epochs"),
            (Key::Removed, _) => format!("{value} removed"),
            (Key::Layer, Value::Absent) => "all layers".to_owned(),
            (Key::Layer, _) => format!("layer {value}"),
            (Key::Method | Key::Quantity, _) => value.to_string(),
        }
    }
}

/// The values that spots take, sorted.
pub(crate) fn values(key: Key, spots: &[&Spot]) -> BTreeSet<Value> {
    spots.iter().map(|spot| spot.at(key)).collect()
}

/// The keys that tell spots apart beside `chosen`: those that vary where all before them are the same.
pub(crate) fn further(chosen: &[Key], spots: &[&Spot]) -> Vec<Key> {
    let mut told: Vec<Key> = chosen.to_vec();
    let mut further = Vec::new();
    for key in Key::all() {
        let varies = groups(&told, spots).values().any(|group| values(key, group).len() > 1);
        if varies && !told.contains(&key) {
            told.push(key);
            further.push(key);
        }
    }
    further
}

/// Spots that are at the same place of all these keys.
pub(crate) fn groups<'s>(keys: &[Key], spots: &[&'s Spot]) -> BTreeMap<Vec<Value>, Vec<&'s Spot>> {
    let mut groups: BTreeMap<Vec<Value>, Vec<&Spot>> = BTreeMap::new();
    for &spot in spots {
        groups.entry(keys.iter().map(|key| spot.at(*key)).collect()).or_default().push(spot);
    }
    groups
}

/// The last epoch of each method.
pub(crate) fn last_epochs<'a>(epochs: impl Iterator<Item = (&'a str, i32)>) -> BTreeMap<&'a str, i32> {
    let mut last = BTreeMap::new();
    for (method, epoch) in epochs {
        let known = last.entry(method).or_insert(epoch);
        *known = epoch.max(*known);
    }
    last
}

/// What all spots have in common, of what is worth saying.
pub(crate) fn constants(spots: &[&Spot]) -> Vec<String> {
    let said = |key: &Key| !matches!(key, Key::Method | Key::Quantity | Key::Layer | Key::Removed);
    let mut notes = Vec::new();
    let mut dropconnect = BTreeSet::new();
    for key in Key::all().into_iter().filter(said) {
        let mut taken = values(key, spots).into_iter();
        let (Some(value), None) = (taken.next(), taken.next()) else { continue };
        match key {
            _ if value == Value::Absent => {}
            Key::Axis(AxisName::Training(Parameter::Dropconnect(_))) => {
                dropconnect.insert(value.to_string());
            }
            Key::Axis(AxisName::Training(Parameter::Biases)) => {
                notes.push(if value.to_string() == "true" { "biases" } else { "no biases" }.to_owned());
            }
            _ => notes.push(key.equation(&value)),
        }
    }
    if let (Some(share), 1) = (dropconnect.first(), dropconnect.len())
        && share != "0"
    {
        notes.push(format!("DropConnect {share}"));
    }
    let samples = (spots.iter().map(|spot| spot.samples).min(), spots.iter().map(|spot| spot.samples).max());
    if let (Some(least), Some(most)) = samples {
        notes.push(if least == most {
            format!("{most} trials")
        } else {
            format!("{least} to {most} trials")
        });
    }
    notes
}

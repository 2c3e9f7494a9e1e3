//! Transitions: the rows that they are found from, and what is found on a line through a grid.

use crate::axis::AxisName;
use crate::decimal;
use crate::measurement::Branch;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Steps of the axis up to this resolve a transition; a coarser grid is said to be coarse.
pub const FINE_STEP: f64 = 0.02;

/// One row of a method with branches, per weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BranchRow {
    /// Which cell.
    pub cell_id: i64,
    /// The disorder sample.
    pub sample: i32,
    /// Inverse temperature.
    pub beta: Decimal,
    /// The start.
    pub branch: Branch,
    /// Where its iteration ended.
    pub end: End,
    /// α = M / n of the instance, where it has paths.
    pub alpha: Option<f64>,
}

/// Where an iteration ended. A sample without a path has nothing that could order: it ends at the paramagnetic point.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum End {
    /// It did not converge: either of the others may be true.
    #[default]
    Unresolved,
    /// At the paramagnetic point, q = 0.
    Disordered(Values),
    /// At an ordered state.
    Ordered(Values),
}

/// Per weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Values {
    /// log Z / n.
    pub log_z: f64,
    /// ⟨H⟩ / n.
    pub energy: f64,
    /// S / n.
    pub entropy: f64,
    /// What the symmetric copies of the state would add to log Z: their number of flips times ln 2 / n (docs/model.md,
    /// fact 3).
    pub symmetry: f64,
}

/// Where something happens on a line, as far as that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Place {
    /// Nowhere.
    #[default]
    None,
    /// Here.
    Found(Estimate),
    /// Beyond an end of the grid, or not clearly within it.
    AtEdge(Between),
    /// Samples that did not converge, or too few that agree, leave it open.
    Unresolved(Between),
}

/// A value with one standard error; a single sample has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The mean over the samples.
    pub value: f64,
    /// From their spread, and from what else is not known.
    pub error: Option<f64>,
    /// The share of the samples' variance that their α explain, where the value is that at the ensemble's mean α: it is
    /// not in the error.
    pub explained: Option<f64>,
}

/// What is known of a place that was not found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Between {
    /// It is not before this.
    pub from: Option<f64>,
    /// It is not beyond this.
    pub to: Option<f64>,
}

impl Place {
    /// The estimate, where there is one.
    pub fn found(self) -> Option<Estimate> {
        match self {
            Place::Found(estimate) => Some(estimate),
            _ => None,
        }
    }

    /// Between what it lies that is at the edge of the grid or unresolved.
    pub fn open(self) -> Option<Between> {
        match self {
            Place::AtEdge(between) | Place::Unresolved(between) => Some(between),
            _ => None,
        }
    }
}

/// A line through a grid: one axis varies, everything else is fixed.
#[derive(Debug, Clone, PartialEq)]
pub struct GridLine {
    /// The method's name.
    pub method: String,
    /// What varies; of axes that advance together the first.
    pub axis: AxisName,
    /// What never varies on a line: see [`CellParameters::structure`](crate::CellParameters::structure).
    pub structure: String,
    /// The other axes that vary in the sweep, and their values here.
    pub fixed: BTreeMap<AxisName, Decimal>,
}

/// What happens along a line: one row of the view `transitions`.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Which line.
    pub line: GridLine,
    /// Where half of the samples have the polarised branch stable (ordered, with the larger raw log Z): BP's
    /// first-order transition, p_c or β_c.
    pub crossing: Place,
    /// The same with what its symmetric copies add to the polarised branch. It mostly stays ahead until it vanishes,
    /// and then there is none.
    pub crossing_with_symmetry: Place,
    /// Where half of the samples have an ordered branch: its spinodal, or where a BP that orders continuously orders.
    pub ordering: Place,
    /// e_paramagnetic − e_polarised, every sample at its own crossing.
    pub latent_heat: Option<Estimate>,
    /// s_paramagnetic − s_polarised, likewise.
    pub entropy_jump: Option<Estimate>,
    /// The distance of the grid points around the crossing, else the ordering, where it was found.
    pub step: Option<f64>,
    /// Disorder samples on the line.
    pub samples: usize,
    /// Those whose part in the crossing or the ordering depends on rows that did not converge.
    pub unresolved_samples: usize,
}

/// Brings transitions into the order in which they are shown: those along dilutions first.
pub fn sort(transitions: &mut [Transition]) {
    fn place(of: &Transition) -> impl Ord {
        let GridLine { method, axis, structure, fixed } = &of.line;
        (!matches!(axis, AxisName::Dilution(_)), axis, method, structure, fixed)
    }
    transitions.sort_by(|one, other| place(one).cmp(&place(other)));
}

impl Transition {
    /// The three places, with their names in SQL, JSON and CSV.
    pub fn places(&self) -> [(&'static str, Place); 3] {
        [
            ("crossing", self.crossing),
            ("crossing_with_symmetry", self.crossing_with_symmetry),
            ("ordering", self.ordering),
        ]
    }

    /// Whether the grid resolves it, where there is something: steps of [`FINE_STEP`] or less.
    pub fn is_resolved(&self) -> Option<bool> {
        // Steps are differences of decimals: allow for their rounding.
        self.step.map(|step| step <= FINE_STEP * (1.0 + 1e-9))
    }

    /// The row, by the columns of SQL.
    pub fn to_json(&self) -> Value {
        let GridLine { method, axis, structure, fixed } = &self.line;
        let fixed = fixed.iter().map(|(axis, value)| (axis.to_string(), decimal::to_text(*value).into()));
        let mut row = json!({
            "method": method, "axis": axis.to_string(), "structure": structure,
            "fixed": fixed.collect::<Map<String, Value>>(),
            "step": self.step, "resolved": self.is_resolved(),
            "samples": self.samples, "unresolved_samples": self.unresolved_samples,
        });
        for (name, jump) in [("latent_heat", self.latent_heat), ("entropy_jump", self.entropy_jump)] {
            row[format!("{name}_per_weight")] = jump.map(|jump| jump.value).into();
            row[format!("{name}_error")] = jump.and_then(|jump| jump.error).into();
        }
        for (name, place) in self.places() {
            let outcome = match place {
                Place::None => "none",
                Place::Found(_) => "found",
                Place::AtEdge(_) => "at_edge",
                Place::Unresolved(_) => "unresolved",
            };
            let (found, between) = (place.found(), place.open());
            row[name] = found.map(|found| found.value).into();
            row[format!("{name}_error")] = found.and_then(|found| found.error).into();
            row[format!("{name}_explained")] = found.and_then(|found| found.explained).into();
            row[format!("{name}_outcome")] = outcome.into();
            row[format!("{name}_from")] = between.and_then(|between| between.from).into();
            row[format!("{name}_to")] = between.and_then(|between| between.to).into();
        }
        row
    }

    /// The row whose columns have these texts, of those that are not null; none if it says what this version does not
    /// know. Texts, because numbers in JSON are not read to the bit.
    pub fn from_columns(column: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let number = |name: &str| column(name)?.parse::<f64>().ok();
        let count = |name: &str| column(name)?.parse::<usize>().ok();
        let estimate = |value: &str, error: &str, explained: &str| {
            Some(Estimate { value: number(value)?, error: number(error), explained: number(explained) })
        };
        let place = |name: &str| {
            let between =
                Between { from: number(&format!("{name}_from")), to: number(&format!("{name}_to")) };
            Some(match column(&format!("{name}_outcome"))?.as_str() {
                "none" => Place::None,
                "found" => {
                    Place::Found(estimate(name, &format!("{name}_error"), &format!("{name}_explained"))?)
                }
                "at_edge" => Place::AtEdge(between),
                "unresolved" => Place::Unresolved(between),
                _ => return None,
            })
        };
        let fixed: BTreeMap<String, String> = serde_json::from_str(&column("fixed")?).ok()?;
        let fixed = fixed.into_iter().map(|(axis, value)| Some((axis.parse().ok()?, value.parse().ok()?)));
        Some(Self {
            line: GridLine {
                method: column("method")?,
                axis: column("axis")?.parse().ok()?,
                structure: column("structure")?,
                fixed: fixed.collect::<Option<_>>()?,
            },
            crossing: place("crossing")?,
            crossing_with_symmetry: place("crossing_with_symmetry")?,
            ordering: place("ordering")?,
            latent_heat: estimate("latent_heat_per_weight", "latent_heat_error", ""),
            entropy_jump: estimate("entropy_jump_per_weight", "entropy_jump_error", ""),
            step: number("step"),
            samples: count("samples")?,
            unresolved_samples: count("unresolved_samples")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_is_read_back_to_the_bit() {
        let transition = Transition {
            line: GridLine {
                method: "bp".to_owned(),
                axis: AxisName::Dilution(2),
                structure: "4-4-1 branching input".to_owned(),
                fixed: [(AxisName::Activation(1), "0.3"), (AxisName::Beta, "0.5")]
                    .map(|(axis, value)| (axis, value.parse().unwrap()))
                    .into(),
            },
            crossing: Place::Found(Estimate {
                value: 0.1 + 0.2,
                error: Some(1.0 / 3.0),
                explained: Some(0.7),
            }),
            crossing_with_symmetry: Place::AtEdge(Between { from: Some(0.98), to: None }),
            ordering: Place::Unresolved(Between { from: Some(0.7), to: Some(1e-300) }),
            latent_heat: Some(Estimate { value: 2.0 / 3.0, error: None, explained: None }),
            entropy_jump: None,
            step: Some(0.02 + 1e-17),
            samples: 12,
            unresolved_samples: 4,
        };
        let mut row = transition.to_json();
        let read = |row: &Value| {
            Transition::from_columns(|name| match &row[name] {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            })
        };
        assert_eq!(read(&row), Some(transition), "{row}");
        row["ordering_outcome"] = "of the future".into();
        assert_eq!(read(&row), None);
    }
}

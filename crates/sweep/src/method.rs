//! A method: a name, a kind and its settings. All that distinguishes the kinds stands here, an arm for each kind in
//! `MethodSettings`' `kind`, `read`, `settings` and `branches`; only their cost is in [`crate::cost`].

use crate::decimal;
use crate::measurement::Branch;
use crate::reader::{Node, SpecError, Table, meant};
use rust_decimal::Decimal;
use std::fmt;

/// Largest `max_configurations` of the exact method, 2^34: about an hour for one instance.
const MAX_CONFIGURATIONS: i64 = 1 << 34;

/// A named entry of a spec's `[methods]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    /// Its name, `[a-z][a-z0-9_-]{0,31}`: what rows are stored under.
    pub name: String,
    /// Its kind and settings.
    pub settings: MethodSettings,
}

/// A kind and its settings.
#[derive(Debug, Clone, PartialEq)]
pub enum MethodSettings {
    /// Belief propagation from both starts.
    Bp {
        /// Largest |Δm| of a converged iteration, in (0, 1e-11].
        tolerance: f64,
        /// Iterations allowed for each start, ≥ 20000.
        max_iterations: u32,
    },
    /// Monte Carlo quenches, each from its own random configuration at the target β.
    Mc {
        /// Independent quenches, 2..=4096.
        runs: u32,
        /// MC sweeps before measuring.
        relax: u32,
        /// MC sweeps measured, ≥ 16.
        measure: u32,
    },
    /// Enumeration of the exact reduction.
    Exact {
        /// Configurations allowed for an instance, in all; beyond, the row says too costly. 1..=2^34.
        max_configurations: u64,
    },
    /// The degree histogram of every instance; knows no β and gives no measurement.
    Degrees,
}

impl Method {
    /// The kind's name.
    pub fn kind(&self) -> &'static str {
        self.settings.kind()
    }

    /// Rows for each β of a unit: one for each branch.
    pub fn rows_per_beta(&self) -> u64 {
        self.branches().len() as u64
    }

    /// The branches measured at each β, in order; `None` where a method has no branches. Empty for a method that knows
    /// no β.
    pub fn branches(&self) -> &'static [Option<Branch>] {
        self.settings.branches()
    }

    /// Whether the method is solved at every β, rather than once for each unit.
    pub fn uses_beta(&self) -> bool {
        !self.branches().is_empty()
    }

    /// The settings by name, with canonical texts, such as `("runs", "4")`.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        self.settings.settings()
    }

    pub(crate) fn read(name: &str, node: &Node<'_>) -> Result<Self, SpecError> {
        let table = node.table()?;
        let settings = match table.get("kind") {
            None if KINDS.contains(&name) => MethodSettings::read(name, &table)?,
            None => {
                let kinds = KINDS.map(|kind| format!("{kind:?}")).join(", ");
                return Err(table.error(format_args!("[methods.{name}] needs a kind: one of {kinds}")));
            }
            Some(kind) => match kind.string()? {
                known if KINDS.contains(&known) => MethodSettings::read(known, &table)?,
                other => return Err(kind.error(format_args!("is {other:?}{}", meant(other, &KINDS)))),
            },
        };
        Ok(Self { name: name.to_owned(), settings })
    }
}

/// The canonical text, such as `mc kind=mc runs=4 relax=500 measure=2000`.
impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} kind={}", self.name, self.kind())?;
        self.settings().iter().try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}

/// The names of all kinds.
pub const KINDS: [&str; 4] = ["bp", "mc", "exact", "degrees"];

impl MethodSettings {
    /// The kind's name, one of [`KINDS`].
    pub fn kind(&self) -> &'static str {
        match self {
            MethodSettings::Bp { .. } => "bp",
            MethodSettings::Mc { .. } => "mc",
            MethodSettings::Exact { .. } => "exact",
            MethodSettings::Degrees => "degrees",
        }
    }

    fn read(kind: &str, table: &Table<'_>) -> Result<Self, SpecError> {
        let integer = |key: &str, default: i64, low: i64, high: i64| match table.get(key) {
            Some(node) => node.integer(low..=high),
            None => Ok(default),
        };
        let count = |key, default, low, high: u32| integer(key, default, low, high.into()).map(|n| n as u32);
        let known: &[&str] = match kind {
            "bp" => &["kind", "tolerance", "max_iterations"],
            "mc" => &["kind", "runs", "relax", "measure"],
            "exact" => &["kind", "max_configurations"],
            _ => &["kind"],
        };
        table.refuse_unknown(known)?;
        Ok(match kind {
            "bp" => MethodSettings::Bp {
                tolerance: read_tolerance(table)?,
                max_iterations: count("max_iterations", 50_000, 20_000, u32::MAX)?,
            },
            "mc" => MethodSettings::Mc {
                runs: count("runs", 4, 2, 4096)?,
                relax: count("relax", 500, 0, 1 << 30)?,
                measure: count("measure", 2000, 16, 1 << 30)?,
            },
            "exact" => MethodSettings::Exact {
                max_configurations: integer("max_configurations", 1 << 24, 1, MAX_CONFIGURATIONS)? as u64,
            },
            _ => MethodSettings::Degrees,
        })
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        match *self {
            MethodSettings::Bp { tolerance, max_iterations } => {
                vec![("tolerance", format!("{tolerance:e}")), ("max_iterations", max_iterations.to_string())]
            }
            MethodSettings::Mc { runs, relax, measure } => {
                vec![
                    ("runs", runs.to_string()),
                    ("relax", relax.to_string()),
                    ("measure", measure.to_string()),
                ]
            }
            MethodSettings::Exact { max_configurations } => {
                vec![("max_configurations", max_configurations.to_string())]
            }
            MethodSettings::Degrees => vec![],
        }
    }

    fn branches(&self) -> &'static [Option<Branch>] {
        match self {
            MethodSettings::Bp { .. } => &[Some(Branch::Paramagnetic), Some(Branch::Polarised)],
            MethodSettings::Mc { .. } | MethodSettings::Exact { .. } => &[None],
            MethodSettings::Degrees => &[],
        }
    }
}

fn read_tolerance(table: &Table<'_>) -> Result<f64, SpecError> {
    let Some(node) = table.get("tolerance") else {
        return Ok(1e-12);
    };
    let tolerance = node.number()?;
    if tolerance <= Decimal::ZERO || tolerance > Decimal::new(1, 11) {
        let text = decimal::to_text(tolerance);
        return Err(node.error(format_args!(
            "is {text}; it must be greater than 0 and at most 1e-11, or iterations near a spinodal stop too early"
        )));
    }
    Ok(decimal::to_f64(tolerance))
}

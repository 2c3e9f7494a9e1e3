//! A method: a name, a kind and its settings. All that distinguishes a kind stands in its file: its settings, their
//! bounds and defaults, its branches, and what it costs. How it is run is in the crate `compute`.

mod anneal;
mod bp;
mod degrees;
mod exact;
mod kind;
mod levels;
mod mc;
mod reading;
mod reduced_mc;
mod removal;
mod replica_exchange;
mod training;

pub use anneal::Anneal;
pub use bp::Bp;
pub use degrees::Degrees;
pub use exact::Exact;
pub use levels::Levels;
pub use mc::Mc;
pub use reduced_mc::ReducedMc;
pub use removal::{Layers, Removal};
pub use replica_exchange::ReplicaExchange;
pub use training::Course;

use crate::measurement::{Branch, TrainingKey};
use crate::reader::{Node, SpecError, Table, meant};
use kind::Kind;
use std::fmt;

/// Memory of one method on one instance, on every thread: 8 GiB. A fixed number, so that a row does not depend on who
/// computed it.
pub const MAX_BYTES: u64 = 8 << 30;

/// A named entry of a spec's `[methods]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Method {
    /// Its name, `[a-z][a-z0-9_-]{0,31}`: what rows are stored under.
    pub name: String,
    /// Its kind and settings.
    pub settings: MethodSettings,
}

/// A kind and its settings, which only a spec can make: they are within their bounds.
#[derive(Debug, Clone, PartialEq)]
pub enum MethodSettings {
    /// Belief propagation from both starts, of the model or of its reduced systems.
    Bp(Bp),
    /// Monte Carlo quenches, each from its own random configuration at the target β.
    Mc(Mc),
    /// Enumeration of the exact reduction.
    Exact(Exact),
    /// Annealing: the energy that cooling from β = 0 at this rate reaches at each β.
    Anneal(Anneal),
    /// Replica exchange over a ladder of the method's own, with log Z and S integrated up from β = 0.
    ReplicaExchange(ReplicaExchange),
    /// Monte Carlo on the reduced two-body systems (three weight layers).
    ReducedMc(ReducedMc),
    /// The degree histogram of every instance.
    Degrees(Degrees),
    /// The energy levels of random configurations and of pairs of them (the paper's Eq. 4).
    Levels(Levels),
    /// Loss, error and activation along a training.
    Training(Course),
    /// The error of a trained network without some of its connections.
    Removal(Removal),
}

impl Method {
    /// The kind's name.
    pub fn kind(&self) -> &'static str {
        self.settings.kind().name()
    }

    /// Rows for each β of a unit: one for each branch.
    pub fn rows_per_beta(&self) -> u64 {
        self.branches().len() as u64
    }

    /// The branches measured at each β, in order; `None` where a method has no branches. Empty for a method that knows
    /// no β.
    pub fn branches(&self) -> &'static [Option<Branch>] {
        self.settings.kind().branches()
    }

    /// Whether the method is solved at every β, rather than once for each unit.
    pub fn uses_beta(&self) -> bool {
        !self.branches().is_empty()
    }

    /// The settings by name, with canonical texts, such as `("runs", "4")`.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        self.settings.kind().settings()
    }

    /// The epochs after which it looks at a network that is trained, increasing; none of a method that looks at
    /// instances.
    pub fn epochs(&self) -> Option<&[u32]> {
        self.settings.kind().epochs()
    }

    /// The rows that it gives of a training of `depth` weight layers, in order; none of a method that looks at
    /// instances.
    pub fn training_rows(&self, depth: usize) -> impl Iterator<Item = TrainingKey> {
        let rows = self.settings.kind().training_rows(depth).into_iter();
        rows.map(|(epoch, layer, removed)| TrainingKey { method: self.name.clone(), epoch, layer, removed })
    }

    pub(crate) fn read(name: &str, node: &Node<'_>) -> Result<Self, SpecError> {
        let table = node.table()?;
        let all_kinds = [&KINDS[..], &KINDS_OF_TRAINING].concat();
        let settings = match table.get("kind") {
            None if all_kinds.contains(&name) => MethodSettings::read(name, &table)?,
            None => {
                let kinds = all_kinds.iter().map(|kind| format!("{kind:?}")).collect::<Vec<_>>().join(", ");
                let hint = meant(name, &all_kinds);
                // Of a name that is like none the list of kinds says all.
                let hint = if hint.contains("did you mean") { hint } else { String::new() };
                return Err(table.error(format_args!("[methods.{name}] needs a kind: one of {kinds}{hint}")));
            }
            Some(kind) => match kind.string()? {
                known if all_kinds.contains(&known) => MethodSettings::read(known, &table)?,
                other => return Err(kind.error(format_args!("is {other:?}{}", meant(other, &all_kinds)))),
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

/// The names of all kinds that solve instances.
pub const KINDS: [&str; 9] =
    ["bp", "mc", "exact", "anneal", "replica_exchange", "bp_reduced", "reduced_mc", "degrees", "levels"];

/// The names of those that look at trained networks.
pub const KINDS_OF_TRAINING: [&str; 2] = ["training", "removal"];

/// Those of them whose rows have branches, on which transitions are found.
pub const KINDS_WITH_BRANCHES: [&str; 2] = ["bp", "bp_reduced"];

impl MethodSettings {
    pub(crate) fn kind(&self) -> &dyn Kind {
        match self {
            MethodSettings::Bp(kind) => kind,
            MethodSettings::Mc(kind) => kind,
            MethodSettings::Exact(kind) => kind,
            MethodSettings::Anneal(kind) => kind,
            MethodSettings::ReplicaExchange(kind) => kind,
            MethodSettings::ReducedMc(kind) => kind,
            MethodSettings::Degrees(kind) => kind,
            MethodSettings::Levels(kind) => kind,
            MethodSettings::Training(kind) => kind,
            MethodSettings::Removal(kind) => kind,
        }
    }

    fn read(kind: &str, table: &Table<'_>) -> Result<Self, SpecError> {
        let settings = match kind {
            "bp" => MethodSettings::Bp(Bp::read(table, false)?),
            "bp_reduced" => MethodSettings::Bp(Bp::read(table, true)?),
            "mc" => MethodSettings::Mc(Mc::read(table)?),
            "exact" => MethodSettings::Exact(Exact::read(table)?),
            "anneal" => MethodSettings::Anneal(Anneal::read(table)?),
            "replica_exchange" => MethodSettings::ReplicaExchange(ReplicaExchange::read(table)?),
            "reduced_mc" => MethodSettings::ReducedMc(ReducedMc::read(table)?),
            "levels" => MethodSettings::Levels(Levels::read(table)?),
            "training" => MethodSettings::Training(Course::read(table)?),
            "removal" => MethodSettings::Removal(Removal::read(table)?),
            _ => MethodSettings::Degrees(Degrees::read(table)?),
        };
        let bytes = settings.kind().series_bytes();
        if bytes > MAX_BYTES {
            let gibibytes = bytes.div_ceil(1 << 30);
            return Err(table.error(format_args!(
                "keeps series of an instance that need {gibibytes} GiB on every thread; at most 8 GiB are supported: ask \
                 for fewer runs, temperatures or MC sweeps"
            )));
        }
        Ok(settings)
    }
}

//! A method: a name, a kind and its settings. All that distinguishes the kinds stands here, an arm for each kind in
//! `MethodSettings`' `kind`, `read`, `settings` and `branches`; only their cost is in [`crate::cost`].

use crate::axis::{self, Bounds};
use crate::decimal;
use crate::measurement::Branch;
use crate::reader::{Node, SpecError, Table, meant};
use rust_decimal::Decimal;
use std::fmt;

/// Largest `max_configurations` of the exact method, 2^34: about an hour for one instance.
const MAX_CONFIGURATIONS: i64 = 1 << 34;

/// Energies that a method may keep of one instance while it measures: 2^29, which are 4 GiB on every thread.
const MAX_ENERGIES: u64 = 1 << 29;

/// More temperatures than anybody exchanges.
const MAX_LADDER: usize = 1000;
/// A schedule of one step from β = 0 is a quench.
const MAX_BETA_STEP: i64 = 100;

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
        /// Largest |Δ ln ρ| of a converged iteration, in (0, 1e-11].
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
    /// Annealing: the energy that cooling from β = 0 at this rate reaches at each β.
    Anneal {
        /// Independent runs, 2..=4096.
        runs: u32,
        /// Step of the schedule, > 0. A schedule of the method's own: rows do not depend on the spec's other β.
        beta_step: Decimal,
        /// MC sweeps at each point of the schedule, ≥ 1.
        mc_sweeps: u32,
    },
    /// Replica exchange over a ladder of the method's own, with log Z and S integrated up from β = 0.
    ReplicaExchange {
        /// Temperatures, strictly increasing, at least two; every β of the spec stands among them.
        ladder: Vec<Decimal>,
        /// Independent runs, 2..=64.
        runs: u32,
        /// Rounds (one MC sweep of every replica, and exchanges) before measuring.
        relax: u32,
        /// Rounds measured, ≥ 16.
        rounds: u32,
    },
    /// Belief propagation on the reduced two-body systems (three weight layers).
    BpReduced {
        /// Largest |Δ ln ρ| of a converged iteration, in (0, 1e-11].
        tolerance: f64,
        /// Iterations allowed for each start, ≥ 20000.
        max_iterations: u32,
    },
    /// Monte Carlo on the reduced two-body systems (three weight layers): Swendsen–Wang clusters where they are not
    /// frustrated, else replica exchange over the ladder.
    ReducedMc {
        /// Independent runs, 2..=4096.
        runs: u32,
        /// MC sweeps before measuring.
        relax: u32,
        /// MC sweeps measured, ≥ 16.
        measure: u32,
        /// For frustrated systems; empty if not given. Else every β of the spec stands among its values.
        ladder: Vec<Decimal>,
    },
    /// The degree histogram of every instance; knows no β and gives no measurement.
    Degrees,
    /// The energy levels of random configurations and of pairs of them (the paper's Eq. 4); knows no β and gives no
    /// measurement.
    Levels {
        /// Overlaps of the pairs, in [−1, 1], strictly increasing.
        overlaps: Vec<Decimal>,
        /// Pairs at each overlap, and single configurations, 4..=2^24.
        pairs: u32,
    },
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
pub const KINDS: [&str; 9] =
    ["bp", "mc", "exact", "anneal", "replica_exchange", "bp_reduced", "reduced_mc", "degrees", "levels"];

impl MethodSettings {
    /// The kind's name, one of [`KINDS`].
    pub fn kind(&self) -> &'static str {
        match self {
            MethodSettings::Bp { .. } => "bp",
            MethodSettings::Mc { .. } => "mc",
            MethodSettings::Exact { .. } => "exact",
            MethodSettings::Anneal { .. } => "anneal",
            MethodSettings::ReplicaExchange { .. } => "replica_exchange",
            MethodSettings::BpReduced { .. } => "bp_reduced",
            MethodSettings::ReducedMc { .. } => "reduced_mc",
            MethodSettings::Degrees => "degrees",
            MethodSettings::Levels { .. } => "levels",
        }
    }

    /// The temperatures that the spec's β must stand among, if the method has a ladder.
    pub fn ladder(&self) -> Option<&[Decimal]> {
        match self {
            MethodSettings::ReplicaExchange { ladder, .. } => Some(ladder),
            MethodSettings::ReducedMc { ladder, .. } if !ladder.is_empty() => Some(ladder),
            _ => None,
        }
    }

    /// Whether the method works on the reduced systems, which only networks of three weight layers have.
    pub fn is_reduced(&self) -> bool {
        matches!(self, MethodSettings::BpReduced { .. } | MethodSettings::ReducedMc { .. })
    }

    fn read(kind: &str, table: &Table<'_>) -> Result<Self, SpecError> {
        let integer = |key: &str, default: i64, low: i64, high: i64| match table.get(key) {
            Some(node) => node.integer(low..=high),
            None => Ok(default),
        };
        let count = |key, default, low, high: u32| integer(key, default, low, high.into()).map(|n| n as u32);
        let known: &[&str] = match kind {
            "bp" | "bp_reduced" => &["kind", "tolerance", "max_iterations"],
            "anneal" => &["kind", "runs", "beta_step", "mc_sweeps"],
            "replica_exchange" => &["kind", "ladder", "runs", "relax", "rounds"],
            "reduced_mc" => &["kind", "runs", "relax", "measure", "ladder"],
            "mc" => &["kind", "runs", "relax", "measure"],
            "exact" => &["kind", "max_configurations"],
            "levels" => &["kind", "overlaps", "pairs"],
            _ => &["kind"],
        };
        table.refuse_unknown(known)?;
        let settings = match kind {
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
            "anneal" => MethodSettings::Anneal {
                runs: count("runs", 8, 2, 4096)?,
                beta_step: read_beta_step(table)?,
                mc_sweeps: count("mc_sweeps", 20, 1, 1 << 30)?,
            },
            "replica_exchange" => MethodSettings::ReplicaExchange {
                ladder: read_ladder(&table.need("ladder", LADDER)?)?,
                runs: count("runs", 4, 2, 64)?,
                relax: count("relax", 500, 0, 1 << 30)?,
                rounds: count("rounds", 2000, 16, 1 << 24)?,
            },
            "bp_reduced" => MethodSettings::BpReduced {
                tolerance: read_tolerance(table)?,
                max_iterations: count("max_iterations", 50_000, 20_000, u32::MAX)?,
            },
            "reduced_mc" => MethodSettings::ReducedMc {
                runs: count("runs", 4, 2, 4096)?,
                relax: count("relax", 100, 0, 1 << 30)?,
                measure: count("measure", 1000, 16, 1 << 30)?,
                ladder: table.get("ladder").map_or(Ok(Vec::new()), |node| read_ladder(&node))?,
            },
            "levels" => MethodSettings::Levels {
                overlaps: read_overlaps(&table.need("overlaps", OVERLAPS)?)?,
                pairs: count("pairs", 2000, 4, 1 << 24)?,
            },
            _ => MethodSettings::Degrees,
        };
        let energies = settings.energies();
        if energies > MAX_ENERGIES {
            let gibibytes = energies.div_ceil(1 << 27);
            return Err(table.error(format_args!(
                "keeps {energies} energies of an instance, {gibibytes} GiB on every thread; at most 4 GiB are supported: \
                 ask for fewer runs, temperatures or MC sweeps"
            )));
        }
        Ok(settings)
    }

    /// How many energies the method keeps of one instance until their errors are known.
    fn energies(&self) -> u64 {
        let product = |factors: &[u64]| factors.iter().fold(1, |product: u64, &n| product.saturating_mul(n));
        match *self {
            MethodSettings::Mc { runs, measure, .. } => product(&[runs.into(), measure.into()]),
            MethodSettings::ReplicaExchange { ref ladder, runs, rounds, .. } => {
                product(&[ladder.len() as u64, runs.into(), rounds.into()])
            }
            MethodSettings::ReducedMc { runs, measure, ref ladder, .. } => {
                product(&[ladder.len().max(1) as u64, runs.into(), measure.into()])
            }
            _ => 0,
        }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        match *self {
            MethodSettings::Bp { tolerance, max_iterations }
            | MethodSettings::BpReduced { tolerance, max_iterations } => {
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
            MethodSettings::Anneal { runs, beta_step, mc_sweeps } => {
                vec![
                    ("runs", runs.to_string()),
                    ("beta_step", decimal::to_text(beta_step)),
                    ("mc_sweeps", mc_sweeps.to_string()),
                ]
            }
            MethodSettings::ReplicaExchange { ref ladder, runs, relax, rounds } => {
                vec![
                    ("ladder", numbers_text(ladder)),
                    ("runs", runs.to_string()),
                    ("relax", relax.to_string()),
                    ("rounds", rounds.to_string()),
                ]
            }
            MethodSettings::ReducedMc { runs, relax, measure, ref ladder } => {
                vec![
                    ("runs", runs.to_string()),
                    ("relax", relax.to_string()),
                    ("measure", measure.to_string()),
                    ("ladder", numbers_text(ladder)),
                ]
            }
            MethodSettings::Degrees => vec![],
            MethodSettings::Levels { ref overlaps, pairs } => {
                vec![("overlaps", numbers_text(overlaps)), ("pairs", pairs.to_string())]
            }
        }
    }

    fn branches(&self) -> &'static [Option<Branch>] {
        match self {
            MethodSettings::Bp { .. } | MethodSettings::BpReduced { .. } => {
                &[Some(Branch::Paramagnetic), Some(Branch::Polarised)]
            }
            MethodSettings::Degrees | MethodSettings::Levels { .. } => &[],
            _ => &[None],
        }
    }
}

const LADDER: &str =
    "the temperatures, such as { from = 0, to = 2, step = 0.1 }; every beta of the grid among them";

/// A strictly increasing list of at least two β.
fn read_ladder(node: &Node<'_>) -> Result<Vec<Decimal>, SpecError> {
    let ladder = axis::read_numbers(node, Bounds::INVERSE_TEMPERATURE)?;
    if let [(one, _)] = ladder[..] {
        let value = decimal::to_text(one);
        return Err(node.error(format_args!("holds {value} alone; a ladder has at least two temperatures")));
    }
    if ladder.len() > MAX_LADDER {
        let count = ladder.len();
        return Err(
            node.error(format_args!("holds {count} temperatures; at most {MAX_LADDER} are supported"))
        );
    }
    if let Some(pair) = ladder.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
        let [before, after] = [pair[0].0, pair[1].0].map(decimal::to_text);
        return Err(node
            .error_at(&pair[1].1, format_args!("the ladder must increase; it has {after} after {before}")));
    }
    Ok(ladder.into_iter().map(|(beta, _)| beta).collect())
}

const OVERLAPS: &str = "the overlaps of the pairs, such as { from = 0, to = 1, step = 0.1 }";

/// A strictly increasing list of overlaps.
fn read_overlaps(node: &Node<'_>) -> Result<Vec<Decimal>, SpecError> {
    let overlaps = axis::read_numbers(node, Bounds { low: -1, high: 1, name: "an overlap" })?;
    if overlaps.len() > MAX_LADDER {
        let count = overlaps.len();
        return Err(node.error(format_args!("holds {count} overlaps; at most {MAX_LADDER} are supported")));
    }
    if let Some(pair) = overlaps.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
        let [before, after] = [pair[0].0, pair[1].0].map(decimal::to_text);
        return Err(node.error_at(
            &pair[1].1,
            format_args!("the overlaps must increase; they have {after} after {before}"),
        ));
    }
    Ok(overlaps.into_iter().map(|(overlap, _)| overlap).collect())
}

fn numbers_text(numbers: &[Decimal]) -> String {
    numbers.iter().map(|&number| decimal::to_text(number)).collect::<Vec<_>>().join(",")
}

fn read_beta_step(table: &Table<'_>) -> Result<Decimal, SpecError> {
    let Some(node) = table.get("beta_step") else {
        return Ok(Decimal::new(5, 2));
    };
    let step = node.number()?;
    if step < Decimal::new(1, 6) || step > Decimal::from(MAX_BETA_STEP) {
        let text = decimal::to_text(step);
        return Err(node.error(format_args!("is {text}; it must be between 1e-6 and {MAX_BETA_STEP}")));
    }
    Ok(decimal::canonical(step))
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

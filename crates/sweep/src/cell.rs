//! A cell: one combination of structural parameters, one instance that the user brought, or one training.

use crate::axis::{AxisName, joined};
use crate::brought::Brought;
use crate::decimal;
use crate::training::{Training, TrainingParameters};
use model::{Couplings, Ensemble, Instance, Network, Structure};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// One point of a grid. Cells are equal if their contents are.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Canonical text, such as `widths=40-40-40-1 ensemble=branching couplings=input dilution=0.4,0,0
    /// activation=0.5,0.2`, `instance=sha256:…` or `group=nets dilution=0.1,0,0`. Equal cells have equal contents,
    /// whatever grid they stand in; the random streams of methods are keyed by it.
    pub content: String,
    /// The first 63 bits of the SHA-256 of `content`, ≥ 0.
    pub id: i64,
    /// What it is.
    pub kind: CellKind,
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

/// What a cell is.
#[derive(Debug, Clone)]
pub enum CellKind {
    /// An ensemble that samples are drawn from.
    Ensemble {
        /// Widths, ensemble, couplings, and the probabilities as the nearest `f64`.
        structure: Structure,
        /// p_1..p_L, exact.
        dilution: Vec<Decimal>,
        /// ρ_1..ρ_{L−1}, exact.
        activation: Vec<Decimal>,
    },
    /// An instance that the user brought, or a group of them, and what is removed from it.
    Brought {
        /// The files.
        brought: Arc<Brought>,
        /// p_1..p_L, exact.
        dilution: Vec<Decimal>,
    },
    /// A training, whose samples are trials.
    Training(Training),
}

/// The parameters of a cell, as rows have them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellParameters {
    /// The cell's number.
    pub cell_id: i64,
    /// Its canonical text.
    pub cell: String,
    /// n_0..n_L.
    pub widths: Vec<i32>,
    /// The ensemble's name; none for an instance that the user brought, or a training.
    pub ensemble: Option<String>,
    /// `input` or `path`; the former of a training.
    pub couplings: String,
    /// The name of an instance that the user brought, or of the group of them.
    pub instance: Option<String>,
    /// p_1..p_L; of an instance that the user brought, what was removed from it, and empty in
    /// rows of versions that could not remove anything.
    pub dilution: Vec<Decimal>,
    /// ρ_1..ρ_{L−1}; empty for an instance that the user brought, and for a training.
    pub activation: Vec<Decimal>,
    /// The parameters of a training.
    pub training: Option<TrainingParameters>,
}

impl CellParameters {
    /// The cell's number on an axis, where it has one there.
    pub fn number(&self, axis: AxisName) -> Option<Decimal> {
        match axis {
            AxisName::Dilution(layer) => self.dilution.get(layer - 1).copied(),
            AxisName::Activation(layer) => self.activation.get(layer - 1).copied(),
            AxisName::Width(layer) => self.widths.get(layer).map(|&width| width.into()),
            AxisName::Training(parameter) => self.training.as_ref()?.number(parameter),
            _ => None,
        }
    }

    /// What its samples are drawn from; none for an instance that the user brought.
    pub fn ensemble_structure(&self) -> Option<Structure> {
        let widths = self.widths.iter().map(|&width| u32::try_from(width)).collect::<Result<_, _>>().ok()?;
        let (ensemble, couplings) =
            (Ensemble::from_name(self.ensemble.as_deref()?)?, Couplings::from_name(&self.couplings)?);
        let numbers =
            |decimals: &[Decimal]| decimals.iter().map(|&decimal| decimal::to_f64(decimal)).collect();
        let (dilution, activation) = (numbers(&self.dilution), numbers(&self.activation));
        Structure::new(Network::new(widths).ok()?, ensemble, couplings, dilution, activation).ok()
    }

    /// What never varies along a line through a grid, widths, ensemble and couplings, or which instance the user
    /// brought: `40-40-40-1 branching input`, `40-40-40-1 instance net.json input`, `50-50-50-1 training`.
    pub fn structure(&self) -> String {
        if self.training.is_some() {
            return format!("{} training", joined(&self.widths, "-"));
        }
        let what = match (&self.ensemble, &self.instance) {
            (Some(ensemble), _) => ensemble.clone(),
            (None, name) => format!("instance {}", name.as_deref().unwrap_or(&self.cell)),
        };
        format!("{} {what} {}", joined(&self.widths, "-"), self.couplings)
    }
}

impl Cell {
    /// As rows have it.
    pub fn parameters(&self) -> CellParameters {
        CellParameters {
            cell_id: self.id,
            cell: self.content.clone(),
            widths: self.widths().iter().map(|&width| width as i32).collect(),
            ensemble: self.ensemble().map(|ensemble| ensemble.name().to_owned()),
            couplings: self.couplings().name().to_owned(),
            instance: self.brought().map(|brought| brought.name().to_owned()),
            dilution: self.dilution().to_vec(),
            activation: self.activation().to_vec(),
            training: self.training().map(Training::parameters),
        }
    }

    /// The cell of an ensemble. `dilution` and `activation` are those of `structure`.
    pub fn of_ensemble(structure: Structure, dilution: Vec<Decimal>, activation: Vec<Decimal>) -> Self {
        let content = format!(
            "{} dilution={} activation={}",
            structure_text(&structure),
            texts(&dilution),
            texts(&activation)
        );
        Self::new(content, CellKind::Ensemble { structure, dilution, activation })
    }

    /// The cell of an instance that the user brought, by the name that they gave it.
    pub fn of_instance(name: String, instance: Instance) -> Self {
        let undiluted = vec![Decimal::ZERO; instance.network().depth()];
        Self::of_brought(Arc::new(Brought::one(name, instance)), undiluted)
    }

    /// The cell of what the user brought, diluted.
    pub(crate) fn of_brought(brought: Arc<Brought>, dilution: Vec<Decimal>) -> Self {
        let mut content = brought.content().to_owned();
        // Undiluted, it is what it was before instances could be diluted.
        if dilution.iter().any(|p| !p.is_zero()) {
            content = format!("{content} dilution={}", texts(&dilution));
        }
        Self::new(content, CellKind::Brought { brought, dilution })
    }

    /// The cell of a training.
    pub(crate) fn of_training(training: Training) -> Self {
        Self::new(training.content(), CellKind::Training(training))
    }

    fn new(content: String, kind: CellKind) -> Self {
        let hash = Sha256::digest(content.as_bytes());
        let first = u64::from_be_bytes(std::array::from_fn(|i| hash[i]));
        Self { content, id: (first >> 1) as i64, kind }
    }

    /// What the user brought, if this is a cell of it.
    pub fn brought(&self) -> Option<&Arc<Brought>> {
        match &self.kind {
            CellKind::Brought { brought, .. } => Some(brought),
            CellKind::Ensemble { .. } | CellKind::Training(_) => None,
        }
    }

    /// The training, if this is a cell of one.
    pub fn training(&self) -> Option<&Training> {
        match &self.kind {
            CellKind::Training(training) => Some(training),
            CellKind::Ensemble { .. } | CellKind::Brought { .. } => None,
        }
    }

    /// n_0..n_L.
    pub fn widths(&self) -> &[u32] {
        match &self.kind {
            CellKind::Ensemble { structure, .. } => structure.network().widths(),
            CellKind::Brought { brought, .. } => brought.network().widths(),
            CellKind::Training(training) => training.widths(),
        }
    }

    /// The ensemble; none for an instance that the user brought, or a training.
    pub fn ensemble(&self) -> Option<Ensemble> {
        match &self.kind {
            CellKind::Ensemble { structure, .. } => Some(structure.ensemble()),
            CellKind::Brought { .. } | CellKind::Training(_) => None,
        }
    }

    /// Where signs come from.
    pub fn couplings(&self) -> Couplings {
        match &self.kind {
            CellKind::Ensemble { structure, .. } => structure.couplings(),
            CellKind::Brought { brought, .. } => brought.couplings(),
            CellKind::Training(_) => Couplings::Input,
        }
    }

    /// p_1..p_L; empty for a training.
    pub fn dilution(&self) -> &[Decimal] {
        match &self.kind {
            CellKind::Ensemble { dilution, .. } | CellKind::Brought { dilution, .. } => dilution,
            CellKind::Training(_) => &[],
        }
    }

    /// ρ_1..ρ_{L−1}; empty for an instance that the user brought, and for a training.
    pub fn activation(&self) -> &[Decimal] {
        match &self.kind {
            CellKind::Ensemble { activation, .. } => activation,
            CellKind::Brought { .. } | CellKind::Training(_) => &[],
        }
    }
}

/// The part of a cell's content that says neither p nor ρ, such as `widths=40-40-40-1 ensemble=branching
/// couplings=input`.
pub(crate) fn structure_text(structure: &Structure) -> String {
    format!(
        "widths={} ensemble={} couplings={}",
        joined(structure.network().widths(), "-"),
        structure.ensemble().name(),
        structure.couplings().name()
    )
}

fn texts(values: &[Decimal]) -> String {
    joined(&values.iter().map(|&value| decimal::to_text(value)).collect::<Vec<_>>(), ",")
}

/// The SHA-256 of a text, in hexadecimal.
pub(crate) fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

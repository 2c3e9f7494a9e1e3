//! A cell: one combination of structural parameters, or one instance that the user brought.

use crate::axis::{AxisName, joined};
use crate::decimal;
use model::{Couplings, Ensemble, ExactCost, Instance, Network, Signs, Structure};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};

/// One point of a grid. Cells are equal if their contents are.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Canonical text, such as `widths=40-40-40-1 ensemble=branching couplings=input dilution=0.4,0,0
    /// activation=0.5,0.2` or `instance=sha256:…`. Equal cells have equal contents, whatever grid they stand in;
    /// the random streams of methods are keyed by it.
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
    /// An instance that the user brought; it has one sample.
    Instance {
        /// The file's name as the spec writes it.
        name: String,
        /// The instance's digest, in hexadecimal.
        digest: String,
        /// The instance.
        instance: Arc<Instance>,
        /// What the exact method would take, perhaps infinitely much; counted when somebody asks.
        exact_cost: Arc<OnceLock<ExactCost>>,
    },
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
    /// The ensemble's name; none for an instance that the user brought.
    pub ensemble: Option<String>,
    /// `input` or `path`.
    pub couplings: String,
    /// The name of an instance that the user brought.
    pub instance: Option<String>,
    /// p_1..p_L; empty for an instance that the user brought.
    pub dilution: Vec<Decimal>,
    /// ρ_1..ρ_{L−1}; empty for an instance that the user brought.
    pub activation: Vec<Decimal>,
}

impl CellParameters {
    /// The cell's number on an axis, where it has one there.
    pub fn number(&self, axis: AxisName) -> Option<Decimal> {
        match axis {
            AxisName::Dilution(layer) => self.dilution.get(layer - 1).copied(),
            AxisName::Activation(layer) => self.activation.get(layer - 1).copied(),
            AxisName::Width(layer) => self.widths.get(layer).map(|&width| width.into()),
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

    /// What never varies along a line through a grid, widths, ensemble and couplings: `40-40-40-1 branching input`.
    pub fn structure(&self) -> String {
        let ensemble = self.ensemble.as_deref().unwrap_or("instance");
        format!("{} {ensemble} {}", joined(&self.widths, "-"), self.couplings)
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
            instance: self.instance_digest().map(|_| self.label().to_owned()),
            dilution: self.dilution().to_vec(),
            activation: self.activation().to_vec(),
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
        let digest = instance.digest();
        let content = format!("instance=sha256:{digest}");
        Self::new(
            content,
            CellKind::Instance { name, digest, instance: Arc::new(instance), exact_cost: Arc::default() },
        )
    }

    fn new(content: String, kind: CellKind) -> Self {
        let hash = Sha256::digest(content.as_bytes());
        let first = u64::from_be_bytes(std::array::from_fn(|i| hash[i]));
        Self { content, id: (first >> 1) as i64, kind }
    }

    /// What people call it: the file of an instance that the user brought, else the content.
    pub fn label(&self) -> &str {
        match &self.kind {
            CellKind::Ensemble { .. } => &self.content,
            CellKind::Instance { name, .. } => name,
        }
    }

    /// n_0..n_L.
    pub fn widths(&self) -> &[u32] {
        match &self.kind {
            CellKind::Ensemble { structure, .. } => structure.network().widths(),
            CellKind::Instance { instance, .. } => instance.network().widths(),
        }
    }

    /// The ensemble; none for an instance that the user brought.
    pub fn ensemble(&self) -> Option<Ensemble> {
        match &self.kind {
            CellKind::Ensemble { structure, .. } => Some(structure.ensemble()),
            CellKind::Instance { .. } => None,
        }
    }

    /// Where signs come from.
    pub fn couplings(&self) -> Couplings {
        match &self.kind {
            CellKind::Ensemble { structure, .. } => structure.couplings(),
            CellKind::Instance { instance, .. } => match instance.signs() {
                Signs::Input(_) => Couplings::Input,
                Signs::Path(_) => Couplings::Path,
            },
        }
    }

    /// p_1..p_L; empty for an instance that the user brought.
    pub fn dilution(&self) -> &[Decimal] {
        match &self.kind {
            CellKind::Ensemble { dilution, .. } => dilution,
            CellKind::Instance { .. } => &[],
        }
    }

    /// ρ_1..ρ_{L−1}; empty for an instance that the user brought.
    pub fn activation(&self) -> &[Decimal] {
        match &self.kind {
            CellKind::Ensemble { activation, .. } => activation,
            CellKind::Instance { .. } => &[],
        }
    }

    /// The digest of an instance that the user brought.
    pub fn instance_digest(&self) -> Option<&str> {
        match &self.kind {
            CellKind::Ensemble { .. } => None,
            CellKind::Instance { digest, .. } => Some(digest),
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

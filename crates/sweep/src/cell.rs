//! A cell: one combination of structural parameters, or one instance that the user brought.

use crate::axis::joined;
use crate::decimal;
use model::{Couplings, Ensemble, Instance, Signs, Structure};
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
        /// How many configurations the exact method would visit, perhaps infinitely many; counted when somebody asks.
        exact_configurations: Arc<OnceLock<f64>>,
    },
}

impl Cell {
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
            CellKind::Instance {
                name,
                digest,
                instance: Arc::new(instance),
                exact_configurations: Arc::default(),
            },
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

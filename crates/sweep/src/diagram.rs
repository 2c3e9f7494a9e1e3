//! What people look at: means over disorder samples beside [`PhasePoint`](crate::measurement::PhasePoint), and the
//! transitions of a sweep. Rows of the views `degree_distribution`, `energy_levels` and `transitions`.

use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The parameters of a cell, as they are stored.
#[derive(Debug, Clone, PartialEq)]
pub struct CellParameters {
    /// Its canonical text.
    pub cell: String,
    /// Widths n_0..n_L.
    pub widths: Vec<i32>,
    /// The ensemble's name; none for instances that the user brought.
    pub ensemble: Option<String>,
    /// The couplings' name.
    pub couplings: String,
    /// p_1..p_L; empty for instances that the user brought.
    pub dilution: Vec<Decimal>,
    /// ρ_1..ρ_{L−1}; empty for instances that the user brought.
    pub activation: Vec<Decimal>,
}

/// One bar of a cell's degree distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct DegreePoint {
    /// Which cell.
    pub parameters: CellParameters,
    /// Samples with paths: those that enter the mean.
    pub samples: i64,
    /// Weight layer, 1..=L.
    pub layer: i32,
    /// Active paths through a weight, ≥ 1.
    pub degree: i32,
    /// Which share of all weights of an instance lies in this layer and has this degree, mean over the samples: the
    /// shares of a cell add up to 1.
    pub share: f64,
}

/// Pairs of configurations at one overlap in the instances of one cell; energies in units of the number of paths M.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPoint {
    /// Which cell.
    pub parameters: CellParameters,
    /// The method's name.
    pub method: String,
    /// q: each weight of the pair agrees with probability (1 + q)/2.
    pub overlap: Decimal,
    /// Samples with paths.
    pub samples: i64,
    /// Mean number of paths M.
    pub paths: f64,
    /// ⟨H(W) H(W′)⟩ / M, mean over the samples; q^L in expectation.
    pub covariance_per_path: f64,
    /// One standard error of it: the spread over samples, for a single one that over its pairs.
    pub covariance_error: f64,
    /// The standard deviation over pairs of the covariance at fixed W and W′ averaged over the signs, / M: 0 in the
    /// random energy model.
    pub covariance_spread: f64,
    /// ⟨H²⟩ / M of single random configurations; 1 in expectation.
    pub variance_per_path: f64,
    /// One standard error of it.
    pub variance_error: f64,
    /// ⟨H⁴⟩/⟨H²⟩² − 3; 0 for Gaussian levels.
    pub excess_kurtosis: f64,
    /// One standard error of it.
    pub excess_kurtosis_error: f64,
}

/// A value with its error, each perhaps absent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Found {
    /// The value.
    pub value: Option<f64>,
    /// One standard error.
    pub error: Option<f64>,
}

/// What became of a place that was looked for on a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PlaceOutcome {
    /// It has a value.
    Found,
    /// It is beyond an end of the grid, or not clearly within it.
    AtEdge,
    /// Samples that did not converge, or too few that agree, leave it open.
    Unresolved,
    /// It is nowhere on the line.
    #[default]
    None,
}

impl PlaceOutcome {
    /// The name used in SQL, JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            PlaceOutcome::Found => "found",
            PlaceOutcome::AtEdge => "at_edge",
            PlaceOutcome::Unresolved => "unresolved",
            PlaceOutcome::None => "none",
        }
    }
}

/// A place on a line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FoundPlace {
    /// Whether there is a value, and why not.
    pub outcome: PlaceOutcome,
    /// The place, where it was found.
    pub value: Option<f64>,
    /// One standard error of it.
    pub error: Option<f64>,
    /// Where it was not found: it is not before this.
    pub from: Option<f64>,
    /// Where it was not found: it is not beyond this.
    pub to: Option<f64>,
}

/// What was found on one line through the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct TransitionRow {
    /// The method's name.
    pub method: String,
    /// The axis that varies, as specs name it; of axes that advance together the first.
    pub axis: String,
    /// What never varies on a line: see [`structure_text`].
    pub structure: String,
    /// The other axes that vary in the sweep, and their values here, as decimal text.
    pub fixed: BTreeMap<String, String>,
    /// Where half of the samples have the polarised branch stable, with the larger raw log Z.
    pub crossing: FoundPlace,
    /// The same with the symmetric copies of the polarised state counted.
    pub crossing_with_symmetry: FoundPlace,
    /// Where half of the samples are ordered.
    pub ordering: FoundPlace,
    /// Energy difference at the crossing.
    pub latent_heat_per_weight: Found,
    /// Entropy difference at the crossing.
    pub entropy_jump_per_weight: Found,
    /// Distance of the grid points around it.
    pub step: Option<f64>,
    /// Whether that is fine enough.
    pub resolved: Option<bool>,
    /// Disorder samples on the line.
    pub samples: i64,
    /// Those that did not converge where it matters for one of the places.
    pub unresolved_samples: i64,
}

/// Widths, ensemble and couplings as text: `40-40-40-1 branching input`.
pub fn structure_text(widths: &[i32], ensemble: &str, couplings: &str) -> String {
    let widths: Vec<String> = widths.iter().map(i32::to_string).collect();
    format!("{} {ensemble} {couplings}", widths.join("-"))
}

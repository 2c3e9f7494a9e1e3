//! One row of results: what one method found for one cell, sample and β.

mod columns;
mod sums;

pub use columns::{Column, ColumnType, ColumnValue, Entry, Range, Told, TrainingValues, Values};
pub use sums::{CellSums, SumKey, Sums};

use crate::cell::CellParameters;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Where belief propagation started (a branch is named by its start, not by where it ended).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Branch {
    /// Messages near zero.
    Paramagnetic,
    /// Messages along a configuration, |m| ≥ 0.9.
    Polarised,
}

impl Branch {
    /// The name used in SQL, JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Branch::Paramagnetic => "paramagnetic",
            Branch::Polarised => "polarised",
        }
    }

    /// The branch of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Branch::Paramagnetic, Branch::Polarised].into_iter().find(|b| b.name() == name)
    }
}

/// Why a row has values, or has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The method gave values.
    Solved,
    /// Belief propagation reached its iteration limit: no thermodynamic values.
    NotConverged,
    /// The sample has no active path, so there is no model: counted, and left out of the means.
    Empty,
    /// The exact enumeration would exceed the method's `max_configurations`, or quenches or a replica exchange 8 GiB of
    /// memory.
    TooCostly,
    /// A training whose loss or weights left the range of numbers: nothing is said of it from then on.
    Diverged,
}

impl Outcome {
    const ALL: [Outcome; 5] =
        [Outcome::Solved, Outcome::NotConverged, Outcome::Empty, Outcome::TooCostly, Outcome::Diverged];

    /// The name used in SQL, JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Solved => "solved",
            Outcome::NotConverged => "not_converged",
            Outcome::Empty => "empty",
            Outcome::TooCostly => "too_costly",
            Outcome::Diverged => "diverged",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.name() == name)
    }
}

/// What one method found for one instance at one β. Quantities are per weight (divided by
/// [`weights`](Self::weights)) unless their name says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measurement {
    /// Inverse temperature, exact; a number in JSON.
    #[serde(serialize_with = "as_number")]
    pub beta: Decimal,
    /// The method's name in the spec.
    pub method: String,
    /// The start of belief propagation; none for other methods.
    pub branch: Option<Branch>,
    /// Whether there are values, and why not.
    pub outcome: Outcome,
    /// n: weights on at least one active path.
    pub weights: u32,
    /// M: active paths.
    pub paths: u64,
    /// h: hidden units in the model; flipping all weights of one leaves H unchanged (docs/model.md, fact 3).
    pub hidden_units: u32,
    /// The values, all absent unless the outcome is [`Outcome::Solved`], but for how an iteration went.
    #[serde(flatten)]
    pub values: Values,
    /// Time this row took to compute, in seconds.
    pub seconds: f32,
}

/// The nearest `f64`, whose shortest text is the decimal's own.
fn as_number<S: serde::Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(crate::decimal::to_f64(*value))
}

/// All that is found for one unit of a part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitRows {
    /// The unit's number in its part.
    pub unit: u64,
    /// By method, β and branch, as [`Work::expected_rows`](crate::Work::expected_rows) lists them.
    pub measurements: Vec<Measurement>,
    /// The degree histogram, if it was asked for.
    pub degree_counts: Vec<DegreeCount>,
    /// The levels that were asked for, by method and overlap; none of an empty instance.
    pub levels: Vec<LevelPair>,
    /// Of a training, as [`Work::expected_training_rows`](crate::Work::expected_training_rows) lists them.
    pub training: Vec<TrainingRow>,
}

impl UnitRows {
    /// How many rows of all kinds there are.
    pub fn count(&self) -> usize {
        self.measurements.len() + self.degree_counts.len() + self.levels.len() + self.training.len()
    }
}

/// A trained network at one epoch, or at the end with connections removed: one row of a training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrainingRow {
    /// Which.
    #[serde(flatten)]
    pub key: TrainingKey,
    /// [`Outcome::Solved`], or [`Outcome::Diverged`] and then without values.
    pub outcome: Outcome,
    /// The values.
    #[serde(flatten)]
    pub values: TrainingValues,
}

/// What identifies one row of a training within its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingKey {
    /// The method's name.
    pub method: String,
    /// Passes through the patterns so far; 0 is the start.
    pub epoch: u32,
    /// The weight layer that connections were removed from, 1..=L; none where they were removed from all layers alike,
    /// or from none.
    pub layer: Option<u16>,
    /// The share of connections that were removed, exact; a number in JSON.
    #[serde(serialize_with = "as_number")]
    pub removed: Decimal,
}

/// Bins of the overlap histograms.
pub const HISTOGRAM_BINS: usize = 64;

/// Bins of the energy histograms for each unit of H/n: the same for all samples, whose histograms add up.
pub const ENERGY_BINS_PER_UNIT: u32 = 256;

/// Pairs of random configurations of one instance at one overlap: one row of the method `levels`. Energies in units of
/// M, the number of paths: ⟨H²⟩ = M.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelPair {
    /// The method's name.
    pub method: String,
    /// q: each weight of the pair agrees with probability (1 + q)/2; exact, a number in JSON.
    #[serde(serialize_with = "as_number")]
    pub overlap: Decimal,
    /// M: active paths.
    pub paths: u64,
    /// ⟨H(W) H(W′)⟩ / M at the instance's own signs; q^L in expectation.
    pub covariance_per_path: f64,
    /// One standard error of it.
    pub covariance_error: f64,
    /// The same with each pair averaged over all signs of its kind of couplings.
    pub disorder_covariance_per_path: f64,
    /// One standard error of it.
    pub disorder_covariance_error: f64,
    /// Standard deviation of the latter over the pairs: 0 if the covariance were a function of q alone.
    pub disorder_spread: f64,
    /// ⟨H²⟩ / M of single random configurations, the same for all q of the instance; 1 in expectation.
    pub variance_per_path: f64,
    /// One standard error of it.
    pub variance_error: f64,
    /// ⟨H⁴⟩/⟨H²⟩² − 3 of them: 0 for the Gaussian levels of the random energy model.
    pub excess_kurtosis: f64,
    /// One standard error of it.
    pub excess_kurtosis_error: f64,
}

/// One bar of a degree histogram: how many weights of a layer lie on `degree` active paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DegreeCount {
    /// Weight layer, 1..=L.
    pub layer: u16,
    /// Active paths through a weight, ≥ 1.
    pub degree: u32,
    /// Weights of that layer and degree.
    pub weights: u32,
}

/// A mean over the disorder samples of one cell, β, method and branch: one row of the view `phase_diagram`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PhasePoint {
    /// Which cell.
    pub parameters: CellParameters,
    /// Inverse temperature.
    pub beta: Decimal,
    /// The method's name in the spec.
    pub method: String,
    /// The method's kind (`bp`, `mc`, `exact`, …).
    pub kind: String,
    /// The start of belief propagation.
    pub branch: Option<Branch>,
    /// Samples that entered the means: solved, and for the polarised branch ordered.
    pub samples: i64,
    /// Samples measured.
    pub samples_of: i64,
    /// Samples without an active path.
    pub empty: i64,
    /// Samples with paths whose iteration did not converge: what they would add to the means is not known.
    pub unresolved: i64,
    /// Samples whose runs are not in equilibrium: in the mean energy, and in no mean of what is defined in equilibrium
    /// alone.
    pub unequilibrated: i64,
    /// Mean n over the samples with paths.
    pub weights: Option<f64>,
    /// Mean α = M / n over the samples with paths.
    pub alpha: Option<f64>,
    /// Means over the samples; see [`Values`].
    pub energy_per_weight: Option<f64>,
    /// Standard error of the mean energy over the samples (none for a single sample).
    pub energy_standard_error: Option<f64>,
    /// Root mean square of the rows' own `energy_error` over √samples: the part that more MC sweeps would reduce.
    pub energy_statistical_error: Option<f64>,
    /// Mean log Z per weight.
    pub log_z_per_weight: Option<f64>,
    /// Its standard error.
    pub log_z_standard_error: Option<f64>,
    /// Mean over the samples of log Z per weight less that of the paramagnet at the sample's own α, ln 2 + α ln cosh β.
    pub log_z_above_paramagnet: Option<f64>,
    /// Its standard error: the spread of the samples' differences, far below that of log Z itself.
    pub log_z_above_paramagnet_standard_error: Option<f64>,
    /// Mean entropy per weight.
    pub entropy_per_weight: Option<f64>,
    /// Its standard error.
    pub entropy_standard_error: Option<f64>,
    /// Mean overlap.
    pub overlap: Option<f64>,
    /// Its standard error.
    pub overlap_standard_error: Option<f64>,
    /// Mean number of BP iterations.
    pub iterations: Option<f64>,
    /// Samples whose belief propagation converged.
    pub converged: i64,
    /// Largest R̂ over the samples.
    pub r_hat: Option<f64>,
    /// Samples in equilibrium, as far as their runs tell; none where no row says anything of it.
    pub equilibrated: Option<i64>,
    /// Mean specific heat.
    pub specific_heat: Option<f64>,
    /// Its standard error.
    pub specific_heat_standard_error: Option<f64>,
    /// Mean overlap of path products.
    pub path_overlap: Option<f64>,
    /// Its standard error.
    pub path_overlap_standard_error: Option<f64>,
    /// Mean susceptibility of path products; see [`Values`].
    pub susceptibility: Option<f64>,
    /// Its standard error.
    pub susceptibility_standard_error: Option<f64>,
    /// Mean susceptibility of the reduced systems; see [`Values`].
    pub system_susceptibility: Option<f64>,
    /// Its standard error.
    pub system_susceptibility_standard_error: Option<f64>,
    /// Mean Binder ratio within hidden units; see [`Values`].
    pub unit_binder: Option<f64>,
    /// Its standard error.
    pub unit_binder_standard_error: Option<f64>,
    /// Mean of the lowest energies per weight that annealing reached.
    pub lowest_energy_per_weight: Option<f64>,
}

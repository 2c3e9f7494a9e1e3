//! What people look at: means over disorder samples beside [`PhasePoint`](crate::measurement::PhasePoint). Rows of the
//! views `differences`, `degree_distribution`, `energy_levels`, `learning_curves`, `activation` and `robustness`.

use crate::cell::CellParameters;
use crate::measurement::Branch;
use rust_decimal::Decimal;

/// What a method gives less what an exact one gives for the same samples of one cell, per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferencePoint {
    /// Which cell.
    pub parameters: CellParameters,
    /// Inverse temperature.
    pub beta: Decimal,
    /// The method's name in the spec.
    pub method: String,
    /// Its kind.
    pub kind: String,
    /// The start of belief propagation.
    pub branch: Option<Branch>,
    /// The name of the method that is taken off.
    pub reference: String,
    /// Samples for which both have a value.
    pub samples: i64,
    /// Mean difference of ⟨H⟩ / n.
    pub energy_difference: Option<f64>,
    /// Its standard error: the spread of the samples' differences.
    pub energy_difference_standard_error: Option<f64>,
    /// Mean difference of log Z / n.
    pub log_z_difference: Option<f64>,
    /// Its standard error.
    pub log_z_difference_standard_error: Option<f64>,
    /// Mean difference of S / n.
    pub entropy_difference: Option<f64>,
    /// Its standard error.
    pub entropy_difference_standard_error: Option<f64>,
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

/// How trainings of one cell go, after so many epochs; means over the trials that did not diverge.
#[derive(Debug, Clone, PartialEq)]
pub struct LearningPoint {
    /// Which cell.
    pub parameters: CellParameters,
    /// The method's name.
    pub method: String,
    /// Passes through the patterns so far.
    pub epoch: i32,
    /// Trials that enter the means.
    pub samples: i64,
    /// Trials that diverged before.
    pub diverged: i64,
    /// The share of learnt patterns that is told wrongly.
    pub train_error: Option<f64>,
    /// Its standard error over the trials.
    pub train_error_standard_error: Option<f64>,
    /// The share of other patterns that is told wrongly.
    pub test_error: Option<f64>,
    /// Its standard error over the trials.
    pub test_error_standard_error: Option<f64>,
}

/// The activation of a hidden layer in trainings of one cell, after so many epochs; means over the trials.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivationPoint {
    /// Which cell.
    pub parameters: CellParameters,
    /// The method's name.
    pub method: String,
    /// Passes through the patterns so far.
    pub epoch: i32,
    /// The hidden layer, 1..L.
    pub layer: i32,
    /// Trials that enter the means.
    pub samples: i64,
    /// ρ of the layer.
    pub activation: f64,
    /// Its standard error over the trials.
    pub activation_standard_error: Option<f64>,
    /// The share of units that are active for no test pattern.
    pub dead_share: f64,
    /// Its standard error over the trials.
    pub dead_share_standard_error: Option<f64>,
}

/// The error of trained networks of one cell without a share of their connections; means over the trials.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustnessPoint {
    /// Which cell.
    pub parameters: CellParameters,
    /// The method's name.
    pub method: String,
    /// Passes through the patterns before.
    pub epoch: i32,
    /// The weight layer that lost them, none of all alike.
    pub layer: Option<i32>,
    /// The share.
    pub removed: f64,
    /// Trials that enter the means.
    pub samples: i64,
    /// The share of patterns that is told wrongly.
    pub test_error: Option<f64>,
    /// Its standard error over the trials.
    pub test_error_standard_error: Option<f64>,
}

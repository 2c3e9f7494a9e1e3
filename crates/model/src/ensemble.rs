//! The four readings of "randomly activated" (docs/model.md, Ensembles), and how an instance is drawn from each.

mod drawing;
mod thinning;
mod uniforms;

use crate::network::Network;
use thiserror::Error;

/// Which choices paths share. All give a path the probability Π(1 − p_l) Π ρ_l of being active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ensemble {
    /// Every path by its own coin.
    Independent,
    /// Grown from the input outwards: each extension of an active prefix is kept with (1 − p_l) ρ_l.
    Branching,
    /// Every connection is kept once for all paths, with (1 − p_l) ρ_l.
    Synapse,
    /// Every connection is kept with 1 − p_l and every hidden unit is active with ρ_l, once for all paths.
    Unit,
}

impl Ensemble {
    /// All of them, in the order of the documentation.
    pub const ALL: [Ensemble; 4] =
        [Ensemble::Independent, Ensemble::Branching, Ensemble::Synapse, Ensemble::Unit];

    /// The name used in specs, SQL, JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Ensemble::Independent => "independent",
            Ensemble::Branching => "branching",
            Ensemble::Synapse => "synapse",
            Ensemble::Unit => "unit",
        }
    }

    /// The ensemble of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.name() == name)
    }
}

/// How the signs ξ_a of the paths are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Couplings {
    /// ξ_a is the value of the path's input unit.
    Input,
    /// Every path draws its own sign.
    Path,
}

impl Couplings {
    /// All of them.
    pub const ALL: [Couplings; 2] = [Couplings::Input, Couplings::Path];

    /// The name used in specs, SQL, JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Couplings::Input => "input",
            Couplings::Path => "path",
        }
    }

    /// The couplings of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

/// Everything that fixes the distribution of an instance. Always valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    network: Network,
    ensemble: Ensemble,
    couplings: Couplings,
    dilution: Vec<f64>,
    activation: Vec<f64>,
}

/// Why probabilities do not fit a network.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum StructureError {
    /// One p_l per weight layer.
    #[error("{expected} dilutions p_1..p_{expected} are needed, one per weight layer; got {got}")]
    DilutionCount {
        /// L.
        expected: usize,
        /// What was given.
        got: usize,
    },
    /// One ρ_l per hidden layer.
    #[error("{expected} activations ρ_1..ρ_{expected} are needed, one per hidden layer; got {got}")]
    ActivationCount {
        /// L − 1.
        expected: usize,
        /// What was given.
        got: usize,
    },
    /// Not a probability.
    #[error("{name}_{layer} = {value} is not a probability in [0, 1]")]
    NotAProbability {
        /// `dilution` or `activation`.
        name: &'static str,
        /// Its layer, from 1.
        layer: usize,
        /// What was given.
        value: f64,
    },
}

impl Structure {
    /// Checks that there is one dilution p_l per weight layer and one activation ρ_l per hidden layer, all in [0, 1].
    ///
    /// # Errors
    /// If a count is wrong or a value is not a probability (NaN included).
    pub fn new(
        network: Network,
        ensemble: Ensemble,
        couplings: Couplings,
        dilution: Vec<f64>,
        activation: Vec<f64>,
    ) -> Result<Self, StructureError> {
        let depth = network.depth();
        if dilution.len() != depth {
            return Err(StructureError::DilutionCount { expected: depth, got: dilution.len() });
        }
        if activation.len() != depth - 1 {
            return Err(StructureError::ActivationCount { expected: depth - 1, got: activation.len() });
        }
        for (name, values) in [("dilution", &dilution), ("activation", &activation)] {
            if let Some(l) = values.iter().position(|v| !(0.0..=1.0).contains(v)) {
                return Err(StructureError::NotAProbability { name, layer: l + 1, value: values[l] });
            }
        }
        Ok(Self { network, ensemble, couplings, dilution, activation })
    }

    /// The network's shape.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Which choices paths share.
    pub fn ensemble(&self) -> Ensemble {
        self.ensemble
    }

    /// How signs are drawn.
    pub fn couplings(&self) -> Couplings {
        self.couplings
    }

    /// p_l of weight layer l in 1..=L.
    pub fn dilution(&self, l: usize) -> f64 {
        self.dilution[l - 1]
    }

    /// ρ_l of hidden layer l in 1..L; 1 for the output, l = L.
    pub fn activation(&self, l: usize) -> f64 {
        if l == self.network.depth() { 1.0 } else { self.activation[l - 1] }
    }

    /// (1 − p_l) ρ_l: the probability that a path goes on through weight layer l. Monotone in p_l and ρ_l also as
    /// rounded, because a difference and a product of numbers ≥ 0 are.
    pub fn step_probability(&self, l: usize) -> f64 {
        (1.0 - self.dilution(l)) * self.activation(l)
    }

    /// Π(1 − p_l) Π ρ_l: the probability that a path is active, in every ensemble.
    pub fn path_probability(&self) -> f64 {
        (1..=self.network.depth()).map(|l| self.step_probability(l)).product()
    }

    /// The mean number of active paths ⟨M⟩.
    pub fn mean_paths(&self) -> f64 {
        self.network.possible_paths() as f64 * self.path_probability()
    }
}

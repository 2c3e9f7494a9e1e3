//! The four readings of "randomly activated" (DESIGN §2), and how an instance is drawn from each.

use crate::instance::{Instance, Signs};
use crate::network::Network;
use crate::random::{Coin, Stream};
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

    /// (1 − p_l) ρ_l: the probability that a path goes on through weight layer l.
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

    /// Draws one disorder realisation: the active paths, then their signs. It may have no path at all.
    ///
    /// The cost is what is kept (prefixes, connections and paths), not Π n_l: failures are skipped by their
    /// geometric run length ([`Coin::kept`]).
    pub fn draw(&self, stream: &mut Stream) -> Instance {
        let paths = match self.ensemble {
            Ensemble::Independent => self.draw_independent(stream),
            Ensemble::Branching => self.draw_branching(stream),
            Ensemble::Synapse | Ensemble::Unit => self.draw_shared(stream),
        };
        let signs = match self.couplings {
            Couplings::Input => Signs::Input(stream.signs(self.network.widths()[0] as usize)),
            Couplings::Path => Signs::Path(stream.signs(paths.len() / (self.network.depth() + 1))),
        };
        Instance::from_drawn(self.network.clone(), paths, signs)
    }

    fn draw_independent(&self, stream: &mut Stream) -> Vec<u32> {
        let widths = self.network.widths();
        let mut paths = Vec::new();
        for position in Coin::new(self.path_probability()).kept(self.network.possible_paths(), stream) {
            let at = paths.len();
            paths.resize(at + widths.len(), 0);
            let mut rest = position;
            for (unit, &n) in paths[at..].iter_mut().zip(widths).rev() {
                *unit = (rest % u64::from(n)) as u32;
                rest /= u64::from(n);
            }
        }
        paths
    }

    fn draw_branching(&self, stream: &mut Stream) -> Vec<u32> {
        let widths = self.network.widths();
        let mut prefixes: Vec<u32> = (0..widths[0]).collect();
        for l in 1..widths.len() {
            let n = u64::from(widths[l]);
            let trials = (prefixes.len() / l) as u64 * n;
            let mut longer = Vec::new();
            for trial in Coin::new(self.step_probability(l)).kept(trials, stream) {
                let prefix = (trial / n) as usize * l;
                longer.extend_from_slice(&prefixes[prefix..prefix + l]);
                longer.push((trial % n) as u32);
            }
            prefixes = longer;
        }
        prefixes
    }

    /// `Synapse` and `Unit`: connections are kept once for all paths; the paths are what they connect.
    fn draw_shared(&self, stream: &mut Stream) -> Vec<u32> {
        let widths = self.network.widths();
        let depth = self.network.depth();
        // successors[l - 1][i]: the units of layer l that unit i of layer l − 1 reaches.
        let mut successors = Vec::with_capacity(depth);
        for l in 1..=depth {
            let n = u64::from(widths[l]);
            let (keep, active) = match self.ensemble {
                Ensemble::Unit => (1.0 - self.dilution(l), self.activation(l)),
                _ => (self.step_probability(l), 1.0),
            };
            let mut is_active = vec![false; widths[l] as usize];
            for unit in Coin::new(active).kept(n, stream) {
                is_active[unit as usize] = true;
            }
            let mut reached = vec![Vec::new(); widths[l - 1] as usize];
            for trial in Coin::new(keep).kept(u64::from(widths[l - 1]) * n, stream) {
                let to = (trial % n) as u32;
                if is_active[to as usize] {
                    reached[(trial / n) as usize].push(to);
                }
            }
            successors.push(reached);
        }
        let mut paths = Vec::new();
        let mut path = vec![0; widths.len()];
        for input in 0..widths[0] {
            path[0] = input;
            extend_path(&successors, &mut path, 1, &mut paths);
        }
        paths
    }
}

fn extend_path(successors: &[Vec<Vec<u32>>], path: &mut [u32], l: usize, paths: &mut Vec<u32>) {
    if l == path.len() {
        paths.extend_from_slice(path);
        return;
    }
    for &unit in &successors[l - 1][path[l - 1] as usize] {
        path[l] = unit;
        extend_path(successors, path, l + 1, paths);
    }
}

//! How a network learns.

use crate::loss::Loss;
use crate::names::named;

/// How a network learns. The fields are within their ranges, which whoever makes one sees to.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// n_0..n_L, L ≥ 2, each at least 1.
    pub widths: Vec<u32>,
    /// The weights' scale at the start.
    pub initialisation: Initialisation,
    /// Whether units have biases, which are 0 at the start.
    pub biases: bool,
    /// What is made small.
    pub loss: Loss,
    /// How.
    pub optimiser: Optimiser,
    /// The optimiser's step, > 0.
    pub learning_rate: f64,
    /// Patterns of one step, ≥ 1; as many as there are, or more, for all of them.
    pub batch: u32,
    /// What the weights may be.
    pub weights: Weights,
    /// p_l of each weight layer, in 0..1: each step leaves a connection out with this probability, for all its patterns
    /// alike, and multiplies what it keeps by 1/(1 − p_l), so that the whole network is the mean.
    pub dropconnect: Vec<f64>,
}

/// The standard deviation of the normal weights at the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initialisation {
    /// √(2/n_(l−1)).
    He,
    /// √(2/(n_(l−1) + n_l)).
    Glorot,
    /// √(1/n_(l−1)).
    Lecun,
    /// This, in all layers.
    Normal(f64),
}

impl Initialisation {
    /// Those that have names.
    pub const NAMED: [Initialisation; 3] =
        [Initialisation::He, Initialisation::Glorot, Initialisation::Lecun];

    /// The one of that name: `he`, `glorot` or `lecun`.
    pub fn from_name(name: &str) -> Option<Self> {
        let names = ["he", "glorot", "lecun"];
        names.iter().position(|known| *known == name).map(|place| Self::NAMED[place])
    }

    /// The standard deviation in a layer of so many inputs and outputs.
    pub(crate) fn deviation(self, inputs: u32, outputs: u32) -> f64 {
        let (inputs, outputs) = (f64::from(inputs), f64::from(outputs));
        match self {
            Initialisation::He => (2.0 / inputs).sqrt(),
            Initialisation::Glorot => (2.0 / (inputs + outputs)).sqrt(),
            Initialisation::Lecun => (1.0 / inputs).sqrt(),
            Initialisation::Normal(deviation) => deviation,
        }
    }
}

named! {
    /// How the loss is made small.
    Optimiser {
        /// Adam (Kingma and Ba, arXiv 1412.6980) with β_1 = 0.9, β_2 = 0.999, ε = 10⁻⁸.
        Adam = "adam",
        /// Steps along the gradient.
        Sgd = "sgd",
    }
}

named! {
    /// What the weights may be.
    Weights {
        /// Any number.
        Real = "real",
        /// ±√(2/n_(l−1)): the sign of a hidden number that learns. The gradient goes straight through where it is in
        /// [−1, 1], which it never leaves (Courbariaux, Bengio and David, arXiv 1511.00363).
        Signs = "signs",
    }
}

named! {
    /// The weights of a teacher, which has the student's widths and no biases.
    Teacher {
        /// ±1.
        Signs = "signs",
        /// Standard normal.
        Gaussian = "gaussian",
    }
}

named! {
    /// How a teacher's output f becomes a label.
    Labels {
        /// + where f ≥ 0.
        Sign = "sign",
        /// + where f is at least its median over the patterns that are learnt: half of their labels are +.
        Centred = "centred",
    }
}

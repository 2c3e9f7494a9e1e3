//! Small feed-forward networks that learn, many of them, to the same bits everywhere.
//!
//! Layers 0..=L of widths n_0, …, n_L; weight layer l joins layers l − 1 and l by W^l, n_(l−1) × n_l, and perhaps
//! biases: z^l_j = b^l_j + Σ_i x^(l−1)_i W^l_ij, with x^l = max(0, z^l) in hidden layers and the output f = z^L.
//!
//! Everything is f32 but losses, which are summed in f64. Sums are in one order, of ascending units and patterns;
//! nothing is contracted, and elementary functions are the workspace's own. So a trial is a function of its settings
//! and its key alone, on every level of vector instructions. [`plain`] is the definition, written as the equations
//! are, and the kernels ([`train`], [`Network::look`]) follow it to the bit.

mod adam;
mod dropconnect;
mod kernels;
mod look;
mod loss;
mod matrix;
mod names;
mod network;
mod number;
pub mod plain;
mod removal;
mod settings;
mod start;
mod train;
mod trial;

pub use look::{LayerActivity, Look};
pub use loss::Loss;
pub use network::Network;
pub use removal::{Order, Removed, removal};
pub use settings::{Initialisation, Labels, Optimiser, Settings, Teacher, Weights};
pub use train::{Diverged, train};
pub use trial::Trial;

/// The streams of a trial's key. Changing one changes every number, and needs a new numerics revision.
pub(crate) mod streams {
    /// The teacher's weights.
    pub(crate) const TEACHER: u64 = 0;
    /// Patterns that are learnt.
    pub(crate) const TRAINING: u64 = 1;
    /// Patterns that are not.
    pub(crate) const TEST: u64 = 2;
    /// The weights at the start.
    pub(crate) const START: u64 = 3;
    /// What DropConnect leaves out.
    pub(crate) const DROPCONNECT: u64 = 4;
    /// Which patterns of a data set are learnt.
    pub(crate) const SPLIT: u64 = 5;
    /// The order of the patterns in epoch e is stream `ORDER` + e.
    pub(crate) const ORDER: u64 = 1 << 32;
    /// Mask k of what is removed is stream `REMOVAL` + k.
    pub(crate) const REMOVAL: u64 = 1 << 48;
}

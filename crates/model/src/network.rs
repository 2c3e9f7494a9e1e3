//! The shape of a network, and the names of its weights.

use thiserror::Error;

/// Widths of the layers 0..=L of a network with one output (docs/model.md): L ≥ 2, every width ≥ 1, n_L = 1.
///
/// A value of this type is always valid, and its number of possible paths Π n_l fits in a `u64`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Network {
    widths: Vec<u32>,
}

/// A weight W^l[from, to], l in 1..=L, joining unit `from` of layer l − 1 to unit `to` of layer l.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Weight {
    /// Weight layer, 1..=L.
    pub layer: u16,
    /// Unit of layer l − 1.
    pub from: u32,
    /// Unit of layer l.
    pub to: u32,
}

/// Why widths do not describe a network.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// Fewer than three layers of units.
    #[error("a network needs at least three widths n_0, n_1, n_2 (two weight layers); got {0}")]
    TooShallow(usize),
    /// More layers than are supported.
    #[error("a network may have at most {max} weight layers; got {0}", max = Network::MAX_DEPTH)]
    TooDeep(usize),
    /// A layer without units.
    #[error("width n_{0} is 0; every layer needs at least one unit")]
    EmptyLayer(usize),
    /// More or fewer than one output.
    #[error("the last width must be 1 (one output); got {0}")]
    NotOneOutput(u32),
    /// Π n_l overflows.
    #[error("the number of possible paths, the product of the widths, exceeds 2^62")]
    TooManyPaths,
}

impl Network {
    /// The largest supported number of weight layers L.
    pub const MAX_DEPTH: usize = 16;

    /// A network of the given widths n_0..n_L.
    ///
    /// # Errors
    /// If there are fewer than three widths, one is zero, the last is not 1, or their product exceeds 2^62.
    pub fn new(widths: Vec<u32>) -> Result<Self, NetworkError> {
        if widths.len() < 3 {
            return Err(NetworkError::TooShallow(widths.len()));
        }
        if widths.len() - 1 > Self::MAX_DEPTH {
            return Err(NetworkError::TooDeep(widths.len() - 1));
        }
        if let Some(l) = widths.iter().position(|&n| n == 0) {
            return Err(NetworkError::EmptyLayer(l));
        }
        let outputs = widths[widths.len() - 1];
        if outputs != 1 {
            return Err(NetworkError::NotOneOutput(outputs));
        }
        let paths = widths.iter().try_fold(1u64, |paths, &n| paths.checked_mul(u64::from(n)));
        if paths.is_none_or(|paths| paths > 1 << 62) {
            return Err(NetworkError::TooManyPaths);
        }
        Ok(Self { widths })
    }

    /// L: the number of weight layers, ≥ 2.
    pub fn depth(&self) -> usize {
        self.widths.len() - 1
    }

    /// n_0..n_L.
    pub fn widths(&self) -> &[u32] {
        &self.widths
    }

    /// Π n_l: the number of possible paths.
    pub fn possible_paths(&self) -> u64 {
        self.widths.iter().map(|&n| u64::from(n)).product()
    }
}

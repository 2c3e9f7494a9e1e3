//! A network, as it is used.

use crate::matrix::{Block, Flat, Matrix};
use crate::plain::Parameters;

/// A network: weights and biases of every layer, as patterns meet them.
#[derive(Debug, Clone)]
pub struct Network {
    pub(crate) widths: Vec<u32>,
    pub(crate) weights: Vec<Matrix>,
    /// Rows of blocks, a layer each.
    pub(crate) biases: Vec<Vec<Block>>,
}

impl Network {
    pub(crate) fn new(widths: &[u32], parameters: &Parameters<f32>) -> Self {
        let shapes = widths.windows(2).zip(&parameters.weights);
        let weights =
            shapes.map(|(pair, values)| Matrix::of(pair[0] as usize, pair[1] as usize, values)).collect();
        let biases =
            parameters.biases.iter().map(|values| Matrix::of(1, values.len(), values).blocks).collect();
        Self { widths: widths.to_vec(), weights, biases }
    }

    /// n_0..n_L.
    pub fn widths(&self) -> &[u32] {
        &self.widths
    }

    /// W^l of weight layer l = 1..=L, n_(l−1) × n_l, row after row.
    pub fn weights(&self, layer: usize) -> Vec<f32> {
        self.weights[layer - 1].values()
    }

    /// b^l of layer l = 1..=L; zeros where there are no biases.
    pub fn biases(&self, layer: usize) -> &[f32] {
        &self.biases[layer - 1].flat()[..self.widths[layer] as usize]
    }

    /// The network that begins at weight layer l = 1..=L.
    pub(crate) fn beginning_at(&self, layer: usize) -> Self {
        let first = layer - 1;
        Self {
            widths: self.widths[first..].to_vec(),
            weights: self.weights[first..].to_vec(),
            biases: self.biases[first..].to_vec(),
        }
    }
}

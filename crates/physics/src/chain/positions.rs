//! Where a weight stands among the draws of a MC sweep.

use super::draws::DRAWS_PER_WORD;
use model::{FactorGraph, Weight};

/// Slots come in groups of 32: 512 bits of 16-bit numbers.
pub(crate) const GROUP: usize = 32;

/// A position for every weight of the model: the number of its draw within a MC sweep.
///
/// Weights stand in **rows**, each beginning at a multiple of 32: a row for each unit j of the first hidden layer with
/// the weights W¹\[·, j\] of the model, one after another; then, for l = 2..L−1, a row for each unit j of layer l − 1
/// with W^l\[j, k\] in slot k; and one row with W^L\[k\] in slot k. Slots without a weight of the model are drawn for
/// nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    of: Vec<u32>,
    rows: Vec<Row>,
    /// Draws of a MC sweep, a multiple of 32.
    length: usize,
}

/// A row of positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) layer: u16,
    /// Unit j of layer 1 (for l = 1) or l − 1; 0 for l = L.
    pub(crate) unit: u32,
    /// The position of slot 0.
    pub(crate) start: usize,
    /// Slots up to the last one with a weight.
    pub(crate) slots: usize,
}

impl Positions {
    /// The positions of an instance's weights.
    pub fn new(graph: &FactorGraph) -> Self {
        let depth = graph.depth() as u16;
        let row_and_slot = |weight: &Weight| match weight.layer {
            1 => (1, weight.to, weight.from),
            layer if layer == depth => (layer, 0, weight.from),
            layer => (layer, weight.from, weight.to),
        };
        let mut order: Vec<usize> = (0..graph.weight_count()).collect();
        order.sort_by_key(|&i| row_and_slot(&graph.weights()[i]));
        let mut positions = Self { of: vec![0; order.len()], rows: Vec::new(), length: 0 };
        for i in order {
            let (layer, unit, slot) = row_and_slot(&graph.weights()[i]);
            let row = positions.row(layer, unit);
            let slot = if layer == 1 { row.slots } else { slot as usize };
            row.slots = slot + 1;
            let (position, end) = (row.start + slot, row.start + row.slots.next_multiple_of(GROUP));
            positions.of[i] = position as u32;
            positions.length = end;
        }
        positions
    }

    /// The last row, which is a new one unless it is this.
    fn row(&mut self, layer: u16, unit: u32) -> &mut Row {
        if self.rows.last().is_none_or(|row| (row.layer, row.unit) != (layer, unit)) {
            self.rows.push(Row { layer, unit, start: self.length, slots: 0 });
        }
        self.rows.last_mut().expect("a row was just pushed")
    }

    /// The position of weight i.
    pub fn of(&self, i: usize) -> usize {
        self.of[i] as usize
    }

    /// The rows by layer, then unit.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Words that a chain draws in one MC sweep.
    pub fn words_per_sweep(&self) -> u64 {
        (self.length / DRAWS_PER_WORD) as u64
    }

    /// The draw of a position in MC sweep number `mc_sweep`; MC sweep 0 is the random configuration that a chain begins
    /// with.
    pub fn draw(&self, mc_sweep: u64, position: usize) -> u64 {
        mc_sweep * self.length as u64 + position as u64
    }
}

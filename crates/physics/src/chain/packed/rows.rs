//! An instance as rows of bits, and its replicas.

use super::super::plain::gauged_signs;
use super::super::positions::{GROUP, Positions, Row};
use super::super::wide::Block;
use model::FactorGraph;
use std::collections::HashMap;

/// Bits of a chunk.
const CHUNK: usize = 16;

/// Rows of at most so many chunks are compiled for each number of them ([`super::mc_sweep::with_turned`]), an even
/// number.
pub(super) const FEW_CHUNKS: usize = 4;

/// The largest degree whose fields fit into 16 bits.
pub(super) const MAX_DEGREE: usize = i16::MAX as usize;

/// Bytes of rows for each path that are thought worth it: beyond, an instance is too sparse for its widths.
const MAX_BYTES_PER_PATH: usize = 1024;

/// An instance with three weight layers as rows of bits, shared by all its replicas.
#[derive(Debug, Clone)]
pub struct BitRows {
    /// W¹\[·, j\] of every unit j of the first hidden layer, rows over k.
    pub(super) firsts: Vec<Side>,
    /// W²\[j, ·\], rows over i.
    pub(super) seconds: Vec<Side>,
    /// A, S where signs remain in the gauge, and d: see [`super::mc_sweep::Groups`].
    pub(super) first_blocks: Vec<Block>,
    pub(super) second_blocks: Vec<Block>,
    pub(super) signed: bool,
    /// Groups of 32 slots of a row over k.
    pub(super) output_groups: usize,
    /// The most groups of any row.
    widest_groups: usize,
    pub(super) words_per_sweep: u64,
    /// Of the first and second weight layer, and of the third.
    pub(super) largest_degrees: [u16; 2],
    /// `slots[i]`: where weight i stands.
    pub(super) slots: Vec<Slot>,
    /// Paths through every unit of the first hidden layer.
    pub(super) unit_paths: Vec<i64>,
}

/// A row of positions, whose slots are weights with rows of bits of their own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    /// Groups of 32 slots.
    pub(super) groups: usize,
    /// Chunks of the row of each slot.
    pub(super) chunks: usize,
    /// Its first group among those of all rows of the layer.
    pub(super) start: usize,
}

/// Bit `bit` of group `group` of layer 1, 2 or 3 of a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) layer: u8,
    pub(super) group: u32,
    pub(super) bit: u8,
}

/// g_i w_i of one replica, 32 slots a group; a bit is set where it is −1. Bits without a weight of the model are
/// arbitrary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BitReplica {
    /// W¹: Y of every unit.
    pub(crate) first: Vec<u32>,
    /// W²: a row over k for every unit.
    pub(crate) second: Vec<u32>,
    /// W³: one row over k.
    pub(crate) third: Vec<u32>,
    /// H.
    pub energy: i64,
}

impl BitRows {
    /// The rows of an instance; `None` where they do not fit it: not three weight layers, a degree beyond 16 bits, or
    /// so sparse for its widths that rows would be mostly empty.
    pub fn new(graph: &FactorGraph, positions: &Positions) -> Option<Self> {
        if graph.depth() != 3 || graph.max_degree() > MAX_DEGREE {
            return None;
        }
        let mut rows = Self::empty(graph, positions)?;
        rows.fill(graph, positions);
        Some(rows)
    }

    fn empty(graph: &FactorGraph, positions: &Positions) -> Option<Self> {
        let (units, third) = positions.rows().split_at(positions.rows().len() - 1);
        let (firsts, seconds) = units.split_at(units.len() / 2);
        let outputs = third[0].slots;
        let signed = graph.ground_state().is_none();
        let (mut first_groups, mut first_blocks, mut second_groups, mut second_blocks) = (0, 0, 0, 0);
        let side = |row: &Row, across: usize, start: &mut usize, blocks: &mut usize| {
            let (groups, chunks) = (row.slots.div_ceil(GROUP), across.div_ceil(CHUNK));
            let side = Side { groups, chunks, start: *start };
            *start += groups;
            *blocks += groups * blocks_per_group(chunks, signed);
            side
        };
        let mut rows = Self {
            firsts: firsts
                .iter()
                .map(|row| side(row, outputs, &mut first_groups, &mut first_blocks))
                .collect(),
            seconds: (seconds.iter().zip(firsts))
                .map(|(row, first)| side(row, first.slots, &mut second_groups, &mut second_blocks))
                .collect(),
            first_blocks: Vec::new(),
            second_blocks: Vec::new(),
            signed,
            output_groups: outputs.div_ceil(GROUP),
            widest_groups: units.iter().chain(third).map(|row| row.slots.div_ceil(GROUP)).max().unwrap_or(0),
            words_per_sweep: positions.words_per_sweep(),
            largest_degrees: [0; 2],
            slots: Vec::new(),
            unit_paths: vec![0; firsts.len()],
        };
        let bytes = (first_blocks + second_blocks) * size_of::<Block>();
        if bytes > MAX_BYTES_PER_PATH * graph.path_count() + (1 << 20) {
            return None;
        }
        rows.first_blocks = vec![Block::ZERO; first_blocks];
        rows.second_blocks = vec![Block::ZERO; second_blocks];
        Some(rows)
    }

    fn fill(&mut self, graph: &FactorGraph, positions: &Positions) {
        let firsts = positions.rows().iter().filter(|row| row.layer == 1).zip(0..);
        let unit_of: HashMap<u32, (usize, usize)> =
            firsts.map(|(row, number)| (row.unit, (number, row.start))).collect();
        let signs = gauged_signs(graph);
        let first_blocks = self.blocks_before(&self.firsts);
        let second_blocks = self.blocks_before(&self.seconds);
        for (a, &sign) in signs.iter().enumerate() {
            let path = graph.path(a);
            let (unit, start) = unit_of[&graph.weights()[path[0] as usize].to];
            let i = positions.of(path[0] as usize) - start;
            let k = graph.weights()[path[1] as usize].to as usize;
            let (first, second) = (self.firsts[unit], self.seconds[unit]);
            self.unit_paths[unit] += 1;
            add_path(&mut self.first_blocks[first_blocks[unit]..], first.chunks, self.signed, i, k, sign);
            add_path(&mut self.second_blocks[second_blocks[unit]..], second.chunks, self.signed, k, i, sign);
        }
        let slot = |i: usize| {
            let weight = graph.weights()[i];
            let (group, slot) = match weight.layer {
                1 => {
                    let (unit, start) = unit_of[&weight.to];
                    (self.firsts[unit].start, positions.of(i) - start)
                }
                2 => (unit_of[&weight.from].0 * self.output_groups, weight.to as usize),
                _ => (0, weight.from as usize),
            };
            let (group, bit) = ((group + slot / GROUP) as u32, (slot % GROUP) as u8);
            Slot { layer: weight.layer as u8, group, bit }
        };
        self.slots = (0..graph.weight_count()).map(slot).collect();
        let largest = |layers: std::ops::RangeInclusive<u16>| {
            layers.flat_map(|layer| graph.layer(layer)).map(|i| graph.degree(i)).max().unwrap_or(0) as u16
        };
        self.largest_degrees = [largest(1..=2), largest(3..=3)];
    }

    /// The blocks of the sides before each.
    fn blocks_before(&self, sides: &[Side]) -> Vec<usize> {
        let mut before = 0;
        let blocks = |side: &Side| {
            let start = before;
            before += side.groups * blocks_per_group(side.chunks, self.signed);
            start
        };
        sides.iter().map(blocks).collect()
    }

    /// Units of the first hidden layer that have a path.
    pub(crate) fn units(&self) -> usize {
        self.firsts.len()
    }

    /// Where each weight of the graph stands: its number among [`BitReplica::groups`], and its bit.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, u32)> {
        let [first, second, _] = self.layer_groups();
        let before = [0, first, first + second];
        let place = move |slot: &Slot| {
            (before[usize::from(slot.layer) - 1] + slot.group as usize, u32::from(slot.bit))
        };
        self.slots.iter().map(place)
    }

    /// Memory for one turned row, if any has more than few chunks.
    pub(super) fn scratch(&self) -> Vec<u32> {
        let chunks = self.widest_groups * (GROUP / CHUNK);
        vec![0; if chunks > FEW_CHUNKS { chunks } else { 0 }]
    }

    /// Groups of all rows of W¹, of W² and of W³.
    pub(super) fn layer_groups(&self) -> [usize; 3] {
        let first = self.firsts.iter().map(|side| side.groups).sum();
        [first, self.seconds.len() * self.output_groups, self.output_groups]
    }

    /// g_i w_i in the order of the graph's weights.
    pub fn weights(&self, replica: &BitReplica) -> Vec<i8> {
        self.slots.iter().map(|&slot| if replica.bit(slot) { -1 } else { 1 }).collect()
    }
}

impl BitReplica {
    /// Whether the weight there is −1.
    fn bit(&self, slot: Slot) -> bool {
        let groups = [&self.first, &self.second, &self.third][usize::from(slot.layer) - 1];
        groups[slot.group as usize] >> slot.bit & 1 == 1
    }

    /// All groups: of W¹, W² and W³.
    pub(crate) fn groups(&self) -> impl Iterator<Item = u32> {
        self.first.iter().chain(&self.second).chain(&self.third).copied()
    }

    /// X of every unit.
    pub(crate) fn merged(&self) -> Vec<u32> {
        let mut merged = Vec::new();
        self.merge_into(&mut merged);
        merged
    }

    /// The same in place of what was there.
    pub(crate) fn merge_into(&self, merged: &mut Vec<u32>) {
        merged.clear();
        for row in self.second.chunks_exact(self.third.len()) {
            merged.extend(row.iter().zip(&self.third).map(|(v, w)| v ^ w));
        }
    }
}

/// Blocks of a group: A, S where there are signs, and d.
pub(super) const fn blocks_per_group(chunks: usize, signed: bool) -> usize {
    if signed { 2 * chunks + 1 } else { chunks + 1 }
}

/// Which chunk of a slot's row stands in block t: see [`super::mc_sweep::Turned`]. Its own inverse.
fn chunk_of_block(chunks: usize, slot: usize, t: usize) -> usize {
    let has_partner = t | 1 < chunks;
    if has_partner { t ^ (slot % 2) } else { t }
}

/// Adds a path to the row of a slot of a side.
fn add_path(blocks: &mut [Block], chunks: usize, signed: bool, slot: usize, bit: usize, sign: i8) {
    let group = slot / GROUP * blocks_per_group(chunks, signed);
    let (e, quarter) = (slot % GROUP / 4, CHUNK * (slot % 4));
    let mask = 1u64 << (quarter + bit % CHUNK);
    let block = chunk_of_block(chunks, slot, bit / CHUNK);
    blocks[group + block].0[e] |= mask;
    if sign < 0 {
        blocks[group + chunks + block].0[e] |= mask;
    }
    blocks[group + blocks_per_group(chunks, signed) - 1].0[e] += 1 << quarter;
}

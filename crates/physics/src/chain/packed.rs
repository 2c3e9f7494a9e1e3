//! One replica in rows of bits, for three weight layers.
//!
//! For a unit j of the first hidden layer let X be the row of bits over k with X_k = 1 where W²[j,k] W³[k] = −1, and A_ij the
//! row over k with a bit for each active path (i, j, k). Then the field of W¹[i, j] is
//!
//! h = d − 2 popcount((X ⊕ S_ij) ∧ A_ij),
//!
//! d = |A_ij| being its degree and S_ij the signs of its paths, which are all 0 with couplings `input` (in the gauge of
//! [`crate::chain`]). With rows over i instead, and Y the bits of W¹[·, j], f = d − 2 popcount((Y ⊕ S_jk) ∧ A_jk) gives
//! W²[j,k] the field f W³[k], and W³[k] the field Σ_j f W²[j,k] of the values just drawn. The work does not grow with the
//! number of paths.
//!
//! Slots of a [row of positions](super::Positions) are taken 32 at a time: chunk t of their rows, 16 bits each, are the 32
//! numbers of one [`Block`], so that population counts, added up over t, are 32 numbers in the order of the slots and of
//! their draws, and a comparison of 32 numbers gives 32 bits of the new row.

use super::Difference;
use super::draws::{self, GAMMA};
use super::plain::gauged_signs;
use super::positions::{GROUP, Positions, Row};
use super::thresholds::Thresholds;
#[cfg(target_arch = "x86_64")]
use super::wide::{Avx2, Avx512};
use super::wide::{Block, Plain, Table, Wide};
use crate::cpu::{Level, at_each_level};
use crate::graph::FactorGraph;
use std::collections::HashMap;

/// Bits of a chunk.
const CHUNK: usize = 16;

/// From the arguments of the draws of one group to those of the next.
const GROUP_STEP: u64 = GAMMA.wrapping_mul(8);

/// Groups of a row over k for which no memory is allocated in a sweep.
const FEW: usize = 4;

/// The largest degree whose fields fit into 16 bits.
const MAX_DEGREE: usize = i16::MAX as usize;

/// Bytes of rows for each path that are thought worth it: beyond, an instance is too sparse for its widths.
const MAX_BYTES_PER_PATH: usize = 1024;

/// An instance with three weight layers as rows of bits, shared by all its replicas.
#[derive(Debug, Clone)]
pub struct BitRows {
    /// W¹[·, j] of every unit j of the first hidden layer, rows over k.
    firsts: Vec<Side>,
    /// W²[j, ·], rows over i.
    seconds: Vec<Side>,
    /// A, S where signs remain in the gauge, and d: see [`Groups`].
    first_blocks: Vec<Block>,
    second_blocks: Vec<Block>,
    signed: bool,
    /// Groups of 32 slots of a row over k.
    output_groups: usize,
    /// Word of the first draw of W³ within a sweep.
    third_word: u64,
    words_per_sweep: u64,
    /// Of the first and second weight layer, and of the third.
    largest_degrees: [u16; 2],
    /// `slots[i]`: where weight i stands.
    slots: Vec<Slot>,
}

/// A row of positions, whose slots are weights with rows of bits of their own.
#[derive(Debug, Clone, Copy)]
struct Side {
    /// Groups of 32 slots.
    groups: usize,
    /// Chunks of the row of each slot.
    chunks: usize,
    /// Its first group among those of all rows of the layer.
    start: usize,
    /// Word of the first draw within a sweep.
    word: u64,
}

/// Bit `bit` of group `group` of layer 1, 2 or 3 of a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) layer: u8,
    pub(crate) group: u32,
    pub(crate) bit: u8,
}

/// g_i w_i of one replica, 32 slots a group; a bit is set where it is −1. Bits without a weight of the model are arbitrary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
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
    /// The rows of an instance; `None` where they do not fit it: not three weight layers, a degree beyond 16 bits, or so sparse
    /// for its widths that rows would be mostly empty.
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
            let side = Side { groups, chunks, start: *start, word: row.start as u64 / 4 };
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
            third_word: third[0].start as u64 / 4,
            words_per_sweep: positions.words_per_sweep(),
            largest_degrees: [0; 2],
            slots: Vec::new(),
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

    /// The random configuration that the chain of that key begins with.
    pub fn random(&self, key: u64) -> Replica {
        // The leading bit of a draw decides at β = 0: R < 2^63.
        let row = |word: u64, groups: usize| {
            let start = move |g: usize| key.wrapping_add((word + 8 * g as u64).wrapping_mul(GAMMA));
            (0..groups).map(move |g| !Plain::negative(Plain::words(start(g))))
        };
        let firsts = self.firsts.iter().flat_map(|side| row(side.word, side.groups));
        // A row over k may end early, where unit j has no path to the last k.
        let seconds = self.seconds.iter().flat_map(|side| {
            row(side.word, side.groups).chain(std::iter::repeat(0)).take(self.output_groups)
        });
        self.with_energy(Replica {
            first: firsts.collect(),
            second: seconds.collect(),
            third: row(self.third_word, self.output_groups).collect(),
            energy: 0,
        })
    }

    /// A given configuration g_i w_i.
    pub fn replica(&self, weights: &[i8]) -> Replica {
        let first: usize = self.firsts.iter().map(|side| side.groups).sum();
        let second = self.seconds.len() * self.output_groups;
        let mut layers = [vec![0; first], vec![0; second], vec![0; self.output_groups]];
        for (slot, &weight) in self.slots.iter().zip(weights) {
            layers[usize::from(slot.layer) - 1][slot.group as usize] |= u32::from(weight < 0) << slot.bit;
        }
        let [first, second, third] = layers;
        self.with_energy(Replica { first, second, third, energy: 0 })
    }

    fn with_energy(&self, mut replica: Replica) -> Replica {
        let merged = replica.merged();
        replica.energy = -path_sum(Level::chosen(), self, self.signed, &replica.first, &merged);
        replica
    }

    /// Sweep number `mc_sweep` ≥ 1 of the chain of that key.
    pub fn mc_sweep(&self, level: Level, replica: &mut Replica, heat: &Heat, key: u64, mc_sweep: u64) {
        sweep(level, self, replica, heat, key, mc_sweep * self.words_per_sweep);
    }

    /// Where each weight of the graph stands: its number among [`Replica::groups`], and its bit.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, u32)> {
        let first: usize = self.firsts.iter().map(|side| side.groups).sum();
        let before = [0, first, first + self.seconds.len() * self.output_groups];
        let place = move |slot: &Slot| {
            (before[usize::from(slot.layer) - 1] + slot.group as usize, u32::from(slot.bit))
        };
        self.slots.iter().map(place)
    }

    /// g_i w_i in the order of the graph's weights.
    pub fn weights(&self, replica: &Replica) -> Vec<i8> {
        self.slots.iter().map(|&slot| if replica.bit(slot) { -1 } else { 1 }).collect()
    }
}

impl Replica {
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
        self.second
            .chunks(self.third.len())
            .flat_map(|row| row.iter().zip(&self.third).map(|(v, w)| v ^ w))
            .collect()
    }
}

/// Thresholds as the kernel reads them.
#[derive(Debug, Clone)]
pub struct Heat {
    thresholds: Thresholds,
    table: Table,
}

impl Heat {
    /// Of one β.
    pub fn new(thresholds: Thresholds) -> Self {
        let table = Table::new(thresholds.leading());
        Self { thresholds, table }
    }

    pub(super) fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// How to look up fields of at most this size.
    fn reach(&self, largest: u16) -> Reach {
        match (largest, self.thresholds.reach()) {
            (0..16, _) => Reach::Blocks1,
            (16..32, _) => Reach::Blocks2,
            (_, 0..32) => Reach::Clamped2,
            (32..64, _) => Reach::Blocks4,
            (_, 0..64) => Reach::Clamped4,
            _ => Reach::Far,
        }
    }

    /// Beyond this size fields behave alike.
    #[inline(always)]
    fn cap<W: Wide>(&self) -> W::V {
        W::splat_number(self.thresholds.reach().min(63) as i16)
    }
}

/// How much of a table can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Blocks1,
    Blocks2,
    Blocks4,
    /// Fields may be larger, but those beyond a smaller size all behave alike.
    Clamped2,
    Clamped4,
    /// More than the table has.
    Far,
}

at_each_level! {
    fn sweep(rows: &BitRows, replica: &mut Replica, heat: &Heat, key: u64, first_word: u64) = {
        Baseline: sweep_with::<Plain>,
        Avx2: sweep_with::<Avx2>,
        Avx512: sweep_with::<Avx512>,
    };
}

#[inline(always)]
fn sweep_with<W: Wide>(rows: &BitRows, replica: &mut Replica, heat: &Heat, key: u64, first_word: u64) {
    if rows.signed {
        sweep_of::<W, true>(rows, replica, heat, key, first_word);
    } else {
        sweep_of::<W, false>(rows, replica, heat, key, first_word);
    }
}

#[inline(always)]
fn sweep_of<W: Wide, const SIGNED: bool>(
    rows: &BitRows,
    replica: &mut Replica,
    heat: &Heat,
    key: u64,
    first_word: u64,
) {
    match heat.reach(rows.largest_degrees[0]) {
        Reach::Blocks1 => Sweep::<W, SIGNED, 1, false>::new(rows, heat, key, first_word).run(replica),
        Reach::Blocks2 => Sweep::<W, SIGNED, 2, false>::new(rows, heat, key, first_word).run(replica),
        Reach::Blocks4 => Sweep::<W, SIGNED, 4, false>::new(rows, heat, key, first_word).run(replica),
        Reach::Clamped2 => Sweep::<W, SIGNED, 2, true>::new(rows, heat, key, first_word).run(replica),
        Reach::Clamped4 => Sweep::<W, SIGNED, 4, true>::new(rows, heat, key, first_word).run(replica),
        Reach::Far => Sweep::<W, SIGNED, 0, false>::new(rows, heat, key, first_word).run(replica),
    }
}

/// One MC sweep of one chain, whose W¹ and W² fields are looked up in the first 16 · BLOCKS entries of the table, clamped before if
/// CLAMP, or one by one if BLOCKS = 0.
struct Sweep<'a, W: Wide, const SIGNED: bool, const BLOCKS: usize, const CLAMP: bool> {
    rows: &'a BitRows,
    heat: &'a Heat,
    key: u64,
    first_word: u64,
    cap: W::V,
}

impl<'a, W: Wide, const SIGNED: bool, const BLOCKS: usize, const CLAMP: bool>
    Sweep<'a, W, SIGNED, BLOCKS, CLAMP>
{
    #[inline(always)]
    fn new(rows: &'a BitRows, heat: &'a Heat, key: u64, first_word: u64) -> Self {
        Self { rows, heat, key, first_word, cap: heat.cap::<W>() }
    }

    #[inline(always)]
    fn run(&self, replica: &mut Replica) {
        let groups = self.rows.output_groups;
        // Fields of W³, and X of one unit.
        let (mut few_sums, mut few_merged) = ([Block::ZERO; FEW], [0u32; FEW]);
        let (mut many_sums, mut many_merged) = (Vec::new(), Vec::new());
        let (sums, merged) = if groups <= FEW {
            (&mut few_sums[..groups], &mut few_merged[..groups])
        } else {
            many_sums.resize(groups, Block::ZERO);
            many_merged.resize(groups, 0);
            (&mut many_sums[..], &mut many_merged[..])
        };
        // First all W¹, then all W²: neighbouring units do not wait for each other.
        self.update_firsts(&mut replica.first, &replica.second, &replica.third, merged);
        self.update_seconds(&replica.first, &mut replica.second, &replica.third, sums);
        replica.energy = -self.update_third(&mut replica.third, sums);
    }

    #[inline(always)]
    fn update_firsts(&self, mut first: &mut [u32], second: &[u32], third: &[u32], merged: &mut [u32]) {
        let mut groups = Groups::<SIGNED> { blocks: &self.rows.first_blocks };
        for (side, second) in self.rows.firsts.iter().zip(second.chunks_exact(third.len())) {
            for ((x, v), w) in merged.iter_mut().zip(second).zip(third) {
                *x = v ^ w;
            }
            let (row, later) = first.split_at_mut(side.groups);
            first = later;
            let mut start = self.start_of(side.word);
            for bits in row {
                let field = groups.next_fields::<W, SIGNED>(side.chunks, merged);
                *bits = W::to_bits(self.down(field, start));
                start = start.wrapping_add(GROUP_STEP);
            }
        }
    }

    #[inline(always)]
    fn update_seconds(&self, mut first: &[u32], second: &mut [u32], third: &[u32], sums: &mut [Block]) {
        let mut groups = Groups::<SIGNED> { blocks: &self.rows.second_blocks };
        let sides = self.rows.firsts.iter().zip(&self.rows.seconds);
        for ((first_side, side), second) in sides.zip(second.chunks_exact_mut(third.len())) {
            let (row, later) = first.split_at(first_side.groups);
            first = later;
            let mut start = self.start_of(side.word);
            for ((bits, &third), sum) in second[..side.groups].iter_mut().zip(third).zip(&mut *sums) {
                let without_third = groups.next_fields::<W, SIGNED>(side.chunks, row);
                let field = W::negate_where(W::from_bits(third), without_third);
                let down = self.down(field, start);
                *bits = W::to_bits(down);
                *sum = W::store(W::add(W::load(sum), W::negate_where(down, without_third)));
                start = start.wrapping_add(GROUP_STEP);
            }
        }
    }

    /// Returns Σ_a s_a.
    #[inline(always)]
    fn update_third(&self, third: &mut [u32], sums: &[Block]) -> i64 {
        let reach = self.heat.reach(self.rows.largest_degrees[1]);
        let mut start = self.start_of(self.rows.third_word);
        let mut total = 0;
        for (bits, sums) in third.iter_mut().zip(sums) {
            let field = W::load(sums);
            let down = match reach {
                Reach::Far => down_one_by_one::<W>(self.heat, field, self.key, start),
                Reach::Clamped2 | Reach::Clamped4 => {
                    down::<W, 4>(self.heat, W::clamp(field, self.cap), self.key, start)
                }
                _ => down::<W, 4>(self.heat, field, self.key, start),
            };
            *bits = W::to_bits(down);
            total += sum::<W>(W::negate_where(down, field));
            start = start.wrapping_add(GROUP_STEP);
        }
        total
    }

    /// The argument of a word of the sweep.
    #[inline(always)]
    fn start_of(&self, word: u64) -> u64 {
        self.key.wrapping_add((self.first_word + word).wrapping_mul(GAMMA))
    }

    /// Which of 32 weights become −1, the arguments of their draws beginning there.
    #[inline(always)]
    fn down(&self, field: W::V, start: u64) -> W::M {
        if BLOCKS == 0 {
            return down_one_by_one::<W>(self.heat, field, self.key, start);
        }
        let field = if CLAMP { W::clamp(field, self.cap) } else { field };
        down::<W, BLOCKS>(self.heat, field, self.key, start)
    }
}

/// Blocks of a group: A, S where there are signs, and d.
const fn blocks_per_group(chunks: usize, signed: bool) -> usize {
    if signed { 2 * chunks + 1 } else { chunks + 1 }
}

/// Adds a path to the row of a slot of a side.
fn add_path(blocks: &mut [Block], chunks: usize, signed: bool, slot: usize, bit: usize, sign: i8) {
    let group = slot / GROUP * blocks_per_group(chunks, signed);
    let (e, quarter) = (slot % GROUP / 4, CHUNK * (slot % 4));
    let mask = 1u64 << (quarter + bit % CHUNK);
    blocks[group + bit / CHUNK].0[e] |= mask;
    if sign < 0 {
        blocks[group + chunks + bit / CHUNK].0[e] |= mask;
    }
    blocks[group + blocks_per_group(chunks, signed) - 1].0[e] += 1 << quarter;
}

/// The groups of one layer, one after another: of each, the chunks of A, those of S if SIGNED, and the degrees d.
struct Groups<'a, const SIGNED: bool> {
    blocks: &'a [Block],
}

impl<const SIGNED: bool> Groups<'_, SIGNED> {
    /// d − 2 popcount((row ⊕ S) ∧ A) of the next group; without S unless APPLIED.
    #[inline(always)]
    fn next_fields<W: Wide, const APPLIED: bool>(&mut self, chunks: usize, row: &[u32]) -> W::V {
        let (blocks, later) = self.blocks.split_at(blocks_per_group(chunks, SIGNED));
        self.blocks = later;
        let counts = match (chunks, row.len()) {
            (1, 1..) => unsatisfied::<W, SIGNED, APPLIED, 1>(blocks, row),
            (2, 1..) => unsatisfied::<W, SIGNED, APPLIED, 2>(blocks, row),
            (3, 2..) => unsatisfied::<W, SIGNED, APPLIED, 3>(blocks, row),
            (4, 2..) => unsatisfied::<W, SIGNED, APPLIED, 4>(blocks, row),
            _ => unsatisfied::<W, SIGNED, APPLIED, 0>(blocks, row),
        };
        W::subtract(W::subtract(W::load(&blocks[blocks.len() - 1]), counts), counts)
    }
}

/// popcount((row ⊕ S) ∧ A) of rows of CHUNKS chunks, or of any number if CHUNKS = 0; without S unless APPLIED.
#[inline(always)]
fn unsatisfied<W: Wide, const SIGNED: bool, const APPLIED: bool, const CHUNKS: usize>(
    blocks: &[Block],
    row: &[u32],
) -> W::V {
    let mut counts = W::splat(0);
    let chunks = match (CHUNKS, SIGNED) {
        (0, false) => blocks.len() - 1,
        (0, true) => (blocks.len() - 1) / 2,
        _ => CHUNKS,
    };
    for t in 0..chunks {
        let chunk = W::splat_number((row[t / 2] >> (CHUNK * (t % 2))) as i16);
        let unsatisfied = if APPLIED {
            W::xor_and(chunk, W::load(&blocks[chunks + t]), W::load(&blocks[t]))
        } else {
            W::and(chunk, W::load(&blocks[t]))
        };
        counts = W::add(counts, W::count_ones(unsatisfied));
    }
    counts
}

/// Which of 32 weights in fields |h| < 16 · BLOCKS become −1.
#[inline(always)]
pub(super) fn down<W: Wide, const BLOCKS: usize>(heat: &Heat, field: W::V, key: u64, start: u64) -> W::M {
    below::<W>(heat, field, W::lookup::<BLOCKS>(&heat.table, field), key, start)
}

/// The same where fields are larger than the table.
#[inline(always)]
fn down_one_by_one<W: Wide>(heat: &Heat, field: W::V, key: u64, start: u64) -> W::M {
    let thresholds = heat.thresholds.one_by_one(&W::store(field));
    below::<W>(heat, field, W::load(&thresholds), key, start)
}

/// Which of 32 draws are below D(h), given its leading bits.
#[inline(always)]
fn below<W: Wide>(heat: &Heat, field: W::V, thresholds: W::V, key: u64, start: u64) -> W::M {
    let draws = W::words(start);
    let below = W::less(draws, thresholds);
    let ties = W::equal(draws, thresholds);
    if W::any(ties) {
        let broken = break_ties(
            &heat.thresholds,
            W::store(field),
            W::to_bits(ties),
            key,
            4 * draws::number(key, start),
        );
        return W::from_bits(W::to_bits(below) | broken);
    }
    below
}

/// Of the draws whose leading bits are those of their thresholds, the ones below.
#[cold]
#[inline(never)]
fn break_ties(thresholds: &Thresholds, fields: Block, ties: u32, key: u64, draw: u64) -> u32 {
    let fields = fields.numbers();
    let tied = (0..32).filter(|lane| ties >> lane & 1 == 1);
    let below = tied.filter(|&lane| thresholds.breaks_tie(i32::from(fields[lane]), key, draw + lane as u64));
    below.fold(0, |bits, lane| bits | 1 << lane)
}

/// Σ of 32 numbers.
#[inline(always)]
fn sum<W: Wide>(v: W::V) -> i64 {
    W::store(v).numbers().iter().map(|&number| i32::from(number)).sum::<i32>().into()
}

at_each_level! {
    /// Σ_a s_a of the paths, s_a = Π of the bits' signs, times ξ_a if `signed` and there are any: `first` holds Y, `merged` X of every unit.
    pub(crate) fn path_sum(rows: &BitRows, signed: bool, first: &[u32], merged: &[u32]) -> i64 = {
        Baseline: path_sum_with::<Plain>,
        Avx2: path_sum_with::<Avx2>,
        Avx512: path_sum_with::<Avx512>,
    };
}

#[inline(always)]
fn path_sum_with<W: Wide>(rows: &BitRows, signed: bool, first: &[u32], merged: &[u32]) -> i64 {
    match (rows.signed, signed) {
        (true, true) => path_sum_of::<W, true, true>(rows, first, merged),
        (true, false) => path_sum_of::<W, true, false>(rows, first, merged),
        (false, _) => path_sum_of::<W, false, false>(rows, first, merged),
    }
}

#[inline(always)]
fn path_sum_of<W: Wide, const SIGNED: bool, const APPLIED: bool>(
    rows: &BitRows,
    first: &[u32],
    merged: &[u32],
) -> i64 {
    // So many fields can be added up in 16 bits.
    let safe = MAX_DEGREE / usize::from(rows.largest_degrees[0]).max(1);
    let (mut total, mut sums, mut added) = (0, W::splat(0), 0);
    let mut groups = Groups::<SIGNED> { blocks: &rows.first_blocks };
    for (side, merged) in rows.firsts.iter().zip(merged.chunks_exact(rows.output_groups)) {
        for &bits in &first[side.start..side.start + side.groups] {
            let field = groups.next_fields::<W, APPLIED>(side.chunks, merged);
            sums = W::add(sums, W::negate_where(W::from_bits(bits), field));
            added += 1;
            if added == safe {
                (total, sums, added) = (total + sum::<W>(sums), W::splat(0), 0);
            }
        }
    }
    total + sum::<W>(sums)
}

/// Compares pairs of replicas.
#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    /// Slots of the model in each group of all W¹, and of all W².
    first_slots: Vec<u32>,
    second_slots: Vec<u32>,
    /// The bits in which the replicas differ.
    first: Vec<u32>,
    merged: Vec<u32>,
}

impl Comparison {
    /// Of replicas of an instance.
    pub(crate) fn new(rows: &BitRows) -> Self {
        let first: usize = rows.firsts.iter().map(|side| side.groups).sum();
        let second = rows.seconds.len() * rows.output_groups;
        let mut slots = [vec![0; first], vec![0; second], vec![0; rows.output_groups]];
        for slot in &rows.slots {
            slots[usize::from(slot.layer) - 1][slot.group as usize] |= 1 << slot.bit;
        }
        let [first_slots, second_slots, _] = slots;
        Self { first_slots, second_slots, first: vec![0; first], merged: vec![0; second] }
    }

    /// Where they differ, units of a single term left out.
    pub(crate) fn compare(
        &mut self,
        level: Level,
        rows: &BitRows,
        paths: usize,
        a: &Replica,
        b: &Replica,
        into: &mut Difference,
    ) {
        compare(level, self, rows, paths, a, b, into);
    }
}

at_each_level! {
    fn compare(this: &mut Comparison, rows: &BitRows, paths: usize, a: &Replica, b: &Replica, into: &mut Difference) = {
        Baseline: compare_with::<Plain>,
        Avx2: compare_with::<Avx2>,
        Avx512: compare_with::<Avx512>,
    };
}

#[inline(always)]
fn compare_with<W: Wide>(
    this: &mut Comparison,
    rows: &BitRows,
    paths: usize,
    a: &Replica,
    b: &Replica,
    into: &mut Difference,
) {
    for ((difference, a), b) in this.first.iter_mut().zip(&a.first).zip(&b.first) {
        *difference = a ^ b;
    }
    let groups = rows.output_groups;
    let seconds = a.second.chunks_exact(groups).zip(b.second.chunks_exact(groups));
    for (difference, (a_row, b_row)) in this.merged.chunks_exact_mut(groups).zip(seconds) {
        for (g, difference) in difference.iter_mut().enumerate() {
            *difference = a_row[g] ^ b_row[g] ^ a.third[g] ^ b.third[g];
        }
    }
    // Σ_a s_a s′_a = M − 2 (paths that differ), whatever the signs ξ_a are.
    into.paths = ((paths as i64 - path_sum_with::<W>(rows, false, &this.first, &this.merged)) / 2) as usize;
    into.first.clear();
    into.merged.clear();
    for (j, side) in rows.firsts.iter().enumerate() {
        let row = side.start..side.start + side.groups;
        count_differing(&this.first[row.clone()], &this.first_slots[row], &mut into.first);
        let row = j * groups..(j + 1) * groups;
        count_differing(&this.merged[row.clone()], &this.second_slots[row], &mut into.merged);
    }
}

/// Appends the number of differing slots of a unit that has two or more.
#[inline(always)]
fn count_differing(difference: &[u32], slots: &[u32], into: &mut Vec<u32>) {
    let (mut differing, mut all) = (0, 0);
    for (difference, slots) in difference.iter().zip(slots) {
        differing += (difference & slots).count_ones();
        all += slots.count_ones();
    }
    if all >= 2 {
        into.push(differing);
    }
}

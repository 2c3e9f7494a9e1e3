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
//! Slots of a [row of positions](super::Positions) are taken 32 at a time: the rows of slots 4e + q, e = 0..8, are the words
//! of one [`Block`], so that four population counts, shifted by 16 q bits and joined, are 32 numbers in the order of the
//! slots and of their draws, and a comparison of 32 numbers gives 32 bits of the new row.

use super::plain::gauged_signs;
use super::positions::{GROUP, Positions};
use super::thresholds::Thresholds;
use super::wide::{Block, Plain, Table, Wide};
#[cfg(target_arch = "x86_64")]
use super::wide::{Avx2, Avx512};
use crate::cpu::{Level, at_each_level};
use crate::graph::FactorGraph;

/// Bits of a word.
const WORD: usize = 64;

/// The largest degree whose fields fit into 16 bits.
const MAX_DEGREE: usize = i16::MAX as usize;

/// Bytes of rows for each path that are thought worth it: beyond, an instance is too sparse for its widths.
const MAX_BYTES_PER_PATH: usize = 1024;

/// An instance with three weight layers as rows of bits, shared by all its replicas.
#[derive(Debug, Clone)]
pub struct BitRows {
    units: Vec<Unit>,
    /// n_2 in words and in groups of 32.
    output_words: usize,
    output_groups: usize,
    /// All A_ij and A_jk: see [`Side`].
    active: Vec<Block>,
    /// All S_ij and S_jk, where signs remain in the gauge; else empty.
    signs: Vec<Block>,
    degrees: Vec<Block>,
    /// Word of the first draw of W³ within a sweep.
    third_word: u64,
    words_per_sweep: u64,
    /// Of the first and second weight layer, and of the third.
    largest_degrees: [u16; 2],
    /// Words of all Y.
    input_words: usize,
    /// `slots[i]`: where weight i stands.
    slots: Vec<Slot>,
}

/// One unit j of the first hidden layer.
#[derive(Debug, Clone)]
struct Unit {
    /// W¹[·, j], rows over k.
    first: Side,
    /// W²[j, ·], rows over i.
    second: Side,
    /// The first word of Y in [`Replica::first`].
    input_start: usize,
}

/// The rows of the slots of one row of positions.
#[derive(Debug, Clone, Copy)]
struct Side {
    /// Groups of 32 slots.
    groups: usize,
    /// Words of one row.
    words: usize,
    /// `active[rows + (group * words + t) * 4 + q]`: word t of the rows of slots 32 group + 4e + q.
    rows: usize,
    /// `degrees[degrees + group]`.
    degrees: usize,
    /// Word of the first draw within a sweep.
    word: u64,
}

/// A bit of a replica: bit `bit` of word `word` of layer 1, 2 or 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) layer: u8,
    pub(crate) word: u32,
    pub(crate) bit: u8,
}

/// g_i w_i of one replica; a bit is set where it is −1. Bits without a weight of the model are arbitrary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// W¹: Y of every unit.
    pub(crate) first: Vec<u64>,
    /// W²: a row over k for every unit.
    pub(crate) second: Vec<u64>,
    /// W³: one row over k.
    pub(crate) third: Vec<u64>,
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
        let (output_words, output_groups) = (outputs.div_ceil(WORD), outputs.div_ceil(GROUP));
        let mut rows = Self {
            units: Vec::with_capacity(firsts.len()),
            output_words,
            output_groups,
            active: Vec::new(),
            signs: Vec::new(),
            degrees: Vec::new(),
            third_word: third[0].start as u64 / 4,
            words_per_sweep: positions.words_per_sweep(),
            largest_degrees: [0; 2],
            input_words: 0,
            slots: Vec::new(),
        };
        let (mut blocks, mut degrees) = (0, 0);
        for (first, second) in firsts.iter().zip(seconds) {
            let mut side = |slots: usize, across: usize, start: usize| {
                let (groups, words) = (slots.div_ceil(GROUP), across.div_ceil(WORD));
                let side = Side { groups, words, rows: blocks, degrees, word: start as u64 / 4 };
                blocks += groups * words * 4;
                degrees += groups;
                side
            };
            let first_side = side(first.slots, outputs, first.start);
            let second_side = side(second.slots, first.slots, second.start);
            rows.units.push(Unit { first: first_side, second: second_side, input_start: rows.input_words });
            rows.input_words += second_side.words;
        }
        if blocks * size_of::<Block>() > MAX_BYTES_PER_PATH * graph.path_count() + (1 << 20) {
            return None;
        }
        let signed = graph.ground_state().is_none();
        rows.active = vec![Block::ZERO; blocks];
        rows.signs = vec![Block::ZERO; if signed { blocks } else { 0 }];
        rows.degrees = vec![Block::ZERO; degrees];
        Some(rows)
    }

    fn fill(&mut self, graph: &FactorGraph, positions: &Positions) {
        let mut unit_of = std::collections::HashMap::new();
        for (row, number) in positions.rows().iter().filter(|row| row.layer == 1).zip(0..) {
            unit_of.insert(row.unit, (number, row.start));
        }
        let signs = gauged_signs(graph);
        for (a, &sign) in signs.iter().enumerate() {
            let path = graph.path(a);
            let (number, start): (usize, usize) = unit_of[&graph.weights()[path[0] as usize].to];
            let i = positions.of(path[0] as usize) - start;
            let k = graph.weights()[path[1] as usize].to as usize;
            let unit = &self.units[number];
            for (side, slot, bit) in [(unit.first, i, k), (unit.second, k, i)] {
                let group = slot / GROUP;
                let block = side.rows + (group * side.words + bit / WORD) * 4 + slot % 4;
                let (e, mask) = (slot % GROUP / 4, 1u64 << (bit % WORD));
                self.active[block].0[e] |= mask;
                if sign < 0 {
                    self.signs[block].0[e] |= mask;
                }
                self.degrees[side.degrees + group].0[e] += 1 << (16 * (slot % 4));
            }
        }
        self.slots = (0..graph.weight_count())
            .map(|i| {
                let weight = graph.weights()[i];
                let (word, slot) = match weight.layer {
                    1 => {
                        let (number, start) = unit_of[&weight.to];
                        (self.units[number].input_start, positions.of(i) - start)
                    }
                    2 => (unit_of[&weight.from].0 * self.output_words, weight.to as usize),
                    _ => (0, weight.from as usize),
                };
                Slot {
                    layer: weight.layer as u8,
                    word: (word + slot / WORD) as u32,
                    bit: (slot % WORD) as u8,
                }
            })
            .collect();
        let largest = |layers: std::ops::RangeInclusive<u16>| {
            layers.flat_map(|layer| graph.layer(layer)).map(|i| graph.degree(i)).max().unwrap_or(0) as u16
        };
        self.largest_degrees = [largest(1..=2), largest(3..=3)];
    }

    /// The random configuration that the chain of that key begins with.
    pub fn random(&self, key: u64) -> Replica {
        let mut replica = Replica {
            first: vec![0; self.input_words],
            second: vec![0; self.units.len() * self.output_words],
            third: vec![0; self.output_words],
            energy: 0,
        };
        // The leading bit of a draw decides at β = 0: R < 2^63.
        let group = |word: u64| Plain::to_bits(Plain::mask_xor(Plain::negative(Plain::words(key, word)), u32::MAX));
        for (number, unit) in self.units.iter().enumerate() {
            let second = number * self.output_words;
            for g in 0..unit.first.groups {
                put(&mut replica.first[unit.input_start..], g, group(unit.first.word + 8 * g as u64));
            }
            for g in 0..unit.second.groups {
                put(&mut replica.second[second..], g, group(unit.second.word + 8 * g as u64));
            }
        }
        for g in 0..self.output_groups {
            put(&mut replica.third, g, group(self.third_word + 8 * g as u64));
        }
        replica.energy = -path_sum(Level::chosen(), self, !self.signs.is_empty(), &replica.first, &replica.merged());
        replica
    }

    /// Sweep number `mc_sweep` ≥ 1 of the chain of that key.
    pub fn mc_sweep(&self, level: Level, replica: &mut Replica, heat: &Heat, key: u64, mc_sweep: u64) {
        sweep(level, self, replica, heat, key, mc_sweep * self.words_per_sweep);
    }

    /// g_i w_i in the order of the graph's weights.
    pub fn weights(&self, replica: &Replica) -> Vec<i8> {
        self.slots.iter().map(|&slot| if replica.bit(slot) { -1 } else { 1 }).collect()
    }
}

impl Replica {
    /// Whether the weight there is −1.
    fn bit(&self, slot: Slot) -> bool {
        let words = [&self.first, &self.second, &self.third][usize::from(slot.layer) - 1];
        words[slot.word as usize] >> slot.bit & 1 == 1
    }

    /// X of every unit.
    pub(crate) fn merged(&self) -> Vec<u64> {
        self.second.chunks(self.third.len()).flat_map(|row| row.iter().zip(&self.third).map(|(v, w)| v ^ w)).collect()
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

    /// How to look up fields of at most this size.
    fn reach(&self, largest: u16) -> Reach {
        match self.thresholds.reach().min(largest) {
            0..16 => Reach::Blocks1,
            16..32 => Reach::Blocks2,
            32..64 => Reach::Blocks4,
            _ => Reach::Far,
        }
    }
}

/// How much of a table can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Blocks1,
    Blocks2,
    Blocks4,
    /// More than the table has.
    Far,
}

/// Puts the bits of group g into a row.
#[inline(always)]
fn put(row: &mut [u64], g: usize, bits: u32) {
    let shift = 32 * (g % 2);
    let word = &mut row[g / 2];
    *word = *word & !(0xffff_ffff << shift) | u64::from(bits) << shift;
}

/// The bits of group g of a row.
#[inline(always)]
fn take(row: &[u64], g: usize) -> u32 {
    (row[g / 2] >> (32 * (g % 2))) as u32
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
    let signed = !rows.signs.is_empty();
    match (rows.output_words, signed) {
        (1, false) => sweep_of::<W, 1, false>(rows, replica, heat, key, first_word),
        (1, true) => sweep_of::<W, 1, true>(rows, replica, heat, key, first_word),
        (_, false) => sweep_of::<W, 0, false>(rows, replica, heat, key, first_word),
        (_, true) => sweep_of::<W, 0, true>(rows, replica, heat, key, first_word),
    }
}

#[inline(always)]
fn sweep_of<W: Wide, const WORDS: usize, const SIGNED: bool>(
    rows: &BitRows,
    replica: &mut Replica,
    heat: &Heat,
    key: u64,
    first_word: u64,
) {
    match heat.reach(rows.largest_degrees[0]) {
        Reach::Blocks1 => Sweep::<W, WORDS, SIGNED, 1>::new(rows, heat, key, first_word).run(replica),
        Reach::Blocks2 => Sweep::<W, WORDS, SIGNED, 2>::new(rows, heat, key, first_word).run(replica),
        Reach::Blocks4 => Sweep::<W, WORDS, SIGNED, 4>::new(rows, heat, key, first_word).run(replica),
        Reach::Far => Sweep::<W, WORDS, SIGNED, 0>::new(rows, heat, key, first_word).run(replica),
    }
}

/// One MC sweep of one chain, whose W¹ and W² fields are looked up in the first 16 · BLOCKS entries of the table, or one by one if
/// BLOCKS = 0. WORDS is that of rows over k, or 0 where it varies.
struct Sweep<'a, W: Wide, const WORDS: usize, const SIGNED: bool, const BLOCKS: usize> {
    rows: &'a BitRows,
    heat: &'a Heat,
    key: u64,
    first_word: u64,
    reach: W::V,
}

impl<'a, W: Wide, const WORDS: usize, const SIGNED: bool, const BLOCKS: usize>
    Sweep<'a, W, WORDS, SIGNED, BLOCKS>
{
    #[inline(always)]
    fn new(rows: &'a BitRows, heat: &'a Heat, key: u64, first_word: u64) -> Self {
        let reach = heat.thresholds.reach().min(rows.largest_degrees[0]);
        Self { rows, heat, key, first_word, reach: W::splat_number(reach as i16) }
    }

    #[inline(always)]
    fn run(&self, replica: &mut Replica) {
        let rows = self.rows;
        let groups = rows.output_groups;
        let mut few = [Block::ZERO; 4];
        let mut many = Vec::new();
        // Fields of W³.
        let sums: &mut [Block] = if groups <= few.len() {
            &mut few[..groups]
        } else {
            many.resize(groups, Block::ZERO);
            &mut many
        };
        let words = if WORDS == 0 { rows.output_words } else { WORDS };
        for (unit, second) in rows.units.iter().zip(replica.second.chunks_exact_mut(words)) {
            let first = &mut replica.first[unit.input_start..unit.input_start + unit.second.words];
            self.update_first(unit, first, second, &replica.third);
            self.update_second(unit, first, second, &replica.third, sums);
        }
        replica.energy = -self.update_third(&mut replica.third, sums);
    }

    #[inline(always)]
    fn update_first(&self, unit: &Unit, first: &mut [u64], second: &[u64], third: &[u64]) {
        for g in 0..unit.first.groups {
            let words = if WORDS == 0 { second.len() } else { WORDS };
            let field = fields::<W, SIGNED>(self.rows, unit.first, g, words, |t| second[t] ^ third[t]);
            let against = self.against(field, unit.first.word + 8 * g as u64);
            put(first, g, W::to_bits(W::mask_xor(W::negative(field), against)));
        }
    }

    #[inline(always)]
    fn update_second(&self, unit: &Unit, first: &[u64], second: &mut [u64], third: &[u64], sums: &mut [Block]) {
        for g in 0..unit.second.groups {
            let without_third = fields::<W, SIGNED>(self.rows, unit.second, g, first.len(), |t| first[t]);
            let zero = W::equal(without_third, W::splat(0));
            let third = W::from_bits(take(third, g));
            let negative = W::mask_and_not(W::mask_xor(W::negative(without_third), third), zero);
            let against = self.against(without_third, unit.second.word + 8 * g as u64);
            let new = W::mask_xor(negative, against);
            put(second, g, W::to_bits(new));
            sums[g] = W::store(W::add(W::load(&sums[g]), W::negate_where(new, without_third)));
        }
    }

    /// Returns Σ_a s_a.
    #[inline(always)]
    fn update_third(&self, third: &mut [u64], sums: &[Block]) -> i64 {
        let reach = self.heat.reach(self.rows.largest_degrees[1]);
        let mut total = 0;
        for (g, sums) in sums.iter().enumerate() {
            let field = W::load(sums);
            let word = self.first_word + self.rows.third_word + 8 * g as u64;
            let against = match reach {
                Reach::Far => W::from_bits(against_one_by_one(self.heat, sums, self.key, word, W::store(W::words(self.key, word)))),
                _ => {
                    let cap = self.heat.thresholds.reach().min(self.rows.largest_degrees[1]);
                    against::<W, 4>(self.heat, field, W::splat_number(cap as i16), self.key, word)
                }
            };
            let new = W::mask_xor(W::negative(field), against);
            put(third, g, W::to_bits(new));
            total += sum::<W>(W::negate_where(new, field));
        }
        total
    }

    /// Which of 32 weights come to lie against their fields, the draws beginning at that word of the sweep.
    #[inline(always)]
    fn against(&self, field: W::V, word: u64) -> W::M {
        let word = self.first_word + word;
        if BLOCKS == 0 {
            let words = W::store(W::words(self.key, word));
            return W::from_bits(against_one_by_one(self.heat, &W::store(field), self.key, word, words));
        }
        against::<W, BLOCKS>(self.heat, field, self.reach, self.key, word)
    }
}

/// d − 2 popcount((row ⊕ S) ∧ A) of group g of a side, for the row of `words` words that is given word by word.
#[inline(always)]
fn fields<W: Wide, const SIGNED: bool>(
    rows: &BitRows,
    side: Side,
    g: usize,
    words: usize,
    row: impl Fn(usize) -> u64,
) -> W::V {
    let mut unsatisfied = [W::splat(0); 4];
    let start = side.rows + g * words * 4;
    let blocks = &rows.active[start..start + words * 4];
    for (t, blocks) in blocks.chunks_exact(4).enumerate() {
        let word = W::splat(row(t));
        for q in 0..4 {
            let active = W::load(&blocks[q]);
            let differing = if SIGNED {
                W::xor_and(word, W::load(&rows.signs[start + 4 * t + q]), active)
            } else {
                W::and(word, active)
            };
            unsatisfied[q] = if t == 0 {
                W::count_ones(differing)
            } else {
                W::add_words(unsatisfied[q], W::count_ones(differing))
            };
        }
    }
    let [c0, c1, c2, c3] = unsatisfied;
    let low = W::or(c0, W::shift_left::<16>(c1));
    let high = W::or(W::shift_left::<32>(c2), W::shift_left::<48>(c3));
    let counts = W::or(low, high);
    W::subtract(W::subtract(W::load(&rows.degrees[side.degrees + g]), counts), counts)
}

#[inline(always)]
pub(super) fn against<W: Wide, const BLOCKS: usize>(heat: &Heat, field: W::V, reach: W::V, key: u64, word: u64) -> W::M {
    let draws = W::words(key, word);
    let size = W::min(W::abs(field), reach);
    let thresholds = W::lookup::<BLOCKS>(&heat.table, size);
    let against = W::less(draws, thresholds);
    let ties = W::equal(draws, thresholds);
    if W::any(ties) {
        let broken = break_ties(heat, W::store(size), W::to_bits(ties), key, 4 * word);
        return W::mask_xor(against, W::from_bits(broken));
    }
    against
}

/// Of the draws whose leading bits are those of their thresholds, the ones below.
#[cold]
#[inline(never)]
fn break_ties(heat: &Heat, sizes: Block, ties: u32, key: u64, draw: u64) -> u32 {
    let sizes = sizes.numbers();
    let tied = (0..32).filter(|lane| ties >> lane & 1 == 1);
    let below = tied.filter(|&lane| heat.thresholds.breaks_tie(sizes[lane] as usize, key, draw + lane as u64));
    below.fold(0, |bits, lane| bits | 1 << lane)
}

/// Where fields are larger than the table.
#[inline(never)]
fn against_one_by_one(heat: &Heat, field: &Block, key: u64, word: u64, draws: Block) -> u32 {
    let (fields, draws) = (field.numbers(), draws.numbers());
    let leading = heat.thresholds.leading();
    let (mut below, mut ties) = (0, 0);
    for lane in 0..32 {
        let threshold = leading[usize::from(fields[lane].unsigned_abs())];
        below |= u32::from((draws[lane] as u16) < threshold) << lane;
        ties |= u32::from(draws[lane] as u16 == threshold) << lane;
    }
    if ties == 0 {
        return below;
    }
    let sizes = Block::from_numbers(fields.map(i16::abs));
    below | break_ties(heat, sizes, ties, key, 4 * word)
}

/// Σ of 32 numbers.
#[inline(always)]
fn sum<W: Wide>(v: W::V) -> i64 {
    W::store(v).numbers().iter().map(|&number| i32::from(number)).sum::<i32>().into()
}

at_each_level! {
    /// Σ_a s_a of the paths, s_a = Π of the bits' signs, times ξ_a if `signed`: `first` holds Y, `merged` X of every unit.
    pub(crate) fn path_sum(rows: &BitRows, signed: bool, first: &[u64], merged: &[u64]) -> i64 = {
        Baseline: path_sum_with::<Plain>,
        Avx2: path_sum_with::<Avx2>,
        Avx512: path_sum_with::<Avx512>,
    };
}

#[inline(always)]
fn path_sum_with<W: Wide>(rows: &BitRows, signed: bool, first: &[u64], merged: &[u64]) -> i64 {
    if signed {
        path_sum_of::<W, true>(rows, first, merged)
    } else {
        path_sum_of::<W, false>(rows, first, merged)
    }
}

#[inline(always)]
fn path_sum_of<W: Wide, const SIGNED: bool>(rows: &BitRows, first: &[u64], merged: &[u64]) -> i64 {
    // So many fields can be added up in 16 bits.
    let safe = MAX_DEGREE / usize::from(rows.largest_degrees[0]).max(1);
    let (mut total, mut sums, mut added) = (0, W::splat(0), 0);
    for (unit, merged) in rows.units.iter().zip(merged.chunks_exact(rows.output_words)) {
        let row = &first[unit.input_start..unit.input_start + unit.second.words];
        for g in 0..unit.first.groups {
            let field = fields::<W, SIGNED>(rows, unit.first, g, merged.len(), |t| merged[t]);
            sums = W::add(sums, W::negate_where(W::from_bits(take(row, g)), field));
            added += 1;
            if added == safe {
                (total, sums, added) = (total + sum::<W>(sums), W::splat(0), 0);
            }
        }
    }
    total + sum::<W>(sums)
}

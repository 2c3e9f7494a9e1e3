//! One MC sweep of one chain in bit rows.

use super::super::draws::{self, GAMMA};
use super::super::thresholds::Thresholds;
#[cfg(target_arch = "x86_64")]
use super::super::wide::{Avx2, Avx512};
use super::super::wide::{Block, Plain, Wide};
use super::{BitRows, Heat, Replica, blocks_per_group};
use crate::cpu::at_each_level;

/// From the arguments of the draws of one group to those of the next.
const GROUP_STEP: u64 = GAMMA.wrapping_mul(8);

/// Groups of a row over k for which no memory is allocated in a sweep.
const FEW: usize = 4;

at_each_level! {
    pub(super) fn sweep(rows: &BitRows, replica: &mut Replica, heat: &Heat, key: u64, first_word: u64) = {
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

impl Heat {
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
        let widest = self.rows.widest_groups;
        // Fields of W³, and a row that is turned.
        let (mut few_sums, mut few_turned) = ([Block::ZERO; FEW], [0u32; 2 * FEW]);
        let (mut many_sums, mut many_turned) = (Vec::new(), Vec::new());
        let (sums, turned) = if widest <= FEW {
            (&mut few_sums[..groups], &mut few_turned[..])
        } else {
            many_sums.resize(groups, Block::ZERO);
            many_turned.resize(2 * widest, 0);
            (&mut many_sums[..], &mut many_turned[..])
        };
        // First all W¹, then all W²: neighbouring units do not wait for each other.
        self.update_firsts(&mut replica.first, &replica.second, &replica.third, turned);
        self.update_seconds(&replica.first, &mut replica.second, &replica.third, (sums, turned));
        replica.energy = -self.update_third(&mut replica.third, sums);
    }

    #[inline(always)]
    fn update_firsts(&self, mut first: &mut [u32], second: &[u32], third: &[u32], turned: &mut [u32]) {
        let mut groups = Groups::<SIGNED> { blocks: &self.rows.first_blocks };
        for (side, second) in self.rows.firsts.iter().zip(second.chunks_exact(third.len())) {
            let merged = turn(second.iter().zip(third).map(|(v, w)| v ^ w), turned);
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
    fn update_seconds(
        &self,
        mut first: &[u32],
        second: &mut [u32],
        third: &[u32],
        (sums, turned): (&mut [Block], &mut [u32]),
    ) {
        let mut groups = Groups::<SIGNED> { blocks: &self.rows.second_blocks };
        let sides = self.rows.firsts.iter().zip(&self.rows.seconds);
        for ((first_side, side), second) in sides.zip(second.chunks_exact_mut(third.len())) {
            let (row, later) = first.split_at(first_side.groups);
            first = later;
            let row = turn(row.iter().copied(), turned);
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

/// The groups of one layer, one after another: of each, the chunks of A, those of S if SIGNED, and the degrees d.
pub(super) struct Groups<'a, const SIGNED: bool> {
    pub(super) blocks: &'a [Block],
}

impl<const SIGNED: bool> Groups<'_, SIGNED> {
    /// d − 2 popcount((row ⊕ S) ∧ A) of the next group, for a turned row; without S unless APPLIED.
    #[inline(always)]
    pub(super) fn next_fields<W: Wide, const APPLIED: bool>(&mut self, chunks: usize, row: &[u32]) -> W::V {
        let (blocks, later) = self.blocks.split_at(blocks_per_group(chunks, SIGNED));
        self.blocks = later;
        let counts = match (chunks, row.len()) {
            (1, 2..) => unsatisfied::<W, SIGNED, APPLIED, 1>(blocks, row),
            (2, 2..) => unsatisfied::<W, SIGNED, APPLIED, 2>(blocks, row),
            (3, 4..) => unsatisfied::<W, SIGNED, APPLIED, 3>(blocks, row),
            (4, 4..) => unsatisfied::<W, SIGNED, APPLIED, 4>(blocks, row),
            _ => unsatisfied::<W, SIGNED, APPLIED, 0>(blocks, row),
        };
        W::subtract(W::subtract(W::load(&blocks[blocks.len() - 1]), counts), counts)
    }
}

/// Every word of a row, and after it the same with its halves exchanged.
#[inline(always)]
pub(super) fn turn(row: impl Iterator<Item = u32>, into: &mut [u32]) -> &[u32] {
    let mut words = 0;
    for (pair, word) in into.chunks_exact_mut(2).zip(row) {
        [pair[0], pair[1]] = [word, word.rotate_left(16)];
        words += 2;
    }
    &into[..words]
}

/// popcount((row ⊕ S) ∧ A) of rows of CHUNKS chunks, or of any number if CHUNKS = 0, for a turned row; without S unless
/// APPLIED.
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
        // A last chunk without a partner is the low half of its word for all slots.
        let chunk = if t | 1 < chunks { W::splat_pair(row[t]) } else { W::splat_number(row[t] as i16) };
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
fn down<W: Wide, const BLOCKS: usize>(heat: &Heat, field: W::V, key: u64, start: u64) -> W::M {
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
pub(super) fn sum<W: Wide>(v: W::V) -> i64 {
    W::store(v).numbers().iter().map(|&number| i32::from(number)).sum::<i32>().into()
}

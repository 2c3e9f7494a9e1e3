//! One MC sweep of one chain in bit rows.

use super::super::draws::{self, GAMMA};
use super::super::heat::{Heat, Reach};
use super::super::thresholds::Thresholds;
#[cfg(target_arch = "x86_64")]
use super::super::wide::{Avx2, Avx512};
use super::super::wide::{Block, Least, Wide};
use super::rows::{BitReplica, BitRows, FEW_CHUNKS, blocks_per_group};
use kernel::at_each_level;

/// Groups of a row over k whose fields need no memory of their own in a MC sweep.
const FEW: usize = 4;

at_each_level! {
    pub(super) fn mc_sweep(rows: &BitRows, replica: &mut BitReplica, heat: &Heat, key: u64, first_word: u64) = {
        Baseline: mc_sweep_with::<Least>,
        Avx2: mc_sweep_with::<Avx2>,
        Avx512: mc_sweep_with::<Avx512>,
    };
}

#[inline(always)]
fn mc_sweep_with<W: Wide>(rows: &BitRows, replica: &mut BitReplica, heat: &Heat, key: u64, first_word: u64) {
    if rows.signed {
        mc_sweep_of::<W, true>(rows, replica, heat, key, first_word);
    } else {
        mc_sweep_of::<W, false>(rows, replica, heat, key, first_word);
    }
}

#[inline(always)]
fn mc_sweep_of<W: Wide, const SIGNED: bool>(
    rows: &BitRows,
    replica: &mut BitReplica,
    heat: &Heat,
    key: u64,
    first_word: u64,
) {
    match Reach::of::<W>(heat, rows.largest_degrees[0]) {
        Reach::Blocks1 => McSweep::<W, SIGNED, 1, false>::new(rows, heat, key, first_word).run(replica),
        Reach::Clamped1 => McSweep::<W, SIGNED, 1, true>::new(rows, heat, key, first_word).run(replica),
        Reach::Blocks2 => McSweep::<W, SIGNED, 2, false>::new(rows, heat, key, first_word).run(replica),
        Reach::Clamped2 => McSweep::<W, SIGNED, 2, true>::new(rows, heat, key, first_word).run(replica),
        Reach::Blocks4 => McSweep::<W, SIGNED, 4, false>::new(rows, heat, key, first_word).run(replica),
        Reach::Clamped4 => McSweep::<W, SIGNED, 4, true>::new(rows, heat, key, first_word).run(replica),
        Reach::Far => McSweep::<W, SIGNED, 0, false>::new(rows, heat, key, first_word).run(replica),
    }
}

/// One MC sweep of one chain, whose W¹ and W² fields are [looked up](Heat::look_up) with BLOCKS and CLAMP.
struct McSweep<'a, W: Wide, const SIGNED: bool, const BLOCKS: usize, const CLAMP: bool> {
    rows: &'a BitRows,
    heat: &'a Heat,
    key: u64,
    first_word: u64,
    cap: W::V,
}

impl<'a, W: Wide, const SIGNED: bool, const BLOCKS: usize, const CLAMP: bool>
    McSweep<'a, W, SIGNED, BLOCKS, CLAMP>
{
    #[inline(always)]
    fn new(rows: &'a BitRows, heat: &'a Heat, key: u64, first_word: u64) -> Self {
        Self { rows, heat, key, first_word, cap: heat.cap::<W>() }
    }

    #[inline(always)]
    fn run(&self, replica: &mut BitReplica) {
        let groups = self.rows.output_groups;
        // Fields of W³.
        let (mut few_sums, mut many_sums) = ([Block::ZERO; FEW], Vec::new());
        let sums = if groups <= FEW {
            &mut few_sums[..groups]
        } else {
            many_sums.resize(groups, Block::ZERO);
            &mut many_sums[..]
        };
        // First all W¹, then all W²: neighbouring units do not wait for each other. The positions are in the same
        // order.
        let mut draws = Draws::<W>::new(self.key, self.first_word);
        let mut scratch = self.rows.scratch();
        self.update_firsts(&mut replica.first, &replica.second, &replica.third, &mut scratch, &mut draws);
        self.update_seconds(
            &replica.first,
            &mut replica.second,
            &replica.third,
            (sums, &mut scratch),
            &mut draws,
        );
        replica.energy = -self.update_third(&mut replica.third, sums, &mut draws);
    }

    #[inline(always)]
    fn update_firsts(
        &self,
        mut first: &mut [u32],
        second: &[u32],
        third: &[u32],
        scratch: &mut [u32],
        draws: &mut Draws<W>,
    ) {
        let mut groups = Groups::<SIGNED> { blocks: &self.rows.first_blocks };
        for (side, second) in self.rows.firsts.iter().zip(second.chunks_exact(third.len())) {
            let (bits, later) = first.split_at_mut(side.groups);
            first = later;
            let merged = second.iter().zip(third).map(|(v, w)| v ^ w);
            with_turned!(merged, side.chunks, scratch, |row| {
                for bits in bits {
                    let field = groups.next_fields::<W, SIGNED>(&row);
                    *bits = W::to_bits(self.down(field, draws));
                }
            });
        }
    }

    #[inline(always)]
    fn update_seconds(
        &self,
        mut first: &[u32],
        second: &mut [u32],
        third: &[u32],
        (sums, scratch): (&mut [Block], &mut [u32]),
        draws: &mut Draws<W>,
    ) {
        let mut groups = Groups::<SIGNED> { blocks: &self.rows.second_blocks };
        let sides = self.rows.firsts.iter().zip(&self.rows.seconds);
        for ((first_side, side), second) in sides.zip(second.chunks_exact_mut(third.len())) {
            let (words, later) = first.split_at(first_side.groups);
            first = later;
            let bits = second[..side.groups].iter_mut().zip(third).zip(&mut *sums);
            with_turned!(words.iter().copied(), side.chunks, scratch, |row| {
                for ((bits, &third), sum) in bits {
                    let without_third = groups.next_fields::<W, SIGNED>(&row);
                    let field = W::negate_where(W::from_bits(third), without_third);
                    let down = self.down(field, draws);
                    *bits = W::to_bits(down);
                    *sum = W::store(W::add(W::load(sum), W::negate_where(down, without_third)));
                }
            });
        }
    }

    /// Returns Σ_a s_a.
    #[inline(always)]
    fn update_third(&self, third: &mut [u32], sums: &[Block], draws: &mut Draws<W>) -> i64 {
        let is_far = Reach::of::<W>(self.heat, self.rows.largest_degrees[1]) == Reach::Far;
        let mut total = 0;
        for (bits, sums) in third.iter_mut().zip(sums) {
            let field = W::load(sums);
            let thresholds = if is_far {
                self.heat.look_up::<W, 0, false>(field, self.cap)
            } else {
                self.heat.look_up::<W, 4, true>(field, self.cap)
            };
            let down = draws.below(self.heat, field, thresholds);
            *bits = W::to_bits(down);
            total += sum::<W>(W::negate_where(down, field));
        }
        total
    }

    /// Which of the next 32 weights become −1.
    #[inline(always)]
    fn down(&self, field: W::V, draws: &mut Draws<W>) -> W::M {
        draws.below(self.heat, field, self.heat.look_up::<W, BLOCKS, CLAMP>(field, self.cap))
    }
}

/// The draws of one MC sweep, 32 at a time.
struct Draws<W: Wide> {
    key: u64,
    /// The arguments of the next eight words.
    arguments: W::V,
}

impl<W: Wide> Draws<W> {
    /// The draws of the chain of that key from a word on.
    #[inline(always)]
    fn new(key: u64, first_word: u64) -> Self {
        Self { key, arguments: W::arguments(key.wrapping_add(first_word.wrapping_mul(GAMMA))) }
    }

    /// Which of the next 32 are below D(h), given its leading bits.
    #[inline(always)]
    fn below(&mut self, heat: &Heat, field: W::V, thresholds: W::V) -> W::M {
        let arguments = self.arguments;
        self.arguments = W::add_words(arguments, W::splat(GAMMA.wrapping_mul(8)));
        let draws = W::mix(arguments);
        let below = W::less(draws, thresholds);
        let ties = W::equal(draws, thresholds);
        if W::any(ties) {
            let start = W::store(arguments).0[0];
            let broken = break_ties(heat.thresholds(), W::store(field), W::to_bits(ties), self.key, start);
            return W::from_bits(W::to_bits(below) | broken);
        }
        below
    }
}

/// Of the draws whose leading bits are those of their thresholds, the ones below; `start` is the argument of the first.
#[cold]
#[inline(never)]
fn break_ties(thresholds: &Thresholds, fields: Block, ties: u32, key: u64, start: u64) -> u32 {
    let (fields, draw) = (fields.numbers(), 4 * draws::number(key, start));
    let tied = (0..32).filter(|lane| ties >> lane & 1 == 1);
    let below = tied.filter(|&lane| thresholds.breaks_tie(i32::from(fields[lane]), key, draw + lane as u64));
    below.fold(0, |bits, lane| bits | 1 << lane)
}

/// The groups of one layer, one after another: of each, the chunks of A, those of S if SIGNED, and the degrees d.
pub(super) struct Groups<'a, const SIGNED: bool> {
    pub(super) blocks: &'a [Block],
}

impl<const SIGNED: bool> Groups<'_, SIGNED> {
    /// d − 2 popcount((row ⊕ S) ∧ A) of the next group; without S unless APPLIED.
    #[inline(always)]
    pub(super) fn next_fields<W: Wide, const APPLIED: bool>(&mut self, row: &impl Turned) -> W::V {
        let chunks = row.chunks();
        let (blocks, later) = self.blocks.split_at(blocks_per_group(chunks, SIGNED));
        self.blocks = later;
        let mut counts = W::splat(0);
        for t in 0..chunks {
            let unsatisfied = if APPLIED {
                W::xor_and(row.chunk::<W>(t), W::load(&blocks[chunks + t]), W::load(&blocks[t]))
            } else {
                W::and(row.chunk::<W>(t), W::load(&blocks[t]))
            };
            counts = W::add(counts, W::count_ones(unsatisfied));
        }
        W::subtract(W::subtract(W::load(&blocks[blocks.len() - 1]), counts), counts)
    }
}

/// A row as it meets the chunks of its slots: every word of 32 bits, and after it the same with its halves exchanged.
pub(super) trait Turned {
    fn chunks(&self) -> usize;

    fn word(&self, t: usize) -> u32;

    /// What meets block t of a group.
    #[inline(always)]
    fn chunk<W: Wide>(&self, t: usize) -> W::V {
        // A last chunk without a partner is the low half of its word for all slots.
        let has_partner = t | 1 < self.chunks();
        if has_partner { W::splat_pair(self.word(t)) } else { W::splat_number(self.word(t) as i16) }
    }
}

/// A turned row of at most [`FEW_CHUNKS`] chunks, their number known to the compiler.
pub(super) struct Few<const CHUNKS: usize>([u32; FEW_CHUNKS]);

impl<const CHUNKS: usize> Few<CHUNKS> {
    #[inline(always)]
    pub(super) fn turn(mut row: impl Iterator<Item = u32>) -> Self {
        let mut words = [0; FEW_CHUNKS];
        for pair in 0..CHUNKS.div_ceil(2) {
            let word = row.next().unwrap_or(0);
            [words[2 * pair], words[2 * pair + 1]] = [word, word.rotate_left(16)];
        }
        Self(words)
    }
}

impl<const CHUNKS: usize> Turned for Few<CHUNKS> {
    #[inline(always)]
    fn chunks(&self) -> usize {
        CHUNKS
    }

    #[inline(always)]
    fn word(&self, t: usize) -> u32 {
        self.0[t]
    }
}

/// A turned row of any number of chunks.
pub(super) struct Many<'a> {
    words: &'a [u32],
    chunks: usize,
}

impl<'a> Many<'a> {
    #[inline(always)]
    pub(super) fn turn(row: impl Iterator<Item = u32>, chunks: usize, scratch: &'a mut [u32]) -> Self {
        for (pair, word) in scratch.chunks_exact_mut(2).zip(row) {
            [pair[0], pair[1]] = [word, word.rotate_left(16)];
        }
        Self { words: scratch, chunks }
    }
}

impl Turned for Many<'_> {
    #[inline(always)]
    fn chunks(&self) -> usize {
        self.chunks
    }

    #[inline(always)]
    fn word(&self, t: usize) -> u32 {
        self.words[t]
    }
}

/// What is to be done with a row turned, compiled for every small number of its chunks.
macro_rules! with_turned {
    ($words:expr, $chunks:expr, $scratch:expr, |$row:ident| $body:block) => {
        match $chunks {
            1 => {
                let $row = $crate::chain::packed::mc_sweep::Few::<1>::turn($words);
                $body
            }
            2 => {
                let $row = $crate::chain::packed::mc_sweep::Few::<2>::turn($words);
                $body
            }
            3 => {
                let $row = $crate::chain::packed::mc_sweep::Few::<3>::turn($words);
                $body
            }
            4 => {
                let $row = $crate::chain::packed::mc_sweep::Few::<4>::turn($words);
                $body
            }
            chunks => {
                let $row = $crate::chain::packed::mc_sweep::Many::turn($words, chunks, $scratch);
                $body
            }
        }
    };
}
pub(super) use with_turned;

/// Σ of 32 numbers.
#[inline(always)]
pub(super) fn sum<W: Wide>(v: W::V) -> i64 {
    W::sum(v).into()
}

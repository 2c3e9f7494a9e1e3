//! Up to 512 replicas of one instance at once, one bit each, for any depth.
//!
//! Bit c of `products[a]` is set where s_a = −1 in lane c. The field of weight i follows from how many of its paths
//! have their bit set, which is counted in all lanes together in carry-save form: plane p of a count holds its bit of
//! value 2^p for every lane. Weights are taken four at a time, those whose draws are the quarters of one word
//! ([`super::Positions`]), and eight lanes make an **octet**: 32 numbers of 16 bits, quarter q of word e belonging to
//! weight q in lane e. So one comparison decides for four weights in eight lanes, whatever β each lane is at.
//!
//! Between planes (one bit a lane, for each of four weights) and octets (four bits a lane) stands a 4 × 4 transposition
//! of bits within each half byte, which is its own inverse; octet (m, half) of a word has its lanes 4 (8 half + e) + m.

mod path_lists;

pub use path_lists::PathLists;

use super::course::Chain;
use super::draws::{self, GAMMA};
use super::heat::Heat;
#[cfg(target_arch = "x86_64")]
use super::wide::{Avx2, Avx512};
use super::wide::{Block, Least, Plain, Wide};
use super::{Positions, Thresholds};
use kernel::at_each_level;
use kernel::cpu::Level;
use kernel::stop;
use path_lists::{NONE, Quad};

/// Planes of the count of a weight's paths: degrees fit into 16 bits.
const PLANES: usize = 15;

/// Replicas, one in each of the first of 512 lanes.
#[derive(Debug, Clone)]
pub struct Lanes<'a> {
    lists: &'a PathLists,
    segments: Vec<Segment>,
    heats: Vec<Heat>,
    /// By weight: bit c is set where g_i w_i = −1 in lane c.
    pub(super) weights: Vec<Block>,
    /// By path: bit c is set where s_a = −1 in lane c.
    pub(super) products: Vec<Block>,
    mc_sweep: u64,
}

/// Octets with the same heats.
#[derive(Debug, Clone)]
struct Segment {
    /// The heats, and all ones in the numbers of the lanes of an octet that have it.
    heats: Vec<(usize, Block)>,
    octets: Vec<Octet>,
}

/// Eight lanes: 4 (8 half + e) + m of a word.
#[derive(Debug, Clone, Copy)]
struct Octet {
    /// 16 m + 2 word + half: its place among [`Halves`].
    place: usize,
    keys: Block,
}

impl<'a> Lanes<'a> {
    /// The lanes that there are.
    pub const COUNT: usize = 512;

    /// Chains in their random configurations; at least one, at most [`Self::COUNT`].
    pub fn new(lists: &'a PathLists, positions: &Positions, chains: &[Chain]) -> Self {
        debug_assert!((1..=Self::COUNT).contains(&chains.len()));
        let mut betas: Vec<f64> = chains.iter().map(|chain| chain.beta).collect();
        betas.sort_by(f64::total_cmp);
        betas.dedup();
        let heats = betas.iter().map(|&beta| Heat::new(Thresholds::new(beta, lists.max_degree))).collect();
        let mut lanes = Self {
            lists,
            segments: segments(chains, &betas),
            heats,
            weights: vec![Block::ZERO; lists.weight_count()],
            products: Vec::new(),
            mc_sweep: 0,
        };
        for (i, block) in lanes.weights.iter_mut().enumerate() {
            let draw = positions.draw(0, positions.of(i));
            for (c, chain) in chains.iter().enumerate() {
                block.0[c / 64] |= u64::from(draws::leading(chain.key, draw) < 1 << 15) << (c % 64);
            }
        }
        let product = |(path, &negative): (&[u32], &bool)| {
            let sign = Block([if negative { u64::MAX } else { 0 }; 8]);
            path.iter().fold(sign, |product, &i| Plain::xor(product, lanes.weights[i as usize]))
        };
        lanes.products =
            lists.weights_of.chunks_exact(lists.depth).zip(&lists.negative).map(product).collect();
        lanes
    }

    /// The next sweep of all chains.
    pub fn mc_sweep(&mut self, level: Level) {
        stop::look();
        self.mc_sweep += 1;
        sweep(level, self);
    }

    /// Behind the last path of each unit of the first hidden layer.
    pub(super) fn unit_ends(&self) -> &[usize] {
        self.lists.unit_ends()
    }

    /// The bits of all weights in the first lanes, 32 lanes a word: ⌈lanes/32⌉ words for each weight.
    pub(super) fn words(&self, lanes: usize) -> impl Iterator<Item = u32> {
        let words = 0..lanes.div_ceil(32);
        self.weights.iter().flat_map(move |block| {
            words.clone().map(move |word| (block.0[word / 2] >> (32 * (word % 2))) as u32)
        })
    }

    /// g_i w_i of lane c.
    pub fn weights(&self, c: usize) -> Vec<i8> {
        self.weights.iter().map(|words| if words.0[c / 64] >> (c % 64) & 1 == 1 { -1 } else { 1 }).collect()
    }
}

/// The octets that have chains. Lanes without a chain follow the first one of their octet, for nobody.
fn segments(chains: &[Chain], betas: &[f64]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let places = (0..8).flat_map(|word| (0..2).flat_map(move |half| (0..4).map(move |m| (word, half, m))));
    for (word, half, m) in places {
        let chain = |e: usize| chains.get(64 * word + 4 * (8 * half + e) + m);
        let Some(first) = chain(0) else { continue };
        let mut heats: Vec<(usize, Block)> = Vec::new();
        for e in 0..8 {
            let beta = chain(e).unwrap_or(first).beta;
            let heat = betas.partition_point(|&other| other < beta);
            let at = heats.iter().position(|&(other, _)| other == heat).unwrap_or_else(|| {
                heats.push((heat, Block::ZERO));
                heats.len() - 1
            });
            heats[at].1.0[e] = u64::MAX;
        }
        let keys = Block(std::array::from_fn(|e| chain(e).unwrap_or(first).key));
        let octet = Octet { place: 16 * m + 2 * word + half, keys };
        match segments.iter_mut().find(|segment| segment.heats == heats) {
            Some(segment) => segment.octets.push(octet),
            None => segments.push(Segment { heats, octets: vec![octet] }),
        }
    }
    segments
}

at_each_level! {
    fn sweep(lanes: &mut Lanes<'_>) = {
        Baseline: sweep_with::<Least>,
        Avx2: sweep_with::<Avx2>,
        Avx512: sweep_with::<Avx512>,
    };
}

/// One bit of four weights for each lane, as octets read and write them: half byte n of word w of the m-th block
/// belongs to lane 64w + 4n + m, and its bit q to weight q. Half h of that word stands at 16 m + 2 w + h.
type Halves = [u32; 64];

/// Of the four weights of a quad.
struct Bits {
    /// The planes of the counts of paths with s_a = −1: as they are gathered, and transposed.
    planes: [[Block; 4]; PLANES],
    counts: [Halves; PLANES],
    old: Halves,
    new: Halves,
}

#[inline(always)]
fn halves(blocks: &[Block; 4]) -> Halves {
    let mut halves = [0; 64];
    for (halves, block) in halves.as_chunks_mut().0.iter_mut().zip(blocks) {
        *halves = block.halves();
    }
    halves
}

#[inline(always)]
fn from_halves(halves: &Halves) -> [Block; 4] {
    let mut blocks = [Block::ZERO; 4];
    for (block, halves) in blocks.iter_mut().zip(halves.as_chunks().0) {
        *block = Block::from_halves(*halves);
    }
    blocks
}

#[inline(always)]
fn sweep_with<W: Wide>(lanes: &mut Lanes<'_>) {
    let lists = lanes.lists;
    let first_word = lanes.mc_sweep * lists.words_per_sweep;
    let mut bits =
        Bits { planes: [[Block::ZERO; 4]; PLANES], counts: [[0; 64]; PLANES], old: [0; 64], new: [0; 64] };
    for quad in &lists.quads {
        let planes = usize::from(quad.planes);
        let mut old = [Block::ZERO; 4];
        for (q, &i) in quad.weights.iter().enumerate() {
            old[q] = if i == NONE { Block::ZERO } else { lanes.weights[i as usize] };
            count::<W>(&lanes.products, quad.paths(lists, q), q, &mut bits.planes[..planes]);
        }
        for (counts, plane) in bits.counts[..planes].iter_mut().zip(&bits.planes) {
            *counts = halves(&transpose::<W>(plane));
        }
        bits.old = halves(&transpose::<W>(&old));
        draw_quad::<W>(lanes, quad, first_word + u64::from(quad.word), &mut bits);
        let new = transpose::<W>(&from_halves(&bits.new));
        for (q, &i) in quad.weights.iter().enumerate() {
            if i == NONE {
                continue;
            }
            lanes.weights[i as usize] = new[q];
            let flips = W::xor(W::load(&old[q]), W::load(&new[q]));
            for &a in quad.paths(lists, q) {
                let product = &mut lanes.products[a as usize];
                *product = W::store(W::xor(W::load(product), flips));
            }
        }
    }
}

/// The new bits of four weights in all lanes.
#[inline(always)]
fn draw_quad<W: Wide>(lanes: &Lanes<'_>, quad: &Quad, word: u64, bits: &mut Bits) {
    for segment in &lanes.segments {
        match quad.planes {
            1 => draw_segment::<W, 1>(lanes, segment, quad, word, bits),
            2 => draw_segment::<W, 2>(lanes, segment, quad, word, bits),
            3 => draw_segment::<W, 3>(lanes, segment, quad, word, bits),
            4 => draw_segment::<W, 4>(lanes, segment, quad, word, bits),
            _ => draw_segment::<W, 0>(lanes, segment, quad, word, bits),
        }
    }
}

/// With counts of SOME planes, or of any number if SOME = 0.
#[inline(always)]
fn draw_segment<W: Wide, const SOME: usize>(
    lanes: &Lanes<'_>,
    segment: &Segment,
    quad: &Quad,
    word: u64,
    bits: &mut Bits,
) {
    let planes = if SOME == 0 { usize::from(quad.planes) } else { SOME };
    let largest = u16::MAX >> (16 - planes);
    let degrees = W::splat(quad.degrees);
    let step = W::splat(word.wrapping_mul(GAMMA));
    let (first, others) = segment.heats.split_at(1);
    let first = &lanes.heats[first[0].0];
    for octet in &segment.octets {
        // Within the bounds as far as the compiler can tell, too.
        let place = octet.place % 64;
        let mut field = degrees;
        for p in 0..planes {
            let ones = W::from_bits(bits.counts[p][place]);
            field = W::subtract_where(ones, field, W::splat_number((2u16 << p) as i16));
        }
        // s_a contains w_i itself.
        let old = W::from_bits(bits.old[place]);
        let field = W::negate_where(old, field);
        let mut thresholds = first.look_up_within::<W>(largest, field);
        for (heat, mask) in others {
            let other = lanes.heats[*heat].look_up_within::<W>(largest, field);
            thresholds = W::xor(thresholds, W::and(W::xor(thresholds, other), W::load(mask)));
        }
        let draws = W::mix(W::add_words(W::load(&octet.keys), step));
        let mut down = W::to_bits(W::less(draws, thresholds));
        let ties = W::equal(draws, thresholds);
        if W::any(ties) {
            down |= break_ties(&lanes.heats, segment, octet, &W::store(field), W::to_bits(ties), word);
        }
        bits.new[place] = down;
    }
}

#[cold]
#[inline(never)]
fn break_ties(heats: &[Heat], segment: &Segment, octet: &Octet, field: &Block, ties: u32, word: u64) -> u32 {
    let fields = field.numbers();
    let below = |&lane: &usize| {
        let (e, q) = (lane / 4, lane % 4);
        let heat = segment.heats.iter().find(|(_, mask)| mask.0[e] != 0).map_or(0, |heat| heat.0);
        let thresholds = heats[heat].thresholds();
        thresholds.breaks_tie(i32::from(fields[lane]), octet.keys.0[e], 4 * word + q as u64)
    };
    (0..32).filter(|lane| ties >> lane & 1 == 1).filter(below).fold(0, |bits, lane| bits | 1 << lane)
}

/// In how many of the chosen sets each bit is set: into quarter q of planes that hold their number.
#[inline(always)]
pub(super) fn count<W: Wide>(sets: &[Block], chosen: &[u32], q: usize, planes: &mut [[Block; 4]]) {
    for plane in planes.iter_mut() {
        plane[q] = Block::ZERO;
    }
    let (mut ones, mut twos) = (W::splat(0), W::splat(0));
    let mut fours = chosen.chunks_exact(4);
    for four in &mut fours {
        let set = [
            W::load(&sets[four[0] as usize]),
            W::load(&sets[four[1] as usize]),
            W::load(&sets[four[2] as usize]),
            W::load(&sets[four[3] as usize]),
        ];
        let (low, c) = W::add_bits(ones, set[0], set[1]);
        let (low, d) = W::add_bits(low, set[2], set[3]);
        let (middle, carry) = W::add_bits(twos, c, d);
        (ones, twos) = (low, middle);
        ripple::<W>(planes, q, carry);
    }
    for &one in fours.remainder() {
        let set = W::load(&sets[one as usize]);
        let carry = W::and(ones, set);
        let carry_of_twos = W::and(twos, carry);
        (ones, twos) = (W::xor(ones, set), W::xor(twos, carry));
        ripple::<W>(planes, q, carry_of_twos);
    }
    if let Some(plane) = planes.get_mut(0) {
        plane[q] = W::store(ones);
    }
    if let Some(plane) = planes.get_mut(1) {
        plane[q] = W::store(twos);
    }
}

/// Adds bits that count four each.
#[inline(always)]
fn ripple<W: Wide>(planes: &mut [[Block; 4]], q: usize, mut carry: W::V) {
    for plane in planes.iter_mut().skip(2) {
        let old = W::load(&plane[q]);
        plane[q] = W::store(W::xor(old, carry));
        carry = W::and(old, carry);
    }
}

/// Exchanges bit m of half byte n of word q with bit q of half byte n of word m.
#[inline(always)]
fn transpose<W: Wide>(blocks: &[Block; 4]) -> [Block; 4] {
    let [a, b, c, d] = [W::load(&blocks[0]), W::load(&blocks[1]), W::load(&blocks[2]), W::load(&blocks[3])];
    let pairs = W::splat(0x3333_3333_3333_3333);
    let t = W::xor_and(W::shift_right::<2>(a), c, pairs);
    let u = W::xor_and(W::shift_right::<2>(b), d, pairs);
    let (a, b) = (W::xor(a, W::shift_left::<2>(t)), W::xor(b, W::shift_left::<2>(u)));
    let (c, d) = (W::xor(c, t), W::xor(d, u));
    let single = W::splat(0x5555_5555_5555_5555);
    let t = W::xor_and(W::shift_right::<1>(a), b, single);
    let u = W::xor_and(W::shift_right::<1>(c), d, single);
    [
        W::store(W::xor(a, W::shift_left::<1>(t))),
        W::store(W::xor(b, t)),
        W::store(W::xor(c, W::shift_left::<1>(u))),
        W::store(W::xor(d, u)),
    ]
}

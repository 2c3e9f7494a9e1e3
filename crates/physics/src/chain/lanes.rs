//! Many replicas of one instance at once, one bit each, for any depth: 64 · N lanes.
//!
//! Bit c of `products[a]` is set where s_a = −1 in lane c. The field of weight i follows from how many of its paths have their
//! bit set, which is counted in all lanes together in carry-save form: plane p of a count holds its bit of value 2^p for every
//! lane. Weights are taken four at a time, those whose draws are the quarters of one word ([`super::Positions`]), and eight
//! lanes make an **octet**: 32 numbers of 16 bits, quarter q of word e belonging to weight q in lane e. So one comparison
//! decides for four weights in eight lanes, whatever β each lane is at.
//!
//! Between planes (one bit a lane, for each of four weights) and octets (four bits a lane) stands a 4 × 4 transposition of
//! bits within each half byte, which is its own inverse; octet (m, half) of a word has its lanes 4 (8 half + e) + m.

use super::draws::{self, GAMMA};
use super::packed::Heat;
use super::plain::gauged_signs;
#[cfg(target_arch = "x86_64")]
use super::wide::{Avx2, Avx512};
use super::wide::{Block, Plain, Wide};
use super::{Chain, Positions, Thresholds};
use crate::cpu::{Level, at_each_level};
use crate::graph::FactorGraph;

/// Planes of the count of a weight's paths: degrees fit into 16 bits.
const PLANES: usize = 15;

/// No weight.
const NONE: u32 = u32::MAX;

/// An instance as lists of paths, shared by all lanes.
#[derive(Debug, Clone)]
pub struct PathLists {
    /// In the order of a sweep.
    quads: Vec<Quad>,
    /// The paths of every weight of every quad.
    paths: Vec<u32>,
    words_per_sweep: u64,
    max_degree: usize,
    /// Paths with ξ_a = −1 in the gauge.
    negative: Vec<bool>,
    /// The weights of every path.
    weights_of: Vec<u32>,
    depth: usize,
}

/// Up to four weights whose draws share a word.
#[derive(Debug, Clone, Copy)]
struct Quad {
    /// Within a sweep.
    word: u32,
    /// [`NONE`] where a position has no weight.
    weights: [u32; 4],
    /// Weight q has paths `first[q]..first[q + 1]`.
    first: [u32; 5],
    /// Planes that hold the largest of the degrees.
    planes: u8,
}

impl Quad {
    fn degree(&self, q: usize) -> u32 {
        self.first[q + 1] - self.first[q]
    }
}

impl PathLists {
    /// The lists of an instance; `None` where a degree does not fit into 15 bits.
    pub fn new(graph: &FactorGraph, positions: &Positions) -> Option<Self> {
        if graph.max_degree() > i16::MAX as usize {
            return None;
        }
        let mut order: Vec<usize> = (0..graph.weight_count()).collect();
        order.sort_by_key(|&i| positions.of(i));
        let mut lists = Self {
            quads: Vec::new(),
            paths: Vec::with_capacity(graph.weight_of().len()),
            words_per_sweep: positions.words_per_sweep(),
            max_degree: graph.max_degree(),
            negative: gauged_signs(graph).iter().map(|&sign| sign < 0).collect(),
            weights_of: graph.weight_of().to_vec(),
            depth: graph.depth(),
        };
        for weights in order.chunk_by(|&i, &j| positions.of(i) / 4 == positions.of(j) / 4) {
            lists.push_quad(graph, positions, weights);
        }
        Some(lists)
    }

    fn push_quad(&mut self, graph: &FactorGraph, positions: &Positions, weights: &[usize]) {
        let word = (positions.of(weights[0]) / 4) as u32;
        let mut quad = Quad { word, weights: [NONE; 4], first: [self.paths.len() as u32; 5], planes: 0 };
        for q in 0..4 {
            if let Some(&i) = weights.iter().find(|&&i| positions.of(i) % 4 == q) {
                quad.weights[q] = i as u32;
                self.paths.extend(graph.incidences(i).iter().map(|&e| e / graph.depth() as u32));
            }
            quad.first[q + 1] = self.paths.len() as u32;
        }
        let largest = (0..4).map(|q| quad.degree(q)).max().unwrap_or(0);
        quad.planes = (u32::BITS - largest.leading_zeros()) as u8;
        self.quads.push(quad);
    }
}

/// Replicas in the lanes of 64 · N bits.
#[derive(Debug, Clone)]
pub struct Lanes<'a, const N: usize> {
    lists: &'a PathLists,
    octets: Vec<Octet>,
    heats: Vec<Heat>,
    /// By weight: bit c is set where g_i w_i = −1 in lane c.
    pub(crate) weights: Vec<[u64; N]>,
    /// By path: bit c is set where s_a = −1 in lane c.
    pub(crate) products: Vec<[u64; N]>,
    mc_sweep: u64,
}

/// Eight lanes.
#[derive(Debug, Clone)]
struct Octet {
    /// Which word of the lanes, which of its four octets of each half, which half.
    word: usize,
    m: usize,
    half: usize,
    keys: Block,
    /// The heats of the lanes, and all ones in the numbers of the lanes that have it.
    heats: Vec<(usize, Block)>,
    heat_of: [usize; 8],
}

impl<'a, const N: usize> Lanes<'a, N> {
    /// The lanes that there are.
    pub const COUNT: usize = 64 * N;

    /// Chains in their random configurations, one in each of the first lanes; at most [`Self::COUNT`], at least one.
    pub fn new(lists: &'a PathLists, positions: &Positions, chains: &[Chain]) -> Self {
        debug_assert!((1..=Self::COUNT).contains(&chains.len()));
        let mut betas: Vec<f64> = chains.iter().map(|chain| chain.beta).collect();
        betas.sort_by(f64::total_cmp);
        betas.dedup();
        let heats = betas.iter().map(|&beta| Heat::new(Thresholds::new(beta, lists.max_degree))).collect();
        let octet = |word, m, half| Octet::new(word, m, half, chains, &betas);
        let octets = (0..N).flat_map(|word| (0..4).flat_map(move |m| [(word, m, 0), (word, m, 1)]));
        let octets = octets.filter_map(|(word, m, half)| octet(word, m, half)).collect();
        let mut lanes = Self {
            lists,
            octets,
            heats,
            weights: vec![
                [0; N];
                lists.quads.iter().flat_map(|quad| quad.weights).filter(|&i| i != NONE).count()
            ],
            products: Vec::new(),
            mc_sweep: 0,
        };
        for (i, words) in lanes.weights.iter_mut().enumerate() {
            let draw = positions.draw(0, positions.of(i));
            for (c, chain) in chains.iter().enumerate() {
                words[c / 64] |= u64::from(draws::leading(chain.key, draw) < 1 << 15) << (c % 64);
            }
        }
        lanes.products = lists
            .weights_of
            .chunks_exact(lists.depth)
            .zip(&lists.negative)
            .map(|(path, &negative)| {
                let sign = [if negative { u64::MAX } else { 0 }; N];
                path.iter().fold(sign, |product, &i| xor(product, lanes.weights[i as usize]))
            })
            .collect();
        lanes
    }

    /// The next sweep of all chains.
    pub fn mc_sweep(&mut self, level: Level) {
        self.mc_sweep += 1;
        sweep(level, self);
    }

    /// g_i w_i of lane c.
    pub fn weights(&self, c: usize) -> Vec<i8> {
        self.weights.iter().map(|words| if words[c / 64] >> (c % 64) & 1 == 1 { -1 } else { 1 }).collect()
    }
}

impl Octet {
    /// The octet of these lanes; `None` where no chain is in any. Lanes without a chain follow the first one's β, for nobody.
    fn new(word: usize, m: usize, half: usize, chains: &[Chain], betas: &[f64]) -> Option<Self> {
        let lane = |e: usize| 64 * word + 4 * (8 * half + e) + m;
        let chain = |e: usize| chains.get(lane(e));
        chain(0)?;
        let heat = |e: usize| {
            let beta = chain(e).or(chain(0)).map_or(0.0, |chain| chain.beta);
            betas.partition_point(|&other| other < beta)
        };
        let heat_of: [usize; 8] = std::array::from_fn(heat);
        let mut heats: Vec<(usize, Block)> = Vec::new();
        for (e, &heat) in heat_of.iter().enumerate() {
            let at = heats.iter().position(|&(other, _)| other == heat).unwrap_or_else(|| {
                heats.push((heat, Block::ZERO));
                heats.len() - 1
            });
            heats[at].1.0[e] = u64::MAX;
        }
        let keys = Block(std::array::from_fn(|e| chain(e).map_or(0, |chain| chain.key)));
        Some(Self { word, m, half, keys, heats, heat_of })
    }
}

at_each_level! {
    fn sweep<const N: usize>(lanes: &mut Lanes<'_, N>) = {
        Baseline: sweep_with::<Plain, N>,
        Avx2: sweep_with::<Avx2, N>,
        Avx512: sweep_with::<Avx512, N>,
    };
}

#[inline(always)]
fn sweep_with<W: Wide, const N: usize>(lanes: &mut Lanes<'_, N>) {
    let lists = lanes.lists;
    let first_word = lanes.mc_sweep * lists.words_per_sweep;
    let mut planes = [[[0u64; 4]; N]; PLANES];
    for quad in &lists.quads {
        for q in 0..4 {
            let paths = &lists.paths[quad.first[q] as usize..quad.first[q + 1] as usize];
            let counts: [[u64; N]; PLANES] = count(&lanes.products, paths);
            for (plane, counts) in planes.iter_mut().zip(&counts).take(usize::from(quad.planes)) {
                (0..N).for_each(|word| plane[word][q] = counts[word]);
            }
        }
        let mut old = [[0u64; 4]; N];
        for (q, &i) in quad.weights.iter().enumerate() {
            if i != NONE {
                (0..N).for_each(|word| old[word][q] = lanes.weights[i as usize][word]);
            }
        }
        for words in planes.iter_mut().take(usize::from(quad.planes)).flatten().chain(&mut old) {
            *words = transpose(*words);
        }
        let new = draw_quad::<W, N>(lanes, quad, first_word + u64::from(quad.word), &planes, &old);
        for (q, &i) in quad.weights.iter().enumerate() {
            if i == NONE {
                continue;
            }
            let weight = &mut lanes.weights[i as usize];
            let flips: [u64; N] = std::array::from_fn(|word| weight[word] ^ new[word][q]);
            *weight = xor(*weight, flips);
            for &a in &lists.paths[quad.first[q] as usize..quad.first[q + 1] as usize] {
                let product = &mut lanes.products[a as usize];
                *product = xor(*product, flips);
            }
        }
    }
}

/// The new bits of four weights in all lanes, from the transposed counts of their paths' bits and their own old ones.
#[inline(always)]
fn draw_quad<W: Wide, const N: usize>(
    lanes: &Lanes<'_, N>,
    quad: &Quad,
    word: u64,
    planes: &[[[u64; 4]; N]; PLANES],
    old: &[[u64; 4]; N],
) -> [[u64; 4]; N] {
    let mut new = [[0u64; 4]; N];
    let degrees = (0..4).fold(0, |degrees, q| degrees | u64::from(quad.degree(q)) << (16 * q));
    let degrees = W::splat(degrees);
    let step = W::splat(word.wrapping_mul(GAMMA));
    for octet in &lanes.octets {
        let shift = 32 * octet.half;
        let of = |words: &[[u64; 4]; N]| (words[octet.word][octet.m] >> shift) as u32;
        let mut field = degrees;
        for (p, plane) in planes.iter().enumerate().take(usize::from(quad.planes)) {
            let twice = W::splat_number((2u16 << p) as i16);
            field = W::subtract(field, W::keep(W::from_bits(of(plane)), twice));
        }
        // s_a contains w_i itself.
        let field = W::negate_where(W::from_bits(of(old)), field);
        let thresholds = thresholds::<W>(&lanes.heats, octet, quad, field);
        let draws = W::mix(W::add_words(W::load(&octet.keys), step));
        let mut down = W::to_bits(W::less(draws, thresholds));
        let ties = W::equal(draws, thresholds);
        if W::any(ties) {
            down |= break_ties(&lanes.heats, octet, &W::store(field), W::to_bits(ties), word);
        }
        new[octet.word][octet.m] |= u64::from(down) << shift;
    }
    new.map(transpose)
}

/// The leading bits of D(h), each lane at its own β.
#[inline(always)]
fn thresholds<W: Wide>(heats: &[Heat], octet: &Octet, quad: &Quad, field: W::V) -> W::V {
    let mut found = W::splat(0);
    for (heat, mask) in &octet.heats {
        let heat = &heats[*heat];
        let reach = heat.thresholds().reach();
        let largest = (1u32 << quad.planes) - 1;
        let of_heat = if largest < 32 || reach < 32 {
            W::lookup::<2>(heat.table(), W::clamp(field, W::splat_number(reach.min(31) as i16)))
        } else if largest < 64 || reach < 64 {
            W::lookup::<4>(heat.table(), W::clamp(field, W::splat_number(reach.min(63) as i16)))
        } else {
            W::load(&heat.thresholds().one_by_one(&W::store(field)))
        };
        found = W::xor(found, W::and(of_heat, W::load(mask)));
    }
    found
}

#[cold]
#[inline(never)]
fn break_ties(heats: &[Heat], octet: &Octet, field: &Block, ties: u32, word: u64) -> u32 {
    let fields = field.numbers();
    let below = |&lane: &usize| {
        let (e, q) = (lane / 4, lane % 4);
        let thresholds = heats[octet.heat_of[e]].thresholds();
        thresholds.breaks_tie(i32::from(fields[lane]), octet.keys.0[e], 4 * word + q as u64)
    };
    (0..32).filter(|lane| ties >> lane & 1 == 1).filter(below).fold(0, |bits, lane| bits | 1 << lane)
}

/// In how many of the chosen sets each bit is set, in planes; the number of sets is below 2^PLANES.
#[inline(always)]
pub(super) fn count<const N: usize, const PLANES: usize>(
    sets: &[[u64; N]],
    chosen: &[u32],
) -> [[u64; N]; PLANES] {
    let mut counts = [[0u64; N]; PLANES];
    let (mut ones, mut twos) = ([0u64; N], [0u64; N]);
    let mut fours = chosen.chunks_exact(4);
    for four in &mut fours {
        let (low, c) = add(ones, sets[four[0] as usize], sets[four[1] as usize]);
        let (low, d) = add(low, sets[four[2] as usize], sets[four[3] as usize]);
        let (middle, carry) = add(twos, c, d);
        (ones, twos) = (low, middle);
        ripple(&mut counts[2..], carry);
    }
    for &one in fours.remainder() {
        let set = sets[one as usize];
        let carry = and(ones, set);
        ones = xor(ones, set);
        let carry_of_twos = and(twos, carry);
        twos = xor(twos, carry);
        ripple(&mut counts[2..], carry_of_twos);
    }
    (counts[0], counts[1]) = (ones, twos);
    counts
}

/// Adds bits to the first plane, and what overflows to those after it.
#[inline(always)]
fn ripple<const N: usize>(planes: &mut [[u64; N]], mut carry: [u64; N]) {
    for plane in planes {
        if carry.iter().all(|&word| word == 0) {
            return;
        }
        (*plane, carry) = (xor(*plane, carry), and(*plane, carry));
    }
}

/// Sum and carry of three bits.
#[inline(always)]
fn add<const N: usize>(a: [u64; N], b: [u64; N], c: [u64; N]) -> ([u64; N], [u64; N]) {
    let either = xor(a, b);
    (xor(either, c), std::array::from_fn(|word| a[word] & b[word] | c[word] & either[word]))
}

#[inline(always)]
fn and<const N: usize>(a: [u64; N], b: [u64; N]) -> [u64; N] {
    std::array::from_fn(|word| a[word] & b[word])
}

/// Exchanges bit m of half byte n of word q with bit q of half byte n of word m.
#[inline(always)]
fn transpose(words: [u64; 4]) -> [u64; 4] {
    let [mut a, mut b, mut c, mut d] = words;
    let pairs = 0x3333_3333_3333_3333;
    let (t, u) = ((a >> 2 ^ c) & pairs, (b >> 2 ^ d) & pairs);
    (a, c, b, d) = (a ^ t << 2, c ^ t, b ^ u << 2, d ^ u);
    let single = 0x5555_5555_5555_5555;
    let (t, u) = ((a >> 1 ^ b) & single, (c >> 1 ^ d) & single);
    [a ^ t << 1, b ^ t, c ^ u << 1, d ^ u]
}

#[inline(always)]
fn xor<const N: usize>(a: [u64; N], b: [u64; N]) -> [u64; N] {
    std::array::from_fn(|word| a[word] ^ b[word])
}

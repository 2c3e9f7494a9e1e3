//! The core of a factor graph (see [`super::core`]) as belief propagation walks along it.
//!
//! **Gauge.** The sign of a path is moved into its message from the weight of layer 1: with m̃ = ξ_a m there, every
//! path has ξ_a = +1. A weight of layer 1 whose paths all have one sign is replaced by ξ times itself; one with paths
//! of both signs becomes two *slots*, one for each sign, joined by R_minus = 1/R_plus. So a slot is a weight, or half
//! of one.
//!
//! **Order.** Paths are taken block by block, one block for each unit j of the first hidden layer, and within a block
//! as the graph lists them. The slots that no other block touches (for L = 3 those of W¹[i, j] and W²[j, k]) are
//! numbered block by block and finished with their block; the others (W³) come last.

use super::whole::Whole;
use crate::scaled_product::ScaledProduct;
use std::ops::Range;

/// One path on one of its weights.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incidence {
    /// The slot of the weight.
    pub(crate) slot: u32,
    /// Where the products of the slot are gathered: the slots of the block first, then those of several blocks.
    pub(crate) product: u32,
    /// How many paths come before this one on the slot.
    pub(crate) rank: u32,
}

/// The paths that have their unit of the first hidden layer in common.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) paths: Range<usize>,
    /// The slots that only these paths touch.
    pub(crate) slots: Range<usize>,
}

/// How the products of a slot become its ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A weight with paths of one sign, and how many.
    Alone(u32),
    /// Half of a weight; its other half is the next slot.
    Plus,
    /// The other half.
    Minus,
}

/// A factor graph in the order of belief propagation. `incidences[p * L + l]`, like the messages `rho[p * L + l]` (and
/// in lanes `rho[p * L + l][lane]`), is path p of this order on its weight of layer l + 1.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) depth: usize,
    pub(crate) blocks: Vec<Block>,
    pub(crate) incidences: Vec<Incidence>,
    /// In how many ones the rank of a path on any of its slots ends in binary, at most: a product is rescaled after
    /// every 2^k factors.
    pub(crate) rank_ones: Vec<u8>,
    pub(crate) slots: Vec<Slot>,
    /// The slots that several blocks touch.
    pub(crate) shared: Range<usize>,
    /// The most slots of a block.
    pub(crate) block_slots: usize,
    /// `order[p]`: the number of path p in the graph.
    pub(crate) order: Vec<u32>,
    /// ξ_a of path p of this order.
    pub(crate) signs: Vec<i8>,
    /// The weight of each incidence, by its number in the graph.
    weight_of: Vec<u32>,
    /// The (first) slot of each weight of the core: R up to the sign of its logarithm, which overlaps ignore.
    pub(crate) slot_of: Vec<u32>,
    pub(crate) paths_of_graph: usize,
    /// The largest degree of all weights, in the core.
    pub(crate) max_degree: u32,
}

impl Layout {
    /// Of the core of an instance, where `weight_of[a * depth + l]` is the weight of path a of the graph at l, and
    /// `block_of` says in which block the path goes.
    pub(crate) fn new(
        &Whole { depth, paths: paths_of_graph, ref core, .. }: &Whole,
        weight_of: &[u32],
        signs: &[i8],
        block_of: impl Fn(usize) -> u32,
    ) -> Self {
        let weights = core.weights.len();
        let mut number_of = vec![u32::MAX; core.weights.last().map_or(0, |&last| last as usize + 1)];
        (0..).zip(&core.weights).for_each(|(number, &i)| number_of[i as usize] = number);
        let mut order = core.paths.clone();
        order.sort_by_key(|&a| block_of(a as usize));
        let paths_of_blocks: Vec<Range<usize>> = order
            .chunk_by(|&a, &b| block_of(a as usize) == block_of(b as usize))
            .scan(0, |end, paths| {
                *end += paths.len();
                Some(*end - paths.len()..*end)
            })
            .collect();
        let of_graph = |p: usize, l: usize| weight_of[order[p] as usize * depth + l];
        let weight = |p: usize, l: usize| number_of[of_graph(p, l) as usize] as usize;
        let sign = |p: usize| signs[order[p] as usize];

        let mut touched = vec![Touched::default(); weights];
        for (block, paths) in paths_of_blocks.iter().enumerate() {
            for p in paths.clone() {
                (0..depth).for_each(|l| touched[weight(p, l)].by(block, l == 0 && sign(p) < 0));
            }
        }
        let mut slots = Vec::new();
        let mut slot_of = vec![u32::MAX; weights];
        let mut number = |i: usize, slots: &mut Vec<Slot>| {
            if slot_of[i] == u32::MAX {
                slot_of[i] = slots.len() as u32;
                touched[i].slots(slots);
            }
        };
        let mut blocks = Vec::new();
        for (block, paths) in paths_of_blocks.iter().enumerate() {
            let first = slots.len();
            for p in paths.clone() {
                for l in 0..depth {
                    let i = weight(p, l);
                    if touched[i].blocks == Some((block, block)) {
                        number(i, &mut slots);
                    }
                }
            }
            blocks.push(Block { paths: paths.clone(), slots: first..slots.len() });
        }
        let first_shared = slots.len();
        (0..weights).for_each(|i| number(i, &mut slots));
        let block_slots = blocks.iter().map(|block| block.slots.len()).max().unwrap_or(0);

        let mut ranks = vec![0u32; slots.len()];
        let mut incidences = Vec::with_capacity(weight_of.len());
        for block in &blocks {
            for p in block.paths.clone() {
                for l in 0..depth {
                    let i = weight(p, l);
                    let other_half = touched[i].halves() && l == 0 && sign(p) < 0;
                    let slot = slot_of[i] as usize + usize::from(other_half);
                    let product = if slot < first_shared {
                        slot - block.slots.start
                    } else {
                        block_slots + slot - first_shared
                    };
                    incidences.push(Incidence {
                        slot: slot as u32,
                        product: product as u32,
                        rank: ranks[slot],
                    });
                    ranks[slot] += 1;
                }
            }
        }
        let ones =
            |path: &[Incidence]| path.iter().map(|incidence| incidence.rank.trailing_ones() as u8).max();
        Self {
            depth,
            blocks,
            rank_ones: incidences.chunks_exact(depth).map(|path| ones(path).unwrap_or(0)).collect(),
            incidences,
            shared: first_shared..slots.len(),
            slots,
            block_slots,
            weight_of: (0..order.len())
                .flat_map(|p| (0..depth).map(move |l| (p, l)))
                .map(|(p, l)| of_graph(p, l))
                .collect(),
            signs: order.iter().map(|&a| signs[a as usize]).collect(),
            order,
            slot_of,
            paths_of_graph,
            max_degree: touched.iter().map(|touched| touched.plus + touched.minus).max().unwrap_or(0),
        }
    }

    /// The weights of every path, in this order.
    pub(crate) fn weights_of_paths(&self) -> impl Iterator<Item = &[u32]> {
        self.weight_of.chunks_exact(self.depth)
    }

    pub(crate) fn paths(&self) -> usize {
        self.order.len()
    }

    /// Products that are gathered at a time.
    pub(crate) fn products(&self) -> usize {
        self.block_slots + self.shared.len()
    }
}

/// R and 1/R of the halves of a weight, of their Π n and Π d: R = (Π_plus n · Π_minus d) / (Π_plus d · Π_minus n).
#[inline(always)]
pub(crate) fn joined(plus: [ScaledProduct; 2], minus: [ScaledProduct; 2], limit: f64) -> [f64; 2] {
    let (n, d) = (plus[0].times_product(minus[1]), plus[1].times_product(minus[0]));
    [n.over(d, limit), d.over(n, limit)]
}

/// What paths do to a weight.
#[derive(Debug, Clone, Copy, Default)]
struct Touched {
    /// The first and the last block.
    blocks: Option<(usize, usize)>,
    /// Paths of each sign; the minus sign counts in layer 1 only.
    plus: u32,
    minus: u32,
}

impl Touched {
    fn by(&mut self, block: usize, minus: bool) {
        self.blocks = Some((self.blocks.map_or(block, |(first, _)| first), block));
        if minus {
            self.minus += 1;
        } else {
            self.plus += 1;
        }
    }

    fn halves(&self) -> bool {
        self.plus > 0 && self.minus > 0
    }

    fn slots(&self, slots: &mut Vec<Slot>) {
        if self.halves() {
            slots.extend([Slot::Plus, Slot::Minus]);
        } else {
            slots.push(Slot::Alone(self.plus + self.minus));
        }
    }
}

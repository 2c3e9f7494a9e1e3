//! What is counted in all lanes together: energies, and where the lanes of a pair differ.

use super::lanes::Lanes;
use super::plain::{Unit, Units};
#[cfg(target_arch = "x86_64")]
use super::wide::{Avx2, Avx512};
use super::wide::{Block, Least, Wide};
use kernel::at_each_level;

/// Planes of a count: there are fewer than 2^32 paths.
const PLANES: usize = 32;

/// A count for each lane; plane p holds its bit of value 2^p.
pub(super) struct Counts {
    planes: [Block; PLANES],
    /// Beyond, they are empty: no more bits were added up.
    used: usize,
}

impl Counts {
    /// The count of lane c.
    pub(super) fn of(&self, c: usize) -> u32 {
        let bit = |plane: &Block| (plane.0[c / 64] >> (c % 64) & 1) as u32;
        self.planes[..self.used].iter().zip(0..).map(|(plane, p)| bit(plane) << p).sum()
    }
}

/// Where the lanes of all pairs differ: bit c of a difference is set where lanes c and c + 1 do, for even c.
pub(super) struct PairCounts {
    pub(super) paths: Counts,
    pub(super) merged: Vec<Counts>,
}

at_each_level! {
    /// The paths with s_a = −1.
    pub(super) fn unsatisfied_paths(lanes: &Lanes<'_>) -> Counts = {
        Baseline: unsatisfied_paths_with::<Least>,
        Avx2: unsatisfied_paths_with::<Avx2>,
        Avx512: unsatisfied_paths_with::<Avx512>,
    };
}

#[inline(always)]
fn unsatisfied_paths_with<W: Wide>(lanes: &Lanes<'_>) -> Counts {
    let mut counter = Counter::<W>::new();
    for product in &lanes.products {
        counter.add(W::load(product));
    }
    counter.finish()
}

at_each_level! {
    /// The paths with s_a = −1 by unit of the first hidden layer, then those whose bits differ from each list of marks,
    /// which stand in the order of the lists' paths.
    pub(super) fn glance(lanes: &Lanes<'_>, marks: &[Vec<Block>], into: &mut Vec<Counts>) = {
        Baseline: glance_with::<Least>,
        Avx2: glance_with::<Avx2>,
        Avx512: glance_with::<Avx512>,
    };
}

#[inline(always)]
fn glance_with<W: Wide>(lanes: &Lanes<'_>, marks: &[Vec<Block>], into: &mut Vec<Counts>) {
    into.clear();
    let mut start = 0;
    for &end in lanes.unit_ends() {
        let mut unsatisfied = Counter::<W>::new();
        for product in &lanes.products[start..end] {
            unsatisfied.add(W::load(product));
        }
        into.push(unsatisfied.finish());
        start = end;
    }
    for marks in marks {
        let mut start = 0;
        for &end in lanes.unit_ends() {
            let mut differing = Counter::<W>::new();
            for (product, mark) in lanes.products[start..end].iter().zip(&marks[start..end]) {
                differing.add(W::xor(W::load(product), W::load(mark)));
            }
            into.push(differing.finish());
            start = end;
        }
    }
}

at_each_level! {
    /// Where the lanes of each pair differ.
    pub(super) fn compare_pairs(lanes: &Lanes<'_>, units: &Units) -> PairCounts = {
        Baseline: compare_pairs_with::<Least>,
        Avx2: compare_pairs_with::<Avx2>,
        Avx512: compare_pairs_with::<Avx512>,
    };
}

#[inline(always)]
fn compare_pairs_with<W: Wide>(lanes: &Lanes<'_>, units: &Units) -> PairCounts {
    let mut paths = Counter::<W>::new();
    for product in &lanes.products {
        paths.add(neighbours::<W>(W::load(product)));
    }
    let mut merged = Vec::with_capacity(units.merged.len());
    for unit in &units.merged {
        merged.push(differing_terms::<W>(lanes, unit));
    }
    PairCounts { paths: paths.finish(), merged }
}

#[inline(always)]
fn differing_terms<W: Wide>(lanes: &Lanes<'_>, unit: &Unit) -> Counts {
    let mut counter = Counter::<W>::new();
    for &(i, k) in unit {
        let term = W::xor(W::load(&lanes.weights[i]), W::load(&lanes.weights[k]));
        counter.add(neighbours::<W>(term));
    }
    counter.finish()
}

/// Bit c ⊕ bit c + 1, at c.
#[inline(always)]
fn neighbours<W: Wide>(bits: W::V) -> W::V {
    W::xor(bits, W::shift_right::<1>(bits))
}

/// Adds up one-bit numbers in carry-save form, two of each value at a time.
struct Counter<W: Wide> {
    kept: [W::V; PLANES],
    waiting: [W::V; PLANES],
    added: u32,
}

impl<W: Wide> Counter<W> {
    #[inline(always)]
    fn new() -> Self {
        Self { kept: [W::splat(0); PLANES], waiting: [W::splat(0); PLANES], added: 0 }
    }

    #[inline(always)]
    fn add(&mut self, bits: W::V) {
        let mut carry = bits;
        let mut level = 0;
        while self.added >> level & 1 == 1 {
            (self.kept[level], carry) = W::add_bits(self.kept[level], self.waiting[level], carry);
            level += 1;
        }
        self.waiting[level] = carry;
        self.added += 1;
    }

    #[inline(always)]
    fn finish(mut self) -> Counts {
        for level in 0..PLANES {
            if self.added >> level & 1 == 0 {
                continue;
            }
            let mut carry = self.waiting[level];
            for plane in &mut self.kept[level..] {
                let old = *plane;
                (*plane, carry) = (W::xor(old, carry), W::and(old, carry));
            }
        }
        let mut planes = [Block::ZERO; PLANES];
        for (plane, kept) in planes.iter_mut().zip(self.kept) {
            *plane = W::store(kept);
        }
        Counts { planes, used: (u32::BITS - self.added.leading_zeros()) as usize }
    }
}

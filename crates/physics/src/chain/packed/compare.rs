//! Where two replicas in bit rows differ.

use super::super::Difference;
#[cfg(target_arch = "x86_64")]
use super::super::wide::{Avx2, Avx512};
use super::super::wide::{Least, Wide};
use super::mc_sweep::{Groups, sum, with_turned};
use super::rows::{BitReplica, BitRows, MAX_DEGREE};
use kernel::at_each_level;
use kernel::cpu::Level;
use std::ops::Range;

/// Compares pairs of replicas.
#[derive(Debug, Clone)]
pub(crate) struct Comparison {
    /// Slots of the model in each group of all W².
    slots: Vec<u32>,
    /// Groups of the units that have two slots or more.
    units: Vec<Range<usize>>,
    /// The bits in which the replicas differ.
    first: Vec<u32>,
    merged: Vec<u32>,
}

impl Comparison {
    /// A comparison of replicas of an instance.
    pub(crate) fn new(rows: &BitRows) -> Self {
        let [first_groups, second_groups, _] = rows.layer_groups();
        let mut slots: Vec<u32> = vec![0; second_groups];
        for slot in rows.slots.iter().filter(|slot| slot.layer == 2) {
            slots[slot.group as usize] |= 1 << slot.bit;
        }
        let of_two = |groups: &Range<usize>| {
            slots[groups.clone()].iter().map(|slots| slots.count_ones()).sum::<u32>() >= 2
        };
        let units = (0..rows.seconds.len()).map(|j| j * rows.output_groups..(j + 1) * rows.output_groups);
        let units = units.filter(of_two).collect();
        let (first, merged) = (vec![0; first_groups], vec![0; slots.len()]);
        Self { slots, units, first, merged }
    }

    /// Where they differ, units of a single term left out.
    pub(crate) fn compare(
        &mut self,
        level: Level,
        rows: &BitRows,
        paths: usize,
        a: &BitReplica,
        b: &BitReplica,
        into: &mut Difference,
    ) {
        compare(level, self, rows, paths, a, b, into);
    }
}

at_each_level! {
    fn compare(this: &mut Comparison, rows: &BitRows, paths: usize, a: &BitReplica, b: &BitReplica, into: &mut Difference) = {
        Baseline: compare_with::<Least>,
        Avx2: compare_with::<Avx2>,
        Avx512: compare_with::<Avx512>,
    };
}

#[inline(always)]
fn compare_with<W: Wide>(
    this: &mut Comparison,
    rows: &BitRows,
    paths: usize,
    a: &BitReplica,
    b: &BitReplica,
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
    count_differing(&mut this.merged, &this.slots, &this.units, &mut into.merged);
}

/// The number of differing slots of every unit.
#[inline(always)]
fn count_differing(difference: &mut [u32], slots: &[u32], units: &[Range<usize>], into: &mut Vec<u32>) {
    for (difference, slots) in difference.iter_mut().zip(slots) {
        *difference = (*difference & slots).count_ones();
    }
    into.resize(units.len(), 0);
    for (into, groups) in into.iter_mut().zip(units) {
        let mut differing = 0;
        for count in &difference[groups.start..groups.end] {
            differing += count;
        }
        *into = differing;
    }
}

/// Reused from glance to glance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Glance {
    sums: Vec<i64>,
    first: Vec<u32>,
    merged: Vec<u32>,
    third: Vec<u32>,
}

impl Glance {
    /// Appends the paths with s_a = −1 by unit of the first hidden layer, then those that differ from each reference.
    pub(crate) fn append(
        &mut self,
        level: Level,
        rows: &BitRows,
        replica: &BitReplica,
        references: &[&BitReplica],
        into: &mut Vec<u32>,
    ) {
        let Self { sums, first, merged, third } = self;
        let mut append = |sums: &[i64]| {
            into.extend(sums.iter().zip(&rows.unit_paths).map(|(sum, &paths)| ((paths - sum) / 2) as u32));
        };
        replica.merge_into(merged);
        unit_sums(level, rows, true, &replica.first, merged, sums);
        append(sums);
        for reference in references {
            let differ = |(a, b): (&u32, &u32)| a ^ b;
            first.clear();
            first.extend(replica.first.iter().zip(&reference.first).map(differ));
            third.clear();
            third.extend(replica.third.iter().zip(&reference.third).map(differ));
            merged.clear();
            let groups = rows.output_groups;
            for (a, b) in replica.second.chunks_exact(groups).zip(reference.second.chunks_exact(groups)) {
                merged.extend(a.iter().zip(b).zip(&*third).map(|((a, b), c)| a ^ b ^ c));
            }
            unit_sums(level, rows, false, first, merged, sums);
            append(sums);
        }
    }
}

at_each_level! {
    /// [`path_sum`] by unit of the first hidden layer.
    fn unit_sums(rows: &BitRows, signed: bool, first: &[u32], merged: &[u32], into: &mut Vec<i64>) = {
        Baseline: unit_sums_with::<Least>,
        Avx2: unit_sums_with::<Avx2>,
        Avx512: unit_sums_with::<Avx512>,
    };
}

#[inline(always)]
fn unit_sums_with<W: Wide>(rows: &BitRows, signed: bool, first: &[u32], merged: &[u32], into: &mut Vec<i64>) {
    into.clear();
    match (rows.signed, signed) {
        (true, true) => unit_sums_of::<W, true, true>(rows, first, merged, into),
        (true, false) => unit_sums_of::<W, true, false>(rows, first, merged, into),
        (false, _) => unit_sums_of::<W, false, false>(rows, first, merged, into),
    }
}

#[inline(always)]
fn unit_sums_of<W: Wide, const SIGNED: bool, const APPLIED: bool>(
    rows: &BitRows,
    first: &[u32],
    merged: &[u32],
    into: &mut Vec<i64>,
) {
    // So many fields can be added up in 16 bits.
    let safe = MAX_DEGREE / usize::from(rows.largest_degrees[0]).max(1);
    let mut groups = Groups::<SIGNED> { blocks: &rows.first_blocks };
    let mut scratch = rows.scratch();
    for (side, merged) in rows.firsts.iter().zip(merged.chunks_exact(rows.output_groups)) {
        let bits = &first[side.start..side.start + side.groups];
        let (mut total, mut sums, mut added) = (0, W::splat(0), 0);
        with_turned!(merged.iter().copied(), side.chunks, &mut scratch, |row| {
            for &bits in bits {
                let field = groups.next_fields::<W, APPLIED>(&row);
                sums = W::add(sums, W::negate_where(W::from_bits(bits), field));
                added += 1;
                if added == safe {
                    (total, sums, added) = (total + sum::<W>(sums), W::splat(0), 0);
                }
            }
        });
        into.push(total + sum::<W>(sums));
    }
}

at_each_level! {
    /// Σ_a s_a of the paths, s_a = Π of the bits' signs, times ξ_a if `signed` and there are any: `first` holds Y,
    /// `merged` X of every unit.
    pub(super) fn path_sum(rows: &BitRows, signed: bool, first: &[u32], merged: &[u32]) -> i64 = {
        Baseline: path_sum_with::<Least>,
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
    let mut scratch = rows.scratch();
    for (side, merged) in rows.firsts.iter().zip(merged.chunks_exact(rows.output_groups)) {
        let bits = &first[side.start..side.start + side.groups];
        with_turned!(merged.iter().copied(), side.chunks, &mut scratch, |row| {
            for &bits in bits {
                let field = groups.next_fields::<W, APPLIED>(&row);
                sums = W::add(sums, W::negate_where(W::from_bits(bits), field));
                added += 1;
                if added == safe {
                    (total, sums, added) = (total + sum::<W>(sums), W::splat(0), 0);
                }
            }
        });
    }
    total + sum::<W>(sums)
}

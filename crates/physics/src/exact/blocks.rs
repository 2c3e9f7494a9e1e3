//! The enumeration of a core at eight β at once, as sums over blocks of configurations that are independent of each
//! other.
//!
//! Within a block all but the three innermost positions follow a Gray code. With s_l the contribution of all levels
//! from l outwards, turning position t changes s_l for l ≤ t only, so that few of them are computed for a
//! configuration; no weight is ever divided, and none is computed by an exponential. The eight configurations of the
//! three innermost positions follow without a branch: each is known beforehand to be so many rows away from the first.

use super::lanes::{Fields, Moments, Share};
use super::layout::{Group, SpinLayout};
use kernel::at_each_level;
use kernel::cpu::Level;
use kernel::stop;
use std::ops::Range;

/// Positions that a block runs through: short sums, so that rounding errors do not add up, but long enough to set up.
const BLOCK_POSITIONS: usize = 12;

/// Positions whose configurations are looked up side by side.
const INNERMOST: usize = 3;

/// A core with its tables at eight β.
pub(super) struct Enumeration<'a> {
    layout: &'a SpinLayout,
    /// The tables of all groups.
    shares: Vec<Share>,
    /// The table of a first group that sums the innermost spin.
    summed: Vec<Moments>,
    /// See [`Enumeration::distances`].
    distances: Vec<[u32; 1 << INNERMOST]>,
    /// The groups of the innermost positions, and how many values each of these takes: 1 where it is not enumerated.
    inner_levels: [Range<usize>; INNERMOST],
    inner_spins: [usize; INNERMOST],
}

impl<'a> Enumeration<'a> {
    pub(super) fn new(layout: &'a SpinLayout, fields: &Fields) -> Self {
        let split = usize::from(layout.sums_innermost);
        let mut shares = Vec::with_capacity(layout.rows);
        layout.groups[split..].iter().for_each(|group| write_table(&mut shares, group, fields, 0));
        let summed = if layout.sums_innermost { summed_table(&layout.groups[0], fields) } else { Vec::new() };
        let (inner_levels, inner_spins) = ([const { 0..0 }; INNERMOST], [1; INNERMOST]);
        let distances = Vec::new();
        let mut enumeration = Self { layout, shares, summed, distances, inner_levels, inner_spins };
        enumeration.distances = enumeration.distances();
        for i in 0..enumeration.width().min(INNERMOST) {
            enumeration.inner_levels[i] = layout.levels[split + i].clone();
            enumeration.inner_spins[i] = 2;
        }
        enumeration
    }

    /// The first position that is enumerated.
    fn first_position(&self) -> usize {
        usize::from(self.layout.sums_innermost)
    }

    /// How many positions a block runs through.
    fn width(&self) -> usize {
        (self.layout.spins - 1 - self.first_position()).min(BLOCK_POSITIONS)
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> u64 {
        1 << (self.layout.spins - 1 - self.first_position() - self.width())
    }

    /// The sum over one block, the bits of `number` being the spins outside of it.
    pub(super) fn block(&self, level: Level, number: u64) -> Moments {
        if self.layout.sums_innermost {
            block_of_pairs(level, self, number)
        } else {
            block_of_singles(level, self, number)
        }
    }

    /// The sum over all configurations with the outermost spin +1.
    pub(super) fn sum(&self, level: Level) -> Moments {
        let mut total = Moments::ZERO;
        for number in 0..self.blocks() {
            stop::look();
            total.merge(&self.block(level, number));
        }
        total
    }

    /// The row of every group where all spins of the block are +1.
    fn first_rows(&self, number: u64) -> Vec<u32> {
        let outside = self.first_position() + self.width();
        let mut rows: Vec<u32> = self.layout.groups.iter().map(|group| group.first_row as u32).collect();
        for (p, turns) in self.layout.turns.iter().enumerate() {
            let is_down = p >= outside && p + 1 < self.layout.spins && number >> (p - outside) & 1 == 1;
            turns.iter().for_each(|turn| {
                rows[turn.group as usize] += if is_down { turn.down } else { turn.up };
            });
        }
        rows
    }

    /// How far every configuration s of the innermost positions is from the one where all are +1, for each group; bit i
    /// of s is set where the i-th of them is −1.
    fn distances(&self) -> Vec<[u32; 1 << INNERMOST]> {
        let mut distances = vec![[0u32; 1 << INNERMOST]; self.layout.groups.len()];
        let inner = self.layout.turns.iter().skip(self.first_position()).take(self.width().min(INNERMOST));
        for (i, turns) in inner.enumerate() {
            for turn in turns {
                for (s, distance) in distances[turn.group as usize].iter_mut().enumerate() {
                    if s >> i & 1 == 1 {
                        *distance = distance.wrapping_add(turn.down.wrapping_sub(turn.up));
                    }
                }
            }
        }
        distances
    }

    /// `outside` and the groups of a level, in the configuration s of the innermost positions.
    #[inline(always)]
    fn with_level(&self, outside: &Share, level: &Range<usize>, rows: &[u32], s: usize) -> Share {
        let mut share = *outside;
        for (row, distance) in rows[level.clone()].iter().zip(&self.distances[level.clone()]) {
            share = share.and(&self.shares[row.wrapping_add(distance[s]) as usize]);
        }
        share
    }
}

at_each_level! {
    /// A block where every configuration is enumerated.
    fn block_of_singles(enumeration: &Enumeration<'_>, number: u64) -> Moments = block_on_any_cpu::<false>;
}

at_each_level! {
    /// A block where the innermost spin is summed in a table.
    fn block_of_pairs(enumeration: &Enumeration<'_>, number: u64) -> Moments = block_on_any_cpu::<true>;
}

#[inline(always)]
fn block_on_any_cpu<const PAIRS: bool>(enumeration: &Enumeration<'_>, number: u64) -> Moments {
    let layout = enumeration.layout;
    let (first, width) = (enumeration.first_position(), enumeration.width());
    let inner = width.min(INNERMOST);
    let mut rows = enumeration.first_rows(number);
    // shares[l]: all levels from `first + l` outwards.
    let mut shares = [Share::NONE; BLOCK_POSITIONS + 1];
    for level in &layout.levels[first + width..] {
        shares[width] = enumeration.with_level(&shares[width], level, &rows, 0);
    }
    let mut is_down = [false; BLOCK_POSITIONS];
    let mut changed = width;
    let mut moments = Moments::ZERO;
    for step in 1..=1u64 << (width - inner) {
        for l in (inner..changed).rev() {
            shares[l] = enumeration.with_level(&shares[l + 1], &layout.levels[first + l], &rows, 0);
        }
        innermost::<PAIRS>(enumeration, &shares[inner], &rows, &mut moments);
        let position = inner + step.trailing_zeros() as usize;
        if position >= width {
            break;
        }
        is_down[position] = !is_down[position];
        for turn in &layout.turns[first + position] {
            let step = turn.down.wrapping_sub(turn.up);
            let row = &mut rows[turn.group as usize];
            *row = if is_down[position] { row.wrapping_add(step) } else { row.wrapping_sub(step) };
        }
        changed = position + 1;
    }
    moments
}

/// Adds the configurations of the innermost positions; where there are less than three, those missing stay as they are.
#[inline(always)]
fn innermost<const PAIRS: bool>(
    enumeration: &Enumeration<'_>,
    outside: &Share,
    rows: &[u32],
    moments: &mut Moments,
) {
    let [level_0, level_1, level_2] = &enumeration.inner_levels;
    let [most_0, most_1, most_2] = enumeration.inner_spins;
    for s_2 in 0..most_2 {
        let share_2 = enumeration.with_level(outside, level_2, rows, 4 * s_2);
        for s_1 in 0..most_1 {
            let share_1 = enumeration.with_level(&share_2, level_1, rows, 4 * s_2 + 2 * s_1);
            for s_0 in 0..most_0 {
                let s = 4 * s_2 + 2 * s_1 + s_0;
                let share_0 = enumeration.with_level(&share_1, level_0, rows, s);
                if PAIRS {
                    let row = rows[0].wrapping_add(enumeration.distances[0][s]);
                    moments.add_product(&share_0, &enumeration.summed[row as usize]);
                } else {
                    moments.add(&share_0);
                }
            }
        }
    }
}

/// Appends the rows of a group, the innermost spin, where it is left out of the digits, being `innermost`.
fn write_table(rows: &mut Vec<Share>, group: &Group, fields: &Fields, innermost: i32) {
    let first = rows.len();
    rows.push(Share::NONE);
    for member in &group.members {
        let share = |digit| fields.share(member.field(digit) + innermost * member.innermost, member.degree);
        let end = rows.len();
        for share in (1..member.digits).map(share) {
            rows.extend_from_within(first..end);
            let added = rows.len() - (end - first);
            rows[added..].iter_mut().for_each(|row| *row = row.and(&share));
        }
        let lowest = share(0);
        rows[first..end].iter_mut().for_each(|row| *row = row.and(&lowest));
    }
}

/// The rows of a group, summed over the innermost spin.
fn summed_table(group: &Group, fields: &Fields) -> Vec<Moments> {
    let mut rows = Vec::with_capacity(2 * group.rows);
    [1, -1].into_iter().for_each(|innermost| write_table(&mut rows, group, fields, innermost));
    let (up, down) = rows.split_at(group.rows);
    let both = |(up, down): (&Share, &Share)| {
        let mut sum = Moments::ZERO;
        sum.add(up);
        sum.add(down);
        sum
    };
    up.iter().zip(down).map(both).collect()
}

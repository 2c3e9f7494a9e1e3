//! The enumeration of a core at eight β at once, as sums over blocks of configurations that are independent of each other.
//!
//! Within a block the innermost spins follow a Gray code. With s_l the contribution of all levels from l outwards, turning
//! position t changes s_l for l ≤ t only, so that two of them are computed for a configuration on average; no weight is ever
//! divided, and none is computed by an exponential.

use super::lanes::{Fields, Moments, Share};
use super::layout::{Group, Layout};
use crate::cpu::{Level, at_each_level};

/// Positions that a block runs through: short sums, so that rounding errors do not add up, but long enough to set up.
const BLOCK_POSITIONS: usize = 12;

/// A core with its tables at eight β.
pub(super) struct Enumeration<'a> {
    layout: &'a Layout,
    /// The tables of all groups.
    shares: Vec<Share>,
    /// The table of a first group that sums the innermost spin.
    summed: Vec<Moments>,
    /// What every configuration starts from.
    start: Share,
}

impl<'a> Enumeration<'a> {
    /// Energies are counted from `lowest` above the lowest one conceivable.
    pub(super) fn new(layout: &'a Layout, fields: &Fields, lowest: f64) -> Self {
        let start = Share { energy: Share::NONE.energy.map(|none| none - lowest), ..Share::NONE };
        let split = usize::from(layout.sums_innermost);
        let mut shares = Vec::with_capacity(layout.rows);
        layout.groups[split..].iter().for_each(|group| shares.extend(table(group, fields, 0)));
        let summed = if layout.sums_innermost { summed_table(&layout.groups[0], fields) } else { Vec::new() };
        Self { layout, shares, summed, start }
    }

    /// The first position that is enumerated.
    fn first_position(&self) -> usize {
        usize::from(self.layout.sums_innermost)
    }

    /// Positions that a block runs through.
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
        (0..self.blocks()).for_each(|number| total.merge(&self.block(level, number)));
        total
    }

    /// The row of every group where all spins of the block are +1.
    fn first_rows(&self, number: u64) -> Vec<u32> {
        let outside = self.first_position() + self.width();
        let mut rows: Vec<u32> = self.layout.groups.iter().map(|group| group.first_row as u32).collect();
        for (p, turns) in self.layout.turns.iter().enumerate() {
            let is_down = p >= outside && number >> (p - outside) & 1 == 1;
            turns.iter().for_each(|turn| {
                rows[turn.group as usize] += if is_down { turn.down } else { turn.up };
            });
        }
        rows
    }

    #[inline(always)]
    fn level_share(&self, outside: &Share, level: usize, rows: &[u32]) -> Share {
        let mut share = *outside;
        for &row in &rows[self.layout.levels[level].clone()] {
            share = share.and(&self.shares[row as usize]);
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
    let (first, width) = (enumeration.first_position(), enumeration.width());
    let mut rows = enumeration.first_rows(number);
    let mut shares = [Share::NONE; BLOCK_POSITIONS + 1];
    shares[width] = enumeration.start;
    for level in (first + width..enumeration.layout.spins).rev() {
        shares[width] = enumeration.level_share(&shares[width], level, &rows);
    }
    let mut is_down = [false; BLOCK_POSITIONS];
    let mut changed = width;
    let mut moments = Moments::ZERO;
    for step in 1..=1u64 << width {
        for l in (0..changed).rev() {
            shares[l] = enumeration.level_share(&shares[l + 1], first + l, &rows);
        }
        if PAIRS {
            moments.add_product(&shares[0], &enumeration.summed[rows[0] as usize]);
        } else {
            moments.add(&shares[0]);
        }
        let position = (step.trailing_zeros() as usize).min(width);
        if position == width {
            break;
        }
        is_down[position] = !is_down[position];
        for turn in &enumeration.layout.turns[first + position] {
            let step = turn.down.wrapping_sub(turn.up);
            let row = &mut rows[turn.group as usize];
            *row = if is_down[position] { row.wrapping_add(step) } else { row.wrapping_sub(step) };
        }
        changed = position + 1;
    }
    moments
}

/// The rows of a group, the innermost spin, where it is left out of the digits, being `innermost`.
fn table(group: &Group, fields: &Fields, innermost: i32) -> Vec<Share> {
    let mut rows = vec![Share::NONE];
    for member in &group.members {
        let digits = (0..member.digits)
            .map(|digit| fields.share(member.field(digit) + innermost * member.innermost, member.degree));
        rows = digits.flat_map(|share| rows.iter().map(move |row| row.and(&share))).collect();
    }
    rows
}

/// The rows of a group, summed over the innermost spin.
fn summed_table(group: &Group, fields: &Fields) -> Vec<Moments> {
    let [up, down] = [1, -1].map(|innermost| table(group, fields, innermost));
    up.iter()
        .zip(&down)
        .map(|(up, down)| {
            let mut sum = up.moments();
            sum.add(down);
            sum
        })
        .collect()
}

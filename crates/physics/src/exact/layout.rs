//! In which order the spins x of a core are enumerated, and which tables of what the spins y contribute spare the work.
//!
//! The enumeration is a binary tree: position 0 is the innermost spin, which changes most often, and the last position
//! is fixed, for the sign of a whole configuration does not matter. A spin y belongs to the *level* of its innermost
//! neighbour: once that one and those outside of it are given, so is its field f = Σ J x, and its contribution is
//! multiplied to those of the levels outside. Levels are filled greedily with the spin x that brings in the fewest new
//! y.
//!
//! The y of a level are packed into *groups* with one table each. The row of a table is a number in mixed radix, one
//! digit (f + degree)/2 for each y, so that turning a spin x adds a constant to the row of every group next to it: no
//! single field is ever looked at. If its table is small enough, the innermost spin is even summed in it and not
//! enumerated at all.

use model::Core;
use model::numerics::ln;
use std::ops::Range;

/// Rows of a table, but for a single y: three cache lines each; a few tables are to fit the second-level cache.
const MOST_ROWS: usize = 512;
/// Rows of the table in which the innermost spin is summed.
const MOST_INNERMOST_ROWS: usize = 4096;
/// A table has at most one row for so many of its look-ups, or writing it would take longer than reading it.
const LOOKUPS_PER_ROW: f64 = 4.0;

/// The plan of an enumeration, the same for every β.
#[derive(Debug)]
pub(super) struct SpinLayout {
    /// |x|.
    pub(super) spins: usize,
    /// Whether position 0 is summed in the table of the first group.
    pub(super) sums_innermost: bool,
    /// By level.
    pub(super) groups: Vec<Group>,
    /// The groups of every level, one level for each position.
    pub(super) levels: Vec<Range<usize>>,
    /// What every position does to the rows of the groups next to it.
    pub(super) turns: Vec<Vec<Turn>>,
    /// Rows of all tables together, but for a first group that sums the innermost spin: that has a table of its own.
    pub(super) rows: usize,
}

/// Spins y of one level that share a table.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) members: Vec<Member>,
    /// Where the rows begin.
    pub(super) first_row: usize,
    /// Π digits.
    pub(super) rows: usize,
}

/// A spin y in a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    y: u32,
    pub(super) degree: usize,
    /// Its field takes so many values, not counting the innermost spin where that is summed.
    pub(super) digits: usize,
    /// J to the innermost spin where that is summed, else 0.
    pub(super) innermost: i32,
    stride: usize,
}

/// What a spin x adds to the row of a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) group: u32,
    /// While it is +1.
    pub(super) up: u32,
    /// While it is −1.
    pub(super) down: u32,
}

impl SpinLayout {
    pub(super) fn new(core: &Core) -> Self {
        let degrees = core.summed_degrees();
        let (order, sums_innermost) = order(core, &degrees);
        let mut layout = Self {
            spins: order.len(),
            sums_innermost,
            groups: Vec::new(),
            levels: Vec::new(),
            turns: Vec::new(),
            rows: 0,
        };
        // (group, stride) of every y that has one.
        let mut place_of = vec![None; core.summed()];
        for (level, &x) in order.iter().enumerate() {
            let summed = level == 0 && sums_innermost;
            let fresh = core.bonds()[x].iter().filter(|&&(y, _)| place_of[y as usize].is_none());
            let member =
                |&(y, coupling)| Member::new(y, degrees[y as usize], if summed { coupling } else { 0 });
            let mut members: Vec<Member> = fresh.map(member).collect();
            members.sort_by_key(|member| (member.digits, member.y));
            let most = if summed { usize::MAX } else { most_rows(order.len(), level, MOST_ROWS) };
            let first = layout.groups.len();
            layout.pack(&members, most, summed);
            for (g, group) in layout.groups.iter().enumerate().skip(first) {
                for member in &group.members {
                    place_of[member.y as usize] = Some((g, member.stride));
                }
            }
            layout.levels.push(first..layout.groups.len());
        }
        let position_turns = |(p, &x): (usize, &usize)| {
            let counted = core.bonds()[x].iter().filter(|_| p > 0 || !sums_innermost);
            turns(counted.filter_map(|&(y, coupling)| place_of[y as usize].map(|at| (at, coupling))))
        };
        layout.turns = order.iter().enumerate().map(position_turns).collect();
        layout
    }

    /// Cuts the members of a level into groups.
    fn pack(&mut self, members: &[Member], most: usize, summed: bool) {
        let mut rest = members;
        while !rest.is_empty() || (summed && self.groups.is_empty()) {
            let mut group =
                Group { members: Vec::new(), first_row: if summed { 0 } else { self.rows }, rows: 1 };
            while let Some((&member, others)) = rest.split_first() {
                if !group.members.is_empty() && group.rows * member.digits > most {
                    break;
                }
                group.members.push(Member { stride: group.rows, ..member });
                group.rows *= member.digits;
                rest = others;
            }
            self.rows += if summed { 0 } else { group.rows };
            self.groups.push(group);
        }
    }
}

impl Member {
    fn new(y: u32, degree: usize, innermost: i32) -> Self {
        let digits = if innermost == 0 { degree + 1 } else { degree };
        Self { y, degree, digits, innermost, stride: 0 }
    }

    /// The field at a digit, without the innermost spin where that is summed.
    pub(super) fn field(&self, digit: usize) -> i32 {
        2 * digit as i32 - (self.digits as i32 - 1)
    }
}

/// The rows that pay for a table that is looked up once for every configuration of the positions from `level` on.
fn most_rows(spins: usize, level: usize, most: usize) -> usize {
    let lookups = libm::exp2((spins - 1 - level) as f64);
    most.min((lookups / LOOKUPS_PER_ROW) as usize)
}

/// The spins x from the innermost to the outermost, and whether the first one is to be summed in a table.
fn order(core: &Core, degrees: &[usize]) -> (Vec<usize>, bool) {
    let spins = core.bonds().len();
    let mut is_new = vec![true; core.summed()];
    let mut rest: Vec<usize> = (0..spins).collect();
    let mut order = Vec::with_capacity(spins);
    let table = |x: usize| core.bonds()[x].iter().map(|&(y, _)| degrees[y as usize] as f64).product::<f64>();
    let smallest = rest.iter().copied().min_by(|&a, &b| table(a).total_cmp(&table(b)));
    let summed = smallest.filter(|&x| table(x) <= most_rows(spins, 0, MOST_INNERMOST_ROWS) as f64);
    let logarithms: Vec<f64> = degrees.iter().map(|&degree| ln(degree as f64 + 1.0)).collect();
    while !rest.is_empty() {
        let rows = |x: usize| {
            let fresh = core.bonds()[x].iter().filter(|&&(y, _)| is_new[y as usize]);
            fresh.map(|&(y, _)| logarithms[y as usize]).sum::<f64>()
        };
        let cheapest = rest.iter().copied().min_by(|&a, &b| rows(a).total_cmp(&rows(b)).then(a.cmp(&b)));
        let Some(x) = summed.filter(|_| order.is_empty()).or(cheapest) else { break };
        core.bonds()[x].iter().for_each(|&(y, _)| is_new[y as usize] = false);
        rest.retain(|&other| other != x);
        order.push(x);
    }
    (order, summed.is_some())
}

/// The turns of one spin x, from the (group, stride) and the coupling of each of its y; one for each group, by group.
fn turns(bonds: impl Iterator<Item = ((usize, usize), i32)>) -> Vec<Turn> {
    let mut sorted: Vec<((usize, usize), i32)> = bonds.collect();
    sorted.sort_unstable();
    let sum = |bonds: &[((usize, usize), i32)], sign: i32| {
        bonds.iter().filter(|bond| bond.1 == sign).map(|bond| bond.0.1 as u32).sum()
    };
    sorted
        .chunk_by(|a, b| a.0.0 == b.0.0)
        .map(|same| Turn { group: same[0].0.0 as u32, up: sum(same, 1), down: sum(same, -1) })
        .collect()
}

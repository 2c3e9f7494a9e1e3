//! How likely a weight comes to point down.

use super::draws;
use super::wide::Block;
use model::numerics::exp;

/// D(h) = ⌊2^64/(1 + e^(2βh))⌋ for h ≥ 0 up to the largest degree, and D(−h) = 2^64 − 1 − D(h): a draw R < D(h) makes a
/// weight −1.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// D(h) by h ≥ 0.
    full: Vec<u64>,
    /// The leading 16 bits of each, at least [`Thresholds::TABLE`] of them: 0 beyond the largest degree.
    leading: Vec<u16>,
    /// The leading bits are the same for all h ≥ this ≥ 1.
    reach: u16,
}

impl Thresholds {
    /// Entries that a kernel may read whatever the largest degree is.
    pub(crate) const TABLE: usize = 64;

    /// The thresholds for fields up to `max_degree` at `beta` ≥ 0.
    pub fn new(beta: f64, max_degree: usize) -> Self {
        let two_to_64 = (1u128 << 64) as f64;
        let full: Vec<u64> =
            (0..=max_degree).map(|h| (two_to_64 / (1.0 + exp(2.0 * beta * h as f64))) as u64).collect();
        let mut leading: Vec<u16> = full.iter().map(|&d| (d >> 48) as u16).collect();
        let last = leading[max_degree];
        let reach = leading.iter().rposition(|&bits| bits != last).map_or(1, |h| h + 1);
        leading.resize(leading.len().max(Self::TABLE), 0);
        Self { full, leading, reach: reach.min(usize::from(u16::MAX)) as u16 }
    }

    /// D(h).
    fn at(&self, h: i32) -> u64 {
        let size = self.full[h.unsigned_abs() as usize];
        if h < 0 { !size } else { size }
    }

    /// The leading 16 bits of D(h).
    #[inline]
    pub(crate) fn leading_at(&self, h: i32) -> u16 {
        let size = self.leading[h.unsigned_abs() as usize];
        if h < 0 { !size } else { size }
    }

    /// Whether draw d of a chain makes a weight in the field h point down.
    #[inline]
    pub fn down(&self, h: i32, key: u64, draw: u64) -> bool {
        let (leading, threshold) = (draws::leading(key, draw), self.leading_at(h));
        leading < threshold || leading == threshold && self.breaks_tie(h, key, draw)
    }

    /// The same where the leading bits are those of the threshold.
    #[inline]
    pub(crate) fn breaks_tie(&self, h: i32, key: u64, draw: u64) -> bool {
        draws::trailing(key, draw) < self.at(h) & ((1 << 48) - 1)
    }

    /// The leading bits of D(h) for 32 fields, however large.
    #[inline(never)]
    pub(crate) fn one_by_one(&self, fields: &Block) -> Block {
        let mut numbers = fields.numbers();
        for number in &mut numbers {
            let size = self.leading.get(usize::from(number.unsigned_abs())).copied().unwrap_or(0);
            *number = size as i16 ^ *number >> 15;
        }
        Block::from_numbers(numbers)
    }

    /// The leading bits by h ≥ 0.
    pub(crate) fn leading(&self) -> &[u16] {
        &self.leading
    }

    /// Fields of at least this size ≥ 1 have the same leading bits, by sign. Those that follow may differ.
    pub(crate) fn reach(&self) -> u16 {
        self.reach
    }
}

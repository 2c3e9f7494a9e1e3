//! How likely a weight lies against its field.

use super::draws;
use crate::numerics::exp;

/// T(v) = ⌊2^64/(1 + e^(2βv))⌋ for v = |h| from 0 to the largest degree: a draw R < T(|h|) turns a weight against its field.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    full: Vec<u64>,
    /// The leading 16 bits of each, at least [`Thresholds::TABLE`] of them: 0 beyond the largest |h|.
    leading: Vec<u16>,
    /// T(v) = 0 for v ≥ this: such fields all behave alike.
    reach: u16,
}

impl Thresholds {
    /// Entries that a kernel may read whatever the largest degree is.
    pub(crate) const TABLE: usize = 64;

    /// For fields up to `max_degree` at `beta` ≥ 0.
    pub fn new(beta: f64, max_degree: usize) -> Self {
        let two_to_64 = (1u128 << 64) as f64;
        let full: Vec<u64> =
            (0..=max_degree).map(|v| (two_to_64 / (1.0 + exp(2.0 * beta * v as f64))) as u64).collect();
        let mut leading: Vec<u16> = full.iter().map(|&t| (t >> 48) as u16).collect();
        leading.resize(leading.len().max(Self::TABLE), 0);
        let reach = full.iter().position(|&t| t == 0).unwrap_or(max_degree);
        Self { full, leading, reach: reach.min(usize::from(u16::MAX)) as u16 }
    }

    /// Whether draw d of a chain turns a weight against a field of size |h| = v.
    #[inline]
    pub fn against(&self, v: usize, key: u64, draw: u64) -> bool {
        let leading = draws::leading(key, draw);
        leading < self.leading[v] || leading == self.leading[v] && self.breaks_tie(v, key, draw)
    }

    /// The same where the leading bits are those of the threshold.
    #[inline]
    pub(crate) fn breaks_tie(&self, v: usize, key: u64, draw: u64) -> bool {
        draws::trailing(key, draw) < self.full[v] & ((1 << 48) - 1)
    }

    /// The leading bits by |h|.
    pub(crate) fn leading(&self) -> &[u16] {
        &self.leading
    }

    /// Fields of at least this size all behave alike; the largest degree at most.
    pub(crate) fn reach(&self) -> u16 {
        self.reach
    }
}

//! One β as the kernels look it up.

use super::thresholds::Thresholds;
use super::wide::{Table, Wide};

/// Thresholds as the kernels read them.
#[derive(Debug, Clone)]
pub struct Heat {
    thresholds: Thresholds,
    table: Table,
}

impl Heat {
    /// The tables for one β.
    pub fn new(thresholds: Thresholds) -> Self {
        let table = Table::new(thresholds.leading());
        Self { thresholds, table }
    }

    pub(super) fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// Beyond this size the leading bits are the same, or the table has no more.
    #[inline(always)]
    pub(super) fn cap<W: Wide>(&self) -> W::V {
        W::splat_number(self.thresholds.reach().min(63) as i16)
    }

    /// The leading bits of D(h) from the first 16 · BLOCKS entries of the table, fields beyond the [`cap`](Self::cap)
    /// as those of that size if CLAMP; or one by one if BLOCKS = 0. [`Reach`] says what suits.
    #[inline(always)]
    pub(super) fn look_up<W: Wide, const BLOCKS: usize, const CLAMP: bool>(
        &self,
        field: W::V,
        cap: W::V,
    ) -> W::V {
        if BLOCKS == 0 {
            return W::load(&self.thresholds.one_by_one(&W::store(field)));
        }
        W::lookup::<BLOCKS>(&self.table, if CLAMP { W::clamp(field, cap) } else { field })
    }

    /// The leading bits of D(h), |h| ≤ largest.
    #[inline(always)]
    pub(super) fn look_up_within<W: Wide>(&self, largest: u16, field: W::V) -> W::V {
        let cap = self.cap::<W>();
        match Reach::of::<W>(self, largest) {
            Reach::Blocks1 => self.look_up::<W, 1, false>(field, cap),
            Reach::Clamped1 => self.look_up::<W, 1, true>(field, cap),
            Reach::Blocks2 => self.look_up::<W, 2, false>(field, cap),
            Reach::Clamped2 => self.look_up::<W, 2, true>(field, cap),
            Reach::Blocks4 => self.look_up::<W, 4, false>(field, cap),
            Reach::Clamped4 => self.look_up::<W, 4, true>(field, cap),
            Reach::Far => self.look_up::<W, 0, false>(field, cap),
        }
    }
}

/// How much of a table can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Blocks1,
    Blocks2,
    Blocks4,
    /// Fields may be larger, but the leading bits are the same beyond a smaller size.
    Clamped1,
    Clamped2,
    Clamped4,
    /// More than the table has.
    Far,
}

impl Reach {
    /// How to look up fields of at most this size.
    #[inline(always)]
    pub(super) fn of<W: Wide>(heat: &Heat, largest: u16) -> Self {
        match (largest, heat.thresholds.reach()) {
            (0..32, _) if W::AT_ONCE == 2 => Self::Blocks2,
            (_, 0..16) if largest >= 16 && W::AT_ONCE == 1 => Self::Clamped1,
            (0..16, _) => Self::Blocks1,
            (16..32, _) => Self::Blocks2,
            (_, 0..32) => Self::Clamped2,
            (32..64, _) => Self::Blocks4,
            (_, 0..64) => Self::Clamped4,
            _ => Self::Far,
        }
    }
}

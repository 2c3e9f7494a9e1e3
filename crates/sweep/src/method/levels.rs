//! The energy levels of random configurations: kind `levels`.

use super::kind::Kind;
use super::reading::{count, numbers_text, read_overlaps};
use crate::measurement::Branch;
use crate::pricing::{SECONDS_PER_LEVEL_INCIDENCE, Size};
use crate::reader::{SpecError, Table};
use rust_decimal::Decimal;

const OVERLAPS: &str = "the overlaps of the pairs, such as { from = 0, to = 1, step = 0.1 }";

/// Energy levels of random configurations and of pairs of them (the paper's Eq. 4); knows no β and gives no
/// measurement.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Levels {
    /// Overlaps of the pairs, in [−1, 1], strictly increasing.
    pub overlaps: Vec<Decimal>,
    /// Pairs at each overlap, and single configurations, 4..=2^24.
    pub pairs: u32,
}

impl Levels {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "overlaps", "pairs"])?;
        Ok(Self {
            overlaps: read_overlaps(&table.need("overlaps", OVERLAPS)?)?,
            pairs: count(table, "pairs", 2000, 4, 1 << 24)?,
        })
    }
}

impl Kind for Levels {
    fn name(&self) -> &'static str {
        "levels"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![("overlaps", numbers_text(&self.overlaps)), ("pairs", self.pairs.to_string())]
    }

    fn branches(&self) -> &'static [Option<Branch>] {
        &[]
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let configurations = (2 * self.overlaps.len() + 1) as f64 * f64::from(self.pairs);
        configurations * size.incidences * SECONDS_PER_LEVEL_INCIDENCE
    }
}

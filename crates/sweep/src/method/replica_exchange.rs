//! Replica exchange on the model: kind `replica_exchange`.

use super::kind::{BYTES_OF_JUDGING, BYTES_OF_VALUE, Kind};
use super::reading::{LADDER, LEAST_MEASURED, MAX_MC_SWEEPS, count, numbers_text, read_ladder};
use crate::pricing::{SECONDS_PER_PLAIN_INCIDENCE, Size};
use crate::reader::{SpecError, Table};
use rust_decimal::Decimal;

/// Recording the overlaps of two replicas, beside their MC sweeps.
const OBSERVING: f64 = 1.3;

/// Replica exchange over a ladder of the method's own.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReplicaExchange {
    /// Temperatures, strictly increasing, at least two; every β of the spec stands among them.
    pub ladder: Vec<Decimal>,
    /// Independent runs, 2..=64.
    pub runs: u32,
    /// Rounds (one MC sweep of every replica, and exchanges) before measuring.
    pub relax: u32,
    /// Rounds measured, ≥ 16.
    pub rounds: u32,
}

impl ReplicaExchange {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "ladder", "runs", "relax", "rounds"])?;
        Ok(Self {
            ladder: read_ladder(&table.need("ladder", LADDER)?)?,
            runs: count(table, "runs", 4, 2, 64)?,
            relax: count(table, "relax", 500, 0, MAX_MC_SWEEPS)?,
            rounds: count(table, "rounds", 2000, LEAST_MEASURED, 1 << 24)?,
        })
    }
}

impl Kind for ReplicaExchange {
    fn name(&self) -> &'static str {
        "replica_exchange"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ladder", numbers_text(&self.ladder)),
            ("runs", self.runs.to_string()),
            ("relax", self.relax.to_string()),
            ("rounds", self.rounds.to_string()),
        ]
    }

    fn ladder(&self) -> Option<&[Decimal]> {
        Some(&self.ladder)
    }

    fn series_bytes(&self) -> u64 {
        // They are read once more, as sums over the ladder.
        let at_each = BYTES_OF_VALUE * (self.ladder.len() as u64 + 2);
        u64::from(self.runs) * u64::from(self.rounds) * (at_each + BYTES_OF_JUDGING)
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let rounds = f64::from(self.runs) * (f64::from(self.relax) + f64::from(self.rounds));
        self.ladder.len() as f64 * rounds * size.mc_sweep(SECONDS_PER_PLAIN_INCIDENCE) * OBSERVING
    }
}

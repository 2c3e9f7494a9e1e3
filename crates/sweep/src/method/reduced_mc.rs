//! Monte Carlo on the reduced two-body systems: kind `reduced_mc`.

use super::kind::{BYTES_OF_JUDGING, BYTES_OF_VALUE, Kind};
use super::reading::{LEAST_MEASURED, MAX_MC_SWEEPS, MAX_RUNS, count, numbers_text, read_ladder};
use crate::pricing::{SECONDS_PER_CLUSTER_INCIDENCE, Size};
use crate::reader::{SpecError, Table};
use rust_decimal::Decimal;

/// Swendsen–Wang clusters where the systems are not frustrated, else replica exchange over the ladder.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ReducedMc {
    /// Independent runs, 2..=4096.
    pub runs: u32,
    /// MC sweeps before measuring.
    pub relax: u32,
    /// MC sweeps measured, ≥ 16.
    pub measure: u32,
    /// For frustrated systems; empty if not given. Else every β of the spec stands among its values.
    pub ladder: Vec<Decimal>,
}

impl ReducedMc {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "runs", "relax", "measure", "ladder"])?;
        Ok(Self {
            runs: count(table, "runs", 4, 2, MAX_RUNS)?,
            relax: count(table, "relax", 100, 0, MAX_MC_SWEEPS)?,
            measure: count(table, "measure", 1000, LEAST_MEASURED, MAX_MC_SWEEPS)?,
            ladder: table.get("ladder").map_or(Ok(Vec::new()), |node| read_ladder(&node))?,
        })
    }
}

impl Kind for ReducedMc {
    fn name(&self) -> &'static str {
        "reduced_mc"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("runs", self.runs.to_string()),
            ("relax", self.relax.to_string()),
            ("measure", self.measure.to_string()),
            ("ladder", numbers_text(&self.ladder)),
        ]
    }

    fn ladder(&self) -> Option<&[Decimal]> {
        (!self.ladder.is_empty()).then_some(&self.ladder)
    }

    fn is_reduced(&self) -> bool {
        true
    }

    fn series_bytes(&self) -> u64 {
        // H of all systems together, and of the system that is at work also its mean and its variance given the W¹
        // side.
        let at_each = 4 * BYTES_OF_VALUE * self.ladder.len().max(1) as u64;
        u64::from(self.runs) * u64::from(self.measure) * (at_each + BYTES_OF_JUDGING)
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let temperatures = if self.ladder.is_empty() { size.betas() } else { self.ladder.len() as f64 };
        let mc_sweeps = f64::from(self.runs) * (f64::from(self.relax) + f64::from(self.measure));
        temperatures * mc_sweeps * size.paths * 2.0 * SECONDS_PER_CLUSTER_INCIDENCE
    }
}

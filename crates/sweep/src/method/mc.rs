//! Monte Carlo quenches: kind `mc`.

use super::kind::{BYTES_OF_JUDGING, BYTES_OF_VALUE, Kind};
use super::reading::{LEAST_MEASURED, MAX_MC_SWEEPS, MAX_RUNS, count};
use crate::pricing::{SECONDS_PER_LANE_INCIDENCE, Size};
use crate::reader::{SpecError, Table};

/// Quenches, each from its own random configuration at the target β.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Mc {
    /// Independent quenches, 2..=4096.
    pub runs: u32,
    /// MC sweeps before measuring.
    pub relax: u32,
    /// MC sweeps measured, ≥ 16.
    pub measure: u32,
}

impl Mc {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "runs", "relax", "measure"])?;
        Ok(Self {
            runs: count(table, "runs", 4, 2, MAX_RUNS)?,
            relax: count(table, "relax", 500, 0, MAX_MC_SWEEPS)?,
            measure: count(table, "measure", 2000, LEAST_MEASURED, MAX_MC_SWEEPS)?,
        })
    }
}

impl Kind for Mc {
    fn name(&self) -> &'static str {
        "mc"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("runs", self.runs.to_string()),
            ("relax", self.relax.to_string()),
            ("measure", self.measure.to_string()),
        ]
    }

    fn series_bytes(&self) -> u64 {
        // The errors of one β are found before the next is measured.
        u64::from(self.runs) * u64::from(self.measure) * (BYTES_OF_VALUE + BYTES_OF_JUDGING)
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let mc_sweeps = f64::from(self.runs) * (f64::from(self.relax) + f64::from(self.measure));
        size.betas() * mc_sweeps * size.mc_sweep(SECONDS_PER_LANE_INCIDENCE)
    }
}

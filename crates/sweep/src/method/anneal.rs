//! Annealing: kind `anneal`.

use super::kind::Kind;
use super::reading::{MAX_MC_SWEEPS, MAX_RUNS, count};
use crate::decimal::{self, to_f64};
use crate::pricing::{SECONDS_PER_PLAIN_INCIDENCE, Size};
use crate::reader::{SpecError, Table};
use rust_decimal::Decimal;

/// A schedule of one step from β = 0 is a quench.
const MAX_BETA_STEP: i64 = 100;

/// Cooling from β = 0 at one rate.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Anneal {
    /// Independent runs, 2..=4096.
    pub runs: u32,
    /// Step of the schedule, > 0. A schedule of the method's own: rows do not depend on the spec's other β.
    pub beta_step: Decimal,
    /// MC sweeps at each point of the schedule, ≥ 1.
    pub mc_sweeps: u32,
}

impl Anneal {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "runs", "beta_step", "mc_sweeps"])?;
        Ok(Self {
            runs: count(table, "runs", 8, 2, MAX_RUNS)?,
            beta_step: read_beta_step(table)?,
            mc_sweeps: count(table, "mc_sweeps", 20, 1, MAX_MC_SWEEPS)?,
        })
    }
}

impl Kind for Anneal {
    fn name(&self) -> &'static str {
        "anneal"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("runs", self.runs.to_string()),
            ("beta_step", decimal::to_text(self.beta_step)),
            ("mc_sweeps", self.mc_sweeps.to_string()),
        ]
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let coldest = size.betas.last().map_or(0.0, |&beta| to_f64(beta));
        let points = coldest / to_f64(self.beta_step) + size.betas();
        let mc_sweeps = f64::from(self.runs) * f64::from(self.mc_sweeps) * points;
        mc_sweeps * size.mc_sweep(SECONDS_PER_PLAIN_INCIDENCE)
    }
}

fn read_beta_step(table: &Table<'_>) -> Result<Decimal, SpecError> {
    let Some(node) = table.get("beta_step") else {
        return Ok(Decimal::new(5, 2));
    };
    let step = node.number()?;
    if step < Decimal::new(1, 6) || step > Decimal::from(MAX_BETA_STEP) {
        let text = decimal::to_text(step);
        return Err(node.error(format_args!("is {text}; it must be between 1e-6 and {MAX_BETA_STEP}")));
    }
    Ok(decimal::canonical(step))
}

//! Belief propagation: kinds `bp` and `bp_reduced`.

use super::kind::Kind;
use super::reading::count;
use crate::decimal;
use crate::measurement::Branch;
use crate::pricing::{SECONDS_PER_MESSAGE, Size};
use crate::reader::{SpecError, Table};
use rust_decimal::Decimal;

/// Iterations of one branch at one β, on average over a phase diagram: tens, but thousands near a spinodal.
const ITERATIONS: f64 = 300.0;

/// Belief propagation from both starts.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Bp {
    /// Largest |Δ ln ρ| of a converged iteration, in (0, 1e-11].
    pub tolerance: f64,
    /// Iterations allowed for each start, ≥ 20000.
    pub max_iterations: u32,
    /// On the reduced two-body systems (three weight layers) instead of the model.
    pub reduced: bool,
}

impl Bp {
    pub(super) fn read(table: &Table<'_>, reduced: bool) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "tolerance", "max_iterations"])?;
        let max_iterations = count(table, "max_iterations", 50_000, 20_000, u32::MAX)?;
        Ok(Self { tolerance: read_tolerance(table)?, max_iterations, reduced })
    }
}

impl Kind for Bp {
    fn name(&self) -> &'static str {
        if self.reduced { "bp_reduced" } else { "bp" }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let tolerance = format!("{:e}", self.tolerance);
        vec![("tolerance", tolerance), ("max_iterations", self.max_iterations.to_string())]
    }

    fn branches(&self) -> &'static [Option<Branch>] {
        &[Some(Branch::Paramagnetic), Some(Branch::Polarised)]
    }

    fn is_reduced(&self) -> bool {
        self.reduced
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        // A bond of the reduced systems is a path, of two bodies.
        let messages = if self.reduced { size.paths * 2.0 } else { size.incidences };
        size.betas() * 2.0 * ITERATIONS * messages * SECONDS_PER_MESSAGE
    }
}

fn read_tolerance(table: &Table<'_>) -> Result<f64, SpecError> {
    let Some(node) = table.get("tolerance") else {
        return Ok(1e-12);
    };
    let tolerance = node.number()?;
    if tolerance <= Decimal::ZERO || tolerance > Decimal::new(1, 11) {
        let text = decimal::to_text(tolerance);
        return Err(node.error(format_args!(
            "is {text}; it must be greater than 0 and at most 1e-11, or iterations near a spinodal stop too early"
        )));
    }
    Ok(decimal::to_f64(tolerance))
}

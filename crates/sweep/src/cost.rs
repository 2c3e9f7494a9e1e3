//! What a unit costs, roughly: enough to cut jobs of similar duration and to say beforehand how long a sweep takes. A
//! coordinator corrects it by what it measures. The constants were measured on one core of a server CPU, at 40 units in
//! a layer.

use crate::cell::{Cell, CellKind};
use crate::decimal;
use crate::pricing::{Size, seconds_of_training};
use crate::unit::Work;

/// Set-up and bookkeeping of a unit, and of a row, beside everything else.
const SECONDS_PER_UNIT: f64 = 20e-6;
const SECONDS_PER_ROW: f64 = 2e-6;
/// Drawing and indexing one weight–path incidence.
const SECONDS_PER_DRAWN_INCIDENCE: f64 = 15e-9;
/// About how long a unit takes on one core, in seconds: 0 without tasks, else > 0.
pub fn estimate_seconds(work: &Work) -> f64 {
    if work.is_empty() {
        return 0.0;
    }
    let paths = mean_paths(&work.cell);
    let incidences = paths * (work.cell.widths().len() - 1) as f64;
    let tasks = work.tasks.iter().map(|task| {
        let size = Size { cell: &work.cell, betas: &task.betas, paths, incidences };
        let rows = size.betas() * task.method.rows_per_beta() as f64;
        task.method.settings.kind().seconds(&size) + SECONDS_PER_ROW * rows
    });
    let training = work.cell.training().map_or(0.0, |training| {
        seconds_of_training(training, work.last_epoch())
            + SECONDS_PER_ROW * work.expected_training_rows().count() as f64
    });
    training + SECONDS_PER_UNIT + incidences * SECONDS_PER_DRAWN_INCIDENCE + tasks.sum::<f64>()
}

/// Active paths: the mean of an ensemble; of an instance what is left of its number, as if it had all connections. A
/// training draws none.
fn mean_paths(cell: &Cell) -> f64 {
    match &cell.kind {
        CellKind::Ensemble { structure, .. } => structure.mean_paths(),
        CellKind::Brought { brought, dilution } => {
            let left: f64 = dilution.iter().map(|&p| 1.0 - decimal::to_f64(p)).product();
            left * brought.mean(|file| file.instance.path_count() as f64)
        }
        CellKind::Training(_) => 0.0,
    }
}

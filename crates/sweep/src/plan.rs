//! What a sweep will take, before it runs.

use crate::cost;
use crate::parts::Sweep;

/// Units whose cost is estimated; larger sweeps are sampled evenly.
const SAMPLED_UNITS: u64 = 2000;
/// A row with its share of indexes and of the page.
const BYTES_PER_ROW: u64 = 220;

/// What one part of a sweep will take. Counts are exact; jobs, seconds and bytes are estimates.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Cells of the grid.
    pub cells: u64,
    /// Disorder samples of each.
    pub samples: u32,
    /// Cells × samples.
    pub units: u64,
    /// Steps of the β ladder.
    pub betas: usize,
    /// Methods.
    pub methods: usize,
    /// Rows that this part adds.
    pub new_rows: u64,
    /// Rows of the sweep with this part.
    pub total_rows: u64,
    /// Seconds on one core.
    pub cpu_seconds: f64,
    /// Jobs of the target duration.
    pub jobs: u64,
    /// Bytes that the new rows take on disk.
    pub disk_bytes: u64,
}

impl Plan {
    /// The plan of a part, with jobs of `target_seconds`. Takes milliseconds, however large the grid.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn of(sweep: &Sweep, part: usize, target_seconds: f64) -> Self {
        let spec = &sweep.parts()[part];
        let units = spec.units();
        let cpu_seconds = estimate_seconds(sweep, part);
        let jobs = (cpu_seconds / target_seconds.max(1e-3)).ceil().max(1.0) as u64;
        Self {
            cells: spec.grid().cells(),
            samples: spec.samples(),
            units,
            betas: spec.betas().len(),
            methods: spec.methods().len(),
            new_rows: sweep.new_rows(part),
            total_rows: spec.rows(),
            cpu_seconds,
            jobs: if sweep.adds_nothing(part) { 0 } else { jobs.min(units) },
            disk_bytes: sweep.new_rows(part).saturating_mul(BYTES_PER_ROW),
        }
    }
}

/// The cost of all units, or of evenly spaced ones scaled to all.
fn estimate_seconds(sweep: &Sweep, part: usize) -> f64 {
    let units = sweep.units(part);
    let sampled = units.min(SAMPLED_UNITS);
    // The middle of each of `sampled` equal stretches.
    let unit = |i: u64| ((2 * u128::from(i) + 1) * u128::from(units) / (2 * u128::from(sampled))) as u64;
    let seconds: f64 = (0..sampled).map(|i| cost::estimate_seconds(&sweep.work(part, unit(i)))).sum();
    seconds * units as f64 / sampled as f64
}

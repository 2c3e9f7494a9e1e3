//! What a sweep will take, before it runs.

use crate::cost;
use crate::method::{Method, MethodSettings};
use crate::parts::Sweep;
use crate::pricing::exact_cost;
use crate::spec::Spec;
use std::sync::Arc;

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

/// How many cells an exact method is about to give up, where it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooCostly {
    /// The method's name.
    pub method: String,
    /// The configurations that it may visit.
    pub max_configurations: u64,
    /// Cells that need more on average; of a large grid estimated from evenly spaced ones.
    pub cells: u64,
}

impl TooCostly {
    /// Of every exact method that gives up some cells.
    pub fn of(spec: &Spec) -> Vec<TooCostly> {
        let exact = |method: &Arc<Method>| match &method.settings {
            MethodSettings::Exact(exact) => Some((method.name.clone(), exact.max_configurations)),
            _ => None,
        };
        let asked: Vec<(String, u64)> = spec.methods().iter().filter_map(exact).collect();
        if asked.is_empty() {
            return Vec::new();
        }
        let cells = spec.grid().cells();
        let needed: Vec<f64> =
            evenly(cells).map(|cell| exact_cost(&spec.grid().cell(cell)).configurations).collect();
        let count = |(method, max_configurations): (String, u64)| {
            let costly = needed.iter().filter(|&&needed| needed > max_configurations as f64).count() as u64;
            // At least one, if there is one among those that were looked at.
            let cells = (costly * cells).div_ceil(needed.len() as u64);
            TooCostly { method, max_configurations, cells }
        };
        asked.into_iter().map(count).filter(|found| found.cells > 0).collect()
    }
}

/// The middle of each of at most [`SAMPLED_UNITS`] equal stretches below `count`.
fn evenly(count: u64) -> impl Iterator<Item = u64> {
    let sampled = count.min(SAMPLED_UNITS);
    (0..sampled)
        .map(move |i| ((2 * u128::from(i) + 1) * u128::from(count) / (2 * u128::from(sampled))) as u64)
}

/// The cost of all units, or of evenly spaced ones scaled to all.
fn estimate_seconds(sweep: &Sweep, part: usize) -> f64 {
    let units = sweep.units(part);
    let seconds: f64 = evenly(units).map(|unit| cost::estimate_seconds(&sweep.work(part, unit))).sum();
    seconds * units as f64 / units.min(SAMPLED_UNITS) as f64
}

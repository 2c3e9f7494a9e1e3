//! Jobs: ranges of units, cut to a duration.

use crate::cost;
use crate::parts::Sweep;
use std::sync::Arc;

/// Cells that one call of [`cut`] looks at; it bounds the call when an extension has long stretches without work.
const MAX_CELLS_SCANNED: u64 = 50_000;

/// A range of units of one part of a sweep: what a worker leases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Job {
    /// The part of the sweep.
    pub part: usize,
    /// The first unit.
    pub first_unit: u64,
    /// One past the last unit, > `first_unit`.
    pub end_unit: u64,
}

impl Job {
    /// The units, in order.
    pub fn units(&self) -> std::ops::Range<u64> {
        self.first_unit..self.end_unit
    }

    /// Whether the job is a range of units of a part that `sweep` has.
    pub fn lies_in(&self, sweep: &Sweep) -> bool {
        self.part < sweep.parts().len()
            && self.first_unit < self.end_unit
            && self.end_unit <= sweep.units(self.part)
    }

    /// What the job takes on one core of the machine of reference, in seconds: an estimate.
    ///
    /// # Panics
    /// If the job does not lie in `sweep`.
    pub fn estimate_seconds(&self, sweep: &Sweep) -> f64 {
        let runs = Runs { sweep, part: self.part, next: self.first_unit, end: self.end_unit };
        runs.map(|run| run.seconds * run.units as f64).sum()
    }
}

/// Where the job that starts at `from_unit` ends: after about `target_seconds` on one core, after `max_units` units
/// with work, or at the end of the part. `slowness` is the time that units took over the time that was estimated (1 if
/// unknown).
///
/// The job holds at least one unit. Units without work cost nothing: they go with the job, whatever its length.
///
/// ```
/// use sweep::{Spec, Sweep, cut};
/// let text = "name = \"small\"\nsamples = 3\n[grid]\nwidths = [8, 8, 8, 1]\nbeta = [0.5, 1]\n\
///             dilution_1 = { from = 0, to = 0.8, step = 0.2 }\n[methods.bp]\n[methods.exact]\n";
/// let spec = Spec::parse(text, "small.toml", &|name| Err(format!("no file {name} here")))?;
/// let sweep = Sweep::new(spec);
/// // Jobs of an hour: all 15 units in one; at most four: 4, 8, 12 and 15.
/// assert_eq!(cut(&sweep, 0, 0, 3600.0, 1.0, u64::MAX), 15);
/// assert_eq!(cut(&sweep, 0, 12, 3600.0, 1.0, 4), 15);
/// # Ok::<(), sweep::SpecError>(())
/// ```
///
/// # Panics
/// If `from_unit` is not a unit of that part.
pub fn cut(
    sweep: &Sweep,
    part: usize,
    from_unit: u64,
    target_seconds: f64,
    slowness: f64,
    max_units: u64,
) -> u64 {
    let units = sweep.units(part);
    assert!(from_unit < units, "unit {from_unit} of {units}");
    let slowness = if slowness.is_finite() && slowness > 0.0 { slowness } else { 1.0 };
    let max_units = max_units.max(1);
    let (mut end, mut seconds, mut working) = (from_unit, 0.0, 0);
    let runs = Runs { sweep, part, next: from_unit, end: units };
    for run in runs.take(MAX_CELLS_SCANNED as usize) {
        if !run.has_work {
            end += run.units;
            continue;
        }
        let each = run.seconds * slowness;
        let wanted = if working > 0 && seconds >= target_seconds {
            0
        } else {
            fitting(target_seconds - seconds, each)
        };
        let taken = wanted.max(u64::from(working == 0)).min(run.units).min(max_units - working);
        end += taken;
        working += taken;
        seconds += each * taken as f64;
        if taken < run.units {
            break;
        }
    }
    end
}

/// How many units of `each` seconds fill `seconds`, rounded up.
fn fitting(seconds: f64, each: f64) -> u64 {
    // The cast saturates; no cost at all gives ∞ or NaN, which take everything or nothing.
    if each > 0.0 { (seconds / each).ceil().max(0.0) as u64 } else { u64::MAX }
}

/// Neighbouring units of one cell with the same tasks.
struct Run {
    units: u64,
    has_work: bool,
    /// The seconds that one unit of the run takes.
    seconds: f64,
}

/// The units `next..end` of a part as runs: at most two for each cell, the samples of earlier parts and the others.
struct Runs<'a> {
    sweep: &'a Sweep,
    part: usize,
    next: u64,
    end: u64,
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        if self.next >= self.end {
            return None;
        }
        let spec = &self.sweep.parts()[self.part];
        let (index, sample) = spec.locate(self.next);
        let cell = Arc::new(spec.grid().cell(index));
        let before = self.sweep.samples_before(self.part, &cell);
        let run_end = if sample < before { before } else { spec.samples() };
        let units = u64::from(run_end - sample).min(self.end - self.next);
        let work = self.sweep.work_of(self.part, cell, sample);
        self.next += units;
        Some(Run { units, has_work: !work.is_empty(), seconds: cost::estimate_seconds(&work) })
    }
}

//! Jobs cut from a part for those who ask.

use super::slots::Slot;
use std::sync::Arc;
use store::WorkerId;
use store::jobs::NewJob;
use sweep::{Job, Sweep};

/// Cells looked at in one cut: microseconds each.
const CELLS_CUT_AT_ONCE: u64 = 20_000;

/// Rows of one job: a bound on what a worker and a coordinator hold in memory. Computing and recording overlap job by
/// job, so that few large ones would leave one of the two idle at the beginning and at the end.
const MOST_ROWS: u64 = 10_000;

/// What jobs are cut by. Pure: what it cuts depends on itself and its argument alone.
pub(super) struct Cutter {
    pub(super) sweep: Arc<Sweep>,
    pub(super) part: usize,
    /// Compute time of a job.
    pub(super) target_seconds: f64,
    /// Measured over estimated compute time.
    pub(super) slowness: f64,
    /// Whom jobs are for.
    pub(super) slots: Vec<Slot>,
    /// Jobs.
    pub(super) most: usize,
}

/// What was cut of a part.
#[derive(Debug, Default)]
pub(super) struct Cuttings {
    pub(super) jobs: Vec<NewJob>,
    pub(super) too_long: Vec<TooLong>,
}

/// A worker that ends before even the shortest job there would be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TooLong {
    pub(super) worker: WorkerId,
    pub(super) first_unit: i64,
    /// What the job takes, and what the worker has.
    pub(super) seconds: f64,
    pub(super) seconds_left: f64,
}

impl Cutter {
    /// The next jobs of the part, one for each slot as far as there are units and it has the time.
    fn jobs(&self, next_unit: u64) -> Cuttings {
        let Self { sweep, part, .. } = self;
        let spec = &sweep.parts()[*part];
        let rows_per_unit = (spec.rows() / spec.units()).max(1);
        let max_units = (MOST_ROWS / rows_per_unit).max(1);
        let last_unit = next_unit.saturating_add(CELLS_CUT_AT_ONCE * u64::from(spec.samples()));
        let mut first_unit = next_unit;
        let Cuttings { mut jobs, mut too_long } = Cuttings::default();
        for Slot { worker, seconds_left } in self.slots.iter().copied() {
            if jobs.len() == self.most || first_unit >= spec.units().min(last_unit) {
                break;
            }
            let target = self.target_seconds.min(seconds_left / 4.0);
            let end_unit = sweep::cut(sweep, *part, first_unit, target, self.slowness, max_units);
            let estimated_seconds = Job { part: *part, first_unit, end_unit }.estimate_seconds(sweep);
            let (first, end) = (first_unit as i64, end_unit as i64);
            let seconds = estimated_seconds * self.slowness;
            if seconds > seconds_left {
                too_long.push(TooLong { worker, first_unit: first, seconds, seconds_left });
                continue;
            }
            jobs.push(NewJob { worker, first_unit: first, end_unit: end, estimated_seconds });
            first_unit = end_unit;
        }
        Cuttings { jobs, too_long }
    }
}

/// Cuts on a thread that may compute.
pub(super) async fn cut_aside(cutter: &Arc<Cutter>, from: i64) -> Cuttings {
    let here = Arc::clone(cutter);
    let cut = tokio::task::spawn_blocking(move || here.jobs(from as u64)).await;
    cut.unwrap_or_else(|panic| {
        tracing::error!(sweep = cutter.sweep.parts()[cutter.part].name(), part = cutter.part, %panic, "jobs cannot be cut");
        Cuttings::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cutter(target_seconds: f64, workers: &[i64], seconds_left: f64) -> Cutter {
        let text = r#"
            name = "cut"
            samples = 30
            [grid]
            widths = [8, 8, 8, 1]
            activation_1 = 0.5
            dilution_1 = { from = 0, to = 0.9, step = 0.1 }
            beta = [0.3, 0.8]
            [methods.mc]
        "#;
        let spec = sweep::Spec::parse(text, "cut.toml", &|_| Err(String::new())).unwrap();
        let slots: Vec<Slot> =
            workers.iter().map(|&worker| Slot { worker: WorkerId(worker), seconds_left }).collect();
        let most = slots.len();
        Cutter { sweep: Arc::new(Sweep::new(spec)), part: 0, target_seconds, slowness: 1.0, slots, most }
    }

    #[test]
    fn jobs_follow_one_another_to_the_end_of_the_part() {
        let cutter = cutter(0.1, &[1, 2, 1], f64::INFINITY);
        let mut next = 0;
        let mut jobs = 0;
        while next < 300 {
            let cut = cutter.jobs(next).jobs;
            assert_eq!(cut[0].first_unit as u64, next);
            assert!(cut.windows(2).all(|pair| pair[0].end_unit == pair[1].first_unit));
            assert!(cut.iter().zip(&cutter.slots).all(|(job, slot)| job.worker == slot.worker));
            next = cut.last().unwrap().end_unit as u64;
            jobs += cut.len();
        }
        assert_eq!(next, 300);
        assert!(jobs > 3, "{jobs}");
    }

    #[test]
    fn a_worker_with_little_time_gets_short_jobs_and_with_none_gets_none() {
        let short = cutter(1e3, &[1; 4], 0.1).jobs(0).jobs;
        assert_eq!(short.len(), 4);
        assert!(short.iter().all(|job| job.estimated_seconds <= 0.1));
        let none = cutter(1e3, &[7], 1e-9).jobs(3);
        assert!(none.jobs.is_empty());
        let [too_long] = none.too_long[..] else { panic!("{none:?}") };
        assert_eq!((too_long.worker, too_long.first_unit), (WorkerId(7), 3));
        assert!(too_long.seconds > too_long.seconds_left && too_long.seconds < 0.1, "{too_long:?}");
    }

    #[test]
    fn a_worker_without_time_is_passed_over_and_the_others_get_theirs() {
        let mut cutter = cutter(0.1, &[1, 2, 3, 4], f64::INFINITY);
        cutter.slots[0].seconds_left = 1e-9;
        cutter.slots[2].seconds_left = 1e-9;
        let Cuttings { jobs, too_long } = cutter.jobs(0);
        assert_eq!(too_long.iter().map(|passed| passed.worker.0).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(jobs.iter().map(|job| job.worker.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(jobs[0].end_unit, jobs[1].first_unit);
        cutter.most = 1;
        assert_eq!(cutter.jobs(0).jobs.len(), 1);
    }
}

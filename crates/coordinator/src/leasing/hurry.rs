//! Workers whose time is too short for any job: told once each, and not kept waiting.

use super::cutting::TooLong;
use std::collections::HashSet;
use store::{SweepId, WorkerId};

/// Warnings that are remembered.
const MOST_TOLD: usize = 10_000;

/// Who had no time for what there was.
#[derive(Debug, Default)]
pub(super) struct Hurry {
    /// Workers that were passed over in this round. Whoever got another job meanwhile is no longer asked for.
    passed_over: HashSet<WorkerId>,
    /// Worker, sweep, part and first unit of what was told; of a job that came back, no sweep.
    told: HashSet<(WorkerId, Option<SweepId>, i32, i64)>,
}

impl Hurry {
    pub(super) fn begin_round(&mut self) {
        self.passed_over.clear();
    }

    /// Whether the worker was passed over in this round.
    pub(super) fn is_too_short(&self, worker: WorkerId) -> bool {
        self.passed_over.contains(&worker)
    }

    /// Passes a worker over for a job of a part; whether that is new, and to be told. A worker that asks again and
    /// again is told once of each job.
    pub(super) fn pass_over(&mut self, place: Option<(SweepId, i32)>, too_long: TooLong) -> bool {
        let TooLong { worker, first_unit, .. } = too_long;
        self.passed_over.insert(worker);
        if self.told.len() >= MOST_TOLD {
            self.told.clear();
        }
        let (sweep, part) = place.unzip();
        self.told.insert((worker, sweep, part.unwrap_or(0), first_unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_told_once_of_each_job_and_is_passed_over_in_every_round() {
        let mut hurry = Hurry::default();
        let long = |worker, first_unit| TooLong {
            worker: WorkerId(worker),
            first_unit,
            seconds: 70.0,
            seconds_left: 15.0,
        };
        let place = Some((SweepId(1), 0));
        assert!(hurry.pass_over(place, long(1, 0)));
        assert!(hurry.is_too_short(WorkerId(1)) && !hurry.is_too_short(WorkerId(2)));
        hurry.begin_round();
        assert!(!hurry.is_too_short(WorkerId(1)));
        assert!(!hurry.pass_over(place, TooLong { seconds_left: 14.0, ..long(1, 0) }));
        assert!(hurry.is_too_short(WorkerId(1)));
        let others = [
            (place, long(2, 0)),
            (place, long(1, 1)),
            (Some((SweepId(2), 0)), long(1, 0)),
            (None, long(1, 0)),
        ];
        assert!(others.into_iter().all(|(place, job)| hurry.pass_over(place, job)));
    }
}

//! Room for jobs at workers, and in which order it is filled.

use super::ask::Ask;
use std::collections::HashMap;
use store::WorkerId;
use store::jobs::LeasedJob;

/// Jobs handed out in one go, to all who ask.
const MOST_JOBS_AT_ONCE: usize = 2000;

/// Room for one job at a worker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    pub(super) worker: WorkerId,
    /// The worker ends after so many seconds: no job that takes longer.
    pub(super) seconds_left: f64,
}

/// One for every job that is asked for: one for each worker first, then a second for each that wants more, …
pub(super) fn slots(asks: &[Ask]) -> Vec<Slot> {
    let most = asks.iter().map(|ask| ask.jobs).max().unwrap_or(0);
    let rounds = (0..most).flat_map(|round| asks.iter().filter(move |ask| ask.jobs > round));
    let slot =
        |ask: &Ask| Slot { worker: ask.worker, seconds_left: ask.seconds_left.unwrap_or(f64::INFINITY) };
    rounds.map(slot).take(MOST_JOBS_AT_ONCE).collect()
}

/// The workers of `slots` by the longest job, in estimated seconds, that each has the time for; the least first.
pub(super) fn by_time(slots: &[Slot], slowness: f64) -> Vec<(f64, Vec<WorkerId>)> {
    let mut of_time: Vec<(f64, Vec<WorkerId>)> = Vec::new();
    for slot in slots {
        let longest = slot.seconds_left / slowness;
        match of_time.iter_mut().find(|(known, _)| *known == longest) {
            Some((_, workers)) => workers.push(slot.worker),
            None => of_time.push((longest, vec![slot.worker])),
        }
    }
    of_time.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    of_time
}

/// `slots` less one for each job.
pub(super) fn without_served(slots: &[Slot], granted: &[LeasedJob]) -> Vec<Slot> {
    let mut served: HashMap<WorkerId, usize> = HashMap::new();
    for job in granted {
        *served.entry(job.worker).or_default() += 1;
    }
    let is_left = |slot: &Slot| match served.get_mut(&slot.worker) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    slots.iter().copied().filter(is_left).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;
    use tokio::time::Instant;

    #[test]
    fn those_with_the_least_time_choose_first() {
        let slot = |worker, seconds_left| Slot { worker: WorkerId(worker), seconds_left };
        let slots = [slot(1, f64::INFINITY), slot(2, 4.0), slot(3, 8.0), slot(4, 4.0)];
        let expected = [(2.0, vec![2, 4]), (4.0, vec![3]), (f64::INFINITY, vec![1])];
        let expected =
            expected.map(|(longest, workers)| (longest, workers.into_iter().map(WorkerId).collect()));
        assert_eq!(by_time(&slots, 2.0), expected);
    }

    #[test]
    fn one_job_for_each_worker_comes_before_a_second_for_any() {
        let ask = |worker, jobs| Ask {
            worker: WorkerId(worker),
            jobs,
            sweep: None,
            seconds_left: None,
            deadline: Instant::now(),
            answer: oneshot::channel().0,
        };
        let slots = slots(&[ask(1, 3), ask(2, 1), ask(3, 2)]);
        let workers: Vec<i64> = slots.iter().map(|slot| slot.worker.0).collect();
        assert_eq!(workers, [1, 2, 3, 1, 3, 1]);
    }
}

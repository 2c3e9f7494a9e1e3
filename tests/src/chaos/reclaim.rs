//! Whether the jobs of dead workers go on in time.

use super::LEASE;
use super::observer::{Seen, SeenLease};
use std::time::{Duration, Instant};

/// Coordinators look for lapsed leases at this interval.
const SCAN: Duration = LEASE.checked_div(10).expect("a tenth");

/// What remains: a worker's poll, a busy machine, and the job that another worker must end first.
const SLACK: Duration = Duration::from_millis(2500);

/// After a disturbance a coordinator first gives workers a lease to come back, and its connections to the database rest
/// up to three seconds between attempts.
const SETTLE: Duration = Duration::from_secs(LEASE.as_secs() + 3);

/// The jobs whose worker died, and when nobody could be expected to take them.
#[derive(Debug, Default)]
pub struct Reclaim {
    dead: Vec<(Instant, SeenLease)>,
    away: Vec<(Instant, SeenLease)>,
    drained: Vec<(Instant, SeenLease)>,
    disturbed: Vec<(Instant, Instant)>,
    /// The longest from a death to the job's going on where nothing else was wrong, and the time that it had.
    pub longest: Option<(Duration, Duration)>,
    /// The longest where something was, counted from the death.
    pub longest_disturbed: Option<Duration>,
    /// Jobs of dead workers.
    pub jobs: usize,
    /// Drained jobs that went on with an attempt spent.
    pub drained_at_a_cost: usize,
    pub(crate) failures: Vec<String>,
}

impl Reclaim {
    /// A worker died with these leases.
    pub(crate) fn died(&mut self, at: Instant, held: Vec<SeenLease>) {
        self.dead.extend(held.into_iter().map(|lease| (at, lease)));
    }

    /// A worker sleeps or is cut off, and comes back: in time to keep its lease, where nobody could take it back.
    pub(crate) fn went_away(&mut self, at: Instant, held: Vec<SeenLease>) {
        self.away.extend(held.into_iter().map(|lease| (at, lease)));
    }

    /// A worker was told to go with these leases.
    pub(crate) fn drained(&mut self, at: Instant, held: Vec<SeenLease>) {
        self.drained.extend(held.into_iter().map(|lease| (at, lease)));
    }

    /// Coordinators or their database could not do their work.
    pub(crate) fn disturbed(&mut self, from: Instant, until: Instant) {
        self.disturbed.push((from, until));
    }

    /// Compares what was seen with what is due.
    pub(crate) fn judge(&mut self, seen: &Seen) {
        self.disturbed.extend(seen.blind());
        let was_taken = |(_, lease): &(Instant, SeenLease)| seen.next_of(lease).is_some();
        self.dead.extend(std::mem::take(&mut self.away).into_iter().filter(was_taken));
        for (death, lease) in std::mem::take(&mut self.dead) {
            self.jobs += 1;
            self.judge_dead(death, lease, seen);
        }
        for (told, lease) in std::mem::take(&mut self.drained) {
            self.judge_drained(told, lease, seen);
        }
    }

    fn judge_dead(&mut self, death: Instant, lease: SeenLease, seen: &Seen) {
        let Some(gone_on) = seen.lease(lease.epoch).and_then(|lease| lease.gone_on) else {
            self.failures.push(format!("job {} of a dead worker never went on", lease.job));
            return;
        };
        // The first expiry has no rest; those that follow rest two seconds to the power of attempts, and half as much
        // again.
        let rest = if lease.attempts <= 1 { 0.0 } else { 1.5 * f64::from(1 << lease.attempts.min(9)) };
        let due = LEASE + SCAN + Duration::from_secs_f64(rest) + SLACK;
        let from = self.undisturbed_from(death, gone_on);
        let took = gone_on.saturating_duration_since(from);
        if took > due {
            let seconds = |at: Instant| at.saturating_duration_since(death).as_secs_f64();
            let free = seen.lease(lease.epoch).and_then(|lease| lease.free_on).map_or(f64::NAN, seconds);
            let next = seen.next_of(&lease).map(|next| (next.process, next.attempts));
            self.failures.push(format!(
                "job {} of process {} went on {took:.1?} late where {due:.1?} were due: free after {free:.1} s, taken after \
                 {:.1} s, counted from {:.1} s; then (process, attempts) {next:?}",
                lease.job,
                lease.process,
                seconds(gone_on),
                seconds(from)
            ));
        }
        if from == death {
            self.longest = self.longest.max(Some((took, due)));
        } else {
            self.longest_disturbed = self.longest_disturbed.max(Some(gone_on - death));
        }
    }

    fn judge_drained(&mut self, told: Instant, lease: SeenLease, seen: &Seen) {
        let Some(next) = seen.next_of(&lease) else { return };
        let was_disturbed = self.undisturbed_from(told, next.first_seen) != told;
        if !was_disturbed && next.attempts > lease.attempts {
            self.drained_at_a_cost += 1;
        }
    }

    /// The first moment from `from` on after which nothing was wrong until `until`.
    fn undisturbed_from(&self, from: Instant, until: Instant) -> Instant {
        let overlaps = |&&(began, ended): &&(Instant, Instant)| began <= until && ended + SETTLE > from;
        let ends = self.disturbed.iter().filter(overlaps).map(|&(_, ended)| ended + SETTLE);
        ends.max().map_or(from, |end| end.max(from))
    }
}

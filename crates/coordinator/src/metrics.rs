//! What a coordinator counts, and what it shows of the database when it is asked. Names and meanings: docs/metrics.md.

mod buckets;
mod calls;
mod queue;
mod window;

pub(crate) use calls::CountCalls;
pub use window::serve_metrics;

use buckets::seconds;
use calls::Calls;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Counters of one coordinator. They begin at 0 when it starts, and its own work alone is in them.
#[derive(Debug)]
pub struct Metrics {
    pub(crate) units_recorded: Counter,
    pub(crate) rows_recorded: Counter,
    pub(crate) jobs: Family<JobEvent, Counter>,
    pub(crate) database_failures: Counter,
    calls: Calls,
    dispatch: Histogram,
    recording: Histogram,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct JobEvent {
    pub(crate) event: &'static str,
}

/// Every value of [`JobEvent`]: shown from the start, so that a rate of the first one is seen.
pub(crate) const LEASED: JobEvent = JobEvent { event: "leased" };
pub(crate) const FINISHED: JobEvent = JobEvent { event: "finished" };
pub(crate) const RELEASED: JobEvent = JobEvent { event: "released" };
pub(crate) const FAILED: JobEvent = JobEvent { event: "failed" };
pub(crate) const FENCED: JobEvent = JobEvent { event: "fenced" };
pub(crate) const REFUSED: JobEvent = JobEvent { event: "refused" };
pub(crate) const EXPIRED: JobEvent = JobEvent { event: "expired" };

impl Default for Metrics {
    fn default() -> Self {
        let jobs = Family::default();
        for outcome in [LEASED, FINISHED, RELEASED, FAILED, FENCED, REFUSED, EXPIRED] {
            drop(jobs.get_or_create(&outcome));
        }
        Self {
            units_recorded: Counter::default(),
            rows_recorded: Counter::default(),
            jobs,
            database_failures: Counter::default(),
            calls: Calls::default(),
            dispatch: seconds(),
            recording: seconds(),
        }
    }
}

impl Metrics {
    /// So many jobs had this happen to them.
    pub(crate) fn count(&self, outcome: &JobEvent, jobs: usize) {
        self.jobs.get_or_create(outcome).inc_by(jobs as u64);
    }

    /// So many jobs had it happen until now.
    pub(crate) fn counted(&self, outcome: &JobEvent) -> u64 {
        self.jobs.get_or_create(outcome).get()
    }

    /// The database took so long to hand out jobs; waiting for some to become ready is not in it.
    pub(crate) fn dispatched(&self, took: Duration) {
        self.dispatch.observe(took.as_secs_f64());
    }

    /// The transaction that recorded results took so long.
    pub(crate) fn recorded(&self, took: Duration) {
        self.recording.observe(took.as_secs_f64());
    }

    /// Counts every call that passes.
    pub(crate) fn count_calls(&self) -> CountCalls {
        CountCalls(self.calls.clone())
    }

    fn register(&self, registry: &mut Registry) {
        registry.register("units_recorded", "Units recorded", self.units_recorded.clone());
        registry.register("rows_recorded", "Measurement rows recorded", self.rows_recorded.clone());
        registry.register(
            "jobs",
            "Jobs leased, finished, released (given back unfinished), failed, fenced, refused, expired (lease ran out)",
            self.jobs.clone(),
        );
        registry.register(
            "database_failures",
            "Times that the coordinator's own housekeeping did not reach the database",
            self.database_failures.clone(),
        );
        registry.register_with_unit(
            "dispatch",
            "Time the database takes to hand out jobs that are there, for one call",
            Unit::Seconds,
            self.dispatch.clone(),
        );
        registry.register_with_unit(
            "recording",
            "Time of the transaction that records results and closes their leases",
            Unit::Seconds,
            self.recording.clone(),
        );
        self.calls.register(registry);
    }
}

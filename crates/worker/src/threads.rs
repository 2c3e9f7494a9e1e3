//! The threads that compute.

use crate::{Event, Lease};
use compute::UnitResult;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use sweep::{Job, Sweep};
use tokio::sync::mpsc;

/// What became of a job.
#[derive(Debug)]
pub(crate) struct Computed {
    pub(crate) lease: Lease,
    /// Its results; none if it was cancelled; or why it failed.
    pub(crate) result: Result<Option<Vec<UnitResult>>, String>,
}

/// A pool of threads of its own. Jobs share it: a thread without a job helps with the units of another's.
pub(crate) struct Threads {
    pool: rayon::ThreadPool,
    events: mpsc::UnboundedSender<Event>,
}

impl Threads {
    pub(crate) fn start(
        threads: usize,
        events: mpsc::UnboundedSender<Event>,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        let named = |index| format!("compute-{index}");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(named).build()?;
        Ok(Self { pool, events })
    }

    /// Computes a job on the threads and sends an event when it ends. A panic fails the job, not the worker.
    pub(crate) fn compute(&self, lease: Lease, sweep: Arc<Sweep>, job: Job, cancelled: Arc<AtomicBool>) {
        let events = self.events.clone();
        self.pool.spawn_fifo(move || {
            let computed = catch_unwind(AssertUnwindSafe(|| compute::compute_job(&sweep, job, &cancelled)));
            let result = computed.map_err(|panic| format!("the computation panicked: {}", reason(&*panic)));
            let _ = events.send(Event::Computed(Computed { lease, result }));
        });
    }
}

fn reason(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("for no stated reason")
}

//! The threads that compute.

use crate::{Event, Lease};
use compute::{Run, UnitResult};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use sweep::{Job, Sweep};
use tokio::sync::mpsc;

/// What became of a job.
#[derive(Debug)]
pub(crate) struct Computed {
    pub(crate) lease: Lease,
    /// Its results; none if it was cancelled; or why it failed.
    pub(crate) result: Result<Option<Vec<UnitResult>>, String>,
}

/// A pool of threads of its own, which help with a job while it has units to begin, and then with the next.
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
        let (run, has_failed, events) = (OnceLock::new(), AtomicBool::new(false), self.events.clone());
        let task = Arc::new(Task { lease, sweep, job, cancelled, run, has_failed, events });
        for _ in 0..self.pool.current_num_threads() {
            let task = Arc::clone(&task);
            self.pool.spawn_fifo(move || task.help());
        }
    }
}

/// A job in the hands of the threads.
struct Task {
    lease: Lease,
    sweep: Arc<Sweep>,
    job: Job,
    cancelled: Arc<AtomicBool>,
    /// Its units are listed by the thread that comes first.
    run: OnceLock<Run>,
    has_failed: AtomicBool,
    events: mpsc::UnboundedSender<Event>,
}

impl Task {
    fn help(&self) {
        let list = || Run::new(&self.sweep, self.job, Arc::clone(&self.cancelled));
        let help = || self.run.get_or_init(list).help(|results| self.end(Ok(results)));
        if let Err(panic) = catch_unwind(AssertUnwindSafe(help))
            && !self.has_failed.swap(true, Ordering::Relaxed)
        {
            self.cancelled.store(true, Ordering::Relaxed);
            self.end(Err(format!("the computation panicked: {}", reason(&*panic))));
        }
    }

    fn end(&self, result: Result<Option<Vec<UnitResult>>, String>) {
        let _ = self.events.send(Event::Computed(Computed { lease: self.lease, result }));
    }
}

fn reason(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("for no stated reason")
}

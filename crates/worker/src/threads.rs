//! The threads that compute.

use crate::event::{Computed, Event};
use crate::lease::Lease;
use compute::Run;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use sweep::{Job, Sweep};
use tokio::sync::mpsc;

/// A pool of threads of its own, which help with a job while it has units to begin, and then with the next.
pub(crate) struct Threads {
    pool: rayon::ThreadPool,
    events: mpsc::UnboundedSender<Event>,
    /// What stops a job, until its last thread has left it.
    cancels: HashMap<Lease, Weak<AtomicBool>>,
}

impl Threads {
    pub(crate) fn start(
        threads: usize,
        events: mpsc::UnboundedSender<Event>,
    ) -> Result<Self, rayon::ThreadPoolBuildError> {
        let named = |index| format!("compute-{index}");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(named).build()?;
        Ok(Self { pool, events, cancels: HashMap::new() })
    }

    /// Computes a job on the threads and sends an event when it ends. A panic fails the job, not the worker.
    pub(crate) fn compute(&mut self, lease: Lease, sweep: Arc<Sweep>, job: Job) {
        let cancelled = Arc::default();
        self.cancels.retain(|_, cancelled| cancelled.strong_count() > 0);
        self.cancels.insert(lease, Arc::downgrade(&cancelled));
        let (run, has_ended, events) = (OnceLock::new(), AtomicBool::new(false), self.events.clone());
        let task = Arc::new(Task { lease, sweep, job, cancelled, run, has_ended, events });
        for _ in 0..self.pool.current_num_threads() {
            let task = Arc::clone(&task);
            self.pool.spawn_fifo(move || task.help());
        }
    }

    /// Has a job end without results, in the middle of its units.
    pub(crate) fn cancel(&mut self, lease: Lease) {
        if let Some(cancelled) = self.cancels.remove(&lease).and_then(|cancelled| cancelled.upgrade()) {
            cancelled.store(true, Ordering::Relaxed);
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
    has_ended: AtomicBool,
    events: mpsc::UnboundedSender<Event>,
}

impl Task {
    fn help(&self) {
        let list = || Run::new(&self.sweep, self.job, Arc::clone(&self.cancelled));
        let help = || self.run.get_or_init(list).help(|results| self.end(Ok(results)));
        if let Err(panic) = catch_unwind(AssertUnwindSafe(help)) {
            self.cancelled.store(true, Ordering::Relaxed);
            self.end(Err(format!("the computation panicked: {}", reason(&*panic))));
        }
    }

    /// Several threads may panic over one job.
    fn end(&self, computed: Computed) {
        if !self.has_ended.swap(true, Ordering::Relaxed) {
            let _ = self.events.send(Event::Computed(self.lease, computed));
        }
    }
}

fn reason(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("for no stated reason")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::Registration;
    use sweep::Spec;

    const LEASE: Lease =
        Lease { registration: Registration { number: 0, worker_id: 1 }, job_id: 1, epoch: 1 };

    fn sweep() -> Arc<Sweep> {
        let text = "name = \"some\"\nsamples = 2\n[grid]\nwidths = [4, 4, 4, 1]\nbeta = 1\n[methods.bp]\n";
        Arc::new(Sweep::new(Spec::parse(text, "some", &|_| Err(String::new())).unwrap()))
    }

    #[test]
    fn a_job_ends_once_with_its_results_or_with_a_panic_or_cancelled() {
        let (events, mut inbox) = mpsc::unbounded_channel();
        let mut threads = Threads::start(2, events).unwrap();
        let mut end_of = |part: usize, is_cancelled: bool| {
            // Nothing begins before it is cancelled.
            let (begin, begun) = std::sync::mpsc::channel::<()>();
            let begun = Arc::new(std::sync::Mutex::new(begun));
            for _ in 0..2 {
                let begun = Arc::clone(&begun);
                threads.pool.spawn_fifo(move || _ = begun.lock().unwrap().recv());
            }
            threads.compute(LEASE, sweep(), Job { part, first_unit: 0, end_unit: 2 });
            if is_cancelled {
                threads.cancel(LEASE);
            }
            drop(begin);
            let Some(Event::Computed(LEASE, computed)) = inbox.blocking_recv() else { panic!("no end") };
            computed
        };
        assert_eq!(end_of(0, false).unwrap().unwrap().len(), 2);
        assert_eq!(end_of(0, true), Ok(None));
        let reason = end_of(1, false).unwrap_err();
        assert!(reason.starts_with("the computation panicked: "), "{reason}");
        // The pool is none the worse for it.
        assert_eq!(end_of(0, false).unwrap().unwrap().len(), 2);
        drop(threads);
        assert!(inbox.blocking_recv().is_none(), "an end too many");
    }
}

//! Watching the queue: which lease was whose, and when its job went on.

use super::sql::Sql;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{JoinHandle, sleep};
use std::time::{Duration, Instant};

/// How often the queue is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(30);

/// What one look asks. Whether a job is finished is told by its absence.
const LOOK: &str = "SELECT job_id, coalesce(epoch, 0), coalesce(process_id, 0), attempts
                    FROM rapgrid.jobs LEFT JOIN rapgrid.workers USING (worker_id)";

/// One lease, as it was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenLease {
    pub(crate) job: i64,
    pub(crate) epoch: i64,
    /// The process of the worker that had it.
    pub(crate) process: u32,
    pub(crate) attempts: u32,
    pub(crate) first_seen: Instant,
    /// The first look at which nobody had the job.
    pub(crate) free_on: Option<Instant>,
    /// The first look at which the job was another's or finished. Waiting is not enough.
    pub(crate) gone_on: Option<Instant>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    leases: HashMap<i64, SeenLease>,
    /// Of each job, the lease that it has or had last.
    latest: HashMap<i64, i64>,
    /// When the database did not answer.
    blind: Vec<(Instant, Instant)>,
    last_look: Option<Instant>,
}

impl Seen {
    /// The leases that a process holds at this moment.
    pub(crate) fn held_by(&self, process: u32) -> Vec<SeenLease> {
        let held = self.leases.values().filter(|lease| lease.process == process && lease.gone_on.is_none());
        held.copied().collect()
    }

    /// What became of a lease.
    pub(crate) fn lease(&self, epoch: i64) -> Option<SeenLease> {
        self.leases.get(&epoch).copied()
    }

    /// The lease of the job that followed this one.
    pub(crate) fn next_of(&self, lease: &SeenLease) -> Option<SeenLease> {
        let later = self.leases.values().filter(|other| other.job == lease.job && other.epoch > lease.epoch);
        later.min_by_key(|other| other.epoch).copied()
    }

    /// When the database did not answer.
    pub(crate) fn blind(&self) -> &[(Instant, Instant)] {
        &self.blind
    }

    fn take(&mut self, looked: Instant, rows: &[Vec<String>]) {
        let number = |text: &String| text.parse::<i64>().unwrap_or_default();
        let mut present: HashMap<i64, i64> = HashMap::new();
        for row in rows {
            let (job, epoch) = (number(&row[0]), number(&row[1]));
            present.insert(job, epoch);
            if epoch == 0 {
                continue;
            }
            self.latest.insert(job, epoch);
            self.leases.entry(epoch).or_insert(SeenLease {
                job,
                epoch,
                process: number(&row[2]) as u32,
                attempts: number(&row[3]) as u32,
                first_seen: looked,
                free_on: None,
                gone_on: None,
            });
        }
        for lease in self.leases.values_mut().filter(|lease| lease.gone_on.is_none()) {
            // Ready again, its number is 0: nobody has taken it yet.
            let goes_on = present.get(&lease.job).is_none_or(|&epoch| epoch != 0 && epoch != lease.epoch);
            lease.gone_on = goes_on.then_some(looked);
            let is_free = present.get(&lease.job).is_none_or(|&epoch| epoch != lease.epoch);
            lease.free_on = lease.free_on.or(is_free.then_some(looked));
        }
        self.last_look = Some(looked);
    }

    fn saw_nothing(&mut self, from: Instant) {
        let since = self.last_look.unwrap_or(from);
        match self.blind.last_mut() {
            Some((_, until)) if *until >= since => *until = Instant::now(),
            _ => self.blind.push((since, Instant::now())),
        }
    }
}

/// A thread that looks. Ends when dropped.
#[derive(Debug)]
pub(crate) struct Observer {
    seen: Arc<Mutex<Seen>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Observer {
    pub(crate) fn start(url: &str) -> Self {
        let (seen, stop) = (Arc::new(Mutex::new(Seen::default())), Arc::new(AtomicBool::new(false)));
        let looking = (Arc::clone(&seen), Arc::clone(&stop), Sql::new(url));
        let thread = std::thread::spawn(move || look(&looking.0, &looking.1, looking.2));
        Self { seen, stop, thread: Some(thread) }
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn look(seen: &Mutex<Seen>, stop: &AtomicBool, mut sql: Sql) {
    while !stop.load(Ordering::Relaxed) {
        let asked = Instant::now();
        let rows = sql.rows(LOOK);
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        match rows {
            Ok(rows) => seen.take(Instant::now(), &rows),
            Err(_) => seen.saw_nothing(asked),
        }
        drop(seen);
        sleep(POLL);
    }
}

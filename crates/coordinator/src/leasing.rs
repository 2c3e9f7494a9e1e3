//! Leasing: all workers that ask at one moment are served together.
//!
//! One task (`serve_forever`) gathers their asks. Jobs that came back are handed out first; then new ones are cut, from
//! the sweeps of the largest priority, and among those from the one that was given least so far. What a sweep was given
//! is known to this coordinator alone and forgotten with it: it decides nothing but the order.

use crate::{Coordinator, CoordinatorError, NUMERICS_REVISION, shares::Shares};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{LeasedJob, NewJob, Release, UncutPart, Wanted};
use store::{SweepId, WorkerId};
use sweep::{Job, Sweep};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// How often the database is asked while workers wait for jobs.
const POLL: Duration = Duration::from_millis(100);

/// The same, while another coordinator is cutting: a commit takes about as long.
const BUSY_POLL: Duration = Duration::from_millis(3);

/// The longest that a worker may wait in one call.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Jobs leased in one call.
const MOST_JOBS: u32 = 1000;

/// Jobs handed out in one go, to all who ask.
const MOST_JOBS_AT_ONCE: usize = 2000;

/// Asks that may queue before callers wait to hand theirs in.
pub(crate) const MOST_ASKS: usize = 1000;

/// Cells looked at in one cut: microseconds each.
const CELLS_CUT_AT_ONCE: u64 = 20_000;

/// Rows of one job: a bound on what a worker and a coordinator hold in memory. Computing and recording overlap job by job,
/// so that few large ones would leave one of the two idle at the beginning and at the end.
const MOST_ROWS: u64 = 10_000;

/// How long the measured slowness of a sweep is believed.
const SLOWNESS_HOLDS: Duration = Duration::from_secs(2);

/// One look at leases in so many is at all of them.
const FULL_LOOK: u32 = 20;

/// What one worker asks for.
#[derive(Debug)]
pub(crate) struct Ask {
    worker: WorkerId,
    /// At most so many jobs, at least one.
    jobs: usize,
    /// Only of the sweep of this name.
    sweep: Option<String>,
    /// The worker ends after so many seconds: no job that takes longer.
    seconds_left: Option<f64>,
    deadline: Instant,
    answer: oneshot::Sender<Result<Granted, Arc<CoordinatorError>>>,
}

/// The answer to an ask.
#[derive(Debug)]
pub(crate) struct Granted {
    pub(crate) jobs: Vec<LeasedJob>,
    /// Nothing is left to wait for.
    pub(crate) is_idle: bool,
}

/// What a worker says when it asks for jobs.
pub(crate) struct Request {
    pub(crate) worker: WorkerId,
    pub(crate) jobs: u32,
    pub(crate) wait: Duration,
    pub(crate) sweep: Option<String>,
    pub(crate) seconds_left: Option<f64>,
}

/// Leases up to `jobs` jobs, waiting up to `wait` for the first.
pub(crate) async fn lease(
    coordinator: &Coordinator,
    request: Request,
) -> Result<Granted, Arc<CoordinatorError>> {
    let (answer, granted) = oneshot::channel();
    let ask = Ask {
        worker: request.worker,
        jobs: request.jobs.clamp(1, MOST_JOBS) as usize,
        sweep: request.sweep,
        seconds_left: request.seconds_left,
        deadline: Instant::now() + request.wait.min(LONGEST_WAIT),
        answer,
    };
    let nothing = || Granted { jobs: Vec::new(), is_idle: false };
    if coordinator.asks.send(ask).await.is_err() {
        return Ok(nothing());
    }
    // Dropped without an answer: the coordinator is stopping.
    granted.await.unwrap_or_else(|_| Ok(nothing()))
}

/// Serves asks until the coordinator stops.
pub(crate) async fn serve_forever(coordinator: Arc<Coordinator>, mut inbox: mpsc::Receiver<Ask>) {
    let mut dispatcher =
        Dispatcher { coordinator: &coordinator, shares: Shares::default(), slowness: HashMap::new() };
    let mut waiting: Vec<Ask> = Vec::new();
    let mut poll = POLL;
    loop {
        tokio::select! {
            received = inbox.recv_many(&mut waiting, MOST_ASKS) => if received == 0 { return },
            () = tokio::time::sleep(poll), if !waiting.is_empty() => {}
            () = coordinator.news.notified(), if !waiting.is_empty() => {}
            () = coordinator.stopped() => return,
        }
        waiting.retain(|ask| !ask.answer.is_closed());
        (waiting, poll) = dispatcher.serve(waiting).await;
    }
}

/// Workers that may have the same jobs.
#[derive(Debug, Clone, PartialEq)]
struct Kind {
    numerics_revision: i32,
    sweep: Option<String>,
    seconds_left: Option<f64>,
}

impl Kind {
    fn wanted(&self) -> Wanted<'_> {
        Wanted { numerics_revision: self.numerics_revision, sweep: self.sweep.as_deref() }
    }
}

struct Dispatcher<'a> {
    coordinator: &'a Coordinator,
    shares: Shares,
    /// Measured over estimated time of each sweep, and when that was looked up.
    slowness: HashMap<SweepId, (Instant, f64)>,
}

impl Dispatcher<'_> {
    /// Gives to those who ask what there is; returns those who go on waiting, and for how long until the next try.
    async fn serve(&mut self, asks: Vec<Ask>) -> (Vec<Ask>, Duration) {
        let mut waiting = Vec::new();
        let mut poll = POLL;
        let kinds = match self.kinds(asks).await {
            Ok(kinds) => kinds,
            Err((asks, error)) => {
                refuse(asks, error);
                return (waiting, poll);
            }
        };
        for (kind, asks) in kinds {
            let workers = slots(&asks);
            let asked = Instant::now();
            match self.grant(&kind, &workers).await {
                Ok((jobs, is_busy)) => {
                    self.coordinator.on_leased(&jobs, asked.elapsed());
                    poll = if is_busy { BUSY_POLL } else { poll };
                    let (unserved, unwanted) = hand_out(asks, jobs);
                    self.give_back(unwanted).await;
                    waiting.extend(self.dismiss_overdue(&kind, unserved).await);
                }
                Err(error) => refuse(asks, error),
            }
        }
        (waiting, poll)
    }

    /// The asks by what they may have. Workers that the database does not know are refused.
    async fn kinds(&self, asks: Vec<Ask>) -> Result<Vec<(Kind, Vec<Ask>)>, (Vec<Ask>, CoordinatorError)> {
        let workers: Vec<WorkerId> = asks.iter().map(|ask| ask.worker).collect();
        let revisions = match self.coordinator.store.worker_revisions(&workers).await {
            Ok(revisions) => revisions,
            Err(error) => return Err((asks, error.into())),
        };
        let mut kinds: Vec<(Kind, Vec<Ask>)> = Vec::new();
        for ask in asks {
            let Some(&numerics_revision) = revisions.get(&ask.worker) else {
                let unknown = CoordinatorError::UnknownWorker(ask.worker.0);
                refuse(vec![ask], unknown);
                continue;
            };
            let kind = Kind { numerics_revision, sweep: ask.sweep.clone(), seconds_left: ask.seconds_left };
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, asks)) => asks.push(ask),
                None => kinds.push((kind, vec![ask])),
            }
        }
        Ok(kinds)
    }

    /// Leases at most one job for each of `workers`, which may name one several times. The flag says that another
    /// coordinator was cutting, so that it is worth to try again soon.
    async fn grant(
        &mut self,
        kind: &Kind,
        workers: &[WorkerId],
    ) -> Result<(Vec<LeasedJob>, bool), CoordinatorError> {
        let coordinator = self.coordinator;
        let longest = kind.seconds_left.map_or(f64::INFINITY, |left| left / self.greatest_slowness());
        let lease = coordinator.settings.lease;
        let mut granted =
            coordinator.store.lease_returned_jobs(kind.wanted(), workers, longest, lease).await?;
        for job in &granted {
            self.shares.give(job.sweep_id, job.estimated_seconds);
        }
        let workers = without_served(workers, &granted);
        // This program can only read and cut sweeps of its own revision.
        if workers.is_empty() || kind.numerics_revision != NUMERICS_REVISION {
            return Ok((granted, false));
        }
        let (cut, is_busy) = self.cut(kind, &workers).await?;
        granted.extend(cut);
        Ok((granted, is_busy))
    }

    /// Cuts new jobs for `workers`, as far as there are any.
    async fn cut(
        &mut self,
        kind: &Kind,
        mut workers: &[WorkerId],
    ) -> Result<(Vec<LeasedJob>, bool), CoordinatorError> {
        let mut parts = self.coordinator.store.uncut_parts(kind.wanted()).await?;
        self.shares.keep(parts.iter().map(|part| part.sweep_id));
        let (mut granted, mut is_busy) = (Vec::new(), false);
        while let Some(&first) = parts.first()
            && !workers.is_empty()
        {
            let peers = parts.iter().take_while(|part| part.priority == first.priority).count();
            let position = self.shares.least(parts[..peers].iter().map(|part| part.sweep_id));
            let part = parts[position];
            let (now, _) = workers.split_at(workers.len().div_ceil(peers));
            match self.cut_part(kind, part, now).await? {
                Some(jobs) if !jobs.is_empty() => {
                    let seconds: f64 = jobs.iter().map(|job| job.estimated_seconds).sum();
                    self.shares.give(part.sweep_id, seconds * self.known_slowness(part.sweep_id));
                    workers = &workers[jobs.len()..];
                    granted.extend(jobs);
                }
                // Nothing to be had there now: another coordinator is at it, or the rest does not fit the worker's time.
                nothing => {
                    is_busy |= nothing.is_none();
                    parts.remove(position);
                }
            }
        }
        Ok((granted, is_busy))
    }

    /// Cuts jobs of one part, one for each of `workers`. None: another coordinator is cutting it.
    async fn cut_part(
        &mut self,
        kind: &Kind,
        uncut: UncutPart,
        workers: &[WorkerId],
    ) -> Result<Option<Vec<LeasedJob>>, CoordinatorError> {
        let coordinator = self.coordinator;
        let part = uncut.part as usize;
        let sweep = match coordinator.catalog.sweep(&coordinator.store, uncut.sweep_id, part).await {
            Err(CoordinatorError::Unreadable { sweep, reason }) => {
                tracing::error!(sweep = sweep.0, reason, "pausing a sweep that cannot be read");
                coordinator.store.pause_sweep(sweep).await?;
                return Ok(Some(Vec::new()));
            }
            sweep => sweep?,
        };
        let cutter = Cutter {
            sweep,
            part,
            target_seconds: coordinator.settings.job_seconds,
            seconds_left: kind.seconds_left.unwrap_or(f64::INFINITY),
            slowness: self.slowness(uncut.sweep_id).await?,
        };
        let workers = workers.to_vec();
        let cut = async move |next_unit: i64| {
            let cut = tokio::task::spawn_blocking(move || cutter.jobs(next_unit as u64, &workers));
            cut.await.unwrap_or_else(|panic| {
                tracing::error!(sweep = uncut.sweep_id.0, part, %panic, "jobs cannot be cut");
                Vec::new()
            })
        };
        Ok(coordinator.store.cut_jobs(uncut, coordinator.settings.lease, cut).await?)
    }

    /// Measured over estimated time of a sweep, looked up now and then.
    async fn slowness(&mut self, sweep: SweepId) -> Result<f64, CoordinatorError> {
        let now = Instant::now();
        if let Some(&(since, slowness)) = self.slowness.get(&sweep)
            && now - since < SLOWNESS_HOLDS
        {
            return Ok(slowness);
        }
        let slowness = self.coordinator.store.slowness(sweep).await?;
        self.slowness.retain(|_, (since, _)| now - *since < SLOWNESS_HOLDS * 100);
        self.slowness.insert(sweep, (now, slowness));
        Ok(slowness)
    }

    fn known_slowness(&self, sweep: SweepId) -> f64 {
        self.slowness.get(&sweep).map_or(1.0, |&(_, slowness)| slowness)
    }

    fn greatest_slowness(&self) -> f64 {
        self.slowness.values().map(|&(_, slowness)| slowness).fold(1.0, f64::max)
    }

    /// Answers those whose time is over; returns the others.
    async fn dismiss_overdue(&self, kind: &Kind, asks: Vec<Ask>) -> Vec<Ask> {
        let now = Instant::now();
        let (overdue, waiting): (Vec<Ask>, Vec<Ask>) = asks.into_iter().partition(|ask| ask.deadline <= now);
        if !overdue.is_empty() {
            match self.coordinator.store.has_work(kind.wanted()).await {
                Ok(has_work) => {
                    for ask in overdue {
                        let _ = ask.answer.send(Ok(Granted { jobs: Vec::new(), is_idle: !has_work }));
                    }
                }
                Err(error) => refuse(overdue, error.into()),
            }
        }
        waiting
    }

    /// Makes jobs ready again whose worker did not wait for them.
    async fn give_back(&self, jobs: Vec<LeasedJob>) {
        for job in jobs {
            let store = &self.coordinator.store;
            if let Err(error) = store.release_leases(job.worker, &[job.lease], Release::Unfinished).await {
                tracing::warn!(job = job.lease.job_id, %error, "a job that nobody took stays leased until it lapses");
            } else {
                self.coordinator.on_released(&[job.lease], job.worker, "");
            }
        }
    }
}

/// One entry for every job that is asked for: one for each worker first, then a second for each that wants more, …
fn slots(asks: &[Ask]) -> Vec<WorkerId> {
    let most = asks.iter().map(|ask| ask.jobs).max().unwrap_or(0);
    let rounds = (0..most).flat_map(|round| asks.iter().filter(move |ask| ask.jobs > round));
    rounds.map(|ask| ask.worker).take(MOST_JOBS_AT_ONCE).collect()
}

/// `workers` less one entry for each job.
fn without_served(workers: &[WorkerId], granted: &[LeasedJob]) -> Vec<WorkerId> {
    let mut served: HashMap<WorkerId, usize> = HashMap::new();
    for job in granted {
        *served.entry(job.worker).or_default() += 1;
    }
    let is_left = |worker: &WorkerId| match served.get_mut(worker) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    workers.iter().copied().filter(is_left).collect()
}

/// Answers those who got jobs; returns the others, and the jobs of those who have gone meanwhile.
fn hand_out(asks: Vec<Ask>, jobs: Vec<LeasedJob>) -> (Vec<Ask>, Vec<LeasedJob>) {
    let mut of_worker: HashMap<WorkerId, Vec<LeasedJob>> = HashMap::new();
    for job in jobs {
        of_worker.entry(job.worker).or_default().push(job);
    }
    let (mut unserved, mut unwanted) = (Vec::new(), Vec::new());
    for ask in asks {
        let Some(jobs) = of_worker.remove(&ask.worker) else {
            unserved.push(ask);
            continue;
        };
        if let Err(Ok(granted)) = ask.answer.send(Ok(Granted { jobs, is_idle: false })) {
            unwanted.extend(granted.jobs);
        }
    }
    (unserved, unwanted)
}

fn refuse(asks: Vec<Ask>, error: CoordinatorError) {
    let error = Arc::new(error);
    for ask in asks {
        let _ = ask.answer.send(Err(Arc::clone(&error)));
    }
}

/// What jobs are cut by. Pure: what it cuts depends on itself and its arguments alone.
struct Cutter {
    sweep: Arc<Sweep>,
    part: usize,
    /// Compute time of a job.
    target_seconds: f64,
    /// No job that takes longer.
    seconds_left: f64,
    /// Measured over estimated compute time.
    slowness: f64,
}

impl Cutter {
    /// The next jobs of the part, one for each of `workers` as far as there are units.
    fn jobs(&self, next_unit: u64, workers: &[WorkerId]) -> Vec<NewJob> {
        let Self { sweep, part, .. } = self;
        let spec = &sweep.parts()[*part];
        let rows_per_unit = (spec.rows() / spec.units()).max(1);
        let max_units = (MOST_ROWS / rows_per_unit).max(1);
        let target = self.target_seconds.min(self.seconds_left / 4.0);
        let last_unit = next_unit.saturating_add(CELLS_CUT_AT_ONCE * u64::from(spec.samples()));
        let mut first_unit = next_unit;
        let mut jobs = Vec::new();
        for &worker in workers {
            if first_unit >= spec.units().min(last_unit) {
                break;
            }
            let end_unit = sweep::cut(sweep, *part, first_unit, target, self.slowness, max_units);
            let estimated_seconds = Job { part: *part, first_unit, end_unit }.estimate_seconds(sweep);
            if estimated_seconds * self.slowness > self.seconds_left {
                break;
            }
            let (first, end) = (first_unit as i64, end_unit as i64);
            jobs.push(NewJob { worker, first_unit: first, end_unit: end, estimated_seconds });
            first_unit = end_unit;
        }
        jobs
    }
}

/// Takes back lapsed leases, again and again.
pub(crate) async fn expire_leases_forever(coordinator: Arc<Coordinator>) {
    let lease = coordinator.settings.lease;
    let interval = (lease / 10).max(Duration::from_millis(100));
    // Workers could not extend their leases while there was no coordinator or no database: they get the time of one lease
    // to come back before any is taken.
    tokio::time::sleep(lease).await;
    let mut looks: u32 = 0;
    loop {
        tokio::time::sleep(interval).await;
        // Now and then all of them: the database's clock may have been set meanwhile.
        let look_back = (!looks.is_multiple_of(FULL_LOOK)).then_some(interval * 2 * FULL_LOOK);
        match coordinator.store.expire_leases(coordinator.settings.max_attempts, look_back).await {
            Ok(expired) => {
                looks = looks.wrapping_add(1);
                coordinator.on_expired(&expired);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot look for lapsed leases");
                coordinator.settings.metrics.database_failures.inc();
                looks = 0;
                tokio::time::sleep(lease).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cutter(target_seconds: f64, seconds_left: f64) -> Cutter {
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
        Cutter { sweep: Arc::new(Sweep::new(spec)), part: 0, target_seconds, seconds_left, slowness: 1.0 }
    }

    #[test]
    fn jobs_follow_one_another_to_the_end_of_the_part() {
        let cutter = cutter(0.1, f64::INFINITY);
        let workers = [WorkerId(1), WorkerId(2), WorkerId(1)];
        let mut next = 0;
        let mut jobs = 0;
        while next < 300 {
            let cut = cutter.jobs(next, &workers);
            assert_eq!(cut[0].first_unit as u64, next);
            assert!(cut.windows(2).all(|pair| pair[0].end_unit == pair[1].first_unit));
            assert!(cut.iter().zip(&workers).all(|(job, worker)| job.worker == *worker));
            next = cut.last().unwrap().end_unit as u64;
            jobs += cut.len();
        }
        assert_eq!(next, 300);
        assert!(jobs > 3, "{jobs}");
    }

    #[test]
    fn a_worker_with_little_time_gets_short_jobs_and_with_none_gets_none() {
        let workers = [WorkerId(1); 4];
        let short = cutter(1e3, 0.1).jobs(0, &workers);
        assert_eq!(short.len(), 4);
        assert!(short.iter().all(|job| job.estimated_seconds <= 0.1));
        assert!(cutter(1e3, 1e-9).jobs(0, &workers).is_empty());
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
        assert_eq!(slots, [1, 2, 3, 1, 3, 1].map(WorkerId));
    }
}

//! Leasing: all workers that ask at one moment are served together.
//!
//! One task (`serve_forever`) gathers their asks. Jobs that came back are handed out first; then new ones are cut, from
//! the sweeps of the largest priority, and among those from the one that was given least so far. What a sweep was given
//! is known to this coordinator alone and forgotten with it: it decides nothing but the order.

use crate::{Coordinator, CoordinatorError, LONGEST_ROUND, NUMERICS_REVISION, shares::Shares};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{Available, Cut, LeasedJob, NewJob, Release, UncutPart, Wanted};
use store::{Lease, StoreError, SweepId, WorkerId};
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

/// Rows of one job: a bound on what a worker and a coordinator hold in memory. Computing and recording overlap job by
/// job, so that few large ones would leave one of the two idle at the beginning and at the end.
const MOST_ROWS: u64 = 10_000;

/// How long the measured slowness of a sweep is believed.
const SLOWNESS_HOLDS: Duration = Duration::from_secs(2);

/// Numbers of leases that are kept for new jobs: what it costs to take some is paid once in so many jobs.
const RESERVED_AT_ONCE: usize = 1000;

/// Tries to cut a part whose uncut units begin where nobody here thought.
const CUT_TRIES: u32 = 3;

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
    let mut dispatcher = Dispatcher {
        coordinator: &coordinator,
        shares: Shares::default(),
        slowness: HashMap::new(),
        cut_until: HashMap::new(),
        reserved: VecDeque::new(),
        reconnections: 0,
    };
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
        // Asks that were taken along are answered with nothing, and asked again.
        (waiting, poll) = match tokio::time::timeout(LONGEST_ROUND, dispatcher.serve(waiting)).await {
            Ok(served) => served,
            Err(_) => {
                tracing::error!("the database does not answer; leasing over new connections");
                (Vec::new(), POLL)
            }
        };
    }
}

/// Workers that may have the same jobs, as far as they have the time.
#[derive(Debug, Clone, PartialEq)]
struct Kind {
    numerics_revision: i32,
    sweep: Option<String>,
}

impl Kind {
    fn wanted(&self) -> Wanted<'_> {
        Wanted { numerics_revision: self.numerics_revision, sweep: self.sweep.as_deref() }
    }

    fn wants(&self, part: &UncutPart) -> bool {
        part.numerics_revision == self.numerics_revision
            && self.sweep.as_ref().is_none_or(|sweep| *sweep == part.sweep)
    }
}

/// Room for one job at a worker.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    worker: WorkerId,
    /// The worker ends after so many seconds: no job that takes longer.
    seconds_left: f64,
}

/// What it remembers is found in the database as well, but for the shares.
struct Dispatcher<'a> {
    coordinator: &'a Coordinator,
    shares: Shares,
    /// Measured over estimated time of each sweep, and when that was looked up.
    slowness: HashMap<SweepId, (Instant, f64)>,
    /// Where the last cut of a part ended. The database says if its uncut units begin elsewhere.
    cut_until: HashMap<(SweepId, i32), i64>,
    /// Numbers of leases that nobody else gets.
    reserved: VecDeque<Lease>,
    /// [`store::Store::reconnections`] when these were learnt.
    reconnections: u64,
}

impl Dispatcher<'_> {
    /// Gives to those who ask what there is; returns those who go on waiting, and for how long until the next try.
    async fn serve(&mut self, asks: Vec<Ask>) -> (Vec<Ask>, Duration) {
        let mut waiting = Vec::new();
        let mut poll = POLL;
        let (kinds, available) = match self.look(&asks).await {
            Ok(available) => (kinds(asks, &available.revisions), available),
            Err(error) => {
                refuse(asks, error);
                return (waiting, poll);
            }
        };
        for (kind, asks) in kinds {
            let asked = Instant::now();
            match self.grant(&kind, slots(&asks), &available).await {
                Ok((jobs, is_busy)) => {
                    self.coordinator.on_leased(&jobs, asked.elapsed());
                    self.coordinator.handed_out.note(&jobs);
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

    /// What there is to lease. Learns which sweeps compete.
    async fn look(&mut self, asks: &[Ask]) -> Result<Available, CoordinatorError> {
        let store = &self.coordinator.store;
        let workers: Vec<WorkerId> = asks.iter().map(|ask| ask.worker).collect();
        let available = store.available(&workers).await?;
        if self.reconnections != store.reconnections() {
            self.reconnections = store.reconnections();
            self.reserved.clear();
            self.cut_until.clear();
        }
        self.shares.keep(available.parts.iter().map(|part| part.sweep_id));
        let is_there =
            |place: &(SweepId, i32)| available.parts.iter().any(|part| (part.sweep_id, part.part) == *place);
        self.cut_until.retain(|place, _| is_there(place));
        Ok(available)
    }

    /// Leases at most one job for each of `slots`. The flag says that another coordinator was cutting, so that it is
    /// worth to try again soon. What was granted before something failed is granted.
    async fn grant(
        &mut self,
        kind: &Kind,
        slots: Vec<Slot>,
        available: &Available,
    ) -> Result<(Vec<LeasedJob>, bool), CoordinatorError> {
        let mut granted = Vec::new();
        match self.try_grant(kind, slots, available, &mut granted).await {
            Ok(is_busy) => Ok((granted, is_busy)),
            Err(error) if granted.is_empty() => Err(error),
            Err(error) => {
                tracing::warn!(%error, jobs = granted.len(), "not all could be leased");
                Ok((granted, false))
            }
        }
    }

    async fn try_grant(
        &mut self,
        kind: &Kind,
        slots: Vec<Slot>,
        available: &Available,
        granted: &mut Vec<LeasedJob>,
    ) -> Result<bool, CoordinatorError> {
        self.lease_returned(kind, &slots, available.shortest_returned, granted).await?;
        let slots = without_served(&slots, granted);
        // This program can only read and cut sweeps of its own revision.
        if slots.is_empty() || kind.numerics_revision != NUMERICS_REVISION {
            return Ok(false);
        }
        let parts = available.parts.iter().filter(|part| kind.wants(part)).collect();
        self.cut(slots, parts, granted).await
    }

    /// Leases jobs that came back, as far as there are any that are short enough.
    async fn lease_returned(
        &mut self,
        kind: &Kind,
        slots: &[Slot],
        shortest: Option<f64>,
        granted: &mut Vec<LeasedJob>,
    ) -> Result<(), CoordinatorError> {
        let Some(shortest) = shortest else { return Ok(()) };
        let Coordinator { store, settings, .. } = self.coordinator;
        for (longest, workers) in by_time(slots, self.greatest_slowness()) {
            if longest >= shortest {
                let jobs =
                    store.lease_returned_jobs(kind.wanted(), &workers, longest, settings.lease).await?;
                jobs.iter().for_each(|job| self.shares.give(job.sweep_id, job.estimated_seconds));
                granted.extend(jobs);
            }
        }
        Ok(())
    }

    /// Cuts new jobs for `slots`, as far as there are any.
    async fn cut(
        &mut self,
        mut slots: Vec<Slot>,
        mut parts: Vec<&UncutPart>,
        granted: &mut Vec<LeasedJob>,
    ) -> Result<bool, CoordinatorError> {
        let mut is_busy = false;
        while let Some(&first) = parts.first()
            && !slots.is_empty()
        {
            let peers = parts.iter().take_while(|part| part.priority == first.priority).count();
            let position = self.shares.least(parts[..peers].iter().map(|part| part.sweep_id));
            let part = parts[position];
            match self.cut_part(part, &slots, slots.len().div_ceil(peers)).await? {
                Some(jobs) if !jobs.is_empty() => {
                    let seconds: f64 = jobs.iter().map(|job| job.estimated_seconds).sum();
                    self.shares.give(part.sweep_id, seconds * self.known_slowness(part.sweep_id));
                    slots = without_served(&slots, &jobs);
                    granted.extend(jobs);
                }
                // Nothing to be had there now: another coordinator is at it, or the rest does not fit anybody's time.
                nothing => {
                    is_busy |= nothing.is_none();
                    parts.remove(position);
                }
            }
        }
        Ok(is_busy)
    }

    /// Cuts at most so many jobs of one part for `slots`. None: another coordinator is cutting it.
    async fn cut_part(
        &mut self,
        uncut: &UncutPart,
        slots: &[Slot],
        most: usize,
    ) -> Result<Option<Vec<LeasedJob>>, CoordinatorError> {
        let coordinator = self.coordinator;
        let part = uncut.part as usize;
        let sweep = match coordinator.catalog.sweep(&coordinator.store, uncut.sweep_id, part).await {
            Err(CoordinatorError::Unreadable { sweep, reason }) => {
                tracing::error!(sweep = sweep.0, reason, "pausing a sweep that cannot be read");
                coordinator.store.pause_sweep(sweep).await?;
                return Ok(Some(Vec::new()));
            }
            // Deleted a moment ago.
            Err(CoordinatorError::Store(StoreError::NoSuchSweep(_))) => return Ok(Some(Vec::new())),
            sweep => sweep?,
        };
        let cutter = Arc::new(Cutter {
            sweep,
            part,
            target_seconds: coordinator.settings.job_seconds,
            slowness: self.slowness(uncut.sweep_id).await?,
            slots: slots.to_vec(),
            most,
        });
        let place = (uncut.sweep_id, uncut.part);
        let mut from = self.cut_until.get(&place).copied().unwrap_or(0);
        for _ in 0..CUT_TRIES {
            let jobs = cut_aside(&cutter, from).await;
            let leases = self.reserve(jobs.len()).await?;
            let cut =
                coordinator.store.cut_jobs(uncut, from, &jobs, &leases, coordinator.settings.lease).await;
            // Whether these numbers were used is not known, nor, if the database was set back, whether others were.
            match cut.inspect_err(|_| self.reserved.clear())? {
                Cut::Leased(leased) => {
                    self.cut_until.insert(place, jobs.last().map_or(from, |job| job.end_unit));
                    return Ok(Some(leased));
                }
                Cut::BeginsAt(elsewhere) => {
                    self.put_back(leases);
                    from = elsewhere;
                }
                Cut::Busy => {
                    self.put_back(leases);
                    break;
                }
            }
        }
        Ok(None)
    }

    /// Numbers for so many leases, each for one use: whether an attempt that failed has used them is not known.
    async fn reserve(&mut self, count: usize) -> Result<Vec<Lease>, CoordinatorError> {
        if self.reserved.len() < count {
            let more = self.coordinator.store.reserve_leases(RESERVED_AT_ONCE.max(count)).await?;
            self.reserved.extend(more);
        }
        Ok(self.reserved.drain(..count).collect())
    }

    /// Puts numbers back that were certainly not used.
    fn put_back(&mut self, leases: Vec<Lease>) {
        leases.into_iter().rev().for_each(|lease| self.reserved.push_front(lease));
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

/// The asks by what they may have. Workers that the database does not know are refused.
fn kinds(asks: Vec<Ask>, revisions: &HashMap<WorkerId, i32>) -> Vec<(Kind, Vec<Ask>)> {
    let mut kinds: Vec<(Kind, Vec<Ask>)> = Vec::new();
    for ask in asks {
        let Some(&numerics_revision) = revisions.get(&ask.worker) else {
            let unknown = CoordinatorError::UnknownWorker(ask.worker.0);
            refuse(vec![ask], unknown);
            continue;
        };
        let kind = Kind { numerics_revision, sweep: ask.sweep.clone() };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, asks)) => asks.push(ask),
            None => kinds.push((kind, vec![ask])),
        }
    }
    kinds
}

/// One for every job that is asked for: one for each worker first, then a second for each that wants more, …
fn slots(asks: &[Ask]) -> Vec<Slot> {
    let most = asks.iter().map(|ask| ask.jobs).max().unwrap_or(0);
    let rounds = (0..most).flat_map(|round| asks.iter().filter(move |ask| ask.jobs > round));
    let slot =
        |ask: &Ask| Slot { worker: ask.worker, seconds_left: ask.seconds_left.unwrap_or(f64::INFINITY) };
    rounds.map(slot).take(MOST_JOBS_AT_ONCE).collect()
}

/// The workers of `slots` by the longest job, in estimated seconds, that each has the time for; the least first.
fn by_time(slots: &[Slot], slowness: f64) -> Vec<(f64, Vec<WorkerId>)> {
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
fn without_served(slots: &[Slot], granted: &[LeasedJob]) -> Vec<Slot> {
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

/// What jobs are cut by. Pure: what it cuts depends on itself and its argument alone.
struct Cutter {
    sweep: Arc<Sweep>,
    part: usize,
    /// Compute time of a job.
    target_seconds: f64,
    /// Measured over estimated compute time.
    slowness: f64,
    /// Whom jobs are for.
    slots: Vec<Slot>,
    /// Jobs.
    most: usize,
}

impl Cutter {
    /// The next jobs of the part, one for each slot as far as there are units and it has the time.
    fn jobs(&self, next_unit: u64) -> Vec<NewJob> {
        let Self { sweep, part, .. } = self;
        let spec = &sweep.parts()[*part];
        let rows_per_unit = (spec.rows() / spec.units()).max(1);
        let max_units = (MOST_ROWS / rows_per_unit).max(1);
        let last_unit = next_unit.saturating_add(CELLS_CUT_AT_ONCE * u64::from(spec.samples()));
        let mut first_unit = next_unit;
        let mut jobs = Vec::new();
        for Slot { worker, seconds_left } in self.slots.iter().copied() {
            if jobs.len() == self.most || first_unit >= spec.units().min(last_unit) {
                break;
            }
            let target = self.target_seconds.min(seconds_left / 4.0);
            let end_unit = sweep::cut(sweep, *part, first_unit, target, self.slowness, max_units);
            let estimated_seconds = Job { part: *part, first_unit, end_unit }.estimate_seconds(sweep);
            if estimated_seconds * self.slowness > seconds_left {
                continue;
            }
            let (first, end) = (first_unit as i64, end_unit as i64);
            jobs.push(NewJob { worker, first_unit: first, end_unit: end, estimated_seconds });
            first_unit = end_unit;
        }
        jobs
    }
}

/// Cuts on a thread that may compute.
async fn cut_aside(cutter: &Arc<Cutter>, from: i64) -> Vec<NewJob> {
    let here = Arc::clone(cutter);
    let cut = tokio::task::spawn_blocking(move || here.jobs(from as u64)).await;
    cut.unwrap_or_else(|panic| {
        tracing::error!(sweep = cutter.sweep.parts()[cutter.part].name(), part = cutter.part, %panic, "jobs cannot be cut");
        Vec::new()
    })
}

/// Takes back lapsed leases, again and again.
pub(crate) async fn expire_leases_forever(coordinator: Arc<Coordinator>) {
    let lease = coordinator.settings.lease;
    let interval = (lease / 10).max(Duration::from_millis(100));
    // Workers could not extend their leases while there was no coordinator or no database: they get the time of one
    // lease to come back before any is taken.
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
            let cut = cutter.jobs(next);
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
        let short = cutter(1e3, &[1; 4], 0.1).jobs(0);
        assert_eq!(short.len(), 4);
        assert!(short.iter().all(|job| job.estimated_seconds <= 0.1));
        assert!(cutter(1e3, &[1; 4], 1e-9).jobs(0).is_empty());
    }

    #[test]
    fn a_worker_without_time_is_passed_over_and_the_others_get_theirs() {
        let mut cutter = cutter(0.1, &[1, 2, 3, 4], f64::INFINITY);
        cutter.slots[0].seconds_left = 1e-9;
        cutter.slots[2].seconds_left = 1e-9;
        let jobs = cutter.jobs(0);
        assert_eq!(jobs.iter().map(|job| job.worker.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(jobs[0].end_unit, jobs[1].first_unit);
        cutter.most = 1;
        assert_eq!(cutter.jobs(0).len(), 1);
    }

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

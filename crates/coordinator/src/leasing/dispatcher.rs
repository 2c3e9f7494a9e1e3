//! Who gets which jobs: those that came back first, then new ones, cut from the sweeps of the largest priority, and
//! among those from the one that was given least so far.

use super::ask::{Ask, Granted, hand_out, refuse};
use super::cutting::{Cutter, Cuttings, TooLong, cut_aside};
use super::hurry::Hurry;
use super::kind::{Kind, kinds};
use super::slots::{Slot, by_time, slots, without_served};
use crate::error::CoordinatorError;
use crate::shared::{Coordinator, NUMERICS_REVISION};
use crate::shares::Shares;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use store::jobs::{Available, Cut, LeasedJob, Release, UncutPart};
use store::{Lease, StoreError, SweepId, WorkerId};
use tokio::time::Instant;

/// How often the database is asked while workers wait for jobs.
pub(super) const POLL: Duration = Duration::from_millis(100);

/// The same, while another coordinator is cutting: a commit takes about as long.
const BUSY_POLL: Duration = Duration::from_millis(3);

/// How long the measured slowness of a sweep is believed.
const SLOWNESS_HOLDS: Duration = Duration::from_secs(2);

/// Numbers of leases that are kept for new jobs: what it costs to take some is paid once in so many jobs.
const RESERVED_AT_ONCE: usize = 1000;

/// Tries to cut a part whose uncut units begin where nobody here thought.
const CUT_TRIES: u32 = 3;

/// What it remembers is found in the database as well, but for the shares.
pub(super) struct Dispatcher<'a> {
    coordinator: &'a Coordinator,
    shares: Shares,
    /// Measured over estimated time of each sweep, and when that was looked up.
    slowness: HashMap<SweepId, (Instant, f64)>,
    /// Where the last cut of a part ended. The database says if its uncut units begin elsewhere.
    cut_until: HashMap<(SweepId, i32), i64>,
    /// Numbers of leases that nobody else gets.
    reserved: VecDeque<Lease>,
    hurry: Hurry,
    /// [`store::Store::reconnections`] when these were learnt.
    reconnections: u64,
}

impl<'a> Dispatcher<'a> {
    pub(super) fn new(coordinator: &'a Coordinator) -> Self {
        Self {
            coordinator,
            shares: Shares::default(),
            slowness: HashMap::new(),
            cut_until: HashMap::new(),
            reserved: VecDeque::new(),
            hurry: Hurry::default(),
            reconnections: 0,
        }
    }

    /// Gives to those who ask what there is; returns those who go on waiting, and for how long until the next try.
    pub(super) async fn serve(&mut self, asks: Vec<Ask>) -> (Vec<Ask>, Duration) {
        let mut waiting = Vec::new();
        let mut poll = POLL;
        let (kinds, available) = match self.look(&asks).await {
            Ok(available) => (kinds(asks, &available.revisions), available),
            Err(error) => {
                refuse(asks, error);
                return (waiting, poll);
            }
        };
        self.hurry.begin_round();
        for (kind, asks) in kinds {
            let asked = Instant::now();
            match self.grant(&kind, slots(&asks), &available).await {
                Ok((jobs, is_busy)) => {
                    self.coordinator.on_leased(&jobs, asked.elapsed());
                    self.coordinator.handed_out.note(&jobs);
                    poll = if is_busy { BUSY_POLL } else { poll };
                    let (unserved, unwanted) = hand_out(asks, jobs);
                    self.give_back(unwanted).await;
                    waiting.extend(self.dismiss_overdue(&kind, unserved, is_busy).await);
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
            } else if kind.sweep.is_none() {
                // Of which sweep that job is, is not known here: another than the worker's own is nothing to it.
                let slowness = self.greatest_slowness();
                let (seconds, seconds_left) = (shortest * slowness, longest * slowness);
                for worker in workers {
                    self.pass_over(None, TooLong { worker, first_unit: 0, seconds, seconds_left });
                }
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
            let Cuttings { jobs, too_long } = cut_aside(&cutter, from).await;
            let leases = self.reserve(jobs.len()).await?;
            let cut =
                coordinator.store.cut_jobs(uncut, from, &jobs, &leases, coordinator.settings.lease).await;
            // Whether these numbers were used is not known, nor, if the database was set back, whether others were.
            match cut.inspect_err(|_| self.reserved.clear())? {
                Cut::Leased(leased) => {
                    self.cut_until.insert(place, jobs.last().map_or(from, |job| job.end_unit));
                    too_long.into_iter().for_each(|job| self.pass_over(Some(uncut), job));
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

    /// Passes a worker over that has no time for a job of a part, or of one that came back.
    fn pass_over(&mut self, part: Option<&UncutPart>, job: TooLong) {
        if self.hurry.pass_over(part.map(|part| (part.sweep_id, part.part)), job) {
            let TooLong { worker, first_unit, seconds, seconds_left } = job;
            let place = part.map(|part| (part.sweep.as_str(), part.part, first_unit));
            self.coordinator.on_too_long(worker, place, seconds, seconds_left);
        }
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

    /// Answers those whose time is over; returns the others. Where nobody else is cutting, whoever has no time for what
    /// there is has nothing to wait for either: it has less with every moment.
    async fn dismiss_overdue(&self, kind: &Kind, asks: Vec<Ask>, is_busy: bool) -> Vec<Ask> {
        let now = Instant::now();
        let (overdue, waiting): (Vec<Ask>, Vec<Ask>) = asks.into_iter().partition(|ask| ask.deadline <= now);
        if !overdue.is_empty() {
            match self.coordinator.store.has_work(kind.wanted()).await {
                Ok(has_work) => {
                    for ask in overdue {
                        let is_idle = !has_work || (!is_busy && self.hurry.is_too_short(ask.worker));
                        let _ = ask.answer.send(Ok(Granted { jobs: Vec::new(), is_idle }));
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

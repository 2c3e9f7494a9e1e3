//! What browsers look at, read once for all of them: a task for each sweep that somebody looks at asks which jobs were
//! recorded, and reads the means of their cells again for the pictures that are open.

use crate::dimensions::{Curve, Dimensions};
use crate::error::PageError;
use crate::picture::{Picture, Subject};
use report::Quantity;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::means::{FinishedUnits, Moment};
use store::progress::Progress;
use store::{Store, StoreError, SweepId};
use sweep::Sweep;
use tokio::sync::{OwnedSemaphorePermit, RwLock, Semaphore, watch};
use tokio::time::Instant;

/// Between two looks at what was recorded.
const LOOK: Duration = Duration::from_millis(250);
/// And at the progress, which costs more.
const LOOK_AT_PROGRESS: Duration = Duration::from_secs(1);
/// What nobody has looked at for so long is forgotten.
const FORGET: Duration = Duration::from_secs(60);
/// Points of all pictures that are open, in thousands, of 24 bytes each; beyond, those that nobody looked at for
/// longest are read anew when somebody does.
const MOST_THOUSANDS: usize = 20_000;
/// Pictures that are read for the first time at one time: each has a connection to the database.
const MOST_READS: usize = 2;
/// Cells that are read by their numbers; where more have changed, all are read.
const MOST_CELLS: usize = 50_000;

/// The sweeps that somebody looks at.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) store: Store,
    sweeps: Mutex<HashMap<String, Arc<LiveSweep>>>,
    epochs: AtomicU64,
    /// For thousands of points.
    room: Arc<Semaphore>,
    reads: Semaphore,
}

/// A sweep that somebody looks at.
#[derive(Debug)]
pub(crate) struct LiveSweep {
    pub(crate) sweep_id: SweepId,
    pub(crate) name: String,
    pub(crate) sweep: Sweep,
    pub(crate) dimensions: Arc<Dimensions>,
    pictures: Mutex<HashMap<String, Open>>,
    beat: watch::Sender<Beat>,
    seen: Mutex<Instant>,
}

/// A picture that is open, locked while it is read.
#[derive(Debug, Clone)]
struct Open {
    picture: Arc<RwLock<Option<Picture>>>,
    /// What was recorded since it was read last.
    missed: Arc<Mutex<Vec<FinishedUnits>>>,
    seen: Instant,
}

/// What is new of a sweep.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beat {
    /// Of this look at the sweep, and how often rows were recorded since it began.
    pub(crate) version: (u64, u64),
    pub(crate) progress: Option<Arc<Progress>>,
    /// Why nothing is heard of it for now.
    pub(crate) trouble: Option<Arc<str>>,
    /// It is not what it was: it was extended or deleted. Whoever looks at it must ask anew.
    pub(crate) is_over: bool,
}

impl Hub {
    pub(crate) fn new(store: Store) -> Self {
        // A browser that held a picture of the program before this one must not take changes of another for its own.
        let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let epochs = AtomicU64::new(started.as_millis() as u64);
        let room = Arc::new(Semaphore::new(MOST_THOUSANDS));
        Self { store, sweeps: Mutex::default(), epochs, room, reads: Semaphore::new(MOST_READS) }
    }

    /// The sweep of that name, looked at from now on.
    pub(crate) async fn sweep(self: &Arc<Self>, name: &str) -> Result<Arc<LiveSweep>, PageError> {
        if let Some(live) = self.known(name) {
            return Ok(live);
        }
        let moment = self.store.moment().await?;
        let stored = self.store.find_sweep(name).await?;
        let stored = stored.ok_or_else(|| StoreError::NoSuchSweep(name.to_owned()))?;
        // An instance file of a million paths takes a while.
        let parsing =
            tokio::task::spawn_blocking(move || (coordinator::read_sweep(&stored), stored.sweep_id));
        let (sweep, sweep_id) = parsing.await.map_err(|panic| PageError::Malformed(panic.to_string()))?;
        let sweep = sweep?;
        let progress = Some(Arc::new(self.store.progress_of(name).await?));
        let live = Arc::new(LiveSweep {
            sweep_id,
            name: name.to_owned(),
            dimensions: Arc::new(Dimensions::of(Arc::clone(sweep.latest()))),
            sweep,
            pictures: Mutex::default(),
            beat: watch::Sender::new(Beat { version: (self.next_epoch(), 0), progress, ..Beat::default() }),
            seen: Mutex::new(Instant::now()),
        });
        let mut sweeps = self.lock();
        // Somebody else may have come first meanwhile.
        if let Some(first) = sweeps.get(name) {
            return Ok(Arc::clone(first));
        }
        sweeps.insert(name.to_owned(), Arc::clone(&live));
        tokio::spawn(follow(Arc::clone(self), Arc::clone(&live), moment));
        Ok(live)
    }

    fn known(&self, name: &str) -> Option<Arc<LiveSweep>> {
        let sweeps = self.lock();
        let live = sweeps.get(name)?;
        *live.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        Some(Arc::clone(live))
    }

    /// Forgets a sweep; whether it did: with `if_unseen`, only if nobody has looked at it for a while.
    fn forget(&self, live: &LiveSweep, if_unseen: bool) -> bool {
        let mut sweeps = self.lock();
        let seen = *live.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if if_unseen && (live.beat.receiver_count() > 0 || seen.elapsed() < FORGET) {
            return false;
        }
        sweeps.remove(&live.name);
        true
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<LiveSweep>>> {
        self.sweeps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_epoch(&self) -> u64 {
        self.epochs.fetch_add(1, Ordering::Relaxed)
    }

    /// Room for a picture, for which others are closed if need be.
    fn room_for(&self, points: usize) -> Result<OwnedSemaphorePermit, PageError> {
        let thousands = points.div_ceil(1000);
        if thousands > MOST_THOUSANDS {
            return Err(PageError::TooLarge(format!(
                "{points} points are more than a picture has: {MOST_THOUSANDS}000; query `phase_diagram` instead"
            )));
        }
        loop {
            if let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(thousands as u32) {
                return Ok(room);
            }
            if !self.close_oldest() {
                let busy = "others look at so many pictures that there is no room for this one; try again in a minute";
                return Err(PageError::TooLarge(busy.to_owned()));
            }
        }
    }

    /// Closes the picture that nobody looked at for longest, of those that nobody looks at in this moment.
    fn close_oldest(&self) -> bool {
        let sweeps: Vec<Arc<LiveSweep>> = self.lock().values().cloned().collect();
        let oldest_of = |live: &Arc<LiveSweep>| {
            let pictures = live.pictures();
            let idle = pictures.iter().filter(|(_, open)| Arc::strong_count(&open.picture) == 1);
            idle.min_by_key(|(_, open)| open.seen)
                .map(|(name, open)| (open.seen, Arc::clone(live), name.clone()))
        };
        let oldest = sweeps.iter().filter_map(oldest_of).min_by_key(|(seen, _, _)| *seen);
        oldest.is_some_and(|(_, live, name)| live.pictures().remove(&name).is_some())
    }
}

impl LiveSweep {
    /// What is new, as it happens.
    pub(crate) fn beats(&self) -> watch::Receiver<Beat> {
        self.beat.subscribe()
    }

    /// The curve and the quantity of these names.
    pub(crate) fn subject(&self, curve: &str, quantity: &str) -> Result<Subject, PageError> {
        let curves = self.dimensions.curves();
        let names = |curves: &[Curve]| curves.iter().map(Curve::name).collect::<Vec<_>>().join(", ");
        let found = curves.iter().find(|of| of.name() == curve).cloned();
        let curve = found.ok_or_else(|| {
            PageError::Malformed(format!("there is no curve {curve:?}; there are {}", names(&curves)))
        })?;
        let quantity = Quantity::named(quantity).filter(|quantity| !quantity.is_difference());
        let quantity =
            quantity.ok_or_else(|| PageError::Malformed("there is no such quantity".to_owned()))?;
        Ok(Subject { curve, quantity })
    }

    /// Does something with a picture, which is read if it is not open.
    pub(crate) async fn with_picture<T>(
        &self,
        hub: &Hub,
        subject: Subject,
        use_it: impl FnOnce(&Picture) -> T,
    ) -> Result<T, PageError> {
        let open = self.open(&subject);
        let picture = open.picture.read().await;
        if let Some(picture) = &*picture {
            return Ok(use_it(picture));
        }
        drop(picture);
        let mut picture = open.picture.write().await;
        if picture.is_none() {
            let _one_of_few = hub.reads.acquire().await;
            let room = Some(hub.room_for(self.dimensions.points())?);
            let (dimensions, epoch) = (Arc::clone(&self.dimensions), hub.next_epoch());
            *picture =
                Some(Picture::read(&hub.store, self.sweep_id, dimensions, subject, epoch, room).await?);
        }
        let picture = picture.downgrade();
        Ok(use_it(picture.as_ref().expect("just read")))
    }

    fn open(&self, subject: &Subject) -> Open {
        let name = format!("{} of {}", subject.quantity.column(), subject.curve.name());
        let now = Instant::now();
        let mut pictures = self.pictures();
        let new = || Open { picture: Arc::default(), missed: Arc::default(), seen: now };
        let open = pictures.entry(name).or_insert_with(new);
        open.seen = now;
        open.clone()
    }

    fn pictures(&self) -> std::sync::MutexGuard<'_, HashMap<String, Open>> {
        self.pictures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the cells of finished units again, for all pictures that somebody looks at; whether any has changed. One
    /// that is being read now is left for the next time.
    async fn renew(&self, store: &Store, finished: &[FinishedUnits]) -> Result<bool, PageError> {
        let open: Vec<Open> = {
            let mut pictures = self.pictures();
            pictures.retain(|_, open| open.seen.elapsed() < FORGET);
            pictures.values().cloned().collect()
        };
        for open in &open {
            open.missed.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(finished);
        }
        let mut has_changed = !finished.is_empty();
        for open in open {
            let Ok(mut picture) = open.picture.try_write() else { continue };
            let Some(picture) = picture.as_mut() else { continue };
            let missed = std::mem::take(&mut *open.missed.lock().unwrap_or_else(PoisonError::into_inner));
            if missed.is_empty() {
                continue;
            }
            if let Err(error) = picture.renew(store, self.cells_of(&missed).as_deref()).await {
                open.missed.lock().unwrap_or_else(PoisonError::into_inner).extend(missed);
                return Err(error);
            }
            has_changed = true;
        }
        Ok(has_changed)
    }

    /// The numbers of the cells of units; none if there are too many.
    fn cells_of(&self, finished: &[FinishedUnits]) -> Option<Vec<i64>> {
        let mut of_parts: BTreeSet<(usize, u64)> = BTreeSet::new();
        for units in finished {
            let part = units.part as usize;
            let Some(spec) = self.sweep.parts().get(part) else { continue };
            let (first, _) = spec.locate(units.first_unit as u64);
            let (last, _) = spec.locate((units.end_unit - 1) as u64);
            of_parts.extend((first..=last).map(|cell| (part, cell)));
            if of_parts.len() > MOST_CELLS {
                return None;
            }
        }
        let id = |(part, cell): (usize, u64)| self.sweep.parts()[part].grid().cell(cell).id;
        Some(of_parts.into_iter().map(id).collect())
    }
}

/// Looks again and again until nobody looks any more, or the sweep is not what it was.
async fn follow(hub: Arc<Hub>, live: Arc<LiveSweep>, mut moment: Moment) {
    let mut known: HashSet<FinishedUnits> = HashSet::new();
    let mut progress_at = Instant::now();
    loop {
        tokio::time::sleep(LOOK).await;
        if hub.forget(&live, true) {
            return;
        }
        let looked = look(&hub, &live, &mut moment, &mut known, &mut progress_at).await;
        match looked {
            Ok(true) => {}
            Ok(false) => break,
            Err(PageError::Store(StoreError::NoSuchSweep(_))) => break,
            Err(error) => {
                let text: Arc<str> = error.to_string().into();
                live.beat.send_if_modified(|beat| {
                    let is_news = beat.trouble.as_ref() != Some(&text);
                    beat.trouble = Some(text);
                    is_news
                });
            }
        }
    }
    hub.forget(&live, false);
    live.beat.send_modify(|beat| beat.is_over = true);
}

/// One look; false if the sweep has been extended.
async fn look(
    hub: &Hub,
    live: &LiveSweep,
    moment: &mut Moment,
    known: &mut HashSet<FinishedUnits>,
    progress_at: &mut Instant,
) -> Result<bool, PageError> {
    let (finished, next) = hub.store.finished_since(live.sweep_id, moment).await?;
    let new: Vec<FinishedUnits> = finished.iter().filter(|units| !known.contains(units)).copied().collect();
    (*moment, *known) = (next, finished.into_iter().collect());
    if live.renew(&hub.store, &new).await? {
        live.beat.send_modify(|beat| beat.version.1 += 1);
    }
    let had_trouble = live.beat.borrow().trouble.is_some();
    if progress_at.elapsed() < LOOK_AT_PROGRESS && !had_trouble {
        return Ok(true);
    }
    *progress_at = Instant::now();
    let progress = hub.store.progress_of(&live.name).await?;
    if progress.sweep_id != live.sweep_id || progress.units as u64 != units_of(&live.sweep) {
        return Ok(false);
    }
    live.beat.send_if_modified(|beat| {
        let quiet = |progress: &Progress| Progress { age_seconds: 0.0, ..progress.clone() };
        let is_news = had_trouble || beat.progress.as_deref().map(quiet) != Some(quiet(&progress));
        (beat.progress, beat.trouble) = (Some(Arc::new(progress)), None);
        is_news
    });
    Ok(true)
}

fn units_of(sweep: &Sweep) -> u64 {
    (0..sweep.parts().len()).map(|part| sweep.units(part)).sum()
}

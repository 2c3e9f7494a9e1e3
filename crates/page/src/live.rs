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
use tokio::sync::{RwLock, watch};
use tokio::time::Instant;

/// Between two looks at what was recorded.
const LOOK: Duration = Duration::from_millis(250);
/// And at the progress, which costs more.
const LOOK_AT_PROGRESS: Duration = Duration::from_secs(1);
/// What nobody has looked at for so long is forgotten.
const FORGET: Duration = Duration::from_secs(60);
/// Points of all pictures of a sweep that are open, of twelve bytes; beyond, the one that nobody looked at for longest
/// is read anew when somebody does.
const MOST_POINTS: usize = 40_000_000;
/// Cells that are read by their numbers; where more have changed, all are read.
const MOST_CELLS: usize = 50_000;

/// The sweeps that somebody looks at.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) store: Store,
    sweeps: Mutex<HashMap<String, Arc<LiveSweep>>>,
    epochs: AtomicU64,
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
    seen: Instant,
}

/// What is new of a sweep.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beat {
    /// Grows whenever rows were recorded.
    pub(crate) version: u64,
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
        Self { store, sweeps: Mutex::default(), epochs }
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
            beat: watch::Sender::new(Beat { progress, ..Beat::default() }),
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
}

impl LiveSweep {
    /// What is new, as it happens.
    pub(crate) fn beats(&self) -> watch::Receiver<Beat> {
        self.beat.subscribe()
    }

    /// Whether jobs of it may be recorded still.
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
        let points = self.dimensions.points();
        if points > MOST_POINTS {
            return Err(PageError::TooLarge(format!(
                "{points} points are more than a picture has: {MOST_POINTS}; query `phase_diagram` instead"
            )));
        }
        let open = self.open(&subject, points);
        let picture = open.picture.read().await;
        if let Some(picture) = &*picture {
            return Ok(use_it(picture));
        }
        drop(picture);
        let mut picture = open.picture.write().await;
        if picture.is_none() {
            let dimensions = Arc::clone(&self.dimensions);
            *picture =
                Some(Picture::read(&hub.store, self.sweep_id, dimensions, subject, hub.next_epoch()).await?);
        }
        let picture = picture.downgrade();
        Ok(use_it(picture.as_ref().expect("just read")))
    }

    fn open(&self, subject: &Subject, points: usize) -> Open {
        let name = format!("{} of {}", subject.quantity.column(), subject.curve.name());
        let mut pictures = self.pictures();
        if !pictures.contains_key(&name) {
            while (pictures.len() + 1) * points > MOST_POINTS {
                let oldest = pictures.iter().min_by_key(|(_, open)| open.seen).map(|(name, _)| name.clone());
                let Some(oldest) = oldest else { break };
                pictures.remove(&oldest);
            }
        }
        let now = Instant::now();
        let open = pictures.entry(name).or_insert_with(|| Open { picture: Arc::default(), seen: now });
        open.seen = now;
        open.clone()
    }

    fn pictures(&self) -> std::sync::MutexGuard<'_, HashMap<String, Open>> {
        self.pictures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the cells of finished units again, for all pictures that somebody looks at.
    async fn renew(&self, store: &Store, finished: &[FinishedUnits]) -> Result<(), PageError> {
        let open: Vec<Open> = {
            let mut pictures = self.pictures();
            pictures.retain(|_, open| open.seen.elapsed() < FORGET);
            pictures.values().cloned().collect()
        };
        if open.is_empty() {
            return Ok(());
        }
        let cells = self.cells_of(finished);
        for open in open {
            // One that is being read now may have missed these: it is waited for.
            let mut picture = open.picture.write().await;
            if let Some(picture) = picture.as_mut() {
                picture.renew(store, cells.as_deref()).await?;
            }
        }
        Ok(())
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
    if !new.is_empty() {
        live.renew(&hub.store, &new).await?;
        live.beat.send_modify(|beat| beat.version += 1);
    }
    // Only now: what could not be read is told again.
    (*moment, *known) = (next, finished.into_iter().collect());
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

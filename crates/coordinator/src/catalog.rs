//! Parsed sweeps, kept in memory: a stored part never changes, a sweep only gains parts.

use crate::CoordinatorError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use store::sweeps::StoredSweep;
use store::{Store, StoreError, SweepId};
use sweep::{PartsError, Sweep};

/// Sweeps kept parsed; beyond, all are forgotten and read again as needed.
const CAPACITY: usize = 1000;

#[derive(Debug, Default)]
pub(crate) struct Catalog {
    sweeps: Mutex<HashMap<SweepId, Arc<Sweep>>>,
}

impl Catalog {
    /// The sweep with at least parts 0..=part.
    pub(crate) async fn sweep(
        &self,
        store: &Store,
        id: SweepId,
        part: usize,
    ) -> Result<Arc<Sweep>, CoordinatorError> {
        if let Some(sweep) = self.lock().get(&id).filter(|sweep| sweep.parts().len() > part) {
            return Ok(Arc::clone(sweep));
        }
        let stored = store.load_sweep(id).await?;
        let stored = stored.ok_or_else(|| StoreError::NoSuchSweep(format!("number {}", id.0)))?;
        let sweep = Arc::new(read(&stored)?);
        let mut sweeps = self.lock();
        if sweeps.len() >= CAPACITY {
            sweeps.clear();
        }
        sweeps.insert(id, Arc::clone(&sweep));
        Ok(sweep)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SweepId, Arc<Sweep>>> {
        self.sweeps.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Parses a stored sweep.
///
/// # Errors
/// If this version cannot read it.
pub fn read(stored: &StoredSweep) -> Result<Sweep, CoordinatorError> {
    let unreadable = |error: PartsError| CoordinatorError::Unreadable {
        sweep: stored.sweep_id,
        reason: error.to_string(),
    };
    Sweep::from_sources(&stored.name, stored.parts.iter().map(|part| &part.source)).map_err(unreadable)
}

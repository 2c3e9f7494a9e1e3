//! What every request and every task of a coordinator works with.

use crate::catalog::Catalog;
use crate::delivered::Delivered;
use crate::handed_out::HandedOut;
use crate::leasing::Ask;
use crate::metrics::Metrics;
use crate::security::Security;
use crate::sightings::Presence;
use crate::sparing::Sparing;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::sync::{Notify, mpsc, watch};

/// How a coordinator hands out work.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How long a lease lasts without a heartbeat.
    pub lease: Duration,
    /// Attempts of a job before it rests as failed, until `rapgrid retry`.
    pub max_attempts: i32,
    /// Compute time that a job is cut to, in seconds of one core.
    pub job_seconds: f64,
    /// What it counts while it serves.
    pub metrics: Arc<Metrics>,
    /// Rows of a sweep that are accepted, over all its parts.
    pub max_rows: u64,
    /// What is asked of those who call.
    pub security: Security,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(15),
            max_attempts: 8,
            job_seconds: 2.0,
            metrics: Arc::default(),
            max_rows: MAX_ROWS,
            security: Security::default(),
        }
    }
}

/// Rows of a sweep unless told otherwise: some hundred terabytes. Beyond, somebody mistyped a grid.
pub const MAX_ROWS: u64 = 1_000_000_000_000;

/// What every request works with.
#[derive(Debug)]
pub(crate) struct Coordinator {
    pub(crate) store: Store,
    pub(crate) catalog: Catalog,
    pub(crate) settings: Settings,
    /// Workers that want jobs.
    pub(crate) asks: mpsc::Sender<Ask>,
    /// Says that there may be new jobs for workers that wait: a sweep was submitted, resumed or retried here. What
    /// other coordinators are told is found by looking.
    pub(crate) news: Notify,
    pub(crate) handed_out: HandedOut,
    /// Results that want to be recorded.
    pub(crate) delivered: mpsc::Sender<Delivered>,
    /// Says that jobs were recorded or came back here: a part of a sweep may have ended.
    pub(crate) ended: Notify,
    pub(crate) presence: Presence,
    pub(crate) sparing: Sparing,
    /// Becomes true when the coordinator is told to stop: open streams then end.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Coordinator {
    /// Completes when the coordinator is told to stop.
    pub(crate) async fn stopped(&self) {
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }
}

/// How long a round of leasing or recording may take. Nothing else ends a statement whose server has lost its power: no
/// answer comes, and no end of the connection.
pub(crate) const LONGEST_ROUND: Duration = Duration::from_secs(120);

/// The revision of the kernels that this program was built with.
pub(crate) const NUMERICS_REVISION: i32 = model::numerics::NUMERICS_REVISION as i32;

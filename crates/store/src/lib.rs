//! Sweeps, jobs and measurements in PostgreSQL.
//!
//! One file per subject; every function is one verb, one transaction at most, and its SQL stands in it. Queries are
//! checked at compile time against the schema (`.sqlx/`; see CONTRIBUTING). This crate knows SQL and the domain's rows:
//! it knows no gRPC, no solver, and takes the time from the database alone, so that no worker's or coordinator's clock
//! matters.

mod binary;
mod decoding;
mod diagram;
mod error;
pub mod export;
pub mod jobs;
pub mod means;
pub mod monitoring;
mod moving;
pub mod point;
pub mod progress;
pub mod provenance;
mod readers;
pub mod recorded;
pub mod results;
mod rights;
mod schema;
mod sums;
pub mod sweeps;
mod training_views;
pub mod transitions;
pub mod travel;
pub mod workers;

pub use error::StoreError;
pub use schema::{has_tables, make_schema};

use schema::Schema;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What the server must know of a client that may vanish without a word, as machines do that lose their power: it would
/// keep that client's transaction open, and with it the lock of a job that nobody else could then take back, for the
/// two hours that TCP takes to ask after a silent peer. No transaction here idles for longer than a moment.
const SESSION: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "10s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "25s"),
];

/// A connection of the queue that was used so lately is taken to work. Asking it would take about as long as what it is
/// wanted for.
const TRUSTED: Duration = Duration::from_secs(1);

/// Connections for recording: few, as what arrives together is recorded together.
const RECORDING: u32 = 4;

/// A sweep's number in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SweepId(pub i64);

/// The number of a registered worker process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkerId(pub i64);

/// A worker's claim on a job: the epoch fences out a late answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The job.
    pub job_id: i64,
    /// The claim's number; every lease takes a larger one.
    pub epoch: i64,
}

/// Pools of connections to the database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
    /// For leases, whose plans must not depend on what the server once knew of the tables' sizes.
    hot: PgPool,
    /// How many connections of `hot` were made.
    reconnections: Arc<AtomicU64>,
    /// For results: the statement that closes leases takes as long to plan as to run, and leaves the planner no choice.
    recording: PgPool,
}

impl Store {
    /// Connects, and makes the schema or brings it up to date where it is not. `connections` bounds each of the pools
    /// but that of recording, which is small.
    ///
    /// # Errors
    /// If the URL is malformed, the server cannot be reached, or a migration fails (a database of a newer rapgrid).
    pub async fn connect(url: &str, connections: u32) -> Result<Self, StoreError> {
        let store = Self::pools(url, connections).await?;
        match store.schema().await? {
            Schema::Current => {}
            Schema::Newer(step) => return Err(StoreError::Newer(step)),
            Schema::Absent | Schema::Older(_) => schema::migrate(&store.pool).await?,
        }
        Ok(store)
    }

    /// Connects to read, and changes nothing; `None` where no rapgrid has been yet.
    ///
    /// A newer program on a laptop would otherwise change a cluster's schema under its coordinators, and a role that
    /// may only read could use no command.
    ///
    /// # Errors
    /// If the URL is malformed, the server cannot be reached, or the schema is of an older or a newer rapgrid.
    pub async fn open(url: &str, connections: u32) -> Result<Option<Self>, StoreError> {
        let store = Self::pools(url, connections).await?;
        match store.schema().await? {
            Schema::Current => Ok(Some(store)),
            Schema::Absent => Ok(None),
            Schema::Older(step) => Err(StoreError::Older(step)),
            Schema::Newer(step) => Err(StoreError::Newer(step)),
        }
    }

    async fn schema(&self) -> Result<Schema, StoreError> {
        let mut connection = self.pool.acquire().await?;
        schema::state(&mut connection).await
    }

    async fn pools(url: &str, connections: u32) -> Result<Self, StoreError> {
        // Whatever stands before the first colon would be taken for a scheme, a role and its password for a database.
        if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(StoreError::Url(sqlx::Error::Configuration("it names no PostgreSQL".into())));
        }
        let options = PgConnectOptions::from_str(url).map_err(StoreError::Url)?;
        let options = options.application_name("rapgrid").options(SESSION);
        // A pool would try for a long time, and then only say that it did.
        let unreachable = |error| StoreError::connect(&options, error);
        let first = PgConnection::connect_with(&options).await.map_err(unreachable)?;
        first.close().await.map_err(unreachable)?;
        let pools =
            PgPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(15));
        let pool = pools.clone().connect_with(options.clone()).await.map_err(unreachable)?;
        let pools = pools.test_before_acquire(false).before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
        // A plan that was made while the table of jobs was small would read all of it, and kept it would do so for
        // ever.
        let planned = |mode| options.clone().options([("enable_seqscan", "off"), ("plan_cache_mode", mode)]);
        let reconnections = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&reconnections);
        let counted = pools.clone().after_connect(move |_, _| {
            counter.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Ok(()) })
        });
        let hot = counted.connect_lazy_with(planned("force_custom_plan"));
        let recording = pools.max_connections(RECORDING).connect_lazy_with(planned("force_generic_plan"));
        Ok(Self { pool, hot, reconnections, recording })
    }

    /// Grows when leases are served over a new connection: to the same database, most likely, but it may have been
    /// restored from a copy, or a standby may have taken over that had not heard of everything.
    pub fn reconnections(&self) -> u64 {
        self.reconnections.load(Ordering::Relaxed)
    }

    /// Tells the planner what the tables hold. The server's own housekeeping never looks at a partitioned table as a
    /// whole.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn analyze(&self) -> Result<(), StoreError> {
        sqlx::query!("ANALYZE rapgrid.measurements, rapgrid.cells, rapgrid.sweeps, rapgrid.methods, rapgrid.workers, rapgrid.sweep_parts,
                     rapgrid.finished_jobs, rapgrid.training_rows").execute(&self.pool).await?;
        Ok(())
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.recording.close().await;
        self.hot.close().await;
        self.pool.close().await;
    }
}

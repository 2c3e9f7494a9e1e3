//! Jobs leased and completed per second, and how long a lease takes.

use crate::database::Database;
use crate::noop::{self, Client};
use crate::table::{Table, number};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use system_tests::Coordinator;
use tokio::runtime::Runtime;

/// So short that every job is one unit.
pub(crate) const JOB_SECONDS: [&str; 2] = ["--job-seconds", "0.00001"];

/// How jobs are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) clients: u32,
    /// Jobs leased in one call and delivered together.
    pub(crate) batch: u32,
}

/// What came of a run.
pub(crate) struct Run {
    pub(crate) jobs: u64,
    pub(crate) seconds: f64,
    /// Transactions that wrote.
    pub(crate) transactions: f64,
    /// Of every lease call, increasing.
    pub(crate) latencies: Vec<Duration>,
}

impl Run {
    pub(crate) fn jobs_per_second(&self) -> f64 {
        self.jobs as f64 / self.seconds
    }

    /// Of the lease calls, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len() - 1);
        self.latencies[at].as_secs_f64() * 1e3
    }
}

/// Has `jobs` jobs of a sweep done.
pub(crate) fn run(database: &Database, address: &str, sweep: &str, manner: Manner, jobs: u64) -> Run {
    let before = database.transactions();
    let runtime = Runtime::new().expect("a runtime");
    let (seconds, done) = runtime.block_on(run_clients(address, sweep, manner, jobs));
    let transactions = database.transactions() - before;
    let mut latencies: Vec<Duration> = done.iter().flat_map(|(_, latencies)| latencies.clone()).collect();
    latencies.sort_unstable();
    Run { jobs: done.iter().map(|(jobs, _)| jobs).sum(), seconds, transactions, latencies }
}

async fn run_clients(
    address: &str,
    sweep: &str,
    manner: Manner,
    jobs: u64,
) -> (f64, Vec<(u64, Vec<Duration>)>) {
    let mut clients = Vec::new();
    for _ in 0..manner.clients {
        clients.push(Client::connect(address.to_owned(), sweep).await);
    }
    let left = Arc::new(AtomicU64::new(jobs));
    let since = Instant::now();
    let work = clients.into_iter().map(|client| tokio::spawn(work(client, manner.batch, Arc::clone(&left))));
    let mut done = Vec::new();
    for client in work.collect::<Vec<_>>() {
        done.push(client.await.expect("a client ends well"));
    }
    (since.elapsed().as_secs_f64(), done)
}

/// Leases and delivers until nothing is left; returns how many jobs, and how long each lease took.
async fn work(mut client: Client, batch: u32, left: Arc<AtomicU64>) -> (u64, Vec<Duration>) {
    let (mut done, mut latencies) = (0, Vec::new());
    loop {
        let claim = |left: u64| (left > 0).then(|| left.saturating_sub(batch.into()));
        let Ok(before) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, claim) else {
            return (done, latencies);
        };
        let (jobs, latency) = client.lease(batch.min(before as u32)).await;
        assert!(!jobs.is_empty(), "the sweep has more units than jobs are asked for");
        client.deliver(&jobs).await;
        done += jobs.len() as u64;
        latencies.push(latency);
    }
}

/// Jobs per second in several manners, and the latency of dispatch.
pub(crate) fn measure(
    database: &Database,
    coordinator: &Coordinator,
    size: &'static str,
    jobs: u64,
    table: &mut Table,
) {
    let manners = [
        (Manner { clients: 1, batch: 1 }, jobs / 10, "1 client, one at a time"),
        (Manner { clients: 16, batch: 1 }, jobs, "16 clients, one at a time"),
        (Manner { clients: 64, batch: 1 }, 2 * jobs, "64 clients, one at a time"),
        (Manner { clients: 1, batch: 100 }, 2 * jobs, "1 client, 100 at a time"),
        (Manner { clients: 4, batch: 100 }, 4 * jobs, "4 clients, 100 at a time"),
    ];
    for (manner, jobs, name) in manners {
        noop::submit(coordinator, "jobs", 8 * jobs);
        let run = run(database, &coordinator.address, "jobs", manner, jobs);
        noop::delete(coordinator, "jobs");
        let each = run.transactions / run.jobs as f64;
        let remark = format!("{} jobs; {} writing transactions a job", run.jobs, number(each));
        table.add(format!("rapgrid, {name}"), run.jobs_per_second(), "jobs/s", size, remark);
        if manner.batch == 1 {
            let of = format!("dispatch, {} client(s)", manner.clients);
            add_latencies(table, &of, &run, size, "one Lease call of one job");
        }
    }
}

fn add_latencies(table: &mut Table, name: &str, run: &Run, size: &'static str, remark: &str) {
    for percent in [50, 99] {
        table.add(format!("{name}, p{percent}"), run.percentile(percent), "ms", size, remark);
    }
}

/// The latency of dispatch before and after many jobs have passed beside an open snapshot.
pub(crate) fn measure_beside_snapshot(
    database: &Database,
    coordinator: &Coordinator,
    size: &'static str,
    passing: u64,
    table: &mut Table,
) {
    const SAMPLES: u64 = 1000;
    noop::submit(coordinator, "beside", passing + 10 * SAMPLES);
    let one = Manner { clients: 1, batch: 1 };
    let snapshot = database.hold_snapshot();
    let address = &coordinator.address;
    let before = run(database, address, "beside", one, SAMPLES);
    let passed = run(database, address, "beside", Manner { clients: 4, batch: 100 }, passing);
    let after = run(database, address, "beside", one, SAMPLES);
    let age = snapshot.age().as_secs();
    drop(snapshot);
    noop::delete(coordinator, "beside");
    add_latencies(table, "dispatch, snapshot just opened", &before, size, "1 client");
    let remark = format!("1 client; {} jobs have passed, the snapshot is {age} s old", passed.jobs);
    add_latencies(table, "dispatch, snapshot open", &after, size, &remark);
}

/// From the submission of a sweep to the first job in the hands of a worker that waits for one.
pub(crate) fn measure_waiting(coordinator: &Coordinator, size: &'static str, table: &mut Table) {
    const SAMPLES: usize = 20;
    let mut latencies: Vec<Duration> = (0..SAMPLES).map(|_| time_to_first_job(coordinator)).collect();
    latencies.sort_unstable();
    let run = Run { jobs: 0, seconds: 0.0, transactions: 0.0, latencies };
    add_latencies(table, "submission to a waiting worker", &run, size, "begins with the call of Submit");
}

fn time_to_first_job(coordinator: &Coordinator) -> Duration {
    let runtime = Runtime::new().expect("a runtime");
    let mut client = runtime.block_on(Client::connect(coordinator.address.clone(), "first"));
    let waiting = runtime.spawn(async move {
        let (jobs, _) = client.lease(1).await;
        assert_eq!(jobs.len(), 1, "a job is there");
        Instant::now()
    });
    // The call is under way before anything is submitted.
    std::thread::sleep(Duration::from_millis(150));
    let grpc = coordinator.grpc();
    let spec = noop::spec("first", 1);
    let since = Instant::now();
    grpc.submit(&spec).expect("a good spec");
    let at = runtime.block_on(waiting).expect("a client ends well");
    noop::delete(coordinator, "first");
    at - since
}

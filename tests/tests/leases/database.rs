//! The same steps through the real store.

use crate::model::{Answer, JOBS, Job, MAX_ATTEMPTS, Model, Step, WORKERS};
use sqlx::{Connection, PgConnection, Row};
use std::time::Duration;
use store::jobs::{Cut, LeasedJob, NewJob, Release, Wanted};
use store::results::{Answer as Delivered, JobResults, SampleRef, Verdict};
use store::sweeps::NewPart;
use store::workers::NewWorker;
use store::{Lease, Store, WorkerId};
use sweep::measurement::{Measurement, Outcome, UnitRows, Values};
use sweep::{CellParameters, SpecSource};
use system_tests::{Process, Rapgrid};
use tokio::runtime::Runtime;

/// What a late answer is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fence {
    /// As rapgrid does: job, epoch and worker.
    Sound,
    /// Broken on purpose: whatever lease the job has now.
    JobAlone,
    /// Broken on purpose: the job's count of attempts, which falls when a job is given back.
    Attempts,
}

/// Far longer than a test.
const LEASE: Duration = Duration::from_secs(3600);
const REVISION: i32 = 1;

/// A database, and the sweep that is tried in it now.
pub(crate) struct Database {
    runtime: Runtime,
    store: Store,
    direct: PgConnection,
    workers: Vec<WorkerId>,
    fence: Fence,
    sweeps: usize,
    // The server ends with its user, and its folder after it.
    _server: Process,
    _rapgrid: Rapgrid,
}

/// One way through the protocol in the database.
struct Walk {
    name: String,
    sweep_id: i64,
    leases: Vec<LeasedJob>,
    /// Of each lease, when it was granted.
    attempts: Vec<i32>,
}

impl Database {
    pub(crate) fn start(fence: Fence) -> Self {
        let rapgrid = Rapgrid::new();
        let mut server = rapgrid.spawn(&["db", "url", "--hold"]);
        let url = server.first_line();
        let runtime = Runtime::new().expect("a runtime");
        let (store, direct, workers) = runtime.block_on(async {
            // Nothing dies here: waiting for the disk would make it take ten times as long.
            let mut direct = PgConnection::connect(&url).await.expect("a connection");
            let hurried = "ALTER DATABASE rapgrid SET synchronous_commit = off";
            sqlx::query(hurried).execute(&mut direct).await.expect("a setting");
            let store = Store::connect(&url, 2).await.expect("a store");
            let mut workers = Vec::new();
            for _ in 0..WORKERS {
                workers.push(store.register_worker(&new_worker()).await.expect("a worker"));
            }
            (store, direct, workers)
        });
        Self { runtime, store, direct, workers, fence, sweeps: 0, _server: server, _rapgrid: rapgrid }
    }

    /// Takes the steps on a sweep of its own, and compares the answer to the last one and the state after it with the
    /// model.
    ///
    /// # Errors
    /// Where they differ.
    pub(crate) fn follow(&mut self, path: &[Step]) -> Result<(), String> {
        self.sweeps += 1;
        let name = format!("walk-{}", self.sweeps);
        let Self { runtime, store, direct, workers, fence, .. } = self;
        runtime.block_on(async {
            let sweep_id = store.create_sweep(&new_part(&name)).await.expect("a sweep").0;
            let mut walk = Walk { name, sweep_id, leases: Vec::new(), attempts: Vec::new() };
            let mut model = Model::default();
            for (number, &step) in path.iter().enumerate() {
                let expected = model.apply(step);
                let answer = walk.take(step, store, direct, workers, *fence).await;
                if answer != expected {
                    let what = if matches!(step, Step::Deliver { .. }) { "a late answer: " } else { "" };
                    return Err(format!("{what}{:?} gave {answer:?}, not {expected:?}", &path[..=number]));
                }
            }
            walk.compare(&model, direct)
                .await
                .map_err(|difference| format!("after {path:?}: {difference}"))?;
            // What is left must not be handed out to the next walk.
            sqlx::query("UPDATE rapgrid.sweeps SET state = 'cancelled' WHERE sweep_id = $1")
                .bind(walk.sweep_id)
                .execute(&mut *direct)
                .await
                .expect("cancelled");
            Ok(())
        })
    }
}

impl Walk {
    async fn take(
        &mut self,
        step: Step,
        store: &Store,
        direct: &mut PgConnection,
        workers: &[WorkerId],
        fence: Fence,
    ) -> Answer {
        match step {
            Step::Lease { worker } => Answer::Granted(self.lease(store, direct, workers[worker]).await),
            Step::Heartbeat { lease } => {
                let LeasedJob { lease, worker, .. } = self.leases[lease];
                let lost = store.extend_leases(worker, &[lease], LEASE).await.expect("a heartbeat");
                Answer::Held(lost.is_empty())
            }
            Step::Lapse { lease } => {
                let lapse = "UPDATE rapgrid.jobs SET leased_until = now() - interval '1 ms' WHERE job_id = $1 AND state = 'leased'";
                execute(direct, lapse, self.leases[lease].lease.job_id).await;
                store.expire_leases(MAX_ATTEMPTS as i32, Some(LEASE)).await.expect("a look at leases");
                self.skip_backoff(direct).await;
                Answer::Silence
            }
            Step::Deliver { lease } => Answer::Recorded(self.deliver(lease, store, direct, fence).await),
            Step::GiveBack { lease } => self.give_back(lease, store, direct, Release::Unfinished).await,
            Step::Fail { lease } => {
                let failed = Release::Failed { error: "on purpose", max_attempts: MAX_ATTEMPTS as i32 };
                self.give_back(lease, store, direct, failed).await
            }
            Step::Retry => {
                store.retry_failed_jobs(store::SweepId(self.sweep_id)).await.expect("retried");
                Answer::Silence
            }
        }
    }

    async fn lease(&mut self, store: &Store, direct: &mut PgConnection, worker: WorkerId) -> Option<usize> {
        let wanted = Wanted { numerics_revision: REVISION, sweep: Some(&self.name) };
        let returned = store.lease_returned_jobs(wanted, &[worker], f64::INFINITY, LEASE).await;
        let mut granted = returned.expect("a claim").pop();
        if granted.is_none() {
            granted = self.cut(store, worker).await;
        }
        let granted = granted?;
        let attempts = "SELECT attempts FROM rapgrid.jobs WHERE job_id = $1";
        let row = sqlx::query(attempts).bind(granted.lease.job_id).fetch_one(direct).await.expect("the job");
        self.attempts.push(row.get(0));
        self.leases.push(granted);
        self.leases.last().map(|job| job.first_unit as usize)
    }

    async fn cut(&self, store: &Store, worker: WorkerId) -> Option<LeasedJob> {
        let parts = store.available(&[]).await.expect("parts").parts;
        let part = parts.iter().find(|part| part.sweep == self.name)?;
        let mut first_unit = 0;
        loop {
            let job = NewJob { worker, first_unit, end_unit: first_unit + 1, estimated_seconds: 1.0 };
            let leases = store.reserve_leases(1).await.expect("a number");
            match store.cut_jobs(part, first_unit, &[job], &leases, LEASE).await.expect("a cut") {
                Cut::Leased(mut jobs) => return jobs.pop(),
                Cut::BeginsAt(elsewhere) => first_unit = elsewhere,
                Cut::Busy => panic!("nobody else cuts"),
            }
        }
    }

    async fn deliver(&self, lease: usize, store: &Store, direct: &mut PgConnection, fence: Fence) -> bool {
        let job = &self.leases[lease];
        let (mut claim, mut worker) = (job.lease, job.worker);
        // What a store with that fence would do is what the sound one does with the lease that it takes this one for.
        let open =
            "SELECT epoch, worker_id, attempts FROM rapgrid.jobs WHERE job_id = $1 AND state = 'leased'";
        let open = sqlx::query(open).bind(claim.job_id).fetch_optional(direct).await.expect("the job");
        let is_taken_for_it = |attempts: i32| match fence {
            Fence::Sound => false,
            Fence::JobAlone => true,
            Fence::Attempts => attempts == self.attempts[lease],
        };
        if let Some(row) = open.filter(|row| is_taken_for_it(row.get(2))) {
            claim = Lease { job_id: claim.job_id, epoch: row.get(0) };
            worker = WorkerId(row.get(1));
        }
        let answer =
            Delivered { lease: claim, worker, sweep_id: job.sweep_id, results: results(job.first_unit) };
        store.record(&[answer]).await.expect("a verdict") == [Verdict::Recorded]
    }

    async fn give_back(
        &self,
        lease: usize,
        store: &Store,
        direct: &mut PgConnection,
        release: Release<'_>,
    ) -> Answer {
        let LeasedJob { lease, worker, .. } = self.leases[lease];
        store.release_leases(worker, &[lease], release).await.expect("given back");
        self.skip_backoff(direct).await;
        Answer::Silence
    }

    /// Rests are not what is tried here.
    async fn skip_backoff(&self, direct: &mut PgConnection) {
        execute(direct, "UPDATE rapgrid.jobs SET ready_at = '-infinity' WHERE sweep_id = $1", self.sweep_id)
            .await;
    }

    /// Whether jobs, history and rows are what the model says.
    async fn compare(&self, model: &Model, direct: &mut PgConnection) -> Result<(), String> {
        for (unit, &job) in model.jobs.iter().enumerate() {
            let expected = match job {
                Job::Uncut => "none".to_owned(),
                Job::Ready { attempts } => format!("ready after {attempts}"),
                Job::Failed { attempts } => format!("failed after {attempts}"),
                Job::Leased { attempts, lease } => {
                    let granted = &self.leases[lease];
                    format!("leased after {attempts} as {} to {}", granted.lease.epoch, granted.worker.0)
                }
                Job::Finished { lease } => format!("finished by {} with 1 rows", self.leases[lease].worker.0),
            };
            let found = self.state_of(unit as i64, direct).await;
            if found != expected {
                return Err(format!("job {unit} is {found}, not {expected}"));
            }
        }
        Ok(())
    }

    async fn state_of(&self, unit: i64, direct: &mut PgConnection) -> String {
        let states = "SELECT state || ' after ' || attempts
                             || coalesce(' as ' || epoch || ' to ' || worker_id, '') AS state
                      FROM rapgrid.jobs WHERE sweep_id = $1 AND first_unit = $2
                      UNION ALL
                      SELECT 'finished by ' || worker_id || ' with ' ||
                             (SELECT count(*) FROM rapgrid.measurements m WHERE m.sweep_id = $1 AND m.sample = $2) || ' rows'
                      FROM rapgrid.finished_jobs WHERE sweep_id = $1 AND first_unit = $2";
        let rows =
            sqlx::query(states).bind(self.sweep_id).bind(unit).fetch_all(direct).await.expect("states");
        let states: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        if states.is_empty() { "none".to_owned() } else { states.join(" and ") }
    }
}

async fn execute(direct: &mut PgConnection, sql: &'static str, id: i64) {
    sqlx::query(sql).bind(id).execute(direct).await.expect("a statement");
}

/// One row, empty, of the sample with the unit's number.
fn results(unit: i64) -> JobResults {
    let row = Measurement {
        beta: 1.into(),
        method: "exact".to_owned(),
        branch: None,
        outcome: Outcome::Empty,
        weights: 0,
        paths: 0,
        hidden_units: 0,
        values: Values::default(),
        seconds: 0.0,
    };
    let cell = CellParameters {
        cell_id: 1,
        cell: "a cell".to_owned(),
        widths: vec![1, 1, 1, 1],
        ensemble: Some("branching".to_owned()),
        couplings: "input".to_owned(),
        instance: None,
        dilution: Vec::new(),
        activation: Vec::new(),
        training: None,
    };
    let of = SampleRef { cell_id: 1, sample: unit as i32 };
    let rows = UnitRows { unit: unit as u64, measurements: vec![row], ..UnitRows::default() };
    let mut results = JobResults { cells: vec![cell], cpu_seconds: 1.0, ..JobResults::default() };
    results.add(of, rows);
    results
}

static NOT_READ: SpecSource = SpecSource { text: String::new(), files: Vec::new() };

fn new_part(name: &str) -> NewPart<'_> {
    NewPart {
        name,
        seed: 0,
        numerics_revision: REVISION,
        source: &NOT_READ,
        digest: "none",
        units: JOBS as i64,
        rows: JOBS as i64,
        estimated_seconds: 1.0,
        methods: &[],
    }
}

fn new_worker() -> NewWorker {
    NewWorker {
        host: "by-hand".to_owned(),
        process_id: 1,
        version: "0".to_owned(),
        git_revision: "unknown".to_owned(),
        cpu_features: "none".to_owned(),
        cpu_level: "baseline".to_owned(),
        threads: 1,
        numerics_revision: REVISION,
    }
}

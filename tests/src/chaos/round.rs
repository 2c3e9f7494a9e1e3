//! One round: a sweep, what goes wrong meanwhile, and whether all came right.

use super::clock::Clock;
use super::disk::Disk;
use super::fleet::Service;
use super::namespace::{End, Namespace};
use super::observer::Observer;
use super::plan::{Fault, Kind};
use super::postgres::{Postgres, wait_for};
use super::reclaim::Reclaim;
use super::sql::Sql;
use super::{LEASE, SECOND, SWEEP, Suite};
use crate::process::Process;
use crate::rapgrid::COMPLETE;
use crate::{Rapgrid, Signal};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A sweep must be finished so long after the last fault: the rests of jobs that lost several workers, which double,
/// and those of connections that were cut take most of it.
const FINISH_WITHIN: Duration = Duration::from_secs(90);

/// A server that has been killed is back in less.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A worker's grace time, and more than it takes to say goodbye.
const STOP_WITHIN: Duration = Duration::from_secs(12);

/// How often a moment is looked for at which a coordinator has a transaction open.
const MOMENTS: u32 = 60;

/// How often services are looked after.
const TICK: Duration = Duration::from_millis(10);

/// What a round came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What happened, with times in seconds after the workers' start.
    pub events: Vec<String>,
    /// From the workers' start to the last row.
    pub finished_after: Duration,
    /// Attempts beyond the first.
    pub recomputed: u64,
    /// Answers and leases of workers that came too late.
    pub fenced: usize,
    /// What became of the jobs of workers that died or slept.
    pub reclaim: Reclaim,
    /// What is wrong.
    pub failures: Vec<String>,
}

/// Everything that runs in a round. Fields are dropped in order: who uses something before what it uses.
struct Round<'a> {
    observer: Observer,
    sql: Sql,
    snapshot: Option<Sql>,
    leaving: Vec<(usize, Process)>,
    submission: Option<Process>,
    workers: Vec<Service>,
    coordinators: Vec<Service>,
    server: Postgres<'a>,
    disk: Option<Disk>,
    namespace: Option<Namespace>,
    clocks: Option<[Clock; 3]>,
    rapgrid: &'a Rapgrid,
    began: Instant,
    /// Which worker each fault met.
    met: Vec<(Fault, usize)>,
    has_second: bool,
    /// The far side's power is off.
    vanished: bool,
    outcome: Outcome,
}

/// A change at one moment: a fault begins or ends.
#[derive(Debug, Clone, Copy)]
struct Change {
    at: Duration,
    fault: Fault,
    begins: bool,
}

/// Runs a round with these faults in a folder of its own.
pub(crate) fn run(suite: &Suite, rapgrid: &mut Rapgrid, faults: &[Fault]) -> Result<Outcome, String> {
    let has = |kinds: &[Kind]| faults.iter().any(|fault| kinds.contains(&fault.kind));
    let folder = rapgrid.folder().to_owned();
    let is_far = [Kind::CoordinatorCut, Kind::CoordinatorVanish];
    let namespace = (has(&is_far) || has(&[Kind::NetworkCut])).then(|| Namespace::make(&suite.namespace));
    let namespace = namespace.transpose()?;
    let disk = suite.disk(&folder)?;
    let clocks =
        has(&[Kind::ClockStep, Kind::DatabaseClockBack]).then(|| clocks(suite, rapgrid)).transpose()?;
    let mark = (suite.guard.mark().0.to_owned(), suite.guard.mark().1.to_owned());
    let environment = |clock: usize| -> Vec<(String, String)> {
        let clock = clocks.iter().flat_map(|clocks| clocks[clock].environment());
        clock.chain([mark.clone()]).collect()
    };
    let loopback = "127.0.0.1".to_owned();
    let near = namespace.as_ref().map(Namespace::near);
    let addresses: Vec<String> = [loopback.clone()].into_iter().chain(near.clone()).collect();
    let data = folder.join("disk/postgres");
    let server = Postgres::start(
        &suite.template,
        &data,
        &folder.join("log/postgres.log"),
        &addresses,
        environment(0),
    )?;
    let url = server.url(&loopback);
    rapgrid.use_database(url.clone());
    let mut sql = Sql::new(&url);
    wait_for("the database", READY_WITHIN, || Ok(sql.rows("SELECT 1").is_ok()))?;

    // The second coordinator, or the last worker, or both, live on the far side of the cable.
    let far = |kinds: &[Kind]| namespace.as_ref().filter(|_| has(kinds));
    let wrapper = |kinds: &[Kind]| far(kinds).map(Namespace::wrapper).unwrap_or_default();
    let near_host = near.unwrap_or(loopback);
    let second_host = far(&is_far).map_or_else(|| near_host.clone(), Namespace::far);
    let second_url = [("DATABASE_URL".to_owned(), server.url(&near_host))];
    let lease = LEASE.as_secs_f64().to_string();
    let coordinator = |name: &str, host: &str, wrapper, environment| {
        let listen = format!("{host}:0");
        let options = [
            "coordinator",
            "--listen",
            &listen,
            "--lease-seconds",
            &lease,
            "--job-seconds",
            "0.1",
            "--insecure-open",
        ];
        Service::new(name, wrapper, &options, environment)
    };
    let second_environment = environment(1).into_iter().chain(second_url).collect();
    let mut coordinators = [
        coordinator("c0", &near_host, Vec::new(), environment(1)),
        coordinator("c1", &second_host, wrapper(&is_far), second_environment),
    ];
    let rapgrid = &*rapgrid;
    let addresses = start_coordinators(&mut coordinators, rapgrid)?;
    submit(rapgrid, &addresses[0], SWEEP).ended_within(READY_WITHIN);
    let worker = |number: usize, coordinator: usize, wrapper| {
        let options =
            ["worker", "--coordinator", &addresses[coordinator], "--threads", "1", "--grace-seconds", "2"];
        Service::new(&format!("w{number}"), wrapper, &options, environment(2))
    };
    let workers = vec![
        worker(0, 0, Vec::new()),
        worker(1, 1, Vec::new()),
        // Where both are cut off, they would not be from each other.
        worker(2, usize::from(far(&is_far).is_none()), wrapper(&[Kind::NetworkCut])),
    ];
    let mut round = Round {
        observer: Observer::start(&url),
        sql,
        snapshot: None,
        leaving: Vec::new(),
        submission: None,
        workers,
        coordinators: coordinators.into(),
        server,
        disk,
        namespace,
        clocks,
        rapgrid,
        began: Instant::now(),
        met: Vec::new(),
        has_second: false,
        vanished: false,
        outcome: Outcome::default(),
    };
    let ran = round.disturb(faults, &addresses[0]).and_then(|()| round.heal(&addresses[0]));
    match ran.and_then(|()| round.finish()) {
        Ok(()) => round.judge(suite),
        Err(failure) => round.outcome.failures.push(failure),
    }
    Ok(std::mem::take(&mut round.outcome))
}

fn clocks(suite: &Suite, rapgrid: &Rapgrid) -> Result<[Clock; 3], String> {
    let library = suite.privileges.faketime.clone()?;
    let clock = |name: &str| Clock::new(&rapgrid.folder().join(name), &library);
    Ok([clock("clock-database")?, clock("clock-coordinators")?, clock("clock-workers")?])
}

/// Starts them, and notes the addresses, which they keep.
fn start_coordinators(coordinators: &mut [Service; 2], rapgrid: &Rapgrid) -> Result<Vec<String>, String> {
    let mut addresses = Vec::new();
    for service in coordinators {
        wait_for(&format!("{} to listen", service.name), READY_WITHIN, || {
            service.supervise(rapgrid);
            Ok(service.first_line().is_some())
        })?;
        let address = service.first_line().unwrap_or_default();
        let place = address.trim_start_matches("http://").to_owned();
        let host = place.rsplit_once(':').map_or("", |(host, _)| host);
        service.replace(&format!("{host}:0"), &place);
        addresses.push(address);
    }
    Ok(addresses)
}

fn submit(rapgrid: &Rapgrid, coordinator: &str, spec: &str) -> Process {
    let file = if spec == SECOND { "second.toml" } else { "chaos.toml" };
    rapgrid.write(file, spec);
    rapgrid.spawn(&["submit", file, "--coordinator", coordinator])
}

impl Round<'_> {
    /// From the workers' start to the end of the last fault.
    fn disturb(&mut self, faults: &[Fault], coordinator: &str) -> Result<(), String> {
        let ends = |fault: &Fault| Change { at: fault.begins + fault.lasts, fault: *fault, begins: false };
        let begins = |fault: &Fault| Change { at: fault.begins, fault: *fault, begins: true };
        let mut changes: Vec<Change> = faults.iter().flat_map(|fault| [begins(fault), ends(fault)]).collect();
        changes.sort_by_key(|change| change.at);
        for change in changes {
            while self.began.elapsed() < change.at {
                self.supervise()?;
                sleep(TICK);
            }
            if change.begins {
                self.begin(change.fault, coordinator)?;
            } else {
                self.end(change.fault)?;
            }
        }
        Ok(())
    }

    fn supervise(&mut self) -> Result<(), String> {
        self.server.supervise()?;
        for service in self.coordinators.iter_mut().chain(&mut self.workers) {
            service.supervise(self.rapgrid);
        }
        Ok(())
    }

    fn begin(&mut self, fault: Fault, coordinator: &str) -> Result<(), String> {
        let (worker, one_of_two) = (self.someone(&fault), fault.choose(0, 2) as usize);
        self.met.push((fault, worker));
        let now = Instant::now();
        let detail = match fault.kind {
            Kind::WorkerKill => {
                self.expect_reclaim(worker);
                self.workers[worker].kill();
                self.workers[worker].name.clone()
            }
            Kind::WorkerFreeze => {
                if fault.lasts > LEASE {
                    self.expect_reclaim_or_return(worker);
                }
                self.workers[worker].signal(Signal::STOP);
                self.workers[worker].name.clone()
            }
            Kind::WorkerDrain => {
                self.expect_no_cost(worker);
                let leaving = self.workers[worker].drain();
                self.leaving.extend(leaving.map(|process| (worker, process)));
                self.workers[worker].name.clone()
            }
            Kind::CoordinatorKill => {
                self.coordinators[one_of_two].kill();
                self.coordinators[one_of_two].name.clone()
            }
            Kind::CoordinatorFreeze => {
                self.coordinators[one_of_two].signal(Signal::STOP);
                self.coordinators[one_of_two].name.clone()
            }
            Kind::NetworkCut | Kind::CoordinatorCut => {
                if fault.lasts > LEASE && fault.kind == Kind::NetworkCut {
                    self.expect_reclaim_or_return(2);
                }
                let end = [End::Near, End::Far][one_of_two];
                self.namespace.as_ref().map_or(Ok(()), |namespace| namespace.cut(end))?;
                format!("{end:?}").to_lowercase()
            }
            Kind::DatabaseKill => {
                self.server.kill();
                String::new()
            }
            Kind::DatabaseRestart => {
                self.server.stop(one_of_two == 1);
                ["fast", "immediate"][one_of_two].to_owned()
            }
            Kind::TerminateBackends => {
                let half = one_of_two == 1;
                let which = if half { "AND pid % 2 = 0" } else { "" };
                let sql = format!(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'rapgrid' {which}"
                );
                self.sql
                    .value(&sql)
                    .map_or_else(|_| "nobody there".to_owned(), |count| format!("{count} of them"))
            }
            Kind::DiskFull => {
                self.disk.as_ref().map_or(Ok(()), Disk::fill)?;
                String::new()
            }
            Kind::CoordinatorVanish => {
                let is_open = self.stop_in_transaction();
                self.vanished = true;
                self.namespace.as_ref().map_or(Ok(()), |namespace| namespace.cut(End::Near))?;
                self.coordinators[1].kill();
                if is_open { "in a transaction".to_owned() } else { String::new() }
            }
            Kind::ClockStep | Kind::DatabaseClockBack => self.step_clock(fault)?,
            Kind::AnalyticSnapshot => {
                let mut snapshot = Sql::new(&self.server.url("127.0.0.1"));
                let begin =
                    "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM rapgrid.measurements";
                let taken = snapshot.rows(begin);
                self.snapshot = Some(snapshot);
                if taken.is_ok() { String::new() } else { "nobody there".to_owned() }
            }
            Kind::SecondSweep => {
                self.has_second = true;
                self.submission = Some(submit(self.rapgrid, coordinator, SECOND));
                String::new()
            }
        };
        if is_about_service(fault.kind) {
            self.outcome.reclaim.disturbed(now, now + fault.lasts);
        }
        let at = self.began.elapsed().as_secs_f64();
        let lasts = fault.lasts.as_secs_f64();
        let name = fault.kind.name();
        let space = if detail.is_empty() { "" } else { " " };
        let lasting = if fault.lasts.is_zero() { String::new() } else { format!("+{lasts:.1}") };
        self.outcome.events.push(format!("{name}({detail}{space}{at:.1}{lasting})"));
        Ok(())
    }

    /// The worker that a fault chooses, or the next one that runs.
    fn someone(&self, fault: &Fault) -> usize {
        let first = fault.choose(0, 3) as usize;
        let mut workers = (0..3).map(|next| (first + next) % 3);
        workers.find(|&worker| self.workers[worker].id().is_some()).unwrap_or(first)
    }

    fn end(&mut self, fault: Fault) -> Result<(), String> {
        let worker = self.met.iter().find(|(met, _)| *met == fault).map_or(0, |&(_, worker)| worker);
        let one_of_two = fault.choose(0, 2) as usize;
        match fault.kind {
            Kind::WorkerKill | Kind::WorkerDrain => self.workers[worker].resume(),
            Kind::WorkerFreeze => self.workers[worker].signal(Signal::CONT),
            Kind::CoordinatorKill if self.vanished && one_of_two == 1 => {}
            Kind::CoordinatorKill => self.coordinators[one_of_two].resume(),
            Kind::CoordinatorFreeze => self.coordinators[one_of_two].signal(Signal::CONT),
            Kind::NetworkCut | Kind::CoordinatorCut => self.mend()?,
            Kind::DatabaseKill | Kind::DatabaseRestart => self.server.resume(),
            Kind::DiskFull => self.disk.iter().for_each(Disk::free),
            Kind::AnalyticSnapshot => self.snapshot = None,
            Kind::TerminateBackends
            | Kind::ClockStep
            | Kind::DatabaseClockBack
            | Kind::SecondSweep
            | Kind::CoordinatorVanish => {}
        }
        if is_about_service(fault.kind) {
            self.outcome.reclaim.disturbed(Instant::now(), Instant::now());
        }
        Ok(())
    }

    /// Stops the coordinator of the far side where that hurts most: while a transaction of its is open, if one is soon.
    fn stop_in_transaction(&mut self) -> bool {
        let Some(far) = self.namespace.as_ref().map(Namespace::far) else { return false };
        let open = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND client_addr = '{far}'"
        );
        for _ in 0..MOMENTS {
            self.coordinators[1].signal(Signal::STOP);
            // What was on its way has arrived by then.
            sleep(Duration::from_millis(3));
            if self.sql.value(&open).is_ok_and(|count| count != "0") {
                return true;
            }
            self.coordinators[1].signal(Signal::CONT);
            sleep(TICK);
        }
        false
    }

    /// An hour or some minutes or seconds, forward or back, in one of the three.
    fn step_clock(&mut self, fault: Fault) -> Result<String, String> {
        let whose = if fault.kind == Kind::DatabaseClockBack { 0 } else { fault.choose(0, 3) as usize };
        let size = [5, 600, 3600][fault.choose(1, 3) as usize];
        let is_back = fault.kind == Kind::DatabaseClockBack || (whose != 0 && fault.choose(2, 2) == 1);
        let seconds = if is_back { -size } else { size };
        if let Some(clocks) = &mut self.clocks {
            clocks[whose].step(seconds)?;
        }
        Ok(format!("{} {seconds:+} s", ["database", "coordinators", "workers"][whose]))
    }

    fn expect_reclaim(&mut self, worker: usize) {
        let Some(process) = self.workers[worker].id() else { return };
        let held = self.observer.seen().held_by(process);
        self.outcome.reclaim.died(Instant::now(), held);
    }

    fn expect_reclaim_or_return(&mut self, worker: usize) {
        let Some(process) = self.workers[worker].id() else { return };
        let held = self.observer.seen().held_by(process);
        self.outcome.reclaim.went_away(Instant::now(), held);
    }

    fn expect_no_cost(&mut self, worker: usize) {
        let Some(process) = self.workers[worker].id() else { return };
        let held = self.observer.seen().held_by(process);
        self.outcome.reclaim.drained(Instant::now(), held);
    }

    /// Nothing is wrong any more, whatever the faults did to each other.
    fn heal(&mut self, coordinator: &str) -> Result<(), String> {
        self.disk.iter().for_each(Disk::free);
        self.mend()?;
        self.server.resume();
        self.snapshot = None;
        for service in self.coordinators.iter_mut().chain(&mut self.workers) {
            service.signal(Signal::CONT);
            service.resume();
        }
        if self.vanished {
            self.coordinators[1].kill();
        }
        for (worker, mut process) in self.leaving.drain(..) {
            process.signal(Signal::CONT);
            if process.ended_within(STOP_WITHIN).is_none() {
                let name = &self.workers[worker].name;
                self.outcome.failures.push(format!("{name} does not end within {STOP_WITHIN:?} of SIGTERM"));
            }
            self.workers[worker].remember(&process.kill().stderr);
        }
        let submission = self.submission.take();
        let is_submitted = submission.is_some_and(|mut process| {
            process.ended_within(READY_WITHIN).is_some_and(|status| status.success())
        });
        if self.has_second && !is_submitted {
            self.submit_until_it_is(coordinator)?;
        }
        Ok(())
    }

    /// Lets the far side be reached again, unless nobody is there any more.
    fn mend(&self) -> Result<(), String> {
        match &self.namespace {
            Some(namespace) if !self.vanished => namespace.mend(),
            _ => Ok(()),
        }
    }

    fn submit_until_it_is(&mut self, coordinator: &str) -> Result<(), String> {
        let since = Instant::now();
        while since.elapsed() < READY_WITHIN {
            self.supervise()?;
            let mut process = submit(self.rapgrid, coordinator, SECOND);
            if process.ended_within(READY_WITHIN).is_some_and(|status| status.success()) {
                return Ok(());
            }
            sleep(RETRY);
        }
        Err("the second sweep cannot be submitted".to_owned())
    }

    /// Waits for the end of all sweeps, then tells everybody to go.
    fn finish(&mut self) -> Result<(), String> {
        let healed = Instant::now();
        loop {
            self.supervise()?;
            let unfinished =
                self.sql.value("SELECT count(*) FROM rapgrid.sweep_progress WHERE status <> 'finished'");
            if unfinished.as_deref() == Ok("0") {
                break;
            }
            if healed.elapsed() > FINISH_WITHIN {
                let state = "SELECT string_agg(concat_ws(' ', sweep, status, units_done, 'of', units, 'ready', jobs_ready,
                                    'leased', jobs_leased, 'failed', jobs_failed), '; ') FROM rapgrid.sweep_progress";
                let state = self.sql.value(state).unwrap_or_else(|error| error);
                return Err(format!(
                    "not finished {} s after the last fault: {state}",
                    FINISH_WITHIN.as_secs()
                ));
            }
            sleep(TICK);
        }
        self.outcome.finished_after = self.began.elapsed();
        // What was finished last must have been seen.
        sleep(4 * super::observer::POLL);
        for service in self.workers.iter_mut().chain(&mut self.coordinators) {
            let stopped = service.stop(STOP_WITHIN);
            self.outcome.failures.extend(stopped.err());
        }
        Ok(())
    }

    fn judge(&mut self, suite: &Suite) {
        let mut failures = Vec::new();
        for (sweep, table) in suite.tables.iter().take(1 + usize::from(self.has_second)) {
            let completeness = self.rapgrid.completeness(sweep);
            if completeness != COMPLETE {
                failures.push(format!("{sweep} is {completeness} where {COMPLETE} is due"));
            }
            if self.rapgrid.table(sweep) != *table {
                failures.push(format!("the table of {sweep} is not that of an undisturbed run"));
            }
        }
        for (what, sql) in MUST_BE_NONE {
            match self.sql.value(sql).as_deref() {
                Ok("0") => {}
                answer => failures.push(format!("{what}: {answer:?}")),
            }
        }
        let recomputed = self.sql.value("SELECT coalesce(sum(attempts - 1), 0) FROM rapgrid.finished_jobs");
        self.outcome.recomputed = recomputed.ok().and_then(|count| count.parse().ok()).unwrap_or_default();
        for service in self.workers.iter().chain(&self.coordinators) {
            let messages = service.messages();
            self.outcome.fenced +=
                FENCED.iter().map(|message| messages.matches(message).count()).sum::<usize>();
            failures.extend(service.surprises.iter().cloned());
            if messages.contains("panicked at") {
                failures.push(format!("{} panicked", service.name));
            }
        }
        self.outcome.failures.extend(failures);
        let seen = self.observer.seen();
        self.outcome.reclaim.judge(&seen);
        self.outcome.failures.extend(self.outcome.reclaim.failures.iter().cloned());
    }
}

/// Rest after a submission that failed.
const RETRY: Duration = Duration::from_millis(300);

/// What workers say when they were late.
const FENCED: [&str; 2] = ["its lease had passed to another", "lease lost; its work is dropped"];

/// What must not be there in the end: a name, and how many there are.
const MUST_BE_NONE: [(&str, &str); 4] = [
    ("jobs or leases left", "SELECT count(*) FROM rapgrid.jobs"),
    (
        "units that are of no finished job, or of two",
        "SELECT count(*) FROM (
             SELECT first_unit, coalesce(lag(end_unit) OVER (PARTITION BY sweep_id, part ORDER BY first_unit), 0) AS due
             FROM rapgrid.finished_jobs) AS tiles WHERE first_unit <> due",
    ),
    (
        "parts whose jobs do not reach their end",
        "SELECT count(*) FROM rapgrid.sweep_parts p WHERE units IS DISTINCT FROM
             (SELECT max(end_unit) FROM rapgrid.finished_jobs f WHERE f.sweep_id = p.sweep_id AND f.part = p.part)",
    ),
    (
        "rows of no finished job's count",
        "SELECT (SELECT sum(rows) FROM rapgrid.finished_jobs) - (SELECT count(*) FROM rapgrid.measurements)
                - (SELECT count(*) FROM rapgrid.training_rows)",
    ),
];

/// Whether coordinators or their database cannot be expected to take anything back meanwhile.
fn is_about_service(kind: Kind) -> bool {
    match kind {
        Kind::CoordinatorKill
        | Kind::CoordinatorFreeze
        | Kind::CoordinatorCut
        | Kind::CoordinatorVanish
        | Kind::DatabaseKill
        | Kind::DatabaseRestart
        | Kind::TerminateBackends
        | Kind::DiskFull
        | Kind::ClockStep
        | Kind::DatabaseClockBack => true,
        Kind::WorkerKill
        | Kind::WorkerFreeze
        | Kind::WorkerDrain
        | Kind::NetworkCut
        | Kind::AnalyticSnapshot
        | Kind::SecondSweep => false,
    }
}

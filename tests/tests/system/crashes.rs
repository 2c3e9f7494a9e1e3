//! `kill -9` of anything at any moment loses nothing and doubles nothing.

use crate::specs::{LONG, LONG_JOBS, LONG_UNIT, LONG_UNITS, long_table};
use std::collections::HashSet;
use std::thread::sleep;
use std::time::{Duration, Instant};
use system_tests::{Coordinator, HandWorker, Process, Rapgrid, Signal, lease_of, wait_until};
use wire::v1;
use wire::v1::result_receipt::Verdict;

const RECORDED: &str = "SELECT cell_id, sample, beta, method, branch, energy_per_weight, seconds, worker_id, recorded_at FROM measurements";

fn spawn_scan(rapgrid: &Rapgrid) -> Process {
    rapgrid.write("long.toml", LONG);
    rapgrid.spawn(&[&["scan", "long.toml", "--no-report", "--threads", "1"][..], &LONG_JOBS].concat())
}

fn wait_for_units(rapgrid: &Rapgrid, units: u64) {
    wait_until(&format!("{units} units recorded"), || {
        rapgrid.units_done("long").filter(|&done| done >= units)
    });
}

/// Runs the scan to its end and compares with an undisturbed run.
fn assert_finishes_as_if_undisturbed(rapgrid: &Rapgrid) {
    spawn_scan(rapgrid).wait().succeeded();
    rapgrid.assert_complete("long");
    assert_eq!(rapgrid.table("long"), long_table());
}

#[test]
fn a_scan_killed_again_and_again_ends_in_the_table_of_an_undisturbed_one() {
    let rapgrid = Rapgrid::new();
    // While it is still starting.
    let scan = spawn_scan(&rapgrid);
    wait_until("a server", || rapgrid.postmaster());
    scan.kill();
    for units in [1, LONG_UNITS * 6 / 10] {
        let scan = spawn_scan(&rapgrid);
        wait_for_units(&rapgrid, units);
        assert_eq!(scan.kill().signal, Some(9));
    }
    let before = rapgrid.units_done("long").unwrap();
    assert!(before >= LONG_UNITS * 6 / 10, "only {before} units are there after the kills");
    assert_finishes_as_if_undisturbed(&rapgrid);
}

#[test]
fn a_scan_killed_together_with_its_database_ends_in_the_table_of_an_undisturbed_one() {
    let rapgrid = Rapgrid::new();
    let scan = spawn_scan(&rapgrid);
    wait_for_units(&rapgrid, LONG_UNITS * 2 / 10);
    rapgrid.kill_postmaster();
    scan.kill();
    let scan = spawn_scan(&rapgrid);
    wait_for_units(&rapgrid, LONG_UNITS * 5 / 10);
    scan.kill();
    rapgrid.kill_postmaster();
    assert_finishes_as_if_undisturbed(&rapgrid);
}

#[test]
fn a_scan_goes_on_when_its_killed_database_is_back() {
    let rapgrid = Rapgrid::new();
    let scan = spawn_scan(&rapgrid);
    wait_for_units(&rapgrid, LONG_UNITS * 3 / 10);
    rapgrid.kill_postmaster();
    // Whoever uses the database next starts its server again.
    rapgrid.query("SELECT");
    scan.wait().succeeded();
    rapgrid.assert_complete("long");
    assert_eq!(rapgrid.table("long"), long_table());
}

#[test]
fn a_scan_whose_database_has_lost_its_socket_says_so_within_seconds() {
    let rapgrid = Rapgrid::new();
    let scan = rapgrid.spawn(&["scan", rapgrid.write("long-unit.toml", LONG_UNIT), "--no-report"]);
    wait_until("the unit is begun", || (rapgrid.count("SELECT count(*) FROM jobs") == 1).then_some(()));
    std::fs::remove_dir_all(rapgrid.data_dir().join("run")).unwrap();
    let since = Instant::now();
    let message = scan.wait().failed_with(5);
    assert!(since.elapsed() < Duration::from_secs(15), "{:?}", since.elapsed());
    assert!(message.contains("nothing answers at its socket"), "{message}");
    assert!(message.contains("the same command goes on with it"), "{message}");
}

#[test]
fn an_interrupted_scan_goes_on_where_it_stopped_and_recomputes_nothing() {
    let rapgrid = Rapgrid::new();
    let mut scan = spawn_scan(&rapgrid);
    wait_for_units(&rapgrid, LONG_UNITS * 4 / 10);
    scan.signal(Signal::INT);
    let message = scan.wait().failed_with(130);
    assert!(message.contains("interrupted: what is recorded stays"), "{message}");
    // Interrupted jobs are given back at once, and cost no attempt.
    assert_eq!(rapgrid.query("SELECT DISTINCT state, attempts FROM jobs"), "ready|0");
    let before = rapgrid.query(RECORDED);
    assert_finishes_as_if_undisturbed(&rapgrid);
    let after = rapgrid.query(RECORDED);
    let after: HashSet<&str> = after.lines().collect();
    assert!(before.lines().count() as u64 >= LONG_UNITS * 4 / 10);
    assert!(before.lines().all(|row| after.contains(row)), "a recorded row was touched");
}

/// Waits until the coordinator has no connection left that broke. Those of leases are asked again whether they work
/// when they were idle for a second.
fn wait_for_database(rapgrid: &Rapgrid, coordinator: &Coordinator) {
    sleep(Duration::from_millis(1100));
    wait_until("the coordinator has a database", || {
        coordinator.run(rapgrid, &["list"]).code.filter(|&code| code == 0)
    });
}

/// A coordinator that cuts [`LONG`] into short jobs, and a worker of it.
fn leasing_by_hand(rapgrid: &Rapgrid) -> (Coordinator, HandWorker) {
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.001"]);
    coordinator.run(rapgrid, &["submit", rapgrid.write("long.toml", LONG)]).succeeded();
    let worker = HandWorker::register(coordinator.grpc());
    (coordinator, worker)
}

/// Leases a few jobs and kills the database before the last is on the disk; returns all that were granted.
fn lease_and_crash(rapgrid: &Rapgrid, worker: &HandWorker) -> Vec<v1::Job> {
    let jobs: Vec<v1::Job> = (0..4).map(|_| worker.lease_one()).collect();
    rapgrid.kill_postmaster();
    // Whoever uses the database next starts its server again.
    rapgrid.query("SELECT");
    jobs
}

fn has_vanished(rapgrid: &Rapgrid, job: &v1::Job) -> bool {
    let v1::LeaseRef { job_id, epoch } = lease_of(job);
    let query = format!("SELECT count(*) FROM jobs WHERE job_id = {job_id} AND epoch = {epoch}");
    rapgrid.count(&query) == 0
}

#[test]
fn a_lease_that_vanishes_in_a_crash_of_the_database_is_refused_and_its_units_are_cut_again() {
    let rapgrid = Rapgrid::new();
    let _holder = rapgrid.hold();
    let (coordinator, worker) = leasing_by_hand(&rapgrid);
    let mut granted = Vec::new();
    // The log may have been written at just that moment.
    let vanished = (0..10).find_map(|_| {
        wait_for_database(&rapgrid, &coordinator);
        granted.extend(lease_and_crash(&rapgrid, &worker));
        granted.last().filter(|job| has_vanished(&rapgrid, job)).cloned()
    });
    let vanished = vanished.expect("a lease that a crash undid");
    wait_for_database(&rapgrid, &coordinator);
    let chunk = worker.chunk(&vanished, worker.compute(&vanished));
    let receipt = wait_until("an answer", || worker.deliver(vec![chunk.clone()]).ok());
    assert_eq!(receipt.verdict(), Verdict::Fenced, "{}", receipt.reason);
    assert_eq!(rapgrid.units_done("long"), Some(0));
    // Another coordinator takes its numbers from what the crash has left of the sequences.
    let coordinator = rapgrid.coordinator_at(&coordinator.kill(), &["--lease-seconds", "1"]);
    let worker = HandWorker { grpc: coordinator.grpc(), id: worker.id };
    granted.push(worker.lease_one());
    let again = &granted[granted.len() - 1];
    assert!(again.first_unit <= vanished.first_unit, "units that are nobody's: {vanished:?}, {again:?}");
    let numbers: HashSet<(i64, i64)> =
        granted.iter().map(lease_of).map(|lease| (lease.job_id, lease.epoch)).collect();
    let epochs: HashSet<i64> = numbers.iter().map(|(_, epoch)| *epoch).collect();
    assert_eq!((numbers.len(), epochs.len()), (granted.len(), granted.len()), "{granted:?}");
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("long");
    assert_eq!(rapgrid.table("long"), long_table());
}

#[test]
fn numbers_of_leases_from_before_a_database_was_set_back_are_not_used() {
    let rapgrid = Rapgrid::new();
    let _holder = rapgrid.hold();
    let (_coordinator, worker) = leasing_by_hand(&rapgrid);
    let before = lease_of(&worker.lease_one()).epoch;
    // As a copy from before the reservation would have it.
    rapgrid.query(&format!("SELECT setval('lease_epochs', {before})"));
    let request = || v1::LeaseRequest { worker_id: worker.id, jobs: 1, ..v1::LeaseRequest::default() };
    // Refused once, unless a new connection has made the coordinator forget them already.
    let granted = wait_until("a lease", || {
        worker.grpc.work(async |client| client.lease(request()).await).ok()?.jobs.pop()
    });
    let last = rapgrid.count("SELECT last_value FROM lease_epochs");
    assert!(lease_of(&granted).epoch as u64 <= last, "{granted:?} in a database that has given {last}");
    assert!(lease_of(&granted).epoch > before);
    let chunk = worker.chunk(&granted, worker.compute(&granted));
    assert_eq!(worker.deliver(vec![chunk]).unwrap().verdict(), Verdict::Recorded);
}

//! Workers and coordinators that die, sleep or leave.

use crate::specs::{LONG, LONG_JOBS, LONG_UNITS, long_table};
use system_tests::{Coordinator, Process, Rapgrid, Signal, wait_until};

fn submit_long(rapgrid: &Rapgrid, options: &[&str]) -> Coordinator {
    let options = if options.contains(&LONG_JOBS[0]) { options } else { &[options, &LONG_JOBS].concat() };
    let coordinator = rapgrid.coordinator(options);
    coordinator.run(rapgrid, &["submit", rapgrid.write("long.toml", LONG)]).succeeded();
    coordinator
}

fn worker(coordinator: &Coordinator, rapgrid: &Rapgrid) -> Process {
    coordinator.worker(rapgrid, &["--threads", "1", "--exit-when-idle"])
}

/// Jobs in the hands of a worker.
fn leases(rapgrid: &Rapgrid, worker: &Process) -> u64 {
    let process = worker.id();
    rapgrid.count(&format!(
        "SELECT count(*) FROM jobs JOIN workers USING (worker_id) WHERE process_id = {process}"
    ))
}

fn wait_for_leases(rapgrid: &Rapgrid, worker: &Process) {
    wait_until("a leased job", || (leases(rapgrid, worker) > 0).then_some(()));
}

fn assert_as_if_undisturbed(rapgrid: &Rapgrid) {
    rapgrid.assert_complete("long");
    assert_eq!(rapgrid.table("long"), long_table());
}

#[test]
fn the_jobs_of_a_killed_worker_are_taken_over() {
    let rapgrid = Rapgrid::new();
    let coordinator = submit_long(&rapgrid, &["--lease-seconds", "2"]);
    let (victim, survivor) = (worker(&coordinator, &rapgrid), worker(&coordinator, &rapgrid));
    wait_for_leases(&rapgrid, &survivor);
    wait_for_leases(&rapgrid, &victim);
    let process = victim.id();
    victim.kill();
    survivor.wait().succeeded();
    let of_victim = |table: &str| {
        let workers = format!("SELECT worker_id FROM workers WHERE process_id = {process}");
        rapgrid.count(&format!("SELECT count(*) FROM {table} WHERE worker_id IN ({workers})"))
    };
    assert_eq!(of_victim("jobs"), 0);
    assert!(
        rapgrid.count("SELECT count(*) FROM finished_jobs WHERE attempts > 1") > 0,
        "no job was taken over"
    );
    assert_as_if_undisturbed(&rapgrid);
}

#[test]
fn a_worker_that_slept_through_its_lease_is_fenced() {
    let rapgrid = Rapgrid::new();
    let coordinator = submit_long(&rapgrid, &["--lease-seconds", "2"]);
    let (mut sleeper, other) = (worker(&coordinator, &rapgrid), worker(&coordinator, &rapgrid));
    wait_until("a worker that sleeps on a job", || {
        // One that it has held for a moment: what was leased just now it may not have heard of.
        let held = format!(
            "SELECT coalesce(max(epoch), 0) FROM jobs JOIN workers USING (worker_id)
             WHERE process_id = {} AND leased_at < now() - interval '0.1 s'",
            sleeper.id()
        );
        let epoch = rapgrid.count(&held);
        sleeper.signal(Signal::STOP);
        let has_job =
            epoch > 0 && rapgrid.count(&format!("SELECT count(*) FROM jobs WHERE epoch = {epoch}")) > 0;
        if !has_job {
            sleeper.signal(Signal::CONT);
        }
        has_job.then_some(())
    });
    // The other one ends when everything is recorded, the sleeper's jobs as well.
    other.wait().succeeded();
    assert_as_if_undisturbed(&rapgrid);
    sleeper.signal(Signal::CONT);
    let output = sleeper.wait();
    let told = ["lease lost; its work is dropped", "its lease had passed to another"];
    assert!(told.iter().any(|message| output.stderr.contains(message)), "{output:#?}");
    output.succeeded();
    assert_as_if_undisturbed(&rapgrid);
}

#[test]
fn a_worker_told_to_end_finishes_the_job_that_it_has() {
    let rapgrid = Rapgrid::new();
    // One job: what the worker has is everything.
    let coordinator = submit_long(&rapgrid, &["--job-seconds", "86400"]);
    let mut worker = coordinator.worker(&rapgrid, &["--grace-seconds", "100"]);
    wait_for_leases(&rapgrid, &worker);
    worker.signal(Signal::TERM);
    worker.wait().succeeded();
    assert_as_if_undisturbed(&rapgrid);
}

#[test]
fn a_worker_told_to_end_at_once_gives_its_job_back_at_no_cost() {
    let rapgrid = Rapgrid::new();
    let coordinator = submit_long(&rapgrid, &["--job-seconds", "86400"]);
    let mut worker = coordinator.worker(&rapgrid, &["--grace-seconds", "0"]);
    wait_for_leases(&rapgrid, &worker);
    worker.signal(Signal::TERM);
    worker.wait().succeeded();
    assert_eq!(rapgrid.query("SELECT state, attempts, error IS NULL FROM jobs"), "ready|0|t");
    assert_eq!(rapgrid.count("SELECT count(*) FROM measurements"), 0);
}

#[test]
fn a_worker_outlives_its_coordinator_and_everything_is_recorded_once() {
    let rapgrid = Rapgrid::new();
    let coordinator = submit_long(&rapgrid, &["--lease-seconds", "5"]);
    let worker = worker(&coordinator, &rapgrid);
    wait_until("some units", || rapgrid.units_done("long").filter(|&done| done >= LONG_UNITS * 2 / 10));
    let address = coordinator.kill();
    let coordinator = rapgrid.coordinator_at(&address, &[&["--lease-seconds", "5"][..], &LONG_JOBS].concat());
    wait_until("more units", || rapgrid.units_done("long").filter(|&done| done >= LONG_UNITS * 5 / 10));
    let address = coordinator.kill();
    worker.wait_for_message("trying again");
    let _coordinator =
        rapgrid.coordinator_at(&address, &[&["--lease-seconds", "5"][..], &LONG_JOBS].concat());
    worker.wait().succeeded();
    assert_as_if_undisturbed(&rapgrid);
    assert_eq!(rapgrid.count("SELECT count(DISTINCT worker_id) FROM measurements"), 1);
}

#[test]
fn a_worker_goes_on_with_another_coordinator_when_its_own_has_died() {
    let rapgrid = Rapgrid::new();
    let first = submit_long(&rapgrid, &["--lease-seconds", "5"]);
    let second = rapgrid.coordinator(&[&["--lease-seconds", "5"][..], &LONG_JOBS].concat());
    let both = format!("{},{}", first.address, second.address);
    let worker = rapgrid.spawn(&["worker", "--coordinator", &both, "--threads", "1", "--exit-when-idle"]);
    let some_units = |share: u64| {
        wait_until("some units", || {
            rapgrid.units_done("long").filter(|&done| done >= LONG_UNITS * share / 10)
        });
    };
    some_units(1);
    // Whichever it talks to: after both deaths it has talked to either.
    let address = first.kill();
    some_units(4);
    let _first = rapgrid.coordinator_at(&address, &[&["--lease-seconds", "5"][..], &LONG_JOBS].concat());
    second.kill();
    worker.wait().succeeded();
    assert_as_if_undisturbed(&rapgrid);
    assert_eq!(rapgrid.count("SELECT count(*) FROM workers"), 1);
}

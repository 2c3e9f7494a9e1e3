//! `kill -9` of anything at any moment loses nothing and doubles nothing.

use crate::specs::{LONG, LONG_UNITS, long_table};
use std::collections::HashSet;
use system_tests::{Process, Rapgrid, Signal, wait_until};

const RECORDED: &str = "SELECT cell_id, sample, beta, method, branch, energy_per_weight, seconds, worker_id, recorded_at FROM measurements";

fn spawn_scan(rapgrid: &Rapgrid) -> Process {
    rapgrid.write("long.toml", LONG);
    rapgrid.spawn(&["scan", "long.toml", "--no-report", "--threads", "1"])
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

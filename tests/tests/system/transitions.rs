//! Transitions are found by a coordinator when a part of a sweep has ended, and by nobody else.

use crate::specs::scan;
use system_tests::{Coordinator, HandWorker, Process, Rapgrid, wait_until};

/// Of each BP: two lines along the dilution, and one along β for each of its values.
fn spec(samples: u32, dilution: &str) -> String {
    format!(
        "name = \"lines\"\nseed = 1\nsamples = {samples}\n[grid]\nwidths = [14, 14, 14, 1]\nactivation_1 = 0.5\n\
         activation_2 = 0.3\ndilution_1 = {dilution}\nbeta = [0.7, 1]\n[methods.bp]\n[methods.bp_reduced]\n\
         [methods.mc]\nrelax = 10\nmeasure = 20\n"
    )
}

const COARSE: &str = "{ from = 0, to = 0.9, step = 0.1 }";

/// How many lines there are, of how many samples, and whether no rows were added since.
fn kept(rapgrid: &Rapgrid) -> String {
    rapgrid.query(
        "SELECT count(*), count(DISTINCT found_at), min(samples), bool_and(current) FROM transitions WHERE sweep = 'lines'",
    )
}

/// What `rapgrid transitions` prints.
fn printed(rapgrid: &Rapgrid) -> String {
    rapgrid.run(&["transitions", "lines", "--format", "json"]).succeeded()
}

fn status(rapgrid: &Rapgrid) -> String {
    rapgrid.query("SELECT status, units - units_done FROM sweep_progress WHERE sweep = 'lines'")
}

/// Another session has the right to find the transitions of the first sweep, so that no coordinator gets to it.
fn claimed(rapgrid: &Rapgrid) -> Process {
    let sql = "SELECT pg_advisory_lock(hashtextextended('rapgrid.transitions', 1)); SELECT pg_sleep(300)";
    let holder = rapgrid.spawn(&["db", "psql", "--write", "--", "-X", "-c", sql]);
    let is_locked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1";
    wait_until("somebody has the right", || (rapgrid.count(is_locked) > 0).then_some(()));
    holder
}

/// A server's process that sleeps does not notice that its client is gone.
fn released(rapgrid: &Rapgrid, holder: Process) {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_advisory_lock%'";
    assert_eq!(rapgrid.count(sql), 1);
    holder.kill();
}

fn compute(rapgrid: &Rapgrid, coordinator: &Coordinator) {
    coordinator.run(rapgrid, &["submit", rapgrid.write("lines.toml", &spec(2, COARSE))]).succeeded();
    coordinator.worker(rapgrid, &["--exit-when-idle"]).wait().succeeded();
    assert_eq!(status(rapgrid), "running|0", "it has not ended before its transitions are found");
    assert_eq!(kept(rapgrid), "0|0||");
}

#[test]
fn a_scan_leaves_its_transitions_without_anybody_having_asked_and_so_does_one_that_extends_it() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, &spec(2, COARSE), &[]);
    assert_eq!(kept(&rapgrid), "24|1|2|t");
    scan(&rapgrid, &spec(3, COARSE), &[]);
    assert_eq!(kept(&rapgrid), "24|1|3|t");
    scan(&rapgrid, &spec(3, "{ from = 0, to = 0.9, step = 0.05 }"), &[]);
    assert_eq!(kept(&rapgrid), format!("{}|1|3|t", 2 * (2 + 19)));
    let found_at = "SELECT DISTINCT found_at FROM found_transitions";
    let (before, of_table) = (rapgrid.query(found_at), printed(&rapgrid));
    assert!(of_table.contains("_outcome\":\"found\""), "{of_table}");
    // While a sweep is under way readers look themselves, find the same, and write nothing.
    rapgrid.query("UPDATE sweep_parts SET is_analysed = false");
    assert_eq!(printed(&rapgrid), of_table);
    rapgrid.run(&["plot", "lines"]).succeeded();
    assert_eq!(rapgrid.query(found_at), before);
    // What people see is what is kept.
    rapgrid
        .query("UPDATE sweep_parts SET is_analysed = true; UPDATE found_transitions SET method = 'as kept'");
    assert!(printed(&rapgrid).lines().all(|line| line.contains("as kept")));
    // A reader of the database sees the same.
    rapgrid.run(&["db", "reader", "ana"]).succeeded();
    let url = rapgrid.run(&["db", "url"]).succeeded().trim().replacen("rapgrid@", "ana@", 1);
    let arguments = ["transitions", "lines", "--format", "json"];
    let as_ana = rapgrid.spawn_with(&arguments, &[("DATABASE_URL", &url)]).wait().succeeded();
    assert_eq!(as_ana, printed(&rapgrid));
}

#[test]
fn what_a_killed_coordinator_had_still_to_find_is_found_by_the_next_one() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let holder = claimed(&rapgrid);
    let coordinator = rapgrid.coordinator(&[]);
    compute(&rapgrid, &coordinator);
    coordinator.process.kill();
    released(&rapgrid, holder);
    assert_eq!(kept(&rapgrid), "0|0||");
    let _next = rapgrid.coordinator(&[]);
    rapgrid.assert_complete("lines");
    assert_eq!(kept(&rapgrid), "24|1|2|t");
}

#[test]
fn of_two_coordinators_one_finds_the_transitions_and_a_watch_ends_when_they_are_there() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let holder = claimed(&rapgrid);
    let coordinators = [rapgrid.coordinator(&[]), rapgrid.coordinator(&[])];
    compute(&rapgrid, &coordinators[0]);
    let mut watch = rapgrid.spawn(&["watch", "lines", "--coordinator", &coordinators[1].address]);
    watch.wait_for_message("finding transitions");
    assert!(!watch.has_ended());
    released(&rapgrid, holder);
    watch.wait().succeeded();
    assert_eq!(kept(&rapgrid), "24|1|2|t");
    let found = |coordinator: &Coordinator| coordinator.process.stderr().matches("transitions found").count();
    assert_eq!(coordinators.iter().map(found).sum::<usize>(), 1);
}

#[test]
fn transitions_that_cannot_be_found_are_logged_and_the_sweep_ends_all_the_same() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let holder = claimed(&rapgrid);
    let coordinator = rapgrid.coordinator(&[]);
    compute(&rapgrid, &coordinator);
    rapgrid.query("ALTER TABLE found_transitions ADD CHECK (samples > 2)");
    released(&rapgrid, holder);
    rapgrid.assert_complete("lines");
    coordinator.process.wait_for_message("a sweep is left without transitions");
    assert_eq!(kept(&rapgrid), "0|0||");
    // Who asks for them looks again.
    assert_eq!(printed(&rapgrid).lines().count(), 24);
}

#[test]
fn a_part_that_ends_with_failed_jobs_is_looked_at_and_again_when_they_were_tried_again() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.001", "--max-attempts", "1"]);
    coordinator.grpc().submit(&spec(2, COARSE)).unwrap();
    let worker = HandWorker::register(coordinator.grpc());
    let job = worker.lease_one();
    worker.release(&job, "the disk is on fire");
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    wait_until("the sweep ends", || status(&rapgrid).starts_with("failed").then_some(()));
    let some = printed(&rapgrid);
    assert_eq!(kept(&rapgrid).split('|').next_back(), Some("t"));
    coordinator.run(&rapgrid, &["retry", "lines"]).succeeded();
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("lines");
    assert_eq!(kept(&rapgrid), "24|1|2|t");
    assert_ne!(printed(&rapgrid), some, "the rows of the failed job count");
}

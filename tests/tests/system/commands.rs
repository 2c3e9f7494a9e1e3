//! What people tell a coordinator to do with a sweep.

use crate::specs::{LONG_UNIT, TINY, TINY_ROWS};
use std::time::{Duration, Instant};
use system_tests::{HandWorker, Rapgrid, Signal, lease_of, wait_until};
use wire::v1::result_receipt::Verdict;

fn status(rapgrid: &Rapgrid) -> String {
    rapgrid.query("SELECT status FROM sweep_progress WHERE sweep = 'tiny'")
}

#[test]
fn a_sweep_is_submitted_listed_shown_and_watched_to_its_end() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&[]);
    let submit = ["submit", rapgrid.write("tiny.toml", TINY)];
    assert_eq!(coordinator.run(&rapgrid, &submit).succeeded(), "tiny is submitted: 32 rows in all\n");
    assert_eq!(coordinator.run(&rapgrid, &submit).succeeded(), "tiny was there already: 32 rows in all\n");
    assert_eq!(status(&rapgrid), "stopped", "no worker is there");
    let listed = coordinator.run(&rapgrid, &["list", "--format", "json"]).succeeded();
    let listed: serde_json::Value = serde_json::from_str(listed.trim()).unwrap();
    assert_eq!(listed["sweep"], "tiny");
    assert_eq!(listed["status"], "stopped");
    assert_eq!((&listed["units"], &listed["units_done"]), (&4.into(), &0.into()));
    assert_eq!((&listed["rows"], &listed["rows_done"]), (&TINY_ROWS.into(), &0.into()));
    let shown = coordinator.run(&rapgrid, &["show", "tiny"]).succeeded();
    assert!(shown.contains(TINY.trim()), "{shown}");
    let watch = rapgrid.spawn(&["watch", "tiny", "--coordinator", &coordinator.address]);
    watch.wait_for_message("0/4 units");
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    assert_eq!(watch.wait().succeeded(), "tiny is finished\n");
    let listed = coordinator.run(&rapgrid, &["list"]).succeeded();
    assert!(listed.contains("finished") && listed.contains("100.0 %"), "{listed}");
    rapgrid.assert_complete("tiny");
}

#[test]
fn a_paused_sweep_hands_out_no_job_but_takes_the_results_of_those_under_way() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.001"]);
    coordinator.grpc().submit(TINY).unwrap();
    let worker = HandWorker::register(coordinator.grpc());
    let job = worker.lease_one();
    assert_eq!(coordinator.run(&rapgrid, &["pause", "tiny"]).succeeded(), "tiny is paused\n");
    assert_eq!(status(&rapgrid), "paused");
    let answer = worker.lease(10, 300);
    assert!(answer.jobs.is_empty() && answer.idle, "{answer:?}");
    let chunk = worker.chunk(&job, worker.compute(&job));
    assert_eq!(worker.deliver(vec![chunk]).unwrap().verdict(), Verdict::Recorded);
    // A worker that wants work finds none, and ends.
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    assert_eq!(status(&rapgrid), "paused");
    assert_eq!(coordinator.run(&rapgrid, &["resume", "tiny"]).succeeded(), "tiny is running\n");
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("tiny");
}

#[test]
fn a_cancelled_sweep_fences_the_results_under_way_and_goes_on_when_resumed() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.001"]);
    coordinator.grpc().submit(TINY).unwrap();
    let worker = HandWorker::register(coordinator.grpc());
    let (recorded, late) = (worker.lease_one(), worker.lease_one());
    let chunk = worker.chunk(&recorded, worker.compute(&recorded));
    assert_eq!(worker.deliver(vec![chunk]).unwrap().verdict(), Verdict::Recorded);
    let rows = rapgrid.count("SELECT count(*) FROM measurements");
    assert_eq!(coordinator.run(&rapgrid, &["cancel", "tiny"]).succeeded(), "tiny is cancelled\n");
    assert_eq!(status(&rapgrid), "cancelled");
    assert_eq!(worker.heartbeat(vec![lease_of(&late)]), [lease_of(&late)]);
    let chunk = worker.chunk(&late, worker.compute(&late));
    assert_eq!(worker.deliver(vec![chunk.clone()]).unwrap().verdict(), Verdict::Fenced);
    assert!(worker.lease(1, 0).jobs.is_empty());
    assert_eq!(rapgrid.count("SELECT count(*) FROM measurements"), rows, "what is recorded stays");
    assert_eq!(coordinator.run(&rapgrid, &["resume", "tiny"]).succeeded(), "tiny is running\n");
    assert_eq!(
        worker.deliver(vec![chunk]).unwrap().verdict(),
        Verdict::Fenced,
        "after it is resumed as well"
    );
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("tiny");
}

#[test]
fn a_worker_in_the_middle_of_a_long_unit_is_free_soon_after_a_cancel_and_ends_at_a_second_ctrl_c() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--lease-seconds", "3"]);
    coordinator.grpc().submit(LONG_UNIT).unwrap();
    let worker = coordinator.worker(&rapgrid, &["--threads", "1", "--exit-when-idle"]);
    let leases = || rapgrid.count("SELECT count(*) FROM jobs");
    wait_until("the long unit is begun", || (leases() == 1).then_some(()));
    coordinator.run(&rapgrid, &["cancel", "long-unit"]).succeeded();
    coordinator.grpc().submit(TINY).unwrap();
    let cancelled = Instant::now();
    worker.wait().succeeded();
    assert!(cancelled.elapsed() < Duration::from_secs(10), "{:?}", cancelled.elapsed());
    rapgrid.assert_complete("tiny");
    assert_eq!(rapgrid.count("SELECT count(*) FROM results WHERE sweep = 'long-unit'"), 0);
    let listed = coordinator.run(&rapgrid, &["workers", "--format", "json"]).succeeded();
    let listed: serde_json::Value = serde_json::from_str(listed.trim()).unwrap();
    assert!(listed["jobs_finished"].as_u64() > Some(0), "{listed}");
    // Who drains may take its grace time for such a unit; a second Ctrl-C has no patience.
    coordinator.run(&rapgrid, &["resume", "long-unit"]).succeeded();
    let mut worker = coordinator.worker(&rapgrid, &["--threads", "1", "--grace-seconds", "600"]);
    wait_until("the long unit is begun again", || (leases() == 1).then_some(()));
    worker.signal(Signal::INT);
    worker.wait_for_message("finishing");
    worker.signal(Signal::INT);
    worker.wait().failed_with(130);
}

#[test]
fn a_job_that_fails_too_often_rests_until_it_is_retried() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "1000", "--max-attempts", "2"]);
    coordinator.grpc().submit(TINY).unwrap();
    let worker = HandWorker::register(coordinator.grpc());
    let job = worker.lease_one();
    worker.release(&job, "the disk is on fire");
    assert_eq!(status(&rapgrid), "running");
    assert!(worker.lease(1, 0).jobs.is_empty(), "a failed job rests before its next attempt");
    let again = worker.lease_one();
    worker.release(&again, "still on fire");
    wait_until("the sweep ends", || (status(&rapgrid) == "failed").then_some(()));
    let shown = coordinator.run(&rapgrid, &["show", "tiny"]).succeeded();
    assert!(shown.contains("units 0..4 of part 0, 2 attempts: still on fire"), "{shown}");
    coordinator.run(&rapgrid, &["watch", "tiny"]).failed_with(3);
    assert_eq!(coordinator.run(&rapgrid, &["retry", "tiny"]).succeeded(), "1 jobs are ready again\n");
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("tiny");
}

#[test]
fn deleting_a_sweep_removes_its_rows_from_every_table_and_no_others() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.00001"]);
    coordinator.grpc().submit(TINY).unwrap();
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    let (tables, table) = (rapgrid.row_counts(), rapgrid.table("tiny"));
    coordinator.grpc().submit(&TINY.replace("\"tiny\"", "\"twin\"")).unwrap();
    let worker = HandWorker::register(coordinator.grpc());
    let (recorded, late) = (worker.lease_one(), worker.lease_one());
    let chunk = worker.chunk(&recorded, worker.compute(&recorded));
    assert_eq!(worker.deliver(vec![chunk]).unwrap().verdict(), Verdict::Recorded);
    let late = worker.chunk(&late, worker.compute(&late));
    let refused = coordinator.run(&rapgrid, &["delete", "twin"]).failed_with(1);
    assert!(refused.contains("nothing was deleted"), "{refused}");
    let deleted = coordinator.run(&rapgrid, &["delete", "twin", "--yes"]).succeeded();
    assert_eq!(deleted, "deleted, with 8 measurements\n");
    assert_eq!(rapgrid.row_counts(), tables);
    assert_eq!(worker.deliver(vec![late]).unwrap().verdict(), Verdict::Fenced, "its workers find it gone");
    assert_eq!(rapgrid.row_counts(), tables);
    assert_eq!(rapgrid.table("tiny"), table);
    let message = coordinator.run(&rapgrid, &["delete", "twin", "--yes"]).failed_with(2);
    assert!(message.contains("there is no sweep named \"twin\""), "{message}");
    // The name is free again.
    coordinator.grpc().submit(&TINY.replace("\"tiny\"", "\"twin\"")).unwrap();
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("twin");
}

/// A million rows are planned, and a few thousand computed.
const LARGE: &str = r#"
name = "large"
samples = 5000
[grid]
widths = [3, 3, 3, 1]
dilution_1 = 0.5
beta = { from = 0.1, to = 1, count = 100 }
[methods.bp]
[methods.degrees]
"#;

#[test]
fn deleting_a_sweep_with_a_partition_of_its_own_drops_the_partition() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.1"]);
    let empty = rapgrid.row_counts();
    coordinator.run(&rapgrid, &["submit", rapgrid.write("large.toml", LARGE)]).succeeded();
    let partitions =
        || rapgrid.count("SELECT count(*) FROM pg_inherits WHERE inhparent = 'measurements'::regclass");
    assert_eq!(partitions(), 2);
    let _worker = coordinator.worker(&rapgrid, &["--threads", "1"]);
    wait_until("some rows", || rapgrid.units_done("large").filter(|&done| done > 0));
    coordinator.run(&rapgrid, &["cancel", "large"]).succeeded();
    assert!(rapgrid.count("SELECT count(*) FROM measurements") > 0);
    assert_eq!(rapgrid.count("SELECT count(*) FROM measurements_shared"), 0);
    let since = Instant::now();
    let deleted = coordinator.run(&rapgrid, &["delete", "large", "--yes"]).succeeded();
    assert!(since.elapsed() < Duration::from_secs(5), "deleting took {:?}", since.elapsed());
    assert!(deleted.starts_with("deleted, with "), "{deleted}");
    assert_eq!(partitions(), 1);
    assert_eq!(rapgrid.row_counts(), empty);
}

#[test]
fn a_command_says_where_it_looked_for_a_coordinator_that_is_not_there() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&[]);
    let absent = format!("http://{}", coordinator.kill());
    let message = rapgrid.run(&["list", "--coordinator", &absent]).failed_with(5);
    assert!(message.contains(&format!("no coordinator answers at {absent}")), "{message}");
}

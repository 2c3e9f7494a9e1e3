//! A sweep costs what is computed of it, however large its grid.

use std::time::{Duration, Instant};
use system_tests::{HUGE, HandWorker, Rapgrid};

#[test]
fn a_hundred_million_grid_points_are_submitted_in_seconds_and_leased_at_once() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&[]);
    let since = Instant::now();
    let submitted = coordinator.run(&rapgrid, &["submit", rapgrid.write("huge.toml", HUGE)]).succeeded();
    assert!(since.elapsed() < Duration::from_secs(5), "submitting took {:?}", since.elapsed());
    assert_eq!(submitted, "huge is submitted: 100000000 rows in all\n");
    let worker = HandWorker::register(coordinator.grpc());
    let since = Instant::now();
    let jobs = worker.lease(4, 0).jobs;
    assert!(since.elapsed() < Duration::from_secs(2), "leasing took {:?}", since.elapsed());
    assert_eq!(jobs.len(), 4);
    assert!(rapgrid.count("SELECT count(*) FROM jobs") < 1000, "jobs are cut as they are needed");
    let since = Instant::now();
    coordinator.run(&rapgrid, &["list"]).succeeded();
    coordinator.run(&rapgrid, &["delete", "huge", "--yes"]).succeeded();
    assert!(since.elapsed() < Duration::from_secs(10), "listing and deleting took {:?}", since.elapsed());
}

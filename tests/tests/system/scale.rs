//! A sweep costs what is computed of it, however large its grid.

use std::time::{Duration, Instant};
use system_tests::{HandWorker, Rapgrid};

/// 1000 × 1000 cells, 50 samples of each, two β.
const HUGE: &str = r#"
name = "huge"
samples = 50
[grid]
widths = [20, 20, 20, 1]
activation_1 = 0.5
dilution_1 = { from = 0, to = 0.999, step = 0.001 }
dilution_2 = { from = 0, to = 0.999, step = 0.001 }
beta = [0.3, 0.8]
[methods.mc]
"#;

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

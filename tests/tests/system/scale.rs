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

/// Statistics that are older than a sweep take its finished jobs for one row, and any index for good enough.
#[test]
fn where_cutting_goes_on_is_found_at_once_whatever_the_statistics_say() {
    let rapgrid = Rapgrid::new();
    let _holder = rapgrid.hold();
    rapgrid.coordinator(&[]).kill();
    let finish = |sweep: u32| {
        format!(
            "INSERT INTO finished_jobs (job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds, cpu_seconds,
                 attempts, worker_id, is_summed)
             SELECT 1000000 * {sweep} + job, {sweep}, 0, job - 1, job, 1, 1, 2, 1, 1, true FROM generate_series(1, 100000) AS job"
        )
    };
    rapgrid.query(&format!("{}; ANALYZE finished_jobs; {}", finish(1), finish(2)));
    assert_eq!(rapgrid.query("SELECT next_unit(2, 0), slowness(2)"), "100000|2");
    for function in ["next_unit(2, 0)", "slowness(2)"] {
        let plan = rapgrid.query(&format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT {function}"));
        let plan: serde_json::Value = serde_json::from_str(&plan).expect("a plan");
        let pages = plan[0]["Plan"]["Shared Hit Blocks"].as_u64().expect("a count");
        assert!(pages < 1000, "{function} reads {pages} pages");
    }
}

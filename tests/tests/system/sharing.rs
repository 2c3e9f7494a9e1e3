//! Sweeps that want the same workers, and workers that have little time.

use crate::specs::{LONG, TINY};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use system_tests::{HandWorker, Rapgrid, wait_until};
use wire::v1;

/// Jobs of one unit each, as many as asked for, all of the same cost.
const ONE_UNIT: [&str; 2] = ["--job-seconds", "0.001"];

/// How many of the next jobs are of which sweep.
fn next_jobs(worker: &HandWorker, jobs: usize) -> HashMap<i64, usize> {
    let mut of_sweep = HashMap::new();
    for _ in 0..jobs {
        *of_sweep.entry(worker.lease_one().sweep_id).or_default() += 1;
    }
    of_sweep
}

fn named(spec: &str, name: &str, new_name: &str) -> String {
    spec.replace(&format!("name = {name:?}"), &format!("name = {new_name:?}"))
}

#[test]
fn sweeps_of_one_priority_share_and_a_larger_priority_goes_first() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&ONE_UNIT);
    let worker = HandWorker::register(coordinator.grpc());
    worker.grpc.submit(&named(LONG, "long", "first")).unwrap();
    let first = worker.lease_one().sweep_id;
    next_jobs(&worker, 9);
    worker.grpc.submit(&named(LONG, "long", "second")).unwrap();
    // The one that joins gets its half from now on, however much the other was given before.
    let shares = next_jobs(&worker, 20);
    assert_eq!(shares.len(), 2, "{shares:?}");
    assert!((9..=11).contains(&shares[&first]), "{shares:?}");
    coordinator.run(&rapgrid, &["prioritise", "first", "1"]).succeeded();
    assert_eq!(next_jobs(&worker, 10), HashMap::from([(first, 10)]));
    coordinator.run(&rapgrid, &["prioritise", "first", "-1"]).succeeded();
    assert!(!next_jobs(&worker, 10).contains_key(&first));
    let listed = coordinator.run(&rapgrid, &["list", "--format", "json"]).succeeded();
    assert!(listed.contains(r#""priority":-1"#), "{listed}");
}

#[test]
fn a_job_that_came_back_goes_before_new_ones_of_its_priority() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&ONE_UNIT);
    let worker = HandWorker::register(coordinator.grpc());
    worker.grpc.submit(LONG).unwrap();
    let job = worker.lease_one();
    next_jobs(&worker, 3);
    worker.release(&job, "");
    let again = worker.lease_one();
    assert_eq!((again.first_unit, again.end_unit), (job.first_unit, job.end_unit));
    assert_ne!(again.lease, job.lease, "a lease never returns");
}

#[test]
fn a_worker_without_time_gets_no_job_and_one_with_little_gets_short_ones() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "1000"]);
    let worker = HandWorker::register(coordinator.grpc());
    worker.grpc.submit(LONG).unwrap();
    let lease = |seconds_left| {
        let request =
            v1::LeaseRequest { worker_id: worker.id, jobs: 1, seconds_left, ..v1::LeaseRequest::default() };
        worker.grpc.work(async |client| client.lease(request).await).unwrap()
    };
    // There is nothing that it could wait for, which is told once.
    let nothing = v1::LeaseResponse { jobs: Vec::new(), idle: true };
    assert_eq!((lease(Some(1e-6)), lease(Some(-5.0))), (nothing.clone(), nothing.clone()));
    let told = || coordinator.process.stderr().matches("the job takes longer than the worker has").count();
    assert_eq!(told(), 1);
    let units = |job: &v1::Job| job.end_unit - job.first_unit;
    let short = lease(Some(0.5)).jobs.pop().expect("a short job");
    worker.release(&short, "");
    // It is there again, and too long for whoever has less time.
    assert_eq!(lease(Some(1e-6)), nothing);
    assert_eq!(told(), 3, "of the one that came back, and of the next");
    let again = lease(None).jobs.pop().expect("the same job");
    assert_eq!(units(&short), units(&again));
    let rest = lease(None).jobs.pop().expect("a long job");
    assert!(units(&rest) > units(&short), "{rest:?} after {short:?}");
}

#[test]
fn a_time_limit_ends_a_worker_in_time_and_costs_no_attempt() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--lease-seconds", "60"]);
    coordinator.run(&rapgrid, &["submit", rapgrid.write("long.toml", LONG)]).succeeded();
    let since = Instant::now();
    let worker =
        coordinator.worker(&rapgrid, &["--threads", "1", "--time-limit", "0:03", "--grace-seconds", "1"]);
    worker.wait().failed_with(6);
    let took = since.elapsed();
    // Starting and ending a process on a busy machine takes its time as well.
    assert!((Duration::from_millis(1500)..Duration::from_secs(8)).contains(&took), "{took:?}");
    let left = "SELECT count(*) FROM jobs WHERE state <> 'ready' OR attempts <> 0";
    wait_until("all jobs to be given back", || (rapgrid.count(left) == 0).then_some(()));
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("long");
}

#[test]
fn progress_counts_every_job_once_while_it_is_being_added_up() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&ONE_UNIT);
    coordinator.run(&rapgrid, &["submit", rapgrid.write("tiny.toml", TINY)]).succeeded();
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    let sums = "SELECT jobs, units, rows FROM sweeps, finished(sweep_id)";
    let direct = "SELECT count(*), sum(end_unit - first_unit), sum(rows) FROM finished_jobs";
    let before = rapgrid.query(sums);
    assert_eq!(before, rapgrid.query(direct));
    wait_until("the jobs to be counted", || {
        (rapgrid.count("SELECT coalesce(sum(jobs), 0) FROM counted_jobs") > 0).then_some(())
    });
    assert_eq!(before, rapgrid.query(sums));
    // As after a restore into another server, whose transactions are numbered anew.
    rapgrid.query("UPDATE counted_jobs SET before = '9000000000', jobs = 4711");
    rapgrid.query("SELECT count_finished_jobs()");
    assert_eq!(before, rapgrid.query(sums));
}

#[test]
fn the_time_left_follows_from_the_pace_since_work_went_on() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&ONE_UNIT);
    let worker = HandWorker::register(coordinator.grpc());
    worker.grpc.submit(LONG).unwrap();
    // Submitted an hour ago; of a hundred seconds' work a first one took ten, and has just been recorded.
    rapgrid.query(
        "UPDATE sweep_parts SET submitted_at = now() - interval '1 hour', estimated_seconds = 101;
         INSERT INTO finished_jobs (job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds, cpu_seconds,
                                    attempts, worker_id, is_summed)
         SELECT 1000000, sweep_id, 0, 0, 1, 1, 1, 10, 1, 1, true FROM sweeps",
    );
    let listed = coordinator.run(&rapgrid, &["list", "--format", "json"]).succeeded();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let left = listed["seconds_left"].as_f64().unwrap();
    assert!((1000.0..2000.0).contains(&left), "{left}");
    // And what a scan would still compute, at the pace that was measured.
    let dry_run = ["scan", rapgrid.write("long.toml", LONG), "--dry-run", "--format", "json"];
    let planned: serde_json::Value = serde_json::from_str(&rapgrid.run(&dry_run).succeeded()).unwrap();
    let rows = planned["plan"]["rows"].as_u64().unwrap();
    assert_eq!(planned["remaining"], serde_json::json!({ "rows": rows - 1, "cpu_seconds": 1000.0 }));
}

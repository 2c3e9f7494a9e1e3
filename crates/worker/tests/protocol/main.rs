//! What a worker says to a coordinator, and when, over real sockets.

mod fake;

use fake::{Call, Script, run_worker};
use std::collections::HashMap;
use std::time::Duration;
use sweep::{Job, Spec, Sweep};
use tonic::Status;
use wire::v1;
use wire::v1::result_receipt::Verdict;

/// One unit of a few milliseconds.
const QUICK: &str = r#"
name = "fake"
seed = 1
samples = 1
[grid]
widths = [5, 5, 5, 1]
activation_1 = 0.5
dilution_1 = 0.5
beta = 0.8
[methods.mc]
relax = 20
measure = 100
"#;

const LEASE: v1::LeaseRef = v1::LeaseRef { job_id: 1, epoch: 1 };

/// All units of the sweep, in one job.
fn the_job() -> Result<v1::LeaseResponse, Status> {
    let job = v1::Job { lease: Some(LEASE), sweep_id: 1, part: 0, first_unit: 0, end_unit: 1 };
    Ok(v1::LeaseResponse { jobs: vec![job], idle: false })
}

/// The place of the first call that is so.
fn place(calls: &[Call], is_so: impl Fn(&Call) -> bool) -> usize {
    calls.iter().position(is_so).unwrap_or_else(|| panic!("not among {calls:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_in_the_heartbeats_while_its_sweep_is_asked_for() {
    let calls = run_worker(Script {
        lease_ms: 300,
        leases: [the_job()].into(),
        specs: vec![QUICK.to_owned()],
        verdict: Verdict::Recorded,
        slow: HashMap::from([("describe", Duration::from_millis(1500))]),
        ..Script::default()
    })
    .await;
    let asked = place(&calls, |call| *call == Call::Describe);
    let answered = place(&calls, |call| *call == Call::Described);
    let beats = calls[asked..answered].iter().filter(|call| **call == Call::Heartbeat(vec![LEASE])).count();
    // Fourteen where nothing else is going on.
    assert!(beats >= 3, "{beats} heartbeats: {calls:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_goodbye_waits_until_refused_results_are_given_back() {
    let calls = run_worker(Script {
        lease_ms: 15_000,
        leases: [the_job()].into(),
        specs: vec![QUICK.to_owned()],
        verdict: Verdict::Refused,
        slow: HashMap::from([("release", Duration::from_millis(1000))]),
        ..Script::default()
    })
    .await;
    let given_back = v1::ReleaseRequest {
        worker_id: 1,
        leases: vec![LEASE],
        error: "results refused: as the script says".to_owned(),
    };
    assert!(calls.contains(&Call::Release(given_back)), "{calls:#?}");
    let released = place(&calls, |call| *call == Call::Released);
    assert!(released < place(&calls, |call| *call == Call::Goodbye(1)), "{calls:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_computed_for_another_database_is_never_taken_for_an_answer_to_this_one() {
    // Some two seconds: it is computed while the database is made anew.
    let old = QUICK.replace("[5, 5, 5, 1]", "[40, 40, 40, 1]").replace("measure = 100", "measure = 300000");
    let new = old.replace("seed = 1", "seed = 2");
    let calls = run_worker(Script {
        lease_ms: 15_000,
        // The new database counts its jobs and epochs from one again.
        leases: [the_job(), Err(Status::failed_precondition("not registered")), the_job()].into(),
        specs: vec![old, new.clone()],
        verdict: Verdict::Recorded,
        ..Script::default()
    })
    .await;
    let sweep = Sweep::new(Spec::parse(&new, "new", &|_| Err(String::new())).unwrap());
    let due = compute::compute_job(&sweep, Job { part: 0, first_unit: 0, end_unit: 1 });
    let due: Vec<f64> =
        energies(due.iter().flat_map(|unit| &unit.rows.measurements).map(v1::Measurement::from));
    let results = calls.iter().filter_map(|call| match call {
        Call::Results(chunk) => Some(chunk.clone()),
        _ => None,
    });
    let results: Vec<v1::ResultChunk> = results.collect();
    assert_eq!(results.len(), 1, "{results:#?}");
    assert_eq!((results[0].worker_id, results[0].digest.as_str()), (2, sweep.latest().digest()));
    let got = results.into_iter().flat_map(|chunk| chunk.units).flat_map(|unit| unit.measurements);
    assert_eq!(energies(got), due);
    assert_eq!(calls.last(), Some(&Call::Goodbye(2)));
}

fn energies(rows: impl Iterator<Item = v1::Measurement>) -> Vec<f64> {
    rows.filter_map(|row| row.energy_per_weight).collect()
}

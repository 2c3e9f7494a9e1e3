//! Malformed and misplaced messages of rapgrid.v1: each gets its status or verdict, nothing is stored, and the service
//! goes on.

use crate::specs::{TINY, TINY_ROWS};
use compute::UnitResult;
use std::time::Duration;
use system_tests::{Coordinator, HandWorker, Rapgrid, lease_of};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request};
use wire::v1;
use wire::v1::result_receipt::Verdict;

/// A coordinator with [`TINY`] cut into one job.
fn serve_tiny(rapgrid: &Rapgrid) -> Coordinator {
    let coordinator = rapgrid.coordinator(&["--job-seconds", "1000"]);
    coordinator.grpc().submit(TINY).unwrap();
    coordinator
}

/// A worker finishes the sweep: the service still serves.
fn assert_goes_on(rapgrid: &Rapgrid, coordinator: &Coordinator) {
    coordinator.worker(rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("tiny");
}

#[test]
fn wrong_submissions_are_invalid_arguments() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let tables = rapgrid.row_counts();
    let grpc = coordinator.grpc();
    let submit = |part: Option<v1::Part>| {
        grpc.sweeps(async |client| client.submit(v1::SubmitRequest { part, priority: None }).await)
            .unwrap_err()
    };
    let part = |spec: &str| {
        Some(v1::Part {
            spec: spec.to_owned(),
            instance_files: vec![v1::InstanceFile { name: "a.json".to_owned(), json: "{}".to_owned() }],
        })
    };
    let of_instance =
        |name: &str| format!("name = \"own\"\n[grid]\ninstances = [\"{name}\"]\nbeta = 1\n[methods.bp]\n");
    for (part, reason) in [
        (None, "no part"),
        (part(""), "spec:1:1: "),
        (part("name = 3"), "spec:1:8: name must be a string"),
        (part("\0"), "spec:1:2: "),
        (part(&TINY.replace("bp", "guess")), "needs a kind"),
        (part(&of_instance("b.json")), "the file was not sent with the spec"),
        (part(&of_instance("a.json")), "missing field"),
    ] {
        let status = submit(part);
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert!(status.message().contains(reason), "{reason} is not in {status:?}");
    }
    let shrunk = grpc.submit(&TINY.replace("samples = 2", "samples = 1")).unwrap_err();
    assert_eq!(shrunk.code(), Code::AlreadyExists, "{shrunk:?}");
    assert!(shrunk.message().contains("samples fell: 2 → 1"), "{shrunk:?}");
    assert_eq!(rapgrid.row_counts(), tables);
    assert_goes_on(&rapgrid, &coordinator);
}

#[test]
fn sweeps_that_are_not_there_are_not_found() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let tables = rapgrid.row_counts();
    let grpc = coordinator.grpc();
    for name in ["nobody", "", "tiny'; DROP TABLE sweeps; --", "TINY"] {
        let sweep = || name.to_owned();
        let statuses = [
            grpc.sweeps(async |c| c.get(v1::GetRequest { sweep: sweep() }).await).err(),
            grpc.sweeps(async |c| c.watch(v1::WatchRequest { sweep: sweep(), interval_ms: 0 }).await).err(),
            grpc.sweeps(async |c| c.pause(v1::PauseRequest { sweep: sweep() }).await).err(),
            grpc.sweeps(async |c| c.resume(v1::ResumeRequest { sweep: sweep() }).await).err(),
            grpc.sweeps(async |c| c.cancel(v1::CancelRequest { sweep: sweep() }).await).err(),
            grpc.sweeps(async |c| c.retry(v1::RetryRequest { sweep: sweep() }).await).err(),
            grpc.sweeps(async |c| c.delete(v1::DeleteRequest { sweep: sweep() }).await).err(),
        ];
        for status in statuses {
            assert_eq!(status.map(|status| status.code()), Some(Code::NotFound), "{name:?}");
        }
    }
    let status = grpc.work(async |c| c.describe(v1::DescribeRequest { sweep_id: -1 }).await).unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(rapgrid.row_counts(), tables);
    assert_goes_on(&rapgrid, &coordinator);
}

#[test]
fn a_worker_that_never_registered_gets_no_job() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let grpc = coordinator.grpc();
    let request = v1::LeaseRequest {
        worker_id: 4711,
        jobs: 1,
        wait_ms: 0,
        sweep: String::new(),
        ..v1::LeaseRequest::default()
    };
    let status = grpc.work(async |client| client.lease(request).await).unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    assert!(status.message().contains("worker 4711 is not registered"), "{status:?}");
    assert_eq!(rapgrid.count("SELECT count(*) FROM jobs WHERE state <> 'ready'"), 0);
    assert_goes_on(&rapgrid, &coordinator);
}

#[test]
fn results_under_a_wrong_lease_are_fenced() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let worker = HandWorker::register(coordinator.grpc());
    let other = HandWorker::register(coordinator.grpc());
    let stale = worker.lease_one();
    let results = worker.compute(&stale);
    worker.release(&stale, "");
    let job = worker.lease_one();
    let tables = rapgrid.row_counts();
    let v1::LeaseRef { job_id, epoch } = lease_of(&job);
    assert!(epoch > lease_of(&stale).epoch, "an epoch never returns");
    let honest = worker.chunk(&job, results.clone());
    let with_lease =
        |job_id, epoch| v1::ResultChunk { lease: Some(v1::LeaseRef { job_id, epoch }), ..honest.clone() };
    for (what, chunk) in [
        ("a job that is not there", with_lease(job_id + 1000, epoch)),
        ("an epoch that is not there", with_lease(job_id, epoch + 1000)),
        ("a lease given back", worker.chunk(&stale, results.clone())),
        ("another worker's lease", other.chunk(&job, results.clone())),
    ] {
        let receipt = worker.deliver(vec![chunk]).unwrap();
        assert_eq!(receipt.verdict(), Verdict::Fenced, "{what}");
    }
    let lost = worker.heartbeat(vec![lease_of(&job), lease_of(&stale)]);
    assert_eq!(lost, [lease_of(&stale)]);
    assert_eq!(other.heartbeat(vec![lease_of(&job)]), [lease_of(&job)]);
    other.release(&job, "not mine to give back");
    assert_eq!(rapgrid.row_counts(), tables);
    assert_eq!(worker.deliver(vec![honest.clone()]).unwrap().verdict(), Verdict::Recorded);
    assert_eq!(worker.deliver(vec![honest]).unwrap().verdict(), Verdict::Fenced, "a second answer");
    rapgrid.assert_complete("tiny");
}

type Spoil = fn(&mut v1::ResultChunk);

/// Results that are not those of the job, and why they are refused.
const WRONG_RESULTS: [(&str, Spoil); 26] = [
    ("the results are of another spec", |chunk| chunk.digest.clear()),
    ("the results are of another spec", |chunk| chunk.digest = chunk.digest.replace('0', "1")),
    ("is missing", |chunk| drop(chunk.units.pop())),
    ("is missing", |chunk| chunk.units.clear()),
    ("is not of this job", |chunk| {
        let unit = chunk.units[0].clone();
        chunk.units.push(v1::UnitResult { unit: 4, ..unit });
    }),
    ("unit 1 came where unit 0 is due", |chunk| chunk.units.swap(0, 1)),
    ("came where unit 1 is due", |chunk| chunk.units[1].unit = u64::MAX),
    ("unit 2: ", |chunk| drop(chunk.units[2].measurements.pop())),
    ("was not asked for", |chunk| {
        let row = chunk.units[0].measurements[0].clone();
        chunk.units[0].measurements.push(row);
    }),
    ("is due", |chunk| chunk.units[0].measurements.swap(0, 1)),
    ("is due", |chunk| chunk.units[0].measurements[0].beta = "0.31".to_owned()),
    ("is due", |chunk| chunk.units[0].measurements[0].method = "other".to_owned()),
    ("beta is \"warm\"", |chunk| chunk.units[0].measurements[0].beta = "warm".to_owned()),
    ("branch is 9", |chunk| chunk.units[0].measurements[0].branch = 9),
    ("outcome is 0", |chunk| chunk.units[0].measurements[0].outcome = 0),
    ("energy_per_weight is NaN", |chunk| chunk.units[0].measurements[0].energy_per_weight = Some(f64::NAN)),
    ("log_z_per_weight is inf", |chunk| {
        chunk.units[3].measurements[0].log_z_per_weight = Some(f64::INFINITY)
    }),
    ("weights is 4294967295", |chunk| chunk.units[0].measurements[0].weights = u32::MAX),
    ("cpu_seconds is NaN", |chunk| chunk.cpu_seconds = f64::NAN),
    ("layer is 0", |chunk| chunk.units[0].degree_counts[0].layer = 0),
    ("layer_overlaps is NaN", |chunk| chunk.units[0].measurements[0].layer_overlaps[0] = f64::NAN),
    ("a histogram has 64 bins", |chunk| chunk.units[0].measurements[0].path_overlap_histogram = vec![1]),
    ("levels of levels at overlap 0.5 are missing", |chunk| drop(chunk.units[0].levels.pop())),
    ("are not due", |chunk| chunk.units[0].levels.swap(0, 1)),
    ("covariance_per_path is NaN", |chunk| chunk.units[1].levels[0].covariance_per_path = f64::NAN),
    ("duplicate", |chunk| {
        let bar = chunk.units[0].degree_counts[0];
        chunk.units[0].degree_counts.push(bar);
    }),
];

#[test]
fn results_that_are_not_those_of_the_job_are_refused_with_the_reason() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let worker = HandWorker::register(coordinator.grpc());
    let job = worker.lease_one();
    assert_eq!((job.first_unit, job.end_unit), (0, 4));
    let honest = worker.chunk(&job, worker.compute(&job));
    let tables = rapgrid.row_counts();
    for (reason, spoil) in WRONG_RESULTS {
        let mut chunk = honest.clone();
        spoil(&mut chunk);
        let receipt = worker.deliver(vec![chunk]).unwrap_or_else(|status| panic!("{reason}: {status:?}"));
        assert_eq!(receipt.verdict(), Verdict::Refused, "{reason}: {receipt:?}");
        assert!(receipt.reason.contains(reason), "{reason} is not in {receipt:?}");
    }
    let status = worker.deliver(vec![v1::ResultChunk { lease: None, ..honest.clone() }]).unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    assert_eq!(rapgrid.row_counts(), tables);
    assert_eq!(worker.deliver(vec![honest]).unwrap().verdict(), Verdict::Recorded);
    rapgrid.assert_complete("tiny");
}

#[test]
fn a_result_in_many_chunks_is_recorded_and_a_broken_stream_records_nothing() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let worker = HandWorker::register(coordinator.grpc());
    let job = worker.lease_one();
    let results = worker.compute(&job);
    // A chunk for every row.
    let chunk = |unit: v1::UnitResult| v1::ResultChunk {
        units: vec![unit],
        last: false,
        ..worker.chunk(&job, vec![])
    };
    let rows = |unit: UnitResult| {
        let v1::UnitResult { unit, measurements, degree_counts, levels, training } =
            v1::UnitResult::from(&unit.rows);
        let nothing = v1::UnitResult { unit, ..v1::UnitResult::default() };
        let row = {
            let nothing = nothing.clone();
            move |row| v1::UnitResult { measurements: vec![row], ..nothing.clone() }
        };
        let bars = v1::UnitResult { degree_counts, levels, training, ..nothing };
        measurements.into_iter().map(row).chain([bars]).map(chunk).collect::<Vec<_>>()
    };
    let mut chunks: Vec<v1::ResultChunk> = results.into_iter().flat_map(rows).collect();
    assert!(chunks.len() as u64 > TINY_ROWS);
    // A stream that ends before the last chunk: no answer, and nothing is kept of it.
    let broken =
        worker.grpc.work(async |client| client.stream_results(tokio_stream::iter(chunks.clone())).await);
    assert!(worker.grpc.wait(broken.unwrap().message()).unwrap().is_none());
    assert_eq!(rapgrid.count("SELECT count(*) FROM measurements"), 0);
    chunks.last_mut().unwrap().last = true;
    assert_eq!(worker.deliver(chunks).unwrap().verdict(), Verdict::Recorded);
    rapgrid.assert_complete("tiny");
}

#[test]
fn bytes_that_are_no_message_are_an_error_and_the_service_goes_on() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let tables = rapgrid.row_counts();
    let grpc = coordinator.grpc();
    // A text where a number is due: field 1 has another wire type.
    let codec = tonic_prost::ProstCodec::<v1::GetRequest, v1::LeaseResponse>::default();
    let path = PathAndQuery::from_static("/rapgrid.v1.Work/Lease");
    let request = Request::new(v1::GetRequest { sweep: "tiny".to_owned() });
    let answer = grpc.wait(async {
        let mut client = tonic::client::Grpc::new(grpc.channel());
        client.ready().await.unwrap();
        client.unary(request, path, codec).await
    });
    assert!(answer.is_err(), "{answer:?}");
    let unknown = PathAndQuery::from_static("/rapgrid.v1.Work/Guess");
    let codec = tonic_prost::ProstCodec::<v1::GetRequest, v1::LeaseResponse>::default();
    let answer = grpc.wait(async {
        let mut client = tonic::client::Grpc::new(grpc.channel());
        client.ready().await.unwrap();
        client.unary(Request::new(v1::GetRequest::default()), unknown, codec).await
    });
    assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
    assert_eq!(rapgrid.row_counts(), tables);
    assert_goes_on(&rapgrid, &coordinator);
}

#[test]
fn texts_that_the_database_cannot_hold_are_an_error_and_the_service_goes_on() {
    let rapgrid = Rapgrid::new();
    let coordinator = serve_tiny(&rapgrid);
    let tables = rapgrid.row_counts();
    let grpc = coordinator.grpc();
    let sweep = || "ti\0ny".to_owned();
    assert!(grpc.sweeps(async |c| c.get(v1::GetRequest { sweep: sweep() }).await).is_err());
    assert!(grpc.sweeps(async |c| c.delete(v1::DeleteRequest { sweep: sweep() }).await).is_err());
    let spec = "name = \"own\"\n[grid]\ninstances = [\"a\\u0000\"]\nbeta = 1\n[methods.bp]\n".to_owned();
    let json = r#"{"format": "rap-instance/1", "widths": [1, 1, 1], "paths": [[0, 0, 0]], "inputs": [1]}"#
        .to_owned();
    let instance_files = vec![v1::InstanceFile { name: "a\0".to_owned(), json }];
    let request = v1::SubmitRequest { part: Some(v1::Part { spec, instance_files }), priority: None };
    assert!(grpc.sweeps(async |c| c.submit(request).await).is_err());
    let worker = HandWorker::register(coordinator.grpc());
    let request = v1::LeaseRequest {
        worker_id: worker.id,
        jobs: 1,
        wait_ms: 0,
        sweep: sweep(),
        ..v1::LeaseRequest::default()
    };
    let answer = grpc.work(async |c| c.lease(request).await);
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.jobs.is_empty()));
    let job = worker.lease_one();
    worker.release(&job, "it ended in \0");
    assert_eq!(rapgrid.count("SELECT count(*) FROM jobs WHERE state = 'leased'"), 0);
    assert_eq!(rapgrid.row_counts().replace("jobs|1", "jobs|0"), tables);
    assert_goes_on(&rapgrid, &coordinator);
}

#[test]
fn a_lease_waits_no_longer_than_it_is_asked_to() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&[]);
    let worker = HandWorker::register(coordinator.grpc());
    let since = std::time::Instant::now();
    let answer = worker.lease(u32::MAX, 0);
    assert!(answer.jobs.is_empty() && answer.idle, "{answer:?}");
    assert!(since.elapsed() < Duration::from_secs(5));
}

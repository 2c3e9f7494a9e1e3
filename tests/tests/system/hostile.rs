//! A worker that lies, and bytes that nobody meant: nothing is stored, and the service goes on.

use crate::specs::TINY;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use prost::Message;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use system_tests::{Coordinator, Grpc, HandWorker, Rapgrid, lease_of};
use tonic::codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request, Status};
use wire::v1;
use wire::v1::result_receipt::Verdict;

#[test]
fn results_of_another_sweep_job_or_cell_never_enter_a_lease() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "1e-3"]);
    coordinator.grpc().submit(TINY).unwrap();
    let other = TINY.replace("tiny", "other").replace("0.5]", "0.4]");
    coordinator.grpc().submit(&other).unwrap();
    let liar = HandWorker::register(coordinator.grpc());
    let jobs = liar.lease(100, 20_000).jobs;
    let of = |sweep: i64| jobs.iter().filter(move |job| job.sweep_id == sweep).collect::<Vec<_>>();
    let first = jobs[0].sweep_id;
    let (own, foreign) = (of(first), of(first + 1));
    assert!(own.len() > 1, "{jobs:?}");
    let foreign = foreign.first().map_or_else(|| liar.lease_one(), |job| **job);
    let tables = rapgrid.row_counts();
    let honest = liar.chunk(own[0], liar.compute(own[0]));
    let of_other_job = liar.chunk(own[1], liar.compute(own[1]));
    let of_other_sweep = liar.chunk(&foreign, liar.compute(&foreign));
    let under_own = |chunk: &v1::ResultChunk| v1::ResultChunk { lease: honest.lease, ..chunk.clone() };
    let mut lies = vec![
        ("another job's units", under_own(&of_other_job)),
        ("another sweep's results", under_own(&of_other_sweep)),
        ("another sweep's, with this one's digest", {
            v1::ResultChunk { digest: honest.digest.clone(), ..under_own(&of_other_sweep) }
        }),
        ("units twice", {
            let units = honest.units.iter().chain(&honest.units).cloned().collect();
            v1::ResultChunk { units, ..honest.clone() }
        }),
        ("more units than asked for", {
            let units = honest.units.iter().chain(&of_other_job.units).cloned().collect();
            v1::ResultChunk { units, ..honest.clone() }
        }),
    ];
    let spoilt = |spoil: &dyn Fn(&mut v1::UnitResult)| {
        let mut chunk = honest.clone();
        spoil(&mut chunk.units[0]);
        chunk
    };
    lies.push(("more weights than the network", spoilt(&|unit| unit.measurements[0].weights = 56)));
    lies.push(("more paths than the network", spoilt(&|unit| unit.measurements[0].paths = 126)));
    lies.push(("more hidden units", spoilt(&|unit| unit.measurements[0].hidden_units = 11)));
    lies.push(("a layer too many", spoilt(&|unit| unit.degree_counts[0].layer = 4)));
    lies.push(("a degree too large", spoilt(&|unit| unit.degree_counts[0].degree = 126)));
    lies.push(("an overlap of two", spoilt(&|unit| unit.measurements[0].overlap = Some(2.0))));
    lies.push(("no energy is so low", spoilt(&|unit| unit.measurements[0].energy_per_weight = Some(-1e6))));
    lies.push(("a negative error", spoilt(&|unit| unit.levels[0].covariance_error = -1.0)));
    for (what, chunk) in lies {
        let receipt = liar.deliver(vec![chunk]).unwrap_or_else(|status| panic!("{what}: {status:?}"));
        assert_eq!(receipt.verdict(), Verdict::Refused, "{what}: {receipt:?}");
    }
    // Whose lease it is, is not for the sender to say.
    let thief = HandWorker::register(coordinator.grpc());
    let forged = v1::ResultChunk { worker_id: thief.id, ..honest.clone() };
    assert_eq!(thief.deliver(vec![forged]).unwrap().verdict(), Verdict::Fenced);
    let v1::LeaseRef { job_id, epoch } = lease_of(own[0]);
    for epoch in [epoch - 1, epoch + 1, 0, i64::MAX] {
        let lease = Some(v1::LeaseRef { job_id, epoch });
        let receipt = liar.deliver(vec![v1::ResultChunk { lease, ..honest.clone() }]).unwrap();
        assert_eq!(receipt.verdict(), Verdict::Fenced, "epoch {epoch}");
    }
    // Jobs begun and never ended fill no memory.
    let begun = |job_id| v1::ResultChunk {
        lease: Some(v1::LeaseRef { job_id, epoch: 1 }),
        ..v1::ResultChunk::default()
    };
    let status = liar.deliver((0..100).map(begun).collect()).unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
    assert_eq!(rapgrid.row_counts(), tables);
    assert_eq!(liar.deliver(vec![honest]).unwrap().verdict(), Verdict::Recorded);
}

#[test]
fn a_sweep_beyond_the_limits_is_refused_before_anything_is_stored() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--max-rows", "40"]);
    let grpc = coordinator.grpc();
    grpc.submit(TINY).unwrap();
    let tables = rapgrid.row_counts();
    for (spec, reason) in [
        (TINY.replace("tiny", "more").replace("samples = 2", "samples = 3"), "this coordinator takes 40"),
        (TINY.replace("samples = 2", "samples = 3"), "this coordinator takes 40"),
        (TINY.replace("[0.3, 0.8]", "{ from = 1, to = 2, count = 20000 }"), "rows of every sample"),
        (format!("{TINY}#{}", "x".repeat(17 << 20)), "a spec may have"),
    ] {
        let status = grpc.submit(&spec).unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert!(status.message().contains(reason), "{status:?}");
    }
    assert_eq!(rapgrid.row_counts(), tables);
}

/// Sends bytes as they are, and takes any answer.
#[derive(Debug, Clone, Copy, Default)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, bytes: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        prost::bytes::BufMut::put_slice(buffer, &bytes);
        Ok(())
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = prost::bytes::Buf::remaining(buffer);
        Ok(Some(prost::bytes::Buf::copy_to_bytes(buffer, length).to_vec()))
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}

/// Every method, and one that is not there.
const METHODS: [&str; 16] = [
    "Sweeps/Submit",
    "Sweeps/List",
    "Sweeps/Get",
    "Sweeps/Watch",
    "Sweeps/Pause",
    "Sweeps/Resume",
    "Sweeps/Cancel",
    "Sweeps/Retry",
    "Sweeps/Delete",
    "Work/Register",
    "Work/Describe",
    "Work/Lease",
    "Work/Heartbeat",
    "Work/StreamResults",
    "Work/Release",
    "Work/Guess",
];

/// One message as a stream of one: what a call without streams sends as well.
fn call(grpc: &Grpc, method: &str, bytes: Vec<u8>) -> Result<(), Status> {
    let path = PathAndQuery::try_from(format!("/rapgrid.v1.{method}")).unwrap();
    grpc.wait(async {
        let mut client = tonic::client::Grpc::new(grpc.channel());
        client.ready().await.expect("the coordinator is there");
        let answers = client.streaming(Request::new(tokio_stream::iter([bytes])), path, Bytes).await?;
        let mut answers = answers.into_inner();
        // A watch would go on as long as its sweep.
        match tokio::time::timeout(Duration::from_secs(5), answers.message()).await {
            Ok(answer) => answer.map(drop),
            Err(_) => Ok(()),
        }
    })
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(-1), Just(1), Just(i64::MAX), Just(i64::MIN), any::<i64>()]
}

/// Names that are not those of a sweep: what is asked of a sweep that is there would be done.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("ti\0ny".to_owned()),
        Just("x".repeat(100_000)),
        Just("'; DROP TABLE sweeps; --".to_owned()),
        "\\PC{0,20}",
    ]
    .prop_filter("a sweep that is there", |text| text != "tiny")
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-1.0), Just(1e308), any::<f64>()]
}

fn leases() -> impl Strategy<Value = Vec<v1::LeaseRef>> {
    vec((number(), number()).prop_map(|(job_id, epoch)| v1::LeaseRef { job_id, epoch }), 0..20)
}

/// A unit of no job.
fn unit() -> impl Strategy<Value = v1::UnitResult> {
    let row = (text(), text(), any::<(i32, i32, u32, u64)>(), float(), vec(any::<u64>(), 0..70)).prop_map(
        |(beta, method, (branch, outcome, weights, paths), value, histogram)| v1::Measurement {
            beta,
            method,
            branch,
            outcome,
            weights,
            paths,
            energy_per_weight: Some(value),
            layer_overlaps: vec![value; histogram.len() % 20],
            path_overlap_histogram: histogram,
            ..v1::Measurement::default()
        },
    );
    (any::<u64>(), vec(row, 0..4)).prop_map(|(unit, measurements)| v1::UnitResult {
        unit,
        measurements,
        ..v1::UnitResult::default()
    })
}

/// A method and a message: of its own kind with any values, cut and changed ones, and any bytes.
fn misuse() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let named = (prop::sample::select(&METHODS[2..9]), text())
        .prop_map(|(method, sweep)| (method, v1::GetRequest { sweep }.encode_to_vec()));
    let submitted = (text(), text(), text()).prop_map(|(spec, name, json)| {
        let part = v1::Part { spec, instance_files: vec![v1::InstanceFile { name, json }] };
        ("Sweeps/Submit", v1::SubmitRequest { part: Some(part), priority: None }.encode_to_vec())
    });
    let described = number().prop_map(|sweep_id| {
        ("Work/Describe", v1::DescribeRequest { sweep_id: -sweep_id.saturating_abs() }.encode_to_vec())
    });
    let registered = (text(), any::<u32>()).prop_map(|(host, threads)| {
        let request = v1::RegisterRequest { host, threads, numerics_revision: threads, ..Default::default() };
        ("Work/Register", request.encode_to_vec())
    });
    let leased = (number(), any::<u32>(), text()).prop_map(|(worker_id, jobs, sweep)| {
        let worker_id = -worker_id.saturating_abs();
        (
            "Work/Lease",
            v1::LeaseRequest { worker_id, jobs, sweep, ..v1::LeaseRequest::default() }.encode_to_vec(),
        )
    });
    let beaten = (number(), leases()).prop_map(|(worker_id, leases)| {
        ("Work/Heartbeat", v1::HeartbeatRequest { worker_id, leases }.encode_to_vec())
    });
    let released = (number(), leases(), text()).prop_map(|(worker_id, leases, error)| {
        ("Work/Release", v1::ReleaseRequest { worker_id, leases, error }.encode_to_vec())
    });
    let delivered = (leases(), number(), vec(unit(), 0..4), any::<bool>(), float(), text()).prop_map(
        |(leases, worker_id, units, last, cpu_seconds, digest)| {
            let lease = leases.first().copied();
            let chunk = v1::ResultChunk { lease, worker_id, units, last, cpu_seconds, digest };
            ("Work/StreamResults", chunk.encode_to_vec())
        },
    );
    let any_bytes = (prop::sample::select(&METHODS[..]), vec(any::<u8>(), 0..300));
    let whole =
        prop_oneof![named, submitted, described, registered, leased, beaten, released, delivered].boxed();
    let changed = (whole.clone(), any::<prop::sample::Index>(), any::<u8>(), any::<bool>()).prop_map(
        |((method, mut bytes), at, byte, is_cut)| {
            let at = at.index(bytes.len().max(1));
            if is_cut {
                bytes.truncate(at);
            } else if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            (method, bytes)
        },
    );
    prop_oneof![3 => whole, 2 => changed, 2 => any_bytes]
}

/// The same cases on every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

fn serve_tiny(rapgrid: &Rapgrid) -> Coordinator {
    let coordinator = rapgrid.coordinator(&["--job-seconds", "1000"]);
    coordinator.grpc().submit(TINY).unwrap();
    coordinator
}

fn assert_unharmed(rapgrid: &Rapgrid, coordinator: &mut Coordinator, tables: &str) {
    assert!(!coordinator.process.has_ended(), "{}", coordinator.process.stderr());
    let log = coordinator.process.stderr();
    assert!(!log.contains("panicked"), "{log}");
    assert_eq!(rapgrid.row_counts(), tables);
    coordinator.worker(rapgrid, &["--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("tiny");
}

#[test]
fn no_message_of_any_call_crashes_the_service_or_stores_anything() {
    let rapgrid = Rapgrid::new();
    let mut coordinator = serve_tiny(&rapgrid);
    let tables = rapgrid.row_counts();
    let grpc = coordinator.grpc();
    let ran = runner(600).run(&misuse(), |(method, bytes)| {
        let mut answer = call(&grpc, method, bytes.clone());
        // A connection on which many streams were broken off is closed; the next one is served.
        if answer.as_ref().is_err_and(|status| matches!(status.code(), Code::Unavailable | Code::Cancelled)) {
            answer = call(&grpc, method, bytes);
        }
        if let Err(status) = answer {
            // What a message of nonsense meets is said as such: nothing of it is a breakdown.
            prop_assert!(
                !matches!(status.code(), Code::Unavailable | Code::Cancelled),
                "{method}: {status:?}"
            );
            let is_undecodable = status.message().contains("decode");
            prop_assert!(is_undecodable || status.code() != Code::Internal, "{method}: {status:?}");
            prop_assert!(!status.message().contains("panic"), "{method}: {status:?}");
        }
        Ok(())
    });
    ran.unwrap();
    assert_unharmed(&rapgrid, &mut coordinator, &tables);
}

/// What HTTP/2 begins with.
const GREETING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[test]
fn no_bytes_on_the_socket_crash_the_service() {
    let rapgrid = Rapgrid::new();
    let mut coordinator = serve_tiny(&rapgrid);
    let tables = rapgrid.row_counts();
    let address = coordinator.address.trim_start_matches("http://").to_owned();
    // Frames of any kind, flags and stream, and bytes that are none.
    let frame = (0u8..12, any::<u8>(), 0u32..6, vec(any::<u8>(), 0..60)).prop_map(
        |(kind, flags, stream, payload)| {
            let mut frame = vec![0, 0, payload.len() as u8, kind, flags];
            frame.extend(stream.to_be_bytes());
            frame.extend(payload);
            frame
        },
    );
    let frames = vec(frame, 1..8).prop_map(|frames| [GREETING, &frames.concat()].concat());
    let bytes = prop_oneof![3 => frames, 1 => vec(any::<u8>(), 0..400)];
    let ran = runner(150).run(&bytes, |bytes| {
        let mut socket = TcpStream::connect(&address).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let _ = socket.write_all(&bytes);
        let _ = socket.read(&mut [0; 1000]);
        Ok(())
    });
    ran.unwrap();
    assert_unharmed(&rapgrid, &mut coordinator, &tables);
}

//! What can be seen from outside: metrics, workers, progress and logs.

use crate::specs::{LONG, LONG_JOBS, LONG_UNITS, TINY, long_table};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use system_tests::{Coordinator, Process, Rapgrid, wait_until};

/// Asks `http://HOST:PORT/…`; returns status code and body.
fn get(url: &str) -> (u16, String) {
    let (host, path) = url.trim_start_matches("http://").split_once('/').expect("a path");
    let mut stream = TcpStream::connect(host).expect("it listens");
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.split(' ').nth(1).expect("a code").parse().expect("a number"), body.to_owned())
}

/// The value of every series, by its name and labels as they stand.
fn scrape(url: &str) -> HashMap<String, f64> {
    let (code, page) = get(url);
    assert_eq!(code, 200, "{page}");
    assert!(page.ends_with("# EOF\n"), "{page}");
    let series = page.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (name, value) = line.rsplit_once(' ').expect("a value");
        (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
    });
    series.collect()
}

/// The sum of the series whose name, and labels in any order, have all these words.
fn sum(series: &HashMap<String, f64>, name: &str, labels: &[&str]) -> f64 {
    let is_meant =
        |key: &&String| key.split('{').next() == Some(name) && labels.iter().all(|label| key.contains(label));
    series.keys().filter(is_meant).map(|key| series[key]).sum()
}

/// The second line that a service prints: where its metrics are.
fn metrics_url(process: &Process) -> String {
    wait_until("the address of the metrics", || {
        process.stdout().lines().find(|line| line.ends_with("/metrics")).map(str::to_owned)
    })
}

fn workers(coordinator: &Coordinator, rapgrid: &Rapgrid) -> Vec<Value> {
    let output = coordinator.run(rapgrid, &["workers", "--format", "json"]).succeeded();
    output.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[test]
fn metrics_add_up_with_the_database() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&[&["--metrics-listen", "127.0.0.1:0"][..], &LONG_JOBS].concat());
    let url = metrics_url(&coordinator.process);
    // Long enough to be looked at half-way, every two seconds.
    let units = 2 * LONG_UNITS;
    let longer = LONG.replace("samples = 8", "samples = 16");
    coordinator.run(&rapgrid, &["submit", rapgrid.write("long.toml", &longer)]).succeeded();
    let before = scrape(&url);
    let uncut = sum(&before, "rapgrid_queue_uncut_units", &["sweep=\"long\"", "status=\"active\""]);
    assert_eq!(uncut, units as f64);
    assert!(sum(&before, "rapgrid_queue_core_seconds", &["sweep=\"long\""]) > 0.0);
    assert_eq!(sum(&before, "rapgrid_workers_alive", &[]), 0.0);

    let worker = coordinator.worker(&rapgrid, &["--threads", "1", "--metrics-listen", "127.0.0.1:0"]);
    let worker_url = metrics_url(&worker);
    let held = wait_until("a lease in the metrics", || {
        let now = scrape(&url);
        (sum(&now, "rapgrid_queue_jobs", &["state=\"leased\""]) > 0.0).then_some(now)
    });
    assert_eq!(sum(&held, "rapgrid_workers_alive", &[]), 1.0);
    assert_eq!(sum(&held, "rapgrid_workers_threads", &[]), 1.0);
    assert!(sum(&held, "rapgrid_held_jobs", &["worker=\"1\""]) > 0.0, "{held:?}");
    wait_until("the end", || {
        (rapgrid.query("SELECT status FROM sweep_progress") == "finished").then_some(())
    });

    let after = wait_until("a fresh look", || {
        let now = scrape(&url);
        (sum(&now, "rapgrid_queue_jobs", &[]) == 0.0).then_some(now)
    });
    let recorded = |sql: &str| rapgrid.count(sql) as f64;
    assert_eq!(sum(&after, "rapgrid_units_recorded_total", &[]), units as f64);
    let rows = recorded("SELECT count(*) FROM measurements");
    assert_eq!(sum(&after, "rapgrid_rows_recorded_total", &[]), rows);
    let jobs = recorded("SELECT count(*) FROM finished_jobs");
    assert_eq!(sum(&after, "rapgrid_jobs_total", &["event=\"finished\""]), jobs);
    assert_eq!(sum(&after, "rapgrid_jobs_total", &["event=\"leased\""]), jobs);
    for event in ["failed", "fenced", "refused", "expired", "released"] {
        let label = format!("event=\"{event}\"");
        assert_eq!(after.get(&format!("rapgrid_jobs_total{{{label}}}")), Some(&0.0), "{event}");
    }
    assert!(sum(&after, "rapgrid_recording_seconds_count", &[]) > 0.0);
    assert!(sum(&after, "rapgrid_dispatch_seconds_count", &[]) > 0.0);
    let calls = ["method=\"rapgrid.v1.Work/Register\"", "code=\"OK\""];
    assert_eq!(sum(&after, "rapgrid_grpc_requests_total", &calls), 1.0);
    assert!(sum(&after, "rapgrid_database_connections", &[]) > 0.0);
    assert_eq!(sum(&after, "rapgrid_database_up", &[]), 1.0);
    assert!(sum(&after, "process_resident_memory_bytes", &[]) > 1e6);

    let of_worker = wait_until("everything answered", || {
        let now = scrape(&worker_url);
        (now["rapgrid_worker_jobs_held"] == 0.0).then_some(now)
    });
    assert_eq!(of_worker["rapgrid_worker_units_computed_total"], units as f64);
    assert_eq!(of_worker["rapgrid_worker_rows_computed_total"], rows);
    assert_eq!(sum(&of_worker, "rapgrid_worker_jobs_total", &["event=\"recorded\""]), jobs);
    assert_eq!(of_worker["rapgrid_worker_rows_pending"], 0.0);
}

#[test]
fn a_coordinator_is_ready_while_its_database_answers() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--metrics-listen", "127.0.0.1:0"]);
    let metrics = metrics_url(&coordinator.process);
    let ready = metrics.replace("/metrics", "/readyz");
    assert_eq!(get(&ready), (200, "ready\n".to_owned()));
    rapgrid.kill_postmaster();
    wait_until("that it is not ready", || (get(&ready).0 == 503).then_some(()));
    assert_eq!(get(&metrics.replace("/metrics", "/healthz")), (200, "ok\n".to_owned()));
    wait_until("that the metrics say so", || (scrape(&metrics)["rapgrid_database_up"] == 0.0).then_some(()));
    // Old numbers would look like new ones.
    assert!(!scrape(&metrics).contains_key("rapgrid_workers_alive"));
    // Whoever uses the database next starts its server again.
    rapgrid.query("SELECT");
    wait_until("that it is ready again", || (get(&ready).0 == 200).then_some(()));
}

#[test]
fn calls_that_no_service_knows_are_one_series() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--metrics-listen", "127.0.0.1:0"]);
    let url = metrics_url(&coordinator.process);
    let grpc = coordinator.grpc();
    for name in ["A", "B", "C"] {
        let path = format!("/made.up.{name}/Call").parse().expect("a path");
        let mut client = tonic::client::Grpc::new(grpc.channel());
        let called = grpc.wait(async {
            client.ready().await.expect("it is connected");
            let request = tonic::Request::new(wire::v1::ListRequest {});
            let codec = tonic_prost::ProstCodec::<_, wire::v1::ListResponse>::default();
            client.unary(request, path, codec).await
        });
        assert_eq!(called.unwrap_err().code(), tonic::Code::Unimplemented);
    }
    let series = scrape(&url);
    assert!(!series.keys().any(|key| key.contains("made.up")), "{series:?}");
    assert_eq!(sum(&series, "rapgrid_grpc_requests_total", &["method=\"unknown\""]), 3.0);
}

#[test]
fn workers_are_listed_with_what_became_of_them() {
    let rapgrid = Rapgrid::new();
    let _held = rapgrid.hold();
    let coordinator = rapgrid.coordinator(&["--lease-seconds", "2"]);
    let (victim, leaver) = (
        coordinator.worker(&rapgrid, &["--threads", "2"]),
        coordinator.worker(&rapgrid, &["--threads", "1"]),
    );
    let both = wait_until("two workers", || {
        let workers = workers(&coordinator, &rapgrid);
        (workers.len() == 2).then_some(workers)
    });
    let of = |workers: &[Value], process: u32| {
        let mut found = workers.iter().filter(|worker| worker["process_id"] == process);
        found.next().expect("the worker is listed").clone()
    };
    let first = of(&both, victim.id());
    assert_eq!((&first["presence"], &first["threads"]), (&"alive".into(), &2.into()));
    assert!(first["seen_seconds_ago"].as_f64().unwrap() < 15.0, "{first}");
    assert!(["baseline", "avx2", "avx512"].iter().any(|level| first["cpu_level"] == *level), "{first}");

    let (victim_process, leaver_process) = (victim.id(), leaver.id());
    victim.kill();
    let mut leaver = leaver;
    leaver.signal(system_tests::Signal::TERM);
    leaver.wait().succeeded();
    let idle = coordinator.worker(&rapgrid, &["--threads", "1"]);
    assert_eq!(of(&workers(&coordinator, &rapgrid), leaver_process)["presence"], "left");
    let end = wait_until("a lost worker", || {
        let workers = workers(&coordinator, &rapgrid);
        (of(&workers, victim_process)["presence"] == "lost").then_some(workers)
    });
    // It had nothing to do all the time, and is there none the less.
    assert_eq!(of(&end, idle.id())["presence"], "alive");
    assert!(of(&end, idle.id())["seen_seconds_ago"].as_f64().unwrap() < 15.0);
    let table = coordinator.run(&rapgrid, &["workers"]).succeeded();
    assert!(table.contains("1 alive with 1 threads, 2 gone within the last hour"), "{table}");
}

#[test]
fn a_watch_survives_its_coordinator() {
    let rapgrid = Rapgrid::new();
    let _held = rapgrid.hold();
    let options = [&["--lease-seconds", "5"][..], &LONG_JOBS].concat();
    let coordinator = rapgrid.coordinator(&options);
    coordinator.run(&rapgrid, &["submit", rapgrid.write("long.toml", LONG)]).succeeded();
    let watching = |format: &str| {
        rapgrid.spawn(&["watch", "long", "--format", format, "--coordinator", &coordinator.address])
    };
    let (json, text) = (watching("json"), watching("text"));
    let worker = coordinator.worker(&rapgrid, &["--threads", "1", "--exit-when-idle"]);
    wait_until("some units", || rapgrid.units_done("long").filter(|&done| done > 0));
    let address = coordinator.kill();
    json.wait_for_message("the coordinator is away");
    text.wait_for_message("the coordinator is away");
    let _coordinator = rapgrid.coordinator_at(&address, &options);
    worker.wait().succeeded();
    assert!(text.wait().succeeded().contains("long is finished"));
    let lines = json_lines(&json.wait().succeeded());
    let (first, last) = (lines.first().unwrap(), lines.last().unwrap());
    assert_eq!((&first["units_done"], &first["units"]), (&0.into(), &LONG_UNITS.into()));
    assert_eq!((&last["status"], &last["units_done"]), (&"finished".into(), &LONG_UNITS.into()));
    assert!(lines.iter().any(|line| line["units_per_second"].as_f64() > Some(0.0)), "{lines:?}");
    assert!(lines.iter().any(|line| line["workers"] == 1), "{lines:?}");
    rapgrid.assert_complete("long");
    assert_eq!(rapgrid.table("long"), long_table());
}

#[test]
fn logs_in_json_name_job_epoch_and_worker() {
    let rapgrid = Rapgrid::new();
    let arguments =
        ["coordinator", "--listen", "127.0.0.1:0", "--lease-seconds", "1", "--log-format", "json"];
    let mut process = rapgrid.spawn_with(&arguments, &[("RUST_LOG", "info,coordinator=debug")]);
    let address = process.first_line();
    let coordinator = Coordinator { process, address };
    coordinator.run(&rapgrid, &["submit", rapgrid.write("long.toml", LONG)]).succeeded();
    let victim = coordinator.worker(&rapgrid, &["--threads", "1"]);
    wait_until("a job in its hands", || {
        (rapgrid.count("SELECT count(*) FROM jobs WHERE state = 'leased'") > 0).then_some(())
    });
    victim.kill();
    coordinator.process.wait_for_message("lease ran out");
    let options = ["--threads", "1", "--exit-when-idle", "--log-format", "json"];
    let worker = coordinator.worker(&rapgrid, &options).wait();
    assert!(
        json_lines(&worker.stderr).iter().any(|line| line["message"] == "registered" && line["worker"] == 2)
    );
    let lines = json_lines(&coordinator.process.stderr());
    for message in ["leased", "recorded", "lease ran out"] {
        let line =
            lines.iter().find(|line| line["message"] == message).unwrap_or_else(|| panic!("no {message:?}"));
        for field in ["job", "epoch", "worker"] {
            assert!(line[field].as_i64() > Some(0), "{field}: {line}");
        }
    }
    let recorded: Vec<&Value> = lines.iter().filter(|line| line["message"] == "recorded").collect();
    assert!(recorded.iter().all(|line| line["sweep_id"] == 1 && line["level"] == "DEBUG"));
    assert_eq!(recorded.len() as u64, rapgrid.count("SELECT count(*) FROM finished_jobs"));
}

#[test]
fn at_info_a_sweep_logs_no_line_for_each_job() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.001"]);
    coordinator.run(&rapgrid, &["submit", rapgrid.write("tiny.toml", TINY)]).succeeded();
    let worker = coordinator.worker(&rapgrid, &["--threads", "1", "--exit-when-idle"]).wait();
    assert!(rapgrid.count("SELECT count(*) FROM finished_jobs") > 0);
    assert!(!worker.stderr.contains("recorded") && !coordinator.process.stderr().contains("recorded"));
}

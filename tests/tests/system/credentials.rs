//! Tokens and roles: missing, wrong, expired, too small and revoked ones are told so, and nothing is stored.

use crate::specs::TINY;
use system_tests::{Coordinator, Grpc, HandWorker, Rapgrid, wait_until};
use tonic::{Code, Status};
use wire::access::{Access, Token};
use wire::v1;

const SUBMIT: &str = "submit-0123456789abcdef";
const WORK: &str = "work-0123456789abcdef";
const READ: &str = "read-0123456789abcdef";
const OLD: &str = "old-0123456789abcdef";

fn tokens() -> String {
    format!("# for tests\nsubmit {SUBMIT}\nwork {WORK} 2999-12-31\nread {READ}\nsubmit {OLD} 2001-01-01\n")
}

fn grpc(coordinator: &Coordinator, token: Option<&str>) -> Grpc {
    let token = token.map(|token| Token::new(token).unwrap());
    Grpc::open(&Access { token, ..Access::plain(coordinator.address.as_str()) }).unwrap()
}

/// The answer of every call: its name and the status.
fn all_calls(grpc: &Grpc) -> Vec<(&'static str, Option<Status>)> {
    let sweep = || "nobody".to_owned();
    let part = Some(v1::Part { spec: TINY.replace("tiny", "other"), instance_files: Vec::new() });
    let chunk = v1::ResultChunk { last: true, lease: Some(v1::LeaseRef::default()), ..Default::default() };
    vec![
        ("list", grpc.sweeps(async |c| c.list(v1::ListRequest {}).await).err()),
        ("get", grpc.sweeps(async |c| c.get(v1::GetRequest { sweep: sweep() }).await).err()),
        (
            "watch",
            grpc.sweeps(async |c| c.watch(v1::WatchRequest { sweep: sweep(), interval_ms: 0 }).await).err(),
        ),
        ("workers", grpc.sweeps(async |c| c.list_workers(v1::ListWorkersRequest {}).await).err()),
        ("pause", grpc.sweeps(async |c| c.pause(v1::PauseRequest { sweep: sweep() }).await).err()),
        ("resume", grpc.sweeps(async |c| c.resume(v1::ResumeRequest { sweep: sweep() }).await).err()),
        ("cancel", grpc.sweeps(async |c| c.cancel(v1::CancelRequest { sweep: sweep() }).await).err()),
        (
            "prioritise",
            grpc.sweeps(async |c| c.prioritise(v1::PrioritiseRequest { sweep: sweep(), priority: 1 }).await)
                .err(),
        ),
        ("retry", grpc.sweeps(async |c| c.retry(v1::RetryRequest { sweep: sweep() }).await).err()),
        ("delete", grpc.sweeps(async |c| c.delete(v1::DeleteRequest { sweep: sweep() }).await).err()),
        ("register", grpc.work(async |c| c.register(v1::RegisterRequest::default()).await).err()),
        ("describe", grpc.work(async |c| c.describe(v1::DescribeRequest { sweep_id: 1 }).await).err()),
        ("lease", grpc.work(async |c| c.lease(v1::LeaseRequest::default()).await).err()),
        ("heartbeat", grpc.work(async |c| c.heartbeat(v1::HeartbeatRequest::default()).await).err()),
        ("release", grpc.work(async |c| c.release(v1::ReleaseRequest::default()).await).err()),
        ("goodbye", grpc.work(async |c| c.goodbye(v1::GoodbyeRequest::default()).await).err()),
        ("stream", grpc.work(async |c| c.stream_results(tokio_stream::iter([chunk])).await).err()),
        ("submit", grpc.sweeps(async |c| c.submit(v1::SubmitRequest { part, priority: None }).await).err()),
    ]
}

/// Commands that look, on a sweep where they take one.
const LOOKING: [&[&str]; 5] =
    [&["list"], &["show", "tiny"], &["watch", "tiny"], &["workers"], &["export", "tiny"]];

/// Commands that change something.
const CHANGING: [&[&str]; 7] = [
    &["submit", "tiny.toml"],
    &["pause", "tiny"],
    &["resume", "tiny"],
    &["cancel", "tiny"],
    &["prioritise", "tiny", "3"],
    &["retry", "tiny"],
    &["delete", "tiny", "--yes"],
];

/// Whether a role may make a call.
fn may(role: &str, call: &str) -> bool {
    let looks = ["list", "get", "watch", "workers"].contains(&call);
    let works =
        ["register", "describe", "lease", "heartbeat", "release", "goodbye", "stream"].contains(&call);
    match role {
        "read" => looks,
        "work" => works,
        _ => !works,
    }
}

#[test]
fn a_call_without_a_good_token_is_unauthenticated_and_stores_nothing() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--tokens", rapgrid.write_secret("tokens", &tokens())]);
    grpc(&coordinator, Some(SUBMIT)).submit(TINY).unwrap();
    let count = || format!("{}{}", rapgrid.row_counts(), rapgrid.query("SELECT count(*) FROM workers"));
    let tables = count();
    let longer = format!("{SUBMIT}x");
    for (token, reason) in [
        (None, "asks for a token"),
        (Some("submit-0123456789abcdeF"), "does not know this token"),
        (Some(longer.as_str()), "does not know this token"),
        (Some(&SUBMIT[..SUBMIT.len() - 1]), "does not know this token"),
        (Some("x"), "does not know this token"),
        (Some(OLD), "last day is over"),
    ] {
        for (call, status) in all_calls(&grpc(&coordinator, token)) {
            let status = status.unwrap_or_else(|| panic!("{call} went through with {token:?}"));
            assert_eq!(status.code(), Code::Unauthenticated, "{call}: {status:?}");
            assert!(status.message().contains(reason), "{call}: {status:?}");
        }
    }
    assert_eq!(count(), tables);
    let stderr = coordinator.run(&rapgrid, &["list"]).failed_with(1);
    assert!(stderr.contains("RAPGRID_TOKEN"), "{stderr}");
    let stderr = coordinator.worker(&rapgrid, &[]).wait().failed_with(1);
    assert!(stderr.contains("the coordinator refused this worker"), "{stderr}");
    assert!(!coordinator.process.stderr().contains("0123456789abcde"), "no token stands in a log");
    // Probes have no token.
    let path = tonic::codegen::http::uri::PathAndQuery::from_static("/grpc.health.v1.Health/Check");
    let codec = tonic_prost::ProstCodec::<v1::ListRequest, v1::LeaseResponse>::default();
    let open = grpc(&coordinator, None);
    let answer = open.wait(async {
        let mut client = tonic::client::Grpc::new(open.channel());
        client.ready().await.unwrap();
        client.unary(tonic::Request::new(v1::ListRequest {}), path, codec).await
    });
    assert!(answer.err().is_none_or(|status| status.code() != Code::Unauthenticated));
}

#[test]
fn a_role_may_call_what_it_is_for_and_nothing_else() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--tokens", rapgrid.write_secret("tokens", &tokens())]);
    for (role, token) in [("read", READ), ("work", WORK), ("submit", SUBMIT)] {
        for (call, status) in all_calls(&grpc(&coordinator, Some(token))) {
            let code = status.as_ref().map(Status::code);
            let is_let_in = !matches!(code, Some(Code::PermissionDenied | Code::Unauthenticated));
            assert_eq!(is_let_in, may(role, call), "{role}, {call}: {status:?}");
            assert!(is_let_in || code == Some(Code::PermissionDenied), "{role}, {call}: {status:?}");
        }
    }
}

/// The commands that talk to a coordinator, as `rapgrid help` tells; `worker`, which serves no people, is left out.
fn commands_of_a_coordinator(rapgrid: &Rapgrid) -> Vec<String> {
    let help = rapgrid.run(&["help"]).succeeded();
    let of_commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    // A description may go on in the next line, further in.
    let name = |line: &str| Some(line.strip_prefix("  ")?.split(' ').next()?.to_owned());
    let names = of_commands.take_while(|line| !line.is_empty()).filter_map(name);
    let takes_one = |name: &String| rapgrid.run(&["help", name]).succeeded().contains("--coordinator <");
    names.filter(|name| !["", "worker", "help"].contains(&name.as_str())).filter(takes_one).collect()
}

#[test]
fn every_command_for_people_that_talks_to_a_coordinator_is_known_to_look_or_to_change() {
    let mut known: Vec<&str> = LOOKING.iter().chain(&CHANGING).map(|command| command[0]).collect();
    let mut commands = commands_of_a_coordinator(&Rapgrid::new());
    known.sort();
    commands.sort();
    assert_eq!(commands, known);
}

#[test]
fn with_a_read_token_every_command_that_looks_answers_and_every_other_one_is_refused() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--tokens", rapgrid.write_secret("tokens", &tokens())]);
    let address = coordinator.address.as_str();
    let run = |command: &[&str], token| {
        let environment = [("RAPGRID_COORDINATOR", address), ("RAPGRID_TOKEN", token)];
        rapgrid.spawn_with(command, &environment).wait()
    };
    run(&["submit", rapgrid.write("tiny.toml", TINY)], SUBMIT).succeeded();
    run(&["worker", "--exit-when-idle"], WORK).succeeded();
    let before = rapgrid.query("SELECT * FROM sweep_progress");
    for command in LOOKING {
        let shown = run(command, READ).succeeded();
        assert!(shown.contains("tiny") || command == ["workers"], "{command:?}: {shown}");
        run(command, WORK).failed_with(1);
    }
    for command in [&["list", "--format", "json"][..], &["workers", "--format", "json"]] {
        assert!(run(command, READ).succeeded().starts_with('{'), "{command:?}");
    }
    for command in CHANGING {
        for token in [READ, WORK] {
            let stderr = run(command, token).failed_with(1);
            assert!(stderr.contains("the token is good, but not for this"), "{command:?}: {stderr}");
        }
    }
    let stderr = run(&["worker"], READ).failed_with(1);
    assert!(stderr.contains("it takes one of the role work"), "{stderr}");
    assert_eq!(rapgrid.query("SELECT * FROM sweep_progress"), before);
    rapgrid.assert_complete("tiny");
}

#[test]
fn a_sweep_is_computed_with_tokens_and_a_revoked_one_ends_to_be_good_without_a_restart() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--tokens", rapgrid.write_secret("tokens", &tokens())]);
    let address = [("RAPGRID_COORDINATOR", coordinator.address.as_str())];
    let with = |token: &'static str| [address[0], ("RAPGRID_TOKEN", token)];
    rapgrid.spawn_with(&["submit", rapgrid.write("tiny.toml", TINY)], &with(SUBMIT)).wait().succeeded();
    let worker = rapgrid.write_secret("worker", &format!("work {WORK}\n"));
    coordinator.worker(&rapgrid, &["--exit-when-idle", "--token-file", worker]).wait().succeeded();
    rapgrid.assert_complete("tiny");
    rapgrid.spawn_with(&["delete", "tiny", "--yes"], &with(READ)).wait().failed_with(1);
    assert!(rapgrid.spawn_with(&["list"], &with(READ)).wait().succeeded().contains("tiny"));
    // A file that cannot be used changes nothing; one without the token revokes it.
    let reader = grpc(&coordinator, Some(READ));
    let list = || reader.sweeps(async |client| client.list(v1::ListRequest {}).await);
    rapgrid.write_secret("tokens", "no such line\n");
    coordinator.process.wait_for_message("tokens:1: the role is none of submit, work and read");
    assert!(list().is_ok());
    rapgrid.write_secret("tokens", &tokens().replace(READ, "another-0123456789abcdef"));
    wait_until("the token is revoked", || list().err());
    assert_eq!(list().unwrap_err().code(), Code::Unauthenticated);
    HandWorker::register(grpc(&coordinator, Some(WORK)));
}

#[test]
fn a_coordinator_that_knows_no_callers_stays_on_this_machine() {
    let rapgrid = Rapgrid::new();
    let stderr = rapgrid.run(&["coordinator", "--listen", "0.0.0.0:0"]).failed_with(2);
    for remedy in ["--tokens", "--tls-client-ca", "127.0.0.1", "--insecure-open"] {
        assert!(stderr.contains(remedy), "{remedy} is not in {stderr}");
    }
    let stderr = rapgrid.spawn_with(&["coordinator"], &[("RAPGRID_LISTEN", "[::]:0")]).wait().failed_with(2);
    assert!(stderr.contains("--tokens"), "{stderr}");
    assert!(!rapgrid.data_dir().exists(), "nothing was begun");
    let open = rapgrid.coordinator_at("0.0.0.0:0", &["--insecure-open"]);
    open.process.wait_for_message("whoever reaches this address may do everything");
    let tokens = rapgrid.write_secret("tokens", &tokens());
    let known = rapgrid.coordinator_at("0.0.0.0:0", &["--tokens", tokens]);
    known.process.wait_for_message("tokens travel in the clear");
}

#[test]
fn a_tokens_file_that_cannot_be_meant_is_refused_without_quoting_it() {
    let rapgrid = Rapgrid::new();
    let refused = |file: &str| {
        let stderr = rapgrid.run(&["coordinator", "--tokens", file]).failed_with(2);
        assert!(!stderr.contains("0123456789abcdef"), "{stderr}");
        stderr
    };
    assert!(refused(rapgrid.write("open", &tokens())).contains("chmod 600"));
    assert!(refused("nowhere").contains("cannot read the tokens"));
    assert!(refused(rapgrid.write_secret("none", "# nobody\n")).contains("holds no token"));
    assert!(refused(rapgrid.write_secret("role", &format!("root {WORK}"))).contains("role:1: the role"));
    assert!(refused(rapgrid.write_secret("short", "work 0123456")).contains("16 to 512"));
    assert!(refused(rapgrid.write_secret("day", &format!("work {WORK} soon"))).contains("2027-01-31"));
    let line = rapgrid.run(&["token", "work", "--last-day", "2999-01-01"]).succeeded();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert!(matches!(words[..], ["work", token, "2999-01-01"] if token.len() == 64), "{line}");
    rapgrid.run(&["token", "work", "--last-day", "soon"]).failed_with(2);
    rapgrid.run(&["token", "root"]).failed_with(2);
}

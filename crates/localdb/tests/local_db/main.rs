//! The private server as its users meet it: real PostgreSQL, real processes, real `kill -9`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod container;
mod containers;
mod copies;
mod hosts;
mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use localdb::{LocalDb, LocalDbError};
use support::{Fixture, kill_9, query, within};

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

#[test]
fn a_first_start_gives_an_empty_durable_utf8_database_that_only_its_socket_reaches() {
    let fixture = Fixture::new();
    let db = fixture.start();
    assert_eq!(query(&db, "SELECT current_user || ' ' || current_database()"), "rapgrid rapgrid");
    assert_eq!(query(&db, "SHOW fsync"), "on");
    assert_eq!(query(&db, "SHOW server_encoding"), "UTF8");
    assert_eq!(query(&db, "SHOW listen_addresses"), "");
    let run = fs::metadata(fixture.data_dir().join("run")).unwrap();
    assert_eq!(run.mode() & 0o777, 0o700);

    let mut psql = Command::new(db.bin_dir().join("psql"));
    psql.envs([("PGPORT", "1"), ("PGHOST", "/nowhere"), ("PGUSER", "nobody"), ("PGDATABASE", "none")]);
    let output = psql.args(["-XAtqc", "SELECT 1"]).arg(db.url()).output().unwrap();
    assert_eq!(output.stdout, b"1\n", "the URL holds against the environment");
}

#[test]
fn the_server_outlives_all_users_but_the_last_and_keeps_what_they_stored() {
    let fixture = Fixture::new();
    let first = fixture.start();
    let second = fixture.spawn_user();
    assert_eq!(second.url, first.url());
    let server = fixture.postmaster();
    assert_eq!(fixture.guards().len(), 1);
    query(&first, "CREATE TABLE kept AS SELECT 42 AS answer");

    drop(second);
    thread::sleep(Duration::from_millis(300));
    assert_eq!(query(&first, "SELECT answer FROM kept"), "42");
    assert_eq!(fixture.postmaster(), server);

    drop(first);
    assert!(fixture.server_stops_within(SECONDS(10)));

    let again = fixture.start();
    assert_eq!(query(&again, "SELECT answer FROM kept"), "42");
}

#[test]
fn a_killed_user_process_still_has_its_server_stopped() {
    let fixture = Fixture::new();
    let user = fixture.spawn_user();
    assert!(fixture.postmaster().is_some());
    user.kill();
    assert!(fixture.server_stops_within(SECONDS(10)));
}

#[test]
fn a_user_process_killed_at_any_moment_of_its_start_leaves_nothing_running_or_broken() {
    let fixture = Fixture::new();
    drop(fixture.start());
    assert!(fixture.server_stops_within(SECONDS(10)));
    for milliseconds in [3, 6, 9, 12, 15, 20, 25, 30, 40, 60, 80, 100] {
        let user = fixture.spawn_starting_user();
        thread::sleep(Duration::from_millis(milliseconds));
        user.kill();
    }
    assert!(fixture.server_stops_within(SECONDS(10)));
    assert_eq!(query(&fixture.start(), "SELECT 1"), "1");
}

#[test]
fn a_user_process_killed_during_its_first_start_leaves_nothing_in_the_way() {
    let fixture = Fixture::new();
    for milliseconds in [50, 300] {
        let user = fixture.spawn_starting_user();
        thread::sleep(Duration::from_millis(milliseconds));
        user.kill();
    }
    assert_eq!(query(&fixture.start(), "SELECT 1"), "1");
}

#[test]
fn a_killed_server_is_started_again_with_everything_that_was_committed() {
    let fixture = Fixture::new();
    let db = fixture.start();
    query(&db, "CREATE TABLE kept (i int)");
    for round in 1..=5 {
        query(&db, &format!("INSERT INTO kept VALUES ({round})"));
        let killed = fixture.postmaster();
        kill_9(killed.unwrap());
        let restarted = fixture.start();
        assert_ne!(fixture.postmaster(), killed);
        assert_eq!(query(&restarted, "SELECT count(*) FROM kept"), round.to_string());
    }
    assert_eq!(fixture.guards().len(), 1);
}

#[test]
fn a_killed_guard_is_replaced_by_the_next_start_even_if_the_users_have_gone_meanwhile() {
    let fixture = Fixture::new();
    let db = fixture.start();
    let server = fixture.postmaster();
    let [killed] = fixture.guards()[..] else { panic!("one guard") };
    kill_9(killed);
    assert!(within(SECONDS(5), || fixture.guards().is_empty()));
    let second = fixture.start();
    assert_eq!(fixture.guards().len(), 1);

    fixture.guards().into_iter().for_each(kill_9);
    drop((db, second));
    let third = fixture.start();
    assert_eq!(fixture.postmaster(), server);
    drop(third);
    assert!(fixture.server_stops_within(SECONDS(10)));
}

#[test]
fn simultaneous_first_starts_share_one_server_and_one_guard() {
    let fixture = Fixture::new();
    let mut others = [fixture.spawn_starting_user(), fixture.spawn_starting_user()];
    let here = thread::scope(|scope| {
        let starts = [(); 2].map(|()| scope.spawn(|| fixture.start()));
        starts.map(|start| start.join().unwrap())
    });
    for other in &mut others {
        other.wait_until_started();
        assert_eq!(other.url, here[0].url());
    }
    assert_eq!(fixture.guards().len(), 1);
    assert_eq!(query(&here[1], "SELECT 1"), "1");
}

#[test]
fn users_that_come_and_go_in_quick_succession_always_get_a_server() {
    let fixture = Fixture::new();
    for pause in 0..15 {
        let db = fixture.start();
        assert_eq!(query(&db, "SELECT 1"), "1");
        drop(db);
        // Into every part of the guard's work, the moments before and after it included.
        thread::sleep(Duration::from_millis(pause * 5));
    }
}

#[test]
fn a_pid_file_that_names_another_process_is_removed() {
    let fixture = Fixture::new();
    let db = fixture.start();
    let killed = fixture.postmaster().unwrap();
    fixture.guards().into_iter().for_each(kill_9);
    kill_9(killed);
    drop(db);
    assert!(within(SECONDS(5), || fixture.servers().is_empty()));

    let owner = fs::metadata(fixture.data_dir().join("pg")).unwrap();
    let mut sleeper = Command::new("sleep");
    if rustix::process::geteuid().is_root() {
        // The same user as the server's: PostgreSQL alone would take it for a living server.
        std::os::unix::process::CommandExt::uid(&mut sleeper, owner.uid());
    }
    let mut sleeper = sleeper.arg("60").stdin(Stdio::null()).spawn().unwrap();
    // The number of the killed server has come round.
    for file in ["pg/postmaster.pid", "run/.s.PGSQL.5432.lock", "server.owner"] {
        let path = fixture.data_dir().join(file);
        let content = fs::read_to_string(&path).unwrap();
        let (killed, sleeper) = (killed.as_raw_nonzero().to_string(), sleeper.id().to_string());
        assert!(content.contains(&killed), "{content}");
        fs::write(&path, content.replace(&killed, &sleeper)).unwrap();
    }

    let db = fixture.start();
    assert_eq!(query(&db, "SELECT 1"), "1");
    assert!(sleeper.try_wait().unwrap().is_none(), "the other process was left alone");
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

#[test]
fn an_interrupted_creation_is_cleared_away() {
    let fixture = Fixture::new();
    let leftover = fixture.data_dir().join("pg.tmp-1-1");
    fs::create_dir_all(leftover.join("base")).unwrap();
    fs::write(leftover.join("PG_VERSION"), "15\n").unwrap();
    fs::set_permissions(fixture.data_dir(), fs::Permissions::from_mode(0o711)).unwrap();
    let db = fixture.start();
    assert_eq!(query(&db, "SELECT 1"), "1");
    assert!(!leftover.exists());
}

#[test]
fn a_path_too_long_or_too_odd_for_a_socket_works_all_the_same() {
    let fixture = Fixture::new();
    let odd = fixture.data_dir().join(format!("a, b%20ü'\"{}", "x".repeat(80)));
    fs::create_dir_all(&odd).unwrap();
    for dir in [fixture.data_dir(), odd.clone()] {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o711)).unwrap();
    }
    let db = LocalDb::start(&support::settings(&odd)).unwrap();
    assert_eq!(query(&db, "SELECT 1"), "1");
    let url = db.url();
    let (_, socket_dir) = url.split_once("?host=").unwrap();
    let socket_dir = socket_dir.split_once("&").unwrap().0;
    assert!(socket_dir.starts_with("/tmp/rapgrid-"));
    drop(db);
    assert!(within(SECONDS(10), || !odd.join("pg/postmaster.pid").exists()));
    fs::remove_dir_all(socket_dir).unwrap();
}

#[test]
fn a_server_that_cannot_start_is_an_error_with_the_end_of_its_log() {
    let fixture = Fixture::new();
    drop(fixture.start());
    assert!(fixture.server_stops_within(SECONDS(10)));
    let conf = fixture.data_dir().join("pg/postgresql.auto.conf");
    fs::write(&conf, "no_such_setting = 1\n").unwrap();
    let error = LocalDb::start(&fixture.settings()).unwrap_err();
    assert!(matches!(error, LocalDbError::ServerEnded { .. }));
    assert!(error.to_string().contains("no_such_setting"), "{error}");
}

#[test]
fn a_cluster_of_a_version_that_is_not_installed_is_an_error_that_names_it() {
    let fixture = Fixture::new();
    let cluster = fixture.data_dir().join("pg");
    fs::create_dir_all(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let error = LocalDb::start(&fixture.settings()).unwrap_err().to_string();
    assert!(error.contains("created by PostgreSQL 9"), "{error}");
}

#[test]
fn a_guard_that_cannot_run_is_an_error_and_no_server_is_started() {
    let fixture = Fixture::new();
    let mut settings = fixture.settings();
    settings.guard = vec!["/bin/false".into()];
    let error = LocalDb::start(&settings).unwrap_err();
    assert!(matches!(error, LocalDbError::Guard { .. }), "{error}");
    assert_eq!(fixture.postmaster(), None);
}

#[test]
fn a_data_directory_that_cannot_be_reached_or_made_is_named_with_the_remedy() {
    let fixture = Fixture::new();
    let mut settings = fixture.settings();
    settings.data_dir = "/proc/none/data".into();
    let error = LocalDb::start(&settings).unwrap_err().to_string();
    assert!(error.contains("/proc/none/data"), "{error}");

    if rustix::process::geteuid().is_root() {
        let closed = fixture.data_dir().join("closed");
        fs::create_dir_all(&closed).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
        settings.data_dir = closed.join("data");
        let error = LocalDb::start(&settings).unwrap_err().to_string();
        assert!(error.contains("chmod o+x") && error.contains(closed.to_str().unwrap()), "{error}");
    }
}

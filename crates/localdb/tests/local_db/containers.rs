//! One data directory, several containers of one kernel: nobody starts a second server, and who can be answered is.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Pid;

use crate::container::{container, lasting_container};
use crate::support::{Fixture, busy_backend, kill_9, query, within};

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

#[test]
fn a_user_in_another_container_is_served_by_the_server_that_runs() {
    let fixture = Fixture::new();
    let db = fixture.start();
    query(&db, "CREATE TABLE kept AS SELECT 42 AS answer");
    let server = fixture.postmaster();
    for namespaces in [
        &["--pid", "--ipc", "--mount-proc"][..],
        &["--pid", "--mount-proc"],
        &["--ipc"],
        &["--pid", "--ipc", "--uts", "--mount", "--net", "--mount-proc"],
        // Its /proc shows the processes of the namespace above, under other numbers.
        &["--pid"],
    ] {
        let Some(container) = container(namespaces) else { return };
        let user = fixture.spawn_user_in(&container);
        assert_eq!(user.url, db.url(), "{namespaces:?}");
        assert_eq!(fixture.servers().len(), 1, "{namespaces:?}");
        drop(user);
        assert_eq!(fixture.postmaster(), server, "{namespaces:?}");
        assert_eq!(query(&db, "SELECT answer FROM kept"), "42", "{namespaces:?}");
    }
    assert_eq!(fixture.guards().len(), 1);
}

#[test]
fn a_server_that_ended_with_its_container_is_known_to_have_ended() {
    let fixture = Fixture::new();
    let Some(container) = container(&["--pid", "--ipc", "--mount-proc"]) else { return };
    for round in 0..3 {
        let user = fixture.spawn_user_in(&container);
        let [server] = fixture.servers()[..] else { panic!("one server") };
        assert_ne!(fixture.postmaster(), Some(server), "it has another number there");
        user.kill();
        assert!(within(SECONDS(5), || fixture.servers().is_empty()));
        assert!(fixture.postmaster().is_some(), "it had no time to stop in order");
        if round == 1 {
            let db = fixture.start();
            assert_eq!(query(&db, "SELECT 1"), "1");
            kill_9(fixture.postmaster().unwrap());
        }
    }
    assert_eq!(query(&fixture.start(), "SELECT 1"), "1");
}

#[test]
fn a_guard_stops_the_server_of_another_container_and_no_process_that_has_its_number_here() {
    let fixture = Fixture::new();
    let Some(container) = lasting_container() else { return };
    let mut there = fixture.spawn_user_in(&container);
    let [guard] = fixture.guards()[..] else { panic!("one guard") };
    kill_9(guard);
    assert!(within(SECONDS(5), || fixture.guards().is_empty()));

    let here = fixture.start();
    assert_eq!(fixture.guards().len(), 1, "one in this container");
    assert_eq!(query(&here, "SELECT 1"), "1");
    let number = fixture.postmaster().unwrap();
    let innocent = fs::read(format!("/proc/{}/stat", number.as_raw_nonzero())).is_ok();
    there.leave();
    assert_eq!(fixture.servers().len(), 1, "its container goes on");
    drop(here);
    assert!(fixture.server_stops_within(SECONDS(20)));
    assert_eq!(fixture.postmaster(), None, "it stopped in order");
    let still_there = fs::read(format!("/proc/{}/stat", number.as_raw_nonzero())).is_ok();
    assert!(!innocent || still_there, "process {number:?} of this container is no server");
    assert!(within(SECONDS(5), || !fixture.data_dir().join("server.owner").exists()));
}

#[test]
fn what_a_killed_server_leaves_running_keeps_every_container_from_starting_another() {
    let fixture = Fixture::new();
    let Some(container) = container(&["--pid", "--ipc", "--mount-proc"]) else { return };
    let db = fixture.start();
    query(&db, "CREATE TABLE kept AS SELECT 42 AS answer");
    let orphan = busy_backend(&fixture, &db);
    kill_9(fixture.postmaster().unwrap());
    let content = fs::read(fixture.postmaster_pid_file()).unwrap();

    let mut user = fixture.spawn_starting_user_in(&container);
    thread::sleep(SECONDS(2));
    assert_eq!(fs::read(fixture.postmaster_pid_file()).unwrap(), content, "nothing is touched");
    assert!(fixture.servers().is_empty(), "a backend of the killed server still writes");
    kill_9(orphan);
    user.wait_until_started();
    assert_eq!(query(&db, "SELECT answer FROM kept"), "42");
}

#[test]
fn lock_files_removed_under_a_living_server_do_not_make_another_one() {
    let fixture = Fixture::new();
    let db = fixture.start();
    let server = fixture.postmaster();
    fs::remove_file(fixture.data_dir().join("start.lock")).unwrap();
    let again = fixture.start();
    assert_eq!((fixture.postmaster(), query(&again, "SELECT 1")), (server, "1".into()));

    let Some(container) = container(&["--pid", "--ipc", "--mount-proc"]) else { return };
    drop(fixture.spawn_user_in(&container));
    // Neither a lock nor an answer.
    fs::rename(fixture.data_dir().join("run/.s.PGSQL.5432"), fixture.data_dir().join("run/away")).unwrap();
    let error = fixture.refusal_in(&container);
    assert!(error.contains("may be in use") && error.contains("in another container"), "{error}");
    fs::rename(fixture.data_dir().join("run/away"), fixture.data_dir().join("run/.s.PGSQL.5432")).unwrap();
    assert_eq!((fixture.postmaster(), query(&db, "SELECT 1")), (server, "1".into()));
}

#[test]
fn a_socket_that_was_cleaned_away_is_told_within_seconds_with_the_remedy() {
    let fixture = Fixture::new();
    let db = fixture.start();
    let server = fixture.postmaster().unwrap();
    db.check().unwrap();
    fs::remove_dir_all(fixture.data_dir().join("run")).unwrap();
    assert!(matches!(db.check(), Err(localdb::LocalDbError::SocketGone { .. })));
    let since = Instant::now();
    let error = localdb::LocalDb::start(&fixture.settings()).unwrap_err();
    assert!(since.elapsed() < SECONDS(15), "{:?}", since.elapsed());
    assert!(matches!(error, localdb::LocalDbError::SocketGone { .. }) && error.is_unreachable());
    let remedy = format!("kill -INT {}", server.as_raw_nonzero());
    assert!(error.to_string().contains(&remedy), "{error}");

    if let Some(container) = container(&["--pid", "--ipc", "--uts", "--mount-proc"]) {
        let error = fixture.refusal_in(&container);
        let owner = format!("process {} there, in another container", server.as_raw_nonzero());
        assert!(error.contains("is in use") && error.contains(&owner), "{error}");
    }

    rustix::process::kill_process(server, rustix::process::Signal::INT).unwrap();
    assert!(within(SECONDS(10), || fixture.servers().is_empty()));
    drop(db);
    assert_eq!(query(&fixture.start(), "SELECT 1"), "1");
}

#[test]
fn process_ids_of_a_living_server_and_of_the_record_agree() {
    let fixture = Fixture::new();
    let _db = fixture.start();
    let record = fs::read_to_string(fixture.data_dir().join("server.owner")).unwrap();
    let recorded = record.lines().find_map(|line| line.strip_prefix("process: ")).unwrap();
    assert_eq!(Pid::from_raw(recorded.parse().unwrap()), fixture.postmaster());
}

//! Data directories that were copied, and those that an older version of the program left.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use localdb::LocalDb;

use crate::container::container;
use crate::support::{Fixture, kill_9, query, settings, within};

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").args([from, to]).status().unwrap();
    assert!(status.success());
}

#[test]
fn a_copy_of_a_living_database_is_another_database() {
    let original = Fixture::new();
    let copied = Fixture::new();
    let first = original.start();
    query(&first, "CREATE TABLE kept AS SELECT 42 AS answer");
    query(&first, "CHECKPOINT");
    copy(&original.data_dir(), &copied.data_dir());

    let second = copied.start();
    assert_eq!(query(&second, "SELECT answer FROM kept"), "42");
    query(&second, "UPDATE kept SET answer = 43");
    assert_eq!(query(&first, "SELECT answer FROM kept"), "42");
    assert_eq!((original.servers().len(), copied.servers().len()), (1, 1));
    drop((first, second));
    assert!(original.server_stops_within(SECONDS(10)) && copied.server_stops_within(SECONDS(10)));
    assert_eq!(query(&original.start(), "SELECT answer FROM kept"), "42");
    assert_eq!(query(&copied.start(), "SELECT answer FROM kept"), "43");
}

#[test]
fn a_copy_is_known_for_one_in_another_container_and_after_the_original_has_gone() {
    let original = Fixture::new();
    let [copied, late] = [Fixture::new(), Fixture::new()];
    let db = original.start();
    query(&db, "CHECKPOINT");
    copy(&original.data_dir(), &copied.data_dir());
    copy(&original.data_dir(), &late.data_dir());
    if let Some(container) = container(&["--pid", "--ipc", "--mount-proc"]) {
        drop(copied.spawn_user_in(&container));
        assert!(within(SECONDS(5), || copied.servers().is_empty()));
    }
    drop(db);
    assert!(original.server_stops_within(SECONDS(10)));
    fs::remove_dir_all(original.data_dir()).unwrap();
    assert_eq!(query(&late.start(), "SELECT 1"), "1");
    assert_eq!(query(&copied.start(), "SELECT 1"), "1");
}

#[test]
fn a_directory_that_is_moved_under_its_server_is_still_served_by_it() {
    let fixture = Fixture::new();
    let db = fixture.start();
    let server = fixture.postmaster();
    let moved = fixture.data_dir().with_extension("moved");
    fs::rename(fixture.data_dir(), &moved).unwrap();
    let again = LocalDb::start(&settings(&moved)).unwrap();
    assert_eq!(query(&again, "SELECT 1"), "1");
    fs::rename(&moved, fixture.data_dir()).unwrap();
    assert_eq!(fixture.postmaster(), server);
    drop((db, again));
}

/// A server as older versions of this program started it: no lock, no record.
fn old_server(fixture: &Fixture) -> Child {
    let bin_dir = fixture.start().bin_dir().to_owned();
    assert!(fixture.server_stops_within(SECONDS(10)));
    for new in ["start.lock", "turn.lock", "server.owner"] {
        let _ = fs::remove_file(fixture.data_dir().join(new));
    }
    let pg = fixture.data_dir().join("pg");
    let mut postgres = Command::new(bin_dir.join("postgres"));
    if rustix::process::geteuid().is_root() {
        let owner = fs::metadata(&pg).unwrap();
        postgres.uid(owner.uid()).gid(owner.gid());
    }
    let run = format!("unix_socket_directories={}", fixture.data_dir().join("run").display());
    postgres.current_dir("/").arg("-D").arg(&pg).args(["-c", "listen_addresses=", "-c", &run]);
    let server = postgres.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(within(SECONDS(10), || fs::read_to_string(fixture.postmaster_pid_file())
        .is_ok_and(|content| content.contains("\nready"))));
    server
}

#[test]
fn an_older_versions_server_is_used_where_it_answers_and_never_doubled() {
    let fixture = Fixture::new();
    let mut server = old_server(&fixture);
    let number = fixture.postmaster();
    let db = fixture.start();
    assert_eq!((query(&db, "SELECT 1"), fixture.postmaster()), ("1".into(), number));
    if let Some(container) = container(&["--pid", "--ipc", "--mount-proc"]) {
        drop(fixture.spawn_user_in(&container));
        fs::rename(fixture.data_dir().join("run/.s.PGSQL.5432"), fixture.data_dir().join("run/away"))
            .unwrap();
        let error = fixture.refusal_in(&container);
        assert!(error.contains("older rapgrid") && error.contains("postmaster.pid"), "{error}");
        fs::rename(fixture.data_dir().join("run/away"), fixture.data_dir().join("run/.s.PGSQL.5432"))
            .unwrap();
    }
    assert_eq!((query(&db, "SELECT 1"), fixture.postmaster()), ("1".into(), number));
    drop(db);
    server.wait().unwrap();
    assert!(fixture.server_stops_within(SECONDS(10)), "its new guard stops it");
    assert_eq!(query(&fixture.start(), "SELECT 1"), "1");
}

#[test]
fn a_killed_server_of_an_older_version_is_over_when_a_person_says_so() {
    let fixture = Fixture::new();
    let mut server = old_server(&fixture);
    kill_9(fixture.postmaster().unwrap());
    server.wait().unwrap();
    let error = LocalDb::start(&fixture.settings()).unwrap_err().to_string();
    let remedy = format!("`rm {}`", fixture.postmaster_pid_file().display());
    assert!(error.contains("older rapgrid") && error.contains(&remedy), "{error}");
    fs::remove_file(fixture.postmaster_pid_file()).unwrap();
    assert_eq!(query(&fixture.start(), "SELECT 1"), "1");
}

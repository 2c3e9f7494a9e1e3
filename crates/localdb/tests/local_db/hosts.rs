//! One data directory, several hosts, on a file system that shows none the locks and sockets of another.

use std::fs;
use std::time::{Duration, Instant};

use localdb::LocalDb;

use crate::container::SharedDisk;
use crate::support::{Fixture, User, kill_9, within};

const SECONDS: fn(u64) -> Duration = Duration::from_secs;
const CONTAINER: [&str; 3] = ["--pid", "--ipc", "--mount-proc"];

#[test]
fn a_database_that_another_host_may_use_is_left_alone_until_a_person_says_that_it_does_not() {
    let fixture = Fixture::new();
    let disk = SharedDisk::at(&fixture.data_dir_parent());
    let Some(one) = disk.host("one", 1, &CONTAINER) else { return };
    let Some(two) = disk.host("two", 2, &CONTAINER) else { return };
    let mut user = fixture.spawn_user_in(&one);
    let number = fixture.postmaster().unwrap().as_raw_nonzero();
    let content = fs::read(fixture.postmaster_pid_file()).unwrap();

    let since = Instant::now();
    let error = fixture.refusal_in(&two);
    assert!(since.elapsed() < SECONDS(10), "{:?}", since.elapsed());
    assert!(error.contains(&format!("process {number} there, on host or container one, since 2")), "{error}");
    // Nor does the host that lends the disk to both see their locks.
    let error = LocalDb::start(&fixture.settings()).unwrap_err().to_string();
    assert!(error.contains("on host or container one"), "{error}");
    assert_eq!(fs::read(fixture.postmaster_pid_file()).unwrap(), content);
    assert_eq!(fixture.servers().len(), 1);

    // It stops in order, and the other one may go on.
    user.leave();
    assert!(fixture.server_stops_within(SECONDS(10)));
    let user = fixture.spawn_user_in(&two);
    assert!(fixture.refusal_in(&one).contains("on host or container two"));

    // It vanishes, and nothing tells that from being out of sight.
    user.kill();
    assert!(within(SECONDS(5), || fixture.servers().is_empty()));
    let error = fixture.refusal_in(&one);
    let (_, remedy) = error.split_once("`rm ").unwrap();
    let (files, _) = remedy.split_once('`').unwrap();
    files.split(' ').for_each(|file| fs::remove_file(file).unwrap());
    let mut user = fixture.spawn_user_in(&one);
    user.leave();
    assert!(fixture.server_stops_within(SECONDS(10)));
}

#[test]
fn of_two_hosts_that_start_at_one_time_one_succeeds() {
    let fixture = Fixture::new();
    let disk = SharedDisk::at(&fixture.data_dir_parent());
    let Some(one) = disk.host("one", 1, &CONTAINER) else { return };
    let Some(two) = disk.host("two", 2, &CONTAINER) else { return };
    let mut users = [&one, &two].map(|host| fixture.spawn_starting_user_in(host));
    let outcomes = users.each_mut().map(|user| user.outcome());
    let started = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(started, 1, "{outcomes:?}");
    assert_eq!(fixture.servers().len(), 1);
    users.iter_mut().for_each(User::leave);
    assert!(fixture.server_stops_within(SECONDS(10)));
}

#[test]
fn a_host_knows_what_ended_with_its_own_boot_before_and_no_other_host_does() {
    let fixture = Fixture::new();
    let disk = SharedDisk::at(&fixture.data_dir_parent());
    let Some(before) = disk.host("one", 1, &[]) else { return };
    let Some(after) = disk.host("one", 2, &[]) else { return };
    let Some(other) = disk.host("two", 3, &[]) else { return };
    let user = fixture.spawn_user_in(&before);
    let guards = fixture.guards().into_iter();
    guards.chain(fixture.servers()).for_each(kill_9);
    user.kill();
    assert!(within(SECONDS(5), || fixture.servers().is_empty()));

    assert!(fixture.refusal_in(&other).contains("on host or container one"));
    let mut user = fixture.spawn_user_in(&after);
    user.leave();
    assert!(fixture.server_stops_within(SECONDS(10)));
}

#[test]
fn a_server_whose_lock_and_socket_another_mount_does_not_show_is_left_alone() {
    let fixture = Fixture::new();
    let disk = SharedDisk::at(&fixture.data_dir_parent());
    let db = fixture.start();
    let server = fixture.postmaster();
    let place = fixture.data_dir_parent().with_extension("place");
    for (place, data_dir) in
        [(&fixture.data_dir_parent(), &fixture.data_dir()), (&place, &place.join("data"))]
    {
        let Some(mut program) = disk.by_another_way(place, &[]) else { return };
        let error = fixture.refusal_at(&program, data_dir);
        assert!(
            error.contains("nothing answers at its socket") || error.contains("may be in use"),
            "{error}"
        );
        program = disk.by_another_way(place, &CONTAINER).unwrap();
        let error = fixture.refusal_at(&program, data_dir);
        assert!(
            error.contains("may be in use") && error.contains("another container of this host"),
            "{error}"
        );
        assert_eq!((fixture.servers().len(), fixture.postmaster()), (1, server));
    }
    fixture.guards().into_iter().for_each(kill_9);
    kill_9(server.unwrap());
    assert!(within(SECONDS(5), || fixture.servers().is_empty()));
    drop(db);
    drop(fixture.start());
}

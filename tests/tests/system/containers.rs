//! Commands on one data directory in several containers.

use crate::specs::{LONG, LONG_JOBS};
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};
use system_tests::{Rapgrid, Signal, wait_until};

/// Of process ids, of shared memory, and of both.
const CONTAINERS: [&[&str]; 3] = [&["--pid", "--ipc"], &["--pid"], &["--ipc"]];

fn containers_are_permitted() -> bool {
    let output = Command::new("unshare").args(["--pid", "--ipc", "--fork", "--mount-proc", "true"]).output();
    let permitted = output.as_ref().is_ok_and(|output| output.status.success());
    if !permitted {
        let required = std::env::var("RAPGRID_TEST_CONTAINERS").is_ok_and(|how| how == "required");
        assert!(!required, "containers are not permitted here: {output:?}");
        eprintln!("left out, because containers are not permitted here: {output:?}");
    }
    permitted
}

#[test]
fn a_list_from_another_container_is_answered_and_the_scan_goes_on_to_its_end() {
    if !containers_are_permitted() {
        return;
    }
    let rapgrid = Rapgrid::new();
    rapgrid.write("long.toml", LONG);
    let scan = [&["scan", "long.toml", "--no-report", "--threads", "1"][..], &LONG_JOBS].concat();
    let mut scan = rapgrid.spawn(&scan);
    wait_until("a unit recorded", || rapgrid.units_done("long").filter(|&done| done > 0));
    let server = rapgrid.postmaster();
    for namespaces in CONTAINERS {
        let listed = rapgrid.spawn_in_container(namespaces, &["list"]).wait().succeeded();
        assert!(listed.contains("long"), "{namespaces:?}: {listed}");
        assert_eq!(rapgrid.postmaster(), server, "{namespaces:?}");
    }
    assert!(!scan.has_ended(), "it was to be disturbed");
    scan.wait().succeeded();
    rapgrid.assert_complete("long");
}

#[test]
fn a_database_that_does_not_answer_is_no_hang_but_exit_code_5_and_what_to_do() {
    let rapgrid = Rapgrid::new();
    let mut holder = rapgrid.hold();
    fs::remove_dir_all(rapgrid.data_dir().join("run")).unwrap();
    let since = Instant::now();
    let message = rapgrid.run(&["list"]).failed_with(5);
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
    assert!(message.contains("kill -INT"), "{message}");
    if containers_are_permitted() {
        let message = rapgrid.spawn_in_container(CONTAINERS[0], &["list"]).wait().failed_with(5);
        assert!(message.contains("in another container of this host"), "{message}");
    }
    holder.signal(Signal::TERM);
    holder.wait();
    wait_until("the server stops", || rapgrid.postmaster().is_none().then_some(()));
    rapgrid.run(&["list"]).succeeded();
}

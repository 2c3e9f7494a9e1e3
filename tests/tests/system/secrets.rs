//! What nobody may read over somebody's shoulder: passwords and tokens stand in no log, message or process list.

use crate::specs::TINY;
use system_tests::Rapgrid;

const PASSWORD: &str = "hunter2-secret";
const TOKEN: &str = "f00dbeef-0123456789abcdef";

/// The private database as one that DATABASE_URL names, with a password that its socket does not ask for.
fn url_with_password(rapgrid: &Rapgrid) -> String {
    let url = rapgrid.run(&["db", "url"]).succeeded();
    let url = url.trim().replacen("rapgrid@", &format!("rapgrid:{PASSWORD}@"), 1);
    assert!(url.contains(PASSWORD), "{url}");
    url
}

#[test]
fn logs_of_every_level_hold_neither_the_password_nor_the_token() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let url = url_with_password(&rapgrid);
    let tokens = rapgrid.write_secret("tokens", &format!("submit {TOKEN}\nwork {TOKEN}\n"));
    let environment = [("DATABASE_URL", url.as_str()), ("RUST_LOG", "trace")];
    let coordinator = rapgrid.coordinator_with("127.0.0.1:0", &["--tokens", tokens], &environment);
    let own = [
        ("RAPGRID_COORDINATOR", coordinator.address.as_str()),
        ("RAPGRID_TOKEN", TOKEN),
        ("RUST_LOG", "trace"),
    ];
    let submitted = rapgrid.spawn_with(&["submit", rapgrid.write("tiny.toml", TINY)], &own).wait();
    let worked = rapgrid.spawn_with(&["worker", "--exit-when-idle"], &own).wait();
    let logs = [submitted.stderr.clone(), worked.stderr.clone(), coordinator.process.stderr()];
    submitted.succeeded();
    worked.succeeded();
    for log in logs {
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "{log}");
        assert!(!log.contains(PASSWORD) && !log.contains(TOKEN), "a secret stands in a log");
    }
    rapgrid.assert_complete("tiny");
}

#[test]
fn psql_and_the_coordinator_show_no_password_to_a_process_list() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let url = url_with_password(&rapgrid);
    let environment = [("DATABASE_URL", url.as_str())];
    // A command of psql's shell: its parent is psql.
    let command = r"\! tr '\0' ' ' < /proc/$PPID/cmdline; echo; echo password $PGPASSWORD";
    let shown =
        rapgrid.spawn_with(&["db", "psql", "--", "-X", "-c", command], &environment).wait().succeeded();
    let (arguments, password) = shown.split_once('\n').unwrap();
    assert!(arguments.contains("postgres") && !arguments.contains(PASSWORD), "{arguments}");
    assert!(password.contains(PASSWORD), "psql knows it all the same: {password}");
    let coordinator = rapgrid.coordinator_with("127.0.0.1:0", &[], &environment);
    let arguments = std::fs::read(format!("/proc/{}/cmdline", coordinator.process.id())).unwrap();
    assert!(!String::from_utf8_lossy(&arguments).contains(PASSWORD));
}

#[test]
fn a_database_that_cannot_be_reached_is_told_without_its_password() {
    let rapgrid = Rapgrid::new();
    for url in [
        format!("postgres://ana:{PASSWORD}@127.0.0.1:1/x"),
        format!("postgres://ana:{PASSWORD}@127.0.0.1:port/x"),
        format!("postgres://ana:{PASSWORD}@127.0.0.1:1/x?sslmode=perhaps"),
        format!("ana:{PASSWORD}@127.0.0.1/x"),
        format!("postgres://ana@127.0.0.1:1/x?password={PASSWORD}"),
    ] {
        for arguments in [&["list"][..], &["db", "psql"], &["coordinator"]] {
            let output = rapgrid.spawn_with(arguments, &[("DATABASE_URL", &url)]).wait();
            assert!(!format!("{output:?}").contains(PASSWORD), "{output:?}");
            assert!(matches!(output.code, Some(1 | 5)), "{output:?}");
        }
    }
}

//! The database for people's queries: a role that reads results and nothing else, and psql that changes nothing by
//! mistake.

use crate::specs::{TINY, scan};
use system_tests::{Output, Rapgrid};

/// A million rows: a partition of its own, attached when it is submitted.
const LARGE: &str = r#"
name = "large"
samples = 500000
[grid]
widths = [3, 3, 1]
beta = [0.3, 0.8]
[methods.mc]
"#;

/// What the database says to that role.
fn query_as(rapgrid: &Rapgrid, role: &str, options: &str, sql: &str) -> Output {
    let url = rapgrid.run(&["db", "url"]).succeeded();
    let url = url.trim().replacen("rapgrid@", &format!("{role}@"), 1);
    let psql = ["-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql];
    let output =
        std::process::Command::new("psql").arg(url).args(psql).env("PGOPTIONS", options).output().unwrap();
    Output {
        code: output.status.code(),
        signal: None,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_reader_selects_results_of_sweeps_to_come_and_does_nothing_else() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    rapgrid.run(&["db", "reader", "ana"]).succeeded();
    rapgrid.run(&["db", "reader", "ana", "--statement-timeout", "77"]).succeeded();
    let coordinator = rapgrid.coordinator(&[]);
    coordinator.grpc().submit(TINY).unwrap();
    coordinator.worker(&rapgrid, &["--exit-when-idle"]).wait().succeeded();
    coordinator.grpc().submit(LARGE).unwrap();
    let bucket = rapgrid.count("SELECT bucket FROM sweeps WHERE name = 'large'");
    assert!(bucket > 0, "a partition of its own");
    // One row of it, without computing any.
    rapgrid.query(&format!(
        "INSERT INTO measurements SELECT (m).* FROM (SELECT jsonb_populate_record(m, jsonb_build_object(
         'bucket', {bucket}, 'sweep_id', {bucket})) AS m FROM measurements m LIMIT 1) AS new"
    ));
    let ask = |sql: &str| query_as(&rapgrid, "ana", "", sql);
    let answer = |sql: &str| ask(sql).succeeded().trim().to_owned();
    assert_eq!(answer("SELECT count(*) FROM measurements WHERE bucket = 0"), "32");
    assert_eq!(answer(&format!("SELECT count(*) FROM measurements WHERE bucket = {bucket}")), "1");
    for view in rapgrid.query("SELECT viewname FROM pg_views WHERE schemaname = 'rapgrid'").lines() {
        answer(&format!("SELECT count(*) FROM {view}"));
    }
    assert_eq!(answer("SELECT count(*) FROM results"), "32");
    assert_eq!(answer("SHOW statement_timeout"), "77s");
    assert_eq!(answer("SHOW default_transaction_read_only"), "on");
    assert_eq!(answer("SHOW idle_in_transaction_session_timeout"), "5min");
    let tables = rapgrid.row_counts();
    for sql in [
        "SELECT * FROM jobs",
        "SELECT * FROM workers",
        "DELETE FROM measurements",
        "UPDATE sweeps SET state = 'cancelled'",
        "CREATE TABLE mine (x int)",
        "SELECT nextval('lease_epochs')",
        "COPY cells TO PROGRAM 'true'",
    ] {
        ask(sql).failed_with(1);
        let writing = query_as(&rapgrid, "ana", "-c default_transaction_read_only=off", sql).failed_with(1);
        let is_refused = writing.contains("permission denied") || writing.contains("must be superuser");
        assert!(is_refused, "{sql}: {writing}");
    }
    assert_eq!(rapgrid.row_counts(), tables);
}

#[test]
fn a_reader_uses_the_commands_that_only_read() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    rapgrid.run(&["db", "reader", "ana"]).succeeded();
    let url = rapgrid.run(&["db", "url"]).succeeded().trim().replacen("rapgrid@", "ana@", 1);
    let as_ana = |arguments: &[&str]| rapgrid.spawn_with(arguments, &[("DATABASE_URL", &url)]).wait();
    for arguments in [
        &["export", "tiny"][..],
        &["plot", "tiny", "--out", "figures"],
        &["transitions", "tiny"],
        &["replay", "tiny"],
        &["db", "psql", "--", "-c", "SELECT count(*) FROM results"],
    ] {
        as_ana(arguments).succeeded();
    }
    // What only reads leaves a schema of an older version as it is.
    rapgrid.query("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
    let message = rapgrid.run(&["export", "tiny"]).failed_with(1);
    assert!(
        message.contains("older version of rapgrid") && message.contains("`rapgrid db url`"),
        "{message}"
    );
    as_ana(&["transitions", "tiny"]).failed_with(1);
}

#[test]
fn reading_makes_nothing_in_a_database_that_is_empty() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    rapgrid.query("CREATE DATABASE empty");
    let url = rapgrid.run(&["db", "url"]).succeeded().trim().replacen("/rapgrid?", "/empty?", 1);
    // Rapgrid's own variable comes before the other.
    let environment =
        [("RAPGRID_DATABASE_URL", &url[..]), ("DATABASE_URL", "postgres://nobody@nowhere/none")];
    let there = |arguments: &[&str]| rapgrid.spawn_with(arguments, &environment).wait();
    there(&["list"]).succeeded();
    assert_eq!(there(&["list", "--format", "json"]).succeeded().trim(), "");
    there(&["workers"]).succeeded();
    for arguments in
        [&["export", "tiny"][..], &["plot", "tiny"], &["show", "tiny"], &["delete", "tiny", "--yes"]]
    {
        let message = there(arguments).failed_with(2);
        assert!(message.contains("there is no sweep named \"tiny\""), "{message}");
    }
    let count = "SELECT count(*) + (SELECT count(*) FROM pg_namespace WHERE nspname = 'rapgrid')
                 FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    let psql = std::process::Command::new("psql").args([&url, "-X", "-At", "-c", count]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&psql.stdout).trim(), "0");
}

#[test]
fn a_role_that_is_no_reader_is_left_alone() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    for name in ["", "Ana", "a b", "pg_read_all_data", "a\"; DROP TABLE sweeps; --", "public", "1a"] {
        let stderr = rapgrid.run(&["db", "reader", "--", name]).failed_with(2);
        assert!(stderr.contains("is no name for a reader"), "{name}: {stderr}");
    }
    rapgrid.query("CREATE ROLE boss CREATEROLE");
    for name in ["rapgrid", "boss"] {
        let stderr = rapgrid.run(&["db", "reader", name]).failed_with(2);
        assert!(stderr.contains("may do more than read"), "{stderr}");
    }
}

#[test]
fn psql_changes_nothing_unless_writing_is_asked_for() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let sql = "DELETE FROM sweeps";
    let psql = |options: &[&str]| {
        rapgrid.run(&[&["db", "psql"], options, &["--", "-X", "-v", "ON_ERROR_STOP=1", "-c", sql]].concat())
    };
    let stderr = psql(&[]).failed_with(1);
    assert!(stderr.contains("read-only transaction"), "{stderr}");
    assert_eq!(psql(&["--write"]).succeeded().trim(), "DELETE 0");
}

//! What people meet every day: where a sweep stands, what made it, and lines that fit the terminal.

use crate::specs::{TINY, scan};
use serde_json::Value;
use std::fs;
use system_tests::Rapgrid;

#[test]
fn a_sweep_without_a_worker_is_stopped_wherever_it_is_shown_and_says_what_goes_on_with_it() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    rapgrid.write("tiny.toml", TINY);
    rapgrid.run(&["submit", "tiny.toml"]).succeeded();
    let listed = rapgrid.run(&["list"]).succeeded();
    assert!(listed.contains("stopped"), "{listed}");
    assert!(listed.contains("tiny is stopped: no worker is there: `rapgrid scan`"), "{listed}");
    let shown: Value =
        serde_json::from_str(&rapgrid.run(&["show", "tiny", "--format", "json"]).succeeded()).unwrap();
    assert_eq!(
        (&shown["status"], &shown["seconds_left"]),
        (&Value::from("stopped"), &Value::Null),
        "{shown}"
    );
    assert!(shown["specs"][0].as_str().unwrap().contains("name = \"tiny\""), "{shown}");
    assert_eq!(rapgrid.query("SELECT status FROM sweep_progress"), "stopped");
    // What is there is shown, with a word on how much that is.
    for arguments in [&["transitions", "tiny"][..], &["export", "tiny", "-o", "tiny.csv"]] {
        let output = rapgrid.run(arguments);
        assert!(output.stderr.contains("tiny is stopped at 0 % of its units"), "{}", output.stderr);
        output.succeeded();
    }
    // A worker that is lost without a word is there for half a minute, and not for ever.
    rapgrid.query("INSERT INTO workers (host, process_id, version, git_revision, cpu_features, threads, numerics_revision, cpu_level)
                   VALUES ('lost', 1, '0', '0', '', 1, 1, '')");
    assert_eq!(rapgrid.query("SELECT status FROM sweep_progress"), "running");
    rapgrid.query("UPDATE workers SET seen_at = now() - interval '31 seconds'");
    assert_eq!(rapgrid.query("SELECT status FROM sweep_progress"), "stopped");
    rapgrid.run(&["cancel", "tiny"]).succeeded();
    assert_eq!(rapgrid.query("SELECT status FROM sweep_progress"), "cancelled");
    rapgrid.run(&["scan", "tiny.toml"]).succeeded();
    assert_eq!(rapgrid.query("SELECT status FROM sweep_progress"), "finished");
}

#[test]
fn a_dry_run_takes_off_what_is_stored_and_refuses_what_a_scan_would_refuse() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    let rows = rapgrid.count("SELECT count(*) FROM results");
    let planned = |text: &str| {
        rapgrid.write("planned.toml", text);
        rapgrid.run(&["scan", "planned.toml", "--dry-run", "--format", "json"])
    };
    let json = |text: &str| -> Value { serde_json::from_str(&planned(text).succeeded()).unwrap() };
    let same = json(TINY);
    assert_eq!((&same["stored"], &same["rows_done"]), (&"found".into(), &rows.into()), "{same}");
    let more = json(&TINY.replace("samples = 2", "samples = 3"));
    assert_eq!(
        (&more["stored"], &more["plan"]["new_rows"]),
        (&"extends".into(), &(rows / 2).into()),
        "{more}"
    );
    let other = json(&TINY.replace("\"tiny\"", "\"other\""));
    assert_eq!((&other["stored"], &other["plan"]["new_rows"]), (&"new".into(), &rows.into()), "{other}");
    let message = planned(&TINY.replace("samples = 2", "samples = 1")).failed_with(2);
    assert!(message.contains("samples fell: 2 → 1"), "{message}");
    assert_eq!(rapgrid.count("SELECT count(*) FROM sweeps"), 1, "a dry run stored something");
}

#[test]
fn a_folder_of_results_holds_what_computes_them_again() {
    let (rapgrid, again) = (Rapgrid::new(), Rapgrid::new());
    let (_server, _other) = (rapgrid.hold(), again.hold());
    rapgrid.write("spec.toml", TINY);
    rapgrid.run(&["scan", "spec.toml", "--out", "results"]).succeeded();
    let file = |name: &str| fs::read_to_string(rapgrid.folder().join("results").join(name)).unwrap();
    let summary = file("summary.txt");
    for expected in
        ["seed               7", "numerics revision", "git ", "relax = ", "tolerance = ", "ensemble"]
    {
        assert!(summary.contains(expected), "{expected} is not in\n{summary}");
    }
    let provenance: Value = serde_json::from_str(&file("provenance.json")).unwrap();
    assert_eq!((&provenance["seed"], &provenance["status"]), (&7.into(), &"finished".into()), "{provenance}");
    assert!(provenance["programs"][0]["cpu_seconds"].as_f64().unwrap() > 0.0, "{provenance}");
    assert!(provenance["methods"]["mc"]["measure"].is_string(), "{provenance}");
    assert!(file("transitions.csv").starts_with("sweep,method,axis"));
    assert!(file("differences.csv").starts_with("sweep,cell_id"));
    let cited = rapgrid.run(&["cite", "tiny"]).succeeded();
    assert!(cited.lines().all(|line| line.chars().count() <= 80), "{cited}");
    for expected in ["@article{huang2018random", "@software{rapgrid", "seed 7", "measure = "] {
        assert!(cited.contains(expected), "{expected} is not in\n{cited}");
    }
    again.write("tiny.toml", &file("tiny.toml"));
    again.run(&["scan", "tiny.toml"]).succeeded();
    assert_eq!(again.table("tiny"), rapgrid.table("tiny"));
}

#[test]
fn differences_are_paired_by_sample() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, &TINY.replace("samples = 2", "samples = 5"), &[]);
    // The mean and the spread of the samples' own differences, from the rows.
    let off = rapgrid.query(
        "WITH pairs AS (
             SELECT cell_id, beta, max(energy_per_weight) FILTER (WHERE method = 'mc')
                                   - max(energy_per_weight) FILTER (WHERE method = 'exact') AS difference
             FROM results GROUP BY cell_id, beta, sample),
         means AS (SELECT cell_id, beta, avg(difference) AS mean, stddev_samp(difference) / sqrt(count(*)) AS error
                   FROM pairs GROUP BY cell_id, beta)
         SELECT count(*), max(abs(mean - energy_difference)) < 1e-12,
                max(abs(error - energy_difference_standard_error)) < 1e-12, min(samples)
         FROM means JOIN differences d USING (cell_id, beta) WHERE method = 'mc' AND reference_kind = 'exact'",
    );
    assert_eq!(off, "4|t|t|5");
    // Log Z above the paramagnet is the paramagnetic branch's own: nothing is left, sample by sample.
    let left = rapgrid.query(
        "SELECT max(abs(log_z_above_paramagnet)) < 1e-9, max(log_z_above_paramagnet_standard_error) < 1e-9,
                min(log_z_standard_error) > 1e-4
         FROM phase_diagram WHERE kind = 'bp' AND branch = 'paramagnetic'",
    );
    assert_eq!(left, "t|t|t");
}

#[test]
fn at_80_columns_every_line_fits() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let name = "scan-of-2026-11-28";
    rapgrid.write("long.toml", &TINY.replace("\"tiny\"", &format!("\"{name}\"")));
    rapgrid
        .run(&["instance", "--widths", "8,8,8,1", "--activation", "0.5,0.5", "-o", "net.json"])
        .succeeded();
    let commands: &[&[&str]] = &[
        &["scan", "long.toml", "--dry-run"],
        &["scan", "long.toml"],
        &["scan", "long.toml"],
        &["list"],
        &["watch", name],
        &["workers"],
        &["transitions", name],
        &["plot", name],
        &["cite", name],
        &["replay", name],
        &["solve", "net.json", "--beta", "0.5,1"],
        &["solve", "net.json", "--beta", "0.5,1", "--method", "degrees,levels"],
        &["instance", "net.json"],
        &["ladder", "net.json", "--beta", "2"],
        &["submit", "long.toml"],
        &["pause", name],
        &["cancel", name],
        &["resume", name],
        &["retry", name],
        &["prioritise", name, "3"],
        &["delete", name],
        &["--help"],
        &["scan", "--help"],
        &["solve", "--help"],
        &["coordinator", "--help"],
    ];
    let mut long = Vec::new();
    for arguments in commands {
        let lines = rapgrid.lines_on_terminal(80, arguments);
        assert!(!lines.is_empty(), "{arguments:?} says nothing");
        let too_long = lines.into_iter().filter(|line| line.chars().count() > 80);
        long.extend(too_long.map(|line| format!("{}: {line}", arguments[0])));
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

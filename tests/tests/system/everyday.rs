//! What people meet every day: where a sweep stands, what made it, and lines that fit the terminal.

use crate::specs::{TINY, TINY_ROWS, scan};
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
    assert_eq!(same["remaining"], serde_json::json!({ "rows": 0, "cpu_seconds": 0.0 }));
    let more = json(&TINY.replace("samples = 2", "samples = 3"));
    assert_eq!(
        (&more["stored"], &more["plan"]["new_rows"]),
        (&"extends".into(), &(rows / 2).into()),
        "{more}"
    );
    assert_eq!(more["remaining"]["rows"], more["plan"]["new_rows"]);
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
    ];
    let helps = COMMANDS.map(|command| command.split(' ').chain(["--help"]).collect::<Vec<_>>());
    let helps = helps.iter().map(Vec::as_slice);
    let mut long = Vec::new();
    for arguments in commands.iter().copied().chain(helps) {
        let lines = rapgrid.lines_on_terminal(80, arguments);
        assert!(!lines.is_empty(), "{arguments:?} says nothing");
        let too_long = lines.into_iter().filter(|line| line.chars().count() > 80);
        long.extend(too_long.map(|line| format!("{}: {line}", arguments[0])));
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn a_terminal_that_draws_no_bars_gets_lines_of_progress() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    rapgrid.write("spec.toml", TINY);
    for command in [&["scan", "spec.toml", "--no-report"][..], &["watch", "tiny"]] {
        let lines = rapgrid.lines_on("dumb", 100, command);
        assert!(lines.iter().any(|line| line.contains("units")), "{command:?}: {lines:?}");
    }
}

const COMMANDS: [&str; 26] = [
    "scan",
    "solve",
    "instance",
    "ladder",
    "submit",
    "list",
    "show",
    "watch",
    "workers",
    "pause",
    "resume",
    "cancel",
    "prioritise",
    "retry",
    "delete",
    "replay",
    "export",
    "plot",
    "transitions",
    "cite",
    "db url",
    "db psql",
    "db reader",
    "coordinator",
    "worker",
    "token",
];

#[test]
fn every_command_has_an_example() {
    let rapgrid = Rapgrid::new();
    for command in COMMANDS {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = rapgrid.run(&arguments).succeeded();
        assert!(help.contains(&format!("\n  rapgrid {command}")), "no example of {command} in\n{help}");
    }
}

#[test]
fn what_people_type_is_understood_or_refused_with_what_they_meant() {
    let rapgrid = Rapgrid::new();
    let refused = |spec: &str| {
        rapgrid.write("spec.toml", spec);
        rapgrid.run(&["scan", "spec.toml", "--dry-run"]).failed_with(2)
    };
    let message = refused(&TINY.replace("beta =", "T ="));
    assert!(message.contains("temperatures are inverse ones here: beta = 1/T"), "{message}");
    let message = refused(&TINY.replace("[methods.bp]", "[methods.bpp]"));
    assert!(message.contains("did you mean \"bp\"?"), "{message}");
    rapgrid.write("spec.toml", &TINY.replace("[methods.exact]", "[methods.exact]\nmax_configurations = 1e6"));
    let planned = rapgrid.run(&["scan", "spec.toml", "--dry-run"]).succeeded();
    assert!(planned.contains("max_configurations = 1000000"), "{planned}");
    let message = rapgrid.run(&["token", "read", "--last-day", "2020-01-01"]).failed_with(2);
    assert!(message.contains("that day is over"), "{message}");
    rapgrid.write("token", "read 0123456789abcdef0123456789abcdef\n");
    let arguments = ["list", "--coordinator", "http://127.0.0.1:1", "--token-file", "token"];
    let message = rapgrid.run(&arguments).failed_with(2);
    assert!(message.contains("others may read or write token"), "{message}");
    let nobody = [("RAPGRID_DATABASE_URL", "postgres://ana@127.0.0.1:1/lab")];
    let message = rapgrid.spawn_with(&["list"], &nobody).wait().failed_with(5);
    assert!(message.contains("\"lab\" at 127.0.0.1:1 as \"ana\""), "{message}");
}

#[test]
fn a_row_of_solve_says_what_computes_it_again_and_exact_is_left_out_where_it_takes_too_long() {
    let rapgrid = Rapgrid::new();
    let draw = ["instance", "--widths", "70,70,70,1", "--activation", "0.5,0.5", "-o", "big.json"];
    rapgrid.run(&draw).succeeded();
    let solve =
        ["solve", "big.json", "--beta", "0.5", "--relax", "5", "--measure", "2e1", "--format", "json"];
    let output = rapgrid.run(&solve);
    assert!(output.stderr.contains("without exact: the exact answer needs"), "{}", output.stderr);
    let rows: Vec<Value> = output.succeeded().lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    assert_eq!(
        rows.iter().map(|row| row["method"].as_str().unwrap()).collect::<Vec<_>>(),
        ["bp", "bp", "mc"]
    );
    for row in &rows {
        for column in ["version", "git_revision", "instance"] {
            assert!(row[column].is_string(), "no {column} in {row}");
        }
        assert_eq!((&row["seed"], row["numerics_revision"].is_u64()), (&0.into(), true));
    }
    assert_eq!(rows[2]["settings"]["measure"], "20");
    let message = rapgrid.run(&["solve", "big.json", "--beta", "0.5", "--method", "exact"]).failed_with(2);
    assert!(message.contains("raise it, or leave exact out"), "{message}");
    // Nothing is minus zero.
    let hot =
        rapgrid.run(&["solve", "big.json", "--beta", "0", "--method", "bp", "--format", "json"]).succeeded();
    assert!(hot.contains("\"energy_per_weight\":0.0") && !hot.contains("-0.0,"), "{hot}");
}

#[test]
fn output_that_cannot_be_written_is_said_and_output_that_nobody_reads_ends_nothing() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    rapgrid.write("spec.toml", TINY);
    let shell = |line: &str| {
        let program = rapgrid.program_line();
        let output = std::process::Command::new("bash")
            .args(["-c", &line.replace("rapgrid", &program)])
            .current_dir(rapgrid.folder())
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    // Whoever read the log has gone before the scan begins; it goes on.
    assert_eq!(shell("set -o pipefail; rapgrid scan spec.toml 2>&1 >report.txt | true").0, Some(0));
    assert_eq!(rapgrid.query("SELECT status FROM sweep_progress"), "finished");
    assert_eq!(rapgrid.count("SELECT count(*) FROM results"), TINY_ROWS);
    for command in [
        "scan spec.toml --dry-run",
        "list",
        "cite tiny",
        "plot tiny",
        "transitions tiny",
        "watch tiny --format json",
        "db url",
        "token read",
    ] {
        let (code, message) = shell(&format!("rapgrid {command} > /dev/full"));
        assert!(code == Some(1) && message.contains("No space left"), "{command}: {code:?} {message}");
        let (code, message) = shell(&format!("set -o pipefail; rapgrid {command} | true"));
        assert!(code == Some(0) && !message.contains("panicked"), "{command}: {code:?} {message}");
    }
    // What was there stays, if what should replace it cannot be written.
    fs::create_dir(rapgrid.folder().join("kept")).unwrap();
    rapgrid.write("kept/old.csv", "old");
    rapgrid.run(&["export", "tiny", "-o", "kept/old.csv/new.csv"]).failed_with(1);
    rapgrid.run(&["export", "nobody", "-o", "kept/old.csv"]).failed_with(2);
    assert_eq!(fs::read_to_string(rapgrid.folder().join("kept/old.csv")).unwrap(), "old");
    rapgrid.run(&["export", "tiny", "-o", "kept/old.csv"]).succeeded();
    let kept = || {
        let files = fs::read_dir(rapgrid.folder().join("kept")).unwrap();
        files.map(|file| file.unwrap().file_name()).collect::<Vec<_>>()
    };
    assert_eq!(kept(), ["old.csv"], "something is left beside it");
    // A disk that is full after a kilobyte.
    for command in ["instance --widths 20,20,10,1 -o kept/old.csv", "plot tiny --out kept"] {
        let (code, message) = shell(&format!("trap '' XFSZ; ulimit -f 1; rapgrid {command}"));
        assert!(code == Some(1) && message.contains("writing kept/"), "{command}: {code:?} {message}");
    }
    assert_eq!(kept(), ["old.csv"], "something is left beside it");
    assert!(fs::read_to_string(rapgrid.folder().join("kept/old.csv")).unwrap().starts_with("sweep"));
}

#[test]
fn a_folder_that_results_cannot_be_written_to_is_refused_before_anything_is_computed() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    rapgrid.write("spec.toml", TINY);
    rapgrid.write("file", "");
    let message = rapgrid.run(&["scan", "spec.toml", "--out", "file/results"]).failed_with(2);
    assert!(message.contains("cannot write results to file/results"), "{message}");
    assert!(rapgrid.run(&["list"]).succeeded().lines().count() <= 1, "something was computed");
    // A sweep of which no row has values has a report without figures.
    let costly = TINY.replace("[methods.exact]", "[methods.exact]\nmax_configurations = 1");
    let costly = costly.replace("[methods.bp]\n[methods.mc]\nrelax = 20\nmeasure = 100\n", "");
    let costly = costly.replace("[methods.degrees]\n[methods.levels]\noverlaps = [0, 0.5]\npairs = 4\n", "");
    rapgrid.write("costly.toml", &costly);
    let output = rapgrid.run(&["scan", "costly.toml", "--out", "costly"]);
    assert!(output.stderr.contains("nothing is drawn: no row has values"), "{}", output.stderr);
    output.succeeded();
    assert!(fs::read_to_string(rapgrid.folder().join("costly/results.csv")).unwrap().contains("too_costly"));
}

#[test]
fn what_people_bring_from_elsewhere_is_taken() {
    let rapgrid = Rapgrid::new();
    rapgrid.run(&["instance", "--widths", "4,4,1", "--activation", "0.5", "-o", "net.json"]).succeeded();
    let net = fs::read_to_string(rapgrid.folder().join("net.json")).unwrap();
    rapgrid.write("marked.json", &format!("\u{feff}{net}"));
    let rows =
        rapgrid.run(&["solve", "marked.json", "--beta", "0.3,0.30", "--method", "bp", "--format", "json"]);
    assert_eq!(rows.succeeded().lines().count(), 2, "one β, two branches");
    rapgrid.write("spec.toml", &TINY.replace("beta = [0.3, 0.8]", "beta = { from = 1, to = 1, count = 1 }"));
    rapgrid.run(&["scan", "spec.toml", "--dry-run"]).succeeded();
    for beta in ["[0.8, 0.80000000000000004]", "[0.3]\nactivation_2 = [0.8, 0.80000000000000004]"] {
        rapgrid.write("spec.toml", &TINY.replace("beta = [0.3, 0.8]", &format!("beta = {beta}")));
        let message = rapgrid.run(&["scan", "spec.toml", "--dry-run"]).failed_with(2);
        assert!(message.contains("0.8 and 0.80000000000000004, which are one number"), "{message}");
    }
    // What is set to nothing is not set, and what is said of other servers is not meant for the private one.
    let nothing = [
        "RAPGRID_TLS_CA",
        "RAPGRID_COORDINATOR",
        "RAPGRID_TOKEN_FILE",
        "RAPGRID_CPU_LEVEL",
        "RAPGRID_POSTGRES_BIN",
    ];
    let nothing: Vec<(&str, &str)> = nothing.iter().map(|&name| (name, "")).collect();
    rapgrid.spawn_with(&["list"], &nothing).wait().succeeded();
    let others =
        [("PGSSLMODE", "require"), ("PGHOST", "db.example.org"), ("PGSERVICE", "lab"), ("PGPORT", "1")];
    rapgrid.spawn_with(&["list"], &others).wait().succeeded();
    rapgrid.spawn_with(&["db", "psql", "--", "-c", "SELECT 1"], &others).wait().succeeded();
}

#[test]
fn a_sweep_that_goes_on_or_not_says_so() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    rapgrid.write("spec.toml", TINY);
    rapgrid.run(&["submit", "spec.toml"]).succeeded();
    rapgrid.run(&["cancel", "tiny"]).succeeded();
    rapgrid.run(&["watch", "tiny"]).failed_with(1);
    let again = rapgrid.run(&["submit", "spec.toml"]);
    assert!(again.stderr.contains("it is cancelled, and nothing of it is computed"), "{}", again.stderr);
    assert!(again.stderr.contains("`rapgrid resume tiny` goes on"), "{}", again.stderr);
    again.succeeded();
    let scanned = rapgrid.run(&["scan", "spec.toml", "--no-report"]);
    assert!(scanned.stderr.contains("resuming tiny, which is cancelled"), "{}", scanned.stderr);
    scanned.succeeded();
    let message = rapgrid.run(&["cancel", "tiny"]).failed_with(2);
    assert!(message.contains("tiny is finished: there is nothing"), "{message}");
    assert_eq!(rapgrid.query("SELECT status FROM sweep_progress"), "finished");
    // Who joins the rows with themselves right after a scan has statistics of every table.
    let without =
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'rapgrid'::regnamespace AND reltuples < 0
                   AND relname IN ('sweeps', 'methods', 'workers', 'cells', 'sweep_parts')";
    rapgrid.run(&["scan", "spec.toml"]).succeeded();
    assert_eq!(rapgrid.query(without), "0");
}

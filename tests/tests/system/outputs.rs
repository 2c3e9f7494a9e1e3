//! What comes out: CSV, plots, SQL, and rows that can be computed again.

use crate::specs::{TINY, TINY_ROWS, scan};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use sweep::measurement::{Column, ColumnType, TrainingValues, Values};
use system_tests::{Rapgrid, Signal};

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Some of the columns that people rely on.
const COLUMNS: &str = "sweep cell_id cell widths ensemble couplings dilution_1 activation_1 sample \
    beta method kind branch curve outcome weights paths alpha energy_per_weight energy_error log_z_per_weight \
    entropy_per_weight overlap energy_variance converged ordered iterations residual seed numerics_revision version \
    git_revision host cpu_features recorded_at";

#[test]
fn exported_rows_have_the_names_of_sql_and_say_what_made_them() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    let exported = rapgrid.run(&["export", "tiny"]).succeeded();
    let mut reader = csv::Reader::from_reader(exported.as_bytes());
    let header = reader.headers().unwrap().clone();
    for column in COLUMNS.split_whitespace() {
        assert!(header.iter().any(|name| name == column), "no {column} in {header:?}");
    }
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len() as u64, TINY_ROWS);
    let value = |record: &csv::StringRecord, name: &str| {
        record[header.iter().position(|column| column == name).unwrap()].to_owned()
    };
    for record in &records {
        assert_eq!(value(record, "sweep"), "tiny");
        assert_eq!(value(record, "seed"), "7");
        assert!(["0.3", "0.8"].contains(&value(record, "beta").as_str()), "exact decimals");
        for column in ["version", "git_revision", "host", "cpu_features", "recorded_at"] {
            assert!(!value(record, column).is_empty(), "no {column} in {record:?}");
        }
    }
    assert_eq!(rapgrid.count("SELECT count(*) FROM results WHERE beta = 0.3"), TINY_ROWS / 2);
    rapgrid.run(&["export", "tiny", "--view", "phase-diagram", "-o", "phases.csv"]).succeeded();
    let phases = fs::read_to_string(rapgrid.folder().join("phases.csv")).unwrap();
    assert_eq!(phases.lines().count() as u64, 1 + TINY_ROWS / 2, "a mean for every two samples");
    let message = rapgrid.run(&["export", "nobody"]).failed_with(2);
    assert!(message.contains("there is no sweep named \"nobody\""), "{message}");
}

#[test]
fn the_database_has_the_columns_of_the_table_of_results() {
    let rapgrid = Rapgrid::new();
    rapgrid.run(&["list"]).succeeded();
    let sql_type = |column: &Column| match column.column_type {
        ColumnType::Flag => "boolean",
        ColumnType::Small => "integer",
        ColumnType::Count => "bigint",
        ColumnType::Number => "double precision",
        ColumnType::Numbers => "double precision[]",
        ColumnType::Counts => "bigint[]",
        ColumnType::Bins => "integer[]",
    };
    let columns = |columns: &[Column]| -> BTreeSet<String> {
        columns.iter().map(|column| format!("{} {}", column.name, sql_type(column))).collect()
    };
    let (measured, trained) = (columns(Values::COLUMNS), columns(TrainingValues::COLUMNS));
    for (table, expected) in [
        ("measurements", &measured),
        ("results", &measured),
        ("training_rows", &trained),
        ("training_results", &trained),
    ] {
        let found = rapgrid.query(&format!(
            "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ',') FROM pg_attribute
             WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped"
        ));
        let found: BTreeSet<String> = found.split(',').map(str::to_owned).collect();
        let missing: Vec<&String> = expected.difference(&found).collect();
        assert!(missing.is_empty(), "{table} lacks {missing:?}");
    }
}

fn assert_plots(folder: &Path) {
    let mut figures = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "svg") {
            assert!(fs::read_to_string(&path).unwrap().contains("<svg"), "{}", path.display());
            let png = fs::read(path.with_extension("png")).unwrap();
            assert!(png.starts_with(PNG_SIGNATURE), "{}", path.display());
            figures += 1;
        }
    }
    assert!(figures >= 3, "only {figures} figures in {}", folder.display());
}

#[test]
fn a_scan_leaves_a_table_and_plots_and_plot_draws_them_again() {
    let rapgrid = Rapgrid::new();
    rapgrid.write("tiny.toml", TINY);
    let printed = rapgrid.run(&["scan", "tiny.toml"]).succeeded();
    let left = rapgrid.folder().join("results/tiny");
    assert!(printed.contains("plots and tables are in results/tiny"), "{printed}");
    let summary = fs::read_to_string(left.join("summary.txt")).unwrap();
    let worst = printed.lines().find(|line| line.starts_with("largest error of a mean energy: "));
    assert!(summary.contains(worst.unwrap_or_else(|| panic!("{printed}"))), "{summary}");
    assert_plots(&left);
    for file in ["results.csv", "phase_diagram.csv", "summary.txt"] {
        assert!(fs::metadata(left.join(file)).unwrap().len() > 100, "{file}");
    }
    let exported = rapgrid.run(&["export", "tiny", "--view", "phase_diagram"]).succeeded();
    assert_eq!(fs::read_to_string(left.join("phase_diagram.csv")).unwrap(), exported);
    rapgrid.run(&["plot", "tiny", "--out", "again"]).succeeded();
    assert_plots(&rapgrid.folder().join("again"));
    rapgrid.run(&["plot", "nobody"]).failed_with(2);
}

#[test]
fn figures_of_ones_own_are_drawn_of_several_sweeps_and_what_cannot_be_drawn_is_refused() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    scan(&rapgrid, &TINY.replace("\"tiny\"", "\"other\"").replace("seed = 7", "seed = 8"), &[]);
    let wanted = ["--quantity", "energy_per_weight", "--width", "86mm", "-o", "both.pdf"];
    let printed = rapgrid.run(&[&["plot", "tiny", "other"], &wanted[..]].concat()).succeeded();
    assert_eq!(printed.trim(), "both.pdf");
    let pdf = fs::read(rapgrid.folder().join("both.pdf")).unwrap();
    let text = String::from_utf8_lossy(&pdf);
    // 7 and 8, the seeds, in UTF-16.
    assert!(text.starts_with("%PDF-") && text.contains("/Seed <FEFF0037002C00200038>"));
    rapgrid.run(&["plot", "tiny", "--hue", "beta", "--format", "svg,pdf", "-o", "own"]).succeeded();
    let names: BTreeSet<String> = fs::read_dir(rapgrid.folder().join("own"))
        .unwrap()
        .map(|entry| entry.unwrap().path().extension().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, BTreeSet::from(["pdf".to_owned(), "svg".to_owned()]));
    for (arguments, expected) in [
        (&["--quantity", "enrgy"][..], "there is no quantity `enrgy`; these are: energy_per_weight, "),
        (&["--hue", "temperature"][..], "there is no axis `temperature`; these are: beta, "),
        (&["--where", "beta=0.31"][..], "no row has beta = 0.31; there are 0.3, 0.8"),
        (&["--width", "86in"][..], "a length from 30mm to 1000mm"),
        (&["-o", "all.svg"][..], "all.svg is one file, and there are "),
    ] {
        let message = rapgrid.run(&[&["plot", "tiny"], arguments].concat()).failed_with(2);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_database_answers_for_as_long_as_it_is_held() {
    let rapgrid = Rapgrid::new();
    scan(&rapgrid, TINY, &[]);
    let mut holder = rapgrid.spawn(&["db", "url", "--hold"]);
    let url = holder.first_line();
    assert!(url.starts_with("postgresql://rapgrid@localhost/rapgrid?host=/"), "{url}");
    let server = rapgrid.postmaster();
    assert!(server.is_some());
    assert_eq!(rapgrid.run(&["db", "url"]).succeeded().trim(), url);
    assert_eq!(rapgrid.count("SELECT count(*) FROM results"), TINY_ROWS);
    rapgrid.run(&["db", "psql", "--", "-X", "-c", "SELECT 1 / 0"]).failed_with(1);
    assert_eq!(rapgrid.postmaster(), server, "one server serves them all");
    holder.signal(Signal::INT);
    holder.wait().succeeded();
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_the_message_says_why() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, TINY, &[]);
    rapgrid.query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of the future', true, '', 0)",
    );
    let message = rapgrid.run(&["transitions", "tiny"]).failed_with(1);
    assert!(message.contains("a newer version of rapgrid (schema step 9999)"), "{message}");
}

#[test]
fn replay_finds_every_row_identical_and_names_one_that_was_tampered_with() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, &TINY.replace("[0, 0.5]", "[0, 0.5, 1]"), &[]);
    let all = ["replay", "tiny", "--limit", "1000"];
    let replayed = rapgrid.run(&all).succeeded();
    assert!(replayed.ends_with("48 of 48 rows are identical\n"), "{replayed}");
    assert!(
        rapgrid
            .run(&["replay", "tiny"])
            .succeeded()
            .ends_with("10 of 10 rows are identical; 38 others match, see --limit\n")
    );
    rapgrid.query(
        "UPDATE measurements m SET energy_per_weight = energy_per_weight + 1e-12 FROM cells c
         WHERE c.cell_id = m.cell_id AND dilution_1 = 0.5 AND sample = 1 AND beta = 0.8 AND branch = 'polarised'",
    );
    let output = rapgrid.run(&all);
    let replayed = &output.stdout;
    assert!(replayed.ends_with("47 of 48 rows are identical\n"), "{replayed}");
    let differs: Vec<&str> = replayed.lines().filter(|line| line.starts_with("DIFFERS")).collect();
    assert_eq!(differs.len(), 1, "{replayed}");
    for name in ["dilution=0.5,0,0", "sample 1 ", "β = 0.8", "bp polarised"] {
        assert!(differs[0].contains(name), "{name} is not in {}", differs[0]);
    }
    output.failed_with(4);
    let others = ["replay", "tiny", "--method", "exact", "--beta", "0.8", "--limit", "100"];
    assert!(rapgrid.run(&others).succeeded().ends_with("6 of 6 rows are identical\n"));
}

#[test]
fn a_dry_run_says_what_it_would_take_and_starts_no_database() {
    let rapgrid = Rapgrid::new();
    rapgrid.write("tiny.toml", TINY);
    for command in ["scan", "submit"] {
        let plan = rapgrid.run(&[command, "tiny.toml", "--dry-run"]).succeeded();
        let has = |what: &str, number: &str| {
            let line = plan.lines().find(|line| line.starts_with(what));
            assert!(line.is_some_and(|line| line.contains(number)), "{what} {number} is not in\n{plan}");
        };
        has("cells", " 2");
        has("units", " 4");
        has("rows", " 32");
        has("CPU time", "s");
    }
    assert!(!rapgrid.data_dir().exists(), "a database was made for a dry run");
}

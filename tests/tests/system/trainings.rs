//! Sweeps that train networks: rows, views, figures, and the same bits however they are computed.

use crate::specs::scan;
use kernel::cpu::Level;
use std::fs;
use std::sync::OnceLock;
use system_tests::{Rapgrid, Signal};

/// Students of a teacher and of digits, every kind of training row, and trials that diverge, in a second or two.
const TRAINED: &str = r#"
name = "trained"
seed = 5
samples = 3

[grid]
task = "teacher"
widths = [[12, 10, 8, 1], [12, 20, 3, 1]]
patterns = 200
test_patterns = 100
optimiser = "sgd"
loss = "squared"
learning_rate = [0.01, 1000]
biases = [false, true]
dropconnect_2 = [0, 0.3]

[methods.training]
epochs = [0, 2, 5]
[methods.removal]
epochs = [5]
removed = [0, 0.5, 1]
layers = "each"
masks = 3
[methods.smallest]
kind = "removal"
epochs = [2, 5]
removed = [0.5]
order = "magnitude"
"#;

/// A unit's rows: three epochs, three shares in each of three layers, and two by magnitude.
const ROWS_OF_UNIT: u64 = 3 + 9 + 2;
const UNITS: u64 = 2 * 2 * 2 * 2 * 3;

fn trained_table() -> &'static str {
    static TABLE: OnceLock<String> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rapgrid = Rapgrid::new();
        scan(&rapgrid, TRAINED, &["--threads", "2"]);
        rapgrid.assert_complete("trained");
        assert_eq!(rapgrid.count("SELECT count(*) FROM training_results"), UNITS * ROWS_OF_UNIT);
        rapgrid.table("trained")
    })
}

#[test]
fn a_training_is_the_same_on_every_level_and_number_of_threads() {
    for level in Level::available() {
        let rapgrid = Rapgrid::new();
        rapgrid.write("spec.toml", TRAINED);
        let limit = ("RAPGRID_CPU_LEVEL", level.name());
        let scan = ["scan", "spec.toml", "--no-report", "--threads", "1"];
        rapgrid.spawn_with(&scan, &[limit]).wait().succeeded();
        assert_eq!(rapgrid.table("trained"), trained_table(), "{level:?}");
    }
}

#[test]
fn a_training_that_was_killed_goes_on_to_the_same_table() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&["--job-seconds", "0.01"]);
    coordinator.run(&rapgrid, &["submit", rapgrid.write("trained.toml", TRAINED)]).succeeded();
    let mut first = coordinator.worker(&rapgrid, &["--threads", "1"]);
    system_tests::wait_until("some of it is recorded", || {
        (rapgrid.count("SELECT count(*) FROM training_rows") > 0).then_some(())
    });
    first.signal(Signal::KILL);
    first.wait();
    coordinator.worker(&rapgrid, &["--threads", "2", "--exit-when-idle"]).wait().succeeded();
    rapgrid.assert_complete("trained");
    assert_eq!(rapgrid.table("trained"), trained_table());
}

#[test]
fn what_diverged_says_so_and_is_in_no_mean() {
    let rapgrid = Rapgrid::new();
    scan(&rapgrid, TRAINED, &[]);
    let diverged = "outcome = 'diverged' AND num_nulls(train_loss, test_error, activation, dead_units) = 4";
    let count = |what: &str| rapgrid.count(&format!("SELECT count(*) FROM training_results WHERE {what}"));
    let of_all = count("outcome = 'diverged'");
    assert!(of_all > 0 && count(diverged) == of_all, "{of_all}");
    assert_eq!(count("outcome = 'diverged' AND learning_rate < 1"), 0);
    assert_eq!(count("'NaN' IN (train_loss, test_loss, train_error, test_error)"), 0);
    let curves = rapgrid.count(
        "SELECT count(*) FROM learning_curves WHERE diverged = 3 AND samples = 0 AND test_error IS NULL",
    );
    assert!(curves > 0);
    // Views have a row for each layer, and parameters are columns.
    assert_eq!(
        rapgrid.query(
            "SELECT count(*), count(DISTINCT layer), min(samples), max(dead_share) <= 1 FROM activation
             WHERE learning_rate = 0.01 AND NOT biases AND dropconnect_2 = 0.3 AND width_1 = 20"
        ),
        "6|2|3|t"
    );
    let ends = "SELECT test_error, test_error_statistical_error FROM robustness WHERE learning_rate = 0.01 AND NOT biases
                AND dropconnect_2 = 0 AND width_1 = 10 AND method = 'removal' AND layer = 2";
    assert_eq!(rapgrid.query(&format!("{ends} AND removed = 0")).split('|').nth(1), Some("0"));
    let same = rapgrid.query(&format!(
        "SELECT count(DISTINCT test_error) FROM ({} UNION ALL SELECT test_error FROM learning_curves WHERE learning_rate = 0.01
         AND NOT biases AND dropconnect_2 = 0 AND width_1 = 10 AND epoch = 5) AS errors",
        format!("{ends} AND removed = 0").replace(", test_error_statistical_error", "")
    ));
    assert_eq!(same, "1", "without removal the error is that of the network");
}

#[test]
fn a_training_is_replayed_reported_and_extended() {
    let rapgrid = Rapgrid::new();
    rapgrid.write("trained.toml", TRAINED);
    let said = rapgrid.run(&["scan", "trained.toml", "-o", "out"]).succeeded();
    assert!(said.contains("trained networks, mean over trials"), "{said}");
    let out = rapgrid.folder().join("out");
    for figure in ["learning", "activation", "dead_units", "robustness"] {
        let svg = fs::read_to_string(out.join(figure).with_extension("svg")).unwrap();
        assert!(svg.contains("trials"), "{figure}");
    }
    for table in ["learning_curves", "activation", "robustness", "training_results"] {
        let csv = fs::read_to_string(out.join(table).with_extension("csv")).unwrap();
        assert!(csv.lines().count() > 5, "{table}");
    }
    let replayed = rapgrid.run(&["replay", "trained", "--limit", "4"]).succeeded();
    assert!(replayed.contains("trainings of 4 of 4 samples are identical"), "{replayed}");
    let cited = rapgrid.run(&["cite", "trained"]).succeeded();
    assert!(
        cited.starts_with("Networks were trained with rapgrid") && cited.contains("3 trials of seed 5"),
        "{cited}"
    );
    let exported = rapgrid.run(&["export", "trained"]).succeeded();
    assert_eq!(exported.lines().count() as u64, 1 + UNITS * ROWS_OF_UNIT);
    // More trials and another method compute the difference alone.
    let more =
        TRAINED.replace("samples = 3", "samples = 4") + "[methods.late]\nkind = \"training\"\nepochs = [6]\n";
    scan(&rapgrid, &more, &[]);
    rapgrid.assert_complete("trained");
    let fresh = Rapgrid::new();
    scan(&fresh, &more, &[]);
    assert_eq!(rapgrid.table("trained"), fresh.table("trained"));
    // It travels.
    rapgrid.run(&["export", "trained", "--all", "-o", "trained.rapgrid"]).succeeded();
    let file = rapgrid.folder().join("trained.rapgrid").display().to_string();
    let there = Rapgrid::new();
    there.run(&["import", &file]).succeeded();
    assert_eq!(there.table("trained"), rapgrid.table("trained"));
    there.run(&["import", &file]).succeeded();
    there.run(&["delete", "trained", "--yes"]).succeeded();
    assert_eq!(there.count("SELECT count(*) FROM training_rows"), 0);
}

#[test]
fn patterns_of_ones_own_are_learnt() {
    let rapgrid = Rapgrid::new();
    let patterns: String = (0..60).map(|k| format!("{},{},{}\n", k % 7, (k * k) % 11, k % 3)).collect();
    rapgrid.write("mine.csv", &patterns);
    let spec = "name = \"own\"\n[grid]\ntask = \"mine.csv\"\nwidths = [2, 9, 3]\npatterns = 40\ntest_patterns = 20\n\
                loss = \"cross_entropy\"\n[methods.training]\nepochs = [3]\n";
    scan(&rapgrid, spec, &[]);
    rapgrid.assert_complete("own");
    assert_eq!(rapgrid.query("SELECT task, outcome FROM training_results"), "mine.csv|solved");
    // Images with their labels beside them, in the format of the MNIST database.
    let idx = |magic: [u8; 4], lengths: &[u32], bytes: Vec<u8>| {
        let lengths = lengths.iter().flat_map(|length| length.to_be_bytes());
        magic.into_iter().chain(lengths).chain(bytes).collect::<Vec<u8>>()
    };
    let images = idx([0, 0, 8, 3], &[60, 1, 2], (0..120).map(|k| k * 2).collect());
    fs::write(rapgrid.folder().join("few-images-idx3-ubyte"), images).unwrap();
    let images = spec.replace("mine.csv", "few-images-idx3-ubyte").replace("own", "images");
    rapgrid.write("spec.toml", &images);
    let message = rapgrid.run(&["scan", "spec.toml", "--no-report"]).failed_with(2);
    assert!(message.contains("its labels, few-labels-idx1-ubyte or few-labels-idx1-ubyte.gz"), "{message}");
    let labels = idx([0, 0, 8, 1], &[60], (0..60).map(|k| k % 3).collect());
    fs::write(rapgrid.folder().join("few-labels-idx1-ubyte"), labels).unwrap();
    scan(&rapgrid, &images, &[]);
    rapgrid.assert_complete("images");
    rapgrid.write("mine.csv", &patterns.replacen("0,0,0", "0,nan,0", 1));
    rapgrid.write("spec.toml", &spec.replace("own", "other"));
    let message = rapgrid.run(&["scan", "spec.toml", "--no-report"]).failed_with(2);
    assert!(message.contains("line 1, column 2: \"nan\" is no finite number"), "{message}");
}

//! Files and options that are wrong are refused with the place and the reason, before anything is stored.

use serde_json::{Value, json};
use system_tests::Rapgrid;

/// A spec whose lines the cases replace.
const GOOD: [&str; 8] = [
    "name = \"wrong\"",
    "samples = 2",
    "[grid]",
    "widths = [5, 5, 5, 1]",
    "dilution_1 = [0, 0.5]",
    "beta = [0.3, 0.8]",
    "[methods.bp]",
    "tolerance = 1e-12",
];

/// A line, what it is replaced by, the column and the reason.
const WRONG_SPECS: [(usize, &str, usize, &str); 17] = [
    (1, "name = wrong", 8, "string values must be quoted"),
    (1, "name = \"Wrong\"", 8, "name is \"Wrong\"; it must be"),
    (2, "sample = 2", 1, "unknown key \"sample\"; did you mean \"samples\"?"),
    (2, "samples = 0", 11, "samples is 0; it must be between 1 and"),
    (2, "samples = 2.5", 11, "samples must be an integer; this is a float"),
    (4, "widths = [5, 5, 5, 2]", 10, "the last width must be 1 (one output); got 2"),
    (4, "widths = [5, 1]", 10, "a network needs at least three widths"),
    (5, "dilution_1 = [0, 1.5]", 18, "dilution_1 holds 1.5, which is not a probability in [0, 1]"),
    (5, "dilution_1 = [0, 0]", 18, "dilution_1 holds 0 twice"),
    (5, "dilution_1 = { from = 0, to = 1 }", 14, "dilution_1 has neither step nor count"),
    (5, "dilution_4 = 0.5", 1, "dilution_4 has no layer"),
    (5, "ensemble = \"brunching\"", 12, "ensemble is \"brunching\"; did you mean \"branching\"?"),
    (6, "beta = [0.3, -1]", 14, "beta holds -1, which is not an inverse temperature"),
    (6, "beta = [0.3, nan]", 14, "beta is nan; a finite number is needed"),
    (7, "[methods.thing]", 1, "[methods.thing] needs a kind"),
    (8, "tolerance = 1e-3", 13, "methods.bp.tolerance is 0.001; it must be greater than 0 and at most 1e-11"),
    (8, "runs = 4", 1, "unknown key \"runs\" in [methods.bp]"),
];

#[test]
fn a_wrong_spec_is_refused_with_file_line_and_column_and_no_database_is_started() {
    let rapgrid = Rapgrid::new();
    for (line, replacement, column, reason) in WRONG_SPECS {
        let mut lines = GOOD;
        lines[line - 1] = replacement;
        rapgrid.write("wrong.toml", &lines.join("\n"));
        let message = rapgrid.run(&["scan", "wrong.toml"]).failed_with(2);
        let place = format!("error: wrong.toml:{line}:{column}: ");
        assert!(message.starts_with(&place), "{replacement} is not at {place}\n{message}");
        assert!(message.contains(reason), "{reason} is not in\n{message}");
    }
    let message = rapgrid.run(&["scan", "absent.toml"]).failed_with(2);
    assert!(message.contains("cannot read the spec absent.toml"), "{message}");
    assert!(!rapgrid.data_dir().exists(), "a database was made for a wrong spec");
}

#[test]
fn a_coordinator_stores_nothing_of_a_wrong_spec_and_a_spec_without_its_instance() {
    let rapgrid = Rapgrid::new();
    let coordinator = rapgrid.coordinator(&[]);
    let tables = rapgrid.row_counts();
    rapgrid.write("wrong.toml", &GOOD[..6].join("\n"));
    let message = coordinator.run(&rapgrid, &["submit", "wrong.toml"]).failed_with(2);
    assert!(message.contains("wrong.toml:1:1: the spec needs methods"), "{message}");
    let instances = "name = \"own\"\n[grid]\ninstances = [\"mine.json\"]\nbeta = 0.5\n[methods.bp]\n";
    rapgrid.write("own.toml", instances);
    let message = coordinator.run(&rapgrid, &["submit", "own.toml"]).failed_with(2);
    assert!(message.contains("own.toml:3:14: ") && message.contains("mine.json"), "{message}");
    let mut instance = good_instance();
    instance["inputs"][1] = json!(0);
    rapgrid.write("mine.json", &instance.to_string());
    let message = coordinator.run(&rapgrid, &["submit", "own.toml"]).failed_with(2);
    assert!(message.contains("own.toml:3:14: "), "{message}");
    assert!(message.contains("inputs[1] = 0; every value must be 1 or -1"), "{message}");
    assert_eq!(rapgrid.row_counts(), tables);
    rapgrid.write("mine.json", &good_instance().to_string());
    let submitted = coordinator.run(&rapgrid, &["submit", "own.toml"]).succeeded();
    assert_eq!(submitted, "own is submitted: 2 rows in all\n");
}

fn good_instance() -> Value {
    json!({
        "format": "rap-instance/1",
        "widths": [2, 2, 1],
        "paths": [[0, 0, 0], [1, 0, 0], [1, 1, 0]],
        "inputs": [1, -1],
    })
}

type Spoil = fn(&mut Value);

const WRONG_INSTANCES: [(&str, Spoil); 15] = [
    ("rap-instance/2", |file| file["format"] = json!("rap-instance/2")),
    ("missing field `paths`", |file| drop(file.as_object_mut().unwrap().remove("paths"))),
    ("unknown field `notes`", |file| file["notes"] = json!("mine")),
    ("width n_1 is 0", |file| file["widths"][1] = json!(0)),
    ("the last width must be 1", |file| file["widths"][2] = json!(2)),
    ("\"paths\" is empty", |file| file["paths"] = json!([])),
    ("paths[1] has 2 units; expected 3", |file| file["paths"][1] = json!([0, 0])),
    ("paths[2][0] = 7 is out of range: layer 0 has 2 units, 0..=1", |file| file["paths"][2][0] = json!(7)),
    ("paths[2] repeats paths[0]: [0, 0, 0]", |file| file["paths"][2] = json!([0, 0, 0])),
    ("invalid value: integer `-1`", |file| file["paths"][0][0] = json!(-1)),
    ("inputs[0] = 2; every value must be 1 or -1", |file| file["inputs"][0] = json!(2)),
    ("\"inputs\" has 3 values; expected 2", |file| file["inputs"] = json!([1, 1, 1])),
    ("this file has neither", |file| drop(file.as_object_mut().unwrap().remove("inputs"))),
    ("this file has both", |file| file["couplings"] = json!([1, 1, 1])),
    ("\"couplings\" has 2 values; expected 3", |file| {
        file.as_object_mut().unwrap().remove("inputs");
        file["couplings"] = json!([1, 1]);
    }),
];

#[test]
fn a_wrong_instance_is_refused_with_the_place_by_every_command_that_reads_one() {
    let rapgrid = Rapgrid::new();
    rapgrid.write(
        "own.toml",
        "name = \"own\"\n[grid]\ninstances = [\"wrong.json\"]\nbeta = 0.5\n[methods.bp]\n",
    );
    for (reason, spoil) in WRONG_INSTANCES {
        let mut file = good_instance();
        spoil(&mut file);
        rapgrid.write("wrong.json", &file.to_string());
        for command in [
            ["solve", "wrong.json", "--beta=1"].as_slice(),
            &["instance", "wrong.json"],
            &["scan", "own.toml"],
        ] {
            let message = rapgrid.run(command).failed_with(2);
            assert!(
                message.contains(reason) && message.contains("wrong.json"),
                "{command:?}: {reason}\n{message}"
            );
        }
    }
    rapgrid.write("wrong.json", "{\"format\": ");
    let message = rapgrid.run(&["instance", "wrong.json"]).failed_with(2);
    assert!(message.contains("line 1 column 11"), "{message}");
    let message = rapgrid.run(&["solve", "absent.json", "--beta=1"]).failed_with(2);
    assert!(message.contains("cannot read absent.json"), "{message}");
}

#[test]
fn wrong_options_are_refused_with_exit_code_2() {
    let rapgrid = Rapgrid::new();
    rapgrid.write("good.json", &good_instance().to_string());
    for (arguments, reason) in [
        ("", "Usage:"),
        ("scna", "unrecognized subcommand"),
        ("scan", "<SPEC>"),
        ("scan x.toml --threads 0", "--threads"),
        ("solve good.json", "--beta"),
        ("solve good.json --beta warm", "--beta warm"),
        ("solve good.json --beta -1", "--beta -1"),
        ("solve good.json --beta 1 --method guess", "--method guess"),
        ("solve good.json --beta 1 --runs 1", "--runs"),
        ("instance --widths 4,4,2", "the last width must be 1"),
        ("instance --widths 4,4,1 --dilution 2", "dilution"),
        ("instance --widths 4,4,1 --dilution 0.1,0.1,0.1", "dilution"),
        ("instance --widths 4,4,1 --ensemble tree", "--ensemble tree"),
        ("instance --widths 4,4,1 --couplings none", "--couplings none"),
        ("coordinator --listen nowhere", "--listen"),
        ("coordinator --lease-seconds 0", "--lease-seconds is 0"),
        ("export some --format xml", "--format"),
    ] {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let message = rapgrid.run(&words).failed_with(2);
        assert!(message.contains(reason), "{arguments}: {reason} is not in\n{message}");
    }
    assert!(!rapgrid.data_dir().exists(), "a database was made for wrong options");
}

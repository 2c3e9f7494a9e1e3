//! Networks of one's own, from the file to the figure.

use serde_json::Value;
use std::fs;
use system_tests::Rapgrid;

const MASKS: &[u8] = include_bytes!("../../../crates/model/tests/npz/masks.npz");

const TRAINED: &[u8] = include_bytes!("../../../crates/model/tests/npz/trained.npz");

const SPEC: &str = "name = \"own\"
[grid]
instances = [\"nets/masks.npz\", \"drawn.json\"]
group = \"pair\"
dilution_1 = [0, 0.3, 0.6]
beta = { from = 0.2, to = 1.4, step = 0.3 }
[methods.bp]
[methods.exact]
[methods.mc]
relax = 20
measure = 100
";

fn files(rapgrid: &Rapgrid) {
    let folder = rapgrid.folder().join("nets");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("masks.npz"), MASKS).unwrap();
    rapgrid.run(&["instance", "--widths", "5,4,3,1", "--seed", "4", "-o", "drawn.json"]).succeeded();
}

#[test]
fn a_group_of_files_is_a_cell_whose_samples_they_are_with_means_figures_and_transitions() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    files(&rapgrid);
    rapgrid.write("spec.toml", SPEC);
    let printed = rapgrid.run(&["scan", "spec.toml", "--out", "results"]).succeeded();
    assert_eq!(rapgrid.query("SELECT string_agg(DISTINCT instance, ',') FROM results"), "pair");
    // Samples 0 and 1 at p = 0 are the files themselves.
    let solved = |file: &str| {
        let line = rapgrid
            .run(&["solve", file, "--beta", "0.5", "--method", "exact", "--format", "json"])
            .succeeded();
        serde_json::from_str::<Value>(&line).unwrap()["energy_per_weight"].as_f64().unwrap()
    };
    let (first, second) = (solved("nets/masks.npz"), solved("drawn.json"));
    let of_sweep = rapgrid.query(
        "SELECT string_agg(energy_per_weight::text, ' ' ORDER BY sample) FROM results
         WHERE method = 'exact' AND beta = 0.5 AND dilution_1 = 0",
    );
    assert_eq!(of_sweep, format!("{first} {second}"));
    let mean: f64 = rapgrid
        .query("SELECT energy_per_weight FROM phase_diagram WHERE method = 'exact' AND beta = 0.5 AND dilution_1 = 0")
        .parse()
        .unwrap();
    assert!((mean - (first + second) / 2.0).abs() < 1e-12, "{mean}");
    // What is removed at p is removed at every larger p.
    let growing = "SELECT count(*) FROM results a JOIN results b USING (sample, beta, method)
                   WHERE a.dilution_1 < b.dilution_1 AND a.paths < b.paths";
    assert_eq!(rapgrid.query(growing), "0");
    let transitions = fs::read_to_string(rapgrid.folder().join("results/transitions.csv")).unwrap();
    assert!(transitions.contains("5-4-3-1 instance pair input"), "{transitions}");
    assert!(printed.contains("transitions"), "{printed}");
    rapgrid.run(&["replay", "own", "--limit", "1000"]).succeeded();
    // The folder of results computes it again, with the files in it.
    for name in ["own.toml", "drawn.json", "nets/masks.npz", "energy.svg"] {
        assert!(rapgrid.folder().join("results").join(name).is_file(), "{name}");
    }
    let again = rapgrid.run(&["scan", "results/own.toml", "--dry-run", "--format", "json"]).succeeded();
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap()["stored"], "found", "{again}");
    // Files are added, and none is taken away.
    rapgrid.run(&["instance", "--widths", "5,4,3,1", "--seed", "5", "-o", "third.json"]).succeeded();
    let more = SPEC.replace("\"drawn.json\"]", "\"drawn.json\", \"third.json\"]");
    rapgrid.write("spec.toml", &more);
    rapgrid.run(&["scan", "spec.toml", "--no-report"]).succeeded();
    assert_eq!(rapgrid.query("SELECT count(DISTINCT sample) FROM results"), "3");
    rapgrid.write("spec.toml", &SPEC.replace("\"nets/masks.npz\", ", ""));
    let message = rapgrid.run(&["scan", "spec.toml"]).failed_with(2);
    assert!(message.contains("the group pair no longer begins with the 3 files"), "{message}");
}

#[test]
fn networks_are_called_by_their_files_and_have_transitions_along_beta() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    files(&rapgrid);
    let alone = SPEC.replace("group = \"pair\"\ndilution_1 = [0, 0.3, 0.6]\n", "");
    rapgrid.write("spec.toml", &alone);
    let printed = rapgrid.run(&["scan", "spec.toml", "--out", "results"]).succeeded();
    assert!(printed.contains("nets/masks.npz") && printed.contains("drawn.json"), "{printed}");
    assert!(!printed.contains("sha256:"), "{printed}");
    let lines =
        rapgrid.query("SELECT string_agg(structure || axis, ',' ORDER BY structure) FROM transitions");
    assert_eq!(lines, "5-4-3-1 instance drawn.json inputbeta,5-4-3-1 instance nets/masks.npz inputbeta");
    let figure = fs::read_to_string(rapgrid.folder().join("results/energy.svg")).unwrap();
    assert!(figure.contains("masks.npz") && !figure.contains("sha256"), "names are not in the figure");
    rapgrid
        .run(&[
            "plot",
            "own",
            "--quantity",
            "energy",
            "--x",
            "beta",
            "--where",
            "instance=drawn.json",
            "-o",
            "one.svg",
        ])
        .succeeded();
    let figure = fs::read_to_string(rapgrid.folder().join("one.svg")).unwrap();
    assert!(figure.contains("drawn.json") && !figure.contains("masks.npz"), "it is not of the one network");
}

#[test]
fn an_archive_that_cannot_be_used_is_refused_with_the_place() {
    let rapgrid = Rapgrid::new();
    files(&rapgrid);
    fs::write(rapgrid.folder().join("cut.npz"), &MASKS[..MASKS.len() / 2]).unwrap();
    let message = rapgrid.run(&["solve", "cut.npz", "--beta", "0.5"]).failed_with(2);
    assert!(message.contains("cannot read cut.npz: not a .npz file"), "{message}");
    rapgrid.write("spec.toml", &SPEC.replace("nets/masks.npz", "cut.npz"));
    let message = rapgrid.run(&["scan", "spec.toml"]).failed_with(2);
    assert!(message.contains("lists \"cut.npz\": not a .npz file"), "{message}");
    assert!(message.contains("spec.toml:3:14"), "{message}");
}

#[test]
fn a_trained_network_gives_an_instance_for_each_input_and_output_that_a_sweep_takes() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    fs::write(rapgrid.folder().join("trained.npz"), TRAINED).unwrap();
    let expected: Vec<Value> =
        serde_json::from_str(include_str!("../../../crates/model/tests/npz/trained.json")).unwrap();
    let made = ["instance", "--from", "trained.npz", "--input", "0,1,2", "-o", "net-{input}-{output}.json"];
    let made = rapgrid.run(&[&made[..], &["--format", "json"]].concat()).succeeded();
    let made: Vec<Value> = made.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(made.len(), 6, "three inputs of two output units");
    for (made, expected) in made.iter().zip(&expected) {
        for number in ["output", "signs_energy_per_weight"] {
            let (found, wanted) = (made[number].as_f64().unwrap(), expected[number].as_f64().unwrap());
            assert!((found - wanted).abs() < 1e-12, "{number}: {made} {expected}");
        }
        for name in ["input", "output_unit", "activation", "paths", "weights"] {
            assert_eq!(made[name], expected[name], "{name}: {made}");
        }
    }
    // Where no weight is 0, both outputs have the same paths: which weights have which signs is not in an instance.
    let names: Vec<String> = made.iter().step_by(2).map(|made| made["file"].to_string()).collect();
    assert_eq!(made[0]["instance"], made[1]["instance"]);
    rapgrid.write("spec.toml", &format!(
        "name = \"trained\"\n[grid]\ninstances = [{}]\ngroup = \"inputs\"\nbeta = [0.5, 1]\n[methods.bp]\n",
        names.join(", ")
    ));
    rapgrid.run(&["scan", "spec.toml", "--no-report"]).succeeded();
    assert_eq!(rapgrid.query("SELECT count(DISTINCT sample) FROM results"), "3");
    for (arguments, message) in [
        (&["--input", "7"][..], "--input 7: the network has 3 inputs, 0 to 2"),
        (&["--output-unit", "2"], "--output-unit 2: the network has 2 output units"),
        (&[], "these are instances of 2 output units: write -o with {output} in the name"),
    ] {
        let error = rapgrid.run(&[&["instance", "--from", "trained.npz"], arguments].concat()).failed_with(2);
        assert!(error.contains(message), "{error}");
    }
    let one = rapgrid.run(&["instance", "--from", "trained.npz", "--output-unit", "1"]).succeeded();
    assert_eq!(one, fs::read_to_string(rapgrid.folder().join("net-0-1.json")).unwrap());
}

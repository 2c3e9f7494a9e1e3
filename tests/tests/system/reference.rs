//! `solve` reproduces every value of the reference instances, and `instance` draws what a sweep draws.

use crate::specs::{SMALL, scan};
use serde_json::Value;
use std::path::PathBuf;
use system_tests::Rapgrid;

/// Always in a line of `solve --format json`.
const KEYS: [&str; 6] = ["beta", "method", "branch", "weights", "paths", "energy_per_weight"];

/// What a method gives beside: exactly these of [`OPTIONAL`] have a value.
const OF_EXACT: [&str; 3] = ["log_z_per_weight", "entropy_per_weight", "energy_variance"];
const OF_BP: [&str; 7] =
    ["log_z_per_weight", "entropy_per_weight", "overlap", "converged", "ordered", "iterations", "residual"];
const OF_MC: [&str; 3] = ["overlap", "energy_error", "energy_variance"];
const OPTIONAL: [&str; 9] = [
    "log_z_per_weight",
    "entropy_per_weight",
    "overlap",
    "energy_error",
    "energy_variance",
    "converged",
    "ordered",
    "iterations",
    "residual",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reference")
}

fn index() -> Vec<Value> {
    serde_json::from_str(&std::fs::read_to_string(folder().join("index.json")).unwrap()).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The lines of `solve --format json` on a reference instance, at all its β that have a value of this name.
fn solve(entry: &Value, having: &str, options: &[&str]) -> Vec<(Value, Value)> {
    let values: Vec<&Value> =
        entry["values"].as_array().unwrap().iter().filter(|value| value.get(having).is_some()).collect();
    if values.is_empty() {
        return Vec::new();
    }
    let file = folder().join(entry["instance"].as_str().unwrap());
    let betas: Vec<String> = values.iter().map(|value| value["beta"].to_string()).collect();
    let (file, betas) = (file.to_str().unwrap(), betas.join(","));
    let arguments = [&["solve", file, "--format", "json", "--beta", &betas], options].concat();
    let stdout = Rapgrid::new().run(&arguments).succeeded();
    let lines = stdout.lines().map(|line| serde_json::from_str(line).unwrap());
    lines
        .map(|line: Value| {
            let expected = values.iter().find(|value| value["beta"] == line["beta"]);
            assert_eq!(line["weights"], entry["weights"]);
            assert_eq!(line["paths"], entry["paths"]);
            ((*expected.expect("a β that was asked for")).clone(), line)
        })
        .collect()
}

/// The total of a quantity that a line gives per weight.
fn total(line: &Value, quantity: &str) -> f64 {
    number(&line[format!("{quantity}_per_weight")]) * number(&line["weights"])
}

fn assert_close(found: f64, expected: f64, relative: f64, what: &dyn std::fmt::Display) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{what}: {found} instead of {expected}");
}

/// A line has the keys of the contract, and values for just what its method gives.
fn assert_keys(line: &Value, method: &str, given: &[&str]) {
    assert_eq!(line["method"], method);
    for key in KEYS {
        assert!(line.get(key).is_some(), "no {key} in {line}");
    }
    for key in OPTIONAL {
        let has_value = line.get(key).is_some_and(|value| !value.is_null());
        assert_eq!(has_value, given.contains(&key), "{key} in {line}");
    }
}

#[test]
fn solve_reproduces_the_exact_values_to_nine_digits() {
    for entry in index() {
        let lines = solve(&entry, "exact", &["--method", "exact"]);
        assert_eq!(lines.len(), entry["values"].as_array().unwrap().len());
        for (expected, line) in lines {
            assert_keys(&line, "exact", &OF_EXACT);
            assert!(line["branch"].is_null());
            let expected = &expected["exact"];
            for quantity in ["log_z", "energy"] {
                assert_close(total(&line, quantity), number(&expected[quantity]), 1e-9, &line);
            }
            assert_close(number(&line["energy_variance"]), number(&expected["energy_variance"]), 1e-9, &line);
            let entropy = number(&line["log_z_per_weight"])
                + number(&line["beta"]) * number(&line["energy_per_weight"]);
            assert_close(number(&line["entropy_per_weight"]), entropy, 1e-9, &line);
        }
    }
}

#[test]
fn solve_reproduces_both_branches_of_belief_propagation_to_eight_digits() {
    let mut compared = 0;
    for entry in index() {
        for (expected, line) in solve(&entry, "bp_paramagnetic", &["--method", "bp"]) {
            assert_keys(&line, "bp", &OF_BP);
            let branch = line["branch"].as_str().expect("a branch");
            // The quench that a polarised start lies along with couplings of paths is not in the reference.
            let Some(expected) = expected.get(format!("bp_{branch}")) else { continue };
            assert_eq!(line["converged"], true, "{line}");
            for quantity in ["log_z", "energy"] {
                assert_close(total(&line, quantity), number(&expected[quantity]), 1e-8, &line);
            }
            let is_ordered = number(&expected["overlap"]) > 1e-6;
            assert_eq!(line["ordered"], is_ordered, "{line}");
            if is_ordered {
                assert_close(number(&line["overlap"]), number(&expected["overlap"]), 1e-6, &line);
            }
            compared += 1;
        }
    }
    assert!(compared >= 40, "only {compared} values were compared");
}

#[test]
fn solve_reproduces_monte_carlo_within_four_combined_standard_errors() {
    let mut compared = 0;
    for entry in index() {
        let options = ["--method", "mc", "--runs", "4", "--relax", "500", "--measure", "1500"];
        for (expected, line) in solve(&entry, "mc", &options) {
            assert_keys(&line, "mc", &OF_MC);
            assert!(line["branch"].is_null());
            let error = number(&line["energy_error"]) * number(&line["weights"]);
            let expected = &expected["mc"];
            let sigma = error.hypot(number(&expected["standard_error"]));
            let off = (total(&line, "energy") - number(&expected["energy"])).abs();
            assert!(off <= 4.0 * sigma, "{line}: {off} from {expected}, sigma {sigma}");
            compared += 1;
        }
    }
    assert!(compared >= 15, "only {compared} values were compared");
}

#[test]
fn an_instance_drawn_to_a_file_is_that_of_the_sweeps_cell_and_sample() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, SMALL, &[]);
    let drawn = "--widths 6,6,6,1 --activation 0.5,0.7 --dilution 0.4,0,0 --seed 11 --sample 1 -o drawn.json";
    for (ensemble, couplings) in [("branching", "input"), ("unit", "path"), ("independent", "path")] {
        let options = ["instance", "--ensemble", ensemble, "--couplings", couplings];
        let options: Vec<&str> = options.into_iter().chain(drawn.split(' ')).collect();
        let described = rapgrid.run(&options).succeeded();
        assert_eq!(rapgrid.run(&["instance", "drawn.json"]).succeeded(), described);
        let of_row = format!(
            "sweep = 'small' AND widths = '6,6,6,1' AND ensemble = '{ensemble}' AND couplings = '{couplings}'
             AND dilution_1 = 0.4 AND sample = 1"
        );
        let sizes = rapgrid
            .query(&format!("SELECT DISTINCT weights, paths, hidden_units FROM results WHERE {of_row}"));
        let size = |name: &str| {
            let line = described.lines().find(|line| line.starts_with(name)).unwrap();
            line.rsplit(' ').next().unwrap().to_owned()
        };
        assert_eq!(sizes, format!("{}|{}|{}", size("weights"), size("paths"), size("hidden units")));
        let bars = rapgrid.query(&format!(
            "SELECT layer, degree, weights FROM degree_counts WHERE sample = 1 AND cell_id IN
                 (SELECT cell_id FROM results WHERE {of_row}) ORDER BY 1, 2"
        ));
        let table = described.lines().skip_while(|line| !line.trim_start().starts_with("layer")).skip(1);
        let shown: Vec<String> =
            table.map(|line| line.split_whitespace().collect::<Vec<_>>().join("|")).collect();
        assert_eq!(bars, shown.join("\n"));
        // The exact method draws no random numbers: the file's energy is the row's, to the last bit.
        let solved = rapgrid.run(&["solve", "drawn.json", "--beta=0.8", "--method=exact", "--format=json"]);
        let line: Value = serde_json::from_str(solved.succeeded().trim()).unwrap();
        let recorded = rapgrid.query(&format!(
            "SELECT energy_per_weight FROM results WHERE {of_row} AND method = 'exact' AND beta = 0.8"
        ));
        assert_eq!(number(&line["energy_per_weight"]), recorded.parse::<f64>().unwrap());
    }
}

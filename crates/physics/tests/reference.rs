//! Every value of the reference instances (tests/reference/index.json) is reproduced.

mod support;

use model::random::Key;
use model::{FactorGraph, Instance};
use physics::bp::{self, BpSettings, BpSolution, Start};
use physics::exact::{self, Exact};
use physics::mc::QuenchSettings;
use serde_json::Value;
use std::path::Path;
use support::quench;

struct Case {
    name: String,
    graph: FactorGraph,
    values: Vec<Value>,
}

#[expect(clippy::unwrap_used, reason = "a test's data are as they were committed")]
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let index: Vec<Value> = serde_json::from_str(&read("index.json")).unwrap();
    index
        .into_iter()
        .map(|entry| {
            let name = entry["instance"].as_str().unwrap().to_owned();
            let graph = FactorGraph::new(&Instance::from_json(&read(&name)).unwrap());
            assert_eq!(graph.weight_count() as u64, entry["weights"], "{name}");
            assert_eq!(graph.path_count() as u64, entry["paths"], "{name}");
            Case { name, graph, values: entry["values"].as_array().unwrap().clone() }
        })
        .collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn assert_close(found: f64, expected: f64, relative: f64, what: &str) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{what}: {found} instead of {expected}");
}

#[test]
fn exact_values_agree_to_nine_digits() {
    for Case { name, graph, values } in cases() {
        let betas: Vec<f64> = values.iter().map(|value| number(&value["beta"])).collect();
        let found = exact::solve(&graph, &betas, 1 << 28).unwrap();
        for (Exact { log_z, energy, energy_variance }, value) in found.into_iter().zip(&values) {
            let expected = &value["exact"];
            let what = |quantity| format!("{name} at β = {}: {quantity}", value["beta"]);
            assert_close(log_z, number(&expected["log_z"]), 1e-9, &what("log Z"));
            assert_close(energy, number(&expected["energy"]), 1e-9, &what("energy"));
            assert_close(energy_variance, number(&expected["energy_variance"]), 1e-9, &what("variance"));
        }
    }
}

fn assert_branch(found: &BpSolution, expected: &Value, what: &str) {
    assert!(found.converged, "{what}: residual {} after {}", found.residual, found.iterations);
    assert_close(found.log_z, number(&expected["log_z"]), 1e-8, &format!("{what}: log Z"));
    assert_close(found.energy, number(&expected["energy"]), 1e-8, &format!("{what}: energy"));
    let overlap = number(&expected["overlap"]);
    assert_eq!(found.ordered(), overlap > bp::ORDERED_OVERLAP, "{what}: overlap {}", found.overlap);
    if found.ordered() {
        assert_close(found.overlap, overlap, 1e-6, &format!("{what}: overlap"));
    }
}

#[test]
fn both_branches_of_belief_propagation_agree_to_eight_digits() {
    let settings = BpSettings::default();
    let mut checked = 0;
    for Case { name, graph, values } in cases() {
        for value in values {
            let beta = number(&value["beta"]);
            if let Some(expected) = value.get("bp_paramagnetic") {
                let mut stream = Key::derive("reference", &[&name]).stream(0);
                let found = bp::solve(&graph, beta, Start::Paramagnetic(&mut stream), &settings);
                assert_branch(&found, expected, &format!("{name} at β = {beta}, paramagnetic"));
                checked += 1;
            }
            if let Some(expected) = value.get("bp_polarised") {
                let start = Start::Polarised(graph.ground_state().unwrap());
                let found = bp::solve(&graph, beta, start, &settings);
                assert_branch(&found, expected, &format!("{name} at β = {beta}, polarised"));
                checked += 1;
            }
        }
    }
    assert!(checked >= 40, "only {checked} branches in the reference");
}

#[test]
fn monte_carlo_agrees_within_four_combined_standard_errors() {
    let settings = QuenchSettings { runs: 4, relax: 500, measure: 1500 };
    let mut checked = 0;
    for Case { name, graph, values } in cases() {
        for value in values {
            let Some(expected) = value.get("mc") else { continue };
            let beta = number(&value["beta"]);
            let key = Key::derive("reference", &[&name, &beta.to_string()]);
            let found = quench(&graph, beta, &settings, key).energy;
            for (energy, error) in [
                (number(&expected["energy"]), number(&expected["standard_error"])),
                (number(&value["exact"]["energy"]), 0.0),
            ] {
                let sigma = (found.error * found.error + error * error).sqrt();
                let what = format!("{name} at β = {beta}: {found:?} instead of {energy}");
                assert!((found.mean - energy).abs() <= 4.0 * sigma, "{what}");
            }
            assert!(found.r_hat < 1.1, "{name} at β = {beta}: {found:?}");
            checked += 1;
        }
    }
    assert!(checked >= 15, "only {checked} Monte Carlo values in the reference");
}

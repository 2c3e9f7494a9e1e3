//! What Monte Carlo says of rows that are hard: instances whose quenches stick, whose excitations are rare, or whose
//! ground states are many. Exact energies are those of [`exact`]; exact overlaps by enumeration of v stand beside their
//! names.

mod support;

use model::random::Key;
use model::{FactorGraph, Instance, Signs};
use physics::exact;
use physics::mc::QuenchSettings;
use physics::observables::Observed;
use physics::replica_exchange::{ExchangeSettings, Temperature, replica_exchange};
use physics::statistics::{R_HAT_LIMIT, Value};
use std::path::Path;
use support::{all_paths, graph, quench};

const SETTINGS: QuenchSettings = QuenchSettings { runs: 4, relax: 500, measure: 2000 };

fn case(name: &str) -> FactorGraph {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/coverage");
    let text = std::fs::read_to_string(folder.join(name).with_extension("json")).expect("a case");
    FactorGraph::new(&Instance::from_json(&text).expect("a valid instance"))
}

fn key(name: &str, beta: f64, seed: u64) -> Key {
    Key::derive("equilibrium", &[name, &beta.to_string(), &seed.to_string()])
}

fn quenches(name: &str, beta: f64, settings: &QuenchSettings, seeds: std::ops::Range<u64>) -> Vec<Observed> {
    let graph = case(name);
    seeds.map(|seed| quench(&graph, beta, settings, key(name, beta, seed))).collect()
}

/// ⟨H⟩ and β² Var H.
fn exact_energy(name: &str, beta: f64) -> [f64; 2] {
    let solution = exact::solve(&case(name), &[beta], 1 << 24).expect("small").remove(0);
    [solution.energy, beta * beta * solution.energy_variance]
}

/// (value − exact)/error.
fn off(found: Value, exact: f64) -> f64 {
    (found.value - exact) / found.error
}

fn energy(found: &Observed) -> Value {
    Value { value: found.energy.mean, error: found.energy.error }
}

fn path_overlap(found: &Observed) -> Value {
    found.overlaps.path.as_ref().expect("pairs of runs").mean
}

fn share(of: &[f64], within: f64) -> f64 {
    of.iter().filter(|z| z.abs() <= within).count() as f64 / of.len() as f64
}

#[test]
fn quenches_that_stick_in_domains_are_not_called_equilibrated() {
    // Without single units, R̂ of the energy is below 1.05 in half of these, and the energy 2 σ too high on average.
    for found in quenches("slow-10x6x70x1", 0.6, &SETTINGS, 0..12) {
        assert!(!found.equilibration.equilibrated && found.equilibration.r_hat > 1.1, "{:?}", found.energy);
    }
    for found in quenches("slow-140x2x4x1", 0.4, &SETTINGS, 0..12) {
        assert!(!found.equilibration.equilibrated, "{:?}", found.energy);
    }
}

#[test]
fn a_state_that_none_of_the_runs_has_visited_is_found_by_a_probe() {
    let settings = QuenchSettings { runs: 4, relax: 5000, measure: 20000 };
    for (beta, seed) in [(0.4, 31), (0.4, 59), (0.5, 42)] {
        let found = quenches("slow-140x2x4x1", beta, &settings, seed..seed + 1).remove(0);
        // All four runs sit in one state: they agree, with an energy that is far off.
        let energy = off(energy(&found), exact_energy("slow-140x2x4x1", beta)[0]);
        assert!(energy.abs() > 6.0 && found.equilibration.r_hat <= R_HAT_LIMIT, "{energy} {found:?}");
        assert!(found.equilibration.missed && !found.equilibration.equilibrated, "β = {beta}, seed {seed}");
    }
}

#[test]
fn a_hot_unit_of_more_paths_than_looks_is_in_equilibrium() {
    // Hardly a count of paths is seen twice: what a probe shows is new, but stands among what the runs show.
    let widths = [1000, 1, 1000, 1];
    let mut signs = Key::derive("hot unit", &[]).stream(0);
    let graph = graph(&widths, &all_paths(&widths), &Signs::Path(signs.signs(1_000_000)));
    for seed in 0..6 {
        let found = quench(&graph, 1e-4, &SETTINGS, key("hot unit", 1e-4, seed));
        assert!(found.equilibration.equilibrated, "seed {seed}: {:?}", found.equilibration);
    }
}

#[test]
fn overlaps_of_degenerate_ground_states_are_not_vouched_for() {
    // Two sets of ground states that no single flip joins; the energy is right in every run. Exact: 0.5555.
    let found = quenches("cov-L4-path", 5.0, &SETTINGS, 0..60);
    let wrong = |found: &&Observed| off(path_overlap(found), 0.5555).abs() > 3.0;
    assert!(found.iter().filter(wrong).count() > 30);
    let vouched = found.iter().filter(|found| found.equilibration.equilibrated).count();
    // What remains are rows with all four runs in one set, and no probe that is told from it.
    assert!(vouched <= 6, "{vouched}");
    let [energy_there, _] = exact_energy("cov-L4-path", 5.0);
    assert!(found.iter().all(|found| off(energy(found), energy_there).abs() < 4.0));
}

#[test]
fn the_specific_heat_of_stuck_quenches_is_not_the_distance_between_their_states() {
    for found in quenches("cov-dense-666-path", 20.0, &SETTINGS, 0..10) {
        // Exact: 0, to the last digit. By deviations from the joint mean it were 20 and more a weight.
        let Value { value, error } = found.heat_capacity;
        assert!(value.abs() <= error && error < 4.0, "{value} ± {error}");
        assert_eq!(found.energy.variance, value / 400.0);
    }
}

#[test]
fn rare_excitations_are_allowed_for_before_they_are_seen() {
    // The cheapest one costs 2 × 6 or more, and is seen a few times in all runs, or not at all.
    let (name, beta) = ("cov-dense-543-input", 2.0);
    let [energy_there, heat] = exact_energy(name, beta);
    let found = quenches(name, beta, &SETTINGS, 0..250);
    let of = |z: &dyn Fn(&Observed) -> f64| found.iter().map(z).collect::<Vec<f64>>();
    let observables = [
        of(&|found| off(energy(found), energy_there)),
        of(&|found| off(found.heat_capacity, heat)),
        of(&|found| off(path_overlap(found), 0.999_86)),
    ];
    for z in observables {
        assert!(share(&z, 1.0) >= 0.62 && share(&z, 3.0) >= 0.97, "{} {}", share(&z, 1.0), share(&z, 3.0));
    }
    assert!(found.iter().all(|found| found.equilibration.equilibrated));
}

/// Name, couplings' exact path overlap at β, by β: hot, middle and cold.
const CASES: [(&str, [(f64, f64); 3]); 8] = [
    ("cov-L2", [(0.2, 0.03896), (0.8, 0.44094), (2.0, 0.92935)]),
    ("cov-L4-path", [(0.2, 0.03880), (0.8, 0.34204), (5.0, 0.55550)]),
    ("cov-dense-543-input", [(0.2, 0.05978), (0.8, 0.93636), (2.0, 0.99986)]),
    ("cov-dense-666-path", [(0.2, 0.03860), (0.8, 0.43045), (2.0, 0.79488)]),
    ("cov-sparse-666-input", [(0.2, 0.04445), (0.8, 0.70121), (2.0, 0.97498)]),
    ("cov-sparse-666-path", [(0.2, 0.03857), (0.8, 0.40742), (2.0, 0.79907)]),
    ("slow-10x6x70x1", [(0.2, 0.04945), (0.6, 0.45712), (2.0, 0.78917)]),
    ("slow-140x2x4x1", [(0.1, 0.01089), (0.2, 0.08339), (0.4, 0.34142)]),
];

/// Of pooled rows that are called equilibrated, at most 2 % lie beyond 3 σ and at least 62 % within 1 σ; returns how
/// many there are.
fn check_pooled(rows: &[(bool, [f64; 3])]) -> usize {
    let called: Vec<[f64; 3]> = rows.iter().filter(|row| row.0).map(|row| row.1).collect();
    for observable in 0..3 {
        let z: Vec<f64> = called.iter().map(|row| row[observable]).collect();
        let (within, beyond) = (share(&z, 1.0), 1.0 - share(&z, 3.0));
        assert!(within >= 0.62 && beyond <= 0.02, "{observable}: {within} {beyond} of {}", z.len());
    }
    called.len()
}

#[test]
fn quenches_that_are_called_equilibrated_are_as_near_to_the_exact_values_as_they_say() {
    let mut rows = Vec::new();
    for (name, betas) in CASES {
        for (beta, overlap) in betas {
            let [energy_there, heat] = exact_energy(name, beta);
            rows.extend(quenches(name, beta, &SETTINGS, 0..10).iter().map(|found| {
                let z = [
                    off(energy(found), energy_there),
                    off(found.heat_capacity, heat),
                    off(path_overlap(found), overlap),
                ];
                (found.equilibration.equilibrated, z)
            }));
        }
    }
    let called = check_pooled(&rows);
    assert!(called > rows.len() * 6 / 10, "{called}");
}

#[test]
fn replica_exchanges_that_are_called_equilibrated_are_as_near_to_the_exact_values_as_they_say() {
    let mut rows = Vec::new();
    for (name, betas) in CASES {
        let graph = case(name);
        for (beta, overlap) in betas {
            let [energy_there, heat] = exact_energy(name, beta);
            let ladder = (0..=8).map(|k| beta * f64::from(k) / 8.0).collect();
            let settings = ExchangeSettings::new(ladder, 4, 500, 2000).expect("a ladder");
            for seed in 0..2 {
                let found = replica_exchange(&graph, &settings, key(name, beta, seed), 64);
                let at: &Temperature = found.temperatures.last().expect("a ladder");
                let path = at.overlaps.path.as_ref().expect("pairs of runs").mean;
                let mean = Value { value: at.energy.mean, error: at.energy.error };
                let z = [off(mean, energy_there), off(at.heat_capacity, heat), off(path, overlap)];
                rows.push((at.equilibration.equilibrated, z));
            }
        }
    }
    let called = check_pooled(&rows);
    assert!(called > rows.len() * 8 / 10, "{called}");
}

#[test]
fn rows_that_single_flips_equilibrate_are_called_so() {
    let mut verdicts = Vec::new();
    for (name, betas) in [
        ("tiny-unit-path.json", [0.2, 0.7, 1.5]),
        ("n16-branching-input-p00.json", [0.3, 0.6, 1.0]),
        ("n16-branching-input-p80.json", [0.3, 0.6, 1.0]),
        ("n16-independent-path-p30.json", [0.3, 0.6, 1.0]),
        ("n40-branching-input-p40.json", [0.3, 0.5, 0.8]),
        ("deep5-input.json", [0.3, 0.6, 1.0]),
    ] {
        let (graph, _) = support::reference(name);
        for beta in betas {
            for seed in 0..3 {
                let found = quench(&graph, beta, &SETTINGS, key(name, beta, seed));
                verdicts.push(found.equilibration.equilibrated);
            }
        }
    }
    let called = verdicts.iter().filter(|called| **called).count();
    assert!(called * 100 >= verdicts.len() * 95, "{called} of {}", verdicts.len());
}

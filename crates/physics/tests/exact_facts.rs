//! The exact facts of the model (docs/model.md): its symmetries, its reduction to two-body systems, and brute force.

mod support;

use model::closed_form;
use model::numerics::{exp, ln, ln_cosh, tanh};
use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph, Instance, Signs};
use physics::bp::{self, BpSettings, BpSolution, Start};
use physics::exact::{self, Exact};
use physics::mc::{Configuration, QuenchSettings};
use proptest::prelude::*;
use support::{
    PlainModel, Sample, assert_relative, draw, quench, reference, seed_case, small_instances, with_signs,
};

const BETAS: [f64; 6] = [0.0, 0.1, 0.5, 1.3, 3.0, 20.0];

/// Energies are compared relative to the number of paths: at β = 0 they vanish.
fn assert_equal(found: &Exact, expected: &Exact, graph: &FactorGraph, tolerance: f64, what: &str) {
    let paths = graph.path_count() as f64;
    assert_relative(found.log_z, expected.log_z, tolerance, &format!("{what}: log Z"));
    for (quantity, found, expected) in [
        ("energy", found.energy, expected.energy),
        ("variance", found.energy_variance, expected.energy_variance),
    ] {
        let difference = (found - expected).abs();
        assert!(difference <= tolerance * paths, "{what}: {quantity} {found} instead of {expected}");
    }
}

fn polarised(graph: &FactorGraph, beta: f64) -> BpSolution {
    polarised_within(graph, beta, BpSettings::default().max_iterations)
}

fn polarised_within(graph: &FactorGraph, beta: f64, max_iterations: u32) -> BpSolution {
    let start = Start::Polarised(graph.ground_state().expect("couplings input"));
    bp::solve(graph, beta, start, &BpSettings { max_iterations, ..BpSettings::default() })
}

fn paramagnetic(graph: &FactorGraph, beta: f64) -> BpSolution {
    let mut stream = Key::derive("paramagnetic", &[]).stream(0);
    bp::solve(graph, beta, Start::Paramagnetic(&mut stream), &BpSettings::default())
}

/// The same paths with other values of the input units.
fn other_inputs(instance: &Instance, label: &str) -> [Instance; 2] {
    let inputs = instance.network().widths()[0] as usize;
    let random = Key::derive(label, &[]).stream(7).signs(inputs);
    [random, vec![1; inputs]].map(|inputs| with_signs(instance, &Signs::Input(inputs)))
}

#[test]
fn exact_thermodynamics_do_not_depend_on_the_values_of_the_inputs() {
    let mut cases = small_instances(3, 18, 5, "fact 1");
    cases.extend(small_instances(4, 16, 2, "fact 1"));
    cases.extend((0..3).map(|sample| draw(&seed_case(16, 0.3, Couplings::Input), "fact 1", sample)));
    let mut checked = 0;
    for instance in cases.iter().filter(|instance| matches!(instance.signs(), Signs::Input(_))) {
        let graph = FactorGraph::new(instance);
        let expected = exact::solve(&graph, &BETAS, 1 << 24).expect("small");
        for other in other_inputs(instance, "fact 1") {
            let found = exact::solve(&FactorGraph::new(&other), &BETAS, 1 << 24).expect("small");
            for ((found, expected), beta) in found.iter().zip(&expected).zip(BETAS) {
                assert_equal(found, expected, &graph, 1e-11, &format!("β = {beta}"));
            }
            checked += 1;
        }
    }
    assert!(checked >= 50, "{checked}");
}

#[test]
fn the_polarised_branch_does_not_depend_on_the_values_of_the_inputs() {
    for sample in 0..3 {
        let instance = draw(&seed_case(16, 0.2, Couplings::Input), "fact 1, BP", sample);
        for beta in [0.3, 0.8, 2.0] {
            let expected = polarised(&FactorGraph::new(&instance), beta);
            assert!(expected.converged);
            for other in other_inputs(&instance, "fact 1, BP") {
                let found = polarised(&FactorGraph::new(&other), beta);
                let what = format!("sample {sample}, β = {beta}");
                assert_relative(found.log_z, expected.log_z, 1e-11, &what);
                assert_relative(found.energy, expected.energy, 1e-9, &what);
                assert!((found.overlap - expected.overlap).abs() < 1e-9, "{what}");
            }
        }
    }
}

#[test]
fn the_reduction_of_three_layers_equals_plain_enumeration_in_every_ensemble() {
    for instance in small_instances(3, 18, 12, "fact 2") {
        let graph = FactorGraph::new(&instance);
        let reduced = exact::solve(&graph, &BETAS, 1 << 18).expect("small");
        for ((found, expected), beta) in reduced.iter().zip(exact::enumerate(&graph, &BETAS)).zip(BETAS) {
            let what = format!("{} at β = {beta}", instance.to_json());
            assert_equal(found, &expected, &graph, 1e-11, &what);
        }
    }
}

#[test]
fn with_two_layers_every_path_has_its_own_weight_and_is_independent_of_the_others() {
    for instance in small_instances(2, 18, 8, "two layers") {
        let graph = FactorGraph::new(&instance);
        let (n, paths) = (graph.weight_count() as f64, graph.path_count() as f64);
        for (found, beta) in exact::solve(&graph, &BETAS, 1 << 18).expect("small").iter().zip(BETAS) {
            let t = tanh(beta);
            let expected = Exact {
                log_z: n * std::f64::consts::LN_2 + paths * ln_cosh(beta),
                energy: -paths * t,
                energy_variance: paths * (1.0 - t * t),
            };
            assert_equal(found, &expected, &graph, 1e-12, &format!("β = {beta}"));
        }
    }
}

#[test]
fn at_infinite_temperature_every_configuration_counts_once_and_the_variance_is_the_number_of_paths() {
    for (depth, instances) in [2, 3, 4, 5].map(|depth| (depth, small_instances(depth, 18, 2, "β = 0"))) {
        for graph in instances.iter().map(FactorGraph::new) {
            let found = exact::solve(&graph, &[0.0], 1 << 18).expect("small")[0];
            let expected = Exact {
                log_z: graph.weight_count() as f64 * std::f64::consts::LN_2,
                energy: 0.0,
                energy_variance: graph.path_count() as f64,
            };
            assert_equal(&found, &expected, &graph, 1e-13, &format!("L = {depth}"));
        }
    }
}

#[test]
fn brute_force_from_the_paths_alone_agrees_with_the_solver() {
    for depth in [2, 3, 4, 5] {
        for instance in small_instances(depth, 12, 3, "brute force") {
            let graph = FactorGraph::new(&instance);
            let mut model = PlainModel::new(&instance);
            let energies = model.energies();
            assert_eq!(energies.len(), 1 << graph.weight_count());
            for (found, beta) in exact::solve(&graph, &BETAS, 1 << 18).expect("small").iter().zip(BETAS) {
                let ground = *energies.iter().min().expect("not empty") as f64;
                let average = |f: &dyn Fn(f64) -> f64| {
                    energies.iter().map(|&h| h as f64).map(|h| f(h) * exp(-beta * (h - ground))).sum::<f64>()
                };
                let z = average(&|_| 1.0);
                let energy = average(&|h| h) / z;
                let energy_variance = average(&|h| (h - energy) * (h - energy)) / z;
                let expected = Exact { log_z: ln(z) - beta * ground, energy, energy_variance };
                assert_equal(found, &expected, &graph, 1e-11, &format!("L = {depth}, β = {beta}"));
            }
        }
    }
}

/// A random instance of any depth, ensemble and couplings; it may be empty.
fn any_instance() -> impl Strategy<Value = Instance> {
    let probabilities = || prop::collection::vec(0.0..=1.0, 5);
    let choices = (0..4usize, 0..2usize, any::<u32>());
    (prop::collection::vec(1..6u32, 2..=5), choices, probabilities(), probabilities()).prop_map(
        |(mut widths, (ensemble, couplings, sample), dilution, activation)| {
            let depth = widths.len();
            widths.push(1);
            let (ensemble, couplings) = (Ensemble::ALL[ensemble], Couplings::ALL[couplings]);
            let dilution: Vec<f64> = dilution[..depth].iter().map(|p| 0.5 * p).collect();
            let structure =
                support::structure(&widths, ensemble, couplings, &dilution, &activation[..depth - 1]);
            draw(&structure, "any instance", u64::from(sample))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_energy_of_a_configuration_is_that_of_the_paths_alone(instance in any_instance(), seed: u64) {
        let graph = FactorGraph::new(&instance);
        let mut model = PlainModel::new(&instance);
        let names = model.names();
        let weights = Key::derive("configuration", &[]).stream(seed).signs(graph.weight_count());
        prop_assert_eq!(names.len(), weights.len());
        for ((name, weight), &spin) in names.iter().zip(graph.weights()).zip(&weights) {
            prop_assert_eq!(*name, (usize::from(weight.layer), weight.from, weight.to));
            model.spins.insert(*name, spin);
        }
        prop_assert_eq!(graph.energy(&weights), model.energy());
        // One flip at a time leads to the same energies.
        let mut state = Configuration::new(&graph, weights);
        for (i, name) in names.iter().enumerate() {
            state.flip(&graph, i);
            model.spins.entry(*name).and_modify(|spin| *spin = -*spin);
            prop_assert_eq!(state.energy, model.energy());
        }
    }

    #[test]
    fn flipping_every_weight_into_and_out_of_a_hidden_unit_leaves_the_energy_unchanged(
        instance in any_instance(), seed: u64,
    ) {
        let graph = FactorGraph::new(&instance);
        let weights = Key::derive("configuration", &[]).stream(seed).signs(graph.weight_count());
        let mut hidden = 0;
        for layer in 1..instance.network().depth() as u16 {
            for unit in 0..instance.network().widths()[usize::from(layer)] {
                let touches = |i: usize| {
                    let w = graph.weights()[i];
                    (w.layer == layer && w.to == unit) || (w.layer == layer + 1 && w.from == unit)
                };
                let flip = |(i, &w): (usize, &i8)| if touches(i) { -w } else { w };
                let flipped: Vec<i8> = weights.iter().enumerate().map(flip).collect();
                prop_assert_eq!(graph.energy(&flipped), graph.energy(&weights));
                hidden += usize::from(flipped != weights);
            }
        }
        prop_assert_eq!(hidden, graph.hidden_units());
    }

    #[test]
    fn with_couplings_input_the_ground_state_satisfies_every_path(instance in any_instance()) {
        let graph = FactorGraph::new(&instance);
        match graph.ground_state() {
            Some(weights) => prop_assert_eq!(graph.energy(weights), -(graph.path_count() as i64)),
            None => prop_assert!(matches!(instance.signs(), Signs::Path(_))),
        }
    }
}

#[test]
fn the_exact_magnetisation_of_every_single_weight_vanishes() {
    for instance in small_instances(3, 12, 3, "magnetisation") {
        let mut model = PlainModel::new(&instance);
        let energies = model.energies();
        let boltzmann: Vec<f64> = energies.iter().map(|&h| exp(-1.1 * h as f64)).collect();
        let z: f64 = boltzmann.iter().sum();
        for i in 0..model.names().len() {
            let signed = |(bits, w): (usize, &f64)| if bits >> i & 1 == 1 { *w } else { -*w };
            let magnetisation = boltzmann.iter().enumerate().map(signed).sum::<f64>() / z;
            assert!(magnetisation.abs() < 1e-12, "weight {i}: {magnetisation}");
        }
    }
}

#[test]
fn deep_in_the_ordered_phase_a_polarised_state_stands_for_two_to_the_hidden_units_equal_ones() {
    let (graph, values) = reference("n40-branching-input-p00.json");
    let value = values.iter().find(|value| value["beta"] == 1.2).expect("β = 1.2 is listed");
    // reference.rs checks this value against the solver.
    let log_z = value["exact"]["log_z"].as_f64().expect("a number");
    let found = polarised(&graph, 1.2);
    let merged = found.log_z + graph.hidden_units() as f64 * std::f64::consts::LN_2;
    assert!(found.log_z < log_z - 50.0, "{} {log_z}", found.log_z);
    // The states overlap, and BP is not exact in each: both effects are of order e^(−4β degree) here.
    assert!((merged - log_z).abs() < 1e-3, "{merged} {log_z}");
}

#[test]
fn too_many_configurations_are_refused_with_their_number() {
    let graph = FactorGraph::new(&draw(&seed_case(16, 0.0, Couplings::Input), "refused", 0));
    let needed = model::exact_cost(&graph).configurations;
    let refused = exact::solve(&graph, &[1.0], 10).expect_err("more than ten");
    assert_eq!((refused.configurations, refused.allowed), (needed, 10.0));
    assert!(exact::solve(&graph, &[1.0], needed as u64).is_ok());
}

fn energies_per_weight(p_1: f64, beta: f64, samples: u64) -> [Sample; 3] {
    let mut values = [const { Vec::new() }; 3];
    for sample in 0..samples {
        let graph = FactorGraph::new(&draw(&seed_case(40, p_1, Couplings::Input), "figures", sample));
        let n = graph.weight_count() as f64;
        values[0].push(exact::solve(&graph, &[beta], 1 << 26).expect("cheap")[0].energy / n);
        values[1].push(polarised(&graph, beta).energy / n);
        values[2].push(paramagnetic(&graph, beta).energy / n);
    }
    values.map(|values| Sample::of(&values))
}

/// The figures are of one instance, the means of others drawn like it: they differ by the sample spread.
fn assert_typical(found: &Sample, figure: f64, what: &str) {
    let sigma = (found.variance * (1.0 + 1.0 / found.count)).sqrt();
    assert!((found.mean - figure).abs() <= 4.0 * sigma + 1e-3, "{what}: {} ± {sigma}, {figure}", found.mean);
}

#[test]
fn deep_in_the_ordered_phase_the_exact_energy_lies_on_the_polarised_branch() {
    let [exact, polarised, paramagnetic] = energies_per_weight(0.4, 0.8, 5);
    assert_typical(&exact, -1.8351, "exact");
    assert_typical(&polarised, -1.8351, "polarised");
    assert_typical(&paramagnetic, -1.2886, "paramagnetic");
    assert!((exact.mean - polarised.mean).abs() < 1e-3, "{} {}", exact.mean, polarised.mean);
}

#[test]
fn in_the_weakly_ordered_phase_bp_has_only_the_paramagnetic_branch() {
    let [exact, polarised, _] = energies_per_weight(0.8, 0.5, 5);
    assert_typical(&exact, -0.680, "exact");
    assert_typical(&polarised, -0.540, "polarised");
    // At 0.8 an ordered branch is there in one sample of eight, beyond it in none.
    let [exact, polarised, paramagnetic] = energies_per_weight(0.84, 0.5, 5);
    assert!((polarised.mean - paramagnetic.mean).abs() < 1e-9);
    assert!(exact.mean < paramagnetic.mean - 0.1);
}

#[test]
fn the_figures_of_the_design_are_those_of_the_reference_instances() {
    for (name, beta, exact_energy, polarised_energy, paramagnetic_energy) in [
        ("n40-branching-input-p40.json", 0.8, -1.8351, -1.8351, -1.2886),
        ("n40-branching-input-p80.json", 0.5, -0.680, -0.540, -0.540),
    ] {
        let (graph, values) = reference(name);
        let n = graph.weight_count() as f64;
        let value = values.iter().find(|value| value["beta"] == beta).expect("β is listed");
        let listed = value["exact"]["energy"].as_f64().expect("a number") / n;
        assert!((listed - exact_energy).abs() < 5e-4, "{name}: exact {listed}");
        let found = polarised(&graph, beta).energy / n;
        assert!((found - polarised_energy).abs() < 5e-4, "{name}: polarised {found}");
        let found = paramagnetic(&graph, beta).energy / n;
        assert!((found - paramagnetic_energy).abs() < 5e-4, "{name}: paramagnetic {found}");
        let closed = closed_form::energy_per_weight(graph.alpha(), beta);
        assert!((closed - paramagnetic_energy).abs() < 5e-4, "{name}: closed form {closed}");
    }
}

#[test]
fn monte_carlo_lies_on_the_exact_line_where_bp_has_only_the_paramagnetic_branch() {
    let (graph, values) = reference("n40-branching-input-p80.json");
    let value = values.iter().find(|value| value["beta"] == 0.5).expect("β = 0.5 is listed");
    let energy = value["exact"]["energy"].as_f64().expect("a number");
    let settings = QuenchSettings { runs: 4, relax: 400, measure: 1500 };
    let found = quench(&graph, 0.5, &settings, Key::derive("exact line", &[])).energy;
    assert!((found.mean - energy).abs() <= 4.0 * found.error, "{found:?} instead of {energy}");
    assert!(!polarised(&graph, 0.5).ordered());
    // The paramagnetic line is far away.
    assert!((paramagnetic(&graph, 0.5).energy - found.mean).abs() > 30.0 * found.error);
}

#[test]
fn the_raw_log_z_of_the_two_branches_cross_at_a_dilution_that_grows_with_beta() {
    // ± 0.06 about the crossing the answer is the same in nearly every sample.
    for (beta, crossing) in [(0.3, 0.45), (0.5, 0.76), (0.8, 0.87)] {
        let ordered_is_stable = |p_1: f64| {
            let stable = |sample| {
                let graph =
                    FactorGraph::new(&draw(&seed_case(40, p_1, Couplings::Input), "crossing", sample));
                // log Z is stationary in the messages, so that 1000 iterations settle the comparison even where some
                // hidden unit is close to a critical point of its own and the messages still creep.
                let ordered = polarised_within(&graph, beta, 1000);
                ordered.overlap > bp::ORDERED_OVERLAP && ordered.log_z > paramagnetic(&graph, beta).log_z
            };
            (0..5).filter(|&sample| stable(sample)).count()
        };
        let (below, above) = (ordered_is_stable(crossing - 0.06), ordered_is_stable(crossing + 0.06));
        assert!(below >= 4 && above <= 1, "β = {beta}: {below} and {above} of 5");
    }
}

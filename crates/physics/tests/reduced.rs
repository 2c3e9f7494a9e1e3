//! How the model splits: the reduced systems carry the whole of it, and nothing else (docs/model.md, fact 2).

mod support;

use model::numerics::{exp, ln};
use model::random::Key;
use model::{Couplings, FactorGraph, Reduced, Signs, System, Variable};
use physics::exact;
use std::collections::BTreeSet;
use support::{all_paths, assert_relative, draw, graph, project, reduced_energy, seed_case, small_instances};

fn graphs() -> Vec<FactorGraph> {
    let small = small_instances(3, 18, 12, "reduced").into_iter();
    let larger = Couplings::ALL
        .into_iter()
        .flat_map(|couplings| [0.0, 0.5, 0.9].map(|p_1| draw(&seed_case(14, p_1, couplings), "reduced", 0)));
    small.chain(larger).map(|instance| FactorGraph::new(&instance)).collect()
}

fn reduced(graph: &FactorGraph) -> Reduced {
    Reduced::new(graph).expect("three layers")
}

/// H of each of the 2^N configurations of a system.
fn energies(system: &System) -> Vec<i64> {
    let spin = |bits: u32, i: usize| if bits >> i & 1 == 1 { 1i8 } else { -1 };
    let spins = |bits| (0..system.spin_count()).map(|i| spin(bits, i)).collect::<Vec<_>>();
    (0..1u32 << system.spin_count()).map(|bits| system.energy(&spins(bits))).collect()
}

#[test]
fn the_systems_carry_the_energy_of_every_configuration() {
    let mut stream = Key::derive("configurations", &[]).stream(0);
    for graph in graphs() {
        let reduced = reduced(&graph);
        for _ in 0..20 {
            let weights = stream.signs(graph.weight_count());
            assert_eq!(reduced_energy(&reduced, &project(&reduced, &weights)), graph.energy(&weights));
        }
        let bonds: usize = reduced.systems().iter().map(|system| system.bonds().len()).sum();
        assert_eq!(bonds, graph.path_count());
        assert_eq!(reduced.spin_count() + reduced.third_layer_weights(), graph.weight_count());
    }
}

#[test]
fn log_z_is_that_of_the_systems_by_brute_force_and_ln_2_for_each_third_layer_weight() {
    let betas = [0.0, 0.3, 1.0, 4.0];
    for graph in graphs().iter().filter(|graph| graph.weight_count() <= 18) {
        let reduced = reduced(graph);
        let by_system: Vec<Vec<i64>> = reduced.systems().iter().map(energies).collect();
        let solved = exact::solve(graph, &betas, 1 << 20).expect("small");
        let enumerated = (graph.weight_count() <= 15).then(|| exact::enumerate(graph, &betas));
        for (b, beta) in betas.into_iter().enumerate() {
            let mut log_z = reduced.third_layer_weights() as f64 * ln(2.0);
            let mut energy = 0.0;
            for energies in &by_system {
                let weight = |&h: &i64| exp(-beta * h as f64);
                let z: f64 = energies.iter().map(weight).sum();
                log_z += ln(z);
                energy += energies.iter().map(|h| *h as f64 * weight(h)).sum::<f64>() / z;
            }
            for exact in [&solved].into_iter().chain(&enumerated).map(|exact| exact[b]) {
                assert_relative(log_z, exact.log_z, 1e-12, "log Z");
                assert!((energy - exact.energy).abs() < 1e-10, "{energy} instead of {}", exact.energy);
            }
        }
    }
}

#[test]
fn every_system_is_connected_and_shares_no_variable_with_another() {
    for graph in graphs() {
        let mut seen = BTreeSet::new();
        for system in reduced(&graph).systems() {
            let mut reached = BTreeSet::from([0]);
            while let Some(bond) = system
                .bonds()
                .iter()
                .find(|bond| reached.contains(&bond.ends[0]) != reached.contains(&bond.ends[1]))
            {
                reached.extend(bond.ends);
            }
            assert_eq!(reached.len(), system.spin_count());
            for (i, &variable) in system.variables().iter().enumerate() {
                let layers = match variable {
                    Variable::First(w1) => vec![(w1, 1)],
                    Variable::Product(w2, w3) => vec![(w2, 2), (w3, 3)],
                };
                for (weight, layer) in &layers {
                    assert_eq!(graph.weights()[*weight as usize].layer, *layer);
                }
                assert_eq!(layers.len() == 1, i < system.first_side());
                assert!(seen.insert(layers[0].0));
                assert!(!system.half_edges(i).is_empty());
                assert!(system.half_edges(i).iter().all(|&e| system.end(e) as usize == i));
            }
        }
    }
}

#[test]
fn a_system_is_unfrustrated_exactly_where_some_configuration_satisfies_every_bond() {
    let mut both = [0, 0];
    for graph in graphs().iter().filter(|graph| graph.weight_count() <= 18) {
        for system in reduced(graph).systems() {
            let lowest = energies(system).into_iter().min().expect("configurations");
            let satisfied = -(system.bonds().len() as i64);
            let ground_state = system.ground_state();
            assert_eq!(ground_state.is_some(), lowest == satisfied);
            both[usize::from(ground_state.is_some())] += 1;
            if let Some(spins) = ground_state {
                assert_eq!(system.energy(&spins), satisfied);
            }
        }
    }
    assert!(both.iter().all(|&count| count >= 4), "{both:?}");
}

#[test]
fn couplings_by_input_never_frustrate_and_couplings_by_path_need_not() {
    let structure = seed_case(14, 0.2, Couplings::Input);
    for sample in 0..4 {
        let graph = FactorGraph::new(&draw(&structure, "unfrustrated", sample));
        let reduced = reduced(&graph);
        let ground_state = reduced.ground_state().expect("couplings input");
        assert_eq!(reduced_energy(&reduced, &ground_state), -(graph.path_count() as i64));
        let known = project(&reduced, graph.ground_state().expect("couplings input"));
        // Up to the flip of a system.
        for (found, known) in ground_state.iter().zip(&known) {
            assert!(found.iter().zip(known).all(|(a, b)| a * b == found[0] * known[0]));
        }
    }
    let square = |signs: [i8; 4]| graph(&[2, 1, 2, 1], &all_paths(&[2, 1, 2, 1]), &Signs::Path(signs.into()));
    assert!(reduced(&square([1, -1, -1, 1])).is_unfrustrated());
    assert!(!reduced(&square([1, -1, 1, 1])).is_unfrustrated());
}

#[test]
fn only_three_weight_layers_reduce() {
    for widths in [&[2, 2, 1][..], &[2, 2, 2, 2, 1]] {
        assert!(Reduced::new(&graph(widths, &all_paths(widths), &Signs::Input(vec![1, 1]))).is_none());
    }
}

//! Factor graphs and reduced systems are built by counting; here they are built a second time by sorting.

mod support;

use model::{Couplings, Ensemble, FactorGraph, Instance, Reduced, Variable};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use support::{draw, structure};

/// (layer, from, to) of the weights of a path.
fn weights_on(path: &[u32]) -> Vec<(u16, u32, u32)> {
    (1..path.len()).map(|l| (l as u16, path[l - 1], path[l])).collect()
}

fn assert_indexed(instance: &Instance) {
    let graph = FactorGraph::new(instance);
    let depth = instance.network().depth();
    let of_paths: Vec<(u16, u32, u32)> = instance.paths().flat_map(weights_on).collect();
    let weights: Vec<_> = of_paths.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let number: BTreeMap<_, u32> = weights.iter().copied().zip(0..).collect();
    let found: Vec<_> = graph.weights().iter().map(|w| (w.layer, w.from, w.to)).collect();
    assert_eq!(found, weights);
    assert_eq!(graph.weight_of(), of_paths.iter().map(|weight| number[weight]).collect::<Vec<_>>());
    let mut incidences: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (weight, e) in of_paths.iter().zip(0..) {
        incidences.entry(number[weight]).or_default().push(e);
    }
    for (&i, incidences) in &incidences {
        assert_eq!(graph.incidences(i as usize), incidences);
    }
    let mut histogram: BTreeMap<(u16, u32), u32> = BTreeMap::new();
    for (weight, incidences) in weights.iter().zip(incidences.values()) {
        *histogram.entry((weight.0, incidences.len() as u32)).or_default() += 1;
    }
    let histogram: Vec<_> =
        histogram.into_iter().map(|((layer, degree), count)| (layer, degree, count)).collect();
    assert_eq!(graph.degree_histogram(), histogram);
    let hidden: BTreeSet<_> =
        weights.iter().filter(|w| usize::from(w.0) < depth).map(|w| (w.0, w.2)).collect();
    assert_eq!(graph.hidden_units(), hidden.len());
}

/// Every path of a system is a bond between the weights that it crosses, and systems are connected and in order.
fn assert_reduced(instance: &Instance) {
    let graph = FactorGraph::new(instance);
    let reduced = Reduced::new(&graph).expect("three weight layers");
    let mut bonds: Vec<([u32; 2], i8)> = Vec::new();
    let mut firsts = Vec::new();
    for system in reduced.systems() {
        let number = |spin: u32| match system.variables()[spin as usize] {
            Variable::First(w1) => w1,
            Variable::Product(w2, w3) => {
                assert_eq!(graph.weights()[w2 as usize].to, graph.weights()[w3 as usize].from);
                w2
            }
        };
        let numbers: Vec<u32> = (0..system.spin_count() as u32).map(number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "the W¹ side first, then by number");
        let sides = numbers.iter().filter(|&&w| graph.weights()[w as usize].layer == 1).count();
        assert_eq!(system.first_side(), sides);
        for (b, bond) in system.bonds().iter().enumerate() {
            for (s, &end) in bond.ends.iter().enumerate() {
                assert!(system.half_edges(end as usize).contains(&(2 * b as u32 + s as u32)));
            }
        }
        let half_edges: usize = (0..system.spin_count()).map(|i| system.half_edges(i).len()).sum();
        assert_eq!(half_edges, 2 * system.bonds().len());
        assert!((0..system.spin_count()).all(|i| system.half_edges(i).is_sorted()));
        assert_eq!(reached(system), system.spin_count(), "connected");
        firsts.push((graph.weights()[numbers[0] as usize].to, numbers[0]));
        bonds.extend(system.bonds().iter().map(|bond| (bond.ends.map(number), bond.coupling)));
    }
    assert!(firsts.is_sorted(), "by unit, then by first spin");
    let mut expected: Vec<([u32; 2], i8)> =
        (0..graph.path_count()).map(|a| ([graph.path(a)[0], graph.path(a)[1]], graph.signs()[a])).collect();
    bonds.sort_unstable();
    expected.sort_unstable();
    assert_eq!(bonds, expected);
}

fn reached(system: &model::System) -> usize {
    let mut found = BTreeSet::from([0u32]);
    let mut rest = vec![0u32];
    while let Some(i) = rest.pop() {
        let neighbours = system.half_edges(i as usize).iter().map(|&e| system.end(e ^ 1));
        rest.extend(neighbours.filter(|&neighbour| found.insert(neighbour)));
    }
    found.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn counting_gives_what_sorting_gives(
        widths in prop::collection::vec(1u32..9, 2..5),
        ensemble in 0usize..4,
        couplings in 0usize..2,
        keep in [0.2f64..1.0, 0.2f64..1.0],
        seed: u64,
    ) {
        let depth = widths.len();
        let widths = [widths, vec![1]].concat();
        let (ensemble, couplings) = (Ensemble::ALL[ensemble], Couplings::ALL[couplings]);
        let structure = structure(
            &widths, ensemble, couplings, &vec![1.0 - keep[0]; depth], &vec![keep[1]; depth - 1],
        );
        let instance = draw(&structure, "indexing", seed);
        assert_indexed(&instance);
        if depth == 3 {
            assert_reduced(&instance);
        }
    }
}

#[test]
fn few_paths_of_a_huge_network_are_indexed_in_little_memory() {
    let widths = [40_000, 50_000, 60_000, 1];
    let sparse = structure(&widths, Ensemble::Independent, Couplings::Path, &[0.99; 3], &[0.001; 2]);
    let instance = draw(&sparse, "huge", 0);
    assert!((50..250).contains(&instance.path_count()), "{}", instance.path_count());
    assert_indexed(&instance);
    assert_reduced(&instance);
}

#[test]
fn eight_hundred_thousand_paths_are_indexed() {
    let widths = [200, 200, 200, 1];
    let dense = structure(&widths, Ensemble::Independent, Couplings::Input, &[0.0; 3], &[0.1, 1.0]);
    let graph = FactorGraph::new(&draw(&dense, "dense", 0));
    assert!(graph.path_count() > 790_000);
    assert_eq!((graph.weight_count(), graph.hidden_units()), (80_200, 400));
    let reduced = Reduced::new(&graph).expect("three weight layers");
    assert_eq!((reduced.systems().len(), reduced.spin_count()), (200, 80_000));
}

//! Belief propagation has converged where it says so.

mod support;

#[path = "support/wide.rs"]
mod wide;

use model::numerics::{exp, ln_cosh};
use model::random::{Key, Stream};
use model::{Couplings, Ensemble, FactorGraph, Instance, Reduced, Signs};
use physics::bp::{self, BpSettings, BpSolution, Problem, Solver, Start, plain};
use physics::mc;
use physics::reduced;
use std::f64::consts::LN_2;
use support::{project, structure};
use wide::largest_change;

const BETAS: [f64; 10] = [1.0, 2.0, 3.0, 5.0, 8.0, 11.0, 14.0, 20.0, 40.0, 100.0];

fn stream(number: u64) -> Stream {
    Key::derive("convergence", &[]).stream(number)
}

/// Widths 4 to 12, any ensemble, 18 weights at least, a mean degree of about 1 to 3.
fn sparse_instances(depth: usize, couplings: Couplings, number: usize) -> Vec<FactorGraph> {
    let mut random = Key::derive("sparse", &[couplings.name(), &depth.to_string()]).stream(0);
    let mut found = Vec::new();
    while found.len() < number {
        let ensemble = Ensemble::ALL[(random.word() % 4) as usize];
        let mut widths: Vec<u32> = (0..depth).map(|_| 4 + (random.word() % 9) as u32).collect();
        widths.push(1);
        let dilution: Vec<f64> = (0..depth).map(|_| 0.7 * random.unit_interval()).collect();
        let activation: Vec<f64> = (1..depth).map(|_| 0.3 + 0.6 * random.unit_interval()).collect();
        let drawn = structure(&widths, ensemble, couplings, &dilution, &activation).draw(&mut random);
        let graph = FactorGraph::new(&drawn);
        let mean_degree = graph.alpha() * depth as f64;
        if graph.weight_count() >= 18 && mean_degree <= 4.5 {
            found.push(graph);
        }
    }
    found
}

/// Both starts.
fn starts(graph: &FactorGraph, beta: f64, number: u64) -> (Stream, Vec<i8>) {
    let quench = || mc::quenched_configuration(graph, beta, 200, &mut stream(1));
    (stream(number), graph.ground_state().map_or_else(quench, <[i8]>::to_vec))
}

#[test]
fn on_sparse_instances_it_converges_and_then_an_update_in_extended_precision_changes_nothing() {
    let (mut rows, mut converged, mut ordered) = (0, 0, 0);
    for (depth, number) in [(2, 30), (3, 100), (4, 80), (5, 40)] {
        for couplings in Couplings::ALL {
            for (number, graph) in sparse_instances(depth, couplings, number).iter().enumerate() {
                let solver = Solver::new(graph);
                for beta in [BETAS[number % 10], BETAS[(number + 5) % 10]] {
                    let (mut random, along) = starts(graph, beta, number as u64);
                    for start in [Start::Paramagnetic(&mut random), Start::Polarised(&along)] {
                        let problem = Problem { beta, start };
                        let (found, rho) =
                            plain::solve_with_messages(&solver, problem, &BpSettings::default());
                        rows += 1;
                        if found.converged {
                            let change = largest_change(graph, beta, &rho);
                            assert!(
                                change < 1e-10,
                                "L = {depth}, {number}, β = {beta}: {change:e} {found:?}"
                            );
                            converged += 1;
                            ordered += u32::from(found.ordered());
                        }
                    }
                }
            }
        }
    }
    assert!(rows == 2000 && ordered > 50 && 100 * converged > 95 * rows, "{ordered} {converged} of {rows}");
}

fn case(name: &str) -> FactorGraph {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    FactorGraph::new(
        &Instance::from_json(&std::fs::read_to_string(path).expect("a case")).expect("an instance"),
    )
}

#[test]
fn where_every_weight_lies_on_two_paths_nothing_is_ordered_however_cold() {
    let graph = case("square.json");
    let reduced = Reduced::new(&graph).expect("three layers");
    for beta in [5.0, 10.0, 16.0, 18.0, 20.0, 50.0, 100.0] {
        let (mut random, along) = starts(&graph, beta, 0);
        let spins = project(&reduced, &along);
        let found: [BpSolution; 3] = [
            bp::solve(&graph, beta, Start::Paramagnetic(&mut random), &BpSettings::default()),
            bp::solve(&graph, beta, Start::Polarised(&along), &BpSettings::default()),
            reduced::bp::solve(&reduced, beta, reduced::bp::Start::Polarised(&spins), &BpSettings::default())
                .solution,
        ];
        for found in found {
            assert!(found.converged && found.overlap == 0.0, "β = {beta}: {found:?}");
            let log_z = 4.0 * ln_cosh(beta) + 6.0 * LN_2;
            assert!((found.log_z - log_z).abs() < 1e-12 * log_z, "β = {beta}: {found:?}");
            assert!((found.log_z + beta * found.energy - 2.0 * LN_2).abs() < 2e-3, "β = {beta}: {found:?}");
        }
    }
}

/// Undamped updates of all messages, from the most ordered state, in ρ: of those that vanish, too, and without
/// acceleration.
fn brute_force(graph: &FactorGraph, beta: f64, updates: usize) -> Vec<f64> {
    let depth = graph.depth();
    let q = exp(-2.0 * beta);
    let mut rho = vec![0.0; graph.weight_of().len()];
    let mut r = rho.clone();
    for _ in 0..updates {
        for a in 0..graph.path_count() {
            for l in 0..depth {
                let others = (0..depth).filter(|&j| j != l).map(|j| rho[a * depth + j]);
                let (even, odd) =
                    others.fold((1.0, 0.0), |(even, odd), rho| (even + odd * rho, odd + even * rho));
                r[a * depth + l] = (q * even + odd) / (even + q * odd);
            }
        }
        for i in 0..graph.weight_count() {
            for &e in graph.incidences(i) {
                let others = graph.incidences(i).iter().filter(|&&b| b != e);
                rho[e as usize] = others.map(|&b| r[b as usize]).product();
            }
        }
    }
    rho
}

#[test]
fn the_fixed_point_is_the_one_to_which_plain_updates_of_all_messages_fall() {
    let (mut compared, mut with_loops) = (0, 0);
    for depth in 3..=5 {
        for graph in sparse_instances(depth, Couplings::Input, 12) {
            let graph = without_signs(&graph);
            let (solver, along) = (Solver::new(&graph), vec![1; graph.weight_count()]);
            for beta in [0.7, 1.5, 3.0] {
                let problem = Problem { beta, start: Start::Polarised(&along) };
                let (found, rho) = plain::solve_with_messages(&solver, problem, &BpSettings::default());
                assert!(found.converged);
                let expected = brute_force(&graph, beta, 12_000);
                for (e, (found, expected)) in rho.iter().zip(&expected).enumerate() {
                    let off = (found - expected).abs();
                    assert!(
                        off < 1e-9,
                        "L = {depth}, β = {beta}, message {e}: {found} instead of {expected}"
                    );
                }
                compared += usize::from(found.ordered());
                with_loops += usize::from(rho.contains(&1.0) && found.ordered());
            }
        }
    }
    assert!(compared > 8 && with_loops > 4, "{compared} {with_loops}");
}

/// The same paths with ξ = 1.
fn without_signs(graph: &FactorGraph) -> FactorGraph {
    let unit = |a: usize, l: usize| {
        let weight = graph.weights()[graph.path(a)[l.max(1) - 1] as usize];
        if l == 0 { weight.from } else { weight.to }
    };
    let paths: Vec<Vec<u32>> =
        (0..graph.path_count()).map(|a| (0..=graph.depth()).map(|l| unit(a, l)).collect()).collect();
    let widths: Vec<u32> =
        (0..=graph.depth()).map(|l| 1 + paths.iter().map(|path| path[l]).max().expect("a path")).collect();
    support::graph(&widths, &paths, &Signs::Input(vec![1; widths[0] as usize]))
}

#[test]
fn colder_is_more_ordered_and_the_two_starts_of_two_body_systems_agree() {
    for graph in sparse_instances(3, Couplings::Input, 30) {
        let (solver, along) = (Solver::new(&graph), graph.ground_state().expect("couplings `input`"));
        let problems = BETAS.map(|beta| Problem { beta, start: Start::Polarised(along) });
        let found = solver.solve_all(problems.into(), &BpSettings::default());
        assert!(found.iter().all(|found| found.converged));
        for pair in found.windows(2) {
            assert!(pair[1].overlap >= pair[0].overlap - 1e-9, "{pair:?}");
        }
        let reduced = Reduced::new(&graph).expect("three layers");
        let spins = project(&reduced, along);
        for beta in BETAS {
            let [small, large] = [0, 1].map(|k| {
                let mut random = stream(3);
                let start = match k {
                    0 => reduced::bp::Start::Paramagnetic(&mut random),
                    _ => reduced::bp::Start::Polarised(&spins),
                };
                reduced::bp::solve(&reduced, beta, start, &BpSettings::default())
            });
            assert!(small.solution.converged && large.solution.converged, "β = {beta}: {small:?} {large:?}");
            assert_eq!(small.solution.ordered(), large.solution.ordered(), "β = {beta}: {small:?} {large:?}");
        }
    }
}

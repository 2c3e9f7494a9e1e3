//! Belief propagation in lanes is the plain iteration, bit for bit: on every level of vector instructions, in any
//! company, however lanes are refilled, and in however few lanes.

mod support;

use kernel::cpu::Level;
use model::numerics::{exp, ln};
use model::random::{Key, Stream};
use model::{Couplings, Ensemble, FactorGraph, Reduced, Signs};
use physics::bp::{BpSettings, BpSolution, LANES, Problem, Solver, Start, plain};
use physics::reduced;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use support::{all_paths, draw, graph, project, seed_case, structure};

/// A problem that can be made any number of times.
#[derive(Debug, Clone)]
struct Case {
    beta: f64,
    /// The number of a random stream, or a configuration.
    start: Result<u64, Vec<i8>>,
}

fn stream(number: u64) -> Stream {
    Key::derive("lanes", &[]).stream(number)
}

/// Paramagnetic starts, polarised ones along the ground state if there is one, and along anything.
fn cases(graph: &FactorGraph, betas: &[f64]) -> Vec<Case> {
    let start = |number: usize| match number % 3 {
        0 => Ok(number as u64),
        1 => Err(stream(number as u64).signs(graph.weight_count())),
        _ => Err(graph.ground_state().map_or_else(|| vec![1; graph.weight_count()], <[i8]>::to_vec)),
    };
    betas.iter().enumerate().map(|(number, &beta)| Case { beta, start: start(number) }).collect()
}

fn with_problems<R>(cases: &[Case], solve: impl FnOnce(Vec<Problem<'_>>) -> R) -> R {
    let mut streams: Vec<Stream> =
        cases.iter().map(|case| stream(*case.start.as_ref().unwrap_or(&0))).collect();
    let problem = |(case, stream)| {
        let Case { beta, start }: &Case = case;
        let start = match start {
            Ok(_) => Start::Paramagnetic(stream),
            Err(along) => Start::Polarised(along),
        };
        Problem { beta: *beta, start }
    };
    solve(cases.iter().zip(&mut streams).map(problem).collect())
}

fn plainly(solver: &Solver, case: &Case, settings: &BpSettings) -> BpSolution {
    with_problems(std::slice::from_ref(case), |mut problems| {
        plain::solve(solver, problems.pop().expect("one"), settings)
    })
}

/// The bits of everything: `==` would take −0 for 0.
fn bits(solution: &BpSolution) -> (bool, (u32, usize), Vec<u64>) {
    let BpSolution { converged, iterations, residual, overlap, layer_overlaps, ordered_units, log_z, energy } =
        solution;
    let numbers = [residual, overlap, log_z, energy].into_iter().chain(layer_overlaps);
    let counts = (*iterations, *ordered_units);
    (*converged, counts, numbers.map(|number| number.to_bits()).collect())
}

fn assert_plain(graph: &FactorGraph, betas: &[f64], settings: &BpSettings) -> Result<(), TestCaseError> {
    let solver = Solver::new(graph);
    let cases = cases(graph, betas);
    let expected: Vec<BpSolution> = cases.iter().map(|case| plainly(&solver, case, settings)).collect();
    for level in Level::available() {
        let found = with_problems(&cases, |problems| solver.solve_all_at(level, problems, settings));
        prop_assert_eq!(found.len(), cases.len());
        for ((found, expected), case) in found.iter().zip(&expected).zip(&cases) {
            prop_assert!(
                bits(found) == bits(expected),
                "{:?}, β = {}: {:?} instead of {:?}",
                level,
                case.beta,
                found,
                expected
            );
            prop_assert!(found.log_z.is_finite() && found.energy.is_finite() && found.residual.is_finite());
        }
    }
    Ok(())
}

prop_compose! {
    /// Ragged widths, every ensemble, both couplings; without a path now and then.
    fn instances()(
        depth in 2usize..=5,
        ensemble in prop::sample::select(Ensemble::ALL.to_vec()),
        couplings in prop::sample::select(Couplings::ALL.to_vec()),
        widths in prop::collection::vec(1u32..=130, 5),
        probabilities in prop::collection::vec(0.0..1.0f64, 10),
        seed in any::<u64>(),
    ) -> FactorGraph {
        let mut widths: Vec<u32> = widths[..depth].to_vec();
        if depth > 3 {
            widths.iter_mut().for_each(|width| *width = *width % 12 + 1);
        }
        widths.push(1);
        // A few thousand paths at most.
        let possible: f64 = widths.iter().map(|&width| f64::from(width)).product();
        let thinning = exp(ln((3000.0 / possible).min(1.0)) / (2 * depth - 1) as f64);
        let dilution: Vec<f64> = (0..depth).map(|l| 1.0 - thinning * (1.0 - 0.3 * probabilities[l])).collect();
        let activation: Vec<f64> =
            (1..depth).map(|l| thinning * (1.0 - 0.3 * probabilities[5 + l])).collect();
        let structure = structure(&widths, ensemble, couplings, &dilution, &activation);
        FactorGraph::new(&draw(&structure, "lanes", seed))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn lanes_are_the_plain_iteration_bit_for_bit(
        graph in instances(),
        betas in prop::collection::vec(prop_oneof![0.0..2.0f64, 0.0..50.0f64], 1..=3 * LANES),
        // Long enough for some problems to end and the others to move closer together.
        max_iterations in prop_oneof![1u32..60, 200u32..400],
    ) {
        if graph.path_count() > 0 {
            assert_plain(&graph, &betas, &BpSettings { max_iterations, ..BpSettings::default() })?;
        }
    }

    #[test]
    fn reduced_systems_in_lanes_are_the_plain_iteration(
        seed in any::<u64>(),
        p_1 in 0.0..0.9f64,
        couplings in prop::sample::select(Couplings::ALL.to_vec()),
        betas in prop::collection::vec(0.0..50.0f64, 1..=LANES + 3),
    ) {
        let graph = FactorGraph::new(&draw(&seed_case(12, p_1, couplings), "reduced lanes", seed));
        prop_assume!(graph.path_count() > 0);
        let settings = BpSettings { max_iterations: 200, ..BpSettings::default() };
        let reduced = Reduced::new(&graph).expect("three layers");
        let spins = project(&reduced, &vec![1; graph.weight_count()]);
        let solve = |level: Level, betas: &[f64], first: usize| {
            let mut streams: Vec<Stream> = (0..betas.len()).map(|k| stream((first + k) as u64)).collect();
            let problem = |((k, &beta), stream): ((usize, &f64), _)| reduced::bp::Problem {
                beta,
                start: if (first + k).is_multiple_of(2) {
                    reduced::bp::Start::Paramagnetic(stream)
                } else {
                    reduced::bp::Start::Polarised(&spins)
                },
            };
            let mut problems: Vec<_> = betas.iter().enumerate().zip(&mut streams).map(problem).collect();
            reduced::bp::solve_all_at(level, &reduced, &mut problems, &settings)
        };
        for level in Level::available() {
            let together = solve(level, &betas, 0);
            for (k, beta) in betas.iter().enumerate() {
                let alone = &solve(Level::Baseline, &[*beta], k)[0];
                prop_assert_eq!(bits(&together[k].solution), bits(&alone.solution));
                prop_assert_eq!(together[k].ordered_systems, alone.ordered_systems);
            }
        }
        let part = &reduced.systems()[0];
        let solver = reduced::bp::solver_of(part);
        let case = Case { beta: betas[0], start: Err(vec![1; part.spin_count()]) };
        let found = with_problems(std::slice::from_ref(&case), |problems| solver.solve_all(problems, &settings));
        prop_assert_eq!(bits(&found[0]), bits(&plainly(&solver, &case, &settings)));
    }
}

#[test]
fn it_is_so_at_degrees_of_thousands_and_at_any_beta() {
    for widths in [&[3000, 1, 1][..], &[60, 50, 2, 1], &[130, 1, 3, 1], &[7, 1, 7, 1, 7, 1]] {
        let paths = all_paths(widths);
        let inputs = Signs::Input(stream(1).signs(widths[0] as usize));
        let couplings = Signs::Path(stream(2).signs(paths.len()));
        for signs in [inputs, couplings] {
            let graph = graph(widths, &paths, &signs);
            let betas = [0.0, 1e-3, 0.1, 0.7, 1.9, 3.0, 8.0, 20.0, 31.9, 32.1, 50.0, 100.0];
            let settings = BpSettings { max_iterations: 40, ..BpSettings::default() };
            assert_plain(&graph, &betas, &settings).expect("the same bits");
        }
    }
}

#[test]
fn it_is_so_up_to_convergence_in_any_order_and_company() {
    let instance = draw(&seed_case(16, 0.3, Couplings::Input), "company", 0);
    let graph = FactorGraph::new(&instance);
    let settings = BpSettings::default();
    let mut betas: Vec<f64> = (0..3 * LANES).map(|k| 0.1 * k as f64).collect();
    assert_plain(&graph, &betas, &settings).expect("the same bits");
    betas.reverse();
    assert_plain(&graph, &betas, &settings).expect("the same bits");
    assert_plain(&graph, &betas[5..6], &settings).expect("the same bits");
    assert_plain(&graph, &[betas[5]; 2 * LANES], &settings).expect("the same bits");
}

#[test]
fn no_problem_has_no_solution() {
    let graph = FactorGraph::new(&draw(&seed_case(6, 0.0, Couplings::Input), "none", 0));
    assert!(Solver::new(&graph).solve_all(Vec::new(), &BpSettings::default()).is_empty());
}

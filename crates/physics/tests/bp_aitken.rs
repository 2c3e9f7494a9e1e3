//! Acceleration (Aitken and Newton steps) shortens the way to the fixed point of belief propagation and does not move
//! it, least of all near a spinodal.

mod support;

use model::{Couplings, FactorGraph};
use physics::bp::{BpSettings, BpSolution, Problem, Solver, Start, plain};
use support::{draw, seed_case};

/// For the iteration without acceleration, whose residual is far smaller than its distance to the fixed point.
const CLOSE: BpSettings = BpSettings { tolerance: 1e-14, max_iterations: 50_000 };

fn polarised(graph: &FactorGraph, beta: f64) -> Problem<'_> {
    Problem { beta, start: Start::Polarised(graph.ground_state().expect("couplings `input`")) }
}

fn accelerated(solver: &Solver, graph: &FactorGraph, beta: f64) -> BpSolution {
    solver.solve_all(vec![polarised(graph, beta)], &BpSettings::default()).pop().expect("one")
}

/// Where order vanishes, from above.
fn spinodal(solver: &Solver, graph: &FactorGraph) -> f64 {
    let (mut disordered, mut ordered) = (0.0, 3.0);
    for _ in 0..20 {
        let middle = 0.5 * (disordered + ordered);
        let is_ordered = accelerated(solver, graph, middle).ordered();
        *if is_ordered { &mut ordered } else { &mut disordered } = middle;
    }
    ordered
}

/// Instances of many sizes and densities, without paths now and then.
fn graphs() -> impl Iterator<Item = FactorGraph> {
    (0..16).map(|number| {
        let structure = seed_case(12 + number % 8, 0.06 * f64::from(number), Couplings::Input);
        FactorGraph::new(&draw(&structure, "leaps", u64::from(number)))
    })
}

#[test]
fn acceleration_ends_at_the_fixed_point_of_the_iteration_without_it() {
    let (mut compared, mut with, mut without) = (0, 0, 0);
    for graph in graphs().filter(|graph| graph.path_count() > 0) {
        let solver = Solver::new(&graph);
        let beta = spinodal(&solver, &graph);
        for distance in [-1e-2, -1e-3, -1e-4, 0.0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1] {
            let beta = beta + distance;
            let plainly = plain::solve_without_acceleration(&solver, polarised(&graph, beta), &CLOSE);
            let accelerated = accelerated(&solver, &graph, beta);
            if !plainly.converged {
                continue;
            }
            assert!(accelerated.converged, "β = {beta}: {accelerated:?} instead of {plainly:?}");
            let (q, log_z) = (accelerated.overlap - plainly.overlap, accelerated.log_z - plainly.log_z);
            assert!(
                q.abs() < 1e-9 && log_z.abs() < 1e-9,
                "β = {beta}: {accelerated:?} instead of {plainly:?}"
            );
            assert_eq!(accelerated.ordered(), plainly.ordered());
            compared += 1;
            with += accelerated.iterations;
            without += plainly.iterations;
        }
    }
    assert!(compared > 100, "{compared}");
    assert!(3 * with < without, "{with} updates instead of {without}");
}

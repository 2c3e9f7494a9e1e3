//! A computation of days ends soon after its flag is raised, whichever kernel it is in, and without a result.

mod support;

use kernel::cpu::Level;
use kernel::stop;
use model::random::Key;
use model::{Couplings, FactorGraph, Reduced};
use physics::anneal::{AnnealSettings, anneal};
use physics::bp::{self, BpSettings, Problem, Start, plain};
use physics::chain::Dynamics;
use physics::exact;
use physics::ladder::Ladder;
use physics::levels::{LevelSettings, levels};
use physics::mc::{QuenchSettings, quenched_configuration};
use physics::observables::observe_quenches;
use physics::reduced::{self, Schedule};
use physics::replica_exchange::{ExchangeSettings, replica_exchange};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use support::{draw, seed_case};

/// Without the flag nothing here would end before the test does.
const LONG: u32 = u32::MAX - 1000;

fn graph(width: u32, dilution: f64, couplings: Couplings) -> FactorGraph {
    FactorGraph::new(&draw(&seed_case(width, dilution, couplings), "stopping", 0))
}

fn key() -> Key {
    Key::derive("stopping", &[])
}

/// Begins a computation, raises its flag in the midst of it, and waits for its end.
fn stops<R>(what: &str, compute: impl FnOnce() -> R) {
    let flag = stop::Flag::default();
    let raised = Arc::clone(&flag);
    let raising = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        raised.store(true, Ordering::Relaxed);
        Instant::now()
    });
    assert!(stop::unless_raised(&flag, compute).is_none(), "{what} ended by itself");
    let late = raising.join().expect("nothing panics there").elapsed();
    assert!(late < Duration::from_secs(1), "{what} went on for {late:?}");
    assert!(stop::flag().is_none(), "{what} left its flag to the thread");
}

#[test]
fn monte_carlo_stops_in_every_kernel() {
    let graph = graph(24, 0.2, Couplings::Path);
    let quench = QuenchSettings { runs: 2, relax: LONG, measure: 16 };
    let lanes = Dynamics::in_lanes(&graph, Level::chosen()).expect("degrees are small");
    for (kernel, dynamics) in
        [("packed", Dynamics::new(&graph)), ("lanes", lanes), ("plain", Dynamics::plain(&graph))]
    {
        stops(kernel, || observe_quenches(&dynamics, &[(1.0, key())], &quench, 10));
    }
    stops("a quench", || quenched_configuration(&graph, 1.0, LONG, &mut key().stream(0)));
    let annealing = AnnealSettings::new(2, 0.001, 1_000_000).expect("valid");
    stops("annealing", || anneal(&graph, &[(100.0, key())], &annealing, key()));
    let exchange = ExchangeSettings::new(vec![0.5, 1.0], 2, LONG, 16).expect("valid");
    stops("replica exchange", || replica_exchange(&graph, &exchange, key(), 10));
    let pairs = LevelSettings::new(vec![0.5], 100_000_000).expect("valid");
    stops("levels", || levels(&graph, &pairs, key()));
}

#[test]
fn reduced_monte_carlo_stops_with_clusters_and_with_exchange() {
    let schedule = Schedule { runs: 2, relax: LONG, measure: 16 };
    let reduced = |couplings| Reduced::new(&graph(24, 0.2, couplings)).expect("three weight layers");
    let unfrustrated = reduced(Couplings::Input);
    stops("clusters", || reduced::cluster::sample(&unfrustrated, 1.0, &schedule, key()));
    let frustrated = reduced(Couplings::Path);
    let ladder = Ladder::new(vec![0.5, 1.0]).expect("valid");
    stops("exchange", || reduced::exchange::sample(&frustrated, &ladder, &schedule, key()));
}

#[test]
fn belief_propagation_stops_side_by_side_and_by_the_book() {
    // Nothing converges within less than no change.
    let settings = BpSettings { tolerance: -1.0, max_iterations: LONG };
    for couplings in Couplings::ALL {
        let graph = graph(24, 0.2, couplings);
        let solver = bp::Solver::new(&graph);
        let spins = vec![1; graph.weight_count()];
        let along = graph.ground_state().unwrap_or(&spins);
        let problem = || Problem { beta: 1.0, start: Start::Polarised(along) };
        stops("side by side", || solver.solve_all(vec![problem()], &settings));
        stops("by the book", || plain::solve(&solver, problem(), &settings));
    }
}

#[test]
fn enumeration_stops_plain_and_reduced() {
    let graph = graph(40, 0.2, Couplings::Path);
    stops("reduced", || exact::solve(&graph, &[1.0], u64::MAX));
    let mut growing = (1..).map(|width| self::graph(width, 0.0, Couplings::Path));
    let small = growing.find(|graph| graph.weight_count() >= 30).expect("one is large enough");
    stops("plain", || exact::enumerate(&small, &[1.0]));
}

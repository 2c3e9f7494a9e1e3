//! The finder on the model itself: the paper's Fig. 4 at N = 40, branching ensemble, couplings `input`.

use analysis::{Line, Sample};
use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph, Network, Structure};
use physics::bp::{self, BpSettings, BpSolution, Start};
use std::collections::BTreeMap;
use sweep::axis::AxisName;
use sweep::transition::{End, GridLine, Transition, Values};

const SAMPLES: u64 = 4;
const COARSE: (f64, f64, u32) = (0.24, 0.06, 13);
/// Slow samples near a spinodal are unresolved; they need not be waited for here.
const SETTINGS: BpSettings = BpSettings { tolerance: 1e-11, max_iterations: 8000 };

fn graph(dilution: f64, activation: f64, sample: u64) -> FactorGraph {
    let network = Network::new(vec![40, 40, 40, 1]).expect("widths");
    let dilution = vec![dilution, 0.0, 0.0];
    let structure =
        Structure::new(network, Ensemble::Branching, Couplings::Input, dilution, vec![activation, 0.2]);
    FactorGraph::new(
        &structure.expect("probabilities").draw(&mut Key::derive("critical dilution", &[]).stream(sample)),
    )
}

fn end(graph: &FactorGraph, beta: f64, solution: &BpSolution) -> End {
    let n = graph.weight_count() as f64;
    let values = Values {
        log_z: solution.log_z / n,
        energy: solution.energy / n,
        entropy: (solution.log_z + beta * solution.energy) / n,
        symmetry: graph.hidden_units() as f64 * std::f64::consts::LN_2 / n,
    };
    match (solution.converged, solution.ordered()) {
        (false, _) => End::Unresolved,
        (true, false) => End::Disordered(values),
        (true, true) => End::Ordered(values),
    }
}

fn sample(graph: &FactorGraph, beta: f64) -> Sample {
    let stream = &mut Key::derive("critical dilution start", &[]).stream(0);
    let paramagnetic = bp::solve(graph, beta, Start::Paramagnetic(stream), &SETTINGS);
    let along = graph.ground_state().expect("couplings `input`");
    let polarised = bp::solve(graph, beta, Start::Polarised(along), &SETTINGS);
    Sample {
        paramagnetic: end(graph, beta, &paramagnetic),
        polarised: end(graph, beta, &polarised),
        alpha: Some(graph.alpha()),
    }
}

/// A line of so many points from `from` on: each sample is one network, thinned more and more.
fn line(beta: f64, activation: f64, (from, step, points): (f64, f64, u32), samples: u64) -> Line {
    let place = |k: u32| from + step * f64::from(k);
    let at = |s: u64, k: u32| Some(sample(&graph(place(k), activation, s), beta));
    Line {
        places: (0..points).map(place).collect(),
        samples: (0..samples).map(|s| (0..points).map(|k| at(s, k)).collect()).collect(),
    }
}

fn find(rows: &Line) -> Transition {
    let (method, axis, structure) = ("bp".to_owned(), AxisName::Dilution(1), String::new());
    analysis::find(GridLine { method, axis, structure, fixed: BTreeMap::new() }, rows, &mut |_| None)
}

/// p_c with its error, and the latent heat: first a coarse look where order ends, then steps of 0.02 before it.
fn critical_dilution((beta, activation): (f64, f64)) -> (f64, f64, f64) {
    let coarse = find(&line(beta, activation, COARSE, 1));
    let spinodal = coarse.ordering.found().expect("order ends").value;
    let found = find(&line(beta, activation, (spinodal - 0.18, 0.02, 15), SAMPLES));
    let crossing = found.crossing.found().unwrap_or_else(|| panic!("the branches cross: {found:?}"));
    assert_eq!(found.is_resolved(), Some(true), "steps of 0.02 are fine: {crossing:?}");
    (crossing.value, crossing.error.expect("an error"), found.latent_heat.expect("both branches").value)
}

/// The lines side by side.
fn critical_dilutions<const N: usize>(lines: [(f64, f64); N]) -> [(f64, f64, f64); N] {
    std::thread::scope(|scope| {
        let threads = lines.map(|line| scope.spawn(move || critical_dilution(line)));
        threads.map(|thread| thread.join().expect("a transition"))
    })
}

#[test]
fn the_critical_dilution_of_bp_grows_with_beta_and_with_the_activation_probability() {
    let found = critical_dilutions([(0.3, 0.5), (0.5, 0.5), (0.8, 0.5), (0.5, 0.3), (0.5, 0.7)]);
    let (with_beta, with_activation) = ([found[0], found[1], found[2]], [found[3], found[1], found[4]]);
    for line in [with_beta, with_activation] {
        for pair in line.windows(2) {
            let errors = (pair[0].1 * pair[0].1 + pair[1].1 * pair[1].1).sqrt();
            assert!(pair[1].0 - pair[0].0 > errors, "{line:?}");
        }
        assert!(line.iter().all(|found| found.2 > 0.0), "the ordered branch has the lower energy: {line:?}");
    }
    // Within errors of what longer scans give (steps of 0.02, four samples): 0.447(17), 0.744(17), 0.840(13).
    for (found, known) in with_beta.iter().zip([0.447, 0.744, 0.840]) {
        assert!((found.0 - known).abs() < 4.0 * (found.1 + 0.015), "{found:?} for {known}");
    }
}

//! Belief propagation on the reduced systems: exact on trees, equal to its textbook form, and continuous where it
//! orders.

mod support;

use model::closed_form;
use model::numerics::{ln, ln_cosh, tanh};
use model::random::{Key, Stream};
use model::{Couplings, FactorGraph, Reduced, Signs, System};
use physics::bp::{self, BpSettings};
use physics::exact;
use physics::reduced::bp::{ReducedSolution, Start, solve};
use physics::reduced::heat_bath::polarising_configuration;
use support::{all_paths, assert_relative, draw, graph, reference, seed_case, small_instances};

fn stream() -> Stream {
    Key::derive("reduced belief propagation", &[]).stream(0)
}

fn reduced(graph: &FactorGraph) -> Reduced {
    Reduced::new(graph).expect("three layers")
}

fn paramagnetic(reduced: &Reduced, beta: f64) -> ReducedSolution {
    solve(reduced, beta, Start::Paramagnetic(&mut stream()), &BpSettings::default())
}

fn polarised_start(reduced: &Reduced, beta: f64) -> Vec<Vec<i8>> {
    polarising_configuration(reduced, beta, 50, Key::derive("polarised", &[]))
}

fn polarised(reduced: &Reduced, beta: f64) -> ReducedSolution {
    solve(reduced, beta, Start::Polarised(&polarised_start(reduced, beta)), &BpSettings::default())
}

fn is_tree(system: &System) -> bool {
    system.bonds().len() + 1 == system.spin_count()
}

#[test]
fn on_trees_it_is_exact_and_both_starts_fall_to_the_paramagnet() {
    let betas = [0.0, 0.2, 1.0, 3.0, 20.0];
    let mut forests = 0;
    for instance in small_instances(3, 18, 12, "trees") {
        let graph = FactorGraph::new(&instance);
        let reduced = reduced(&graph);
        if !reduced.systems().iter().all(is_tree) {
            continue;
        }
        forests += 1;
        let paths = graph.path_count() as f64;
        for (exact, beta) in exact::enumerate(&graph, &betas).iter().zip(betas) {
            for found in [paramagnetic(&reduced, beta), polarised(&reduced, beta)] {
                let what = format!("β = {beta}: {found:?}");
                let ReducedSolution { solution, ordered_systems } = found;
                // On a tree without a field every exact marginal is ½.
                assert!(solution.converged && ordered_systems == 0 && solution.overlap < 1e-20, "{what}");
                assert_relative(solution.log_z, exact.log_z, 1e-12, &what);
                assert!((solution.energy - exact.energy).abs() <= 1e-11 * paths, "{what}");
            }
        }
    }
    assert!(forests >= 20, "{forests}");
}

#[test]
fn its_paramagnet_is_that_of_the_closed_form() {
    for couplings in Couplings::ALL {
        let graph = FactorGraph::new(&draw(&seed_case(30, 0.5, couplings), "paramagnet", 0));
        let (n, reduced) = (graph.weight_count() as f64, reduced(&graph));
        for beta in [0.0, 0.05, 0.1] {
            for found in [paramagnetic(&reduced, beta), polarised(&reduced, beta)] {
                assert!(found.solution.converged && !found.solution.ordered(), "β = {beta}: {found:?}");
                let log_z = closed_form::log_z_per_weight(graph.alpha(), beta) * n;
                let energy = closed_form::energy_per_weight(graph.alpha(), beta) * n;
                assert_relative(found.solution.log_z, log_z, 1e-12, "log Z");
                assert!((found.solution.energy - energy).abs() <= 1e-11 * n, "{found:?}");
            }
        }
    }
}

/// The equations of the module's documentation in m and u, as the textbooks have them.
struct Textbook<'a> {
    system: &'a System,
    beta: f64,
    /// By half-edge, from the spin there to its bond.
    m: Vec<f64>,
}

impl Textbook<'_> {
    fn artanh(u: f64) -> f64 {
        0.5 * ln((1.0 + u) / (1.0 - u))
    }

    fn coupling(&self, e: u32) -> f64 {
        f64::from(self.system.bonds()[e as usize / 2].coupling)
    }

    /// tanh βJ m_{j→b}, to the spin at e.
    fn u(&self, e: u32) -> f64 {
        tanh(self.beta) * self.coupling(e) * self.m[e as usize ^ 1]
    }

    fn step(&mut self) {
        let new: Vec<f64> = (0..self.m.len() as u32)
            .map(|e| {
                let others = self.system.half_edges(self.system.end(e) as usize).iter().filter(|&&c| c != e);
                tanh(others.map(|&c| Self::artanh(self.u(c))).sum())
            })
            .collect();
        self.m.iter_mut().zip(new).for_each(|(old, new)| *old = 0.5 * (*old + new));
    }

    /// log Z, E and Σ m_i².
    fn values(&self) -> [f64; 3] {
        let t = tanh(self.beta);
        let [mut log_z, mut energy, mut squares] = [0.0; 3];
        for i in 0..self.system.spin_count() {
            let half_edges = self.system.half_edges(i);
            let product = |sign: f64| half_edges.iter().map(|&e| 1.0 + sign * self.u(e)).product::<f64>();
            log_z += ln(product(1.0) + product(-1.0)) + half_edges.len() as f64 * ln_cosh(self.beta);
            let m = tanh(half_edges.iter().map(|&e| Self::artanh(self.u(e))).sum());
            squares += m * m;
        }
        for e in (0..self.m.len() as u32).step_by(2) {
            let (j, mm) = (self.coupling(e), self.m[e as usize] * self.m[e as usize + 1]);
            log_z -= ln_cosh(self.beta) + ln(1.0 + t * j * mm);
            energy -= j * (t * j + mm) / (1.0 + t * j * mm);
        }
        [log_z, energy, squares]
    }
}

fn assert_textbook(reduced: &Reduced, beta: f64) {
    let start = polarised_start(reduced, beta);
    let found = polarised(reduced, beta).solution;
    assert!(found.converged, "β = {beta}: {found:?}");
    let mut sums = [reduced.third_layer_weights() as f64 * ln(2.0), 0.0, 0.0];
    for (system, spins) in reduced.systems().iter().zip(&start) {
        let spin = |e: u32| (1.0 - f64::EPSILON) * f64::from(spins[system.end(e) as usize]);
        let m = (0..2 * system.bonds().len() as u32).map(spin).collect();
        let mut textbook = Textbook { system, beta, m };
        // Damped as it always is and without acceleration, the textbook form needs many more where ours is monotone.
        (0..40 * found.iterations).for_each(|_| textbook.step());
        sums.iter_mut().zip(textbook.values()).for_each(|(sum, value)| *sum += value);
    }
    let overlap = sums[2] / reduced.spin_count() as f64;
    assert_relative(found.log_z, sums[0], 1e-10, &format!("log Z at β = {beta}"));
    assert_relative(found.energy, sums[1], 1e-10, &format!("energy at β = {beta}"));
    assert!((found.overlap - overlap).abs() < 1e-8, "β = {beta}: {} instead of {overlap}", found.overlap);
}

#[test]
fn the_textbook_form_has_the_same_fixed_points() {
    for p_1 in [0.0, 0.6] {
        let reduced = reduced(&FactorGraph::new(&draw(&seed_case(12, p_1, Couplings::Input), "textbook", 0)));
        for beta in [0.2, 0.5, 0.8, 1.1] {
            assert_textbook(&reduced, beta);
        }
    }
    let frustrated = reduced(&FactorGraph::new(&draw(&seed_case(12, 0.0, Couplings::Path), "textbook", 0)));
    assert!(!frustrated.is_unfrustrated());
    for beta in [0.2, 0.5] {
        assert_textbook(&frustrated, beta);
    }
}

#[test]
fn near_the_transition_it_lies_far_closer_to_the_exact_energy_than_the_full_model() {
    let (graph, _) = reference("n40-branching-input-p80.json");
    let n = graph.weight_count() as f64;
    let exact = exact::solve(&graph, &[0.5], 1 << 28).expect("small")[0].energy / n;
    let found = polarised(&reduced(&graph), 0.5);
    let start = bp::Start::Polarised(graph.ground_state().expect("couplings input"));
    let full = bp::solve(&graph, 0.5, start, &BpSettings::default());
    let [reduced, full] = [found.solution.energy, full.energy].map(|energy| energy / n);
    assert!((exact + 0.680).abs() < 5e-4 && (reduced + 0.642).abs() < 5e-4 && (full + 0.540).abs() < 5e-4);
    assert!(found.solution.ordered(), "{found:?}");
}

#[test]
fn deep_in_the_ordered_phase_log_z_with_the_flips_of_ordered_systems_is_exact() {
    for name in ["n40-branching-input-p00.json", "n40-branching-input-p40.json"] {
        let (graph, values) = reference(name);
        for value in values.iter().filter(|value| value["beta"].as_f64() >= Some(0.8)) {
            let beta = value["beta"].as_f64().expect("a number");
            let found = polarised(&reduced(&graph), beta);
            let [log_z, energy] =
                ["log_z", "energy"].map(|name| value["exact"][name].as_f64().expect("a number"));
            let of_all_flips = found.solution.log_z + found.ordered_systems as f64 * std::f64::consts::LN_2;
            assert_relative(of_all_flips, log_z, 1e-6, name);
            assert_relative(found.solution.energy, energy, 2e-5, name);
            assert!(found.solution.log_z < log_z - 10.0);
        }
    }
}

#[test]
fn a_small_random_start_flows_to_a_state_as_ordered_as_the_polarised_one() {
    let reduced = reduced(&FactorGraph::new(&draw(&seed_case(40, 0.3, Couplings::Input), "flows", 0)));
    for beta in [0.5, 1.0] {
        let (small, large) = (paramagnetic(&reduced, beta), polarised(&reduced, beta));
        assert!(small.solution.ordered() && large.solution.ordered());
        assert_eq!(small.ordered_systems, large.ordered_systems);
        assert_relative(small.solution.log_z, large.solution.log_z, 1e-9, "log Z");
        assert_relative(small.solution.overlap, large.solution.overlap, 1e-7, "overlap");
    }
}

#[test]
fn minus_the_slope_of_log_z_is_the_energy_on_the_ordered_branch() {
    let reduced = reduced(&FactorGraph::new(&draw(&seed_case(24, 0.3, Couplings::Input), "slope", 0)));
    for beta in [0.45, 0.6, 0.9, 1.5] {
        let step = 1e-4;
        let [below, at, above] = [beta - step, beta, beta + step].map(|beta| {
            let found = polarised(&reduced, beta).solution;
            assert!(found.ordered(), "β = {beta}: {found:?}");
            found
        });
        let slope = (above.log_z - below.log_z) / (2.0 * step);
        assert_relative(-slope, at.energy, 2e-7, &format!("β = {beta}"));
    }
}

/// The largest step of the overlap along the ladder.
fn largest_step(reduced: &Reduced, first: f64, step: f64, rungs: u32) -> f64 {
    let overlap = |k| polarised(reduced, first + step * f64::from(k)).solution.overlap;
    let overlaps: Vec<f64> = (0..=rungs).map(overlap).collect();
    assert!(overlaps[0] < 1e-6 && overlaps[rungs as usize] > 0.4, "{overlaps:?}");
    // As β decreases, so does every overlap.
    assert!(overlaps.windows(2).all(|pair| pair[1] >= pair[0] - 1e-7), "{overlaps:?}");
    overlaps.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max)
}

#[test]
fn it_orders_continuously_a_finer_ladder_has_smaller_steps() {
    let graph = FactorGraph::new(&draw(&seed_case(30, 0.4, Couplings::Input), "continuous", 0));
    let reduced = reduced(&graph);
    let coarse = largest_step(&reduced, 0.15, 0.02, 25);
    let fine = largest_step(&reduced, 0.15, 0.005, 100);
    assert!(fine < 0.02 && fine < 0.4 * coarse, "{fine} {coarse}");
}

#[test]
fn every_system_stops_on_its_own_and_one_that_did_not_converge_is_not_ordered() {
    let reduced = reduced(&FactorGraph::new(&draw(&seed_case(20, 0.3, Couplings::Input), "stopped", 0)));
    let start = polarised_start(&reduced, 0.8);
    let stopped_after = |max_iterations| {
        let settings = BpSettings { max_iterations, ..BpSettings::default() };
        solve(&reduced, 0.8, Start::Polarised(&start), &settings)
    };
    let full = stopped_after(50_000);
    assert!(full.solution.converged && full.solution.residual <= 1e-12);
    assert_eq!(stopped_after(full.solution.iterations), full);
    let stopped = stopped_after(full.solution.iterations - 1);
    assert!(!stopped.solution.converged && !stopped.solution.ordered() && stopped.solution.residual > 1e-12);
    // The others were not disturbed.
    assert!(stopped.ordered_systems + 1 >= full.ordered_systems && stopped.ordered_systems > 0);
    assert_relative(stopped.solution.log_z, full.solution.log_z, 1e-10, "log Z");
}

#[test]
fn values_stay_finite_at_any_temperature_and_degree() {
    let widths = [70, 2, 60, 1];
    let paths = all_paths(&widths);
    for signs in [Signs::Input(stream().signs(70)), Signs::Path(stream().signs(paths.len()))] {
        let graph = graph(&widths, &paths, &signs);
        let reduced = reduced(&graph);
        for beta in [0.01, 1.0, 20.0, 100.0] {
            let settings = BpSettings { max_iterations: 300, ..BpSettings::default() };
            let start = polarised_start(&reduced, beta);
            for start in [Start::Paramagnetic(&mut stream()), Start::Polarised(&start)] {
                let found = solve(&reduced, beta, start, &settings).solution;
                let values = [found.log_z, found.energy, found.overlap, found.residual];
                assert!(values.iter().all(|value| value.is_finite()), "β = {beta}: {found:?}");
                assert!(found.energy.abs() <= graph.path_count() as f64 * (1.0 + 1e-12), "{found:?}");
                assert!((0.0..=1.0).contains(&found.overlap), "{found:?}");
            }
        }
        if graph.ground_state().is_some() {
            let found = polarised(&reduced, 100.0);
            assert!(found.solution.ordered() && found.ordered_systems == 2);
            assert_relative(found.solution.log_z, 100.0 * 8400.0 + 60.0 * ln(2.0), 1e-12, "log Z");
            assert_relative(found.solution.energy, -8400.0, 1e-12, "energy");
        }
    }
}

#[test]
fn a_frustrated_state_keeps_its_energy_at_any_temperature() {
    // A dense ferromagnet with one bond of the other sign, along all spins +1.
    let paths = all_paths(&[6, 1, 6, 1]);
    let mut signs = vec![1; paths.len()];
    signs[0] = -1;
    let reduced = reduced(&graph(&[6, 1, 6, 1], &paths, &Signs::Path(signs)));
    for beta in [8.0, 10.0, 20.0, 50.0, 100.0] {
        let found = solve(&reduced, beta, Start::Polarised(&[vec![1; 12]]), &BpSettings::default()).solution;
        assert!(found.ordered() && (found.energy + 34.0).abs() < 1e-5, "β = {beta}: {found:?}");
    }
}

#[test]
fn the_same_start_gives_the_same_bits() {
    let reduced = reduced(&FactorGraph::new(&draw(&seed_case(16, 0.3, Couplings::Path), "bits", 0)));
    let settings = BpSettings { max_iterations: 200, ..BpSettings::default() };
    let run = || solve(&reduced, 1.0, Start::Paramagnetic(&mut stream()), &settings);
    assert_eq!(run(), run());
}

//! Belief propagation against trees, where it is exact, against itself in another form, and at the edges of its range.

mod support;

use model::closed_form;
use model::numerics::{ln, ln_1p, ln_cosh, tanh};
use model::random::{Key, Stream};
use model::{Couplings, Ensemble, FactorGraph, Signs};
use physics::bp::{self, BpSettings, BpSolution, Start};
use physics::exact;
use physics::mc;
use std::collections::BTreeMap;
use support::{all_paths, assert_relative, draw, graph, seed_case, small_instances, structure};

fn stream() -> Stream {
    Key::derive("belief propagation", &[]).stream(0)
}

fn paramagnetic(graph: &FactorGraph, beta: f64, settings: &BpSettings) -> BpSolution {
    bp::solve(graph, beta, Start::Paramagnetic(&mut stream()), settings)
}

/// Along the ground state, or along a configuration that a short quench reached.
fn polarised_start(graph: &FactorGraph, beta: f64) -> Vec<i8> {
    let quench = || mc::quenched_configuration(graph, beta, 50, &mut stream());
    graph.ground_state().map_or_else(quench, <[i8]>::to_vec)
}

fn polarised(graph: &FactorGraph, beta: f64, settings: &BpSettings) -> BpSolution {
    bp::solve(graph, beta, Start::Polarised(&polarised_start(graph, beta)), settings)
}

// Trees.

/// Random paths, each kept if it closes no loop of the factor graph: a forest.
fn random_forest(widths: &[u32], attempts: usize, label: &str) -> FactorGraph {
    let mut random = Key::derive(label, &[]).stream(0);
    let mut component: BTreeMap<(usize, u32, u32), usize> = BTreeMap::new();
    let mut paths: Vec<Vec<u32>> = Vec::new();
    for number in 0..attempts {
        let path: Vec<u32> = widths.iter().map(|&n| (random.word() % u64::from(n)) as u32).collect();
        let names: Vec<_> = (1..path.len()).map(|l| (l, path[l - 1], path[l])).collect();
        let mut met: Vec<usize> = names.iter().filter_map(|name| component.get(name).copied()).collect();
        let touched = met.len();
        met.sort_unstable();
        met.dedup();
        if met.len() < touched {
            continue;
        }
        component.values_mut().filter(|c| met.contains(c)).for_each(|c| *c = number);
        component.extend(names.into_iter().map(|name| (name, number)));
        paths.push(path);
    }
    let signs = random.signs(paths.len());
    graph(widths, &paths, &Signs::Path(signs))
}

fn forests() -> Vec<FactorGraph> {
    let by_hand: [(&[u32], &[&[u32]]); 4] = [
        (&[1, 1, 1, 1], &[&[0, 0, 0, 0]]),
        // A star about W¹[0, 0], and a path on its own.
        (&[2, 2, 4, 1], &[&[0, 0, 0, 0], &[0, 0, 1, 0], &[0, 0, 2, 0], &[1, 1, 3, 0]]),
        // A chain: the first two paths meet in W¹[0, 0], the last two in W³[1, 0].
        (&[2, 2, 2, 1], &[&[0, 0, 0, 0], &[0, 0, 1, 0], &[1, 1, 1, 0]]),
        // Two layers: every factor graph is a forest.
        (&[3, 2, 1], &[&[0, 0, 0], &[1, 0, 0], &[2, 0, 0], &[0, 1, 0], &[2, 1, 0]]),
    ];
    let mut forests: Vec<FactorGraph> = by_hand
        .iter()
        .map(|(widths, paths)| {
            let paths: Vec<Vec<u32>> = paths.iter().map(|path| path.to_vec()).collect();
            let signs = stream().signs(paths.len());
            graph(widths, &paths, &Signs::Path(signs))
        })
        .collect();
    for number in 0..6 {
        for widths in [&[4u32, 3, 1][..], &[4, 4, 5, 1], &[3, 3, 4, 4, 1], &[3, 3, 3, 3, 4, 1]] {
            forests.push(random_forest(widths, 12, &format!("forest {number}")));
        }
    }
    forests
}

#[test]
fn on_trees_belief_propagation_is_exact_and_both_starts_fall_to_the_paramagnet() {
    let mut enumerated = 0;
    let betas = [0.0, 0.2, 1.0, 3.0, 20.0];
    for graph in forests() {
        let exact = (graph.weight_count() <= 18).then(|| exact::enumerate(&graph, &betas));
        let (n, paths) = (graph.weight_count() as f64, graph.path_count() as f64);
        for (b, beta) in betas.into_iter().enumerate() {
            let settings = BpSettings::default();
            for found in [paramagnetic(&graph, beta, &settings), polarised(&graph, beta, &settings)] {
                let what = format!("{} weights, β = {beta}: {found:?}", graph.weight_count());
                assert!(found.converged && !found.ordered() && found.overlap < 1e-20, "{what}");
                let log_z = n * std::f64::consts::LN_2 + paths * ln_cosh(beta);
                assert_relative(found.log_z, log_z, 1e-12, &what);
                assert!((found.energy + paths * tanh(beta)).abs() <= 1e-11 * paths, "{what}");
                if let Some(exact) = &exact {
                    assert_relative(found.log_z, exact[b].log_z, 1e-12, &what);
                    assert!((found.energy - exact[b].energy).abs() <= 1e-11 * paths, "{what}");
                }
            }
        }
        enumerated += usize::from(exact.is_some());
    }
    assert!(enumerated >= 10, "{enumerated}");
}

// The paramagnetic fixed point.

#[test]
fn the_paramagnetic_fixed_point_is_the_closed_form() {
    let mut graphs: Vec<FactorGraph> = [2, 3, 4, 5]
        .iter()
        .flat_map(|&depth| small_instances(depth, 60, 2, "closed form"))
        .map(|instance| FactorGraph::new(&instance))
        .collect();
    for couplings in Couplings::ALL {
        graphs.extend(
            [0.0, 0.5].map(|p_1| FactorGraph::new(&draw(&seed_case(20, p_1, couplings), "closed form", 1))),
        );
    }
    for graph in &graphs {
        let (n, alpha) = (graph.weight_count() as f64, graph.alpha());
        for beta in [0.0, 0.1, 0.7, 2.0, 10.0] {
            let found = paramagnetic(graph, beta, &BpSettings::default());
            let what = format!("α = {alpha}, β = {beta}: {found:?}");
            assert!(found.converged && !found.ordered(), "{what}");
            let log_z = closed_form::log_z_per_weight(alpha, beta);
            assert_relative(found.log_z / n, log_z, 1e-11, &what);
            let energy = closed_form::energy_per_weight(alpha, beta);
            assert!((found.energy / n - energy).abs() <= 1e-11 * alpha, "{what}");
            let entropy = closed_form::entropy_per_weight(alpha, beta);
            assert!(((found.log_z + beta * found.energy) / n - entropy).abs() <= 1e-9, "{what}");
            assert!((entropy - (log_z + beta * energy)).abs() <= 1e-12 * (1.0 + alpha * beta), "{what}");
        }
    }
}

#[test]
fn at_the_paramagnetic_point_the_entropy_falls_below_zero_once_alpha_exceeds_one() {
    // s → ln 2 (1 − α) as β → ∞: the sign of the entropy tells where this branch cannot be the truth.
    for (alpha, sign) in [(0.9, 1.0), (1.0, 0.0), (1.1, -1.0), (2.7, -1.0)] {
        let entropy = closed_form::entropy_per_weight(alpha, 40.0);
        assert!((entropy - std::f64::consts::LN_2 * (1.0 - alpha)).abs() < 1e-12, "{alpha}: {entropy}");
        assert!(sign == 0.0 || entropy * sign > 0.0);
    }
}

// The ordered branch.

/// All paths of a wide network, with a few signs against the others: ordered, and weakly frustrated.
fn weakly_frustrated(widths: &[u32], against: &[usize]) -> FactorGraph {
    let paths = all_paths(widths);
    let mut signs = vec![1; paths.len()];
    against.iter().for_each(|&a| signs[a] = -1);
    graph(widths, &paths, &Signs::Path(signs))
}

fn ordered_cases() -> Vec<(FactorGraph, f64)> {
    vec![
        (FactorGraph::new(&draw(&seed_case(20, 0.0, Couplings::Input), "ordered", 0)), 0.7),
        (FactorGraph::new(&draw(&seed_case(24, 0.3, Couplings::Input), "ordered", 1)), 0.6),
        (FactorGraph::new(&draw(&seed_case(24, 0.3, Couplings::Input), "ordered", 2)), 1.5),
        (weakly_frustrated(&[6, 4, 6, 1], &[3, 40, 77, 100]), 0.4),
        (weakly_frustrated(&[4, 3, 3, 4, 1], &[5, 60, 99]), 0.5),
    ]
}

/// Along +1, where the signs are mostly +1; else along the ground state.
fn ordered_solution(graph: &FactorGraph, beta: f64) -> BpSolution {
    let ones = vec![1; graph.weight_count()];
    let start = Start::Polarised(graph.ground_state().unwrap_or(&ones));
    let found = bp::solve(graph, beta, start, &BpSettings::default());
    assert!(found.ordered(), "β = {beta}: {found:?}");
    found
}

#[test]
fn on_the_ordered_branch_the_derivative_of_log_z_is_minus_the_energy() {
    for (graph, beta) in ordered_cases() {
        let step = 1e-3;
        // Five points: the error is of order step⁴.
        let log_z = |k: f64| ordered_solution(&graph, beta + k * step).log_z;
        let slope = (8.0 * (log_z(1.0) - log_z(-1.0)) - (log_z(2.0) - log_z(-2.0))) / (12.0 * step);
        let energy = ordered_solution(&graph, beta).energy;
        assert_relative(slope, -energy, 1e-8, &format!("β = {beta}"));
    }
}

#[test]
fn the_overlaps_of_the_layers_make_up_the_overlap() {
    for (graph, beta) in ordered_cases() {
        let found = ordered_solution(&graph, beta);
        assert_eq!(found.layer_overlaps.len(), graph.depth());
        let part = |(l, q): (usize, &f64)| q * graph.layer(l as u16 + 1).len() as f64;
        let whole: f64 = found.layer_overlaps.iter().enumerate().map(part).sum();
        assert_relative(whole / graph.weight_count() as f64, found.overlap, 1e-12, "layers");
        assert!(found.layer_overlaps.iter().all(|q| (0.0..=1.0).contains(q)), "{found:?}");
    }
}

#[test]
fn a_path_that_is_against_the_others_costs_twice_its_energy() {
    for (widths, against) in [(&[3, 1, 3, 1, 3, 1][..], 5), (&[3, 1, 3, 1, 3, 1, 1, 1, 1], 20)] {
        let graph = weakly_frustrated(widths, &[against]);
        let found = ordered_solution(&graph, 2.0);
        assert!((found.energy + 25.0).abs() < 1e-5, "{found:?}");
        assert!((found.log_z - 50.0).abs() < 1e-5, "{found:?}");
    }
}

#[test]
fn mirrored_starts_lead_to_mirrored_states_with_equal_log_z() {
    for (graph, beta) in ordered_cases() {
        let expected = ordered_solution(&graph, beta);
        let mut weights = graph.ground_state().map_or_else(|| vec![1; graph.weight_count()], <[i8]>::to_vec);
        for (i, w) in graph.weights().iter().enumerate() {
            if (w.layer == 1 && w.to == 0) || (w.layer == 2 && w.from == 0) {
                weights[i] = -weights[i];
            }
        }
        let found = bp::solve(&graph, beta, Start::Polarised(&weights), &BpSettings::default());
        assert_relative(found.log_z, expected.log_z, 1e-12, "log Z");
        assert_relative(found.energy, expected.energy, 1e-11, "energy");
        assert_relative(found.overlap, expected.overlap, 1e-11, "overlap");
    }
}

// The textbook form.

fn artanh(x: f64) -> f64 {
    0.5 * (ln_1p(x) - ln_1p(-x))
}

/// The equations of docs/model.md as they stand there, with u and m themselves.
struct Textbook<'a> {
    graph: &'a FactorGraph,
    beta: f64,
    /// m_{i→a} by incidence.
    m: Vec<f64>,
    /// The share of the old message: ½, or 0 where the iteration is monotone.
    damping: f64,
}

impl Textbook<'_> {
    /// u_{a→i} = tanh β ξ_a Π_{j≠i} m_{j→a} by incidence.
    fn u(&self) -> Vec<f64> {
        let depth = self.graph.depth();
        let of_path = |a: usize| {
            let m = &self.m[a * depth..(a + 1) * depth];
            let coupling = tanh(self.beta) * f64::from(self.graph.signs()[a]);
            (0..depth).map(move |i| coupling * (0..depth).filter(|&j| j != i).map(|j| m[j]).product::<f64>())
        };
        (0..self.graph.path_count()).flat_map(of_path).collect()
    }

    fn step(&mut self) {
        let u = self.u();
        for i in 0..self.graph.weight_count() {
            let incidences = self.graph.incidences(i);
            for &e in incidences {
                let others = incidences.iter().filter(|&&b| b != e);
                let new = tanh(others.map(|&b| artanh(u[b as usize])).sum());
                self.m[e as usize] = (1.0 - self.damping) * new + self.damping * self.m[e as usize];
            }
        }
    }

    fn product(&self, a: usize) -> f64 {
        let depth = self.graph.depth();
        self.m[a * depth..(a + 1) * depth].iter().product()
    }

    /// log Z, E and q.
    fn values(&self) -> [f64; 3] {
        let u = self.u();
        let t = tanh(self.beta);
        let (mut log_z, mut energy, mut overlap) = (0.0, 0.0, 0.0);
        for i in 0..self.graph.weight_count() {
            let incoming: Vec<f64> = self.graph.incidences(i).iter().map(|&e| u[e as usize]).collect();
            let product = |sign: f64| incoming.iter().map(|u| 1.0 + sign * u).product::<f64>();
            log_z += ln(product(1.0) + product(-1.0)) + incoming.len() as f64 * ln_cosh(self.beta);
            let m = tanh(incoming.iter().map(|&u| artanh(u)).sum());
            overlap += m * m / self.graph.weight_count() as f64;
        }
        for a in 0..self.graph.path_count() {
            let sign = f64::from(self.graph.signs()[a]);
            let product = self.product(a);
            let normalisation = 1.0 + t * sign * product;
            log_z -= (self.graph.depth() - 1) as f64 * (ln_cosh(self.beta) + ln(normalisation));
            energy -= sign * (t * sign + product) / normalisation;
        }
        [log_z, energy, overlap]
    }
}

#[test]
fn the_ratio_form_follows_the_textbook_form_iteration_by_iteration() {
    let mut graphs: Vec<FactorGraph> = [3, 4, 5]
        .iter()
        .flat_map(|&depth| small_instances(depth, 40, 4, "textbook"))
        .map(|instance| FactorGraph::new(&instance))
        .collect();
    for couplings in Couplings::ALL {
        graphs.push(FactorGraph::new(&draw(&seed_case(12, 0.2, couplings), "textbook", 1)));
    }
    // Messages that vanish at every fixed point are not iterated.
    graphs.retain(|graph| bp::Solver::new(graph).core_paths() == graph.path_count());
    assert!(graphs.len() >= 10, "{}", graphs.len());
    for graph in &graphs {
        for beta in [0.1, 0.5, 1.0, 2.0] {
            let incidences = graph.weight_of();
            let start = polarised_start(graph, beta);
            let along: Vec<f64> =
                incidences.iter().map(|&i| (1.0 - f64::EPSILON) * f64::from(start[i as usize])).collect();
            let mut random = stream();
            let near_zero: Vec<f64> =
                incidences.iter().map(|_| 1e-3 * (2.0 * random.unit_interval() - 1.0)).collect();
            // Few iterations and no tolerance: whether or not it converges, the same steps are done.
            for iterations in [1, 2, 15] {
                let settings = BpSettings { tolerance: 0.0, max_iterations: iterations };
                // Along W¹ = ξ, all else +1, where the iteration is monotone, it needs no damping, and begins with what
                // paths answer to the start. A quench on two paths finds that by chance.
                let is_monotone = (0..graph.path_count()).all(|a| {
                    let path = &graph.weight_of()[a * graph.depth()..(a + 1) * graph.depth()];
                    start[path[0] as usize] == graph.signs()[a]
                        && path[1..].iter().all(|&i| start[i as usize] == 1)
                });
                let (along_damping, along_steps) = if is_monotone { (0.0, 1) } else { (0.5, 0) };
                for (found, m, damping, steps) in [
                    (paramagnetic(graph, beta, &settings), near_zero.clone(), 0.0, 0),
                    (
                        bp::solve(graph, beta, Start::Polarised(&start), &settings),
                        along.clone(),
                        along_damping,
                        along_steps,
                    ),
                ] {
                    let mut textbook = Textbook { graph, beta, m, damping };
                    (0..steps + found.iterations).for_each(|_| textbook.step());
                    let [log_z, energy, overlap] = textbook.values();
                    let what = format!("L = {}, β = {beta}, {iterations} iterations", graph.depth());
                    assert_relative(found.log_z, log_z, 1e-9, &format!("{what}: log Z"));
                    let (off, paths) = ((found.energy - energy).abs(), graph.path_count() as f64);
                    assert!(off <= 1e-9 * paths, "{what}: energy {} instead of {energy}", found.energy);
                    assert!((found.overlap - overlap).abs() <= 1e-9, "{what}: {} {overlap}", found.overlap);
                }
            }
        }
    }
}

#[test]
fn the_ratio_form_ends_at_the_fixed_point_of_the_textbook_form() {
    for (graph, beta) in ordered_cases() {
        let found = ordered_solution(&graph, beta);
        let ones = vec![1; graph.weight_count()];
        let start = graph.ground_state().unwrap_or(&ones);
        let m =
            graph.weight_of().iter().map(|&i| (1.0 - f64::EPSILON) * f64::from(start[i as usize])).collect();
        let damping = if graph.ground_state().is_some() { 0.0 } else { 0.5 };
        let mut textbook = Textbook { graph: &graph, beta, m, damping };
        // It is not accelerated.
        (0..20 * found.iterations).for_each(|_| textbook.step());
        let [log_z, energy, overlap] = textbook.values();
        assert_relative(found.log_z, log_z, 1e-9, "log Z");
        assert_relative(found.energy, energy, 1e-9, "energy");
        assert_relative(found.overlap, overlap, 1e-9, "overlap");
    }
}

// The edges of the range.

#[test]
fn nothing_is_nan_or_out_of_range_at_any_beta_depth_or_degree() {
    let shapes: [(&[u32], usize); 8] = [
        (&[1, 1, 1], 1),
        (&[1, 1, 1, 1], 1),
        (&[3000, 1, 1], 3000),
        // W³ has degree 3000 and W² has degree 60.
        (&[60, 50, 2, 1], 6000),
        (&[4, 1, 4, 1], 16),
        (&[2, 2, 2, 2, 2, 1], 32),
        (&[2, 1, 2, 1, 2, 1, 2, 1, 1], 16),
        (&[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1], 128),
    ];
    for (widths, paths) in shapes {
        let all = all_paths(widths);
        assert_eq!(all.len(), paths);
        let inputs = Signs::Input(stream().signs(widths[0] as usize));
        let couplings = Signs::Path(stream().signs(paths));
        let negative = Signs::Path(vec![-1; paths]);
        for signs in [inputs, couplings, negative] {
            let graph = graph(widths, &all, &signs);
            let (n, paths) = (graph.weight_count() as f64, paths as f64);
            for beta in [0.0, 1e-3, 1.0, 20.0, 50.0, 100.0] {
                let settings = BpSettings { max_iterations: 300, ..BpSettings::default() };
                let start = match &signs {
                    Signs::Input(_) => graph.ground_state().expect("couplings input").to_vec(),
                    Signs::Path(_) => vec![-1; graph.weight_count()],
                };
                for found in [
                    paramagnetic(&graph, beta, &settings),
                    bp::solve(&graph, beta, Start::Polarised(&start), &settings),
                ] {
                    let what = format!("{widths:?} at β = {beta}: {found:?}");
                    let values = [found.log_z, found.energy, found.overlap, found.residual];
                    assert!(values.iter().all(|value| value.is_finite()), "{what}");
                    assert!(found.energy.abs() <= paths * (1.0 + 1e-12), "{what}");
                    assert!((0.0..=1.0).contains(&found.overlap), "{what}");
                    if found.converged {
                        let most = n * std::f64::consts::LN_2 + beta * paths;
                        assert!(found.log_z <= most * (1.0 + 1e-12), "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn cold_and_dense_the_polarised_branch_is_the_ground_state() {
    let widths = [60, 50, 2, 1];
    let inputs = stream().signs(60);
    let graph = graph(&widths, &all_paths(&widths), &Signs::Input(inputs));
    assert_eq!(graph.max_degree(), 3000);
    for beta in [20.0, 100.0] {
        let found = polarised(&graph, beta, &BpSettings::default());
        assert!(found.ordered() && (found.overlap - 1.0).abs() < 1e-11, "{found:?}");
        assert_relative(found.energy, -6000.0, 1e-11, "energy");
        assert_relative(found.log_z, 6000.0 * beta, 1e-11, "log Z");
    }
}

#[test]
fn a_run_that_reaches_max_iterations_has_not_converged_and_is_not_ordered() {
    let graph = FactorGraph::new(&draw(&seed_case(20, 0.0, Couplings::Input), "stopped", 0));
    let full = polarised(&graph, 0.8, &BpSettings::default());
    assert!(full.ordered() && full.residual <= 1e-12);
    for max_iterations in [1, full.iterations - 1] {
        let settings = BpSettings { max_iterations, ..BpSettings::default() };
        let found = polarised(&graph, 0.8, &settings);
        assert!(!found.converged && !found.ordered() && found.residual > 1e-12, "{found:?}");
        assert_eq!(found.iterations, max_iterations);
        assert!(found.overlap > 0.5);
    }
    let settings = BpSettings { max_iterations: full.iterations, ..BpSettings::default() };
    assert_eq!(polarised(&graph, 0.8, &settings), full);
}

#[test]
fn the_same_start_gives_the_same_bits() {
    let graph = FactorGraph::new(&draw(&seed_case(16, 0.3, Couplings::Path), "bits", 0));
    let settings = BpSettings { max_iterations: 200, ..BpSettings::default() };
    assert_eq!(paramagnetic(&graph, 1.0, &settings), paramagnetic(&graph, 1.0, &settings));
    assert_eq!(polarised(&graph, 1.0, &settings), polarised(&graph, 1.0, &settings));
}

#[test]
fn with_two_layers_the_only_fixed_point_is_the_paramagnet() {
    let graph = graph(&[50, 3, 1], &all_paths(&[50, 3, 1]), &Signs::Path(stream().signs(150)));
    for beta in [0.1, 1.0, 5.0, 100.0] {
        for found in [
            paramagnetic(&graph, beta, &BpSettings::default()),
            polarised(&graph, beta, &BpSettings::default()),
        ] {
            assert!(found.converged && !found.ordered(), "β = {beta}: {found:?}");
            let log_z = closed_form::log_z_per_weight(graph.alpha(), beta) * graph.weight_count() as f64;
            assert_relative(found.log_z, log_z, 1e-12, "log Z");
        }
    }
}

/// All paths of the network, one of them with sign −1: along all weights +1 exactly that one is unsatisfied.
fn one_frustrated_path(widths: &[u32]) -> FactorGraph {
    let mut paths: Vec<Vec<u32>> = vec![vec![]];
    for &width in widths {
        let longer = |path: &Vec<u32>| {
            let path = path.clone();
            (0..width).map(move |unit| [path.clone(), vec![unit]].concat()).collect::<Vec<_>>()
        };
        paths = paths.iter().flat_map(longer).collect();
    }
    let mut couplings = vec![1; paths.len()];
    couplings[0] = -1;
    let text = serde_json::json!({
        "format": "rap-instance/1", "widths": widths, "paths": paths, "couplings": couplings
    });
    FactorGraph::new(&model::Instance::from_json(&text.to_string()).expect("a valid instance"))
}

#[test]
fn a_frustrated_state_keeps_its_energy_at_any_temperature() {
    for (widths, ground) in [
        (&[3, 1, 3, 1, 3, 1][..], -25.0),
        (&[3, 1, 3, 1, 3, 1, 1, 1, 1], -25.0),
        (&[3, 1, 3, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], -25.0),
    ] {
        let graph = one_frustrated_path(widths);
        let start = vec![1; graph.weight_count()];
        for beta in [8.0, 10.0, 15.0, 20.0, 50.0, 100.0] {
            let found = bp::solve(&graph, beta, Start::Polarised(&start), &BpSettings::default());
            let what = format!("L = {}, β = {beta}: {found:?}", graph.depth());
            assert!(found.converged && found.ordered(), "{what}");
            assert!((found.energy - ground).abs() < 1e-5, "{what}");
        }
    }
}

/// |m_i| of every weight, of the messages ρ_{i→a} in the graph's order.
fn magnetisations(graph: &FactorGraph, beta: f64, rho: &[f64]) -> Vec<f64> {
    let (depth, t) = (graph.depth(), tanh(beta));
    let field = |&e: &u32| {
        let (a, l) = (e as usize / depth, e as usize % depth);
        let m = |j: usize| (1.0 - rho[a * depth + j]) / (1.0 + rho[a * depth + j]);
        let others = (0..depth).filter(|&j| j != l).map(m);
        artanh(t * f64::from(graph.signs()[a]) * others.product::<f64>())
    };
    let of_weight = |i: usize| tanh(graph.incidences(i).iter().map(field).sum::<f64>()).abs();
    (0..graph.weight_count()).map(of_weight).collect()
}

/// How much of ln 2 for each hidden unit a configuration does not tell of which state it belongs to, at most: the
/// entropy of the unit's most magnetised weight. That much of log Z may be counted in two states.
fn shared(graph: &FactorGraph, m: &[f64]) -> f64 {
    let mut most: BTreeMap<(u16, u32), f64> = BTreeMap::new();
    for (weight, &m) in graph.weights().iter().zip(m).filter(|(_, m)| **m > 1e-6) {
        for unit in [(weight.layer - 1, weight.from), (weight.layer, weight.to)] {
            let most = most.entry(unit).or_insert(0.0);
            *most = most.max(m);
        }
    }
    let hidden = most.iter().filter(|((layer, _), _)| (1..graph.depth() as u16).contains(layer));
    let entropy = |p: f64| if p > 0.0 { -p * ln(p) } else { 0.0 };
    hidden.map(|(_, m)| entropy(0.5 * (1.0 + m)) + entropy(0.5 * (1.0 - m))).sum()
}

/// Checks log Z + (ordered units) ln 2 against exact log Z at each β; returns what is missing, per weight, where it is
/// ordered.
fn missing(graph: &FactorGraph, betas: &[f64]) -> Vec<f64> {
    let solver = bp::Solver::new(graph);
    let exact = exact::solve(graph, betas, 1 << 24).expect("small");
    let along = graph.ground_state().expect("couplings `input`");
    let mut missing = Vec::new();
    for (exact, &beta) in exact.iter().zip(betas) {
        let problem = bp::Problem { beta, start: Start::Polarised(along) };
        let (found, rho) = bp::plain::solve_with_messages(&solver, problem, &BpSettings::default());
        if found.ordered() {
            let all = found.log_z + found.ordered_units as f64 * std::f64::consts::LN_2;
            let shared = shared(graph, &magnetisations(graph, beta, &rho));
            let what = format!("β = {beta}, h = {}: {found:?}", graph.hidden_units());
            assert!(
                all - shared <= exact.log_z * (1.0 + 1e-12),
                "{all} − {shared} > {}: {what}",
                exact.log_z
            );
            assert!(found.ordered_units <= graph.hidden_units(), "{what}");
            missing.push((exact.log_z - all) / graph.weight_count() as f64);
        }
    }
    missing
}

#[test]
fn log_z_with_flips_of_ordered_hidden_units_is_bounded_by_the_exact_one() {
    let betas = [0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 6.0];
    let mut instances = small_instances(3, 60, 25, "bound");
    for ensemble in Ensemble::ALL {
        for sample in 0..6 {
            let p_1 = 0.1 * sample as f64;
            let structure =
                structure(&[10, 8, 10, 1], ensemble, Couplings::Input, &[p_1, 0.0, 0.0], &[0.6, 0.5]);
            instances.push(draw(&structure, "bound", sample));
        }
    }
    let graphs = instances.iter().filter(|instance| !instance.is_empty()).map(FactorGraph::new);
    let graphs = graphs.filter(|graph| graph.ground_state().is_some());
    let missing_of_small: Vec<f64> = graphs.flat_map(|graph| missing(&graph, &betas)).collect();
    assert!(missing_of_small.len() > 100, "{}", missing_of_small.len());
    // Cold, nothing is missing; and what is counted twice is little.
    assert!(missing_of_small.iter().any(|missing| missing.abs() < 1e-6));
    assert!(missing_of_small.iter().all(|&missing| missing > -0.01));
}

#[test]
fn units_without_an_ordered_weight_are_not_counted_and_log_z_with_flips_lies_below_the_exact_one() {
    let mut ordered = 0;
    for p_1 in [0.0, 0.1, 0.2, 0.3] {
        for sample in 0..3 {
            let graph = FactorGraph::new(&draw(&seed_case(24, p_1, Couplings::Input), "flips", sample));
            let missing = missing(&graph, &[0.5]);
            assert!(missing.iter().all(|&missing| missing > 0.0), "p = {p_1}: {missing:?}");
            ordered += missing.len();
        }
    }
    assert!(ordered >= 6, "{ordered}");
}

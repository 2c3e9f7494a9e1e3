//! Cluster Monte Carlo: its stationary distribution, and means with honest errors at temperatures where single weights
//! stick.

mod support;

use model::numerics::exp;
use model::random::Key;
use model::{Couplings, FactorGraph, Reduced, Signs, System};
use physics::exact;
use physics::reduced::Schedule;
use physics::reduced::cluster::{self, ClusterSample, SwendsenWang};
use support::{Sample, all_paths, coverage_case, draw, graph, reference, seed_case};

/// A few MC sweeps decorrelate.
const SCHEDULE: Schedule = Schedule { runs: 4, relax: 50, measure: 500 };

fn reduced(graph: &FactorGraph) -> Reduced {
    Reduced::new(graph).expect("three layers")
}

fn spins(system: &System, bits: usize) -> Vec<i8> {
    (0..system.spin_count()).map(|i| if bits >> i & 1 == 1 { 1 } else { -1 }).collect()
}

/// W¹[0..2, 0] and v[0, 0..3], every bond but the last, with signs of a ferromagnet in another gauge.
fn five_spins() -> FactorGraph {
    let paths = all_paths(&[2, 1, 3, 1]);
    graph(&[2, 1, 3, 1], &paths[..5], &Signs::Path(vec![1, -1, 1, -1, 1]))
}

#[test]
fn the_stationary_distribution_is_boltzmanns() {
    let reduced = reduced(&five_spins());
    let [system] = reduced.systems() else { panic!("one system") };
    for beta in [0.1, 0.5, 1.2] {
        let configurations = 1usize << system.spin_count();
        let boltzmann: Vec<f64> =
            (0..configurations).map(|bits| exp(-beta * system.energy(&spins(system, bits)) as f64)).collect();
        let z: f64 = boltzmann.iter().sum();

        let mut stream = Key::derive("stationary", &[]).stream(0);
        let mut dynamics = SwendsenWang::new(system, beta, &mut stream).expect("unfrustrated");
        let visits = 60_000;
        let mut counts = vec![0u32; configurations];
        for _ in 0..visits {
            // So many MC sweeps that successive configurations are nearly independent.
            for _ in 0..12 {
                dynamics.mc_sweep(&mut stream);
            }
            let sweep = dynamics.mc_sweep(&mut stream);
            let configuration = dynamics.configuration();
            assert_eq!(sweep.energy, system.energy(&configuration));
            let bit = |(i, &w): (usize, &i8)| usize::from(w == 1) << i;
            counts[configuration.iter().enumerate().map(bit).sum::<usize>()] += 1;
        }
        let chi_square: f64 = counts
            .iter()
            .zip(&boltzmann)
            .map(|(&count, &weight)| (f64::from(count), f64::from(visits) * weight / z))
            .map(|(count, expected)| (count - expected) * (count - expected) / expected)
            .sum();
        // 31 degrees of freedom: 31 ± √62.
        assert!((chi_square - 31.0).abs() < 4.5 * 7.9, "β = {beta}: χ² = {chi_square}");
    }
}

fn assert_agrees(found: &ClusterSample, graph: &FactorGraph, beta: f64, what: &str) {
    let exact = exact::solve(graph, &[beta], 1 << 28).expect("small")[0];
    let deviation = (found.energy.mean - exact.energy) / found.energy.error;
    assert!(deviation.abs() < 4.5, "{what} at β = {beta}: {found:?} instead of {exact:?}");
    assert!(found.energy.r_hat < 1.05 && found.energy.tau_int < 4.0, "{what} at β = {beta}: {found:?}");
}

#[test]
fn the_reference_instances_agree_with_their_exact_energies() {
    for name in ["tiny-independent-path", "tiny-synapse-input", "tiny-unit-input", "n16-branching-input-p00"]
        .into_iter()
        .chain(["n16-branching-input-p40", "n16-branching-input-p80"])
        .chain(["n40-branching-input-p00", "n40-branching-input-p40", "n40-branching-input-p80"])
    {
        let (graph, values) = reference(&format!("{name}.json"));
        let reduced = reduced(&graph);
        for value in &values {
            let beta = value["beta"].as_f64().expect("a number");
            let key = Key::derive("reference", &[name, &beta.to_string()]);
            let found = cluster::sample(&reduced, beta, &SCHEDULE, key).expect("unfrustrated");
            let expected = value["exact"]["energy"].as_f64().expect("a number");
            let deviation = (found.energy.mean - expected) / found.energy.error;
            assert!(deviation.abs() < 4.5, "{name} at β = {beta}: {found:?} instead of {expected}");
            // The overlap of the polarised state, where the system is deep in the ordered phase.
            let overlap = found.squared_magnetisation.mean / reduced.spin_count() as f64;
            assert!((0.0..=1.0).contains(&overlap), "{overlap}");
        }
    }
}

#[test]
fn cold_instances_agree_with_their_exact_energies() {
    for (p_1, sample) in [(0.0, 0), (0.4, 1), (0.8, 2), (0.95, 3)] {
        let graph = FactorGraph::new(&draw(&seed_case(18, p_1, Couplings::Input), "cold", sample));
        let reduced = reduced(&graph);
        for beta in [1.2, 1.8, 2.4, 3.0] {
            let key = Key::derive("cold", &[&beta.to_string()]);
            let found = cluster::sample(&reduced, beta, &SCHEDULE, key).expect("unfrustrated");
            assert_agrees(&found, &graph, beta, &format!("p_1 = {p_1}"));
        }
    }
}

#[test]
fn two_thirds_of_the_mean_energies_lie_within_one_standard_error_of_the_exact_one() {
    let schedule = Schedule { runs: 4, relax: 30, measure: 300 };
    let (mut deviations, mut of_variances) = (Vec::new(), Vec::new());
    for p_1 in [0.0, 0.7] {
        // Sample 0 has no loop at p_1 = 0.7: its means are exact, and the error is a bound.
        let graph = FactorGraph::new(&draw(&seed_case(10, p_1, Couplings::Input), "coverage", 1));
        let reduced = reduced(&graph);
        // At β = 0 the mean given one side is exact, and where excitations are rarer than values the error is a bound.
        let betas = [0.2, 0.4, 0.7, 1.2];
        for (expected, beta) in exact::solve(&graph, &betas, 1 << 20).expect("small").iter().zip(betas) {
            let mut variances = Vec::new();
            for seed in 0..75 {
                let key = Key::derive("coverage", &[&format!("{p_1} {beta} {seed}")]);
                let found = cluster::sample(&reduced, beta, &schedule, key).expect("unfrustrated");
                deviations.push((found.energy.mean - expected.energy) / found.energy.error);
                variances.push(found.energy_variance.value);
                of_variances.push(
                    (found.energy_variance.value - expected.energy_variance) / found.energy_variance.error,
                );
            }
            let variance = Sample::of(&variances);
            assert!(
                (variance.mean - expected.energy_variance).abs() <= 4.5 * variance.error(),
                "p_1 = {p_1}, β = {beta}: variance {} ± {} instead of {}",
                variance.mean,
                variance.error(),
                expected.energy_variance
            );
        }
    }
    let count = deviations.len() as f64;
    let within = deviations.iter().filter(|z| z.abs() <= 1.0).count() as f64 / count;
    let largest = deviations.iter().fold(0.0f64, |most, z| most.max(z.abs()));
    let bias = Sample::of(&deviations);
    // 68.3 % of 600 has a standard deviation of 1.9 %.
    assert!((within - 0.683).abs() < 0.06, "{within}");
    assert!(largest < 4.5, "{largest}");
    assert!(bias.mean.abs() < 4.5 * bias.error(), "{}", bias.mean);
    assert_covers(&of_variances, "variances");
}

/// At least 62 % of the deviations within one standard error, and at most 2 % beyond three.
fn assert_covers(deviations: &[f64], what: &str) {
    let share = |of: &dyn Fn(f64) -> bool| {
        deviations.iter().filter(|&&z| of(z.abs())).count() as f64 / deviations.len() as f64
    };
    let (within, beyond) = (share(&|z| z <= 1.0), share(&|z| z > 3.0));
    assert!(within >= 0.62 && beyond <= 0.02, "{what}: {within} within, {beyond} beyond");
}

#[test]
fn errors_cover_what_a_run_is_too_short_to_see() {
    let graph = coverage_case("cov-dense-543-input.json");
    let reduced = reduced(&graph);
    let schedule = Schedule { runs: 4, relax: 100, measure: 1000 };
    // Flips of W¹ spins are seen often at β = 1, once or not at all in most runs at 1.5 to 2, and never at 3.
    let betas = [1.0, 1.5, 1.75, 2.0, 3.0];
    for (expected, beta) in exact::solve(&graph, &betas, 1 << 20).expect("small").iter().zip(betas) {
        let [mut energies, mut variances] = [(); 2].map(|()| Vec::new());
        for seed in 0..150 {
            let key = Key::derive("rare", &[&format!("{beta} {seed}")]);
            let found = cluster::sample(&reduced, beta, &schedule, key).expect("unfrustrated");
            let (energy, variance) = (found.energy, found.energy_variance);
            energies.push((energy.mean - expected.energy) / energy.error);
            variances.push((variance.value - expected.energy_variance) / variance.error);
        }
        assert_covers(&energies, &format!("energies at β = {beta}"));
        assert_covers(&variances, &format!("variances at β = {beta}"));
    }
}

#[test]
fn magnetisation_and_susceptibility_are_those_of_the_boltzmann_distribution() {
    let graph = FactorGraph::new(&draw(&seed_case(6, 0.3, Couplings::Input), "magnetisation", 1));
    let reduced = reduced(&graph);
    let ground_states = reduced.ground_state().expect("unfrustrated");
    for beta in [0.2, 0.7, 1.5] {
        let (mut squares, mut susceptibility) = (0.0, 0.0);
        for (system, ground_state) in reduced.systems().iter().zip(&ground_states) {
            assert!(system.spin_count() <= 16);
            let (mut z, mut sum) = (0.0, 0.0);
            for bits in 0..1 << system.spin_count() {
                let spins = spins(system, bits);
                let weight = exp(-beta * system.energy(&spins) as f64);
                let m: i32 = spins.iter().zip(ground_state).map(|(s, sigma)| i32::from(s * sigma)).sum();
                z += weight;
                sum += weight * f64::from(m * m);
            }
            squares += sum / z / system.spin_count() as f64;
            susceptibility += sum / z;
        }
        let schedule = Schedule { runs: 4, relax: 50, measure: 4000 };
        let key = Key::derive("magnetisation", &[&beta.to_string()]);
        let found = cluster::sample(&reduced, beta, &schedule, key).expect("unfrustrated");
        for (found, expected) in
            [(found.squared_magnetisation, squares), (found.susceptibility, susceptibility)]
        {
            assert!(
                (found.mean - expected).abs() < 4.5 * found.error,
                "β = {beta}: {found:?} instead of {expected}"
            );
            assert!(found.error < 0.02 * expected, "β = {beta}: {found:?}");
        }
    }
}

#[test]
fn a_branching_instance_of_width_100_equilibrates_at_any_temperature() {
    let graph = FactorGraph::new(&draw(&seed_case(100, 0.6, Couplings::Input), "width 100", 0));
    let reduced = reduced(&graph);
    let schedule = Schedule { runs: 4, relax: 20, measure: 400 };
    for beta in [0.15, 0.5, 3.0] {
        let found =
            cluster::sample(&reduced, beta, &schedule, Key::derive("width 100", &[])).expect("unfrustrated");
        assert!(found.energy.r_hat < 1.05 && found.energy.tau_int < 5.0, "β = {beta}: {found:?}");
    }
}

#[test]
fn a_system_that_never_moves_is_worth_all_its_sweeps() {
    // A single bond's mean given its W¹ side is −tanh β whatever it was, up to rounding, and so is that of a cold
    // square.
    let bond = graph(&[1, 1, 1, 1], &[vec![0, 0, 0, 0]], &Signs::Input(vec![1]));
    let square = graph(&[2, 1, 2, 1], &all_paths(&[2, 1, 2, 1]), &Signs::Input(vec![1, -1]));
    let schedule = Schedule { runs: 4, relax: 100, measure: 8000 };
    for (graph, betas) in [(bond, vec![0.3, 0.7, 1.1]), (square, vec![3.0, 5.0])] {
        for beta in betas {
            let found = cluster::sample(&reduced(&graph), beta, &schedule, Key::derive("never moves", &[]));
            let found = found.expect("nothing is frustrated");
            let exact = exact::solve(&graph, &[beta], 100).expect("few").remove(0);
            // Flips to v alone are summed over, others cost 8 in the square and none are left in the bond.
            let least = 2.0 * 8.0 / 32_000.0;
            let off = (found.energy.mean - exact.energy).abs();
            assert!(
                off <= 3.0 * found.energy.error && found.energy.error < least,
                "{beta}: {:?}",
                found.energy
            );
            assert!(found.effective_samples > 10_000.0 && found.energy.r_hat < 1.01, "{beta}: {found:?}");
        }
    }
}

#[test]
fn a_frustrated_system_is_refused() {
    let graph = graph(&[2, 1, 2, 1], &all_paths(&[2, 1, 2, 1]), &Signs::Path(vec![1, -1, 1, 1]));
    assert!(cluster::sample(&reduced(&graph), 1.0, &SCHEDULE, Key::derive("refused", &[])).is_none());
}

#[test]
fn the_same_key_gives_the_same_bits_and_another_key_other_ones() {
    let reduced = reduced(&five_spins());
    let run = |label: &str| cluster::sample(&reduced, 0.8, &SCHEDULE, Key::derive(label, &[]));
    assert_eq!(run("bits"), run("bits"));
    assert_ne!(run("bits"), run("other bits"));
}

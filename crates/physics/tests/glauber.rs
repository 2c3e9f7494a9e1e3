//! Glauber dynamics: the flip probability, the stationary distribution, and means with honest errors.

mod support;

use model::numerics::{exp, tanh};
use model::random::Key;
use model::{Couplings, FactorGraph, Instance, Signs};
use physics::chain::Dynamics;
use physics::exact;
use physics::mc::{self, QuenchSettings};
use std::collections::BTreeMap;
use support::{Sample, all_paths, draw, graph, instance, quench, seed_case, with_signs};

/// Six weights on four paths: W¹[0..2, 0], W²[0, 0..2], W³[0..2, 0]. The degrees are 2.
fn six_weights(signs: &Signs) -> FactorGraph {
    let graph = graph(&[2, 1, 2, 1], &all_paths(&[2, 1, 2, 1]), signs);
    assert_eq!(graph.weight_count(), 6);
    graph
}

/// Both kinds of couplings; those by path frustrate the loop.
fn both_couplings() -> [Signs; 2] {
    [Signs::Input(vec![1, -1]), Signs::Path(vec![1, -1, 1, 1])]
}

#[test]
fn the_stationary_distribution_is_boltzmanns() {
    let beta = 0.4;
    for signs in both_couplings() {
        let graph = six_weights(&signs);
        let weights =
            |bits: usize| (0..6).map(|i| if bits >> i & 1 == 1 { 1i8 } else { -1 }).collect::<Vec<_>>();
        let boltzmann: Vec<f64> =
            (0..64).map(|bits| exp(-beta * graph.energy(&weights(bits)) as f64)).collect();
        let z: f64 = boltzmann.iter().sum();

        let dynamics = Dynamics::new(&graph);
        let (heat, key) = (dynamics.heat(beta), 1);
        let mut replica = dynamics.random(key);
        let mut mc_sweep = 0;
        let visits = 60_000;
        let mut counts = [0u32; 64];
        for _ in 0..visits {
            // So many MC sweeps that successive configurations are nearly independent.
            for _ in 0..15 {
                mc_sweep += 1;
                dynamics.mc_sweep(&mut replica, &heat, key, mc_sweep);
            }
            let bit = |(i, &w): (usize, &i8)| usize::from(w == 1) << i;
            let weights = dynamics.weights(&replica);
            counts[weights.iter().enumerate().map(bit).sum::<usize>()] += 1;
            assert_eq!(replica.energy(), graph.energy(&weights));
        }
        let chi_square: f64 = counts
            .iter()
            .zip(&boltzmann)
            .map(|(&count, &weight)| (f64::from(count), f64::from(visits) * weight / z))
            .map(|(count, expected)| (count - expected) * (count - expected) / expected)
            .sum();
        // 63 degrees of freedom: 63 ± √126.
        assert!((chi_square - 63.0).abs() < 4.5 * 11.3, "{signs:?}: χ² = {chi_square}");
    }
}

#[test]
fn a_weight_flips_with_probability_one_half_of_one_minus_w_tanh_beta_h() {
    for couplings in Couplings::ALL {
        let graph = FactorGraph::new(&draw(&seed_case(8, 0.0, couplings), "flips", 0));
        for beta in [0.0, 0.15, 0.6] {
            let dynamics = Dynamics::new(&graph);
            let (heat, key) = (dynamics.heat(beta), 2);
            let mut replica = dynamics.random(key);
            // By w_i h_i = k: how often a weight was visited, and how often it flipped.
            let mut tally: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
            for mc_sweep in 1..=4000 {
                let before = dynamics.weights(&replica);
                dynamics.mc_sweep(&mut replica, &heat, key, mc_sweep);
                // Weights are visited in order: the ones before i have their new values when i is decided.
                let mut replay = before;
                for (i, &after) in dynamics.weights(&replica).iter().enumerate() {
                    let products = graph.path_products(&replay);
                    let incidences = graph.incidences(i).iter();
                    let k = incidences.map(|&e| i64::from(products[e as usize / graph.depth()])).sum();
                    let (visits, flips) = tally.entry(k).or_default();
                    *visits += 1.0;
                    *flips += f64::from(u8::from(replay[i] != after));
                    replay[i] = after;
                }
            }
            for (&k, &(visits, flips)) in &tally {
                let p = 0.5 * (1.0 - tanh(beta * k as f64));
                let sigma = (visits * p * (1.0 - p)).sqrt();
                // One more for rare events, whose counts are not Gaussian.
                assert!(
                    (flips - visits * p).abs() <= 4.5 * sigma + 1.0,
                    "β = {beta}, k = {k}: {flips} of {visits}, {p}"
                );
            }
            assert!(tally.len() >= 5, "{tally:?}");
        }
    }
}

#[test]
fn at_beta_100_a_satisfied_weight_never_flips_and_an_unsatisfied_one_always_does() {
    let graph = graph(&[4, 1, 1], &all_paths(&[4, 1, 1]), &Signs::Input(vec![1, -1, 1, -1]));
    let ground = graph.ground_state().expect("couplings input").to_vec();
    let dynamics = Dynamics::new(&graph);
    let heat = dynamics.heat(100.0);
    let mut replica = dynamics.replica(&ground);
    (1..=100).for_each(|mc_sweep| dynamics.mc_sweep(&mut replica, &heat, 3, mc_sweep));
    assert_eq!(dynamics.weights(&replica), ground);
    let mut wrong = ground.clone();
    wrong[2] = -wrong[2];
    let mut replica = dynamics.replica(&wrong);
    dynamics.mc_sweep(&mut replica, &heat, 3, 1);
    assert_eq!(dynamics.weights(&replica), ground);
}

#[test]
fn two_thirds_of_the_mean_energies_lie_within_one_standard_error_of_the_exact_one() {
    let settings = QuenchSettings { runs: 4, relax: 200, measure: 800 };
    let mut deviations = Vec::new();
    for (number, (couplings, p_1)) in
        [(Couplings::Input, 0.0), (Couplings::Input, 0.6), (Couplings::Path, 0.3)].into_iter().enumerate()
    {
        let graph = FactorGraph::new(&draw(&seed_case(10, p_1, couplings), "coverage", number as u64));
        let betas = [0.0, 0.2, 0.5, 0.9];
        for (expected, beta) in exact::solve(&graph, &betas, 1 << 20).expect("small").iter().zip(betas) {
            let mut variances = Vec::new();
            for seed in 0..64 {
                let key = Key::derive("coverage", &[&format!("{number} {beta} {seed}")]);
                let found = quench(&graph, beta, &settings, key).energy;
                deviations.push((found.mean - expected.energy) / found.error);
                variances.push(found.variance);
            }
            let variance = Sample::of(&variances);
            assert!(
                (variance.mean - expected.energy_variance).abs() <= 4.5 * variance.error(),
                "instance {number}, β = {beta}: variance {} ± {} instead of {}",
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
    // 68.3 % of 768 has a standard deviation of 1.7 %.
    assert!((within - 0.683).abs() < 0.06, "{within}");
    assert!(largest < 5.0, "{largest}");
    assert!(bias.mean.abs() < 4.5 * bias.error(), "{}", bias.mean);
}

/// An instance with couplings `input`, and the same paths with every input +1.
fn gauge_pair() -> (Instance, Instance) {
    let with_inputs = draw(&seed_case(12, 0.2, Couplings::Input), "gauge", 0);
    let ones = with_signs(&with_inputs, &Signs::Input(vec![1; 12]));
    assert_ne!(with_inputs, ones);
    (with_inputs, ones)
}

#[test]
fn the_dynamics_of_a_gauge_transformed_configuration_has_the_same_energies_step_by_step() {
    let (with_inputs, ones) = gauge_pair();
    let (graph, transformed) = (FactorGraph::new(&with_inputs), FactorGraph::new(&ones));
    let gauge = graph.ground_state().expect("couplings input").to_vec();
    for beta in [0.1, 0.7, 3.0] {
        let (dynamics, of_transformed) = (Dynamics::new(&graph), Dynamics::new(&transformed));
        let (heat, key) = (dynamics.heat(beta), 4);
        let mut replica = dynamics.random(key);
        let transform =
            |weights: Vec<i8>| weights.iter().zip(&gauge).map(|(w, g)| w * g).collect::<Vec<i8>>();
        let mut other = of_transformed.replica(&transform(dynamics.weights(&replica)));
        for mc_sweep in 1..=200 {
            dynamics.mc_sweep(&mut replica, &heat, key, mc_sweep);
            of_transformed.mc_sweep(&mut other, &heat, key, mc_sweep);
            assert_eq!(replica.energy(), other.energy());
        }
        assert_eq!(dynamics.weights(&replica), transform(of_transformed.weights(&other)));
    }
}

#[test]
fn gauge_related_instances_have_statistically_equal_means() {
    let (with_inputs, ones) = gauge_pair();
    let settings = QuenchSettings { runs: 4, relax: 300, measure: 2000 };
    for beta in [0.2, 0.5] {
        let [a, b] = [(&with_inputs, "a"), (&ones, "b")].map(|(instance, label)| {
            let key = Key::derive("gauge means", &[label]);
            quench(&FactorGraph::new(instance), beta, &settings, key).energy
        });
        let sigma = (a.error * a.error + b.error * b.error).sqrt();
        assert!((a.mean - b.mean).abs() <= 4.5 * sigma, "β = {beta}: {a:?} {b:?}");
    }
}

#[test]
fn the_same_key_gives_the_same_bits_and_another_key_other_ones() {
    let graph = FactorGraph::new(&draw(&seed_case(12, 0.2, Couplings::Path), "bits", 0));
    let settings = QuenchSettings { runs: 3, relax: 50, measure: 100 };
    let run = |label: &str| quench(&graph, 0.8, &settings, Key::derive(label, &[]));
    assert_eq!(run("bits"), run("bits"));
    assert_ne!(run("bits"), run("other bits"));
    let quench =
        |stream| mc::quenched_configuration(&graph, 0.8, 30, &mut Key::derive("bits", &[]).stream(stream));
    assert_eq!(quench(0), quench(0));
    assert_ne!(quench(0), quench(1));
}

#[test]
fn a_cold_quench_reaches_an_energy_below_that_of_random_configurations() {
    let graph = FactorGraph::new(&draw(&seed_case(16, 0.2, Couplings::Path), "cold", 0));
    let weights = mc::quenched_configuration(&graph, 3.0, 100, &mut Key::derive("cold", &[]).stream(0));
    assert_eq!(weights.len(), graph.weight_count());
    // A random configuration has energy 0 ± √M.
    let paths = graph.path_count() as f64;
    assert!((graph.energy(&weights) as f64) < -10.0 * paths.sqrt());
}

#[test]
fn a_single_path_is_solved_by_monte_carlo_at_any_beta() {
    let graph = FactorGraph::new(&instance(&[1, 1, 1, 1], &[vec![0; 4]], &Signs::Path(vec![-1])));
    let settings = QuenchSettings { runs: 4, relax: 20, measure: 3000 };
    for beta in [0.0, 0.5, 1.5, 100.0] {
        let found = quench(&graph, beta, &settings, Key::derive("one path", &[])).energy;
        assert!((found.mean + tanh(beta)).abs() <= 4.5 * found.error, "β = {beta}: {found:?}");
        assert!(found.variance.is_finite() && found.r_hat.is_finite());
    }
}

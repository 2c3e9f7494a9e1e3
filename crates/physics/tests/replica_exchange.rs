//! Replica exchange: the joint distribution of the replicas, honest errors, and what it sees where a quench is stuck.

mod support;

use model::numerics::exp;
use model::random::Key;
use model::{Couplings, FactorGraph, Signs};
use physics::chain::Dynamics;
use physics::exact::{self, Exact};
use physics::mc::QuenchSettings;
use physics::replica_exchange::{ExchangeSettings, ReplicaExchange, Replicas, replica_exchange};
use physics::statistics::{Witnesses, equilibration, estimate};
use support::{BINS, all_paths, draw, graph, quench, reference, seed_case};

fn settings(ladder: &[f64], runs: u32, relax: u32, rounds: u32) -> ExchangeSettings {
    ExchangeSettings::new(ladder.to_vec(), runs, relax, rounds).expect("valid settings")
}

fn key(label: &str) -> Key {
    Key::derive("replica exchange", &[label])
}

/// Four weights on two paths; the couplings differ in sign.
fn four_weights() -> FactorGraph {
    let graph = graph(&[2, 1, 1, 1], &all_paths(&[2, 1, 1, 1]), &Signs::Path(vec![1, -1]));
    assert_eq!(graph.weight_count(), 4);
    graph
}

/// The weights of which a set bit is +1.
fn weights(bits: usize, n: usize) -> Vec<i8> {
    (0..n).map(|i| if bits >> i & 1 == 1 { 1 } else { -1 }).collect()
}

fn bits(weights: &[i8]) -> usize {
    weights.iter().enumerate().map(|(i, &w)| usize::from(w == 1) << i).sum()
}

fn boltzmann(graph: &FactorGraph, beta: f64) -> Vec<f64> {
    let n = graph.weight_count();
    let weight = |bits| exp(-beta * graph.energy(&weights(bits, n)) as f64);
    let all: Vec<f64> = (0..1 << n).map(weight).collect();
    let z: f64 = all.iter().sum();
    all.iter().map(|weight| weight / z).collect()
}

#[test]
fn the_joint_distribution_of_the_replicas_is_the_product_of_boltzmanns() {
    let graph = four_weights();
    let ladder = [0.15, 0.5, 0.8];
    let at: Vec<Vec<f64>> = ladder.iter().map(|&beta| boltzmann(&graph, beta)).collect();
    let dynamics = Dynamics::new(&graph);
    let mut replicas = Replicas::new(&dynamics, &settings(&ladder, 2, 0, 16), key("joint"), 0);
    let visits = 150_000;
    // By the states at temperatures 0 and 1, and 1 and 2.
    let mut counts = [vec![0u32; 256], vec![0u32; 256]];
    for _ in 0..visits {
        // An odd number, so that both phases of the swaps come last by turns; enough to forget the visit before.
        (0..9).for_each(|_| replicas.round());
        for (pair, counts) in counts.iter_mut().enumerate() {
            let [colder, next] = [pair, pair + 1].map(|k| bits(&dynamics.weights(replicas.at(k))));
            counts[colder * 16 + next] += 1;
        }
    }
    for (pair, counts) in counts.iter().enumerate() {
        let expected = |cell: usize| f64::from(visits) * at[pair][cell / 16] * at[pair + 1][cell % 16];
        assert!((0..256).all(|cell| expected(cell) > 15.0));
        let chi_square: f64 = (0..256)
            .map(|cell| (f64::from(counts[cell]) - expected(cell), expected(cell)))
            .map(|(difference, expected)| difference * difference / expected)
            .sum();
        // 255 degrees of freedom: 255 ± √510.
        assert!((chi_square - 255.0).abs() < 4.5 * 22.6, "pair {pair}: χ² = {chi_square}");
    }
}

#[test]
fn swaps_are_accepted_as_often_as_enumeration_says() {
    let graph = four_weights();
    let ladder = [0.1, 0.9, 2.0];
    let found = replica_exchange(&graph, &settings(&ladder, 4, 100, 40_000), key("acceptance"), BINS);
    for (k, &acceptance) in found.acceptance.iter().enumerate() {
        let (hot, cold) = (boltzmann(&graph, ladder[k]), boltzmann(&graph, ladder[k + 1]));
        let energy = |bits| graph.energy(&weights(bits, 4)) as f64;
        let mut expected = 0.0;
        for (a, p) in hot.iter().enumerate() {
            for (b, q) in cold.iter().enumerate() {
                let exponent = (ladder[k + 1] - ladder[k]) * (energy(b) - energy(a));
                expected += p * q * exp(exponent.min(0.0));
            }
        }
        // 80,000 proposals, somewhat correlated.
        assert!((acceptance - expected).abs() < 0.01, "pair {k}: {acceptance} instead of {expected}");
    }
    let trips = found.total_round_trips();
    assert!(found.round_trips.len() == 12 && trips > 5000 && found.round_trips.iter().all(|&t| t > 300));
    // There and back over three temperatures with two phases of swaps takes at least four rounds.
    assert!(found.round_trips.iter().all(|&t| t <= 10_000), "{:?}", found.round_trips);
}

/// A ladder through all `betas` from zero, no step longer than `step`.
fn ladder_through(betas: &[f64], step: f64) -> Vec<f64> {
    let mut ladder = vec![0.0];
    for &beta in betas {
        let from = ladder[ladder.len() - 1];
        let steps = ((beta - from) / step).ceil();
        ladder.extend((1..steps as u32).map(|i| from + (beta - from) * f64::from(i) / steps));
        ladder.push(beta);
    }
    ladder
}

struct Scores {
    energy: Vec<f64>,
    log_z: Vec<f64>,
    entropy: Vec<f64>,
    heat_capacity: Vec<f64>,
}

/// Deviations from the exact values in standard errors, at every β > 0.
fn add_scores(scores: &mut Scores, found: &ReplicaExchange, exact: &[Exact]) {
    for (at, exact) in found.temperatures.iter().zip(exact).filter(|(at, _)| at.beta > 0.0) {
        let integral = &at.integral;
        // The steps must be fine enough for the statistical error to be the error.
        assert!(integral.discretisation < 0.5 * integral.log_z.error, "{integral:?}");
        scores.energy.push((at.energy.mean - exact.energy) / at.energy.error);
        scores.log_z.push((integral.log_z.value - exact.log_z) / integral.log_z.error);
        let entropy = exact.log_z + at.beta * exact.energy;
        scores.entropy.push((integral.entropy.value - entropy) / integral.entropy.error);
        let heat_capacity = at.beta * at.beta * exact.energy_variance;
        scores.heat_capacity.push((at.heat_capacity.value - heat_capacity) / at.heat_capacity.error);
    }
}

fn assert_coverage(scores: &[f64], what: &str) {
    let count = scores.len() as f64;
    let within = scores.iter().filter(|z| z.abs() <= 1.0).count() as f64 / count;
    let mean = scores.iter().sum::<f64>() / count;
    let largest = scores.iter().fold(0.0f64, |most, z| most.max(z.abs()));
    assert!((within - 0.683).abs() < 0.07, "{what}: {within}");
    assert!(largest < 4.5, "{what}: {largest}");
    assert!(mean.abs() < 0.3, "{what}: {mean}");
}

#[test]
fn two_thirds_of_energies_free_energies_and_entropies_lie_within_one_standard_error_of_the_exact_ones() {
    let mut scores = Scores { energy: vec![], log_z: vec![], entropy: vec![], heat_capacity: vec![] };
    let ladder = ladder_through(&[1.6], 0.16);
    let settings = settings(&ladder, 4, 100, 600);
    for (number, (couplings, p_1)) in [(Couplings::Path, 0.3), (Couplings::Input, 0.5)].iter().enumerate() {
        let graph = FactorGraph::new(&draw(&seed_case(8, *p_1, *couplings), "coverage", number as u64));
        let exact = exact::solve(&graph, &ladder, 1 << 20).expect("small");
        for seed in 0..64 {
            let found = replica_exchange(&graph, &settings, key(&format!("coverage {number} {seed}")), BINS);
            add_scores(&mut scores, &found, &exact);
        }
    }
    assert_coverage(&scores.energy, "energy");
    assert_coverage(&scores.log_z, "log Z");
    assert_coverage(&scores.entropy, "entropy");
    assert_coverage(&scores.heat_capacity, "heat capacity");
}

#[test]
fn every_reference_instance_of_up_to_400_weights_gives_its_exact_values() {
    for name in [
        "tiny-independent-input.json",
        "tiny-independent-path.json",
        "tiny-branching-input.json",
        "tiny-branching-path.json",
        "tiny-synapse-input.json",
        "tiny-synapse-path.json",
        "tiny-unit-input.json",
        "tiny-unit-path.json",
        "deep4-input.json",
        "deep5-input.json",
        "n16-branching-input-p00.json",
        "n16-branching-input-p40.json",
        "n16-branching-input-p80.json",
        "n16-independent-path-p30.json",
    ] {
        let (graph, values) = reference(name);
        let number = |value: &serde_json::Value| value.as_f64().expect("a number");
        let betas: Vec<f64> = values.iter().map(|value| number(&value["beta"])).collect();
        let ladder = ladder_through(&betas, if graph.weight_count() > 100 { 0.05 } else { 0.1 });
        let found = replica_exchange(&graph, &settings(&ladder, 2, 300, 1500), key(name), BINS);
        for value in &values {
            let beta = number(&value["beta"]);
            let at = found.temperatures.iter().find(|at| at.beta == beta).expect("on the ladder");
            let exact = |quantity| number(&value["exact"][quantity]);
            let integral = &at.integral;
            let entropy = exact("log_z") + beta * exact("energy");
            for (what, found, error, expected) in [
                ("energy", at.energy.mean, at.energy.error, exact("energy")),
                ("log Z", integral.log_z.value, integral.log_z.error, exact("log_z")),
                ("entropy", integral.entropy.value, integral.entropy.error, entropy),
            ] {
                let off =
                    (found - expected).abs() - if what == "energy" { 0.0 } else { integral.discretisation };
                assert!(off <= 4.5 * error, "{name} at β = {beta}: {what} {found} ± {error} for {expected}");
            }
        }
    }
}

#[test]
fn where_a_quench_is_stuck_its_verdict_says_so_and_exchange_finds_the_exact_energy() {
    let graph = FactorGraph::new(&draw(&seed_case(16, 0.0, Couplings::Path), "stuck", 0));
    // Up to β = 3, finer in the heat, where the energies of neighbours overlap less.
    let ladder: Vec<f64> =
        (0..=24).map(f64::from).map(|k| 0.04 * k * (1.0 + k * k / (24.0 * 24.0) * 2.125)).collect();
    let beta = ladder[24];
    let exact = exact::solve(&graph, &[beta], 1 << 24).expect("small")[0];

    let quench_settings = QuenchSettings { runs: 6, relax: 300, measure: 1500 };
    let quench = quench(&graph, beta, &quench_settings, key("quench"));
    let stuck = estimate(&quench.energies);
    let verdict = equilibration(&quench.energies, stuck.r_hat, &Witnesses::default());
    assert!(!verdict.equilibrated && verdict.r_hat > 1.5, "{verdict:?}");
    assert!(stuck.mean > exact.energy + 2.0, "{stuck:?} {exact:?}");

    let found = replica_exchange(&graph, &settings(&ladder, 6, 300, 1500), key("exchange"), BINS);
    let coldest = &found.temperatures[24];
    assert!((coldest.energy.mean - exact.energy).abs() < 4.5 * coldest.energy.error, "{:?}", coldest.energy);
    assert!(coldest.energy.error < 0.1 * stuck.error, "{:?} {stuck:?}", coldest.energy);
    for at in &found.temperatures {
        // A unit of a glass takes its time in the cold, though the energies agree.
        let found = &at.equilibration;
        assert!(found.r_hat < 1.05 && found.effective_samples > 400.0, "β = {}: {found:?}", at.beta);
        assert!(found.equilibrated || at.beta > 1.5, "β = {}: {found:?}", at.beta);
    }
    assert!(found.total_round_trips() >= 10, "{}", found.total_round_trips());
}

#[test]
fn a_proposed_ladder_has_nearly_equal_acceptance() {
    let graph = FactorGraph::new(&draw(&seed_case(16, 0.2, Couplings::Path), "ladder", 0));
    let mut ladder = ladder_through(&[2.0], 0.25);
    for pass in 0..3 {
        let found = replica_exchange(&graph, &settings(&ladder, 2, 200, 800), key(&format!("{pass}")), BINS);
        if pass == 0 {
            assert!(found.acceptance.iter().any(|&a| a < 0.15), "{:?}", found.acceptance);
        }
        if pass == 2 {
            assert!(found.acceptance.iter().all(|&a| (0.32..0.56).contains(&a)), "{:?}", found.acceptance);
        }
        ladder = found.proposed_ladder(0.4);
        assert!((ladder[0], ladder[ladder.len() - 1]) == (0.0, 2.0));
        assert!(ladder.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

#[test]
fn the_same_key_gives_the_same_bits_and_another_key_other_ones() {
    let graph = FactorGraph::new(&draw(&seed_case(8, 0.2, Couplings::Path), "bits", 0));
    let run = |label| replica_exchange(&graph, &settings(&[0.2, 0.5, 1.0], 3, 10, 40), key(label), BINS);
    assert_eq!(run("bits"), run("bits"));
    assert_ne!(run("bits").energies, run("other bits").energies);
    // An odd run has no partner, and counts all the same.
    assert_eq!(run("bits").energies[2].len(), 3);
    let path = run("bits").temperatures[0].overlaps.path.clone().expect("one pair");
    assert_eq!(path.histogram.iter().sum::<u64>(), 40);
}

#[test]
fn the_memory_grows_with_replicas_and_rounds() {
    let (graph, _) = reference("n16-branching-input-p00.json");
    let small = settings(&[0.0, 1.0], 2, 0, 1000);
    let colder = settings(&[0.0, 0.5, 0.7, 1.0], 2, 0, 1000);
    let longer = settings(&[0.0, 1.0], 2, 0, 1_000_000);
    assert!(small.bytes(&graph) < colder.bytes(&graph) && small.bytes(&graph) < longer.bytes(&graph));
    assert!(longer.bytes(&graph) >= 2 * 2 * 8 * 1_000_000);
}

#[test]
fn bad_settings_are_refused_with_the_reason() {
    let long: Vec<f64> = (0..5000).map(|k| 0.001 * f64::from(k)).collect();
    for (ladder, runs, rounds, message) in [
        (vec![], 2, 100, "the ladder is empty"),
        (vec![0.5], 2, 100, "the ladder has one β"),
        (vec![0.0, 0.5, 0.5], 2, 100, "ladder[2] = 0.5 does not exceed 0.5"),
        (vec![0.5, 0.2], 2, 100, "must increase: ladder[1] = 0.2"),
        (vec![-0.1, 0.2], 2, 100, "ladder[0] = -0.1 is not a β in [0, 100]"),
        (vec![0.0, f64::NAN], 2, 100, "ladder[1] = NaN"),
        (vec![0.0, f64::INFINITY], 2, 100, "ladder[1] = inf"),
        (vec![0.0, 101.0], 2, 100, "ladder[1] = 101 is not a β in [0, 100]"),
        (long, 2, 100, "5000 temperatures"),
        (vec![0.0, 1.0], 1, 100, "runs = 1"),
        (vec![0.0, 1.0], 0, 100, "at least 2 independent runs"),
        (vec![0.0, 1.0], 2, 0, "rounds = 0"),
        (vec![0.0, 1.0], 2, 15, "at least 16"),
    ] {
        let error = ExchangeSettings::new(ladder, runs, 0, rounds).expect_err("these are bad");
        assert!(error.to_string().contains(message), "{error}");
    }
}

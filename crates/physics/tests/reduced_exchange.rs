//! Replica exchange and the heat bath of the reduced systems, with and without frustration.

mod support;

use model::numerics::exp;
use model::random::Key;
use model::{Couplings, FactorGraph, Reduced, Signs};
use physics::exact;
use physics::ladder::{Ladder, LadderError};
use physics::reduced::Schedule;
use physics::reduced::exchange;
use physics::reduced::heat_bath::{HeatBath, polarising_configuration};
use support::{Sample, all_paths, draw, graph, reduced_energy, reference, seed_case};

fn reduced(graph: &FactorGraph) -> Reduced {
    Reduced::new(graph).expect("three layers")
}

fn ladder(betas: &[f64]) -> Ladder {
    Ladder::new(betas.to_vec()).expect("increasing")
}

/// W¹[0..2, 0] and v[0, 0..3], with one of the two loops frustrated.
fn five_frustrated_spins() -> Reduced {
    let paths = all_paths(&[2, 1, 3, 1]);
    let reduced = reduced(&graph(&[2, 1, 3, 1], &paths, &Signs::Path(vec![1, -1, 1, 1, 1, 1])));
    assert!(!reduced.is_unfrustrated() && reduced.systems().len() == 1);
    reduced
}

#[test]
fn a_ladder_is_strictly_increasing_and_within_range() {
    assert_eq!(Ladder::new(vec![]), Err(LadderError::Empty));
    assert_eq!(
        Ladder::new(vec![0.1, 0.1]),
        Err(LadderError::NotIncreasing { index: 1, value: 0.1, before: 0.1 })
    );
    assert_eq!(
        Ladder::new(vec![0.1, 0.3, 0.2]),
        Err(LadderError::NotIncreasing { index: 2, value: 0.2, before: 0.3 })
    );
    assert_eq!(Ladder::new(vec![-0.1, 0.3]), Err(LadderError::NotABeta { index: 0, value: -0.1 }));
    assert_eq!(Ladder::new(vec![0.1, 101.0]), Err(LadderError::NotABeta { index: 1, value: 101.0 }));
    assert!(matches!(Ladder::new(vec![f64::NAN]), Err(LadderError::NotABeta { index: 0, .. })));
    assert_eq!(ladder(&[0.0, 0.5, 100.0]).betas(), [0.0, 0.5, 100.0]);
}

#[test]
fn the_stationary_distribution_of_the_heat_bath_is_boltzmanns() {
    let reduced = five_frustrated_spins();
    let system = &reduced.systems()[0];
    let beta = 0.4;
    let spins = |bits: usize| (0..5).map(|i| if bits >> i & 1 == 1 { 1i8 } else { -1 }).collect::<Vec<_>>();
    let boltzmann: Vec<f64> = (0..32).map(|bits| exp(-beta * system.energy(&spins(bits)) as f64)).collect();
    let z: f64 = boltzmann.iter().sum();

    let dynamics = HeatBath::new(system, beta);
    let mut stream = Key::derive("stationary", &[]).stream(0);
    let mut state = stream.signs(5);
    let visits = 60_000;
    let mut counts = [0u32; 32];
    for _ in 0..visits {
        for _ in 0..15 {
            dynamics.mc_sweep(&mut state, &mut stream);
        }
        let sweep = dynamics.mc_sweep(&mut state, &mut stream);
        assert_eq!(sweep.energy, system.energy(&state));
        let bit = |(i, &w): (usize, &i8)| usize::from(w == 1) << i;
        counts[state.iter().enumerate().map(bit).sum::<usize>()] += 1;
    }
    let chi_square: f64 = counts
        .iter()
        .zip(&boltzmann)
        .map(|(&count, &weight)| (f64::from(count), f64::from(visits) * weight / z))
        .map(|(count, expected)| (count - expected) * (count - expected) / expected)
        .sum();
    // 31 degrees of freedom: 31 ± √62.
    assert!((chi_square - 31.0).abs() < 4.5 * 7.9, "χ² = {chi_square}");
}

#[test]
fn the_reference_instances_agree_with_their_exact_energies_down_to_the_coldest() {
    let schedule = Schedule { runs: 4, relax: 300, measure: 1500 };
    let names = ["tiny-independent-path", "tiny-synapse-path", "tiny-unit-path", "tiny-unit-input"];
    let larger = ["n16-independent-path-p30", "n16-branching-input-p40", "n40-branching-input-p80"];
    for name in names.into_iter().chain(larger) {
        let (graph, _) = reference(&format!("{name}.json"));
        let betas = [0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 1.6, 2.2, 3.0];
        let found = exchange::sample(&reduced(&graph), &ladder(&betas), &schedule, Key::derive(name, &[]));
        let exact = exact::solve(&graph, &betas, 1 << 28).expect("small");
        for (rung, exact) in found.rungs.iter().zip(&exact) {
            let deviation = (rung.energy.mean - exact.energy) / rung.energy.error;
            assert!(deviation.abs() < 4.5, "{name}: {rung:?} instead of {exact:?}");
            assert!(rung.energy.r_hat < 1.1, "{name}: {rung:?}");
        }
        assert!(found.acceptance.iter().all(|&rate| rate > 0.3 && rate <= 1.0), "{:?}", found.acceptance);
        assert!(found.fewest_round_trips >= 10, "{found:?}");
    }
}

#[test]
fn two_thirds_of_the_mean_energies_lie_within_one_standard_error_of_the_exact_one() {
    let schedule = Schedule { runs: 4, relax: 200, measure: 1000 };
    let graph = FactorGraph::new(&draw(&seed_case(10, 0.0, Couplings::Path), "coverage", 0));
    let reduced = reduced(&graph);
    assert!(!reduced.is_unfrustrated());
    let betas = [0.2, 0.5, 1.0, 2.0];
    let exact = exact::solve(&graph, &betas, 1 << 20).expect("small");
    let (mut deviations, mut of_variances) = (Vec::new(), Vec::new());
    let mut variances = vec![Vec::new(); betas.len()];
    for seed in 0..120 {
        let key = Key::derive("coverage", &[&seed.to_string()]);
        let found = exchange::sample(&reduced, &ladder(&betas), &schedule, key);
        for ((rung, exact), variances) in found.rungs.iter().zip(&exact).zip(&mut variances) {
            deviations.push((rung.energy.mean - exact.energy) / rung.energy.error);
            variances.push(rung.energy_variance.value);
            of_variances
                .push((rung.energy_variance.value - exact.energy_variance) / rung.energy_variance.error);
        }
    }
    for ((variances, exact), beta) in variances.iter().zip(&exact).zip(betas) {
        let variance = Sample::of(variances);
        assert!(
            (variance.mean - exact.energy_variance).abs() <= 4.5 * variance.error(),
            "β = {beta}: variance {} ± {} instead of {}",
            variance.mean,
            variance.error(),
            exact.energy_variance
        );
    }
    let within = deviations.iter().filter(|z| z.abs() <= 1.0).count() as f64 / deviations.len() as f64;
    let largest = deviations.iter().fold(0.0f64, |most, z| most.max(z.abs()));
    let bias = Sample::of(&deviations);
    // 68.3 % of 480 has a standard deviation of 2.1 %, and neighbouring β are not independent.
    assert!((within - 0.683).abs() < 0.08, "{within}");
    assert!(largest < 4.5, "{largest}");
    assert!(bias.mean.abs() < 4.5 * 2.0 * bias.error(), "{}", bias.mean);
    let within = of_variances.iter().filter(|z| z.abs() <= 1.0).count() as f64 / of_variances.len() as f64;
    let beyond = of_variances.iter().filter(|z| z.abs() > 3.0).count() as f64 / of_variances.len() as f64;
    assert!(within >= 0.62 && beyond <= 0.02, "variances: {within} within, {beyond} beyond");
}

#[test]
fn exchanges_are_accepted_as_often_as_detailed_balance_says() {
    let reduced = five_frustrated_spins();
    let system = &reduced.systems()[0];
    let spins = |bits: usize| (0..5).map(|i| if bits >> i & 1 == 1 { 1i8 } else { -1 }).collect::<Vec<_>>();
    let energies: Vec<f64> = (0..32).map(|bits| system.energy(&spins(bits)) as f64).collect();
    let betas = [0.2, 0.8];
    let z = betas.map(|beta| energies.iter().map(|h| exp(-beta * h)).sum::<f64>());
    let mut expected = 0.0;
    for hot in &energies {
        for cold in &energies {
            let weight = exp(-betas[0] * hot - betas[1] * cold) / (z[0] * z[1]);
            expected += weight * exp(((betas[1] - betas[0]) * (cold - hot)).min(0.0));
        }
    }
    let schedule = Schedule { runs: 4, relax: 100, measure: 20_000 };
    let found = exchange::sample(&reduced, &ladder(&betas), &schedule, Key::derive("acceptance", &[]));
    // Every second MC sweep attempts the only pair: 40,000 attempts, nearly independent.
    let sigma = (expected * (1.0 - expected) / 40_000.0).sqrt();
    assert!((found.acceptance[0] - expected).abs() < 4.5 * 1.5 * sigma, "{found:?} instead of {expected}");
    assert!(found.round_trips == found.fewest_round_trips && found.round_trips > 1000, "{found:?}");
}

#[test]
fn with_one_temperature_replica_exchange_is_the_heat_bath() {
    let graph = FactorGraph::new(&draw(&seed_case(10, 0.2, Couplings::Path), "one", 0));
    let schedule = Schedule { runs: 4, relax: 100, measure: 2000 };
    let found = exchange::sample(&reduced(&graph), &ladder(&[0.5]), &schedule, Key::derive("one", &[]));
    assert!(found.acceptance.is_empty());
    assert_eq!((found.round_trips, found.fewest_round_trips), (0, 0));
    let exact = exact::solve(&graph, &[0.5], 1 << 20).expect("small")[0];
    let [rung] = &found.rungs[..] else { panic!("one rung") };
    assert!((rung.energy.mean - exact.energy).abs() < 4.5 * rung.energy.error, "{rung:?} {exact:?}");
}

#[test]
fn the_same_key_gives_the_same_bits_and_another_key_other_ones() {
    let reduced = five_frustrated_spins();
    let schedule = Schedule { runs: 2, relax: 10, measure: 100 };
    let run = |label| exchange::sample(&reduced, &ladder(&[0.3, 0.6]), &schedule, Key::derive(label, &[]));
    assert_eq!(run("bits"), run("bits"));
    assert_ne!(run("bits"), run("other bits"));
}

#[test]
fn a_polarising_configuration_is_the_ground_state_where_there_is_one_and_cold_elsewhere() {
    for couplings in Couplings::ALL {
        let graph = FactorGraph::new(&draw(&seed_case(16, 0.2, couplings), "polarising", 0));
        let reduced = reduced(&graph);
        let key = Key::derive("polarising", &[]);
        let spins = polarising_configuration(&reduced, 3.0, 100, key);
        assert_eq!(spins, polarising_configuration(&reduced, 3.0, 100, key));
        for (system, spins) in reduced.systems().iter().zip(&spins) {
            assert!(system.ground_state().is_none_or(|ground_state| ground_state == *spins));
        }
        let paths = graph.path_count() as f64;
        assert!((reduced_energy(&reduced, &spins) as f64) < -10.0 * paths.sqrt());
    }
}

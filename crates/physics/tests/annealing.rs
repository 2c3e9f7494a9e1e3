//! Annealing: what each β gets is its own, slow cooling goes lower, and hot energies are those of equilibrium.

mod support;

use model::random::Key;
use model::{Couplings, FactorGraph};
use physics::anneal::{AnnealSettings, AnnealSettingsError, Annealed, anneal};
use physics::exact;
use support::{Sample, draw, reference, seed_case};

fn chain(label: &str) -> Key {
    Key::derive("annealing, chain", &[label])
}

/// Every β with the key of its own.
fn keyed(label: &str, betas: &[f64]) -> Vec<(f64, Key)> {
    let key = |beta: f64| Key::derive("annealing, branch", &[label, &beta.to_string()]);
    betas.iter().map(|&beta| (beta, key(beta))).collect()
}

fn run(graph: &FactorGraph, betas: &[f64], settings: &AnnealSettings, label: &str) -> Vec<Annealed> {
    anneal(graph, &keyed(label, betas), settings, chain(label))
}

#[test]
fn a_beta_alone_gives_the_same_bits_as_in_company_in_any_order() {
    let settings = AnnealSettings::new(5, 0.1, 3).expect("valid");
    for couplings in Couplings::ALL {
        let graph = FactorGraph::new(&draw(&seed_case(10, 0.2, couplings), "company", 0));
        let betas = [0.3, 0.0, 1.25, 0.3000001, 2.0, 0.05];
        let together = run(&graph, &betas, &settings, "company");
        for (beta, found) in betas.iter().zip(&together) {
            assert_eq!(run(&graph, &[*beta], &settings, "company")[0], *found, "β = {beta}");
        }
        assert_ne!(run(&graph, &[2.0], &settings, "other")[0], together[4]);
        assert_eq!(run(&graph, &[], &settings, "company"), []);
    }
}

#[test]
fn slower_cooling_reaches_lower_energies() {
    let graph = FactorGraph::new(&draw(&seed_case(24, 0.0, Couplings::Path), "rates", 0));
    let reached: Vec<Annealed> = [1, 4, 32]
        .map(|mc_sweeps| AnnealSettings::new(32, 0.1, mc_sweeps).expect("valid"))
        .map(|settings| run(&graph, &[3.0], &settings, "rates")[0])
        .to_vec();
    for pair in reached.windows(2) {
        let gain = pair[0].energy.value - pair[1].energy.value;
        let sigma = pair[0].energy.error.hypot(pair[1].energy.error);
        assert!(gain > 2.0 * sigma, "{reached:?}");
    }
    let exact = exact::solve(&graph, &[3.0], 1 << 26).expect("small")[0];
    for found in reached {
        assert!(found.lowest <= found.energy.value && found.lowest >= -(graph.path_count() as f64));
        assert!(found.energy.value > exact.energy - 4.5 * found.energy.error, "{found:?} {exact:?}");
    }
}

#[test]
fn slow_annealing_of_the_small_reference_instances_ends_at_the_exact_energies() {
    let settings = AnnealSettings::new(400, 0.1, 10).expect("valid");
    for name in
        ["tiny-branching-path.json", "tiny-synapse-input.json", "tiny-unit-path.json", "deep4-input.json"]
    {
        let (graph, values) = reference(name);
        let betas: Vec<f64> = values.iter().map(|value| value["beta"].as_f64().expect("a number")).collect();
        for (found, value) in run(&graph, &betas, &settings, name).iter().zip(&values) {
            let exact = value["exact"]["energy"].as_f64().expect("a number");
            let what = format!("{name} at β = {}: {found:?} instead of {exact}", value["beta"]);
            assert!((found.energy.value - exact).abs() <= 4.5 * found.energy.error, "{what}");
        }
    }
}

#[test]
fn two_thirds_of_the_energies_of_a_warm_system_lie_within_one_standard_error() {
    let graph = FactorGraph::new(&draw(&seed_case(8, 0.2, Couplings::Path), "warm", 0));
    let betas = [0.0, 0.1, 0.25, 0.4];
    let exact = exact::solve(&graph, &betas, 1 << 20).expect("small");
    let settings = AnnealSettings::new(64, 0.05, 20).expect("valid");
    let mut deviations = Vec::new();
    let mut variances = vec![Vec::new(); betas.len()];
    for seed in 0..100 {
        for (b, found) in run(&graph, &betas, &settings, &format!("warm {seed}")).iter().enumerate() {
            deviations.push((found.energy.value - exact[b].energy) / found.energy.error);
            variances[b].push(found.variance);
        }
    }
    let within = deviations.iter().filter(|z| z.abs() <= 1.0).count() as f64 / deviations.len() as f64;
    // 68.3 % of 400 has a standard deviation of 2.3 %.
    assert!((within - 0.683).abs() < 0.08, "{within}");
    assert!(deviations.iter().all(|z| z.abs() < 4.5), "{deviations:?}");
    for (variances, exact) in variances.iter().zip(&exact) {
        let found = Sample::of(variances);
        assert!((found.mean - exact.energy_variance).abs() < 4.5 * found.error());
    }
}

#[test]
fn runs_that_all_end_at_one_energy_claim_no_more_than_they_saw() {
    let (graph, _) = reference("tiny-branching-input.json");
    let found = run(&graph, &[50.0], &AnnealSettings::new(10, 1.0, 50).expect("valid"), "frozen")[0];
    assert_eq!((found.energy.value, found.lowest, found.variance), (-7.0, -7.0, 0.0));
    assert_eq!(found.energy.error, 0.2);
}

#[test]
fn bad_settings_are_refused_with_the_reason() {
    for (runs, beta_step, mc_sweeps, message) in [
        (0, 0.1, 1, "runs = 0"),
        (1, 0.1, 1, "at least 2 independent runs"),
        (2, 0.0, 1, "beta_step = 0 is not"),
        (2, -0.1, 1, "beta_step = -0.1"),
        (2, 1e-9, 1, "at least 0.000001"),
        (2, f64::NAN, 1, "beta_step = NaN"),
        (2, f64::INFINITY, 1, "beta_step = inf"),
        (2, 0.1, 0, "mc_sweeps = 0"),
    ] {
        let error: AnnealSettingsError =
            AnnealSettings::new(runs, beta_step, mc_sweeps).expect_err("these are bad");
        assert!(error.to_string().contains(message), "{error}");
    }
}

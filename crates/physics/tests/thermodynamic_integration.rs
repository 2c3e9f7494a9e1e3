//! Thermodynamic integration: exact energies give exact free energies, and its errors are those of its energies.

mod support;

use model::{Couplings, FactorGraph};
use physics::exact;
use physics::thermodynamic_integration::{Integral, integrate_together};
use support::{draw, seed_case};

/// Two runs of values one standard deviation above and below the mean by turns: exact moments, and hardly any error.
fn exact_series(graph: &FactorGraph, ladder: &[f64]) -> Vec<Vec<Vec<f64>>> {
    let value = |mean: f64, sigma: f64| move |t: usize| mean + [sigma, -sigma][t % 2];
    exact::solve(graph, ladder, 1 << 24)
        .expect("small")
        .iter()
        .map(|at| vec![(0..20_000).map(value(at.energy, at.energy_variance.sqrt())).collect(); 2])
        .collect()
}

#[test]
fn exact_energies_give_log_z_within_the_estimated_error_of_the_steps_which_falls_with_their_fourth_power() {
    for couplings in Couplings::ALL {
        let graph = FactorGraph::new(&draw(&seed_case(10, 0.2, couplings), "steps", 0));
        let mut errors = Vec::new();
        for steps in [10, 20, 40] {
            // Steps that grow; the first is above zero, from where the exact point is known.
            let beta = |k: i32| 1.5 * f64::from(k * (k + steps)) / f64::from(2 * steps * steps);
            let ladder: Vec<f64> = (1..=steps).map(beta).collect();
            let exact = exact::solve(&graph, &ladder, 1 << 24).expect("small");
            let found = integrate_together(&graph, &ladder, &exact_series(&graph, &ladder)).expect("valid");
            let off = |(found, exact): (&Integral, &exact::Exact)| (found.log_z.value - exact.log_z).abs();
            for both in found.iter().zip(&exact) {
                assert!(off(both) < 3.0 * both.0.discretisation + 1e-3, "{both:?}");
                let entropy = both.1.log_z + both.0.beta * both.1.energy;
                assert!((both.0.entropy.value - entropy).abs() < 3.0 * both.0.discretisation + 1e-3);
            }
            errors.push(found[steps as usize - 1].discretisation);
        }
        assert!(errors[0] > 6.0 * errors[1] && errors[1] > 6.0 * errors[2], "{errors:?}");
    }
}

#[test]
fn a_single_step_has_an_unknown_discretisation_error() {
    let graph = FactorGraph::new(&draw(&seed_case(6, 0.4, Couplings::Path), "one step", 0));
    let found = integrate_together(&graph, &[0.1], &exact_series(&graph, &[0.1])).expect("valid");
    assert_eq!(found[0].discretisation, f64::INFINITY);
}

#[test]
fn ladders_and_series_that_do_not_fit_are_refused() {
    let graph = FactorGraph::new(&draw(&seed_case(6, 0.4, Couplings::Path), "refused", 0));
    let runs = |count: usize, length: usize| vec![vec![1.0; length]; count];
    for (ladder, energies, message) in [
        (vec![], vec![], "the ladder is empty"),
        (vec![0.2, 0.1], vec![runs(2, 8), runs(2, 8)], "must increase"),
        (vec![f64::NAN], vec![runs(2, 8)], "ladder[0] = NaN"),
        (vec![0.1, 0.2], vec![runs(2, 8)], "ladder[1] does not fit: it is missing"),
        (vec![0.1], vec![runs(1, 8)], "fewer than two runs"),
        (vec![0.1], vec![runs(2, 3)], "fewer than four values"),
        (vec![0.1], vec![vec![vec![1.0; 8], vec![1.0; 9]]], "differ in length"),
        (vec![0.1, 0.2], vec![runs(2, 8), runs(3, 8)], "other runs than that at ladder[0]"),
    ] {
        let error = integrate_together(&graph, &ladder, &energies).expect_err("these are bad");
        assert!(error.to_string().contains(message), "{error}");
    }
}

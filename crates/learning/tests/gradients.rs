//! Gradients against finite differences.

use learning::plain::{self, Parameters};
use learning::{Initialisation, Labels, Loss, Optimiser, Settings, Teacher, Trial, Weights};
use model::random::Key;

/// The mean loss of patterns with these weights and biases.
fn mean_loss(settings: &Settings, parameters: &Parameters<f64>, trial: &Trial, batch: &[u32]) -> f64 {
    plain::evaluate(settings, parameters, &trial.training().select(batch), settings.loss).0
}

fn check(settings: &Settings, trial: &Trial, dropped: bool) {
    let batch = [0, 3, 4, 8, 9];
    let mut parameters = plain::start::<f64>(settings, trial.key());
    if settings.biases {
        parameters
            .biases
            .iter_mut()
            .flatten()
            .enumerate()
            .for_each(|(k, bias)| *bias = 0.1 * (k % 5) as f64 - 0.17);
    }
    if dropped {
        let kept = plain::kept::<f64>(settings, trial.key(), 2);
        let factors = kept.iter().flatten();
        parameters.weights.iter_mut().flatten().zip(factors).for_each(|(w, factor)| *w *= factor);
    }
    let found = plain::gradient(settings, &parameters.weights, &parameters.biases, trial.training(), &batch);
    const H: f64 = 1e-6;
    let mut compare = |found: f64, number: &dyn Fn(&mut Parameters<f64>) -> &mut f64| {
        let mut at = |shift: f64| {
            *number(&mut parameters) += shift;
            let loss = mean_loss(settings, &parameters, trial, &batch);
            *number(&mut parameters) -= shift;
            loss
        };
        let difference = (at(H) - at(-H)) / (2.0 * H);
        assert!((found - difference).abs() < 1e-6, "{found} is {difference} by differences: {settings:?}");
    };
    for l in 0..settings.widths.len() - 1 {
        for k in (0..found.weights[l].len()).step_by(3) {
            compare(found.weights[l][k], &move |parameters| &mut parameters.weights[l][k]);
        }
        // Without biases, a unit whose inputs are all inactive stands at its kink.
        for k in 0..if settings.biases { found.biases[l].len() } else { 0 } {
            compare(found.biases[l][k], &move |parameters| &mut parameters.biases[l][k]);
        }
    }
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let key = Key::derive("rapgrid test", &["gradients"]);
    for (widths, biases) in [(vec![6, 5, 4, 1], false), (vec![6, 5, 4, 1], true), (vec![64, 5, 10], true)] {
        for &loss in Loss::ALL {
            for dropped in [false, true] {
                let settings = Settings {
                    initialisation: Initialisation::He,
                    biases,
                    loss,
                    optimiser: Optimiser::Sgd,
                    learning_rate: 0.1,
                    batch: 5,
                    weights: Weights::Real,
                    dropconnect: vec![if dropped { 0.3 } else { 0.0 }; widths.len() - 1],
                    widths: widths.clone(),
                };
                let trial = match widths.last() {
                    Some(1) => Trial::of_teacher(&widths, Teacher::Gaussian, Labels::Sign, 20, 5, key),
                    _ => Trial::of_patterns(tasks::digits(), 20, 5, key),
                };
                check(&settings, &trial, dropped);
            }
        }
    }
}

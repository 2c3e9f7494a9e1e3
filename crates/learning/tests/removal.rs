//! Removal and activity, against what they must be.

use kernel::cpu::Level;
use learning::{
    Initialisation, Labels, Loss, Network, Optimiser, Order, Removed, Settings, Teacher, Trial, Weights,
};
use model::random::Key;

fn key(name: &str) -> Key {
    Key::derive("rapgrid test", &[name])
}

fn settings(widths: &[u32]) -> Settings {
    Settings {
        widths: widths.to_vec(),
        initialisation: Initialisation::He,
        biases: false,
        loss: Loss::Absolute,
        optimiser: Optimiser::Adam,
        learning_rate: 0.01,
        batch: 50,
        weights: Weights::Real,
        dropconnect: vec![0.0; widths.len() - 1],
    }
}

fn trained() -> (Network, Trial) {
    let settings = Settings { loss: Loss::CrossEntropy, ..settings(&[64, 20, 20, 10]) };
    let trial = Trial::of_patterns(tasks::digits(), 1000, 500, key("removal"));
    let network = learning::train(Level::chosen(), &settings, &trial, &[10], &mut |_, _| {})
        .expect("weights that are finite numbers");
    (network, trial)
}

#[test]
fn digits_are_learnt_and_forgotten_as_connections_go() {
    let (network, trial) = trained();
    let remove = |layer, fractions: &[f64], order, masks| {
        learning::removal(
            Level::chosen(),
            &network,
            trial.test(),
            Loss::CrossEntropy,
            layer,
            fractions,
            order,
            masks,
            key("masks"),
        )
    };
    let whole = network.look(Level::chosen(), trial.test(), Loss::CrossEntropy);
    assert!(whole.error < 0.15, "{}", whole.error);
    let found = remove(None, &[0.0, 0.5, 0.9, 1.0], Order::Random, 6);
    assert_eq!((found[0].error, found[0].loss, found[0].error_over_masks), (whole.error, whole.loss, 0.0));
    assert!(found[0].error < found[1].error && found[1].error < found[2].error, "{found:?}");
    assert!(found[1].error_over_masks > 0.0);
    // Without connections it says the first class of whatever it is asked.
    let others = trial.test().labels().iter().filter(|&&label| label != 0).count();
    assert_eq!(found[3].error, others as f64 / 500.0);
    assert!((found[3].loss - model::numerics::ln(10.0)).abs() < 1e-6);
    // Small weights matter less than others.
    let by_size = remove(None, &[0.5], Order::Magnitude, 6)[0];
    assert!(by_size.error < found[1].error && by_size.error_over_masks == 0.0, "{by_size:?}");
    // A layer by itself, whole, is all that reaches the output.
    let layer: Vec<Removed> = remove(Some(2), &[0.0, 1.0], Order::Random, 2);
    assert_eq!((layer[0].error, layer[1].error), (whole.error, found[3].error));
}

#[test]
fn without_biases_half_of_the_first_layer_is_active() {
    // x and −x are as likely, and a unit is active for one of the two, whatever was learnt.
    let settings = Settings { learning_rate: 0.003, ..settings(&[25, 25, 25, 1]) };
    let trials = (0..40).map(|trial| {
        let key = key(&format!("half {trial}"));
        let trial = Trial::of_teacher(&settings.widths, Teacher::Signs, Labels::Sign, 200, 1000, key);
        let network = learning::train(Level::chosen(), &settings, &trial, &[3], &mut |_, _| {})
            .expect("weights that are finite numbers");
        network.look(Level::chosen(), trial.test(), Loss::Absolute).layers[0]
    });
    let layers: Vec<_> = trials.collect();
    let mean = layers.iter().map(|layer| layer.activation).sum::<f64>() / 40.0;
    // 40 trials of 1,000 patterns, whose shares of active units are within `over_inputs` of the mean.
    let error = layers[0].over_inputs / 40_000f64.sqrt();
    assert!((mean - 0.5).abs() < 4.0 * error && error < 0.001, "{mean} ± {error}");
    assert!(layers.iter().all(|layer| layer.dead_units == 0 && layer.over_units < 0.05));
}

#[test]
fn teachers_labels_are_signs_or_halves() {
    let of = |labels| {
        let trial = Trial::of_teacher(&[21, 10, 10, 1], Teacher::Gaussian, labels, 500, 500, key("labels"));
        let positive = |labels: &[u32]| labels.iter().filter(|&&label| label == 1).count();
        (positive(trial.training().labels()), positive(trial.test().labels()))
    };
    let (training, test) = of(Labels::Centred);
    assert!(training == 250 && (150..350).contains(&test), "{training} {test}");
    assert_ne!(of(Labels::Sign).0, 250);
}

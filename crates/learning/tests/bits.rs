//! The kernels follow the definition to the bit, on every level of vector instructions.

use kernel::cpu::Level;
use learning::plain::{self, Student};
use learning::{Initialisation, Labels, Loss, Network, Optimiser, Settings, Teacher, Trial, Weights};
use model::random::Key;

fn settings(widths: &[u32]) -> Settings {
    Settings {
        widths: widths.to_vec(),
        initialisation: Initialisation::He,
        biases: false,
        loss: Loss::Absolute,
        optimiser: Optimiser::Adam,
        learning_rate: 0.01,
        batch: 7,
        weights: Weights::Real,
        dropconnect: vec![0.0; widths.len() - 1],
    }
}

fn key(name: &str) -> Key {
    Key::derive("rapgrid test", &[name])
}

fn trial(settings: &Settings) -> Trial {
    let widths = &settings.widths;
    if widths.last() == Some(&1) {
        return Trial::of_teacher(widths, Teacher::Gaussian, Labels::Centred, 30, 20, key("bits"));
    }
    Trial::of_patterns(tasks::digits(), 30, 20, key("bits"))
}

/// The bits of a network's weights and biases.
fn bits(network: &Network) -> Vec<u32> {
    let layers = 1..network.widths().len();
    let numbers = layers.flat_map(|l| [network.weights(l), network.biases(l).to_vec()].concat());
    numbers.map(f32::to_bits).collect()
}

fn plain_bits(settings: &Settings, student: &Student<'_, f32>) -> Vec<u32> {
    let used = plain::used(settings, &student.parameters);
    let layers = used.iter().zip(&student.parameters.biases);
    layers.flat_map(|(weights, biases)| [&weights[..], biases].concat()).map(f32::to_bits).collect()
}

/// Every setting away from the others.
fn variants() -> Vec<Settings> {
    let base = settings(&[9, 17, 5, 1]);
    let mut variants = vec![base.clone(), settings(&[20, 33, 1]), settings(&[3, 16, 70, 16, 1])];
    for &loss in Loss::ALL {
        variants.push(Settings { loss, ..base.clone() });
        variants.push(Settings { loss, batch: 11, ..settings(&[64, 19, 10]) });
    }
    variants.push(Settings { biases: true, ..base.clone() });
    variants.push(Settings { optimiser: Optimiser::Sgd, biases: true, loss: Loss::Squared, ..base.clone() });
    variants.push(Settings { batch: 1000, ..base.clone() });
    variants.push(Settings { batch: 1, initialisation: Initialisation::Normal(0.3), ..base.clone() });
    variants.push(Settings { dropconnect: vec![0.25, 0.0, 0.6], ..base.clone() });
    variants.push(Settings { weights: Weights::Signs, ..base.clone() });
    variants.push(Settings { weights: Weights::Signs, dropconnect: vec![0.5; 3], biases: true, ..base });
    variants
}

#[test]
fn kernels_learn_as_the_definition_does() {
    for settings in variants() {
        let trial = trial(&settings);
        let mut student = Student::<f32>::new(&settings, trial.training(), trial.key());
        let mut expected = vec![plain_bits(&settings, &student)];
        let evaluated = plain::evaluate(&settings, &student.parameters, trial.test(), settings.loss);
        for _ in 0..3 {
            student.learn();
            expected.push(plain_bits(&settings, &student));
        }
        let learnt = plain::evaluate(&settings, &student.parameters, trial.test(), settings.loss);
        for level in Level::available() {
            let (mut found, mut looks) = (Vec::new(), Vec::new());
            learning::train(level, &settings, &trial, &[0, 1, 2, 3], &mut |_, network| {
                found.push(bits(network));
                looks.push(network.look(level, trial.test(), settings.loss));
            })
            .unwrap();
            assert!(found == expected, "{level:?} {settings:?}");
            let look = |at: usize| (looks[at].loss.to_bits(), looks[at].error.to_bits());
            let bits = |(loss, error): (f64, f64)| (loss.to_bits(), error.to_bits());
            assert_eq!((look(0), look(3)), (bits(evaluated), bits(learnt)), "{level:?} {settings:?}");
        }
    }
}

#[test]
fn numbers_never_change_between_versions() {
    // Rows in people's databases say these numbers.
    let settings = Settings { biases: true, dropconnect: vec![0.1, 0.0, 0.0], ..settings(&[9, 17, 5, 1]) };
    let trial = Trial::of_teacher(&settings.widths, Teacher::Signs, Labels::Sign, 40, 30, key("golden"));
    let network = learning::train(Level::chosen(), &settings, &trial, &[4], &mut |_, _| {}).unwrap();
    let look = network.look(Level::chosen(), trial.test(), Loss::Absolute);
    let sum = bits(&network).into_iter().fold(0u32, |sum, bits| sum.rotate_left(5) ^ bits);
    assert_eq!((sum, look.loss.to_bits()), (2_393_122_154, 4_604_257_522_335_036_211));
    let digits = Trial::of_patterns(tasks::digits(), 3, 2, key("golden"));
    assert_eq!((digits.training().labels(), digits.test().labels()), (&[4, 9, 0][..], &[2, 9][..]));
}

#[test]
fn longer_trainings_and_larger_trials_begin_as_shorter_and_smaller_ones() {
    let settings = Settings { batch: 1000, ..settings(&[9, 17, 5, 1]) };
    let trial = trial(&settings);
    let mut shown = Vec::new();
    learning::train(Level::chosen(), &settings, &trial, &[2, 5], &mut |epoch, network| {
        shown.push((epoch, bits(network)));
    })
    .unwrap();
    let short = learning::train(Level::chosen(), &settings, &trial, &[2], &mut |_, _| {}).unwrap();
    assert_eq!(shown.iter().map(|(epoch, _)| *epoch).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(shown[0].1, bits(&short));
    let draw = |patterns| {
        Trial::of_teacher(&settings.widths, Teacher::Signs, Labels::Sign, patterns, 10, key("more"))
    };
    let (few, many) = (draw(5), draw(50));
    assert_eq!(few.training(), &many.training().select(&[0, 1, 2, 3, 4]));
    assert_eq!(few.test(), many.test());
    let split = |patterns| Trial::of_patterns(tasks::digits(), patterns, 300, key("more"));
    let (few, many) = (split(5), split(1400));
    assert_eq!(few.training(), &many.training().select(&[0, 1, 2, 3, 4]));
    assert_eq!(few.test(), many.test());
    // Another scale of the start is the same start, scaled.
    let starts = [Initialisation::Normal(0.5), Initialisation::Normal(1.0)].map(|initialisation| {
        plain::start::<f64>(&Settings { initialisation, ..settings.clone() }, trial.key()).weights.concat()
    });
    assert!(starts[0].iter().zip(&starts[1]).all(|(half, whole)| 2.0 * half == *whole));
}

#[test]
fn dropconnect_leaves_out_its_share_and_more_of_the_same() {
    let of = |p: f64, step| {
        let settings = Settings { dropconnect: vec![p, 0.0], ..settings(&[100, 100, 1]) };
        plain::kept::<f64>(&settings, key("kept"), step).swap_remove(0)
    };
    let (some, more, later) = (of(0.3, 4), of(0.6, 4), of(0.3, 5));
    let left_out =
        |kept: &[f64]| kept.iter().filter(|&&factor| factor == 0.0).count() as f64 / kept.len() as f64;
    assert!((left_out(&some) - 0.3).abs() < 0.02 && (left_out(&more) - 0.6).abs() < 0.02);
    assert!(some.iter().zip(&more).all(|(some, more)| *some > 0.0 || *more == 0.0));
    let same = some.iter().zip(&later).filter(|(a, b)| a == b).count() as f64 / some.len() as f64;
    assert!((same - 0.58).abs() < 0.02, "{same}");
    let mean = some.iter().sum::<f64>() / some.len() as f64;
    assert!((mean - 1.0).abs() < 0.03, "{mean}");
    assert!(of(0.0, 4).iter().all(|&factor| factor == 1.0));
}

#[test]
fn a_training_that_leaves_the_range_of_numbers_says_so() {
    let settings = Settings {
        optimiser: Optimiser::Sgd,
        loss: Loss::Squared,
        learning_rate: 1e6,
        ..settings(&[9, 17, 5, 1])
    };
    let mut shown = Vec::new();
    let schedule: Vec<u32> = (0..20).collect();
    let result =
        learning::train(Level::chosen(), &settings, &trial(&settings), &schedule, &mut |epoch, _| {
            shown.push(epoch)
        });
    let diverged = result.unwrap_err();
    assert_eq!(shown, (0..diverged.epoch).collect::<Vec<_>>());
}

#[test]
fn what_is_shown_has_a_finite_loss() {
    for (&loss, &optimiser) in Loss::ALL.iter().zip(Optimiser::ALL.iter().cycle()) {
        for learning_rate in [1e6, 1e10, 1e18, 1e30] {
            let settings = Settings { loss, optimiser, learning_rate, ..settings(&[64, 10, 10, 10]) };
            let trial = trial(&settings);
            let mut look = |epoch, network: &Network| {
                for patterns in [trial.training(), trial.test()] {
                    let seen = network.look(Level::chosen(), patterns, loss);
                    assert!(seen.loss.is_finite(), "{epoch}: {settings:?}");
                }
            };
            let result = learning::train(Level::chosen(), &settings, &trial, &[0, 1, 2, 3, 4], &mut look);
            // Whatever else is shown, the same is found.
            let end = learning::train(Level::chosen(), &settings, &trial, &[4], &mut |_, _| {});
            assert_eq!(result.err(), end.err(), "{settings:?}");
        }
    }
    // Weights of 10^18 are finite, and what three layers make of them is not.
    let settings = Settings { learning_rate: 1e18, ..settings(&[64, 10, 10, 10]) };
    let result = learning::train(Level::chosen(), &settings, &trial(&settings), &[3], &mut |_, _| {});
    assert_eq!(result.err().map(|diverged| diverged.epoch), Some(1));
    let start = Settings { initialisation: Initialisation::Normal(1e20), ..settings };
    let result = learning::train(Level::chosen(), &start, &trial(&start), &[3], &mut |_, _| {});
    assert_eq!(result.err().map(|diverged| diverged.epoch), Some(0));
}

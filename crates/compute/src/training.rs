//! One trial of a training to its rows.

use kernel::cpu::Level;
use learning::{
    Diverged, Initialisation, Labels, Loss, Network, Optimiser, Order, Settings, Teacher, Trial, Weights,
};
use model::random::Key;
use sweep::decimal::to_f64;
use sweep::measurement::{Outcome, TrainingKey, TrainingRow, TrainingValues};
use sweep::method::Removal;
use sweep::training::Parameter;
use sweep::{MethodSettings, Training, Work, streams};

/// The rows that a unit's work asks for, in order. The network is trained once, to the last epoch that anything asks
/// for; what looks at it before does not touch it.
pub fn rows(seed: u64, training: &Training, work: &Work) -> Vec<TrainingRow> {
    let mut looked: Vec<TrainingRow> = Vec::new();
    let schedule = schedule(work);
    if schedule.is_empty() {
        return looked;
    }
    let key = streams::trial_key(seed, training, work.sample);
    let trial = trial(training, key);
    let at = Looking { work, loss: loss(training), trial: &trial, key };
    let mut look = |epoch: u32, network: &Network| looked.extend(at.rows(epoch, network));
    let result = learning::train(Level::chosen(), &settings(training), &trial, &schedule, &mut look);
    let diverged = result.err().map(|Diverged { epoch }| epoch);
    in_order(work, looked, diverged)
}

/// The epochs at which a network is looked at, by whatever method, and at last its end.
fn schedule(work: &Work) -> Vec<u32> {
    let epochs = work.tasks.iter().filter_map(|task| task.method.epochs());
    let mut schedule: Vec<u32> = epochs.flatten().copied().collect();
    schedule.sort_unstable();
    schedule.dedup();
    schedule
}

/// The rows by method, and for each that was not looked at because the training had diverged, one that says so.
fn in_order(work: &Work, mut looked: Vec<TrainingRow>, diverged: Option<u32>) -> Vec<TrainingRow> {
    let row = |key: TrainingKey| {
        if let Some(at) = looked.iter().position(|row| row.key == key) {
            return looked.swap_remove(at);
        }
        debug_assert!(diverged.is_some_and(|epoch| key.epoch >= epoch), "{key:?} was not looked at");
        TrainingRow { key, outcome: Outcome::Diverged, values: TrainingValues::default() }
    };
    work.expected_training_rows().map(row).collect()
}

struct Looking<'a> {
    work: &'a Work,
    loss: Loss,
    trial: &'a Trial,
    key: Key,
}

impl Looking<'_> {
    /// What all methods say of the network after so many epochs.
    fn rows(&self, epoch: u32, network: &Network) -> Vec<TrainingRow> {
        let mut rows = Vec::new();
        for task in &self.work.tasks {
            let method = &task.method.name;
            if !task.method.epochs().is_some_and(|epochs| epochs.contains(&epoch)) {
                continue;
            }
            match &task.method.settings {
                MethodSettings::Training(_) => rows.push(self.look(method, epoch, network)),
                MethodSettings::Removal(removal) => rows.extend(self.remove(method, removal, epoch, network)),
                _ => {}
            }
        }
        rows
    }

    fn look(&self, method: &str, epoch: u32, network: &Network) -> TrainingRow {
        let seen = |patterns| network.look(Level::chosen(), patterns, self.loss);
        let (train, test) = (seen(self.trial.training()), seen(self.trial.test()));
        let layers = &test.layers;
        let key = TrainingKey { method: method.to_owned(), epoch, layer: None, removed: 0.into() };
        row(
            key,
            &[train.loss, test.loss],
            TrainingValues {
                train_loss: Some(train.loss),
                train_error: Some(train.error),
                test_loss: Some(test.loss),
                test_error: Some(test.error),
                test_error_over_masks: None,
                activation: Some(layers.iter().map(|layer| layer.activation).collect()),
                activation_over_units: Some(layers.iter().map(|layer| layer.over_units).collect()),
                activation_over_inputs: Some(layers.iter().map(|layer| layer.over_inputs).collect()),
                dead_units: Some(layers.iter().map(|layer| layer.dead_units.into()).collect()),
            },
        )
    }

    fn remove(&self, method: &str, removal: &Removal, epoch: u32, network: &Network) -> Vec<TrainingRow> {
        let fractions: Vec<f64> = removal.removed.iter().map(|&removed| to_f64(removed)).collect();
        let order = if removal.by_magnitude { Order::Magnitude } else { Order::Random };
        let mut rows = Vec::new();
        for layer in removal.layers_of(network.widths().len() - 1) {
            let found = learning::removal(
                Level::chosen(),
                network,
                self.trial.test(),
                self.loss,
                layer.map(usize::from),
                &fractions,
                order,
                removal.masks,
                self.key,
            );
            rows.extend(removal.removed.iter().zip(found).map(|(&removed, found)| {
                let values = TrainingValues {
                    test_loss: Some(found.loss),
                    test_error: Some(found.error),
                    test_error_over_masks: (removal.masks > 1).then_some(found.error_over_masks),
                    ..TrainingValues::default()
                };
                row(TrainingKey { method: method.to_owned(), epoch, layer, removed }, &[found.loss], values)
            }));
        }
        rows
    }
}

/// A row with values, unless the network's outputs are beyond the range of numbers though its weights are not.
fn row(key: TrainingKey, losses: &[f64], values: TrainingValues) -> TrainingRow {
    if losses.iter().all(|loss| loss.is_finite()) {
        return TrainingRow { key, outcome: Outcome::Solved, values };
    }
    TrainingRow { key, outcome: Outcome::Diverged, values: TrainingValues::default() }
}

/// What a trial learns and is asked.
fn trial(training: &Training, key: Key) -> Trial {
    let (patterns, test) = (training.count(Parameter::Patterns), training.count(Parameter::TestPatterns));
    match training.task().patterns() {
        Some(data) => Trial::of_patterns(data, patterns, test, key),
        None => {
            let teacher = named(training, Parameter::Teacher, Teacher::from_name);
            let labels = named(training, Parameter::Labels, Labels::from_name);
            Trial::of_teacher(training.widths(), teacher, labels, patterns, test, key)
        }
    }
}

fn loss(training: &Training) -> Loss {
    named(training, Parameter::Loss, Loss::from_name)
}

fn settings(training: &Training) -> Settings {
    let number = |parameter| training.number(parameter).map(to_f64);
    Settings {
        widths: training.widths().to_vec(),
        initialisation: match number(Parameter::Initialisation) {
            Some(deviation) => Initialisation::Normal(deviation),
            None => named(training, Parameter::Initialisation, Initialisation::from_name),
        },
        biases: training.word(Parameter::Biases) == Some("true"),
        loss: loss(training),
        optimiser: named(training, Parameter::Optimiser, Optimiser::from_name),
        learning_rate: number(Parameter::LearningRate).expect("a learning rate is a number"),
        batch: training.count(Parameter::Batch),
        weights: named(training, Parameter::Synapses, Weights::from_name),
        dropconnect: training.dropconnect().map(to_f64).collect(),
    }
}

/// What a word of the spec's stands for.
///
/// # Panics
/// If it stands for nothing: tests go through all words.
fn named<T>(training: &Training, parameter: Parameter, of: impl Fn(&str) -> Option<T>) -> T {
    let word = training.word(parameter).unwrap_or_default();
    of(word).unwrap_or_else(|| panic!("{parameter} is {word:?}"))
}

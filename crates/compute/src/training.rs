//! One trial of a training to its rows.

use kernel::cpu::Level;
use learning::{Initialisation, Labels, Loss, Network, Optimiser, Order, Settings, Teacher, Trial, Weights};
use model::random::Key;
use sweep::decimal::to_f64;
use sweep::measurement::{Outcome, TrainingKey, TrainingRow, TrainingValues};
use sweep::method::Removal;
use sweep::training::Parameter;
use sweep::{MethodSettings, Task, Training, Work, streams};

/// The rows that a unit's work asks for, in order. The network is trained once, to the last epoch that anything asks
/// for; what looks at it before does not touch it.
pub fn rows(seed: u64, training: &Training, work: &Work) -> Vec<TrainingRow> {
    let schedule = schedule(work);
    if schedule.is_empty() {
        return Vec::new();
    }
    let key = streams::trial_key(seed, training, work.sample);
    let trial = trial(training, key);
    let at = Looking { loss: loss(training), trial: &trial, key };
    // Epochs come in order, and so do the rows of each method.
    let mut looked: Vec<Vec<TrainingRow>> = vec![Vec::new(); work.tasks.len()];
    let mut look = |epoch: u32, network: &Network| {
        for (task, rows) in work.tasks.iter().zip(&mut looked) {
            rows.extend(at.rows(task, epoch, network));
        }
    };
    let result = learning::train(Level::chosen(), &settings(training), &trial, &schedule, &mut look);
    debug_assert!(
        result.is_err() || looked.iter().flatten().count() == work.expected_training_rows().count()
    );
    let of_tasks = work.tasks.iter().zip(looked);
    of_tasks.flat_map(|(task, looked)| with_rest(task, training, looked)).collect()
}

/// The epochs at which a network is looked at, by whatever method, and at last its end.
fn schedule(work: &Work) -> Vec<u32> {
    let epochs = work.tasks.iter().filter_map(|task| task.method.epochs());
    let mut schedule: Vec<u32> = epochs.flatten().copied().collect();
    schedule.sort_unstable();
    schedule.dedup();
    schedule
}

/// The rows of a method, those that were not looked at because the training had diverged saying so.
fn with_rest(
    task: &Task,
    training: &Training,
    looked: Vec<TrainingRow>,
) -> impl Iterator<Item = TrainingRow> {
    let depth = training.widths().len() - 1;
    let rest: Vec<TrainingKey> = task.method.training_rows(depth).skip(looked.len()).collect();
    looked.into_iter().chain(rest.into_iter().map(diverged))
}

fn diverged(key: TrainingKey) -> TrainingRow {
    TrainingRow { key, outcome: Outcome::Diverged, values: TrainingValues::default() }
}

struct Looking<'a> {
    loss: Loss,
    trial: &'a Trial,
    key: Key,
}

impl Looking<'_> {
    /// What a method says of the network after so many epochs.
    fn rows(&self, task: &Task, epoch: u32, network: &Network) -> Vec<TrainingRow> {
        let method = &task.method.name;
        match &task.method.settings {
            _ if !task.method.epochs().is_some_and(|epochs| epochs.contains(&epoch)) => Vec::new(),
            MethodSettings::Training(_) => vec![self.look(method, epoch, network)],
            MethodSettings::Removal(removal) => self.remove(method, removal, epoch, network),
            _ => Vec::new(),
        }
    }

    fn look(&self, method: &str, epoch: u32, network: &Network) -> TrainingRow {
        let seen = |patterns| network.look(Level::chosen(), patterns, self.loss);
        let (train, test) = (seen(self.trial.training()), seen(self.trial.test()));
        let layers = &test.layers;
        let key = TrainingKey { method: method.to_owned(), epoch, layer: None, removed: 0.into() };
        TrainingRow {
            key,
            // Where a loss is no finite number the training has diverged, and is not shown.
            outcome: Outcome::Solved,
            values: TrainingValues {
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
        }
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
                let key = TrainingKey { method: method.to_owned(), epoch, layer, removed };
                // Without some of its terms a sum may leave the range of numbers.
                if !found.loss.is_finite() {
                    return diverged(key);
                }
                let values = TrainingValues {
                    test_loss: Some(found.loss),
                    test_error: Some(found.error),
                    test_error_over_masks: (removal.masks > 1).then_some(found.error_over_masks),
                    ..TrainingValues::default()
                };
                TrainingRow { key, outcome: Outcome::Solved, values }
            }));
        }
        rows
    }
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

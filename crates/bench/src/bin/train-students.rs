//! Trains students one after another on one thread: for `dev/compare-training`, which has other programs train the
//! same.
//!
//! `train-students time [OPTIONS]` says how long students take. `train-students export FOLDER [OPTIONS]` trains one,
//! and writes what it learnt from and what came of it, as little-endian numbers without a header:
//!
//! | file | holds |
//! |---|---|
//! | `inputs.f32`, `labels.u32` | the patterns, one after another, and their classes |
//! | `start.f32` | W^1, …, W^L at the start, row after row |
//! | `order.u32` | the patterns in the order of each epoch, one epoch after another; a step takes the next `--batch` |
//! | `losses.f64` | the mean loss of all patterns at the start and after each epoch |
//!
//! ```text
//! --widths 50,50,50,1  --patterns 1000  --batch 50  --epochs 20  --loss absolute  --optimiser adam  --rate 0.01
//! --students 20        for `time`
//! --level avx512       no vector instructions beyond these
//! --digits             digits, with 64,50,50,10, in place of a teacher's answers
//! ```

use cpu_time::ProcessTime;
use kernel::cpu::Level;
use learning::{Initialisation, Labels, Loss, Optimiser, Settings, Teacher, Trial, Weights, plain};
use model::random::Key;
use std::fs;
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    Level::from_name(Options(&arguments).text("--level", "avx512")).expect("a level").limit();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["time", ..] => time(&Options(&arguments[1..])),
        ["export", folder, ..] => export(Path::new(folder), &Options(&arguments[2..])),
        _ => eprintln!("train-students time [OPTIONS] | train-students export FOLDER [OPTIONS]"),
    }
}

struct Options<'a>(&'a [String]);

impl Options<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|argument| argument == name)
    }

    fn text<'d>(&'d self, name: &str, default: &'d str) -> &'d str {
        let at = self.0.iter().position(|argument| argument == name);
        at.and_then(|at| self.0.get(at + 1)).map_or(default, String::as_str)
    }

    fn count(&self, name: &str, default: &str) -> u32 {
        self.text(name, default).parse().expect("a whole number")
    }

    fn settings(&self) -> Settings {
        let widths = self.text("--widths", if self.has("--digits") { "64,50,50,10" } else { "50,50,50,1" });
        let widths: Vec<u32> = widths.split(',').map(|width| width.parse().expect("a width")).collect();
        Settings {
            initialisation: Initialisation::He,
            biases: false,
            loss: Loss::from_name(self.text("--loss", "absolute")).expect("a loss"),
            optimiser: Optimiser::from_name(self.text("--optimiser", "adam")).expect("an optimiser"),
            learning_rate: self.text("--rate", "0.01").parse().expect("a number"),
            batch: self.count("--batch", "50"),
            weights: Weights::Real,
            dropconnect: vec![0.0; widths.len() - 1],
            widths,
        }
    }

    fn epochs(&self) -> u32 {
        self.count("--epochs", "20")
    }

    fn trial(&self, settings: &Settings, student: u32) -> Trial {
        let (patterns, key) = (self.patterns(), Key::derive("rapgrid bench", &[&student.to_string()]));
        match self.has("--digits") {
            true => Trial::of_patterns(tasks::digits(), patterns, 500, key),
            false => Trial::of_teacher(&settings.widths, Teacher::Signs, Labels::Sign, patterns, 500, key),
        }
    }

    fn patterns(&self) -> u32 {
        self.count("--patterns", "1000")
    }
}

/// Prints seconds of CPU time for each student, and what that is for each step.
fn time(options: &Options<'_>) {
    let (settings, epochs) = (options.settings(), options.epochs());
    let trials: Vec<Trial> =
        (0..options.count("--students", "20")).map(|student| options.trial(&settings, student)).collect();
    let start = ProcessTime::now();
    let networks: Vec<_> = trials
        .iter()
        .map(|trial| learning::train(Level::chosen(), &settings, trial, &[epochs], &mut |_, _| {}))
        .collect();
    let seconds = start.elapsed().as_secs_f64() / trials.len() as f64;
    let errors = networks.iter().zip(&trials).map(|(network, trial)| match network {
        Ok(network) => network.look(Level::chosen(), trial.test(), settings.loss).error,
        Err(_) => f64::NAN,
    });
    println!(
        "{seconds:.9}\ts a student\t{:.2}\tµs a step\t{:.4}\ttest error",
        seconds * 1e6 / f64::from(epochs * options.patterns().div_ceil(settings.batch)),
        errors.sum::<f64>() / trials.len() as f64
    );
}

fn export(folder: &Path, options: &Options<'_>) {
    let (settings, epochs) = (options.settings(), options.epochs());
    let trial = options.trial(&settings, 0);
    let patterns = trial.training();
    let mut losses = Vec::new();
    let schedule: Vec<u32> = (0..=epochs).collect();
    learning::train(Level::chosen(), &settings, &trial, &schedule, &mut |_, network| {
        losses.push(network.look(Level::chosen(), patterns, settings.loss).loss);
    })
    .expect("a training that stays finite");
    let inputs = (0..patterns.len()).flat_map(|pattern| patterns.input(pattern));
    let start = plain::start::<f32>(&settings, trial.key()).weights.concat();
    let order =
        (0..epochs).flat_map(|epoch| plain::order(trial.key(), epoch, patterns.len(), settings.batch));
    let write = |name: &str, bytes: Vec<u8>| fs::write(folder.join(name), bytes).expect("a file");
    fs::create_dir_all(folder).expect("a folder");
    write("inputs.f32", inputs.flat_map(|input| input.to_le_bytes()).collect());
    write("labels.u32", patterns.labels().iter().flat_map(|label| label.to_le_bytes()).collect());
    write("start.f32", start.iter().flat_map(|weight| weight.to_le_bytes()).collect());
    write("order.u32", order.flat_map(|pattern| pattern.to_le_bytes()).collect());
    write("losses.f64", losses.iter().flat_map(|loss| loss.to_le_bytes()).collect());
}

//! Trains students one after another on one thread, and says how many a second.
//!
//!     train-students [--widths 50,50,50,1] [--patterns 1000] [--batch 50] [--epochs 20] [--loss absolute] [--optimiser adam]
//!                    [--rate 0.01] [--digits] [--students 20]

use kernel::cpu::Level;
use learning::{Initialisation, Labels, Loss, Optimiser, Settings, Teacher, Trial, Weights};
use model::random::Key;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str, default: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).map_or(default, String::as_str).to_owned()
    };
    let number = |name: &str, default: &str| value(name, default).parse::<f64>().expect("a number");
    let is_digits = arguments.iter().any(|argument| argument == "--digits");
    let widths = value("--widths", if is_digits { "64,50,50,10" } else { "50,50,50,1" });
    let widths: Vec<u32> = widths.split(',').map(|width| width.parse().expect("a width")).collect();
    let settings = Settings {
        initialisation: Initialisation::He,
        biases: false,
        loss: Loss::from_name(&value("--loss", "absolute")).expect("a loss"),
        optimiser: Optimiser::from_name(&value("--optimiser", "adam")).expect("an optimiser"),
        learning_rate: number("--rate", "0.01"),
        batch: number("--batch", "50") as u32,
        weights: Weights::Real,
        dropconnect: vec![0.0; widths.len() - 1],
        widths,
    };
    let (patterns, epochs) = (number("--patterns", "1000") as u32, number("--epochs", "20") as u32);
    let students = number("--students", "20") as u32;
    let key = |student: u32| Key::derive("rapgrid bench", &[&student.to_string()]);
    let trial = |student| match is_digits {
        true => Trial::of_patterns(tasks::digits(), patterns, 500, key(student)),
        false => {
            Trial::of_teacher(&settings.widths, Teacher::Signs, Labels::Sign, patterns, 500, key(student))
        }
    };
    let trials: Vec<Trial> = (0..students).map(trial).collect();
    let start = Instant::now();
    let mut error = 0.0;
    for trial in &trials {
        let network = learning::train(Level::chosen(), &settings, trial, &[epochs], &mut |_, _| {});
        error += network
            .map_or(f64::NAN, |network| network.look(Level::chosen(), trial.test(), settings.loss).error);
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{students} students of {epochs} epochs: {:.2} a second, {:.1} µs a step; test error {:.4}",
        f64::from(students) / seconds,
        seconds * 1e6 / f64::from(students * epochs * patterns.div_ceil(settings.batch)),
        error / f64::from(students)
    );
}

//! Belief propagation on the instances of a sweep, from files: for `dev/bp-speed`, which compares two revisions on the
//! same files.
//!
//! `bp-scan draw SPEC FOLDER` draws the instances of a spec into files. `bp-scan time FOLDER` solves each at every β of
//! the first scan from both starts, and prints the seconds of CPU time that it took, the updates, and the rows that
//! converged. With `--rows` it prints every row instead.

use model::random::Key;
use model::{FactorGraph, Instance};
use physics::bp::{BpSettings, Problem, Solver, Start};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use sweep::{Job, Spec, Sweep};

/// The β of examples/first-scan.toml.
const BETAS: [f64; 8] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["draw", spec, folder] => draw(spec, Path::new(folder)),
        ["time", folder] => time(Path::new(folder), false),
        ["time", folder, "--rows"] => time(Path::new(folder), true),
        _ => eprintln!("bp-scan draw SPEC FOLDER | bp-scan time FOLDER [--rows]"),
    }
}

fn draw(spec: &str, folder: &Path) {
    let text = fs::read_to_string(spec).expect("a spec");
    let no_files = |name: &str| Err(format!("{name} is not read"));
    let sweep = Sweep::new(Spec::parse(&text, spec, &no_files).expect("a valid spec"));
    let job = Job { part: 0, first_unit: 0, end_unit: sweep.latest().units() };
    fs::create_dir_all(folder).expect("a folder");
    for (unit, work) in sweep.works(0, job.units()) {
        let sample =
            compute::Sample { seed: sweep.latest().seed(), cell: &work.cell.content, sample: work.sample };
        let instance = compute::instance_of(&work.cell, sample);
        if !instance.is_empty() {
            fs::write(folder.join(format!("{unit:05}.json")), instance.to_json()).expect("a file");
        }
    }
}

/// Nanoseconds that this thread has run.
fn cpu_time() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split_whitespace().next().and_then(|first| first.parse().ok()).expect("a number")
}

fn time(folder: &Path, rows: bool) {
    let files: BTreeSet<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    let (mut nanoseconds, mut updates, mut converged, mut all) = (0, 0, 0, 0);
    for file in files {
        let instance = Instance::from_json(&fs::read_to_string(&file).expect("text")).expect("an instance");
        let graph = FactorGraph::new(&instance);
        let along = graph.ground_state().expect("couplings `input`");
        let mut streams: Vec<_> =
            (0..).map(|k| Key::derive("bp-scan", &[]).stream(k)).take(BETAS.len()).collect();
        let since = cpu_time();
        let mut problems = Vec::new();
        for (beta, stream) in BETAS.into_iter().zip(&mut streams) {
            problems.push(Problem { beta, start: Start::Paramagnetic(stream) });
            problems.push(Problem { beta, start: Start::Polarised(along) });
        }
        let solutions = Solver::new(&graph).solve_all(problems, &BpSettings::default());
        nanoseconds += cpu_time() - since;
        for (row, solution) in solutions.iter().enumerate() {
            updates += u64::from(solution.iterations);
            converged += u32::from(solution.converged);
            all += 1;
            if rows {
                let name = file.file_stem().expect("a name").to_string_lossy();
                println!("{name} {} {} {} {solution:?}", BETAS[row / 2], row % 2, graph.path_count());
            }
        }
    }
    println!("{:.4} seconds, {updates} updates, {converged} of {all} converged", nanoseconds as f64 * 1e-9);
}

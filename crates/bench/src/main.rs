//! `cargo run --release -p bench`: how the kernels compare with their baselines, in one run.
//!
//! Absolute times mean little on shared machines: what is printed are ratios, medians over interleaved pairs, with
//! their range. The baselines stand beside this file: a scalar heat bath over an adjacency list with a table of
//! probabilities, and textbook belief propagation with the platform's tanh and atanh. One thread but where two are
//! named.
//!
//! `cargo run --release -p bench -- lanes` compares only what has that in its name;
//! `cargo run --release -p bench -- --rates` prints the best rate of each kernel instead, for `dev/dispatch`;
//! `cargo run --release -p bench -- coverage SPEC.toml` says whether error bars cover (see `coverage.rs`).

mod coverage;
mod drawing;
mod exact;
mod heat_bath;
mod pairs;
mod textbook_bp;
mod threads;

use comfy_table::{CellAlignment, Table, presets};
use heat_bath::HeatBath;
use kernel::cpu::Level;
use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph, Network, Structure};
use pairs::{Ratio, best_rate, compare};
use physics::bp::{BpSettings, LANES, Problem, Solver, Start};
use physics::chain::lanes::{Lanes, PathLists};
use physics::chain::{Chain, Dynamics, Positions};
use std::hint::black_box;
use textbook_bp::TextbookBp;

/// Where the model is disordered and the baseline flips often, and where it is all but frozen: refusals cost the
/// baseline least, and the kernels nothing less than flips.
const BETAS: [f64; 2] = [0.1, 1.1];
/// Belief propagation is compared cold, from a polarised start: at m = 0 libm's fast paths flatter the textbook form.
/// One β in each lane; the textbook form runs at the first.
const COLD: [f64; LANES] = [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.9];
/// MC sweeps of a round of the baseline, of one packed replica, and of lanes.
const MC_SWEEPS: u64 = 40;
const PACKED_MC_SWEEPS: u64 = 1000;
const LANE_MC_SWEEPS: u64 = 8;
/// Iterations of a round.
const ITERATIONS: u32 = 20;
/// Iterations of a round in lanes: about as many as the polarised problems of the first scan take on average.
const LANE_ITERATIONS: u32 = 375;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, arguments @ ..] = &arguments[..]
        && command == "coverage"
    {
        return coverage::run(arguments);
    }
    ratios();
    Ok(())
}

fn ratios() {
    let reference = every_path("N = 50, every path active with 0.1", 0.1);
    if std::env::args().any(|argument| argument == "--rates") {
        print_rates(&reference.1);
        return;
    }
    let dense = every_path("N = 50, every path active", 1.0);
    let mut report = Report::new(std::env::args().nth(1));
    for (name, graph) in [&reference, &dense] {
        for beta in BETAS {
            for level in Level::available() {
                let kernel = format!("one packed replica, β = {beta} / scalar heat bath");
                report
                    .row(&kernel, level, name, || against_heat_bath(graph, beta, packed(graph, beta, level)));
            }
        }
    }
    for beta in BETAS {
        for level in Level::available() {
            let kernel = format!("512 independent lanes, β = {beta} / scalar heat bath");
            report.row(&kernel, level, reference.0, || {
                let graph = &reference.1;
                let positions = Positions::new(graph);
                let lists = PathLists::new(graph, &positions).expect("small degrees");
                against_heat_bath(graph, beta, in_lanes(graph, &lists, &positions, beta, level))
            });
        }
    }
    for level in Level::available() {
        let kernel = "BP, f64, 8 lanes, β = 1.1 to 1.9, polarised / textbook";
        report.row(kernel, level, reference.0, || belief_propagation(&reference.1, level));
    }
    report.row(exact::KERNEL, Level::chosen(), exact::INSTANCE, exact::enumeration);
    for (name, structure) in drawing::cases() {
        report.row(drawing::KERNEL, Level::chosen(), &name, || drawing::nested_over_skips(&structure));
    }
    let units = "branching, N = 16, BP and short MC at 8 β";
    report.row("two threads over samples / one", Level::chosen(), units, threads::two_over_one);
    report.print();
}

/// The table of ratios.
struct Report {
    table: Table,
    /// Only kernels with this in their names are compared.
    only: Option<String>,
}

impl Report {
    fn new(only: Option<String>) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["kernel / baseline", "level", "instance", "ratio", "range", "kernel, units/s"]);
        Self { table, only }
    }

    fn row(&mut self, kernel: &str, level: Level, instance: &str, compare: impl FnOnce() -> Ratio) {
        if self.only.as_ref().is_some_and(|only| !kernel.contains(only)) {
            return;
        }
        let Ratio { median, range: (least, most), rate } = compare();
        self.table.add_row([
            kernel.to_owned(),
            level.name().to_owned(),
            instance.to_owned(),
            format!("{median:.2}"),
            format!("{least:.2}–{most:.2}"),
            format!("{rate:.2e}"),
        ]);
    }

    fn print(mut self) {
        for column in 3..6 {
            if let Some(column) = self.table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        println!("{}", self.table);
    }
}

fn every_path(name: &'static str, activation: f64) -> (&'static str, FactorGraph) {
    let network = Network::new(vec![50, 50, 50, 1]).expect("widths");
    let activation = vec![activation, 1.0];
    let structure =
        Structure::new(network, Ensemble::Independent, Couplings::Input, vec![0.0; 3], activation);
    let instance = structure.expect("probabilities").draw(&mut Key::derive("benchmark", &[]).stream(0));
    (name, FactorGraph::new(&instance))
}

/// Spin updates of the chosen level's kernels, and messages, the best of many rounds a second.
fn print_rates(graph: &FactorGraph) {
    let (beta, level) = (BETAS[0], Level::chosen());
    let positions = Positions::new(graph);
    let lists = PathLists::new(graph, &positions).expect("small degrees");
    println!("packed {:e}", best_rate(packed(graph, beta, level)));
    println!("lanes {:e}", best_rate(in_lanes(graph, &lists, &positions, beta, level)));
    println!("bp {:e}", best_rate(messages_in_lanes(graph, &Solver::new(graph), level)));
}

/// Spin updates of a kernel against those of the scalar heat bath.
fn against_heat_bath(graph: &FactorGraph, beta: f64, kernel: impl FnMut() -> u64) -> Ratio {
    let mut baseline = HeatBath::new(graph, beta, 1);
    let heat_bath = || {
        (0..MC_SWEEPS).for_each(|_| baseline.sweep());
        black_box(baseline.energy());
        MC_SWEEPS * graph.weight_count() as u64
    };
    compare(heat_bath, kernel)
}

/// One replica in bit rows.
fn packed(graph: &FactorGraph, beta: f64, level: Level) -> impl FnMut() -> u64 {
    let dynamics = Dynamics::on_level(graph, level);
    let heat = dynamics.heat(beta);
    // Begins with all weights +1, as the baseline does.
    let mut replica = dynamics.replica(&vec![1; graph.weight_count()]);
    let mut mc_sweep = 0;
    move || {
        for _ in 0..PACKED_MC_SWEEPS {
            mc_sweep += 1;
            dynamics.mc_sweep(&mut replica, &heat, 1, mc_sweep);
        }
        black_box(replica.energy());
        PACKED_MC_SWEEPS * graph.weight_count() as u64
    }
}

/// 512 replicas, each with random numbers of its own.
fn in_lanes<'a>(
    graph: &'a FactorGraph,
    lists: &'a PathLists,
    positions: &Positions,
    beta: f64,
    level: Level,
) -> impl FnMut() -> u64 + 'a {
    let key = Key::derive("benchmark", &["lanes"]);
    let chains: Vec<Chain> = (0..Lanes::COUNT as u32).map(|run| Chain::of_run(beta, key, run)).collect();
    let mut lanes = Lanes::new(lists, positions, &chains);
    move || {
        (0..LANE_MC_SWEEPS).for_each(|_| lanes.mc_sweep(level));
        LANE_MC_SWEEPS * (graph.weight_count() * Lanes::COUNT) as u64
    }
}

/// Messages, path → weight and weight → path on one incidence being one; a fixed number of iterations.
fn belief_propagation(graph: &FactorGraph, level: Level) -> Ratio {
    let solver = Solver::new(graph);
    let textbook = || {
        let mut state = TextbookBp::polarised(graph, COLD[0]);
        (0..ITERATIONS).for_each(|_| state.update());
        black_box(state.overlap());
        graph.weight_of().len() as u64 * u64::from(ITERATIONS)
    };
    compare(textbook, messages_in_lanes(graph, &solver, level))
}

fn messages_in_lanes<'a>(
    graph: &'a FactorGraph,
    solver: &'a Solver,
    level: Level,
) -> impl FnMut() -> u64 + 'a {
    // A tolerance that nothing meets: the textbook form looks at no residuals either.
    let settings = BpSettings { tolerance: -1.0, max_iterations: LANE_ITERATIONS };
    let along = graph.ground_state().expect("couplings `input`");
    move || {
        let problems = COLD.map(|beta| Problem { beta, start: Start::Polarised(along) }).into();
        let solutions = black_box(solver.solve_all_at(level, problems, &settings));
        let iterations: u64 = solutions.iter().map(|solution| u64::from(solution.iterations)).sum();
        graph.weight_of().len() as u64 * iterations
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use physics::bp;

    fn small() -> FactorGraph {
        let network = Network::new(vec![3, 2, 2, 1]).expect("widths");
        let structure =
            Structure::new(network, Ensemble::Branching, Couplings::Input, vec![0.0; 3], vec![1.0; 2]);
        FactorGraph::new(&structure.expect("probabilities").draw(&mut Key::derive("small", &[]).stream(0)))
    }

    #[test]
    fn the_baseline_of_monte_carlo_samples_the_exact_energy() {
        let graph = small();
        let exact = physics::exact::enumerate(&graph, &[0.4])[0].energy;
        let mut bath = HeatBath::new(&graph, 0.4, 7);
        (0..1000).for_each(|_| bath.sweep());
        let energies: Vec<f64> = (0..200_000)
            .map(|_| {
                bath.sweep();
                bath.energy() as f64
            })
            .collect();
        let mean = energies.iter().sum::<f64>() / energies.len() as f64;
        assert!((mean - exact).abs() < 0.1, "{mean} for {exact}");
    }

    #[test]
    fn the_baseline_of_belief_propagation_ends_at_the_same_fixed_point() {
        let graph = small();
        let along = graph.ground_state().expect("couplings `input`");
        let mut textbook = TextbookBp::polarised(&graph, COLD[0]);
        (0..3000).for_each(|_| textbook.update());
        let solution = bp::solve(&graph, COLD[0], Start::Polarised(along), &BpSettings::default());
        assert!((textbook.overlap() - solution.overlap).abs() < 1e-9, "{} {solution:?}", textbook.overlap());
    }
}

//! `cargo run --release -p bench`: how the kernels compare with their baselines, in one run.
//!
//! Absolute times mean little on shared machines: what is printed are ratios, medians over interleaved pairs, with their
//! range. The baselines stand beside this file: a scalar heat bath over an adjacency list with a table of probabilities,
//! and textbook belief propagation with the platform's tanh and atanh. One thread.

mod exact;
mod heat_bath;
mod pairs;
mod textbook_bp;

use comfy_table::{CellAlignment, Table, presets};
use heat_bath::HeatBath;
use pairs::{Ratio, compare};
use physics::bp::{self, BpSettings, Start};
use physics::mc::{Configuration, Glauber};
use physics::random::Key;
use physics::{Couplings, Ensemble, FactorGraph, Network, Structure};
use std::hint::black_box;
use textbook_bp::TextbookBp;

/// Where the model is disordered, and where it is all but frozen: flips cost more than refusals.
const BETAS: [f64; 2] = [0.1, 1.1];
/// Belief propagation is compared cold, from a polarised start: at m = 0 libm's fast paths flatter the textbook form.
const COLD: f64 = 1.1;
/// MC sweeps of a round.
const MC_SWEEPS: u64 = 40;
/// Iterations of a round.
const ITERATIONS: u32 = 20;

fn main() {
    let reference = every_path("N = 50, every path active with 0.1", 0.1);
    let dense = every_path("N = 50, every path active", 1.0);
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["kernel / baseline", "instance", "ratio", "range", "kernel, units/s"]);
    for (name, graph) in [&reference, &dense] {
        for beta in BETAS {
            let kernel = format!("Glauber, one replica, β = {beta} / scalar heat bath");
            row(&mut table, &kernel, name, monte_carlo(graph, beta));
        }
    }
    row(
        &mut table,
        "BP, one β / textbook, β = 1.1, polarised",
        reference.0,
        belief_propagation(&reference.1),
    );
    row(&mut table, exact::KERNEL, exact::INSTANCE, exact::enumeration());
    for column in 2..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}");
}

fn every_path(name: &'static str, activation: f64) -> (&'static str, FactorGraph) {
    let network = Network::new(vec![50, 50, 50, 1]).expect("widths");
    let activation = vec![activation, 1.0];
    let structure =
        Structure::new(network, Ensemble::Independent, Couplings::Input, vec![0.0; 3], activation);
    let instance = structure.expect("probabilities").draw(&mut Key::derive("benchmark", &[]).stream(0));
    (name, FactorGraph::new(&instance))
}

fn row(table: &mut Table, kernel: &str, instance: &str, ratio: Ratio) {
    let Ratio { median, range: (least, most), rate } = ratio;
    table.add_row([
        kernel.to_owned(),
        instance.to_owned(),
        format!("{median:.2}"),
        format!("{least:.2}–{most:.2}"),
        format!("{rate:.2e}"),
    ]);
}

/// Spin updates.
fn monte_carlo(graph: &FactorGraph, beta: f64) -> Ratio {
    let mut baseline = HeatBath::new(graph, beta, 1);
    let dynamics = Glauber::new(graph, beta);
    let stream = &mut Key::derive("benchmark", &["glauber"]).stream(0);
    let mut state = Configuration::new(graph, vec![1; graph.weight_count()]);
    let updates = MC_SWEEPS * graph.weight_count() as u64;
    compare(
        || {
            (0..MC_SWEEPS).for_each(|_| baseline.sweep());
            black_box(baseline.energy());
            updates
        },
        || {
            (0..MC_SWEEPS).for_each(|_| dynamics.mc_sweep(&mut state, stream));
            black_box(state.energy);
            updates
        },
    )
}

/// Messages, path → weight and weight → path on one incidence being one; a fixed number of iterations.
fn belief_propagation(graph: &FactorGraph) -> Ratio {
    let settings = BpSettings { tolerance: 0.0, max_iterations: ITERATIONS };
    let along = graph.ground_state().expect("couplings `input`");
    let messages = u64::from(ITERATIONS) * graph.weight_of().len() as u64;
    compare(
        || {
            let mut state = TextbookBp::polarised(graph, COLD);
            (0..ITERATIONS).for_each(|_| state.update());
            black_box(state.overlap());
            messages
        },
        || {
            black_box(bp::solve(graph, COLD, Start::Polarised(along), &settings));
            messages
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut textbook = TextbookBp::polarised(&graph, COLD);
        (0..3000).for_each(|_| textbook.update());
        let solution = bp::solve(&graph, COLD, Start::Polarised(along), &BpSettings::default());
        assert!((textbook.overlap() - solution.overlap).abs() < 1e-9, "{} {solution:?}", textbook.overlap());
    }
}

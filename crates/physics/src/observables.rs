//! What Monte Carlo measures besides the energy: heat capacity, magnetisation by weight layer, and overlaps of two
//! replicas (see [`OverlapRecorder`]).

mod overlaps;
mod units;

pub use overlaps::{OverlapRecorder, Overlaps, PathOverlap};
pub use units::UnitOverlap;

use crate::graph::FactorGraph;
use crate::mc::{Configuration, Glauber, QuenchSettings};
use crate::random::{Key, Stream};
use crate::statistics::{
    ENERGY_QUANTUM, Equilibration, Estimate, Value, equilibration, estimate, in_blocks, mean_of_independent,
    mean_with_error,
};

/// Blocks of a series from which the error of a derived quantity is computed.
const BLOCKS: usize = 1024;

/// What the runs of a quench show; energies are totals, overlaps lie in [−1, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// ⟨H⟩, bit for bit that of [`quench`](crate::mc::quench) with the same settings and key.
    pub energy: Estimate,
    /// Whether the runs have forgotten where they began.
    pub equilibration: Equilibration,
    /// C = β² Var H.
    pub heat_capacity: Value,
    /// q = (1/n) Σ_i ⟨w_i⟩², that of [`quench`](crate::mc::quench).
    pub overlap: f64,
    /// The same by weight layer, 1..=L.
    pub layers: Vec<LayerOverlap>,
    /// Of the runs 0 and 1, 2 and 3, …; a last run without a partner has none.
    pub overlaps: Overlaps,
}

/// The magnetisation of one weight layer within single runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerOverlap {
    /// Weight layer l, 1..=L.
    pub layer: u16,
    /// n_(l): weights of the layer that are in the model.
    pub weights: usize,
    /// (1/n_(l)) Σ_i ⟨w_i⟩², averages over one run; mean and standard error over the runs. It vanishes in
    /// equilibrium (exact fact 3) as slowly as runs wander between the states that flipping hidden units gives; a
    /// run shorter than that sees the order within one state. Of independent configurations T in number it is 1/T.
    pub overlap: Value,
}

/// Runs a quench as [`quench`](crate::mc::quench) does, two runs side by side, and records what they show. `bins` is
/// the number of bins of the overlap histogram over [−1, 1], ≥ 1.
pub fn observe_quench(
    graph: &FactorGraph,
    beta: f64,
    settings: &QuenchSettings,
    key: Key,
    bins: usize,
) -> Observed {
    let dynamics = Glauber::new(graph, beta);
    let mut runs: Vec<Run> = Vec::with_capacity(settings.runs as usize);
    let mut recorders = Vec::new();
    while runs.len() < settings.runs as usize {
        let number = runs.len() as u64;
        let mut pair: Vec<Run> = (number..u64::from(settings.runs).min(number + 2))
            .map(|run| Run::new(graph, &dynamics, settings, key.stream(run)))
            .collect();
        let mut recorder = OverlapRecorder::new(graph, settings.measure as usize, bins);
        for _ in 0..settings.measure {
            pair.iter_mut().for_each(|run| run.measure(&dynamics));
            if let [first, second] = &pair[..] {
                recorder.record(&first.state, &second.state);
            }
        }
        if pair.len() == 2 {
            recorders.push(recorder);
        }
        runs.extend(pair);
    }
    let (energies, sums): (Vec<Vec<f64>>, Vec<Vec<i32>>) =
        runs.into_iter().map(|run| (run.energies, run.sums)).unzip();
    Observed {
        energy: estimate(&energies),
        equilibration: equilibration(&energies),
        heat_capacity: heat_capacity(&energies, beta),
        overlap: overlap(&sums, settings.measure),
        layers: layer_overlaps(graph, &sums, settings.measure),
        overlaps: Overlaps::of(&recorders),
    }
}

/// C = β² Var H from the energies of independent runs (≥ 2) of equal length, with its error; a total: c = C/n.
pub fn heat_capacity(energies: &[Vec<f64>], beta: f64) -> Value {
    let count = (energies.len() * energies[0].len()) as f64;
    let mean = mean_with_error(&in_blocks(energies, BLOCKS), 0.0);
    let square = |energy: &f64| (energy - mean.value) * (energy - mean.value);
    let squares: Vec<Vec<f64>> = energies.iter().map(|run| run.iter().map(square).collect()).collect();
    let least = ENERGY_QUANTUM * ENERGY_QUANTUM / count;
    let variance = mean_with_error(&in_blocks(&squares, BLOCKS), least);
    // About the true mean, of which the measured one is off by its error.
    let value = squares.iter().flatten().sum::<f64>() / count + mean.error * mean.error;
    Value { value: beta * beta * value, error: beta * beta * variance.error }
}

/// One run of a quench, relaxed.
struct Run {
    state: Configuration,
    stream: Stream,
    energies: Vec<f64>,
    /// Σ_t w_i.
    sums: Vec<i32>,
}

impl Run {
    fn new(
        graph: &FactorGraph,
        dynamics: &Glauber<'_>,
        settings: &QuenchSettings,
        mut stream: Stream,
    ) -> Self {
        let mut state = Configuration::random(graph, &mut stream);
        (0..settings.relax).for_each(|_| dynamics.mc_sweep(&mut state, &mut stream));
        let energies = Vec::with_capacity(settings.measure as usize);
        Self { state, stream, energies, sums: vec![0; graph.weight_count()] }
    }

    fn measure(&mut self, dynamics: &Glauber<'_>) {
        dynamics.mc_sweep(&mut self.state, &mut self.stream);
        self.energies.push(self.state.energy as f64);
        for (sum, &weight) in self.sums.iter_mut().zip(&self.state.weights) {
            *sum += i32::from(weight);
        }
    }
}

/// ⟨w⟩² of a weight.
fn square_magnetisation(sum: i32, measured: u32) -> f64 {
    let m = f64::from(sum) / f64::from(measured);
    m * m
}

/// Summed in the order of [`quench`](crate::mc::quench), so that the bits are the same.
fn overlap(sums: &[Vec<i32>], measured: u32) -> f64 {
    let mut overlap = 0.0;
    for run in sums {
        let squares: f64 = run.iter().map(|&sum| square_magnetisation(sum, measured)).sum();
        overlap += squares / run.len() as f64;
    }
    overlap / sums.len() as f64
}

fn layer_overlaps(graph: &FactorGraph, sums: &[Vec<i32>], measured: u32) -> Vec<LayerOverlap> {
    (1..=graph.depth() as u16)
        .map(|layer| {
            let weights = graph.layer(layer);
            let count = weights.len();
            let of_run = |run: &Vec<i32>| {
                let of_layer = &run[weights.clone()];
                let squares: f64 = of_layer.iter().map(|&sum| square_magnetisation(sum, measured)).sum();
                squares / count as f64
            };
            let overlaps: Vec<f64> = sums.iter().map(of_run).collect();
            // One weight that flips for one MC sweep of one run changes m² by 4/T.
            let least = 4.0 / (f64::from(measured) * (count * sums.len()) as f64);
            LayerOverlap { layer, weights: count, overlap: mean_of_independent(&overlaps, least) }
        })
        .collect()
}

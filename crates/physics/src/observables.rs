//! What Monte Carlo measures besides the energy: heat capacity, magnetisation by weight layer, and overlaps of two
//! replicas (see [`OverlapRecorder`]).

mod memory;
mod overlaps;
mod units;

pub(crate) use memory::bytes_of_observing;
pub use overlaps::{OverlapRecorder, Overlaps, PathOverlap};
pub use units::UnitOverlap;

use crate::chain::{Chain, Dynamics, Excitation, Glances, Recorded, Runs};
use crate::mc::QuenchSettings;
use crate::statistics::{
    ENERGY_QUANTUM, Equilibration, Estimate, Value, Witnesses, equilibration, estimate_of, in_blocks,
    mean_of_independent, mean_with_error, variance_within,
};
use model::FactorGraph;
use model::random::Key;

/// Blocks of a series from which the error of a derived quantity is computed.
const BLOCKS: usize = 1024;

/// What the runs of a quench show; energies are totals, overlaps lie in [−1, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// ⟨H⟩.
    pub energy: Estimate,
    /// Whether the runs have forgotten where they began.
    pub equilibration: Equilibration,
    /// C = β² Var H.
    pub heat_capacity: Value,
    /// q = (1/n) Σ_i ⟨w_i⟩², averages over one run, mean over the runs.
    pub overlap: f64,
    /// The overlap by weight layer, 1..=L.
    pub layers: Vec<LayerOverlap>,
    /// The overlaps of the runs 0 and 1, 2 and 3, …; a last run without a partner has none.
    pub overlaps: Overlaps,
    /// H after every measured MC sweep, by run.
    pub energies: Vec<Vec<f64>>,
}

/// The magnetisation of one weight layer within single runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerOverlap {
    /// Weight layer l, 1..=L.
    pub layer: u16,
    /// n_(l): weights of the layer that are in the model.
    pub weights: usize,
    /// (1/n_(l)) Σ_i ⟨w_i⟩², averages over one run; mean and standard error over the runs. It vanishes in equilibrium
    /// (docs/model.md, fact 3) as slowly as runs wander between the states that flipping hidden units gives; a run
    /// shorter than that sees the order within one state. Of independent configurations T in number it is 1/T.
    pub overlap: Value,
}

/// Quenches to each β, with the key of its chains, and records what they show: the same bits for a β, whatever others
/// stand beside it. `bins` is the number of bins of the overlap histogram over [−1, 1], ≥ 1.
pub fn observe_quenches(
    dynamics: &Dynamics<'_>,
    betas: &[(f64, Key)],
    settings: &QuenchSettings,
    bins: usize,
) -> Vec<Observed> {
    let runs = settings.runs as usize;
    let pairs_of_beta = runs / 2;
    let length = settings.measure as usize;
    let recorder = OverlapRecorder::new(dynamics.graph(), length, bins);
    let mut recorders = vec![vec![recorder; pairs_of_beta]; betas.len()];
    let chains: Vec<Vec<Chain>> = betas.iter().map(|&(beta, key)| settings.chains(beta, key)).collect();
    let Runs { recorded, references } = dynamics.run(&chains, settings.course(), |b, pair, difference| {
        recorders[b][pair].take(difference);
    });
    let probes: Vec<Vec<Chain>> = betas.iter().map(|&(beta, key)| settings.probes(beta, key)).collect();
    let probes = dynamics.probe(&probes, &references, settings.course());
    let each = betas.iter().zip(recorded).zip(probes).zip(recorders);
    each.map(|(((&(beta, _), runs), probes), recorders)| {
        observed(dynamics.graph(), beta, settings, runs, &probes, &recorders)
    })
    .collect()
}

fn observed(
    graph: &FactorGraph,
    beta: f64,
    settings: &QuenchSettings,
    mut runs: Vec<Recorded>,
    probes: &[Glances],
    recorders: &[OverlapRecorder],
) -> Observed {
    let energies: Vec<Vec<f64>> = runs.iter_mut().map(|run| std::mem::take(&mut run.energies)).collect();
    let sums: Vec<&[i32]> = runs.iter().map(|run| &run.sums[..]).collect();
    let glances: Vec<&Glances> = runs.iter().map(|run| &run.glances).collect();
    let unseen = Unseen::after(runs.iter().filter_map(|run| run.cheapest));
    let overlaps = Overlaps::with_unseen(recorders, unseen.paths);
    let energy = estimate_of(&energies, unseen.energy);
    Observed {
        equilibration: equilibration(&energies, energy.r_hat, &witnesses(&glances, probes, &overlaps)),
        energy,
        heat_capacity: heat_capacity(&energies, beta, unseen.energy),
        overlap: mean_overlap(&sums, settings.measure),
        layers: layer_overlaps(graph, &sums, settings.measure),
        overlaps,
        energies,
    }
}

/// What a visit to the cheapest excitation changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Unseen {
    /// H.
    pub(crate) energy: f64,
    /// How many path products.
    pub(crate) paths: f64,
}

impl Unseen {
    /// The cheapest of the runs' own; one quantum and one path where there is none.
    pub(crate) fn after(cheapest: impl Iterator<Item = Excitation>) -> Self {
        let by_cost = |flip: &Excitation| (flip.energy, std::cmp::Reverse(flip.paths));
        match cheapest.min_by_key(by_cost) {
            Some(flip) => Self { energy: flip.energy as f64, paths: flip.paths as f64 },
            None => Self { energy: ENERGY_QUANTUM, paths: 1.0 },
        }
    }
}

/// The overlaps of path products with the references, and by unit these and the energy, as counts of paths.
pub(crate) fn witnesses<'a>(runs: &[&'a Glances], probes: &[Glances], overlaps: &Overlaps) -> Witnesses<'a> {
    Witnesses {
        whole: (1..Glances::KINDS).map(|kind| runs.iter().map(|run| run.totals(kind)).collect()).collect(),
        // A sample of a pair takes one of each of its runs.
        effective_samples: overlaps.path.as_ref().and_then(|path| path.effective_samples).map(|n| 2.0 * n),
        units: runs.iter().map(|run| run.columns()).collect(),
        missed: Glances::missed_by(runs, probes),
    }
}

/// C = β² Var H from the energies of independent runs (≥ 2) of equal length, with its error; a total: c = C/n. The
/// variance is that within runs; `unseen` is the energy of a visit that no run may have seen.
pub fn heat_capacity(energies: &[Vec<f64>], beta: f64, unseen: f64) -> Value {
    let count = (energies.len() * energies[0].len()) as f64;
    let (value, squares) = variance_within(energies);
    let error = mean_with_error(&in_blocks(&squares, BLOCKS), unseen * unseen / count).error;
    Value { value: beta * beta * value, error: beta * beta * error }
}

/// ⟨w⟩² of a weight.
fn square_magnetisation(sum: i32, measured: u32) -> f64 {
    let m = f64::from(sum) / f64::from(measured);
    m * m
}

/// q = (1/n) Σ_i ⟨w_i⟩² of each run, and the mean over the runs.
fn mean_overlap(sums: &[&[i32]], measured: u32) -> f64 {
    let of_run = |run: &&[i32]| {
        run.iter().map(|&sum| square_magnetisation(sum, measured)).sum::<f64>() / run.len() as f64
    };
    sums.iter().map(of_run).sum::<f64>() / sums.len() as f64
}

fn layer_overlaps(graph: &FactorGraph, sums: &[&[i32]], measured: u32) -> Vec<LayerOverlap> {
    (1..=graph.depth() as u16)
        .map(|layer| {
            let weights = graph.layer(layer);
            let count = weights.len();
            let of_run = |run: &&[i32]| {
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

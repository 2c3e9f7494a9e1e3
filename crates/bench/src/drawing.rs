//! Drawing instances whose samples are nested along p and ρ, against drawing each by coins of its own.

use crate::pairs::{Ratio, compare};
use model::random::{Coin, Key, Stream};
use model::{Couplings, Ensemble, Network, Structure};
use std::hint::black_box;

pub(crate) const KERNEL: &str = "drawing, nested / by geometric skips";

/// Paths, expected or possible beginnings of them, that a round draws at least.
const PLACES: f64 = 400_000.0;

/// Every case: N units in a layer, ρ = (0.5, 0.2), without dilution and nearly diluted away.
pub(crate) fn cases() -> impl Iterator<Item = (String, Structure)> {
    let sizes = [40, 100, 300].into_iter().flat_map(|n| [0.0, 0.98].map(|p| (n, p)));
    sizes.flat_map(|(n, p)| {
        Ensemble::ALL.map(|ensemble| {
            let network = Network::new(vec![n, n, n, 1]).expect("widths");
            let structure =
                Structure::new(network, ensemble, Couplings::Input, vec![p, 0.0, 0.0], vec![0.5, 0.2]);
            (format!("{}, N = {n}, p_1 = {p}", ensemble.name()), structure.expect("probabilities"))
        })
    })
}

pub(crate) fn nested_over_skips(structure: &Structure) -> Ratio {
    let rounds = (PLACES / (structure.mean_paths() + 100.0)).ceil() as u64;
    let key = Key::derive("drawing", &[]);
    // A unit is an instance: their paths differ in number.
    let of = |draw: &dyn Fn(&mut Stream)| {
        (0..rounds).for_each(|sample| draw(&mut key.stream(sample)));
        rounds
    };
    compare(
        || of(&|stream| drop(black_box(by_skips(structure, stream)))),
        || of(&|stream| drop(black_box(structure.draw(stream)))),
    )
}

/// The active paths, by coins that no other p or ρ shares: what is not kept is skipped, whatever it is.
fn by_skips(structure: &Structure, stream: &mut Stream) -> Vec<u32> {
    match structure.ensemble() {
        Ensemble::Independent => independent(structure, stream),
        Ensemble::Branching => branching(structure, stream),
        Ensemble::Synapse | Ensemble::Unit => shared(structure, stream),
    }
}

fn independent(structure: &Structure, stream: &mut Stream) -> Vec<u32> {
    let widths = structure.network().widths();
    let mut paths = Vec::new();
    let coin = Coin::new(structure.path_probability());
    for position in coin.kept(structure.network().possible_paths(), stream) {
        let at = paths.len();
        paths.resize(at + widths.len(), 0);
        let mut rest = position;
        for (unit, &n) in paths[at..].iter_mut().zip(widths).rev() {
            *unit = (rest % u64::from(n)) as u32;
            rest /= u64::from(n);
        }
    }
    paths
}

fn branching(structure: &Structure, stream: &mut Stream) -> Vec<u32> {
    let widths = structure.network().widths();
    let mut prefixes: Vec<u32> = (0..widths[0]).collect();
    for l in 1..widths.len() {
        let n = u64::from(widths[l]);
        let trials = (prefixes.len() / l) as u64 * n;
        let mut longer = Vec::new();
        for trial in Coin::new(structure.step_probability(l)).kept(trials, stream) {
            let prefix = (trial / n) as usize * l;
            longer.extend_from_slice(&prefixes[prefix..prefix + l]);
            longer.push((trial % n) as u32);
        }
        prefixes = longer;
    }
    prefixes
}

fn shared(structure: &Structure, stream: &mut Stream) -> Vec<u32> {
    let widths = structure.network().widths();
    let mut successors = Vec::with_capacity(widths.len() - 1);
    for l in 1..widths.len() {
        let n = u64::from(widths[l]);
        let (keep, active) = match structure.ensemble() {
            Ensemble::Unit => (1.0 - structure.dilution(l), structure.activation(l)),
            _ => (structure.step_probability(l), 1.0),
        };
        let mut is_active = vec![false; widths[l] as usize];
        for unit in Coin::new(active).kept(n, stream) {
            is_active[unit as usize] = true;
        }
        let mut reached = vec![Vec::new(); widths[l - 1] as usize];
        for trial in Coin::new(keep).kept(u64::from(widths[l - 1]) * n, stream) {
            let to = (trial % n) as u32;
            if is_active[to as usize] {
                reached[(trial / n) as usize].push(to);
            }
        }
        successors.push(reached);
    }
    let mut paths = Vec::new();
    let mut path = vec![0; widths.len()];
    for input in 0..widths[0] {
        path[0] = input;
        follow(&successors, &mut path, 1, &mut paths);
    }
    paths
}

fn follow(successors: &[Vec<Vec<u32>>], path: &mut [u32], l: usize, paths: &mut Vec<u32>) {
    if l == path.len() {
        paths.extend_from_slice(path);
        return;
    }
    for &unit in &successors[l - 1][path[l - 1] as usize] {
        path[l] = unit;
        follow(successors, path, l + 1, paths);
    }
}

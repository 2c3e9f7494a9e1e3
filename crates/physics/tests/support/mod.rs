//! What the test files share.
#![allow(dead_code, reason = "every test file is a program of its own and uses its part")]

use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph, Instance, Network, Reduced, Signs, Structure, Variable};
use physics::chain::Dynamics;
use physics::mc::QuenchSettings;
use physics::observables::{Observed, observe_quenches};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;

pub(crate) fn structure(
    widths: &[u32],
    ensemble: Ensemble,
    couplings: Couplings,
    dilution: &[f64],
    activation: &[f64],
) -> Structure {
    let network = Network::new(widths.to_vec()).expect("valid widths");
    Structure::new(network, ensemble, couplings, dilution.to_vec(), activation.to_vec())
        .expect("probabilities")
}

/// The seed paper's case: ρ = (0.5, 0.2), grown by branching, only the first weight layer diluted.
pub(crate) fn seed_case(n: u32, p_1: f64, couplings: Couplings) -> Structure {
    structure(&[n, n, n, 1], Ensemble::Branching, couplings, &[p_1, 0.0, 0.0], &[0.5, 0.2])
}

pub(crate) fn draw(structure: &Structure, label: &str, sample: u64) -> Instance {
    structure.draw(&mut Key::derive(label, &[]).stream(sample))
}

/// An instance on which error bars were judged.
pub(crate) fn coverage_case(name: &str) -> FactorGraph {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference/coverage");
    let text = std::fs::read_to_string(folder.join(name)).expect("the file is there");
    FactorGraph::new(&Instance::from_json(&text).expect("a valid instance"))
}

/// The spins of every reduced system in a configuration of the n weights.
pub(crate) fn project(reduced: &Reduced, weights: &[i8]) -> Vec<Vec<i8>> {
    let value = |variable: &Variable| match *variable {
        Variable::First(w1) => weights[w1 as usize],
        Variable::Product(w2, w3) => weights[w2 as usize] * weights[w3 as usize],
    };
    reduced.systems().iter().map(|system| system.variables().iter().map(value).collect()).collect()
}

/// H as the sum over the reduced systems.
pub(crate) fn reduced_energy(reduced: &Reduced, spins: &[Vec<i8>]) -> i64 {
    reduced.systems().iter().zip(spins).map(|(system, spins)| system.energy(spins)).sum()
}

/// The bins of the overlap histograms of [`quench`].
pub(crate) const BINS: usize = 20;

/// A quench at one β.
pub(crate) fn quench(graph: &FactorGraph, beta: f64, settings: &QuenchSettings, key: Key) -> Observed {
    observe_quenches(&Dynamics::new(graph), &[(beta, key)], settings, BINS).remove(0)
}

pub(crate) fn instance(widths: &[u32], paths: &[Vec<u32>], signs: &Signs) -> Instance {
    let mut file = json!({"format": "rap-instance/1", "widths": widths, "paths": paths});
    match signs {
        Signs::Input(inputs) => file["inputs"] = json!(inputs),
        Signs::Path(couplings) => file["couplings"] = json!(couplings),
    }
    Instance::from_json(&file.to_string()).expect("a valid instance")
}

pub(crate) fn graph(widths: &[u32], paths: &[Vec<u32>], signs: &Signs) -> FactorGraph {
    FactorGraph::new(&instance(widths, paths, signs))
}

/// The same paths with other signs.
pub(crate) fn with_signs(other: &Instance, signs: &Signs) -> Instance {
    instance(other.network().widths(), &other.paths().map(<[u32]>::to_vec).collect::<Vec<_>>(), signs)
}

/// Every path that a network has, in lexicographic order.
pub(crate) fn all_paths(widths: &[u32]) -> Vec<Vec<u32>> {
    widths.iter().fold(vec![Vec::new()], |prefixes, &n| {
        let extend = |prefix: Vec<u32>| (0..n).map(move |unit| [prefix.as_slice(), &[unit]].concat());
        prefixes.into_iter().flat_map(extend).collect()
    })
}

/// Up to `most` small instances with 2 to `max_weights` weights, from every ensemble with both kinds of couplings, with
/// ragged random widths and probabilities.
pub(crate) fn small_instances(depth: usize, max_weights: usize, each: usize, label: &str) -> Vec<Instance> {
    let mut found = Vec::new();
    for ensemble in Ensemble::ALL {
        for couplings in Couplings::ALL {
            let mut random = Key::derive(label, &[ensemble.name(), couplings.name()]).stream(0);
            let mut here = 0;
            while here < each {
                let mut widths: Vec<u32> = (0..depth).map(|_| 1 + (random.word() % 4) as u32).collect();
                widths.push(1);
                let dilution: Vec<f64> = (0..depth).map(|_| 0.5 * random.unit_interval()).collect();
                let activation: Vec<f64> = (1..depth).map(|_| 0.4 + 0.6 * random.unit_interval()).collect();
                let drawn = structure(&widths, ensemble, couplings, &dilution, &activation).draw(&mut random);
                if (2..=max_weights).contains(&FactorGraph::new(&drawn).weight_count()) {
                    found.push(drawn);
                    here += 1;
                }
            }
        }
    }
    found
}

/// A reference instance of tests/reference, and the values that the index lists for it.
pub(crate) fn reference(name: &str) -> (FactorGraph, Vec<Value>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/reference");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("a reference file");
    let index: Vec<Value> = serde_json::from_str(&read("index.json")).expect("JSON");
    let entry = index.into_iter().find(|entry| entry["instance"] == name).expect("listed");
    let instance = Instance::from_json(&read(name)).expect("a valid instance");
    (FactorGraph::new(&instance), entry["values"].as_array().expect("a list").clone())
}

/// The model written down a second time, from the paths alone: spins are looked up by the (layer, from, to) of a
/// weight.
pub(crate) struct PlainModel {
    pub(crate) spins: HashMap<(usize, u32, u32), i8>,
    paths: Vec<(Vec<u32>, i8)>,
}

impl PlainModel {
    pub(crate) fn new(instance: &Instance) -> Self {
        let sign = |a: usize, path: &[u32]| match instance.signs() {
            Signs::Input(inputs) => inputs[path[0] as usize],
            Signs::Path(couplings) => couplings[a],
        };
        let paths: Vec<(Vec<u32>, i8)> =
            instance.paths().enumerate().map(|(a, path)| (path.to_vec(), sign(a, path))).collect();
        let names = paths.iter().flat_map(|(path, _)| (1..path.len()).map(|l| (l, path[l - 1], path[l])));
        Self { spins: names.map(|name| (name, 1)).collect(), paths }
    }

    /// The names of the weights, by layer, then `from`, then `to`.
    pub(crate) fn names(&self) -> Vec<(usize, u32, u32)> {
        let mut names: Vec<_> = self.spins.keys().copied().collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn energy(&self) -> i64 {
        let product = |path: &[u32]| {
            (1..path.len()).map(|l| i64::from(self.spins[&(l, path[l - 1], path[l])])).product::<i64>()
        };
        -self.paths.iter().map(|(path, sign)| i64::from(*sign) * product(path)).sum::<i64>()
    }

    /// Gives bit i of `bits` to weight i of `names`.
    pub(crate) fn set(&mut self, names: &[(usize, u32, u32)], bits: u64) {
        for (i, name) in names.iter().enumerate() {
            self.spins.insert(*name, if bits >> i & 1 == 1 { 1 } else { -1 });
        }
    }

    /// H of each of the 2^n configurations; bit i of the index is weight i.
    pub(crate) fn energies(&mut self) -> Vec<i64> {
        let names = self.names();
        (0..1u64 << names.len())
            .map(|bits| {
                self.set(&names, bits);
                self.energy()
            })
            .collect()
    }
}

/// Mean and variance of a sample.
pub(crate) struct Sample {
    pub(crate) mean: f64,
    pub(crate) variance: f64,
    pub(crate) count: f64,
}

impl Sample {
    pub(crate) fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (count - 1.0);
        Self { mean, variance, count }
    }

    /// One standard error of the mean.
    pub(crate) fn error(&self) -> f64 {
        (self.variance / self.count).sqrt()
    }
}

pub(crate) fn assert_relative(found: f64, expected: f64, relative: f64, what: &str) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{what}: {found} instead of {expected}");
}

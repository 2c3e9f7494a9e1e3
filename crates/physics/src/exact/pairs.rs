//! Exact averages over two independent replicas, and of single ones, by enumeration of small systems: what the overlaps
//! and susceptibilities of Monte Carlo are judged by.
//!
//! Everything follows from the correlations C(S) = ⟨Π_{i∈S} w_i⟩ of a single replica. With s_a = ξ_a Π_{i∈a} w_i,
//!
//! ```text
//! q = (1/M) Σ_a s_a s′_a:   ⟨q⟩ = (1/M) Σ_a ⟨s_a⟩²,   ⟨q²⟩ = (1/M²) Σ_ab ⟨s_a s_b⟩²
//! q_j = (1/n_j) Σ_k v_k v′_k:   ⟨q_j²⟩ = n_j^−2 Σ_kl ⟨v_k v_l⟩²,   ⟨q_j⁴⟩ = n_j^−4 Σ_klmn ⟨v_k v_l v_m v_n⟩²
//! ```
//!
//! and C is the Walsh–Hadamard transform of the Boltzmann distribution: all 2^N correlations of N spins at once.

use model::numerics::exp;
use model::{FactorGraph, Reduced};
use std::collections::BTreeMap;

/// The largest system that is enumerated: 2^22 correlations.
const MAX_SPINS: usize = 22;

/// Spins of all systems together that a set can hold.
const MAX_ALL_SPINS: usize = 128;

/// A set of spins: those of system s from bit `first_bit[s]` on.
type Set = u128;

/// Exact averages at one β.
#[derive(Debug, Clone, PartialEq)]
pub struct PairAverages {
    /// ⟨q⟩ of the path products.
    pub path_overlap: f64,
    /// M (⟨q²⟩ − ⟨q⟩²).
    pub path_susceptibility: f64,
    /// The averages of every unit j with at least one v\[j,k\], by increasing j.
    pub units: Vec<UnitAverages>,
    /// Σ_s ⟨M_s²⟩ over the reduced systems, M_s = Σ_i σ_i w_i along the ground state σ of system s: a total. Three
    /// weight layers without frustration have it.
    pub system_susceptibility: Option<f64>,
}

/// The overlap q_j of two replicas within one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitAverages {
    /// n_j: how many v\[j,k\] there are.
    pub terms: usize,
    /// ⟨q_j²⟩.
    pub square: f64,
    /// ⟨q_j⁴⟩.
    pub fourth: f64,
}

impl UnitAverages {
    /// ½ (3 − ⟨q_j⁴⟩/⟨q_j²⟩²).
    pub fn binder(&self) -> f64 {
        0.5 * (3.0 - self.fourth / (self.square * self.square))
    }
}

impl PairAverages {
    /// The mean over the units with n_j ≥ 2 of their Binder ratios, if there is one: of a single term q_j² = 1, and the
    /// ratio 1 says nothing.
    pub fn unit_binder(&self) -> Option<f64> {
        let ratios: Vec<f64> =
            self.units.iter().filter(|unit| unit.terms >= 2).map(UnitAverages::binder).collect();
        (!ratios.is_empty()).then(|| ratios.iter().sum::<f64>() / ratios.len() as f64)
    }
}

/// The averages at `beta`; `None` where a system has more than 22 spins, or all together more than 128.
///
/// With three weight layers the systems are those of the exact reduction, whose spins are W¹\[i,j\] and v\[j,k\]; with
/// other depths all n weights are one system.
pub fn pair_averages(graph: &FactorGraph, beta: f64) -> Option<PairAverages> {
    let model = match Reduced::new(graph) {
        Some(reduced) => Model::reduced(graph, &reduced, beta)?,
        None => Model::plain(graph, beta)?,
    };
    let paths = graph.path_count() as f64;
    let mean = model.paths.iter().map(|&a| square(model.correlation(a))).sum::<f64>() / paths;
    let pairs = model.paths.iter().enumerate().map(|(a, &path)| {
        // ⟨s_a²⟩ = 1, and every other pair stands twice.
        let others = model.paths[..a].iter().map(|&other| square(model.correlation(path ^ other)));
        1.0 + 2.0 * others.sum::<f64>()
    });
    let mean_square = pairs.sum::<f64>() / (paths * paths);
    Some(PairAverages {
        path_overlap: mean,
        path_susceptibility: paths * (mean_square - mean * mean),
        units: model.units.iter().map(|unit| model.unit(unit)).collect(),
        system_susceptibility: model.system_susceptibility,
    })
}

fn square(x: f64) -> f64 {
    x * x
}

/// Independent systems with all their correlations, and what is asked of them.
struct Model {
    first_bit: Vec<usize>,
    /// `correlations[s][S]`: C(S) for a set S of spins of system s.
    correlations: Vec<Vec<f64>>,
    /// The spins whose product is that of a path; its sign is squared away.
    paths: Vec<Set>,
    /// The v\[j,k\] of every unit j.
    units: Vec<Vec<Set>>,
    system_susceptibility: Option<f64>,
}

impl Model {
    /// All weights as one system.
    fn plain(graph: &FactorGraph, beta: f64) -> Option<Self> {
        let n = graph.weight_count();
        if n > MAX_SPINS {
            return None;
        }
        let bits = |weights: &[u32]| weights.iter().map(|&i| 1u128 << i).sum::<Set>();
        let paths: Vec<Set> = (0..graph.path_count()).map(|a| bits(graph.path(a))).collect();
        let terms: Vec<(usize, i8)> = paths.iter().map(|&set| set as usize).zip(signs(graph)).collect();
        let number: BTreeMap<(u16, u32), usize> = layer_sources(graph).collect();
        let depth = graph.depth() as u16;
        let mut units: BTreeMap<u32, Vec<Set>> = BTreeMap::new();
        for (i, weight) in graph.weights().iter().enumerate().filter(|(_, w)| w.layer == depth - 1) {
            let last = number[&(depth, weight.to)];
            units.entry(weight.from).or_default().push(1 << i | 1 << last);
        }
        Some(Self {
            first_bit: vec![0],
            correlations: vec![correlations(n, &terms, beta)],
            paths,
            units: units.into_values().collect(),
            system_susceptibility: None,
        })
    }

    /// The systems of the reduction.
    fn reduced(graph: &FactorGraph, reduced: &Reduced, beta: f64) -> Option<Self> {
        use model::Variable;
        let too_large = reduced.systems().iter().any(|system| system.spin_count() > MAX_SPINS);
        if too_large || reduced.spin_count() > MAX_ALL_SPINS {
            return None;
        }
        let mut model = Self {
            first_bit: Vec::new(),
            correlations: Vec::new(),
            paths: Vec::new(),
            units: Vec::new(),
            system_susceptibility: Some(0.0),
        };
        let mut units: BTreeMap<u32, Vec<Set>> = BTreeMap::new();
        let mut first_bit = 0;
        for system in reduced.systems() {
            let n = system.spin_count();
            let terms: Vec<(usize, i8)> =
                system.bonds().iter().map(|b| (1 << b.ends[0] | 1 << b.ends[1], b.coupling)).collect();
            let found = correlations(n, &terms, beta);
            model.paths.extend(terms.iter().map(|&(set, _)| (set as Set) << first_bit));
            for (i, variable) in system.variables().iter().enumerate() {
                if let Variable::Product(w2, _) = *variable {
                    let unit = graph.weights()[w2 as usize].from;
                    units.entry(unit).or_default().push(1 << (first_bit + i));
                }
            }
            let squared = system.ground_state().map(|sigma| {
                let pair = |i: usize, j: usize| f64::from(sigma[i] * sigma[j]) * found[(1 << i) ^ (1 << j)];
                (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| pair(i, j)).sum::<f64>()
            });
            model.system_susceptibility =
                model.system_susceptibility.zip(squared).map(|(sum, squared)| sum + squared);
            model.first_bit.push(first_bit);
            model.correlations.push(found);
            first_bit += n;
        }
        model.units = units.into_values().collect();
        Some(model)
    }

    /// C(S): a product over the independent systems.
    fn correlation(&self, set: Set) -> f64 {
        let of_system =
            |(first_bit, table): (&usize, &Vec<f64>)| table[(set >> first_bit) as usize & (table.len() - 1)];
        self.first_bit.iter().zip(&self.correlations).map(of_system).product()
    }

    fn unit(&self, terms: &[Set]) -> UnitAverages {
        let n = terms.len() as f64;
        let (mut square_sum, mut fourth_sum) = (0.0, 0.0);
        let pairs: Vec<Set> = terms.iter().flat_map(|k| terms.iter().map(move |l| k ^ l)).collect();
        for kl in &pairs {
            square_sum += square(self.correlation(*kl));
            fourth_sum += pairs.iter().map(|mn| square(self.correlation(kl ^ mn))).sum::<f64>();
        }
        UnitAverages {
            terms: terms.len(),
            square: square_sum / (n * n),
            fourth: fourth_sum / (n * n * (n * n)),
        }
    }
}

fn signs(graph: &FactorGraph) -> impl Iterator<Item = i8> {
    graph.signs().iter().copied()
}

/// The last layer's weights, by where they come from.
fn layer_sources(graph: &FactorGraph) -> impl Iterator<Item = ((u16, u32), usize)> {
    graph.weights().iter().enumerate().map(|(i, w)| ((w.layer, w.from), i))
}

/// All correlations of `n` spins with H = −Σ J Π_{i∈set} w_i over the terms (set, J).
fn correlations(n: usize, terms: &[(usize, i8)], beta: f64) -> Vec<f64> {
    // A configuration as the set of spins that are −1.
    let energy = |down: usize| {
        let term = |&(set, coupling): &(usize, i8)| {
            let is_odd = (set & down).count_ones() % 2 == 1;
            i64::from(if is_odd { coupling } else { -coupling })
        };
        terms.iter().map(term).sum::<i64>()
    };
    let energies: Vec<i64> = (0..1usize << n).map(energy).collect();
    let least = energies.iter().copied().min().unwrap_or(0);
    let mut values: Vec<f64> = energies.iter().map(|&e| exp(-beta * (e - least) as f64)).collect();
    for bit in 0..n {
        for block in values.chunks_exact_mut(2 << bit) {
            let (up, down) = block.split_at_mut(1 << bit);
            for (up, down) in up.iter_mut().zip(down) {
                (*up, *down) = (*up + *down, *up - *down);
            }
        }
    }
    let z = values[0];
    values.iter_mut().for_each(|value| *value /= z);
    values
}

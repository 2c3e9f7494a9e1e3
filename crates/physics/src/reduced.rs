//! The reduced model: with three weight layers and one output the model splits exactly into independent bipartite two-body
//! systems (DESIGN §2, exact fact 2). This is the one place that knows how.
//!
//! v[j, k] = W²[j, k] W³\[k\] is as free as W²[j, k]: for every W³ the map W² ↦ v is one to one. So H = Σ_j H_j with
//! H_j = −Σ_{(i,j,k)} ξ_a W¹[i, j] v[j, k], one bipartite system per unit j of the first hidden layer, and
//! log Z = n_(3) ln 2 + Σ_j log Z_j. Variables of one unit that no chain of paths connects are independent as well, so
//! that Z_j is a product over connected [`System`]s.
//!
//! The systems are solved by cluster Monte Carlo where they are unfrustrated ([`cluster`]), by replica exchange at any
//! couplings ([`exchange`]), and by belief propagation ([`bp`]).

pub mod bp;
pub mod cluster;
pub mod exchange;
pub mod heat_bath;
mod total;
mod union_find;

use crate::graph::FactorGraph;
use std::collections::{BTreeMap, BTreeSet};
use union_find::UnionFind;

/// The reduced systems of an instance with three weight layers.
#[derive(Debug, Clone)]
pub struct Reduced {
    third_layer_weights: usize,
    systems: Vec<System>,
}

/// A bipartite two-body system, H = −Σ_bonds J w v. Its spins are numbered 0..N, the side of the W¹[i, j] first.
#[derive(Debug, Clone)]
pub struct System {
    variables: Vec<Variable>,
    /// Spins of the W¹ side.
    first_side: usize,
    /// By increasing path.
    bonds: Vec<Bond>,
    /// `half_edges[first_half_edge[i]..first_half_edge[i + 1]]`: the half-edges of spin i, by increasing bond.
    first_half_edge: Vec<u32>,
    half_edges: Vec<u32>,
}

/// One active path as a bond. Paths are unique and there is one output, so that no two bonds have the same ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bond {
    /// The spins of W¹[i, j] and of v[j, k].
    pub ends: [u32; 2],
    /// J = ξ_a.
    pub coupling: i8,
}

/// What a spin of a reduced system is in the full model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// W¹[i, j], by its number in the graph.
    First(u32),
    /// v[j, k] = W²[j, k] W³\[k\], by their numbers in the graph.
    Product(u32, u32),
}

/// How long a Monte Carlo method runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Independent runs, each from its own random configurations; ≥ 2.
    pub runs: u32,
    /// MC sweeps of each run before measuring.
    pub relax: u32,
    /// MC sweeps of each run that are measured; ≥ 16.
    pub measure: u32,
}

impl Schedule {
    /// For [`cluster`]: a few sweeps decorrelate.
    pub const CLUSTER: Schedule = Schedule { runs: 4, relax: 50, measure: 500 };
    /// For [`exchange`]: a replica needs hundreds of sweeps to walk a ladder and back.
    pub const EXCHANGE: Schedule = Schedule { runs: 4, relax: 1000, measure: 4000 };
}

impl Reduced {
    /// The connected reduced systems, by hidden unit and then by their first spin; `None` unless L = 3.
    pub fn new(graph: &FactorGraph) -> Option<Self> {
        let units = systems_of_units(graph)?;
        let systems = units.iter().flat_map(System::connected_parts).collect();
        Some(Self { third_layer_weights: third_layer_weights(graph), systems })
    }

    /// The independent connected systems.
    pub fn systems(&self) -> &[System] {
        &self.systems
    }

    /// n_(3): third-layer weights in the model. Each doubles Z, and takes no other part.
    pub fn third_layer_weights(&self) -> usize {
        self.third_layer_weights
    }

    /// Reduced variables, n − n_(3).
    pub fn spin_count(&self) -> usize {
        self.systems.iter().map(System::spin_count).sum()
    }

    /// A configuration that satisfies every bond, system by system; `None` where one of them is frustrated.
    pub fn ground_state(&self) -> Option<Vec<Vec<i8>>> {
        self.systems.iter().map(System::ground_state).collect()
    }

    /// Whether every system is a ferromagnet up to a gauge: always with couplings `input`.
    pub fn is_unfrustrated(&self) -> bool {
        self.systems.iter().all(|system| system.ground_state().is_some())
    }

    /// The spins of every system in a configuration of the n weights.
    pub fn project(&self, weights: &[i8]) -> Vec<Vec<i8>> {
        let value = |variable: &Variable| match *variable {
            Variable::First(w1) => weights[w1 as usize],
            Variable::Product(w2, w3) => weights[w2 as usize] * weights[w3 as usize],
        };
        self.systems.iter().map(|system| system.variables.iter().map(value).collect()).collect()
    }

    /// H = Σ over the systems.
    pub fn energy(&self, spins: &[Vec<i8>]) -> i64 {
        self.systems.iter().zip(spins).map(|(system, spins)| system.energy(spins)).sum()
    }
}

/// n_(3).
pub(crate) fn third_layer_weights(graph: &FactorGraph) -> usize {
    graph.weights().iter().filter(|weight| weight.layer == 3).count()
}

/// One system per unit of the first hidden layer, by increasing unit, connected or not; `None` unless L = 3.
pub(crate) fn systems_of_units(graph: &FactorGraph) -> Option<Vec<System>> {
    if graph.depth() != 3 {
        return None;
    }
    let mut paths_by_unit: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for a in 0..graph.path_count() {
        paths_by_unit.entry(graph.weights()[graph.path(a)[0] as usize].to).or_default().push(a);
    }
    Some(paths_by_unit.values().map(|paths| System::of_paths(graph, paths)).collect())
}

impl System {
    /// The system of the paths through one unit of the first hidden layer.
    fn of_paths(graph: &FactorGraph, paths: &[usize]) -> Self {
        let firsts: BTreeSet<u32> = paths.iter().map(|&a| graph.path(a)[0]).collect();
        // The unit k of W²[j, k] fixes W³\[k\]: one third-layer weight per second-layer weight.
        let products: BTreeMap<u32, u32> =
            paths.iter().map(|&a| (graph.path(a)[1], graph.path(a)[2])).collect();
        let variables = firsts
            .iter()
            .map(|&w1| Variable::First(w1))
            .chain(products.iter().map(|(&w2, &w3)| Variable::Product(w2, w3)))
            .collect();
        let spin_of: BTreeMap<u32, u32> = firsts.iter().chain(products.keys()).copied().zip(0..).collect();
        let bond = |&a: &usize| Bond {
            ends: [spin_of[&graph.path(a)[0]], spin_of[&graph.path(a)[1]]],
            coupling: graph.signs()[a],
        };
        Self::new(variables, paths.iter().map(bond).collect())
    }

    fn new(variables: Vec<Variable>, bonds: Vec<Bond>) -> Self {
        let first_side = variables.iter().filter(|v| matches!(v, Variable::First(_))).count();
        let mut half_edges_of = vec![Vec::new(); variables.len()];
        for (b, bond) in bonds.iter().enumerate() {
            half_edges_of[bond.ends[0] as usize].push(2 * b as u32);
            half_edges_of[bond.ends[1] as usize].push(2 * b as u32 + 1);
        }
        let degrees = half_edges_of.iter().map(|half_edges| half_edges.len() as u32);
        let first_half_edge = std::iter::once(0)
            .chain(degrees.scan(0, |end, degree| {
                *end += degree;
                Some(*end)
            }))
            .collect();
        Self { variables, first_side, bonds, first_half_edge, half_edges: half_edges_of.concat() }
    }

    /// The parts that no bond joins, by their first spin; order is kept within each.
    fn connected_parts(&self) -> Vec<System> {
        let mut joined = UnionFind::new(self.spin_count());
        for bond in &self.bonds {
            joined.join(bond.ends[0], bond.ends[1]);
        }
        let mut parts: BTreeMap<u32, (Vec<Variable>, Vec<Bond>)> = BTreeMap::new();
        let mut number_within = Vec::with_capacity(self.spin_count());
        for (i, &variable) in self.variables.iter().enumerate() {
            let (variables, _) = parts.entry(joined.root(i as u32)).or_default();
            number_within.push(variables.len() as u32);
            variables.push(variable);
        }
        for bond in &self.bonds {
            let (_, bonds) = parts.entry(joined.root(bond.ends[0])).or_default();
            bonds.push(Bond { ends: bond.ends.map(|i| number_within[i as usize]), coupling: bond.coupling });
        }
        parts.into_values().map(|(variables, bonds)| Self::new(variables, bonds)).collect()
    }

    /// N, the spins of both sides.
    pub fn spin_count(&self) -> usize {
        self.variables.len()
    }

    /// Spins of the W¹ side: 0..this.
    pub fn first_side(&self) -> usize {
        self.first_side
    }

    /// What every spin is in the full model.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The bonds, by increasing path.
    pub fn bonds(&self) -> &[Bond] {
        &self.bonds
    }

    /// The half-edges of spin i: 2b + s is end s of bond b, so that e ^ 1 is the other end of the bond of e.
    pub fn half_edges(&self, i: usize) -> &[u32] {
        &self.half_edges[self.first_half_edge[i] as usize..self.first_half_edge[i + 1] as usize]
    }

    /// The spin at half-edge e.
    pub fn end(&self, e: u32) -> u32 {
        self.bonds[e as usize / 2].ends[e as usize % 2]
    }

    /// H = −Σ_bonds J w v.
    pub fn energy(&self, spins: &[i8]) -> i64 {
        let product = |bond: &Bond| {
            let [w, v] = bond.ends.map(|i| spins[i as usize]);
            i64::from(bond.coupling * w * v)
        };
        -self.bonds.iter().map(product).sum::<i64>()
    }

    /// The configuration that satisfies every bond, +1 at the first spin of each part, if there is one: a two-colouring of the
    /// signed graph. In the gauge s_i = σ_i w_i by such a σ every coupling is +1.
    pub fn ground_state(&self) -> Option<Vec<i8>> {
        let mut spins = vec![0i8; self.spin_count()];
        let mut reached: Vec<u32> = Vec::new();
        for start in 0..spins.len() {
            if spins[start] == 0 {
                spins[start] = 1;
                reached.push(start as u32);
            }
            while let Some(i) = reached.pop() {
                for &e in self.half_edges(i as usize) {
                    let neighbour = self.end(e ^ 1);
                    let satisfied = self.bonds[e as usize / 2].coupling * spins[i as usize];
                    match &mut spins[neighbour as usize] {
                        spin @ 0 => {
                            *spin = satisfied;
                            reached.push(neighbour);
                        }
                        spin if *spin != satisfied => return None,
                        _ => {}
                    }
                }
            }
        }
        Some(spins)
    }
}

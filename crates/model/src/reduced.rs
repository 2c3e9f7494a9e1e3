//! The reduced model: with three weight layers and one output the model splits exactly into independent bipartite
//! two-body systems (docs/model.md, fact 2). This is the one place that knows how.
//!
//! v[j, k] = W²[j, k] W³\[k\] is as free as W²[j, k]: for every W³ the map W² ↦ v is one to one. So H = Σ_j H_j with
//! H_j = −Σ_{(i,j,k)} ξ_a W¹[i, j] v[j, k], one bipartite system per unit j of the first hidden layer, and
//! log Z = n_(3) ln 2 + Σ_j log Z_j. Variables of one unit that no chain of paths connects are independent as well, so
//! that Z_j is a product over connected [`System`]s.

use crate::graph::FactorGraph;
use crate::network::Weight;
use crate::union_find::UnionFind;

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

impl Reduced {
    /// The connected reduced systems, by hidden unit and then by their first spin; `None` unless L = 3.
    ///
    /// ```
    /// let text = r#"{"format": "rap-instance/1", "widths": [2, 1, 2, 1],
    ///     "paths": [[0,0,0,0], [0,0,1,0], [1,0,0,0], [1,0,1,0]], "inputs": [1, -1]}"#;
    /// let graph = model::FactorGraph::new(&model::Instance::from_json(text)?);
    /// let reduced = model::Reduced::new(&graph).unwrap();
    /// // One unit in the first hidden layer: two W¹ and two v[j,k] with four bonds, and two W³ that only double Z.
    /// assert_eq!((reduced.systems().len(), reduced.third_layer_weights()), (1, 2));
    /// assert_eq!((reduced.systems()[0].spin_count(), reduced.systems()[0].bonds().len()), (4, 4));
    /// # Ok::<(), model::InstanceError>(())
    /// ```
    pub fn new(graph: &FactorGraph) -> Option<Self> {
        if graph.depth() != 3 {
            return None;
        }
        let systems = units(graph).into_iter().flat_map(Unit::connected_systems).collect();
        Some(Self { third_layer_weights: graph.layer(3).len(), systems })
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
}

/// The variables and bonds of one unit of the first hidden layer, connected or not.
struct Unit {
    /// W¹ side first, by increasing weight.
    variables: Vec<Variable>,
    /// By increasing path.
    bonds: Vec<Bond>,
}

/// One for each unit of the first hidden layer, by increasing unit, in time linear in the paths.
///
/// The weights W²[j, ·] of a unit j follow each other, and each lies on a path; so do the W¹[·, j], but scattered.
fn units(graph: &FactorGraph) -> Vec<Unit> {
    let (firsts, seconds) = (graph.layer(1), graph.layer(2));
    let mut unit_of = vec![0u32; seconds.end];
    let mut units: Vec<Unit> = Vec::new();
    let same_unit = |a: &Weight, b: &Weight| a.from == b.from;
    let mut w2 = seconds.start;
    for weights in graph.weights()[seconds.clone()].chunk_by(same_unit) {
        unit_of[w2..w2 + weights.len()].fill(units.len() as u32);
        units.push(Unit { variables: Vec::new(), bonds: Vec::new() });
        w2 += weights.len();
    }
    // Every weight is on a path, which says what it belongs to.
    let path_of = |w: usize| graph.path(graph.incidences(w)[0] as usize / 3);
    let mut spin_of = vec![0u32; seconds.end];
    for w in firsts.chain(seconds) {
        let [w1, w2, w3] = [0, 1, 2].map(|l| path_of(w)[l]);
        unit_of[w] = unit_of[w2 as usize];
        let variables = &mut units[unit_of[w] as usize].variables;
        spin_of[w] = variables.len() as u32;
        variables.push(if w1 as usize == w { Variable::First(w1) } else { Variable::Product(w2, w3) });
    }
    for (a, &coupling) in graph.signs().iter().enumerate() {
        let [w1, w2] = [0, 1].map(|l| graph.path(a)[l] as usize);
        units[unit_of[w2] as usize].bonds.push(Bond { ends: [spin_of[w1], spin_of[w2]], coupling });
    }
    units
}

impl Unit {
    /// The parts that no bond joins, by their first spin; order is kept within each.
    fn connected_systems(self) -> Vec<System> {
        let spins = self.variables.len();
        let mut joined = UnionFind::new(spins);
        for bond in &self.bonds {
            joined.join(bond.ends[0], bond.ends[1]);
        }
        // The root is the smallest of a part.
        let mut parts: Vec<Unit> = Vec::new();
        let mut part_of = vec![0usize; spins];
        let mut number_within = Vec::with_capacity(spins);
        for (i, &variable) in self.variables.iter().enumerate() {
            let root = joined.root(i as u32) as usize;
            if root == i {
                part_of[i] = parts.len();
                parts.push(Unit { variables: Vec::new(), bonds: Vec::new() });
            }
            part_of[i] = part_of[root];
            let variables = &mut parts[part_of[i]].variables;
            number_within.push(variables.len() as u32);
            variables.push(variable);
        }
        if parts.len() == 1 {
            return vec![System::new(self.variables, self.bonds)];
        }
        for bond in &self.bonds {
            let ends = bond.ends.map(|i| number_within[i as usize]);
            parts[part_of[bond.ends[0] as usize]].bonds.push(Bond { ends, coupling: bond.coupling });
        }
        parts.into_iter().map(|part| System::new(part.variables, part.bonds)).collect()
    }
}

impl System {
    fn new(variables: Vec<Variable>, bonds: Vec<Bond>) -> Self {
        let first_side = variables.iter().filter(|v| matches!(v, Variable::First(_))).count();
        let mut first_half_edge = vec![0u32; variables.len() + 1];
        bonds.iter().flat_map(|bond| bond.ends).for_each(|i| first_half_edge[i as usize + 1] += 1);
        for i in 0..variables.len() {
            first_half_edge[i + 1] += first_half_edge[i];
        }
        let mut next = first_half_edge.clone();
        let mut half_edges = vec![0u32; 2 * bonds.len()];
        for (e, i) in bonds.iter().flat_map(|bond| bond.ends).enumerate() {
            half_edges[next[i as usize] as usize] = e as u32;
            next[i as usize] += 1;
        }
        Self { variables, first_side, bonds, first_half_edge, half_edges }
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

    /// The configuration that satisfies every bond, +1 at the first spin of each part, if there is one: a two-colouring
    /// of the signed graph. In the gauge s_i = σ_i w_i by such a σ every coupling is +1.
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

//! What is left of a connected reduced system when spins with a single bond are summed.
//!
//! A spin s with one bond J, to a spin t, contributes Σ_s e^(βJst) = 2 cosh β whatever t is: it is *peeled*, which may
//! leave others with a single bond. What cannot be peeled is the 2-core of the system; of a tree, one spin without a
//! bond.
//!
//! ```text
//! Z = (2 cosh β)^peeled · Z_core,    E = −peeled · tanh β + E_core
//! ```

use crate::graph::FactorGraph;
use crate::reduced::{Reduced, System};

/// The cores of an instance with three weight layers.
#[derive(Debug, Clone)]
pub struct Cores {
    third_layer_weights: usize,
    cores: Vec<Core>,
}

impl Cores {
    /// The cores of the connected reduced systems; `None` unless the graph has three weight layers.
    pub fn new(graph: &FactorGraph) -> Option<Self> {
        let reduced = Reduced::new(graph)?;
        let cores = reduced.systems().iter().map(Core::of).collect();
        Some(Self { third_layer_weights: reduced.third_layer_weights(), cores })
    }

    /// One for each connected system, in their order.
    pub fn cores(&self) -> &[Core] {
        &self.cores
    }

    /// n_(3): third-layer weights in the model. Each doubles Z.
    pub fn third_layer_weights(&self) -> usize {
        self.third_layer_weights
    }

    /// Σ 2^(smaller side of the core − 1) over the connected systems.
    pub fn configurations(&self) -> f64 {
        self.cores.iter().map(Core::configurations).sum()
    }
}

/// The core of a connected system, as two sides: the smaller one, x, to be enumerated, and the larger one, y, to be
/// summed in closed form.
#[derive(Debug, Clone)]
pub struct Core {
    bonds: Vec<Vec<(u32, i32)>>,
    summed: usize,
    peeled: usize,
}

impl Core {
    /// A whole system, nothing peeled; the W¹ side is enumerated where the sides are equal. It need not be connected.
    pub fn unpeeled(system: &System) -> Self {
        Self::without(system, &vec![false; system.spin_count()])
    }

    /// The core of a connected system.
    pub fn of(system: &System) -> Self {
        Self::without(system, &peel(system))
    }

    /// The two sides of what is left.
    fn without(system: &System, is_peeled: &[bool]) -> Self {
        let first_side = system.first_side();
        let mut counts = [0u32; 2];
        let number_of: Vec<u32> = (0..system.spin_count())
            .map(|i| {
                let count = &mut counts[usize::from(i >= first_side)];
                *count += u32::from(!is_peeled[i]);
                count.saturating_sub(1)
            })
            .collect();
        let [first, second] = counts;
        // The last spin of a tree is enumerated: one configuration up to the sign.
        let enumerate_first = second == 0 || (first > 0 && first <= second);
        let enumerated = if enumerate_first { first } else { second };
        let mut bonds = vec![Vec::new(); enumerated as usize];
        let mut peeled = 0;
        for bond in system.bonds() {
            if bond.ends.iter().any(|&i| is_peeled[i as usize]) {
                peeled += 1;
                continue;
            }
            let [w1, v] = bond.ends.map(|i| number_of[i as usize]);
            let (x, y) = if enumerate_first { (w1, v) } else { (v, w1) };
            bonds[x as usize].push((y, i32::from(bond.coupling)));
        }
        Self { bonds, summed: (first + second - enumerated) as usize, peeled }
    }

    /// `bonds()[x]`: (y, coupling ±1) of every enumerated spin.
    pub fn bonds(&self) -> &[Vec<(u32, i32)>] {
        &self.bonds
    }

    /// Spins of the side that is summed.
    pub fn summed(&self) -> usize {
        self.summed
    }

    /// Bonds that were peeled off.
    pub fn peeled(&self) -> usize {
        self.peeled
    }

    /// 2^(|x| − 1): flipping the whole system leaves its energy unchanged.
    pub fn configurations(&self) -> f64 {
        libm::exp2(self.bonds.len() as f64 - 1.0)
    }

    /// Bonds of the core.
    pub fn bond_count(&self) -> usize {
        self.bonds.iter().map(Vec::len).sum()
    }

    /// The number of bonds of every y.
    pub fn summed_degrees(&self) -> Vec<usize> {
        let mut degrees = vec![0; self.summed];
        self.bonds.iter().flatten().for_each(|&(y, _)| degrees[y as usize] += 1);
        degrees
    }
}

/// Which spins can be peeled, one after the other; of a tree all but one.
fn peel(system: &System) -> Vec<bool> {
    let mut degrees: Vec<usize> = (0..system.spin_count()).map(|i| system.half_edges(i).len()).collect();
    let mut is_peeled = vec![false; system.spin_count()];
    let mut leaves: Vec<usize> = (0..system.spin_count()).filter(|&i| degrees[i] == 1).collect();
    while let Some(leaf) = leaves.pop() {
        // The last bond of a tree has a leaf at both ends, and only one of them goes.
        if degrees[leaf] != 1 {
            continue;
        }
        is_peeled[leaf] = true;
        for &e in system.half_edges(leaf) {
            let neighbour = system.end(e ^ 1) as usize;
            if !is_peeled[neighbour] {
                degrees[neighbour] -= 1;
                if degrees[neighbour] == 1 {
                    leaves.push(neighbour);
                }
            }
        }
        degrees[leaf] = 0;
    }
    is_peeled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::FactorGraph;
    use crate::instance::Instance;
    use crate::reduced::Reduced;

    fn core(paths: &str) -> Core {
        let text = format!(
            r#"{{"format":"rap-instance/1","widths":[4,1,4,1],"paths":{paths},"inputs":[1,-1,1,1]}}"#
        );
        let graph = FactorGraph::new(&Instance::from_json(&text).unwrap());
        Core::of(&Reduced::new(&graph).unwrap().systems()[0])
    }

    #[test]
    fn a_tree_is_peeled_down_to_one_spin() {
        let core = core("[[0,0,0,0],[0,0,1,0],[1,0,1,0],[1,0,2,0],[1,0,3,0]]");
        assert_eq!((core.bonds.len(), core.bond_count(), core.summed, core.peeled), (1, 0, 0, 5));
        assert_eq!(core.configurations(), 1.0);
    }

    #[test]
    fn a_cycle_stays_and_what_hangs_on_it_goes() {
        let core = core("[[0,0,0,0],[0,0,1,0],[1,0,0,0],[1,0,1,0],[1,0,2,0],[2,0,2,0]]");
        assert_eq!((core.bonds.len(), core.bond_count(), core.summed, core.peeled), (2, 4, 2, 2));
        assert_eq!(core.bonds, [[(0, 1), (1, 1)], [(0, -1), (1, -1)]]);
    }
}

//! What is left of a factor graph once the messages that vanish at every fixed point are gone.
//!
//! At any β < ∞ and with any couplings, m or u of these messages is 0 at every fixed point:
//!
//! 1. m_{i→a}, where all u_{b→i}, b ≠ a, vanish: first of all where weight i lies on no other path, a *leaf*.
//! 2. u_{a→i}, where m_{j→a} of some j ≠ i vanishes.
//! 3. Every message of a loop of *links*. A link is the message of a weight that lies on two paths, m_{i→a} = u_{b→i},
//!    so that
//!    |m_{i→a}| ≤ tanh β |m_{j→b}| for each j ≠ i of b: along a closed way of links |m| ≤ (tanh β)^length |m|.
//!
//! Iterated, the messages of the third kind fall to 0 like tanh(β)^t, in e^(2β) updates: forever, for what they are. So
//! they are not iterated. A path to which two weights send 0 says nothing to any weight, and one to which a single
//! weight j sends 0 says something to j alone, whose other paths then say nothing to j. Either way the path is
//! *removed*, which may leave other weights on a single path, or on two. What is left, the **core**, has closed
//! equations of its own: a weight of the core hears nothing from removed paths. Its weights lie on two paths at least,
//! and the links among its paths form no loop.
//!
//! The rest is known in closed form. A weight outside of the core hears of one removed path at most, that on which it
//! *hangs*: m_i = tanh β ξ_a Π_{j≠i} m_j. In log Z it counts as if it were free, and every removed path as ln cosh β;
//! its energy is −tanh β.

/// Paths and weights of a core, and what hangs on it.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    /// The paths of the core, by their numbers in the graph, which increase.
    pub(crate) paths: Vec<u32>,
    /// The weights on these paths, likewise.
    pub(crate) weights: Vec<u32>,
    /// Removed paths that say something to one of their weights, each after those that its other weights hang on.
    pub(crate) hanging: Vec<Hanging>,
}

/// A removed path, and the place on it of the weight that hangs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hanging {
    pub(crate) path: u32,
    pub(crate) place: u32,
}

impl Core {
    /// The core of a graph in which path a has the weights `weight_of[a * depth..][..depth]`.
    pub(crate) fn new(depth: usize, weights: usize, weight_of: &[u32]) -> Self {
        let mut peeling = Peeling::new(depth, weights, weight_of);
        peeling.remove_leaves();
        while peeling.remove_loops() {
            peeling.remove_leaves();
        }
        let Peeling { remaining, degree, mut hanging, .. } = peeling;
        hanging.reverse();
        let is_left = |&i: &u32| degree[i as usize] > 0;
        Self { paths: remaining, weights: (0..weights as u32).filter(is_left).collect(), hanging }
    }
}

/// A graph from which paths are being removed.
struct Peeling<'a> {
    depth: usize,
    weight_of: &'a [u32],
    /// Paths that may be left.
    remaining: Vec<u32>,
    is_left: Vec<bool>,
    /// Paths through each weight that are left.
    degree: Vec<u32>,
    /// Their numbers, added bit by bit: of one path it is the number, of two the number of one and the sum that of the
    /// other.
    sum: Vec<u32>,
    /// Weights on a single path, or none by now.
    leaves: Vec<u32>,
    hanging: Vec<Hanging>,
}

impl<'a> Peeling<'a> {
    fn new(depth: usize, weights: usize, weight_of: &'a [u32]) -> Self {
        let paths = weight_of.len() / depth;
        let (mut degree, mut sum) = (vec![0u32; weights], vec![0u32; weights]);
        for (e, &i) in weight_of.iter().enumerate() {
            degree[i as usize] += 1;
            sum[i as usize] ^= (e / depth) as u32;
        }
        let leaves = (0..weights as u32).filter(|&i| degree[i as usize] == 1).collect();
        let (remaining, is_left) = ((0..paths as u32).collect(), vec![true; paths]);
        Self { depth, weight_of, remaining, is_left, degree, sum, leaves, hanging: Vec::new() }
    }

    fn weights(&self, path: u32) -> &'a [u32] {
        &self.weight_of[path as usize * self.depth..][..self.depth]
    }

    fn remove(&mut self, path: u32) {
        self.is_left[path as usize] = false;
        for &i in self.weights(path) {
            self.degree[i as usize] -= 1;
            self.sum[i as usize] ^= path;
            if self.degree[i as usize] == 1 {
                self.leaves.push(i);
            }
        }
    }

    /// Removes paths with leaves until none has one.
    fn remove_leaves(&mut self) {
        while let Some(leaf) = self.leaves.pop() {
            if self.degree[leaf as usize] == 1 {
                let path = self.sum[leaf as usize];
                let mut leaves =
                    (0..).zip(self.weights(path)).filter(|(_, i)| self.degree[**i as usize] == 1);
                if let (Some((place, _)), None) = (leaves.next(), leaves.next()) {
                    self.hanging.push(Hanging { path, place });
                }
                self.remove(path);
            }
        }
        self.remaining.retain(|&path| self.is_left[path as usize]);
    }

    /// Removes the paths on loops of links, and on chains of links from loop to loop; returns whether there was one. To
    /// each such path two weights send 0.
    ///
    /// Paths are the nodes and weights of degree two the edges of a graph, of which that is the 2-core.
    fn remove_loops(&mut self) -> bool {
        let is_link = |i: u32| self.degree[i as usize] == 2;
        let mut links = vec![0u32; self.is_left.len()];
        for &path in &self.remaining {
            links[path as usize] = self.weights(path).iter().filter(|&&i| is_link(i)).count() as u32;
        }
        let mut on_loops = self.is_left.clone();
        let mut ends: Vec<u32> = Vec::new();
        for &path in &self.remaining {
            if links[path as usize] <= 1 {
                on_loops[path as usize] = false;
                ends.push(path);
            }
        }
        while let Some(end) = ends.pop() {
            for &i in self.weights(end).iter().filter(|&&i| is_link(i)) {
                let neighbour = self.sum[i as usize] ^ end;
                if on_loops[neighbour as usize] {
                    links[neighbour as usize] -= 1;
                    if links[neighbour as usize] == 1 {
                        on_loops[neighbour as usize] = false;
                        ends.push(neighbour);
                    }
                }
            }
        }
        let removed: Vec<u32> =
            self.remaining.iter().copied().filter(|&path| on_loops[path as usize]).collect();
        removed.iter().for_each(|&path| self.remove(path));
        !removed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(depth: usize, weight_of: &[u32]) -> Core {
        let weights = weight_of.iter().map(|&i| i as usize + 1).max().unwrap_or(0);
        Core::new(depth, weights, weight_of)
    }

    #[test]
    fn a_tree_has_no_core_and_nothing_hangs_on_nothing() {
        let core = core(2, &[0, 1, 1, 2, 1, 3]);
        assert!(core.paths.is_empty() && core.weights.is_empty());
    }

    #[test]
    fn a_loop_of_links_is_removed_and_what_joins_two_of_them() {
        assert!(core(2, &[0, 1, 1, 2, 2, 0]).paths.is_empty());
        // Two paths that share two weights.
        assert!(core(3, &[0, 1, 2, 0, 1, 3]).paths.is_empty());
        // Joined by a path between weights 6 and 7, of degree two, and 8, which lies on a path of either loop.
        assert!(core(3, &[0, 1, 6, 0, 1, 8, 6, 7, 8, 7, 2, 3, 2, 3, 8]).paths.is_empty());
    }

    #[test]
    fn what_has_two_ways_about_is_a_core() {
        // Two spins joined by three bonds' worth of chains: weights 0 and 1 have degree three.
        let theta = [0, 2, 2, 1, 0, 3, 3, 1, 0, 4, 4, 1];
        let found = core(2, &theta);
        assert_eq!((found.paths.len(), found.weights.len()), (6, 5));
        assert!(found.hanging.is_empty());
        // And what hangs on it, outwards.
        let found = core(2, &[&theta[..], &[5, 6, 1, 5]].concat());
        assert_eq!(found.paths, [0, 1, 2, 3, 4, 5]);
        assert_eq!(found.hanging, [Hanging { path: 7, place: 1 }, Hanging { path: 6, place: 1 }]);
    }
}

//! How an instance is drawn: every choice by a uniform number of its own place.
//!
//! | ensemble | a place | is kept where U < |
//! |---|---|---|
//! | `independent` | a path | Π (1 − p_l) ρ_l |
//! | `branching` | an extension of a path's beginning (i_0, …, i_{l−1}) by i_l | (1 − p_l) ρ_l |
//! | `synapse` | a connection (i_{l−1}, i_l) | (1 − p_l) ρ_l |
//! | `unit` | a connection | 1 − p_l |
//! | | a hidden unit | ρ_l |
//!
//! A place is named by where it is in the network, never by its position among those that are kept, and p and ρ enter
//! by the chance alone. So a sample at one (p, ρ) contains the same sample at any larger p and smaller ρ, path by path.
//! The sign of a path is keyed by the path in the same way.

use super::uniforms::Below;
use super::{Couplings, Ensemble, Structure};
use crate::instance::{Instance, Signs};
use crate::masks::follow;
use crate::random::{Stream, philox};

/// The keys of a sample's numbers: as many words of its stream as the depth asks for, whatever p and ρ.
struct Keys {
    signs: u64,
    /// Keys by weight layer, l = 1 first.
    connections: Vec<u64>,
    /// Keys by layer, l = 1 first.
    units: Vec<u64>,
}

impl Keys {
    fn new(depth: usize, stream: &mut Stream) -> Self {
        let signs = stream.word();
        let mut words = || (0..depth).map(|_| stream.word()).collect();
        Self { signs, connections: words(), units: words() }
    }
}

impl Structure {
    /// Draws one disorder realisation: the active paths and their signs. It may have no path at all. The same stream
    /// gives nested instances: lower some p_l or raise some ρ_l, and paths are added, none is lost and none changes its
    /// sign.
    ///
    /// The cost is what is kept (beginnings of paths, connections and paths), not Π n_l.
    ///
    /// ```
    /// use model::{Couplings, Ensemble, Network, Structure, random::Key};
    /// let at = |dilution: f64| {
    ///     let network = Network::new(vec![8, 8, 8, 1]).unwrap();
    ///     let (dilution, activation) = (vec![dilution, 0.0, 0.0], vec![0.5, 0.5]);
    ///     let structure = Structure::new(network, Ensemble::Branching, Couplings::Input, dilution, activation);
    ///     structure.unwrap().draw(&mut Key::derive("example", &["sample 0"]).stream(0))
    /// };
    /// let (many, few) = (at(0.2), at(0.6));
    /// assert!(few.paths().all(|path| many.paths().any(|other| other == path)));
    /// ```
    pub fn draw(&self, stream: &mut Stream) -> Instance {
        let keys = Keys::new(self.network.depth(), stream);
        let paths = match self.ensemble {
            Ensemble::Independent => self.independent(&keys),
            Ensemble::Branching => self.branching(&keys),
            Ensemble::Synapse | Ensemble::Unit => self.shared(&keys),
        };
        let widths = self.network.widths();
        let signs = match self.couplings {
            Couplings::Input => Signs::Input(signs(keys.signs, 0..u64::from(widths[0]))),
            Couplings::Path => {
                let number = |path: &[u32]| {
                    path.iter()
                        .zip(widths)
                        .fold(0, |number, (&unit, &n)| number * u64::from(n) + u64::from(unit))
                };
                Signs::Path(signs(keys.signs, paths.chunks_exact(widths.len()).map(number)))
            }
        };
        Instance::from_drawn(self.network.clone(), paths, signs)
    }

    fn independent(&self, keys: &Keys) -> Vec<u32> {
        let widths = self.network.widths();
        let mut paths = Vec::new();
        let mut path = vec![0u32; widths.len()];
        let mut last = 0;
        let below = Below::new(self.network.possible_paths(), self.path_probability());
        below.each(keys.connections[0], 0, |number| {
            advance(&mut path, widths, number - last);
            last = number;
            paths.extend_from_slice(&path);
        });
        paths
    }

    fn branching(&self, keys: &Keys) -> Vec<u32> {
        let widths = self.network.widths();
        let steps: Vec<Below> =
            (1..widths.len()).map(|l| Below::new(u64::from(widths[l]), self.step_probability(l))).collect();
        let mut growth =
            Growth { widths, keys, steps: &steps, path: vec![0; widths.len()], paths: Vec::new() };
        for input in 0..widths[0] {
            growth.path[0] = input;
            growth.extend(1, u64::from(input));
        }
        growth.paths
    }

    /// `Synapse` and `Unit`: connections are kept once for all paths; the paths are what they connect.
    fn shared(&self, keys: &Keys) -> Vec<u32> {
        let widths = self.network.widths();
        // successors[l - 1][i]: the units of layer l that unit i of layer l − 1 reaches.
        let mut successors = Vec::with_capacity(widths.len() - 1);
        let mut reached = vec![true; widths[0] as usize];
        for l in 1..widths.len() {
            let n = u64::from(widths[l]);
            let (keep, active) = match self.ensemble {
                Ensemble::Unit => (1.0 - self.dilution(l), self.activation(l)),
                _ => (self.step_probability(l), 1.0),
            };
            let mut is_active = vec![false; widths[l] as usize];
            Below::new(n, active).each(keys.units[l - 1], 0, |unit| is_active[unit as usize] = true);
            let connections = Below::new(n, keep);
            let mut of_layer = vec![Vec::new(); widths[l - 1] as usize];
            let mut reached_next = vec![false; widths[l] as usize];
            for (from, to) in of_layer.iter_mut().enumerate().filter(|&(from, _)| reached[from]) {
                connections.each(keys.connections[l - 1], from as u64, |unit| {
                    if is_active[unit as usize] {
                        reached_next[unit as usize] = true;
                        to.push(unit as u32);
                    }
                });
            }
            successors.push(of_layer);
            reached = reached_next;
        }
        let mut paths = Vec::new();
        let mut path = vec![0; widths.len()];
        for input in 0..widths[0] {
            path[0] = input;
            follow(&successors, &mut path, 1, &mut paths);
        }
        paths
    }
}

/// Paths that grow from the inputs, depth first and so in lexicographic order.
struct Growth<'a> {
    widths: &'a [u32],
    keys: &'a Keys,
    steps: &'a [Below],
    path: Vec<u32>,
    paths: Vec<u32>,
}

impl Growth<'_> {
    /// Extends the beginning (i_0, …, i_{l−1}) to all its paths. `number` counts such beginnings, kept or not, in
    /// lexicographic order.
    fn extend(&mut self, l: usize, number: u64) {
        let n = u64::from(self.widths[l]);
        let steps = self.steps;
        steps[l - 1].each(self.keys.connections[l - 1], number, |unit| {
            self.path[l] = unit as u32;
            if l + 1 == self.widths.len() {
                self.paths.extend_from_slice(&self.path);
            } else {
                self.extend(l + 1, number * n + unit);
            }
        });
    }
}

/// The path that comes `steps` after this one in lexicographic order.
fn advance(path: &mut [u32], widths: &[u32], steps: u64) {
    let mut carry = steps;
    for (unit, &n) in path.iter_mut().zip(widths).rev() {
        if carry == 0 {
            return;
        }
        let sum = u64::from(*unit) + carry;
        (*unit, carry) = ((sum % u64::from(n)) as u32, sum / u64::from(n));
    }
}

/// Fair signs of the places `numbers`.
fn signs(key: u64, numbers: impl Iterator<Item = u64>) -> Vec<i8> {
    let mut at = None;
    let mut words = [0; 2];
    let sign = |number: u64| {
        if at != Some(number / 128) {
            at = Some(number / 128);
            words = philox(key, [0, number / 128]);
        }
        if words[(number / 64 % 2) as usize] >> (number % 64) & 1 == 1 { 1 } else { -1 }
    };
    numbers.map(sign).collect()
}

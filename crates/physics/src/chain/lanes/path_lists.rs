//! An instance as lists of paths, in the order in which lanes are swept.

use crate::chain::Positions;
use crate::chain::plain::gauged_signs;
use model::FactorGraph;

/// No weight.
pub(super) const NONE: u32 = u32::MAX;

/// An instance as lists of paths, shared by all lanes.
#[derive(Debug, Clone)]
pub struct PathLists {
    /// In the order of a sweep.
    pub(super) quads: Vec<Quad>,
    /// The paths of every weight of every quad.
    paths: Vec<u32>,
    pub(super) words_per_sweep: u64,
    pub(super) max_degree: usize,
    /// Paths with ξ_a = −1 in the gauge. Paths are numbered by their units of the first hidden layer here.
    pub(super) negative: Vec<bool>,
    /// The weights of every path.
    pub(super) weights_of: Vec<u32>,
    /// Behind the last path of each unit of the first hidden layer.
    unit_ends: Vec<usize>,
    pub(super) depth: usize,
}

/// Up to four weights whose draws share a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quad {
    /// Within a sweep.
    pub(super) word: u32,
    /// [`NONE`] where a position has no weight.
    pub(super) weights: [u32; 4],
    /// Weight q has paths `first[q]..first[q + 1]`.
    first: [u32; 5],
    /// Their degrees, 16 bits each.
    pub(super) degrees: u64,
    /// Planes that hold the largest of the degrees.
    pub(super) planes: u8,
}

impl Quad {
    /// The paths of weight q.
    #[inline(always)]
    pub(super) fn paths<'a>(&self, lists: &'a PathLists, q: usize) -> &'a [u32] {
        &lists.paths[self.first[q] as usize..self.first[q + 1] as usize]
    }
}

impl PathLists {
    /// The lists of an instance; `None` where a degree does not fit into 15 bits.
    pub fn new(graph: &FactorGraph, positions: &Positions) -> Option<Self> {
        if graph.max_degree() > i16::MAX as usize {
            return None;
        }
        let mut order: Vec<usize> = (0..graph.weight_count()).collect();
        order.sort_by_key(|&i| positions.of(i));
        // Paths through one unit of the first hidden layer stand together, as its weights do.
        let unit = |a: usize| graph.weights()[graph.path(a)[0] as usize].to;
        let mut paths: Vec<usize> = (0..graph.path_count()).collect();
        paths.sort_by_key(|&a| unit(a));
        let mut number = vec![0; paths.len()];
        (0..).zip(&paths).for_each(|(n, &a)| number[a] = n);
        let signs = gauged_signs(graph);
        let mut lists = Self {
            quads: Vec::new(),
            paths: Vec::with_capacity(graph.weight_of().len()),
            words_per_sweep: positions.words_per_sweep(),
            max_degree: graph.max_degree(),
            negative: paths.iter().map(|&a| signs[a] < 0).collect(),
            weights_of: paths.iter().flat_map(|&a| graph.path(a)).copied().collect(),
            unit_ends: (1..=paths.len())
                .filter(|&end| paths.get(end).is_none_or(|&a| unit(a) != unit(paths[end - 1])))
                .collect(),
            depth: graph.depth(),
        };
        for weights in order.chunk_by(|&i, &j| positions.of(i) / 4 == positions.of(j) / 4) {
            lists.push_quad(graph, positions, &number, weights);
        }
        Some(lists)
    }

    pub(in crate::chain) fn path_count(&self) -> usize {
        self.negative.len()
    }

    /// Behind the last path of each unit of the first hidden layer.
    pub(in crate::chain) fn unit_ends(&self) -> &[usize] {
        &self.unit_ends
    }

    /// Whether s_a = −1 in a configuration g_i w_i, path by path.
    pub(in crate::chain) fn negative_products(&self, weights: &[i8]) -> Vec<bool> {
        let paths = self.weights_of.chunks_exact(self.depth).zip(&self.negative);
        let product = |path: &[u32]| path.iter().filter(|&&i| weights[i as usize] < 0).count() % 2 == 1;
        paths.map(|(path, &negative)| product(path) != negative).collect()
    }

    pub(super) fn weight_count(&self) -> usize {
        self.quads.iter().flat_map(|quad| quad.weights).filter(|&i| i != NONE).count()
    }

    fn push_quad(&mut self, graph: &FactorGraph, positions: &Positions, number: &[u32], weights: &[usize]) {
        let word = (positions.of(weights[0]) / 4) as u32;
        let mut quad =
            Quad { word, weights: [NONE; 4], first: [self.paths.len() as u32; 5], degrees: 0, planes: 0 };
        for q in 0..4 {
            if let Some(&i) = weights.iter().find(|&&i| positions.of(i) % 4 == q) {
                quad.weights[q] = i as u32;
                let paths = graph.incidences(i).iter().map(|&e| number[e as usize / graph.depth()]);
                self.paths.extend(paths);
            }
            quad.first[q + 1] = self.paths.len() as u32;
            let degree = quad.first[q + 1] - quad.first[q];
            quad.degrees |= u64::from(degree) << (16 * q);
            quad.planes = quad.planes.max((u32::BITS - degree.leading_zeros()) as u8);
        }
        self.quads.push(quad);
    }
}

//! What is looked at now and then in the course of a chain, to tell whether it is in equilibrium.

use crate::statistics::Columns;
use model::FactorGraph;

/// About how many looks there are at a chain. Looks cost more than MC sweeps, and close ones are much alike.
const LOOKS: u32 = 100;

/// Of looks at all runs, so many are in a bin on average: fewer, and a bin between others may be empty by chance.
const LOOKS_IN_A_BIN: u32 = 20;

/// How many configurations chains are compared with. Of a single one, two states may well have the same overlap.
pub(crate) const REFERENCES: usize = 2;

/// g_i w_i of the first two chains of a list before their first measured MC sweep.
pub(crate) type References = [Vec<i8>; REFERENCES];

/// Looks at one chain: by unit of the first hidden layer, the paths with s_a = −1, which are the unit's energy
/// E_j = 2 (their number) − (all its paths), and those whose products differ from each of two fixed references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glances {
    every: u32,
    /// Units.
    pub(crate) units: usize,
    /// Of each look, as many numbers as there are units of the first kind, then of the others.
    pub(crate) counts: Vec<u32>,
}

impl Glances {
    /// Energies, and overlaps with references.
    pub(crate) const KINDS: usize = 1 + REFERENCES;

    /// No looks yet, at a chain that is measured for `measure` MC sweeps.
    pub(crate) fn new(measure: u32, units: usize) -> Self {
        Self { every: (measure / LOOKS).max(1), units, counts: Vec::new() }
    }

    /// Whether to look after measured MC sweep 1, 2, ….
    pub(crate) fn is_due(&self, measured: u32) -> bool {
        measured.is_multiple_of(self.every)
    }

    /// Of kinds of which every unit is judged: the energy, and the overlap with the first reference.
    pub(crate) fn columns(&self) -> Columns<'_> {
        Columns { counts: &self.counts, stride: Self::KINDS * self.units, count: 2 * self.units }
    }

    /// The series of the sums over units of one kind.
    pub(crate) fn totals(&self, kind: usize) -> Vec<f64> {
        let of_look =
            |look: &[u32]| look[kind * self.units..][..self.units].iter().map(|&c| f64::from(c)).sum();
        self.looks().map(of_look).collect()
    }

    /// Whether a probe is in a state of some unit that no run has visited and that is as good as theirs: at every look
    /// the unit's energy, or its overlap with one of the references, lies where no look at any run was, and its energy
    /// is never above all of theirs. A probe at higher energies may not have relaxed.
    pub(crate) fn missed_by(runs: &[&Self], probes: &[Self]) -> bool {
        let units = runs[0].units;
        let visited = Visited::by(runs);
        probes.iter().any(|probe| {
            (0..units).any(|unit| {
                let is_good = probe.looks().all(|look| look[unit] <= visited[unit].highest);
                let mut kinds = (0..Self::KINDS).map(|kind| kind * units + unit);
                is_good && kinds.any(|place| probe.looks().all(|look| !visited[place].holds(look[place])))
            })
        })
    }

    /// Each with as many numbers as there are units of the first kind, then of the others.
    fn looks(&self) -> impl Iterator<Item = &[u32]> {
        self.counts.chunks_exact(Self::KINDS * self.units)
    }
}

/// Where the looks at all runs found one count of one unit: bins between the lowest and the highest.
///
/// A bin is as wide as [`LOOKS_IN_A_BIN`] of them make it on average, and no narrower than one count. A unit of 10⁶
/// paths never shows the same count twice, and one that no run has shown says nothing there; a gap of whole bins does.
#[derive(Debug, Clone)]
struct Visited {
    lowest: u32,
    highest: u32,
    width: u32,
    bins: Vec<bool>,
}

impl Visited {
    /// What all runs visited, by the place in a look.
    fn by(runs: &[&Glances]) -> Vec<Self> {
        let nothing = Self { lowest: u32::MAX, highest: 0, width: 1, bins: Vec::new() };
        let mut places = vec![nothing; Glances::KINDS * runs[0].units];
        let looks = || runs.iter().flat_map(|run| run.looks());
        for look in looks() {
            for (visited, &count) in places.iter_mut().zip(look) {
                visited.lowest = count.min(visited.lowest);
                visited.highest = count.max(visited.highest);
            }
        }
        let most = (looks().count() as u32 / LOOKS_IN_A_BIN).max(1);
        for visited in &mut places {
            let range = visited.highest - visited.lowest + 1;
            visited.width = range.div_ceil(most);
            visited.bins = vec![false; range.div_ceil(visited.width) as usize];
        }
        for look in looks() {
            places.iter_mut().zip(look).for_each(|(visited, &count)| {
                let bin = visited.bin(count).expect("no count is below the lowest");
                visited.bins[bin] = true;
            });
        }
        places
    }

    fn bin(&self, count: u32) -> Option<usize> {
        Some((count.checked_sub(self.lowest)? / self.width) as usize)
    }

    fn holds(&self, count: u32) -> bool {
        self.bin(count).and_then(|bin| self.bins.get(bin)).is_some_and(|&visited| visited)
    }
}

/// A flip of one weight that costs energy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Excitation {
    /// 2 |h_i| > 0.
    pub(crate) energy: u64,
    /// Paths through the weight.
    pub(crate) paths: usize,
}

impl Excitation {
    /// The cheapest from a configuration, and of those that cost the same the one with the most paths; none where every
    /// flip is free.
    pub(crate) fn cheapest(graph: &FactorGraph, weights: &[i8]) -> Option<Self> {
        let products = graph.path_products(weights);
        let depth = graph.depth();
        let of_weight = |i: usize| {
            let paths = graph.incidences(i).iter().map(|&e| i64::from(products[e as usize / depth]));
            Self { energy: 2 * paths.sum::<i64>().unsigned_abs(), paths: graph.degree(i) }
        };
        let costly = (0..graph.weight_count()).map(of_weight).filter(|flip| flip.energy > 0);
        costly.min_by_key(|flip| (flip.energy, std::cmp::Reverse(flip.paths)))
    }
}

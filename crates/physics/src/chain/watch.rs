//! Looking at single units of chains ([`Glances`]), and short chains that look for states which no long one has
//! visited.

use super::dynamics::Kernel;
use super::glances::REFERENCES;
use super::lane_counts::{Counts, glance};
use super::lanes::{Lanes, PathLists};
use super::packed::{self, BitRows};
use super::wide::Block;
use super::{Chain, Course, Dynamics, Glances, References, Replica, plain};
use crate::cpu::Level;

/// Looks at a probe, after it has relaxed.
const PROBE_LOOKS: u32 = 4;

/// A probe relaxes for this part of what the chains take, and this part of it lies between looks.
const PROBE_RELAX: u32 = 100;
const PROBE_EVERY: u32 = 200;

/// Counts paths by unit of the first hidden layer in single replicas.
pub(crate) struct Watcher<'a> {
    of: Watched<'a>,
    level: Level,
}

enum Watched<'a> {
    Packed(&'a BitRows, packed::Glance),
    Plain(plain::PathUnits),
}

impl Watcher<'_> {
    /// Units of the first hidden layer that have a path.
    pub(crate) fn units(&self) -> usize {
        match &self.of {
            Watched::Packed(rows, _) => rows.units(),
            Watched::Plain(units) => units.count,
        }
    }

    /// Appends the paths with s_a = −1 by unit, then those that differ from each reference.
    pub(crate) fn glance(
        &mut self,
        replica: &Replica,
        references: &[Replica; REFERENCES],
        into: &mut Vec<u32>,
    ) {
        match (&mut self.of, replica, references) {
            (
                Watched::Packed(rows, glance),
                Replica::Packed(replica),
                [Replica::Packed(a), Replica::Packed(b)],
            ) => {
                glance.append(self.level, rows, replica, &[a, b], into);
            }
            (Watched::Plain(units), Replica::Plain(replica), [Replica::Plain(a), Replica::Plain(b)]) => {
                units.glance(replica, &[a, b], into);
            }
            _ => unreachable!("replicas stay with the instance that they were drawn for"),
        }
    }
}

/// The same of all lanes together.
pub(super) struct LaneWatcher {
    /// By path: bit c is set where s_a = −1 in the first, and in the second reference of lane c.
    marks: [Vec<Block>; REFERENCES],
    units: usize,
    counts: Vec<Counts>,
}

impl LaneWatcher {
    /// With the references of each lane.
    pub(super) fn new<'a>(lists: &PathLists, references: impl Iterator<Item = &'a References>) -> Self {
        let mut marks = [(); REFERENCES].map(|()| vec![Block::ZERO; lists.path_count()]);
        let mut last: Option<(&References, [Vec<bool>; REFERENCES])> = None;
        for (c, reference) in references.enumerate() {
            // Lanes of one list stand together and have the same.
            let known = last.take().filter(|(other, _)| std::ptr::eq(*other, reference));
            let bits = || reference.each_ref().map(|weights| lists.negative_products(weights));
            let (_, bits) = last.insert(known.unwrap_or_else(|| (reference, bits())));
            for (marks, bits) in marks.iter_mut().zip(bits) {
                for (mark, &bit) in marks.iter_mut().zip(&*bits) {
                    mark.0[c / 64] |= u64::from(bit) << (c % 64);
                }
            }
        }
        Self { marks, units: lists.unit_ends().len(), counts: Vec::new() }
    }

    pub(super) fn units(&self) -> usize {
        self.units
    }

    /// Adds a look at every lane, in their order.
    pub(super) fn glance(&mut self, level: Level, lanes: &Lanes<'_>, into: &mut [Glances]) {
        glance(level, lanes, &self.marks, &mut self.counts);
        for (c, glances) in into.iter_mut().enumerate() {
            glances.counts.extend(self.counts.iter().map(|count| count.of(c)));
        }
    }
}

impl<'a> Dynamics<'a> {
    /// Looks at single units of replicas.
    pub(crate) fn watcher(&self) -> Watcher<'_> {
        let of = match &self.kernel {
            Kernel::Packed(rows) => Watched::Packed(rows, packed::Glance::default()),
            _ => Watched::Plain(plain::PathUnits::new(self.graph)),
        };
        Watcher { of, level: self.level }
    }

    /// Looks at short chains from random configurations: lists of them, each with the reference of its
    /// [`Runs`](super::Runs), whose course says how long they are.
    pub(crate) fn probe(
        &self,
        lists: &[Vec<Chain>],
        references: &[References],
        course: Course,
    ) -> Vec<Vec<Glances>> {
        let mc_sweeps = course.relax.saturating_add(course.measure);
        let (relax, every) = ((mc_sweeps / PROBE_RELAX).max(1), (mc_sweeps / PROBE_EVERY).max(1));
        let looks: Vec<u64> =
            (0..PROBE_LOOKS).map(|look| u64::from(relax) + u64::from(look * every)).collect();
        if let Kernel::Lanes(path_lists) = &self.kernel {
            return self.probe_lanes(path_lists, lists, references, &looks);
        }
        let mut watcher = self.watcher();
        let each = lists.iter().zip(references);
        each.map(|(list, reference)| {
            let references = reference.each_ref().map(|weights| self.gauged_replica(weights));
            list.iter().map(|chain| self.probe_one(chain, &references, &looks, &mut watcher)).collect()
        })
        .collect()
    }

    fn probe_one(
        &self,
        chain: &Chain,
        references: &[Replica; REFERENCES],
        looks: &[u64],
        watcher: &mut Watcher<'_>,
    ) -> Glances {
        let (heat, mut replica) = (self.heat(chain.beta), self.random(chain.key));
        let mut glances = Glances::new(1, watcher.units());
        for mc_sweep in 1..=looks[looks.len() - 1] {
            self.mc_sweep(&mut replica, &heat, chain.key, mc_sweep);
            if looks.contains(&mc_sweep) {
                watcher.glance(&replica, references, &mut glances.counts);
            }
        }
        glances
    }

    /// All together, as many at a time as there are lanes.
    fn probe_lanes(
        &self,
        path_lists: &PathLists,
        lists: &[Vec<Chain>],
        references: &[References],
        looks: &[u64],
    ) -> Vec<Vec<Glances>> {
        let all: Vec<(usize, Chain)> = lists
            .iter()
            .enumerate()
            .flat_map(|(l, list)| list.iter().map(move |&chain| (l, chain)))
            .collect();
        let mut found = vec![Vec::new(); lists.len()];
        for batch in all.chunks(Lanes::COUNT) {
            let chains: Vec<Chain> = batch.iter().map(|&(_, chain)| chain).collect();
            let mut lanes = Lanes::new(path_lists, &self.positions, &chains);
            let mut watcher = LaneWatcher::new(path_lists, batch.iter().map(|&(l, _)| &references[l]));
            let mut glances = vec![Glances::new(1, watcher.units()); batch.len()];
            for mc_sweep in 1..=looks[looks.len() - 1] {
                lanes.mc_sweep(self.level);
                if looks.contains(&mc_sweep) {
                    watcher.glance(self.level, &lanes, &mut glances);
                }
            }
            batch.iter().zip(glances).for_each(|(&(l, _), glances)| found[l].push(glances));
        }
        found
    }
}

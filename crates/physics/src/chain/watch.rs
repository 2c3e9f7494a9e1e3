//! Looking at single units of chains ([`Glances`]).

use super::glances::REFERENCES;
use super::kernel::{Kernel, Replica};
use super::lane_counts::{Counts, glance};
use super::lanes::{Lanes, PathLists};
use super::packed::{self, BitRows};
use super::wide::Block;
use super::{Glances, References, plain};
use kernel::cpu::Level;
use model::FactorGraph;

/// Counts paths by unit of the first hidden layer in single replicas.
pub(crate) struct Watcher<'a> {
    of: Watched<'a>,
    level: Level,
}

enum Watched<'a> {
    Packed(&'a BitRows, packed::Glance),
    Plain(plain::PathUnits),
}

impl<'a> Watcher<'a> {
    /// A watcher of the replicas that a kernel keeps.
    pub(super) fn new(kernel: &'a Kernel, graph: &FactorGraph, level: Level) -> Self {
        let of = match kernel {
            Kernel::Packed(rows) => Watched::Packed(rows, packed::Glance::default()),
            _ => Watched::Plain(plain::PathUnits::new(graph)),
        };
        Self { of, level }
    }

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
    /// A watcher with the references of each lane.
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

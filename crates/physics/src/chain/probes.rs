//! Probes: short chains that look for states which no long one has visited.

use super::course::{Chain, Course};
use super::dynamics::Dynamics;
use super::glances::{Glances, REFERENCES, References};
use super::kernel::{Kernel, Replica};
use super::lanes::{Lanes, PathLists};
use super::watch::{LaneWatcher, Watcher};

/// Looks at a probe, after it has relaxed.
const PROBE_LOOKS: u32 = 4;

/// A probe relaxes for this part of what the chains take, and this part of it lies between looks.
const PROBE_RELAX: u32 = 100;
const PROBE_EVERY: u32 = 200;

impl Dynamics<'_> {
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

//! Runs the chains of one instance by the kernel that suits it.

use super::course::{Chain, Course};
use super::heat::Heat;
use super::kernel::{Kernel, Replica};
use super::lane_counts::{compare_pairs, unsatisfied_paths};
use super::lanes::{Lanes, PathLists};
use super::packed::{self, BitRows};
use super::watch::{LaneWatcher, Watcher};
use super::{BitTally, Difference, Excitation, Glances, Positions, References, Thresholds, plain};
use kernel::cpu::Level;
use kernel::stop;
use model::FactorGraph;

/// What was recorded of a chain.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recorded {
    /// H after every measured MC sweep.
    pub(crate) energies: Vec<f64>,
    /// Σ_t g_i w_i over the measured MC sweeps.
    pub(crate) sums: Vec<i32>,
    /// Looks at single units now and then.
    pub(crate) glances: Glances,
    /// The cheapest from the configuration after the last MC sweep.
    pub(crate) cheapest: Option<Excitation>,
}

/// What was recorded of lists of chains.
pub(crate) struct Runs {
    pub(crate) recorded: Vec<Vec<Recorded>>,
    /// The references of each list of chains.
    pub(crate) references: Vec<References>,
}

/// An instance prepared for its chains.
pub struct Dynamics<'a> {
    pub(super) graph: &'a FactorGraph,
    pub(super) positions: Positions,
    pub(super) kernel: Kernel,
    pub(super) level: Level,
}

impl<'a> Dynamics<'a> {
    /// The fastest kernel for the instance, on the CPU's best level.
    pub fn new(graph: &'a FactorGraph) -> Self {
        Self::on_level(graph, Level::chosen())
    }

    /// On a given level, which the CPU must have.
    pub fn on_level(graph: &'a FactorGraph, level: Level) -> Self {
        let positions = Positions::new(graph);
        let packed = BitRows::new(graph, &positions).map(Kernel::Packed);
        let lanes = || PathLists::new(graph, &positions).map(Kernel::Lanes);
        let kernel = packed.or_else(lanes).unwrap_or(Kernel::Plain);
        Self { graph, positions, kernel, level }
    }

    /// One bit a replica, whatever would suit the instance; `None` where a degree is too large.
    pub fn in_lanes(graph: &'a FactorGraph, level: Level) -> Option<Self> {
        let positions = Positions::new(graph);
        let kernel = Kernel::Lanes(PathLists::new(graph, &positions)?);
        Some(Self { graph, positions, kernel, level })
    }

    /// The definition itself, for tests.
    pub fn plain(graph: &'a FactorGraph) -> Self {
        Self { graph, positions: Positions::new(graph), kernel: Kernel::Plain, level: Level::Baseline }
    }

    /// The instance.
    pub fn graph(&self) -> &'a FactorGraph {
        self.graph
    }

    /// Whether chains run one after another, so that lists of them may as well run on several threads; in lanes they
    /// run together.
    pub fn runs_one_by_one(&self) -> bool {
        !matches!(self.kernel, Kernel::Lanes(_))
    }

    /// Runs lists of chains from their random configurations. Chains 2p and 2p + 1 of a list are a pair: where they
    /// differ is told to `on_pair(list, p, …)` after each measured MC sweep. A last chain without a partner runs alone.
    pub(crate) fn run(
        &self,
        lists: &[Vec<Chain>],
        course: Course,
        mut on_pair: impl FnMut(usize, usize, &Difference),
    ) -> Runs {
        if let Kernel::Lanes(path_lists) = &self.kernel {
            return self.run_lanes(path_lists, lists, course, on_pair);
        }
        let mut runs = Runs { recorded: vec![Vec::new(); lists.len()], references: Vec::new() };
        let mut watcher = self.watcher();
        for (l, list) in lists.iter().enumerate() {
            let mut reference = None;
            for (p, pair) in list.chunks(2).enumerate() {
                let on_measurement = |difference: &Difference| on_pair(l, p, difference);
                let found = self.run_pair(pair, course, &mut watcher, &mut reference, on_measurement);
                runs.recorded[l].extend(found);
            }
            let weights = |of: [Replica; 2]| of.each_ref().map(|reference| self.gauged_weights(reference));
            runs.references.extend(reference.map(weights));
        }
        runs
    }

    /// All chains together, 512 at a time.
    fn run_lanes(
        &self,
        path_lists: &PathLists,
        lists: &[Vec<Chain>],
        course: Course,
        mut on_pair: impl FnMut(usize, usize, &Difference),
    ) -> Runs {
        let pairs: Vec<(usize, usize, &[Chain])> = lists
            .iter()
            .enumerate()
            .flat_map(|(l, list)| list.chunks(2).enumerate().map(move |(p, pair)| (l, p, pair)))
            .collect();
        let mut recorded = vec![Vec::new(); lists.len()];
        let mut references = vec![None; lists.len()];
        for pairs in pairs.chunks(Lanes::COUNT / 2) {
            let found = self.run_batch(path_lists, pairs, course, &mut references, &mut on_pair);
            for ((l, _, pair), recorded_pair) in pairs.iter().zip(found) {
                recorded[*l].extend(recorded_pair.into_iter().take(pair.len()));
            }
        }
        Runs { recorded, references: references.into_iter().flatten().collect() }
    }

    /// Up to 256 pairs; a chain without a partner has itself for one, which nobody sees.
    fn run_batch(
        &self,
        path_lists: &PathLists,
        pairs: &[(usize, usize, &[Chain])],
        course: Course,
        references: &mut [Option<References>],
        on_pair: &mut impl FnMut(usize, usize, &Difference),
    ) -> Vec<[Recorded; 2]> {
        let chains: Vec<Chain> =
            pairs.iter().flat_map(|(_, _, pair)| [pair[0], pair[pair.len() - 1]]).collect();
        let mut lanes = Lanes::new(path_lists, &self.positions, &chains);
        let units = plain::Units::new(self.graph);
        let paths = self.graph.path_count() as f64;
        let mut energies = vec![Vec::with_capacity(course.measure as usize); chains.len()];
        let mut tally = BitTally::default();
        let mut difference = Difference::default();
        (0..course.relax).for_each(|_| lanes.mc_sweep(self.level));
        for (at, &(l, ..)) in pairs.iter().enumerate() {
            references[l].get_or_insert_with(|| [lanes.weights(2 * at), lanes.weights(2 * at + 1)]);
        }
        let of_lane = |c: usize| references[pairs[c / 2].0].as_ref().expect("every list has one now");
        let mut watcher = LaneWatcher::new(path_lists, (0..chains.len()).map(of_lane));
        let mut glances = vec![Glances::new(course.measure, watcher.units()); chains.len()];
        for measured in 1..=course.measure {
            lanes.mc_sweep(self.level);
            if glances[0].is_due(measured) {
                watcher.glance(self.level, &lanes, &mut glances);
            }
            let unsatisfied = unsatisfied_paths(self.level, &lanes);
            for (c, energies) in energies.iter_mut().enumerate() {
                energies.push(2.0 * f64::from(unsatisfied.of(c)) - paths);
            }
            tally.add(lanes.words(chains.len()));
            let differing = compare_pairs(self.level, &lanes, &units);
            for (at, &(l, p, _)) in pairs.iter().enumerate().filter(|(_, (_, _, pair))| pair.len() == 2) {
                difference.paths = differing.paths.of(2 * at) as usize;
                difference.merged.clear();
                difference.merged.extend(differing.merged.iter().map(|counts| counts.of(2 * at)));
                on_pair(l, p, &difference);
            }
        }
        let words = chains.len().div_ceil(32);
        let sum = |i: usize, c: usize| {
            course.measure as i32 - 2 * tally.count(i * words + c / 32, c as u32 % 32) as i32
        };
        let mut series = energies.into_iter().zip(glances);
        let mut recorded = |c: usize| {
            let (energies, glances) = series.next().expect("a chain for every lane");
            let sums = (0..self.graph.weight_count()).map(|i| sum(i, c)).collect();
            let cheapest = Excitation::cheapest(self.graph, &self.ungauged(lanes.weights(c)));
            Recorded { energies, sums, glances, cheapest }
        };
        (0..pairs.len()).map(|at| [recorded(2 * at), recorded(2 * at + 1)]).collect()
    }

    /// A pair of chains, or a single one, replica by replica.
    fn run_pair(
        &self,
        pair: &[Chain],
        course: Course,
        watcher: &mut Watcher<'_>,
        references: &mut Option<[Replica; 2]>,
        mut on_measurement: impl FnMut(&Difference),
    ) -> Vec<Recorded> {
        let heats: Vec<Heat> = pair.iter().map(|chain| self.heat(chain.beta)).collect();
        let mut replicas: Vec<Replica> = pair.iter().map(|chain| self.random(chain.key)).collect();
        let mut energies = vec![Vec::with_capacity(course.measure as usize); pair.len()];
        let mut tallies = vec![BitTally::default(); pair.len()];
        let mut glances = vec![Glances::new(course.measure, watcher.units()); pair.len()];
        let mut comparison = self.comparison();
        for mc_sweep in 1..=u64::from(course.relax) {
            for (c, replica) in replicas.iter_mut().enumerate() {
                self.mc_sweep(replica, &heats[c], pair[c].key, mc_sweep);
            }
        }
        let references =
            references.get_or_insert_with(|| [replicas[0].clone(), replicas[pair.len() - 1].clone()]);
        for measured in 1..=course.measure {
            let mc_sweep = u64::from(course.relax) + u64::from(measured);
            for (c, replica) in replicas.iter_mut().enumerate() {
                self.mc_sweep(replica, &heats[c], pair[c].key, mc_sweep);
                {
                    energies[c].push(replica.energy() as f64);
                    match replica {
                        Replica::Packed(replica) => tallies[c].add(replica.groups()),
                        Replica::Plain(replica) => tallies[c].add(replica.words()),
                    }
                    if glances[c].is_due(measured) {
                        watcher.glance(replica, references, &mut glances[c].counts);
                    }
                }
            }
            if let [a, b] = &replicas[..] {
                on_measurement(comparison.compare(a, b));
            }
        }
        let places: Vec<(usize, u32)> = match &self.kernel {
            Kernel::Packed(rows) => rows.places().collect(),
            _ => plain::Replica::places(self.graph.weight_count()).collect(),
        };
        let sum = |tally: &BitTally, &(word, bit): &(usize, u32)| {
            course.measure as i32 - 2 * tally.count(word, bit) as i32
        };
        let sums = tallies.iter().map(|tally| places.iter().map(|place| sum(tally, place)).collect());
        let each = energies.into_iter().zip(sums).zip(glances).zip(&replicas);
        each.map(|(((energies, sums), glances), replica)| {
            let cheapest = Excitation::cheapest(self.graph, &self.weights(replica));
            Recorded { energies, sums, glances, cheapest }
        })
        .collect()
    }

    /// The random configuration that the chain of that key begins with.
    pub fn random(&self, key: u64) -> Replica {
        match &self.kernel {
            Kernel::Packed(rows) => Replica::Packed(rows.random(key)),
            _ => Replica::Plain(plain::Replica::random(self.graph, &self.positions, key)),
        }
    }

    /// A replica in a given configuration of the n weights.
    pub fn replica(&self, weights: &[i8]) -> Replica {
        let gauged: Vec<i8> = match self.graph.ground_state() {
            Some(gauge) => weights.iter().zip(gauge).map(|(w, g)| w * g).collect(),
            None => weights.to_vec(),
        };
        self.gauged_replica(&gauged)
    }

    /// The same of g_i w_i.
    pub(super) fn gauged_replica(&self, gauged: &[i8]) -> Replica {
        match &self.kernel {
            Kernel::Packed(rows) => Replica::Packed(rows.replica(gauged)),
            _ => Replica::Plain(plain::Replica::new(self.graph, gauged.to_vec())),
        }
    }

    /// What MC sweeps at that β need.
    pub fn heat(&self, beta: f64) -> Heat {
        Heat::new(Thresholds::new(beta, self.graph.max_degree()))
    }

    /// MC sweep number `mc_sweep` ≥ 1 of the chain of that key. A replica may go from chain to chain.
    pub fn mc_sweep(&self, replica: &mut Replica, heat: &Heat, key: u64, mc_sweep: u64) {
        stop::look();
        match (&self.kernel, replica) {
            (Kernel::Packed(rows), Replica::Packed(replica)) => {
                rows.mc_sweep(self.level, replica, heat, key, mc_sweep);
            }
            (_, Replica::Plain(replica)) => {
                replica.mc_sweep(self.graph, &self.positions, heat.thresholds(), key, mc_sweep);
            }
            _ => unreachable!("replicas stay with the instance that they were drawn for"),
        }
    }

    /// w_i of every weight.
    pub fn weights(&self, replica: &Replica) -> Vec<i8> {
        self.ungauged(self.gauged_weights(replica))
    }

    /// g_i w_i of every weight.
    fn gauged_weights(&self, replica: &Replica) -> Vec<i8> {
        match (&self.kernel, replica) {
            (Kernel::Packed(rows), Replica::Packed(replica)) => rows.weights(replica),
            (_, Replica::Plain(replica)) => replica.weights.clone(),
            _ => unreachable!("replicas stay with the instance that they were drawn for"),
        }
    }

    /// w_i of g_i w_i.
    fn ungauged(&self, gauged: Vec<i8>) -> Vec<i8> {
        match self.graph.ground_state() {
            Some(gauge) => gauged.iter().zip(gauge).map(|(w, g)| w * g).collect(),
            None => gauged,
        }
    }

    /// Looks at single units of replicas.
    pub(crate) fn watcher(&self) -> Watcher<'_> {
        Watcher::new(&self.kernel, self.graph, self.level)
    }

    /// Compares pairs of replicas.
    pub(crate) fn comparison(&self) -> Comparison<'_> {
        let of = match &self.kernel {
            Kernel::Packed(rows) => Compared::Packed(rows, packed::Comparison::new(rows)),
            _ => Compared::Plain(plain::Units::new(self.graph)),
        };
        Comparison {
            of,
            level: self.level,
            paths: self.graph.path_count(),
            difference: Difference::default(),
        }
    }
}

/// Tells where pairs of replicas differ.
pub(crate) struct Comparison<'a> {
    of: Compared<'a>,
    level: Level,
    paths: usize,
    difference: Difference,
}

enum Compared<'a> {
    Packed(&'a BitRows, packed::Comparison),
    Plain(plain::Units),
}

impl Comparison<'_> {
    pub(crate) fn compare(&mut self, a: &Replica, b: &Replica) -> &Difference {
        match (&mut self.of, a, b) {
            (Compared::Packed(rows, comparison), Replica::Packed(a), Replica::Packed(b)) => {
                comparison.compare(self.level, rows, self.paths, a, b, &mut self.difference);
            }
            (Compared::Plain(units), Replica::Plain(a), Replica::Plain(b)) => {
                self.difference = units.compare(a, b);
            }
            _ => unreachable!("replicas stay with the instance that they were drawn for"),
        }
        &self.difference
    }
}

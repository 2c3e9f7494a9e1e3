//! What goes wrong in a round, when and for how long: a function of the round's seed alone.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::time::Duration;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `kill -9` of a worker; another one comes in its place.
    WorkerKill,
    /// SIGSTOP of a worker, often for longer than its lease, then SIGCONT: its late answers must be fenced.
    WorkerFreeze,
    /// SIGTERM of a worker; another one comes in its place.
    WorkerDrain,
    /// `kill -9` of a coordinator, which is started again on its port.
    CoordinatorKill,
    /// SIGSTOP of a coordinator, with whatever transactions it has open, then SIGCONT.
    CoordinatorFreeze,
    /// The coordinator's machine is cut off from the database and from workers.
    CoordinatorCut,
    /// The coordinator's machine loses its power: nobody is told, no connection is closed, and it does not come back.
    CoordinatorVanish,
    /// A worker's machine is cut off from its coordinator.
    NetworkCut,
    /// `kill -9` of the database's server and all its backends.
    DatabaseKill,
    /// The database is stopped and started, in a fast or an immediate shutdown.
    DatabaseRestart,
    /// `pg_terminate_backend` of all or half of the program's connections.
    TerminateBackends,
    /// The database's disk is full.
    DiskFull,
    /// The clock of the coordinators or of the workers jumps, forward or back, or that of the database forward.
    ClockStep,
    /// The clock of the database jumps back.
    DatabaseClockBack,
    /// Somebody's query keeps a snapshot open.
    AnalyticSnapshot,
    /// Somebody submits another sweep.
    SecondSweep,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 16] = [
        Kind::WorkerKill,
        Kind::WorkerFreeze,
        Kind::WorkerDrain,
        Kind::CoordinatorKill,
        Kind::CoordinatorFreeze,
        Kind::CoordinatorCut,
        Kind::CoordinatorVanish,
        Kind::NetworkCut,
        Kind::DatabaseKill,
        Kind::DatabaseRestart,
        Kind::TerminateBackends,
        Kind::DiskFull,
        Kind::ClockStep,
        Kind::DatabaseClockBack,
        Kind::AnalyticSnapshot,
        Kind::SecondSweep,
    ];

    /// Its name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::WorkerKill => "worker-kill",
            Kind::WorkerFreeze => "worker-freeze",
            Kind::WorkerDrain => "worker-drain",
            Kind::CoordinatorKill => "coordinator-kill",
            Kind::CoordinatorFreeze => "coordinator-freeze",
            Kind::CoordinatorCut => "coordinator-cut",
            Kind::CoordinatorVanish => "coordinator-vanish",
            Kind::NetworkCut => "network-cut",
            Kind::DatabaseKill => "database-kill",
            Kind::DatabaseRestart => "database-restart",
            Kind::TerminateBackends => "terminate-backends",
            Kind::DiskFull => "disk-full",
            Kind::ClockStep => "clock-step",
            Kind::DatabaseClockBack => "database-clock-back",
            Kind::AnalyticSnapshot => "analytic-snapshot",
            Kind::SecondSweep => "second-sweep",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The shortest and the longest that it lasts, in milliseconds.
    fn lasts(self) -> (u64, u64) {
        match self {
            // What replaces the one that went comes so much later.
            Kind::WorkerKill | Kind::WorkerDrain => (300, 2000),
            // The lease is two seconds: some wake up before it is over, most after.
            Kind::WorkerFreeze => (1500, 5500),
            Kind::CoordinatorKill => (200, 4000),
            Kind::CoordinatorFreeze => (500, 4500),
            Kind::CoordinatorCut | Kind::NetworkCut => (800, 6000),
            Kind::DatabaseKill | Kind::DatabaseRestart => (0, 2000),
            Kind::DiskFull => (500, 3000),
            Kind::AnalyticSnapshot => (3000, 8000),
            // At one moment.
            Kind::TerminateBackends
            | Kind::ClockStep
            | Kind::DatabaseClockBack
            | Kind::SecondSweep
            | Kind::CoordinatorVanish => (0, 0),
        }
    }
}

/// One fault of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: Kind,
    /// When, after the workers were started.
    pub begins: Duration,
    /// How long.
    pub lasts: Duration,
    /// Whom it meets and how hard: read with [`Fault::choose`].
    choice: u64,
}

impl Fault {
    /// A number below `n` for the `which`-th thing to be chosen.
    pub fn choose(&self, which: u32, n: u64) -> u64 {
        (self.choice >> (16 * which) & 0xffff) % n
    }
}

/// Seeds that follow one another from a multiple of this meet every kind.
pub const ROUNDS_OF_A_DECK: u64 = 4;

/// When faults may begin, in milliseconds.
const BEGINS: (u64, u64) = (200, 3500);

/// The faults of the round of this seed, in the order of their beginnings.
///
/// Kinds are dealt like cards: the rounds 4k to 4k + 3 share a deck that holds each kind once, so that a few rounds
/// already meet all of them. In every round some worker dies or falls asleep, so that there is something to reclaim.
pub fn plan(seed: u64) -> Vec<Fault> {
    let mut kinds = dealt(seed);
    let mut random = Random::new(seed, 1);
    if !kinds.contains(&Kind::WorkerKill) && !kinds.contains(&Kind::WorkerFreeze) {
        kinds.push([Kind::WorkerKill, Kind::WorkerFreeze][random.between(0, 1) as usize]);
    }
    if random.between(0, 2) == 0 {
        kinds.push(Kind::ALL[random.between(0, Kind::ALL.len() as u64 - 1) as usize]);
    }
    let mut faults: Vec<Fault> = kinds.into_iter().map(|kind| random.fault(kind)).collect();
    faults.sort_by_key(|fault| fault.begins);
    faults
}

/// A plan of chosen kinds, each once, at times that depend on the seed.
pub fn plan_of(seed: u64, kinds: &[Kind]) -> Vec<Fault> {
    let mut random = Random::new(seed, 2);
    let mut faults: Vec<Fault> = kinds.iter().map(|&kind| random.fault(kind)).collect();
    faults.sort_by_key(|fault| fault.begins);
    faults
}

fn dealt(seed: u64) -> Vec<Kind> {
    let mut deck = Kind::ALL;
    let mut random = Random::new(seed / ROUNDS_OF_A_DECK, 0);
    for last in (1..deck.len()).rev() {
        deck.swap(last, random.between(0, last as u64) as usize);
    }
    let hand = (seed % ROUNDS_OF_A_DECK) as usize;
    deck.into_iter().skip(hand).step_by(ROUNDS_OF_A_DECK as usize).collect()
}

struct Random(ChaCha8Rng);

impl Random {
    fn new(seed: u64, stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        Self(random)
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.0.next_u64() % (most - least + 1)
    }

    fn fault(&mut self, kind: Kind) -> Fault {
        let begins = Duration::from_millis(self.between(BEGINS.0, BEGINS.1));
        let (least, most) = kind.lasts();
        Fault {
            kind,
            begins,
            lasts: Duration::from_millis(self.between(least, most)),
            choice: self.0.next_u64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_of_a_seed_never_changes_from_one_call_to_the_next() {
        assert_eq!(plan(17), plan(17));
        assert_ne!(plan(17), plan(18));
    }

    #[test]
    fn a_deck_of_rounds_meets_every_kind() {
        for deck in 0..20 {
            let seeds = deck * ROUNDS_OF_A_DECK..(deck + 1) * ROUNDS_OF_A_DECK;
            let met: Vec<Kind> = seeds.flat_map(plan).map(|fault| fault.kind).collect();
            assert!(Kind::ALL.iter().all(|kind| met.contains(kind)), "{met:?}");
        }
    }

    #[test]
    fn a_round_has_two_to_six_faults_and_some_worker_dies_or_sleeps() {
        for seed in 0..200 {
            let kinds: Vec<Kind> = plan(seed).iter().map(|fault| fault.kind).collect();
            assert!((2..=6).contains(&kinds.len()), "{kinds:?}");
            assert!(
                kinds.iter().any(|kind| [Kind::WorkerKill, Kind::WorkerFreeze].contains(kind)),
                "{kinds:?}"
            );
        }
    }

    #[test]
    fn kinds_are_found_by_their_names() {
        assert!(Kind::ALL.iter().all(|&kind| Kind::named(kind.name()) == Some(kind)));
    }
}

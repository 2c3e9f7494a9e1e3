//! The replicas of one run.

use super::settings::ExchangeSettings;
use crate::chain::{Dynamics, Heat, Replica};
use crate::swaps::{Accepts, Counts, Exchange};
use model::random::{Key, Stream};

/// Streams of one run: one for each temperature, and the last one for the swaps.
const STREAMS_PER_RUN: u64 = 1 << 16;

/// One configuration at every β of a ladder.
///
/// The chain at temperature k of run r has the first word of stream r · 2^16 + k for its key, whichever replica is
/// there, and so had the configuration that began there; swaps draw from stream r · 2^16 + 2^16 − 1. So temperatures
/// may be swept in any order.
pub struct Replicas<'a> {
    dynamics: &'a Dynamics<'a>,
    /// By temperature.
    heats: Vec<Heat>,
    keys: Vec<u64>,
    /// By replica.
    configurations: Vec<Replica>,
    exchange: Exchange,
    swaps: Stream,
    rounds: u64,
}

impl<'a> Replicas<'a> {
    /// The replicas of a run in random configurations.
    pub fn new(dynamics: &'a Dynamics<'a>, settings: &ExchangeSettings, key: Key, run: u32) -> Self {
        let betas = settings.ladder();
        let first = u64::from(run) * STREAMS_PER_RUN;
        let keys: Vec<u64> = (0..betas.len() as u64).map(|k| key.stream(first + k).word()).collect();
        Self {
            dynamics,
            heats: betas.iter().map(|&beta| dynamics.heat(beta)).collect(),
            configurations: keys.iter().map(|&key| dynamics.random(key)).collect(),
            keys,
            exchange: Exchange::new(betas, Accepts::UpTo),
            swaps: key.stream(first + STREAMS_PER_RUN - 1),
            rounds: 0,
        }
    }

    /// The same after the settings' relaxing rounds, nothing counted yet.
    pub(super) fn relaxed(
        dynamics: &'a Dynamics<'a>,
        settings: &ExchangeSettings,
        key: Key,
        run: u32,
    ) -> Self {
        let mut replicas = Self::new(dynamics, settings, key, run);
        (0..settings.relax()).for_each(|_| replicas.round());
        replicas.exchange.forget_counts();
        replicas
    }

    /// One MC sweep at every temperature, then one phase of swaps.
    pub fn round(&mut self) {
        let mc_sweep = self.rounds + 1;
        for (k, &replica) in self.exchange.replica_at().iter().enumerate() {
            let configuration = &mut self.configurations[replica];
            self.dynamics.mc_sweep(configuration, &self.heats[k], self.keys[k], mc_sweep);
        }
        let energy = |replica: usize| self.configurations[replica].energy();
        self.exchange.swap_neighbours(self.rounds, &mut self.swaps, energy);
        self.rounds += 1;
    }

    /// The configuration at temperature k.
    pub fn at(&self, k: usize) -> &Replica {
        &self.configurations[self.exchange.replica_at()[k]]
    }

    /// Swaps and round trips in the rounds after relaxing.
    pub(super) fn counts(&self) -> &Counts {
        self.exchange.counts()
    }
}

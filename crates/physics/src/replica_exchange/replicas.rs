//! The replicas of one run.

use super::settings::ExchangeSettings;
use crate::chain::{Dynamics, Heat, Replica};
use model::numerics::exp;
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
    betas: Vec<f64>,
    /// By temperature.
    heats: Vec<Heat>,
    keys: Vec<u64>,
    /// By replica.
    configurations: Vec<Replica>,
    /// `replica_at[k]`: who is at temperature k.
    replica_at: Vec<usize>,
    swaps: Stream,
    rounds: u64,
    accepted: Vec<u64>,
    proposed: Vec<u64>,
    /// By replica: which end it was at last.
    last_end: Vec<Option<End>>,
    /// By replica.
    round_trips: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Hot,
    /// After the hot end.
    Cold,
}

impl<'a> Replicas<'a> {
    /// The replicas of a run in random configurations.
    pub fn new(dynamics: &'a Dynamics<'a>, settings: &ExchangeSettings, key: Key, run: u32) -> Self {
        let betas = settings.ladder().to_vec();
        let temperatures = betas.len();
        let first = u64::from(run) * STREAMS_PER_RUN;
        let keys: Vec<u64> = (0..temperatures as u64).map(|k| key.stream(first + k).word()).collect();
        Self {
            dynamics,
            heats: betas.iter().map(|&beta| dynamics.heat(beta)).collect(),
            betas,
            configurations: keys.iter().map(|&key| dynamics.random(key)).collect(),
            keys,
            replica_at: (0..temperatures).collect(),
            swaps: key.stream(first + STREAMS_PER_RUN - 1),
            rounds: 0,
            accepted: vec![0; temperatures - 1],
            proposed: vec![0; temperatures - 1],
            last_end: vec![None; temperatures],
            round_trips: vec![0; temperatures],
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
        replicas.accepted.fill(0);
        replicas.proposed.fill(0);
        replicas.round_trips.fill(0);
        replicas
    }

    /// One MC sweep at every temperature, then one phase of swaps.
    pub fn round(&mut self) {
        let mc_sweep = self.rounds + 1;
        for (k, &replica) in self.replica_at.iter().enumerate() {
            let configuration = &mut self.configurations[replica];
            self.dynamics.mc_sweep(configuration, &self.heats[k], self.keys[k], mc_sweep);
        }
        let first = (self.rounds % 2) as usize;
        for k in (first..self.betas.len() - 1).step_by(2) {
            self.propose_swap(k);
        }
        self.rounds += 1;
        self.note_ends();
    }

    /// Of temperatures k and k + 1. One random word each, accepted or not.
    fn propose_swap(&mut self, k: usize) {
        let gain = self.at(k + 1).energy() - self.at(k).energy();
        let threshold = swap_threshold(self.betas[k + 1] - self.betas[k], gain);
        self.proposed[k] += 1;
        if self.swaps.word() <= threshold {
            self.accepted[k] += 1;
            self.replica_at.swap(k, k + 1);
        }
    }

    fn note_ends(&mut self) {
        let hottest = self.replica_at[0];
        if self.last_end[hottest] == Some(End::Cold) {
            self.round_trips[hottest] += 1;
        }
        self.last_end[hottest] = Some(End::Hot);
        let coldest = self.replica_at[self.betas.len() - 1];
        if self.last_end[coldest] == Some(End::Hot) {
            self.last_end[coldest] = Some(End::Cold);
        }
    }

    /// The configuration at temperature k.
    pub fn at(&self, k: usize) -> &Replica {
        &self.configurations[self.replica_at[k]]
    }

    /// Accepted swaps of temperatures k and k + 1.
    pub fn accepted(&self) -> &[u64] {
        &self.accepted
    }

    /// Proposed swaps of temperatures k and k + 1.
    pub fn proposed(&self) -> &[u64] {
        &self.proposed
    }

    /// How often each replica went from the hottest temperature to the coldest and back.
    pub fn round_trips(&self) -> &[u64] {
        &self.round_trips
    }
}

/// A swap that loses `gain` < 0 is accepted when a random word is at most this: min(1, e^{Δβ ΔE}) in units of 2^−64.
fn swap_threshold(delta_beta: f64, gain: i64) -> u64 {
    if gain >= 0 {
        return u64::MAX;
    }
    let two_to_64 = (1u128 << 64) as f64;
    // The cast saturates where the product rounds to 2^64.
    (two_to_64 * exp(delta_beta * gain as f64)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_that_does_not_lose_is_always_accepted_and_another_with_its_boltzmann_factor() {
        assert_eq!(swap_threshold(0.3, 0), u64::MAX);
        assert_eq!(swap_threshold(0.3, 8), u64::MAX);
        let half = swap_threshold(std::f64::consts::LN_2 / 2.0, -2) as f64 / (1u128 << 64) as f64;
        assert!((half - 0.5).abs() < 1e-12, "{half}");
        assert_eq!(swap_threshold(100.0, -1000), 0);
        // A Δβ that is nearly nothing.
        assert_eq!(swap_threshold(1e-300, -2), u64::MAX);
    }
}

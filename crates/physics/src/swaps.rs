//! Replica exchange of whatever has an energy: who is at which temperature of a ladder, the swaps of neighbours, and
//! the trips from one end of the ladder to the other. Replicas are known by their numbers; whoever moves them keeps
//! them.

use model::numerics::exp;
use model::random::Stream;

/// Which random words accept a swap of chance c · 2^−64. The two solvers that exchange differ in one word of 2^64: to
/// make them agree would change rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Accepts {
    /// Those up to c; so a swap that loses nothing is certain.
    UpTo,
    /// Those below c, which is at most 2^64 − 1.
    Below,
}

impl Accepts {
    /// The chance of a swap is min(1, e^{Δβ ΔE}), Δβ > 0 and ΔE the energy at the larger β less that at the smaller
    /// one.
    fn accepts(self, word: u64, delta_beta: f64, gain: i64) -> bool {
        let two_to_64 = (1u128 << 64) as f64;
        // The cast saturates where the product is 2^64.
        let chance = (two_to_64 * exp((delta_beta * gain as f64).min(0.0))) as u64;
        match self {
            Accepts::UpTo => word <= chance,
            Accepts::Below => word < chance,
        }
    }
}

/// The replicas of one run on a ladder.
#[derive(Debug)]
pub(crate) struct Exchange {
    betas: Vec<f64>,
    accepts: Accepts,
    /// `replica_at[k]`: who is at temperature k.
    replica_at: Vec<usize>,
    /// By replica: which end it was at last.
    last_end: Vec<Option<End>>,
    counts: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Hot,
    /// After the hot end.
    Cold,
}

/// What was counted of swaps.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    /// Proposed swaps of temperatures k and k + 1.
    proposed: Vec<u64>,
    /// Accepted ones.
    accepted: Vec<u64>,
    /// By replica: how often it went from the hottest temperature to the coldest and back.
    pub(crate) round_trips: Vec<u64>,
}

impl Counts {
    /// Nothing counted yet, for so many temperatures.
    pub(crate) fn new(temperatures: usize) -> Self {
        let [proposed, accepted] = [(); 2].map(|()| vec![0; temperatures - 1]);
        Self { proposed, accepted, round_trips: vec![0; temperatures] }
    }

    /// Adds the swaps of another run; round trips stay those of this one.
    pub(crate) fn add_swaps(&mut self, other: &Counts) {
        self.proposed.iter_mut().zip(&other.proposed).for_each(|(sum, count)| *sum += count);
        self.accepted.iter_mut().zip(&other.accepted).for_each(|(sum, count)| *sum += count);
    }

    /// The share of the swaps of temperatures k and k + 1 that were accepted.
    pub(crate) fn acceptance(&self) -> Vec<f64> {
        let pairs = self.accepted.iter().zip(&self.proposed);
        pairs.map(|(&accepted, &proposed)| accepted as f64 / proposed.max(1) as f64).collect()
    }
}

impl Exchange {
    /// Replica k at temperature k.
    pub(crate) fn new(betas: &[f64], accepts: Accepts) -> Self {
        Self {
            betas: betas.to_vec(),
            accepts,
            replica_at: (0..betas.len()).collect(),
            last_end: vec![None; betas.len()],
            counts: Counts::new(betas.len()),
        }
    }

    /// The replicas by temperature.
    pub(crate) fn replica_at(&self) -> &[usize] {
        &self.replica_at
    }

    /// What was counted since the beginning, or since it was forgotten.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Counts anew; a round trip that is under way goes on.
    pub(crate) fn forget_counts(&mut self) {
        self.counts = Counts::new(self.betas.len());
    }

    /// Proposes to swap the pairs (0, 1), (2, 3), … in even rounds and (1, 2), (3, 4), … in odd ones: each replica
    /// walks on where strictly alternating pairs let it. Each takes one random word, accepted or not. `energy` is that
    /// of a replica, by its number.
    pub(crate) fn swap_neighbours(&mut self, round: u64, stream: &mut Stream, energy: impl Fn(usize) -> i64) {
        for k in ((round % 2) as usize..self.betas.len() - 1).step_by(2) {
            let gain = energy(self.replica_at[k + 1]) - energy(self.replica_at[k]);
            self.counts.proposed[k] += 1;
            if self.accepts.accepts(stream.word(), self.betas[k + 1] - self.betas[k], gain) {
                self.counts.accepted[k] += 1;
                self.replica_at.swap(k, k + 1);
            }
        }
        self.note_ends();
    }

    fn note_ends(&mut self) {
        let &[hottest, .., coldest] = &self.replica_at[..] else { return };
        if self.last_end[hottest] == Some(End::Cold) {
            self.counts.round_trips[hottest] += 1;
        }
        self.last_end[hottest] = Some(End::Hot);
        if self.last_end[coldest] == Some(End::Hot) {
            self.last_end[coldest] = Some(End::Cold);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_that_does_not_lose_is_always_accepted_and_another_with_its_boltzmann_factor() {
        let accepts = |word, delta_beta, gain| Accepts::UpTo.accepts(word, delta_beta, gain);
        assert!(accepts(u64::MAX, 0.3, 0) && accepts(u64::MAX, 0.3, 8));
        let half = std::f64::consts::LN_2 / 2.0;
        assert!(accepts((1 << 63) - (1 << 20), half, -2) && !accepts((1 << 63) + (1 << 20), half, -2));
        assert!(accepts(0, 100.0, -1000) && !accepts(1, 100.0, -1000));
        // A Δβ that is nearly nothing.
        assert!(accepts(u64::MAX, 1e-300, -2));
        assert!(!Accepts::Below.accepts(u64::MAX, 0.3, 0) && Accepts::Below.accepts(u64::MAX - 1, 0.3, 8));
    }

    #[test]
    fn a_replica_that_was_cold_and_is_hot_again_has_made_a_round_trip() {
        let mut exchange = Exchange::new(&[0.0, 1.0], Accepts::UpTo);
        let mut stream = model::random::Key::derive("round trips", &[]).stream(0);
        // Equal energies: every swap is accepted, in even rounds.
        for round in 0..8 {
            exchange.swap_neighbours(round, &mut stream, |_| 0);
        }
        assert_eq!(
            (exchange.counts().acceptance(), &exchange.counts().round_trips[..]),
            (vec![1.0], &[1, 1][..])
        );
    }
}

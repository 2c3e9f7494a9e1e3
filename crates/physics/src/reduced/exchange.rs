//! Replica exchange on the reduced systems (Hukushima and Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996)), for any
//! couplings.
//!
//! Every β of a ladder has a replica, which the heat bath of its two sides moves; replicas at neighbouring β are
//! exchanged with probability min(1, e^((β' − β)(H' − H))), so that each walks to high temperature, forgets, and comes
//! back.
//!
//! The systems are independent, and each exchanges *its own* replicas. An exchange of whole models would be accepted
//! according to the difference of their total energies, whose spread grows as the square root of the number of systems:
//! the ladder would need as many times more temperatures, a round trip the square of that in sweeps, and one system's
//! bad luck would hold up all others. System by system, the ladder that suits one unit suits any number of them.

use super::Schedule;
use super::excitation::excitations;
use super::heat_bath::HeatBath;
use super::total::{Series, Thermal};
use crate::ladder::Ladder;
use crate::statistics::{Estimate, Value};
use model::numerics::exp;
use model::random::{Key, Stream};
use model::{Reduced, System};

/// What replica exchange measured; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeSample {
    /// One for every β of the ladder.
    pub rungs: Vec<Rung>,
    /// One for every pair of neighbouring β: accepted exchanges per attempt, over all systems and runs.
    pub acceptance: Vec<f64>,
    /// From the smallest β to the largest and back, over all systems, runs and replicas, while measuring.
    pub round_trips: u64,
    /// The same of the system with the fewest. At 0 the ladder has not helped that system.
    pub fewest_round_trips: u64,
}

/// What was measured at one β.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// β.
    pub beta: f64,
    /// ⟨H⟩, from its mean given the W¹ side. Its `variance` is that of this mean, not of H.
    pub energy: Estimate,
    /// ⟨H²⟩ − ⟨H⟩², from its mean and variance given the W¹ side.
    pub energy_variance: Value,
    /// How many independent samples the energy of the slowest system is worth.
    pub effective_samples: f64,
    /// H after every measured MC sweep of every run.
    pub energies: Vec<f64>,
}

/// Runs every system from random configurations. System s of run r draws from stream r 2^32 + s of `key`.
pub fn sample(reduced: &Reduced, ladder: &Ladder, schedule: &Schedule, key: Key) -> ExchangeSample {
    let betas = ladder.betas();
    let mut thermal = vec![Thermal::new(); betas.len()];
    let mut swaps = Swaps::new(betas.len());
    let mut fewest_round_trips = u64::MAX;
    for (number, system) in reduced.systems().iter().enumerate() {
        let before = swaps.round_trips;
        let mut runs: Vec<Measured> = (0..schedule.runs)
            .map(|run| key.stream(u64::from(run) << 32 | number as u64))
            .map(|mut stream| run_system(system, betas, schedule, &mut stream, &mut swaps))
            .collect();
        fewest_round_trips = fewest_round_trips.min(swaps.round_trips - before);
        let lowest = runs.iter().map(|run| &run.lowest).min_by_key(|lowest| lowest.energy);
        let lowest = lowest.expect("there are runs").spins.clone();
        for (k, thermal) in thermal.iter_mut().enumerate() {
            let series: Vec<Series> = runs.iter_mut().map(|run| std::mem::take(&mut run.series[k])).collect();
            let dynamics = HeatBath::new(system, betas[k]);
            thermal.add(series, &excitations(system, dynamics.conditional(), &lowest));
        }
    }
    let rung = |(&beta, thermal): (&f64, Thermal)| Rung {
        beta,
        energy: thermal.energy(),
        energy_variance: thermal.variance(),
        effective_samples: thermal.effective_samples(),
        energies: thermal.into_energies(),
    };
    ExchangeSample {
        rungs: betas.iter().zip(thermal).map(rung).collect(),
        acceptance: swaps.acceptance(),
        round_trips: swaps.round_trips,
        fewest_round_trips,
    }
}

/// What one run of one system measured.
struct Measured {
    /// By rung.
    series: Vec<Series>,
    lowest: Lowest,
}

/// The lowest state that any replica of a run was in.
struct Lowest {
    energy: i64,
    spins: Vec<i8>,
}

/// One run of one system, by rung; counts the exchanges of the measured sweeps.
fn run_system(
    system: &System,
    betas: &[f64],
    schedule: &Schedule,
    stream: &mut Stream,
    swaps: &mut Swaps,
) -> Measured {
    let mut ladder = Replicas::new(system, betas, stream);
    let mut uncounted = Swaps::new(betas.len());
    for t in 0..schedule.relax {
        ladder.mc_sweep(stream);
        ladder.exchange(t, stream, &mut uncounted);
    }
    let mut series: Vec<Series> = betas.iter().map(|_| Series::default()).collect();
    let mut lowest = Lowest { energy: i64::MAX, spins: Vec::new() };
    for t in 0..schedule.measure {
        ladder.mc_sweep(stream);
        for (replica, series) in ladder.replicas.iter().zip(&mut series) {
            series.energies.push(replica.energy as f64);
            series.mean_energies.push(replica.mean_energy);
            series.variances.push(replica.variance);
            if replica.energy < lowest.energy {
                lowest = Lowest { energy: replica.energy, spins: replica.spins.clone() };
            }
        }
        ladder.exchange(t, stream, swaps);
    }
    Measured { series, lowest }
}

/// One system at every β of a ladder.
struct Replicas<'a> {
    betas: &'a [f64],
    dynamics: Vec<HeatBath>,
    /// `replicas[k]` is now at `betas[k]`.
    replicas: Vec<Replica>,
}

struct Replica {
    spins: Vec<i8>,
    energy: i64,
    /// ⟨H⟩ given the W¹ side.
    mean_energy: f64,
    /// Var H given it.
    variance: f64,
    /// Has been at the smallest β, and since then at the largest: at the smallest again, that is a round trip.
    left_hot: bool,
    reached_cold: bool,
}

/// Exchanges counted per pair, and round trips.
struct Swaps {
    attempts: Vec<u64>,
    accepted: Vec<u64>,
    round_trips: u64,
}

impl Swaps {
    fn new(rungs: usize) -> Self {
        Self { attempts: vec![0; rungs - 1], accepted: vec![0; rungs - 1], round_trips: 0 }
    }

    fn acceptance(&self) -> Vec<f64> {
        let pairs = self.accepted.iter().zip(&self.attempts);
        pairs.map(|(&accepted, &attempts)| accepted as f64 / attempts.max(1) as f64).collect()
    }
}

impl<'a> Replicas<'a> {
    fn new(system: &System, betas: &'a [f64], stream: &mut Stream) -> Self {
        let dynamics = betas.iter().map(|&beta| HeatBath::new(system, beta)).collect();
        let mut replica = |_| Replica {
            spins: stream.signs(system.spin_count()),
            energy: 0,
            mean_energy: 0.0,
            variance: 0.0,
            left_hot: false,
            reached_cold: false,
        };
        let replicas = (0..betas.len()).map(&mut replica).collect();
        Self { betas, dynamics, replicas }
    }

    /// Moves every replica at its own β.
    fn mc_sweep(&mut self, stream: &mut Stream) {
        for (replica, dynamics) in self.replicas.iter_mut().zip(&self.dynamics) {
            let sweep = dynamics.mc_sweep(&mut replica.spins, stream);
            replica.energy = sweep.energy;
            replica.mean_energy = sweep.mean_energy;
            replica.variance = sweep.variance;
        }
    }

    /// Attempts to exchange the pairs (0,1), (2,3), … at even t, (1,2), (3,4), … at odd t: each replica walks on where
    /// strictly alternating pairs let it.
    fn exchange(&mut self, t: u32, stream: &mut Stream, swaps: &mut Swaps) {
        for k in (t as usize % 2..self.betas.len() - 1).step_by(2) {
            let difference = (self.replicas[k + 1].energy - self.replicas[k].energy) as f64;
            let ln_probability = (self.betas[k + 1] - self.betas[k]) * difference;
            swaps.attempts[k] += 1;
            if stream.word() < swap_threshold(ln_probability) {
                swaps.accepted[k] += 1;
                self.replicas.swap(k, k + 1);
            }
        }
        swaps.round_trips += self.note_ends();
    }

    /// Marks the replicas at the ends of the ladder; returns the round trips that have just ended.
    fn note_ends(&mut self) -> u64 {
        let [hot, .., cold] = self.replicas.as_mut_slice() else { return 0 };
        cold.reached_cold = cold.left_hot;
        let completed = hot.left_hot && hot.reached_cold;
        hot.left_hot = true;
        hot.reached_cold = false;
        u64::from(completed)
    }
}

/// 2^64 min(1, e^x).
fn swap_threshold(ln_probability: f64) -> u64 {
    let two_to_64 = (1u128 << 64) as f64;
    // The cast saturates: a certain exchange keeps the chance 2^−64 of being refused.
    (two_to_64 * exp(ln_probability.min(0.0))) as u64
}

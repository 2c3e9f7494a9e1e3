//! SystemReplica exchange on the reduced systems (Hukushima and Nemoto, J. Phys. Soc. Jpn. 65, 1604 (1996)), for any
//! couplings.
//!
//! Every β of a ladder has a replica, which the heat bath of its two sides moves; replicas at neighbouring β are
//! exchanged with probability min(1, e^((β' − β)(H' − H))), so that each walks to high temperature, forgets, and comes
//! back.
//!
//! The systems are independent, and each exchanges *its own* replicas. An exchange of whole models would be accepted
//! according to the difference of their total energies, whose spread grows as the square root of the number of systems:
//! the ladder would need as many times more temperatures, a round trip the square of that in MC sweeps, and one
//! system's bad luck would hold up all others. System by system, the ladder that suits one unit suits any number of
//! them.

use super::Schedule;
use super::excitation::excitations;
use super::heat_bath::HeatBath;
use super::total::{Series, Thermal};
use crate::ladder::Ladder;
use crate::statistics::{Estimate, Value};
use crate::swaps::{Accepts, Counts, Exchange};
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
    let mut counts = Counts::new(betas.len());
    let (mut round_trips, mut fewest_round_trips) = (0, u64::MAX);
    for (number, system) in reduced.systems().iter().enumerate() {
        let mut runs: Vec<Measured> = (0..schedule.runs)
            .map(|run| key.stream(u64::from(run) << 32 | number as u64))
            .map(|mut stream| run_system(system, betas, schedule, &mut stream))
            .collect();
        runs.iter().for_each(|run| counts.add_swaps(&run.counts));
        let of_system = runs.iter().flat_map(|run| &run.counts.round_trips).sum();
        round_trips += of_system;
        fewest_round_trips = fewest_round_trips.min(of_system);
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
        acceptance: counts.acceptance(),
        round_trips,
        fewest_round_trips,
    }
}

/// What one run of one system measured.
struct Measured {
    /// By rung.
    series: Vec<Series>,
    lowest: Lowest,
    /// Swaps and round trips of the measured MC sweeps.
    counts: Counts,
}

/// The lowest state that any replica of a run was in.
struct Lowest {
    energy: i64,
    spins: Vec<i8>,
}

fn run_system(system: &System, betas: &[f64], schedule: &Schedule, stream: &mut Stream) -> Measured {
    let mut ladder = Replicas::new(system, betas, stream);
    for t in 0..schedule.relax {
        ladder.mc_sweep(stream);
        ladder.swap_neighbours(t, stream);
    }
    ladder.exchange.forget_counts();
    let mut series: Vec<Series> = betas.iter().map(|_| Series::default()).collect();
    let mut lowest = Lowest { energy: i64::MAX, spins: Vec::new() };
    for t in 0..schedule.measure {
        ladder.mc_sweep(stream);
        for (&replica, series) in ladder.exchange.replica_at().iter().zip(&mut series) {
            let replica = &ladder.replicas[replica];
            series.energies.push(replica.energy as f64);
            series.mean_energies.push(replica.mean_energy);
            series.variances.push(replica.variance);
            if replica.energy < lowest.energy {
                lowest = Lowest { energy: replica.energy, spins: replica.spins.clone() };
            }
        }
        ladder.swap_neighbours(t, stream);
    }
    Measured { series, lowest, counts: ladder.exchange.counts().clone() }
}

/// One system at every β of a ladder.
struct Replicas {
    /// By rung.
    dynamics: Vec<HeatBath>,
    /// By number.
    replicas: Vec<SystemReplica>,
    exchange: Exchange,
}

struct SystemReplica {
    spins: Vec<i8>,
    energy: i64,
    /// ⟨H⟩ given the W¹ side.
    mean_energy: f64,
    /// Var H given it.
    variance: f64,
}

impl Replicas {
    fn new(system: &System, betas: &[f64], stream: &mut Stream) -> Self {
        let dynamics = betas.iter().map(|&beta| HeatBath::new(system, beta)).collect();
        let mut replica = |_| SystemReplica {
            spins: stream.signs(system.spin_count()),
            energy: 0,
            mean_energy: 0.0,
            variance: 0.0,
        };
        let replicas = (0..betas.len()).map(&mut replica).collect();
        Self { dynamics, replicas, exchange: Exchange::new(betas, Accepts::Below) }
    }

    /// Moves every replica at its own β.
    fn mc_sweep(&mut self, stream: &mut Stream) {
        for (dynamics, &replica) in self.dynamics.iter().zip(self.exchange.replica_at()) {
            let replica = &mut self.replicas[replica];
            let left = dynamics.mc_sweep(&mut replica.spins, stream);
            replica.energy = left.energy;
            replica.mean_energy = left.mean_energy;
            replica.variance = left.variance;
        }
    }

    fn swap_neighbours(&mut self, t: u32, stream: &mut Stream) {
        self.exchange.swap_neighbours(t.into(), stream, |replica| self.replicas[replica].energy);
    }
}

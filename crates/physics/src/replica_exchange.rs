//! Replica exchange (parallel tempering): one replica at each β of a ladder, and neighbours that swap
//! configurations, so that a configuration stuck in the cold finds its way out through the heat.
//!
//! A round is one MC sweep of every replica, then proposed swaps of all even pairs (0, 1), (2, 3), … in even rounds
//! and all odd pairs in odd ones. A swap of the configurations at β_k < β_{k+1} is accepted with probability
//! min(1, e^{Δβ ΔE}), Δβ = β_{k+1} − β_k, ΔE = E_{k+1} − E_k; each step leaves Π_k e^{−β_k H(W_k)} invariant.
//!
//! The ladder is part of the settings: what is found at a β depends on the whole ladder, and on nothing else that
//! may be asked for beside it.

mod ladder;
mod replicas;
mod settings;

pub use ladder::{gaussian_acceptance, propose_ladder};
pub use replicas::Replicas;
pub use settings::{ExchangeSettings, ExchangeSettingsError, MAX_TEMPERATURES, MIN_ROUNDS};

use crate::chain::{Dynamics, Excitation, Glances};
use crate::observables::{OverlapRecorder, Overlaps, Unseen, heat_capacity, witnesses};
use crate::statistics::{Equilibration, Estimate, Value, equilibration, estimate_of};
use crate::swaps::Counts;
use crate::thermodynamic_integration::{Integral, integrate_together};
use model::FactorGraph;
use model::random::Key;

/// What a replica exchange found; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaExchange {
    /// By increasing β.
    pub temperatures: Vec<Temperature>,
    /// How many of the swaps of temperatures k and k + 1 were accepted, of those proposed in measured rounds.
    pub acceptance: Vec<f64>,
    /// How often each replica went from the hottest temperature to the coldest and back, counted in measured
    /// rounds: replica p of run r at `r * temperatures + p`.
    pub round_trips: Vec<u64>,
    /// `energies[k][r][t]`: H at temperature k, in run r, after measured round t.
    pub energies: Vec<Vec<Vec<f64>>>,
}

/// What was found at one β.
#[derive(Debug, Clone, PartialEq)]
pub struct Temperature {
    /// β.
    pub beta: f64,
    /// ⟨H⟩, with τ_int in rounds at this β (whichever replica is there), and R̂ over the runs.
    pub energy: Estimate,
    /// Whether the runs have forgotten where they began. It does not ask for round trips: many a cold replica forgets
    /// by itself, and a tall ladder takes long to climb.
    pub equilibration: Equilibration,
    /// C = β² Var H.
    pub heat_capacity: Value,
    /// log Z and S, integrated from β = 0 up the ladder.
    pub integral: Integral,
    /// The overlaps of the runs 0 and 1, 2 and 3, … at this β.
    pub overlaps: Overlaps,
}

impl ReplicaExchange {
    /// Σ of all replicas' round trips.
    pub fn total_round_trips(&self) -> u64 {
        self.round_trips.iter().sum()
    }

    /// A ladder between the same ends whose acceptance would be about `acceptance` at every pair: see
    /// [`propose_ladder`].
    pub fn proposed_ladder(&self, acceptance: f64) -> Vec<f64> {
        let betas: Vec<f64> = self.temperatures.iter().map(|at| at.beta).collect();
        let energies: Vec<f64> = self.temperatures.iter().map(|at| at.energy.mean).collect();
        propose_ladder(&betas, &self.acceptance, &energies, acceptance)
    }
}

/// Runs the replicas, two runs side by side. All that is drawn comes from `key`, which must not depend on the β
/// that are asked for. `bins` is the number of bins of the overlap histograms over [−1, 1], ≥ 1.
pub fn replica_exchange(
    graph: &FactorGraph,
    settings: &ExchangeSettings,
    key: Key,
    bins: usize,
) -> ReplicaExchange {
    let temperatures = settings.ladder().len();
    let rounds = settings.rounds() as usize;
    let mut energies: Vec<Vec<Vec<f64>>> = vec![Vec::new(); temperatures];
    let mut recorders: Vec<Vec<OverlapRecorder>> = vec![Vec::new(); temperatures];
    let mut counts = Counts::new(temperatures);
    let mut round_trips = Vec::new();
    let dynamics = Dynamics::new(graph);
    let mut comparison = dynamics.comparison();
    let mut watcher = dynamics.watcher();
    let mut glances: Vec<Vec<Glances>> = vec![Vec::new(); temperatures];
    let mut cheapest = vec![Vec::new(); temperatures];
    let mut references = Vec::new();
    for run in (0..settings.runs()).step_by(2) {
        let mut pair: Vec<Replicas<'_>> = (run..settings.runs().min(run + 2))
            .map(|run| Replicas::relaxed(&dynamics, settings, key, run))
            .collect();
        let mut series = vec![vec![Vec::with_capacity(rounds); pair.len()]; temperatures];
        let mut overlaps = vec![OverlapRecorder::new(graph, rounds, bins); temperatures];
        let mut looks =
            vec![vec![Glances::new(settings.rounds(), watcher.units()); pair.len()]; temperatures];
        if references.is_empty() {
            references
                .extend((0..temperatures).map(|k| [0, 1].map(|run| pair[run % pair.len()].at(k).clone())));
        }
        for round in 1..=settings.rounds() {
            pair.iter_mut().for_each(Replicas::round);
            for k in 0..temperatures {
                for ((series, looks), replicas) in series[k].iter_mut().zip(&mut looks[k]).zip(&pair) {
                    series.push(replicas.at(k).energy() as f64);
                    if looks.is_due(round) {
                        watcher.glance(replicas.at(k), &references[k], &mut looks.counts);
                    }
                }
                if let [first, second] = &pair[..] {
                    overlaps[k].take(comparison.compare(first.at(k), second.at(k)));
                }
            }
        }
        energies.iter_mut().zip(series).for_each(|(all, series)| all.extend(series));
        glances.iter_mut().zip(looks).for_each(|(all, looks)| all.extend(looks));
        for (k, cheapest) in cheapest.iter_mut().enumerate() {
            let weights = pair.iter().map(|replicas| dynamics.weights(replicas.at(k)));
            cheapest.extend(weights.filter_map(|weights| Excitation::cheapest(graph, &weights)));
        }
        if pair.len() == 2 {
            recorders.iter_mut().zip(overlaps).for_each(|(all, overlaps)| all.push(overlaps));
        }
        for replicas in &pair {
            counts.add_swaps(replicas.counts());
            round_trips.extend_from_slice(&replicas.counts().round_trips);
        }
    }
    let integrals = integrate_together(graph, settings.ladder(), &energies)
        .expect("the ladder was checked, and the series are of one shape");
    let found = integrals.into_iter().enumerate();
    let temperatures = found.map(|(k, integral)| {
        let unseen = Unseen::after(cheapest[k].iter().copied());
        let looks: Vec<&Glances> = glances[k].iter().collect();
        let energy = estimate_of(&energies[k], unseen.energy);
        let overlaps = Overlaps::with_unseen(&recorders[k], unseen.paths);
        Temperature {
            beta: integral.beta,
            equilibration: equilibration(&energies[k], energy.r_hat, &witnesses(&looks, &[], &overlaps)),
            energy,
            heat_capacity: heat_capacity(&energies[k], integral.beta, unseen.energy),
            integral,
            overlaps,
        }
    });
    ReplicaExchange {
        temperatures: temperatures.collect(),
        acceptance: counts.acceptance(),
        round_trips,
        energies,
    }
}

//! One method on one instance, at every β of the ladder.

mod belief_propagation;
mod energy_histogram;

use crate::clock;
use crate::sample::Sample;
use energy_histogram::energy_histogram;
use model::{FactorGraph, Reduced};
use physics::anneal::{self, AnnealSettings, Annealed};
use physics::bp::BpSettings;
use physics::chain::Dynamics;
use physics::exact::{self, Exact};
use physics::ladder::Ladder;
use physics::levels::{self, LevelPair as LevelCovariance, LevelSettings, Levels};
use physics::mc::QuenchSettings;
use physics::observables::{Observed, Overlaps, observe_quenches};
use physics::reduced::{self, Schedule};
use physics::replica_exchange::{self, ExchangeSettings, ReplicaExchange};
use physics::statistics::{Equilibration, Estimate, Value};
use rust_decimal::Decimal;
use std::time::Instant;
use sweep::decimal::to_f64 as number;
use sweep::measurement::{Branch, HISTOGRAM_BINS, LevelPair, Measurement, Outcome, Values};
use sweep::method::MAX_BYTES;
use sweep::{Method, MethodSettings, streams};

/// Chains that run together, in lanes, serve as many β at a time as keep to 1 GiB.
const BYTES_TOGETHER: u64 = 1 << 30;

/// Spin updates of all rows of a unit of work above which β are shared among threads: then they take a second.
const PARALLEL_UPDATES: u64 = 3_000_000_000;

/// The rows of one method on a graph with at least one path: by β, then branch. None for a method without β. Their
/// seconds are equal parts of the time that passed: to read the processor's clock takes longer than a small row.
pub fn measure(
    graph: &FactorGraph,
    sample: Sample<'_>,
    method: &Method,
    betas: &[Decimal],
) -> Vec<Measurement> {
    let start_time = Instant::now();
    let mut rows = measure_untimed(graph, sample, method, betas);
    let share = start_time.elapsed().as_secs_f32() / rows.len().max(1) as f32;
    rows.iter_mut().for_each(|row| row.seconds = share);
    rows
}

fn measure_untimed(
    graph: &FactorGraph,
    sample: Sample<'_>,
    method: &Method,
    betas: &[Decimal],
) -> Vec<Measurement> {
    let solver = Solver { graph, sample, method };
    match &method.settings {
        MethodSettings::Bp(bp) => {
            let settings = BpSettings { tolerance: bp.tolerance, max_iterations: bp.max_iterations };
            if bp.reduced {
                solver.reduced_belief_propagation(&reduced(graph), betas, &settings)
            } else {
                solver.belief_propagation(betas, &settings)
            }
        }
        MethodSettings::Mc(mc) => solver.quench(betas, mc),
        MethodSettings::Exact(exact) => solver.exact(betas, exact.max_configurations),
        MethodSettings::Anneal(anneal) => solver.anneal(betas, anneal),
        MethodSettings::ReplicaExchange(exchange) => solver.replica_exchange(betas, exchange),
        MethodSettings::ReducedMc(mc) => solver.reduced_monte_carlo(&reduced(graph), betas, mc),
        MethodSettings::Degrees(_)
        | MethodSettings::Levels(_)
        | MethodSettings::Training(_)
        | MethodSettings::Removal(_) => Vec::new(),
    }
}

fn reduced(graph: &FactorGraph) -> Reduced {
    Reduced::new(graph).expect("a spec asks this of three weight layers only")
}

/// The levels of a graph with at least one path, by overlap; none for a method of another kind.
pub fn level_pairs(graph: &FactorGraph, sample: Sample<'_>, method: &Method) -> Vec<LevelPair> {
    let MethodSettings::Levels(asked) = &method.settings else { return Vec::new() };
    let settings = LevelSettings::new(numbers(&asked.overlaps), asked.pairs);
    let settings = settings.expect("a spec's settings are valid");
    let key = streams::schedule_key(sample.seed, sample.cell, sample.sample, &method.name);
    let Levels { single, pairs } = levels::levels(graph, &settings, key);
    let paths = graph.path_count();
    let per_path = |total: f64| total / paths as f64;
    let row = |(&overlap, pair): (&Decimal, LevelCovariance)| LevelPair {
        method: method.name.clone(),
        overlap,
        paths: paths as u64,
        covariance_per_path: per_path(pair.covariance.value),
        covariance_error: per_path(pair.covariance.error),
        disorder_covariance_per_path: per_path(pair.disorder_covariance.value),
        disorder_covariance_error: per_path(pair.disorder_covariance.error),
        disorder_spread: pair.disorder_spread,
        variance_per_path: per_path(single.variance.value),
        variance_error: per_path(single.variance.error),
        excess_kurtosis: single.excess_kurtosis.value,
        excess_kurtosis_error: single.excess_kurtosis.error,
    };
    asked.overlaps.iter().zip(pairs).map(row).collect()
}

struct Solver<'a> {
    graph: &'a FactorGraph,
    sample: Sample<'a>,
    method: &'a Method,
}

impl Solver<'_> {
    fn quench(&self, betas: &[Decimal], mc: &sweep::method::Mc) -> Vec<Measurement> {
        let settings = QuenchSettings { runs: mc.runs, relax: mc.relax, measure: mc.measure };
        let bytes = settings.bytes(self.graph);
        if bytes > MAX_BYTES {
            return self.too_costly(betas);
        }
        let dynamics = Dynamics::new(self.graph);
        let observe = |betas: &[Decimal]| {
            let keyed: Vec<_> = betas.iter().map(|&beta| (number(beta), self.key(beta))).collect();
            let found = observe_quenches(&dynamics, &keyed, &settings, HISTOGRAM_BINS);
            let row = |(&beta, found): (&Decimal, &Observed)| {
                self.row(beta, None, Outcome::Solved, self.quenched(found))
            };
            betas.iter().zip(&found).map(row).collect::<Vec<Measurement>>()
        };
        let mc_sweeps = u64::from(settings.runs) * (u64::from(settings.relax) + u64::from(settings.measure));
        let updates = self.graph.weight_count() as u64 * mc_sweeps * betas.len() as u64;
        if !dynamics.runs_one_by_one() {
            betas.chunks((BYTES_TOGETHER / bytes).max(1) as usize).flat_map(observe).collect()
        } else if updates > PARALLEL_UPDATES {
            clock::in_parallel(betas, 1, observe)
        } else {
            betas.chunks(1).flat_map(observe).collect()
        }
    }

    fn quenched(&self, found: &Observed) -> Values {
        let of_layers = |part: fn(&Value) -> f64| {
            found.layers.iter().map(|layer| part(&layer.overlap)).collect::<Vec<f64>>()
        };
        Values {
            overlap: Some(found.overlap),
            layer_overlaps: Some(of_layers(|overlap| overlap.value)),
            layer_overlap_errors: Some(of_layers(|overlap| overlap.error)),
            ..self.sampled(
                &found.energy,
                &found.equilibration,
                found.heat_capacity,
                &found.overlaps,
                &found.energies,
            )
        }
    }

    /// What every Monte Carlo method says of the energy and of pairs of replicas.
    fn sampled(
        &self,
        energy: &Estimate,
        equilibration: &Equilibration,
        heat_capacity: Value,
        overlaps: &Overlaps,
        energies: &[Vec<f64>],
    ) -> Values {
        let path = overlaps.path.as_ref();
        let binder = overlaps.merged.as_ref().and_then(|units| units.binder);
        Values {
            energy_per_weight: Some(self.per_weight(energy.mean)),
            energy_error: Some(self.per_weight(energy.error)),
            energy_variance: Some(energy.variance),
            tau_int: Some(energy.tau_int),
            r_hat: Some(equilibration.r_hat),
            effective_samples: Some(equilibration.effective_samples),
            equilibrated: Some(equilibration.equilibrated),
            specific_heat: Some(self.per_weight(heat_capacity.value)),
            specific_heat_error: Some(self.per_weight(heat_capacity.error)),
            path_overlap: path.map(|path| path.mean.value),
            path_overlap_error: path.map(|path| path.mean.error),
            susceptibility: path.map(|path| path.susceptibility.value),
            susceptibility_error: path.map(|path| path.susceptibility.error),
            unit_binder: binder.map(|binder| binder.value),
            unit_binder_error: binder.map(|binder| binder.error),
            path_overlap_histogram: path.map(|path| path.histogram.clone()),
            unit_overlap_histogram: overlaps.merged.as_ref().map(|units| units.histogram.clone()),
            ..energy_histogram(self.graph.weight_count(), energies.iter().flatten())
        }
    }

    /// Clusters where nothing is frustrated, each β by itself; else the whole ladder is run for any β on it.
    fn reduced_monte_carlo(
        &self,
        reduced: &Reduced,
        betas: &[Decimal],
        mc: &sweep::method::ReducedMc,
    ) -> Vec<Measurement> {
        let schedule = Schedule { runs: mc.runs, relax: mc.relax, measure: mc.measure };
        if reduced.is_unfrustrated() {
            let clusters = |&beta: &Decimal| {
                let found = reduced::cluster::sample(reduced, number(beta), &schedule, self.key(beta));
                let found = found.expect("nothing is frustrated");
                let values = Values {
                    system_susceptibility: Some(self.per_weight(found.susceptibility.mean)),
                    system_susceptibility_error: Some(self.per_weight(found.susceptibility.error)),
                    ..self.reduced_energy(
                        beta,
                        &found.energy,
                        found.energy_variance,
                        found.effective_samples,
                        &found.energies,
                    )
                };
                self.row(beta, None, Outcome::Solved, values)
            };
            return betas.iter().map(clusters).collect();
        }
        let ladder = Ladder::new(numbers(&mc.ladder));
        let ladder = ladder.expect("a spec's ladders are valid, and given where they are needed");
        let found = reduced::exchange::sample(reduced, &ladder, &schedule, self.schedule_key());
        let row = |&beta: &Decimal| {
            let k = mc.ladder.binary_search(&beta).expect("a spec's β stand on its ladders");
            let neighbours = &found.acceptance[k.saturating_sub(1)..(k + 1).min(found.acceptance.len())];
            let rung = &found.rungs[k];
            let values = Values {
                swap_acceptance: neighbours.iter().copied().reduce(f64::min),
                round_trips: Some(found.round_trips),
                fewest_round_trips: Some(found.fewest_round_trips),
                communication_barrier: Some(communication_barrier(&found.acceptance)),
                ..self.reduced_energy(
                    beta,
                    &rung.energy,
                    rung.energy_variance,
                    rung.effective_samples,
                    &rung.energies,
                )
            };
            self.row(beta, None, Outcome::Solved, values)
        };
        betas.iter().map(row).collect()
    }

    fn reduced_energy(
        &self,
        beta: Decimal,
        energy: &Estimate,
        variance: Value,
        effective_samples: f64,
        energies: &[f64],
    ) -> Values {
        let per_variance = self.per_weight(number(beta) * number(beta));
        Values {
            energy_per_weight: Some(self.per_weight(energy.mean)),
            energy_error: Some(self.per_weight(energy.error)),
            energy_variance: Some(variance.value),
            specific_heat: Some(per_variance * variance.value),
            specific_heat_error: Some(per_variance * variance.error),
            tau_int: Some(energy.tau_int),
            r_hat: Some(energy.r_hat),
            effective_samples: Some(effective_samples),
            ..energy_histogram(self.graph.weight_count(), energies)
        }
    }

    /// One chain serves every β; its time is shared among the rows.
    fn anneal(&self, betas: &[Decimal], asked: &sweep::method::Anneal) -> Vec<Measurement> {
        let settings = AnnealSettings::new(asked.runs, number(asked.beta_step), asked.mc_sweeps);
        let settings = settings.expect("a spec's settings are valid");
        let keyed: Vec<_> = betas.iter().map(|&beta| (number(beta), self.key(beta))).collect();
        let reached = anneal::anneal(self.graph, &keyed, &settings, self.schedule_key());
        let row = |(&beta, reached): (&Decimal, Annealed)| {
            let values = Values {
                energy_per_weight: Some(self.per_weight(reached.energy.value)),
                energy_error: Some(self.per_weight(reached.energy.error)),
                lowest_energy_per_weight: Some(self.per_weight(reached.lowest)),
                ..Values::default()
            };
            self.row(beta, None, Outcome::Solved, values)
        };
        betas.iter().zip(reached).map(row).collect()
    }

    /// The whole ladder is run for any β on it; its time is shared among the rows.
    fn replica_exchange(
        &self,
        betas: &[Decimal],
        exchange: &sweep::method::ReplicaExchange,
    ) -> Vec<Measurement> {
        let ladder = &exchange.ladder;
        let settings = ExchangeSettings::new(numbers(ladder), exchange.runs, exchange.relax, exchange.rounds);
        let settings = settings.expect("a spec's settings are valid");
        if settings.bytes(self.graph) > MAX_BYTES {
            return self.too_costly(betas);
        }
        let found =
            replica_exchange::replica_exchange(self.graph, &settings, self.schedule_key(), HISTOGRAM_BINS);
        let row = |&beta: &Decimal| {
            let k = ladder.binary_search(&beta).expect("a spec's β stand on its ladders");
            self.row(beta, None, Outcome::Solved, self.exchanged(&found, k))
        };
        betas.iter().map(row).collect()
    }

    /// What a replica exchange found at temperature k.
    fn exchanged(&self, found: &ReplicaExchange, k: usize) -> Values {
        let at = &found.temperatures[k];
        let neighbours = &found.acceptance[k.saturating_sub(1)..(k + 1).min(found.acceptance.len())];
        // A ladder of a single step has no estimate of what the step costs.
        let discretisation =
            Some(self.per_weight(at.integral.discretisation)).filter(|error| error.is_finite());
        Values {
            log_z_per_weight: Some(self.per_weight(at.integral.log_z.value)),
            log_z_error: Some(self.per_weight(at.integral.log_z.error)),
            entropy_per_weight: Some(self.per_weight(at.integral.entropy.value)),
            entropy_error: Some(self.per_weight(at.integral.entropy.error)),
            discretisation_error: discretisation,
            swap_acceptance: neighbours.iter().copied().reduce(f64::min),
            round_trips: Some(found.total_round_trips()),
            communication_barrier: Some(communication_barrier(&found.acceptance)),
            ..self.sampled(&at.energy, &at.equilibration, at.heat_capacity, &at.overlaps, &found.energies[k])
        }
    }

    /// One pass over the configurations serves every β; its time is shared among the rows.
    fn exact(&self, betas: &[Decimal], max_configurations: u64) -> Vec<Measurement> {
        match exact::solve(self.graph, &numbers(betas), max_configurations) {
            Ok(solutions) => {
                let row = |(&beta, solution): (&Decimal, Exact)| {
                    let values = Values {
                        energy_per_weight: Some(self.per_weight(solution.energy)),
                        energy_variance: Some(solution.energy_variance),
                        ..self.free_energy(beta, solution.log_z, solution.energy, Values::default())
                    };
                    self.row(beta, None, Outcome::Solved, values)
                };
                betas.iter().zip(solutions).map(row).collect()
            }
            Err(_too_costly) => self.too_costly(betas),
        }
    }

    fn too_costly(&self, betas: &[Decimal]) -> Vec<Measurement> {
        let row = |&beta| self.row(beta, None, Outcome::TooCostly, Values::default());
        betas.iter().map(row).collect()
    }

    /// log Z / n, and S / n = (log Z + β E) / n.
    fn free_energy(&self, beta: Decimal, log_z: f64, energy: f64, others: Values) -> Values {
        Values {
            log_z_per_weight: Some(self.per_weight(log_z)),
            entropy_per_weight: Some(self.per_weight(log_z + number(beta) * energy)),
            ..others
        }
    }

    fn per_weight(&self, total: f64) -> f64 {
        // Never −0.
        total / self.graph.weight_count() as f64 + 0.0
    }

    fn key(&self, beta: Decimal) -> model::random::Key {
        streams::method_key(self.sample.seed, self.sample.cell, self.sample.sample, &self.method.name, beta)
    }

    /// The key of what is computed once for every β.
    fn schedule_key(&self) -> model::random::Key {
        let Sample { seed, cell, sample } = self.sample;
        streams::schedule_key(seed, cell, sample, &self.method.name)
    }

    fn row(&self, beta: Decimal, branch: Option<Branch>, outcome: Outcome, values: Values) -> Measurement {
        Measurement {
            beta,
            method: self.method.name.clone(),
            branch,
            outcome,
            weights: self.graph.weight_count() as u32,
            paths: self.graph.path_count() as u64,
            hidden_units: self.graph.hidden_units() as u32,
            values,
            seconds: 0.0,
        }
    }
}

/// Λ, the sum of the rejection rates along a ladder.
fn communication_barrier(acceptance: &[f64]) -> f64 {
    acceptance.iter().map(|accepted| 1.0 - accepted).sum()
}

fn numbers(decimals: &[Decimal]) -> Vec<f64> {
    decimals.iter().map(|&decimal| number(decimal)).collect()
}

//! One method on one instance, at every β of the ladder.

use crate::Sample;
use physics::FactorGraph;
use physics::bp::{self, BpSettings, BpSolution, Start};
use physics::exact::{self, Exact};
use physics::mc::{self, Quench, QuenchSettings};
use rust_decimal::Decimal;
use std::time::Instant;
use sweep::decimal::to_f64 as number;
use sweep::measurement::{Branch, Measurement, Outcome, Values};
use sweep::{Method, MethodSettings, streams};

/// MC sweeps of the short quench along which a polarised start lies with couplings `path`.
const POLARISING_MC_SWEEPS: u32 = 200;

/// The numbers of a method's streams within one (sample, β): Monte Carlo run r has stream r.
const PARAMAGNETIC_START: u64 = 0;
const POLARISED_START: u64 = 1;

/// The rows of one method on a graph with at least one path: by β, then branch. None for a method without β.
pub fn measure(
    graph: &FactorGraph,
    sample: Sample<'_>,
    method: &Method,
    betas: &[Decimal],
) -> Vec<Measurement> {
    let solver = Solver { graph, sample, method };
    match method.settings {
        MethodSettings::Bp { tolerance, max_iterations } => {
            let settings = BpSettings { tolerance, max_iterations };
            let branches = [Branch::Paramagnetic, Branch::Polarised];
            let both = |&beta| branches.map(|branch| solver.belief_propagation(beta, branch, &settings));
            betas.iter().flat_map(both).collect()
        }
        MethodSettings::Mc { runs, relax, measure } => {
            let settings = QuenchSettings { runs, relax, measure };
            betas.iter().map(|&beta| solver.quench(beta, &settings)).collect()
        }
        MethodSettings::Exact { max_configurations } => solver.exact(betas, max_configurations),
        MethodSettings::Degrees => Vec::new(),
    }
}

struct Solver<'a> {
    graph: &'a FactorGraph,
    sample: Sample<'a>,
    method: &'a Method,
}

impl Solver<'_> {
    fn belief_propagation(&self, beta: Decimal, branch: Branch, settings: &BpSettings) -> Measurement {
        let start_time = Instant::now();
        let key = self.key(beta);
        let solution = match branch {
            Branch::Paramagnetic => {
                let start = Start::Paramagnetic(&mut key.stream(PARAMAGNETIC_START));
                bp::solve(self.graph, number(beta), start, settings)
            }
            Branch::Polarised => {
                let quenched;
                let along = match self.graph.ground_state() {
                    Some(ground_state) => ground_state,
                    None => {
                        let stream = &mut key.stream(POLARISED_START);
                        quenched = mc::quenched_configuration(
                            self.graph,
                            number(beta),
                            POLARISING_MC_SWEEPS,
                            stream,
                        );
                        &quenched
                    }
                };
                bp::solve(self.graph, number(beta), Start::Polarised(along), settings)
            }
        };
        let outcome = if solution.converged { Outcome::Solved } else { Outcome::NotConverged };
        self.row(beta, Some(branch), outcome, self.bp_values(beta, &solution), start_time)
    }

    /// A solution that did not converge says how it went, and has no thermodynamic values.
    fn bp_values(&self, beta: Decimal, solution: &BpSolution) -> Values {
        let course = Values {
            converged: Some(solution.converged),
            ordered: Some(solution.ordered()),
            iterations: Some(solution.iterations),
            residual: Some(solution.residual),
            ..Values::default()
        };
        if !solution.converged {
            return course;
        }
        Values {
            energy_per_weight: Some(self.per_weight(solution.energy)),
            overlap: Some(solution.overlap),
            ..self.free_energy(beta, solution.log_z, solution.energy, course)
        }
    }

    fn quench(&self, beta: Decimal, settings: &QuenchSettings) -> Measurement {
        let start_time = Instant::now();
        let Quench { energy, overlap } = mc::quench(self.graph, number(beta), settings, self.key(beta));
        let values = Values {
            energy_per_weight: Some(self.per_weight(energy.mean)),
            energy_error: Some(self.per_weight(energy.error)),
            energy_variance: Some(energy.variance),
            overlap: Some(overlap),
            tau_int: Some(energy.tau_int),
            r_hat: Some(energy.r_hat),
            ..Values::default()
        };
        self.row(beta, None, Outcome::Solved, values, start_time)
    }

    /// One pass over the configurations serves every β; its time is shared among the rows.
    fn exact(&self, betas: &[Decimal], max_configurations: u64) -> Vec<Measurement> {
        let start_time = Instant::now();
        let numbers: Vec<f64> = betas.iter().map(|&beta| number(beta)).collect();
        let mut rows: Vec<Measurement> = match exact::solve(self.graph, &numbers, max_configurations) {
            Ok(solutions) => {
                let row = |(&beta, solution): (&Decimal, Exact)| {
                    let values = Values {
                        energy_per_weight: Some(self.per_weight(solution.energy)),
                        energy_variance: Some(solution.energy_variance),
                        ..self.free_energy(beta, solution.log_z, solution.energy, Values::default())
                    };
                    self.row(beta, None, Outcome::Solved, values, start_time)
                };
                betas.iter().zip(solutions).map(row).collect()
            }
            Err(_too_costly) => {
                let row = |&beta| self.row(beta, None, Outcome::TooCostly, Values::default(), start_time);
                betas.iter().map(row).collect()
            }
        };
        let share = start_time.elapsed().as_secs_f32() / rows.len() as f32;
        rows.iter_mut().for_each(|row| row.seconds = share);
        rows
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
        total / self.graph.weight_count() as f64
    }

    fn key(&self, beta: Decimal) -> physics::random::Key {
        streams::method_key(self.sample.seed, self.sample.cell, self.sample.sample, &self.method.name, beta)
    }

    fn row(
        &self,
        beta: Decimal,
        branch: Option<Branch>,
        outcome: Outcome,
        values: Values,
        start_time: Instant,
    ) -> Measurement {
        Measurement {
            beta,
            method: self.method.name.clone(),
            branch,
            outcome,
            weights: self.graph.weight_count() as u32,
            paths: self.graph.path_count() as u64,
            hidden_units: self.graph.hidden_units() as u32,
            values,
            seconds: start_time.elapsed().as_secs_f32(),
        }
    }
}

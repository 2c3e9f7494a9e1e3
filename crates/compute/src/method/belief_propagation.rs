//! Belief propagation on the full and on the reduced model: both branches at every β side by side.

use super::{Solver, number};
use crate::clock;
use model::Reduced;
use model::random::Stream;
use physics::bp::{self, BpSettings, BpSolution, LANES, Start};
use physics::mc;
use physics::reduced;
use physics::reduced::bp::ReducedSolution;
use physics::reduced::heat_bath::polarising_configuration;
use rust_decimal::Decimal;
use std::borrow::Cow;
use sweep::measurement::{Branch, Measurement, Outcome, Values};

/// MC sweeps of the short quench along which a polarised start lies with couplings `path`.
const POLARISING_MC_SWEEPS: u32 = 200;

/// Messages of all rows of a unit of work above which they are shared among threads: then they take milliseconds.
const PARALLEL_MESSAGES: usize = 1 << 20;

/// The numbers of a method's streams within one (sample, β).
const PARAMAGNETIC_START: u64 = 0;
const POLARISED_START: u64 = 1;

/// A row, but for its values.
type Row = (Decimal, Branch);

impl Solver<'_> {
    /// The rows by β, then branch.
    pub(super) fn belief_propagation(&self, betas: &[Decimal], settings: &BpSettings) -> Vec<Measurement> {
        let solver = bp::Solver::new(self.graph);
        let rows = rows_of(betas);
        let solutions = in_parts(&rows, self.graph.weight_of().len(), |rows| {
            let mut starts: Vec<_> = rows.iter().map(|&row| self.start(row)).collect();
            let mut problems = Vec::with_capacity(rows.len());
            for (&(beta, branch), (stream, along)) in rows.iter().zip(&mut starts) {
                let start = match branch {
                    Branch::Paramagnetic => Start::Paramagnetic(stream),
                    Branch::Polarised => Start::Polarised(along),
                };
                problems.push(bp::Problem { beta: number(beta), start });
            }
            solver.solve_all(problems, settings)
        });
        let row = |(&(beta, branch), solution): (&Row, &BpSolution)| {
            let symmetries = if solution.ordered() { solution.ordered_units } else { 0 };
            let values = self.bp_values(beta, solution, symmetries);
            self.row(beta, Some(branch), outcome_of(solution), values)
        };
        rows.iter().zip(&solutions).map(row).collect()
    }

    /// The stream of a paramagnetic start, and the configuration of a polarised one.
    fn start(&self, (beta, branch): Row) -> (Stream, Cow<'_, [i8]>) {
        let key = self.key(beta);
        let along = match (branch, self.graph.ground_state()) {
            (Branch::Paramagnetic, _) => Cow::Borrowed(&[][..]),
            (Branch::Polarised, Some(ground_state)) => Cow::Borrowed(ground_state),
            (Branch::Polarised, None) => {
                let stream = &mut key.stream(POLARISED_START);
                Cow::Owned(mc::quenched_configuration(self.graph, number(beta), POLARISING_MC_SWEEPS, stream))
            }
        };
        (key.stream(PARAMAGNETIC_START), along)
    }

    /// The rows by β, then branch.
    pub(super) fn reduced_belief_propagation(
        &self,
        reduced: &Reduced,
        betas: &[Decimal],
        settings: &BpSettings,
    ) -> Vec<Measurement> {
        let rows = rows_of(betas);
        let solutions = in_parts(&rows, self.graph.weight_of().len(), |rows| {
            let mut starts: Vec<_> = rows.iter().map(|&row| self.reduced_start(reduced, row)).collect();
            let mut problems = Vec::with_capacity(rows.len());
            for (&(beta, branch), (stream, along)) in rows.iter().zip(&mut starts) {
                let start = match branch {
                    Branch::Paramagnetic => reduced::bp::Start::Paramagnetic(stream),
                    Branch::Polarised => reduced::bp::Start::Polarised(along),
                };
                problems.push(reduced::bp::Problem { beta: number(beta), start });
            }
            reduced::bp::solve_all(reduced, &mut problems, settings)
        });
        let row = |(&(beta, branch), found): (&Row, &ReducedSolution)| {
            let ReducedSolution { solution, ordered_systems } = found;
            let values = self.bp_values(beta, solution, *ordered_systems);
            self.row(beta, Some(branch), outcome_of(solution), values)
        };
        rows.iter().zip(&solutions).map(row).collect()
    }

    /// The same for every reduced system.
    fn reduced_start(&self, reduced: &Reduced, (beta, branch): Row) -> (Stream, Vec<Vec<i8>>) {
        let key = self.key(beta);
        let along = match branch {
            Branch::Paramagnetic => Vec::new(),
            Branch::Polarised => polarising_configuration(reduced, number(beta), POLARISING_MC_SWEEPS, key),
        };
        (key.stream(PARAMAGNETIC_START), along)
    }

    /// A solution that did not converge says how it went, and has no thermodynamic values.
    fn bp_values(&self, beta: Decimal, solution: &BpSolution, symmetries: usize) -> Values {
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
            layer_overlaps: Some(solution.layer_overlaps.clone()).filter(|layers| !layers.is_empty()),
            symmetries: Some(symmetries as u32),
            ..self.free_energy(beta, solution.log_z, solution.energy, course)
        }
    }
}

fn rows_of(betas: &[Decimal]) -> Vec<Row> {
    let both = |&beta| [Branch::Paramagnetic, Branch::Polarised].map(|branch| (beta, branch));
    betas.iter().flat_map(both).collect()
}

/// Solves rows, which do not depend on each other, in parts on several threads if they are worth it. A lane takes the
/// next row when its own has ended: parts are as long as the threads allow.
fn in_parts<R: Send>(
    rows: &[Row],
    messages: usize,
    solve: impl Fn(&[Row]) -> Vec<R> + Send + Sync,
) -> Vec<R> {
    if rows.len() * messages < PARALLEL_MESSAGES {
        return solve(rows);
    }
    let part = rows.len().div_ceil(rayon::current_num_threads()).next_multiple_of(LANES);
    clock::in_parallel(rows, part, solve)
}

fn outcome_of(solution: &BpSolution) -> Outcome {
    if solution.converged { Outcome::Solved } else { Outcome::NotConverged }
}

//! Belief propagation on the reduced two-body systems, in the ratio form of [`crate::bp`].
//!
//! With m = (1 − ρ)/(1 + ρ) for the message of a spin to a bond, u = (1 − r)/(1 + r) for the message of a bond to a
//! spin and q = e^(−2βJ), the equations u_{b→i} = tanh βJ m_{j→b} and m_{i→b} = tanh Σ_{c≠b} artanh u_{c→i} become, for
//! the two ends i and j of bond b,
//!
//! - r_{b→i} = (q + ρ_{j→b}) / (1 + q ρ_{j→b}), and
//! - ρ_{i→b} = Π_{c≠b} r_{c→i}.
//!
//! Unlike that of the full model, the paramagnetic fixed point loses stability at low temperature, where tanh β exceeds
//! the inverse branching number of a system: it orders continuously there, and a small random start flows to an ordered
//! state.

use crate::bp::{self, BpSettings, BpSolution, Solver};
use kernel::cpu::Level;
use model::random::Stream;
use model::{Reduced, System};

/// Where the messages start.
#[derive(Debug)]
pub enum Start<'a> {
    /// m uniform in ±1e-3, drawn from the stream.
    Paramagnetic(&'a mut Stream),
    /// Along a configuration of every system: see [`super::heat_bath::polarising_configuration`].
    Polarised(&'a [Vec<i8>]),
}

/// An inverse temperature in [0, [`MAX_BETA`](model::MAX_BETA)], and where the messages start.
#[derive(Debug)]
pub struct Problem<'a> {
    /// β.
    pub beta: f64,
    /// The first messages of every system.
    pub start: Start<'a>,
}

/// How the iteration ended; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct ReducedSolution {
    /// Over all systems, each of which stops on its own: converged if all are; the most iterations and the largest
    /// residual of any. `log_z` contains n_(3) ln 2; `overlap` is (1/N) Σ m_i² over the N reduced variables.
    pub solution: BpSolution,
    /// Connected systems that converged to an overlap above [`crate::bp::ORDERED_OVERLAP`]. The state of each stands
    /// for two equal ones, joined by the flip of the whole system.
    pub ordered_systems: usize,
}

/// Solves one problem on every system.
///
/// `beta` in [0, [`MAX_BETA`](model::MAX_BETA)].
pub fn solve(reduced: &Reduced, beta: f64, start: Start<'_>, settings: &BpSettings) -> ReducedSolution {
    let mut solutions = solve_all(reduced, &mut [Problem { beta, start }], settings);
    solutions.pop().expect("one problem has one solution")
}

/// Solves all problems, each to the bits that [`solve`] gives it.
pub fn solve_all(
    reduced: &Reduced,
    problems: &mut [Problem<'_>],
    settings: &BpSettings,
) -> Vec<ReducedSolution> {
    solve_all_at(Level::chosen(), reduced, problems, settings)
}

/// Iterates m ← ½ new + ½ old on every system and problem until the residual is within the tolerance, as [`bp`] does on
/// a graph of paths of two weights: on a given level of vector instructions.
pub fn solve_all_at(
    level: Level,
    reduced: &Reduced,
    problems: &mut [Problem<'_>],
    settings: &BpSettings,
) -> Vec<ReducedSolution> {
    let mut solutions = vec![empty(reduced); problems.len()];
    for (number, system) in reduced.systems().iter().enumerate() {
        let of_system = problems.iter_mut().map(|Problem { beta, start }| {
            let start = match start {
                Start::Paramagnetic(stream) => bp::Start::Paramagnetic(stream),
                Start::Polarised(spins) => bp::Start::Polarised(&spins[number]),
            };
            bp::Problem { beta: *beta, start }
        });
        let parts = solver_of(system).solve_all_at(level, of_system.collect(), settings);
        for (whole, part) in solutions.iter_mut().zip(&parts) {
            whole.add(part, system);
        }
    }
    for ReducedSolution { solution, .. } in &mut solutions {
        solution.overlap /= reduced.spin_count() as f64;
    }
    solutions
}

/// A system as a factor graph: its bonds are paths of two weights.
pub fn solver_of(system: &System) -> Solver {
    let ends: Vec<u32> = system.bonds().iter().flat_map(|bond| bond.ends).collect();
    let couplings: Vec<i8> = system.bonds().iter().map(|bond| bond.coupling).collect();
    Solver::of_bonds(system.spin_count(), &ends, &couplings)
}

/// The solution of no system, to which those of systems are added.
fn empty(reduced: &Reduced) -> ReducedSolution {
    let solution = BpSolution {
        converged: true,
        iterations: 0,
        residual: 0.0,
        overlap: 0.0,
        layer_overlaps: Vec::new(),
        ordered_units: 0,
        log_z: reduced.third_layer_weights() as f64 * std::f64::consts::LN_2,
        energy: 0.0,
    };
    ReducedSolution { solution, ordered_systems: 0 }
}

impl ReducedSolution {
    /// Adds the solution of one more system; overlaps are summed.
    fn add(&mut self, part: &BpSolution, system: &System) {
        self.ordered_systems += usize::from(part.ordered());
        let whole = &mut self.solution;
        whole.converged &= part.converged;
        whole.iterations = whole.iterations.max(part.iterations);
        whole.residual = whole.residual.max(part.residual);
        whole.overlap += part.overlap * system.spin_count() as f64;
        whole.log_z += part.log_z;
        whole.energy += part.energy;
    }
}

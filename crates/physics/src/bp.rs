//! Belief propagation (the cavity method; Huang and Goudarzi, Phys. Rev. E 98, 042311, and docs/model.md), in ratio
//! form.
//!
//! With m = (1 − ρ)/(1 + ρ) for the message of a weight to a path and u = (1 − r)/(1 + r) for the message of a path to
//! a weight, and q_a = e^(−2βξ_a), the equations u_{a→i} = tanh β ξ_a Π_{j≠i} m_{j→a} and
//! m_{i→a} = tanh Σ_{b≠a} artanh u_{b→i} become
//!
//! - r_{a→i} = (q E + O) / (E + q O), where E and O are the sums of the products of an even, or odd, number of the
//!   ρ_{j→a}, j ≠ i (for three bodies E = 1 + ρ₂ρ₃, O = ρ₂ + ρ₃), and
//! - ρ_{i→a} = Π_{b≠a} r_{b→i}.
//!
//! Every term is positive: no artanh of ±1, no division by zero, no cancellation at any β up to [`model::MAX_BETA`].
//!
//! One instance serves many problems (β and start), and eight of them are iterated side by side: [`Solver::solve_all`].
//! What becomes of a problem does not depend on the others, nor on the level of vector instructions: [`plain`] is the
//! definition, to the bit.

mod acceleration;
mod core;
mod ended;
mod factor;
mod graph_messages;
mod groups;
mod iteration;
pub(crate) mod lanes;
mod layout;
mod newton;
mod path_messages;
pub mod plain;
mod problem;
mod products;
mod setup;
mod solution;
mod thermodynamics;
mod totals;
mod weight_messages;
mod whole;

pub use lanes::LANES;
pub use problem::{BpSettings, Problem, Start};
pub use solution::{BpSolution, ORDERED_OVERLAP};
pub use whole::ORDERED_MAGNETISATION;

use factor::Form;
use iteration::{Accelerated, Damped, Undamped};
use kernel::cpu::Level;
use layout::Layout;
use model::FactorGraph;
use setup::Setup;
use totals::CoreTotals;
use whole::Whole;

/// Paths through a weight up to which a paramagnetic start is bound to fall to m = 0 where L ≥ 3: artanh |u| is about
/// the product of two messages at most, and the sum of so many less than half of [`problem::PARAMAGNETIC_MESSAGE`].
const FALLING_DEGREE: u32 = 400;

/// Solves one problem.
///
/// `beta` in [0, [`MAX_BETA`](model::MAX_BETA)]; the graph has at least one path.
///
/// ```
/// use physics::bp::{self, BpSettings, Start};
/// // On a tree belief propagation is exact.
/// let text = r#"{"format": "rap-instance/1", "widths": [1, 1, 1], "paths": [[0, 0, 0]], "inputs": [1]}"#;
/// let graph = model::FactorGraph::new(&model::Instance::from_json(text)?);
/// let ground = graph.ground_state().unwrap();
/// let solution = bp::solve(&graph, 0.5, Start::Polarised(ground), &BpSettings::default());
/// let exact = physics::exact::solve(&graph, &[0.5], 1 << 20).unwrap()[0];
/// assert!(solution.converged && (solution.log_z - exact.log_z).abs() < 1e-12);
/// # Ok::<(), model::InstanceError>(())
/// ```
pub fn solve(graph: &FactorGraph, beta: f64, start: Start<'_>, settings: &BpSettings) -> BpSolution {
    let mut solutions = solve_all(graph, vec![Problem { beta, start }], settings);
    solutions.pop().expect("one problem has one solution")
}

/// Solves all problems on one graph, each to the bits that [`solve`] gives it.
pub fn solve_all(graph: &FactorGraph, problems: Vec<Problem<'_>>, settings: &BpSettings) -> Vec<BpSolution> {
    Solver::new(graph).solve_all(problems, settings)
}

/// How an iteration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// m ← ½ new + ½ old.
    Damped,
    /// m ← new, from a paramagnetic start.
    Undamped,
    /// m ← new with Aitken and Newton steps, where that is monotone.
    Accelerated,
}

impl Course {
    const ALL: [Course; 3] = [Course::Damped, Course::Undamped, Course::Accelerated];
}

/// An instance laid out for belief propagation: serves every β and both starts, in any number of threads.
#[derive(Debug, Clone)]
pub struct Solver {
    whole: Whole,
    layout: Layout,
}

impl Solver {
    /// Lays out a graph with at least one path.
    pub fn new(graph: &FactorGraph) -> Self {
        debug_assert!(graph.path_count() > 0);
        let whole = Whole::of_graph(graph);
        let unit = |a: usize| graph.weights()[graph.path(a)[0] as usize].to;
        let layout = Layout::new(&whole, graph.weight_of(), graph.signs(), unit);
        Self { whole, layout }
    }

    /// For a two-body system: bond b has the spins `ends[2 b]` and `ends[2 b + 1]`, and the coupling `couplings[b]`.
    pub(crate) fn of_bonds(spins: usize, ends: &[u32], couplings: &[i8]) -> Self {
        let whole = Whole::new(2, spins, ends, couplings);
        let layout = Layout::new(&whole, ends, couplings, |_| 0);
        Self { whole, layout }
    }

    fn setup(&self, level: Level, form: Form) -> Setup<'_> {
        Setup { whole: &self.whole, layout: &self.layout, level, form }
    }

    /// How the iteration of a problem goes.
    fn course(&self, problem: &Problem<'_>) -> Course {
        let falls = self.layout.depth >= 3 && self.layout.max_degree <= FALLING_DEGREE;
        match problem.start {
            Start::Paramagnetic(_) if falls => Course::Undamped,
            _ if problem.is_monotone(&self.layout) => Course::Accelerated,
            _ => Course::Damped,
        }
    }

    /// Where the core is empty, every problem has this solution.
    fn without_core(&self, beta: f64) -> BpSolution {
        let nothing = CoreTotals { squares: Vec::new(), log_z: 0.0, energy: 0.0 };
        BpSolution::new(true, 0, 0.0, self.whole.totals(beta, nothing))
    }

    /// Paths whose messages are iterated. Those of the others vanish at every fixed point, or follow from these.
    pub fn core_paths(&self) -> usize {
        self.layout.paths()
    }

    /// Iterates m ← ½ new + ½ old on every problem, m ← new where a paramagnetic start is bound to fall to m = 0, or m
    /// ← new accelerated along slow modes where that is monotone, until its residual is within the tolerance. Only
    /// messages of the core are iterated.
    pub fn solve_all(&self, problems: Vec<Problem<'_>>, settings: &BpSettings) -> Vec<BpSolution> {
        self.solve_all_at(Level::chosen(), problems, settings)
    }

    /// The same on a given level of vector instructions, to the bit.
    pub fn solve_all_at(
        &self,
        level: Level,
        problems: Vec<Problem<'_>>,
        settings: &BpSettings,
    ) -> Vec<BpSolution> {
        if self.layout.paths() == 0 {
            return problems.iter().map(|problem| self.without_core(problem.beta)).collect();
        }
        let mut solutions = vec![None; problems.len()];
        let mut alike: Vec<_> =
            Form::ALL.map(|form| (form, [const { Vec::new() }; Course::ALL.len()])).into();
        for (number, problem) in problems.into_iter().enumerate() {
            let (_, alike) = &mut alike[Form::of(self.layout.depth, problem.beta) as usize];
            alike[self.course(&problem) as usize].push((number, problem));
        }
        for (form, alike) in alike {
            for (course, problems) in Course::ALL.into_iter().zip(alike) {
                let solve = match course {
                    Course::Damped => groups::solve_all::<Damped>,
                    Course::Undamped => groups::solve_all::<Undamped>,
                    Course::Accelerated => groups::solve_all::<Accelerated>,
                };
                let mut done = |number: usize, solution| solutions[number] = Some(solution);
                solve(self.setup(level, form), problems, settings, &mut done);
            }
        }
        solutions.into_iter().map(|solution| solution.expect("every problem ends")).collect()
    }
}

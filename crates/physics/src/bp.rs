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
mod groups;
mod iteration;
pub(crate) mod lanes;
mod layout;
mod newton;
mod path_messages;
pub mod plain;
mod products;
mod thermodynamics;
mod weight_messages;
mod whole;

use crate::cpu::Level;
use crate::scaled_product::power_of_two;
use factor::{Form, Temperature};
use groups::Setup;
use iteration::{Damped, Leaping, Undamped};
pub use lanes::LANES;
use layout::Layout;
use model::FactorGraph;
use model::numerics::ln_1p;
use model::random::Stream;
use thermodynamics::CoreTotals;
use whole::{Totals, Whole};

/// A converged state with a larger overlap than this is ordered.
pub const ORDERED_OVERLAP: f64 = 1e-6;

/// A weight with a larger |m| is ordered.
pub const ORDERED_MAGNETISATION: f64 = 1e-6;

/// Largest |m| of a paramagnetic start: small enough to lie in the basin of m = 0 at any degree that fits in memory.
pub(crate) const PARAMAGNETIC_MESSAGE: f64 = 1e-3;

/// How far the largest and the smallest ρ that are told apart lie beyond e^(±2β), 2^50. A path that a frustrated state
/// leaves unsatisfied needs ρ far below e^(−2β); a smaller ρ is nothing beside e^(−2β) in what a path answers.
const MESSAGE_MARGIN: f64 = power_of_two(50);

/// Paths through a weight up to which a paramagnetic start is bound to fall to m = 0 where L ≥ 3: artanh |u| is about
/// the product of two messages at most, and the sum of so many less than half of [`PARAMAGNETIC_MESSAGE`].
const FALLING_DEGREE: u32 = 400;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BpSettings {
    /// Converged when max |Δ ln ρ| of an undamped update is at most this; ≤ 1e-11.
    pub tolerance: f64,
    /// Iterations before giving up; ≥ 20,000.
    pub max_iterations: u32,
}

impl Default for BpSettings {
    fn default() -> Self {
        Self { tolerance: 1e-12, max_iterations: 50_000 }
    }
}

/// Where the messages start.
#[derive(Debug)]
pub enum Start<'a> {
    /// m uniform in ±1e-3, drawn from the stream.
    Paramagnetic(&'a mut Stream),
    /// Along a configuration of the n weights, m = w_i: ρ = 0 where all are along the ground state of couplings
    /// `input`, else the smallest and the largest that are told apart from 0 and ∞.
    Polarised(&'a [i8]),
}

/// ρ = (1 − m)/(1 + m).
fn ratio_of(m: f64) -> f64 {
    (1.0 - m) / (1.0 + m)
}

impl Start<'_> {
    /// ρ in the layout's order and gauge.
    fn messages(self, layout: &Layout, temperature: Temperature) -> Vec<f64> {
        let mut messages = Vec::with_capacity(layout.incidences.len());
        match self {
            Start::Paramagnetic(stream) => {
                // Drawn as the graph lists its incidences.
                let mut m = vec![0.0; layout.depth * layout.paths_of_graph];
                m.fill_with(|| PARAMAGNETIC_MESSAGE * (2.0 * stream.unit_interval() - 1.0));
                for (&a, &sign) in layout.order.iter().zip(&layout.signs) {
                    let m = &m[a as usize * layout.depth..(a as usize + 1) * layout.depth];
                    messages.push(ratio_of(f64::from(sign) * m[0]));
                    messages.extend(m[1..].iter().map(|&m| ratio_of(m)));
                }
            }
            Start::Polarised(weights) => {
                let (up, down) = (1.0 / temperature.limit, temperature.limit);
                let along = |w: i8| if w > 0 { up } else { down };
                for (path, &sign) in layout.weights_of_paths().zip(&layout.signs) {
                    messages.push(along(sign * weights[path[0] as usize]));
                    messages.extend(path[1..].iter().map(|&i| along(weights[i as usize])));
                }
            }
        }
        messages
    }
}

/// An inverse temperature in [0, [`MAX_BETA`](model::MAX_BETA)], and where the messages start.
#[derive(Debug)]
pub struct Problem<'a> {
    /// β.
    pub beta: f64,
    /// The first messages.
    pub start: Start<'a>,
}

impl Problem<'_> {
    /// Whether the messages start along a configuration that satisfies every path, as a polarised start does with
    /// couplings `input`. In the gauge of that configuration every message is positive, and a new message never
    /// decreases where others increase; from the largest messages the iteration therefore falls, message by message, to
    /// the most ordered fixed point. It does so with damping or without, and without it a slow mode decays twice as
    /// fast. Leaps shorten its way: see [`acceleration`].
    fn is_monotone(&self, layout: &Layout) -> bool {
        let Start::Polarised(weights) = &self.start else { return false };
        let mut paths = layout.weights_of_paths().zip(&layout.signs);
        paths.all(|(path, &sign)| {
            sign * weights[path[0] as usize] > 0 && path[1..].iter().all(|&i| weights[i as usize] > 0)
        })
    }
}

/// How an iteration ended; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct BpSolution {
    /// The residual reached the tolerance.
    pub converged: bool,
    /// Updates done. From a polarised start without damping the iteration begins with what paths answer to the start:
    /// the first update of m is not counted. None where all messages vanish at every fixed point.
    pub iterations: u32,
    /// max |Δ ln ρ| of the last update, undamped.
    pub residual: f64,
    /// q = (1/n) Σ m_i². Meaningful where converged.
    pub overlap: f64,
    /// q_l = (1/n_(l)) Σ_{i in l} m_i² of weight layer l = 1..=L. Empty for a reduced system, whose `v[j,k]` belong to
    /// two layers at once.
    pub layer_overlaps: Vec<f64>,
    /// Hidden units that join a weight with |m_i| > [`ORDERED_MAGNETISATION`]: to flip all weights of one leads to
    /// another state, with the same log Z. 0 for a reduced system, which is flipped as a whole.
    pub ordered_units: usize,
    /// The Bethe log Z.
    pub log_z: f64,
    /// ⟨H⟩.
    pub energy: f64,
}

impl BpSolution {
    /// `change` is e^|Δ ln ρ| − 1 of the last update.
    fn new(converged: bool, iterations: u32, change: f64, totals: Totals) -> Self {
        let Totals { overlap, layer_overlaps, ordered_units, log_z, energy } = totals;
        let residual = ln_1p(change);
        Self { converged, iterations, residual, overlap, layer_overlaps, ordered_units, log_z, energy }
    }

    /// Converged with overlap > 1e-6.
    pub fn ordered(&self) -> bool {
        self.converged && self.overlap > ORDERED_OVERLAP
    }
}

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
    /// m ← new with leaps, where that is monotone.
    Leaping,
}

impl Course {
    const ALL: [Course; 3] = [Course::Damped, Course::Undamped, Course::Leaping];
}

/// An instance laid out for belief propagation: serves every β and both starts, in any number of threads.
#[derive(Debug, Clone)]
pub struct Solver {
    whole: Whole,
    layout: Layout,
}

impl Solver {
    /// For a graph with at least one path.
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
            _ if problem.is_monotone(&self.layout) => Course::Leaping,
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

    /// Memory in bytes of [`Self::solve_all`] beside this: two groups of lanes, one that is iterated and one whose
    /// iteration has ended. More is iterated where messages are kept for leaps.
    pub fn working_bytes(&self) -> usize {
        path_messages::PathMessages::bytes(&self.layout)
            + weight_messages::WeightMessages::bytes(&self.layout)
    }

    /// Iterates m ← ½ new + ½ old on every problem, m ← new where a paramagnetic start is bound to fall to m = 0, or m
    /// ← new with leaps along slow modes where that is monotone, until its residual is within the tolerance. Only
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
                    Course::Leaping => groups::solve_all::<Leaping>,
                };
                let mut done = |number: usize, solution| solutions[number] = Some(solution);
                solve(self.setup(level, form), problems, settings, &mut done);
            }
        }
        solutions.into_iter().map(|solution| solution.expect("every problem ends")).collect()
    }
}

//! Belief propagation on the reduced two-body systems, in the ratio form of [`crate::bp`].
//!
//! With m = (1 − ρ)/(1 + ρ) for the message of a spin to a bond, u = (1 − r)/(1 + r) for the message of a bond to a spin
//! and q = e^(−2βJ), the equations u_{b→i} = tanh βJ m_{j→b} and m_{i→b} = tanh Σ_{c≠b} artanh u_{c→i} become, for the two
//! ends i and j of bond b,
//!
//! - r_{b→i} = (q + ρ_{j→b}) / (1 + q ρ_{j→b}), and
//! - ρ_{i→b} = Π_{c≠b} r_{c→i}.
//!
//! Unlike that of the full model, the paramagnetic fixed point loses stability at low temperature, where tanh β exceeds
//! the inverse branching number of a system: it orders continuously there, and a small random start flows to an ordered state.

use super::{Reduced, System};
use crate::bp::{
    BpSettings, BpSolution, MAX_BETA, PARAMAGNETIC_MESSAGE, POLARISED_MESSAGE, POLISHED, POLISHING_UPDATES,
    RHO_LIMIT,
};
use crate::numerics::{exp, ln, ln_1p, ln_cosh};
use crate::random::Stream;
use crate::scaled_product::ScaledProduct;

/// Where the messages start.
#[derive(Debug)]
pub enum Start<'a> {
    /// m uniform in ±1e-3, drawn from the stream.
    Paramagnetic(&'a mut Stream),
    /// Along a configuration of every system: see [`super::heat_bath::polarising_configuration`].
    Polarised(&'a [Vec<i8>]),
}

/// How the iteration ended; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct ReducedSolution {
    /// Over all systems, each of which stops on its own: converged if all are; the most iterations and the largest residual
    /// of any. `log_z` contains n_(3) ln 2; `overlap` is (1/N) Σ m_i² over the N reduced variables.
    pub solution: BpSolution,
    /// Connected systems that converged to an overlap above [`crate::bp::ORDERED_OVERLAP`]. The state of each stands for two equal
    /// ones, joined by the flip of the whole system.
    pub ordered_systems: usize,
}

impl ReducedSolution {
    /// log Z + (ordered systems) ln 2: meets the exact log Z deep in the ordered phase, and overcounts near the transition.
    pub fn log_z_of_all_flips(&self) -> f64 {
        self.solution.log_z + self.ordered_systems as f64 * std::f64::consts::LN_2
    }
}

/// Iterates m ← ½ new + ½ old on every system until its residual is within the tolerance.
///
/// `beta` in [0, [`MAX_BETA`]].
pub fn solve(reduced: &Reduced, beta: f64, mut start: Start<'_>, settings: &BpSettings) -> ReducedSolution {
    debug_assert!((0.0..=MAX_BETA).contains(&beta));
    let mut solution = BpSolution {
        converged: true,
        iterations: 0,
        residual: 0.0,
        overlap: 0.0,
        layer_overlaps: Vec::new(),
        log_z: reduced.third_layer_weights() as f64 * std::f64::consts::LN_2,
        energy: 0.0,
    };
    let mut ordered_systems = 0;
    for (number, system) in reduced.systems().iter().enumerate() {
        let rho = match &mut start {
            Start::Paramagnetic(stream) => small_messages(system, stream),
            Start::Polarised(spins) => messages_along(system, &spins[number]),
        };
        let part = solve_system(system, beta, rho, settings);
        ordered_systems += usize::from(part.ordered());
        solution.converged &= part.converged;
        solution.iterations = solution.iterations.max(part.iterations);
        solution.residual = solution.residual.max(part.residual);
        solution.overlap += part.overlap * system.spin_count() as f64;
        solution.log_z += part.log_z;
        solution.energy += part.energy;
    }
    solution.overlap /= reduced.spin_count() as f64;
    ReducedSolution { solution, ordered_systems }
}

fn ratio(m: f64) -> f64 {
    (1.0 - m) / (1.0 + m)
}

fn small_messages(system: &System, stream: &mut Stream) -> Vec<f64> {
    let mut message = |_| ratio(PARAMAGNETIC_MESSAGE * (2.0 * stream.unit_interval() - 1.0));
    (0..2 * system.bonds().len()).map(&mut message).collect()
}

fn messages_along(system: &System, spins: &[i8]) -> Vec<f64> {
    let spin = |e: u32| f64::from(spins[system.end(e) as usize]);
    (0..2 * system.bonds().len() as u32).map(|e| ratio(POLARISED_MESSAGE * spin(e))).collect()
}

fn solve_system(system: &System, beta: f64, rho: Vec<f64>, settings: &BpSettings) -> BpSolution {
    let r = vec![1.0; rho.len()];
    let mut state = Messages { system, beta, rho, r };
    let mut residual = f64::INFINITY;
    let mut iterations = 0;
    while iterations < settings.max_iterations && residual > settings.tolerance {
        state.update_bonds();
        residual = state.update_spins();
        iterations += 1;
    }
    let converged = residual <= settings.tolerance;
    if converged {
        state.polish();
    }
    state.update_bonds();
    BpSolution {
        converged,
        iterations,
        residual,
        overlap: state.overlap(),
        layer_overlaps: Vec::new(),
        log_z: state.log_z(),
        energy: state.energy(),
    }
}

/// All messages of one system at one β, by half-edge: e is one end of bond e / 2, and e ^ 1 the other.
struct Messages<'a> {
    system: &'a System,
    beta: f64,
    /// `rho[e]`: from the spin at e to the bond, m = (1 − ρ)/(1 + ρ).
    rho: Vec<f64>,
    /// `r[e]`: from the bond to the spin at e, u = (1 − r)/(1 + r).
    r: Vec<f64>,
}

impl Messages<'_> {
    /// e^(−2βJ) for J = −1 and for J = +1.
    fn coupling_ratios(&self) -> [f64; 2] {
        [exp(2.0 * self.beta), exp(-2.0 * self.beta)]
    }

    /// r_{b→i} = (q + ρ_{j→b})/(1 + q ρ_{j→b}) for both ends of every bond.
    fn update_bonds(&mut self) {
        let ratios = self.coupling_ratios();
        let messages = self.rho.chunks_exact(2).zip(self.r.chunks_exact_mut(2));
        for (bond, (rho, r)) in self.system.bonds().iter().zip(messages) {
            let q = ratios[usize::from(bond.coupling > 0)];
            r[0] = (q + rho[1]) / (1.0 + q * rho[1]);
            r[1] = (q + rho[0]) / (1.0 + q * rho[0]);
        }
    }

    /// ρ_{i→b} = Π_c r_{c→i} / r_{b→i} for every half-edge, damped; returns max |Δm| before damping.
    fn update_spins(&mut self) -> f64 {
        let mut residual = 0.0f64;
        self.for_each_update(|old, new| {
            // m_new − m_old in ratios.
            let change = 2.0 * (*old - new) / ((1.0 + *old) * (1.0 + new));
            residual = residual.max(change.abs());
            // ½ m_new + ½ m_old in ratios.
            *old = (*old + new + 2.0 * *old * new) / (2.0 + *old + new);
        });
        residual
    }

    /// Calls `update` with every ρ_{i→b} and what it becomes.
    fn for_each_update(&mut self, mut update: impl FnMut(&mut f64, f64)) {
        for i in 0..self.system.spin_count() {
            let all = self.product_into(i);
            for &e in self.system.half_edges(i) {
                let new = all.divided_by(self.r[e as usize]).clamp(1.0 / RHO_LIMIT, RHO_LIMIT);
                update(&mut self.rho[e as usize], new);
            }
        }
    }

    /// Undamped updates of converged messages: an unsatisfied bond of a frustrated system needs ρ below e^(−2β) for its
    /// energy, to which damping would halve its way down.
    fn polish(&mut self) {
        for _ in 0..POLISHING_UPDATES {
            self.update_bonds();
            let mut largest = 0.0f64;
            self.for_each_update(|old, new| {
                largest = largest.max((new / *old - 1.0).abs());
                *old = new;
            });
            if largest < POLISHED {
                return;
            }
        }
    }

    /// Π_b r_{b→i} over the bonds of spin i.
    fn product_into(&self, i: usize) -> ScaledProduct {
        let ratios = self.system.half_edges(i).iter().map(|&e| self.r[e as usize]);
        ratios.fold(ScaledProduct::ONE, ScaledProduct::times)
    }

    /// For every bond J, q, and E = 1 + ρρ' and O = ρ + ρ' of its ends: m m' = (E − O)/(E + O).
    fn bonds(&self) -> impl Iterator<Item = (f64, f64, f64, f64)> {
        let ratios = self.coupling_ratios();
        self.system.bonds().iter().zip(self.rho.chunks_exact(2)).map(move |(bond, rho)| {
            let q = ratios[usize::from(bond.coupling > 0)];
            (f64::from(bond.coupling), q, 1.0 + rho[0] * rho[1], rho[0] + rho[1])
        })
    }

    /// (1/N) Σ m_i² with m_i = tanh Σ_b artanh u_{b→i} = (1 − Π r)/(1 + Π r).
    fn overlap(&self) -> f64 {
        let n = self.system.spin_count();
        let magnetisation = |i| ratio(self.product_into(i).divided_by(1.0).clamp(1.0 / RHO_LIMIT, RHO_LIMIT));
        (0..n).map(magnetisation).map(|m| m * m).sum::<f64>() / n as f64
    }

    /// log Z = Σ_i ln[Π cosh β (1 + u) + Π cosh β (1 − u)] − Σ_b ln[cosh β (1 + tanh β J m m')].
    fn log_z(&self) -> f64 {
        let mut log_z = 0.0;
        for i in 0..self.system.spin_count() {
            // 1 + u = 2/(1 + r), and the second product is the first times Π r.
            let half_edges = self.system.half_edges(i);
            let plus = half_edges.iter().map(|&e| 2.0 / (1.0 + self.r[e as usize]));
            let ln_plus = plus.fold(ScaledProduct::ONE, ScaledProduct::times).ln();
            let ln_ratio = self.product_into(i).ln();
            let ln_sum = ln_ratio.max(0.0) + ln_1p(exp(-ln_ratio.abs()));
            log_z += ln_plus + ln_sum + half_edges.len() as f64 * ln_cosh(self.beta);
        }
        for (coupling, q, even, odd) in self.bonds() {
            // cosh β (1 + tanh β J m m') = e^(βJ) (E + q O)/(E + O).
            log_z -= self.beta * coupling + ln((even + q * odd) / (even + odd));
        }
        log_z
    }

    /// E = −Σ_b J (tanh β J + m m')/(1 + tanh β J m m') = −Σ_b J (E − q O)/(E + q O).
    fn energy(&self) -> f64 {
        -self.bonds().map(|(j, q, even, odd)| j * (even - q * odd) / (even + q * odd)).sum::<f64>()
    }
}

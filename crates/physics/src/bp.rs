//! Belief propagation (the cavity method; Huang and Goudarzi, Phys. Rev. E 98, 042311, and DESIGN §2), in ratio form.
//!
//! With m = (1 − ρ)/(1 + ρ) for the message of a weight to a path and u = (1 − r)/(1 + r) for the message of a path to
//! a weight, and q_a = e^(−2βξ_a), the equations u_{a→i} = tanh β ξ_a Π_{j≠i} m_{j→a} and
//! m_{i→a} = tanh Σ_{b≠a} artanh u_{b→i} become
//!
//! - r_{a→i} = (q E + O) / (E + q O), where E and O are the sums of the products of an even, or odd, number of the
//!   ρ_{j→a}, j ≠ i (for three bodies E = 1 + ρ₂ρ₃, O = ρ₂ + ρ₃), and
//! - ρ_{i→a} = Π_{b≠a} r_{b→i}.
//!
//! Every term is positive: no artanh of ±1, no division by zero, no cancellation at any β up to [`MAX_BETA`].

use crate::graph::FactorGraph;
use crate::numerics::{exp, ln, ln_1p, ln_cosh};
use crate::random::Stream;
use crate::scaled_product::{ScaledProduct, power_of_two};

/// The largest β: beyond it e^(2β) and the products of a deep path would leave the range of f64.
pub const MAX_BETA: f64 = 100.0;

/// A converged state with a larger overlap than this is ordered.
pub const ORDERED_OVERLAP: f64 = 1e-6;

/// |m| of a polarised start, the largest below 1. With couplings `input` the iteration is monotone, so from there it ends
/// at the most ordered fixed point that there is.
pub(crate) const POLARISED_MESSAGE: f64 = 1.0 - f64::EPSILON;

/// Largest |m| of a paramagnetic start: small enough to lie in the basin of m = 0 at any degree that fits in memory.
pub(crate) const PARAMAGNETIC_MESSAGE: f64 = 1e-3;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BpSettings {
    /// Converged when max |Δm| of an undamped update is at most this; ≤ 1e-11.
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
    /// m = (1 − ε) w_i along a configuration of the n weights.
    Polarised(&'a [i8]),
}

/// How an iteration ended; totals, not per weight.
#[derive(Debug, Clone, PartialEq)]
pub struct BpSolution {
    /// The residual reached the tolerance.
    pub converged: bool,
    /// Updates done.
    pub iterations: u32,
    /// max |Δm| of the last update, undamped.
    pub residual: f64,
    /// q = (1/n) Σ m_i². Meaningful where converged.
    pub overlap: f64,
    /// q_l = (1/n_(l)) Σ_{i in l} m_i² of weight layer l = 1..=L. Empty for a reduced system, whose `v[j,k]` belong to two
    /// layers at once.
    pub layer_overlaps: Vec<f64>,
    /// The Bethe log Z.
    pub log_z: f64,
    /// ⟨H⟩.
    pub energy: f64,
}

impl BpSolution {
    /// Converged with overlap > 1e-6.
    pub fn ordered(&self) -> bool {
        self.converged && self.overlap > ORDERED_OVERLAP
    }
}

/// Iterates m ← ½ new + ½ old from a start until the residual is within the tolerance.
///
/// `beta` in [0, [`MAX_BETA`]]; the graph has at least one path.
pub fn solve(graph: &FactorGraph, beta: f64, start: Start<'_>, settings: &BpSettings) -> BpSolution {
    let mut state = Messages::new(graph, beta, start);
    let mut residual = f64::INFINITY;
    let mut iterations = 0;
    while iterations < settings.max_iterations && residual > settings.tolerance {
        state.update_paths();
        residual = state.update_weights();
        iterations += 1;
    }
    if residual <= settings.tolerance {
        state.polish();
    }
    state.update_paths();
    let squares = state.square_magnetisations();
    BpSolution {
        converged: residual <= settings.tolerance,
        iterations,
        residual,
        overlap: mean(&squares),
        layer_overlaps: layer_overlaps(graph, &squares),
        log_z: state.log_z(),
        energy: state.energy(),
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The mean of each weight layer, 1..=L; weights are numbered by layer, and each layer has some.
fn layer_overlaps(graph: &FactorGraph, squares: &[f64]) -> Vec<f64> {
    (1..=graph.depth()).map(|layer| mean(&squares[graph.layer(layer as u16)])).collect()
}

/// All messages of one instance at one β. Incidence e = a L + l − 1 is path a on its weight of layer l.
struct Messages<'a> {
    graph: &'a FactorGraph,
    beta: f64,
    /// `rho[e]`: from the weight to the path, m = (1 − ρ)/(1 + ρ).
    rho: Vec<f64>,
    /// `r[e]`: from the path to the weight, u = (1 − r)/(1 + r).
    r: Vec<f64>,
}

/// ρ is kept within [1/RHO_LIMIT, RHO_LIMIT]. A path that a frustrated state leaves unsatisfied needs ρ far below e^(−2β),
/// which may be 2^−289; the square must stay finite.
pub(crate) const RHO_LIMIT: f64 = power_of_two(500);

/// Undamped updates after convergence at most, and the relative change of all ρ that ends them.
pub(crate) const POLISHING_UPDATES: usize = 8;
pub(crate) const POLISHED: f64 = 1e-9;

impl<'a> Messages<'a> {
    fn new(graph: &'a FactorGraph, beta: f64, start: Start<'_>) -> Self {
        debug_assert!((0.0..=MAX_BETA).contains(&beta) && graph.path_count() > 0);
        let ratio = |m: f64| (1.0 - m) / (1.0 + m);
        let rho = match start {
            Start::Paramagnetic(stream) => (0..graph.weight_of().len())
                .map(|_| ratio(PARAMAGNETIC_MESSAGE * (2.0 * stream.unit_interval() - 1.0)))
                .collect(),
            Start::Polarised(weights) => graph
                .weight_of()
                .iter()
                .map(|&i| ratio(POLARISED_MESSAGE * f64::from(weights[i as usize])))
                .collect(),
        };
        Self { graph, beta, rho, r: vec![1.0; graph.weight_of().len()] }
    }

    /// q_a = e^(−2βξ_a).
    fn coupling_ratio(&self, a: usize) -> f64 {
        exp(-2.0 * self.beta * f64::from(self.graph.signs()[a]))
    }

    /// r_{a→i} = (q E + O)/(E + q O) for every incidence.
    fn update_paths(&mut self) {
        let depth = self.graph.depth();
        let ratios = [exp(2.0 * self.beta), exp(-2.0 * self.beta)];
        // after[l]: E and O over the weights l+1..L of the path.
        let mut after = vec![Parity::EMPTY; depth + 1];
        for (a, (rho, r)) in self.rho.chunks_exact(depth).zip(self.r.chunks_exact_mut(depth)).enumerate() {
            let q = ratios[usize::from(self.graph.signs()[a] > 0)];
            for l in (0..depth).rev() {
                after[l] = after[l + 1].with(rho[l]);
            }
            let mut before = Parity::EMPTY;
            for l in 0..depth {
                let others = before.join(after[l + 1]);
                r[l] = (q * others.even + others.odd) / (others.even + q * others.odd);
                before = before.with(rho[l]);
            }
        }
    }

    /// ρ_{i→a} = Π_b r_{b→i} / r_{a→i} for every incidence, damped; returns max |Δm| before damping.
    fn update_weights(&mut self) -> f64 {
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

    /// Calls `update` with every ρ_{i→a} and what it becomes.
    fn for_each_update(&mut self, mut update: impl FnMut(&mut f64, f64)) {
        for i in 0..self.graph.weight_count() {
            let all = self.product_into(i);
            for &e in self.graph.incidences(i) {
                let e = e as usize;
                let new = all.divided_by(self.r[e]).clamp(1.0 / RHO_LIMIT, RHO_LIMIT);
                update(&mut self.rho[e], new);
            }
        }
    }

    /// Undamped updates of converged messages. A residual of 1e-12 in m resolves ρ to 1e-12 only; thermodynamics in a
    /// frustrated state at large β needs ρ below e^(−2β), which damping halves its way down to.
    fn polish(&mut self) {
        for _ in 0..POLISHING_UPDATES {
            self.update_paths();
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

    /// Π_a r_{a→i} over the paths through weight i.
    fn product_into(&self, i: usize) -> ScaledProduct {
        let ratios = self.graph.incidences(i).iter().map(|&e| self.r[e as usize]);
        ratios.fold(ScaledProduct::ONE, ScaledProduct::times)
    }

    /// E and O over all L weights of path a.
    fn parity(&self, a: usize) -> Parity {
        let depth = self.graph.depth();
        self.rho[a * depth..(a + 1) * depth].iter().fold(Parity::EMPTY, |parity, &rho| parity.with(rho))
    }

    /// m_i² of every weight, m_i = tanh Σ_a artanh u_{a→i} = (1 − Π r)/(1 + Π r).
    fn square_magnetisations(&self) -> Vec<f64> {
        let magnetisation = |i| {
            let ratio = self.product_into(i).divided_by(1.0).clamp(1.0 / RHO_LIMIT, RHO_LIMIT);
            (1.0 - ratio) / (1.0 + ratio)
        };
        (0..self.graph.weight_count()).map(magnetisation).map(|m| m * m).collect()
    }

    /// log Z = Σ_i ln[Π cosh β (1 + u) + Π cosh β (1 − u)] − (L − 1) Σ_a ln[cosh β (1 + tanh β ξ_a Π m)].
    fn log_z(&self) -> f64 {
        let mut log_z = 0.0;
        for i in 0..self.graph.weight_count() {
            // 1 + u = 2/(1 + r), and the second product is the first times Π r.
            let plus = self.graph.incidences(i).iter().map(|&e| 2.0 / (1.0 + self.r[e as usize]));
            let ln_plus = plus.fold(ScaledProduct::ONE, ScaledProduct::times).ln();
            let ln_ratio = self.product_into(i).ln();
            let ln_sum = ln_ratio.max(0.0) + ln_1p(exp(-ln_ratio.abs()));
            log_z += ln_plus + ln_sum + self.graph.degree(i) as f64 * ln_cosh(self.beta);
        }
        let overcounted = (self.graph.depth() - 1) as f64;
        for (a, &sign) in self.graph.signs().iter().enumerate() {
            // cosh β (1 + tanh β ξ Π m) = e^(βξ) (E + q O)/(E + O).
            let Parity { even, odd } = self.parity(a);
            let q = self.coupling_ratio(a);
            log_z -= overcounted * (self.beta * f64::from(sign) + ln((even + q * odd) / (even + odd)));
        }
        log_z
    }

    /// E = −Σ_a ξ_a (tanh β ξ_a + Π m)/(1 + tanh β ξ_a Π m) = −Σ_a ξ_a (E − q O)/(E + q O).
    fn energy(&self) -> f64 {
        let term = |a: usize| {
            let Parity { even, odd } = self.parity(a);
            let q = self.coupling_ratio(a);
            f64::from(self.graph.signs()[a]) * (even - q * odd) / (even + q * odd)
        };
        -(0..self.graph.path_count()).map(term).sum::<f64>()
    }
}

/// The sums of the products of an even, and of an odd, number of ratios ρ_j, up to a common factor, which cancels
/// wherever they are used: Π m_j = (E − O)/(E + O).
#[derive(Clone, Copy)]
struct Parity {
    even: f64,
    odd: f64,
}

impl Parity {
    const EMPTY: Parity = Parity { even: 1.0, odd: 0.0 };

    /// Neither sum grows beyond this: their product with another pair's and with e^(2β) ≤ 2^289 stays finite.
    const LARGEST: f64 = power_of_two(300);

    fn with(self, rho: f64) -> Self {
        let (even, odd) = (self.even + self.odd * rho, self.odd + self.even * rho);
        if even + odd > Self::LARGEST {
            return Parity { even: even / RHO_LIMIT, odd: odd / RHO_LIMIT };
        }
        Parity { even, odd }
    }

    fn join(self, other: Parity) -> Self {
        Parity {
            even: self.even * other.even + self.odd * other.odd,
            odd: self.even * other.odd + self.odd * other.even,
        }
    }
}

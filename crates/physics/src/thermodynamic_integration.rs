//! Entropy and free energy from energies measured up a ladder of temperatures.
//!
//! log Z(β) = n ln 2 − ∫₀^β E dβ′ and S = log Z + βE. At β = 0 all is known exactly, and nothing there need be
//! measured: log Z = n ln 2, E = 0, Var H = M. Because E′ = −Var H, the variances correct the trapezoids
//! (Euler–Maclaurin, or the integral of the cubic Hermite interpolation):
//!
//! ∫_a^b E dβ = h/2 (E_a + E_b) + h²/12 (Var_b − Var_a) + O(h⁵), h = b − a.
//!
//! Errors are the Γ-method's for the linear part of the whole sum, Σ_k c_k E_k(t) + d_k (E_k(t) − ⟨E_k⟩)², so that
//! what replicas exchanged between temperatures, and E(β) in S = log Z + βE, is correlated as it is.

use crate::ladder::{LadderError, check_ladder};
use crate::statistics::{ENERGY_QUANTUM, Value, in_blocks, mean_with_error};
use model::FactorGraph;
use thiserror::Error;

/// Blocks of a series from which an error is computed.
const BLOCKS: usize = 1024;

/// log Z and S at one β; totals, not per weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Integral {
    /// β.
    pub beta: f64,
    /// log Z, with its statistical error.
    pub log_z: Value,
    /// S = log Z + βE, with its statistical error.
    pub entropy: Value,
    /// Estimated size of the error of both by the finite steps of the ladder, which is not part of the statistical
    /// ones. Infinite where the ladder has a single step. It is computed from the measured energies, noise
    /// included, and so seldom falls below a tenth of the statistical errors; where it exceeds them, the ladder is
    /// too coarse.
    pub discretisation: f64,
}

/// Why energies cannot be integrated.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum IntegrationError {
    /// Not increasing, or not β.
    #[error(transparent)]
    Ladder(#[from] LadderError),
    /// Not the same measurements at every β.
    #[error("the series at ladder[{index}] does not fit: {why}")]
    Series {
        /// Position in the ladder.
        index: usize,
        /// In what way.
        why: &'static str,
    },
}

/// Integrates energies that were measured together: `energies[k][r][t]` at `ladder[k]`, in run r, at time t of all
/// temperatures (replica exchange).
///
/// # Errors
/// If the ladder does not increase from β ≥ 0, or not every β has as many runs of the same length.
pub fn integrate_together(
    graph: &FactorGraph,
    ladder: &[f64],
    energies: &[Vec<Vec<f64>>],
) -> Result<Vec<Integral>, IntegrationError> {
    let points = Points::new(graph, ladder, energies)?;
    let shape = |k: usize| (energies[k].len(), energies[k][0].len());
    if let Some(index) = (1..ladder.len()).find(|&k| shape(k) != shape(0)) {
        return Err(IntegrationError::Series { index, why: "it has other runs than that at ladder[0]" });
    }
    let mut terms = vec![Term::default(); ladder.len()];
    // Σ_k c_k E_k(t) + d_k (E_k(t) − ⟨E_k⟩)² of the steps done; no step reaches back further than to the last point.
    let mut sum: Vec<Vec<f64>> = energies[0].iter().map(|run| vec![0.0; run.len()]).collect();
    let mut floor_square = 0.0;
    let mut integrals = Vec::with_capacity(ladder.len());
    for (k, &beta) in ladder.iter().enumerate() {
        let step = points.step_to(k);
        if let Some(before) = k.checked_sub(1) {
            terms[before].add(step.before);
            points.add_term(&mut sum, before, step.before, energies);
            floor_square += points.floor_square(before, terms[before]);
        }
        terms[k].add(step.at);
        points.add_term(&mut sum, k, step.at, energies);
        let error = |sum: &[Vec<f64>], last: Term| {
            let least = (floor_square + points.floor_square(k, last)).sqrt();
            mean_with_error(&in_blocks(sum, BLOCKS), least).error
        };
        let of_log_z = error(&sum, terms[k]);
        let slope = Term { energy: beta, variance: 0.0 };
        let mut with_energy = sum.clone();
        points.add_term(&mut with_energy, k, slope, energies);
        let of_entropy = error(&with_energy, terms[k].plus(slope));
        integrals.push(points.integral(k, of_log_z, of_entropy));
    }
    Ok(integrals)
}

/// c E + d Var, a part of −∫E.
#[derive(Debug, Clone, Copy, Default)]
struct Term {
    energy: f64,
    variance: f64,
}

impl Term {
    fn plus(self, other: Term) -> Term {
        Term { energy: self.energy + other.energy, variance: self.variance + other.variance }
    }

    fn add(&mut self, other: Term) {
        *self = self.plus(other);
    }
}

/// What the step that ends at a point adds to log Z: to the terms of the point before and of the point itself.
struct Step {
    before: Term,
    at: Term,
}

/// Energies and variances along the ladder, and the exact β = 0 below it.
struct Points<'a> {
    ladder: &'a [f64],
    energies: Vec<f64>,
    variances: Vec<f64>,
    /// Measured values at each point.
    counts: Vec<f64>,
    /// log Z and its discretisation error at each point.
    log_z: Vec<f64>,
    discretisation: Vec<f64>,
}

impl<'a> Points<'a> {
    fn new(
        graph: &FactorGraph,
        ladder: &'a [f64],
        energies: &[Vec<Vec<f64>>],
    ) -> Result<Self, IntegrationError> {
        check_ladder(ladder)?;
        for (index, _) in ladder.iter().enumerate() {
            let why = match energies.get(index) {
                None => "it is missing",
                Some(runs) if runs.len() < 2 => "it has fewer than two runs",
                Some(runs) if runs[0].len() < 4 => "its runs have fewer than four values",
                Some(runs) if runs.iter().any(|run| run.len() != runs[0].len()) => {
                    "its runs differ in length"
                }
                Some(_) => continue,
            };
            return Err(IntegrationError::Series { index, why });
        }
        let exact = |k: usize| ladder[k] == 0.0;
        let paths = graph.path_count() as f64;
        let moments: Vec<(f64, f64)> = (0..ladder.len())
            .map(|k| if exact(k) { (0.0, paths) } else { mean_and_variance(&energies[k]) })
            .collect();
        let counts = energies.iter().map(|runs| (runs.len() * runs[0].len()) as f64).collect();
        let (energies, variances) = moments.into_iter().unzip();
        let mut points = Self { ladder, energies, variances, counts, log_z: vec![], discretisation: vec![] };
        points.integrate(graph.weight_count() as f64 * std::f64::consts::LN_2, paths);
        Ok(points)
    }

    fn integrate(&mut self, log_z_at_zero: f64, paths: f64) {
        // The nodes, with β = 0 in front if the ladder begins above it.
        let ahead = usize::from(self.ladder[0] > 0.0);
        let mut nodes: Vec<Node> = (0..self.ladder.len())
            .map(|k| Node { beta: self.ladder[k], energy: self.energies[k], variance: self.variances[k] })
            .collect();
        nodes.splice(0..0, (0..ahead).map(|_| Node { beta: 0.0, energy: 0.0, variance: paths }));
        let errors = step_errors(&nodes);
        let (mut log_z, mut error) = (log_z_at_zero, 0.0);
        for i in 0..nodes.len() {
            if i > 0 {
                log_z -= integral(&nodes[i - 1], &nodes[i]);
                error += errors[i - 1];
            }
            if i >= ahead {
                self.log_z.push(log_z);
                self.discretisation.push(error);
            }
        }
    }

    /// −h/2 (E_a + E_b) − h²/12 (Var_b − Var_a) as terms; those at β = 0 are exact and have no error.
    fn step_to(&self, k: usize) -> Step {
        let from = if k == 0 { 0.0 } else { self.ladder[k - 1] };
        let h = self.ladder[k] - from;
        let before = Term { energy: -0.5 * h, variance: h * h / 12.0 };
        Step { before, at: Term { energy: -0.5 * h, variance: -h * h / 12.0 } }
    }

    fn add_term(&self, sum: &mut [Vec<f64>], k: usize, term: Term, energies: &[Vec<Vec<f64>>]) {
        if self.ladder[k] == 0.0 {
            return;
        }
        for (sum, run) in sum.iter_mut().zip(&energies[k]) {
            for (sum, energy) in sum.iter_mut().zip(run) {
                let deviation = energy - self.energies[k];
                *sum += term.energy * deviation + term.variance * (deviation * deviation);
            }
        }
    }

    /// The square of the least error: of one energy quantum in all values at this β.
    fn floor_square(&self, k: usize, term: Term) -> f64 {
        if self.ladder[k] == 0.0 {
            return 0.0;
        }
        let least = term.energy * ENERGY_QUANTUM / self.counts[k];
        least * least
    }

    fn integral(&self, k: usize, of_log_z: f64, of_entropy: f64) -> Integral {
        let log_z = self.log_z[k];
        Integral {
            beta: self.ladder[k],
            log_z: Value { value: log_z, error: of_log_z },
            entropy: Value { value: log_z + self.ladder[k] * self.energies[k], error: of_entropy },
            discretisation: self.discretisation[k],
        }
    }
}

/// The variance about the true mean, of which the measured one is off by its error.
fn mean_and_variance(runs: &[Vec<f64>]) -> (f64, f64) {
    let Value { value: mean, error } = mean_with_error(&in_blocks(runs, BLOCKS), 0.0);
    let count = (runs.len() * runs[0].len()) as f64;
    let square: f64 = runs.iter().flatten().map(|energy| (energy - mean) * (energy - mean)).sum();
    (mean, square / count + error * error)
}

/// E and −E′ at one β.
struct Node {
    beta: f64,
    energy: f64,
    variance: f64,
}

/// ∫E dβ of the cubic through the values and slopes at both ends.
fn integral(a: &Node, b: &Node) -> f64 {
    let h = b.beta - a.beta;
    0.5 * h * (a.energy + b.energy) + h * h / 12.0 * (b.variance - a.variance)
}

/// The estimated error of every step between nodes.
///
/// The cubic is wrong by C h⁵ with C = E⁗/720. Two neighbouring steps taken as one are wrong by C (h₁ + h₂)⁵, so the
/// difference of the two results gives C; a step takes the larger C of its two neighbourhoods.
fn step_errors(nodes: &[Node]) -> Vec<f64> {
    let fifth = |h: f64| h * h * h * h * h;
    let length = |i: usize| nodes[i + 1].beta - nodes[i].beta;
    let constants: Vec<f64> = nodes
        .windows(3)
        .enumerate()
        .map(|(i, three)| {
            let fine = integral(&three[0], &three[1]) + integral(&three[1], &three[2]);
            let coarse = integral(&three[0], &three[2]);
            let (first, second) = (length(i), length(i + 1));
            (coarse - fine).abs() / (fifth(first + second) - fifth(first) - fifth(second))
        })
        .collect();
    let constant = |i: usize| constants.get(i).copied().unwrap_or(0.0);
    let steps = nodes.len().saturating_sub(1);
    (0..steps)
        .map(|i| {
            let around = constant(i).max(if i > 0 { constant(i - 1) } else { 0.0 });
            if steps == 1 { f64::INFINITY } else { around * fifth(length(i)) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::numerics::{ln_cosh, tanh};

    /// E = −M tanh β, as of M independent paths.
    fn nodes(betas: &[f64]) -> Vec<Node> {
        let node = |&beta: &f64| {
            let t = tanh(beta);
            Node { beta, energy: -t, variance: 1.0 - t * t }
        };
        betas.iter().map(node).collect()
    }

    fn total(nodes: &[Node]) -> f64 {
        nodes.windows(2).map(|two| integral(&two[0], &two[1])).sum()
    }

    #[test]
    fn a_ladder_twice_as_fine_is_sixteen_times_as_exact() {
        let error = |steps: u32| {
            let betas: Vec<f64> = (0..=steps).map(|k| 2.0 * f64::from(k) / f64::from(steps)).collect();
            (total(&nodes(&betas)) + ln_cosh(2.0)).abs()
        };
        for steps in [8, 16, 32] {
            let gain = error(steps) / error(2 * steps);
            assert!((gain - 16.0).abs() < 3.0, "{steps}: {gain}");
        }
    }

    #[test]
    fn the_estimated_error_of_the_steps_has_the_size_of_the_true_one() {
        for steps in [4, 8, 20] {
            // Steps that grow, as ladders do.
            let betas: Vec<f64> = (0..=steps).map(|k| 0.01 * f64::from(k * (k + 1))).collect();
            let nodes = nodes(&betas);
            let truth = (total(&nodes) + ln_cosh(betas[betas.len() - 1])).abs();
            let estimated: f64 = step_errors(&nodes).iter().sum();
            assert!(truth < 2.0 * estimated && estimated < 30.0 * truth, "{steps}: {estimated} for {truth}");
        }
    }
}

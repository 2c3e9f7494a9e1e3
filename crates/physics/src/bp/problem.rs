//! A problem of belief propagation: β, where its messages start, and when to stop.

use super::factor::Temperature;
use super::layout::Layout;
use model::random::Stream;

/// Largest |m| of a paramagnetic start: small enough to lie in the basin of m = 0 at any degree that fits in memory.
pub(super) const PARAMAGNETIC_MESSAGE: f64 = 1e-3;

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
    pub(super) fn messages(self, layout: &Layout, temperature: Temperature) -> Vec<f64> {
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
    /// fast. Acceleration shortens its way: see [`super::acceleration`].
    pub(super) fn is_monotone(&self, layout: &Layout) -> bool {
        let Start::Polarised(weights) = &self.start else { return false };
        let mut paths = layout.weights_of_paths().zip(&layout.signs);
        paths.all(|(path, &sign)| {
            sign * weights[path[0] as usize] > 0 && path[1..].iter().all(|&i| weights[i as usize] > 0)
        })
    }
}

//! What converged messages say: overlaps, log Z and energy, on numbers or on lanes of them.
//!
//! log Z = Σ_i ln[Π_a cosh β (1 + u) + Π_a cosh β (1 − u)] − (L − 1) Σ_a ln[cosh β (1 + tanh β ξ_a Π m)] is the logarithm of
//! one product. With 1 + u = 2d/(n + d), 1 − u = 2n/(n + d), and s the larger of d and n where R_i ≤ 1 or R_i > 1,
//!
//! - a weight contributes (1 + min(R, 1/R)) Π_a 2s/(n + d),
//! - a path ((E + O)/(E + q O))^(L−1), and
//! - both together e^(M [L ln cosh β − (L − 1) β]), which is added at the end.
//!
//! Every factor lies within e^(±2β), and there is one logarithm.

use super::factor::{Bounded, Careful, Factor, Form, Parity, Temperature};
use super::kernel::Messages;
use super::lanes::{Lanes, Real};
use super::layout::{Layout, Slot};
use crate::cpu::Level;
use crate::numerics::{ln, ln_cosh};
use crate::scaled_product::ScaledProduct;

/// The state of the messages of a problem, or of one in each lane.
pub(crate) struct State<T: Real> {
    /// What log Z is the logarithm of, up to the constant.
    product: ScaledProduct<T>,
    /// Σ_a (E − q O)/(E + q O) = −E.
    satisfied: T,
    /// Σ_i m_i² over all weights.
    squares: T,
    /// Σ_i m_i² over the weights of each layer.
    layer_squares: Vec<T>,
}

/// The totals of one problem.
pub(crate) struct Totals {
    pub(crate) overlap: f64,
    pub(crate) layer_overlaps: Vec<f64>,
    pub(crate) log_z: f64,
    pub(crate) energy: f64,
}

/// Of messages and the ratios that belong to them.
#[inline(always)]
pub(crate) fn state<T: Real, F: Factor<T>>(
    layout: &Layout,
    temperature: &Temperature<T>,
    rho: &[T],
    ratio: &[T],
) -> State<T> {
    let (one, q) = (T::splat(1.0), temperature.q);
    let depth = F::depth(layout.depth);
    let mut factor = F::new(depth);
    let mut product = ScaledProduct::one();
    let mut satisfied = T::splat(0.0);
    for (rho, incidences) in rho.chunks_exact(depth).zip(layout.incidences.chunks_exact(depth)) {
        let Parity { even, odd } = F::parity(rho);
        let sum = even + q * odd;
        satisfied = satisfied + (even - q * odd) / sum;
        for _ in 1..depth {
            product.times((even + odd) / sum);
        }
        factor.messages(rho, q);
        for (l, incidence) in incidences.iter().enumerate() {
            let (n, d) = factor.message(l);
            let slot = incidence.slot as usize;
            // Both halves of a weight take the same side.
            let larger = match layout.slots[slot] {
                Slot::Minus => ratio[slot - 1].where_above(one, d, n),
                Slot::Alone(_) | Slot::Plus => ratio[slot].where_above(one, n, d),
            };
            product.times((larger + larger) / (n + d));
        }
    }
    let (mut squares, mut layer_squares) = (T::splat(0.0), vec![T::splat(0.0); layout.layers.len()]);
    for (i, &slot) in layout.slot_of.iter().enumerate() {
        let ratio = ratio[slot as usize];
        product.times(one + ratio.least(one / ratio));
        let m = (one - ratio) / (one + ratio);
        squares = squares + m * m;
        if let Some(l) = layout.layers.iter().position(|layer| layer.contains(&i)) {
            layer_squares[l] = layer_squares[l] + m * m;
        }
    }
    State { product, satisfied, squares, layer_squares }
}

crate::cpu::at_each_level! {
    fn state_two(layout: &Layout, temperature: &Temperature<Lanes>, rho: &[Lanes], ratio: &[Lanes]) -> State<Lanes>
        = state::<Lanes, Bounded<Lanes, 2>>;
}
crate::cpu::at_each_level! {
    fn state_three(layout: &Layout, temperature: &Temperature<Lanes>, rho: &[Lanes], ratio: &[Lanes]) -> State<Lanes>
        = state::<Lanes, Bounded<Lanes, 3>>;
}
crate::cpu::at_each_level! {
    fn state_careful(layout: &Layout, temperature: &Temperature<Lanes>, rho: &[Lanes], ratio: &[Lanes]) -> State<Lanes>
        = state::<Lanes, Careful<Lanes>>;
}

/// Of the messages of a group of lanes.
pub(crate) fn of_lanes((level, form): (Level, Form), layout: &Layout, messages: &Messages) -> State<Lanes> {
    let state = match form {
        Form::Two => state_two,
        Form::Three => state_three,
        Form::Careful => state_careful,
    };
    state(level, layout, &messages.temperature, &messages.rho, &messages.ratio)
}

impl State<Lanes> {
    /// The state in one lane.
    pub(crate) fn lane(&self, k: usize) -> State<f64> {
        let ScaledProduct { mantissa, exponent } = self.product;
        State {
            product: ScaledProduct { mantissa: mantissa.0[k], exponent: exponent[k] },
            satisfied: self.satisfied.0[k],
            squares: self.squares.0[k],
            layer_squares: self.layer_squares.iter().map(|layer| layer.0[k]).collect(),
        }
    }
}

impl State<f64> {
    pub(crate) fn totals(&self, layout: &Layout, beta: f64) -> Totals {
        let (depth, paths) = (layout.depth as f64, layout.paths() as f64);
        let constant = paths * (depth * ln_cosh(beta) - (depth - 1.0) * beta);
        let layers = self.layer_squares.iter().zip(&layout.layers);
        Totals {
            overlap: self.squares / layout.slot_of.len() as f64,
            layer_overlaps: layers.map(|(squares, layer)| squares / layer.len() as f64).collect(),
            log_z: constant
                + ln(self.product.mantissa)
                + self.product.exponent as f64 * std::f64::consts::LN_2,
            energy: -self.satisfied,
        }
    }
}

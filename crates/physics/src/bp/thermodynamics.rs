//! What converged messages say of the core: overlaps, log Z and energy.
//!
//! log Z = Σ_i ln[Π_a cosh β (1 + u) + Π_a cosh β (1 − u)] − (L − 1) Σ_a ln[cosh β (1 + tanh β ξ_a Π m)] is the
//! logarithm of one product. With 1 + u = 2d/(n + d), 1 − u = 2n/(n + d), and s the larger of Π d and Π n, that is d
//! where R_i ≤ 1 and n where R_i > 1,
//!
//! - a weight contributes (1 + min(R, 1/R)) Π_a 2s/(n + d),
//! - a path ((E + O)/(E + q O))^(L−1), and
//! - both together e^(M [L ln cosh β − (L − 1) β]), which is added at the end.
//!
//! Every factor lies within e^(±2β), and there is one logarithm.

use super::factor::{Bounded, Careful, Factor, Form, Parity, Temperature};
use super::lanes::LANES;
use super::layout::{Layout, Slot};
use super::totals::CoreTotals;
use super::weight_messages::WeightMessages;
use crate::scaled_product::ScaledProduct;
use kernel::cpu::Level;
use model::numerics::ln_cosh;

/// The sums over paths and weights.
#[derive(Clone, Copy)]
struct Sums {
    /// What log Z is the logarithm of, up to the constant.
    product: ScaledProduct,
    /// Σ_a (E − q O)/(E + q O) = −E.
    satisfied: f64,
}

impl Sums {
    const NONE: Sums = Sums { product: ScaledProduct::ONE, satisfied: 0.0 };

    /// Adds a path, whose weights send it `rho`; `takes_n` says where s = n.
    #[inline(always)]
    fn with_path<F: Factor>(mut self, factor: &mut F, rho: &[f64], takes_n: &[bool], q: f64) -> Self {
        let Parity { even, odd } = F::parity(rho);
        let sum = even + q * odd;
        self.satisfied += (even - q * odd) / sum;
        let without_coupling = (even + odd) / sum;
        for _ in 1..rho.len() {
            self.product = self.product.times(without_coupling);
        }
        factor.messages(rho, q);
        for (l, &takes_n) in takes_n.iter().enumerate() {
            let (n, d) = factor.message(l);
            let larger = if takes_n { n } else { d };
            self.product = self.product.times((larger + larger) / (n + d));
        }
        self
    }

    /// Adds a weight.
    #[inline(always)]
    fn with_weight(mut self, ratio: f64) -> Self {
        let smaller = if ratio > 1.0 { 1.0 / ratio } else { ratio };
        self.product = self.product.times(1.0 + smaller);
        self
    }

    fn totals(self, squares: Vec<f64>, layout: &Layout, beta: f64) -> CoreTotals {
        let (depth, paths) = (layout.depth as f64, layout.paths() as f64);
        let constant = paths * (depth * ln_cosh(beta) - (depth - 1.0) * beta);
        CoreTotals { squares, log_z: constant + self.product.ln(), energy: -self.satisfied }
    }
}

/// Of an incidence: the slot that decides between n and d, and whether it does so the other way round. Both halves of a
/// weight take the same side.
#[inline(always)]
fn decides(layout: &Layout, slot: usize) -> (usize, bool) {
    match layout.slots[slot] {
        Slot::Minus => (slot - 1, true),
        Slot::Alone(_) | Slot::Plus => (slot, false),
    }
}

/// m_i² with m_i = (1 − R)/(1 + R).
fn square(ratio: f64) -> f64 {
    let m = (1.0 - ratio) / (1.0 + ratio);
    m * m
}

/// The totals of messages and of the ratios that belong to them.
pub(crate) fn of_numbers<F: Factor>(
    layout: &Layout,
    beta: f64,
    temperature: Temperature,
    rho: &[f64],
    ratio: &[f64],
) -> CoreTotals {
    let mut factor = F::new(layout.depth);
    let mut sums = Sums::NONE;
    let incidences = layout.incidences.chunks_exact(layout.depth);
    for (rho, incidences) in rho.chunks_exact(layout.depth).zip(incidences) {
        let takes_n = |slot: u32| {
            let (slot, other_way) = decides(layout, slot as usize);
            (ratio[slot] > 1.0) != other_way
        };
        let takes_n: Vec<bool> = incidences.iter().map(|incidence| takes_n(incidence.slot)).collect();
        sums = sums.with_path(&mut factor, rho, &takes_n, temperature.q);
    }
    let ratios = || layout.slot_of.iter().map(|&slot| ratio[slot as usize]);
    sums = ratios().fold(sums, Sums::with_weight);
    sums.totals(ratios().map(square).collect(), layout, beta)
}

/// The sums in each lane.
pub(crate) struct LaneSums {
    mantissa: [f64; LANES],
    exponent: [i64; LANES],
    satisfied: [f64; LANES],
}

impl LaneSums {
    #[inline(always)]
    fn set(&mut self, k: usize, sums: Sums) {
        let Sums { product: ScaledProduct { mantissa, exponent }, satisfied } = sums;
        (self.mantissa[k], self.exponent[k], self.satisfied[k]) = (mantissa, exponent, satisfied);
    }

    #[inline(always)]
    fn lane(&self, k: usize) -> Sums {
        let product = ScaledProduct { mantissa: self.mantissa[k], exponent: self.exponent[k] };
        Sums { product, satisfied: self.satisfied[k] }
    }

    /// The totals of the problem in lane k.
    pub(crate) fn totals(
        &self,
        k: usize,
        layout: &Layout,
        beta: f64,
        messages: &WeightMessages,
    ) -> CoreTotals {
        let ratios = layout.slot_of.iter().map(|&slot| messages.ratio.of::<LANES>()[slot as usize][k]);
        self.lane(k).totals(ratios.map(square).collect(), layout, beta)
    }
}

#[inline(always)]
fn sums<F: Factor>(layout: &Layout, messages: &WeightMessages) -> LaneSums {
    let depth = F::depth(layout.depth);
    let (mut factor, q, ratio) = (F::new(depth), messages.q, messages.ratio.of::<LANES>());
    let one = [1.0; LANES];
    let mut sums = LaneSums { mantissa: one, exponent: [0; LANES], satisfied: [0.0; LANES] };
    let (mut deciding, mut other_way) = (F::each(depth, one), F::each(depth, false));
    let (mut number, mut takes_n) = (F::each(depth, 1.0), F::each(depth, false));
    let (deciding, other_way) = (deciding.as_mut(), other_way.as_mut());
    let (number, takes_n) = (number.as_mut(), takes_n.as_mut());
    let incidences = layout.incidences.chunks_exact(depth);
    for (rho, incidences) in messages.rho.of::<LANES>().chunks_exact(depth).zip(incidences) {
        for (l, incidence) in incidences.iter().enumerate() {
            let slot;
            (slot, other_way[l]) = decides(layout, incidence.slot as usize);
            deciding[l] = ratio[slot];
        }
        for k in 0..LANES {
            for l in 0..depth {
                number[l] = rho[l][k];
                takes_n[l] = (deciding[l][k] > 1.0) != other_way[l];
            }
            sums.set(k, sums.lane(k).with_path(&mut factor, number, takes_n, q[k]));
        }
    }
    for &slot in &layout.slot_of {
        for (k, ratio) in ratio[slot as usize].into_iter().enumerate() {
            sums.set(k, sums.lane(k).with_weight(ratio));
        }
    }
    sums
}

kernel::at_each_level! {
    fn sums_two(layout: &Layout, messages: &WeightMessages) -> LaneSums = sums::<Bounded<2>>;
}
kernel::at_each_level! {
    fn sums_three(layout: &Layout, messages: &WeightMessages) -> LaneSums = sums::<Bounded<3>>;
}
kernel::at_each_level! {
    fn sums_careful(layout: &Layout, messages: &WeightMessages) -> LaneSums = sums::<Careful>;
}

/// The totals of each lane of a group, from its messages.
pub(crate) fn of_lanes((level, form): (Level, Form), layout: &Layout, messages: &WeightMessages) -> LaneSums {
    let sums = match form {
        Form::Two => sums_two,
        Form::Three => sums_three,
        Form::Careful => sums_careful,
    };
    sums(level, layout, messages)
}

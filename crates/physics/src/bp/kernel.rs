//! One update of all messages of up to eight problems on the same instance, in one pass over the paths.
//!
//! A path's n and d depend on its own messages alone. So a pass takes a path's ρ, makes their n and d again, updates ρ with the
//! ratios R that the pass before left, and multiplies the n and d of the new ρ into the products that become the next R:
//! every message is read once and written once an iteration, and n and d are never stored.

#![allow(clippy::needless_range_loop, reason = "loops over several arrays at once, of lanes or of layers")]

use super::factor::{Bounded, Careful, Factor, Form};
use super::lanes::{LANES, Lanes};
use super::layout::{Block, Layout, Slot, joined};
use crate::cpu::Level;
use crate::scaled_product::ScaledProduct;
use std::ops::Range;

/// What a pass does with the messages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pass {
    /// Nothing: only the ratios are made.
    Ratios,
    /// ½ old + ½ new if `damped`, else new. Changes are looked at until every lane in `watched` was seen to exceed `tolerance`, or to the end if
    /// `all`: the largest change of a lane that did not exceed it is exact.
    Step { damped: bool, tolerance: f64, watched: [bool; LANES], all: bool },
    /// New in the lanes that are `moving`, the others stay. The change is |ρ_new/ρ − 1|.
    Polish { moving: [bool; LANES] },
}

/// The messages of a group of lanes, and what they are updated with.
#[derive(Debug)]
pub(crate) struct Messages {
    /// q = e^(−2β).
    pub(crate) q: Lanes,
    /// 2^40 e^(2β).
    pub(crate) limit: Lanes,
    /// `rho[p * L + l]`.
    pub(crate) rho: Vec<Lanes>,
    /// R of every slot for these messages.
    pub(crate) ratio: Vec<Lanes>,
    /// Π n and Π d that are being gathered.
    n: Products,
    d: Products,
}

/// Products that are being gathered, mantissa × 2^exponent.
#[derive(Debug)]
struct Products {
    mantissas: Vec<Lanes>,
    exponents: Vec<[i64; LANES]>,
}

impl Messages {
    pub(crate) fn new(layout: &Layout) -> Self {
        let one = Lanes::splat(1.0);
        Self {
            q: one,
            limit: one,
            rho: vec![one; layout.incidences.len()],
            ratio: vec![one; layout.slots.len()],
            n: Products::ones(layout.products()),
            d: Products::ones(layout.products()),
        }
    }
}

impl Products {
    fn ones(number: usize) -> Self {
        Self { mantissas: vec![Lanes::splat(1.0); number], exponents: vec![[0; LANES]; number] }
    }

    /// A product; a new one begins.
    #[inline(always)]
    fn take(&mut self, product: usize) -> (Lanes, [i64; LANES]) {
        let taken = (self.mantissas[product], self.exponents[product]);
        (self.mantissas[product], self.exponents[product]) = (Lanes::splat(1.0), [0; LANES]);
        taken
    }
}

#[inline(always)]
fn times(product: &mut Lanes, factors: &Lanes) {
    let mut mantissas = *product;
    for k in 0..LANES {
        mantissas.0[k] *= factors.0[k];
    }
    *product = mantissas;
}

/// Brings a product back to [1, 2).
#[inline(always)]
fn rescale(product: &mut Lanes, exponents: &mut [i64; LANES]) {
    let (mut mantissas, mut sums) = (*product, *exponents);
    for k in 0..LANES {
        let product = ScaledProduct { mantissa: mantissas.0[k], exponent: sums[k] }.normalised();
        (mantissas.0[k], sums[k]) = (product.mantissa, product.exponent);
    }
    (*product, *exponents) = (mantissas, sums);
}

/// A product in lane k, normalised.
#[inline(always)]
fn lane((mantissas, exponents): &(Lanes, [i64; LANES]), k: usize) -> ScaledProduct {
    ScaledProduct { mantissa: mantissas.0[k], exponent: exponents[k] }.normalised()
}

/// Does a pass; returns the largest change of any message in each lane.
#[inline(always)]
fn run<F: Factor>(layout: &Layout, messages: &mut Messages, pass: Pass, rescale_after: u32) -> [f64; LANES] {
    let mut walk = Walk { layout, messages, rescale_after, factor: F::new(layout.depth) };
    let mut largest = Lanes::splat(0.0);
    let mut looking = true;
    for block in &layout.blocks {
        match pass {
            Pass::Ratios => walk.block(block, &mut Unchanged),
            Pass::Step { damped: true, .. } if looking => {
                walk.block(block, &mut StepWatched::<true>(&mut largest));
            }
            Pass::Step { damped: true, .. } => walk.block(block, &mut Step::<true>),
            Pass::Step { .. } if looking => walk.block(block, &mut StepWatched::<false>(&mut largest)),
            Pass::Step { .. } => walk.block(block, &mut Step::<false>),
            Pass::Polish { moving } => {
                walk.block(block, &mut Polish { moving: moving.map(u64::from), largest: &mut largest });
            }
        }
        if let Pass::Step { tolerance, watched, all: false, .. } = pass {
            // Changes are counted by halves.
            looking = looking && (0..LANES).any(|k| watched[k] && 2.0 * largest.0[k] <= tolerance);
        }
    }
    walk.finish(layout.shared.clone(), layout.block_slots);
    match pass {
        Pass::Step { .. } => largest.0.map(|half| 2.0 * half),
        Pass::Ratios | Pass::Polish { .. } => largest.0,
    }
}

crate::cpu::at_each_level! {
    fn run_two(layout: &Layout, messages: &mut Messages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Bounded<2>>;
}
crate::cpu::at_each_level! {
    fn run_three(layout: &Layout, messages: &mut Messages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Bounded<3>>;
}
crate::cpu::at_each_level! {
    fn run_careful(layout: &Layout, messages: &mut Messages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Careful>;
}

/// Does a pass with the equations of `form`; returns the largest change of any message in each lane.
pub(crate) fn update(
    (level, form): (Level, Form),
    layout: &Layout,
    messages: &mut Messages,
    pass: Pass,
    rescale_after: u32,
) -> [f64; LANES] {
    let run = match form {
        Form::Two => run_two,
        Form::Three => run_three,
        Form::Careful => run_careful,
    };
    run(level, layout, messages, pass, rescale_after)
}

/// What becomes of a message ρ in lane k, if it is to be A/B by the equations.
trait Update {
    /// Whether anything becomes of it.
    const CHANGES: bool = true;

    fn update<F: Factor>(&mut self, k: usize, rho: f64, new: (f64, f64)) -> f64;
}

/// Nothing.
struct Unchanged;

impl Update for Unchanged {
    const CHANGES: bool = false;

    #[inline(always)]
    fn update<F: Factor>(&mut self, _k: usize, rho: f64, _new: (f64, f64)) -> f64 {
        rho
    }
}

struct Step<const DAMPED: bool>;

impl<const DAMPED: bool> Update for Step<DAMPED> {
    #[inline(always)]
    fn update<F: Factor>(&mut self, _k: usize, rho: f64, new: (f64, f64)) -> f64 {
        F::step::<DAMPED>(rho, new)
    }
}

/// With ½ max |Δm|.
struct StepWatched<'a, const DAMPED: bool>(&'a mut Lanes);

impl<const DAMPED: bool> Update for StepWatched<'_, DAMPED> {
    #[inline(always)]
    fn update<F: Factor>(&mut self, k: usize, rho: f64, new: (f64, f64)) -> f64 {
        self.0.0[k] = larger(self.0.0[k], F::half_change(rho, new));
        F::step::<DAMPED>(rho, new)
    }
}

struct Polish<'a> {
    /// 1 in the lanes that are updated.
    moving: [u64; LANES],
    /// max |ρ_new/ρ − 1|.
    largest: &'a mut Lanes,
}

impl Update for Polish<'_> {
    #[inline(always)]
    fn update<F: Factor>(&mut self, k: usize, rho: f64, (a, b): (f64, f64)) -> f64 {
        let new = a / b;
        self.largest.0[k] = larger(self.largest.0[k], (new / rho - 1.0).abs());
        if self.moving[k] == 1 { new } else { rho }
    }
}

#[inline(always)]
fn larger(one: f64, other: f64) -> f64 {
    if one > other { one } else { other }
}

struct Walk<'a, F> {
    layout: &'a Layout,
    messages: &'a mut Messages,
    /// A power of two: after so many factors a product is brought back to [1, 2).
    rescale_after: u32,
    factor: F,
}

impl<F: Factor> Walk<'_, F> {
    /// Updates the paths of a block, and the ratios of the slots that no other block touches.
    #[inline(always)]
    fn block<U: Update>(&mut self, block: &Block, update: &mut U) {
        let depth = F::depth(self.layout.depth);
        let range = block.paths.start * depth..block.paths.end * depth;
        let Messages { q, limit, rho, ratio, n, d } = &mut *self.messages;
        let (q, limit) = (*q, *limit);
        // The rank of every factor after which to rescale ends in so many ones.
        let rescale_at = self.rescale_after.trailing_zeros() as u8;
        let products = n.mantissas.len();
        let (n_mantissas, d_mantissas) = (&mut n.mantissas[..products], &mut d.mantissas[..products]);
        let factor = &mut self.factor;
        let one = Lanes::splat(1.0);
        let incidences = self.layout.incidences[range.clone()].chunks_exact(depth);
        let paths = rho[range].chunks_exact_mut(depth).zip(incidences);
        for ((rho, incidences), &ones) in paths.zip(&self.layout.rank_ones[block.paths.clone()]) {
            // All in registers where the depth is a constant.
            let (mut old, mut new, mut ratios) =
                (F::each(depth, one), F::each(depth, one), F::each(depth, one));
            let (mut n_new, mut d_new) = (F::each(depth, one), F::each(depth, one));
            let mut message = F::each(depth, 1.0);
            old.as_mut().copy_from_slice(rho);
            if U::CHANGES {
                for (l, incidence) in incidences.iter().enumerate() {
                    ratios.as_mut()[l] = ratio[incidence.slot as usize];
                }
            }
            // One lane after the other in the text, all at once in the machine.
            for k in 0..LANES {
                let message = message.as_mut();
                for l in 0..depth {
                    message[l] = old.as_ref()[l].0[k];
                }
                if U::CHANGES {
                    factor.messages(message, q.0[k]);
                    for l in 0..depth {
                        let (n, d) = factor.message(l);
                        let next = F::new_message(ratios.as_ref()[l].0[k], n, d, limit.0[k]);
                        message[l] = update.update::<F>(k, message[l], next);
                        new.as_mut()[l].0[k] = message[l];
                    }
                }
                factor.messages(message, q.0[k]);
                for l in 0..depth {
                    (n_new.as_mut()[l].0[k], d_new.as_mut()[l].0[k]) = factor.message(l);
                }
            }
            if U::CHANGES {
                rho.copy_from_slice(new.as_ref());
            }
            for (l, incidence) in incidences.iter().enumerate() {
                let product = incidence.product as usize;
                times(&mut n_mantissas[product], &n_new.as_ref()[l]);
                times(&mut d_mantissas[product], &d_new.as_ref()[l]);
            }
            if ones >= rescale_at {
                for incidence in incidences {
                    if incidence.rank.trailing_ones() >= u32::from(rescale_at) {
                        let product = incidence.product as usize;
                        rescale(&mut n_mantissas[product], &mut n.exponents[product]);
                        rescale(&mut d_mantissas[product], &mut d.exponents[product]);
                    }
                }
            }
        }
        self.finish(block.slots.clone(), 0);
    }

    /// Makes the ratios of `slots` of their products, which begin at `first_product`, and begins new products.
    #[inline(always)]
    fn finish(&mut self, slots: Range<usize>, first_product: usize) {
        let Messages { limit, ratio, n, d, .. } = &mut *self.messages;
        let (mut least, mut most) = (*limit, *limit);
        for k in 0..LANES {
            most.0[k] = F::ratio_limit(limit.0[k]);
            least.0[k] = 1.0 / most.0[k];
        }
        for (slot, product) in slots.zip(first_product..) {
            match self.layout.slots[slot] {
                Slot::Alone(degree) if degree < self.rescale_after => {
                    // As `ScaledProduct::over` does, for products that were never rescaled.
                    let (numerator, denominator) = (n.mantissas[product], d.mantissas[product]);
                    let mut quotient = numerator;
                    for k in 0..LANES {
                        let value = larger(numerator.0[k] / denominator.0[k], least.0[k]);
                        quotient.0[k] = if value < most.0[k] { value } else { most.0[k] };
                    }
                    ratio[slot] = quotient;
                    n.mantissas[product] = Lanes::splat(1.0);
                    d.mantissas[product] = Lanes::splat(1.0);
                }
                Slot::Alone(_) => {
                    let (numerator, denominator) = (n.take(product), d.take(product));
                    let mut quotient = numerator.0;
                    for k in 0..LANES {
                        quotient.0[k] = lane(&numerator, k).over(lane(&denominator, k), most.0[k]);
                    }
                    ratio[slot] = quotient;
                }
                Slot::Plus => {
                    let plus = [n.take(product), d.take(product)];
                    let minus = [n.take(product + 1), d.take(product + 1)];
                    let mut quotients = [*limit; 2];
                    for k in 0..LANES {
                        let half = |half: &[_; 2]| [lane(&half[0], k), lane(&half[1], k)];
                        [quotients[0].0[k], quotients[1].0[k]] = joined(half(&plus), half(&minus), most.0[k]);
                    }
                    ratio[slot..slot + 2].copy_from_slice(&quotients);
                }
                Slot::Minus => {}
            }
        }
    }
}

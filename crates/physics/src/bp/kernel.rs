//! One update of all messages of up to eight problems on the same instance, in one pass over the paths.
//!
//! A path's n and d depend on its own messages alone. So a pass takes a path's ρ, makes their n and d again, updates ρ with the
//! ratios R that the pass before left, and multiplies the n and d of the new ρ into the products that become the next R:
//! every message is read once and written once an iteration, and n and d are never stored.

use super::factor::{Bounded, Careful, Factor, Form, Temperature};
use super::lanes::{LANES, Lanes, Real};
use super::layout::{Block, Incidence, Layout, Slot};
use crate::cpu::Level;
use crate::scaled_product::ScaledProduct;
use std::ops::Range;

/// What a pass does with the messages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pass {
    /// Nothing: only the ratios are made.
    Ratios,
    /// ½ old + ½ new. Changes are looked at until every lane in `watched` was seen to exceed `tolerance`, or to the end if
    /// `all`: the largest change of a lane that did not exceed it is exact.
    Damped { tolerance: f64, watched: [bool; LANES], all: bool },
    /// New in the lanes that are `moving`, the others stay. The change is |ρ_new/ρ − 1|.
    Undamped { moving: [bool; LANES] },
}

/// The messages of a group of lanes, and what they are updated with.
#[derive(Debug)]
pub(crate) struct Messages {
    pub(crate) temperature: Temperature<Lanes>,
    /// `rho[p * L + l]`.
    pub(crate) rho: Vec<Lanes>,
    /// R of every slot for these messages.
    pub(crate) ratio: Vec<Lanes>,
    /// The mantissas of Π n and Π d that are being gathered.
    mantissas: Vec<[Lanes; 2]>,
    exponents: Vec<[[i64; LANES]; 2]>,
}

impl Messages {
    pub(crate) fn new(layout: &Layout) -> Self {
        let one = Lanes::splat(1.0);
        Self {
            temperature: Temperature { q: one, limit: one },
            rho: vec![one; layout.incidences.len()],
            ratio: vec![one; layout.slots.len()],
            mantissas: vec![[one; 2]; layout.products()],
            exponents: vec![[[0; LANES]; 2]; layout.products()],
        }
    }
}

/// Does a pass; returns the largest change of any message in each lane.
#[inline(always)]
fn run<F: Factor<Lanes>>(
    layout: &Layout,
    messages: &mut Messages,
    pass: Pass,
    rescale_after: u32,
) -> [f64; LANES] {
    let mut walk = Walk { layout, messages, rescale_after, factor: F::new(layout.depth) };
    let mut largest = Lanes::splat(0.0);
    let mut looking = true;
    for block in &layout.blocks {
        match pass {
            Pass::Ratios => walk.block(block, |factor, path| path.unchanged(factor)),
            Pass::Damped { .. } if looking => {
                walk.block(block, |factor, path| path.damped(factor, Some(&mut largest)))
            }
            Pass::Damped { .. } => walk.block(block, |factor, path| path.damped(factor, None)),
            Pass::Undamped { moving } => {
                let moving = Lanes(moving.map(|moving| f64::from(u8::from(moving))));
                walk.block(block, |factor, path| path.undamped(factor, moving, &mut largest));
            }
        }
        if let Pass::Damped { tolerance, watched, all: false } = pass {
            // Changes are counted by halves.
            looking = looking && (0..LANES).any(|k| watched[k] && 2.0 * largest.0[k] <= tolerance);
        }
    }
    walk.finish(layout.shared.clone(), layout.block_slots);
    match pass {
        Pass::Damped { .. } => largest.0.map(|half| 2.0 * half),
        Pass::Ratios | Pass::Undamped { .. } => largest.0,
    }
}

crate::cpu::at_each_level! {
    fn run_two(layout: &Layout, messages: &mut Messages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Bounded<Lanes, 2>>;
}
crate::cpu::at_each_level! {
    fn run_three(layout: &Layout, messages: &mut Messages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Bounded<Lanes, 3>>;
}
crate::cpu::at_each_level! {
    fn run_careful(layout: &Layout, messages: &mut Messages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Careful<Lanes>>;
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

/// A path's messages and what updates them.
struct Path<'a> {
    rho: &'a mut [Lanes],
    incidences: &'a [Incidence],
    ratio: &'a [Lanes],
    temperature: &'a Temperature<Lanes>,
}

impl Path<'_> {
    #[inline(always)]
    fn unchanged<F: Factor<Lanes>>(self, factor: &mut F) {
        factor.messages(self.rho, self.temperature.q);
    }

    #[inline(always)]
    fn damped<F: Factor<Lanes>>(self, factor: &mut F, mut largest: Option<&mut Lanes>) {
        factor.messages(self.rho, self.temperature.q);
        for (l, incidence) in self.incidences.iter().enumerate() {
            let (n, d) = factor.message(l);
            let new = F::new_message(self.ratio[incidence.slot as usize], n, d, self.temperature.limit);
            let rho = self.rho[l];
            if let Some(largest) = &mut largest {
                **largest = largest.most(F::half_change(rho, new));
            }
            self.rho[l] = F::damped(rho, new);
        }
        factor.messages(self.rho, self.temperature.q);
    }

    #[inline(always)]
    fn undamped<F: Factor<Lanes>>(self, factor: &mut F, moving: Lanes, largest: &mut Lanes) {
        factor.messages(self.rho, self.temperature.q);
        for (l, incidence) in self.incidences.iter().enumerate() {
            let (n, d) = factor.message(l);
            let (a, b) = F::new_message(self.ratio[incidence.slot as usize], n, d, self.temperature.limit);
            let (rho, new) = (self.rho[l], a / b);
            *largest = largest.most((new / rho - Lanes::splat(1.0)).abs());
            self.rho[l] = moving.where_above(Lanes::splat(0.0), new, rho);
        }
        factor.messages(self.rho, self.temperature.q);
    }
}

struct Walk<'a, F> {
    layout: &'a Layout,
    messages: &'a mut Messages,
    /// A power of two: after so many factors a product is brought back to [1, 2).
    rescale_after: u32,
    factor: F,
}

impl<F: Factor<Lanes>> Walk<'_, F> {
    /// Updates the paths of a block, and the ratios of the slots that no other block touches.
    #[inline(always)]
    fn block(&mut self, block: &Block, mut update: impl FnMut(&mut F, Path<'_>)) {
        let depth = F::depth(self.layout.depth);
        let range = block.paths.start * depth..block.paths.end * depth;
        let Messages { temperature, rho, ratio, mantissas, exponents } = &mut *self.messages;
        let (temperature, mask) = (*temperature, self.rescale_after - 1);
        let incidences = self.layout.incidences[range.clone()].chunks_exact(depth);
        for (rho, incidences) in rho[range].chunks_exact_mut(depth).zip(incidences) {
            let factor = &mut self.factor;
            update(factor, Path { rho, incidences, ratio, temperature: &temperature });
            for (l, incidence) in incidences.iter().enumerate() {
                let (n, d) = factor.message(l);
                let product = &mut mantissas[incidence.product as usize];
                *product = [product[0] * n, product[1] * d];
                if incidence.rank & mask == mask {
                    rescale(product, &mut exponents[incidence.product as usize]);
                }
            }
        }
        self.finish(block.slots.clone(), 0);
    }

    /// Makes the ratios of `slots` of their products, which begin at `product`, and begins new products.
    #[inline(always)]
    fn finish(&mut self, slots: Range<usize>, product: usize) {
        let Messages { temperature, ratio, mantissas, exponents, .. } = &mut *self.messages;
        let limit = F::ratio_limit(temperature.limit);
        let (least, most) = (Lanes::splat(1.0) / limit, limit);
        let number = slots.len();
        let kinds = &self.layout.slots[slots.clone()];
        let ratios = &mut ratio[slots];
        let mantissas = &mut mantissas[product..product + number];
        let exponents = &mut exponents[product..product + number];
        for s in 0..number {
            match kinds[s] {
                Slot::Alone(degree) if degree < self.rescale_after => {
                    let [n, d] = mantissas[s];
                    ratios[s] = (n / d).most(least).least(most);
                    mantissas[s] = [Lanes::splat(1.0); 2];
                }
                Slot::Alone(_) => {
                    let [n, d] = taken(&mut mantissas[s], &mut exponents[s]);
                    ratios[s] = n.over(d, limit);
                }
                Slot::Plus => {
                    let plus = taken(&mut mantissas[s], &mut exponents[s]);
                    let minus = taken(&mut mantissas[s + 1], &mut exponents[s + 1]);
                    [ratios[s], ratios[s + 1]] = joined(plus, minus, limit);
                }
                Slot::Minus => {}
            }
        }
    }
}

#[inline(never)]
fn rescale(product: &mut [Lanes; 2], exponents: &mut [[i64; LANES]; 2]) {
    for side in 0..2 {
        product[side] = product[side].mantissa(&mut exponents[side]);
    }
}

/// Π n and Π d, which begin anew.
#[inline(always)]
fn taken(product: &mut [Lanes; 2], exponents: &mut [[i64; LANES]; 2]) -> [ScaledProduct<Lanes>; 2] {
    rescale(product, exponents);
    let result = [0, 1].map(|side| ScaledProduct { mantissa: product[side], exponent: exponents[side] });
    *product = [Lanes::splat(1.0); 2];
    *exponents = [[0; LANES]; 2];
    result
}

/// R and 1/R of the halves of a weight: R = (Π_plus n · Π_minus d) / (Π_plus d · Π_minus n).
#[inline(always)]
pub(crate) fn joined<T: Real>(
    [plus_n, plus_d]: [ScaledProduct<T>; 2],
    [minus_n, minus_d]: [ScaledProduct<T>; 2],
    limit: T,
) -> [T; 2] {
    let (n, d) = (plus_n.times_product(minus_d), plus_d.times_product(minus_n));
    [n.over(d, limit), d.over(n, limit)]
}

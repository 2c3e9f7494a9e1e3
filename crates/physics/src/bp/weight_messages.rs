//! One update of the messages of weights, damped or not, of several problems on the same instance, in one pass over the
//! paths. N is the number of lanes, a power of two up to [`LANES`].
//!
//! A path's n and d depend on its own messages alone. So a pass takes a path's ρ, makes their n and d again, updates ρ
//! with the ratios R that the pass before left, and multiplies the n and d of the new ρ into the products that become
//! the next R: every message is read once and written once an iteration, and n and d are never stored.

#![allow(clippy::needless_range_loop, reason = "loops over several arrays at once, of lanes or of layers")]

use super::factor::{Bounded, Careful, Factor, Form, Temperature};
use super::lanes::{At, LANES, Rows};
use super::layout::{Block, Layout, Slot, joined};
use super::products::{Products, ProductsOf, first, lane, rescale, times};
use kernel::cpu::Level;
use std::ops::Range;

/// What a pass does with the messages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pass {
    /// Nothing: only the ratios are made.
    Ratios,
    /// ½ old + ½ new.
    Damped(Watch),
    /// New.
    Undamped(Watch),
}

/// Which changes are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Watch {
    /// Changes of these lanes are looked at until each was seen to exceed `tolerance`, or to the end if `all`: the
    /// largest change of a lane that did not exceed it is exact.
    pub(crate) lanes: [bool; LANES],
    pub(crate) tolerance: f64,
    pub(crate) all: bool,
}

impl Watch {
    /// Whether to look further, having seen these changes.
    #[inline(always)]
    pub(crate) fn goes_on<const N: usize>(&self, changes: &[f64; N]) -> bool {
        self.all || (0..N).any(|k| self.lanes[k] && changes[k] <= self.tolerance)
    }
}

/// The messages of a group of lanes, and what they are updated with.
#[derive(Debug)]
pub(crate) struct WeightMessages {
    /// q = e^(−2β).
    pub(crate) q: [f64; LANES],
    /// 2^50 e^(2β).
    pub(crate) limit: [f64; LANES],
    /// Row p L + l is that of path p's message from its weight of layer l + 1.
    pub(crate) rho: Rows,
    /// R of every slot for these messages.
    pub(crate) ratio: Rows,
    /// Π n and Π d that are being gathered.
    n: Products,
    d: Products,
}

impl WeightMessages {
    pub(crate) fn new(layout: &Layout) -> Self {
        Self {
            q: [1.0; LANES],
            limit: [1.0; LANES],
            rho: Rows::ones(layout.incidences.len()),
            ratio: Rows::ones(layout.slots.len()),
            n: Products::ones(layout.products()),
            d: Products::ones(layout.products()),
        }
    }

    /// Puts a problem into a lane.
    pub(crate) fn put(&mut self, at: At, temperature: Temperature, rho: impl Iterator<Item = f64>) {
        let At { lane, width } = at;
        (self.q[lane], self.limit[lane]) = (temperature.q, temperature.limit);
        self.rho.set_lane(lane, width, rho);
    }

    /// Makes `to` lanes of `from`: lane k is then what `kept[k]` was, in increasing order.
    pub(crate) fn narrow(&mut self, from: usize, to: usize, kept: &[usize]) {
        self.rho.narrow(from, to, kept);
        self.ratio.narrow(from, to, kept);
        for (k, &old) in kept.iter().enumerate() {
            (self.q[k], self.limit[k]) = (self.q[old], self.limit[old]);
        }
    }
}

/// Does a pass; returns e^|Δ ln ρ| − 1, the largest of any message, in each lane.
#[inline(always)]
fn run<F: Factor, const N: usize>(
    layout: &Layout,
    messages: &mut WeightMessages,
    pass: Pass,
    rescale_after: u32,
) -> [f64; LANES] {
    let WeightMessages { q, limit, rho, ratio, n, d } = messages;
    let mut walk = Walk::<F, N> {
        layout,
        q: first(q),
        limit: first(limit),
        rho: rho.of_mut(),
        ratio: ratio.of_mut(),
        n: n.of_mut(),
        d: d.of_mut(),
        rescale_after,
        factor: F::new(layout.depth),
    };
    let mut largest = [0.0; N];
    let mut looking = true;
    for block in &layout.blocks {
        match pass {
            Pass::Ratios => walk.block(block, &mut Unchanged),
            Pass::Damped(_) if looking => {
                walk.block(block, &mut Watched { step: Halfway, largest: &mut largest })
            }
            Pass::Damped(_) => walk.block(block, &mut Halfway),
            Pass::Undamped(_) if looking => {
                walk.block(block, &mut Watched { step: AllTheWay, largest: &mut largest })
            }
            Pass::Undamped(_) => walk.block(block, &mut AllTheWay),
        }
        if let Pass::Damped(watch) | Pass::Undamped(watch) = pass {
            looking = looking && watch.goes_on(&largest);
        }
    }
    walk.finish(layout.shared.clone(), layout.block_slots);
    let mut changes = [0.0; LANES];
    changes[..N].copy_from_slice(&largest);
    changes
}

kernel::at_each_level! {
    fn run_two<const N: usize>(layout: &Layout, messages: &mut WeightMessages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Bounded<2>, N>;
}
kernel::at_each_level! {
    fn run_three<const N: usize>(layout: &Layout, messages: &mut WeightMessages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Bounded<3>, N>;
}
kernel::at_each_level! {
    fn run_careful<const N: usize>(layout: &Layout, messages: &mut WeightMessages, pass: Pass, rescale_after: u32) -> [f64; LANES]
        = run::<Careful, N>;
}

/// Does a pass with the equations of `form` over N lanes; returns the largest change of any message in each.
pub(crate) fn update<const N: usize>(
    (level, form): (Level, Form),
    layout: &Layout,
    messages: &mut WeightMessages,
    pass: Pass,
    rescale_after: u32,
) -> [f64; LANES] {
    let run = match form {
        Form::Two => run_two::<N>,
        Form::Three => run_three::<N>,
        Form::Careful => run_careful::<N>,
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

/// ½ old + ½ new.
struct Halfway;

impl Update for Halfway {
    #[inline(always)]
    fn update<F: Factor>(&mut self, _k: usize, rho: f64, new: (f64, f64)) -> f64 {
        F::damped(rho, new)
    }
}

/// m ← new.
struct AllTheWay;

impl Update for AllTheWay {
    #[inline(always)]
    fn update<F: Factor>(&mut self, _k: usize, _rho: f64, (a, b): (f64, f64)) -> f64 {
        a / b
    }
}

/// An update that watches the largest change.
struct Watched<'a, S, const N: usize> {
    step: S,
    largest: &'a mut [f64; N],
}

impl<S: Update, const N: usize> Update for Watched<'_, S, N> {
    #[inline(always)]
    fn update<F: Factor>(&mut self, k: usize, rho: f64, new: (f64, f64)) -> f64 {
        self.largest[k] = larger(self.largest[k], F::change(rho, new));
        self.step.update::<F>(k, rho, new)
    }
}

#[inline(always)]
pub(crate) fn larger(one: f64, other: f64) -> f64 {
    if one > other { one } else { other }
}

struct Walk<'a, F, const N: usize> {
    layout: &'a Layout,
    q: [f64; N],
    limit: [f64; N],
    rho: &'a mut [[f64; N]],
    ratio: &'a mut [[f64; N]],
    n: ProductsOf<'a, N>,
    d: ProductsOf<'a, N>,
    /// A power of two: after so many factors a product is brought back to [1, 2).
    rescale_after: u32,
    factor: F,
}

impl<F: Factor, const N: usize> Walk<'_, F, N> {
    /// Updates the paths of a block, and the ratios of the slots that no other block touches.
    #[inline(always)]
    fn block<U: Update>(&mut self, block: &Block, update: &mut U) {
        let depth = F::depth(self.layout.depth);
        let range = block.paths.start * depth..block.paths.end * depth;
        let Self { layout, q, limit, rho, ratio, n, d, factor, .. } = self;
        let (q, limit) = (*q, *limit);
        // The rank of every factor after which to rescale ends in so many ones.
        let rescale_at = self.rescale_after.trailing_zeros() as u8;
        let products = n.mantissas.len();
        let (n_mantissas, d_mantissas) = (&mut n.mantissas[..products], &mut d.mantissas[..products]);
        let one = [1.0; N];
        let incidences = layout.incidences[range.clone()].chunks_exact(depth);
        let paths = rho[range].chunks_exact_mut(depth).zip(incidences);
        for ((rho, incidences), &ones) in paths.zip(&layout.rank_ones[block.paths.clone()]) {
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
            for k in 0..N {
                let message = message.as_mut();
                for l in 0..depth {
                    message[l] = old.as_ref()[l][k];
                }
                if U::CHANGES {
                    factor.messages(message, q[k]);
                    for l in 0..depth {
                        let (n, d) = factor.message(l);
                        let next = F::new_message(ratios.as_ref()[l][k], n, d, limit[k]);
                        message[l] = update.update::<F>(k, message[l], next);
                        new.as_mut()[l][k] = message[l];
                    }
                }
                factor.messages(message, q[k]);
                for l in 0..depth {
                    (n_new.as_mut()[l][k], d_new.as_mut()[l][k]) = factor.message(l);
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
        let Self { layout, limit, ratio, n, d, .. } = self;
        let limit = *limit;
        let (mut least, mut most) = (limit, limit);
        for k in 0..N {
            most[k] = F::ratio_limit(limit[k]);
            least[k] = 1.0 / most[k];
        }
        for (slot, product) in slots.zip(first_product..) {
            match layout.slots[slot] {
                Slot::Alone(degree) if degree < self.rescale_after => {
                    // As `ScaledProduct::over` does, for products that were never rescaled.
                    let (numerator, denominator) = (n.mantissas[product], d.mantissas[product]);
                    let mut quotient = numerator;
                    for k in 0..N {
                        let value = larger(numerator[k] / denominator[k], least[k]);
                        quotient[k] = if value < most[k] { value } else { most[k] };
                    }
                    ratio[slot] = quotient;
                    n.mantissas[product] = [1.0; N];
                    d.mantissas[product] = [1.0; N];
                }
                Slot::Alone(_) => {
                    let (numerator, denominator) = (n.take(product), d.take(product));
                    let mut quotient = numerator.0;
                    for k in 0..N {
                        quotient[k] = lane(&numerator, k).over(lane(&denominator, k), most[k]);
                    }
                    ratio[slot] = quotient;
                }
                Slot::Plus => {
                    let plus = [n.take(product), d.take(product)];
                    let minus = [n.take(product + 1), d.take(product + 1)];
                    let mut quotients = [limit; 2];
                    for k in 0..N {
                        let half = |half: &[_; 2]| [lane(&half[0], k), lane(&half[1], k)];
                        [quotients[0][k], quotients[1][k]] = joined(half(&plus), half(&minus), most[k]);
                    }
                    ratio[slot..slot + 2].copy_from_slice(&quotients);
                }
                Slot::Minus => {}
            }
        }
    }
}

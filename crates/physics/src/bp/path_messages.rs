//! One undamped update of the messages of paths, of several problems on the same instance, in one pass over the paths.
//! N is the number of lanes, a power of two up to [`LANES`].
//!
//! Without damping the messages of weights need not be remembered: ρ_{i→a} = R_i/r_{a→i}. So r is all that is kept, n
//! and d of its next value follow from R and r by + and × alone, and one division makes it of them. The messages before
//! an update are kept beside those after it: changes are looked at only as far as it takes to see that they are large.

#![allow(clippy::needless_range_loop, reason = "loops over several arrays at once, of lanes or of layers")]

mod aitken;

pub(crate) use aitken::{aitken_step, keep, moving};

use super::acceleration::{KEPT, Step};
use super::factor::{Bounded, Careful, Factor, Form, Temperature};
use super::lanes::{At, FEW_LANES, LANES, Rows};
use super::layout::{Block, Layout, Slot, joined};
use super::newton;
use super::products::{Products, ProductsOf, first, lane, rescale, times};
use super::setup::Setup;
use super::weight_messages::{Watch, larger};
use crate::scaled_product::ScaledProduct;
use kernel::cpu::Level;
use std::ops::Range;

/// The messages of a group of lanes, and what they are updated with.
#[derive(Debug)]
pub(crate) struct PathMessages {
    /// q = e^(−2β).
    q: [f64; LANES],
    /// 2^50 e^(2β).
    limit: [f64; LANES],
    now: State,
    /// Before the last update.
    before: State,
    products: Products,
    /// The block at which changes were last seen to be large enough: most likely they are so there again.
    look_from: usize,
    /// r as it was when messages were kept for Aitken steps; none before the first are.
    kept: Option<[Rows; KEPT]>,
    /// The number as which all lanes are to be kept. The next update leaves them behind, so that nothing is copied.
    to_be_kept: Option<usize>,
}

#[derive(Debug)]
struct State {
    /// Row p L + l is that of path p's message to its weight of layer l + 1.
    r: Rows,
    /// R of every slot for these messages.
    ratio: Rows,
}

impl State {
    fn new(layout: &Layout) -> Self {
        Self { r: Rows::ones(layout.incidences.len()), ratio: Rows::ones(layout.slots.len()) }
    }

    fn narrow(&mut self, from: usize, to: usize, kept: &[usize]) {
        self.r.narrow(from, to, kept);
        self.ratio.narrow(from, to, kept);
    }
}

impl PathMessages {
    pub(crate) fn new(layout: &Layout) -> Self {
        Self {
            q: [1.0; LANES],
            limit: [1.0; LANES],
            now: State::new(layout),
            before: State { r: Rows::unset(layout.incidences.len()), ratio: Rows::unset(layout.slots.len()) },
            products: Products::ones(layout.products()),
            look_from: 0,
            kept: None,
            to_be_kept: None,
        }
    }

    /// Makes `to` lanes of `from`: lane k is then what `kept[k]` was, in increasing order.
    pub(crate) fn narrow(&mut self, from: usize, to: usize, kept: &[usize]) {
        self.now.narrow(from, to, kept);
        for rows in self.kept.iter_mut().flatten() {
            rows.narrow(from, to, kept);
        }
        for (k, &old) in kept.iter().enumerate() {
            (self.q[k], self.limit[k]) = (self.q[old], self.limit[old]);
        }
    }

    /// Puts problems into lanes: what paths answer where every weight sends them `rho`. [`ratios`] makes R of it.
    pub(crate) fn put(
        &mut self,
        Setup { layout, form, .. }: Setup<'_>,
        width: usize,
        lanes: &[(usize, Temperature)],
        rho: f64,
    ) {
        let answers = match form {
            Form::Two => answers::<Bounded<2>>,
            Form::Three => answers::<Bounded<3>>,
            Form::Careful => answers::<Careful>,
        };
        let rho = vec![rho; layout.depth];
        let mut r = Vec::new();
        for &(lane, temperature) in lanes {
            (self.q[lane], self.limit[lane]) = (temperature.q, temperature.limit);
            r.push((lane, answers(layout.depth, temperature.q, &rho)));
        }
        self.now.r.repeat_in_lanes(width, &r);
    }

    /// Does a Newton step in a lane, if one is taken. [`ratios`] makes R of it.
    pub(crate) fn newton_step(&mut self, Setup { layout, form, .. }: Setup<'_>, at: At) -> Step {
        let At { lane, width } = at;
        let temperature = Temperature { q: self.q[lane], limit: self.limit[lane] };
        let step = match form {
            Form::Two => newton::step::<Bounded<2>>,
            Form::Three => newton::step::<Bounded<3>>,
            Form::Careful => newton::step::<Careful>,
        };
        let r: Vec<f64> = self.now.r.lane(lane, width).collect();
        let Some(r) = step(layout, temperature, &r) else { return Step::NotTaken };
        self.now.r.set_lane(lane, width, r.into_iter());
        Step::Taken
    }

    /// ρ of a lane.
    pub(crate) fn weight_messages(&self, form: Form, layout: &Layout, at: At) -> impl Iterator<Item = f64> {
        let At { lane, width } = at;
        let (ratio, limit): (Vec<f64>, f64) = (self.now.ratio.lane(lane, width).collect(), self.limit[lane]);
        let message = match form {
            Form::Two => Bounded::<2>::sent,
            Form::Three => Bounded::<3>::sent,
            Form::Careful => Careful::sent,
        };
        let slots = layout.incidences.iter().map(|incidence| incidence.slot as usize);
        slots.zip(self.now.r.lane(lane, width)).map(move |(slot, r)| message(ratio[slot], r, limit))
    }
}

/// r = n/d of every message, where weights send `rho`.
pub(crate) fn answers<F: Factor>(depth: usize, q: f64, rho: &[f64]) -> Vec<f64> {
    let mut factor = F::new(depth);
    let mut r = Vec::with_capacity(rho.len());
    for rho in rho.chunks_exact(depth) {
        factor.messages(rho, q);
        r.extend((0..depth).map(|l| factor.message(l)).map(|(n, d)| n / d));
    }
    r
}

/// Makes R of the messages over `width` lanes.
pub(crate) fn ratios(setup: Setup<'_>, width: usize, messages: &mut PathMessages, rescale_after: u32) {
    pass(setup, width, messages, false, rescale_after);
}

/// Updates the messages over `width` lanes; returns e^|Δ ln ρ| − 1, the largest of any message, in each.
pub(crate) fn update(
    setup: Setup<'_>,
    width: usize,
    messages: &mut PathMessages,
    watch: Watch,
    rescale_after: u32,
) -> [f64; LANES] {
    std::mem::swap(&mut messages.now, &mut messages.before);
    pass(setup, width, messages, true, rescale_after);
    let changes = if width == LANES { changes::<LANES> } else { changes::<FEW_LANES> };
    let changes = changes(setup, messages, watch);
    if let (Some(number), Some(kept)) = (messages.to_be_kept.take(), &mut messages.kept) {
        std::mem::swap(&mut kept[number], &mut messages.before.r);
    }
    changes
}

fn pass(setup: Setup<'_>, width: usize, messages: &mut PathMessages, updates: bool, rescale_after: u32) {
    let Setup { layout, form, .. } = setup;
    let run = match (form, width) {
        (Form::Two, LANES) => run_two::<LANES>,
        (Form::Two, _) => run_two::<FEW_LANES>,
        (Form::Three, LANES) => run_three::<LANES>,
        (Form::Three, _) => run_three::<FEW_LANES>,
        (Form::Careful, LANES) => run_careful::<LANES>,
        (Form::Careful, _) => run_careful::<FEW_LANES>,
    };
    run(level_for(setup.level, width), layout, messages, updates, rescale_after);
}

/// Four lanes fill a register of AVX2. Told that there are wider ones, the compiler puts messages of several weights
/// into one, and takes twice as long.
fn level_for(level: Level, width: usize) -> Level {
    if width == FEW_LANES { level.min(Level::Avx2) } else { level }
}

kernel::at_each_level! {
    fn run_two<const N: usize>(layout: &Layout, messages: &mut PathMessages, updates: bool, rescale_after: u32)
        = run::<Bounded<2>, N>;
}
kernel::at_each_level! {
    fn run_three<const N: usize>(layout: &Layout, messages: &mut PathMessages, updates: bool, rescale_after: u32)
        = run::<Bounded<3>, N>;
}
kernel::at_each_level! {
    fn run_careful<const N: usize>(layout: &Layout, messages: &mut PathMessages, updates: bool, rescale_after: u32)
        = run::<Careful, N>;
}

/// Makes R of the messages; where it `updates`, of new ones, which it makes of those before.
#[inline(always)]
fn run<F: Factor, const N: usize>(
    layout: &Layout,
    messages: &mut PathMessages,
    updates: bool,
    rescale_after: u32,
) {
    let PathMessages { q, limit, now, before, products, .. } = messages;
    let mut walk = Walk::<F, N> {
        layout,
        q: first(q),
        limit: first(limit),
        old_r: before.r.of(),
        old_ratio: before.ratio.of(),
        r: now.r.of_mut(),
        ratio: now.ratio.of_mut(),
        products: products.of_mut(),
        rescale_after,
        factor: F::new(layout.depth),
    };
    for block in &layout.blocks {
        if updates {
            walk.block::<true>(block);
        } else {
            walk.block::<false>(block);
        }
    }
    walk.finish(layout.shared.clone(), layout.block_slots);
}

struct Walk<'a, F, const N: usize> {
    layout: &'a Layout,
    q: [f64; N],
    limit: [f64; N],
    old_r: &'a [[f64; N]],
    old_ratio: &'a [[f64; N]],
    r: &'a mut [[f64; N]],
    ratio: &'a mut [[f64; N]],
    products: ProductsOf<'a, N>,
    /// A power of two: after so many factors a product is brought back to [1, 2).
    rescale_after: u32,
    factor: F,
}

impl<F: Factor, const N: usize> Walk<'_, F, N> {
    /// Updates the messages of the paths of a block, and the ratios of the slots that no other block touches.
    #[inline(always)]
    fn block<const UPDATES: bool>(&mut self, block: &Block) {
        let depth = F::depth(self.layout.depth);
        let range = block.paths.start * depth..block.paths.end * depth;
        let Self { layout, q, limit, old_r, old_ratio, r, products, factor, .. } = self;
        let (q, limit) = (*q, *limit);
        // The rank of every factor after which to rescale ends in so many ones.
        let rescale_at = self.rescale_after.trailing_zeros() as u8;
        let mantissas = &mut *products.mantissas;
        let one = [1.0; N];
        let incidences = layout.incidences[range.clone()].chunks_exact(depth);
        let paths = r[range.clone()].chunks_exact_mut(depth).zip(old_r[range].chunks_exact(depth));
        let ranks = &layout.rank_ones[block.paths.clone()];
        for (((r, old_r), incidences), &ones) in paths.zip(incidences).zip(ranks) {
            // All in registers where the depth is a constant.
            let mut new = F::each(depth, one);
            if UPDATES {
                let (mut old, mut ratios) = (F::each(depth, one), F::each(depth, one));
                let (mut message, mut weight) = (F::each(depth, 1.0), F::each(depth, 1.0));
                old.as_mut().copy_from_slice(old_r);
                for (l, incidence) in incidences.iter().enumerate() {
                    ratios.as_mut()[l] = old_ratio[incidence.slot as usize];
                }
                // One lane after the other in the text, all at once in the machine.
                for k in 0..N {
                    for l in 0..depth {
                        message.as_mut()[l] = old.as_ref()[l][k];
                        weight.as_mut()[l] = ratios.as_ref()[l][k];
                    }
                    factor.answers(weight.as_ref(), message.as_ref(), q[k], limit[k]);
                    for l in 0..depth {
                        let (n, d) = factor.message(l);
                        new.as_mut()[l][k] = n / d;
                    }
                }
                r.copy_from_slice(new.as_ref());
            } else {
                new.as_mut().copy_from_slice(r);
            }
            // Not of what was just stored: to wait for that takes as long as the divisions.
            for (r, incidence) in new.as_ref().iter().zip(incidences) {
                times(&mut mantissas[incidence.product as usize], r);
            }
            if ones >= rescale_at {
                for incidence in incidences {
                    if incidence.rank.trailing_ones() >= u32::from(rescale_at) {
                        let product = incidence.product as usize;
                        rescale(&mut mantissas[product], &mut products.exponents[product]);
                    }
                }
            }
        }
        self.finish(block.slots.clone(), 0);
    }

    /// Makes the ratios of `slots` of their products, which begin at `first_product`, and begins new products.
    #[inline(always)]
    fn finish(&mut self, slots: Range<usize>, first_product: usize) {
        let Self { layout, limit, ratio, products, .. } = self;
        let (mut least, mut most) = (*limit, *limit);
        for k in 0..N {
            most[k] = F::ratio_limit(limit[k]);
            least[k] = 1.0 / most[k];
        }
        let one = ScaledProduct::ONE;
        for (slot, product) in slots.zip(first_product..) {
            match layout.slots[slot] {
                Slot::Alone(degree) if degree < self.rescale_after => {
                    // As `ScaledProduct::over` does, for a product that was never rescaled.
                    let mut bounded = products.mantissas[product];
                    for k in 0..N {
                        let value = larger(bounded[k], least[k]);
                        bounded[k] = if value < most[k] { value } else { most[k] };
                    }
                    ratio[slot] = bounded;
                    products.mantissas[product] = [1.0; N];
                }
                Slot::Alone(_) => {
                    let whole = products.take(product);
                    for k in 0..N {
                        ratio[slot][k] = lane(&whole, k).over(one, most[k]);
                    }
                }
                Slot::Plus => {
                    let (plus, minus) = (products.take(product), products.take(product + 1));
                    for k in 0..N {
                        let halves = joined([lane(&plus, k), one], [lane(&minus, k), one], most[k]);
                        [ratio[slot][k], ratio[slot + 1][k]] = halves;
                    }
                }
                Slot::Minus => {}
            }
        }
    }
}

fn changes<const N: usize>(setup: Setup<'_>, messages: &mut PathMessages, watch: Watch) -> [f64; LANES] {
    let Setup { layout, level, form, .. } = setup;
    let level = level_for(level, N);
    let changes = match form {
        Form::Two => changes_two::<N>,
        Form::Three => changes_three::<N>,
        Form::Careful => changes_careful::<N>,
    };
    changes(level, layout, messages, watch)
}

kernel::at_each_level! {
    fn changes_two<const N: usize>(layout: &Layout, messages: &mut PathMessages, watch: Watch) -> [f64; LANES]
        = largest_changes::<Bounded<2>, N>;
}
kernel::at_each_level! {
    fn changes_three<const N: usize>(layout: &Layout, messages: &mut PathMessages, watch: Watch) -> [f64; LANES]
        = largest_changes::<Bounded<3>, N>;
}
kernel::at_each_level! {
    fn changes_careful<const N: usize>(layout: &Layout, messages: &mut PathMessages, watch: Watch) -> [f64; LANES]
        = largest_changes::<Careful, N>;
}

/// e^|Δ ln ρ| − 1, the largest of the messages of weights in the last update.
#[inline(always)]
fn largest_changes<F: Factor, const N: usize>(
    layout: &Layout,
    messages: &mut PathMessages,
    watch: Watch,
) -> [f64; LANES] {
    let PathMessages { limit, now, before, look_from, .. } = messages;
    let (limit, r, ratio) = (first::<N>(limit), now.r.of::<N>(), now.ratio.of::<N>());
    let (old_r, old_ratio) = (before.r.of::<N>(), before.ratio.of::<N>());
    let mut largest = [0.0; N];
    let blocks = (*look_from..layout.blocks.len()).chain(0..*look_from);
    for number in blocks {
        let block = &layout.blocks[number];
        let range = block.paths.start * layout.depth..block.paths.end * layout.depth;
        let messages = r[range.clone()].iter().zip(&old_r[range.clone()]);
        for ((r, old_r), incidence) in messages.zip(&layout.incidences[range]) {
            let slot = incidence.slot as usize;
            let (ratio, old_ratio) = (&ratio[slot], &old_ratio[slot]);
            for k in 0..N {
                let change = F::change_of((old_ratio[k], old_r[k]), (ratio[k], r[k]), limit[k]);
                largest[k] = larger(largest[k], change);
            }
        }
        if !watch.goes_on(&largest) {
            *look_from = number;
            break;
        }
    }
    let mut changes = [0.0; LANES];
    changes[..N].copy_from_slice(&largest);
    changes
}

//! Newton steps for a monotone iteration that Aitken steps do not bring to its end.
//!
//! In y_e = ln r_e of all messages from paths to weights, an update is y ← F(y), where ln ρ_{i→a} = Σ_{b≠a} y_{b→i} is
//! linear, and
//!
//! ∂ ln r_{a→i} / ∂ ln ρ_{j→a} = ρ_j (1 − q²) (E² − O²) / (n_i d_i) ≥ 0
//!
//! with E and O over the weights of the path but for i and j, so that E² − O² = Π (1 − ρ_k²): nothing cancels. With J =
//! F′(y) a step for two updates is Δ = (1 − J²)⁻¹ (F(F(y)) − y), by GMRES: a few slow modes take a dozen products,
//! however slow they are. Of two updates, because every slow mode λ has a twin −λ, which Aitken steps stir up: for J²
//! they are one, while with J there are twice as many.
//!
//! **Why the fixed point stays.** On the way from the most ordered state y rises, F(y) ≥ y (see
//! [`super::acceleration`]), and near the fixed point where a branch is about to end, F is convex along the slow mode:
//! with F(y + Δ) ≥ F(y) + J Δ the iteration still rises where the step ends, short of the fixed point. Along other
//! modes that need not be so, but these settle in a few updates. So a step is judged after [`SETTLING`] updates, by
//! what two more do to the messages: it is taken where none falls or rises faster than some did before the step, but
//! for a tenth. Else it is halved, twice at most. It is not taken at all where it lowers messages that rise, which is
//! where J has an eigenvalue beyond 1: where a branch has just vanished, updates and Aitken steps pass by. No message
//! goes more than three fourths of its way to m = 0, nor much more than the rest of its own way if that is geometric:
//! what GMRES leaves over in one part of an instance would else throw another, which nearly stands still, beyond its
//! fixed point.

use super::factor::{Factor, Temperature};
use super::layout::Layout;
use kernel::stop;

/// Products with J² in a step at most, and how much of F(F(y)) − y may be left of it.
pub(crate) const PRODUCTS: usize = 12;
const REMAINDER: f64 = 0.03;

/// Updates after a step before it is judged.
const SETTLING: usize = 6;
/// How much of the largest change others may be in the other direction.
const BACKWARDS: f64 = 0.1;
/// How much of its way to r = 1 a message may go.
const SHARE: f64 = 0.75;
const HALVINGS: usize = 2;
/// Updates from one look at how the messages change to the next.
const LOOKING: usize = 6;
/// How much of its own way a message may go, and how far in any case, in parts of itself.
const OWN: f64 = 1.25;
const SMALL: f64 = 1e-7;

/// The messages r after a step and the updates that it is judged by, if one is taken.
pub(crate) fn step<F: Factor>(layout: &Layout, temperature: Temperature, r: &[f64]) -> Option<Vec<f64>> {
    let mut messages = Messages::<F>::new(layout, temperature, r.to_vec());
    (0..2).for_each(|_| messages.update());
    let earlier = changes(&messages.r, r);
    (0..LOOKING).for_each(|_| messages.update());
    let r = messages.r.clone();
    let mut linear = Linear::new(layout, temperature, &messages.sent());
    (0..2).for_each(|_| messages.update());
    let before = changes(&messages.r, &r);
    let (least, most) = range(&before);
    let way = linear.solve(&before)?;
    let longest = range(&way).1;
    let turns = |(&way, &change): (&f64, &f64)| change > 0.0 && way < -BACKWARDS * longest;
    if way.iter().zip(&before).any(turns) {
        return None;
    }
    let allowed = least.min(-BACKWARDS * most)..=most.max(-BACKWARDS * least);
    let mut share = 1.0;
    for _ in 0..=HALVINGS {
        let changes_of = earlier.iter().zip(&before);
        for ((to, &r), (&way, (&earlier, &change))) in
            messages.r.iter_mut().zip(&r).zip(way.iter().zip(changes_of))
        {
            // In the direction in which the message goes. An Aitken step that went too far is taken back.
            let most = larger(OWN * own_way(earlier.abs(), change.abs()), SMALL);
            let way = if change > 0.0 { larger(share * way, 0.0) } else { -larger(-share * way, 0.0) };
            let way = smaller(larger(way, -most), most);
            *to = r + r * smaller(way, SHARE * (1.0 - r));
        }
        (0..SETTLING).for_each(|_| messages.update());
        let settled = messages.r.clone();
        (0..2).for_each(|_| messages.update());
        if changes(&messages.r, &settled).iter().all(|change| allowed.contains(change)) {
            return Some(messages.r);
        }
        share *= 0.5;
    }
    None
}

/// The rest of a message's way if it went on slowing down geometrically, after changes [`LOOKING`] + 2 updates apart.
fn own_way(earlier: f64, change: f64) -> f64 {
    if earlier > change { 0.5 * (LOOKING as f64 + 2.0) * earlier * change / (earlier - change) } else { 0.0 }
}

fn larger(one: f64, other: f64) -> f64 {
    if one > other { one } else { other }
}

fn smaller(one: f64, other: f64) -> f64 {
    if one < other { one } else { other }
}

/// By how much r has grown, in parts of itself.
fn changes(r: &[f64], before: &[f64]) -> Vec<f64> {
    r.iter().zip(before).map(|(&r, &before)| (r - before) / before).collect()
}

/// The least and the largest value, of 0 and these.
fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((0.0, 0.0), |(least, most), &value| (smaller(value, least), larger(value, most)))
}

/// Messages from paths to weights.
struct Messages<'a, F> {
    layout: &'a Layout,
    temperature: Temperature,
    r: Vec<f64>,
    /// R of every slot, for the next update.
    ratio: Vec<f64>,
    factor: F,
}

impl<'a, F: Factor> Messages<'a, F> {
    fn new(layout: &'a Layout, temperature: Temperature, r: Vec<f64>) -> Self {
        let (ratio, factor) = (vec![1.0; layout.slots.len()], F::new(layout.depth));
        Self { layout, temperature, r, ratio, factor }
    }

    /// R_i = Π_a r_{a→i}, kept above its bound as it falls. A monotone problem has no weight in two halves.
    fn update_ratios(&mut self) {
        let least = 1.0 / F::ratio_limit(self.temperature.limit);
        self.ratio.fill(1.0);
        for (&r, incidence) in self.r.iter().zip(&self.layout.incidences) {
            let ratio = &mut self.ratio[incidence.slot as usize];
            *ratio = larger(*ratio * r, least);
        }
    }

    fn update(&mut self) {
        stop::look();
        self.update_ratios();
        let (depth, Temperature { q, limit }) = (F::depth(self.layout.depth), self.temperature);
        let (mut ratios, mut old) = (F::each(depth, 1.0), F::each(depth, 1.0));
        let incidences = self.layout.incidences.chunks_exact(depth);
        for (r, incidences) in self.r.chunks_exact_mut(depth).zip(incidences) {
            for (ratio, incidence) in ratios.as_mut().iter_mut().zip(incidences) {
                *ratio = self.ratio[incidence.slot as usize];
            }
            old.as_mut().copy_from_slice(r);
            self.factor.answers(ratios.as_ref(), old.as_ref(), q, limit);
            for (l, r) in r.iter_mut().enumerate() {
                let (n, d) = self.factor.message(l);
                *r = n / d;
            }
        }
    }

    /// ρ of every message.
    fn sent(&mut self) -> Vec<f64> {
        self.update_ratios();
        let messages = self.r.iter().zip(&self.layout.incidences);
        let ratio = |slot: u32| self.ratio[slot as usize];
        messages.map(|(&r, incidence)| F::sent(ratio(incidence.slot), r, self.temperature.limit)).collect()
    }
}

/// 1 − J².
struct Linear<'a> {
    layout: &'a Layout,
    /// ∂ ln r_{a→i} / ∂ ln ρ_{j→a} for each path, i and j ≠ i.
    coefficients: Vec<f64>,
    /// Σ over the messages to a slot.
    sums: Vec<f64>,
}

impl<'a> Linear<'a> {
    /// Where weights send `rho`.
    fn new(layout: &'a Layout, temperature: Temperature, rho: &[f64]) -> Self {
        let (depth, q) = (layout.depth, temperature.q);
        let mut coefficients = Vec::with_capacity(layout.paths() * depth * (depth - 1));
        for rho in rho.chunks_exact(depth) {
            for i in 0..depth {
                let others = || (0..depth).filter(|&j| j != i);
                let with = |(even, odd): (f64, f64), j: usize| (even + odd * rho[j], odd + even * rho[j]);
                let (even, odd) = others().fold((1.0, 0.0), with);
                let scale = (1.0 - q * q) / ((q * even + odd) * (even + q * odd));
                for j in others() {
                    let rest = others().filter(|&k| k != j);
                    let product = rest.fold(1.0, |product, k| product * ((1.0 - rho[k]) * (1.0 + rho[k])));
                    coefficients.push(scale * rho[j] * product);
                }
            }
        }
        Self { layout, coefficients, sums: vec![0.0; layout.slots.len()] }
    }

    /// (1 − J²) v.
    fn times(&mut self, v: &[f64]) -> Vec<f64> {
        stop::look();
        let product = self.of_update(v);
        let mut product = self.of_update(&product);
        product.iter_mut().zip(v).for_each(|(product, v)| *product = v - *product);
        product
    }

    /// J v.
    fn of_update(&mut self, v: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; v.len()];
        let depth = self.layout.depth;
        self.sums.fill(0.0);
        for (v, incidence) in v.iter().zip(&self.layout.incidences) {
            self.sums[incidence.slot as usize] += v;
        }
        let paths = v.chunks_exact(depth).zip(self.layout.incidences.chunks_exact(depth));
        let coefficients = self.coefficients.chunks_exact(depth * (depth - 1));
        for ((product, (v, incidences)), coefficients) in
            product.chunks_exact_mut(depth).zip(paths).zip(coefficients)
        {
            let sent = |j: usize| self.sums[incidences[j].slot as usize] - v[j];
            if let ([zeroth, first, second], [c01, c02, c10, c12, c20, c21]) = (&mut *product, coefficients) {
                let sent = [sent(0), sent(1), sent(2)];
                *zeroth = c01 * sent[1] + c02 * sent[2];
                *first = c10 * sent[0] + c12 * sent[2];
                *second = c20 * sent[0] + c21 * sent[1];
                continue;
            }
            for (i, coefficients) in coefficients.chunks_exact(depth - 1).enumerate() {
                let others = (0..depth).filter(|&j| j != i).zip(coefficients);
                product[i] = others.map(|(j, coefficient)| coefficient * sent(j)).sum();
            }
        }
        product
    }

    /// The v with (1 − J²) v = `right`, as far as [`PRODUCTS`] and [`REMAINDER`] go: GMRES (Saad and Schultz 1986).
    fn solve(&mut self, right: &[f64]) -> Option<Vec<f64>> {
        let norm = dot(right, right).sqrt();
        if norm == 0.0 || !norm.is_finite() {
            return None;
        }
        let mut basis = vec![scaled(right, 1.0 / norm)];
        // The columns of the triangle that rotations make of the projected matrix, and the right side that they turn.
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut rotations: Vec<(f64, f64)> = Vec::new();
        let mut turned = vec![norm];
        for k in 0..PRODUCTS {
            let mut next = self.times(&basis[k]);
            let mut column = Vec::with_capacity(k + 2);
            for vector in &basis {
                let along = dot(&next, vector);
                subtract(&mut next, along, vector);
                column.push(along);
            }
            let rest = dot(&next, &next).sqrt();
            for (j, &(cosine, sine)) in rotations.iter().enumerate() {
                (column[j], column[j + 1]) =
                    (cosine * column[j] + sine * column[j + 1], cosine * column[j + 1] - sine * column[j]);
            }
            let hypotenuse = (column[k] * column[k] + rest * rest).sqrt();
            if hypotenuse == 0.0 {
                return None;
            }
            let (cosine, sine) = (column[k] / hypotenuse, rest / hypotenuse);
            column[k] = hypotenuse;
            rotations.push((cosine, sine));
            columns.push(column);
            let last = turned[k];
            turned[k] = cosine * last;
            turned.push(-sine * last);
            if turned[k + 1].abs() <= REMAINDER * norm || rest == 0.0 {
                break;
            }
            basis.push(scaled(&next, 1.0 / rest));
        }
        let steps = columns.len();
        let mut shares = turned[..steps].to_vec();
        for k in (0..steps).rev() {
            shares[k] /= columns[k][k];
            for j in 0..k {
                shares[j] -= columns[k][j] * shares[k];
            }
        }
        let mut solution = vec![0.0; right.len()];
        for (vector, share) in basis.iter().zip(shares) {
            subtract(&mut solution, -share, vector);
        }
        Some(solution)
    }
}

/// The scalar product, in eight sums, which become vector instructions.
fn dot(one: &[f64], other: &[f64]) -> f64 {
    let ((ones, one), (others, other)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (one, other) in ones.iter().zip(others) {
        for k in 0..8 {
            sums[k] += one[k] * other[k];
        }
    }
    let rest: f64 = one.iter().zip(other).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

fn subtract(from: &mut [f64], share: f64, what: &[f64]) {
    from.iter_mut().zip(what).for_each(|(from, what)| *from -= share * what);
}

fn scaled(vector: &[f64], factor: f64) -> Vec<f64> {
    vector.iter().map(|value| factor * value).collect()
}

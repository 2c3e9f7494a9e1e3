//! The equations of a path (a factor node).
//!
//! The couplings are gauged away (see [`super::layout`]): every path has ξ_a = +1 here, and q = e^(−2β) ≤ 1.
//!
//! - r_{a→i} = n/d with n = q E + O and d = E + q O, where E and O are the sums of the products of an even, or odd,
//!   number of the ρ_{j→a}, j ≠ i.
//! - With R_i = Π_a n_{a→i} / Π_a d_{a→i}: ρ_{i→a} = R_i d/n = A/B with A = R_i d and B = n.
//! - m ← ½ new + ½ old is ρ ← (ρB + A + 2ρA)/(2B + ρB + A): one division a message.

#![allow(clippy::needless_range_loop, reason = "loops over several arrays at once, of lanes or of layers")]

use crate::scaled_product::{power_of_two, within};
use model::MAX_BETA;
use model::numerics::exp;

/// How far the largest and the smallest ρ that are told apart lie beyond e^(±2β), 2^50. A path that a frustrated state
/// leaves unsatisfied needs ρ far below e^(−2β); a smaller ρ is nothing beside e^(−2β) in what a path answers.
const MESSAGE_MARGIN: f64 = power_of_two(50);

/// What depends on β alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Temperature {
    /// q = e^(−2β).
    pub(crate) q: f64,
    /// 2^50 e^(2β).
    pub(crate) limit: f64,
}

impl Temperature {
    pub(crate) fn new(beta: f64) -> Self {
        debug_assert!((0.0..=MAX_BETA).contains(&beta));
        Self { q: exp(-2.0 * beta), limit: MESSAGE_MARGIN * exp(2.0 * beta) }
    }
}

/// n and d of a path's messages to its weights, and what becomes of ρ.
pub(crate) trait Factor {
    /// One of something for each weight of a path.
    type Each<T: Copy>: AsRef<[T]> + AsMut<[T]>;

    fn each<T: Copy>(depth: usize, value: T) -> Self::Each<T>;

    /// A factor for paths of `depth` weights.
    fn new(depth: usize) -> Self;

    /// `depth`, as a constant where it is one.
    fn depth(depth: usize) -> usize;

    /// n and d of all messages of a path whose weights send it `rho`.
    fn messages(&mut self, rho: &[f64], q: f64);

    /// n and d of the message to the weight of layer `l` + 1.
    fn message(&self, l: usize) -> (f64, f64);

    /// n and d, up to a common factor, of all messages of a path whose last messages to weights with the `ratios` R
    /// were `r`: they send it ρ = R/r, all ≤ 1 (but for roundings), as where the iteration is monotone. Then nothing
    /// cancels.
    fn answers(&mut self, ratios: &[f64], r: &[f64], q: f64, limit: f64);

    /// ρ = R/r.
    fn sent(ratio: f64, r: f64, limit: f64) -> f64;

    /// ρ_new/ρ − 1 or ρ/ρ_new − 1, whichever is positive, where ρ = R/r, of the R and r of both.
    fn change_of(old: (f64, f64), new: (f64, f64), limit: f64) -> f64;

    /// Where R is kept within: [1/this, this].
    fn ratio_limit(limit: f64) -> f64;

    /// A and B of the new message ρ = A/B.
    fn new_message(ratio: f64, n: f64, d: f64, limit: f64) -> (f64, f64);

    /// ½ m + ½ m_new, in ratios.
    #[inline(always)]
    fn damped(rho: f64, (a, b): (f64, f64)) -> f64 {
        let (rho_b, rho_a) = (rho * b, rho * a);
        let sum = rho_b + a;
        (sum + (rho_a + rho_a)) / (sum + (b + b))
    }

    /// ρ_new/ρ − 1 or ρ/ρ_new − 1, whichever is positive: e^|Δ ln ρ| − 1.
    #[inline(always)]
    fn change(rho: f64, (a, b): (f64, f64)) -> f64 {
        excess(rho * b, a)
    }

    /// E and O over all weights of a path, up to a common factor.
    #[inline(always)]
    fn parity(rho: &[f64]) -> Parity {
        let mut parity = Parity::empty();
        for &rho in rho {
            parity = parity.with(rho);
        }
        parity
    }
}

/// How much the ratio of the larger to the smaller of two positive numbers exceeds 1.
#[inline(always)]
fn excess(one: f64, other: f64) -> f64 {
    let smaller = if one < other { one } else { other };
    (one - other).abs() / smaller
}

/// Two or three weights a path, β ≤ [`BOUNDED_BETA`].
///
/// R ≤ 2^50 e^(4β): where it is kept within that, every ρ = R d/n, with d/n ≤ e^(2β), is beyond 2^50 e^(2β), as it
/// would be otherwise. It stays within e^(±6β) 2^±50, and the largest number is ρA ≤ ρ³R: below 2^1000.
pub(crate) struct Bounded<const L: usize> {
    n: [f64; L],
    d: [f64; L],
}

/// The largest β of [`Bounded`].
pub(crate) const BOUNDED_BETA: f64 = 24.0;

impl<const L: usize> Factor for Bounded<L> {
    type Each<T: Copy> = [T; L];

    #[inline(always)]
    fn each<T: Copy>(_depth: usize, value: T) -> [T; L] {
        [value; L]
    }

    #[inline(always)]
    fn new(_depth: usize) -> Self {
        Self { n: [1.0; L], d: [1.0; L] }
    }

    #[inline(always)]
    fn depth(_depth: usize) -> usize {
        L
    }

    #[inline(always)]
    fn messages(&mut self, rho: &[f64], q: f64) {
        // A pair of ratios x and y has n = (q + x) + y (1 + q x) and d = (1 + q x) + y (q + x).
        let one = |x: f64| (q + x, 1.0 + q * x);
        let two = |(n, d): (f64, f64), y: f64| (n + y * d, d + y * n);
        match *rho {
            [x, y] => {
                (self.n[0], self.d[0]) = one(y);
                (self.n[1], self.d[1]) = one(x);
            }
            [x, y, z] => {
                let (of_x, of_y) = (one(x), one(y));
                (self.n[0], self.d[0]) = two(of_y, z);
                (self.n[1], self.d[1]) = two(of_x, z);
                (self.n[2], self.d[2]) = two(of_x, y);
            }
            _ => unreachable!("paths of two or three weights"),
        }
    }

    #[inline(always)]
    fn message(&self, l: usize) -> (f64, f64) {
        (self.n[l], self.d[l])
    }

    #[inline(always)]
    fn answers(&mut self, ratios: &[f64], r: &[f64], q: f64, _limit: f64) {
        if L == 2 {
            // As in `messages`, times r.
            let one = |l: usize| (q * r[l] + ratios[l], r[l] + q * ratios[l]);
            (self.n[0], self.d[0]) = one(1);
            (self.n[1], self.d[1]) = one(0);
            return;
        }
        // q E + O and E + q O of a pair, times both r, have much in common: (q r + R)(r′ + R′), and of the rest
        // (1 − q)(r − R) n takes R′ and d takes r′. That is a product less than each for itself needs.
        let one_minus_q = 1.0 - q;
        let one = |l: usize| (q * r[l] + ratios[l], one_minus_q * (r[l] - ratios[l]));
        let two = |(both, rest): (f64, f64), l: usize, sum: f64| {
            let both = both * sum;
            (both + rest * ratios[l], both + rest * r[l])
        };
        let (first, second) = (one(0), one(1));
        let sum = r[2] + ratios[2];
        (self.n[0], self.d[0]) = two(second, 2, sum);
        (self.n[1], self.d[1]) = two(first, 2, sum);
        (self.n[2], self.d[2]) = two(first, 1, r[1] + ratios[1]);
    }

    #[inline(always)]
    fn sent(ratio: f64, r: f64, _limit: f64) -> f64 {
        ratio / r
    }

    #[inline(always)]
    fn change_of(old: (f64, f64), new: (f64, f64), _limit: f64) -> f64 {
        excess(new.0 * old.1, old.0 * new.1)
    }

    #[inline(always)]
    fn ratio_limit(limit: f64) -> f64 {
        limit * (limit * (1.0 / MESSAGE_MARGIN))
    }

    #[inline(always)]
    fn new_message(ratio: f64, n: f64, d: f64, _limit: f64) -> (f64, f64) {
        (ratio * d, n)
    }
}

/// Any number of weights a path, any β up to [`MAX_BETA`]: sums are rescaled on the way along a path, and every new
/// ρ is divided out and kept within [1/limit, limit].
pub(crate) struct Careful {
    n: Vec<f64>,
    d: Vec<f64>,
    /// `after[l]`: E and O over the weights l + 1..=L of the path.
    after: Vec<Parity>,
    /// What weights send.
    rho: Vec<f64>,
}

impl Factor for Careful {
    type Each<T: Copy> = Vec<T>;

    fn each<T: Copy>(depth: usize, value: T) -> Vec<T> {
        vec![value; depth]
    }

    fn new(depth: usize) -> Self {
        let ones = vec![1.0; depth];
        Self { n: ones.clone(), d: ones.clone(), after: vec![Parity::empty(); depth + 1], rho: ones }
    }

    fn depth(depth: usize) -> usize {
        depth
    }

    #[inline(always)]
    fn messages(&mut self, rho: &[f64], q: f64) {
        for l in (0..rho.len()).rev() {
            self.after[l] = self.after[l + 1].with(rho[l]);
        }
        let mut before = Parity::empty();
        for l in 0..rho.len() {
            let others = before.join(self.after[l + 1]);
            self.n[l] = q * others.even + others.odd;
            self.d[l] = others.even + q * others.odd;
            before = before.with(rho[l]);
        }
    }

    #[inline(always)]
    fn message(&self, l: usize) -> (f64, f64) {
        (self.n[l], self.d[l])
    }

    #[inline(always)]
    fn answers(&mut self, ratios: &[f64], r: &[f64], q: f64, limit: f64) {
        let mut rho = std::mem::take(&mut self.rho);
        for (rho, (&ratio, &r)) in rho.iter_mut().zip(ratios.iter().zip(r)) {
            *rho = Self::sent(ratio, r, limit);
        }
        self.messages(&rho, q);
        self.rho = rho;
    }

    #[inline(always)]
    fn sent(ratio: f64, r: f64, limit: f64) -> f64 {
        within(ratio / r, limit)
    }

    #[inline(always)]
    fn change_of(old: (f64, f64), new: (f64, f64), limit: f64) -> f64 {
        excess(Self::sent(old.0, old.1, limit), Self::sent(new.0, new.1, limit))
    }

    #[inline(always)]
    fn ratio_limit(_limit: f64) -> f64 {
        power_of_two(700)
    }

    #[inline(always)]
    fn new_message(ratio: f64, n: f64, d: f64, limit: f64) -> (f64, f64) {
        (within(ratio * (d / n), limit), 1.0)
    }
}

/// The sums of the products of an even, and of an odd, number of ratios ρ_j, up to a common factor, which cancels
/// wherever they are used: Π m_j = (E − O)/(E + O).
#[derive(Clone, Copy)]
pub(crate) struct Parity {
    pub(crate) even: f64,
    pub(crate) odd: f64,
}

impl Parity {
    #[inline(always)]
    fn empty() -> Self {
        Parity { even: 1.0, odd: 0.0 }
    }

    /// With one more ratio, ρ ≤ 2^340. Neither sum grows beyond 2^300: their product with another pair's stays finite.
    #[inline(always)]
    fn with(self, rho: f64) -> Self {
        let (even, odd) = (self.even + self.odd * rho, self.odd + self.even * rho);
        let scale = if even + odd > power_of_two(300) { 1.0 / power_of_two(342) } else { 1.0 };
        Parity { even: even * scale, odd: odd * scale }
    }

    #[inline(always)]
    fn join(self, other: Self) -> Self {
        Parity {
            even: self.even * other.even + self.odd * other.odd,
            odd: self.even * other.odd + self.odd * other.even,
        }
    }
}

/// The equations that a problem is solved with: they depend on its depth and β alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// [`Bounded`] with two weights a path.
    Two,
    /// [`Bounded`] with three.
    Three,
    /// [`Careful`].
    Careful,
}

impl Form {
    pub(crate) const ALL: [Form; 3] = [Form::Two, Form::Three, Form::Careful];

    pub(crate) fn of(depth: usize, beta: f64) -> Self {
        match depth {
            2 if beta <= BOUNDED_BETA => Form::Two,
            3 if beta <= BOUNDED_BETA => Form::Three,
            _ => Form::Careful,
        }
    }

    /// How many r can be multiplied between 1 and 2^±1000, as a power of two: all lie within e^(±2β).
    pub(crate) fn messages_in_range(beta: f64) -> u32 {
        let bits = 2.0 * beta * std::f64::consts::LOG2_E + 1.0;
        let most = (960.0 / bits) as u32;
        1 << most.ilog2()
    }

    /// How many n or d can be multiplied between 1 and 2^±1000, as a power of two: d ≤ (1 + ρ)^(L−1) ≤ 2^(L−1)
    /// e^(6β(L−1)) 2^(50(L−1)), and d/q, n ≥ q are nearer to 1.
    pub(crate) fn factors_in_range(self, beta: f64) -> u32 {
        let others = match self {
            Form::Two => 1.0,
            Form::Three => 2.0,
            Form::Careful => return 1,
        };
        let bits = others * (6.0 * beta * std::f64::consts::LOG2_E + 51.0);
        let most = (960.0 / bits) as u32;
        1 << most.ilog2()
    }
}

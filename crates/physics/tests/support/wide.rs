//! Positive numbers of about 30 digits with an exponent of their own: what one plain update of belief propagation does
//! to messages is computed with them, by the equations and not by the kernels.

use model::FactorGraph;
use model::numerics::ln_1p;

/// (high + low) × 2^exponent, with high in [1, 2) and |low| ≤ half a unit in the last place of high.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide {
    high: f64,
    low: f64,
    exponent: i64,
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// Veltkamp's halves of 26 bits.
fn halves(a: f64) -> (f64, f64) {
    let big = 134_217_729.0 * a;
    let high = big - (big - a);
    (high, a - high)
}

fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let ((ah, al), (bh, bl)) = (halves(a), halves(b));
    (product, ((ah * bh - product) + ah * bl + al * bh) + al * bl)
}

fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

impl Wide {
    pub(crate) const ONE: Wide = Wide { high: 1.0, low: 0.0, exponent: 0 };

    fn new(high: f64, low: f64, exponent: i64) -> Self {
        let (high, low) = two_sum(high, low);
        assert!(high.is_normal() && high > 0.0, "{high} + {low}");
        let shift = (high.to_bits() >> 52) as i64 - 1023;
        let scale = power_of_two(-shift);
        Self { high: high * scale, low: low * scale, exponent: exponent + shift }
    }

    pub(crate) fn of(value: f64) -> Self {
        Self::new(value, 0.0, 0)
    }

    /// e^x, of an x within ±700, to 30 digits: by the series for x/2^k, squared k times.
    pub(crate) fn exp(x: f64) -> Self {
        let squarings = 12;
        let small = x.abs() * power_of_two(-squarings);
        let (mut sum, mut term) = (Self::ONE, Self::ONE);
        for k in 1..40 {
            if small == 0.0 {
                break;
            }
            term = term.times(Self::of(small)).over(Self::of(f64::from(k)));
            sum = sum.plus(term);
        }
        let power = (0..squarings).fold(sum, |power, _| power.times(power));
        if x < 0.0 { Self::ONE.over(power) } else { power }
    }

    pub(crate) fn times(self, other: Self) -> Self {
        let (high, low) = two_product(self.high, other.high);
        let low = low + (self.high * other.low + self.low * other.high);
        Self::new(high, low, self.exponent + other.exponent)
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let (one, other) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let shift = one.exponent - other.exponent;
        if shift > 200 {
            return one;
        }
        let scale = power_of_two(-shift);
        let (high, low) = two_sum(one.high, other.high * scale);
        Self::new(high, low + (one.low + other.low * scale), one.exponent)
    }

    pub(crate) fn over(self, other: Self) -> Self {
        let first = self.high / other.high;
        // self − first × other, exactly but for the last product.
        let (product, error) = two_product(first, other.high);
        let rest = ((self.high - product) - error) + (self.low - first * other.low);
        Self::new(first, rest / other.high, self.exponent - other.exponent)
    }

    /// ln(self/other), accurate where it is small.
    pub(crate) fn ln_over(self, other: Self) -> f64 {
        let Self { high, low, exponent } = self.over(other);
        // The ratio lies in [1, 2) × 2^exponent; near 1 from below it is near 2 × 2^−1.
        if exponent == -1 {
            ln_1p(0.5 * ((high - 2.0) + low))
        } else {
            ln_1p((high - 1.0) + low) + exponent as f64 * std::f64::consts::LN_2
        }
    }

    /// Natural logarithm, to the digits of f64.
    pub(crate) fn ln(self) -> f64 {
        self.ln_over(Self::ONE)
    }
}

/// The largest |Δ ln ρ| of one plain update of the messages ρ_{i→a} = `rho[a * L + l − 1]` of weight i, of layer l, to
/// path a. Where ρ is beyond 2^40 e^(2β) or its reciprocal both before and after, so that it is nothing beside e^(−2β),
/// it has not changed.
pub(crate) fn largest_change(graph: &FactorGraph, beta: f64, rho: &[f64]) -> f64 {
    let depth = graph.depth();
    let q = Wide::exp(-2.0 * beta);
    let rho: Vec<Wide> = rho.iter().map(|&rho| Wide::of(rho)).collect();
    let mut r = Vec::with_capacity(rho.len());
    for (a, &sign) in graph.signs().iter().enumerate() {
        for l in 0..depth {
            // Sums of products of an even and an odd number of ρ; none is odd at first.
            let (mut even, mut odd): (Wide, Option<Wide>) = (Wide::ONE, None);
            for j in (0..depth).filter(|&j| j != l) {
                let rho = rho[a * depth + j];
                let new_odd = odd.map_or(even.times(rho), |odd| odd.plus(even.times(rho)));
                even = odd.map_or(even, |odd| even.plus(odd.times(rho)));
                odd = Some(new_odd);
            }
            let odd = odd.expect("two weights a path at least");
            let (n, d) = (q.times(even).plus(odd), even.plus(q.times(odd)));
            r.push(if sign > 0 { n.over(d) } else { d.over(n) });
        }
    }
    let bound = 2.0 * beta + 40.0 * std::f64::consts::LN_2;
    let mut largest = 0.0f64;
    for i in 0..graph.weight_count() {
        let incidences = graph.incidences(i);
        for &e in incidences {
            let others = incidences.iter().filter(|&&b| b != e);
            let new = others.fold(Wide::ONE, |product, &b| product.times(r[b as usize]));
            let (old, ln_new, ln_old) = (rho[e as usize], new.ln(), rho[e as usize].ln());
            let is_beyond = ln_new.min(ln_old) > bound || ln_new.max(ln_old) < -bound;
            if !is_beyond {
                largest = largest.max(new.ln_over(old).abs());
            }
        }
    }
    largest
}

#[test]
fn wide_numbers_have_thirty_digits() {
    // (1 + x)(1 − x) = 1 − x² with x = 2^-40, and 1/3 three times.
    let x = power_of_two(-40);
    let product = Wide::of(1.0 + x).times(Wide::of(1.0 - x));
    assert!((product.ln_over(Wide::ONE) + x * x).abs() < 1e-30 * 1.0);
    let third = Wide::ONE.over(Wide::of(3.0));
    assert!(third.plus(third).plus(third).ln_over(Wide::ONE).abs() < 1e-30);
    let e = Wide::exp(1.0).times(Wide::exp(-1.0));
    assert!(e.ln_over(Wide::ONE).abs() < 1e-28);
    assert!((Wide::exp(0.5).ln() - 0.5).abs() < 1e-16 && (Wide::exp(-200.0).ln() + 200.0).abs() < 1e-13);
}

//! Eight β side by side: what a spin in closed form contributes, and sums over configurations.

use model::numerics::{exp, ln_1p};

/// β in one pass over the configurations.
pub(super) const WIDTH: usize = 8;

/// One number for each β.
pub(super) type Lanes = [f64; WIDTH];

/// What some of the spins y contribute at given spins x: a factor of the Boltzmann weight, relative to the largest one
/// conceivable (≤ 1); the energy above the lowest one conceivable; and the variance of the energy given x.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Share {
    pub(super) weight: Lanes,
    pub(super) energy: Lanes,
    pub(super) variance: Lanes,
}

impl Share {
    /// The share of no spin at all.
    pub(super) const NONE: Share =
        Share { weight: [1.0; WIDTH], energy: [0.0; WIDTH], variance: [0.0; WIDTH] };

    /// The share of these spins and of others, which are independent given x.
    #[inline(always)]
    pub(super) fn and(&self, other: &Share) -> Share {
        let mut both = *self;
        for b in 0..WIDTH {
            both.weight[b] *= other.weight[b];
            both.energy[b] += other.energy[b];
            both.variance[b] += other.variance[b];
        }
        both
    }
}

/// Sums over configurations x of the weight w, of w ⟨energy⟩, and of w ⟨energy²⟩, averages over y given x.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Moments {
    pub(super) weight: Lanes,
    pub(super) energy: Lanes,
    pub(super) square: Lanes,
}

impl Moments {
    /// Over no configuration.
    pub(super) const ZERO: Moments =
        Moments { weight: [0.0; WIDTH], energy: [0.0; WIDTH], square: [0.0; WIDTH] };

    /// One more configuration.
    #[inline(always)]
    pub(super) fn add(&mut self, share: &Share) {
        for b in 0..WIDTH {
            let (weight, energy) = (share.weight[b], share.energy[b]);
            self.weight[b] += weight;
            self.energy[b] += weight * energy;
            self.square[b] += weight * (share.variance[b] + energy * energy);
        }
    }

    /// One more configuration for each that `inner` sums over, `share` being the contribution of other spins to all of
    /// them: w(z, a + e z, s + 2e a + (v + e²) z).
    #[inline(always)]
    pub(super) fn add_product(&mut self, share: &Share, inner: &Moments) {
        for b in 0..WIDTH {
            let (weight, energy) = (share.weight[b], share.energy[b]);
            let shifted = inner.energy[b] + energy * inner.weight[b];
            // s + e a + e (a + e z) + v z
            let square = (inner.square[b] + energy * (inner.energy[b] + shifted))
                + share.variance[b] * inner.weight[b];
            self.weight[b] += weight * inner.weight[b];
            self.energy[b] += weight * shifted;
            self.square[b] += weight * square;
        }
    }

    /// The configurations of both.
    #[inline(always)]
    pub(super) fn merge(&mut self, other: &Moments) {
        for b in 0..WIDTH {
            self.weight[b] += other.weight[b];
            self.energy[b] += other.energy[b];
            self.square[b] += other.square[b];
        }
    }
}

/// One closed-form spin in a field, for every |f| up to the largest: Z = 2 cosh βf, energy −f tanh βf, variance
/// f² / cosh² βf, written in e^(−2βf) so that nothing overflows or cancels.
pub(super) struct Fields {
    /// ln 2 cosh βf.
    pub(super) ln_two_cosh: Vec<Lanes>,
    /// e^(−βf).
    decay: Vec<Lanes>,
    /// 1 + e^(−2βf).
    one_plus: Vec<Lanes>,
    /// f (1 − tanh βf).
    pub(super) excess: Vec<Lanes>,
    /// f² / cosh² βf.
    pub(super) variance: Vec<Lanes>,
}

impl Fields {
    /// The table for |f| = 0..=`largest`.
    pub(super) fn new(betas: &Lanes, largest: usize) -> Self {
        let each = |value: &dyn Fn(f64, f64) -> f64| -> Vec<Lanes> {
            (0..=largest).map(|f| betas.map(|beta| value(beta, f as f64))).collect()
        };
        let squared = |beta: f64, f: f64| exp(-2.0 * beta * f);
        let one_plus = |beta: f64, f: f64| 1.0 + squared(beta, f);
        Self {
            ln_two_cosh: each(&|beta, f| beta * f + ln_1p(squared(beta, f))),
            decay: each(&|beta, f| exp(-beta * f)),
            one_plus: each(&one_plus),
            excess: each(&|beta, f| 2.0 * f * squared(beta, f) / one_plus(beta, f)),
            variance: each(&|beta, f| {
                4.0 * f * f * squared(beta, f) / (one_plus(beta, f) * one_plus(beta, f))
            }),
        }
    }

    /// The share of a spin with so many bonds in the field f, |f| ≤ `degree`: 2 cosh βf is divided by 2 cosh(β degree),
    /// and the energy is counted from −degree.
    pub(super) fn share(&self, field: i32, degree: usize) -> Share {
        let f = field.unsigned_abs() as usize;
        let mut share =
            Share { weight: self.decay[degree - f], energy: self.excess[f], variance: self.variance[f] };
        for b in 0..WIDTH {
            share.weight[b] *= self.one_plus[f][b] / self.one_plus[degree][b];
            share.energy[b] += (degree - f) as f64;
        }
        share
    }
}

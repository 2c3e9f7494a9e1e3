//! Products that are gathered slot by slot while a pass goes along the paths. N is the number of lanes.

use super::lanes::{LANES, Rows};
use crate::scaled_product::ScaledProduct;

/// Products that are being gathered, mantissa × 2^exponent. All are 1 between passes.
#[derive(Debug)]
pub(crate) struct Products {
    mantissas: Rows,
    exponents: Vec<[i64; LANES]>,
}

impl Products {
    pub(crate) fn ones(number: usize) -> Self {
        Self { mantissas: Rows::ones(number), exponents: vec![[0; LANES]; number] }
    }

    #[inline(always)]
    pub(crate) fn of_mut<const N: usize>(&mut self) -> ProductsOf<'_, N> {
        let mantissas = self.mantissas.of_mut();
        let exponents = &mut self.exponents[..mantissas.len()];
        ProductsOf { mantissas, exponents }
    }
}

/// Products in N lanes.
pub(crate) struct ProductsOf<'a, const N: usize> {
    pub(crate) mantissas: &'a mut [[f64; N]],
    pub(crate) exponents: &'a mut [[i64; LANES]],
}

impl<const N: usize> ProductsOf<'_, N> {
    /// A product; a new one begins.
    #[inline(always)]
    pub(crate) fn take(&mut self, product: usize) -> ([f64; N], [i64; LANES]) {
        let taken = (self.mantissas[product], self.exponents[product]);
        (self.mantissas[product], self.exponents[product]) = ([1.0; N], [0; LANES]);
        taken
    }
}

#[inline(always)]
pub(crate) fn times<const N: usize>(product: &mut [f64; N], factors: &[f64; N]) {
    let mut mantissas = *product;
    for k in 0..N {
        mantissas[k] *= factors[k];
    }
    *product = mantissas;
}

/// Brings a product back to [1, 2).
#[inline(always)]
pub(crate) fn rescale<const N: usize>(product: &mut [f64; N], exponents: &mut [i64; LANES]) {
    let (mut mantissas, mut sums) = (*product, *exponents);
    for k in 0..N {
        let product = ScaledProduct { mantissa: mantissas[k], exponent: sums[k] }.normalised();
        (mantissas[k], sums[k]) = (product.mantissa, product.exponent);
    }
    (*product, *exponents) = (mantissas, sums);
}

/// The first N lanes.
#[inline(always)]
pub(crate) fn first<const N: usize>(lanes: &[f64; LANES]) -> [f64; N] {
    let mut first = [0.0; N];
    first.copy_from_slice(&lanes[..N]);
    first
}

/// A product in lane k, normalised.
#[inline(always)]
pub(crate) fn lane<const N: usize>(
    (mantissas, exponents): &([f64; N], [i64; LANES]),
    k: usize,
) -> ScaledProduct {
    ScaledProduct { mantissa: mantissas[k], exponent: exponents[k] }.normalised()
}

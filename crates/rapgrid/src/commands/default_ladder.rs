//! Temperatures for replica exchange where nobody gave any.

use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Even steps up to where they begin to grow.
const EVEN_STEPS: u32 = 20;

/// Temperatures from 0 to the largest β, rounded to so many decimals, for an instance with `alpha` paths for each
/// weight.
///
/// The steps are short where energies change. A weight is on some α paths, so that all begins at β ≈ 1/α; and H is a
/// sum of integers, so that ⟨H⟩ approaches its last value as e^(−2β) at the slowest. For log Z = n ln 2 − ∫⟨H⟩ dβ it
/// must be known well between, however large β is. With α ≤ 1 there are 61 temperatures at most, for β = 100, and with
/// α = 16 some 20 more.
pub(crate) fn default_ladder(largest: Decimal, alpha: f64, digits: u32) -> BTreeSet<Decimal> {
    // From there on, each step is so many times as long as the last one.
    let growth = Decimal::new(115, 2);
    let begins = Decimal::from_f64_retain(1.0 / alpha.max(1.0)).unwrap_or(Decimal::ONE);
    let even_end = largest.min(begins);
    let mut step = even_end / Decimal::from(EVEN_STEPS);
    let mut ladder: BTreeSet<Decimal> = (0..=EVEN_STEPS).map(|k| step * Decimal::from(k)).collect();
    let mut beta = even_end;
    while beta < largest {
        step *= growth;
        // The last step takes along what is less than half of another one.
        let is_last = beta + step + step / Decimal::TWO >= largest;
        beta = if is_last { largest } else { beta + step };
        ladder.insert(beta);
    }
    ladder.into_iter().map(|beta| beta.round_dp(digits)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_even_to_one_or_to_where_a_dense_instance_begins_and_grow_beyond() {
        let ladder_of = |largest, alpha| default_ladder(largest, alpha, 6).into_iter().collect::<Vec<_>>();
        let ladder = |largest: Decimal| ladder_of(largest, 0.8);
        let steps = |ladder: &[Decimal]| ladder.windows(2).map(|two| two[1] - two[0]).collect::<Vec<_>>();
        assert_eq!(steps(&ladder(Decimal::new(5, 1))), [Decimal::new(25, 3); 20]);
        for (largest, rungs) in [(1, 21), (4, 37), (20, 49), (100, 61)] {
            let largest = Decimal::from(largest);
            let ladder = ladder(largest);
            assert_eq!((ladder.len(), ladder[0], ladder[ladder.len() - 1]), (rungs, Decimal::ZERO, largest));
            let longest = |step: Decimal| step * Decimal::new(175, 2);
            assert!(steps(&ladder).windows(2).all(|two| two[1] < longest(two[0])), "{ladder:?}");
        }
        assert_eq!(ladder(Decimal::ZERO), [Decimal::ZERO]);
        let dense = ladder_of(Decimal::ONE_HUNDRED, 16.0);
        assert_eq!((dense.len(), dense[1], dense[20]), (81, Decimal::new(3125, 6), Decimal::new(625, 4)));
    }
}

//! Temperatures for replica exchange where nobody gave any.

use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Even steps up to β = 1, or to the largest β if it is smaller.
const EVEN_STEPS: u32 = 20;

/// Temperatures from 0 to the largest β, rounded to so many decimals.
///
/// The steps are short where energies change. H is a sum of integers, so ⟨H⟩ approaches its last value as e^(−2β) at
/// the slowest, and log Z = n ln 2 − ∫⟨H⟩ dβ needs what it was below β ≈ 2 to be known well, however large β is.
/// There are 61 at most, for β = 100.
pub(crate) fn default_ladder(largest: Decimal, digits: u32) -> BTreeSet<Decimal> {
    // From β = 1 on, each step is so many times as long as the last one.
    let growth = Decimal::new(115, 2);
    let even_end = largest.min(Decimal::ONE);
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
    fn steps_are_even_to_one_and_grow_beyond() {
        let ladder = |largest: Decimal| default_ladder(largest, 6).into_iter().collect::<Vec<_>>();
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
    }
}

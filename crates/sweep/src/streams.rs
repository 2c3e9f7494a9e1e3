//! The keys of random streams: keyed by content, not by position.
//!
//! **A promise to everyone with a database.** A unit's numbers depend on the seed, on what the cell is (its canonical
//! content) and on the number of the sample; a method's also on its name and on β. They do not depend on where the cell
//! stands in a grid, on what else is in the spec, on jobs, workers or threads. So a spec that is extended keeps its old
//! rows bit for bit, two sweeps that share a seed share their instances, and a row can be computed again from what the
//! row says. Changing what follows changes every random number, and so needs a new numerics revision.

use crate::decimal;
use physics::random::Key;
use rust_decimal::Decimal;

/// The key for drawing the instance of a cell and sample, the same for every method and β.
pub fn disorder_key(seed: u64, content: &str, sample: u32) -> Key {
    Key::derive("rapgrid disorder", &[&seed.to_string(), content, &sample.to_string()])
}

/// The key for a method's own random numbers at one β. `method` is its name in the spec, so that two entries of the same
/// kind and settings are independent.
pub fn method_key(seed: u64, content: &str, sample: u32, method: &str, beta: Decimal) -> Key {
    let (seed, sample, beta) = (seed.to_string(), sample.to_string(), decimal::to_text(beta));
    Key::derive("rapgrid method", &[&seed, content, &sample, method, &beta])
}

/// The key for what a method draws on a schedule or ladder of its own, which serves every β of the spec alike and so must
/// not depend on them.
pub fn schedule_key(seed: u64, content: &str, sample: u32, method: &str) -> Key {
    Key::derive("rapgrid schedule", &[&seed.to_string(), content, &sample.to_string(), method])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_depend_on_how_beta_was_spelt_and_on_nothing_else_do_they_agree() {
        let key = |seed, content, sample, method, beta: &str| {
            method_key(seed, content, sample, method, beta.parse().unwrap())
        };
        let base = key(1, "c", 2, "mc", "0.3");
        assert_eq!(base, key(1, "c", 2, "mc", "0.300"));
        for other in [
            key(2, "c", 2, "mc", "0.3"),
            key(1, "d", 2, "mc", "0.3"),
            key(1, "c", 3, "mc", "0.3"),
            key(1, "c", 2, "mc2", "0.3"),
            key(1, "c", 2, "mc", "0.31"),
            disorder_key(1, "c", 2),
            schedule_key(1, "c", 2, "mc"),
        ] {
            assert_ne!(base, other);
        }
    }
}

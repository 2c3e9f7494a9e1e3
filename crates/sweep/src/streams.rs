//! The keys of random streams: keyed by content, not by position.
//!
//! **A promise to everyone with a database.** The numbers of the disorder depend on the seed, on the cell's structure
//! (widths, ensemble, couplings) and on the number of the sample, *not* on p and ρ: these decide what is kept
//! ([`model::Structure::draw`]), so that an instance contains those of the same sample at larger p and smaller ρ. What
//! is removed from an instance that the user brought depends on the seed, on its digest and on how often it was diluted
//! before. A trial's depend on the seed, its widths, its task and the sample. A method's numbers depend on all that the
//! cell is (its canonical content), on the sample, the method's name and β. None depends on where the cell stands in a
//! grid, on what else is in the spec, on jobs, workers or threads. So a spec that is extended keeps its old rows bit
//! for bit, two sweeps that share a seed share their instances, and a row can be computed again from what the row says.
//! Changing what follows changes every random number, and so needs a new numerics revision.

use crate::cell::structure_text;
use crate::decimal;
use crate::training::Training;
use model::Structure;
use model::random::Key;
use rust_decimal::Decimal;

/// The key for drawing a sample's instance, the same for every p, ρ, method and β.
pub fn disorder_key(seed: u64, structure: &Structure, sample: u32) -> Key {
    let content = structure_text(structure);
    Key::derive("rapgrid disorder", &[&seed.to_string(), &content, &sample.to_string()])
}

/// The key for what is removed from an instance that the user brought, known by its digest, the same for every p.
pub fn dilution_key(seed: u64, digest: &str, realisation: u32) -> Key {
    Key::derive("rapgrid dilution", &[&seed.to_string(), digest, &realisation.to_string()])
}

/// The key of a trial: teacher, patterns, start, order of the batches and what is left out, the same for every learning
/// rate, loss, number of epochs, and whatever else a training has beside its widths and its task.
pub fn trial_key(seed: u64, training: &Training, sample: u32) -> Key {
    Key::derive("rapgrid trial", &[&seed.to_string(), &training.trial_content(), &sample.to_string()])
}

/// The key for a method's own random numbers at one β. `method` is its name in the spec, so that two entries of the
/// same kind and settings are independent.
pub fn method_key(seed: u64, content: &str, sample: u32, method: &str, beta: Decimal) -> Key {
    let (seed, sample, beta) = (seed.to_string(), sample.to_string(), decimal::to_text(beta));
    Key::derive("rapgrid method", &[&seed, content, &sample, method, &beta])
}

/// The key for what a method draws on a schedule or ladder of its own, which serves every β of the spec alike and so
/// must not depend on them.
pub fn schedule_key(seed: u64, content: &str, sample: u32, method: &str) -> Key {
    Key::derive("rapgrid schedule", &[&seed.to_string(), content, &sample.to_string(), method])
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Couplings, Ensemble, Network};

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
            schedule_key(1, "c", 2, "mc"),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn the_disorders_key_depends_on_seed_structure_and_sample_and_not_on_p_and_rho() {
        let structure = |widths: &[u32], ensemble, couplings, p: f64, rho: f64| {
            let network = Network::new(widths.to_vec()).unwrap();
            let depth = network.depth();
            Structure::new(network, ensemble, couplings, vec![p; depth], vec![rho; depth - 1]).unwrap()
        };
        let (widths, branching, input) = (&[4, 4, 1][..], Ensemble::Branching, Couplings::Input);
        let of = |structure: &Structure| disorder_key(1, structure, 2);
        let here = structure(widths, branching, input, 0.3, 0.5);
        for (p, rho) in [(0.0, 0.5), (1.0, 0.5), (0.3, 0.0), (0.3, 1.0)] {
            assert_eq!(of(&here), of(&structure(widths, branching, input, p, rho)));
        }
        for other in [
            disorder_key(2, &here, 2),
            disorder_key(1, &here, 3),
            of(&structure(&[4, 5, 1], branching, input, 0.3, 0.5)),
            of(&structure(&[4, 4, 4, 1], branching, input, 0.3, 0.5)),
            of(&structure(widths, Ensemble::Independent, input, 0.3, 0.5)),
            of(&structure(widths, branching, Couplings::Path, 0.3, 0.5)),
        ] {
            assert_ne!(of(&here), other);
        }
    }
}

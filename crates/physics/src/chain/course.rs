//! What a chain is run at, and for how long.

use model::random::Key;

/// What a replica is run at, and from which random numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chain {
    /// β ≥ 0.
    pub beta: f64,
    /// See [`super::draws`].
    pub key: u64,
}

impl Chain {
    /// Run number `run` of what `key` is for: the chain's key is the first word of that stream.
    pub fn of_run(beta: f64, key: Key, run: u32) -> Self {
        Self { beta, key: key.stream(u64::from(run)).word() }
    }
}

/// How long chains run, in MC sweeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    pub(crate) relax: u32,
    pub(crate) measure: u32,
}

//! What is solved: a disorder realisation.

/// A disorder realisation, and what its random streams are keyed by.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The sweep's seed.
    pub seed: u64,
    /// The cell's canonical text.
    pub cell: &'a str,
    /// The sample's number.
    pub sample: u32,
}

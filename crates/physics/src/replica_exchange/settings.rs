//! The ladder of a replica exchange, and how long to run on it.

use crate::ladder::{LadderError, check_ladder};
use crate::observables::bytes_of_observing;
use model::FactorGraph;
use thiserror::Error;

/// The most temperatures of a ladder.
pub const MAX_TEMPERATURES: usize = 4096;

/// The fewest rounds that are measured: below, no autocorrelation can be told.
pub const MIN_ROUNDS: u32 = 16;

/// The ladder and how long to run on it. Always valid.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeSettings {
    ladder: Vec<f64>,
    runs: u32,
    relax: u32,
    rounds: u32,
}

/// Why settings do not describe a replica exchange.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ExchangeSettingsError {
    /// Not increasing, or not β.
    #[error(transparent)]
    Ladder(#[from] LadderError),
    /// Nobody to swap with.
    #[error("the ladder has one β, and a replica there has none to exchange with; list at least two")]
    OneTemperature,
    /// Longer than any use asks for.
    #[error("the ladder has {0} temperatures; at most {MAX_TEMPERATURES} are supported")]
    TooManyTemperatures(usize),
    /// No spread, no error bar.
    #[error(
        "replica exchange with runs = {0} has no R̂ and no overlaps; it needs at least 2 independent runs"
    )]
    TooFewRuns(u32),
    /// Too short.
    #[error("rounds = {0} is too few for an error bar; at least {MIN_ROUNDS} rounds must be measured")]
    TooFewRounds(u32),
}

impl ExchangeSettings {
    /// Checks that the ladder has at least two β and increases within [0, [`MAX_BETA`](model::MAX_BETA)], that `runs` ≥
    /// 2 and `rounds` ≥ [`MIN_ROUNDS`]. `relax` rounds before the measured ones may be 0.
    ///
    /// # Errors
    /// If one of them is not so (NaN and ∞ included).
    pub fn new(ladder: Vec<f64>, runs: u32, relax: u32, rounds: u32) -> Result<Self, ExchangeSettingsError> {
        check_ladder(&ladder)?;
        if ladder.len() < 2 {
            return Err(ExchangeSettingsError::OneTemperature);
        }
        if ladder.len() > MAX_TEMPERATURES {
            return Err(ExchangeSettingsError::TooManyTemperatures(ladder.len()));
        }
        if runs < 2 {
            return Err(ExchangeSettingsError::TooFewRuns(runs));
        }
        if rounds < MIN_ROUNDS {
            return Err(ExchangeSettingsError::TooFewRounds(rounds));
        }
        Ok(Self { ladder, runs, relax, rounds })
    }

    /// The temperatures, increasing in β.
    pub fn ladder(&self) -> &[f64] {
        &self.ladder
    }

    /// Independent runs, each with a replica at every β.
    pub fn runs(&self) -> u32 {
        self.runs
    }

    /// Rounds before measuring.
    pub fn relax(&self) -> u32 {
        self.relax
    }

    /// Rounds that are measured.
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// About how much memory [`replica_exchange`](super::replica_exchange) needs, in bytes: two runs of replicas at a
    /// time, and all energies.
    pub fn bytes(&self, graph: &FactorGraph) -> u64 {
        let [temperatures, runs, rounds] =
            [self.ladder.len() as u64, u64::from(self.runs), u64::from(self.rounds)];
        let replica = (graph.weight_count() + graph.path_count() + 8 * graph.max_degree()) as u64;
        let incidences = 4 * graph.weight_of().len() as u64;
        let energies = 8 * runs * rounds;
        // The energies are read once more, as sums over the ladder, and copied where errors are found.
        temperatures * (2 * replica + bytes_of_observing(graph, runs) + energies)
            + 6 * energies
            + 2 * incidences
    }
}

//! Ladders of temperatures.

use model::MAX_BETA;
use thiserror::Error;

/// Strictly increasing β within [0, [`MAX_BETA`]], at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder(Vec<f64>);

/// Why numbers are not a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum LadderError {
    /// No β at all.
    #[error("the ladder is empty; list at least one β")]
    Empty,
    /// Negative, too large or not a number.
    #[error("ladder[{index}] = {value} is not a β in [0, {MAX_BETA}]")]
    NotABeta {
        /// Position in the ladder.
        index: usize,
        /// What stands there.
        value: f64,
    },
    /// Out of order, or twice the same.
    #[error("the ladder must increase: ladder[{index}] = {value} does not exceed {before} before it")]
    NotIncreasing {
        /// Position in the ladder.
        index: usize,
        /// What stands there.
        value: f64,
        /// What stands before it.
        before: f64,
    },
}

impl Ladder {
    /// A ladder of these β.
    ///
    /// ```
    /// use physics::ladder::Ladder;
    /// assert_eq!(Ladder::new(vec![0.0, 0.5, 1.0]).unwrap().betas().len(), 3);
    /// let error = Ladder::new(vec![0.5, 0.5]).unwrap_err();
    /// assert_eq!(error.to_string(), "the ladder must increase: ladder[1] = 0.5 does not exceed 0.5 before it");
    /// ```
    ///
    /// # Errors
    /// As [`check_ladder`].
    pub fn new(betas: Vec<f64>) -> Result<Self, LadderError> {
        check_ladder(&betas)?;
        Ok(Self(betas))
    }

    /// The β, increasing.
    pub fn betas(&self) -> &[f64] {
        &self.0
    }
}

/// Checks that these are a ladder.
///
/// # Errors
/// If there is none, one is outside the range (NaN and ∞ included), or they do not strictly increase.
pub fn check_ladder(betas: &[f64]) -> Result<(), LadderError> {
    if betas.is_empty() {
        return Err(LadderError::Empty);
    }
    for (index, &value) in betas.iter().enumerate() {
        if !(0.0..=MAX_BETA).contains(&value) {
            return Err(LadderError::NotABeta { index, value });
        }
        if index > 0 && value <= betas[index - 1] {
            return Err(LadderError::NotIncreasing { index, value, before: betas[index - 1] });
        }
    }
    Ok(())
}

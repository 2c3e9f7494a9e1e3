//! Transitions from the measurements of a sweep.
//!
//! Pure functions of numbers: the [`MethodRows`] of a sweep, gathered one by one, to the [`Transition`]s along every
//! line through its grid: where the branches of belief propagation cross and vanish, with errors from the spread of the
//! disorder samples, or why that is not known. This crate knows no database, no plots and no command line.
//!
//! [`Transition`]: sweep::transition::Transition

mod ballot;
mod control;
mod curve;
mod grouping;
mod jump;
mod line;
mod locating;
#[cfg(test)]
mod planted;
mod spread;
mod transition;

pub use control::MeanAlpha;
pub use grouping::MethodRows;
pub use line::{Line, Sample};
pub use transition::find;

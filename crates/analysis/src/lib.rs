//! Transitions from the measurements of a sweep.
//!
//! Pure functions of numbers: a [`Line`] through the grid with the belief-propagation rows of every sample on it, to
//! where its branches cross and vanish ([`Transition`]), with errors from resampling the disorder samples. This crate
//! knows no database, no plots and no command line.

mod grouping;
mod line;
mod transition;

pub use grouping::{Axis, BpRow, NamedLine, lines};
pub use line::{Line, Point, Sample, Values};
pub use transition::{Estimate, FINE_STEP, Transition, find};

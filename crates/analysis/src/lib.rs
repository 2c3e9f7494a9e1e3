//! Transitions from the measurements of a sweep.
//!
//! Pure functions of numbers: a [`Line`] through the grid with the belief-propagation rows of every sample on it, to
//! where its branches cross and vanish ([`Transition`]), with errors from the spread of the disorder samples, or to why
//! that is not known. This crate knows no database, no plots and no command line.

mod ballot;
mod curve;
mod grouping;
mod jump;
mod line;
mod locating;
mod place;
mod spread;
mod transition;

pub use grouping::{Axis, BpRow, NamedLine, lines};
pub use jump::Jump;
pub use line::{End, Line, Sample, Values};
pub use place::{Between, Estimate, FINE_STEP, Place};
pub use transition::{Transition, find};

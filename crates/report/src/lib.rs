//! Tables and plots of a sweep's results.
//!
//! Everything here is a pure function of [`Results`], rows of SQL views: [`draw`] makes figures of them, [`summary`] a
//! table for the terminal. This crate knows nothing of databases, sweeps in progress or the command line.

mod asked;
mod axis;
mod by;
mod canvas;
mod curve_key;
mod degrees;
mod difference;
mod drawing;
mod error;
mod figure;
mod fitted;
mod font;
mod frame;
mod header;
mod heatmap;
mod layout;
mod legend;
mod levels;
mod marks;
mod notation;
mod overview;
mod page;
mod panels;
mod pdf;
mod phase_lines;
mod phase_names;
mod phase_plane;
mod plan;
mod precision;
mod quantity;
mod series;
mod spots;
mod style;
mod summary;
#[cfg(test)]
#[path = "../examples/synthetic/mod.rs"]
mod synthetic;
mod ticks;
mod training_summary;
mod trainings;
mod transition;
mod view;

pub use crate::asked::{Asked, Source, draw_asked};
pub use crate::by::{By, Condition};
pub use crate::drawing::{Figure, Format, Output, files};
pub use crate::error::ReportError;
pub use crate::figure::{Results, draw};
pub use crate::fitted::fitted;
pub use crate::notation::{concise, place_text};
pub use crate::page::Page;
pub use crate::precision::largest_error;
pub use crate::quantity::{MeanOf, Quantity};
pub use crate::style::{colours, method_colour};
pub use crate::summary::summary;
pub use crate::training_summary::training_summary;

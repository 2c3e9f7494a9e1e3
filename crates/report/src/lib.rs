//! Tables and plots of a sweep's results.
//!
//! Everything here is a pure function of [`Results`], rows of SQL views: [`draw`] makes figures of them, [`summary`] a
//! table for the terminal. This crate knows nothing of databases, sweeps in progress or the command line.

mod axis;
mod canvas;
mod degrees;
mod drawing;
mod error;
mod figure;
mod fitted;
mod font;
mod frame;
mod header;
mod heatmap;
mod legend;
mod levels;
mod notation;
mod overview;
mod panels;
mod phase_lines;
mod plan;
mod quantity;
mod series;
mod style;
mod summary;
#[cfg(test)]
#[path = "../examples/synthetic/mod.rs"]
mod synthetic;
mod ticks;
mod transition;
mod view;

pub use crate::drawing::{Figure, write_figures};
pub use crate::error::ReportError;
pub use crate::figure::{Results, draw};
pub use crate::fitted::fitted;
pub use crate::notation::{concise, place_text};
pub use crate::summary::summary;

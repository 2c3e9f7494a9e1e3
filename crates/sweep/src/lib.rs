//! The domain of a parameter sweep: specs, grids, cells, units, jobs and measurements.
//!
//! A [`Spec`] (TOML) is a grid of [`Cell`]s, disorder samples, a β ladder and [`Method`]s. The specs submitted under
//! one name are the parts of a [`Sweep`]. Part by part, units (one sample of one cell) are numbered, described by their
//! [`Work`], and cut into [`Job`]s. Nothing is materialised: a grid of 10^8 points costs its axes.
//!
//! This crate knows no async runtime, database, clock, file system or environment.

pub mod axis;
mod brought;
pub mod cell;
pub mod coordinates;
pub mod cost;
pub mod decimal;
pub mod diagram;
pub mod extension;
pub mod grid;
mod grid_reader;
pub mod job;
pub mod measurement;
pub mod method;
pub mod notes;
mod parameter;
pub mod parts;
pub mod plan;
mod pricing;
pub mod range;
mod reader;
pub mod size;
mod source;
pub mod spec;
pub mod streams;
mod task;
pub mod training;
pub mod transition;
pub mod unit;

pub use brought::{Brought, BroughtInstance};
pub use cell::{Cell, CellKind, CellParameters};
pub use extension::NotAnExtension;
pub use grid::Grid;
pub use job::{Job, cut};
pub use method::{Method, MethodSettings};
pub use parts::{PartsError, Sweep};
pub use plan::{Plan, TooCostly};
pub use reader::{SpecError, meant};
pub use source::{InstanceFile, SpecSource};
pub use spec::Spec;
pub use training::Training;
pub use unit::{RowKey, Task, Work};

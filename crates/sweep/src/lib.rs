//! The domain of a parameter sweep: specs, grids, cells, units, jobs and measurements.

pub mod measurement;

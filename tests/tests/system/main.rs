//! The whole program, from the command line to the database.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod crashes;
mod determinism;
mod extending;
mod specs;
mod workers;

//! The whole program, from the command line to the database.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod commands;
mod crashes;
mod determinism;
mod extending;
mod malformed_input;
mod malformed_messages;
mod methods;
mod outputs;
mod outside;
mod reference;
mod scale;
mod sharing;
mod specs;
mod workers;

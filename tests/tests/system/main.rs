//! The whole program, from the command line to the database.
#![allow(clippy::unwrap_used, reason = "these are tests")]

mod commands;
mod containers;
mod crashes;
mod credentials;
mod determinism;
mod documents;
mod everyday;
mod extending;
mod formats;
mod hostile;
mod malformed_input;
mod malformed_messages;
mod means;
mod methods;
mod networks;
mod outputs;
mod outside;
mod readers;
mod reference;
mod scale;
mod schemas;
mod secrets;
mod sharing;
mod specs;
mod tls;
mod trainings;
mod transitions;
mod travelling;
mod workers;

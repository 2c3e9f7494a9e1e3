//! Solvers of the random active path model ([`model`]): belief propagation, Monte Carlo and the exact answer.
//!
//! [`bp`], [`mc`], [`exact`] and their kin take a [`model::FactorGraph`] and inverse temperatures. Nothing here knows a
//! clock, a database, an environment or an async runtime; the same input gives the same bits on every machine.
//!
//! Totals are returned; dividing by n is the caller's.

pub mod anneal;
pub mod bp;
pub mod chain;
mod configuration;
pub mod exact;
pub mod ladder;
pub mod levels;
pub mod mc;
pub mod observables;
pub mod reduced;
pub mod replica_exchange;
mod scaled_product;
pub mod statistics;
mod swaps;
pub mod thermodynamic_integration;

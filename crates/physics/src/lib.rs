//! The random active path model (Huang and Goudarzi, Phys. Rev. E 98, 042311, 2018) and its solvers.
//!
//! H(W) = −Σ_a ξ_a Π_l W^l[i_{l−1}, i_l] over the active paths a = (i_0, …, i_L) of a network with weights ±1.
//!
//! Data flows one way: a [`Structure`] draws an [`Instance`] (or a file brings one), a [`FactorGraph`] numbers its
//! weights, and [`bp`], [`mc`] and [`exact`] solve the graph at given β. Nothing here knows a clock, a database, an
//! environment or an async runtime; the same input gives the same bits on every machine (see [`numerics`], [`random`]).
//!
//! Totals are returned; dividing by n is the caller's.

pub mod anneal;
pub mod bp;
pub mod chain;
pub mod closed_form;
pub mod cpu;
mod ensemble;
pub mod exact;
mod graph;
mod instance;
pub mod ladder;
pub mod levels;
pub mod mc;
mod network;
pub mod numerics;
pub mod observables;
pub mod random;
pub mod reduced;
pub mod replica_exchange;
mod scaled_product;
pub mod statistics;
pub mod thermodynamic_integration;

pub use ensemble::{Couplings, Ensemble, Structure, StructureError};
pub use graph::FactorGraph;
pub use instance::{Instance, InstanceError, Signs};
pub use network::{Network, NetworkError, Weight};

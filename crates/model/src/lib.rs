//! The random active path model (Huang and Goudarzi, Phys. Rev. E 98, 042311, 2018): what is solved, and no solver.
//!
//! H(W) = −Σ_a ξ_a Π_l W^l[i_{l−1}, i_l] over the active paths a = (i_0, …, i_L) of a network with weights ±1.
//!
//! A [`Structure`] draws an [`Instance`] (or a file brings one), a [`FactorGraph`] numbers its weights, and with three
//! weight layers it splits into independent two-body systems ([`Reduced`]). The same input gives the same bits on every
//! machine (see [`numerics`], [`random`]).

pub mod closed_form;
mod core;
mod ensemble;
mod exact_cost;
mod graph;
mod instance;
mod masks;
mod network;
pub mod npz;
pub mod numerics;
pub mod random;
mod rectified;
mod reduced;
mod union_find;

pub use core::{Core, Cores};
pub use ensemble::{Couplings, Ensemble, Structure, StructureError};
pub use exact_cost::{ExactCost, enumerated_configurations, exact_cost};
pub use graph::FactorGraph;
pub use instance::{Instance, InstanceError, MAX_PATHS, Signs};
pub use masks::MasksError;
pub use network::{Network, NetworkError, Weight};
pub use rectified::{Gates, RectifiedNetwork};
pub use reduced::{Bond, Reduced, System, Variable};
pub use union_find::UnionFind;

/// The largest β: beyond it e^(2β) and the products of a deep path would leave the range of f64.
pub const MAX_BETA: f64 = 100.0;

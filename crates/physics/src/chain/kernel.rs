//! The kernels that run chains of one instance, and how they keep a replica.

use super::lanes::PathLists;
use super::packed::{self, BitRows};
use super::plain;

/// What runs the chains of an instance.
pub(super) enum Kernel {
    /// One replica in bit rows.
    Packed(BitRows),
    /// One bit a replica.
    Lanes(PathLists),
    /// Weight by weight.
    Plain,
}

/// One replica of an instance, as its dynamics keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replica {
    /// A replica in bit rows.
    Packed(packed::BitReplica),
    /// Weight by weight.
    Plain(plain::Replica),
}

impl Replica {
    /// H.
    pub fn energy(&self) -> i64 {
        match self {
            Replica::Packed(replica) => replica.energy,
            Replica::Plain(replica) => replica.energy,
        }
    }
}

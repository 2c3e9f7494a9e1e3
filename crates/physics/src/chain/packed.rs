//! One replica in rows of bits, for three weight layers.
//!
//! For a unit j of the first hidden layer let X be the row of bits over k with X_k = 1 where W²\[j,k\] W³\[k\] = −1,
//! and A_ij the row over k with a bit for each active path (i, j, k). Then the field of W¹\[i, j\] is
//!
//! h = d − 2 popcount((X ⊕ S_ij) ∧ A_ij),
//!
//! d = |A_ij| being its degree and S_ij the signs of its paths, which are all 0 with couplings `input` (in the gauge of
//! [`crate::chain`]). With rows over i instead, and Y the bits of W¹[·, j], f = d − 2 popcount((Y ⊕ S_jk) ∧ A_jk) gives
//! W²\[j,k\] the field f W³\[k\], and W³\[k\] the field Σ_j f W²\[j,k\] of the values just drawn. The work does not
//! grow with the number of paths.
//!
//! Slots of a [row of positions](super::Positions) are taken 32 at a time: chunk t of their rows, 16 bits each, are the
//! 32 numbers of one `Block`, so that population counts, added up over t, are 32 numbers in the order of the slots and
//! of their draws, and a comparison of 32 numbers gives 32 bits of the new row. Chunks are taken in pairs, the odd
//! slots' the other way round: a word of X or Y then meets the chunks of all slots where it is broadcast as it is, and
//! once more with its halves exchanged.

mod compare;
mod mc_sweep;
mod rows;

pub(crate) use compare::{Comparison, Glance};
pub use rows::{BitReplica, BitRows};

use super::draws::GAMMA;
use super::heat::Heat;
use super::wide::{Plain, Wide};
use kernel::cpu::Level;

impl BitRows {
    /// The random configuration that the chain of that key begins with.
    pub fn random(&self, key: u64) -> BitReplica {
        // The leading bit of a draw decides at β = 0: R < 2^63. Positions are in the order of the rows.
        let mut groups = (0..).map(|g: u64| {
            let start = key.wrapping_add((8 * g).wrapping_mul(GAMMA));
            !Plain::negative(Plain::mix(Plain::arguments(start)))
        });
        let mut row = |groups_of_row: usize| groups.by_ref().take(groups_of_row).collect::<Vec<u32>>();
        let first = self.firsts.iter().flat_map(|side| row(side.groups)).collect();
        // A row over k may end early, where unit j has no path to the last k.
        let second = self.seconds.iter().flat_map(|side| {
            row(side.groups).into_iter().chain(std::iter::repeat(0)).take(self.output_groups)
        });
        let second = second.collect();
        self.with_energy(BitReplica { first, second, third: row(self.output_groups), energy: 0 })
    }

    /// A given configuration g_i w_i.
    pub fn replica(&self, weights: &[i8]) -> BitReplica {
        let mut layers = self.layer_groups().map(|groups| vec![0; groups]);
        for (slot, &weight) in self.slots.iter().zip(weights) {
            layers[usize::from(slot.layer) - 1][slot.group as usize] |= u32::from(weight < 0) << slot.bit;
        }
        let [first, second, third] = layers;
        self.with_energy(BitReplica { first, second, third, energy: 0 })
    }

    fn with_energy(&self, mut replica: BitReplica) -> BitReplica {
        let merged = replica.merged();
        replica.energy = -compare::path_sum(Level::chosen(), self, self.signed, &replica.first, &merged);
        replica
    }

    /// MC sweep number `mc_sweep` ≥ 1 of the chain of that key.
    pub fn mc_sweep(&self, level: Level, replica: &mut BitReplica, heat: &Heat, key: u64, mc_sweep: u64) {
        mc_sweep::mc_sweep(level, self, replica, heat, key, mc_sweep * self.words_per_sweep);
    }
}

//! The excitations of a system by single spins: what a run may not have seen.

use super::heat_bath::Conditional;
use model::System;

/// A flip of one W¹ spin from a low configuration, the v side following.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Excitation {
    /// Its probability relative to that configuration, Π_v cosh βf′_v / cosh βf_v.
    pub(super) rate: f64,
    /// How much ⟨H⟩ given the W¹ side changes.
    pub(super) energy: f64,
    /// How much (⟨H⟩ − E)² + Var H given the W¹ side changes, which averages to the variance of H; E is ⟨H⟩ before the
    /// flip.
    pub(super) square: f64,
}

/// One for each W¹ spin. With J = ±1 the flip of spin i changes the fields of its neighbours from f_v to f_v − 2 J s_i.
pub(super) fn excitations(system: &System, conditional: &Conditional, spins: &[i8]) -> Vec<Excitation> {
    let mut fields = vec![0i64; system.spin_count()];
    for bond in system.bonds() {
        let [w, v] = bond.ends.map(|i| i as usize);
        fields[v] += i64::from(bond.coupling * spins[w]);
    }
    let flip = |i: usize| {
        let (mut cost, mut energy, mut variance) = (0.0, 0.0, 0.0);
        for &e in system.half_edges(i) {
            let bond = system.bonds()[e as usize / 2];
            let before = fields[bond.ends[1] as usize];
            let after = before - 2 * i64::from(bond.coupling * spins[i]);
            cost += conditional.ln_cosh(before) - conditional.ln_cosh(after);
            energy += conditional.energy(after) - conditional.energy(before);
            variance += conditional.variance(after) - conditional.variance(before);
        }
        Excitation { rate: model::numerics::exp(-cost), energy, square: energy * energy + variance }
    };
    (0..system.first_side()).map(flip).collect()
}

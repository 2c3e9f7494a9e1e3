//! The exact enumeration of the reduced systems, against one with an exponential for every configuration and β.

use crate::pairs::{Ratio, compare};
use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph, Network, Reduced, Structure, System, numerics};
use physics::exact;
use std::hint::black_box;

/// β of a ladder: as many as fit side by side.
pub(crate) const LADDER: [f64; 8] = [0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.7, 2.0];

/// What is compared, and on what.
pub(crate) const KERNEL: &str = "exact, 8 β / one exponential a configuration";
pub(crate) const INSTANCE: &str = "N = 28, branching, ρ = (0.5, 0.2)";

/// Configurations of the instance at all of [`LADDER`], the same number for both.
pub(crate) fn enumeration() -> Ratio {
    let graph = &branching(&[28, 28, 28, 1], Couplings::Input, &[0.5, 0.2]);
    let reduced = Reduced::new(graph).expect("three weight layers");
    let configurations = model::exact_cost(graph).configurations as u64;
    compare(
        || {
            let log_z: f64 =
                reduced.systems().iter().map(|system| PlainSum::new(system).log_z(&LADDER)[0]).sum();
            black_box(log_z);
            configurations
        },
        || {
            black_box(exact::solve(graph, &LADDER, u64::MAX).expect("no limit"));
            configurations
        },
    )
}

fn branching(widths: &[u32], couplings: Couplings, activation: &[f64]) -> FactorGraph {
    let network = Network::new(widths.to_vec()).expect("widths");
    let structure =
        Structure::new(network, Ensemble::Branching, couplings, vec![0.0; 3], activation.to_vec());
    FactorGraph::new(&structure.expect("probabilities").draw(&mut Key::derive("benchmark", &[]).stream(0)))
}

/// The smaller side of a system in Gray-code order, with the fields of all spins of the larger one.
struct PlainSum {
    /// (y, J) of every enumerated spin.
    bonds: Vec<Vec<(usize, i32)>>,
    fields: Vec<i32>,
}

impl PlainSum {
    fn new(system: &System) -> Self {
        let (first, all) = (system.first_side(), system.spin_count());
        let swap = first > all - first;
        let mut bonds = vec![Vec::new(); if swap { all - first } else { first }];
        let mut fields = vec![0; all - bonds.len()];
        for bond in system.bonds() {
            let (w, v) = (bond.ends[0] as usize, bond.ends[1] as usize - first);
            let (x, y) = if swap { (v, w) } else { (w, v) };
            bonds[x].push((y, i32::from(bond.coupling)));
            fields[y] += i32::from(bond.coupling);
        }
        Self { bonds, fields }
    }

    /// log Z, with ⟨H⟩ and ⟨H²⟩ summed along the way as whoever wants them would.
    fn log_z(mut self, betas: &[f64]) -> Vec<f64> {
        let shares: Vec<Vec<[f64; 3]>> = (0..=self.bonds.len()).map(|f| share(f as f64, betas)).collect();
        let row = |field: i32| &shares[field.unsigned_abs() as usize];
        let mut sums = vec![[0.0f64; 3]; betas.len()];
        for &field in &self.fields {
            sums.iter_mut().zip(row(field)).for_each(|(sum, share)| (0..3).for_each(|q| sum[q] += share[q]));
        }
        let mut totals = vec![(f64::NEG_INFINITY, [0.0f64; 3]); betas.len()];
        let mut spins = vec![1; self.bonds.len()];
        for step in 1..=1u64 << (self.bonds.len() - 1) {
            totals.iter_mut().zip(&sums).for_each(|(total, &sum)| add(total, sum));
            let x = step.trailing_zeros() as usize;
            spins[x] = -spins[x];
            for &(y, coupling) in &self.bonds[x] {
                let old = row(self.fields[y]);
                self.fields[y] += 2 * coupling * spins[x];
                let changes = sums.iter_mut().zip(row(self.fields[y])).zip(old);
                changes.for_each(|((sum, new), old)| (0..3).for_each(|q| sum[q] += new[q] - old[q]));
            }
        }
        totals.iter().map(|(top, sums)| top + numerics::ln(2.0 * sums[0])).collect()
    }
}

/// ln 2cosh βf, the energy and its variance of a spin in the field f.
fn share(f: f64, betas: &[f64]) -> Vec<[f64; 3]> {
    let of = |&beta: &f64| {
        let (t, decay) = (numerics::tanh(beta * f), numerics::exp(-2.0 * beta * f));
        [beta * f + numerics::ln_1p(decay), -f * t, f * f * (1.0 - t * t)]
    };
    betas.iter().map(of).collect()
}

/// One more configuration, relative to the heaviest one so far.
fn add((top, sums): &mut (f64, [f64; 3]), [ln_weight, energy, variance]: [f64; 3]) {
    if ln_weight > *top {
        let shrink = numerics::exp(*top - ln_weight);
        sums.iter_mut().for_each(|sum| *sum *= shrink);
        *top = ln_weight;
    }
    if ln_weight - *top > -60.0 {
        let weight = numerics::exp(ln_weight - *top);
        sums[0] += weight;
        sums[1] += weight * energy;
        sums[2] += weight * (variance + energy * energy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baseline_of_the_exact_enumeration_agrees_with_it() {
        let graph = branching(&[9, 4, 8, 1], Couplings::Path, &[0.7, 0.5]);
        let reduced = Reduced::new(&graph).expect("three weight layers");
        let expected = exact::solve(&graph, &LADDER, 1 << 20).expect("small");
        let mut found = vec![reduced.third_layer_weights() as f64 * std::f64::consts::LN_2; LADDER.len()];
        for system in reduced.systems() {
            found.iter_mut().zip(PlainSum::new(system).log_z(&LADDER)).for_each(|(sum, part)| *sum += part);
        }
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected.log_z).abs() < 1e-11 * expected.log_z, "{found} {expected:?}");
        }
    }
}

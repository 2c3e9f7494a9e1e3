//! docs/model.md, fact 2: with three weight layers and one output the model splits exactly into bipartite two-body
//! systems ([`crate::reduced`]), and log Z = n_(3) ln 2 + Σ log Z_system over the connected ones.
//!
//! Of each system the core is left when single bonds are peeled off ([`model::Core`]). Its smaller side, x, is
//! enumerated, and the larger one, y, summed in closed form: Z = Σ_x Π_y 2 cosh β f_y with f_y = Σ_x J x.

use super::blocks::Enumeration;
use super::lanes::{Fields, Lanes, Moments, WIDTH};
use super::layout::SpinLayout;
use super::plain;
use super::values::Exact;
use kernel::cpu::Level;
use model::numerics::ln;
use model::{Core, Cores};
use std::f64::consts::LN_2;

/// A sum of weights below 2^−900 may have lost some to underflow. Only in a frustrated system can it come to that, at
/// β × (bonds that cannot be satisfied) of several hundred.
const LEAST_SUM: f64 = f64::from_bits((1023 - 900) << 52);

/// The sum over the cores, at every β.
pub(super) fn solve(cores: &Cores, level: Level, betas: &[f64]) -> Vec<Exact> {
    let free = Exact { log_z: cores.third_layer_weights() as f64 * LN_2, energy: 0.0, energy_variance: 0.0 };
    let mut totals = vec![free; betas.len()];
    let largest = cores.cores().iter().map(|core| core.bonds().len()).max().unwrap_or(1);
    let layouts: Vec<SpinLayout> = cores.cores().iter().map(SpinLayout::new).collect();
    for (totals, betas) in totals.chunks_mut(WIDTH).zip(betas.chunks(WIDTH)) {
        let lanes: Lanes = std::array::from_fn(|b| betas[b.min(betas.len() - 1)]);
        let fields = Fields::new(&lanes, largest);
        for (core, layout) in cores.cores().iter().zip(&layouts) {
            let parts = solve_core(level, core, layout, betas, &fields);
            for (total, part) in totals.iter_mut().zip(parts) {
                total.log_z += part.log_z;
                total.energy += part.energy;
                total.energy_variance += part.energy_variance;
            }
        }
    }
    totals
}

/// One system at up to eight β; `fields` are of these β, the last one repeated.
fn solve_core(level: Level, core: &Core, layout: &SpinLayout, betas: &[f64], fields: &Fields) -> Vec<Exact> {
    let moments = Enumeration::new(layout, fields).sum(level);
    let degrees = core.summed_degrees();
    let too_cold = |b: usize| moments.weight[b] < LEAST_SUM;
    let cold: Vec<f64> = (0..betas.len()).filter(|&b| too_cold(b)).map(|b| betas[b]).collect();
    let mut plain = if cold.is_empty() { Vec::new() } else { plain::solve(core, &cold) }.into_iter();
    let peeled = core.peeled() as f64;
    let with_peeled = |b: usize| {
        let of_core = if too_cold(b) { plain.next() } else { None };
        let of_core = of_core.unwrap_or_else(|| averages(&moments, b, fields, &degrees));
        Exact {
            log_z: of_core.log_z + peeled * fields.ln_two_cosh[1][b],
            energy: of_core.energy + peeled * (fields.excess[1][b] - 1.0),
            energy_variance: of_core.energy_variance + peeled * fields.variance[1][b],
        }
    };
    (0..betas.len()).map(with_peeled).collect()
}

/// From sums over half of the configurations, relative to Π_y 2 cosh(β degree) and −(number of bonds).
fn averages(moments: &Moments, b: usize, fields: &Fields, degrees: &[usize]) -> Exact {
    let energy = moments.energy[b] / moments.weight[b];
    let largest: f64 = degrees.iter().map(|&degree| fields.ln_two_cosh[degree][b]).sum();
    let bonds: usize = degrees.iter().sum();
    Exact {
        log_z: ln(moments.weight[b]) + largest + LN_2,
        energy: energy - bonds as f64,
        energy_variance: (moments.square[b] / moments.weight[b] - energy * energy).max(0.0),
    }
}

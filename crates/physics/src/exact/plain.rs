//! A core by the book: all fields are kept, every step of a Gray code changes one spin, and each configuration has its
//! own exponential. The definition that [`super::blocks`] is tested against, and the way of what is too cold for that.

use super::values::Exact;
use kernel::stop;
use model::Core;
use model::numerics::{exp, ln, ln_1p, tanh};

/// After so many Gray-code steps the running sums are computed afresh, so that rounding does not pile up.
const REFRESH: u64 = 1 << 12;

/// A configuration that is e^−60 times less likely than another adds nothing to a sum in f64.
const NEGLIGIBLE: f64 = -60.0;

/// log Z, E and its variance of a core alone, without what was peeled. Energies are summed from the lowest one
/// conceivable, −(number of bonds), so that the variance of a cold system does not drown in the square of its mean.
///
/// Visits half of the 2^|x| configurations of the smaller side in Gray-code order.
pub(super) fn solve(core: &Core, betas: &[f64]) -> Vec<Exact> {
    let lowest_energy = -(core.bond_count() as f64);
    let table = FieldTable::new(betas, core.bonds().len());
    let mut fields = vec![0i32; core.summed()];
    let mut spins = vec![1i32; core.bonds().len()];
    for &(y, coupling) in core.bonds().iter().flatten() {
        fields[y as usize] += coupling;
    }
    let mut sums = table.sums(&fields);
    let mut averages = vec![Average::EMPTY; betas.len()];
    let configurations = 1u64 << (core.bonds().len() - 1);
    let mut visited = 0;
    loop {
        for (average, sum) in averages.iter_mut().zip(sums.chunks_exact(3)) {
            average.add(sum[0], sum[1] - lowest_energy, sum[2]);
        }
        visited += 1;
        if visited == configurations {
            break;
        }
        let x = visited.trailing_zeros() as usize;
        spins[x] = -spins[x];
        for &(y, coupling) in &core.bonds()[x] {
            let field = &mut fields[y as usize];
            let old = table.row(*field);
            *field += 2 * coupling * spins[x];
            let new = table.row(*field);
            for ((sum, new), old) in sums.iter_mut().zip(new).zip(old) {
                *sum += new - old;
            }
        }
        if visited % REFRESH == 0 {
            stop::look();
            sums = table.sums(&fields);
        }
    }
    averages.iter().map(|average| average.finish(lowest_energy)).collect()
}

/// For every |f| and β, three numbers of one closed-form spin in the field f: ln 2cosh βf, its energy −f tanh βf, and
/// its energy variance f²/cosh² βf. Layout: `values[(|f| * betas + b) * 3 + quantity]`.
struct FieldTable {
    values: Vec<f64>,
    row_length: usize,
}

impl FieldTable {
    fn new(betas: &[f64], largest_field: usize) -> Self {
        let mut values = Vec::with_capacity((largest_field + 1) * betas.len() * 3);
        for f in (0..=largest_field).map(|f| f as f64) {
            for &beta in betas {
                let t = tanh(beta * f);
                let ln_two_cosh = beta * f + ln_1p(exp(-2.0 * beta * f));
                // 1 − t² without cancellation: sech² x = 4 e^(−2x)/(1 + e^(−2x))².
                let decay = exp(-2.0 * beta * f);
                let sech_squared = 4.0 * decay / ((1.0 + decay) * (1.0 + decay));
                values.extend([ln_two_cosh, -f * t, f * f * sech_squared]);
            }
        }
        Self { values, row_length: betas.len() * 3 }
    }

    fn row(&self, field: i32) -> &[f64] {
        let at = field.unsigned_abs() as usize * self.row_length;
        &self.values[at..at + self.row_length]
    }

    fn sums(&self, fields: &[i32]) -> Vec<f64> {
        let mut sums = vec![0.0; self.row_length];
        for &field in fields {
            sums.iter_mut().zip(self.row(field)).for_each(|(sum, value)| *sum += value);
        }
        sums
    }
}

/// Running Boltzmann averages, weights relative to the largest yet seen.
#[derive(Clone, Copy)]
struct Average {
    top: f64,
    weight: f64,
    /// Σ weight × energy above the lowest.
    energy: f64,
    /// Σ weight (variance given x + energy²).
    square: f64,
}

impl Average {
    const EMPTY: Average = Average { top: f64::NEG_INFINITY, weight: 0.0, energy: 0.0, square: 0.0 };

    fn add(&mut self, ln_weight: f64, energy: f64, variance: f64) {
        let difference = ln_weight - self.top;
        if difference < NEGLIGIBLE {
            return;
        }
        let weight = if difference > 0.0 {
            let shrink = exp(-difference);
            self.weight *= shrink;
            self.energy *= shrink;
            self.square *= shrink;
            self.top = ln_weight;
            1.0
        } else {
            exp(difference)
        };
        self.weight += weight;
        self.energy += weight * energy;
        self.square += weight * (variance + energy * energy);
    }

    fn finish(&self, lowest_energy: f64) -> Exact {
        let energy = self.energy / self.weight;
        Exact {
            // The other half of the configurations.
            log_z: self.top + ln(self.weight) + std::f64::consts::LN_2,
            energy: lowest_energy + energy,
            energy_variance: (self.square / self.weight - energy * energy).max(0.0),
        }
    }
}

//! Exact fact 2: with three weight layers and one output the model splits exactly into one bipartite two-body system
//! per unit j of the first hidden layer ([`crate::reduced`]), and log Z = n_(3) ln 2 + Σ_j log Z_j.
//!
//! Each Z_j enumerates its smaller side, x, and sums the larger side, y, in closed form: Z_j = Σ_x Π_y 2 cosh β f_y with
//! f_y = Σ_x ξ x.

use super::Exact;
use crate::graph::FactorGraph;
use crate::numerics::{exp, ln, ln_1p, tanh};
use crate::reduced::{self, System};

/// After so many Gray-code steps the running sums are computed afresh, so that rounding does not pile up.
const REFRESH: u64 = 1 << 12;

/// A configuration that is e^−60 times less likely than another adds nothing to a sum in f64.
const NEGLIGIBLE: f64 = -60.0;

/// The independent bipartite systems of an instance with three weight layers.
pub(super) struct Reduction {
    third_layer_weights: usize,
    units: Vec<Bipartite>,
}

/// The two-body system of one unit of the first hidden layer.
struct Bipartite {
    /// `bonds[x]`: (y, coupling ±1) of every spin of the enumerated, smaller side.
    bonds: Vec<Vec<(u32, i32)>>,
    /// Spins of the side that is summed in closed form.
    summed: usize,
    /// −(number of bonds) ≤ every energy. Averages are of the difference, so that the variance of a cold system does not
    /// drown in the square of its mean.
    lowest_energy: f64,
}

impl Reduction {
    /// The reduced systems, if the graph has three weight layers.
    pub(super) fn new(graph: &FactorGraph) -> Option<Self> {
        let units = reduced::systems_of_units(graph)?.iter().map(Bipartite::new).collect();
        Some(Self { third_layer_weights: reduced::third_layer_weights(graph), units })
    }

    /// Σ_j 2^(smaller side − 1): flipping a whole system leaves its energy unchanged.
    pub(super) fn configurations(&self) -> f64 {
        self.units.iter().map(|unit| libm::exp2(unit.bonds.len() as f64 - 1.0)).sum()
    }

    pub(super) fn solve(&self, betas: &[f64]) -> Vec<Exact> {
        let free = self.third_layer_weights as f64 * std::f64::consts::LN_2;
        let mut totals = vec![Exact { log_z: free, energy: 0.0, energy_variance: 0.0 }; betas.len()];
        for unit in &self.units {
            for (total, part) in totals.iter_mut().zip(unit.solve(betas)) {
                total.log_z += part.log_z;
                total.energy += part.energy;
                total.energy_variance += part.energy_variance;
            }
        }
        totals
    }
}

impl Bipartite {
    /// The two sides of a system, the smaller one to be enumerated; the W¹ side where they are equal.
    fn new(system: &System) -> Self {
        let first = system.first_side();
        let second = system.spin_count() - first;
        let mut bonds = vec![Vec::new(); first.min(second)];
        for bond in system.bonds() {
            let (w1, v) = (bond.ends[0], bond.ends[1] - first as u32);
            let (x, y) = if first <= second { (w1, v) } else { (v, w1) };
            bonds[x as usize].push((y, i32::from(bond.coupling)));
        }
        Self { bonds, summed: first.max(second), lowest_energy: -(system.bonds().len() as f64) }
    }

    /// Visits half of the 2^|x| configurations of the smaller side in Gray-code order.
    fn solve(&self, betas: &[f64]) -> Vec<Exact> {
        let largest_field = self.bonds.len();
        let table = FieldTable::new(betas, largest_field);
        let mut fields = vec![0i32; self.summed];
        let mut spins = vec![1i32; self.bonds.len()];
        for &(y, coupling) in self.bonds.iter().flatten() {
            fields[y as usize] += coupling;
        }
        let mut sums = table.sums(&fields);
        let mut averages = vec![Average::EMPTY; betas.len()];
        let configurations = 1u64 << (self.bonds.len() - 1);
        let mut visited = 0;
        loop {
            for (average, sum) in averages.iter_mut().zip(sums.chunks_exact(3)) {
                average.add(sum[0], sum[1] - self.lowest_energy, sum[2]);
            }
            visited += 1;
            if visited == configurations {
                break;
            }
            let x = visited.trailing_zeros() as usize;
            spins[x] = -spins[x];
            for &(y, coupling) in &self.bonds[x] {
                let field = &mut fields[y as usize];
                let old = table.row(*field);
                *field += 2 * coupling * spins[x];
                let new = table.row(*field);
                for ((sum, new), old) in sums.iter_mut().zip(new).zip(old) {
                    *sum += new - old;
                }
            }
            if visited % REFRESH == 0 {
                sums = table.sums(&fields);
            }
        }
        averages.iter().map(|average| average.finish(self.lowest_energy)).collect()
    }
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

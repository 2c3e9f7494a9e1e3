//! Heat bath of the two sides of a reduced system in turn.
//!
//! Given one side, the spins of the other are independent: P(s = ±1) = 1/(1 + e^(∓2βf)) with f = Σ_bonds J s' the field
//! of the given side. One `mc_sweep` draws the W¹ side given the v side, and then the v side given the W¹ side. It
//! moves v = W² W³ at once, whose two factors are one spin too many in the full model.

use kernel::stop;
use model::numerics::{exp, ln_cosh, tanh};
use model::random::{Key, Stream};
use model::{Reduced, System};

/// The dynamics of one system at one β.
pub struct HeatBath {
    first_side: usize,
    /// `neighbours[first[i]..first[i + 1]]`: the spins that spin i has bonds with, and their couplings.
    first: Vec<u32>,
    neighbours: Vec<(u32, i8)>,
    /// `thresholds[f + max_degree]`: a spin becomes +1 when its random word is below it.
    thresholds: Vec<u64>,
    conditional: Conditional,
}

/// What one MC sweep tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatBathMcSweep {
    /// H of the new configuration.
    pub energy: i64,
    /// ⟨H⟩ given the W¹ side, −Σ_v f_v tanh βf_v: the same mean with less noise.
    pub mean_energy: f64,
    /// ⟨H²⟩ − ⟨H⟩² given the W¹ side, Σ_v f_v²/cosh² βf_v.
    pub variance: f64,
}

/// What a spin s in a field f gives: Z = 2 cosh βf, and mean and variance of −f s.
#[derive(Debug, Clone)]
pub(super) struct Conditional {
    /// By |f|: −f tanh βf, f²/cosh² βf, and ln cosh βf.
    moments: Vec<[f64; 3]>,
}

impl Conditional {
    /// The moments for fields up to `most`.
    pub(super) fn new(beta: f64, most: i64) -> Self {
        let moments = |f: i64| {
            let f = f as f64;
            // 1/cosh² x = 4 e^(−2x)/(1 + e^(−2x))², of which nothing cancels.
            let decayed = exp(-2.0 * beta * f);
            let inverse = 1.0 / (1.0 + decayed);
            let variance = f * f * (4.0 * decayed * (inverse * inverse));
            [-f * tanh(beta * f), variance, ln_cosh(beta * f)]
        };
        Self { moments: (0..=most).map(moments).collect() }
    }

    /// −f tanh βf.
    pub(super) fn energy(&self, field: i64) -> f64 {
        self.moments[field.unsigned_abs() as usize][0]
    }

    /// f²/cosh² βf.
    pub(super) fn variance(&self, field: i64) -> f64 {
        self.moments[field.unsigned_abs() as usize][1]
    }

    /// ln cosh βf.
    pub(super) fn ln_cosh(&self, field: i64) -> f64 {
        self.moments[field.unsigned_abs() as usize][2]
    }
}

impl HeatBath {
    /// The dynamics at `beta` ≥ 0.
    pub fn new(system: &System, beta: f64) -> Self {
        let mut first = vec![0];
        let mut neighbours = Vec::with_capacity(2 * system.bonds().len());
        for i in 0..system.spin_count() {
            let neighbour = |&e: &u32| (system.end(e ^ 1), system.bonds()[e as usize / 2].coupling);
            neighbours.extend(system.half_edges(i).iter().map(neighbour));
            first.push(neighbours.len() as u32);
        }
        let most = first.windows(2).map(|pair| i64::from(pair[1] - pair[0])).max().unwrap_or(0);
        Self {
            first_side: system.first_side(),
            first,
            neighbours,
            thresholds: (-most..=most).map(|f| up_threshold(beta, f)).collect(),
            conditional: Conditional::new(beta, most),
        }
    }

    /// Means given the W¹ side.
    pub(super) fn conditional(&self) -> &Conditional {
        &self.conditional
    }

    /// Draws both sides, the W¹ side first.
    pub fn mc_sweep(&self, spins: &mut [i8], stream: &mut Stream) -> HeatBathMcSweep {
        stop::look();
        for i in 0..self.first_side {
            spins[i] = self.draw(self.field(spins, i), stream);
        }
        let mut totals = HeatBathMcSweep { energy: 0, mean_energy: 0.0, variance: 0.0 };
        for i in self.first_side..spins.len() {
            let field = self.field(spins, i);
            spins[i] = self.draw(field, stream);
            totals.energy -= i64::from(field) * i64::from(spins[i]);
            totals.mean_energy += self.conditional.energy(field.into());
            totals.variance += self.conditional.variance(field.into());
        }
        totals
    }

    /// f_i = Σ_bonds J s'.
    fn field(&self, spins: &[i8], i: usize) -> i32 {
        let neighbours = &self.neighbours[self.first[i] as usize..self.first[i + 1] as usize];
        neighbours.iter().map(|&(j, coupling)| i32::from(coupling * spins[j as usize])).sum()
    }

    fn draw(&self, field: i32, stream: &mut Stream) -> i8 {
        let max_degree = (self.thresholds.len() / 2) as i32;
        if stream.word() < self.thresholds[(field + max_degree) as usize] { 1 } else { -1 }
    }
}

/// Where belief propagation's polarised branch starts: the ground state of an unfrustrated system, otherwise a
/// configuration that so many MC sweeps at `beta` reached. System s draws from stream s of `key`.
pub fn polarising_configuration(reduced: &Reduced, beta: f64, mc_sweeps: u32, key: Key) -> Vec<Vec<i8>> {
    let quench = |number: usize, system: &System| {
        let mut stream = key.stream(number as u64);
        let mut spins = stream.signs(system.spin_count());
        let dynamics = HeatBath::new(system, beta);
        for _ in 0..mc_sweeps {
            dynamics.mc_sweep(&mut spins, &mut stream);
        }
        spins
    };
    let systems = reduced.systems().iter().enumerate();
    systems.map(|(s, system)| system.ground_state().unwrap_or_else(|| quench(s, system))).collect()
}

/// 2^64 / (1 + e^(−2βf)), the probability of +1 in the field f in units of 2^−64.
fn up_threshold(beta: f64, field: i64) -> u64 {
    let two_to_64 = (1u128 << 64) as f64;
    // The cast saturates: a probability that rounds to 1 keeps the chance 2^−64 of −1.
    (two_to_64 / (1.0 + exp(-2.0 * beta * field as f64))) as u64
}

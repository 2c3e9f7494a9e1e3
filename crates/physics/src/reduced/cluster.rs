//! Cluster Monte Carlo of unfrustrated reduced systems (Swendsen and Wang, Phys. Rev. Lett. 58, 86 (1987)).
//!
//! In the gauge of a ground state every coupling is +1, and e^(βss') ∝ (1 − p) + p δ(s, s') with p = 1 − e^(−2β): each
//! bond between equal spins is activated with probability p, and each cluster of spins joined by active bonds gets a
//! fair sign. A broken domain, which single weights of the full model cannot mend at low temperature (it would cost the
//! flip of a whole hidden unit), is mended at once: a few MC sweeps decorrelate at any β.
//!
//! Averages over a part of the randomness that are known in closed form take the place of values. Given the clusters
//! (Fortuin and Kasteleyn), ⟨s_i s_j⟩ is 1 within one and 0 between two, so that ⟨M²⟩ = Σ_clusters size². Given the W¹
//! side, ⟨H⟩ = −Σ_v f_v tanh βf_v with f_v the field of v; the same mean from the clusters, −(bonds within them), is
//! noisier, by a factor of 7 in the error at low temperature.

use super::Schedule;
use super::excitation::excitations;
use super::heat_bath::Conditional;
use super::total::{Series, Thermal, Total};
use crate::statistics::{Estimate, Value};
use kernel::stop;
use model::numerics::exp;
use model::random::{Key, Stream};
use model::{Reduced, System, UnionFind};

/// What cluster Monte Carlo measured; totals, not per weight. M_s = Σ_i σ_i w_i is the magnetisation of system s along
/// its ground state σ, and N_s its number of spins. M_s² is the same in all states that flips of hidden units join
/// (docs/model.md, fact 3), as M_s is not.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterSample {
    /// ⟨H⟩, from its mean given the W¹ side. Its `variance` is that of this mean, not of H.
    pub energy: Estimate,
    /// ⟨H²⟩ − ⟨H⟩², from its mean and variance given the W¹ side.
    pub energy_variance: Value,
    /// How many independent samples the energy of the slowest system is worth.
    pub effective_samples: f64,
    /// H after every measured MC sweep of every run.
    pub energies: Vec<f64>,
    /// Σ_s ⟨M_s²⟩/N_s. Divided by [`Reduced::spin_count`] it is the mean squared magnetisation of a spin's system, to
    /// be held against the overlap of an ordered state.
    pub squared_magnetisation: Estimate,
    /// Σ_s ⟨M_s²⟩ = ∂⟨Σ_s M_s⟩/∂(βh), the response to a field along the ground states.
    pub susceptibility: Estimate,
}

/// Runs every system from random configurations at `beta` ≥ 0; `None` where one is frustrated. System s of run r draws
/// from stream r 2^32 + s of `key`.
pub fn sample(reduced: &Reduced, beta: f64, schedule: &Schedule, key: Key) -> Option<ClusterSample> {
    let mut thermal = Thermal::new();
    let [mut squared_magnetisation, mut susceptibility] = [(); 2].map(|()| Total::new());
    for (number, system) in reduced.systems().iter().enumerate() {
        let run =
            |run| run_system(system, beta, schedule, &mut key.stream(u64::from(run) << 32 | number as u64));
        let runs = (0..schedule.runs).map(run).collect::<Option<Vec<_>>>()?;
        let conditional = Conditional::new(beta, system.first_side() as i64);
        let ground_state = system.ground_state()?;
        let series: Vec<Series> = runs.iter().map(|run| series(run)).collect();
        thermal.add(series, &excitations(system, &conditional, &ground_state));
        let squared_sizes: Vec<Vec<f64>> =
            runs.iter().map(|run| run.iter().map(|sweep| sweep.squared_sizes as f64).collect()).collect();
        let spins = system.spin_count() as f64;
        // A spin none of whose bonds is active is on its own: N² becomes (N − 1)² + 1.
        let split = 2.0 * (spins - 1.0);
        let alone = |i: usize| exp(-2.0 * beta * system.half_edges(i).len() as f64);
        let splits = |change: f64| (0..system.spin_count()).map(move |i| (alone(i), change));
        squared_magnetisation.add(&scaled(&squared_sizes, 1.0 / spins), splits(split / spins));
        susceptibility.add(&squared_sizes, splits(split));
    }
    Some(ClusterSample {
        energy: thermal.energy(),
        energy_variance: thermal.variance(),
        effective_samples: thermal.effective_samples(),
        squared_magnetisation: squared_magnetisation.estimate(),
        susceptibility: susceptibility.estimate(),
        energies: thermal.into_energies(),
    })
}

/// The measured MC sweeps of one run of one system.
fn run_system(
    system: &System,
    beta: f64,
    schedule: &Schedule,
    stream: &mut Stream,
) -> Option<Vec<ClusterSweep>> {
    let mut dynamics = SwendsenWang::new(system, beta, stream)?;
    for _ in 0..schedule.relax {
        dynamics.mc_sweep(stream);
    }
    Some((0..schedule.measure).map(|_| dynamics.mc_sweep(stream)).collect())
}

fn series(run: &[ClusterSweep]) -> Series {
    Series {
        energies: run.iter().map(|sweep| sweep.energy as f64).collect(),
        mean_energies: run.iter().map(|sweep| sweep.mean_energy).collect(),
        variances: run.iter().map(|sweep| sweep.variance).collect(),
    }
}

fn scaled(runs: &[Vec<f64>], factor: f64) -> Vec<Vec<f64>> {
    runs.iter().map(|run| run.iter().map(|value| value * factor).collect()).collect()
}

/// The dynamics of one system at one β, and its configuration.
pub struct SwendsenWang<'a> {
    system: &'a System,
    ground_state: Vec<i8>,
    /// s_i = σ_i w_i.
    spins: Vec<i8>,
    /// A bond between equal spins is active when its random word is below it.
    activation: u64,
    clusters: UnionFind,
    /// The root of every spin's cluster, after an MC sweep.
    roots: Vec<u32>,
    /// The size of the cluster of every root, after an MC sweep.
    sizes: Vec<u64>,
    /// The field at every v spin, after an MC sweep.
    fields: Vec<i32>,
    conditional: Conditional,
}

/// What one MC sweep tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterSweep {
    /// H of the new configuration.
    pub energy: i64,
    /// ⟨H⟩ given its W¹ side.
    pub mean_energy: f64,
    /// ⟨H²⟩ − ⟨H⟩² given its W¹ side.
    pub variance: f64,
    /// ⟨M²⟩ over the signs of the clusters, Σ size².
    pub squared_sizes: u64,
}

impl<'a> SwendsenWang<'a> {
    /// Begins with a random configuration; `None` where the system is frustrated.
    pub fn new(system: &'a System, beta: f64, stream: &mut Stream) -> Option<Self> {
        let ground_state = system.ground_state()?;
        let n = system.spin_count();
        Some(Self {
            system,
            ground_state,
            spins: stream.signs(n),
            activation: activation_threshold(beta),
            clusters: UnionFind::new(n),
            roots: vec![0; n],
            sizes: vec![0; n],
            fields: vec![0; n - system.first_side()],
            conditional: Conditional::new(beta, system.first_side() as i64),
        })
    }

    /// The configuration, in the variables of the system.
    pub fn configuration(&self) -> Vec<i8> {
        self.spins.iter().zip(&self.ground_state).map(|(s, sigma)| s * sigma).collect()
    }

    /// Builds the clusters and gives each a fair sign.
    pub fn mc_sweep(&mut self, stream: &mut Stream) -> ClusterSweep {
        stop::look();
        self.activate_bonds(stream);
        self.list_clusters();
        // One sign per spin, of which those at the roots count.
        let signs = stream.signs(self.spins.len());
        for (spin, &root) in self.spins.iter_mut().zip(&self.roots) {
            *spin = signs[root as usize];
        }
        self.measure()
    }

    /// Joins the ends of bonds between equal spins with probability p. A bond within a cluster changes nothing, and
    /// needs no random word.
    fn activate_bonds(&mut self, stream: &mut Stream) {
        self.clusters.separate();
        for bond in self.system.bonds() {
            let [w, v] = bond.ends;
            if self.spins[w as usize] == self.spins[v as usize]
                && self.clusters.root(w) != self.clusters.root(v)
                && stream.word() < self.activation
            {
                self.clusters.join(w, v);
            }
        }
    }

    fn list_clusters(&mut self) {
        self.sizes.fill(0);
        for (i, root) in self.roots.iter_mut().enumerate() {
            *root = self.clusters.root(i as u32);
            self.sizes[*root as usize] += 1;
        }
    }

    fn measure(&mut self) -> ClusterSweep {
        let (first_spins, second_spins) = self.spins.split_at(self.system.first_side());
        self.fields.fill(0);
        for bond in self.system.bonds() {
            let [w, v] = bond.ends.map(|i| i as usize);
            self.fields[v - first_spins.len()] += i32::from(first_spins[w]);
        }
        let (mut energy, mut mean_energy, mut variance) = (0, 0.0, 0.0);
        for (&field, &spin) in self.fields.iter().zip(second_spins) {
            energy -= i64::from(field) * i64::from(spin);
            mean_energy += self.conditional.energy(field.into());
            variance += self.conditional.variance(field.into());
        }
        let squared_sizes = self.sizes.iter().map(|size| size * size).sum();
        ClusterSweep { energy, mean_energy, variance, squared_sizes }
    }
}

/// 2^64 (1 − e^(−2β)).
fn activation_threshold(beta: f64) -> u64 {
    let two_to_64 = (1u128 << 64) as f64;
    // The cast saturates: a probability that rounds to 1 keeps the chance 2^−64 of no bond.
    (two_to_64 * (1.0 - exp(-2.0 * beta))) as u64
}

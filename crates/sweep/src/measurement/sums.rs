//! Sums over the disorder samples of a cell, and the means and errors that follow from them.
//!
//! A number enters as an integer in units of 2⁻⁶⁴, and its square as that integer's. Integers add up to the same in any
//! order: sums that were kept as rows came are those that are taken of all rows at once, and so are the means.

mod moments;
mod quantities;

use super::{Branch, Entry, Measurement, Outcome};
use crate::decimal;
use moments::Moments;
use quantities::{Over, QUANTITIES};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The sums of a cell: one for every method, β and branch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CellSums(BTreeMap<SumKey, Sums>);

/// Whose rows are summed, within a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SumKey {
    /// The method's name.
    pub method: String,
    beta: [u8; 16],
    /// The start of belief propagation.
    pub branch: Option<Branch>,
}

impl SumKey {
    /// β.
    pub fn beta(&self) -> Decimal {
        Decimal::deserialize(self.beta)
    }
}

impl CellSums {
    /// Adds a row of the cell.
    pub fn add(&mut self, row: &Measurement) {
        let beta = decimal::canonical(row.beta).serialize();
        let key = SumKey { method: row.method.clone(), beta, branch: row.branch };
        self.0.entry(key).or_default().add(row);
    }

    /// Adds sums over other rows of the cell.
    pub fn merge(&mut self, other: Self) {
        for (key, sums) in other.0 {
            self.0.entry(key).or_default().merge(&sums);
        }
    }

    /// By method, β and branch.
    pub fn iter(&self) -> impl Iterator<Item = (&SumKey, &Sums)> {
        self.0.iter()
    }

    /// As they are kept: equal sums are equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("sums are numbers and names")
    }

    /// From what [`to_bytes`](Self::to_bytes) gave; none if it did not.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// Sums over the samples of one cell, β, method and branch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    measured: u64,
    used: u64,
    empty: u64,
    /// Samples with paths whose iteration did not converge.
    unresolved: u64,
    converged: Flags,
    equilibrated: Flags,
    /// Of samples with paths.
    weights: Whole,
    iterations: Whole,
    largest_r_hat: Option<f64>,
    quantities: [Moments; QUANTITIES.len()],
    /// By weight layer.
    layer_overlaps: Vec<Moments>,
    path_overlap_histogram: Vec<u64>,
    unit_overlap_histogram: Vec<u64>,
    /// By bin of the energy per weight.
    energies: BTreeMap<i32, u64>,
}

/// How many rows say yes, and how many no.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Flags {
    yes: u64,
    no: u64,
}

impl Flags {
    fn add(&mut self, flag: Option<bool>) {
        self.yes += u64::from(flag == Some(true));
        self.no += u64::from(flag == Some(false));
    }

    fn merge(&mut self, other: Self) {
        self.yes += other.yes;
        self.no += other.no;
    }

    /// Of what no row speaks of, nothing is counted.
    fn of_those_asked(self, count: u64) -> Option<Entry<'static>> {
        (self.yes + self.no > 0).then_some(Entry::Count(count))
    }
}

/// A sum of whole numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Whole {
    values: u64,
    sum: u64,
}

impl Whole {
    fn add(&mut self, value: Option<u32>) {
        self.values += u64::from(value.is_some());
        self.sum += u64::from(value.unwrap_or(0));
    }

    fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.sum += other.sum;
    }

    fn mean(self) -> Option<Entry<'static>> {
        (self.values > 0).then(|| Entry::Number(self.sum as f64 / self.values as f64))
    }
}

impl Sums {
    /// Columns of [`Values`](super::Values) that enter.
    pub const NEEDS: &'static [&'static str] = &[
        "converged",
        "ordered",
        "iterations",
        "r_hat",
        "equilibrated",
        "layer_overlaps",
        "path_overlap_histogram",
        "unit_overlap_histogram",
        "energy_bins",
        "energy_counts",
        "energy_per_weight",
        "energy_error",
        "log_z_per_weight",
        "log_z_error",
        "entropy_per_weight",
        "entropy_error",
        "overlap",
        "lowest_energy_per_weight",
        "specific_heat",
        "specific_heat_error",
        "path_overlap",
        "path_overlap_error",
        "susceptibility",
        "susceptibility_error",
        "system_susceptibility",
        "system_susceptibility_error",
        "unit_binder",
        "unit_binder_error",
    ];

    /// The columns of [`means`](Self::means): names in SQL.
    pub fn columns() -> &'static [&'static str] {
        static COLUMNS: LazyLock<Vec<&str>> = LazyLock::new(|| {
            let counts = [
                "samples",
                "samples_of",
                "empty",
                "unresolved",
                "converged",
                "equilibrated",
                "unequilibrated",
            ];
            let others =
                ["weights", "iterations", "r_hat", "layer_overlaps", "layer_overlap_standard_errors"];
            let names = |of: &quantities::Quantity| {
                [Some(of.mean), Some(of.standard_error), of.statistical_error].into_iter().flatten()
            };
            counts.into_iter().chain(others).chain(QUANTITIES.iter().flat_map(names)).collect()
        });
        &COLUMNS
    }

    fn add(&mut self, row: &Measurement) {
        let values = &row.values;
        let used = row.outcome == Outcome::Solved
            && (row.branch != Some(Branch::Polarised) || values.ordered == Some(true));
        let is_flagged = values.equilibrated == Some(false);
        self.measured += 1;
        self.used += u64::from(used);
        self.empty += u64::from(row.outcome == Outcome::Empty);
        self.unresolved += u64::from(row.outcome == Outcome::NotConverged && row.paths > 0);
        self.converged.add(values.converged);
        self.equilibrated.add(values.equilibrated);
        self.weights.add((row.paths > 0).then_some(row.weights));
        self.iterations.add(values.iterations);
        self.largest_r_hat = largest(self.largest_r_hat, values.r_hat);
        for (quantity, moments) in QUANTITIES.iter().zip(&mut self.quantities) {
            let enters = match quantity.over {
                Over::All => true,
                Over::Used => used,
                Over::Settled => used && !is_flagged,
            };
            if enters {
                moments.add((quantity.value)(row), (quantity.error)(row));
            }
        }
        if let Some(layers) = values.layer_overlaps.as_ref().filter(|_| used) {
            each(&mut self.layer_overlaps, layers, |moments, overlap| moments.add(Some(*overlap), None));
        }
        if !is_flagged {
            self.add_histograms(row);
        }
    }

    fn add_histograms(&mut self, row: &Measurement) {
        let values = &row.values;
        let count = |sum: &mut u64, count: &u64| *sum += count;
        each(
            &mut self.path_overlap_histogram,
            values.path_overlap_histogram.as_deref().unwrap_or(&[]),
            count,
        );
        each(
            &mut self.unit_overlap_histogram,
            values.unit_overlap_histogram.as_deref().unwrap_or(&[]),
            count,
        );
        let bins = values.energy_bins.iter().flatten().zip(values.energy_counts.iter().flatten());
        for (bin, count) in bins {
            *self.energies.entry(*bin).or_default() += count;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.measured += other.measured;
        self.used += other.used;
        self.empty += other.empty;
        self.unresolved += other.unresolved;
        self.converged.merge(other.converged);
        self.equilibrated.merge(other.equilibrated);
        self.weights.merge(other.weights);
        self.iterations.merge(other.iterations);
        self.largest_r_hat = largest(self.largest_r_hat, other.largest_r_hat);
        each_of(&mut self.quantities, &other.quantities, Moments::merge);
        each(&mut self.layer_overlaps, &other.layer_overlaps, Moments::merge);
        let count = |sum: &mut u64, count: &u64| *sum += count;
        each(&mut self.path_overlap_histogram, &other.path_overlap_histogram, count);
        each(&mut self.unit_overlap_histogram, &other.unit_overlap_histogram, count);
        for (bin, count) in &other.energies {
            *self.energies.entry(*bin).or_default() += count;
        }
    }

    /// Counts, means and errors, in the order of [`columns`](Self::columns). Errors of a single sample are not known,
    /// and counts of what no row speaks of are none.
    pub fn means(&self) -> Vec<Option<Entry<'static>>> {
        let Flags { yes, no } = self.equilibrated;
        let list = |value: fn(&Moments) -> Option<f64>| -> Option<Entry<'static>> {
            let values: Option<Vec<f64>> = self.layer_overlaps.iter().map(value).collect();
            values.filter(|values| !values.is_empty()).map(|values| Entry::Numbers(values.into()))
        };
        let mut means = vec![
            Some(Entry::Count(self.used)),
            Some(Entry::Count(self.measured)),
            Some(Entry::Count(self.empty)),
            self.converged.of_those_asked(self.unresolved),
            self.converged.of_those_asked(self.converged.yes),
            self.equilibrated.of_those_asked(yes),
            self.equilibrated.of_those_asked(no),
            self.weights.mean(),
            self.iterations.mean(),
            self.largest_r_hat.map(Entry::Number),
            list(Moments::mean),
            list(Moments::standard_error),
        ];
        for (quantity, moments) in QUANTITIES.iter().zip(&self.quantities) {
            means.push(moments.mean().map(Entry::Number));
            means.push(moments.standard_error().map(Entry::Number));
            if quantity.statistical_error.is_some() {
                means.push(moments.statistical_error().map(Entry::Number));
            }
        }
        means
    }

    /// The distributions over configurations and samples: counts of the overlaps of path products, of those within
    /// units, the bins of the energy per weight, and their counts. None where no row has them.
    pub fn histograms(&self) -> Option<[Option<Entry<'_>>; 4]> {
        let counts = |of: &'_ [u64]| (!of.is_empty()).then(|| Entry::Counts(of.to_vec().into()));
        let (bins, energies): (Vec<i32>, Vec<u64>) = self.energies.iter().unzip();
        let histograms = [
            counts(&self.path_overlap_histogram),
            counts(&self.unit_overlap_histogram),
            (!bins.is_empty()).then(|| Entry::Bins(bins.into())),
            counts(&energies),
        ];
        histograms.iter().any(Option::is_some).then_some(histograms)
    }
}

fn largest(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    [one, other].into_iter().flatten().reduce(f64::max)
}

fn each_of<S, V>(sums: &mut [S], values: &[V], add: impl Fn(&mut S, &V)) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| add(sum, value));
}

/// Adds a list to one that is as long, or empty so far.
fn each<S: Clone + Default, V>(sums: &mut Vec<S>, values: &[V], add: impl Fn(&mut S, &V)) {
    if sums.len() < values.len() {
        sums.resize(values.len(), S::default());
    }
    each_of(sums, values, add);
}

#[cfg(test)]
mod tests;

//! The distribution of the energy per weight, in bins that are the same for all instances.

use sweep::measurement::{ENERGY_BINS_PER_UNIT, Values};

/// The columns `energy_bins` and `energy_counts` from energies H, whole numbers, of an instance with n weights: bin b
/// holds b ≤ 256 H/n < b + 1.
pub(super) fn energy_histogram<'a>(weights: usize, energies: impl IntoIterator<Item = &'a f64>) -> Values {
    // In whole numbers, so that the bin is exact.
    let bin =
        |energy: f64| (energy as i64 * i64::from(ENERGY_BINS_PER_UNIT)).div_euclid(weights as i64) as i32;
    let mut fallen: Vec<i32> = energies.into_iter().map(|&energy| bin(energy)).collect();
    fallen.sort_unstable();
    let of_bins = fallen.chunk_by(|a, b| a == b);
    let (bins, counts) = of_bins.map(|alike| (alike[0], alike.len() as u64)).unzip();
    Values { energy_bins: Some(bins), energy_counts: Some(counts), ..Values::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_fall_into_the_bins_that_hold_them_and_those_of_two_instances_share_them() {
        // 256 · (−3)/2 = −384; 256 · 1/3 = 85.3; 256 · (−1)/3 = −85.3.
        let found = energy_histogram(2, &[-3.0, -3.0, 1.0]);
        assert_eq!((found.energy_bins, found.energy_counts), (Some(vec![-384, 128]), Some(vec![2, 1])));
        let found = energy_histogram(3, &[1.0, -1.0, 0.0]);
        assert_eq!((found.energy_bins, found.energy_counts), (Some(vec![-86, 0, 85]), Some(vec![1; 3])));
    }
}

//! Interleaved pairs: what shares a machine with others slows both of a pair alike.

use std::time::{Duration, Instant};

/// Rounds of a comparison; the median of an odd number is one of them.
const ROUNDS: usize = 15;

/// How much faster the second of a pair is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ratio {
    /// Median over the rounds of (units a second of the kernel) / (units a second of the baseline).
    pub(crate) median: f64,
    /// The smallest and the largest ratio.
    pub(crate) range: (f64, f64),
    /// Units a second of the kernel, median.
    pub(crate) rate: f64,
}

/// The most units a second of a round.
pub(crate) fn best_rate(mut kernel: impl FnMut() -> u64) -> f64 {
    (0..2 * ROUNDS).map(|_| rate(&mut kernel)).fold(0.0, f64::max)
}

fn rate(work: &mut dyn FnMut() -> u64) -> f64 {
    let since = Instant::now();
    let units = work();
    units as f64 / since.elapsed().max(Duration::from_nanos(1)).as_secs_f64()
}

/// Runs baseline and kernel in turn. Each says how many units (spin updates, messages) it did; each is first run once
/// to warm up.
pub(crate) fn compare(mut baseline: impl FnMut() -> u64, mut kernel: impl FnMut() -> u64) -> Ratio {
    baseline();
    kernel();
    let mut rates: Vec<(f64, f64)> =
        (0..ROUNDS).map(|_| (rate(&mut baseline), rate(&mut kernel))).map(|(b, k)| (k / b, k)).collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let median = rates[ROUNDS / 2];
    Ratio { median: median.0, range: (rates[0].0, rates[ROUNDS - 1].0), rate: median.1 }
}

//! Fair shares: of sweeps that want the same workers, the one that was given least is next.

use std::collections::HashMap;
use store::SweepId;

/// Compute time that each sweep was given since it began to compete, in seconds of one core. A sweep that joins starts
/// at the least of the others: it gets its share from now on, and nothing for the time that it was not there.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    given: HashMap<SweepId, f64>,
}

impl Shares {
    /// Forgets all sweeps but these.
    pub(crate) fn keep(&mut self, sweeps: impl Iterator<Item = SweepId>) {
        let least = self.given.values().copied().fold(f64::INFINITY, f64::min);
        let least = if least.is_finite() { least } else { 0.0 };
        self.given = sweeps.map(|sweep| (sweep, self.given.get(&sweep).copied().unwrap_or(least))).collect();
    }

    /// Counts compute time that a sweep was given.
    pub(crate) fn give(&mut self, sweep: SweepId, seconds: f64) {
        if let Some(given) = self.given.get_mut(&sweep) {
            *given += seconds;
        }
    }

    /// The position of the sweep that was given least, the first of several.
    ///
    /// # Panics
    /// If there is none.
    pub(crate) fn least(&self, sweeps: impl Iterator<Item = SweepId>) -> usize {
        let given = sweeps.map(|sweep| self.given.get(&sweep).copied().unwrap_or(0.0));
        let least = given.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
        least.expect("there is a sweep").0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_get_equal_time_from_when_they_join() {
        let (old, new) = (SweepId(1), SweepId(2));
        let mut shares = Shares::default();
        shares.keep([old].into_iter());
        shares.give(old, 1000.0);
        shares.keep([old, new].into_iter());
        let mut given = [0.0, 0.0];
        for _ in 0..300 {
            let next = shares.least([old, new].into_iter());
            // The new one's jobs are twice as long.
            let seconds = [1.0, 2.0][next];
            given[next] += seconds;
            shares.give([old, new][next], seconds);
        }
        assert!(f64::abs(given[0] - given[1]) <= 2.0, "{given:?}");
    }
}

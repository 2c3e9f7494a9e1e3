//! Sets of units as ranges.

use std::ops::Range;

/// Disjoint ranges in order, none empty, no two adjacent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Units(Vec<Range<i64>>);

impl Units {
    /// All units of the ranges.
    pub(super) fn of(ranges: impl IntoIterator<Item = Range<i64>>) -> Self {
        let mut ranges: Vec<Range<i64>> = ranges.into_iter().filter(|range| !range.is_empty()).collect();
        ranges.sort_by_key(|range| range.start);
        let mut merged: Vec<Range<i64>> = Vec::new();
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        Self(merged)
    }

    /// These units and the others.
    pub(super) fn and(&self, others: &Self) -> Self {
        Self::of(self.0.iter().chain(&others.0).cloned())
    }

    /// One past the last unit; 0 where there is none.
    pub(super) fn end(&self) -> i64 {
        self.0.last().map_or(0, |range| range.end)
    }

    /// Whether all of `0..units` is there.
    pub(super) fn are_all(&self, units: i64) -> bool {
        self.missing_in(&(0..units)).is_empty()
    }

    /// Whether one of these units is in the range.
    pub(super) fn touch(&self, range: &Range<i64>) -> bool {
        self.overlapping(range).next().is_some()
    }

    /// What of a range is not there.
    pub(super) fn missing_in(&self, range: &Range<i64>) -> Vec<Range<i64>> {
        let mut missing = Vec::new();
        let mut from = range.start;
        for there in self.overlapping(range) {
            if from < there.start {
                missing.push(from..there.start);
            }
            from = there.end;
        }
        if from < range.end {
            missing.push(from..range.end);
        }
        missing
    }

    fn overlapping<'a>(&'a self, range: &'a Range<i64>) -> impl Iterator<Item = &'a Range<i64>> {
        let first = self.0.partition_point(|there| there.end <= range.start);
        self.0[first..].iter().take_while(|there| there.start < range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_is_there_make_up_the_whole() {
        let ranges = [0..0, 0..3, 3..5, 9..12, 10..11, 20..30];
        let units = Units::of(ranges.clone());
        assert_eq!(units, Units(vec![0..5, 9..12, 20..30]));
        assert_eq!(units.end(), 30);
        for (from, to) in (0..32).flat_map(|from| (from + 1..33).map(move |to| (from, to))) {
            let missing = units.missing_in(&(from..to));
            let is_missing = |unit: &i64| missing.iter().any(|range| range.contains(unit));
            for unit in from..to {
                assert_ne!(is_missing(&unit), ranges.iter().any(|range| range.contains(&unit)), "{unit}");
            }
            assert_eq!(units.touch(&(from..to)), (from..to).any(|unit| !is_missing(&unit)));
        }
        assert!(Units::of([3..5, 0..3]).are_all(5) && !Units::of([1..5, 1..2]).are_all(5));
        assert!(Units::default().are_all(0) && !Units::default().are_all(1));
    }
}

//! Numbers side by side, one for each problem. Kernels loop over the lanes and do in each what the plain code does: the
//! compiler turns such a loop over straight-line code into vector instructions, whatever their width.

use std::cell::RefCell;

/// Problems that are iterated side by side at most: a 512-bit register of f64, or two or four smaller ones.
pub const LANES: usize = 8;

/// As few lanes as are iterated side by side: two take as long as four, waiting for results rather than for registers.
pub(crate) const FEW_LANES: usize = 4;

/// A lane, among how many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) lane: usize,
    pub(crate) width: usize,
}

/// A cache line, in f64.
const LINE: usize = 8;

/// f64 of the largest rows whose memory waits for the next ones of its thread (8 MB), and how many do. An allocator
/// gives memory of this size back at once, and being given pages anew takes as long as several passes over them; larger
/// rows are for instances that are iterated longer.
const MOST_SPARE: usize = 1 << 20;
const MOST_SPARES: usize = 16;

thread_local! {
    static SPARES: RefCell<Vec<Vec<f64>>> = const { RefCell::new(Vec::new()) };
}

/// Rows of one f64 for each lane. The first begins with a cache line, so that no row of up to eight lanes lies on two.
#[derive(Debug)]
pub(crate) struct Rows {
    numbers: Vec<f64>,
    first: usize,
    rows: usize,
}

impl Rows {
    /// Rows of ones.
    pub(crate) fn ones(rows: usize) -> Self {
        let mut ones = Self::unset(rows);
        ones.numbers.fill(1.0);
        ones
    }

    /// Rows of any numbers, to be written before they are read.
    pub(crate) fn unset(rows: usize) -> Self {
        let length = rows * LANES + LINE;
        let spare = SPARES.with_borrow_mut(|spares| {
            let fits = spares.iter().position(|spare| spare.capacity() >= length)?;
            Some(spares.swap_remove(fits))
        });
        let mut numbers = spare.unwrap_or_default();
        numbers.resize(length, 1.0);
        let first = numbers.as_ptr().align_offset(LINE * size_of::<f64>());
        // An allocator may give any offset; the worst that can happen is slow.
        Self { numbers, first: first.min(LINE), rows }
    }

    /// Row after row of this many lanes.
    #[inline(always)]
    pub(crate) fn numbers(&self, lanes: usize) -> &[f64] {
        &self.numbers[self.first..][..self.rows * lanes]
    }

    #[inline(always)]
    pub(crate) fn numbers_mut(&mut self, lanes: usize) -> &mut [f64] {
        &mut self.numbers[self.first..][..self.rows * lanes]
    }

    /// As rows of N lanes.
    #[inline(always)]
    pub(crate) fn of<const N: usize>(&self) -> &[[f64; N]] {
        self.numbers(N).as_chunks().0
    }

    #[inline(always)]
    pub(crate) fn of_mut<const N: usize>(&mut self) -> &mut [[f64; N]] {
        self.numbers_mut(N).as_chunks_mut().0
    }

    /// The number in lane `k` of `lanes` of every row.
    pub(crate) fn lane(&self, k: usize, lanes: usize) -> impl Iterator<Item = f64> {
        self.numbers(lanes).chunks_exact(lanes).map(move |row| row[k])
    }

    pub(crate) fn set_lane(&mut self, k: usize, lanes: usize, values: impl Iterator<Item = f64>) {
        let rows = self.numbers_mut(lanes).chunks_exact_mut(lanes);
        rows.zip(values).for_each(|(row, value)| row[k] = value);
    }

    /// Repeats a pattern from row to row in each of some lanes. All patterns have the same length.
    pub(crate) fn repeat_in_lanes(&mut self, lanes: usize, patterns: &[(usize, Vec<f64>)]) {
        let Some(period) = patterns.first().map(|(_, pattern)| pattern.len()) else { return };
        for rows in self.numbers_mut(lanes).chunks_mut(lanes * period) {
            for (l, row) in rows.chunks_exact_mut(lanes).enumerate() {
                patterns.iter().for_each(|(k, pattern)| row[*k] = pattern[l]);
            }
        }
    }

    /// Makes rows of `to` lanes of rows of `from`, which are more: lane k is then what `kept[k]` was, in increasing
    /// order.
    pub(crate) fn narrow(&mut self, from: usize, to: usize, kept: &[usize]) {
        let numbers = &mut self.numbers[self.first..];
        for row in 0..self.rows {
            for k in 0..to {
                numbers[row * to + k] = kept.get(k).map_or(1.0, |&k| numbers[row * from + k]);
            }
        }
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        if self.numbers.capacity() > MOST_SPARE {
            return;
        }
        let numbers = std::mem::take(&mut self.numbers);
        // A thread that ends has no use for it.
        let _ = SPARES.try_with(|spares| {
            let mut spares = spares.borrow_mut();
            if spares.len() < MOST_SPARES {
                spares.push(numbers);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrower_rows_keep_their_numbers() {
        let mut rows = Rows::ones(5);
        for k in 0..8 {
            rows.set_lane(k, 8, (0..5).map(|row| f64::from(10 * row + k as u32)));
        }
        rows.narrow(8, 4, &[1, 2, 7]);
        assert!(rows.lane(2, 4).eq([7.0, 17.0, 27.0, 37.0, 47.0]));
        assert_eq!(rows.of::<4>()[3], [31.0, 32.0, 37.0, 1.0]);
        rows.narrow(4, 2, &[2]);
        assert_eq!(rows.of::<2>(), [[7.0, 1.0], [17.0, 1.0], [27.0, 1.0], [37.0, 1.0], [47.0, 1.0]]);
    }

    #[test]
    fn patterns_repeat_in_their_lanes() {
        let mut rows = Rows::ones(4);
        rows.repeat_in_lanes(4, &[(0, vec![2.0, 3.0]), (2, vec![4.0, 5.0])]);
        let [even, odd] = [[2.0, 1.0, 4.0, 1.0], [3.0, 1.0, 5.0, 1.0]];
        assert_eq!(rows.of::<4>(), [even, odd, even, odd]);
    }

    #[test]
    fn rows_begin_with_a_cache_line() {
        assert!(Rows::ones(1000).of::<8>().as_ptr().addr().is_multiple_of(64));
    }
}

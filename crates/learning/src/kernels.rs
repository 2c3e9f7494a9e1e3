//! The product that all of a step's work is made of.
//!
//! out[r][j] = start[j] + Σ_k left[r, k] · right[k][j], k ascending: neighbouring j are a vector's lanes, and a tile of
//! rows keeps its sums in registers while k runs. Every sum is one lane's alone, so its bits depend on neither the
//! vector's width nor the tile. Forward, left are the activities and right the weights; backward, left are the slopes and
//! right the transposed weights; the gradient's left are the activities, transposed, and right the slopes.

mod lanes;

use crate::matrix::{Block, Matrix};
use kernel::at_each_level;
use kernel::cpu::Level;
use lanes::Lanes;

/// How the left factor lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Its rows are rows.
    Rows,
    /// Its rows are columns.
    Columns,
}

/// What becomes of the sums.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then<'a> {
    /// Nothing.
    Nothing,
    /// x = max(0, z).
    Rectify,
    /// They are 0 where these are not positive: no slope goes through units that are not active.
    StopInactive(&'a Matrix),
}

/// The product of `rows` rows and `steps` columns of `left` with `steps` rows of `right`, in `out`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product<'a> {
    pub(crate) left: &'a Matrix,
    pub(crate) lies: Left,
    pub(crate) right: &'a Matrix,
    /// What every row begins at, else 0.
    pub(crate) start: Option<&'a [Block]>,
    pub(crate) rows: usize,
    pub(crate) steps: usize,
    pub(crate) then: Then<'a>,
}

impl Product<'_> {
    /// Multiplies. What stands beyond the columns of `right` is multiplied as well.
    pub(crate) fn multiply(self, level: Level, out: &mut Matrix) {
        debug_assert_eq!(out.stride, self.right.stride);
        debug_assert!(self.rows <= out.rows && self.steps <= self.right.rows);
        multiply(level, &self, out);
    }
}

at_each_level! {
    fn multiply(product: &Product<'_>, out: &mut Matrix) = {
        Baseline: multiply_in_8_registers,
        Avx2: multiply_in_12_registers,
        Avx512: multiply_in_24_registers,
    };
}

#[cfg(target_arch = "x86_64")]
type Base = lanes::Sse2;
#[cfg(not(target_arch = "x86_64"))]
type Base = lanes::Portable;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2, Avx512};
// The other levels are x86-64's; nowhere else are they called.
#[cfg(not(target_arch = "x86_64"))]
use lanes::{Portable as Avx2, Portable as Avx512};

/// Sums of a row and a block take four registers, of 16.
#[inline(always)]
fn multiply_in_8_registers(product: &Product<'_>, out: &mut Matrix) {
    (0..out.stride).for_each(|block| tiles::<Base, 2, 1>(product, out, block));
}

/// Two, of 16.
#[inline(always)]
fn multiply_in_12_registers(product: &Product<'_>, out: &mut Matrix) {
    (0..out.stride).for_each(|block| tiles::<Avx2, 6, 1>(product, out, block));
}

/// One, of 32.
#[inline(always)]
fn multiply_in_24_registers(product: &Product<'_>, out: &mut Matrix) {
    let mut block = 0;
    while out.stride - block >= 4 {
        tiles::<Avx512, 6, 4>(product, out, block);
        block += 4;
    }
    match out.stride - block {
        3 => tiles::<Avx512, 8, 3>(product, out, block),
        2 => tiles::<Avx512, 12, 2>(product, out, block),
        1 => tiles::<Avx512, 16, 1>(product, out, block),
        _ => {}
    }
}

/// `W` columns of blocks, `T` rows at a time and the rest one by one.
#[inline(always)]
fn tiles<L: Lanes, const T: usize, const W: usize>(product: &Product<'_>, out: &mut Matrix, block: usize) {
    let mut row = 0;
    while row + T <= product.rows {
        tile::<L, T, W>(product, out, row, block);
        row += T;
    }
    while row < product.rows {
        tile::<L, 1, W>(product, out, row, block);
        row += 1;
    }
}

#[inline(always)]
fn tile<L: Lanes, const T: usize, const W: usize>(
    product: &Product<'_>,
    out: &mut Matrix,
    row: usize,
    block: usize,
) {
    let Product { left, lies, right, start, steps, then, .. } = *product;
    let first = match start {
        Some(start) => std::array::from_fn(|w| L::load(&start[block + w])),
        None => [L::splat(0.0); W],
    };
    let mut sums = [first; T];
    let rows = right.blocks.chunks_exact(right.stride).take(steps);
    match lies {
        Left::Rows => {
            let of: [&[f32]; T] = std::array::from_fn(|t| &left.row(row + t)[..steps]);
            for (k, right) in rows.enumerate() {
                add::<L, T, W>(&mut sums, std::array::from_fn(|t| of[t][k]), &right[block..block + W]);
            }
        }
        Left::Columns => {
            let columns = left.blocks.chunks_exact(left.stride);
            for (left, right) in columns.zip(rows) {
                let of: &[f32; T] = left.as_flattened()[row..row + T].try_into().expect("T of them");
                add::<L, T, W>(&mut sums, *of, &right[block..block + W]);
            }
        }
    }
    for (t, sums) in sums.into_iter().enumerate() {
        let place = (row + t) * out.stride + block;
        for (w, (sum, out)) in sums.into_iter().zip(&mut out.blocks[place..place + W]).enumerate() {
            let sum = match then {
                Then::Nothing => sum,
                Then::Rectify => L::rectified(sum),
                Then::StopInactive(activities) => {
                    L::where_positive(sum, L::load(&activities.blocks[place + w]))
                }
            };
            L::store(sum, out);
        }
    }
}

/// Adds left[t] · right to the sums of each row t.
#[inline(always)]
fn add<L: Lanes, const T: usize, const W: usize>(sums: &mut [[L::V; W]; T], left: [f32; T], right: &[Block]) {
    let right: [L::V; W] = std::array::from_fn(|w| L::load(&right[w]));
    for t in 0..T {
        let left = L::splat(left[t]);
        for w in 0..W {
            sums[t][w] = L::add_product(sums[t][w], left, right[w]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, columns: usize, seed: u32) -> Matrix {
        let value =
            |at: usize| ((at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8) as f32 / 1e6 - 8.0;
        Matrix::of(rows, columns, &(0..rows * columns).map(value).collect::<Vec<_>>())
    }

    #[test]
    fn products_are_sums_in_order_on_every_level() {
        for (rows, steps, columns) in
            [(1, 1, 1), (7, 5, 3), (50, 50, 50), (13, 64, 130), (3, 2, 16), (25, 9, 33), (17, 4, 48)]
        {
            let (by_rows, by_columns, right) =
                (matrix(rows, steps, 1), matrix(steps, rows, 2), matrix(steps, columns, 3));
            let start = matrix(1, columns, 4);
            for (left, lies, start) in
                [(&by_rows, Left::Rows, Some(&start.blocks[..])), (&by_columns, Left::Columns, None)]
            {
                for level in Level::available() {
                    let mut out = Matrix::zeros(rows, columns);
                    Product { left, lies, right: &right, start, rows, steps, then: Then::Nothing }
                        .multiply(level, &mut out);
                    for r in 0..rows {
                        for j in 0..columns {
                            let mut sum = start.map_or(0.0, |start| start.as_flattened()[j]);
                            for k in 0..steps {
                                let of = if lies == Left::Rows { left.row(r)[k] } else { left.row(k)[r] };
                                sum += of * right.row(k)[j];
                            }
                            assert_eq!(
                                out.row(r)[j].to_bits(),
                                sum.to_bits(),
                                "{level:?} {rows} {steps} {columns}"
                            );
                        }
                    }
                }
            }
        }
    }
}

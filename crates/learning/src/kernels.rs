//! The product that all of a step's work is made of, as loops that the compiler turns into vectors.
//!
//! out[r][j] = start[j] + Σ_k left[r, k] · right[k][j], k ascending: neighbouring j are a vector's lanes, and a tile of
//! rows keeps its sums in registers while k runs. Every sum is one lane's alone, so its bits depend on neither the
//! vector's width nor the tile. Forward, left are the activities and right the weights; backward, left are the slopes and
//! right the transposed weights; the gradient's left are the activities, transposed, and right the slopes.

use crate::matrix::{BLOCK, Block, Matrix};
use kernel::at_each_level;
use kernel::cpu::Level;

/// How the left factor lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Its rows are rows.
    Rows,
    /// Its rows are columns.
    Columns,
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

#[inline(always)]
fn multiply_in_8_registers(product: &Product<'_>, out: &mut Matrix) {
    multiply_from::<2, 1>(product, out, 0);
}

#[inline(always)]
fn multiply_in_12_registers(product: &Product<'_>, out: &mut Matrix) {
    multiply_from::<6, 1>(product, out, 0);
}

#[inline(always)]
fn multiply_in_24_registers(product: &Product<'_>, out: &mut Matrix) {
    let mut block = 0;
    while out.stride - block >= 4 {
        tiles::<6, 4>(product, out, block);
        block += 4;
    }
    match out.stride - block {
        3 => tiles::<8, 3>(product, out, block),
        2 => tiles::<12, 2>(product, out, block),
        1 => tiles::<16, 1>(product, out, block),
        _ => {}
    }
}

/// All columns of blocks from `block` on, `W` at a time.
#[inline(always)]
fn multiply_from<const T: usize, const W: usize>(product: &Product<'_>, out: &mut Matrix, mut block: usize) {
    while block + W <= out.stride {
        tiles::<T, W>(product, out, block);
        block += W;
    }
}

/// `W` columns of blocks, `T` rows at a time and the rest one by one.
#[inline(always)]
fn tiles<const T: usize, const W: usize>(product: &Product<'_>, out: &mut Matrix, block: usize) {
    let mut row = 0;
    while row + T <= product.rows {
        tile::<T, W>(product, out, row, block);
        row += T;
    }
    while row < product.rows {
        tile::<1, W>(product, out, row, block);
        row += 1;
    }
}

#[inline(always)]
fn tile<const T: usize, const W: usize>(product: &Product<'_>, out: &mut Matrix, row: usize, block: usize) {
    let Product { left, lies, right, start, steps, .. } = *product;
    let mut first = [[0.0; BLOCK]; W];
    if let Some(start) = start {
        first.copy_from_slice(&start[block..block + W]);
    }
    let mut sums = [first; T];
    let rows = right.blocks.chunks_exact(right.stride).take(steps);
    match lies {
        Left::Rows => {
            let of: [&[f32]; T] = std::array::from_fn(|t| &left.row(row + t)[..steps]);
            for (k, right) in rows.enumerate() {
                add(&mut sums, std::array::from_fn(|t| of[t][k]), &right[block..block + W]);
            }
        }
        Left::Columns => {
            let columns = left.blocks.chunks_exact(left.stride);
            for (left, right) in columns.zip(rows) {
                let of: &[f32; T] = left.as_flattened()[row..row + T].try_into().expect("T of them");
                add(&mut sums, *of, &right[block..block + W]);
            }
        }
    }
    for (t, sums) in sums.iter().enumerate() {
        let place = (row + t) * out.stride + block;
        out.blocks[place..place + W].copy_from_slice(sums);
    }
}

/// Adds left[t] · right to the sums of each row t.
#[inline(always)]
fn add<const T: usize, const W: usize>(sums: &mut [[Block; W]; T], left: [f32; T], right: &[Block]) {
    let right: &[Block; W] = right.try_into().expect("W of them");
    for t in 0..T {
        for w in 0..W {
            for lane in 0..BLOCK {
                sums[t][w][lane] += left[t] * right[w][lane];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: usize, columns: usize, seed: u32) -> Matrix {
        let value = |at: usize| ((at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8) as f32 / 1e6 - 8.0;
        Matrix::of(rows, columns, &(0..rows * columns).map(value).collect::<Vec<_>>())
    }

    #[test]
    fn products_are_sums_in_order_on_every_level() {
        for (rows, steps, columns) in [(1, 1, 1), (7, 5, 3), (50, 50, 50), (13, 64, 130), (3, 2, 16), (25, 9, 33), (17, 4, 48)] {
            let (by_rows, by_columns, right) =
                (matrix(rows, steps, 1), matrix(steps, rows, 2), matrix(steps, columns, 3));
            let start = matrix(1, columns, 4);
            for (left, lies, start) in
                [(&by_rows, Left::Rows, Some(&start.blocks[..])), (&by_columns, Left::Columns, None)]
            {
                for level in Level::available() {
                    let mut out = Matrix::zeros(rows, columns);
                    Product { left, lies, right: &right, start, rows, steps }.multiply(level, &mut out);
                    for r in 0..rows {
                        for j in 0..columns {
                            let mut sum = start.map_or(0.0, |start| start.as_flattened()[j]);
                            for k in 0..steps {
                                let of = if lies == Left::Rows { left.row(r)[k] } else { left.row(k)[r] };
                                sum += of * right.row(k)[j];
                            }
                            assert_eq!(out.row(r)[j].to_bits(), sum.to_bits(), "{level:?} {rows} {steps} {columns}");
                        }
                    }
                }
            }
        }
    }
}

//! The product that all of a step's work is made of.
//!
//! out[r][j] = start[j] + Σ_k left[r, k] · right[k][j], k ascending: neighbouring j are a vector's lanes, and a tile
//! of rows keeps its sums in registers while k runs. Every sum is one lane's alone, so its bits depend on neither the
//! vector's width nor the tile. Forward, left are the activities and right the weights; backward, left are the slopes
//! and right the transposed weights; the gradient's left are the activities, transposed, and right the slopes.

mod lanes;

/// Repeats a block for $at = 0, …, $count − 1, at most 10 times. Of a loop that the compiler unrolls late, or not at
/// all, the arrays that it indexes stand in memory.
macro_rules! unrolled {
    ($at:ident in $count:ident, $body:block) => {
        unrolled!($at in $count, $body, 0 1 2 3 4 5 6 7 8 9)
    };
    ($at:ident in $count:ident, $body:block, $($number:literal)*) => {
        $(
            if $number < $count {
                let $at = $number;
                $body
            }
        )*
    };
}

use crate::matrix::{BLOCK, Block, Flat, HALF, Matrix};
use kernel::at_each_level;
use kernel::cpu::Level;
use lanes::{Lanes, Registers};

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

    /// Whole blocks of columns, and whether half a block is left that holds what is beyond them.
    #[inline(always)]
    fn columns(&self) -> (usize, bool) {
        let halves = self.right.columns.div_ceil(HALF);
        (halves / 2, halves % 2 == 1)
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
type Base = lanes::Sse2<BLOCK>;
#[cfg(not(target_arch = "x86_64"))]
type Base = lanes::Portable<BLOCK>;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2, Avx512};
// The other levels are x86-64's; nowhere else are they called.
#[cfg(not(target_arch = "x86_64"))]
use lanes::{Portable as Avx2, Portable as Avx512};

/// Sums of a row and a block take four registers, of 16.
#[inline(always)]
fn multiply_in_8_registers(product: &Product<'_>, out: &mut Matrix) {
    let (blocks, half) = product.columns();
    (0..blocks).for_each(|block| tiles::<Base, 2, 1, 0>(product, out, block));
    if half {
        tiles::<Base, 4, 0, 1>(product, out, blocks);
    }
}

/// Two, of 16.
#[inline(always)]
fn multiply_in_12_registers(product: &Product<'_>, out: &mut Matrix) {
    let (blocks, half) = product.columns();
    (0..blocks).for_each(|block| tiles::<Avx2<BLOCK>, 5, 1, 0>(product, out, block));
    if half {
        tiles::<Avx2<BLOCK>, 8, 0, 1>(product, out, blocks);
    }
}

/// One, of 32.
#[inline(always)]
fn multiply_in_24_registers(product: &Product<'_>, out: &mut Matrix) {
    let (blocks, half) = product.columns();
    let mut block = 0;
    while blocks - block >= 4 {
        tiles::<Avx512<BLOCK>, 5, 4, 0>(product, out, block);
        block += 4;
    }
    match (blocks - block, half) {
        (3, true) => tiles::<Avx512<BLOCK>, 5, 3, 1>(product, out, block),
        (3, false) => tiles::<Avx512<BLOCK>, 6, 3, 0>(product, out, block),
        (2, true) => tiles::<Avx512<BLOCK>, 6, 2, 1>(product, out, block),
        (2, false) => tiles::<Avx512<BLOCK>, 10, 2, 0>(product, out, block),
        (1, true) => tiles::<Avx512<BLOCK>, 10, 1, 1>(product, out, block),
        (1, false) => tiles::<Avx512<BLOCK>, 10, 1, 0>(product, out, block),
        (_, true) => tiles::<Avx512<BLOCK>, 10, 0, 1>(product, out, block),
        _ => {}
    }
}

/// `W` blocks and `H` halves of columns from a block on, `T` rows at a time and the rest one by one.
#[inline(always)]
fn tiles<R: Registers, const T: usize, const W: usize, const H: usize>(
    product: &Product<'_>,
    out: &mut Matrix,
    block: usize,
) {
    let mut row = 0;
    while row + T <= product.rows {
        tile::<R, T, W, H>(product, out, row, block);
        row += T;
    }
    while row < product.rows {
        tile::<R, 1, W, H>(product, out, row, block);
        row += 1;
    }
}

/// The sums of a row: blocks, and perhaps half a block.
type Sums<R, const W: usize, const H: usize> =
    ([<<R as Registers>::Block as Lanes>::V; W], [<<R as Registers>::Half as Lanes>::V; H]);

#[inline(always)]
fn tile<R: Registers, const T: usize, const W: usize, const H: usize>(
    product: &Product<'_>,
    out: &mut Matrix,
    row: usize,
    block: usize,
) {
    let Product { left, lies, right, start, steps, then, .. } = *product;
    let first: Sums<R, W, H> = match start {
        Some(start) => load::<R, W, H>(start[block..].flat()),
        None => ([R::Block::splat(0.0); W], [R::Half::splat(0.0); H]),
    };
    let mut sums = [first; T];
    let rows = right.blocks.chunks_exact(right.stride).take(steps);
    match lies {
        Left::Rows => {
            let mut of: [&[f32]; T] = [&[]; T];
            unrolled!(t in T, { of[t] = &left.row(row + t)[..steps] });
            for (k, right) in rows.enumerate() {
                let mut left = [0.0; T];
                unrolled!(t in T, { left[t] = of[t][k] });
                add::<R, T, W, H>(&mut sums, left, right[block..].flat());
            }
        }
        Left::Columns => {
            let columns = left.blocks.chunks_exact(left.stride);
            for (left, right) in columns.zip(rows) {
                let of: &[f32; T] = left.flat()[row..row + T].try_into().expect("T of them");
                add::<R, T, W, H>(&mut sums, *of, right[block..].flat());
            }
        }
    }
    unrolled!(t in T, {
        let place = (row + t) * out.stride + block;
        let activities = match then {
            Then::StopInactive(activities) => activities.blocks[place..].flat(),
            _ => &[],
        };
        finish::<R, W, H>(sums[t], then, activities, out.blocks[place..].flat_mut());
    });
}

#[inline(always)]
fn load<R: Registers, const W: usize, const H: usize>(numbers: &[f32]) -> Sums<R, W, H> {
    let numbers = &numbers[..W * BLOCK + H * HALF];
    let mut sums: Sums<R, W, H> = ([R::Block::splat(0.0); W], [R::Half::splat(0.0); H]);
    unrolled!(w in W, { sums.0[w] = R::Block::load(&numbers[w * BLOCK..]) });
    unrolled!(h in H, { sums.1[h] = R::Half::load(&numbers[W * BLOCK + h * HALF..]) });
    sums
}

/// Puts the sums of a row into their place.
#[inline(always)]
fn finish<R: Registers, const W: usize, const H: usize>(
    mut sums: Sums<R, W, H>,
    then: Then<'_>,
    activities: &[f32],
    out: &mut [f32],
) {
    match then {
        Then::Nothing => {}
        Then::Rectify => {
            unrolled!(w in W, { sums.0[w] = R::Block::rectified(sums.0[w]) });
            unrolled!(h in H, { sums.1[h] = R::Half::rectified(sums.1[h]) });
        }
        Then::StopInactive(_) => {
            let x = load::<R, W, H>(activities);
            unrolled!(w in W, { sums.0[w] = R::Block::where_positive(sums.0[w], x.0[w]) });
            unrolled!(h in H, { sums.1[h] = R::Half::where_positive(sums.1[h], x.1[h]) });
        }
    }
    let out = &mut out[..W * BLOCK + H * HALF];
    unrolled!(w in W, { R::Block::store(sums.0[w], &mut out[w * BLOCK..]) });
    unrolled!(h in H, { R::Half::store(sums.1[h], &mut out[W * BLOCK + h * HALF..]) });
}

/// Adds left[t] · right to the sums of each row t. Products come before their sums: multiplications and additions of
/// 512 bits that take turns run at three quarters of the speed on some CPUs.
#[inline(always)]
fn add<R: Registers, const T: usize, const W: usize, const H: usize>(
    sums: &mut [Sums<R, W, H>; T],
    left: [f32; T],
    right: &[f32],
) {
    let right = load::<R, W, H>(right);
    unrolled!(t in T, {
        let (mut blocks, mut halves) = ([R::Block::splat(left[t]); W], [R::Half::splat(left[t]); H]);
        unrolled!(w in W, { blocks[w] = R::Block::product(blocks[w], right.0[w]) });
        unrolled!(h in H, { halves[h] = R::Half::product(halves[h], right.1[h]) });
        unrolled!(w in W, { sums[t].0[w] = R::Block::sum(sums[t].0[w], blocks[w]) });
        unrolled!(h in H, { sums[t].1[h] = R::Half::sum(sums[t].1[h], halves[h]) });
    });
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
                            let mut sum = start.map_or(0.0, |start| start.flat()[j]);
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

//! Matrices of f32 whose rows are whole blocks of 16: what stands beyond a row's end is 0 where products read it.

/// Numbers of a block: a vector of AVX-512, two of AVX2, four of the baseline.
pub(crate) const BLOCK: usize = 16;

/// Half of that, for what is left of a row.
pub(crate) const HALF: usize = BLOCK / 2;

/// A block, which is a line of the caches: loads that lie across two take twice as long.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct Block(pub(crate) [f32; BLOCK]);

/// Blocks as the numbers that they hold.
pub(crate) trait Flat {
    fn flat(&self) -> &[f32];
    fn flat_mut(&mut self) -> &mut [f32];
}

#[allow(unsafe_code, reason = "a struct that is an array, aligned")]
impl Flat for [Block] {
    #[inline(always)]
    fn flat(&self) -> &[f32] {
        // SAFETY: a block is 16 numbers and nothing else.
        unsafe { std::slice::from_raw_parts(self.as_ptr().cast(), self.len() * BLOCK) }
    }

    #[inline(always)]
    fn flat_mut(&mut self) -> &mut [f32] {
        // SAFETY: a block is 16 numbers and nothing else.
        unsafe { std::slice::from_raw_parts_mut(self.as_mut_ptr().cast(), self.len() * BLOCK) }
    }
}

/// Rows of blocks.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Blocks of a row.
    pub(crate) stride: usize,
    pub(crate) blocks: Vec<Block>,
}

impl Matrix {
    pub(crate) fn zeros(rows: usize, columns: usize) -> Self {
        let stride = columns.div_ceil(BLOCK);
        Self { rows, columns, stride, blocks: vec![Block::default(); rows * stride] }
    }

    /// From numbers row after row.
    pub(crate) fn of(rows: usize, columns: usize, values: &[f32]) -> Self {
        let mut matrix = Self::zeros(rows, columns);
        for (row, values) in values.chunks_exact(columns.max(1)).enumerate().take(rows) {
            matrix.row_mut(row)[..columns].copy_from_slice(values);
        }
        matrix
    }

    /// A row with what stands beyond its end.
    #[inline(always)]
    pub(crate) fn row(&self, row: usize) -> &[f32] {
        self.blocks[row * self.stride..(row + 1) * self.stride].flat()
    }

    #[inline(always)]
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        self.blocks[row * self.stride..(row + 1) * self.stride].flat_mut()
    }

    /// Its transpose, in `out`.
    pub(crate) fn transpose(&self, out: &mut Matrix) {
        debug_assert_eq!((self.rows, self.columns), (out.columns, out.rows));
        // In squares of four, whose rows are a register each.
        let (from, to) = (self.stride * BLOCK, out.stride * BLOCK);
        let (numbers, turned) = (self.blocks.flat(), out.blocks.flat_mut());
        for row in (0..self.rows).step_by(4) {
            for column in (0..self.columns).step_by(4) {
                let mut square = [[0.0; 4]; 4];
                for (k, line) in square.iter_mut().enumerate() {
                    // Beyond the last row there are zeros.
                    let at = (row + k) * from + column;
                    if row + k < self.rows {
                        line.copy_from_slice(&numbers[at..at + 4]);
                    }
                }
                let [a, b, c, d] = square;
                for k in 0..(self.columns - column).min(4) {
                    let at = (column + k) * to + row;
                    turned[at..at + 4].copy_from_slice(&[a[k], b[k], c[k], d[k]]);
                }
            }
        }
    }

    /// The numbers row after row.
    pub(crate) fn values(&self) -> Vec<f32> {
        (0..self.rows).flat_map(|row| &self.row(row)[..self.columns]).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transpose_has_rows_for_columns() {
        for (rows, columns) in [(1, 1), (3, 40), (50, 50), (16, 33), (70, 16)] {
            let matrix =
                Matrix::of(rows, columns, &(0..rows * columns).map(|at| at as f32).collect::<Vec<_>>());
            let mut transposed = Matrix::zeros(columns, rows);
            matrix.transpose(&mut transposed);
            for row in 0..rows {
                (0..columns)
                    .for_each(|column| assert_eq!(transposed.row(column)[row], matrix.row(row)[column]));
            }
            assert!(
                (0..columns).all(|column| transposed.row(column)[rows..].iter().all(|&beyond| beyond == 0.0))
            );
        }
    }
}

//! Matrices of f32 whose rows are whole blocks of 16: what stands beyond a row's end is 0 where products read it.

/// Numbers of a block: a vector of AVX-512, two of AVX2, four of the baseline.
pub(crate) const BLOCK: usize = 16;

/// A block.
pub(crate) type Block = [f32; BLOCK];

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
        Self { rows, columns, stride, blocks: vec![[0.0; BLOCK]; rows * stride] }
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
        self.blocks[row * self.stride..(row + 1) * self.stride].as_flattened()
    }

    #[inline(always)]
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f32] {
        self.blocks[row * self.stride..(row + 1) * self.stride].as_flattened_mut()
    }

    /// Its transpose, in `out`.
    pub(crate) fn transpose(&self, out: &mut Matrix) {
        debug_assert_eq!((self.rows, self.columns), (out.columns, out.rows));
        for row in (0..self.rows).step_by(BLOCK) {
            for block in 0..self.stride {
                // A tile at a time, in registers.
                let mut tile = [[0.0; BLOCK]; BLOCK];
                for (k, tile) in tile.iter_mut().enumerate().take(self.rows - row) {
                    *tile = self.blocks[(row + k) * self.stride + block];
                }
                for column in 0..BLOCK.min(self.columns - block * BLOCK) {
                    let place = (block * BLOCK + column) * out.stride + row / BLOCK;
                    out.blocks[place] = tile.map(|row| row[column]);
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

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

    /// The numbers row after row.
    pub(crate) fn values(&self) -> Vec<f32> {
        (0..self.rows).flat_map(|row| &self.row(row)[..self.columns]).copied().collect()
    }
}

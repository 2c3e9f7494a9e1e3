//! The rows of answers into the sums of their cells.

use super::answer::Answer;
use crate::sums::{CELLS_AT_ONCE, OfCells, axes_of, axes_of_cells, lock, sum_cells, take, unknown, write};
use crate::{Store, StoreError, SweepId};
use sqlx::postgres::PgConnection;
use sweep::measurement::CellSums;

impl Store {
    /// Takes the sums of a sweep's rows again, from all of them, and says whether they are those that were kept. What
    /// is recorded meanwhile waits for a moment.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn sum_again(&self, sweep_id: SweepId) -> Result<bool, StoreError> {
        // Aside: it may take longer than a query may. Chunk by chunk: meanwhile others record.
        let mut aside = self.aside().await?.into_connection();
        let cells = axes_of_cells(&mut aside, sweep_id.0).await?;
        let mut same = true;
        for cells in cells.chunks(CELLS_AT_ONCE) {
            let mut transaction = sqlx::Connection::begin(&mut aside).await?;
            lock(&mut transaction, &[sweep_id.0]).await?;
            same &= sum_cells(&mut transaction, sweep_id.0, cells).await?;
            transaction.commit().await?;
        }
        Ok(same)
    }
}

/// Adds the rows of answers to the sums of their cells.
pub(super) async fn add(connection: &mut PgConnection, answers: &[&Answer]) -> Result<(), StoreError> {
    let mut new = OfCells::new();
    for answer in answers {
        for cell in &answer.results.cells {
            let Some(sums) = answer.results.sums.get(&cell.cell_id) else { continue };
            let of_cell = new.entry((answer.sweep_id.0, cell.cell_id)).or_default();
            of_cell.sums.merge(sums.clone());
            of_cell.axes = axes_of(cell);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let sweeps: Vec<i64> = new.keys().map(|(sweep_id, _)| *sweep_id).collect();
    lock(connection, &sweeps).await?;
    for (place, kept) in take(connection, new.keys().copied()).await? {
        let sums = CellSums::from_bytes(&kept).ok_or_else(|| unknown(place.1))?;
        new.entry(place).or_default().sums.merge(sums);
    }
    write(connection, &new).await
}

//! The views of trainings that figures are drawn from: means over the trials.

use crate::{Store, StoreError};
use sweep::CellParameters;
use sweep::diagram::{ActivationPoint, LearningPoint, RobustnessPoint};
use sweep::training::TrainingParameters;

/// The cell of a training.
fn parameters(
    cell_id: i64,
    cell: String,
    widths: Vec<i32>,
    training: &str,
) -> Result<CellParameters, StoreError> {
    let training = TrainingParameters::from_json(training)
        .map_err(|_| StoreError::Unknown { what: "training", value: training.to_owned() })?;
    let couplings = "input".to_owned();
    Ok(CellParameters {
        cell_id,
        cell,
        widths,
        couplings,
        training: Some(training),
        ..CellParameters::default()
    })
}

impl Store {
    /// Whether rows of a sweep are those of trainings.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn trains(&self, sweep: &str) -> Result<bool, StoreError> {
        let trains = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM rapgrid.training_cells WHERE sweep = $1) AS "trains!""#,
            sweep
        );
        Ok(trains.fetch_one(&self.pool).await?)
    }

    /// The view `learning_curves` of one sweep, by cell, method and epoch.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn learning_curves(&self, sweep: &str) -> Result<Vec<LearningPoint>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT v.cell_id AS "cell_id!", v.cell AS "cell!", c.width AS "widths!", c.training::text AS "training!",
                      v.method AS "method!", v.epoch AS "epoch!", v.samples AS "samples!", v.diverged AS "diverged!",
                      v.train_error, v.train_error_standard_error, v.test_error, v.test_error_standard_error
               FROM rapgrid.learning_curves v JOIN rapgrid.training_cells c USING (sweep, cell_id)
               WHERE v.sweep = $1 ORDER BY c.width, v.cell, v.method, v.epoch"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        let point = rows.into_iter().map(|row| {
            Ok(LearningPoint {
                parameters: parameters(row.cell_id, row.cell, row.widths, &row.training)?,
                method: row.method,
                epoch: row.epoch,
                samples: row.samples,
                diverged: row.diverged,
                train_error: row.train_error,
                train_error_standard_error: row.train_error_standard_error,
                test_error: row.test_error,
                test_error_standard_error: row.test_error_standard_error,
            })
        });
        point.collect()
    }

    /// The view `activation` of one sweep, by cell, method, epoch and layer.
    ///
    /// # Errors
    /// As for [`learning_curves`](Self::learning_curves).
    pub async fn activation(&self, sweep: &str) -> Result<Vec<ActivationPoint>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT v.cell_id AS "cell_id!", v.cell AS "cell!", c.width AS "widths!", c.training::text AS "training!",
                      v.method AS "method!", v.epoch AS "epoch!", v.layer AS "layer!", v.samples AS "samples!",
                      v.activation AS "activation!", v.activation_standard_error, v.dead_share AS "dead_share!",
                      v.dead_share_standard_error
               FROM rapgrid.activation v JOIN rapgrid.training_cells c USING (sweep, cell_id)
               WHERE v.sweep = $1 ORDER BY c.width, v.cell, v.method, v.epoch, v.layer"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        let point = rows.into_iter().map(|row| {
            Ok(ActivationPoint {
                parameters: parameters(row.cell_id, row.cell, row.widths, &row.training)?,
                method: row.method,
                epoch: row.epoch,
                layer: row.layer,
                samples: row.samples,
                activation: row.activation,
                activation_standard_error: row.activation_standard_error,
                dead_share: row.dead_share,
                dead_share_standard_error: row.dead_share_standard_error,
            })
        });
        point.collect()
    }

    /// The view `robustness` of one sweep, by cell, method, epoch, layer and share.
    ///
    /// # Errors
    /// As for [`learning_curves`](Self::learning_curves).
    pub async fn robustness(&self, sweep: &str) -> Result<Vec<RobustnessPoint>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT v.cell_id AS "cell_id!", v.cell AS "cell!", c.width AS "widths!", c.training::text AS "training!",
                      v.method AS "method!", v.epoch AS "epoch!", v.layer, v.removed AS "removed!", v.samples AS "samples!",
                      v.test_error, v.test_error_standard_error
               FROM rapgrid.robustness v JOIN rapgrid.training_cells c USING (sweep, cell_id)
               WHERE v.sweep = $1 ORDER BY c.width, v.cell, v.method, v.epoch, v.layer, v.removed"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        let point = rows.into_iter().map(|row| {
            Ok(RobustnessPoint {
                parameters: parameters(row.cell_id, row.cell, row.widths, &row.training)?,
                method: row.method,
                epoch: row.epoch,
                layer: row.layer,
                removed: row.removed,
                samples: row.samples,
                test_error: row.test_error,
                test_error_standard_error: row.test_error_standard_error,
            })
        });
        point.collect()
    }
}

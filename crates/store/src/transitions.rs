//! Transitions: the rows that they are found from, and where they are kept.

use crate::{Store, StoreError, SweepId};
use rust_decimal::Decimal;
use sqlx::types::Json;
use sweep::diagram::{FoundPlace, TransitionRow};

/// One row of a method with branches, per weight, with the parameters of its cell.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchRow {
    /// n_0..n_L.
    pub widths: Vec<i32>,
    /// The ensemble's name.
    pub ensemble: String,
    /// `input` or `path`.
    pub couplings: String,
    /// p_1..p_L.
    pub dilution: Vec<Decimal>,
    /// ρ_1..ρ_{L−1}.
    pub activation: Vec<Decimal>,
    /// Inverse temperature.
    pub beta: Decimal,
    /// The disorder sample.
    pub sample: i32,
    /// The method's name.
    pub method: String,
    /// `paramagnetic` or `polarised`.
    pub branch: String,
    /// Active paths; 0 where there is no model.
    pub paths: i64,
    /// log Z, absent where the row has no values.
    pub log_z_per_weight: Option<f64>,
    /// ⟨H⟩.
    pub energy_per_weight: Option<f64>,
    /// S.
    pub entropy_per_weight: Option<f64>,
    /// What symmetric copies of the state would add to log Z.
    pub symmetry_per_weight: f64,
    /// Converged to an ordered state.
    pub ordered: bool,
}

impl Store {
    /// The rows of all methods with branches of a sweep.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn branch_rows(&self, sweep_id: SweepId) -> Result<Vec<BranchRow>, StoreError> {
        Ok(sqlx::query_as!(
            BranchRow,
            r#"SELECT c.widths AS "widths!: Vec<i32>", c.ensemble AS "ensemble!", c.couplings,
                      c.dilution AS "dilution!: Vec<Decimal>", c.activation AS "activation!: Vec<Decimal>",
                      m.beta, m.sample, m.method, m.branch AS "branch!", m.paths,
                      m.log_z_per_weight, m.energy_per_weight, m.entropy_per_weight,
                      coalesce(m.symmetries * ln(2.0::float8) / nullif(m.weights, 0), 0) AS "symmetry_per_weight!",
                      coalesce(m.ordered, false) AS "ordered!"
               FROM rapgrid.sweeps s
               JOIN rapgrid.measurements m ON m.bucket = s.bucket AND m.sweep_id = s.sweep_id
               JOIN rapgrid.cells c ON c.sweep_id = m.sweep_id AND c.cell_id = m.cell_id
               WHERE s.sweep_id = $1 AND m.branch IS NOT NULL AND c.ensemble IS NOT NULL"#,
            sweep_id.0
        )
        .fetch_all(&self.pool)
        .await?)
    }

    /// Keeps what was found in a sweep of `rows` rows, in place of what was found before; not if this user may only
    /// read, whom it is no business of.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_transitions(
        &self,
        sweep_id: SweepId,
        rows: i64,
        found: &[TransitionRow],
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        let may_write = sqlx::query_scalar!(
            r#"SELECT has_table_privilege('rapgrid.found_transitions', 'INSERT')
                      AND NOT current_setting('transaction_read_only')::boolean AS "may_write!""#
        );
        if !may_write.fetch_one(&mut *transaction).await? {
            return Ok(());
        }
        sqlx::query!("DELETE FROM rapgrid.found_transitions WHERE sweep_id = $1", sweep_id.0)
            .execute(&mut *transaction)
            .await?;
        for row in found {
            let TransitionRow { crossing, crossing_with_symmetry: with_symmetry, ordering, .. } = row;
            let outcome = |place: &FoundPlace| place.outcome.name();
            sqlx::query!(
                "INSERT INTO rapgrid.found_transitions (sweep_id, method, axis, structure, fixed,
                     crossing, crossing_error, crossing_outcome, crossing_from, crossing_to,
                     crossing_with_symmetry, crossing_with_symmetry_error, crossing_with_symmetry_outcome,
                     crossing_with_symmetry_from, crossing_with_symmetry_to,
                     ordering, ordering_error, ordering_outcome, ordering_from, ordering_to,
                     latent_heat_per_weight, latent_heat_error, entropy_jump_per_weight, entropy_jump_error, step,
                     resolved, samples, unresolved_samples, rows)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                     $21, $22, $23, $24, $25, $26, $27, $28, $29)",
                sweep_id.0,
                row.method,
                row.axis,
                row.structure,
                Json(&row.fixed) as _,
                crossing.value,
                crossing.error,
                outcome(crossing),
                crossing.from,
                crossing.to,
                with_symmetry.value,
                with_symmetry.error,
                outcome(with_symmetry),
                with_symmetry.from,
                with_symmetry.to,
                ordering.value,
                ordering.error,
                outcome(ordering),
                ordering.from,
                ordering.to,
                row.latent_heat_per_weight.value,
                row.latent_heat_per_weight.error,
                row.entropy_jump_per_weight.value,
                row.entropy_jump_per_weight.error,
                row.step,
                row.resolved,
                row.samples,
                row.unresolved_samples,
                rows
            )
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }
}

//! The views that figures and tables are drawn from: means over the disorder samples.

use crate::decoding::branch;
use crate::{Store, StoreError};
use rust_decimal::Decimal;
use sweep::CellParameters;
use sweep::decimal;
use sweep::diagram::{DegreePoint, DifferencePoint, LevelPoint};
use sweep::measurement::PhasePoint;

/// The decimal of a number in a view: the shortest that is read as it.
fn shortest(number: f64) -> Result<Decimal, StoreError> {
    let text = number.to_string();
    decimal::parse(&text).map_err(|_| StoreError::Unknown { what: "a value of an axis", value: text })
}

/// The cell of a row: every query that asks for its columns gives a type of its own.
macro_rules! parameters {
    ($row:ident) => {
        CellParameters {
            cell_id: $row.cell_id,
            cell: $row.cell,
            widths: $row.widths,
            ensemble: $row.ensemble,
            couplings: $row.couplings,
            instance: $row.instance,
            dilution: $row.dilution,
            activation: $row.activation,
            // Trainings have views of their own.
            training: None,
        }
    };
}

pub(crate) use parameters;

impl Store {
    /// The view `phase_diagram` of one sweep, by cell, β, method and branch.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn phase_diagram(&self, sweep: &str) -> Result<Vec<PhasePoint>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution AS "dilution: Vec<Decimal>",
                      c.activation AS "activation: Vec<Decimal>", beta AS "beta!", method AS "method!", kind AS "kind!", branch,
                      samples AS "samples!", samples_of AS "samples_of!", empty AS "empty!", converged,
                      weights, alpha, energy_per_weight, energy_standard_error, energy_statistical_error,
                      log_z_per_weight, log_z_standard_error, log_z_above_paramagnet,
                      log_z_above_paramagnet_standard_error, entropy_per_weight, entropy_standard_error,
                      overlap, overlap_standard_error, iterations, r_hat, equilibrated, specific_heat,
                      specific_heat_standard_error, path_overlap, path_overlap_standard_error, susceptibility, susceptibility_standard_error,
                      system_susceptibility, system_susceptibility_standard_error, unit_binder, unit_binder_standard_error,
                      lowest_energy_per_weight, unresolved, unequilibrated
               FROM rapgrid.phase_diagram v JOIN rapgrid.sweeps s ON s.name = v.sweep JOIN rapgrid.cells c USING (sweep_id, cell_id)
               WHERE s.name = $1
               ORDER BY c.widths, c.ensemble, c.couplings, c.activation, c.dilution, c.cell, beta, method, branch"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(PhasePoint {
                    parameters: parameters!(row),
                    beta: shortest(row.beta)?,
                    method: row.method,
                    kind: row.kind,
                    branch: row.branch.as_deref().map(branch).transpose()?,
                    samples: row.samples,
                    samples_of: row.samples_of,
                    empty: row.empty,
                    unresolved: row.unresolved.unwrap_or(0),
                    unequilibrated: row.unequilibrated.unwrap_or(0),
                    weights: row.weights,
                    alpha: row.alpha,
                    energy_per_weight: row.energy_per_weight,
                    energy_standard_error: row.energy_standard_error,
                    energy_statistical_error: row.energy_statistical_error,
                    log_z_per_weight: row.log_z_per_weight,
                    log_z_standard_error: row.log_z_standard_error,
                    log_z_above_paramagnet: row.log_z_above_paramagnet,
                    log_z_above_paramagnet_standard_error: row.log_z_above_paramagnet_standard_error,
                    entropy_per_weight: row.entropy_per_weight,
                    entropy_standard_error: row.entropy_standard_error,
                    overlap: row.overlap,
                    overlap_standard_error: row.overlap_standard_error,
                    iterations: row.iterations,
                    converged: row.converged.unwrap_or(0),
                    r_hat: row.r_hat,
                    equilibrated: row.equilibrated,
                    specific_heat: row.specific_heat,
                    specific_heat_standard_error: row.specific_heat_standard_error,
                    path_overlap: row.path_overlap,
                    path_overlap_standard_error: row.path_overlap_standard_error,
                    susceptibility: row.susceptibility,
                    susceptibility_standard_error: row.susceptibility_standard_error,
                    system_susceptibility: row.system_susceptibility,
                    system_susceptibility_standard_error: row.system_susceptibility_standard_error,
                    unit_binder: row.unit_binder,
                    unit_binder_standard_error: row.unit_binder_standard_error,
                    lowest_energy_per_weight: row.lowest_energy_per_weight,
                })
            })
            .collect()
    }

    /// The differences from exact methods in the view `differences` of one sweep, by cell, β, method and branch.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn differences_from_exact(&self, sweep: &str) -> Result<Vec<DifferencePoint>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution AS "dilution: Vec<Decimal>",
                      c.activation AS "activation: Vec<Decimal>", beta AS "beta!",
                      method AS "method!", kind AS "kind!", branch, reference AS "reference!", samples AS "samples!",
                      energy_difference, energy_difference_standard_error, log_z_difference, log_z_difference_standard_error,
                      entropy_difference, entropy_difference_standard_error
               FROM rapgrid.differences v JOIN rapgrid.sweeps s ON s.name = v.sweep JOIN rapgrid.cells c USING (sweep_id, cell_id)
               WHERE s.name = $1 AND reference_kind = 'exact' AND kind <> 'exact'
               ORDER BY c.widths, c.ensemble, c.couplings, c.activation, c.dilution, c.cell, beta, method, branch, reference"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(DifferencePoint {
                    parameters: parameters!(row),
                    beta: shortest(row.beta)?,
                    method: row.method,
                    kind: row.kind,
                    branch: row.branch.as_deref().map(branch).transpose()?,
                    reference: row.reference,
                    samples: row.samples,
                    energy_difference: row.energy_difference,
                    energy_difference_standard_error: row.energy_difference_standard_error,
                    log_z_difference: row.log_z_difference,
                    log_z_difference_standard_error: row.log_z_difference_standard_error,
                    entropy_difference: row.entropy_difference,
                    entropy_difference_standard_error: row.entropy_difference_standard_error,
                })
            })
            .collect()
    }

    /// The view `degree_distribution` of one sweep, by cell, layer and degree.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn degree_distribution(&self, sweep: &str) -> Result<Vec<DegreePoint>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution AS "dilution: Vec<Decimal>",
                      c.activation AS "activation: Vec<Decimal>",
                      layer AS "layer!", degree AS "degree!", samples AS "samples!", share AS "share!"
               FROM rapgrid.degree_distribution v JOIN rapgrid.sweeps s ON s.name = v.sweep JOIN rapgrid.cells c USING (sweep_id, cell_id)
               WHERE s.name = $1
               ORDER BY c.widths, c.ensemble, c.couplings, c.activation, c.dilution, c.cell, layer, degree"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        let point = rows.into_iter().map(|row| DegreePoint {
            parameters: parameters!(row),
            samples: row.samples,
            layer: row.layer,
            degree: row.degree,
            share: row.share,
        });
        Ok(point.collect())
    }

    /// The view `energy_levels` of one sweep, by cell, method and overlap.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn energy_levels(&self, sweep: &str) -> Result<Vec<LevelPoint>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.cell_id, c.cell, c.widths, c.ensemble, c.couplings, c.instance, c.dilution AS "dilution: Vec<Decimal>",
                      c.activation AS "activation: Vec<Decimal>",
                      method AS "method!", overlap AS "overlap!", samples AS "samples!", paths AS "paths!",
                      covariance_per_path AS "covariance_per_path!", covariance_error AS "covariance_error!",
                      disorder_spread AS "disorder_spread!", variance_per_path AS "variance_per_path!",
                      variance_error AS "variance_error!", excess_kurtosis AS "excess_kurtosis!",
                      excess_kurtosis_error AS "excess_kurtosis_error!"
               FROM rapgrid.energy_levels v JOIN rapgrid.sweeps s ON s.name = v.sweep JOIN rapgrid.cells c USING (sweep_id, cell_id)
               WHERE s.name = $1
               ORDER BY depth, c.widths, c.ensemble, c.couplings, c.activation, c.dilution, c.cell, method, overlap"#,
            sweep
        )
        .fetch_all(&self.pool)
        .await?;
        let point = rows.into_iter().map(|row| {
            Ok(LevelPoint {
                parameters: parameters!(row),
                method: row.method,
                overlap: shortest(row.overlap)?,
                samples: row.samples,
                paths: row.paths,
                covariance_per_path: row.covariance_per_path,
                covariance_error: row.covariance_error,
                covariance_spread: row.disorder_spread,
                variance_per_path: row.variance_per_path,
                variance_error: row.variance_error,
                excess_kurtosis: row.excess_kurtosis,
                excess_kurtosis_error: row.excess_kurtosis_error,
            })
        });
        point.collect()
    }
}

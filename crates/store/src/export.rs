//! Results out: CSV straight from the server, and single rows to replay.

use crate::{Store, StoreError};
use rust_decimal::Decimal;
use sqlx::postgres::PgPoolCopyExt;
use std::pin::Pin;
use sweep::measurement::{Branch, Measurement, Outcome, Values};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio_stream::StreamExt;

/// A recorded measurement and where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedRow {
    /// The cell's canonical text.
    pub cell: String,
    /// The sample.
    pub sample: u32,
    /// The row.
    pub measurement: Measurement,
    /// The version, git revision and host that computed it.
    pub made_by: String,
}

/// A view that can be written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Every measurement with its cell and provenance.
    Results,
    /// Means over the samples.
    PhaseDiagram,
    /// The branch of belief propagation with the larger log Z, sample by sample.
    StableBranch,
    /// Where branches cross and vanish.
    Transitions,
    /// Magnetisation overlaps by weight layer.
    LayerOverlaps,
    /// Distributions of the overlaps of two replicas.
    OverlapHistograms,
    /// Shares of weights by layer and degree.
    DegreeDistribution,
    /// Energy levels of random configurations.
    EnergyLevels,
}

impl View {
    /// All of them.
    pub const ALL: [View; 8] = [
        View::Results,
        View::PhaseDiagram,
        View::StableBranch,
        View::Transitions,
        View::LayerOverlaps,
        View::OverlapHistograms,
        View::DegreeDistribution,
        View::EnergyLevels,
    ];

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            View::Results => "results",
            View::PhaseDiagram => "phase_diagram",
            View::StableBranch => "stable_branch",
            View::Transitions => "transitions",
            View::LayerOverlaps => "layer_overlaps",
            View::OverlapHistograms => "overlap_histograms",
            View::DegreeDistribution => "degree_distribution",
            View::EnergyLevels => "energy_levels",
        }
    }

    /// What identifies its rows within a sweep.
    fn order(self) -> &'static str {
        match self {
            View::Results => "cell_id, sample, beta, method, branch",
            View::PhaseDiagram => "cell_id, beta, method, branch",
            View::StableBranch => "cell_id, sample, beta, method",
            View::Transitions => "method, structure, axis, fixed::text",
            View::LayerOverlaps => "cell_id, beta, method, branch, layer",
            View::OverlapHistograms => "cell_id, beta, method, of, overlap",
            View::DegreeDistribution => "cell_id, layer, degree",
            View::EnergyLevels => "cell_id, method, overlap",
        }
    }
}

/// Which rows of a sweep to take.
#[derive(Debug, Clone, Default)]
pub struct RowFilter {
    /// The cell's number.
    pub cell_id: Option<i64>,
    /// The sample.
    pub sample: Option<i32>,
    /// β.
    pub beta: Option<Decimal>,
    /// The method's name.
    pub method: Option<String>,
}

impl Store {
    /// Writes a view of one sweep as CSV with a header, in the order of its identity, so that two tables of the same
    /// content are the same text. The server writes it, row by row: no table is too large.
    ///
    /// # Errors
    /// If the database fails, or writing does.
    pub async fn export_csv(
        &self,
        view: View,
        sweep: &str,
        mut out: Pin<&mut (dyn AsyncWrite + Send)>,
    ) -> Result<(), StoreError> {
        let (name, order) = (view.name(), view.order());
        // COPY takes no parameters: the name is quoted by the server's own function.
        let quoted = sqlx::query_scalar!(r#"SELECT quote_literal($1) AS "quoted!""#, sweep)
            .fetch_one(&self.pool)
            .await?;
        let statement = format!(
            "COPY (SELECT * FROM {name} WHERE sweep = {quoted} ORDER BY {order}) TO STDOUT (FORMAT csv, HEADER)"
        );
        let mut chunks = self.pool.copy_out_raw(&statement).await?;
        while let Some(chunk) = chunks.next().await {
            out.write_all(&chunk?).await.map_err(sqlx::Error::Io)?;
        }
        out.flush().await.map_err(sqlx::Error::Io)?;
        Ok(())
    }

    /// Recorded rows of a sweep that match the filter, in the order of a hash of their identity (an arbitrary but fixed
    /// order, so that the first few are a fair sample), at most `limit`.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn recorded_rows(
        &self,
        sweep: &str,
        filter: &RowFilter,
        limit: i64,
    ) -> Result<Vec<RecordedRow>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT cell AS "cell!", sample AS "sample!", beta AS "beta!", method AS "method!", branch,
                      outcome AS "outcome!", weights AS "weights!", paths AS "paths!", hidden_units AS "hidden_units!",
                      energy_per_weight, energy_error, log_z_per_weight, entropy_per_weight, overlap, energy_variance,
                      converged, ordered, iterations, residual, tau_int, r_hat, equilibrated, log_z_error, entropy_error,
                      discretisation_error, lowest_energy_per_weight, specific_heat, specific_heat_error, path_overlap,
                      path_overlap_error, susceptibility, binder, swap_acceptance, round_trips, symmetries,
                      layer_overlaps, layer_overlap_errors, path_overlap_histogram, unit_overlap_histogram,
                      seconds AS "seconds!",
                      format('version %s, git %s, on %s', version, git_revision, host) AS "made_by!"
               FROM results
               WHERE sweep = $1 AND ($2::bigint IS NULL OR cell_id = $2) AND ($3::integer IS NULL OR sample = $3)
                 AND ($4::numeric IS NULL OR beta = $4) AND ($5::text IS NULL OR method = $5)
               ORDER BY hashtextextended(concat_ws(' ', cell, sample, beta, method, branch), 0) LIMIT $6"#,
            sweep,
            filter.cell_id,
            filter.sample,
            filter.beta,
            filter.method,
            limit
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                let measurement = Measurement {
                    beta: row.beta,
                    method: row.method,
                    branch: row.branch.as_deref().map(branch).transpose()?,
                    outcome: outcome(&row.outcome)?,
                    weights: row.weights as u32,
                    paths: row.paths as u64,
                    hidden_units: row.hidden_units as u32,
                    values: Values {
                        energy_per_weight: row.energy_per_weight,
                        energy_error: row.energy_error,
                        log_z_per_weight: row.log_z_per_weight,
                        entropy_per_weight: row.entropy_per_weight,
                        overlap: row.overlap,
                        energy_variance: row.energy_variance,
                        converged: row.converged,
                        ordered: row.ordered,
                        iterations: row.iterations.map(|count| count as u32),
                        residual: row.residual,
                        tau_int: row.tau_int,
                        r_hat: row.r_hat,
                        equilibrated: row.equilibrated,
                        log_z_error: row.log_z_error,
                        entropy_error: row.entropy_error,
                        discretisation_error: row.discretisation_error,
                        lowest_energy_per_weight: row.lowest_energy_per_weight,
                        specific_heat: row.specific_heat,
                        specific_heat_error: row.specific_heat_error,
                        path_overlap: row.path_overlap,
                        path_overlap_error: row.path_overlap_error,
                        susceptibility: row.susceptibility,
                        binder: row.binder,
                        swap_acceptance: row.swap_acceptance,
                        round_trips: row.round_trips.map(|count| count as u64),
                        symmetries: row.symmetries.map(|count| count as u32),
                        layer_overlaps: row.layer_overlaps,
                        layer_overlap_errors: row.layer_overlap_errors,
                        path_overlap_histogram: row.path_overlap_histogram.map(counts),
                        unit_overlap_histogram: row.unit_overlap_histogram.map(counts),
                    },
                    seconds: row.seconds,
                };
                Ok(RecordedRow {
                    cell: row.cell,
                    sample: row.sample as u32,
                    measurement,
                    made_by: row.made_by,
                })
            })
            .collect()
    }
}

fn counts(bins: Vec<i64>) -> Vec<u64> {
    bins.into_iter().map(|count| count as u64).collect()
}

pub(crate) fn branch(name: &str) -> Result<Branch, StoreError> {
    Branch::from_name(name).ok_or_else(|| StoreError::Unknown { what: "branch", value: name.to_owned() })
}

fn outcome(name: &str) -> Result<Outcome, StoreError> {
    Outcome::from_name(name).ok_or_else(|| StoreError::Unknown { what: "outcome", value: name.to_owned() })
}

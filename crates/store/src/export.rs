//! Results out: views as CSV, straight from the server.

use crate::{Store, StoreError};
use sqlx::postgres::PgPoolCopyExt;
use std::pin::Pin;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio_stream::StreamExt;

/// A view that can be written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Every measurement with its cell and provenance.
    Results,
    /// Means over the samples.
    PhaseDiagram,
    /// Methods against each other, paired by sample.
    Differences,
    /// The branch of belief propagation with the larger log Z, sample by sample.
    StableBranch,
    /// Where branches cross and vanish.
    Transitions,
    /// Magnetisation overlaps by weight layer.
    LayerOverlaps,
    /// Distributions of the overlaps of two replicas.
    OverlapHistograms,
    /// Distributions of the energy per weight.
    EnergyHistograms,
    /// Shares of weights by layer and degree.
    DegreeDistribution,
    /// Energy levels of random configurations.
    EnergyLevels,
    /// The cells that are trainings, with their parameters.
    TrainingCells,
    /// Every row of a training with its cell and provenance.
    TrainingResults,
    /// Loss and error along a training.
    LearningCurves,
    /// Activation of hidden layers along a training.
    Activation,
    /// Errors of trained networks without some of their connections.
    Robustness,
    /// The builds of the program that computed a sweep.
    SweepPrograms,
}

impl View {
    /// All of them.
    pub const ALL: [View; 16] = [
        View::Results,
        View::PhaseDiagram,
        View::Differences,
        View::StableBranch,
        View::Transitions,
        View::LayerOverlaps,
        View::OverlapHistograms,
        View::EnergyHistograms,
        View::DegreeDistribution,
        View::EnergyLevels,
        View::TrainingCells,
        View::TrainingResults,
        View::LearningCurves,
        View::Activation,
        View::Robustness,
        View::SweepPrograms,
    ];

    /// Its name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            View::Results => "results",
            View::PhaseDiagram => "phase_diagram",
            View::Differences => "differences",
            View::StableBranch => "stable_branch",
            View::Transitions => "transitions",
            View::LayerOverlaps => "layer_overlaps",
            View::OverlapHistograms => "overlap_histograms",
            View::EnergyHistograms => "energy_histograms",
            View::DegreeDistribution => "degree_distribution",
            View::EnergyLevels => "energy_levels",
            View::TrainingCells => "training_cells",
            View::TrainingResults => "training_results",
            View::LearningCurves => "learning_curves",
            View::Activation => "activation",
            View::Robustness => "robustness",
            View::SweepPrograms => "sweep_programs",
        }
    }

    /// What identifies its rows within a sweep.
    fn order(self) -> &'static str {
        match self {
            View::Results => "cell_id, sample, beta, method, branch",
            View::PhaseDiagram => "cell_id, beta, method, branch",
            View::Differences => "cell_id, beta, method, branch, reference, reference_branch",
            View::StableBranch => "cell_id, sample, beta, method",
            View::Transitions => "method, structure, axis, fixed::text",
            View::LayerOverlaps => "cell_id, beta, method, branch, layer",
            View::OverlapHistograms => "cell_id, beta, method, of, overlap",
            View::EnergyHistograms => "cell_id, beta, method, energy",
            View::DegreeDistribution => "cell_id, layer, degree",
            View::EnergyLevels => "cell_id, method, overlap",
            View::TrainingCells => "cell_id",
            View::TrainingResults => "cell_id, sample, method, epoch, layer, removed",
            View::LearningCurves => "cell_id, method, epoch",
            View::Activation => "cell_id, method, epoch, layer",
            View::Robustness => "cell_id, method, epoch, layer, removed",
            View::SweepPrograms => "first_finished_at, version, git_revision",
        }
    }
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
            "COPY (SELECT * FROM rapgrid.{name} WHERE sweep = {quoted} ORDER BY {order}) TO STDOUT (FORMAT csv, HEADER)"
        );
        let mut chunks = self.pool.copy_out_raw(&statement).await?;
        while let Some(chunk) = chunks.next().await {
            out.write_all(&chunk?).await.map_err(StoreError::Output)?;
        }
        out.flush().await.map_err(StoreError::Output)?;
        Ok(())
    }
}

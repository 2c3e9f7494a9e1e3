//! Results out: views as the server writes them, in CSV, JSON and its own binary format.

use crate::provenance::Program;
use crate::{Store, StoreError};
use sweep::Spec;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio_stream::{Stream, StreamExt};

/// What the server sends, in pieces of some hundred kilobytes, or why there is no further one.
pub type Pieces = Receiver<Result<Vec<u8>, StoreError>>;

/// What is handed on at once, in bytes, and how many of such wait.
const PIECE_BYTES: usize = 256 << 10;
const WAITING: usize = 4;

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
    /// The cells of a sweep with their parameters.
    SweepCells,
    /// The builds of the program that computed a sweep.
    SweepPrograms,
}

impl View {
    /// All of them.
    pub const ALL: [View; 17] = [
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
        View::SweepCells,
        View::SweepPrograms,
    ];

    /// The view of that name; dashes are what people type on a command line.
    ///
    /// # Errors
    /// If there is none: those that there are.
    pub fn of_name(text: &str) -> Result<Self, String> {
        let name = text.replace('-', "_");
        Self::ALL.into_iter().find(|view| view.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|view| view.name()).collect();
            format!("there is no view {text:?}; the views are {}", names.join(", "))
        })
    }

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
            View::SweepCells => "sweep_cells",
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
            View::Transitions => "method, structure, axis, line",
            View::LayerOverlaps => "cell_id, beta, method, branch, layer",
            View::OverlapHistograms => "cell_id, beta, method, of, overlap",
            View::EnergyHistograms => "cell_id, beta, method, energy",
            View::DegreeDistribution => "cell_id, layer, degree",
            View::EnergyLevels => "cell_id, method, overlap",
            View::TrainingCells | View::SweepCells => "cell_id",
            View::TrainingResults => "cell_id, sample, method, epoch, layer, removed",
            View::LearningCurves => "cell_id, method, epoch",
            View::Activation => "cell_id, method, epoch, layer",
            View::Robustness => "cell_id, method, epoch, layer, removed",
            View::SweepPrograms => "first_finished_at, version, git_revision",
        }
    }
}

/// Rows of a view of one sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The view.
    pub view: View,
    /// The sweep's name.
    pub sweep: String,
    /// Only these columns, in this order; all of them if empty.
    pub columns: Vec<String>,
    /// In the order of their identity. Rows in no order come sooner.
    pub is_ordered: bool,
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub view_type: ViewType,
}

/// What a column of a view holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "see of_sql")]
pub enum ViewType {
    Flag,
    Integer,
    Long,
    Real,
    Number,
    Text,
    Time,
    Integers,
    Longs,
    Numbers,
}

impl ViewType {
    /// The name of a type in SQL, and the type that the column is sent as if that is another one.
    fn of_sql(name: &str) -> Option<(Self, Option<&'static str>)> {
        Some(match name {
            "boolean" => (Self::Flag, None),
            "integer" => (Self::Integer, None),
            "bigint" => (Self::Long, None),
            "real" => (Self::Real, None),
            "double precision" => (Self::Number, None),
            "numeric" => (Self::Number, Some("double precision")),
            "text" => (Self::Text, None),
            "jsonb" => (Self::Text, Some("text")),
            "timestamp with time zone" => (Self::Time, None),
            "integer[]" => (Self::Integers, None),
            "bigint[]" => (Self::Longs, None),
            "double precision[]" => (Self::Numbers, None),
            _ => return None,
        })
    }
}

impl Store {
    /// The columns of a selection.
    ///
    /// # Errors
    /// [`StoreError::NoSuchColumn`]; else if the database fails.
    pub async fn columns(&self, selection: &Selection) -> Result<Vec<ViewColumn>, StoreError> {
        Ok(self.sent_columns(selection).await?.into_iter().map(|(column, _)| column).collect())
    }

    /// The columns of a selection, each with the type that it is sent as if that is another one.
    async fn sent_columns(
        &self,
        selection: &Selection,
    ) -> Result<Vec<(ViewColumn, Option<&'static str>)>, StoreError> {
        let all = sqlx::query!(
            r#"SELECT attname::text AS "name!", format_type(atttypid, atttypmod) AS "sql_type!"
               FROM pg_attribute WHERE attrelid = format('rapgrid.%I', $1::text)::regclass AND attnum > 0 ORDER BY attnum"#,
            selection.view.name()
        );
        let all = all.fetch_all(&self.pool).await?;
        let column = |name: &str, sql_type: &str| {
            let unknown = || StoreError::Unknown { what: "a type of column", value: sql_type.to_owned() };
            let (view_type, sent) = ViewType::of_sql(sql_type).ok_or_else(unknown)?;
            Ok((ViewColumn { name: name.to_owned(), view_type }, sent))
        };
        if selection.columns.is_empty() {
            return all.iter().map(|of| column(&of.name, &of.sql_type)).collect();
        }
        let named = |name: &String| {
            let missing = || StoreError::NoSuchColumn { view: selection.view.name(), column: name.clone() };
            column(name, &all.iter().find(|of| of.name == *name).ok_or_else(missing)?.sql_type)
        };
        selection.columns.iter().map(named).collect()
    }

    /// The rows of a selection in PostgreSQL's binary format of COPY: columns of [`columns`](Self::columns) in their
    /// order, those of other types as what these say. The server sends them as it finds them: no table is too large.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn copy_out(&self, selection: &Selection) -> Result<Pieces, StoreError> {
        let sent = |(column, other): (ViewColumn, Option<&str>)| match other {
            Some(other) => format!("{}::{other}", column.name),
            None => column.name,
        };
        let columns: Vec<String> = self.sent_columns(selection).await?.into_iter().map(sent).collect();
        let query = self.query_of(selection, &columns.join(", ")).await?;
        self.stream(selection, format!("COPY ({query}) TO STDOUT (FORMAT binary)")).await
    }

    /// The rows of a selection as JSON, one object a line.
    ///
    /// # Errors
    /// If there is no such column, or the database fails.
    pub async fn json_out(&self, selection: &Selection) -> Result<Pieces, StoreError> {
        let query = self.query_of(selection, &self.names_of(selection).await?).await?;
        // As the rows of a query, and not by COPY, which escapes what stands in texts.
        let statement = format!("SELECT row_to_json(r)::text FROM ({query}) AS r");
        let mut aside = self.aside().await?.into_connection();
        let (pieces, received) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let objects = sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(statement)).fetch(&mut aside);
            gather(objects.map(|object| object.map(|object| object + "\n")), &pieces).await;
        });
        Ok(received)
    }

    async fn query_of(&self, selection: &Selection, columns: &str) -> Result<String, StoreError> {
        // COPY takes no parameters: the name is quoted by the server's own function.
        let quoted = sqlx::query_scalar!(r#"SELECT quote_literal($1) AS "quoted!""#, selection.sweep)
            .fetch_one(&self.pool)
            .await?;
        let name = selection.view.name();
        let order = match selection.is_ordered {
            true => format!(" ORDER BY {}", selection.view.order()),
            false => String::new(),
        };
        Ok(format!("SELECT {columns} FROM rapgrid.{name} WHERE sweep = {quoted}{order}"))
    }

    /// What a COPY sends, over a connection of its own, which ends with the stream.
    async fn stream(&self, selection: &Selection, statement: String) -> Result<Pieces, StoreError> {
        let mut aside = self.aside().await?.into_connection();
        // Whoever reads may rest for longer than a client is silent that has vanished.
        sqlx::query!("SET tcp_user_timeout = 0").execute(&mut aside).await?;
        if selection.view == View::PhaseDiagram && !selection.is_ordered {
            // By the index means would be fetched in the order of their cells' numbers, from all over the table.
            sqlx::query!("SET enable_indexscan = off").execute(&mut aside).await?;
        }
        let (pieces, received) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            match aside.copy_out_raw(&statement).await {
                Ok(rows) => gather(rows, &pieces).await,
                Err(error) => drop(pieces.send(Err(error.into())).await),
            }
        });
        Ok(received)
    }

    /// The rows of a selection as CSV with a header. In their order two tables of the same content are the same text.
    ///
    /// # Errors
    /// If there is no such column, or the database fails.
    pub async fn csv_out(&self, selection: &Selection) -> Result<Pieces, StoreError> {
        let columns = self.names_of(selection).await?;
        let query = self.query_of(selection, &columns).await?;
        self.stream(selection, format!("COPY ({query}) TO STDOUT (FORMAT csv, HEADER)")).await
    }

    /// Names of columns that the view has, all of them ours: they may stand in a statement.
    async fn names_of(&self, selection: &Selection) -> Result<String, StoreError> {
        let names: Vec<String> =
            self.columns(selection).await?.into_iter().map(|column| column.name).collect();
        Ok(names.join(", "))
    }

    /// What a file of rows says about the sweep that they are of: names and texts.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSweep`]; else if the database fails.
    pub async fn metadata(&self, sweep: &str) -> Result<Vec<(String, String)>, StoreError> {
        let stored =
            self.find_sweep(sweep).await?.ok_or_else(|| StoreError::NoSuchSweep(sweep.to_owned()))?;
        let mut metadata = vec![
            ("rapgrid.sweep".to_owned(), sweep.to_owned()),
            ("rapgrid.numerics_revision".to_owned(), stored.numerics_revision.to_string()),
        ];
        if let Some(latest) = stored.parts.last() {
            metadata.push(("rapgrid.spec".to_owned(), latest.source.text.clone()));
            // It was read before it was stored; a version that cannot read it any more says nothing of its axes.
            if let Ok(spec) = Spec::from_source(&latest.source, sweep) {
                metadata.push(("rapgrid.coordinates".to_owned(), spec.coordinates().to_string()));
            }
        }
        let recorded = self.recorded(sweep).await?;
        let status = match recorded.units_done == recorded.units {
            true => recorded.status,
            false => format!("{} at {} of {} units", recorded.status, recorded.units_done, recorded.units),
        };
        metadata.push(("rapgrid.status".to_owned(), status));
        let programs = self.programs(sweep).await?;
        let text = |program: &Program| {
            let Program { version, git_revision, rows, first_finished_at, last_finished_at, .. } = program;
            format!(
                "rapgrid {version} (git {git_revision}), {rows} rows, {first_finished_at} to {last_finished_at}"
            )
        };
        let programs: Vec<String> = programs.iter().map(text).collect();
        metadata.push(("rapgrid.computed_by".to_owned(), programs.join("\n")));
        Ok(metadata)
    }
}

/// A row comes alone, which is too little to hand on. Ends with the rows, or when nobody takes the pieces any more.
async fn gather<T: AsRef<[u8]>>(
    rows: impl Stream<Item = Result<T, sqlx::Error>>,
    pieces: &Sender<Result<Vec<u8>, StoreError>>,
) {
    let mut rows = std::pin::pin!(rows);
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    loop {
        // Before the first row the server may sort for long, for somebody who has gone.
        let next = tokio::select! {
            next = rows.next() => next,
            () = pieces.closed() => return,
        };
        let Some(row) = next else { break };
        match row {
            Ok(row) => piece.extend_from_slice(row.as_ref()),
            Err(error) => return drop(pieces.send(Err(error.into())).await),
        }
        if piece.len() >= PIECE_BYTES {
            let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE_BYTES));
            if pieces.send(Ok(full)).await.is_err() {
                return;
            }
        }
    }
    let _ = pieces.send(Ok(piece)).await;
}

impl Selection {
    /// All rows and columns in the order of their identity.
    pub fn all(view: View, sweep: &str) -> Self {
        Self { view, sweep: sweep.to_owned(), columns: Vec::new(), is_ordered: true }
    }
}

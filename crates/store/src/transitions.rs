//! Transitions: the rows that they are found from, who finds them, and where they are kept.

use crate::decoding::branch;
use crate::diagram::parameters;
use crate::{Store, StoreError, SweepId};
use rust_decimal::Decimal;
use sqlx::types::Json;
use sqlx::{ConnectOptions, Connection, PgConnection};
use std::collections::HashMap;
use sweep::CellParameters;
use sweep::method::KINDS_WITH_BRANCHES;
use sweep::transition::{self, BranchRow, End, Transition, Values};
use tokio_stream::{Stream, StreamExt};

/// Lines that are written in one statement.
const LINES_AT_ONCE: usize = 1000;

/// A connection of its own for what takes long, so that the pools are left to others.
#[derive(Debug)]
pub struct Aside(PgConnection);

impl Aside {
    pub(crate) fn into_connection(self) -> PgConnection {
        self.0
    }
}

/// The right to find a sweep's transitions. It goes with the connection: if this process dies, another has it.
#[derive(Debug)]
pub struct Claim {
    /// To read with.
    pub aside: Aside,
    sweep_id: SweepId,
    /// Rows of the sweep when it was claimed.
    rows: i64,
    /// The parts that have ended and are not analysed, and how many jobs of each are finished.
    parts: Vec<i32>,
    jobs: Vec<i64>,
}

impl Store {
    /// A connection aside.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn aside(&self) -> Result<Aside, StoreError> {
        // What is done here is expected to take long, and is no news.
        let options = self.pool.connect_options().as_ref().clone().disable_statement_logging();
        let mut connection = PgConnection::connect_with(&options)
            .await
            .map_err(|error| StoreError::connect(&options, error))?;
        // It is in no hurry: one of the server's processors is enough.
        sqlx::query!("SET max_parallel_workers_per_gather = 0").execute(&mut connection).await?;
        Ok(Aside(connection))
    }

    /// Sweeps of which a part has ended and is not analysed.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn ended_sweeps(&self) -> Result<Vec<SweepId>, StoreError> {
        let ended = sqlx::query_scalar!(
            "SELECT DISTINCT sweep_id FROM rapgrid.sweep_parts p
             WHERE is_cut AND NOT is_analysed
               AND NOT EXISTS (SELECT FROM rapgrid.jobs j WHERE j.sweep_id = p.sweep_id AND j.part = p.part
                                                    AND j.state IN ('ready', 'leased'))
             ORDER BY sweep_id LIMIT 100"
        );
        Ok(ended.fetch_all(&self.pool).await?.into_iter().map(SweepId).collect())
    }

    /// The right to find a sweep's transitions; none if somebody has it, or no part is due any more.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn claim_transitions(&self, sweep_id: SweepId) -> Result<Option<Claim>, StoreError> {
        let mut aside = self.aside().await?;
        let claimed = sqlx::query_scalar!(
            r#"SELECT pg_try_advisory_lock(hashtextextended('rapgrid.transitions', $1)) AS "claimed!""#,
            sweep_id.0
        );
        if !claimed.fetch_one(&mut aside.0).await? {
            return Ok(None);
        }
        let due = sqlx::query!(
            r#"SELECT part, (SELECT count(*) FROM rapgrid.finished_jobs f
                             WHERE f.sweep_id = p.sweep_id AND f.part = p.part) AS "jobs!"
               FROM rapgrid.sweep_parts p
               WHERE sweep_id = $1 AND is_cut AND NOT is_analysed
                 AND NOT EXISTS (SELECT FROM rapgrid.jobs j WHERE j.sweep_id = p.sweep_id AND j.part = p.part
                                                      AND j.state IN ('ready', 'leased'))"#,
            sweep_id.0
        )
        .fetch_all(&mut aside.0)
        .await?;
        let rows = sqlx::query_scalar!(r#"SELECT rows AS "rows!" FROM rapgrid.finished($1)"#, sweep_id.0)
            .fetch_one(&mut aside.0)
            .await?;
        let (parts, jobs): (Vec<i32>, Vec<i64>) = due.into_iter().map(|due| (due.part, due.jobs)).unzip();
        Ok((!parts.is_empty()).then_some(Claim { aside, sweep_id, rows, parts, jobs }))
    }

    /// The transitions of a sweep that were found, in the order in which they are shown; `None` where there are none,
    /// and as long as a part is not analysed.
    ///
    /// # Errors
    /// If the database fails, or holds what this version does not know.
    pub async fn transitions(&self, sweep_id: SweepId) -> Result<Option<Vec<Transition>>, StoreError> {
        let rows = sqlx::query_scalar!(
            r#"SELECT (SELECT jsonb_object_agg(key, value) FROM jsonb_each_text(to_jsonb(t)))
                      AS "columns!: Json<HashMap<String, Option<String>>>"
               FROM rapgrid.found_transitions t
               WHERE sweep_id = $1
                 AND NOT EXISTS (SELECT FROM rapgrid.sweep_parts p WHERE p.sweep_id = $1 AND NOT p.is_analysed)"#,
            sweep_id.0
        )
        .fetch_all(&self.pool)
        .await?;
        let read = |Json(columns): Json<HashMap<String, Option<String>>>| {
            let unknown = || StoreError::Unknown { what: "a transition", value: format!("{columns:?}") };
            Transition::from_columns(|column| columns.get(column)?.clone()).ok_or_else(unknown)
        };
        let mut found = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        transition::sort(&mut found);
        Ok(Some(found).filter(|found| !found.is_empty()))
    }
}

impl Aside {
    /// The methods with branches of a sweep.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn methods_with_branches(&mut self, sweep_id: SweepId) -> Result<Vec<String>, StoreError> {
        let kinds = KINDS_WITH_BRANCHES.map(str::to_owned);
        let methods = sqlx::query_scalar!(
            "SELECT method FROM rapgrid.methods WHERE sweep_id = $1 AND kind = ANY ($2) ORDER BY method",
            sweep_id.0,
            &kinds
        );
        Ok(methods.fetch_all(&mut self.0).await?)
    }

    /// The cells of a sweep, by their numbers.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn cells(&mut self, sweep_id: SweepId) -> Result<HashMap<i64, CellParameters>, StoreError> {
        let cells = sqlx::query!(
            r#"SELECT cell_id, cell, widths, ensemble, couplings, instance, dilution AS "dilution: Vec<Decimal>",
                      activation AS "activation: Vec<Decimal>"
               FROM rapgrid.cells WHERE sweep_id = $1"#,
            sweep_id.0
        );
        let cells = cells.fetch_all(&mut self.0).await?;
        Ok(cells.into_iter().map(|cell| (cell.cell_id, parameters!(cell))).collect())
    }

    /// The rows of a method with branches, one by one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn branch_rows<'a>(
        &'a mut self,
        sweep_id: SweepId,
        method: &'a str,
    ) -> Result<impl Stream<Item = Result<BranchRow, StoreError>> + 'a, StoreError> {
        // By its number, so that the server looks at one partition.
        let bucket = sqlx::query_scalar!("SELECT bucket FROM rapgrid.sweeps WHERE sweep_id = $1", sweep_id.0)
            .fetch_optional(&mut self.0)
            .await?;
        let rows = sqlx::query!(
            r#"SELECT cell_id, sample, beta, branch AS "branch!", paths, paths::float8 / nullif(weights, 0) AS alpha, log_z_per_weight, energy_per_weight,
                      entropy_per_weight,
                      coalesce(symmetries * ln(2.0::float8) / nullif(weights, 0), 0) AS "symmetry!",
                      coalesce(ordered, false) AS "ordered!"
               FROM rapgrid.measurements
               WHERE bucket = $1 AND sweep_id = $2 AND method = $3 AND branch IS NOT NULL"#,
            bucket,
            sweep_id.0,
            method
        )
        .fetch(&mut self.0);
        Ok(rows.map(|row| {
            let row = row?;
            let end = match (row.log_z_per_weight, row.energy_per_weight, row.entropy_per_weight) {
                _ if row.paths == 0 => End::Disordered(Values::default()),
                (Some(log_z), Some(energy), Some(entropy)) => {
                    let values = Values { log_z, energy, entropy, symmetry: row.symmetry };
                    if row.ordered { End::Ordered(values) } else { End::Disordered(values) }
                }
                _ => End::Unresolved,
            };
            let branch = branch(&row.branch)?;
            Ok(BranchRow {
                cell_id: row.cell_id,
                sample: row.sample,
                beta: row.beta,
                branch,
                end,
                alpha: row.alpha,
            })
        }))
    }
}

impl Claim {
    /// Keeps what was found in place of what was found before, and says that the parts are analysed, unless their jobs
    /// were tried again meanwhile or the sweep was deleted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep(&mut self, found: &[Transition]) -> Result<(), StoreError> {
        let mut transaction = self.aside.0.begin().await?;
        // Locked before the jobs are looked at: see `retry_failed_jobs`.
        sqlx::query!(
            "SELECT FROM rapgrid.sweep_parts WHERE sweep_id = $1 AND part = ANY ($2) FOR UPDATE",
            self.sweep_id.0,
            &self.parts
        )
        .fetch_all(&mut *transaction)
        .await?;
        let analysed = sqlx::query!(
            "UPDATE rapgrid.sweep_parts p SET is_analysed = true
             FROM unnest($2::integer[], $3::bigint[]) AS due (part, jobs)
             WHERE p.sweep_id = $1 AND p.part = due.part
               AND NOT EXISTS (SELECT FROM rapgrid.jobs j WHERE j.sweep_id = p.sweep_id AND j.part = p.part
                                                    AND j.state IN ('ready', 'leased'))
               AND (SELECT count(*) FROM rapgrid.finished_jobs f WHERE f.sweep_id = p.sweep_id AND f.part = p.part) = due.jobs",
            self.sweep_id.0,
            &self.parts,
            &self.jobs
        );
        if analysed.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::query!("DELETE FROM rapgrid.found_transitions WHERE sweep_id = $1", self.sweep_id.0)
            .execute(&mut *transaction)
            .await?;
        for lines in found.chunks(LINES_AT_ONCE) {
            let lines: Vec<_> = lines.iter().map(Transition::to_json).collect();
            sqlx::query!(
                "INSERT INTO rapgrid.found_transitions
                 SELECT row.*
                 FROM jsonb_array_elements($3::jsonb) AS line
                 CROSS JOIN LATERAL jsonb_populate_record(NULL::rapgrid.found_transitions, line || jsonb_build_object(
                     'sweep_id', $1::bigint, 'rows', $2::bigint, 'found_at', now())) AS row",
                self.sweep_id.0,
                self.rows,
                Json(lines) as _
            )
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }
}

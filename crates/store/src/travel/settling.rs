//! A sweep settles: in one transaction, beside whoever works on the same database.

use super::arriving::odd;
use super::{Arriving, TABLES, Travelling};
use crate::StoreError;
use crate::sums;
use crate::sweeps::{ROWS_OF_OWN_PARTITION, create_partition};
use sqlx::AssertSqlSafe;
use sweep::{Spec, Sweep};

/// What became of a sweep that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// It was not here before.
    pub is_new: bool,
    /// Parts that were not here.
    pub parts: usize,
    /// Units that were not done here.
    pub units: i64,
    /// Measurements that were not here.
    pub rows: i64,
}

/// Where a sweep settles.
pub(super) struct Place {
    pub(super) sweep_id: i64,
    pub(super) bucket: i64,
    pub(super) is_new: bool,
    /// Parts that were here.
    pub(super) parts: usize,
}

impl Travelling {
    /// Reads the specs.
    ///
    /// # Errors
    /// [`StoreError::DoesNotFit`] if this version cannot, or the parts are not what they say they are.
    pub fn read(&self) -> Result<Sweep, StoreError> {
        let sources: Vec<_> = self.parts.iter().map(|part| part.source()).collect();
        let refused = |what: &dyn std::fmt::Display| StoreError::DoesNotFit(format!("its specs: {what}"));
        let sweep = Sweep::from_sources(&self.name, &sources).map_err(|error| refused(&error))?;
        for (part, said) in self.parts.iter().enumerate() {
            let is_so = sweep.units(part) as i64 == said.units && sweep.new_rows(part) as i64 == said.rows;
            if !is_so || sweep.latest().seed() as i64 != self.seed || sweep.latest().name() != self.name {
                return Err(refused(&format_args!("part {part} does not ask for what the file says")));
            }
        }
        Ok(sweep)
    }

    /// The same sweep under another name.
    ///
    /// # Errors
    /// [`StoreError::DoesNotFit`] if that cannot be its name.
    pub fn renamed(mut self, name: &str) -> Result<Self, StoreError> {
        name.clone_into(&mut self.name);
        for part in &mut self.parts {
            let source = part.source().renamed(name);
            let spec = Spec::from_source(&source, name);
            let spec = spec.map_err(|error| StoreError::DoesNotFit(error.reason().to_owned()))?;
            spec.digest().clone_into(&mut part.digest);
            part.spec = source.text;
        }
        Ok(self)
    }
}

impl Arriving {
    /// Stores what has arrived: a new sweep, or what the sweep of that name lacks.
    ///
    /// # Errors
    /// [`StoreError::DoesNotFit`] if rows are missing or too many, a sweep of that name is another one, is being
    /// computed, or has other values; [`StoreError::Conflict`] if the name was taken at this moment; else if the
    /// database fails. Nothing is stored then.
    pub async fn settle(mut self, sweep: &Travelling) -> Result<Arrived, StoreError> {
        let parsed = sweep.read()?;
        // Tables that the version which wrote the file did not have.
        for table in &TABLES {
            if !self.columns.contains_key(table.name) {
                let columns = sqlx::query_scalar(AssertSqlSafe(table.columns_query()));
                let columns = columns.fetch_all(&mut self.connection).await?;
                self.expect(table, columns).await?;
            }
        }
        self.check().await?;
        let place = self.place(sweep, &parsed).await?;
        let mut rows = 0;
        for table in &TABLES {
            match table.name {
                "workers" => self.settle_workers(table).await?,
                "finished_jobs" => {}
                "found_transitions" if !place.is_new => {}
                "found_transitions" => drop(self.insert(table, &place).await?),
                _ => {
                    if !place.is_new {
                        self.compare(table, &place).await?;
                    }
                    let inserted = self.insert(table, &place).await?;
                    rows += if table.is_counted() { inserted as i64 } else { 0 };
                }
            }
        }
        let done = self.settle_jobs(sweep, &parsed, &place).await?;
        if done.rows != rows {
            return Err(StoreError::DoesNotFit(format!(
                "its jobs found {} rows that are not here, and it has {rows}",
                done.rows
            )));
        }
        sums::sum_again(&mut self.connection, place.sweep_id).await?;
        self.run("sweeps", "COMMIT".to_owned()).await?;
        Ok(done)
    }

    /// Finds the sweep or makes it, and keeps everybody else from it: whoever submits or deletes waits for its row,
    /// whoever cuts jobs passes over its parts, and its jobs are nobody's.
    async fn place(&mut self, sweep: &Travelling, parsed: &Sweep) -> Result<Place, StoreError> {
        let found = sqlx::query!(
            "SELECT sweep_id, bucket, numerics_revision FROM rapgrid.sweeps WHERE name = $1 FOR UPDATE",
            sweep.name
        );
        let place = match found.fetch_optional(&mut self.connection).await? {
            None => self.make(sweep).await?,
            Some(found) => {
                let other = |why: String| {
                    let name = &sweep.name;
                    StoreError::DoesNotFit(format!(
                        "there is another sweep named {name:?} here: {why}; take the file's in under another name, \
                         with `--as NAME`"
                    ))
                };
                let (here, there) = (found.numerics_revision, sweep.numerics_revision);
                if here != there {
                    return Err(other(format!("of numerics revision {here}, and the file's is of {there}")));
                }
                let parts = self.parts_here(found.sweep_id, sweep, parsed).await?.map_err(other)?;
                self.refuse_leased(sweep, found.sweep_id).await?;
                Place { sweep_id: found.sweep_id, bucket: found.bucket, is_new: false, parts }
            }
        };
        self.add_parts(sweep, &place).await?;
        Ok(place)
    }

    async fn make(&mut self, sweep: &Travelling) -> Result<Place, StoreError> {
        let sweep_id = sqlx::query_scalar!(
            "INSERT INTO rapgrid.sweeps (name, seed, numerics_revision, state, created_at)
             VALUES ($1, $2, $3, $4, $5::text::timestamptz) RETURNING sweep_id",
            sweep.name,
            sweep.seed,
            sweep.numerics_revision,
            sweep.state,
            sweep.created_at
        )
        .fetch_one(&mut self.connection)
        .await
        .map_err(|error| match StoreError::violates(&error, "sweeps_name_key") {
            true => StoreError::Conflict,
            false => odd(error, "sweeps"),
        })?;
        let rows: i64 = sweep.parts.iter().map(|part| part.rows).sum();
        let bucket = if rows >= ROWS_OF_OWN_PARTITION { sweep_id } else { 0 };
        if bucket > 0 {
            create_partition(&mut self.connection, sweep_id).await?;
        }
        Ok(Place { sweep_id, bucket, is_new: true, parts: 0 })
    }

    /// How many parts of a sweep are here, or why they are others than the file's.
    async fn parts_here(
        &mut self,
        sweep_id: i64,
        sweep: &Travelling,
        parsed: &Sweep,
    ) -> Result<Result<usize, String>, StoreError> {
        let here = sqlx::query_scalar!(
            "SELECT digest FROM rapgrid.sweep_parts WHERE sweep_id = $1 ORDER BY part FOR UPDATE",
            sweep_id
        );
        let here = here.fetch_all(&mut self.connection).await?;
        // Another version may have written the content of a spec in other words.
        let there = sweep.parts.iter().zip(parsed.parts()).map(|(part, spec)| [&part.digest, spec.digest()]);
        Ok(match here.iter().zip(there).position(|(here, there)| !there.contains(&here.as_str())) {
            Some(part) => Err(format!("its part {part} asks for something else")),
            None => Ok(here.len()),
        })
    }

    async fn refuse_leased(&mut self, sweep: &Travelling, sweep_id: i64) -> Result<(), StoreError> {
        let leased = sqlx::query_scalar!(
            r#"SELECT count(*) FILTER (WHERE state = 'leased' AND leased_until > clock_timestamp()) AS "leased!"
               FROM (SELECT * FROM rapgrid.jobs WHERE sweep_id = $1 ORDER BY job_id FOR UPDATE) AS jobs"#,
            sweep_id
        );
        match leased.fetch_one(&mut self.connection).await? {
            0 => Ok(()),
            jobs => Err(StoreError::DoesNotFit(format!(
                "{jobs} jobs of {0} are with workers here: `rapgrid pause {0}`, try again when they are done, and \
                 `rapgrid resume {0}`",
                sweep.name
            ))),
        }
    }

    async fn add_parts(&mut self, sweep: &Travelling, place: &Place) -> Result<(), StoreError> {
        for (number, part) in (0..).zip(&sweep.parts).skip(place.parts) {
            sqlx::query!(
                "INSERT INTO rapgrid.sweep_parts (sweep_id, part, spec, digest, units, rows, estimated_seconds, submitted_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::timestamptz)",
                place.sweep_id,
                number,
                part.spec,
                part.digest,
                part.units,
                part.rows,
                part.estimated_seconds,
                part.submitted_at
            )
            .execute(&mut self.connection)
            .await
            .map_err(|error| odd(error, "sweep_parts"))?;
            for file in &part.instances {
                sqlx::query!(
                    "INSERT INTO rapgrid.instance_files (sweep_id, part, name, content) VALUES ($1, $2, $3, $4)",
                    place.sweep_id,
                    number,
                    file.name,
                    file.text
                )
                .execute(&mut self.connection)
                .await?;
            }
        }
        Ok(())
    }
}

//! Finished jobs that arrive, and jobs of what is to be done between them.

use super::pieces::Units;
use super::settling::{Arrived, Place};
use super::{Arriving, Table, Travelling};
use crate::StoreError;
use sqlx::{AssertSqlSafe, Row};
use std::ops::Range;
use sweep::{Job, Sweep, cut};

/// Jobs of so long are made of what is to be done between units that are done, in seconds of one core: as long as those
/// that a coordinator cuts.
const JOB_SECONDS: f64 = 2.0;

/// A finished job that arrived, or what of it was not done here.
struct Piece {
    /// The first unit of the job.
    of: i64,
    units: Range<i64>,
    rows: i64,
    /// Of the job's units.
    share: f64,
}

impl Arriving {
    /// Stores the finished jobs that are not here, and makes jobs of what is to be done between them.
    pub(super) async fn settle_jobs(
        &mut self,
        sweep: &Travelling,
        parsed: &Sweep,
        place: &Place,
    ) -> Result<Arrived, StoreError> {
        let parts = sweep.parts.len().saturating_sub(place.parts);
        let mut arrived = Arrived { is_new: place.is_new, parts, units: 0, rows: 0 };
        let arriving = "SELECT part, first_unit, end_unit, rows FROM pg_temp.arrived_finished_jobs ORDER BY part, first_unit";
        let there = sqlx::query(arriving).fetch_all(&mut self.connection).await?;
        let mut jobs: Vec<Vec<(Range<i64>, i64)>> = vec![Vec::new(); sweep.parts.len()];
        for row in there {
            let (part, units): (i32, Range<i64>) = (row.try_get(0)?, row.try_get(1)?..row.try_get(2)?);
            let of_part = usize::try_from(part).ok().and_then(|part| jobs.get_mut(part));
            let of_part = of_part.filter(|jobs| {
                let before = jobs.last().map_or(0, |(units, _)| units.end);
                before <= units.start && units.start < units.end
            });
            let Some(of_part) = of_part else {
                return Err(StoreError::DoesNotFit(format!(
                    "it has a job of units {units:?} of part {part}"
                )));
            };
            of_part.push((units, row.try_get(3)?));
        }
        for (part, jobs) in jobs.into_iter().enumerate() {
            if jobs.last().is_some_and(|(units, _)| units.end > sweep.parts[part].units) {
                return Err(StoreError::DoesNotFit(format!("it has jobs beyond the units of part {part}")));
            }
            let added = self.settle_part(sweep, parsed, place, part, &jobs).await?;
            arrived.units += added.iter().map(|piece| piece.units.end - piece.units.start).sum::<i64>();
            arrived.rows += added.iter().map(|piece| piece.rows).sum::<i64>();
        }
        Ok(arrived)
    }

    async fn settle_part(
        &mut self,
        sweep: &Travelling,
        parsed: &Sweep,
        place: &Place,
        part: usize,
        jobs: &[(Range<i64>, i64)],
    ) -> Result<Vec<Piece>, StoreError> {
        let number = part as i32;
        let done = sqlx::query!(
            "SELECT first_unit, end_unit FROM rapgrid.finished_jobs WHERE sweep_id = $1 AND part = $2",
            place.sweep_id,
            number
        );
        let done = done.fetch_all(&mut self.connection).await?;
        let done = Units::of(done.into_iter().map(|job| job.first_unit..job.end_unit));
        let pieces: Vec<Piece> = jobs.iter().flat_map(|job| pieces(job, &done, parsed, part)).collect();
        let is_new = part >= place.parts;
        if pieces.is_empty() && !is_new {
            return Ok(pieces);
        }
        self.insert_finished(place, number, &pieces).await?;
        let units = sweep.parts[part].units;
        let added = Units::of(pieces.iter().map(|piece| piece.units.clone()));
        let done = done.and(&added);
        let end = self.fill(parsed, place, part, &done, &added).await?;
        sqlx::query!(
            "UPDATE rapgrid.sweep_parts SET is_cut = $3, is_analysed = $4 WHERE sweep_id = $1 AND part = $2",
            place.sweep_id,
            number,
            end >= units,
            is_new && sweep.parts[part].is_analysed && done.are_all(units)
        )
        .execute(&mut self.connection)
        .await?;
        Ok(pieces)
    }

    async fn insert_finished(
        &mut self,
        place: &Place,
        part: i32,
        pieces: &[Piece],
    ) -> Result<(), StoreError> {
        let table = Table::of_name("finished_jobs").expect("one of them");
        let own = ["part", "first_unit", "end_unit", "rows", "estimated_seconds", "cpu_seconds", "worker_id"];
        let others: String =
            self.columns_of(table).filter(|name| !own.contains(name)).map(|n| format!(", {n}")).collect();
        let statement = format!(
            "INSERT INTO rapgrid.finished_jobs (job_id, sweep_id, is_summed, {}{others})
             SELECT nextval(pg_get_serial_sequence('rapgrid.jobs', 'job_id')), $1, true, $2, p.first_unit, p.end_unit, p.rows,
                    f.estimated_seconds * p.share, f.cpu_seconds * p.share, w.here{others}
             FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::float8[])
                 AS p (of, first_unit, end_unit, rows, share)
             JOIN {} f ON f.part = $2 AND f.first_unit = p.of
             JOIN pg_temp.workers_here w ON w.there = f.worker_id",
            own.join(", "),
            table.arrived()
        );
        for pieces in pieces.chunks(100_000) {
            sqlx::query(AssertSqlSafe(statement.clone()))
                .bind(place.sweep_id)
                .bind(part)
                .bind(pieces.iter().map(|piece| piece.of).collect::<Vec<_>>())
                .bind(pieces.iter().map(|piece| piece.units.start).collect::<Vec<_>>())
                .bind(pieces.iter().map(|piece| piece.units.end).collect::<Vec<_>>())
                .bind(pieces.iter().map(|piece| piece.rows).collect::<Vec<_>>())
                .bind(pieces.iter().map(|piece| piece.share).collect::<Vec<_>>())
                .execute(&mut self.connection)
                .await?;
        }
        Ok(())
    }

    /// Makes jobs of the units that are not done and stand before some that are or have a job: jobs are cut behind the
    /// last of these. Returns where that is.
    async fn fill(
        &mut self,
        parsed: &Sweep,
        place: &Place,
        part: usize,
        done: &Units,
        added: &Units,
    ) -> Result<i64, StoreError> {
        let waiting = sqlx::query!(
            "SELECT job_id, first_unit, end_unit FROM rapgrid.jobs WHERE sweep_id = $1 AND part = $2",
            place.sweep_id,
            part as i32
        );
        let waiting = waiting.fetch_all(&mut self.connection).await?;
        let end = waiting.iter().map(|job| job.end_unit).max().unwrap_or(0).max(done.end());
        let (stale, kept): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|job| added.touch(&(job.first_unit..job.end_unit)));
        let stale: Vec<i64> = stale.into_iter().map(|job| job.job_id).collect();
        sqlx::query!("DELETE FROM rapgrid.jobs WHERE job_id = ANY ($1)", &stale)
            .execute(&mut self.connection)
            .await?;
        let kept = Units::of(kept.into_iter().map(|job| job.first_unit..job.end_unit));
        let gaps = done.and(&kept).missing_in(&(0..end));
        let new: Vec<Job> = gaps.into_iter().flat_map(|gap| jobs_of(parsed, part, gap)).collect();
        sqlx::query!(
            "INSERT INTO rapgrid.jobs (sweep_id, part, first_unit, end_unit, estimated_seconds)
             SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[], $5::float8[])",
            place.sweep_id,
            part as i32,
            &new.iter().map(|job| job.first_unit as i64).collect::<Vec<_>>(),
            &new.iter().map(|job| job.end_unit as i64).collect::<Vec<_>>(),
            &new.iter().map(|job| job.estimate_seconds(parsed)).collect::<Vec<_>>()
        )
        .execute(&mut self.connection)
        .await?;
        Ok(end)
    }
}

/// What of a job is not done here.
fn pieces(job: &(Range<i64>, i64), done: &Units, parsed: &Sweep, part: usize) -> Vec<Piece> {
    let (units, rows) = job;
    let length = |range: &Range<i64>| (range.end - range.start) as f64;
    let rows_of = |range: &Range<i64>| match range == units {
        true => *rows,
        false => {
            let works = parsed.works(part, range.start as u64..range.end as u64);
            works.map(|(_, work)| work.expected_rows().count() as i64).sum()
        }
    };
    let missing = done.missing_in(units).into_iter();
    let piece = |range: Range<i64>| Piece {
        of: units.start,
        rows: rows_of(&range),
        share: length(&range) / length(units),
        units: range,
    };
    missing.map(piece).collect()
}

/// A range of units as jobs.
fn jobs_of(parsed: &Sweep, part: usize, units: Range<i64>) -> Vec<Job> {
    let (mut from, end) = (units.start as u64, units.end as u64);
    let mut jobs = Vec::new();
    while from < end {
        let end_unit = cut(parsed, part, from, JOB_SECONDS, 1.0, u64::MAX).min(end);
        jobs.push(Job { part, first_unit: from, end_unit });
        from = end_unit;
    }
    jobs
}

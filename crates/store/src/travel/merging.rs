//! Rows that arrived beside those that are here: what one sweep has twice must be the same, bit for bit, and what is
//! missing here is stored.

use super::settling::Place;
use super::{Arriving, TABLES, Table};
use crate::StoreError;
use sqlx::{AssertSqlSafe, Row};

/// Which columns of which tables must find a row of another.
const REFERENCES: [(&str, &str, &str); 11] = [
    ("measurements", "cell_id", "cells"),
    ("measurements", "method", "methods"),
    ("measurements", "worker_id", "workers"),
    ("finished_jobs", "worker_id", "workers"),
    ("degree_counts", "cell_id", "cells"),
    ("level_pairs", "cell_id", "cells"),
    ("level_pairs", "method", "methods"),
    ("training_rows", "cell_id", "cells"),
    ("training_rows", "method", "methods"),
    ("training_rows", "worker_id", "workers"),
    ("found_transitions", "method", "methods"),
];

impl Arriving {
    /// That what arrived is one sweep, with no row double, and each with what belongs to it.
    pub(super) async fn check(&mut self) -> Result<(), StoreError> {
        for table in TABLES.iter().filter(|table| !table.key.is_empty()) {
            self.run(table.name, format!("ANALYZE {}", table.arrived())).await?;
            let doubles = format!(
                "SELECT FROM {} GROUP BY {} HAVING count(*) > 1",
                table.arrived(),
                table.key.join(", ")
            );
            self.refuse_any(doubles, || format!("it has rows of {} twice", table.name)).await?;
        }
        for (table, column, of) in REFERENCES {
            let orphans = format!(
                "SELECT {column} FROM pg_temp.arrived_{table} EXCEPT SELECT {column} FROM pg_temp.arrived_{of}"
            );
            self.refuse_any(orphans, || format!("it has rows of {table} without their {of}")).await?;
        }
        Ok(())
    }

    async fn refuse_any(&mut self, rows: String, why: impl FnOnce() -> String) -> Result<(), StoreError> {
        let are_there = sqlx::query_scalar(AssertSqlSafe(format!("SELECT EXISTS ({rows})")));
        match are_there.fetch_one(&mut self.connection).await? {
            true => Err(StoreError::DoesNotFit(why())),
            false => Ok(()),
        }
    }

    /// Stores the workers that are not known here, and notes the numbers of all. None of them is at work here.
    pub(super) async fn settle_workers(&mut self, table: &Table) -> Result<(), StoreError> {
        // Without its number: a process that registered at that moment.
        let same = table.key[1..].iter().map(|key| format!("here.{key} = f.{key}")).collect::<Vec<_>>();
        let same =
            format!("SELECT min(here.worker_id) FROM rapgrid.workers here WHERE {}", same.join(" AND "));
        let columns: Vec<&str> = self.columns_of(table).filter(|name| *name != "worker_id").collect();
        let value = |name: &&str| match *name {
            "gone" => "coalesce(gone, 'left')".to_owned(),
            "gone_at" => "coalesce(gone_at, seen_at)".to_owned(),
            name => name.to_owned(),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let insert = format!(
            "INSERT INTO rapgrid.workers ({}) SELECT {} FROM {} f WHERE ({same}) IS NULL",
            columns.join(", "),
            values.join(", "),
            table.arrived()
        );
        self.run(table.name, insert).await?;
        self.run(
            table.name,
            format!(
                "CREATE TEMPORARY TABLE workers_here ON COMMIT DROP AS
             SELECT f.worker_id AS there, ({same}) AS here FROM {} f",
                table.arrived()
            ),
        )
        .await?;
        Ok(())
    }

    /// That rows which are here and in the file are the same.
    pub(super) async fn compare(&mut self, table: &Table, place: &Place) -> Result<(), StoreError> {
        let is_compared = |name: &&str| !table.key.contains(name) && !table.circumstances.contains(name);
        let compared: Vec<&str> = self.columns_of(table).filter(is_compared).collect();
        if compared.is_empty() {
            return Ok(());
        }
        let of =
            |row: &str| compared.iter().map(|name| format!("{row}.{name}")).collect::<Vec<_>>().join(", ");
        let list = |names: &[&str]| format!("ARRAY['{}']", names.join("', '"));
        // Compared as they are stored: to the bit.
        let statement = format!(
            "SELECT count(*) OVER (),
                    (SELECT string_agg(key || ' ' || value, ', ') FROM jsonb_each_text(to_jsonb(f)) WHERE key = ANY ({})),
                    (SELECT string_agg(key || ' is ' || coalesce(here.value, 'empty') || ' here and '
                                       || coalesce(there.value, 'empty') || ' in the file', '; ')
                     FROM jsonb_each_text(to_jsonb(h)) AS here JOIN jsonb_each_text(to_jsonb(f)) AS there USING (key)
                     WHERE key = ANY ({}) AND here.value IS DISTINCT FROM there.value)
             FROM {} f JOIN rapgrid.{} h ON {} WHERE record_image_ne(ROW({}), ROW({})) LIMIT 1",
            list(table.key),
            list(&compared),
            table.arrived(),
            table.name,
            same_row(table, place),
            of("f"),
            of("h")
        );
        let found = sqlx::query(AssertSqlSafe(statement)).fetch_optional(&mut self.connection).await?;
        let Some(found) = found else { return Ok(()) };
        let (count, key): (i64, String) = (found.try_get(0)?, found.try_get(1)?);
        let difference: Option<String> = found.try_get(2)?;
        Err(StoreError::DoesNotFit(format!(
            "{count} rows of {} differ from those that the sweep has here, the first with {key}: {}",
            table.name,
            difference.as_deref().unwrap_or("in bits that no text shows")
        )))
    }

    /// Stores the rows that are not here; returns how many.
    pub(super) async fn insert(&mut self, table: &Table, place: &Place) -> Result<u64, StoreError> {
        let has_worker = self.columns_of(table).any(|name| name == "worker_id");
        let columns: Vec<&str> = self.columns_of(table).collect();
        let value = |name: &&str| match *name {
            "worker_id" => "w.here".to_owned(),
            name => format!("f.{name}"),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let (bucket, its_bucket) = match table.name {
            "measurements" => ("bucket, ", format!("{}, ", place.bucket)),
            _ => ("", String::new()),
        };
        let join = if has_worker { "JOIN pg_temp.workers_here w ON w.there = f.worker_id" } else { "" };
        let missing = match place.is_new {
            true => "true".to_owned(),
            false => {
                format!("NOT EXISTS (SELECT FROM rapgrid.{} h WHERE {})", table.name, same_row(table, place))
            }
        };
        self.run(table.name, format!(
            "INSERT INTO rapgrid.{} (sweep_id, {bucket}{}) SELECT {}, {its_bucket}{} FROM {} f {join} WHERE {missing}",
            table.name,
            columns.join(", "),
            place.sweep_id,
            values.join(", "),
            table.arrived()
        ))
        .await
    }

    pub(super) fn columns_of<'a>(&'a self, table: &Table) -> impl Iterator<Item = &'a str> + use<'a> {
        self.columns.get(table.name).into_iter().flatten().map(String::as_str)
    }
}

/// When the row `h` of the sweep is the row `f` that arrived.
fn same_row(table: &Table, place: &Place) -> String {
    let same = |key: &&str| match *key {
        // Nothing else in a key may be missing; and an empty branch or a layer 0 there is not.
        "branch" => "coalesce(h.branch, '') = coalesce(f.branch, '')".to_owned(),
        "layer" => "coalesce(h.layer, 0) = coalesce(f.layer, 0)".to_owned(),
        key => format!("h.{key} = f.{key}"),
    };
    let mut conditions = vec![format!("h.sweep_id = {}", place.sweep_id)];
    if table.name == "measurements" {
        conditions.push(format!("h.bucket = {}", place.bucket));
    }
    conditions.extend(table.key.iter().map(same));
    conditions.join(" AND ")
}

//! One sweep, with everything that belongs to it, out of a database and into another.
//!
//! What travels are the specs of the parts and the rows of [`TABLES`], whatever columns these have: one that a
//! later step adds comes along. What says where a row stands here does not: the numbers of sweep, bucket and job.
//! Nor do jobs. What no finished job covers is to be done where the sweep arrives.

mod arriving;
mod jobs;
mod leaving;
mod merging;
mod pieces;
mod settling;

pub use arriving::Arriving;
pub use leaving::Leaving;
pub use settling::Arrived;

use serde::{Deserialize, Serialize};
use sweep::{InstanceFile, SpecSource};

/// A table whose rows of one sweep travel.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The rows of a sweep: a condition on the table `t`, in which `{sweep}` and `{bucket}` are numbers.
    rows: &'static str,
    /// By which columns a row of a sweep is known.
    key: &'static [&'static str],
    /// Columns that may differ in rows that are equal: who computed them, and when.
    circumstances: &'static [&'static str],
}

const OF_SWEEP: &str = "sweep_id = {sweep}";

/// What travels, in the order in which it may be stored.
pub const TABLES: [Table; 9] = [
    Table {
        name: "workers",
        rows: "worker_id IN (SELECT worker_id FROM rapgrid.finished_jobs WHERE sweep_id = {sweep})",
        key: &["worker_id", "host", "process_id", "version", "git_revision", "registered_at"],
        circumstances: &[],
    },
    Table { name: "methods", rows: OF_SWEEP, key: &["method"], circumstances: &[] },
    Table { name: "cells", rows: OF_SWEEP, key: &["cell_id"], circumstances: &[] },
    Table {
        name: "finished_jobs",
        rows: "sweep_id = {sweep} ORDER BY part, first_unit",
        key: &["part", "first_unit"],
        circumstances: &[],
    },
    Table {
        name: "measurements",
        rows: "sweep_id = {sweep} AND bucket = {bucket}",
        key: &["cell_id", "sample", "beta", "method", "branch"],
        circumstances: &["seconds", "worker_id", "recorded_at"],
    },
    Table {
        name: "degree_counts",
        rows: OF_SWEEP,
        key: &["cell_id", "sample", "layer", "degree"],
        circumstances: &[],
    },
    Table {
        name: "level_pairs",
        rows: OF_SWEEP,
        key: &["cell_id", "sample", "method", "overlap"],
        circumstances: &[],
    },
    Table {
        name: "training_rows",
        rows: OF_SWEEP,
        key: &["cell_id", "sample", "method", "epoch", "layer", "removed"],
        circumstances: &["worker_id"],
    },
    Table { name: "found_transitions", rows: OF_SWEEP, key: &[], circumstances: &[] },
];

/// Columns of any of them that say where a row stands in one database.
const LOCAL: &str = "ARRAY['sweep_id', 'bucket', 'job_id', 'recorded_by', 'is_summed']";

impl Table {
    /// Whether its rows are those that a sweep counts.
    pub fn is_counted(&self) -> bool {
        ["measurements", "training_rows"].contains(&self.name)
    }

    /// The table of that name.
    pub fn of_name(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The query of the columns that travel, in the order of the table.
    fn columns_query(&self) -> String {
        format!(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'rapgrid.{}'::regclass AND attnum > 0
                 AND NOT attisdropped AND attgenerated = '' AND attname <> ALL ({LOCAL}) ORDER BY attnum",
            self.name
        )
    }

    /// Where its rows of a file lie until they are stored.
    fn arrived(&self) -> String {
        format!("pg_temp.arrived_{}", self.name)
    }
}

/// A sweep on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Travelling {
    /// Its name.
    pub name: String,
    /// Its seed.
    pub seed: i64,
    /// The revision of the kernels that compute its rows.
    pub numerics_revision: i32,
    /// `active`, `paused` or `cancelled`.
    pub state: String,
    /// When it was submitted.
    pub created_at: String,
    /// Measurements, and rows of trainings, that are recorded.
    pub rows: i64,
    /// Its parts, in order.
    pub parts: Vec<TravellingPart>,
}

/// A part of a sweep on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TravellingPart {
    /// The spec, TOML.
    pub spec: String,
    /// The instance files that it names.
    pub instances: Vec<TravellingInstance>,
    /// The digest of the spec's content.
    pub digest: String,
    /// Its units.
    pub units: i64,
    /// Rows that it adds.
    pub rows: i64,
    /// Compute time of the part by the cost model, in seconds of one core.
    pub estimated_seconds: f64,
    /// When it was submitted.
    pub submitted_at: String,
    /// Whether the transitions were found that its rows tell.
    pub is_analysed: bool,
}

/// An instance file on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TravellingInstance {
    /// Its name as the spec writes it.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl TravellingPart {
    /// What its spec is read from.
    pub fn source(&self) -> SpecSource {
        let file =
            |file: &TravellingInstance| InstanceFile { name: file.name.clone(), text: file.text.clone() };
        SpecSource { text: self.spec.clone(), files: self.instances.iter().map(file).collect() }
    }
}

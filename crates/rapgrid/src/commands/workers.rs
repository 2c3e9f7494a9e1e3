//! `rapgrid workers`: who computes.

use crate::arguments::OutputFormat;
use crate::commands::table::{self, table};
use coordinator::json;
use indicatif::HumanDuration;
use std::io::Write;
use std::time::Duration;
use wire::v1;
use wire::v1::worker::Presence;

/// Characters of a revision that tell it from others.
const REVISION: usize = 10;

/// Prints workers as a table, or as one JSON object a line.
///
/// # Errors
/// If standard output cannot be written.
pub(crate) fn print(workers: &[v1::Worker], format: OutputFormat) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if format == OutputFormat::Json {
        for worker in workers {
            writeln!(out, "{}", json::worker(worker))?;
        }
        return Ok(());
    }
    let mut table = table(
        [
            "worker",
            "host",
            "process",
            "presence",
            "threads",
            "jobs",
            "done",
            "units/min",
            "busy",
            "cpu",
            "version",
            "seen",
            "age",
        ],
        [0, 2, 4, 5, 6, 7, 8],
    );
    for worker in workers {
        table.add_row(row(worker));
    }
    table::print(&mut out, table, &["process", "age", "cpu", "version", "seen", "units/min", "host"])?;
    writeln!(out, "{}", in_sum(workers))?;
    Ok(())
}

fn row(worker: &v1::Worker) -> [String; 13] {
    let revision: String = worker.git_revision.chars().take(REVISION).collect();
    [
        worker.worker_id.to_string(),
        worker.host.clone(),
        worker.process_id.to_string(),
        json::presence(worker).to_owned(),
        worker.threads.to_string(),
        worker.jobs.to_string(),
        worker.jobs_finished.to_string(),
        worker.units_last_minute.to_string(),
        format!("{:.0} %", 100.0 * busy(worker)),
        worker.cpu_level.clone(),
        format!("{} {revision}, kernels {}", worker.version, worker.numerics_revision),
        format!("{} ago", duration(worker.seen_seconds_ago)),
        duration(worker.age_seconds),
    ]
}

fn in_sum(workers: &[v1::Worker]) -> String {
    let alive = workers.iter().filter(|worker| worker.presence() == Presence::Alive);
    let threads: u64 = alive.clone().map(|worker| u64::from(worker.threads)).sum();
    let (alive, of) = (alive.count(), workers.len());
    format!("{alive} alive with {threads} threads, {} gone within the last hour", of - alive)
}

/// Recorded compute time of the last minute over what its threads had. Jobs count when they are recorded, so that it
/// jumps with long ones.
fn busy(worker: &v1::Worker) -> f64 {
    let seconds = worker.age_seconds.clamp(1.0, 60.0) * f64::from(worker.threads.max(1));
    worker.cpu_seconds_last_minute / seconds
}

fn duration(seconds: f64) -> String {
    HumanDuration(Duration::from_secs_f64(seconds.clamp(0.0, 1e9))).to_string()
}

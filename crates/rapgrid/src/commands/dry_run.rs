//! `--dry-run`: what a spec asks for, and what it takes beyond what is stored of it.

use super::specification;
use super::width::{self, wrapped};
use crate::arguments::OutputFormat;
use crate::database::Finder;
use coordinator::Judgement;
use indicatif::{DecimalBytes, HumanCount, HumanDuration};
use serde_json::json;
use std::io::Write;
use std::time::Duration;
use sweep::{Plan, Spec, Sweep, TooCostly};
use wire::v1::submit_response::Disposition;

/// Compute time of a job in a plan, in seconds.
const JOB_SECONDS: f64 = 2.0;

/// A sweep's part, and what is known of it in the database.
struct Draft {
    sweep: Sweep,
    part: usize,
    /// None where there is no database, or none was looked at.
    disposition: Option<Disposition>,
    rows_done: i64,
}

/// Prints what a spec would take. Where a database is there already, what is stored of it is taken off, and a spec is
/// refused that a scan would refuse; nothing is stored, and no database is made.
pub(crate) async fn run(spec: Spec, finder: &Finder, format: OutputFormat) -> anyhow::Result<()> {
    let draft = draft(spec, finder).await?;
    match format {
        OutputFormat::Table => print(&draft)?,
        OutputFormat::Json => print_json(&draft)?,
    }
    Ok(())
}

async fn draft(spec: Spec, finder: &Finder) -> anyhow::Result<Draft> {
    let found = if finder.is_there()? { finder.open().await? } else { None };
    let Some((_database, store)) = found else {
        return Ok(Draft { sweep: Sweep::new(spec), part: 0, disposition: None, rows_done: 0 });
    };
    let Judgement { disposition, sweep, part, .. } =
        coordinator::judge(&store, &spec, coordinator::MAX_ROWS).await.map_err(tonic::Status::from)?;
    let rows_done = match disposition {
        Disposition::Created => 0,
        _ => store.recorded(spec.name()).await?.rows_done,
    };
    Ok(Draft { sweep, part, disposition: Some(disposition), rows_done })
}

fn print(draft: &Draft) -> anyhow::Result<()> {
    let Draft { sweep, part, disposition, rows_done } = draft;
    let spec = &sweep.parts()[*part];
    let Plan { cells, samples, units, betas, methods, new_rows, total_rows, cpu_seconds, jobs, disk_bytes } =
        Plan::of(sweep, *part, JOB_SECONDS);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let count = |count: u64| HumanCount(count).to_string();
    let time = |seconds: f64| HumanDuration(Duration::from_secs(seconds.ceil() as u64)).to_string();
    let of_all =
        if new_rows == total_rows { String::new() } else { format!("new, of {} in all", count(total_rows)) };
    let mut out = std::io::stdout().lock();
    writeln!(out, "sweep {:?}", spec.name())?;
    for (name, value) in specification::lines(spec) {
        writeln!(out, "{}", indented(&name, &value))?;
    }
    writeln!(out)?;
    for (what, size, remark) in [
        ("cells", count(cells), ""),
        ("samples", count(samples.into()), "of each cell"),
        ("units", count(units), "cells × samples"),
        ("betas", count(betas as u64), ""),
        ("methods", count(methods as u64), ""),
        ("rows", count(new_rows), &of_all),
        ("jobs", count(jobs), "about"),
        ("CPU time", time(cpu_seconds), "about, on one core"),
        ("disk", DecimalBytes(disk_bytes).to_string(), "about"),
        ("here", time(cpu_seconds / threads as f64), &format!("on {threads} threads (estimate)")),
    ] {
        writeln!(out, "{}", format!("{what:<10} {size:>16}  {remark}").trim_end())?;
    }
    for TooCostly { method, max_configurations, cells: costly } in TooCostly::of(spec) {
        let text = format!(
            "{method} gives up about {} of {} cells, whose instances need more than max_configurations = \
             {max_configurations}: their rows are too_costly",
            count(costly),
            count(cells)
        );
        writeln!(out, "{}", wrapped(&text, width::of_output()))?;
    }
    let rows_done = count(u64::try_from(*rows_done)?);
    match disposition {
        None => {}
        Some(Disposition::Extended) => {
            writeln!(out, "it extends the stored sweep, of which {rows_done} rows are there")?;
        }
        Some(Disposition::Found) => {
            writeln!(out, "it is stored already: {rows_done} of {} rows are there", count(total_rows))?;
        }
        Some(_) => writeln!(out, "it is new")?,
    }
    Ok(())
}

/// A name and its value, whose further lines stand below it.
fn indented(name: &str, value: &str) -> String {
    const NAME: usize = 18;
    let room = width::of_output().map(|width| width.saturating_sub(NAME + 1).max(20));
    let lines = wrapped(value, room).replace('\n', &format!("\n{:NAME$} ", ""));
    format!("{name:<NAME$} {lines}")
}

fn print_json(draft: &Draft) -> anyhow::Result<()> {
    let Draft { sweep, part, disposition, rows_done } = draft;
    let spec = &sweep.parts()[*part];
    let plan = Plan::of(sweep, *part, JOB_SECONDS);
    let too_costly = TooCostly::of(spec).into_iter().map(|found| (found.method, found.cells.into()));
    let mut object = specification::json(spec);
    object["plan"] = json!({
        "cells": plan.cells, "units": plan.units, "rows": plan.total_rows, "new_rows": plan.new_rows, "jobs": plan.jobs,
        "cpu_seconds": plan.cpu_seconds, "disk_bytes": plan.disk_bytes,
        "too_costly_cells": too_costly.collect::<serde_json::Map<_, _>>(),
    });
    object["stored"] = match disposition {
        None | Some(Disposition::Unspecified) => serde_json::Value::Null,
        Some(Disposition::Created) => "new".into(),
        Some(Disposition::Extended) => "extends".into(),
        Some(Disposition::Found) => "found".into(),
    };
    object["rows_done"] = (*rows_done).into();
    writeln!(std::io::stdout(), "{object}")?;
    Ok(())
}

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
use store::progress::Recorded;
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
    /// How much of the sweep of its name is stored, if there is one.
    recorded: Option<Recorded>,
}

impl Draft {
    fn rows_done(&self) -> u64 {
        self.recorded.as_ref().map_or(0, |recorded| recorded.rows_done as u64)
    }

    /// What is not recorded yet of the stored parts and the new one.
    fn remaining(&self, plan: &Plan) -> Remaining {
        let (rows, seconds) = self.recorded.as_ref().map_or((0, 0.0), |recorded| {
            ((recorded.rows - recorded.rows_done) as u64, recorded.seconds_to_do)
        });
        match self.disposition {
            Some(Disposition::Found) => Remaining { rows, cpu_seconds: seconds },
            _ => Remaining { rows: rows + plan.new_rows, cpu_seconds: seconds + plan.cpu_seconds },
        }
    }
}

/// What a scan would still compute.
struct Remaining {
    rows: u64,
    cpu_seconds: f64,
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
        return Ok(Draft { sweep: Sweep::new(spec), part: 0, disposition: None, recorded: None });
    };
    let Judgement { disposition, sweep, part, .. } =
        coordinator::judge(&store, &spec, coordinator::MAX_ROWS).await.map_err(tonic::Status::from)?;
    let recorded = match disposition {
        Disposition::Created => None,
        _ => Some(store.recorded(spec.name()).await?),
    };
    Ok(Draft { sweep, part, disposition: Some(disposition), recorded })
}

fn print(draft: &Draft) -> anyhow::Result<()> {
    let Draft { sweep, part, disposition, .. } = draft;
    let spec = &sweep.parts()[*part];
    let plan = Plan::of(sweep, *part, JOB_SECONDS);
    let remaining = draft.remaining(&plan);
    let Plan { cells, samples, units, betas, methods, new_rows, total_rows, cpu_seconds, jobs, disk_bytes } =
        plan;
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
    let rows_done = count(draft.rows_done());
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
    if draft.recorded.is_some() {
        let Remaining { rows, cpu_seconds } = remaining;
        let here = time(cpu_seconds / threads as f64);
        writeln!(out, "{:<10} {:>16}  rows", "remain", count(rows))?;
        writeln!(out, "{:<10} {:>16}  about, on one core; here {here}", "", time(cpu_seconds))?;
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
    let Draft { sweep, part, disposition, .. } = draft;
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
    object["rows_done"] = draft.rows_done().into();
    let Remaining { rows, cpu_seconds } = draft.remaining(&plan);
    object["remaining"] = json!({ "rows": rows, "cpu_seconds": cpu_seconds });
    writeln!(std::io::stdout(), "{object}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::SweepId;

    #[test]
    fn what_remains_is_what_is_not_recorded_of_the_stored_parts_and_the_new_one() {
        let text =
            "name = \"some\"\nsamples = 10\n[grid]\nwidths = [4, 4, 4, 1]\nbeta = [0.5, 1]\n[methods.mc]\n";
        let sweep = Sweep::new(Spec::parse(text, "some", &|_| Err(String::new())).unwrap());
        let plan = Plan::of(&sweep, 0, JOB_SECONDS);
        let remaining = |disposition, rows_done| {
            let recorded = (disposition != Disposition::Created).then(|| Recorded {
                sweep_id: SweepId(1),
                status: "stopped".to_owned(),
                units: 10,
                units_done: rows_done / 2,
                rows: 20,
                rows_done,
                seconds_to_do: 30.0,
            });
            let draft = Draft { sweep: sweep.clone(), part: 0, disposition: Some(disposition), recorded };
            let Remaining { rows, cpu_seconds } = draft.remaining(&plan);
            (rows, cpu_seconds)
        };
        assert_eq!(remaining(Disposition::Created, 0), (20, plan.cpu_seconds));
        assert_eq!(remaining(Disposition::Found, 4), (16, 30.0));
        assert_eq!(remaining(Disposition::Extended, 4), (16 + plan.new_rows, 30.0 + plan.cpu_seconds));
    }
}

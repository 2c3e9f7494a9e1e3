//! Reading a spec from a file, and the instance files beside it.

use crate::exit::BadInput;
use indicatif::{DecimalBytes, HumanCount, HumanDuration};
use std::path::Path;
use std::time::Duration;
use sweep::{Plan, Spec, Sweep};

/// Compute time of a job in a plan, in seconds.
const JOB_SECONDS: f64 = 2.0;

/// Reads and checks a spec; instance files are looked for beside it.
pub(crate) fn read(path: &Path) -> anyhow::Result<Spec> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| BadInput(format!("cannot read the spec {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    Ok(Spec::parse(&text, &path.display().to_string(), &files)?)
}

/// What `--dry-run` prints.
pub(crate) fn print_plan(spec: Spec) {
    println!("sweep {:?}", spec.name());
    let Plan { cells, samples, units, betas, methods, new_rows, total_rows, cpu_seconds, jobs, disk_bytes } =
        Plan::of(&Sweep::new(spec), 0, JOB_SECONDS);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let count = |count: u64| HumanCount(count).to_string();
    let time = |seconds: f64| HumanDuration(Duration::from_secs(seconds.ceil() as u64)).to_string();
    let of_all =
        if new_rows == total_rows { String::new() } else { format!("new, of {} in all", count(total_rows)) };
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
        println!("{}", format!("{what:<10} {size:>16}  {remark}").trim_end());
    }
}

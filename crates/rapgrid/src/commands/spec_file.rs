//! Reading a spec from a file, and the instance files beside it.

use crate::exit::BadInput;
use std::path::Path;
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
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("sweep {:?}", spec.name());
    let plan = Plan::of(&Sweep::new(spec), 0, JOB_SECONDS);
    println!("{plan}");
    let wall = std::time::Duration::from_secs((plan.cpu_seconds / threads as f64).ceil() as u64);
    println!(
        "here       {:>16}  on {threads} threads (estimate)",
        indicatif::HumanDuration(wall).to_string()
    );
}

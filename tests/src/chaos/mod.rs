//! Chaos: everything dies, sleeps, fills up or is cut off at random moments, and the table is what it would have been.
//!
//! A [`Suite`] runs rounds. In each a small sweep is computed by two coordinators and three workers over a PostgreSQL
//! of the suite's own, and what goes wrong meanwhile follows from the round's seed (`plan`). Then all is mended, the
//! sweep must end, and what it ended in is compared with an undisturbed run. `docs/chaos.md` says more.

mod clock;
mod commands;
mod disk;
mod fleet;
mod guard;
mod namespace;
mod observer;
pub mod plan;
mod postgres;
mod privileges;
mod reclaim;
mod round;
mod soak;
mod sql;

pub use plan::{Fault, Kind, ROUNDS_OF_A_DECK, plan, plan_of};
pub use privileges::Privileges;
pub use reclaim::Reclaim;
pub use round::Outcome;

use crate::Rapgrid;
use disk::Disk;
use guard::Guard;
use postgres::{Postgres, Template, wait_for};
use sql::Sql;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// How long a lease lasts in a round.
pub(crate) const LEASE: Duration = Duration::from_secs(2);

/// The size of a database's disk.
const DISK_MEGABYTES: u32 = 256;

/// The sweep of a round: some seconds of three workers, in some sixty jobs.
pub(crate) const SWEEP: &str = r#"
name = "chaos"
seed = 5
samples = 24

[grid]
widths = [24, 24, 24, 1]
couplings = ["input", "path"]
activation_1 = 0.5
activation_2 = 0.2
dilution_1 = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.97]
beta = [0.05, 0.1, 0.4]

[methods.bp]
[methods.mc]
runs = 2
relax = 8
measure = 32
[methods.exact]
max_configurations = 1000
[methods.degrees]
[methods.levels]
overlaps = [0, 0.5]
pairs = 4
"#;

/// The sweep that somebody submits in the middle of another: trainings.
pub(crate) const SECOND: &str = r#"
name = "second"
seed = 6
samples = 8

[grid]
task = "teacher"
widths = [20, 20, 20, 1]
learning_rate = [0.001, 0.003, 0.01, 0.03]
dropconnect_1 = 0.1
patterns = 500

[methods.training]
[methods.removal]
layers = "each"
masks = 4
"#;

/// What rounds share. Everything is gone when it is dropped, and if it is not, then by its guard.
#[derive(Debug)]
pub struct Suite {
    privileges: Privileges,
    template: Template,
    /// The names of the sweeps, and the tables that undisturbed runs end in.
    tables: [(&'static str, String); 2],
    namespace: String,
    folder: TempDir,
    guard: Guard,
}

/// What is to be said of a round.
#[derive(Debug)]
pub struct Verdict {
    /// The round's seed.
    pub seed: u64,
    /// What it came to; nothing more than failures if it broke off.
    pub outcome: Outcome,
    /// Kinds that the plan holds and this machine does not let the suite do.
    pub skipped: Vec<Kind>,
    /// Where the logs of a round that failed are kept.
    pub logs: Option<PathBuf>,
}

impl Suite {
    /// Looks at what this machine allows, makes a database, and computes the tables that every round must end in.
    ///
    /// # Errors
    /// If the machine lacks what no round can do without: PostgreSQL, a user to run it as, a disk.
    pub fn new() -> Result<Self, String> {
        // Where the server's user can reach it, and with a name short enough for a socket.
        let folder = tempfile::Builder::new()
            .prefix("rapgrid-chaos-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in("/tmp")
            .map_err(|error| error.to_string())?;
        let namespace = format!("rgc{}", std::process::id());
        let guard = Guard::start(folder.path(), &namespace).map_err(|error| error.to_string())?;
        let privileges = Privileges::find(folder.path(), &namespace);
        let template = Template::make(folder.path())?;
        let mut suite = Self {
            privileges,
            template,
            tables: [("chaos", String::new()), ("second", String::new())],
            namespace,
            folder,
            guard,
        };
        suite.tables = suite.undisturbed()?;
        Ok(suite)
    }

    /// The tables that sweeps end in when nothing goes wrong.
    fn undisturbed(&self) -> Result<[(&'static str, String); 2], String> {
        let mut rapgrid = Rapgrid::new_in(self.folder.path());
        let folder = rapgrid.folder().to_owned();
        let _disk = self.disk(&folder)?;
        let (data, log) = (folder.join("disk/postgres"), folder.join("log/postgres.log"));
        let (name, value) = self.guard.mark();
        let environment = vec![(name.to_owned(), value.to_owned())];
        let here = "127.0.0.1".to_owned();
        let server = Postgres::start(&self.template, &data, &log, std::slice::from_ref(&here), environment)?;
        let url = server.url(&here);
        let mut sql = Sql::new(&url);
        wait_for("the database", Duration::from_secs(30), || Ok(sql.rows("SELECT 1").is_ok()))?;
        sql.close();
        rapgrid.use_database(url);
        let table = |name, spec| {
            rapgrid.write("spec.toml", spec);
            rapgrid.run(&["scan", "spec.toml", "--no-report", "--threads", "2"]).succeeded();
            rapgrid.assert_complete(name);
            (name, rapgrid.table(name))
        };
        Ok([table("chaos", SWEEP), table("second", SECOND)])
    }

    /// A folder named `disk` for a database: a small disk of its own where that is allowed, which can be filled, and
    /// spares the machine's.
    fn disk(&self, folder: &Path) -> Result<Option<Disk>, String> {
        let place = folder.join("disk");
        match &self.privileges.mounts {
            Ok(()) => Disk::mount(&place, DISK_MEGABYTES).map(Some),
            Err(_) => std::fs::create_dir(&place).map(|()| None).map_err(|error| error.to_string()),
        }
    }

    /// What this machine lets the suite do.
    pub fn privileges(&self) -> &Privileges {
        &self.privileges
    }

    /// Runs the round of a seed.
    pub fn round(&self, seed: u64) -> Verdict {
        self.round_of(seed, &plan(seed))
    }

    /// Why faults of this kind are left out here; `None` if they are not.
    pub fn skips(&self, kind: Kind) -> Option<&str> {
        self.privileges.lacks_for(kind)
    }

    /// Runs a round of these faults, as far as this machine allows them.
    pub fn round_of(&self, seed: u64, faults: &[Fault]) -> Verdict {
        let is_possible = |fault: &&Fault| self.privileges.lacks_for(fault.kind).is_none();
        let (possible, impossible): (Vec<&Fault>, Vec<&Fault>) = faults.iter().partition(is_possible);
        let possible: Vec<Fault> = possible.into_iter().copied().collect();
        let mut rapgrid = Rapgrid::new_in(self.folder.path());
        let ran = catch_unwind(AssertUnwindSafe(|| round::run(self, &mut rapgrid, &possible)));
        let outcome = match ran {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(failure)) => Outcome { failures: vec![failure], ..Outcome::default() },
            Err(panic) => Outcome { failures: vec![message_of(panic.as_ref())], ..Outcome::default() },
        };
        let logs = if outcome.failures.is_empty() { None } else { keep_logs(seed, &rapgrid) };
        Verdict { seed, outcome, skipped: impossible.iter().map(|fault| fault.kind).collect(), logs }
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
}

fn keep_logs(seed: u64, rapgrid: &Rapgrid) -> Option<PathBuf> {
    let prefix = format!("rapgrid-chaos-failed-{seed}-");
    let kept = tempfile::Builder::new().prefix(&prefix).tempdir_in(std::env::temp_dir()).ok()?.keep();
    for entry in std::fs::read_dir(rapgrid.folder().join("log")).ok()?.flatten() {
        let _ = std::fs::copy(entry.path(), kept.join(entry.file_name()));
    }
    Some(kept)
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Outcome { events, finished_after, recomputed, fenced, reclaim, failures } = &self.outcome;
        let is_well = if failures.is_empty() { "ok" } else { "FAILED" };
        let (seed, seconds) = (self.seed, finished_after.as_secs_f64());
        write!(formatter, "seed {seed}: {is_well} after {seconds:.1} s; {}", events.join(", "))?;
        write!(formatter, "; recomputed {recomputed}, fenced {fenced}, reclaimed {}", reclaim.jobs)?;
        if let Some((took, due)) = reclaim.longest {
            write!(formatter, " within {:.1} of {:.1} s", took.as_secs_f64(), due.as_secs_f64())?;
        }
        if let Some(took) = reclaim.longest_disturbed {
            write!(formatter, " ({:.1} s while disturbed)", took.as_secs_f64())?;
        }
        if reclaim.drained_at_a_cost > 0 {
            write!(formatter, ", drained at the cost of an attempt {}", reclaim.drained_at_a_cost)?;
        }
        for kind in &self.skipped {
            write!(formatter, "; skipped {}", kind.name())?;
        }
        for failure in failures {
            write!(formatter, "\n    {failure}")?;
        }
        if let Some(logs) = &self.logs {
            write!(formatter, "\n    logs: {}\n    again: {}", logs.display(), again(seed))?;
        }
        Ok(())
    }
}

/// The command that repeats a round.
fn again(seed: u64) -> String {
    format!("cargo run --release -p system-tests --bin chaos -- --rounds 1 --seed {seed}")
}

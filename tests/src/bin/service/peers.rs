//! Other job queues on the same server, with the same settings of durability.

use crate::database::Database;
use crate::table::{Table, number};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// Where they are installed, and the scripts that run them.
pub(crate) struct Peers {
    /// `node_modules` and `venv`.
    pub(crate) modules: PathBuf,
    pub(crate) scripts: PathBuf,
}

/// One way of running one of them.
struct Setup {
    name: &'static str,
    concurrency: u32,
    jobs: u64,
    /// graphile-worker's mode; none for procrastinate.
    mode: Option<&'static str>,
    does: &'static str,
}

const PLAIN: &str = "one statement leases a job, one completes (deletes) it";
const BATCHED: &str = "leases 500 into a local queue, completes together what ends together";
const PROCRASTINATE: &str =
    "one call fetches a job, one finishes it, triggers log events; finished jobs stay";

impl Peers {
    /// Jobs per second of each, `jobs` for the fast setups.
    pub(crate) fn measure(&self, database: &Database, size: &'static str, jobs: u64, table: &mut Table) {
        let setups = [
            Setup {
                name: "graphile-worker, concurrency 1",
                concurrency: 1,
                jobs: jobs / 4,
                mode: Some("plain"),
                does: PLAIN,
            },
            Setup {
                name: "graphile-worker, concurrency 16",
                concurrency: 16,
                jobs,
                mode: Some("plain"),
                does: PLAIN,
            },
            Setup {
                name: "graphile-worker, concurrency 1, batched",
                concurrency: 1,
                jobs,
                mode: Some("batched"),
                does: BATCHED,
            },
            Setup {
                name: "graphile-worker, concurrency 16, batched",
                concurrency: 16,
                jobs: 2 * jobs,
                mode: Some("batched"),
                does: BATCHED,
            },
            Setup {
                name: "procrastinate, concurrency 1",
                concurrency: 1,
                jobs: jobs / 20,
                mode: None,
                does: PROCRASTINATE,
            },
            Setup {
                name: "procrastinate, concurrency 16",
                concurrency: 16,
                jobs: jobs / 4,
                mode: None,
                does: PROCRASTINATE,
            },
        ];
        for (number_of_database, setup) in setups.iter().enumerate() {
            let url = database.create(&format!("peer_{number_of_database}"));
            self.add(table, size, setup, &url);
        }
    }

    fn add(&self, table: &mut Table, size: &'static str, setup: &Setup, url: &str) {
        let said = self.run(setup, url);
        let value = |name: &str| said[name].as_f64().unwrap_or_else(|| panic!("{name} in {said}"));
        let version = said["version"].as_str().unwrap_or("?");
        let each = number(value("transactions") / value("jobs"));
        let remark = format!(
            "version {version}; {} jobs; {each} writing transactions a job; {}",
            value("jobs"),
            setup.does
        );
        table.add(setup.name, value("jobs") / value("seconds"), "jobs/s", size, remark);
    }

    /// What a script says on its last line.
    fn run(&self, setup: &Setup, url: &str) -> Value {
        let mut command = match setup.mode {
            Some(_) => {
                let mut node = Command::new("node");
                node.arg(self.scripts.join("graphile.mjs")).arg(&self.modules);
                node
            }
            None => {
                let mut python = Command::new(self.modules.join("venv/bin/python"));
                python.arg(self.scripts.join("procrastinate_noop.py"));
                python
            }
        };
        command.arg(url).arg(setup.jobs.to_string()).arg(setup.concurrency.to_string()).args(setup.mode);
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let said = String::from_utf8_lossy(&output.stdout);
        let last = said.lines().last().and_then(|line| serde_json::from_str(line).ok());
        last.unwrap_or_else(|| {
            panic!("{} said {said}\n{}", setup.name, String::from_utf8_lossy(&output.stderr))
        })
    }
}

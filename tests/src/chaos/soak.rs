//! Load for a long time: nothing goes wrong, and nothing grows.

use super::Suite;
use super::fleet::Service;
use super::postgres::{Postgres, wait_for};
use super::sql::Sql;
use crate::Rapgrid;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Resident memory that a coordinator and a worker of one thread may take, in MiB.
///
/// A coordinator holds the chunks of the jobs that are being delivered and the rows of those that are being recorded; a
/// worker the jobs that it computes and those that are not answered. Both are bounded by rows of a job and jobs of a
/// worker. The bounds leave what allocators keep.
const BOUNDS: [(&str, u64); 2] = [("c", 256), ("w", 512)];

/// What the last quarter of the time may take more than the one before: a tenth, and this, in MiB.
const GROWTH: u64 = 8;

/// How often memory is looked at.
const SAMPLE: Duration = Duration::from_secs(1);

/// How often something is said.
const REPORT: Duration = Duration::from_secs(30);

/// A sweep must end so long after the last one was submitted.
const FINISH_WITHIN: Duration = Duration::from_secs(180);

/// Many units with many rows, and little to compute: as much as passes through coordinators and database.
fn spec(number: u32) -> String {
    format!(
        r#"
name = "soak-{number}"
seed = {number}
samples = 200
[grid]
widths = [8, 8, 8, 1]
couplings = ["input"]
activation_1 = 0.5
dilution_1 = [0, 0.2, 0.4, 0.6]
beta = [0.1, 0.3, 0.5, 0.8]
[methods.bp]
[methods.degrees]
"#
    )
}

/// The memory of one process over time, in KiB.
#[derive(Debug)]
struct Memory {
    name: String,
    samples: Vec<u64>,
}

impl Memory {
    fn peak(&self) -> u64 {
        self.samples.iter().copied().max().unwrap_or_default() >> 10
    }

    /// The largest of each of the last two quarters, in MiB.
    fn quarters(&self) -> (u64, u64) {
        let most = |samples: &[u64]| samples.iter().copied().max().unwrap_or_default() >> 10;
        let (half, last) = (self.samples.len() / 2, self.samples.len() * 3 / 4);
        (most(&self.samples[half..last]), most(&self.samples[last..]))
    }

    fn failures(&self) -> Vec<String> {
        let bound =
            BOUNDS.iter().find(|(kind, _)| self.name.starts_with(kind)).map_or(0, |&(_, bound)| bound);
        let (third, fourth) = self.quarters();
        let mut failures = Vec::new();
        if self.peak() > bound {
            failures.push(format!("{} took {} MiB where {bound} are allowed", self.name, self.peak()));
        }
        if fourth > third + third / 10 + GROWTH {
            failures.push(format!(
                "{} grew from {third} to {fourth} MiB from one quarter to the next",
                self.name
            ));
        }
        failures
    }
}

impl Suite {
    /// Loads two coordinators and three workers for so long, and says what they took; returns what is wrong.
    ///
    /// # Errors
    /// If it cannot be set up, or the sweeps do not end.
    pub fn soak(&self, time: Duration) -> Result<Vec<String>, String> {
        let mut rapgrid = Rapgrid::new_in(self.folder.path());
        let folder = rapgrid.folder().to_owned();
        let (name, value) = self.guard.mark();
        let mark = vec![(name.to_owned(), value.to_owned())];
        let here = "127.0.0.1".to_owned();
        let (data, log) = (folder.join("postgres"), folder.join("log/postgres.log"));
        let server = Postgres::start(&self.template, &data, &log, std::slice::from_ref(&here), mark.clone())?;
        let mut sql = Sql::new(&server.url(&here));
        wait_for("the database", Duration::from_secs(30), || Ok(sql.rows("SELECT 1").is_ok()))?;
        rapgrid.use_database(server.url(&here));
        let coordinator =
            |name| Service::new(name, Vec::new(), &["coordinator", "--listen", "127.0.0.1:0"], mark.clone());
        let mut services = vec![coordinator("c0"), coordinator("c1")];
        let mut addresses = Vec::new();
        for service in &mut services {
            wait_for("a coordinator", Duration::from_secs(30), || {
                service.supervise(&rapgrid);
                Ok(service.first_line().is_some())
            })?;
            addresses.extend(service.first_line());
        }
        for number in 0..3 {
            let options = ["worker", "--coordinator", &addresses[number % 2], "--threads", "1"];
            services.push(Service::new(&format!("w{number}"), Vec::new(), &options, mark.clone()));
        }
        let memories = load(&rapgrid, &mut sql, &mut services, &addresses[0], time)?;
        let mut failures: Vec<String> = memories.iter().flat_map(Memory::failures).collect();
        for service in &mut services {
            failures.extend(service.stop(Duration::from_secs(30)).err());
            failures.append(&mut service.surprises);
        }
        for memory in memories {
            let (third, fourth) = memory.quarters();
            println!(
                "{}: at most {} MiB; last quarters {third} and {fourth} MiB",
                memory.name,
                memory.peak()
            );
        }
        Ok(failures)
    }
}

fn load(
    rapgrid: &Rapgrid,
    sql: &mut Sql,
    services: &mut [Service],
    coordinator: &str,
    time: Duration,
) -> Result<Vec<Memory>, String> {
    let empty = |service: &Service| Memory { name: service.name.clone(), samples: Vec::new() };
    let mut memories: Vec<Memory> = services.iter().map(empty).collect();
    let (began, mut submitted, mut reported) = (Instant::now(), 0, Instant::now());
    let unfinished = "SELECT count(*) FROM rapgrid.sweep_progress WHERE status <> 'finished'";
    while began.elapsed() < time {
        services.iter_mut().for_each(|service| service.supervise(rapgrid));
        // Two at a time, so that there is always work.
        if sql.value(unfinished).is_ok_and(|count| ["0", "1"].contains(&count.as_str())) {
            submitted += 1;
            rapgrid.write("soak.toml", &spec(submitted));
            let submission = rapgrid.run(&["submit", "soak.toml", "--coordinator", coordinator]);
            if submission.code != Some(0) {
                return Err(submission.stderr);
            }
        }
        for (memory, service) in memories.iter_mut().zip(services.iter()) {
            memory.samples.extend(service.id().and_then(resident_kib));
        }
        if reported.elapsed() > REPORT {
            reported = Instant::now();
            let took =
                |memory: &Memory| format!("{} {}", memory.name, memory.samples.last().unwrap_or(&0) >> 10);
            let took: Vec<String> = memories.iter().map(took).collect();
            let rows = sql.value("SELECT sum(rows) FROM rapgrid.finished_jobs").unwrap_or_default();
            println!("{:.0} s: {rows} rows; MiB: {}", began.elapsed().as_secs_f64(), took.join(", "));
        }
        sleep(SAMPLE);
    }
    wait_for("the end of the last sweep", FINISH_WITHIN, || {
        services.iter_mut().for_each(|service| service.supervise(rapgrid));
        sleep(SAMPLE);
        Ok(sql.value(unfinished).as_deref() == Ok("0"))
    })?;
    let rows = sql.value("SELECT concat_ws(' ', count(*), 'jobs', sum(rows), 'rows', (SELECT count(*) FROM rapgrid.measurements), 'there') FROM rapgrid.finished_jobs")?;
    println!("{submitted} sweeps, {rows} in {:.0} s", began.elapsed().as_secs_f64());
    Ok(memories)
}

/// Resident memory of a process in KiB; none once it has ended.
fn resident_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

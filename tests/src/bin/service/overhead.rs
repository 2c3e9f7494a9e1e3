//! What the service adds to jobs of 100 ms.

use crate::database::Database;
use crate::noop;
use crate::table::Table;
use std::time::Duration;
use system_tests::{Coordinator, Signal, wait_until};

/// Units of about 10 ms.
const SPEC: &str = r#"
name = "overhead"
samples = 1000
[grid]
widths = [20, 20, 20, 1]
activation_1 = 0.5
dilution_1 = { from = 0.2, to = 0.5, step = 0.01 }
beta = [0.8]
[methods.mc]
relax = 500
measure = 1500
"#;

/// Jobs until the coordinator knows how long units really take.
const LEARNING: u64 = 60;

/// Measures with workers of one and two threads.
pub(crate) fn measure(database: &Database, size: &'static str, span: Duration, table: &mut Table) {
    for threads in [1, 2] {
        let coordinator = database.rapgrid.coordinator(&["--job-seconds", "0.1"]);
        coordinator.grpc().submit(SPEC).expect("a good spec");
        run_worker(database, &coordinator, threads, span);
        let (jobs, each, overhead) = figures(database, threads);
        noop::delete(&coordinator, "overhead");
        coordinator.kill();
        let remark = format!(
            "{jobs} jobs of {:.0} ms, {threads} thread(s): time × threads / compute time − 1",
            each * 1e3
        );
        table.add("overhead of 100 ms jobs", 100.0 * overhead, "%", size, remark);
    }
}

/// Lets a worker compute for that long, once job lengths have settled.
fn run_worker(database: &Database, coordinator: &Coordinator, threads: u32, span: Duration) {
    let mut worker = coordinator.worker(&database.rapgrid, &["--threads", &threads.to_string()]);
    wait_until("the first jobs", || (database.rapgrid.count(JOBS) > LEARNING).then_some(()));
    std::thread::sleep(span);
    worker.signal(Signal::TERM);
    worker.wait();
}

const JOBS: &str = "SELECT count(*) FROM finished_jobs JOIN sweeps USING (sweep_id) WHERE name = 'overhead'";

/// Jobs, the compute time of one, and the time that goes by beyond it, as a share.
///
/// Between the first and the last, by when they were recorded: the compute time of the first lies before. The last few
/// are left out, where the worker drains.
fn figures(database: &Database, threads: u32) -> (u64, f64, f64) {
    let answer = database.rapgrid.query(&format!(
        "WITH jobs AS (SELECT f.*, row_number() OVER (ORDER BY finished_at, job_id) AS place, count(*) OVER () AS jobs
                       FROM finished_jobs f JOIN sweeps USING (sweep_id) WHERE name = 'overhead'),
              kept AS (SELECT * FROM jobs WHERE place > {LEARNING} AND place <= jobs - 4),
              sums AS (SELECT count(*) - 1 AS jobs, extract(epoch FROM max(finished_at) - min(finished_at)) AS seconds,
                              sum(cpu_seconds) FILTER (WHERE place > {LEARNING} + 1) AS cpu FROM kept)
         SELECT jobs, cpu / jobs, seconds * {threads} / cpu - 1 FROM sums"
    ));
    let mut numbers = answer.split('|').map(|number| number.parse::<f64>().expect("a number"));
    let mut next = || numbers.next().expect("three numbers");
    (next() as u64, next(), next())
}

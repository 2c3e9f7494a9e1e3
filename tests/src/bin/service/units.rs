//! Units recorded per second by a real worker, and the submission of a great many.

use crate::database::Database;
use crate::noop;
use crate::table::Table;
use std::time::{Duration, Instant};
use system_tests::{Coordinator, HUGE, Signal, wait_until};
use wire::v1;

const WORKERS: &str = "SELECT count(*) FROM workers";

/// From the submission of a sweep to its last row's commit, with one worker of two threads.
pub(crate) fn measure(
    database: &Database,
    size: &'static str,
    units: u64,
    job_seconds: &str,
    table: &mut Table,
) {
    let coordinator = database.rapgrid.coordinator(&["--job-seconds", job_seconds]);
    let workers = database.rapgrid.count(WORKERS);
    let mut worker = coordinator.worker(&database.rapgrid, &["--threads", "2"]);
    wait_until("the worker registers", || (database.rapgrid.count(WORKERS) > workers).then_some(()));
    // A page that is written for the first time after a checkpoint goes into the log as a whole.
    database.rapgrid.query("CHECKPOINT");
    let (before, log_before) = (database.transactions(), database.log_bytes());
    let since = Instant::now();
    noop::submit(&coordinator, "units", units);
    wait_until_finished(&coordinator, "units");
    let seconds = since.elapsed().as_secs_f64();
    let transactions = database.transactions() - before;
    let log_bytes = database.log_bytes() - log_before;
    worker.signal(Signal::TERM);
    worker.wait();
    noop::delete(&coordinator, "units");
    coordinator.kill();
    let remark =
        format!("{units} units of one row in {seconds:.1} s and {transactions} writing transactions");
    table.add(
        format!("no-op units recorded, jobs of {job_seconds} s"),
        units as f64 / seconds,
        "units/s",
        size,
        remark,
    );
    let figure = format!("write-ahead log of a unit, jobs of {job_seconds} s");
    table.add(figure, log_bytes / units as f64, "bytes", size, "of everything that is written meanwhile");
}

fn wait_until_finished(coordinator: &Coordinator, sweep: &str) {
    let grpc = coordinator.grpc();
    let request = v1::GetRequest { sweep: sweep.to_owned() };
    loop {
        let got = grpc.sweeps(async |client| client.get(request.clone()).await).expect("an answer");
        if got.progress.expect("it has progress").status() == v1::progress::Status::Finished {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How long `rapgrid submit` takes for 10^8 grid points, process and all.
pub(crate) fn measure_submission(
    database: &Database,
    coordinator: &Coordinator,
    size: &'static str,
    table: &mut Table,
) {
    let file = database.rapgrid.write("huge.toml", HUGE);
    let since = Instant::now();
    coordinator.run(&database.rapgrid, &["submit", file]).succeeded();
    let seconds = since.elapsed().as_secs_f64();
    noop::delete(coordinator, "huge");
    table.add("submitting 10^8 grid points", seconds, "s", size, "`rapgrid submit`, with its start");
}

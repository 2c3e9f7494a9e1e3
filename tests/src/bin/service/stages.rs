//! The sizes of the tables, one after another, and what is measured at each.

use crate::database::Database;
use crate::peers::Peers;
use crate::table::Table;
use crate::{jobs, overhead, units, views};
use std::time::Duration;
use system_tests::Coordinator;

/// How far to go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Up to 10^5 measurements, with few repetitions.
    Quick,
    /// Units recorded per second alone, in an empty database.
    Units,
    /// Up to 10^7 measurements and 10^6 finished jobs.
    Full,
}

/// A finished sweep that is only there to fill the tables. Ten rows a job.
#[derive(Clone, Copy)]
struct Filler {
    name: &'static str,
    cells: u64,
    /// Of each cell; two rows a sample.
    samples: u64,
}

impl Filler {
    fn rows(&self) -> u64 {
        2 * self.cells * self.samples
    }
}

struct Stage {
    size: &'static str,
    fillers: &'static [Filler],
    /// Measured by itself in the views.
    looked_at: &'static [&'static Filler],
}

const SMALL: Filler = Filler { name: "filler-3", cells: 10, samples: 50 };
const MIDDLE: Filler = Filler { name: "filler-5", cells: 100, samples: 500 };
/// A million rows and more: it has a partition of its own. A mean is over forty samples.
const LARGE: Filler = Filler { name: "filler-7", cells: 100_000, samples: 40 };
/// Shares a partition with the small ones.
const SHARED: [Filler; 3] = [
    Filler { name: "filler-6a", cells: 500, samples: 600 },
    Filler { name: "filler-6b", cells: 500, samples: 600 },
    Filler { name: "filler-6c", cells: 500, samples: 700 },
];

const STAGES: [Stage; 3] = [
    Stage { size: "10^3", fillers: &[SMALL], looked_at: &[&SMALL] },
    Stage { size: "10^5", fillers: &[MIDDLE], looked_at: &[&MIDDLE] },
    Stage { size: "10^7", fillers: &[SHARED[0], SHARED[1], SHARED[2], LARGE], looked_at: &[&MIDDLE, &LARGE] },
];

/// Measures everything.
pub(crate) fn run(database: &Database, scale: Scale, peers: Option<&Peers>, table: &mut Table) {
    let (stages, count, units) = match scale {
        Scale::Units => return units::measure(database, "0", 300_000, "2", table),
        Scale::Quick => (&STAGES[..2], 4000, 60_000),
        Scale::Full => (&STAGES[..], 8000, 300_000),
    };
    for (place, stage) in stages.iter().enumerate() {
        let coordinator = database.rapgrid.coordinator(&jobs::JOB_SECONDS);
        for filler in stage.fillers {
            fill(database, &coordinator, filler);
            // The rows were not recorded by jobs.
            database.rapgrid.run(&["db", "sum", filler.name]).succeeded();
        }
        database.settle();
        jobs::measure(database, &coordinator, stage.size, count, table);
        if let (0, Some(peers)) = (place, peers) {
            peers.measure(database, stage.size, count, table);
        }
        jobs::measure_waiting(&coordinator, stage.size, table);
        if place == 0 || place + 1 == stages.len() {
            jobs::measure_beside_snapshot(database, &coordinator, stage.size, 7 * count, table);
            database.settle();
        }
        units::measure_submission(database, &coordinator, stage.size, table);
        for filler in stage.looked_at {
            let rows = filler.rows().to_string();
            views::measure(database, &coordinator, filler.name, &rows, stage.size, table);
        }
        coordinator.kill();
        for job_seconds in ["2", "0.2"] {
            units::measure(database, stage.size, units, job_seconds, table);
        }
    }
    let span = if scale == Scale::Quick { 10 } else { 25 };
    overhead::measure(database, stages[stages.len() - 1].size, Duration::from_secs(span), table);
}

/// Submits a sweep and writes what its jobs would have left.
fn fill(database: &Database, coordinator: &Coordinator, filler: &Filler) {
    let Filler { name, cells, samples } = filler;
    eprintln!("filling: {} rows", filler.rows());
    let last = (cells - 1) as f64 * 0.00001;
    let spec = format!(
        "name = \"{name}\"\nsamples = {samples}\n[grid]\nwidths = [8, 8, 8, 1]\n\
         dilution_1 = {{ from = 0, to = {last:.5}, step = 0.00001 }}\nbeta = [1]\n[methods.bp]\n"
    );
    coordinator.grpc().submit(&spec).expect("a good spec");
    database.execute("fill", &filling(name, *cells, *samples));
}

fn filling(name: &str, cells: u64, samples: u64) -> Vec<String> {
    let sweep = format!("(SELECT sweep_id, bucket FROM sweeps WHERE name = '{name}') s");
    let worker = "(SELECT max(worker_id) AS worker_id FROM workers) w";
    let worker_row = "INSERT INTO workers (host, process_id, version, git_revision, cpu_features, threads, numerics_revision)
        SELECT 'filler', 0, '0', 'unknown', 'none', 1, 1 WHERE NOT EXISTS (SELECT FROM workers)";
    let jobs = cells * samples / 5;
    vec![
        worker_row.to_owned(),
        format!("UPDATE sweep_parts SET is_cut = true, is_analysed = true WHERE sweep_id = (SELECT sweep_id FROM {sweep})"),
        format!(
            "INSERT INTO cells (sweep_id, cell_id, cell, widths, ensemble, couplings, dilution, activation)
             SELECT sweep_id, cell, 'cell ' || cell, '{{8,8,8,1}}', 'branching', 'input', ARRAY[cell * 0.00001, 0, 0], '{{1,1}}'
             FROM {sweep}, generate_series(0, {cells} - 1) AS cell"
        ),
        format!(
            "INSERT INTO finished_jobs (job_id, sweep_id, part, first_unit, end_unit, rows, estimated_seconds, cpu_seconds,
                 attempts, worker_id, is_summed)
             SELECT nextval(pg_get_serial_sequence('jobs', 'job_id')), sweep_id, 0, 5 * job, 5 * job + 5, 10, 1, 1, 1, worker_id, true
             FROM {sweep}, {worker}, generate_series(0, {jobs} - 1) AS job"
        ),
        format!(
            "INSERT INTO measurements (bucket, sweep_id, cell_id, sample, beta, method, branch, outcome, weights, paths,
                 hidden_units, energy_per_weight, log_z_per_weight, entropy_per_weight, overlap, converged, ordered,
                 iterations, residual, symmetries, seconds, worker_id)
             SELECT bucket, sweep_id, cell, sample, 1, 'bp', branch, 'solved', 100, 200, 8, -random(), random(), random(),
                 random(), true, branch = 'polarised', 100, 1e-12, 0, 0.001, worker_id
             FROM {sweep}, {worker}, generate_series(0, {cells} - 1) AS cell, generate_series(0, {samples} - 1) AS sample,
                 (VALUES ('paramagnetic'), ('polarised')) AS branches (branch)"
        ),
    ]
}

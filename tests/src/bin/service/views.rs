//! How long people wait for the views.

use crate::database::Database;
use crate::table::Table;
use std::time::Instant;
use system_tests::Coordinator;

/// Times the views over one sweep, and over all.
pub(crate) fn measure(
    database: &Database,
    coordinator: &Coordinator,
    sweep: &str,
    rows: &str,
    size: &'static str,
    table: &mut Table,
) {
    let cell =
        format!("(SELECT min(cell_id) FROM cells JOIN sweeps USING (sweep_id) WHERE name = '{sweep}')");
    let cell = database.rapgrid.query(&format!("SELECT {cell}"));
    let queries = [
        ("sweep_progress", "SELECT * FROM sweep_progress".to_owned(), "every sweep".to_owned()),
        (
            "phase_diagram",
            format!("SELECT * FROM phase_diagram WHERE sweep = '{sweep}'"),
            format!("a sweep of {rows} rows"),
        ),
        (
            "results, rows by cell",
            format!("SELECT cell_id, count(*) FROM results WHERE sweep = '{sweep}' GROUP BY cell_id"),
            format!("a sweep of {rows} rows"),
        ),
        (
            "results of one cell",
            format!("SELECT * FROM results WHERE sweep = '{sweep}' AND cell_id = {cell}"),
            format!("of a sweep of {rows} rows"),
        ),
        (
            "phase_diagram of one cell",
            format!("SELECT * FROM phase_diagram WHERE sweep = '{sweep}' AND cell_id = {cell}"),
            format!("of a sweep of {rows} rows"),
        ),
        (
            "stable_branch of one cell",
            format!("SELECT * FROM stable_branch WHERE sweep = '{sweep}' AND cell_id = {cell}"),
            format!("of a sweep of {rows} rows"),
        ),
    ];
    for (name, sql, remark) in queries {
        table.add(name, database.time_query(&sql, 3), "ms", size, remark);
    }
    let since = Instant::now();
    coordinator.run(&database.rapgrid, &["list"]).succeeded();
    table.add("rapgrid list", since.elapsed().as_secs_f64() * 1e3, "ms", size, "with its start");
}

//! The private PostgreSQL under the measurements.

use std::fmt::Write as _;
use std::time::{Duration, Instant};
use system_tests::{Process, Rapgrid, Signal, wait_until};

/// A private database with its server held up.
pub(crate) struct Database {
    pub(crate) rapgrid: Rapgrid,
    /// Of rapgrid's own database; those of the peers are beside it.
    url: String,
    holder: Process,
}

impl Database {
    /// Makes it in a temporary folder.
    pub(crate) fn start() -> Self {
        let rapgrid = Rapgrid::new();
        let mut holder = rapgrid.spawn(&["db", "url", "--hold"]);
        let url = holder.first_line();
        Self { rapgrid, url, holder }
    }

    /// Lets the server go, and waits until it has gone.
    pub(crate) fn stop(mut self) {
        self.holder.signal(Signal::TERM);
        self.holder.wait();
    }

    /// Makes an empty database on the same server; returns its URL.
    pub(crate) fn create(&self, name: &str) -> String {
        self.rapgrid.query(&format!("CREATE DATABASE {name}"));
        let (before, options) = self.url.split_once('?').expect("a URL with a socket's folder");
        let (server, _) = before.rsplit_once('/').expect("a URL with a database");
        format!("{server}/{name}?{options}")
    }

    /// The number of the next transaction that writes: differences count them.
    pub(crate) fn transactions(&self) -> f64 {
        self.rapgrid.count("SELECT pg_current_xact_id()::text") as f64
    }

    /// Bytes of write-ahead log so far.
    pub(crate) fn log_bytes(&self) -> f64 {
        self.rapgrid.count("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint") as f64
    }

    /// Runs statements, one after another, each for itself. Nobody waits two minutes for an ordinary query, but for
    /// filling tables.
    pub(crate) fn execute(&self, name: &str, statements: &[String]) -> String {
        let sql: String = statements.iter().fold(String::new(), |mut sql, statement| {
            let _ = writeln!(sql, "{statement};");
            sql
        });
        let file = format!("{name}.sql");
        self.rapgrid.write(&file, &sql);
        let mut psql = self.rapgrid.spawn(&[
            "db",
            "psql",
            "--write",
            "--",
            "-X",
            "-At",
            "-v",
            "ON_ERROR_STOP=1",
            "-f",
            &file,
        ]);
        while !psql.has_ended() {
            std::thread::sleep(Duration::from_millis(20));
        }
        psql.wait().succeeded()
    }

    /// How long a query takes until its client has all rows, in milliseconds: the least of a few runs, so that it is
    /// the query's own.
    pub(crate) fn time_query(&self, sql: &str, runs: usize) -> f64 {
        let mut statements = vec!["\\timing on\n\\o /dev/null\nSELECT 1".to_owned()];
        statements.extend(std::iter::repeat_n(sql.to_owned(), runs));
        let said = self.execute("timed", &statements);
        let times =
            said.lines().filter_map(|line| line.strip_prefix("Time: ")?.split(' ').next()?.parse().ok());
        // The first is the connection's.
        times.skip(1).fold(f64::INFINITY, f64::min)
    }

    /// Opens a snapshot that sees the tables as they are now, and stays.
    pub(crate) fn hold_snapshot(&self) -> Snapshot<'_> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
        let held = "SELECT pg_sleep(100000) /* held */";
        let look = "SELECT count(*) FROM jobs";
        let holder =
            self.rapgrid.spawn(&["db", "psql", "--write", "--", "-X", "-c", begin, "-c", look, "-c", held]);
        wait_until("a snapshot", || (self.rapgrid.count(HELD) == 1).then_some(()));
        Snapshot { database: self, holder: Some(holder), since: Instant::now() }
    }

    /// What autovacuum would do in its own time.
    pub(crate) fn settle(&self) {
        let tables = "jobs, finished_jobs, cells, measurements, sweep_parts, sweeps";
        self.execute("settle", &[format!("VACUUM ANALYZE {tables}"), "CHECKPOINT".to_owned()]);
    }
}

const HELD: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE state = 'active' AND query LIKE '%/* held */' AND pid <> pg_backend_pid()";

/// A transaction that keeps every dead row from being removed while it lives.
pub(crate) struct Snapshot<'a> {
    database: &'a Database,
    holder: Option<Process>,
    since: Instant,
}

impl Snapshot<'_> {
    /// How long it has been open.
    pub(crate) fn age(&self) -> Duration {
        self.since.elapsed()
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        // Killing the client would leave the server asleep.
        let end = HELD.replacen("count(*)", "pg_terminate_backend(pid)", 1);
        self.database.rapgrid.query(&end);
        self.holder.take().map(Process::wait);
    }
}

//! A private database and the commands that use it.

use crate::{Grpc, Output, Process, binary, wait_until};
use rustix::process::{Pid, Signal};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Columns of an export that say who computed a row and when, rather than what was found.
const HOSTS_AND_TIMES: [&str; 6] =
    ["version", "git_revision", "host", "cpu_features", "seconds", "recorded_at"];

/// The completeness of a sweep that is finished, with no row missing, none double and no job left.
pub(crate) const COMPLETE: &str = "finished|0|0|0|0|0";

/// A folder that commands run in, with a private database in `data`. Its server must be gone when this is dropped.
#[derive(Debug)]
pub struct Rapgrid {
    folder: TempDir,
    commands: AtomicUsize,
    /// Of a database that somebody else keeps, instead of the private one.
    url: Option<String>,
}

/// Text without the sequences that move the cursor and set colours.
fn without_escapes(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\u{1b}' {
            shown.push(character);
        } else if rest.next() == Some('[') {
            // Parameters end with a letter.
            let _ = rest.by_ref().find(|character| ('@'..='~').contains(character));
        }
    }
    shown
}

impl Rapgrid {
    /// A fresh folder; the database is made by the first command that needs it.
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        Self::new_in(Path::new("/tmp"))
    }

    /// A fresh folder in another one.
    pub(crate) fn new_in(parent: &Path) -> Self {
        // Where the server's user can reach it, and with a name short enough for a socket.
        let folder = tempfile::Builder::new()
            .prefix("rapgrid-test-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir_in(parent)
            .expect("a folder for commands");
        fs::create_dir(folder.path().join("log")).expect("a folder for logs");
        Self { folder, commands: AtomicUsize::new(0), url: None }
    }

    /// From now on commands use the database of this URL instead of a private one.
    pub(crate) fn use_database(&mut self, url: String) {
        self.url = Some(url);
    }

    /// The folder that commands run in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the database lives.
    pub fn data_dir(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Writes a file into the folder; returns its name.
    pub fn write<'a>(&self, name: &'a str, text: &str) -> &'a str {
        fs::write(self.folder().join(name), text).expect("a file in the test's folder");
        name
    }

    /// Writes a file that others may not read into the folder; returns its name.
    pub fn write_secret<'a>(&self, name: &'a str, text: &str) -> &'a str {
        // At once, as an administrator should: whoever reads it meanwhile finds the old or the new text.
        let new = self.folder().join(format!("{name}.new"));
        fs::write(&new, text).expect("a file in the test's folder");
        fs::set_permissions(&new, Permissions::from_mode(0o600)).expect("a file of our own");
        fs::rename(&new, self.folder().join(name)).expect("a file in the test's folder");
        name
    }

    /// Starts a command.
    pub fn spawn(&self, arguments: &[&str]) -> Process {
        self.spawn_with(arguments, &[])
    }

    /// Starts a command with more in its environment.
    pub fn spawn_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Process {
        self.spawn_in(&[], arguments, environment)
    }

    /// Starts a command under a program that runs it, such as one that enters a network namespace.
    pub(crate) fn spawn_in(
        &self,
        wrapper: &[String],
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Process {
        let mut command = binary::command(wrapper);
        command.envs(self.url.iter().map(|url| ("DATABASE_URL", url)));
        command.envs(environment.iter().copied());
        command.current_dir(self.folder()).arg("--data-dir").arg(self.data_dir()).args(arguments);
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let name = arguments.first().unwrap_or(&"rapgrid");
        Process::start(command, &format!("{}/log/{number}-{name}", self.folder().display()))
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.spawn(arguments).wait()
    }

    /// How a shell calls the program.
    pub fn program_line(&self) -> String {
        format!(
            "env -u DATABASE_URL '{}' --data-dir '{}'",
            binary::path().display(),
            self.data_dir().display()
        )
    }

    /// Runs a command on a pseudo-terminal of so many columns; returns every line that it showed there, each state of
    /// one that is drawn again by itself, without colours.
    pub fn lines_on_terminal(&self, columns: usize, arguments: &[&str]) -> Vec<String> {
        self.lines_on("xterm", columns, arguments)
    }

    /// The same on a terminal of that kind.
    pub fn lines_on(&self, terminal: &str, columns: usize, arguments: &[&str]) -> Vec<String> {
        let data_dir = self.data_dir();
        let program =
            [binary::path(), Path::new("--data-dir"), &data_dir].map(|word| word.display().to_string());
        let words = program.iter().map(String::as_str).chain(arguments.iter().copied());
        let words: Vec<String> = words.map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        let line = format!("stty cols {columns} rows 24 && exec {}", words.join(" "));
        let mut script = binary::free(Command::new("script"));
        script.args(["-qec", &line, "/dev/null"]).env("TERM", terminal).env_remove("COLUMNS");
        let output = script.current_dir(self.folder()).stdin(Stdio::null()).output().expect("script runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split(['\r', '\n']).map(without_escapes).filter(|line| !line.trim().is_empty()).collect()
    }

    /// Starts a command in a second container on the same disk: in namespaces of its own, as `unshare` calls them.
    pub fn spawn_in_container(&self, namespaces: &[&str], arguments: &[&str]) -> Process {
        let wrapper = [&["unshare", "--fork", "--kill-child", "--mount-proc"], namespaces].concat();
        self.spawn_in(&wrapper.into_iter().map(str::to_owned).collect::<Vec<_>>(), arguments, &[])
    }

    /// Starts a coordinator on a free port.
    pub fn coordinator(&self, options: &[&str]) -> Coordinator {
        self.coordinator_at("127.0.0.1:0", options)
    }

    /// Starts a coordinator that listens there.
    pub fn coordinator_at(&self, listen: &str, options: &[&str]) -> Coordinator {
        self.coordinator_with(listen, options, &[])
    }

    /// Starts a coordinator that listens there, with more in its environment.
    pub fn coordinator_with(
        &self,
        listen: &str,
        options: &[&str],
        environment: &[(&str, &str)],
    ) -> Coordinator {
        let arguments = [&["coordinator", "--listen", listen], options].concat();
        let mut process = self.spawn_with(&arguments, environment);
        let address = process.first_line();
        Coordinator { process, address }
    }

    /// Keeps the database's server running, so that many commands need not each start and stop it.
    pub fn hold(&self) -> Process {
        let mut holder = self.spawn(&["db", "url", "--hold"]);
        holder.first_line();
        holder
    }

    /// The answer of the database, as text without headers: a line for each row, columns separated by `|`.
    pub fn query(&self, sql: &str) -> String {
        let arguments = ["db", "psql", "--write", "--", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql];
        self.run(&arguments).succeeded().trim_end().to_owned()
    }

    /// The answer of the database where it is one number.
    pub fn count(&self, sql: &str) -> u64 {
        let answer = self.query(sql);
        answer.parse().unwrap_or_else(|_| panic!("{sql} gave {answer:?}"))
    }

    /// Rows in every table that a sweep writes to.
    pub fn row_counts(&self) -> String {
        let tables = "sweeps sweep_parts instance_files methods jobs finished_jobs cells measurements training_rows \
                      degree_counts level_pairs";
        let count = |table| format!("SELECT '{table}', count(*) FROM {table}");
        self.query(&tables.split(' ').map(count).collect::<Vec<_>>().join(" UNION ALL "))
    }

    /// The exported results of a sweep without the columns of hosts and times, its degree histograms and its energy
    /// levels: what must be the same text whoever computed it.
    pub fn table(&self, sweep: &str) -> String {
        let exported = self.run(&["export", sweep, "--view", "results"]).succeeded();
        let measured = without_hosts_and_times(&exported);
        format!("{measured}{}{}{}", self.degree_counts(sweep), self.levels(sweep), self.training_rows(sweep))
    }

    /// Units recorded, as long as the sweep is not finished; nothing as long as it is not there.
    pub fn units_done(&self, sweep: &str) -> Option<u64> {
        let answer =
            self.query(&format!("SELECT units_done, units FROM sweep_progress WHERE sweep = '{sweep}'"));
        let (done, units) = answer.split_once('|')?;
        assert_ne!(done, units, "{sweep} is finished too early for this test");
        Some(done.parse().expect("a number"))
    }

    /// Asserts that a sweep is finished, with no row missing, none double and no job left.
    pub fn assert_complete(&self, sweep: &str) {
        // When its last job is recorded, a coordinator has still to find its transitions.
        let is_computed = || self.completeness(sweep).starts_with("running|0|0|");
        wait_until("transitions are found", || (!is_computed()).then_some(()));
        assert_eq!(self.completeness(sweep), COMPLETE);
        // Whatever was killed meanwhile: what was kept is what all rows give.
        let summed = self.run(&["db", "sum", sweep]).succeeded();
        assert!(summed.ends_with("the sums are those that it had\n"), "{summed}");
    }

    /// A sweep's status, and how many units, rows and distinct rows it lacks and jobs it has left; [`COMPLETE`] if all
    /// is as it should be.
    pub(crate) fn completeness(&self, sweep: &str) -> String {
        self.query(&format!(
            "SELECT status, units - units_done, rows - rows_done,
                    rows - (SELECT count(*) FROM results r WHERE r.sweep = p.sweep)
                         - (SELECT count(*) FROM training_results r WHERE r.sweep = p.sweep),
                    rows - (SELECT count(DISTINCT (cell_id, sample, beta, method, branch)) FROM results r
                            WHERE r.sweep = p.sweep)
                         - (SELECT count(DISTINCT (cell_id, sample, method, epoch, layer, removed)) FROM training_results r
                            WHERE r.sweep = p.sweep),
                    (SELECT count(*) FROM jobs j WHERE j.sweep_id = p.sweep_id)
             FROM sweep_progress p WHERE sweep = '{sweep}'"
        ))
    }

    fn degree_counts(&self, sweep: &str) -> String {
        self.query(&format!(
            "SELECT cell_id, sample, layer, degree, weights FROM degree_counts JOIN sweeps USING (sweep_id)
             WHERE name = '{sweep}' ORDER BY 1, 2, 3, 4"
        ))
    }

    fn levels(&self, sweep: &str) -> String {
        self.query(&format!(
            "SELECT to_jsonb(l) - 'sweep_id' FROM level_pairs l JOIN sweeps USING (sweep_id) WHERE name = '{sweep}'
             ORDER BY cell_id, sample, method, overlap"
        ))
    }

    fn training_rows(&self, sweep: &str) -> String {
        self.query(&format!(
            "SELECT to_jsonb(t) - 'sweep_id' - 'worker_id' FROM training_rows t JOIN sweeps USING (sweep_id)
             WHERE name = '{sweep}' ORDER BY cell_id, sample, method, epoch, layer, removed"
        ))
    }

    /// `kill -9` of the database's server, if it runs.
    pub fn kill_postmaster(&self) {
        if let Some(pid) = self.postmaster() {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
    }

    /// The server's process, if it runs.
    pub fn postmaster(&self) -> Option<Pid> {
        let file = fs::read_to_string(self.data_dir().join("pg/postmaster.pid")).ok()?;
        let number: i32 = file.lines().next()?.trim().parse().ok()?;
        // After a kill the number may be that of a zombie, which has no command line, or of another process.
        let command = fs::read(format!("/proc/{number}/cmdline")).ok()?;
        let is_ours = String::from_utf8_lossy(&command).contains(&self.data_dir().display().to_string());
        is_ours.then(|| Pid::from_raw(number))?
    }

    /// Whether no command, guard or server uses the database.
    fn is_at_rest(&self) -> bool {
        let Ok(users) = File::open(self.data_dir().join("users.lock")) else { return true };
        users.try_lock().is_ok() && self.postmaster().is_none()
    }
}

impl Drop for Rapgrid {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if let Some(pid) = self.postmaster() {
                let _ = rustix::process::kill_process(pid, Signal::QUIT);
            }
            return;
        }
        wait_until("the server stops after its last user", || self.is_at_rest().then_some(()));
    }
}

/// A coordinator that runs.
#[derive(Debug)]
pub struct Coordinator {
    /// Its process.
    pub process: Process,
    /// Its address, `http://HOST:PORT`.
    pub address: String,
}

impl Coordinator {
    /// A client of it.
    pub fn grpc(&self) -> Grpc {
        Grpc::connect(&self.address)
    }

    /// Runs a command that talks to it.
    pub fn run(&self, rapgrid: &Rapgrid, arguments: &[&str]) -> Output {
        rapgrid.run(&[arguments, &["--coordinator", &self.address]].concat())
    }

    /// Starts a worker of it.
    pub fn worker(&self, rapgrid: &Rapgrid, options: &[&str]) -> Process {
        rapgrid.spawn(&[&["worker", "--coordinator", &self.address], options].concat())
    }

    /// `kill -9`; returns where it listened.
    pub fn kill(self) -> String {
        self.process.kill();
        self.address.trim_start_matches("http://").to_owned()
    }
}

fn without_hosts_and_times(exported: &str) -> String {
    let mut reader = csv::Reader::from_reader(exported.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let kept: Vec<usize> =
        (0..header.len()).filter(|&column| !HOSTS_AND_TIMES.contains(&&header[column])).collect();
    assert_eq!(kept.len() + HOSTS_AND_TIMES.len(), header.len(), "columns of hosts and times: {header:?}");
    let mut table = String::new();
    for record in std::iter::once(header).chain(reader.records().map(|record| record.expect("a record"))) {
        let values: Vec<&str> = kept.iter().map(|&column| &record[column]).collect();
        table.push_str(&values.join(" | "));
        table.push('\n');
    }
    table
}

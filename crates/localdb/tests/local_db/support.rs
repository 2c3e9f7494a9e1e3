//! A data directory of its own for each test, and processes that play the guard's and a user's part.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use localdb::{LocalDb, Settings};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Part of [`Fixture::settings`]: run by `LocalDb::start` as another process of this same test program.
#[test]
#[ignore = "a part for another process to play"]
fn play_the_guard() {
    if let Some(data_dir) = data_dir_to_play_with() {
        localdb::guard(&data_dir).unwrap();
    }
}

/// Part of [`Fixture::spawn_user`]: uses the database until its input ends.
#[test]
#[ignore = "a part for another process to play"]
fn play_a_user() {
    if let Some(data_dir) = data_dir_to_play_with() {
        match LocalDb::start(&settings(&data_dir)) {
            Ok(db) => {
                println!("\nurl {}", db.url());
                let _ = std::io::stdin().read_to_end(&mut Vec::new());
            }
            Err(error) => println!("\nerror {error}"),
        }
    }
}

/// This program and the arguments that make it play a part. The test harness takes the data directory for one
/// more name of a test, of which there is none.
fn part(name: &str, data_dir: &Path) -> Vec<OsString> {
    let program = std::env::current_exe().unwrap();
    let name = format!("support::{name}");
    vec![
        program.into(),
        name.into(),
        "--exact".into(),
        "--ignored".into(),
        "--nocapture".into(),
        data_dir.into(),
    ]
}

fn data_dir_to_play_with() -> Option<PathBuf> {
    std::env::args_os().next_back().map(PathBuf::from).filter(|path| path.is_absolute())
}

pub(crate) fn settings(data_dir: &Path) -> Settings {
    Settings { data_dir: data_dir.to_owned(), guard: part("play_the_guard", data_dir), bin_dir: None }
}

pub(crate) struct Fixture {
    dir: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("localdb-").tempdir_in("/tmp").unwrap();
        // As root, the server runs as another user, who must get through.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
        Self { dir }
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A directory of its own that holds the data directory.
    pub(crate) fn data_dir_parent(&self) -> PathBuf {
        self.data_dir().parent().unwrap().to_owned()
    }

    pub(crate) fn settings(&self) -> Settings {
        settings(&self.data_dir())
    }

    pub(crate) fn start(&self) -> LocalDb {
        LocalDb::start(&self.settings()).unwrap()
    }

    pub(crate) fn postmaster_pid_file(&self) -> PathBuf {
        self.data_dir().join("pg/postmaster.pid")
    }

    /// The id in `postmaster.pid`, while there is one.
    pub(crate) fn postmaster(&self) -> Option<Pid> {
        let content = fs::read_to_string(self.postmaster_pid_file()).ok()?;
        Pid::from_raw(content.lines().next()?.parse().ok()?)
    }

    /// The guards of this data directory.
    pub(crate) fn guards(&self) -> Vec<Pid> {
        let data_dir = self.data_dir().display().to_string();
        let guards = command_lines().into_iter();
        let guards = guards.filter(|(_, line)| {
            line.contains("play_the_guard") && line.trim_end_matches('\0').ends_with(&data_dir)
        });
        guards.map(|(pid, _)| pid).collect()
    }

    /// The servers of this data directory, of whatever container, by their process ids here.
    pub(crate) fn servers(&self) -> Vec<Pid> {
        let argument = format!("-D\0{}\0", self.data_dir().join("pg").display());
        let found = command_lines().into_iter().filter(|(_, line)| line.contains(&argument));
        let found: Vec<Pid> = found.map(|(pid, _)| pid).collect();
        // A child of a server has its command line, until it has written its own.
        let is_child = |pid: &Pid| parent(*pid).is_some_and(|parent| found.contains(&parent));
        found.iter().filter(|pid| !is_child(pid)).copied().collect()
    }

    pub(crate) fn server_stops_within(&self, limit: Duration) -> bool {
        within(limit, || self.servers().is_empty() && self.guards().is_empty())
    }

    /// Another process that has started the database, and uses it.
    pub(crate) fn spawn_user(&self) -> User {
        let mut user = self.spawn_starting_user();
        user.wait_until_started();
        user
    }

    /// Another process that is starting the database.
    pub(crate) fn spawn_starting_user(&self) -> User {
        self.spawn_starting_user_in(&[])
    }

    /// A process that is starting the database under a program that runs it, such as one that makes a container.
    pub(crate) fn spawn_starting_user_in(&self, wrapper: &[String]) -> User {
        Self::spawn_starting_user_at(wrapper, &self.data_dir())
    }

    fn spawn_starting_user_at(wrapper: &[String], data_dir: &Path) -> User {
        let part = part("play_a_user", data_dir);
        let mut words = wrapper.iter().map(OsString::from).chain(part);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
        User { child: command.spawn().unwrap(), output: None, url: String::new() }
    }

    /// A process in a container that has started the database, and uses it.
    pub(crate) fn spawn_user_in(&self, wrapper: &[String]) -> User {
        let mut user = self.spawn_starting_user_in(wrapper);
        user.wait_until_started();
        user
    }

    /// With which words a process in a container is refused the database.
    pub(crate) fn refusal_in(&self, wrapper: &[String]) -> String {
        self.refusal_at(wrapper, &self.data_dir())
    }

    /// The same where the data directory has another name.
    pub(crate) fn refusal_at(&self, wrapper: &[String], data_dir: &Path) -> String {
        Self::spawn_starting_user_at(wrapper, data_dir).outcome().expect_err("it is refused")
    }
}

/// No test leaves a server or a guard behind, whichever way it ends.
impl Drop for Fixture {
    fn drop(&mut self) {
        if !self.server_stops_within(Duration::from_secs(20)) {
            let left = self.guards().into_iter().map(|pid| (pid, Signal::KILL));
            for (pid, signal) in left.chain(self.servers().into_iter().map(|pid| (pid, Signal::QUIT))) {
                let _ = kill_process(pid, signal);
            }
            assert!(std::thread::panicking(), "a server or guard was left behind");
        }
    }
}

pub(crate) struct User {
    child: Child,
    /// Open to its end: a process that cannot write does not end well.
    output: Option<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl User {
    pub(crate) fn wait_until_started(&mut self) {
        self.url = self.outcome().expect("the user process started the database");
    }

    /// The URL, or the error.
    pub(crate) fn outcome(&mut self) -> Result<String, String> {
        let output = self.output.insert(BufReader::new(self.child.stdout.take().unwrap()));
        let outcome = output.by_ref().lines().map_while(Result::ok).find_map(|line| {
            let url = line.strip_prefix("url ").map(|url| Ok(url.to_owned()));
            url.or_else(|| line.strip_prefix("error ").map(|error| Err(error.to_owned())))
        });
        outcome.expect("the user process said what came of its start")
    }

    /// Lets go of the database. The container that it is in goes on until this is dropped.
    pub(crate) fn leave(&mut self) {
        drop(self.child.stdin.take());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for User {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn within(limit: Duration, condition: impl Fn() -> bool) -> bool {
    let since = Instant::now();
    while !condition() {
        if since.elapsed() > limit {
            return false;
        }
        sleep(Duration::from_millis(10));
    }
    true
}

/// All processes; from `ps` where there is no /proc.
pub(crate) fn command_lines() -> Vec<(Pid, String)> {
    let of_pid = |pid: &str| Pid::from_raw(pid.parse().ok()?);
    if let Ok(processes) = fs::read_dir("/proc") {
        let line = |pid: &str| fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        return processes
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|pid| Some((of_pid(&pid)?, line(&pid))))
            .collect();
    }
    let ps = Command::new("ps").args(["-A", "-ww", "-o", "pid=,args="]).output().unwrap();
    let lines = String::from_utf8_lossy(&ps.stdout).into_owned();
    lines
        .lines()
        .filter_map(|line| line.trim_start().split_once(' '))
        .filter_map(|(pid, line)| Some((of_pid(pid)?, line.trim_end().replace(' ', "\0"))))
        .collect()
}

/// On Linux.
fn parent(pid: Pid) -> Option<Pid> {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).ok()?;
    Pid::from_raw(status.lines().find_map(|line| line.strip_prefix("PPid:\t"))?.parse().ok()?)
}

pub(crate) fn kill_9(pid: Pid) {
    kill_process(pid, Signal::KILL).unwrap();
}

/// A backend in the middle of a computation, which does not notice that its server is killed.
pub(crate) fn busy_backend(fixture: &Fixture, db: &LocalDb) -> Pid {
    let mut psql = Command::new(db.bin_dir().join("psql"));
    psql.args(["-Xqc", "DO $$ BEGIN LOOP END LOOP; END $$"]).arg(db.url());
    let mut client = psql.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let cluster = fixture.data_dir().join("pg");
    let busy = || {
        let of_cluster = |pid: &Pid| {
            fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).is_ok_and(|cwd| cwd == cluster)
        };
        let mut lines = command_lines().into_iter().filter(|(_, line)| line.contains("[local] DO"));
        lines.find_map(|(pid, _)| of_cluster(&pid).then_some(pid))
    };
    assert!(within(Duration::from_secs(10), || busy().is_some()));
    client.kill().unwrap();
    client.wait().unwrap();
    busy().unwrap()
}

/// What psql prints for a statement.
pub(crate) fn query(db: &LocalDb, sql: &str) -> String {
    let mut psql = Command::new(db.bin_dir().join("psql"));
    let output = psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]).arg(db.url()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

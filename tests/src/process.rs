//! A command of the program while it runs, and what came of it.

use crate::wait_until;
use crate::waiting::DEADLINE;
use rustix::process::{Pid, Signal};
use std::fs::{self, File};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a command left.
#[derive(Debug)]
pub struct Output {
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// The standard output of a command that succeeded.
    ///
    /// # Panics
    /// If it did not.
    pub fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.stdout
    }

    /// The standard error of a command that ended with this exit code.
    ///
    /// # Panics
    /// If it ended in another way.
    pub fn failed_with(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self.stderr
    }
}

/// A command under way, in a process group of its own. Killed when dropped; its messages are shown if the test fails.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Process {
    /// Starts the command with its output going to `log`.out and `log`.err: no pipe fills up, and all can be read at
    /// any time.
    pub(crate) fn start(mut command: Command, log: &str) -> Self {
        let file = |end: &str| {
            let path = PathBuf::from(format!("{log}.{end}"));
            (File::create(&path).expect("a log file"), path)
        };
        let ((out, stdout), (err, stderr)) = (file("out"), file("err"));
        command.process_group(0).stdin(Stdio::null()).stdout(out).stderr(err);
        let name = format!("{command:?}");
        let child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { child, name, stdout, stderr }
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to standard output so far.
    pub fn stdout(&self) -> String {
        read(&self.stdout)
    }

    /// What it has written to standard error so far.
    pub fn stderr(&self) -> String {
        read(&self.stderr)
    }

    /// Waits for the first line of its standard output.
    ///
    /// # Panics
    /// If it ends without one.
    pub fn first_line(&mut self) -> String {
        wait_until("a first line of output", || {
            let ended = self.has_ended();
            let line = self.stdout().split_once('\n').map(|(line, _)| line.to_owned());
            assert!(line.is_some() || !ended, "{} ended: {}", self.name, self.stderr());
            line
        })
    }

    /// Waits until its standard error says this.
    pub fn wait_for_message(&self, message: &str) {
        wait_until(message, || self.stderr().contains(message).then_some(()));
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.try_wait().is_some()
    }

    /// Sends a signal to the process alone.
    pub fn signal(&mut self, signal: Signal) {
        if !self.has_ended() {
            rustix::process::kill_process(self.pid(), signal).expect("the process is there");
        }
    }

    /// `kill -9` of the process and its whole group.
    pub fn kill(mut self) -> Output {
        self.kill_group();
        self.wait()
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it does not end within two minutes.
    pub fn wait(mut self) -> Output {
        let since = Instant::now();
        let status = wait_until(&format!("the end of {}", self.name), || {
            if since.elapsed() > DEADLINE / 2 {
                eprintln!("{} runs long:\n{}", self.name, self.stderr());
            }
            self.try_wait()
        });
        let Self { stdout, stderr, .. } = &self;
        Output { code: status.code(), signal: status.signal(), stdout: read(stdout), stderr: read(stderr) }
    }

    /// Waits for its end, at most so long.
    pub(crate) fn ended_within(&mut self, limit: Duration) -> Option<ExitStatus> {
        let since = Instant::now();
        loop {
            match self.try_wait() {
                None if since.elapsed() < limit => std::thread::sleep(Duration::from_millis(10)),
                ended => return ended,
            }
        }
    }

    fn try_wait(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    fn kill_group(&mut self) {
        // Once it has been waited for, its number may be another's.
        if !self.has_ended() {
            let _ = rustix::process::kill_process_group(self.pid(), Signal::KILL);
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- {}\n{}{}", self.name, self.stdout(), self.stderr());
        }
    }
}

fn read(path: &PathBuf) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

//! Coordinators and workers, and what a service manager does for them.

use crate::process::Process;
use crate::{Rapgrid, Signal};
use std::time::{Duration, Instant};

/// Rest before a service that ended is started again.
const RESTART: Duration = Duration::from_millis(300);

/// One service: a command that ought to run, and its process while it does.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) name: String,
    wrapper: Vec<String>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    process: Option<Process>,
    /// When it ought to be started again; never, while it is to stay away.
    start_at: Option<Instant>,
    /// Whether it was seen to be up since it was started.
    was_up: bool,
    /// Standard error of those that are gone.
    past: String,
    /// Ends that nobody asked for.
    pub(crate) surprises: Vec<String>,
}

impl Service {
    pub(crate) fn new(
        name: &str,
        wrapper: Vec<String>,
        arguments: &[&str],
        environment: Vec<(String, String)>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            wrapper,
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            environment,
            process: None,
            start_at: Some(Instant::now()),
            was_up: false,
            past: String::new(),
            surprises: Vec::new(),
        }
    }

    /// Starts it, if it is time to, and looks whether it has ended.
    pub(crate) fn supervise(&mut self, rapgrid: &Rapgrid) {
        if self.process.as_mut().is_some_and(Process::has_ended) {
            self.mourn();
        }
        self.was_up |= self.process.as_ref().is_some_and(|process| !process.stdout().is_empty());
        if self.process.is_none() && self.start_at.is_some_and(|at| at <= Instant::now()) {
            let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
            let environment: Vec<(&str, &str)> =
                self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            self.process = Some(rapgrid.spawn_in(&self.wrapper, &arguments, &environment));
            self.was_up = false;
        }
    }

    /// It ended by itself. A coordinator may, where it finds no database to begin with; nobody may once it was up, and
    /// a worker never: it waits for whom it needs.
    fn mourn(&mut self) {
        let Some(process) = self.process.take() else { return };
        let is_excused = !self.was_up && self.arguments[0] == "coordinator";
        let output = process.wait();
        if !is_excused {
            let (code, signal) = (output.code, output.signal);
            let last = output.stderr.lines().last().unwrap_or_default().to_owned();
            self.surprises
                .push(format!("{} ended by itself ({code:?}, signal {signal:?}): {last}", self.name));
        }
        self.past.push_str(&output.stderr);
        self.start_at = Some(Instant::now() + RESTART);
    }

    /// Its process, if it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// The first line of its standard output, once it is there.
    pub(crate) fn first_line(&self) -> Option<String> {
        Some(self.process.as_ref()?.stdout().split_once('\n')?.0.to_owned())
    }

    /// Replaces an argument, for the next start.
    pub(crate) fn replace(&mut self, old: &str, new: &str) {
        for argument in self.arguments.iter_mut().filter(|argument| *argument == old) {
            new.clone_into(argument);
        }
    }

    pub(crate) fn signal(&mut self, signal: Signal) {
        if let Some(process) = &mut self.process {
            process.signal(signal);
        }
    }

    /// `kill -9`; it comes back when [`Service::resume`] says so.
    pub(crate) fn kill(&mut self) {
        self.start_at = None;
        if let Some(process) = self.process.take() {
            self.past.push_str(&process.kill().stderr);
        }
    }

    /// From now on it ought to run.
    pub(crate) fn resume(&mut self) {
        self.start_at = self.start_at.or(Some(Instant::now()));
    }

    /// SIGTERM, and nobody is surprised when it ends; it comes back when [`Service::resume`] says so.
    pub(crate) fn drain(&mut self) -> Option<Process> {
        self.start_at = None;
        let mut process = self.process.take()?;
        process.signal(Signal::TERM);
        Some(process)
    }

    /// All that its processes have said on standard error.
    pub(crate) fn messages(&self) -> String {
        let now = self.process.as_ref().map(Process::stderr).unwrap_or_default();
        format!("{}{now}", self.past)
    }

    /// Keeps what a process said that is no longer this service's.
    pub(crate) fn remember(&mut self, stderr: &str) {
        self.past.push_str(stderr);
    }

    /// SIGTERM, and waits; an error if it does not end well.
    pub(crate) fn stop(&mut self, within: Duration) -> Result<(), String> {
        let Some(mut process) = self.drain() else { return Ok(()) };
        let ended = process.ended_within(within);
        let output = process.kill();
        self.past.push_str(&output.stderr);
        match ended.map(|status| status.code()) {
            Some(Some(0)) => Ok(()),
            Some(code) => Err(format!("{} ended with {code:?} after SIGTERM", self.name)),
            None => Err(format!("{} does not end within {} s of SIGTERM", self.name, within.as_secs())),
        }
    }
}

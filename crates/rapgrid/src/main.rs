//! Distributed phase-diagram sweeps of the random active path model: the one program.
//!
//! `arguments` is the command line, `access` reads what it takes to reach a coordinator, one file of `commands` is one
//! command, `database` finds the database and `connection` a coordinator, `sweep_file` is the file that a sweep travels
//! in, `exit` says what the process's exit code means.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod access;
mod arguments;
mod build;
mod commands;
mod connection;
mod database;
#[cfg(test)]
mod documented;
mod exit;
mod new_file;
mod sweep_file;
mod telling;

use crate::telling::tell;
use arguments::{Arguments, Command};
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, FromArgMatches};
use exit::Exit;
use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let arguments = read_arguments();
    start_logging(&arguments);
    if let Some(level) = arguments.cpu_level {
        level.limit();
    }
    match run(arguments) {
        Ok(exit) => exit.into(),
        Err(error) => {
            // A reader that has had enough (`rapgrid list | head`) is no failure.
            if is_broken_pipe(&error) {
                return ExitCode::SUCCESS;
            }
            tell!("error: {}", exit::message(&error));
            Exit::of(&error).into()
        }
    }
}

/// The command line. A variable of the environment that is set to nothing counts as unset.
fn read_arguments() -> Arguments {
    let words: Vec<OsString> = std::env::args_os().collect();
    let read = || {
        let matches = without_empty(Arguments::command()).try_get_matches_from(&words)?;
        Arguments::from_arg_matches(&matches)
    };
    read().unwrap_or_else(|error| with_whole_usage(error, &words).exit())
}

/// The error with the usage of its command as `--help` has it. Clap would show what the environment sets as if it had
/// to be given.
fn with_whole_usage(mut error: clap::Error, words: &[OsString]) -> clap::Error {
    let mut of = Arguments::command();
    of.build();
    for word in words.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(command) = of.find_subcommand(word) {
            of = command.clone();
        }
    }
    if error.get(ContextKind::Usage).is_some() {
        error.insert(ContextKind::Usage, ContextValue::StyledStr(of.render_usage()));
    }
    error
}

fn without_empty(command: clap::Command) -> clap::Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let command = command.mut_args(|argument| match argument.get_env() {
        // To be asked for another one, that nobody sets, is all that an argument can be told.
        Some(name) if is_empty(name) => argument.env("RAPGRID_UNSET"),
        _ => argument,
    });
    command.mut_subcommands(without_empty)
}

fn run(arguments: Arguments) -> anyhow::Result<Exit> {
    let Arguments { command, data_dir, .. } = arguments;
    // Without the async runtime: what computes here, and the guard, which must stay small.
    let command = match command {
        Command::Solve(options) => return commands::solve::run(options),
        Command::Instance(options) => return commands::instance::run(options),
        Command::Ladder(options) => return commands::ladder::run(options),
        Command::Token(options) => return commands::token::run(&options),
        Command::Db { command: arguments::DbCommand::Guard { directory } } => {
            localdb::guard(&directory)?;
            return Ok(Exit::Success);
        }
        command => command,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let exit = runtime.block_on(async {
        let finder = database::Finder { data_dir };
        match command {
            Command::Scan(options) => commands::scan::run(options, &finder).await,
            Command::Coordinator(options) => commands::coordinator::run(options, &finder).await,
            Command::Worker(options) => commands::worker::run(options).await,
            Command::Sweep(command) => commands::sweeps::run(command, &finder).await,
            Command::Replay(options) => commands::replay::run(options, &finder).await,
            Command::Export(options) => commands::export::run(options, &finder).await,
            Command::Import(options) => commands::import::run(options, &finder).await,
            Command::Page(options) => commands::page::run(options, &finder).await,
            Command::Plot(options) => commands::plot::run(options, &finder).await,
            Command::Cite(options) => commands::cite::run(options, &finder).await,
            Command::Transitions(options) => commands::transitions::run(options, &finder).await,
            Command::Db { command } => commands::db::run(command, &finder).await,
            Command::Solve(_) | Command::Instance(_) | Command::Ladder(_) | Command::Token(_) => {
                unreachable!("these ran above")
            }
        }
    });
    // Threads that still compute what nobody waits for must not hold up the end.
    runtime.shutdown_background();
    exit
}

/// Logs go to standard error; `RUST_LOG` chooses, else services tell what they do and other commands only of trouble.
fn start_logging(arguments: &Arguments) {
    let default = match arguments.command {
        Command::Coordinator(_) | Command::Worker(_) => "info",
        // Whoever waits for the private database is told what for.
        _ => "error,localdb=warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log that nobody reads any more is no reason to end.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    match arguments.log_format {
        arguments::LogFormat::Text => builder.init(),
        // Fields of events and spans side by side, for `jq .job`.
        arguments::LogFormat::Json => builder.json().flatten_event(true).init(),
    }
}

/// Whether whoever read the output has closed it. A connection to a coordinator or a database that broke is no such
/// thing.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let of_a_connection = |cause: &(dyn std::error::Error + 'static)| {
        let of_database =
            cause.downcast_ref().is_some_and(|error| !matches!(error, store::StoreError::Output(_)));
        of_database || cause.is::<tonic::Status>() || cause.is::<tonic::transport::Error>()
    };
    let is_broken = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::BrokenPipe;
    !error.chain().any(of_a_connection)
        && error.chain().filter_map(|cause| cause.downcast_ref()).any(is_broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_fits_eighty_columns_as_it_is_written() {
        let help = Arguments::command().term_width(80).render_long_help().to_string();
        let examples = arguments::EXAMPLES.lines();
        examples.for_each(|line| assert!(help.lines().any(|of_help| of_help == line), "{line:?} is wrapped"));
    }

    #[test]
    fn the_usage_asks_for_nothing_that_the_environment_has() {
        let words = ["rapgrid", "db", "load"].map(OsString::from);
        let error = Arguments::command().try_get_matches_from(&words).unwrap_err();
        let text = with_whole_usage(error, &words).to_string();
        assert!(text.contains("Usage: rapgrid db load [OPTIONS] <FILE>"), "{text}");
    }

    #[test]
    fn a_connection_that_broke_is_a_failure_and_an_output_that_was_closed_is_none() {
        let broken = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert!(is_broken_pipe(&anyhow::Error::from(broken()).context("writing the table")));
        let of_connection = tonic::Status::from_error(Box::new(broken()));
        assert!(!is_broken_pipe(&of_connection.into()));
        assert!(is_broken_pipe(&store::StoreError::Output(broken()).into()));
    }
}

//! Arguments of `scan` and of the commands about sweeps.

use super::address::CoordinatorAddress;
use super::format::{OutputFormat, WatchFormat};
use super::page::ShownPage;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid scan examples/first-scan.toml
  rapgrid scan my.toml --dry-run
  rapgrid scan my.toml --open
  rapgrid scan my.toml --threads 4 --out plots/

Interrupt with Ctrl-C: what is recorded stays, and the same command goes on. Edit the spec to add samples, values,
temperatures or methods, and run it again: only the new is computed.")]
pub(crate) struct ScanOptions {
    /// The spec
    pub(crate) spec: PathBuf,
    /// Say what it asks for and what that takes beyond what is stored (cells, rows, time, disk), and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// With --dry-run: text, or one JSON object
    #[arg(long, value_enum, default_value_t = OutputFormat::Table, requires = "dry_run")]
    pub(crate) format: OutputFormat,
    /// Threads that compute [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Where the table, plots and CSV go [default: results/NAME]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Compute only; draw and write nothing
    #[arg(long)]
    pub(crate) no_report: bool,
    /// Compute time that a job is cut to, in seconds of one core: an interruption loses about as much for each thread
    #[arg(long, default_value_t = 2.0, value_name = "SECONDS")]
    pub(crate) job_seconds: f64,
    #[command(flatten)]
    pub(crate) page: ShownPage,
}

#[derive(Debug, Args)]
pub(crate) struct NamedSweep {
    /// The sweep's name
    pub(crate) sweep: String,
    #[command(flatten)]
    pub(crate) address: CoordinatorAddress,
}

/// Commands that talk to a coordinator.
#[derive(Debug, Subcommand)]
pub(crate) enum SweepCommand {
    /// Store a sweep for workers to compute; the same spec twice is one sweep
    #[command(after_help = "\
Examples:
  rapgrid submit my.toml
  rapgrid submit my.toml --priority 5 --coordinator https://login1:7400")]
    Submit {
        /// The spec
        spec: PathBuf,
        /// Say what it asks for and what that takes beyond what is stored here, and stop
        #[arg(long)]
        dry_run: bool,
        /// With --dry-run: text, or one JSON object
        #[arg(long, value_enum, default_value_t = OutputFormat::Table, requires = "dry_run")]
        format: OutputFormat,
        /// Jobs of larger priority are handed out first; among equals, sweeps share [default: 0, or as it is]
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        priority: Option<i32>,
        #[command(flatten)]
        address: CoordinatorAddress,
    },
    /// List all sweeps
    #[command(after_help = "\
Examples:
  rapgrid list
  rapgrid list --format json | jq -r 'select(.status == \"stopped\") | .sweep'")]
    List {
        /// A table, or one JSON object a line
        #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
        format: OutputFormat,
        #[command(flatten)]
        address: CoordinatorAddress,
    },
    /// Show one sweep: progress, failed jobs and specs
    #[command(after_help = "\
Examples:
  rapgrid show first-scan
  rapgrid show first-scan --format json | jq -r '.specs[-1]' > again.toml")]
    Show {
        #[command(flatten)]
        sweep: NamedSweep,
        /// Text, or one JSON object
        #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
        format: OutputFormat,
    },
    /// Follow a sweep's progress to its end
    #[command(after_help = "\
Examples:
  rapgrid watch first-scan
  rapgrid watch first-scan --format json | jq -r '[.units_done, .units, .rows_per_second] | @tsv'

A coordinator that restarts is waited for, five minutes at most. The exit code is 3 if jobs
failed, and 1 if the sweep was cancelled.")]
    Watch {
        #[command(flatten)]
        sweep: NamedSweep,
        /// A bar or lines on standard error, or one JSON object a line on standard output whenever something changed
        #[arg(long, value_enum, default_value_t = WatchFormat::Text)]
        format: WatchFormat,
    },
    /// List the workers that are there, and those that went within the last hour
    #[command(after_help = "\
Examples:
  rapgrid workers
  rapgrid workers --format json | jq -r 'select(.presence == \"lost\") | .host'")]
    Workers {
        /// A table, or one JSON object a line
        #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
        format: OutputFormat,
        #[command(flatten)]
        address: CoordinatorAddress,
    },
    /// Hand out no more jobs of a sweep for now
    #[command(after_help = "\
Examples:
  rapgrid pause first-scan      jobs under way end; `resume` goes on")]
    Pause(NamedSweep),
    /// Go on with a paused or cancelled sweep
    #[command(after_help = "\
Examples:
  rapgrid resume first-scan")]
    Resume(NamedSweep),
    /// Stop a sweep; what is recorded stays
    #[command(after_help = "\
Examples:
  rapgrid cancel first-scan     jobs under way are dropped; `resume` goes on")]
    Cancel(NamedSweep),
    /// Say how urgent a sweep is: jobs of larger priority are handed out first
    #[command(after_help = "\
Examples:
  rapgrid prioritise first-scan 5
  rapgrid prioritise first-scan -1")]
    Prioritise {
        #[command(flatten)]
        sweep: NamedSweep,
        /// 0 is what sweeps begin with
        #[arg(allow_negative_numbers = true)]
        priority: i32,
    },
    /// Try the failed jobs of a sweep again
    #[command(after_help = "\
Examples:
  rapgrid show first-scan       says why they failed
  rapgrid retry first-scan")]
    Retry(NamedSweep),
    /// Remove a sweep and all its results
    #[command(after_help = "\
Examples:
  rapgrid delete first-scan
  rapgrid delete first-scan --yes")]
    Delete {
        #[command(flatten)]
        sweep: NamedSweep,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

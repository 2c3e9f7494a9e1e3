//! The command line.

pub(crate) mod address;
mod format;
mod page;
mod plotting;
mod results;
mod service;
mod solving;
mod sweeps;

pub(crate) use format::{OutputFormat, WatchFormat};
pub(crate) use page::{PageOptions, ShownPage};
pub(crate) use plotting::PlotOptions;
pub(crate) use results::{
    CiteOptions, DbCommand, Driver, ExportFormat, ExportOptions, ImportOptions, ReplayOptions,
    TransitionsOptions,
};
pub(crate) use service::{CoordinatorOptions, TokenOptions, WorkerOptions};
pub(crate) use solving::{InstanceOptions, LadderOptions, SolveOptions};
pub(crate) use sweeps::{NamedSweep, ScanOptions, SweepCommand};

use clap::{Parser, Subcommand, ValueEnum};
use kernel::cpu::Level;
use std::path::PathBuf;

/// Phase diagrams of the random active path model: belief propagation, Monte Carlo and exact results over grids of
/// dilution, inverse temperature and activation, on a laptop or a cluster.
#[derive(Debug, Parser)]
#[command(name = "rapgrid", version = crate::build::LONG_VERSION, max_term_width = 110, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Where the private database lives (used where DATABASE_URL is not set)
    #[arg(long, global = true, env = "RAPGRID_DATA", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Use no vector instructions beyond this level; rows are the same on every level
    #[arg(long, global = true, env = "RAPGRID_CPU_LEVEL", value_name = "LEVEL", value_parser = cpu_level, hide_short_help = true)]
    pub(crate) cpu_level: Option<Level>,

    /// How logs are written (RUST_LOG chooses what is logged)
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, hide = true)]
    pub(crate) log_format: LogFormat,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  rapgrid scan examples/first-scan.toml   run a whole sweep here, and draw it
  rapgrid scan --dry-run my.toml          say what it would take
  rapgrid solve net.json --beta 0.3,0.8   one instance: exact, BP, Monte Carlo
  rapgrid db psql                         query the results in SQL

Exit codes:
  0 done; 1 failed; 2 bad command line, spec or instance (nothing was stored);
  3 the sweep ended with failed jobs; 4 a replayed row differs;
  5 coordinator or database unreachable; 6 a worker's --time-limit is near;
  130 interrupted (the same command continues)

Environment:
  DATABASE_URL          the PostgreSQL to use instead of the private one;
                        RAPGRID_DATABASE_URL comes before it
  RAPGRID_DATA          where the private database lives
  RAPGRID_POSTGRES_BIN  where PostgreSQL's programs are, if they are not found
  RAPGRID_COORDINATOR   the coordinator that commands and workers talk to
  RAPGRID_TOKEN         the token that they show it (or RAPGRID_TOKEN_FILE, the
                        file that holds it)
  RAPGRID_TLS_CA, RAPGRID_TLS_CERTIFICATE, RAPGRID_TLS_KEY
                        files for TLS with it, PEM
  RAPGRID_CPU_LEVEL     the most that kernels may use of the CPU: baseline, avx2
                        or avx512";

fn cpu_level(name: &str) -> Result<Level, String> {
    let names = || Level::ALL.map(Level::name).join(", ");
    let level = Level::from_name(name).ok_or_else(|| format!("not one of {}", names()))?;
    if level.is_available() { Ok(level) } else { Err(format!("this CPU has no {name}")) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a whole sweep here, to the end, and draw it; continues where an interrupted run stopped
    Scan(ScanOptions),
    /// Solve one instance file
    Solve(SolveOptions),
    /// Draw an instance to a file, or describe one
    Instance(InstanceOptions),
    /// Propose temperatures for replica exchange on an instance
    Ladder(LadderOptions),
    #[command(flatten)]
    Sweep(SweepCommand),
    /// Compute recorded rows again and compare them bit for bit
    Replay(ReplayOptions),
    /// Write a sweep's results as CSV, or with --all the whole sweep to a file that `import` takes in elsewhere
    Export(ExportOptions),
    /// Take in a sweep that `export --all` wrote, or what a sweep here lacks of it
    Import(ImportOptions),
    /// Look at sweeps in a browser: progress, and phase diagrams as they fill in
    Page(PageOptions),
    /// Draw the results of sweeps as SVG, PNG and PDF
    Plot(PlotOptions),
    /// Find where the branches of belief propagation cross (p_c) and vanish, along every line of the grid
    Transitions(TransitionsOptions),
    /// Say what made a sweep, in a paragraph for a paper, and whom to cite
    Cite(CiteOptions),
    /// The database: its URL, psql, readers, and a dump of all of it
    Db {
        #[command(subcommand)]
        command: DbCommand,
    },
    /// Serve sweeps and jobs over gRPC
    Coordinator(CoordinatorOptions),
    /// Compute jobs of a coordinator
    Worker(WorkerOptions),
    /// Make a token: a line for the coordinator's --tokens file
    Token(TokenOptions),
}

//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use coordinator::Role;
use physics::cpu::Level;
use rust_decimal::Decimal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use store::export::View;

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

const EXAMPLES: &str = "\
Examples:
  rapgrid scan examples/first-scan.toml           run a whole sweep here, with progress, a table and plots
  rapgrid scan --dry-run my.toml                  say what it would take
  rapgrid solve net.json --beta 0.3,0.8           solve one instance by exact enumeration, BP and Monte Carlo
  rapgrid db psql                                 query the results in SQL

Exit codes:
  0 done; 1 failed; 2 bad command line, spec or instance (nothing was stored); 3 the sweep ended with failed jobs;
  4 a replayed row differs; 5 coordinator or database unreachable; 130 interrupted (the same command continues)

Environment:
  DATABASE_URL          the PostgreSQL to use instead of the private one; RAPGRID_DATABASE_URL comes before it
  RAPGRID_DATA          where the private database lives
  RAPGRID_POSTGRES_BIN  where PostgreSQL's programs are, if they are not found
  RAPGRID_COORDINATOR   the coordinator that commands and workers talk to
  RAPGRID_TOKEN         the token that they show it (or RAPGRID_TOKEN_FILE, the file that holds it)
  RAPGRID_TLS_CA, RAPGRID_TLS_CERTIFICATE, RAPGRID_TLS_KEY
                        files for TLS with it, PEM
  RAPGRID_CPU_LEVEL     the most that kernels may use of the CPU: baseline, avx2 or avx512";

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
    /// Write a sweep's results as CSV
    Export(ExportOptions),
    /// Draw a sweep's results as SVG and PNG
    Plot(PlotOptions),
    /// Find where the branches of belief propagation cross (p_c) and vanish, along every line of the grid
    Transitions(TransitionsOptions),
    /// The database: its URL, or psql
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

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid scan examples/first-scan.toml
  rapgrid scan my.toml --dry-run
  rapgrid scan my.toml --threads 4 --out plots/

Interrupt with Ctrl-C: what is recorded stays, and the same command goes on. Edit the spec to add samples, values,
temperatures or methods, and run it again: only the new is computed.")]
pub(crate) struct ScanOptions {
    /// The spec
    pub(crate) spec: PathBuf,
    /// Say what it would take (cells, rows, time, disk) and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    Table,
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid solve net.json --beta 0.3,0.8
  rapgrid solve net.json --beta 0.5 --method bp --format json | jq .log_z_per_weight
  rapgrid solve net.json --beta 1.2 --method mc --runs 16 --relax 2000 --measure 10000
  rapgrid solve net.json --method degrees,levels --overlaps 0,0.5,1")]
pub(crate) struct SolveOptions {
    /// The instance file, rap-instance/1
    pub(crate) file: PathBuf,
    /// Inverse temperatures; needed by all methods but degrees and levels
    #[arg(long, value_delimiter = ',', value_name = "β,…", allow_negative_numbers = true)]
    pub(crate) beta: Vec<String>,
    /// Methods: exact, bp, mc, anneal, replica_exchange, bp_reduced, reduced_mc, degrees, levels
    #[arg(long, value_delimiter = ',', default_value = "exact,bp,mc", value_name = "METHOD,…")]
    pub(crate) method: Vec<String>,
    /// A table, or one JSON object a line
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub(crate) format: OutputFormat,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(crate) seed: u64,
    /// mc, anneal, replica_exchange, reduced_mc: independent runs [default: as in a spec, 4; anneal 8]
    #[arg(long, value_name = "N")]
    pub(crate) runs: Option<u32>,
    /// mc, replica_exchange, reduced_mc: MC sweeps of each run before measuring [default: as in a spec, 500; reduced_mc
    /// 100]
    #[arg(long, value_name = "N")]
    pub(crate) relax: Option<u32>,
    /// mc, replica_exchange, reduced_mc: MC sweeps of each run that are measured [default: as in a spec, 2000;
    /// reduced_mc 1000]
    #[arg(long, value_name = "N")]
    pub(crate) measure: Option<u32>,
    /// anneal: step of the schedule from β = 0 [default: as in a spec, 0.05]
    #[arg(long, value_name = "Δβ")]
    pub(crate) beta_step: Option<String>,
    /// anneal: MC sweeps at each step [default: as in a spec, 20]
    #[arg(long, value_name = "N")]
    pub(crate) mc_sweeps: Option<u32>,
    /// replica_exchange, reduced_mc: temperatures, increasing, the --beta among them [default: 20 steps from 0 to the
    /// largest --beta, and the --beta]
    #[arg(long, value_delimiter = ',', value_name = "β,…", allow_negative_numbers = true)]
    pub(crate) ladder: Vec<String>,
    /// bp, bp_reduced: iterations before giving up [default: as in a spec, 50000]
    #[arg(long, value_name = "N")]
    pub(crate) max_iterations: Option<u32>,
    /// exact: configurations to visit at most, up to 2^34
    #[arg(long, default_value_t = 1 << 30, value_name = "N")]
    pub(crate) max_configurations: u64,
    /// levels: overlaps of the pairs of configurations
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "0,0.25,0.5,0.75,1",
        value_name = "q,…",
        allow_negative_numbers = true
    )]
    pub(crate) overlaps: Vec<String>,
    /// levels: pairs at each overlap [default: as in a spec, 2000]
    #[arg(long, value_name = "N")]
    pub(crate) pairs: Option<u32>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid ladder net.json --keep 0,0.5,1,2
  rapgrid ladder net.json --keep 3 --acceptance 0.4 --rounds 2000

The energies at neighbouring temperatures are taken for Gaussian: the acceptance of a swap then depends on the length of
the step alone, and lengths add up. Each pass measures the ladder that the one before proposed. The last line is for a
spec.")]
pub(crate) struct LadderOptions {
    /// The instance file, rap-instance/1
    pub(crate) file: PathBuf,
    /// β that must stand on the ladder, such as those of the sweep; the largest is its end
    #[arg(long, value_delimiter = ',', value_name = "β,…", allow_negative_numbers = true)]
    pub(crate) keep: Vec<String>,
    /// The ladder to begin with [default: 20 even steps from 0]
    #[arg(long, value_delimiter = ',', value_name = "β,…", allow_negative_numbers = true)]
    pub(crate) ladder: Vec<String>,
    /// The acceptance that every pair should have, at least about
    #[arg(long, default_value_t = 0.3, value_parser = acceptance)]
    pub(crate) acceptance: f64,
    /// How often to propose and measure again
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(..=20))]
    pub(crate) passes: u8,
    /// Independent runs
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(2..=64))]
    pub(crate) runs: u32,
    /// Rounds before measuring
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(..=1 << 30))]
    pub(crate) relax: u32,
    /// Rounds measured
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(16..=1 << 24))]
    pub(crate) rounds: u32,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(crate) seed: u64,
    /// A table, or one JSON object a line
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub(crate) format: OutputFormat,
}

fn acceptance(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
    (value > 0.0 && value < 1.0).then_some(value).ok_or_else(|| "it must lie between 0 and 1".to_owned())
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid instance --widths 16,16,16,1 --activation 0.5,0.2 --dilution 0.4,0,0 --seed 7 -o net.json
  rapgrid instance net.json

With the same seed, sample, widths, ensemble and couplings the network at a larger dilution or a smaller activation is
a part of that at a smaller or larger one, path by path and sign by sign.")]
pub(crate) struct InstanceOptions {
    /// Describe this instance file instead of drawing one
    #[arg(conflicts_with_all = ["widths", "activation", "dilution", "ensemble", "couplings", "output"])]
    pub(crate) file: Option<PathBuf>,
    /// Widths n_0,…,n_L; the last is 1
    #[arg(long, value_delimiter = ',', required_unless_present = "file", value_name = "n,…")]
    pub(crate) widths: Vec<u32>,
    /// Activation probabilities ρ_1,…,ρ_{L−1} [default: all 1]
    #[arg(long, value_delimiter = ',', value_name = "ρ,…", allow_negative_numbers = true)]
    pub(crate) activation: Vec<String>,
    /// Dilutions p_1,…,p_L [default: all 0]
    #[arg(long, value_delimiter = ',', value_name = "p,…", allow_negative_numbers = true)]
    pub(crate) dilution: Vec<String>,
    /// independent, branching, synapse or unit
    #[arg(long, default_value = "branching")]
    pub(crate) ensemble: String,
    /// input or path
    #[arg(long, default_value = "input")]
    pub(crate) couplings: String,
    /// Seed of the disorder, the same as in a spec
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(crate) seed: u64,
    /// Number of the disorder sample, the same as in a sweep
    #[arg(long, default_value_t = 0)]
    pub(crate) sample: u32,
    /// Where to write the instance [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Which coordinator.
#[derive(Debug, Clone, Args)]
pub(crate) struct CoordinatorAddress {
    /// The coordinator, http://HOST:PORT, or several of one database with commas between them [default: one on this
    /// machine, else the private database]
    #[arg(long, env = "RAPGRID_COORDINATOR", value_name = "URL")]
    pub(crate) coordinator: Option<String>,
    #[command(flatten)]
    pub(crate) access: AccessOptions,
}

/// What it takes to be let in by a coordinator. The token alone may also stand in RAPGRID_TOKEN.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccessOptions {
    /// Certificates, PEM, of who vouches for an https:// coordinator [default: those that the system trusts]
    #[arg(long, env = "RAPGRID_TLS_CA", value_name = "FILE", hide_env_values = true)]
    pub(crate) tls_ca: Option<PathBuf>,
    /// Your certificate, PEM, where the coordinator asks for one
    #[arg(
        long,
        env = "RAPGRID_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key",
        hide_env_values = true
    )]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The key of your certificate, PEM
    #[arg(
        long,
        env = "RAPGRID_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate",
        hide_env_values = true
    )]
    pub(crate) tls_key: Option<PathBuf>,
    /// File with your token [default: the token in RAPGRID_TOKEN]
    #[arg(long, env = "RAPGRID_TOKEN_FILE", value_name = "FILE", hide_env_values = true)]
    pub(crate) token_file: Option<PathBuf>,
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
    Submit {
        /// The spec
        spec: PathBuf,
        /// Say what it would take, and stop
        #[arg(long)]
        dry_run: bool,
        /// Jobs of larger priority are handed out first; among equals, sweeps share [default: 0, or as it is]
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        priority: Option<i32>,
        #[command(flatten)]
        address: CoordinatorAddress,
    },
    /// List all sweeps
    List {
        /// A table, or one JSON object a line
        #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
        format: OutputFormat,
        #[command(flatten)]
        address: CoordinatorAddress,
    },
    /// Show one sweep: progress, failed jobs and specs
    Show(NamedSweep),
    /// Follow a sweep's progress to its end
    #[command(after_help = "\
Examples:
  rapgrid watch first-scan
  rapgrid watch first-scan --format json | jq -r '[.units_done, .units, .rows_per_second] | @tsv'

A coordinator that restarts is waited for, five minutes at most. The exit code is 3 if jobs failed.")]
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
    Pause(NamedSweep),
    /// Go on with a paused or cancelled sweep
    Resume(NamedSweep),
    /// Stop a sweep; what is recorded stays
    Cancel(NamedSweep),
    /// Say how urgent a sweep is: jobs of larger priority are handed out first
    Prioritise {
        #[command(flatten)]
        sweep: NamedSweep,
        /// 0 is what sweeps begin with
        #[arg(allow_negative_numbers = true)]
        priority: i32,
    },
    /// Try the failed jobs of a sweep again
    Retry(NamedSweep),
    /// Remove a sweep and all its results
    Delete {
        #[command(flatten)]
        sweep: NamedSweep,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid replay first-scan                               ten rows, picked by a hash
  rapgrid replay first-scan --method mc --beta 0.8 --sample 3 --limit 100")]
pub(crate) struct ReplayOptions {
    /// The sweep's name
    pub(crate) sweep: String,
    /// Only this cell (cell_id in SQL)
    #[arg(long, value_name = "ID")]
    pub(crate) cell: Option<i64>,
    /// Only this sample
    #[arg(long)]
    pub(crate) sample: Option<i32>,
    /// Only this β
    #[arg(long)]
    pub(crate) beta: Option<Decimal>,
    /// Only this method
    #[arg(long)]
    pub(crate) method: Option<String>,
    /// At most so many rows
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) limit: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Csv,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid export first-scan > first-scan.csv
  rapgrid export first-scan --view phase-diagram -o phases.csv")]
pub(crate) struct ExportOptions {
    /// The sweep's name
    pub(crate) sweep: String,
    /// Which rows, by their SQL view: results, phase_diagram, stable_branch, transitions, layer_overlaps,
    /// overlap_histograms, degree_distribution, energy_levels
    #[arg(long, default_value = "results", value_parser = view, value_name = "VIEW")]
    pub(crate) view: View,
    /// The format
    #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
    pub(crate) format: ExportFormat,
    /// Where to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PlotOptions {
    /// The sweep's name
    pub(crate) sweep: String,
    /// Where the plots go [default: results/NAME]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid transitions first-scan
  rapgrid transitions first-scan --format json | jq .crossing")]
pub(crate) struct TransitionsOptions {
    /// The sweep's name
    pub(crate) sweep: String,
    /// A table, or one JSON object a line
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub(crate) format: OutputFormat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Print the database's URL; the private server runs as long as this command does with --hold
    Url {
        /// Keep the private server running until interrupted
        #[arg(long)]
        hold: bool,
    },
    /// Open psql on the database
    #[command(after_help = "\
Examples:
  rapgrid db psql
  rapgrid db psql --write
  rapgrid db psql -- -c \"SELECT beta, energy_per_weight FROM phase_diagram WHERE dilution_1 = 0.4\"")]
    Psql {
        /// Allow changes; without it transactions are read-only unless they say otherwise
        #[arg(long)]
        write: bool,
        /// Arguments of psql
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Make, or bring up to date, a database role that reads results and nothing else
    #[command(after_help = "\
Examples:
  rapgrid db reader ana
  rapgrid db reader ana --statement-timeout 3600
  rapgrid db psql --write -- -c '\\password ana'       give it a password

The role may read the views and the tables of results, those of sweeps to come included. Run it again after an upgrade:
new views are then its to read as well.")]
    Reader {
        /// The role's name
        name: String,
        /// A query that takes longer is cancelled, in seconds; the role can change it for itself
        #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=2_000_000), value_name = "SECONDS")]
        statement_timeout: u32,
    },
    /// Stops the private server when nobody uses it any more (the program starts this itself)
    #[command(hide = true)]
    Guard {
        /// Where the private database lives
        directory: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WatchFormat {
    Text,
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid coordinator                                       for this machine alone
  rapgrid coordinator --metrics-listen 127.0.0.1:9400       with metrics for Prometheus
  rapgrid token submit > tokens; rapgrid token work >> tokens; chmod 600 tokens
  rapgrid coordinator --listen 10.0.0.5:7400 --tokens tokens --tls-certificate cert.pem --tls-key key.pem
  rapgrid coordinator --listen 10.0.0.5:7400 --tls-certificate cert.pem --tls-key key.pem --tls-client-ca ca.pem

The tokens file holds one ROLE TOKEN [LAST-DAY] a line. submit may do everything but work, work may compute, read may look.
It is read again when it changes.")]
pub(crate) struct CoordinatorOptions {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:7400", env = "RAPGRID_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Where to serve /metrics, /healthz and /readyz over HTTP [default: nowhere]. It shows names of sweeps and hosts
    /// to whoever asks
    #[arg(long, env = "RAPGRID_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// How long a lease lasts without a heartbeat, in seconds
    #[arg(long, default_value_t = 15.0, value_name = "SECONDS")]
    pub(crate) lease_seconds: f64,
    /// Attempts of a job before it rests as failed
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(i32).range(1..=1000), value_name = "N")]
    pub(crate) max_attempts: i32,
    /// Compute time that a job is cut to, in seconds of one core
    #[arg(long, default_value_t = 2.0, value_name = "SECONDS")]
    pub(crate) job_seconds: f64,
    /// Rows of a sweep that are accepted
    #[arg(long, default_value_t = coordinator::MAX_ROWS, value_name = "N")]
    pub(crate) max_rows: u64,
    /// File of the tokens that callers must show one of; its owner's alone
    #[arg(long, env = "RAPGRID_TOKENS", value_name = "FILE", hide_env_values = true)]
    pub(crate) tokens: Option<PathBuf>,
    /// Certificate for TLS, PEM, with those that lead to its root
    #[arg(
        long,
        env = "RAPGRID_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key",
        hide_env_values = true
    )]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's key, PEM
    #[arg(
        long,
        env = "RAPGRID_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate",
        hide_env_values = true
    )]
    pub(crate) tls_key: Option<PathBuf>,
    /// Serve only those who have a certificate of this authority, PEM
    #[arg(
        long,
        env = "RAPGRID_TLS_CLIENT_CA",
        value_name = "FILE",
        requires = "tls_certificate",
        hide_env_values = true
    )]
    pub(crate) tls_client_ca: Option<PathBuf>,
    /// Listen beyond this machine without asking who calls: whoever reaches the port may delete every sweep
    #[arg(long)]
    pub(crate) insecure_open: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WorkerOptions {
    /// The coordinator, or several of one database with commas between them: one that answers is called
    #[arg(long, env = "RAPGRID_COORDINATOR", default_value = crate::connection::DEFAULT_ADDRESS, value_name = "URL")]
    pub(crate) coordinator: String,
    #[command(flatten)]
    pub(crate) access: AccessOptions,
    /// Threads that compute [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Take only jobs of this sweep
    #[arg(long, value_name = "NAME")]
    pub(crate) sweep: Option<String>,
    /// End when no work is left
    #[arg(long)]
    pub(crate) exit_when_idle: bool,
    /// Where to serve /metrics, /healthz and /readyz over HTTP [default: nowhere]
    #[arg(long, env = "RAPGRID_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// On SIGTERM or Ctrl-C, how long to go on with jobs under way before giving them back, in seconds
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    pub(crate) grace_seconds: u32,
    /// End within this time: take no job that takes longer, and drain a grace time before it is over. Seconds, or
    /// HOURS:MINUTES:SECONDS or DAYS-HOURS:MINUTES:SECONDS as batch systems write it
    #[arg(long, value_name = "TIME", value_parser = time_limit)]
    pub(crate) time_limit: Option<Duration>,
}

/// Seconds, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS, as Slurm prints the time that a job has left.
fn time_limit(text: &str) -> Result<Duration, String> {
    let malformed = || format!("{text:?} is not a time; expected seconds, MM:SS, HH:MM:SS or D-HH:MM:SS");
    let number = |text: &str| text.parse::<u32>().map(u64::from).map_err(|_| malformed());
    let (days, clock) = text.split_once('-').map_or((None, text), |(days, clock)| (Some(days), clock));
    let mut fields = clock.split(':').map(number).collect::<Result<Vec<_>, _>>()?;
    if days.is_some() {
        // After days come hours, whatever follows.
        fields.resize(fields.len().max(3), 0);
    }
    if fields.len() > 3 {
        return Err(malformed());
    }
    let days = days.map_or(Ok(0), number)?;
    Ok(Duration::from_secs(days * 86_400 + fields.iter().fold(0, |total, field| total * 60 + field)))
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  (umask 077; rapgrid token submit > tokens; rapgrid token work --last-day 2027-01-31 >> tokens)
  RAPGRID_TOKEN=… rapgrid list          with the second word of a line; or --token-file with a file that holds it")]
pub(crate) struct TokenOptions {
    /// What its bearer may do: submit (everything but work), work (compute) or read (look)
    #[arg(value_parser = role)]
    pub(crate) role: Role,
    /// The last day on which it is good, in UTC [default: for ever]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) last_day: Option<String>,
}

fn role(name: &str) -> Result<Role, String> {
    let names = || Role::ALL.map(Role::name).join(", ");
    Role::from_name(name).ok_or_else(|| format!("the roles are {}", names()))
}

/// The SQL view of that name; dashes are what people type on a command line.
fn view(text: &str) -> Result<View, String> {
    let name = text.replace('-', "_");
    View::ALL.into_iter().find(|view| view.name() == name).ok_or_else(|| {
        let names: Vec<&str> = View::ALL.iter().map(|view| view.name()).collect();
        format!("the views are {}", names.join(", "))
    })
}

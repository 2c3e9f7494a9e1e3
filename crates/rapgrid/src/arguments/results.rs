//! Arguments of the commands that read results.

use super::address::CoordinatorAddress;
use super::format::OutputFormat;
use clap::{Args, Subcommand, ValueEnum};
use rust_decimal::Decimal;
use std::path::PathBuf;
use store::export::View;

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
    /// Text, or one JSON object a line
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub(crate) format: OutputFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Text with a header, for everything
    Csv,
    /// Parquet with zstd; the spec and what computed the rows stand in its footer
    Parquet,
    /// Arrow IPC: a file (Feather) with -o, a stream on standard output
    Arrow,
    /// One JSON object a line
    Json,
    /// The page of the sweep in one file, for a paper's supplement
    Html,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid export first-scan > first-scan.csv
  rapgrid export first-scan --view phase-diagram -o phases.csv
  rapgrid export first-scan --format parquet -o first-scan.parquet
  rapgrid export first-scan --format arrow --columns beta,curve,energy_per_weight -o energies.arrow
  rapgrid export first-scan --format html -o first-scan.html
  rapgrid export first-scan --coordinator https://lab:7400 -o first-scan.csv
  rapgrid export first-scan --all -o first-scan.rapgrid        for `rapgrid import`

A coordinator that is named sends the rows itself (by Arrow Flight, to whoever
may read): nobody needs a URL of its database.

With --all it is a tar archive (`tar xzf` unpacks it): manifest.json with the
specs, the tables as CSV, and SHA256SUMS. It is one moment of the sweep, also
while workers compute it; what is not finished then is to be done where it is
taken in.")]
pub(crate) struct ExportOptions {
    /// The sweep's name
    pub(crate) sweep: String,
    /// Which rows, by their SQL view: results, phase_diagram, differences, stable_branch, transitions,
    /// layer_overlaps, overlap_histograms, energy_histograms, degree_distribution, energy_levels, training_results,
    /// learning_curves, activation, robustness, training_cells, sweep_cells, sweep_programs [default: results, of
    /// trainings training_results]
    #[arg(long, value_parser = View::of_name, value_name = "VIEW")]
    pub(crate) view: Option<View>,
    /// The whole sweep, for `rapgrid import` in another database
    #[arg(long, requires = "output", conflicts_with_all = ["view", "columns", "unordered", "format"])]
    pub(crate) all: bool,
    /// Only these columns, in this order [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    pub(crate) columns: Vec<String>,
    /// In whatever order the rows come: sooner, where there are millions
    #[arg(long)]
    pub(crate) unordered: bool,
    /// The format [default: that of the ending of the file's name, else csv]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// Where to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) coordinator: CoordinatorAddress,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid import first-scan.rapgrid
  rapgrid import first-scan.rapgrid --as first-scan-of-ana

Where the same sweep is here already (of the same name, specs and numerics
revision), what it lacks is added, so that one half done here and another there
become a whole. Rows that both have must be equal, bit for bit, but for who
computed them and when. A file that is damaged, or does not fit, is refused,
with exit code 2, and changes nothing. Units that are not done are computed
here, by `rapgrid scan` of the spec (`rapgrid show` prints it) or by workers.")]
pub(crate) struct ImportOptions {
    /// What `rapgrid export SWEEP --all` wrote
    pub(crate) file: PathBuf,
    /// Take it in under this name
    #[arg(long = "as", value_name = "NAME")]
    pub(crate) name: Option<String>,
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

/// What takes the URL of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Driver {
    /// psql, psycopg, R, DuckDB and whatever else stands on PostgreSQL's own library
    Libpq,
    /// SQLAlchemy with psycopg (version 3)
    Sqlalchemy,
    /// asyncpg
    Asyncpg,
    /// ADBC's driver for PostgreSQL
    Adbc,
    /// Java; a private server takes junixsocket beside the driver
    Jdbc,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Print the database's URL; the private server runs as long as this command does with --hold
    #[command(after_help = "\
Examples:
  rapgrid db url --hold &                         for other programs, as long as this one runs
  psql \"$(rapgrid db url)\"                      where a database is named, or another command keeps it up
  rapgrid db url --for sqlalchemy                 postgresql+psycopg://…")]
    Url {
        /// Keep the private server running until interrupted
        #[arg(long)]
        hold: bool,
        /// In the form that a driver takes
        #[arg(long = "for", value_enum, default_value_t = Driver::Libpq, value_name = "DRIVER")]
        driver: Driver,
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
    /// Write all of rapgrid's tables to a file, by pg_dump
    #[command(after_help = "\
Examples:
  rapgrid db dump -o rapgrid.dump
  RAPGRID_POSTGRES_BIN=/usr/lib/postgresql/15/bin rapgrid db dump -o rapgrid.dump

The second names a version of PostgreSQL, the way through a major upgrade. What
is written is one moment of the database, also while it is in use, and a backup.
`rapgrid db load` reads it, with the same PostgreSQL or a later one.")]
    Dump {
        /// Where to write
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    /// Read what `db dump` wrote into a database that has no sweeps, by pg_restore
    #[command(after_help = "\
Example:
  rapgrid db load rapgrid.dump

The tables are then those of the database's user. Roles are not in a dump:
`rapgrid db reader` makes readers anew.")]
    Load {
        /// What `rapgrid db dump` wrote
        file: PathBuf,
    },
    /// Take the sums behind the means of a sweep again, from all of its rows
    #[command(after_help = "\
Examples:
  rapgrid db sum first-scan
  rapgrid db sum --all

Means over samples follow from sums that are kept as rows are recorded. Nothing makes this necessary unless somebody
changed rows by hand; it says whether the sums were those of the rows. What is recorded meanwhile waits for a moment.")]
    Sum {
        /// The sweep's name
        #[arg(required_unless_present = "all")]
        sweep: Option<String>,
        /// Every sweep, one after another
        #[arg(long, conflicts_with = "sweep")]
        all: bool,
    },
    /// Stops the private server when nobody uses it any more (the program starts this itself)
    #[command(hide = true)]
    Guard {
        /// Where the private database lives
        directory: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid cite first-scan                                   a paragraph for the methods section, and BibTeX
  rapgrid cite first-scan --format json | jq .methods       every setting")]
pub(crate) struct CiteOptions {
    /// The sweep's name
    pub(crate) sweep: String,
    /// Text, or one JSON object
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub(crate) format: OutputFormat,
}

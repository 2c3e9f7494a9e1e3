//! Arguments of the commands that read results.

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
    /// Which rows, by their SQL view: results, phase_diagram, differences, stable_branch, transitions,
    /// layer_overlaps, overlap_histograms, energy_histograms, degree_distribution, energy_levels
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

/// The SQL view of that name; dashes are what people type on a command line.
fn view(text: &str) -> Result<View, String> {
    let name = text.replace('-', "_");
    View::ALL.into_iter().find(|view| view.name() == name).ok_or_else(|| {
        let names: Vec<&str> = View::ALL.iter().map(|view| view.name()).collect();
        format!("the views are {}", names.join(", "))
    })
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

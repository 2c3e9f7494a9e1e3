//! Figures of the service, measured over real processes and a private PostgreSQL. `dev/service-figures` builds and runs
//! it.
//!
//! Every figure is taken at several sizes of the tables: a stage fills them, measures, and removes what it measured
//! with.

mod database;
mod jobs;
mod noop;
mod overhead;
mod peers;
mod stages;
mod table;
mod units;
mod views;

use database::Database;
use peers::Peers;
use stages::Scale;
use std::path::PathBuf;
use table::Table;

const USAGE: &str = "usage: service [--quick | --units] [--json FILE] [--peers FOLDER --scripts FOLDER]";

/// What the command line asks for.
struct Options {
    scale: Scale,
    json: Option<PathBuf>,
    peers: Option<Peers>,
}

fn main() {
    let options = parse(std::env::args().skip(1)).unwrap_or_else(|reason| {
        eprintln!("{reason}\n{USAGE}");
        std::process::exit(2)
    });
    let database = Database::start();
    let mut table = Table::default();
    stages::run(&database, options.scale, options.peers.as_ref(), &mut table);
    database.stop();
    print!("{}", table.text());
    if let Some(file) = options.json {
        std::fs::write(&file, table.json()).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let (mut scale, mut json, mut modules, mut scripts) = (Scale::Full, None, None, None);
    while let Some(argument) = arguments.next() {
        let mut file =
            || arguments.next().map(PathBuf::from).ok_or_else(|| format!("{argument} needs a path"));
        match argument.as_str() {
            "--quick" => scale = Scale::Quick,
            "--units" => scale = Scale::Units,
            "--json" => json = Some(file()?),
            "--peers" => modules = Some(file()?),
            "--scripts" => scripts = Some(file()?),
            other => return Err(format!("{other} is not known")),
        }
    }
    let peers = modules.zip(scripts).map(|(modules, scripts)| Peers { modules, scripts });
    Ok(Options { scale, json, peers })
}

//! `rapgrid ladder`: temperatures for replica exchange, from the acceptance that is measured on an instance.

use crate::arguments::{LadderOptions, OutputFormat};
use crate::commands::default_ladder::default_ladder;
use crate::commands::instance;
use crate::commands::numbers::read_betas;
use crate::commands::table::table;
use crate::exit::{BadInput, Exit};
use model::FactorGraph;
use model::random::Key;
use physics::replica_exchange::{ExchangeSettings, ReplicaExchange, replica_exchange};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::io::Write;
use sweep::decimal;

/// Overlaps are not looked at here.
const BINS: usize = 1;
/// Digits of the proposed β: a spec's β are exact decimals, and people read them.
const DIGITS: u32 = 3;

pub(crate) fn run(options: LadderOptions) -> anyhow::Result<Exit> {
    let graph = FactorGraph::new(&instance::read(&options.file)?);
    let keep = read_betas("--keep", &options.keep)?;
    let mut ladder = first_ladder(&options, &keep, graph.alpha())?;
    let mut found = measure(&graph, &options, &ladder, 0)?;
    for pass in 1..=options.passes {
        let proposed = found.proposed_ladder(options.acceptance);
        let next: BTreeSet<Decimal> =
            proposed.iter().filter_map(|&beta| rounded(beta)).chain(keep.iter().copied()).collect();
        let next: Vec<Decimal> = next.into_iter().collect();
        if next == ladder {
            break;
        }
        found = measure(&graph, &options, &next, u64::from(pass))?;
        ladder = next;
    }
    print(&options, &ladder, &found)?;
    Ok(Exit::Success)
}

/// The one that is given, or [`default_ladder`] up to the largest β to keep.
fn first_ladder(options: &LadderOptions, keep: &[Decimal], alpha: f64) -> Result<Vec<Decimal>, BadInput> {
    let given = read_betas("--ladder", &options.ladder)?;
    let last = keep.iter().chain(&given).copied().max().unwrap_or_default();
    if last <= Decimal::ZERO {
        return Err(BadInput("a ladder needs a β above 0: give --keep or --ladder".to_owned()));
    }
    let start = if given.is_empty() {
        default_ladder(last, alpha, DIGITS)
    } else {
        given.into_iter().collect::<BTreeSet<_>>()
    };
    Ok(start.into_iter().chain(keep.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect())
}

fn measure(
    graph: &FactorGraph,
    options: &LadderOptions,
    ladder: &[Decimal],
    pass: u64,
) -> Result<ReplicaExchange, BadInput> {
    let numbers = ladder.iter().map(|&beta| decimal::to_f64(beta)).collect();
    let settings = ExchangeSettings::new(numbers, options.runs, options.relax, options.rounds);
    let settings = settings.map_err(|error| BadInput(error.to_string()))?;
    let key = Key::derive("rapgrid ladder", &[&options.seed.to_string(), &pass.to_string()]);
    Ok(replica_exchange(graph, &settings, key, BINS))
}

fn rounded(beta: f64) -> Option<Decimal> {
    Decimal::from_f64_retain(beta).map(|beta| beta.round_dp(DIGITS).normalize())
}

fn print(options: &LadderOptions, ladder: &[Decimal], found: &ReplicaExchange) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if options.format == OutputFormat::Json {
        for (k, (beta, at)) in ladder.iter().zip(&found.temperatures).enumerate() {
            let line = serde_json::json!({
                "beta": decimal::to_f64(*beta), "swap_acceptance": found.acceptance.get(k),
                "tau_int": at.energy.tau_int, "r_hat": at.equilibration.r_hat,
                "equilibrated": at.equilibration.equilibrated,
            });
            writeln!(out, "{line}")?;
        }
        return Ok(());
    }
    let mut table = table(["β", "accepted with the next", "τ_int", "R̂", "equilibrated"], 0..5);
    for (k, (beta, at)) in ladder.iter().zip(&found.temperatures).enumerate() {
        table.add_row([
            decimal::to_text(*beta),
            found.acceptance.get(k).map_or(String::new(), |acceptance| format!("{acceptance:.3}")),
            format!("{:.1}", at.energy.tau_int),
            format!("{:.3}", at.equilibration.r_hat),
            if at.equilibration.equilibrated { "yes" } else { "no" }.to_owned(),
        ]);
    }
    let (trips, replicas) = (found.total_round_trips(), found.round_trips.len());
    let texts: Vec<String> = ladder.iter().map(|&beta| decimal::to_text(beta)).collect();
    writeln!(out, "{table}\n{trips} round trips of {replicas} replicas\n\nladder = [{}]", texts.join(", "))?;
    Ok(())
}

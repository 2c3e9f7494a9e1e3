//! The long mode of the chaos suite: `docs/chaos.md` says what it does.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;
use system_tests::chaos::{Kind, Suite, Verdict, plan_of};

const USAGE: &str = "\
chaos [--rounds N] [--seed SEED] [--kinds KIND,…]
chaos --soak MINUTES

  --rounds N       rounds, of seeds that follow one another [default: 100]
  --seed SEED      the first seed [default: 1]
  --kinds KIND,…   exactly these faults in every round, instead of those that the seed draws
  --soak MINUTES   no faults: load for so long, with the memory of coordinators and workers looked at each second";

struct Options {
    rounds: u64,
    seed: u64,
    kinds: Vec<Kind>,
    soak: Option<Duration>,
}

fn main() -> ExitCode {
    let done = options().and_then(|options| {
        let suite = Suite::new()?;
        options.soak.map_or_else(|| Ok(run(&suite, &options)), |time| soak(&suite, time))
    });
    match done {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options { rounds: 100, seed: 1, kinds: Vec::new(), soak: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or(USAGE)?;
        let number = || value.parse::<u64>().map_err(|_| format!("{word} {value:?} is no number"));
        match word.as_str() {
            "--rounds" => options.rounds = number()?,
            "--seed" => options.seed = number()?,
            "--soak" => options.soak = Some(Duration::from_secs(60 * number()?)),
            "--kinds" => options.kinds = kinds(&value)?,
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

fn kinds(names: &str) -> Result<Vec<Kind>, String> {
    let known = Kind::ALL.map(Kind::name).join(", ");
    let kind = |name| Kind::named(name).ok_or_else(|| format!("there is no {name:?}; there are {known}"));
    names.split(',').map(kind).collect()
}

/// Runs the rounds and says how each went; returns how many failed.
fn run(suite: &Suite, options: &Options) -> usize {
    for kind in Kind::ALL {
        if let Some(reason) = suite.skips(kind) {
            println!("skipped in every round: {}: {reason}", kind.name());
        }
    }
    let mut failed = Vec::new();
    let mut met: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in options.seed..options.seed + options.rounds {
        let verdict = round(suite, options, seed);
        println!("{verdict}");
        for event in &verdict.outcome.events {
            *met.entry(
                Kind::ALL.map(Kind::name).into_iter().find(|name| event.starts_with(name)).unwrap_or(""),
            )
            .or_default() += 1;
        }
        if !verdict.outcome.failures.is_empty() {
            failed.push(seed);
        }
    }
    let met: Vec<String> = met.iter().map(|(name, count)| format!("{count} {name}")).collect();
    println!("{} rounds, {} failed: {failed:?}; {}", options.rounds, failed.len(), met.join(", "));
    failed.len()
}

/// Soaks and says what is wrong; returns how much is.
fn soak(suite: &Suite, time: Duration) -> Result<usize, String> {
    let failures = suite.soak(time)?;
    failures.iter().for_each(|failure| println!("FAILED: {failure}"));
    Ok(failures.len())
}

fn round(suite: &Suite, options: &Options, seed: u64) -> Verdict {
    if options.kinds.is_empty() {
        suite.round(seed)
    } else {
        suite.round_of(seed, &plan_of(seed, &options.kinds))
    }
}

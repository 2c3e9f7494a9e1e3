//! Arguments of the commands for single instances.

use super::format::OutputFormat;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid solve net.json --beta 0.3,0.8
  rapgrid solve net.json --beta 0.5 --method bp --format json | jq .log_z_per_weight
  rapgrid solve net.json --beta 1.2 --method mc --runs 16 --relax 2000 --measure 10000
  rapgrid solve net.json --method degrees,levels --overlaps 0,0.5,1")]
pub(crate) struct SolveOptions {
    /// The instance file, rap-instance/1, or NumPy's .npz of masks or weights
    pub(crate) file: PathBuf,
    /// Inverse temperatures; needed by all methods but degrees and levels
    #[arg(long, value_delimiter = ',', value_name = "β,…", allow_negative_numbers = true)]
    pub(crate) beta: Vec<String>,
    /// Methods: exact, bp, mc, anneal, replica_exchange, bp_reduced, reduced_mc, degrees, levels [default: exact,bp,mc,
    /// without exact where that takes too long]
    #[arg(long, value_delimiter = ',', value_name = "METHOD,…")]
    pub(crate) method: Vec<String>,
    /// A table, or one JSON object a line
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub(crate) format: OutputFormat,
    /// Seed of all random numbers
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub(crate) seed: u64,
    /// mc, anneal, replica_exchange, reduced_mc: independent runs [default: as in a spec, 4; anneal 8]
    #[arg(long, value_name = "N", value_parser = whole::<u32>)]
    pub(crate) runs: Option<u32>,
    /// mc, replica_exchange, reduced_mc: MC sweeps of each run before measuring [default: as in a spec, 500; reduced_mc
    /// 100]
    #[arg(long, value_name = "N", value_parser = whole::<u32>)]
    pub(crate) relax: Option<u32>,
    /// mc, replica_exchange, reduced_mc: MC sweeps of each run that are measured [default: as in a spec, 2000;
    /// reduced_mc 1000]
    #[arg(long, value_name = "N", value_parser = whole::<u32>)]
    pub(crate) measure: Option<u32>,
    /// anneal: step of the schedule from β = 0 [default: as in a spec, 0.05]
    #[arg(long, value_name = "Δβ")]
    pub(crate) beta_step: Option<String>,
    /// anneal: MC sweeps at each step [default: as in a spec, 20]
    #[arg(long, value_name = "N", value_parser = whole::<u32>)]
    pub(crate) mc_sweeps: Option<u32>,
    /// replica_exchange, reduced_mc: temperatures, increasing, the --beta among them [default: 20 even
    /// steps to β = 1 or 1/α, from there each 1.15 times as long as the last, up to the largest --beta; and the --beta]
    #[arg(long, value_delimiter = ',', value_name = "β,…", allow_negative_numbers = true)]
    pub(crate) ladder: Vec<String>,
    /// bp, bp_reduced: iterations before giving up [default: as in a spec, 50000]
    #[arg(long, value_name = "N", value_parser = whole::<u32>)]
    pub(crate) max_iterations: Option<u32>,
    /// exact: configurations to visit at most, up to 2^34
    #[arg(long, default_value_t = 1 << 30, value_name = "N", value_parser = whole::<u64>)]
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
    #[arg(long, value_name = "N", value_parser = whole::<u32>)]
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
    /// The instance file, rap-instance/1, or NumPy's .npz of masks or weights
    pub(crate) file: PathBuf,
    /// β that must stand on the ladder, such as those of the sweep; the largest is its end
    #[arg(long, value_delimiter = ',', value_name = "β,…", allow_negative_numbers = true)]
    pub(crate) keep: Vec<String>,
    /// The ladder to begin with [default: 20 even steps to β = 1 or 1/α, from there each 1.15 times as long as the
    /// last]
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
  rapgrid instance --from trained.npz --input 0,1,2 -o 'net-{input}-{output}.json'

With the same seed, sample, widths, ensemble and couplings the network at a larger dilution or a smaller activation is
a part of that at a smaller or larger one, path by path and sign by sign.

A trained network is an archive of NumPy's: weight_1 … weight_L, n_(l−1) × n_l, bias_1 … bias_L where there are any, and
inputs, a row for each. Its instance at an input has the paths along weights that are not 0 through the hidden units
that are active there, and as ξ the signs of the input.")]
pub(crate) struct InstanceOptions {
    /// Describe this instance file (or .npz) instead of drawing one
    #[arg(conflicts_with_all = ["widths", "activation", "dilution", "ensemble", "couplings", "output"])]
    pub(crate) file: Option<PathBuf>,
    /// Widths n_0,…,n_L; the last is 1
    #[arg(long, value_delimiter = ',', required_unless_present_any = ["file", "from"], value_name = "n,…")]
    pub(crate) widths: Vec<u32>,
    /// Make the instances of a trained network with rectified hidden units at its inputs
    #[arg(long, value_name = "NETWORK.npz",
          conflicts_with_all = ["file", "widths", "activation", "dilution", "ensemble", "couplings", "seed", "sample"])]
    pub(crate) from: Option<PathBuf>,
    /// Which inputs of the network, by their rows [default: 0]
    #[arg(long, value_delimiter = ',', value_name = "ROW,…", requires = "from")]
    pub(crate) input: Vec<usize>,
    /// Which output units, an instance for each [default: all]
    #[arg(long, value_delimiter = ',', value_name = "UNIT,…", requires = "from")]
    pub(crate) output_unit: Vec<usize>,
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
    /// Where to write the instance, {input} and {output} for their numbers [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// How it is described: for people, or as one JSON object
    #[arg(long, value_enum, default_value_t = OutputFormat::Table)]
    pub(crate) format: OutputFormat,
}

/// A whole number, large ones as `1e9`, too.
fn whole<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = sweep::decimal::parse(text).ok().filter(rust_decimal::Decimal::is_integer);
    let number =
        number.and_then(|number| u64::try_from(number).ok()).and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("{text} is not a whole number, such as 2000 or 1e9, or is too large"))
}

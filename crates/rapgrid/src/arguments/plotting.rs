//! Arguments of `rapgrid plot`.

use clap::{Args, ValueEnum};
use report::{By, Condition, Quantity};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rapgrid plot first-scan
      the default set, into results/first-scan
  rapgrid plot first-scan --width 86mm --format svg,pdf
      the same for a journal's column
  rapgrid plot first-scan --quantity energy_per_weight --hue beta
      all β in one panel
  rapgrid plot first-scan --quantity energy_difference --where method=bp
      what BP is off by
  rapgrid plot first-scan --quantity overlap --x beta \\
      --hue dilution_1 --where dilution_1=0,0.4,0.8
  rapgrid plot small large --quantity overlap --where beta=0.8 \\
      --hue widths -o overlap.pdf

With any of --quantity, --x, --hue, --panel and --where, and with several
sweeps, there is one figure for each quantity. What is left open is chosen:
along x the axis with most values, a panel for every β, colours by what else
varies. Axes have the names of the spec: beta, dilution_1, activation_1,
widths, couplings, ensemble, instance; and there are method, branch, sweep,
and the widths of layers, n_0, n_1, …")]
pub(crate) struct PlotOptions {
    /// The sweeps' names
    #[arg(required = true, value_name = "SWEEP")]
    pub(crate) sweeps: Vec<String>,
    /// What to draw, by columns of SQL and CSV, such as energy_per_weight, log_z_difference or specific_heat
    #[arg(long, value_delimiter = ',', value_parser = quantity, value_name = "QUANTITY,…")]
    pub(crate) quantity: Vec<Quantity>,
    /// The horizontal axis
    #[arg(long, value_name = "AXIS")]
    pub(crate) x: Option<By>,
    /// What colours tell apart
    #[arg(long, value_name = "AXIS")]
    pub(crate) hue: Option<By>,
    /// What panels tell apart
    #[arg(long, value_name = "AXIS")]
    pub(crate) panel: Option<By>,
    /// Only rows with one of these values; several of these options narrow it further
    #[arg(long = "where", value_name = "AXIS=VALUE,…")]
    pub(crate) conditions: Vec<Condition>,
    /// The kinds of file
    #[arg(long, value_enum, value_delimiter = ',', default_value = "svg,png", value_name = "FORMAT,…")]
    pub(crate) format: Vec<FigureFormat>,
    /// The figures' width, such as 86mm; the smallest type has 6 pt, whatever it is
    #[arg(long, value_parser = millimetres)]
    pub(crate) width: Option<f64>,
    /// The figures' height, such as 60mm; of many panels more [default: what they need]
    #[arg(long, value_parser = millimetres)]
    pub(crate) height: Option<f64>,
    /// The figures' title [default: the sweeps' names]
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Where the figures go: a directory, or for a single one a file [default: results/NAME]
    #[arg(long, short, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FigureFormat {
    Svg,
    Png,
    Pdf,
}

impl PlotOptions {
    /// Whether figures of one's own are asked for.
    pub(crate) fn is_asked(&self) -> bool {
        let chosen = [self.x, self.hue, self.panel].iter().any(Option::is_some);
        chosen || self.sweeps.len() > 1 || !self.quantity.is_empty() || !self.conditions.is_empty()
    }
}

impl From<FigureFormat> for report::Format {
    fn from(format: FigureFormat) -> Self {
        match format {
            FigureFormat::Svg => report::Format::Svg,
            FigureFormat::Png => report::Format::Png,
            FigureFormat::Pdf => report::Format::Pdf,
        }
    }
}

fn quantity(name: &str) -> Result<Quantity, String> {
    let names = || Quantity::ALL.map(Quantity::column).join(", ");
    Quantity::named(name).ok_or_else(|| format!("there is no quantity `{name}`; these are: {}", names()))
}

/// A length in mm, with or without its unit; also in cm.
fn millimetres(text: &str) -> Result<f64, String> {
    const BETWEEN: std::ops::RangeInclusive<f64> = 30.0..=1000.0;
    let (number, scale) = match text.strip_suffix("cm") {
        Some(number) => (number, 10.0),
        None => (text.strip_suffix("mm").unwrap_or(text), 1.0),
    };
    let length = number.trim().parse::<f64>().ok().map(|number| number * scale);
    length
        .filter(|length| BETWEEN.contains(length))
        .ok_or("a length from 30mm to 1000mm is needed, such as 86mm".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_in_mm_unless_they_say_cm() {
        for text in ["86", "86mm", "86 mm", "8.6cm"] {
            assert!((millimetres(text).unwrap() - 86.0).abs() < 1e-9, "{text}");
        }
        for wrong in ["", "wide", "3", "86in", "-86", "nan", "1e9"] {
            assert!(millimetres(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_quantity_that_does_not_exist_is_answered_with_those_that_do() {
        let message = quantity("enrgy").unwrap_err();
        assert!(
            message.starts_with("there is no quantity `enrgy`; these are: energy_per_weight, "),
            "{message}"
        );
    }
}

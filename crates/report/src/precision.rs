//! Which mean is known worst, and what would make it better.

use crate::axis::{Shown, all_axes, values};
use sweep::axis::AxisName;
use sweep::measurement::PhasePoint;

/// Above this share of a squared error, what makes it is most of it.
const MOST: f64 = 2.0 / 3.0;

/// The largest standard error of a mean energy, where it is, and whether more samples or more MC sweeps would make it
/// smaller; nothing where no mean has an error.
///
/// The squared error over samples is the sum of two: what the samples differ by, and what each sample's own error adds,
/// which Monte Carlo tells. Twice the samples halve the sum, twice the MC sweeps the second part alone.
pub fn largest_error(points: &[PhasePoint]) -> Option<String> {
    let error = |point: &PhasePoint| point.energy_standard_error.or(point.energy_statistical_error);
    let with_errors = points.iter().filter_map(|point| Some((point, error(point)?)));
    let (worst, error) =
        with_errors.filter(|(_, error)| error.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1))?;
    if error <= 0.0 {
        return None;
    }
    let branch = worst.branch.map_or(String::new(), |branch| format!(" {}", branch.name()));
    let mut text = format!(
        "largest error of a mean energy: {error:.1e}, of {}{branch}{}; {}",
        worst.method,
        place(worst, points),
        remedy(worst, error)
    );
    if worst.unequilibrated > 0 {
        text += &format!(
            "; {} of its samples are not in equilibrium, which no error tells",
            worst.unequilibrated
        );
    }
    Some(text)
}

/// ` at dilution_1 = 0.2, beta = 4`: of the axes that vary.
fn place(of: &PhasePoint, points: &[PhasePoint]) -> String {
    let all: Vec<&PhasePoint> = points.iter().collect();
    let varies = |axis: &AxisName| values(*axis, &all).len() > 1;
    let axes = all_axes(&all).into_iter().filter(varies);
    let text: Vec<String> = axes.map(|axis| axis.equation(&axis.value(of))).collect();
    if text.is_empty() { String::new() } else { format!(" at {}", text.join(", ")) }
}

fn remedy(point: &PhasePoint, error: f64) -> String {
    let own = point.energy_statistical_error.unwrap_or(0.0);
    let share = own * own / (error * error);
    if point.energy_standard_error.is_none() {
        return "it is Monte Carlo's own, of a single sample: more MC sweeps reduce it, and what samples differ by is not \
                known"
            .to_owned();
    }
    let samples = point.samples;
    if share > MOST {
        format!("most of it is Monte Carlo's own ({own:.1e}): more MC sweeps reduce it")
    } else if share < 1.0 - MOST {
        format!("it is what {samples} samples differ by: only more samples reduce it")
    } else {
        format!(
            "Monte Carlo's own part is {own:.1e}, the rest what {samples} samples differ by: more of either reduces it"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    fn point(beta: i64, total: Option<f64>, own: Option<f64>) -> PhasePoint {
        PhasePoint {
            beta: Decimal::from(beta),
            method: "mc".to_owned(),
            samples: 8,
            energy_standard_error: total,
            energy_statistical_error: own,
            ..PhasePoint::default()
        }
    }

    #[test]
    fn the_worst_mean_is_named_with_what_makes_it_better() {
        let said = |total, own| largest_error(&[point(1, Some(1e-4), None), point(2, total, own)]).unwrap();
        let by_samples = said(Some(0.02), Some(0.004));
        assert!(by_samples.starts_with("largest error of a mean energy: 2.0e-2, of mc at "), "{by_samples}");
        assert!(
            by_samples.ends_with("it is what 8 samples differ by: only more samples reduce it"),
            "{by_samples}"
        );
        assert!(said(Some(0.02), Some(0.019)).ends_with("own (1.9e-2): more MC sweeps reduce it"));
        assert!(said(Some(0.02), Some(0.014)).ends_with("more of either reduces it"));
        assert!(said(None, Some(0.02)).contains("of a single sample"));
    }

    #[test]
    fn nothing_is_said_where_nothing_has_an_error() {
        assert_eq!(largest_error(&[]), None);
        assert_eq!(largest_error(&[point(1, None, None), point(2, Some(f64::NAN), None)]), None);
        assert_eq!(largest_error(&[point(1, Some(0.0), None)]), None);
    }
}

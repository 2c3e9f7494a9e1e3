//! Curves: the rows of one method and branch along the horizontal axis.

use crate::axis::Shown;
use crate::canvas::{Canvas, Point};
use crate::frame::Frame;
use crate::legend::{Method, Methods};
use crate::marks::{ORDERED, draw_ringed, draw_strike, lacking, lone};
use crate::quantity::Quantity;
use crate::style::{Color, Dash, Look, Marker, Stroke, solid};
use sweep::axis::AxisName;
use sweep::measurement::{Branch, PhasePoint};

/// Half the width of an error bar's caps, in pixels.
const CAP: f64 = 2.2;

/// One curve.
#[derive(Debug)]
pub(crate) struct Series<'m> {
    pub(crate) method: &'m Method,
    pub(crate) color: Color,
    /// Ascending in x. A row without a value interrupts the line.
    pub(crate) samples: Vec<Sample>,
}

/// One point of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    pub(crate) x: f64,
    pub(crate) y: Option<f64>,
    /// The spread over disorder samples.
    pub(crate) error: Option<f64>,
    /// Monte Carlo's own part of it.
    pub(crate) own: Option<f64>,
    /// Not all of its samples are in equilibrium.
    pub(crate) is_doubtful: bool,
    /// The share of samples whose BP did not converge, so that they are in no mean.
    pub(crate) unresolved: f64,
    pub(crate) over: Over,
}

/// Over which samples a mean is, beside those that did not converge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// All that have paths.
    All,
    /// Those that have the ordered branch.
    Ordered,
    /// Some: those that the exact method could solve, where it is compared with.
    Some,
}

/// The curves of these rows that have at least one value, from the bottom to the top.
pub(crate) fn series_of<'m>(
    points: &[&PhasePoint],
    x: AxisName,
    methods: &'m Methods,
    quantity: Quantity,
) -> Vec<Series<'m>> {
    let of_method = |method: &'m Method| {
        let rows = points.iter().filter(|p| method.made(p));
        let sample = |p: &&PhasePoint| {
            let (error, own) = (quantity.error(p), quantity.own_error(p));
            let is_doubtful = p.equilibrated.is_some_and(|settled| settled < p.samples);
            let unresolved = if quantity.is_of_resolved() { unresolved_share(p) } else { 0.0 };
            Some(Sample {
                x: x.value(p).number()?,
                y: quantity.value(p),
                error,
                own,
                is_doubtful,
                unresolved,
                over: if quantity.is_of_resolved() { over(p, quantity) } else { Over::All },
            })
        };
        let mut samples: Vec<Sample> = rows.filter_map(sample).collect();
        samples.sort_by(|a, b| a.x.total_cmp(&b.x).then(b.y.is_some().cmp(&a.y.is_some())));
        // Where there is a value, no row without one interrupts the line.
        samples.dedup_by(|later, earlier| later.x == earlier.x && later.y.is_none() && earlier.y.is_some());
        Series { method, color: method.look.color, samples }
    };
    methods.iter().map(of_method).filter(|s| s.samples.iter().any(|p| p.y.is_some())).collect()
}

impl Series<'_> {
    /// The points that have a value, in runs without a gap.
    pub(crate) fn runs(&self) -> Vec<Vec<(f64, f64)>> {
        let gaps = self.samples.split(|s| s.y.is_none());
        let run = |run: &[Sample]| run.iter().filter_map(|s| Some((s.x, s.y?))).collect();
        gaps.map(run).filter(|run: &Vec<_>| !run.is_empty()).collect()
    }

    /// Whether some drawn point is not in equilibrium.
    pub(crate) fn has_doubtful(&self) -> bool {
        self.samples.iter().any(|s| s.is_doubtful && s.y.is_some())
    }

    /// Whether some drawn point is a mean over these samples.
    pub(crate) fn has_means(&self, over: Over) -> bool {
        self.samples.iter().any(|s| s.over == over && s.y.is_some())
    }

    /// How the method is drawn here.
    pub(crate) fn look(&self) -> Look {
        Look { color: self.color, ..self.method.look }
    }

    /// The largest share of samples that a drawn point lacks because their BP did not converge.
    pub(crate) fn unresolved(&self) -> f64 {
        self.samples.iter().filter(|s| s.y.is_some()).map(|s| s.unresolved).fold(0.0, f64::max)
    }

    /// The values with the ends of their error bars.
    pub(crate) fn extent(&self) -> impl Iterator<Item = f64> {
        self.samples
            .iter()
            .filter_map(|s| Some((s.y?, s.error.or(s.own).unwrap_or(0.0))))
            .flat_map(|(y, e)| [y - e, y + e])
    }

    /// Draws the curve.
    pub(crate) fn draw(&self, canvas: &Canvas, frame: &Frame) {
        for run in self.runs() {
            let line: Vec<Point> = run.iter().map(|&(x, y)| frame.at(x, y)).collect();
            let Look { line: Some((dash, width)), marker, color } = self.look() else { continue };
            canvas.line(&line, Stroke { color, width, dash });
            if let (&[only], None) = (&line[..], marker) {
                canvas.marker(only, lone(dash == Dash::Dashed), color);
            }
        }
        self.draw_points(canvas, frame);
    }

    /// Draws the markers and error bars alone.
    pub(crate) fn draw_points(&self, canvas: &Canvas, frame: &Frame) {
        self.samples.iter().for_each(|sample| self.draw_point(canvas, frame, sample));
    }

    fn draw_point(&self, canvas: &Canvas, frame: &Frame, sample: &Sample) {
        let Some(y) = sample.y else { return };
        let (at, look, color) = (frame.at(sample.x, y), &self.method.look, self.color);
        let reach = |error: f64| [frame.at(sample.x, y - error), frame.at(sample.x, y + error)];
        // What the mark hides is not drawn.
        let is_seen = |ends: &[Point; 2]| ends[0].1 - ends[1].1 > 2.0 * look.marker.map_or(1.5, |m| m.radius);
        if let Some(ends) = sample.error.map(reach).filter(is_seen) {
            error_bar(canvas, ends, color);
        }
        if let Some(ends) = sample.own.map(reach).filter(is_seen) {
            canvas.line(&ends, solid(color, 2.6));
        }
        let look = Look { marker: self.marker(sample), ..self.look() };
        match (sample.over, look.marker) {
            (Over::Some, _) => draw_ringed(canvas, at, look),
            (_, Some(marker)) => canvas.marker(at, marker, color),
            (_, None) => (),
        }
        if sample.is_doubtful {
            draw_strike(canvas, at, look);
        }
    }

    /// The marker of a point.
    fn marker(&self, sample: &Sample) -> Option<Marker> {
        let own = self.method.look.marker;
        match sample.over {
            Over::Ordered => Some(ORDERED),
            _ if sample.unresolved > 0.0 => Some(lacking(own)),
            _ => own,
        }
    }
}

/// An error bar with its caps, upright or level.
pub(crate) fn error_bar(canvas: &Canvas, ends: [Point; 2], color: Color) {
    let stroke = solid(color, 1.0);
    canvas.line(&ends, stroke);
    let (dx, dy) = if ends[0].0 == ends[1].0 { (CAP, 0.0) } else { (0.0, CAP) };
    for (x, y) in ends {
        canvas.line(&[(x - dx, y - dy), (x + dx, y + dy)], stroke);
    }
}

/// What an error bar is, in words.
pub(crate) const BARS: &str =
    "bars: ± 1 s.e. over disorder samples (the same samples at every β), where visible";

/// What the bars of these curves are, in words.
pub(crate) fn bars<'s, 'm: 's>(series: impl Iterator<Item = &'s Series<'m>> + Clone) -> Vec<String> {
    let has = |of: fn(&Sample) -> Option<f64>| {
        series.clone().any(|s| s.samples.iter().any(|p| p.y.and(of(p)).is_some()))
    };
    let mut words = Vec::new();
    if has(|sample| sample.error) {
        words.push(BARS.to_owned());
    }
    if has(|sample| sample.own) {
        words.push("thick part of a bar: Monte Carlo’s own error".to_owned());
    }
    words
}

/// The share of the samples with paths whose BP did not converge.
fn unresolved_share(point: &PhasePoint) -> f64 {
    let asked = point.samples_of - point.empty;
    if asked > 0 { point.unresolved as f64 / asked as f64 } else { 0.0 }
}

/// Over which samples the mean of a row is.
fn over(point: &PhasePoint, quantity: Quantity) -> Over {
    if point.samples + point.unresolved >= point.samples_of - point.empty {
        Over::All
    } else if point.branch == Some(Branch::Polarised) && !quantity.is_difference() {
        Over::Ordered
    } else {
        Over::Some
    }
}

/// The line, or a short one through its only point.
pub(crate) fn visible(line: Vec<Point>) -> Vec<Point> {
    match line[..] {
        [(x, y)] => vec![(x - 5.0, y), (x + 5.0, y)],
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::point;

    #[test]
    fn a_row_without_a_value_interrupts_the_line() {
        let rows: Vec<_> = ["1", "2", "3", "4"]
            .into_iter()
            .map(|beta| {
                let mut row = point("c", beta, "exact", None);
                row.energy_per_weight = (beta != "2").then_some(-1.0);
                row
            })
            .collect();
        let methods = Methods::of(&rows);
        let series = series_of(&rows.iter().collect::<Vec<_>>(), AxisName::Beta, &methods, Quantity::Energy);
        assert_eq!(series[0].runs(), [vec![(1.0, -1.0)], vec![(3.0, -1.0), (4.0, -1.0)]]);
    }

    #[test]
    fn a_mean_that_lacks_samples_which_did_not_converge_says_of_how_many() {
        let mut row = point("c", "1", "bp", Some(sweep::measurement::Branch::Polarised));
        (row.energy_per_weight, row.iterations) = (Some(-1.0), Some(50.0));
        (row.samples, row.samples_of, row.empty, row.unresolved) = (12, 20, 4, 4);
        let methods = Methods::of(std::slice::from_ref(&row));
        let of = |quantity| series_of(&[&row], AxisName::Beta, &methods, quantity)[0].unresolved();
        assert_eq!((of(Quantity::Energy), of(Quantity::Iterations)), (0.25, 0.0));
    }

    #[test]
    fn a_mean_over_fewer_samples_says_over_which() {
        let mut row = point("c", "1", "bp", Some(Branch::Polarised));
        (row.energy_per_weight, row.samples, row.samples_of) = (Some(-1.0), 12, 20);
        let methods = Methods::of(std::slice::from_ref(&row));
        let of = |row: &PhasePoint, quantity| {
            series_of(&[row], AxisName::Beta, &methods, quantity)[0].samples[0].over
        };
        assert_eq!(of(&row, Quantity::Energy), Over::Ordered);
        assert_eq!(of(&row, Quantity::EnergyDifference), Over::Some);
        row.unresolved = 8;
        assert_eq!(of(&row, Quantity::Energy), Over::All, "said of those that did not converge");
    }

    #[test]
    fn the_only_point_of_a_line_is_a_mark_within_the_frame() {
        let mut row = point("c", "1", "bp", Some(Branch::Polarised));
        row.energy_per_weight = Some(-1.0);
        let methods = Methods::of(std::slice::from_ref(&row));
        let series = series_of(&[&row], AxisName::Beta, &methods, Quantity::Energy);
        let area = crate::canvas::Area { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 };
        let (x, y) =
            (crate::frame::Span { low: 0.0, high: 2.0 }, crate::frame::Span { low: -2.0, high: 0.0 });
        let frame = Frame { area, x, y, logarithmic: (false, false) };
        let drawn = crate::canvas::svg((100.0, 100.0), "", |canvas| series[0].draw(canvas, &frame));
        assert!(drawn.contains("<circle cx=\"50\"") && !drawn.contains("<polyline"), "{drawn}");
    }

    #[test]
    fn a_method_without_any_value_has_no_curve() {
        let row = point("c", "1", "mc", None);
        let methods = Methods::of(std::slice::from_ref(&row));
        assert!(series_of(&[&row], AxisName::Beta, &methods, Quantity::Entropy).is_empty());
    }
}

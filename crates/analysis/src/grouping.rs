//! From the rows of a sweep to the lines through its grid.

use crate::control::MeanAlpha;
use crate::line::{Line, Sample};
use crate::transition::find;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use sweep::CellParameters;
use sweep::axis::AxisName;
use sweep::decimal::to_f64;
use sweep::measurement::Branch;
use sweep::transition::{BranchRow, GridLine, Transition};

/// Fewer points make no line: two bracket a transition.
const LEAST_POINTS: usize = 2;

/// The rows of one method with branches, gathered one by one: some 100 bytes for each sample at each point, whatever
/// their order.
#[derive(Debug)]
pub struct MethodRows<'a> {
    method: &'a str,
    cells: &'a HashMap<i64, CellParameters>,
    /// By cell and β: samples with their numbers.
    points: HashMap<(i64, Decimal), Vec<(i32, Sample)>>,
}

/// A point of the grid and its samples.
type Point<'r> = (&'r CellParameters, Decimal, &'r [(i32, Sample)]);

impl<'a> MethodRows<'a> {
    /// None yet. `cells` are those of the sweep, by their numbers.
    pub fn new(method: &'a str, cells: &'a HashMap<i64, CellParameters>) -> Self {
        Self { method, cells, points: HashMap::new() }
    }

    /// Takes a row; that of a cell which is not among those given lies on no line.
    pub fn add(&mut self, row: &BranchRow) {
        if !self.cells.contains_key(&row.cell_id) {
            return;
        }
        let samples = self.points.entry((row.cell_id, row.beta)).or_default();
        let place = samples.binary_search_by_key(&row.sample, |sample| sample.0).unwrap_or_else(|place| {
            samples.insert(place, (row.sample, Sample::default()));
            place
        });
        let sample = &mut samples[place].1;
        sample.alpha = row.alpha;
        match row.branch {
            Branch::Paramagnetic => sample.paramagnetic = row.end,
            Branch::Polarised => sample.polarised = row.end,
        }
    }

    /// What happens along every line of at least two points through the grid, along each of its axes that vary.
    pub fn transitions(&self) -> impl Iterator<Item = Transition> {
        let points: Vec<Point<'_>> = self
            .points
            .iter()
            .map(|((cell, beta), samples)| (&self.cells[cell], *beta, &samples[..]))
            .collect();
        let axes = varying_axes(&points);
        let along = |axis| lines_along(axis, &axes, &points).into_iter().map(move |line| (axis, line));
        let lines: Vec<_> = axes.iter().copied().flat_map(along).collect();
        // Lines that cross in a cell ask for the same mean.
        let mut means: HashMap<i64, Option<MeanAlpha>> = HashMap::new();
        lines.into_iter().map(move |(axis, (structure, fixed, points))| {
            let cells: Vec<&CellParameters> = points.values().map(|point| point.0).collect();
            let line = rows(points);
            let mut mean_alpha = |place: usize| {
                let cell = cells[place];
                *means.entry(cell.cell_id).or_insert_with(|| MeanAlpha::of(cell, line.samples.len()))
            };
            find(GridLine { method: self.method.to_owned(), axis, structure, fixed }, &line, &mut mean_alpha)
        })
    }
}

fn value(axis: AxisName, point: &Point<'_>) -> Option<Decimal> {
    if axis == AxisName::Beta { Some(point.1) } else { point.0.number(axis) }
}

/// The axes with more than one value; of axes that advance together only the first.
fn varying_axes(points: &[Point<'_>]) -> Vec<AxisName> {
    let depth = points.iter().map(|point| point.0.dilution.len()).max().unwrap_or(0);
    let candidates = (1..=depth)
        .map(AxisName::Dilution)
        .chain((1..depth).map(AxisName::Activation))
        .chain([AxisName::Beta])
        .filter(|&axis| distinct(points, &[axis]) > 1);
    let mut axes: Vec<AxisName> = Vec::new();
    for axis in candidates {
        let count = distinct(points, &[axis]);
        let is_zipped = |&other: &AxisName| {
            distinct(points, &[other]) == count && distinct(points, &[other, axis]) == count
        };
        if !axes.iter().any(is_zipped) {
            axes.push(axis);
        }
    }
    axes
}

fn distinct(points: &[Point<'_>], axes: &[AxisName]) -> usize {
    let values = points.iter().map(|point| axes.iter().map(|&axis| value(axis, point)).collect::<Vec<_>>());
    values.collect::<BTreeSet<_>>().len()
}

/// The points along a line by their place on it.
type Along<'r> = BTreeMap<Decimal, Point<'r>>;

/// The lines along an axis: their structure, what is fixed on them, and their points.
fn lines_along<'r>(
    axis: AxisName,
    axes: &[AxisName],
    points: &[Point<'r>],
) -> Vec<(String, BTreeMap<AxisName, Decimal>, Along<'r>)> {
    let mut lines: BTreeMap<_, Along<'r>> = BTreeMap::new();
    for point in points {
        let Some(x) = value(axis, point) else { continue };
        let others = axes.iter().filter(|&&other| other != axis);
        let fixed: BTreeMap<_, _> = others.filter_map(|&other| Some((other, value(other, point)?))).collect();
        lines.entry((point.0.structure(), fixed)).or_default().insert(x, *point);
    }
    let lines = lines.into_iter().filter(|(_, points)| points.len() >= LEAST_POINTS);
    lines.map(|((structure, fixed), points)| (structure, fixed, points)).collect()
}

fn rows(points: Along<'_>) -> Line {
    let mut samples: BTreeMap<i32, Vec<Option<Sample>>> = BTreeMap::new();
    for (place, of_point) in points.values().enumerate() {
        for &(number, sample) in of_point.2 {
            samples.entry(number).or_insert_with(|| vec![None; points.len()])[place] = Some(sample);
        }
    }
    Line { places: points.keys().map(|&x| to_f64(x)).collect(), samples: samples.into_values().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep::transition::{End, Values};

    fn grid(second: impl Fn(&'static str) -> &'static str) -> (HashMap<i64, CellParameters>, Vec<BranchRow>) {
        let (mut cells, mut rows) = (HashMap::new(), Vec::new());
        for (cell_id, p) in (7..).zip(["0", "0.2", "0.4", "0.6"]) {
            let cell = CellParameters {
                cell_id,
                cell: format!("cell {cell_id}"),
                widths: vec![4, 4, 1],
                ensemble: Some("branching".to_owned()),
                couplings: "input".to_owned(),
                instance: None,
                dilution: [p, second(p)].map(|p| p.parse().unwrap()).into(),
                activation: vec![Decimal::ONE],
                training: None,
            };
            cells.insert(cell_id, cell);
            for (beta, sample) in (0..6).map(|k| (["0.5", "1"][k % 2].parse().unwrap(), k as i32 / 2)) {
                let values = |log_z| Values { log_z, ..Values::default() };
                let (paramagnetic, polarised) = (End::Disordered(values(1.0)), End::Ordered(values(2.0)));
                for (branch, end) in [(Branch::Paramagnetic, paramagnetic), (Branch::Polarised, polarised)] {
                    rows.push(BranchRow { cell_id, sample, beta, branch, end, alpha: Some(1.5) });
                }
            }
        }
        (cells, rows)
    }

    fn gathered<'a>(cells: &'a HashMap<i64, CellParameters>, rows: &[BranchRow]) -> MethodRows<'a> {
        let mut gathered = MethodRows::new("bp", cells);
        rows.iter().rev().for_each(|row| gathered.add(row));
        gathered
    }

    #[test]
    fn a_grid_has_a_line_for_every_fixed_value_of_its_other_axes() {
        let (cells, rows) = grid(|_| "0");
        let lines: Vec<GridLine> = gathered(&cells, &rows).transitions().map(|found| found.line).collect();
        let axes: Vec<AxisName> = lines.iter().map(|line| line.axis).collect();
        assert_eq!(axes, [[AxisName::Dilution(1); 2].as_slice(), &[AxisName::Beta; 4]].concat());
        assert_eq!(lines[1].fixed, [(AxisName::Beta, Decimal::ONE)].into());
        assert_eq!(lines[1].structure, "4-4-1 branching input");
        assert_eq!(lines[5].fixed, [(AxisName::Dilution(1), "0.6".parse().unwrap())].into());
    }

    #[test]
    fn a_sample_is_one_along_the_whole_line_whatever_is_missing_of_it() {
        let (cells, mut all) = grid(|_| "0");
        all.retain(|row| row.sample != 1 || cells[&row.cell_id].dilution[0] != "0.2".parse().unwrap());
        all.retain(|row| row.sample != 2 || row.branch == Branch::Polarised);
        let gathered = gathered(&cells, &all);
        let points: Along<'_> = gathered
            .points
            .iter()
            .filter(|((_, beta), _)| *beta == Decimal::ONE)
            .map(|((cell, beta), samples)| (cells[cell].dilution[0], (&cells[cell], *beta, &samples[..])))
            .collect();
        let Line { places, samples } = rows(points);
        assert_eq!((places.as_slice(), samples.len()), ([0.0, 0.2, 0.4, 0.6].as_slice(), 3));
        assert!(samples[0].iter().all(|sample| sample.is_some_and(|sample| sample.competitors().is_some())));
        let measured: Vec<bool> = samples[1].iter().map(Option::is_some).collect();
        assert_eq!(measured, [true, false, true, true]);
        assert!(samples[2].iter().all(|sample| sample.unwrap().paramagnetic == End::Unresolved));
    }

    #[test]
    fn axes_that_advance_together_are_one() {
        let (cells, rows) = grid(|p| p);
        let found = gathered(&cells, &rows).transitions().map(|found| found.line.axis).collect::<Vec<_>>();
        assert!(found.iter().all(|axis| matches!(axis, AxisName::Dilution(1) | AxisName::Beta)), "{found:?}");
        assert_eq!(found.len(), 6);
    }
}

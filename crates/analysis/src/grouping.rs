//! From the rows of a sweep to the lines through its grid.

use crate::line::{End, Line, Sample};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use sweep::decimal::to_f64;
use sweep::measurement::Branch;

/// Fewer points make no line: two bracket a transition.
const LEAST_POINTS: usize = 2;

/// One row of belief propagation, with the parameters of its cell.
#[derive(Debug, Clone, PartialEq)]
pub struct BpRow {
    /// What stays fixed on every line: widths, ensemble and couplings, as text.
    pub structure: String,
    /// p_1..p_L.
    pub dilution: Vec<Decimal>,
    /// ρ_1..ρ_{L−1}.
    pub activation: Vec<Decimal>,
    /// Inverse temperature.
    pub beta: Decimal,
    /// The disorder sample.
    pub sample: i32,
    /// The method's name.
    pub method: String,
    /// The start.
    pub branch: Branch,
    /// Where its iteration ended. A sample without a path has nothing that could order: it ends at the paramagnetic
    /// point.
    pub end: End,
}

/// An axis that a line may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// p_l of weight layer l, from 1.
    Dilution(usize),
    /// ρ_l of hidden layer l, from 1.
    Activation(usize),
    /// β.
    Beta,
}

impl Axis {
    /// The name in specs and SQL.
    pub fn name(self) -> String {
        match self {
            Axis::Dilution(l) => format!("dilution_{l}"),
            Axis::Activation(l) => format!("activation_{l}"),
            Axis::Beta => "beta".to_owned(),
        }
    }

    fn value(self, row: &BpRow) -> Option<Decimal> {
        match self {
            Axis::Dilution(l) => row.dilution.get(l - 1).copied(),
            Axis::Activation(l) => row.activation.get(l - 1).copied(),
            Axis::Beta => Some(row.beta),
        }
    }
}

/// A line, and what is fixed on it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedLine {
    /// The method's name.
    pub method: String,
    /// What varies. Axes that vary together (a zip) are one; this is the first of them.
    pub axis: Axis,
    /// Widths, ensemble and couplings, as text.
    pub structure: String,
    /// The other axes that vary in the sweep, and their values here.
    pub fixed: Vec<(Axis, Decimal)>,
    /// The rows.
    pub line: Line,
}

/// Every line of at least two points through the grid of a sweep, along each of its axes that vary.
pub fn lines(rows: &[BpRow]) -> Vec<NamedLine> {
    let axes = varying_axes(rows);
    axes.iter().flat_map(|&axis| lines_along(axis, &axes, rows)).collect()
}

/// The axes with more than one value; of axes that advance together only the first.
fn varying_axes(rows: &[BpRow]) -> Vec<Axis> {
    let depth = rows.iter().map(|row| row.dilution.len()).max().unwrap_or(0);
    let candidates = (1..=depth)
        .map(Axis::Dilution)
        .chain((1..depth).map(Axis::Activation))
        .chain([Axis::Beta])
        .filter(|&axis| distinct(rows, &[axis]) > 1);
    let mut axes: Vec<Axis> = Vec::new();
    for axis in candidates {
        let count = distinct(rows, &[axis]);
        let is_zipped =
            |&other: &Axis| distinct(rows, &[other]) == count && distinct(rows, &[other, axis]) == count;
        if !axes.iter().any(is_zipped) {
            axes.push(axis);
        }
    }
    axes
}

fn distinct(rows: &[BpRow], axes: &[Axis]) -> usize {
    let values = rows.iter().map(|row| axes.iter().map(|axis| axis.value(row)).collect::<Vec<_>>());
    values.collect::<BTreeSet<_>>().len()
}

fn lines_along(axis: Axis, axes: &[Axis], rows: &[BpRow]) -> Vec<NamedLine> {
    let others: Vec<Axis> = axes.iter().copied().filter(|&other| other != axis).collect();
    let mut groups: BTreeMap<_, Vec<&BpRow>> = BTreeMap::new();
    for row in rows.iter().filter(|row| axis.value(row).is_some()) {
        let fixed: Vec<Option<Decimal>> = others.iter().map(|other| other.value(row)).collect();
        groups.entry((&row.method, &row.structure, fixed)).or_default().push(row);
    }
    let mut lines = Vec::new();
    for ((method, structure, fixed), rows) in groups {
        let fixed: Vec<(Axis, Decimal)> =
            others.iter().zip(fixed).filter_map(|(&other, value)| Some((other, value?))).collect();
        let line = line(axis, &rows);
        if line.places.len() >= LEAST_POINTS {
            lines.push(NamedLine { method: method.clone(), axis, structure: structure.clone(), fixed, line });
        }
    }
    lines
}

fn line(axis: Axis, rows: &[&BpRow]) -> Line {
    let mut samples: BTreeMap<i32, BTreeMap<Decimal, Sample>> = BTreeMap::new();
    for row in rows {
        let Some(x) = axis.value(row) else { continue };
        let sample = samples.entry(row.sample).or_default().entry(x).or_default();
        match row.branch {
            Branch::Paramagnetic => sample.paramagnetic = row.end,
            Branch::Polarised => sample.polarised = row.end,
        }
    }
    let places: BTreeSet<Decimal> = samples.values().flat_map(BTreeMap::keys).copied().collect();
    let along = |sample: BTreeMap<Decimal, Sample>| places.iter().map(|x| sample.get(x).copied()).collect();
    Line {
        places: places.iter().map(|&x| to_f64(x)).collect(),
        samples: samples.into_values().map(along).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Values;

    fn row(p: [&str; 2], beta: &str, sample: i32, branch: Branch) -> BpRow {
        let decimal = |text: &&str| text.parse().unwrap();
        BpRow {
            structure: "4-4-1".to_owned(),
            dilution: p.iter().map(decimal).collect(),
            activation: vec![Decimal::ONE],
            beta: beta.parse().unwrap(),
            sample,
            method: "bp".to_owned(),
            branch,
            end: match branch {
                Branch::Paramagnetic => End::Disordered(Values { log_z: 1.0, ..Values::default() }),
                Branch::Polarised => End::Ordered(Values { log_z: 2.0, ..Values::default() }),
            },
        }
    }

    fn grid(second: impl Fn(&'static str) -> &'static str) -> Vec<BpRow> {
        let mut rows = Vec::new();
        for p in ["0", "0.2", "0.4", "0.6"] {
            for beta in ["0.5", "1"] {
                for branch in [Branch::Paramagnetic, Branch::Polarised] {
                    rows.extend((0..3).map(|sample| row([p, second(p)], beta, sample, branch)));
                }
            }
        }
        rows
    }

    #[test]
    fn a_grid_has_a_line_for_every_fixed_value_of_its_other_axes() {
        let found = lines(&grid(|_| "0"));
        let axes: Vec<Axis> = found.iter().map(|line| line.axis).collect();
        assert_eq!(axes, [[Axis::Dilution(1); 2].as_slice(), &[Axis::Beta; 4]].concat());
        assert_eq!(found[1].fixed, [(Axis::Beta, Decimal::ONE)]);
        let Line { places, samples } = &found[1].line;
        assert_eq!((places.as_slice(), samples.len()), ([0.0, 0.2, 0.4, 0.6].as_slice(), 3));
        let is_whole = |sample: &Option<Sample>| sample.is_some_and(|sample| sample.competitors().is_some());
        assert!(samples.iter().flatten().all(is_whole));
    }

    #[test]
    fn a_sample_is_one_along_the_whole_line_whatever_is_missing_of_it() {
        let mut rows = grid(|_| "0");
        rows.retain(|row| row.sample != 1 || row.dilution[0] != "0.2".parse().unwrap());
        rows.retain(|row| row.sample != 2 || row.branch == Branch::Polarised);
        let line = &lines(&rows)[0].line;
        assert_eq!(line.places.len(), 4);
        let measured: Vec<bool> = line.samples[1].iter().map(Option::is_some).collect();
        assert_eq!(measured, [true, false, true, true]);
        assert!(line.samples[2].iter().all(|sample| sample.unwrap().paramagnetic == End::Unresolved));
    }

    #[test]
    fn axes_that_advance_together_are_one() {
        let found = lines(&grid(|p| p));
        assert!(found.iter().all(|line| matches!(line.axis, Axis::Dilution(1) | Axis::Beta)));
    }
}

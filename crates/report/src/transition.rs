//! BP's own phase boundary: which branch is stable, and where transitions lie in a panel.

use crate::axis::{Shown, Value};
use crate::legend::{Method, Methods};
use crate::plan::Panel;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use sweep::axis::AxisName;
use sweep::measurement::{Branch, PhasePoint};
use sweep::transition::{Place, Transition};

/// The first BP method of a sweep: its polarised and its paramagnetic branch.
pub(crate) fn branches(methods: &Methods) -> Option<(&Method, &Method)> {
    let polarised = methods.iter().find(|m| m.kind == "bp" && m.branch == Some(Branch::Polarised))?;
    let other = |m: &&Method| m.name == polarised.name && m.branch == Some(Branch::Paramagnetic);
    Some((polarised, methods.iter().find(other)?))
}

/// The transition of the first BP method on the line that a panel shows along `x`.
pub(crate) fn of_panel<'t>(
    panel: &Panel<'_>,
    x: AxisName,
    methods: &Methods,
    transitions: &'t [Transition],
) -> Option<&'t Transition> {
    let (polarised, _) = branches(methods)?;
    let is_along = |row: &&Transition| {
        row.line.method == polarised.name
            && row.line.axis == x
            && !panel.points.is_empty()
            && panel.points.iter().all(|point| is_on(point, row))
    };
    transitions.iter().find(is_along)
}

fn is_on(point: &PhasePoint, row: &Transition) -> bool {
    let cell = &point.parameters;
    let has_value =
        |(axis, value): (&AxisName, &Decimal)| axis.value(point) == Value::Number(value.normalize());
    cell.structure() == row.line.structure && row.line.fixed.iter().all(has_value)
}

/// A place with its error, if it was found.
pub(crate) fn place(place: Place) -> Option<(f64, f64)> {
    let found = place.found().filter(|found| found.value.is_finite())?;
    Some((found.value, found.error.filter(|error| error.is_finite()).unwrap_or(0.0)))
}

/// Between what a place lies that is at the edge of the grid or unresolved, as far as that is known.
pub(crate) fn open(place: Place) -> Option<(Option<f64>, Option<f64>)> {
    let finite = |end: Option<f64>| end.filter(|end| end.is_finite());
    place.open().map(|between| (finite(between.from), finite(between.to)))
}

/// The legend's words for the place where order begins.
pub(crate) const ORDERING: &str = "half of the samples have an ordered branch";

/// The legend's words for an open place.
pub(crate) const OPEN: &str = "not known: unresolved, or at the edge of the grid";

/// Which branch is stable at one cell, β and method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Stable<'a> {
    /// The row of the branch with the larger mean log Z, both means being over the same samples; or of the only one.
    Branch(&'a PhasePoint),
    /// Some samples are ordered and some are not: the means are over different ones. Here is that of most of them.
    Mixed(&'a PhasePoint),
    /// Whether most samples are ordered depends on those that did not converge.
    Unresolved,
}

impl<'a> Stable<'a> {
    /// The row to show, were there but one.
    pub(crate) fn row(self) -> Option<&'a PhasePoint> {
        match self {
            Stable::Branch(row) | Stable::Mixed(row) => Some(row),
            Stable::Unresolved => None,
        }
    }

    /// `polarised`, `paramagnetic`, `mixed` or `unresolved`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Stable::Branch(row) => row.branch.map_or("", Branch::name),
            Stable::Mixed(_) => "mixed",
            Stable::Unresolved => "unresolved",
        }
    }
}

/// The stable branch among the rows of one cell, β and method; rows without samples or log Z do not count.
pub(crate) fn stable<'a>(rows: &[&'a PhasePoint]) -> Option<Stable<'a>> {
    if rows.iter().any(|row| is_unresolved(row)) {
        return Some(Stable::Unresolved);
    }
    let log_z = |p: &PhasePoint| p.log_z_per_weight.filter(|z| z.is_finite());
    let of =
        |branch| rows.iter().copied().find(|p| p.branch == branch && p.samples > 0 && log_z(p).is_some());
    let (paramagnetic, polarised) = match (of(Some(Branch::Paramagnetic)), of(Some(Branch::Polarised))) {
        (None, None) => return of(None).map(Stable::Branch),
        (Some(only), None) | (None, Some(only)) => return Some(Stable::Branch(only)),
        (Some(paramagnetic), Some(polarised)) => (paramagnetic, polarised),
    };
    if polarised.samples < paramagnetic.samples {
        let most = if 2 * polarised.samples > paramagnetic.samples { polarised } else { paramagnetic };
        return Some(Stable::Mixed(most));
    }
    // Where the log Z are equal, the paramagnetic branch is taken.
    let is_ordered = log_z(polarised) > log_z(paramagnetic);
    Some(Stable::Branch(if is_ordered { polarised } else { paramagnetic }))
}

/// Whether samples that did not converge decide if half have an ordered branch, or if half have a paramagnetic one at
/// all.
fn is_unresolved(row: &PhasePoint) -> bool {
    let asked = row.samples_of - row.empty;
    row.branch.is_some() && 2 * row.samples <= asked && 2 * (row.samples + row.unresolved) > asked
}

/// The stable branch of every cell and β, where it is known.
pub(crate) fn stable_rows<'a>(rows: &[&'a PhasePoint]) -> Vec<&'a PhasePoint> {
    let mut groups: BTreeMap<_, Vec<&PhasePoint>> = BTreeMap::new();
    for row in rows {
        groups.entry((row.parameters.cell.as_str(), row.beta)).or_default().push(row);
    }
    groups.values().filter_map(|rows| stable(rows)?.row()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Grid, point, sweep, transitions};

    fn row(beta: &str, branch: Branch, log_z: Option<f64>) -> PhasePoint {
        PhasePoint { log_z_per_weight: log_z, ..point("c", beta, "bp", Some(branch)) }
    }

    #[test]
    fn the_branch_with_the_larger_log_z_is_stable() {
        let (para, polarised) =
            (row("1", Branch::Paramagnetic, Some(1.0)), row("1", Branch::Polarised, Some(1.1)));
        assert_eq!(stable(&[&para, &polarised]), Some(Stable::Branch(&polarised)));
        let fallen = PhasePoint { samples: 0, ..polarised.clone() };
        assert_eq!(stable(&[&para, &fallen]), Some(Stable::Branch(&para)));
        let equal = row("1", Branch::Polarised, Some(1.0));
        assert_eq!(stable(&[&equal, &para]), Some(Stable::Branch(&para)));
        assert_eq!(stable(&[]), None);
    }

    #[test]
    fn means_over_different_samples_are_not_compared() {
        let para = row("1", Branch::Paramagnetic, Some(1.0));
        for (samples, branch) in [(11, Branch::Polarised), (9, Branch::Paramagnetic)] {
            let some = PhasePoint { samples, ..row("1", Branch::Polarised, Some(0.5)) };
            let found = stable(&[&para, &some]).unwrap();
            assert_eq!((found.word(), found.row().unwrap().branch), ("mixed", Some(branch)));
        }
    }

    #[test]
    fn where_samples_that_did_not_converge_decide_no_branch_is_called_stable() {
        let para = row("1", Branch::Paramagnetic, Some(1.0));
        for (samples, unresolved, word) in
            [(9, 2, "unresolved"), (9, 1, "mixed"), (11, 9, "mixed"), (0, 20, "unresolved")]
        {
            let some = PhasePoint { samples, unresolved, ..row("1", Branch::Polarised, Some(0.5)) };
            let found = stable(&[&para, &some]).unwrap();
            assert_eq!(
                (found.word(), found.row().is_none()),
                (word, word == "unresolved"),
                "{samples} {unresolved}"
            );
        }
    }

    #[test]
    fn a_panel_finds_the_transition_of_its_line_and_no_other() {
        let points = sweep(&Grid { dilutions: 5, betas: 2 });
        let methods = Methods::of(&points);
        let rows = transitions(&points);
        let of = |beta: &str, x| {
            let beta: Decimal = beta.parse().unwrap();
            let points = points.iter().filter(|p| p.beta == beta).collect();
            let panel = Panel { key: vec![], title: String::new(), rank: 0.0, points };
            of_panel(&panel, x, &methods, &rows)
        };
        assert_eq!(of("0.20", AxisName::Dilution(1)), Some(&rows[0]));
        assert_eq!(of("2.0", AxisName::Dilution(1)), Some(&rows[1]));
        assert_eq!(of("2.0", AxisName::Beta), None);
        let both = Panel { key: vec![], title: String::new(), rank: 0.0, points: points.iter().collect() };
        assert_eq!(of_panel(&both, AxisName::Dilution(1), &methods, &rows), None);
        let mut others = rows.clone();
        others.iter_mut().for_each(|row| row.line.structure = "8-8-8-1 branching input".to_owned());
        let panel =
            Panel { points: points.iter().filter(|p| p.beta == "0.2".parse().unwrap()).collect(), ..both };
        assert_eq!(of_panel(&panel, AxisName::Dilution(1), &methods, &others), None);
    }
}

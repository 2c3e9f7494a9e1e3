//! What methods give less the exact answers to the same samples, as rows that are drawn like any others.

use crate::transition::stable_rows;
use std::collections::{BTreeMap, BTreeSet};
use sweep::diagram::DifferencePoint;
use sweep::measurement::{Branch, PhasePoint};

/// A row of one method in one cell at one β.
type Key<'a> = (&'a str, rust_decimal::Decimal, &'a str, Option<Branch>);

fn key(point: &PhasePoint) -> Key<'_> {
    (&point.parameters.cell, point.beta, &point.method, point.branch)
}

/// Differences of methods that have branches, and of those that have none.
#[derive(Debug, Default)]
pub(crate) struct Residuals {
    pub(crate) of_bp: Vec<PhasePoint>,
    pub(crate) others: Vec<PhasePoint>,
    /// How many points of the former are not known, as BP's stable branch is not.
    pub(crate) unresolved: usize,
}

/// The differences of stable branches, and of methods without branches.
pub(crate) fn residuals(differences: &[DifferencePoint], points: &[PhasePoint]) -> Residuals {
    let mut by_method: BTreeMap<&str, Vec<&PhasePoint>> = BTreeMap::new();
    for point in points.iter().filter(|point| point.branch.is_some()) {
        by_method.entry(&point.method).or_default().push(point);
    }
    let stable: BTreeSet<Key<'_>> = by_method.values().flat_map(|rows| stable_rows(rows)).map(key).collect();
    let (branches, others) =
        as_points(differences, points).into_iter().partition(|point: &PhasePoint| point.branch.is_some());
    let mut residuals = Residuals { others, ..Residuals::default() };
    for rows in by_place(branches) {
        let is_stable = |row: &PhasePoint| stable.contains(&key(row));
        if !rows.iter().any(is_stable) && rows.iter().any(|row| row.samples > 0) {
            residuals.unresolved += 1;
        }
        residuals.of_bp.extend(of_stable(rows, is_stable));
    }
    residuals
}

/// The branches of each cell, β and method.
fn by_place(rows: Vec<PhasePoint>) -> Vec<Vec<PhasePoint>> {
    let mut groups: BTreeMap<_, Vec<PhasePoint>> = BTreeMap::new();
    for row in rows {
        groups.entry((row.parameters.cell.clone(), row.beta, row.method.clone())).or_default().push(row);
    }
    groups.into_values().collect()
}

/// The rows without the values of branches that are not stable. The two starts of reduced BP mostly meet in one state,
/// and which of them is taken there is chance: it has one curve.
fn of_stable(mut rows: Vec<PhasePoint>, is_stable: impl Fn(&PhasePoint) -> bool) -> Vec<PhasePoint> {
    let is_one_curve = rows.iter().all(|row| row.kind == "bp_reduced");
    let place = rows.iter().position(&is_stable);
    rows.iter_mut().filter(|row| !is_stable(row)).for_each(|row| *row = unknown(row));
    if !is_one_curve {
        return rows;
    }
    let only = rows.swap_remove(place.unwrap_or(0));
    vec![PhasePoint { branch: None, ..only }]
}

/// Differences as rows of a phase diagram, whose means they stand for. Every row of a method that has any difference
/// has one, with a value or without, so that a gap is seen as one.
pub(crate) fn as_points(differences: &[DifferencePoint], points: &[PhasePoint]) -> Vec<PhasePoint> {
    let mut found: BTreeMap<Key<'_>, Vec<&DifferencePoint>> = BTreeMap::new();
    for row in differences {
        found.entry((&row.parameters.cell, row.beta, &row.method, row.branch)).or_default().push(row);
    }
    let compared: BTreeSet<(&str, Option<Branch>)> =
        differences.iter().map(|row| (row.method.as_str(), row.branch)).collect();
    let of_compared = points.iter().filter(|point| compared.contains(&(point.method.as_str(), point.branch)));
    let rows = |point: &PhasePoint| match found.get(&key(point)) {
        Some(rows) => rows.iter().map(|row| known(point, row)).collect(),
        None => vec![unknown(point)],
    };
    of_compared.flat_map(rows).collect()
}

/// The row of a point whose difference is not known.
fn unknown(point: &PhasePoint) -> PhasePoint {
    PhasePoint {
        parameters: point.parameters.clone(),
        beta: point.beta,
        method: point.method.clone(),
        kind: point.kind.clone(),
        branch: point.branch,
        samples_of: point.samples_of,
        empty: point.empty,
        unresolved: point.unresolved,
        ..PhasePoint::default()
    }
}

/// The row of a point and its difference, which is of those of its samples that the exact method solved.
fn known(point: &PhasePoint, row: &DifferencePoint) -> PhasePoint {
    PhasePoint {
        samples: row.samples,
        // Which samples are not in equilibrium is not known here: any may be among them.
        equilibrated: point.equilibrated.map(|settled| row.samples - (point.samples - settled)),
        energy_per_weight: row.energy_difference,
        energy_standard_error: row.energy_difference_standard_error,
        log_z_per_weight: row.log_z_difference,
        log_z_standard_error: row.log_z_difference_standard_error,
        entropy_per_weight: row.entropy_difference,
        entropy_standard_error: row.entropy_difference_standard_error,
        ..unknown(point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Quantity;
    use crate::synthetic;

    fn difference(point: &PhasePoint, samples: i64) -> DifferencePoint {
        DifferencePoint {
            parameters: point.parameters.clone(),
            beta: point.beta,
            method: point.method.clone(),
            kind: point.kind.clone(),
            branch: point.branch,
            reference: "exact".to_owned(),
            samples,
            energy_difference: Some(0.1),
            energy_difference_standard_error: None,
            log_z_difference: None,
            log_z_difference_standard_error: None,
            entropy_difference: None,
            entropy_difference_standard_error: None,
        }
    }

    fn branch(beta: &str, kind: &str, branch: Branch, log_z: f64) -> PhasePoint {
        PhasePoint { log_z_per_weight: Some(log_z), ..synthetic::point("c", beta, kind, Some(branch)) }
    }

    #[test]
    fn a_difference_knows_the_samples_of_its_cell_and_which_are_not_in_equilibrium() {
        let mut point = synthetic::point("c", "1", "mc", None);
        point.equilibrated = Some(19);
        let rows = as_points(&[difference(&point, 7)], std::slice::from_ref(&point));
        assert_eq!((rows[0].samples, rows[0].samples_of, rows[0].equilibrated), (7, 20, Some(6)));
    }

    #[test]
    fn rows_without_a_difference_are_there_without_a_value() {
        let points = ["1", "2", "3"].map(|beta| synthetic::point("c", beta, "mc", None));
        let rows = as_points(&[difference(&points[0], 20), difference(&points[2], 20)], &points);
        let has: Vec<bool> = rows.iter().map(|row| Quantity::EnergyDifference.value(row).is_some()).collect();
        assert_eq!(has, [true, false, true]);
    }

    #[test]
    fn reduced_bp_has_one_curve_and_bp_one_for_each_branch_that_is_stable_somewhere() {
        for (kind, branches) in [
            ("bp_reduced", vec![(None, true), (None, true)]),
            (
                "bp",
                vec![
                    (Some(Branch::Paramagnetic), true),
                    (Some(Branch::Polarised), false),
                    (Some(Branch::Paramagnetic), false),
                    (Some(Branch::Polarised), true),
                ],
            ),
        ] {
            let points = [
                branch("1", kind, Branch::Paramagnetic, 2.0),
                branch("1", kind, Branch::Polarised, 1.0),
                branch("2", kind, Branch::Paramagnetic, 1.0),
                branch("2", kind, Branch::Polarised, 2.0),
            ];
            let differences: Vec<_> = points.iter().map(|point| difference(point, 20)).collect();
            let found = residuals(&differences, &points);
            let rows: Vec<_> =
                found.of_bp.iter().map(|row| (row.branch, row.energy_per_weight.is_some())).collect();
            assert_eq!((rows, found.unresolved), (branches, 0));
        }
    }

    #[test]
    fn points_whose_stable_branch_is_not_known_are_counted() {
        let mut points =
            [branch("1", "bp", Branch::Paramagnetic, 2.0), branch("1", "bp", Branch::Polarised, 1.0)];
        (points[0].samples, points[0].unresolved) = (5, 15);
        let differences: Vec<_> = points.iter().map(|point| difference(point, 5)).collect();
        let found = residuals(&differences, &points);
        assert_eq!(found.unresolved, 1);
        assert!(found.of_bp.iter().all(|row| row.energy_per_weight.is_none()));
    }
}

//! Belief propagation over a sparse phase diagram down to low temperature: every row is resolved, and colder is more
//! ordered.

use std::collections::BTreeMap;
use sweep::measurement::Branch;
use sweep::{Job, Spec, Sweep};

/// Rows of a sample: (β, whether it is ordered) by cell, sample, method and branch.
type Rows = BTreeMap<(u64, String, bool), Vec<(f64, bool)>>;

fn rows() -> Rows {
    let text = include_str!("cases/sparse.toml");
    let no_files = |name: &str| Err(format!("{name} is not read"));
    let sweep = Sweep::new(Spec::parse(text, "sparse", &no_files).expect("a valid spec"));
    let job = Job { part: 0, first_unit: 0, end_unit: sweep.latest().units() };
    let mut rows = Rows::new();
    for unit in compute::compute_job(&sweep, job) {
        for row in unit.rows.measurements.iter().filter(|row| row.paths > 0) {
            let beta: f64 = row.beta.to_string().parse().expect("a number");
            assert_eq!(row.values.converged, Some(true), "unit {}: {row:?}", unit.rows.unit);
            let key = (unit.rows.unit, row.method.clone(), row.branch == Some(Branch::Polarised));
            rows.entry(key).or_default().push((beta, row.values.ordered == Some(true)));
        }
    }
    rows
}

#[test]
fn every_row_is_resolved_and_the_ordered_branch_only_grows_as_it_gets_colder() {
    let rows = rows();
    let mut ends = 0;
    for ((unit, method, polarised), along_beta) in &rows {
        assert_eq!(along_beta.len(), 11);
        let ordered: Vec<bool> = along_beta.iter().map(|(_, ordered)| *ordered).collect();
        assert!(ordered.is_sorted(), "unit {unit}, {method}, polarised: {polarised}: {along_beta:?}");
        ends += usize::from(ordered[0] != ordered[10]);
        // Two-body systems order continuously: nothing competes, nothing crosses.
        if method == "bp_reduced" {
            assert_eq!(rows[&(*unit, method.clone(), !polarised)], *along_beta, "unit {unit}");
        } else if !polarised {
            assert!(!ordered.contains(&true), "unit {unit}: {along_beta:?}");
        }
    }
    assert!(ends > 20, "{ends}");
}

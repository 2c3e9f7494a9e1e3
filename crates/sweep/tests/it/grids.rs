//! Cells are numbered one to one.

use crate::{spec, with};
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn the_last_axis_varies_fastest_and_dilutions_are_last() {
    let spec = spec(&with(
        "",
        "widths = [4, 4, 1]\nactivation_1 = [0.5, 1]\ndilution_1 = [0, 0.1]\nensemble = [\"unit\", \"branching\"]\nbeta = 1",
        "bp = {}",
    ));
    let contents: Vec<String> = (0..3).map(|i| spec.grid().cell(i).content).collect();
    assert!(contents[0].contains("ensemble=unit couplings=input dilution=0,0 activation=0.5"));
    assert!(contents[1].contains("dilution=0.1,0 activation=0.5"));
    assert!(contents[2].contains("dilution=0,0 activation=1"));
    let names: Vec<String> = spec
        .grid()
        .axes()
        .concat()
        .iter()
        .filter(|axis| axis.values.len() > 1)
        .map(|axis| axis.name.to_string())
        .collect();
    assert_eq!(names, ["ensemble", "activation_1", "dilution_1"]);
}

#[test]
fn zipped_axes_advance_together_and_may_repeat_values() {
    let spec = spec(&with(
        "",
        "widths = [4, 4, 1]\nbeta = 1\ndilution_1 = [0, 0, 0.5]\ndilution_2 = [0, 0.5, 0]\nzip = [[\"dilution_2\", \"dilution_1\"]]",
        "bp = {}",
    ));
    let dilutions: Vec<String> = (0..3)
        .map(|i| spec.grid().cell(i).content.split("dilution=").nth(1).unwrap()[..5].to_owned())
        .collect();
    assert_eq!(dilutions, ["0,0 a", "0,0.5", "0.5,0"]);
    let repeated = with(
        "",
        "widths = [4, 4, 1]\nbeta = 1\ndilution_1 = [0, 0.5, 0]\ndilution_2 = [0, 0.5, 0]\nzip = [[\"dilution_2\", \"dilution_1\"]]",
        "bp = {}",
    );
    let error = crate::parse(&repeated).unwrap_err();
    assert!(error.reason().contains("dilution_1 holds 0 with dilution_2 holds 0 twice"), "{error}");
}

#[test]
fn networks_of_different_depth_stand_in_one_grid() {
    let deep =
        spec(&with("", "widths = [[4, 4, 1], [4, 4, 4, 1]]\ndilution_1 = [0, 0.1]\nbeta = 1", "bp = {}"));
    let cells: Vec<_> = (0..4).map(|i| deep.grid().cell(i)).collect();
    assert_eq!(cells[1].dilution().len(), 2);
    assert_eq!(cells[3].dilution().len(), 3);
    assert!(cells.iter().enumerate().all(|(i, cell)| deep.grid().index_of(cell) == Some(i as u64)));
    // A third layer that is diluted elsewhere is not in this grid, where it is at its default.
    let other = spec(&with("", "widths = [4, 4, 4, 1]\ndilution_3 = [0, 0.1]\nbeta = 1", "bp = {}"));
    assert!(deep.grid().contains(&other.grid().cell(0)));
    assert!(!deep.grid().contains(&other.grid().cell(1)));
}

/// Some distinct probabilities, in any order.
pub(crate) fn probabilities() -> impl Strategy<Value = Vec<u32>> {
    prop::sample::subsequence((0..12).collect::<Vec<u32>>(), 1..5).prop_shuffle()
}

fn list(values: &[u32]) -> String {
    format!(
        "[{}]",
        values.iter().map(|v| format!("{:?}", f64::from(*v) / 20.0)).collect::<Vec<_>>().join(", ")
    )
}

pub(crate) fn grid_text() -> impl Strategy<Value = String> {
    let widths = prop::sample::select(vec![
        "[4, 4, 3, 1]",
        "[[4, 4, 3, 1], [3, 3, 2, 1]]",
        "[[3, 3, 3, 1], [2, 2, 2, 2, 1]]",
    ]);
    let ensembles = prop::sample::select(vec!["\"unit\"", "[\"branching\", \"synapse\"]"]);
    (widths, ensembles, probabilities(), probabilities(), probabilities(), any::<bool>()).prop_map(
        |(widths, ensembles, first, second, rho, zip)| {
            let length = first.len().min(second.len());
            let (first, second) = if zip { (&first[..length], &second[..length]) } else { (&first[..], &second[..]) };
            let zip = if zip { "zip = [[\"dilution_1\", \"dilution_3\"]]\n" } else { "" };
            let (first, second, rho) = (list(first), list(second), list(&rho));
            format!("widths = {widths}\nensemble = {ensembles}\ndilution_1 = {first}\ndilution_3 = {second}\nactivation_2 = {rho}\n{zip}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_index_is_that_of_its_cell_and_no_cell_stands_twice(grid in grid_text()) {
        let spec = spec(&with("", &format!("{grid}beta = 1"), "bp = {}"));
        let mut contents = HashSet::new();
        for index in 0..spec.grid().cells() {
            let cell = spec.grid().cell(index);
            prop_assert_eq!(spec.grid().index_of(&cell), Some(index));
            prop_assert!(cell.id >= 0);
            prop_assert!(contents.insert(cell.content));
        }
    }
}

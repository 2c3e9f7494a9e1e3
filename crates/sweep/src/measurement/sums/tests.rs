use super::*;
use crate::measurement::Values;
use proptest::prelude::*;

fn row(energy: f64, error: Option<f64>) -> Measurement {
    let values = Values {
        energy_per_weight: Some(energy),
        energy_error: error,
        layer_overlaps: Some(vec![energy, 0.5]),
        energy_bins: Some(vec![-3, 2]),
        energy_counts: Some(vec![1, 5]),
        ..Values::default()
    };
    let (weights, paths, hidden_units) = (10, 20, 3);
    let outcome = Outcome::Solved;
    Measurement {
        beta: Decimal::ONE,
        method: "mc".to_owned(),
        branch: None,
        outcome,
        weights,
        paths,
        hidden_units,
        values,
        seconds: 0.0,
    }
}

fn summed(rows: &[Measurement]) -> CellSums {
    let mut sums = CellSums::default();
    rows.iter().for_each(|row| sums.add(row));
    sums
}

fn number(sums: &CellSums, name: &str) -> Option<f64> {
    let place = Sums::columns().iter().position(|column| *column == name).expect("a column");
    match sums.0.values().next().expect("one key").means().swap_remove(place)? {
        Entry::Number(number) => Some(number),
        Entry::Count(count) => Some(count as f64),
        other => panic!("{name} is {other:?}"),
    }
}

proptest! {
    #[test]
    fn sums_are_the_same_in_any_order_and_however_they_were_split(
        energies in proptest::collection::vec((-4.0..0.0, proptest::option::of(0.0..0.1)), 1..30),
        cut in 0_usize..30,
    ) {
        let rows: Vec<Measurement> = energies.iter().map(|&(energy, error)| row(energy, error)).collect();
        let all = summed(&rows);
        let reversed: Vec<Measurement> = rows.iter().rev().cloned().collect();
        prop_assert_eq!(all.to_bytes(), summed(&reversed).to_bytes());
        let (first, rest) = rows.split_at(cut.min(rows.len()));
        let mut merged = CellSums::from_bytes(&summed(rest).to_bytes()).expect("as it was written");
        merged.merge(summed(first));
        prop_assert_eq!(all.to_bytes(), merged.to_bytes());
    }

    #[test]
    fn means_and_errors_are_those_of_the_definition(
        energies in proptest::collection::vec((-4.0..0.0, 0.0..0.1), 2..40),
    ) {
        let rows: Vec<Measurement> = energies.iter().map(|&(energy, error)| row(energy, Some(error))).collect();
        let n = rows.len() as f64;
        let mean = energies.iter().map(|of| of.0).sum::<f64>() / n;
        let spread = energies.iter().map(|of| (of.0 - mean) * (of.0 - mean)).sum::<f64>();
        let statistical = energies.iter().map(|of| of.1 * of.1).sum::<f64>().sqrt() / n;
        let sums = summed(&rows);
        let close = |name: &str, expected: f64| {
            let found = number(&sums, name).expect("a number");
            (found - expected).abs() <= 1e-13 * expected.abs() + 1e-15
        };
        prop_assert!(close("energy_per_weight", mean));
        prop_assert!(close("energy_standard_error", (spread / (n - 1.0) / n).sqrt()));
        prop_assert!(close("energy_statistical_error", statistical));
        prop_assert!(close("alpha", 2.0));
    }
}

#[test]
fn equal_values_have_no_spread_and_themselves_for_a_mean() {
    for value in [-1.894_400_127, 0.1, -1e-7, 3e11, 1.0 / 3.0] {
        for samples in 2..60 {
            let sums = summed(&vec![row(value, None); samples]);
            let same = number(&sums, "energy_per_weight").expect("a mean");
            assert!((same - value).abs() <= 2.8e-20, "{samples} of {value} are {same}");
            assert_eq!(number(&sums, "energy_standard_error"), Some(0.0), "{samples} of {value}");
        }
    }
}

#[test]
fn what_no_row_speaks_of_is_not_counted() {
    let sums = summed(&[row(-1.0, None)]);
    for none in
        ["energy_standard_error", "energy_statistical_error", "converged", "unresolved", "unequilibrated"]
    {
        assert_eq!(number(&sums, none), None, "{none}");
    }
    assert_eq!(number(&sums, "samples"), Some(1.0));
    assert_eq!(number(&sums, "empty"), Some(0.0));
}

#[test]
fn samples_that_are_no_part_of_a_mean_are_counted_beside_it() {
    let mut stuck = row(-3.0, Some(0.1));
    (stuck.values.equilibrated, stuck.values.specific_heat) = (Some(false), Some(9.0));
    let mut settled = row(-1.0, Some(0.1));
    (settled.values.equilibrated, settled.values.specific_heat) = (Some(true), Some(1.0));
    let mut lost = row(0.0, None);
    (lost.outcome, lost.values) =
        (Outcome::NotConverged, Values { converged: Some(false), ..Values::default() });
    let sums = summed(&[stuck, settled, lost]);
    let counts = [
        ("samples", 2.0),
        ("samples_of", 3.0),
        ("unresolved", 1.0),
        ("equilibrated", 1.0),
        ("unequilibrated", 1.0),
    ];
    for (name, expected) in counts {
        assert_eq!(number(&sums, name), Some(expected), "{name}");
    }
    assert_eq!(number(&sums, "energy_per_weight"), Some(-2.0), "stuck runs are in the mean energy");
    assert_eq!(number(&sums, "specific_heat"), Some(1.0), "and in no mean of fluctuations");
    let [path, unit, bins, counts] = sums.0.values().next().unwrap().histograms().unwrap();
    assert_eq!((path, unit), (None, None));
    assert_eq!(bins, Some(Entry::Bins(vec![-3, 2].into())));
    assert_eq!(counts, Some(Entry::Counts(vec![1, 5].into())), "of the settled one");
}

//! When a spec extends another.

use crate::grids::grid_text;
use crate::{spec, with};
use proptest::prelude::*;
use std::collections::HashSet;
use sweep::{Spec, Sweep};

const OLD: &str = "name = \"test\"
seed = 1
samples = 2
[grid]
widths = [4, 4, 3, 1]
dilution_1 = [0, 0.4]
dilution_2 = [0.1, 0.2]
activation_1 = [0.5, 1]
zip = [[\"dilution_1\", \"dilution_2\"]]
beta = [0.3, 0.5]
[methods.bp]
[methods.mc]
runs = 4
";

fn edited(from: &str, to: &str) -> Spec {
    assert!(OLD.contains(from), "{from}");
    spec(&OLD.replacen(from, to, 1))
}

#[test]
fn adding_is_an_extension() {
    let old = spec(OLD);
    for (from, to) in [
        ("samples = 2", "samples = 3"),
        ("[0, 0.4]\ndilution_2 = [0.1, 0.2]", "[0.4, 0.8, 0]\ndilution_2 = [0.2, 0, 0.1]"),
        // The zipped pairs stand in the product of their axes.
        ("zip = [[\"dilution_1\", \"dilution_2\"]]\n", ""),
        ("[4, 4, 3, 1]", "[[2, 2, 1, 1], [4, 4, 3, 1]]"),
        ("[4, 4, 3, 1]", "[[4, 4, 3, 3, 1], [4, 4, 3, 1]]"),
        ("[4, 4, 3, 1]", "[4, 4, 3, 1]\nensemble = [\"unit\", \"branching\"]"),
        ("[4, 4, 3, 1]", "[4, 4, 3, 1]\ncouplings = [\"path\", \"input\"]"),
        ("[0.5, 1]", "[1, 0.2, 0.5]"),
        ("[0.3, 0.5]", "[0.3, 0.4, 0.5]"),
        ("[methods.mc]", "[methods.exact]\n[methods.degrees]\n[methods.mc]"),
        ("seed = 1", "seed = 0x01\ndescription = \"the same\""),
    ] {
        edited(from, to).extends(&old).unwrap_or_else(|error| panic!("{to}: {error}"));
    }
}

#[test]
fn what_loses_or_changes_something_is_no_extension_and_the_reason_names_it() {
    let old = spec(OLD);
    for (from, to, reason) in [
        ("\"test\"", "\"test2\"", "the name changed: test → test2"),
        ("seed = 1", "seed = 2", "the seed changed: 1 → 2"),
        ("samples = 2", "samples = 1", "samples fell: 2 → 1"),
        ("[4, 4, 3, 1]", "[4, 4, 4, 1]", "widths no longer holds 4-4-3-1"),
        ("[0, 0.4]", "[0, 0.3]", "no longer hold dilution_1 = 0.4 with dilution_2 = 0.2"),
        ("[0.1, 0.2]", "[0.2, 0.1]", "no longer hold dilution_1 = 0 with dilution_2 = 0.1"),
        ("[0.5, 1]", "0.5", "activation_1 no longer holds 1"),
        ("[4, 4, 3, 1]", "[4, 4, 3, 1]\nensemble = \"unit\"", "ensemble no longer holds branching"),
        ("[4, 4, 3, 1]", "[4, 4, 3, 1]\ndilution_3 = 0.1", "dilution_3 no longer holds 0"),
        (
            "zip = [[\"dilution_1\", \"dilution_2\"]]",
            "zip = [[\"dilution_1\", \"activation_1\"]]",
            "no longer hold activation_1 = 0.5 with dilution_1 = 0.4",
        ),
        ("[0.3, 0.5]", "[0.3]", "beta no longer holds 0.5"),
        ("runs = 4", "runs = 8", "method mc changed: runs 4 → 8"),
        ("[methods.mc]", "[methods.mc]\nkind = \"mc\"\nrelax = 9", "method mc changed: relax 500 → 9"),
        ("[methods.bp]", "[methods.exact]", "method bp is gone"),
        ("[methods.bp]", "[methods.bp]\nkind = \"exact\"", "method bp changed: kind bp → exact"),
    ] {
        let error = edited(from, to).extends(&old).expect_err(to);
        assert!(error.lost().contains(reason), "{to}: {error}");
        assert!(error.to_string().contains("choose another name, or delete the sweep first"));
    }
}

#[test]
fn layers_beyond_the_shallowest_network_must_have_been_at_their_default() {
    let base = "widths = [4, 4, 3, 1]\nbeta = 1\ndilution_3 = ";
    let both = spec(&with("", "widths = [[4, 4, 1], [4, 4, 3, 1]]\nbeta = 1", "bp = {}"));
    both.extends(&spec(&with("", &format!("{base}0"), "bp = {}"))).unwrap();
    let error = both.extends(&spec(&with("", &format!("{base}[0, 0.5]"), "bp = {}"))).unwrap_err();
    assert_eq!(error.lost(), "dilution_3 no longer holds 0.5");
}

fn instances(names: &str) -> Spec {
    let text = with("", &format!("instances = {names}\nbeta = 1"), "bp = {}");
    let json = |name: &str| {
        let unit = name.len();
        Ok(format!(
            r#"{{"format":"rap-instance/1","widths":[2,9,1],"paths":[[1,{unit},0]],"inputs":[1,-1]}}"#
        ))
    };
    Spec::parse(&text, "test.toml", &json).expect("a good spec")
}

#[test]
fn instances_are_compared_by_what_they_hold_and_not_by_their_files() {
    instances("[\"aaa\", \"b\"]").extends(&instances("[\"x\"]")).unwrap();
    let error = instances("[\"aaa\", \"bb\"]").extends(&instances("[\"x\"]")).unwrap_err();
    assert_eq!(error.lost(), "instances no longer holds x");
    let axes = spec(&with("", "widths = [4, 4, 1]\nbeta = 1", "bp = {}"));
    assert!(axes.extends(&instances("[\"x\"]")).is_err());
    assert!(instances("[\"x\"]").extends(&axes).is_err());
}

/// All rows of a spec, by their contents.
fn rows(sweep: &Sweep, part: usize) -> Vec<String> {
    let rows_of = |unit| {
        let work = sweep.work(part, unit);
        let unit = format!("{} {}", work.cell.content, work.sample);
        let rows: Vec<String> = work.expected_rows().map(|row| format!("{unit} {row:?}")).collect();
        rows.into_iter().chain(work.expects_degrees().then(|| format!("{unit} degrees")))
    };
    (0..sweep.units(part)).flat_map(rows_of).collect()
}

fn spec_text(samples: u32, betas: &[u32], methods: &[&str], grid: &str) -> String {
    let betas: Vec<String> = betas.iter().map(|beta| format!("{}", f64::from(*beta) / 10.0)).collect();
    let methods: Vec<String> = methods.iter().map(|method| format!("{method} = {{}}")).collect();
    with(
        &format!("samples = {samples}"),
        &format!("{grid}beta = [{}]", betas.join(", ")),
        &methods.join("\n"),
    )
}

fn random_spec() -> impl Strategy<Value = String> {
    let betas = prop::sample::subsequence(vec![1u32, 2, 3, 4], 1..4);
    let methods = prop::sample::subsequence(vec!["bp", "mc", "exact", "degrees"], 1..4);
    (1..4u32, betas, methods, grid_text())
        .prop_map(|(samples, betas, methods, grid)| spec_text(samples, &betas, &methods, &grid))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_spec_extends_itself_and_the_second_time_adds_nothing(text in random_spec()) {
        let mut sweep = Sweep::new(spec(&text));
        let part = sweep.extend(spec(&text)).unwrap();
        prop_assert!(sweep.adds_nothing(part));
        prop_assert!(rows(&sweep, part).is_empty());
    }

    #[test]
    fn one_spec_extends_another_exactly_if_its_rows_contain_the_others(old in random_spec(), new in random_spec()) {
        let (old, new) = (spec(&old), spec(&new));
        let of = |spec: &Spec| rows(&Sweep::new(spec.clone()), 0).into_iter().collect::<HashSet<_>>();
        prop_assert_eq!(new.extends(&old).is_ok(), of(&old).is_subset(&of(&new)));
    }

    #[test]
    fn parts_never_overlap_and_their_union_is_the_latest(
        samples in (1..4u32, 0..3u32),
        betas in (prop::sample::subsequence(vec![1u32, 3, 5], 1..3), prop::sample::subsequence(vec![2u32, 4], 0..2)),
        methods in (prop::sample::subsequence(vec!["bp", "degrees"], 1..2), prop::sample::subsequence(vec!["mc", "exact"], 0..2)),
        axes in (prop::sample::subsequence(vec![0u32, 2, 4], 1..3), prop::sample::subsequence(vec![1u32, 3], 0..2)),
    ) {
        let grid = |values: &[u32]| {
            let values: Vec<String> = values.iter().map(|v| format!("{}", f64::from(*v) / 10.0)).collect();
            format!("widths = [3, 3, 2, 1]\ndilution_2 = [{}]\nactivation_1 = [0.5, 1]\n", values.join(", "))
        };
        let both = |(old, added): &(Vec<u32>, Vec<u32>)| [&added[..], &old[..]].concat();
        let old = spec_text(samples.0, &betas.0, &methods.0, &grid(&axes.0));
        let middle = spec_text(samples.0, &both(&betas), &methods.0, &grid(&both(&axes)));
        let all_methods = [&methods.0[..], &methods.1[..]].concat();
        let new = spec_text(samples.0 + samples.1, &both(&betas), &all_methods, &grid(&both(&axes)));
        let sweep = Sweep::from_parts([spec(&old), spec(&middle), spec(&new)]).unwrap();
        let mut union = HashSet::new();
        for part in 0..3 {
            let added = rows(&sweep, part);
            prop_assert_eq!(added.len() as u64, sweep.new_rows(part) + sweep.new_histograms(part));
            for row in added {
                prop_assert!(union.insert(row));
            }
        }
        let whole: HashSet<String> = rows(&Sweep::new(spec(&new)), 0).into_iter().collect();
        prop_assert_eq!(union, whole);
    }
}

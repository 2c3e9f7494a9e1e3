//! What a right spec means.

use crate::{parse, spec, with};
use proptest::prelude::*;
use std::collections::BTreeSet;
use sweep::axis::AxisName;
use sweep::method::{KINDS, KINDS_WITH_BRANCHES};
use sweep::{MethodSettings, Spec, decimal};

#[test]
fn numbers_are_exactly_what_is_written() {
    let text =
        with("", "widths = [4, 4, 1]\ndilution_1 = [0.30, 3_0e-3, 0b1]\nbeta = [2, 0.1, 1e0]", "bp = {}");
    let spec = spec(&text);
    let axes = spec.grid().axes().concat();
    let dilution = axes.iter().find(|axis| axis.name == AxisName::Dilution(1)).unwrap();
    let values: Vec<String> = dilution.values.iter().map(|value| value.to_string()).collect();
    assert_eq!(values, ["0.3", "0.03", "1"]);
    let betas: Vec<String> = spec.betas().iter().map(|&beta| decimal::to_text(beta)).collect();
    assert_eq!(betas, ["0.1", "1", "2"]);
}

#[test]
fn what_is_not_said_takes_its_default() {
    let spec =
        spec(&with("", "widths = [4, 5, 6, 1]\nbeta = 1", "bp = {}\nmc = {}\nexact = {}\ndegrees = {}"));
    assert_eq!((spec.seed(), spec.samples()), (0, 1));
    let cell = spec.grid().cell(0);
    assert_eq!(
        cell.content,
        "widths=4-5-6-1 ensemble=branching couplings=input dilution=0,0,0 activation=1,1"
    );
    let methods: Vec<String> = spec.methods().iter().map(|method| method.to_string()).collect();
    assert_eq!(
        methods,
        [
            "bp kind=bp tolerance=1e-12 max_iterations=50000",
            "degrees kind=degrees",
            "exact kind=exact max_configurations=16777216",
            "mc kind=mc runs=4 relax=500 measure=2000",
        ]
    );
    assert_eq!(spec.rows(), 4);
}

#[test]
fn contents_and_ids_of_cells_never_change_between_versions() {
    // Rows in people's databases are found, and their random streams keyed, by these.
    let cell = spec(&with(
        "",
        "widths = [40, 40, 40, 1]\ndilution_1 = 0.40\nactivation_1 = 0.5\nactivation_2 = 0.2\nbeta = 1",
        "bp = {}",
    ))
    .grid()
    .cell(0);
    assert_eq!(
        cell.content,
        "widths=40-40-40-1 ensemble=branching couplings=input dilution=0.4,0,0 activation=0.5,0.2"
    );
    assert_eq!(cell.id, 3204401687740560991);
}

#[test]
fn the_kinds_with_branches_are_those_whose_rows_have_them() {
    let settings = |kind| match kind {
        "replica_exchange" => "{ ladder = [0.5, 1] }",
        "levels" => "{ overlaps = [0], pairs = 4 }",
        _ => "{}",
    };
    let methods = KINDS.map(|kind| format!("{kind} = {}", settings(kind))).join("\n");
    let spec = spec(&with("", "widths = [4, 4, 4, 1]\nbeta = 1", &methods));
    let methods = spec.methods().iter().filter(|method| method.branches().iter().any(Option::is_some));
    let kinds: BTreeSet<&str> = methods.map(|method| method.kind()).collect();
    assert_eq!(kinds, KINDS_WITH_BRANCHES.into());
}

#[test]
fn two_methods_may_share_a_kind() {
    let spec =
        spec(&with("", "widths = [4, 4, 1]\nbeta = 1", "mc = {}\nlong = { kind = \"mc\", measure = 9000 }"));
    let settings = &spec.method("long").unwrap().settings;
    let MethodSettings::Mc(mc) = settings else { panic!("{settings:?}") };
    assert_eq!((mc.runs, mc.relax, mc.measure), (4, 500, 9000));
    assert_eq!(spec.rows(), 2);
}

#[test]
fn a_sweep_of_degrees_alone_needs_no_beta() {
    let spec = spec(&with("samples = 3", "widths = [4, 4, 1]", "degrees = {}"));
    assert_eq!((spec.betas().len(), spec.rows(), spec.units()), (0, 0, 3));
}

#[test]
fn instances_are_cells_of_one_sample_named_by_their_digest() {
    let json = r#"{"format":"rap-instance/1","widths":[2,3,1],"paths":[[1,2,0],[0,0,0]],"couplings":[1,-1]}"#;
    let text = with("", "instances = [\"nets/mine.json\"]\nbeta = 1", "bp = {}");
    let spec = Spec::parse(&text, "test.toml", &|_| Ok(json.to_owned())).unwrap();
    let cell = spec.grid().cell(0);
    let brought = cell.brought().unwrap();
    assert_eq!(cell.content, format!("instance=sha256:{}", brought.files()[0].digest));
    assert_eq!(
        (brought.name(), cell.widths(), cell.couplings().name()),
        ("nets/mine.json", &[2, 3, 1][..], "path")
    );
    assert_eq!((brought.files().len(), brought.files()[0].instance.path_count()), (1, 2));
    assert_eq!(spec.grid().instances().unwrap().values.len(), 1);
    assert_eq!(spec.source().files[0].text, json);
    assert_eq!(spec.grid().index_of(&cell), Some(0));
}

const SPELT: &str = "name = \"test\"
samples = 2
[grid]
widths = [4, 4, 1]
dilution_1 = [0, 0.1, 0.2]
beta = [0.5, 1]
[methods.bp]
[methods.mc]
runs = 4
";

#[test]
fn the_digest_is_that_of_the_meaning() {
    let digest = |text: &str| spec(text).digest().to_owned();
    let base = digest(SPELT);
    for (from, to) in [
        ("[0, 0.1, 0.2]", "{ from = 0, to = 0.20, step = 1e-1 } # a comment"),
        ("samples = 2\n", "samples = 0x2\nseed = 0\ndescription = \"other\"\n"),
        ("beta = [0.5, 1]", "ensemble = \"branching\"\nbeta = [1.0, 0.50]\nactivation_1 = 1"),
        ("[methods.bp]\n[methods.mc]\nruns = 4\n", "[methods]\nmc = {}\nbp.kind = \"bp\"\n"),
        ("\n", "\r\n"),
    ] {
        assert_eq!(digest(&SPELT.replace(from, to)), base, "{to}");
    }
    for (from, to) in [
        ("\"test\"", "\"test2\""),
        ("samples = 2", "samples = 3"),
        ("samples = 2", "samples = 2\nseed = 1"),
        ("0.2]", "0.3]"),
        ("[0.5, 1]", "[0.5]"),
        ("runs = 4", "runs = 5"),
        ("[methods.mc]", "[methods.exact]\n[methods.mc]"),
        ("[4, 4, 1]", "[4, 3, 1]"),
        // The order of values numbers the units.
        ("[0, 0.1, 0.2]", "[0.1, 0, 0.2]"),
    ] {
        assert_ne!(digest(&SPELT.replace(from, to)), base, "{to}");
    }
}

#[test]
fn the_source_is_kept_as_it_was() {
    assert_eq!(spec(SPELT).source().text, SPELT);
    assert_eq!(parse(SPELT).unwrap().name(), "test");
}

proptest! {
    #[test]
    fn a_decimal_reads_back_from_its_canonical_text(mantissa in -(1i128 << 90)..1i128 << 90, scale in 0u32..=28) {
        let value = rust_decimal::Decimal::from_i128_with_scale(mantissa, scale);
        let text = decimal::to_text(value);
        let back = decimal::parse(&text).unwrap();
        prop_assert_eq!(back, value);
        prop_assert_eq!(decimal::to_text(back), text.clone());
        prop_assert!(!text.contains('.') || !text.ends_with('0'));
        prop_assert_ne!(text, "-0");
    }

    #[test]
    fn every_spelling_of_a_decimal_has_the_same_canonical_text(mantissa in -99999i64..99999, places in 0i32..9, shift in -6i32..6) {
        let spelt = format!("{mantissa}e-{places}");
        let shifted = format!("{mantissa}.00e{}", -places);
        let moved = format!("{}e{}", decimal::to_text(decimal::parse(&format!("{mantissa}e{shift}")).unwrap()), -places - shift);
        let text = decimal::to_text(decimal::parse(&spelt).unwrap());
        prop_assert_eq!(decimal::to_text(decimal::parse(&shifted).unwrap()), text.clone());
        prop_assert_eq!(decimal::to_text(decimal::parse(&moved).unwrap()), text.clone());
        prop_assert_eq!(text.parse::<f64>().unwrap(), spelt.parse::<f64>().unwrap());
    }
}

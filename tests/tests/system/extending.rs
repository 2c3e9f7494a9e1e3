//! A spec that grows keeps its rows and computes only the new ones; one that shrinks is refused.

use crate::specs::scan;
use std::collections::HashSet;
use system_tests::Rapgrid;

/// A spec with its parts to vary.
#[derive(Clone)]
struct Parts {
    seed: &'static str,
    samples: &'static str,
    dilution: &'static str,
    beta: &'static str,
    methods: &'static str,
}

const FIRST: Parts = Parts {
    seed: "5",
    samples: "2",
    dilution: "[0, 0.5]",
    beta: "[0.3, 0.8]",
    methods: "[methods.bp]\n[methods.degrees]\n",
};

impl Parts {
    fn spec(&self) -> String {
        let Parts { seed, samples, dilution, beta, methods } = self;
        format!(
            "name = \"grows\"\nseed = {seed}\nsamples = {samples}\n[grid]\nwidths = [6, 6, 6, 1]\nactivation_1 = 0.5\n\
             dilution_1 = {dilution}\nbeta = {beta}\n{methods}"
        )
    }
}

/// Each one more than the one before, and the rows that it has.
fn growing() -> [(Parts, u64); 5] {
    let samples = Parts { samples: "3", ..FIRST };
    let beta = Parts { beta: "[0.3, 0.5, 0.8]", ..samples.clone() };
    let dilution = Parts { dilution: "[0, 0.25, 0.5]", ..beta.clone() };
    let methods =
        "[methods.bp]\n[methods.degrees]\n[methods.quench]\nkind = \"mc\"\nrelax = 20\nmeasure = 50\n";
    let method = Parts { methods, ..dilution.clone() };
    [
        (FIRST, 2 * 2 * 2 * 2),
        (samples, 3 * 2 * 2 * 2),
        (beta, 3 * 2 * 3 * 2),
        (dilution, 3 * 3 * 3 * 2),
        (method, 3 * 3 * 3 * 3),
    ]
}

/// Everything recorded, with who and when.
fn recorded(rapgrid: &Rapgrid) -> HashSet<String> {
    let rows = rapgrid.query(
        "SELECT m::text FROM measurements m UNION ALL SELECT d::text FROM degree_counts d
         UNION ALL SELECT c::text FROM cells c",
    );
    rows.lines().map(str::to_owned).collect()
}

#[test]
fn a_spec_that_grows_keeps_its_rows_and_computes_only_the_new_ones() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let mut before = HashSet::new();
    let mut rows_before = 0;
    for (part, (parts, rows)) in growing().into_iter().enumerate() {
        scan(&rapgrid, &parts.spec(), &[]);
        rapgrid.assert_complete("grows");
        assert_eq!(rapgrid.count("SELECT count(*) FROM measurements"), rows);
        let computed =
            rapgrid.count(&format!("SELECT coalesce(sum(rows), 0) FROM finished_jobs WHERE part = {part}"));
        assert_eq!(computed, rows - rows_before, "part {part} computes what is new");
        let after = recorded(&rapgrid);
        assert!(before.is_subset(&after), "part {part} touched {:?}", before.difference(&after));
        (before, rows_before) = (after, rows);
    }
    let fresh = Rapgrid::new();
    let [.., (last, _)] = growing();
    scan(&fresh, &last.spec(), &[]);
    assert_eq!(rapgrid.table("grows"), fresh.table("grows"), "it equals a sweep that was never smaller");
}

#[test]
fn a_spec_that_lost_something_is_refused_and_nothing_is_stored() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, &FIRST.spec(), &[]);
    let tables = rapgrid.row_counts();
    let tighter = "[methods.bp]\ntolerance = 1e-13\n[methods.degrees]\n";
    for (parts, lost) in [
        (Parts { seed: "6", ..FIRST }, "the seed changed: 5 → 6"),
        (Parts { samples: "1", ..FIRST }, "samples fell: 2 → 1"),
        (Parts { dilution: "[0, 0.4]", ..FIRST }, "dilution_1 no longer holds 0.5"),
        (Parts { beta: "[0.3, 0.9]", ..FIRST }, "beta no longer holds 0.8"),
        (Parts { methods: "[methods.bp]\n", ..FIRST }, "method degrees is gone"),
        (Parts { methods: tighter, ..FIRST }, "method bp changed: tolerance 1e-12 → 1e-13"),
    ] {
        rapgrid.write("spec.toml", &parts.spec());
        let message = rapgrid.run(&["scan", "spec.toml", "--no-report"]).failed_with(2);
        assert!(message.contains(lost), "{lost} is not in {message}");
        assert!(message.contains("choose another name"), "{message} does not say what to do");
    }
    assert_eq!(rapgrid.row_counts(), tables);
}

#[test]
fn the_same_content_in_other_words_is_found_and_nothing_new_is_stored() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, &FIRST.spec(), &[]);
    let (tables, rows) = (rapgrid.row_counts(), recorded(&rapgrid));
    let other_words = r#"
        # The same sweep.
        samples = 2
        seed    = 0x5
        name    = 'grows'
        description = "in other words"
        [methods.degrees]
        kind = "degrees"
        [methods.bp]
        max_iterations = 50_000   # the default
        [grid]
        beta = [0.80, 3e-1]
        dilution_1 = { from = 0.0, to = 0.50, step = 0.5 }
        activation_1 = 0.50
        activation_2 = 1
        ensemble = "branching"
        widths = [[6, 6, 6, 1]]
    "#;
    rapgrid.write("spec.toml", other_words);
    let message = rapgrid.run(&["scan", "spec.toml", "--no-report"]);
    assert!(message.stderr.contains("grows is finished: all 16 rows are there"), "{message:?}");
    let coordinator = rapgrid.coordinator(&[]);
    let submitted = coordinator.run(&rapgrid, &["submit", "spec.toml"]).succeeded();
    assert_eq!(submitted, "grows was there already: 16 rows in all\n");
    assert_eq!(rapgrid.row_counts(), tables);
    assert_eq!(recorded(&rapgrid), rows);
}

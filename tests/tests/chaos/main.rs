//! The short mode of the chaos suite: one deck of rounds, in which every kind of fault occurs.

use std::io::{Write, stderr};
use system_tests::chaos::{Kind, ROUNDS_OF_A_DECK, Suite, Verdict};

/// Says it at once and whatever comes of the test: what was skipped must be seen where all is well, too.
fn say(text: &dyn std::fmt::Display) {
    let _ = writeln!(stderr(), "{text}");
}

#[test]
fn whatever_dies_sleeps_fills_up_or_is_cut_off_the_table_is_that_of_an_undisturbed_run() {
    let suite = Suite::new().expect("a machine with PostgreSQL");
    for kind in Kind::ALL {
        if let Some(reason) = suite.skips(kind) {
            say(&format!("skipped: {}: {reason}", kind.name()));
        }
    }
    let verdicts: Vec<Verdict> = (0..ROUNDS_OF_A_DECK).map(|seed| suite.round(seed)).collect();
    verdicts.iter().for_each(|verdict| say(verdict));
    let failed = verdicts.iter().filter(|verdict| !verdict.outcome.failures.is_empty());
    assert_eq!(failed.count(), 0, "rounds failed; what they say stands above");
}

//! The examples that come with the project.

use crate::spec;
use sweep::{Plan, Sweep};

#[test]
fn the_first_scan_is_what_its_comments_say() {
    let spec = spec(include_str!("../../../../examples/first-scan.toml"));
    assert_eq!((spec.grid().cells(), spec.units(), spec.betas().len()), (25, 200, 8));
    assert_eq!(spec.rows(), 200 * 8 * (2 + 1 + 1));
}

#[test]
fn the_tiny_example_is_tiny() {
    let sweep = Sweep::new(spec(include_str!("../../../../examples/tiny.toml")));
    let plan = Plan::of(&sweep, 0, 1.0);
    assert_eq!((plan.units, plan.new_rows), (6, 6 * 2 * 4));
    assert!(plan.cpu_seconds < 1.0, "{plan}");
    assert_eq!(sweep.new_histograms(0), 6);
}

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

#[test]
fn the_specs_of_the_paper_are_right_and_take_minutes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/paper");
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let sweep = Sweep::new(spec(&std::fs::read_to_string(&path).unwrap()));
        let plan = Plan::of(&sweep, 0, 1.0);
        assert!(plan.cpu_seconds < 900.0, "{}: {plan}", path.display());
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert_eq!(sweep.latest().name(), format!("paper-{name}"));
        found += 1;
    }
    assert!(found >= 7, "Fig. 3a, 3b and 3c, 4, 5a, 5b, Eq. 4 and the finite sizes");
}

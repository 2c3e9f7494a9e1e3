//! A grid costs its axes, not its points.

use crate::{spec, with};
use std::time::{Duration, Instant};
use sweep::{Plan, Sweep, cut};

const HUGE: &str = "widths = [[40, 40, 40, 1], [30, 30, 30, 1]]
ensemble = [\"branching\", \"unit\"]
dilution_1 = { from = 0, to = 0.99, step = 0.01 }
activation_1 = { from = 0.01, to = 1, count = 100 }
activation_2 = { from = 0.01, to = 1, count = 25 }
beta = { from = 0.1, to = 10, count = 20, scale = \"log\" }";

#[test]
fn a_hundred_million_points_are_read_planned_and_cut_at_once() {
    let start = Instant::now();
    let spec = spec(&with("samples = 100", HUGE, "bp = {}\nmc = {}\nexact = {}"));
    assert_eq!(spec.units(), 100_000_000);
    let sweep = Sweep::new(spec);
    let plan = Plan::of(&sweep, 0, 10.0);
    assert_eq!(plan.new_rows, 100_000_000 * 20 * 4);
    assert!(plan.cpu_seconds > 1e6 && plan.jobs > 100_000, "{plan:?}");
    let end = cut(&sweep, 0, 0, 10.0, 1.0, 100_000);
    assert!(end > 0 && end <= 100_000);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn an_extension_of_a_hundred_million_points_is_checked_and_cut_at_once() {
    let text = with("samples = 100", HUGE, "bp = {}");
    let mut sweep = Sweep::new(spec(&text));
    let start = Instant::now();
    let part = sweep.extend(spec(&text.replace("to = 0.99", "to = 1"))).unwrap();
    assert_eq!(sweep.new_rows(part), 1_000_000 * 20 * 2);
    let end = cut(&sweep, part, 0, 10.0, 1.0, 1000);
    // The hundred old dilutions of the first activations go with the first new one.
    assert!(end > 10_000, "{end}");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn an_axis_of_a_million_values_is_read_at_once() {
    let start = Instant::now();
    let axis = "widths = [4, 4, 1]\nbeta = 1\ndilution_1 = { from = 0, to = 0.999999, step = 0.000001 }";
    let spec = spec(&with("", axis, "bp = {}"));
    assert_eq!(spec.grid().cells(), 1_000_000);
    assert_eq!(spec.grid().index_of(&spec.grid().cell(123_456)), Some(123_456));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

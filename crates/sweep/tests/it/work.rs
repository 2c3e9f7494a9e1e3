//! Units, jobs and costs.

use crate::{spec, with};
use proptest::prelude::*;
use sweep::measurement::Branch;
use sweep::{Job, Plan, Sweep, cost, cut};

const GRID: &str =
    "widths = [10, 10, 10, 1]\nactivation_1 = 0.5\ndilution_1 = [0, 0.3, 0.6]\nbeta = [0.3, 0.8]";

fn sweep(samples: u32, methods: &str) -> Sweep {
    Sweep::new(spec(&with(&format!("samples = {samples}"), GRID, methods)))
}

#[test]
fn a_unit_is_cell_times_samples_plus_sample_and_expects_every_method_beta_and_branch_once() {
    let sweep = sweep(4, "bp = {}\nmc = {}\ndegrees = {}");
    let work = sweep.work(0, 6);
    assert_eq!((&*work.cell, work.sample), (&sweep.latest().grid().cell(1), 2));
    let work = sweep.work(0, 6);
    let rows: Vec<String> = work
        .expected_rows()
        .map(|row| format!("{} {} {:?}", row.method, row.beta, row.branch.map(Branch::name)))
        .collect();
    assert_eq!(
        rows,
        [
            "bp 0.3 Some(\"paramagnetic\")",
            "bp 0.3 Some(\"polarised\")",
            "bp 0.8 Some(\"paramagnetic\")",
            "bp 0.8 Some(\"polarised\")",
            "mc 0.3 None",
            "mc 0.8 None",
        ]
    );
    assert!(work.expects_degrees());
}

#[test]
fn an_extended_unit_has_only_the_tasks_that_are_new() {
    let mut sweep = sweep(2, "bp = {}\ndegrees = {}");
    let grid = GRID.replace("[0.3, 0.8]", "[0.3, 0.5, 0.8]").replace("[0, 0.3", "[0.1, 0, 0.3");
    let part = sweep.extend(spec(&with("samples = 3", &grid, "bp = {}\nmc = {}\ndegrees = {}"))).unwrap();
    let tasks = |unit| -> Vec<String> {
        let work = sweep.work(part, unit);
        work.tasks.iter().map(|task| format!("{} {}", task.method.name, task.betas.len())).collect()
    };
    assert_eq!(tasks(0), ["bp 3", "degrees 0", "mc 3"], "a new dilution");
    assert_eq!(tasks(3), ["bp 1", "mc 3"], "an old sample of an old dilution");
    assert_eq!(tasks(5), ["bp 3", "degrees 0", "mc 3"], "a new sample of an old dilution");
}

#[test]
fn cost_falls_with_dilution_and_rises_with_work() {
    let sweep = sweep(1, "bp = {}\nmc = {}\nexact = {}");
    let seconds: Vec<f64> = (0..3).map(|unit| cost::estimate_seconds(&sweep.work(0, unit))).collect();
    assert!(seconds[0] > seconds[1] && seconds[1] > seconds[2] && seconds[2] > 0.0, "{seconds:?}");
}

#[test]
fn an_exact_answer_that_would_be_refused_costs_nothing() {
    let of = |max: u64| {
        let grid = "widths = [30, 30, 30, 1]\nactivation_1 = 0.5\nbeta = [0.3, 0.8]";
        let sweep = Sweep::new(spec(&with("", grid, &format!("exact = {{ max_configurations = {max} }}"))));
        cost::estimate_seconds(&sweep.work(0, 0))
    };
    // 30 units with sides of about 15, somewhat more than 30 · 2^14 configurations.
    assert!(of(1 << 24) > 0.01 && of(1 << 20) < 0.002, "{} {}", of(1 << 24), of(1 << 20));
}

#[test]
fn a_job_lies_in_its_sweep_or_not() {
    let sweep = sweep(4, "bp = {}");
    let job = |part, first_unit, end_unit| Job { part, first_unit, end_unit };
    assert!(job(0, 0, 12).lies_in(&sweep));
    assert!(![job(0, 0, 13), job(0, 3, 3), job(0, 4, 3), job(1, 0, 1)].iter().any(|job| job.lies_in(&sweep)));
}

#[test]
fn a_slow_machine_gets_shorter_jobs() {
    let sweep = sweep(10_000, "bp = {}");
    let units = |slowness| cut(&sweep, 0, 0, 20.0, slowness, u64::MAX);
    assert!(units(10.0) * 9 < units(1.0) && units(1.0) < units(10.0) * 11, "{} {}", units(10.0), units(1.0));
    assert_eq!(units(f64::NAN), units(1.0));
}

#[test]
fn units_without_work_go_with_the_job_before_them() {
    let mut sweep = sweep(5, "bp = {}");
    let part = sweep.extend(spec(&with("samples = 6", GRID, "bp = {}"))).unwrap();
    // Only sample 5 of each of the three cells is new.
    assert_eq!(cut(&sweep, part, 0, 0.0, 1.0, 1), 11);
    assert_eq!(cut(&sweep, part, 11, 0.0, 1.0, 1), 17);
    assert_eq!(cut(&sweep, part, 17, 0.0, 1.0, 1), 18);
    assert_eq!(cut(&sweep, part, 0, 1e9, 1.0, 2), 17);
}

#[test]
fn a_plan_samples_units_and_is_near_the_sum_of_all() {
    let sweep = sweep(2000, "bp = {}\nmc = {}");
    let plan = Plan::of(&sweep, 0, 10.0);
    assert_eq!(plan.new_rows, 36_000);
    let exact: f64 = Job { part: 0, first_unit: 0, end_unit: 6000 }.estimate_seconds(&sweep);
    assert!((plan.cpu_seconds / exact - 1.0).abs() < 0.01, "{plan:?} {exact}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cut_jobs_tile_the_part_and_respect_their_target(
        samples in 1..50u32, old in 0..50u32, target in 0.0..0.2f64, max in 1..40u64,
    ) {
        let mut sweep = sweep(samples, "bp = {}\nmc = {}");
        let part = sweep.extend(spec(&with(&format!("samples = {}", samples + old), GRID, "bp = {}\nmc = {}"))).unwrap();
        for part in [0, part] {
            let mut from = 0;
            while from < sweep.units(part) {
                let end = cut(&sweep, part, from, target, 1.0, max);
                prop_assert!(end > from && end <= sweep.units(part));
                let job = Job { part, first_unit: from, end_unit: end };
                let costs: Vec<f64> = job.units().map(|unit| cost::estimate_seconds(&sweep.work(part, unit))).collect();
                let working: Vec<f64> = costs.into_iter().filter(|&seconds| seconds > 0.0).collect();
                prop_assert!(working.len() as u64 <= max);
                // Without its last unit with work, it would be too short.
                let but_last: f64 = working.iter().take(working.len().saturating_sub(1)).sum();
                prop_assert!(working.len() <= 1 || but_last < target * (1.0 + 1e-9));
                from = end;
            }
        }
    }
}

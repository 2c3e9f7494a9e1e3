//! Two threads over disorder samples against one: a whole job as a worker computes it.

use crate::pairs::{Ratio, compare};
use rayon::ThreadPoolBuilder;
use std::hint::black_box;
use sweep::{Job, Spec, Sweep};

/// Samples of a job: dozens for each thread, as in a scan, whose jobs take seconds. With few, what is measured is how
/// long one thread waits for the other's last.
const SAMPLES: u64 = 64;

/// Units a second on two threads over those on one.
pub(crate) fn two_over_one() -> Ratio {
    let sweep = Sweep::new(spec());
    compare(|| on_threads(&sweep, 1), || on_threads(&sweep, 2))
}

fn on_threads(sweep: &Sweep, threads: usize) -> u64 {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let job = Job { part: 0, first_unit: 0, end_unit: SAMPLES };
    let computed = pool.install(|| compute::compute_job(sweep, job));
    black_box(computed.len() as u64)
}

fn spec() -> Spec {
    let text = format!(
        r#"
        name = "threads"
        samples = {SAMPLES}
        [grid]
        widths = [16, 16, 16, 1]
        activation_1 = 0.5
        activation_2 = 0.2
        dilution_1 = 0.3
        beta = [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2]
        [methods.bp]
        [methods.mc]
        relax = 200
        measure = 1000
        "#
    );
    let no_files = |name: &str| Err(format!("no file {name} is there"));
    Spec::parse(&text, "threads", &no_files).expect("a valid spec")
}

//! What is computed does not depend on the threads that share a unit.

use rayon::ThreadPoolBuilder;
use sweep::measurement::Measurement;
use sweep::{Job, Spec, Sweep};

/// One unit, large enough for its β to be shared.
const SPEC: &str = r#"
name = "one-unit"
[grid]
widths = [50, 50, 50, 1]
activation_1 = 0.5
activation_2 = 0.2
couplings = "path"
beta = [0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16]
[methods.bp]
[methods.mc]
measure = 24000
"#;

#[test]
fn a_unit_that_two_threads_share_has_the_rows_of_one_thread() {
    let no_files = |name: &str| Err(format!("no file {name} is there"));
    let sweep = Sweep::new(Spec::parse(SPEC, "one-unit", &no_files).unwrap());
    let rows = |threads: usize| -> Vec<Measurement> {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let job = Job { part: 0, first_unit: 0, end_unit: 1 };
        let results = pool.install(|| compute::compute_job(&sweep, job));
        let rows = results.into_iter().flat_map(|unit| unit.rows.measurements);
        rows.map(|row| Measurement { seconds: 0.0, ..row }).collect()
    };
    let one = rows(1);
    assert_eq!(one.len(), 24);
    assert_eq!(rows(2), one);
}

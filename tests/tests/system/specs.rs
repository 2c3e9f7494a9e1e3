//! Specs that tests share, and the tables that undisturbed runs of them end in.

use std::sync::OnceLock;
use system_tests::Rapgrid;

/// One unit, which takes a core a minute or two.
pub(crate) const LONG_UNIT: &str = "name = \"long-unit\"\nseed = 1\nsamples = 1\n[grid]\nwidths = [31, 12, 31, 1]\nbeta = 1\n\
                         [methods.exact]\nmax_configurations = 17179869184\n";

/// Every ensemble, both couplings, every kind of method and every kind of outcome, in a few seconds of one core.
pub(crate) const SMALL: &str = r#"
name = "small"
seed = 11
samples = 2

[grid]
widths = [[6, 6, 6, 1], [4, 4, 3, 3, 1]]
ensemble = ["independent", "branching", "synapse", "unit"]
couplings = ["input", "path"]
activation_1 = 0.5
activation_2 = 0.7
dilution_1 = [0, 0.4, 0.97]
beta = [0.3, 0.8, 2]

[methods.bp]
max_iterations = 20000
[methods.mc]
relax = 100
measure = 400
[methods.exact]
max_configurations = 100000
[methods.degrees]
[methods.levels]
overlaps = [0, 0.5]
pairs = 4
"#;

/// The table that [`SMALL`] ends in.
pub(crate) fn small_table() -> &'static str {
    static TABLE: OnceLock<String> = OnceLock::new();
    TABLE.get_or_init(|| undisturbed("small", SMALL, &["--threads", "2"]))
}

/// Some twenty jobs of a third of a second with [`LONG_JOBS`]: whatever happens to it happens half-way.
pub(crate) const LONG: &str = r#"
name = "long"
seed = 3
samples = 8

[grid]
widths = [40, 40, 40, 1]
couplings = ["input", "path"]
activation_1 = 0.5
activation_2 = 0.2
dilution_1 = [0.3, 0.4, 0.5, 0.6, 0.7]
beta = [0.05, 0.08, 0.11, 0.14]

[methods.bp]
[methods.mc]
runs = 2
relax = 400
measure = 8000
[methods.exact]
max_configurations = 1000
[methods.degrees]
[methods.levels]
overlaps = [0, 0.5]
pairs = 4
"#;

/// How [`LONG`] is cut.
pub(crate) const LONG_JOBS: [&str; 2] = ["--job-seconds", "0.3"];

/// The units of [`LONG`].
pub(crate) const LONG_UNITS: u64 = 80;

/// The table that [`LONG`] ends in.
pub(crate) fn long_table() -> &'static str {
    static TABLE: OnceLock<String> = OnceLock::new();
    TABLE.get_or_init(|| undisturbed("long", LONG, &["--threads", "2"]))
}

/// Four units, computed at once.
pub(crate) const TINY: &str = r#"
name = "tiny"
seed = 7
samples = 2

[grid]
widths = [5, 5, 5, 1]
activation_1 = 0.5
dilution_1 = [0, 0.5]
beta = [0.3, 0.8]

[methods.bp]
[methods.mc]
relax = 20
measure = 100
[methods.exact]
[methods.degrees]
[methods.levels]
overlaps = [0, 0.5]
pairs = 4
"#;

/// The rows of [`TINY`]: four units, two β, and a row of mc, of exact and of each branch of bp.
pub(crate) const TINY_ROWS: u64 = 4 * 2 * 4;

fn undisturbed(name: &str, spec: &str, options: &[&str]) -> String {
    let rapgrid = Rapgrid::new();
    scan(&rapgrid, spec, options);
    rapgrid.assert_complete(name);
    rapgrid.table(name)
}

/// Scans a spec to its end, without plots.
pub(crate) fn scan(rapgrid: &Rapgrid, spec: &str, options: &[&str]) {
    rapgrid.write("spec.toml", spec);
    rapgrid.run(&[&["scan", "spec.toml", "--no-report"], options].concat()).succeeded();
}

//! Means over samples, and the sums behind them that are kept as rows are recorded.

use system_tests::Rapgrid;

use crate::specs::scan;

/// A sparse cell and a dense one, methods of all kinds, runs too short to settle, and samples without a path.
const SPEC: &str = "name = \"means\"\nseed = 3\nsamples = 5\n[grid]\nwidths = [5, 5, 5, 1]\nactivation_1 = 0.5\n\
    activation_2 = 0.4\ndilution_1 = [0, 0.3, 0.9]\nbeta = [0.3, 1.5]\n[methods.bp]\n[methods.exact]\n\
    [methods.mc]\nruns = 2\nrelax = 100\nmeasure = 400\n[methods.reduced_mc]\nladder = [0, 0.3, 1.5]\nruns = 2\nrelax = 100\nmeasure = 400\n\
    [methods.anneal]\n";

/// A mean, over the samples of a condition, and the names of its errors.
const MEANS: [(&str, &str, &str, &str); 11] = [
    ("energy_per_weight", "used", "energy_standard_error", "energy_statistical_error: energy_error"),
    ("log_z_per_weight", "used", "log_z_standard_error", ""),
    ("entropy_per_weight", "used", "entropy_standard_error", ""),
    ("overlap", "used", "overlap_standard_error", ""),
    ("lowest_energy_per_weight", "used", "lowest_energy_standard_error", ""),
    ("alpha", "true", "alpha_standard_error", ""),
    (
        "specific_heat",
        "settled",
        "specific_heat_standard_error",
        "specific_heat_statistical_error: specific_heat_error",
    ),
    (
        "path_overlap",
        "settled",
        "path_overlap_standard_error",
        "path_overlap_statistical_error: path_overlap_error",
    ),
    (
        "susceptibility",
        "settled",
        "susceptibility_standard_error",
        "susceptibility_statistical_error: susceptibility_error",
    ),
    (
        "system_susceptibility",
        "settled",
        "system_susceptibility_standard_error",
        "system_susceptibility_statistical_error: system_susceptibility_error",
    ),
    (
        "unit_binder",
        "settled",
        "unit_binder_standard_error",
        "unit_binder_statistical_error: unit_binder_error",
    ),
];

/// The definition: a query over all rows, with PostgreSQL's own means and deviations.
fn defined(mean: &str, over: &str, error: &str, statistical: &str) -> String {
    let (statistical, of_row) = statistical.split_once(": ").unwrap_or(("NULL::float8", "NULL::float8"));
    format!(
        "WITH defined AS (
             SELECT sweep, cell_id, beta, method, branch, count(*) FILTER (WHERE used) AS samples, count(*) AS samples_of,
                    avg({mean}) FILTER (WHERE {over}) AS mean,
                    stddev_samp({mean}) FILTER (WHERE {over}) / sqrt(nullif(count({mean}) FILTER (WHERE {over}), 0)) AS error,
                    sqrt(sum({of_row} * {of_row}) FILTER (WHERE {over})) / nullif(count({of_row}) FILTER (WHERE {over}), 0) AS part
             FROM (SELECT *, used AND equilibrated IS NOT FALSE AS settled
                   FROM (SELECT *, outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered) AS used
                         FROM results) AS r) AS r
             GROUP BY 1, 2, 3, 4, 5)
         SELECT count(*) FILTER (WHERE d.samples_of IS NULL OR p.samples_of IS NULL), count(d.mean), count(*) FILTER (WHERE
             p.samples <> d.samples OR p.samples_of <> d.samples_of
             OR NOT coalesce(abs(p.{mean} - d.mean) <= 1e-12 * (1 + abs(d.mean)), p.{mean} IS NULL AND d.mean IS NULL)
             OR NOT coalesce(abs(p.{error} - d.error) <= 1e-7 * d.error + 1e-9, p.{error} IS NULL AND d.error IS NULL)
             OR NOT coalesce(abs({statistical} - d.part) <= 1e-12, d.part IS NULL AND {statistical} IS NULL))
         FROM phase_diagram p FULL JOIN defined d ON (p.sweep, p.cell_id, p.beta, p.curve)
             = (d.sweep, d.cell_id, d.beta, d.method || coalesce('/' || d.branch, ''))"
    )
}

#[test]
fn kept_means_are_those_of_all_rows() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, SPEC, &[]);
    for (mean, over, error, statistical) in MEANS {
        let found = rapgrid.query(&defined(mean, over, error, statistical));
        let [unmatched, known, wrong] = found.split('|').collect::<Vec<_>>()[..] else { panic!("{found}") };
        assert_eq!((unmatched, wrong), ("0", "0"), "{mean}: {found}");
        assert_ne!(known, "0", "{mean} is nowhere");
    }
    let above = "SELECT count(*) FROM phase_diagram p WHERE log_z_above_paramagnet IS NOT NULL AND abs(log_z_above_paramagnet -
        (SELECT avg(log_z_per_weight - ln(2.0::float8) - alpha * ln(cosh(beta))) FROM results r
         WHERE (r.sweep, r.cell_id, r.beta, r.curve) = (p.sweep, p.cell_id, p.beta, p.curve)
           AND outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered))) > 1e-12";
    assert_eq!(rapgrid.count(above), 0);
    let layers = "SELECT count(*) FROM layer_overlaps l WHERE abs(overlap -
        (SELECT avg(layer_overlaps[l.layer]) FROM results r
         WHERE (r.sweep, r.cell_id, r.beta, r.curve) = (l.sweep, l.cell_id, l.beta, l.curve)
           AND outcome = 'solved' AND (branch IS DISTINCT FROM 'polarised' OR ordered))) > 1e-12";
    assert_eq!(rapgrid.count(layers), 0);
    assert!(rapgrid.count("SELECT count(*) FROM layer_overlaps") > 0);
    let energies = "SELECT count(*) FROM energy_histograms h FULL JOIN
        (SELECT cell_id, beta, method, (bin + 0.5::float8) / 256 AS energy, sum(n) AS count FROM results,
             unnest(energy_bins, energy_counts) AS b (bin, n) WHERE equilibrated IS NOT FALSE GROUP BY 1, 2, 3, 4) AS d
        USING (cell_id, beta, method, energy) WHERE h.count IS DISTINCT FROM d.count";
    assert_eq!(rapgrid.count(energies), 0);
    assert!(rapgrid.count("SELECT count(*) FROM energy_histograms") > 0);
    let keys = "SELECT count(*) - count(DISTINCT (cell_id, beta, curve)) FROM phase_diagram";
    assert_eq!(rapgrid.count(keys), 0, "a curve is a key");
    let not_asked = "SELECT count(*) FROM phase_diagram WHERE kind IN ('exact', 'mc') AND (converged, unresolved) IS NOT NULL
        OR kind IN ('exact', 'bp') AND (equilibrated, unequilibrated) IS NOT NULL";
    assert_eq!(rapgrid.count(not_asked), 0);
}

#[test]
fn sums_that_are_not_those_of_the_rows_are_found_and_taken_again() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, SPEC, &["--threads", "2", "--job-seconds", "0.01"]);
    let means = "SELECT md5(string_agg(m::text, ',' ORDER BY m::text)) FROM means m";
    let before = rapgrid.query(means);
    assert_eq!(rapgrid.run(&["db", "sum", "means"]).succeeded(), "means: the sums are those that it had\n");
    assert_eq!(rapgrid.query(means), before, "bit for bit");
    rapgrid.query(
        "UPDATE measurements SET energy_per_weight = energy_per_weight + 1e-15 WHERE outcome = 'solved' AND method = 'exact'",
    );
    let said = rapgrid.run(&["db", "sum", "--all"]).succeeded();
    assert_eq!(said, "means: the sums have changed: they were not those of its rows\n");
    assert_ne!(rapgrid.query(means), before);
    assert_eq!(rapgrid.run(&["db", "sum", "means"]).succeeded(), "means: the sums are those that it had\n");
    let message = rapgrid.run(&["db", "sum", "nobody"]).failed_with(2);
    assert!(message.contains("there is no sweep named \"nobody\""), "{message}");
    rapgrid.run(&["db", "sum"]).failed_with(2);
    rapgrid.run(&["delete", "means", "--yes"]).succeeded();
    assert_eq!(rapgrid.query("SELECT (SELECT count(*) FROM sums) + (SELECT count(*) FROM means)"), "0");
}

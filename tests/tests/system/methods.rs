//! Every kind of method from a spec to its tables, figures and back.

use crate::specs::scan;
use std::fs;
use system_tests::Rapgrid;

/// Every kind with couplings of both sorts, and two depths for those that know no β.
const ALL_KINDS: &str = r#"
name = "kinds"
seed = 3
samples = 2
[grid]
widths = [6, 6, 6, 1]
couplings = ["input", "path"]
activation_1 = 0.8
activation_2 = 0.5
dilution_1 = [0, 0.25, 0.5]
beta = [0.3, 0.8]
[methods.bp]
[methods.mc]
runs = 2
relax = 50
measure = 200
[methods.exact]
[methods.fast]
kind = "anneal"
mc_sweeps = 1
[methods.slow]
kind = "anneal"
mc_sweeps = 10
[methods.replica_exchange]
ladder = [0, 0.3, 0.5, 0.8]
runs = 2
relax = 50
rounds = 200
[methods.bp_reduced]
[methods.reduced_mc]
ladder = [0, 0.3, 0.5, 0.8]
runs = 2
relax = 20
measure = 100
[methods.degrees]
[methods.levels]
overlaps = [0, 0.5, 1]
pairs = 50
"#;

/// Six cells, two samples, two β, and as many rows for each as a kind has branches: bp and bp_reduced two, six others
/// one.
const ROWS: u64 = 6 * 2 * 2 * (2 + 2 + 6);

#[test]
fn every_kind_of_method_goes_from_its_spec_to_tables_and_figures_and_can_be_replayed() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    scan(&rapgrid, ALL_KINDS, &[]);
    assert_eq!(rapgrid.count("SELECT count(*) FROM results"), ROWS);
    let replayed = rapgrid.run(&["replay", "kinds", "--limit", "1000"]).succeeded();
    assert!(replayed.ends_with(&format!("{ROWS} of {ROWS} rows are identical\n")), "{replayed}");

    assert!(replayed.contains("degrees and levels of 24 of 24 samples are identical\n"), "{replayed}");
    rapgrid
        .query("UPDATE level_pairs SET covariance_per_path = covariance_per_path + 1e-12 WHERE sample = 1");
    let replayed = rapgrid.run(&["replay", "kinds", "--method", "levels", "--limit", "100"]);
    assert!(
        replayed.stdout.ends_with("degrees and levels of 6 of 12 samples are identical\n"),
        "{}",
        replayed.stdout
    );
    replayed.failed_with(4);

    let levels = rapgrid.count("SELECT count(*) FROM level_pairs");
    assert_eq!(levels, 6 * 2 * 3, "a pair of levels for each overlap of each sample");
    assert_eq!(rapgrid.count("SELECT count(*) FROM energy_levels WHERE samples = 2 AND depth = 3"), 18);
    let single = "SELECT count(*) FROM level_pairs WHERE overlap = 1 AND abs(variance_per_path - 1) > 1";
    assert_eq!(rapgrid.count(single), 0, "⟨H²⟩ is about M");
    let shares =
        "SELECT count(*) FROM (SELECT sum(share) AS sum FROM degree_distribution GROUP BY cell_id) AS cells
                  WHERE abs(sum - 1) < 1e-9";
    assert_eq!(rapgrid.count(shares), 6, "the shares of each cell add up to 1");
    let densities = "SELECT count(*) FROM (SELECT of, sum(density) / (CASE of WHEN 'path' THEN 32 ELSE 64 END) AS area FROM overlap_histograms
                     GROUP BY cell_id, beta, method, of) AS histograms WHERE abs(area - 1) < 1e-9";
    let histograms = "SELECT count(DISTINCT (cell_id, beta, method, of)) FROM overlap_histograms";
    let unflagged = "SELECT count(DISTINCT (cell_id, beta, method, of)) FROM results, (VALUES ('path'), ('unit')) AS kinds (of)
                     WHERE CASE of WHEN 'path' THEN path_overlap_histogram ELSE unit_overlap_histogram END IS NOT NULL
                       AND equilibrated IS NOT FALSE";
    assert_eq!(rapgrid.count(histograms), rapgrid.count(unflagged), "of all rows that are not flagged");
    assert_eq!(rapgrid.count(densities), rapgrid.count(histograms), "densities integrate to 1");
    let energies =
        "SELECT count(*) FROM (SELECT sum(density) / 256 AS area, sum(energy * density) / 256 AS mean
                    FROM energy_histograms WHERE method = 'reduced_mc' GROUP BY cell_id, beta) AS histograms
                    WHERE abs(area - 1) < 1e-9 AND mean BETWEEN -20 AND 0";
    assert_eq!(rapgrid.count(energies), 12, "of six cells and two β");
    let energies = "SELECT count(*) FROM results WHERE energy_counts IS NOT NULL AND abs(energy_per_weight -
                    (SELECT sum((b.bin + 0.5) * b.count) / sum(b.count) / 256 FROM unnest(energy_bins, energy_counts) AS b (bin, count)))
                    < 0.1";
    let sampled = "SELECT count(*) FROM results WHERE energy_counts IS NOT NULL";
    assert_eq!(rapgrid.count(energies), rapgrid.count(sampled), "their means are those of the energy");
    assert_eq!(rapgrid.count(sampled), 6 * 2 * 2 * 3, "of mc, replica_exchange and reduced_mc");
    let layers =
        "SELECT count(*) FROM layer_overlaps WHERE overlap BETWEEN 0 AND 1 + 1e-12 AND layer BETWEEN 1 AND 3";
    assert_eq!(rapgrid.count(layers), rapgrid.count("SELECT count(*) FROM layer_overlaps"));
    // The overlap of all weights is the mean of the layers', weighted by their sizes, so it lies between them.
    let between = "SELECT count(*) FROM results WHERE layer_overlaps IS NOT NULL
                   AND overlap NOT BETWEEN (SELECT min(q) FROM unnest(layer_overlaps) AS q) - 1e-12
                                       AND (SELECT max(q) FROM unnest(layer_overlaps) AS q) + 1e-12";
    assert_eq!(rapgrid.count(between), 0);

    let folder = rapgrid.folder().join("figures");
    rapgrid.run(&["plot", "kinds", "--out", "figures"]).succeeded();
    for figure in ["energy", "entropy", "specific_heat", "degrees", "energy_levels"] {
        assert!(folder.join(format!("{figure}.svg")).exists(), "no {figure}.svg");
    }
    for view in ["energy-levels", "degree-distribution", "layer-overlaps", "energy-histograms", "transitions"]
    {
        rapgrid.run(&["export", "kinds", "--view", view, "-o", "view.csv"]).succeeded();
        let lines = fs::read_to_string(rapgrid.folder().join("view.csv")).unwrap().lines().count();
        assert!(lines > 3, "{view}: {lines} lines");
    }
    rapgrid.run(&["delete", "kinds"]);
}

#[test]
fn a_sweep_without_temperatures_is_scanned_and_drawn() {
    let rapgrid = Rapgrid::new();
    let spec = "name = \"deep\"\nsamples = 2\n[grid]\nwidths = [[16, 16, 1], [6, 6, 6, 1], [4, 4, 4, 4, 1]]\n\
                couplings = [\"input\", \"path\"]\n[methods.levels]\noverlaps = [0, 0.5, 1]\npairs = 40\n[methods.degrees]\n";
    rapgrid.write("deep.toml", spec);
    let printed = rapgrid.run(&["scan", "deep.toml"]).succeeded();
    assert!(printed.contains("FROM energy_levels WHERE sweep = 'deep'"), "{printed}");
    for figure in ["degrees.png", "energy_levels.png"] {
        assert!(rapgrid.folder().join("results/deep").join(figure).exists(), "no {figure}");
    }
}

#[test]
fn solve_knows_degrees_and_levels_and_asks_for_beta_only_where_it_is_needed() {
    let rapgrid = Rapgrid::new();
    rapgrid.run(&["instance", "--widths", "5,5,5,1", "--seed", "1", "-o", "net.json"]).succeeded();
    let lines =
        rapgrid.run(&["solve", "net.json", "--method", "levels,degrees", "--format", "json"]).succeeded();
    let rows: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let levels: Vec<_> = rows.iter().filter(|row| row["method"] == "levels").collect();
    assert_eq!(levels.len(), 5);
    assert!(levels.iter().all(|row| row["paths"] == 125), "{lines}");
    // Every path is active: 25 weights of 5 paths in each of the first two layers, 5 of 25 in the last.
    let degrees: Vec<_> = rows.iter().filter(|row| row["method"] == "degrees").collect();
    assert_eq!(degrees.len(), 3);
    assert!(
        degrees.iter().any(|row| row["layer"] == 3 && row["degree"] == 25 && row["weights"] == 5),
        "{lines}"
    );
    // What is told of an instance names it as a row of `solve` does, and says how to draw it again.
    let told = rapgrid.run(&["instance", "net.json", "--format", "json"]).succeeded();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["weights"], &told["paths"]), (&55.into(), &125.into()));
    assert_eq!(told["instance"], degrees[0]["instance"]);
    let draw = ["--widths", "5,5,5,1", "--seed", "1", "--format", "json", "-o", "again.json"];
    let drawn = rapgrid.run(&[&["instance"][..], &draw].concat()).succeeded();
    let drawn: serde_json::Value = serde_json::from_str(&drawn).unwrap();
    assert_eq!((&drawn["instance"], &drawn["seed"]), (&told["instance"], &1.into()));
    let table = rapgrid.run(&["solve", "net.json", "--beta", "0.5", "--method", "exact"]).succeeded();
    let origin = format!("instance sha256:{}, seed 0, numerics revision", told["instance"].as_str().unwrap());
    assert!(table.contains(&origin), "{table}");
    let message = rapgrid.run(&["solve", "net.json", "--method", "bp"]).failed_with(2);
    assert!(message.contains("--method bp needs --beta"), "{message}");
    let message = rapgrid.run(&["solve", "net.json", "--method", "levels", "--overlaps", "2"]).failed_with(2);
    assert!(message.contains("an overlap lies in [-1, 1]"), "{message}");
}

#[test]
fn a_ladder_is_proposed_whose_swaps_are_accepted_as_often_as_asked() {
    let rapgrid = Rapgrid::new();
    let draw = [
        "instance",
        "--widths",
        "12,12,12,1",
        "--activation",
        "0.5,0.2",
        "--couplings",
        "path",
        "-o",
        "net.json",
    ];
    rapgrid.run(&draw).succeeded();
    let ladder = |acceptance: &str| {
        let arguments =
            ["ladder", "net.json", "--keep", "0.5,2", "--acceptance", acceptance, "--format", "json"];
        let lines = rapgrid.run(&arguments).succeeded();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    for (acceptance, low) in [("0.3", 0.2), ("0.6", 0.5)] {
        let rungs = ladder(acceptance);
        let betas: Vec<f64> = rungs.iter().map(|rung| rung["beta"].as_f64().unwrap()).collect();
        assert!(betas.is_sorted() && betas.contains(&0.5) && betas[0] == 0.0 && betas.last() == Some(&2.0));
        let accepted: Vec<f64> = rungs.iter().filter_map(|rung| rung["swap_acceptance"].as_f64()).collect();
        assert_eq!(accepted.len(), betas.len() - 1);
        assert!(accepted.iter().all(|&accepted| accepted > low), "{acceptance}: {accepted:?}");
    }
    assert!(ladder("0.6").len() > ladder("0.3").len());
    let table = rapgrid.run(&["ladder", "net.json", "--keep", "1"]).succeeded();
    assert!(table.lines().last().unwrap().starts_with("ladder = [0, "), "{table}");
    let message = rapgrid.run(&["ladder", "net.json"]).failed_with(2);
    assert!(message.contains("a ladder needs a β above 0"), "{message}");
}

#[test]
fn every_method_takes_beta_from_zero_to_a_hundred_and_refuses_what_is_none() {
    let rapgrid = Rapgrid::new();
    for couplings in ["input", "path"] {
        let draw = [
            "instance",
            "--widths",
            "4,4,4,1",
            "--activation",
            "0.5,0.8",
            "--couplings",
            couplings,
            "--seed",
            "5",
        ];
        rapgrid.run(&[&draw[..], &["-o", "net.json"]].concat()).succeeded();
        let methods = "exact,bp,mc,anneal,replica_exchange,bp_reduced,reduced_mc";
        let arguments = [
            "solve",
            "net.json",
            "--beta",
            "0,100",
            "--method",
            methods,
            "--beta-step",
            "10",
            "--format",
            "json",
        ];
        let lines =
            rapgrid.run(&[&arguments[..], &["--relax", "50", "--measure", "200"]].concat()).succeeded();
        let rows: Vec<serde_json::Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows.len(), 2 * (5 + 2 + 2), "{lines}");
        let lowest = rows.iter().find(|row| row["method"] == "exact" && row["beta"] == 100.0).unwrap();
        let lowest = lowest["energy_per_weight"].as_f64().unwrap();
        for row in rows.iter().filter(|row| row["outcome"] == "solved") {
            let energy = row["energy_per_weight"].as_f64().unwrap();
            let error = row["energy_error"].as_f64().unwrap_or(0.0);
            if row["beta"] == 0.0 {
                // ⟨H⟩ = 0 and log Z = n ln 2, within errors where they are measured.
                assert!(energy.abs() <= 5.0 * error + 1e-12, "{row}");
                for log_z in [&row["log_z_per_weight"], &row["entropy_per_weight"]] {
                    assert!(
                        log_z.as_f64().is_none_or(|z| (z - std::f64::consts::LN_2).abs() < 1e-12),
                        "{row}"
                    );
                }
            } else if row["branch"].is_null() {
                assert!(energy >= lowest - 1e-9, "below the ground state: {row}");
            }
        }
    }
    for (beta, reason) in [("inf", "inf"), ("NaN", "NaN"), ("-0.1", "[0, 100]"), ("100.5", "[0, 100]")] {
        let message = rapgrid.run(&["solve", "net.json", "--beta", beta]).failed_with(2);
        assert!(message.contains(reason), "{beta}: {message}");
    }
    let ladder =
        ["solve", "net.json", "--beta", "0.5", "--method", "replica_exchange", "--ladder", "0,0.5,0.4"];
    assert!(rapgrid.run(&ladder).failed_with(2).contains("the ladder must increase"));
    let relax = ["solve", "net.json", "--beta", "0.5", "--method", "mc", "--measure", "0"];
    rapgrid.run(&relax).failed_with(2);
    let rungs: Vec<String> = (0..5000).map(|k| format!("{}", f64::from(k) / 100.0)).collect();
    let ladder = rungs.join(",");
    let ladder = ["solve", "net.json", "--beta", "0.5", "--method", "reduced_mc", "--ladder", &ladder];
    assert!(rapgrid.run(&ladder).failed_with(2).contains("--ladder holds 5000 temperatures"));
}

#[test]
fn solve_and_a_sweep_give_the_same_rows_for_the_same_instance_and_settings() {
    let rapgrid = Rapgrid::new();
    let draw = [
        "instance",
        "--widths",
        "6,6,6,1",
        "--activation",
        "0.5,0.8",
        "--couplings",
        "path",
        "-o",
        "net.json",
    ];
    rapgrid.run(&draw).succeeded();
    let methods = ["anneal", "bp", "bp_reduced", "exact", "mc", "reduced_mc", "replica_exchange"];
    let ladder = "ladder = [0, 0.3, 0.6, 0.9]\n";
    let tables = methods.map(|method| {
        format!(
            "[methods.{method}]\n{}",
            if matches!(method, "reduced_mc" | "replica_exchange") { ladder } else { "" }
        )
    });
    let grid = "name = \"own\"\nseed = 7\n[grid]\ninstances = [\"net.json\"]\nbeta = [0.3, 0.9]\n";
    rapgrid.write("own.toml", &format!("{grid}{}", tables.concat()));
    rapgrid.run(&["scan", "own.toml", "--no-report"]).succeeded();
    let solve = [
        "solve",
        "net.json",
        "--beta",
        "0.3,0.9",
        "--seed",
        "7",
        "--ladder",
        "0,0.3,0.6,0.9",
        "--format",
        "json",
    ];
    let lines = rapgrid.run(&[&solve[..], &["--method", &methods.join(",")]].concat()).succeeded();
    let mut compared = 0;
    for line in lines.lines() {
        // Read as a number it could be off by its last bit.
        let value = |key: &str| {
            let (_, value) = line.split_once(&format!("\"{key}\":")).unwrap();
            value.split([',', '}']).next().unwrap().replace('"', "'")
        };
        let branch = match value("branch").as_str() {
            "null" => "branch IS NULL".to_owned(),
            branch => format!("branch = {branch}"),
        };
        let [method, beta, energy] = ["method", "beta", "energy_per_weight"].map(value);
        let key = format!("method = {method} AND beta = {beta} AND {branch}");
        let query = format!("SELECT coalesce(energy_per_weight::text, 'null') FROM results WHERE {key}");
        assert_eq!(rapgrid.query(&query), energy, "{line}");
        let number = |key: &str| value(key).parse::<f64>().ok();
        let has_ladder = ["'replica_exchange'", "'reduced_mc'"].contains(&method.as_str());
        assert_eq!(
            number("communication_barrier").is_some_and(|barrier| barrier > 0.0),
            has_ladder,
            "{line}"
        );
        if method == "'reduced_mc'" {
            // Six systems make more trips than the one with the fewest.
            assert!(number("fewest_round_trips") < number("round_trips"), "{line}");
        }
        compared += 1;
    }
    assert_eq!(compared, 2 * (5 + 2 * 2));
}

#[test]
fn a_boundary_that_depends_on_rows_that_did_not_converge_is_unresolved_wherever_it_is_shown() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    let spec = "name = \"slow\"\nseed = 1\nsamples = 6\n[grid]\nwidths = [14, 14, 14, 1]\nactivation_1 = 0.5\n\
                activation_2 = 0.3\ndilution_1 = { from = 0, to = 0.96, step = 0.08 }\nbeta = 1\n[methods.bp]\n";
    rapgrid.write("slow.toml", spec);
    rapgrid.run(&["scan", "slow.toml"]).succeeded();
    let outcome = |which: &str| {
        let outcome = "crossing_outcome || ' ' || ordering_outcome || ' ' || unresolved_samples";
        rapgrid.query(&format!("SELECT {outcome} FROM transitions WHERE sweep = 'slow' {which}"))
    };
    assert_eq!(outcome("AND current AND ordering BETWEEN 0.1 AND 0.9"), "found found 0");
    let unresolved = "SELECT count(*) FROM stable_branch WHERE unresolved";
    assert_eq!(rapgrid.count(unresolved), 0);
    // From where the first sample's order ends on, half of the samples are made not to have converged.
    rapgrid.query(
        "UPDATE measurements SET outcome = 'not_converged', converged = false, ordered = false, energy_per_weight = NULL,
             log_z_per_weight = NULL, entropy_per_weight = NULL, overlap = NULL, layer_overlaps = NULL, symmetries = NULL
         WHERE branch = 'polarised' AND sample < 3 AND paths > 0 AND cell_id IN
             (SELECT cell_id FROM cells WHERE dilution_1 >=
                 (SELECT min(dilution_1) FROM results WHERE branch = 'polarised' AND NOT ordered) - 0.08)",
    );
    // Nobody looks at rows that were looked at, unless told to.
    rapgrid.run(&["db", "sum", "slow"]).succeeded();
    rapgrid.query("UPDATE sweep_parts SET is_analysed = false");
    let printed = rapgrid.run(&["transitions", "slow"]).succeeded();
    rapgrid.run(&["scan", "slow.toml", "--no-report"]).succeeded();
    assert_eq!(rapgrid.run(&["transitions", "slow"]).succeeded(), printed);
    assert!(printed.contains("? not known: samples that did not converge"), "{printed}");
    assert_eq!(outcome("AND ordering IS NULL AND crossing IS NULL"), "unresolved unresolved 3");
    assert!(rapgrid.count(unresolved) >= 6, "their stable branch is not known");
    assert_eq!(rapgrid.count(&format!("{unresolved} AND stable_branch = 'polarised'")), 0);
    // Nor is it where the polarised start fell to the paramagnetic point, and that start did not converge.
    let lost = "SELECT count(*) FROM stable_branch WHERE stable_branch IS NULL AND unresolved";
    assert_eq!(rapgrid.count(lost), 0);
    rapgrid.query(
        "UPDATE measurements SET outcome = 'not_converged', converged = false, ordered = false, energy_per_weight = NULL,
             log_z_per_weight = NULL, entropy_per_weight = NULL, overlap = NULL, layer_overlaps = NULL, symmetries = NULL
         WHERE branch = 'paramagnetic' AND paths > 0 AND (cell_id, sample) IN
             (SELECT cell_id, sample FROM results WHERE branch = 'polarised' AND outcome = 'solved' AND NOT ordered)",
    );
    assert!(rapgrid.count(lost) >= 3);
    assert_eq!(
        rapgrid.count("SELECT count(*) FROM stable_branch WHERE stable_branch IS NULL AND NOT unresolved"),
        0
    );
    rapgrid.run(&["db", "sum", "slow"]).succeeded();
    let plotted = rapgrid.run(&["plot", "slow", "--out", "plots"]).succeeded();
    assert!(plotted.contains("plots"), "{plotted}");
    let energy = std::fs::read_to_string(rapgrid.folder().join("plots/energy.svg")).unwrap();
    for text in ["crossing not known: unresolved", "of the samples did not converge"] {
        assert!(energy.contains(text), "{text}");
    }
}

//! What people get: figures, tables and files from rows of a phase diagram.

#[path = "../examples/synthetic/mod.rs"]
mod synthetic;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use report::{Figure, ReportError, Results, summary, write_figures};
use resvg::tiny_skia::Pixmap;
use resvg::usvg::{Options, Tree};
use std::collections::BTreeSet;
use sweep::CellParameters;
use sweep::measurement::{Branch, PhasePoint};
use synthetic::{Grid, sweep};

/// The figures of rows alone.
fn draw(sweep: &str, points: &[PhasePoint]) -> Result<Vec<Figure>, ReportError> {
    report::draw(&Results { sweep, points, ..Results::default() })
}

fn named<'f>(figures: &'f [Figure], name: &str) -> &'f Figure {
    figures.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no figure {name}"))
}

fn lines_with(svg: &str, text: &str) -> usize {
    svg.lines().filter(|line| line.contains(text)).count()
}

#[test]
fn a_scan_over_dilution_and_temperature_has_all_figures() {
    let figures = draw("scan", &sweep(&Grid { dilutions: 9, betas: 8 })).unwrap();
    let names: Vec<&str> = figures.iter().map(|f| f.name.as_str()).collect();
    let expected = [
        "energy",
        "entropy",
        "overlap",
        "log_z",
        "iterations",
        "converged",
        "phase_energy",
        "heatmap_energy",
        "heatmap_overlap",
    ];
    assert_eq!(names, expected);
    for figure in &figures {
        Tree::from_str(&figure.svg, &Options::default()).unwrap();
        assert!(figure.svg.contains("<title>scan: "), "{}", figure.name);
    }
}

#[test]
fn degrees_levels_and_transitions_have_figures_without_any_row() {
    let (degrees, levels) = (synthetic::degrees(150), synthetic::levels());
    let transitions = synthetic::transitions(&sweep(&Grid { dilutions: 2, betas: 4 }));
    let results =
        Results { sweep: "deep", degrees: &degrees, levels: &levels, transitions: &transitions, points: &[] };
    let figures = report::draw(&results).unwrap();
    let names: Vec<&str> = figures.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["phase_diagram_beta_dilution_1", "degrees", "energy_levels"]);
    figures.iter().for_each(|figure| drop(figure.png().unwrap()));
}

#[test]
fn transitions_are_marked_in_their_panels_and_over_the_colour_map() {
    let points = sweep(&Grid { dilutions: 9, betas: 8 });
    let transitions = synthetic::transitions(&points);
    let with = report::draw(&Results {
        sweep: "scan",
        points: &points,
        transitions: &transitions,
        ..Results::default()
    });
    let (with, without) = (with.unwrap(), draw("scan", &points).unwrap());
    let text = "log Z of the BP branches crosses";
    for name in ["energy", "heatmap_energy", "heatmap_overlap"] {
        assert!(named(&with, name).svg.contains(text), "{name}");
        assert!(!named(&without, name).svg.contains(text), "{name}");
    }
    let rings = |figures: &[Figure]| lines_with(&named(figures, "heatmap_energy").svg, "<circle");
    assert_eq!(rings(&with) - rings(&without), 2 * (8 + 1), "a ring for each β, and one in the legend");
}

#[test]
fn points_that_are_not_equilibrated_are_marked() {
    let mut points = sweep(&Grid { dilutions: 9, betas: 1 });
    let sound = draw("scan", &points).unwrap();
    for point in points.iter_mut().filter(|p| p.kind == "mc").take(3) {
        point.equilibrated = point.samples - 1;
    }
    let doubtful = draw("scan", &points).unwrap();
    let rings = |figures: &[Figure]| lines_with(&named(figures, "energy").svg, "<circle");
    assert_eq!(rings(&doubtful) - rings(&sound), 2 * (3 + 1));
    assert!(named(&doubtful, "energy").svg.contains("not equilibrated in all samples"));
    assert!(!named(&sound, "energy").svg.contains("not equilibrated"));
}

#[test]
fn small_multiples_have_labels_a_panel_for_each_beta_and_all_points() {
    let points = sweep(&Grid { dilutions: 25, betas: 8 });
    let figures = draw("scan", &points).unwrap();
    let svg = &named(&figures, "energy").svg;
    for label in [
        "energy per weight \u{a0}⟨H⟩/n",
        "dilution \u{a0}p₁",
        "BP, polarised start",
        "exact",
        "paramagnet, −α tanh β",
    ] {
        assert_eq!(svg.lines().filter(|line| line.ends_with(label)).count(), 1, "{label}");
    }
    assert_eq!(svg.lines().filter(|line| line.starts_with("β = ")).count(), 8);
    let marked = points.iter().filter(|p| {
        p.energy_per_weight.is_some()
            && p.samples > 0
            && (p.kind == "mc" || p.branch == Some(Branch::Polarised))
    });
    // A marker is a disc and its edge; two more are in the legend.
    assert_eq!(lines_with(svg, "<circle"), 2 * (marked.count() + 2));
}

#[test]
fn a_method_of_an_unknown_kind_is_drawn() {
    let mut points = sweep(&Grid { dilutions: 9, betas: 1 });
    for point in points.iter_mut().filter(|p| p.kind == "exact") {
        (point.kind, point.method) = ("tensor_network".to_owned(), "dmrg".to_owned());
    }
    let figures = draw("scan", &points).unwrap();
    let svg = &named(&figures, "energy").svg;
    assert!(svg.contains("tensor_network (dmrg)"));
    assert!(lines_with(svg, "<polygon") >= 9);
}

#[test]
fn pixels_are_twice_the_drawing_and_not_blank() {
    let figures = draw("scan", &sweep(&Grid { dilutions: 9, betas: 4 })).unwrap();
    for figure in &figures {
        let size = Tree::from_str(&figure.svg, &Options::default()).unwrap().size();
        let pixels = Pixmap::decode_png(&figure.png().unwrap()).unwrap();
        assert_eq!(pixels.width(), 2 * size.width() as u32);
        assert_eq!(pixels.height(), 2 * size.height() as u32);
        let colours: BTreeSet<_> = pixels.pixels().iter().map(|p| (p.red(), p.green(), p.blue())).collect();
        assert!(colours.len() > 30, "{} has {} colours", figure.name, colours.len());
    }
}

#[test]
fn texts_are_drawn_with_the_embedded_font() {
    let figures = draw("scan", &sweep(&Grid { dilutions: 9, betas: 1 })).unwrap();
    let with_text = named(&figures, "energy");
    let without =
        Figure { svg: with_text.svg.replace("<text ", "<text display=\"none\" "), ..with_text.clone() };
    let dark = |figure: &Figure| {
        let pixels = Pixmap::decode_png(&figure.png().unwrap()).unwrap();
        pixels.pixels().iter().filter(|p| p.red() < 0x60 && p.green() < 0x60 && p.blue() < 0x60).count()
    };
    assert!(dark(with_text) > dark(&without) + 2000, "the text has no ink");
}

#[test]
fn figures_are_written_whole_beside_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("plots");
    let figures = draw("scan", &sweep(&Grid { dilutions: 3, betas: 1 })).unwrap();
    write_figures(&target, &figures).unwrap();
    write_figures(&target, &figures).unwrap();
    let entries = std::fs::read_dir(&target).unwrap();
    let names: BTreeSet<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    let expected: BTreeSet<String> =
        figures.iter().flat_map(|f| [format!("{}.svg", f.name), format!("{}.png", f.name)]).collect();
    assert_eq!(names, expected);
}

#[test]
fn an_unwritable_place_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("taken");
    std::fs::write(&file, "").unwrap();
    let error = write_figures(&file, &[]).unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
}

#[test]
fn without_values_there_is_nothing_to_draw_yet() {
    let error = draw("scan", &[]).unwrap_err();
    assert!(error.to_string().starts_with("nothing to draw yet"), "{error}");
    let mut points = sweep(&Grid { dilutions: 3, betas: 2 });
    points.iter_mut().for_each(|p| p.samples = 0);
    let names = |points: &[PhasePoint]| -> Vec<String> {
        draw("scan", points).unwrap().into_iter().map(|figure| figure.name).collect()
    };
    assert_eq!(names(&points), ["iterations", "converged"], "how BP failed is a result");
    points.retain(|p| p.branch.is_none());
    assert!(matches!(draw("scan", &points), Err(ReportError::NothingToDraw)));
}

#[test]
fn cells_and_instances_have_figures_of_their_own() {
    let mut points = sweep(&Grid { dilutions: 3, betas: 2 });
    let mut instances = points[..4].to_vec();
    for point in &mut instances {
        let cell = &mut point.parameters;
        (cell.ensemble, cell.dilution, cell.activation) = (None, vec![], vec![]);
    }
    points.extend(instances);
    let figures = draw("scan", &points).unwrap();
    assert!(named(&figures, "energy").svg.contains("dilution"));
    assert!(named(&figures, "energy_instances").svg.contains("inverse temperature"));
}

#[test]
fn markup_in_a_title_stays_text() {
    let points = sweep(&Grid { dilutions: 3, betas: 1 });
    for figure in draw("</text><script>&\u{0}\"", &points).unwrap() {
        assert!(!figure.svg.contains("<script"));
        figure.png().unwrap();
    }
}

fn any_value() -> impl Strategy<Value = Option<f64>> {
    option::of(prop_oneof![6 => -5.0..5.0f64, 1 => any::<f64>(), 1 => Just(0.0)])
}

prop_compose! {
    fn any_point()(
        dilution in vec((0..4i64).prop_map(|p| rust_decimal::Decimal::new(p, 1)), 0..4),
        ensemble in option::of(prop_oneof![Just("branching".to_owned()), Just("unit".to_owned())]),
        widths in vec(1..3i32, 0..5),
        beta in 0..4i64,
        kind in prop_oneof![Just("bp"), Just("mc"), Just("exact"), Just("bp_reduced"), Just("new")],
        method in prop_oneof![Just("one"), Just("two")],
        branch in option::of(prop_oneof![Just(Branch::Paramagnetic), Just(Branch::Polarised)]),
        (samples, samples_of, empty) in (0..3i64, 0..3i64, 0..3i64),
        values in vec(any_value(), 12),
    ) -> PhasePoint {
        let value = |i: usize| values[i];
        PhasePoint {
            parameters: CellParameters {
                dilution,
                ensemble,
                widths,
                ..synthetic::parameters(&[1, 1, 1], "input")
            },
            beta: rust_decimal::Decimal::new(beta, 1),
            method: method.to_owned(),
            samples,
            samples_of,
            empty,
            alpha: value(0),
            energy_per_weight: value(1),
            energy_standard_error: value(2),
            energy_statistical_error: value(3),
            log_z_per_weight: value(4),
            log_z_standard_error: value(5),
            entropy_per_weight: value(6),
            entropy_standard_error: value(7),
            overlap: value(8),
            overlap_standard_error: value(9),
            weights: value(10),
            r_hat: value(11),
            ..synthetic::point("cell", "1", kind, branch)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_give_figures_or_nothing_to_draw(points in vec(any_point(), 0..40), title in ".*") {
        match draw(&title, &points) {
            Ok(figures) => for figure in figures {
                prop_assert!(!figure.svg.contains("NaN") || title.contains("NaN"));
                prop_assert!(Tree::from_str(&figure.svg, &Options::default()).is_ok(), "{}", figure.name);
            },
            Err(error) => prop_assert!(matches!(error, ReportError::NothingToDraw), "{error}"),
        }
    }

    #[test]
    fn any_rows_give_a_table(points in vec(any_point(), 0..40), max_rows in 0..50usize) {
        prop_assert!(!summary(&points, max_rows, None).is_empty());
    }
}

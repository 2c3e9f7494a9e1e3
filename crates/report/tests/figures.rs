//! What people get: figures, tables and files from rows of a phase diagram.

#[path = "../examples/synthetic/mod.rs"]
mod synthetic;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use report::{
    Asked, By, Condition, Figure, Format, Output, Page, Quantity, ReportError, Results, Source, draw_asked,
    files, summary,
};
use resvg::tiny_skia::Pixmap;
use resvg::usvg::{Options, Tree};
use std::collections::BTreeSet;
use sweep::CellParameters;
use sweep::axis::AxisName;
use sweep::diagram::DifferencePoint;
use sweep::measurement::{Branch, PhasePoint};
use synthetic::{Grid, sweep};

/// The figures of rows alone.
fn draw(sweep: &str, points: &[PhasePoint]) -> Result<Vec<Figure>, ReportError> {
    report::draw(&Results { sweep, points, ..Results::default() })
}

/// Every kind of file, at the drawing's own size.
const ALL: Output<'_> =
    Output { formats: &Format::ALL, page: Page { width: None, height: None }, provenance: &[] };

fn png(figure: &Figure) -> Vec<u8> {
    figure.file(Format::Png, &ALL).expect("an SVG of ours")
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
    let results = Results {
        sweep: "deep",
        degrees: &degrees,
        levels: &levels,
        transitions: &transitions,
        ..Results::default()
    };
    let figures = report::draw(&results).unwrap();
    let names: Vec<&str> = figures.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["phase_diagram_beta_dilution_1", "degrees", "energy_levels"]);
    figures.iter().for_each(|figure| drop(png(figure)));
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
    assert_eq!(rings(&with) - rings(&without), 8 + 1, "a ring for each β, and one in the legend");
}

#[test]
fn points_that_are_not_equilibrated_are_marked() {
    let mut points = sweep(&Grid { dilutions: 9, betas: 1 });
    let sound = draw("scan", &points).unwrap();
    for point in points.iter_mut().filter(|p| p.kind == "mc").take(3) {
        point.equilibrated = Some(point.samples - 1);
    }
    let doubtful = draw("scan", &points).unwrap();
    let lines = |figures: &[Figure], tag: &str| lines_with(&named(figures, "energy").svg, tag);
    assert_eq!(lines(&doubtful, "<circle") - lines(&sound, "<circle"), 1, "the mark in the legend");
    // Marks of no other kind have strokes of this width.
    let strikes = |figures: &[Figure]| lines(figures, "stroke-width=\"1.3\"");
    assert_eq!(strikes(&doubtful) - strikes(&sound), 3 + 1);
    assert!(named(&doubtful, "energy").svg.contains(">crossed out: not equilibrated in all samples</text>"));
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
        assert_eq!(lines_with(svg, &format!(">{label}</text>")), 1, "{label}");
    }
    assert_eq!(lines_with(svg, ">β = "), 8);
    let marked = points.iter().filter(|p| p.energy_per_weight.is_some() && p.samples > 0 && p.kind == "mc");
    // One more is in the legend. Of BP there are lines.
    assert_eq!(lines_with(svg, "<circle"), marked.count() + 1);
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
        let pixels = Pixmap::decode_png(&png(figure)).unwrap();
        assert_eq!(pixels.width(), (2.0 * size.width()).round() as u32);
        assert_eq!(pixels.height(), (2.0 * size.height()).round() as u32);
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
        let pixels = Pixmap::decode_png(&png(figure)).unwrap();
        pixels.pixels().iter().filter(|p| p.red() < 0x60 && p.green() < 0x60 && p.blue() < 0x60).count()
    };
    assert!(dark(with_text) > dark(&without) + 2000, "the text has no ink");
}

#[test]
fn every_figure_has_a_file_of_its_own_in_every_format() {
    let figures = draw("scan", &sweep(&Grid { dilutions: 3, betas: 1 })).unwrap();
    let found: BTreeSet<String> = files(&figures, &ALL).map(|file| file.unwrap().0).collect();
    let expected: BTreeSet<String> =
        figures.iter().flat_map(|f| ["svg", "png", "pdf"].map(|e| format!("{}.{e}", f.name))).collect();
    assert_eq!(found, expected);
    assert!(!expected.is_empty());
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
        png(&figure);
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

#[test]
fn every_file_says_what_it_was_made_from_and_has_the_width_that_was_asked_for() {
    let page = Page { width: Some(86.0), height: None };
    let points = sweep(&Grid { dilutions: 9, betas: 4 });
    let results = Results { sweep: "scan", points: &points, page, ..Results::default() };
    let provenance = [("sweep", "scan <1>"), ("git revision", "0123abcd")];
    let provenance = provenance.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let output = Output { formats: &Format::ALL, page, provenance: &provenance };
    for figure in report::draw(&results).unwrap() {
        let svg = String::from_utf8(figure.file(Format::Svg, &output).unwrap()).unwrap();
        assert!(svg.contains("width=\"86.00mm\""), "{}", figure.name);
        assert!(svg.contains("<metadata>sweep: scan &lt;1&gt;; git revision: 0123abcd</metadata>"));
        let size = Tree::from_str(&svg, &Options::default()).unwrap().size();
        assert!((f64::from(size.width()) - 86.0 / 25.4 * 96.0).abs() < 0.1, "{}", size.width());
        // 600 pixels to an inch.
        let png = figure.file(Format::Png, &output).unwrap();
        assert!(Pixmap::decode_png(&png).unwrap().width().abs_diff(2031) <= 1);
        let has = |needle: &[u8]| png.windows(needle.len()).any(|window| window == needle);
        assert!(has(b"iTXtgit revision\0") && has(b"0123abcd") && has(b"pHYs"), "{}", figure.name);
        let pdf = figure.file(Format::Pdf, &output).unwrap();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF-") && text.ends_with("%%EOF\n"), "{}", figure.name);
        assert!(text.contains("/GitRevision <FEFF0030003100320033") && text.contains("/MediaBox [0 0 243.7"));
    }
}

#[test]
fn no_text_is_smaller_than_six_points_in_a_journals_column() {
    let page = Page { width: Some(86.0), height: Some(70.0) };
    let mut points = sweep(&Grid { dilutions: 9, betas: 8 });
    points
        .iter_mut()
        .for_each(|point| point.method.push_str(" with a name that fills more than a line of the legend"));
    let (degrees, levels) = (synthetic::degrees(150), synthetic::levels());
    let transitions = synthetic::transitions(&points);
    let results = Results {
        sweep: "a sweep whose name is longer than the figure is wide, and by far",
        points: &points,
        degrees: &degrees,
        levels: &levels,
        transitions: &transitions,
        page,
        ..Results::default()
    };
    let output = Output { formats: &Format::ALL, page, provenance: &[] };
    for figure in report::draw(&results).unwrap() {
        let svg = String::from_utf8(figure.file(Format::Svg, &output).unwrap()).unwrap();
        let number =
            |text: &str| text.split('"').next().unwrap().trim_end_matches("mm").parse::<f64>().unwrap();
        let after = |name: &str| svg.split(name).skip(1).map(number).collect::<Vec<f64>>();
        let view_box: f64 =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let points_per_unit = after(" width=\"")[0] / view_box / 25.4 * 72.0;
        let smallest = after("font-size=\"").into_iter().fold(f64::INFINITY, f64::min);
        assert!(smallest * points_per_unit > 5.99, "{}: {}", figure.name, smallest * points_per_unit);
    }
}

#[test]
fn differences_from_exact_are_drawn_of_stable_branches_and_of_monte_carlo_apart() {
    let points = sweep(&Grid { dilutions: 9, betas: 4 });
    let difference = |point: &PhasePoint| DifferencePoint {
        parameters: point.parameters.clone(),
        beta: point.beta,
        method: point.method.clone(),
        kind: point.kind.clone(),
        branch: point.branch,
        reference: "exact".to_owned(),
        samples: 20,
        energy_difference: Some(0.01),
        energy_difference_standard_error: Some(0.002),
        log_z_difference: None,
        log_z_difference_standard_error: None,
        entropy_difference: None,
        entropy_difference_standard_error: None,
    };
    let differences: Vec<DifferencePoint> =
        points.iter().filter(|p| p.kind != "exact").map(difference).collect();
    let results = Results { sweep: "scan", points: &points, differences: &differences, ..Results::default() };
    let figures = report::draw(&results).unwrap();
    let of_bp = &named(&figures, "energy_difference").svg;
    assert!(of_bp.contains(">⟨H⟩/n − exact</text>") && of_bp.contains("paired by sample"));
    assert!(of_bp.contains(">BP, polarised start</text>") && !of_bp.contains(">Monte Carlo</text>"));
    let of_mc = &named(&figures, "energy_difference_mc").svg;
    assert_eq!(lines_with(of_mc, "<circle"), 9 * 4 + 1, "a point for each row, and one in the legend");
    assert!(!figures.iter().any(|figure| figure.name.starts_with("log_z_difference")));
}

#[test]
fn beta_is_vertical_in_all_phase_diagrams() {
    for (dilutions, betas) in [(9, 4), (4, 9)] {
        let points = sweep(&Grid { dilutions, betas });
        let transitions = synthetic::transitions(&points);
        let figures =
            report::draw(&Results { points: &points, transitions: &transitions, ..Results::default() });
        for name in ["heatmap_energy", "phase_diagram_beta_dilution_1"] {
            let svg = &named(figures.as_ref().unwrap(), name).svg;
            let upright = svg.lines().filter(|line| line.contains("rotate(-90"));
            assert!(upright.clone().any(|line| line.contains("β</text>")), "{name}");
            assert!(!upright.clone().any(|line| line.contains("dilution")), "{name}");
        }
    }
}

#[test]
fn two_temperatures_are_no_map() {
    let figures = draw("scan", &sweep(&Grid { dilutions: 9, betas: 2 })).unwrap();
    assert!(!figures.iter().any(|figure| figure.name.starts_with("heatmap")));
}

/// The figure of rows of several sweeps.
fn asked(sources: &[(&str, &[PhasePoint])], change: impl Fn(&mut Asked<'_>)) -> Result<Figure, ReportError> {
    let sources: Vec<Source<'_>> =
        sources.iter().map(|&(sweep, points)| Source { sweep, points, differences: &[] }).collect();
    let mut asked = Asked {
        title: None,
        notes: &[],
        settings: &[],
        quantity: Quantity::Energy,
        x: None,
        hue: None,
        panel: None,
        conditions: &[],
        page: Page::default(),
    };
    change(&mut asked);
    draw_asked(&sources, &asked)
}

#[test]
fn what_is_left_open_in_a_figure_of_ones_own_is_chosen() {
    let points = sweep(&Grid { dilutions: 9, betas: 4 });
    let svg = asked(&[("scan", &points)], |_| ()).unwrap().svg;
    assert_eq!(lines_with(&svg, ">β = "), 4, "a panel for each β");
    let figure = asked(&[("scan", &points)], |asked| asked.hue = Some(By::Axis(AxisName::Beta))).unwrap();
    assert_eq!(figure.name, "energy_per_weight_dilution_1");
    assert_eq!(lines_with(&figure.svg, "dilution \u{a0}p₁</text>"), 1, "one panel, four colours");
    assert_eq!(lines_with(&figure.svg, ">β = "), 4);
}

#[test]
fn a_row_without_a_value_interrupts_a_line_of_ones_own_figure() {
    let mut points = sweep(&Grid { dilutions: 9, betas: 1 });
    points.retain(|point| point.branch == Some(Branch::Paramagnetic));
    let lines = |points: &[PhasePoint]| {
        let svg = asked(&[("scan", points)], |_| ()).unwrap().svg;
        svg.lines().filter(|line| line.contains("<polyline") && line.contains("stroke-width=\"1.8\"")).count()
    };
    let whole = lines(&points);
    points[4].energy_per_weight = None;
    assert_eq!(lines(&points), whole + 1);
}

#[test]
fn two_sweeps_in_one_figure_have_a_colour_each() {
    let (small, mut large) =
        (sweep(&Grid { dilutions: 9, betas: 2 }), sweep(&Grid { dilutions: 9, betas: 2 }));
    large.iter_mut().for_each(|point| point.parameters.widths = vec![80, 80, 80, 1]);
    let both: [(&str, &[PhasePoint]); 2] = [("small", &small), ("large", &large)];
    let svg = asked(&both, |_| ()).unwrap().svg;
    assert!(
        svg.contains(">small, widths 40–40–40–1</text>")
            && svg.contains(">large, widths 80–80–80–1</text>")
            && svg.contains(">small, large</text>")
    );
    let svg = asked(&both, |asked| asked.hue = Some(By::Axis(AxisName::Widths))).unwrap().svg;
    assert!(svg.contains(">widths 40–40–40–1</text>") && svg.contains(">widths 80–80–80–1</text>"));
}

#[test]
fn what_cannot_be_drawn_says_what_there_is() {
    let mut points = sweep(&Grid { dilutions: 9, betas: 2 });
    let mut others = points.clone();
    others.iter_mut().for_each(|point| point.parameters.activation[0] = "0.7".parse().unwrap());
    points.extend(others);
    let message =
        |change: &dyn Fn(&mut Asked<'_>)| asked(&[("scan", &points)], change).unwrap_err().to_string();
    let condition = |text: &str| [text.parse::<Condition>().unwrap()];
    let wrong = condition("beta=0.35");
    let said = asked(&[("scan", &points)], |asked| asked.quantity = Quantity::Overlap);
    assert!(said.is_ok(), "colours tell ρ apart");
    let text = message(&|asked| asked.hue = Some(By::Method));
    assert!(text.starts_with("`activation_1` has the values 0.5, 0.7: choose with --where"), "{text}");
    let text = message(&|asked| asked.x = Some(By::Sweep));
    assert!(text.starts_with("`sweep` is no number"), "{text}");
    let text = message(&|asked| asked.quantity = Quantity::SpecificHeat);
    assert!(
        text.starts_with("no row that was asked for has `specific_heat`; they have energy_per_weight"),
        "{text}"
    );
    let error = draw_asked(
        &[Source { sweep: "scan", points: &points, differences: &[] }],
        &Asked {
            title: None,
            notes: &[],
            settings: &[],
            quantity: Quantity::Energy,
            x: None,
            hue: None,
            panel: None,
            conditions: &wrong,
            page: Page::default(),
        },
    );
    assert_eq!(error.unwrap_err().to_string(), "no row has beta = 0.35; there are 0.2, 2");
}

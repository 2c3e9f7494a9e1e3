//! Every wrong spec is refused with the place and the reason.

use crate::{parse, refused, with};
use proptest::prelude::*;
use sweep::Spec;

/// Right, and the base of every wrong one: (what to replace, by what, the line, what the message says).
const GOOD: &str = r#"name = "scan"
seed = 1
samples = 2
description = "text"
[grid]
widths = [8, 8, 8, 1]
ensemble = "branching"
couplings = ["input", "path"]
dilution_1 = [0, 0.5]
dilution_2 = { from = 0, to = 0.2, count = 2 }
activation_1 = 0.5
beta = [0.3, 0.5]
zip = [["dilution_1", "dilution_2"]]
[methods.bp]
tolerance = 1e-12
[methods.slow]
kind = "mc"
runs = 4
[methods.exact]
max_configurations = 1024
"#;

const BAD: &[(&str, &str, usize, &str)] = &[
    // The document.
    ("name = \"scan\"\n", "", 1, "the spec needs name"),
    ("\"scan\"", "3", 1, "name must be a string; this is an integer"),
    ("\"scan\"", "\"\"", 1, "name is \"\"; it must be 1 to 64"),
    ("\"scan\"", "\"First scan\"", 1, "name is \"First scan\""),
    ("\"scan\"", "\"-scan\"", 1, "the first a letter or a digit"),
    ("seed = 1", "seed = -1", 2, "seed is -1; it must be between 0 and 9223372036854775807"),
    ("seed = 1", "seed = 9223372036854775808", 2, "seed is 9223372036854775808; it must be between"),
    ("seed = 1", "seed = 1.0", 2, "seed must be an integer; this is a float"),
    ("seed = 1", "sede = 1", 2, "unknown key \"sede\"; did you mean \"seed\"?"),
    ("seed = 1", "seed = 1\nseed = 2", 3, "not valid TOML: duplicate key"),
    ("seed = 1", "seed = ", 2, "not valid TOML"),
    ("seed = 1", "seed 1", 2, "not valid TOML"),
    ("samples = 2", "samples = 0", 3, "samples is 0; it must be between 1 and 2147483647"),
    ("samples = 2", "samples = true", 3, "samples must be an integer; this is a boolean"),
    ("\"text\"", "[]", 4, "description must be a string; this is an array"),
    ("[grid]", "[gird]", 5, "unknown key \"gird\"; did you mean \"grid\"?"),
    // Structure.
    ("widths = [8, 8, 8, 1]\n", "", 5, "[grid] needs widths"),
    ("[8, 8, 8, 1]", "8", 6, "widths must be a list of widths such as [40, 40, 40, 1]"),
    ("[8, 8, 8, 1]", "[]", 6, "widths is empty"),
    ("[8, 8, 8, 1]", "[8, 8, 8]", 6, "widths are wrong: the last width must be 1"),
    ("[8, 8, 8, 1]", "[8, 1]", 6, "at least three widths"),
    ("[8, 8, 8, 1]", "[8, 0, 8, 1]", 6, "width n_1 is 0"),
    ("[8, 8, 8, 1]", "[8, -8, 8, 1]", 6, "widths is -8; it must be between 0 and 1000000"),
    ("[8, 8, 8, 1]", "[8, 8.5, 8, 1]", 6, "widths must be an integer"),
    ("[8, 8, 8, 1]", "[[8, 8, 8, 1], [4, 4, 4, 1], [8, 8, 8, 1]]", 6, "widths holds 8-8-8-1 twice"),
    ("[8, 8, 8, 1]", "[[8, 8, 8, 1], 8]", 6, "widths must be a list of widths"),
    ("[8, 8, 8, 1]", "[1000, 1000, 1000, 1]", 6, "give up to 5.000e8 active paths in an instance"),
    ("[8, 8, 8, 1]", "[20000, 20000, 1, 1]\ndilution_3 = 0.9", 6, "kept in weight layer 1"),
    ("[8, 8, 8, 1]", "[100000, 100000, 100000, 100000, 1]", 6, "product of the widths, exceeds"),
    ("[8, 8, 8, 1]", "[[8, 8, 1], [8, 8, 8, 1]]\ndilution_3 = 0.1", 7, "dilution_3 has no layer"),
    ("\"branching\"", "\"branchign\"", 7, "ensemble is \"branchign\"; did you mean \"branching\"?"),
    ("\"branching\"", "[]", 7, "ensemble is empty"),
    ("\"branching\"", "[\"unit\", \"unit\"]", 7, "ensemble holds unit twice"),
    ("\"branching\"", "4", 7, "ensemble must be a string"),
    ("[\"input\", \"path\"]", "\"inputs\"", 8, "couplings is \"inputs\"; did you mean \"input\"?"),
    // Axes.
    ("[0, 0.5]", "[0, 1.2]", 9, "dilution_1 holds 1.2, which is not a probability in [0, 1]"),
    ("[0, 0.5]", "[0, -1e-9]", 9, "dilution_1 holds -0.000000001, which is not a probability"),
    ("[0, 0.5]", "[0, nan]", 9, "dilution_1 is nan; a finite number is needed"),
    ("[0, 0.5]", "[0, -inf]", 9, "dilution_1 is -inf; a finite number is needed"),
    ("[0, 0.5]", "[0, 1e-40]", 9, "more digits than can be held exactly"),
    ("[0, 0.5]", "[0, \"0.5\"]", 9, "dilution_1 must be a number; this is a string"),
    ("[0, 0.5]", "[]", 9, "dilution_1 is empty"),
    ("[0, 0.5]", "{}", 9, "dilution_1 is a range without \"from\""),
    ("[0, 0.5]", "{ from = 0, to = 1 }", 9, "dilution_1 has neither step nor count"),
    ("[0, 0.5]", "{ from = 0, to = 1, step = 1, count = 2 }", 9, "dilution_1 has both step and count"),
    ("[0, 0.5]", "{ from = 0, to = 1, step = 0 }", 9, "step is 0; it must be greater than 0"),
    ("[0, 0.5]", "{ from = 0, to = 1, step = 1e-9 }", 9, "the range has 1000000001 points"),
    ("[0, 0.5]", "{ from = 0, to = 1.5, count = 2 }", 9, "dilution_1 holds 1.5, which is not a probability"),
    ("[0, 0.5]", "{ from = 0.5, to = 0.2, count = 2 }", 9, "a range runs upwards"),
    ("[0, 0.5]", "{ from = 0, to = 1, count = 1 }", 9, "at least 2 points"),
    ("[0, 0.5]", "{ from = 0, to = 1, count = 3, scale = \"log\" }", 9, "must start above 0"),
    ("[0, 0.5]", "{ from = 0.1, to = 1, step = 0.1, scale = \"log\" }", 9, "step does not go with scale"),
    ("[0, 0.5]", "{ from = 0.1, to = 1, count = 2, scale = \"lin\" }", 9, "scale is \"lin\""),
    (
        "[0, 0.5]",
        "{ from = 0, too = 1, count = 2 }",
        9,
        "unknown key \"too\" in [dilution_1]; did you mean \"to\"?",
    ),
    ("activation_1 = 0.5", "activation_1 = [0.5, 0.2, 0.50]", 11, "activation_1 holds 0.5 twice"),
    (
        "activation_1",
        "activation_3",
        11,
        "activation_3 has no layer: a network of widths 8-8-8-1 has only 2 hidden",
    ),
    (
        "activation_1",
        "activaton_1",
        11,
        "unknown key \"activaton_1\" in [grid]; did you mean \"activation_1\"?",
    ),
    ("activation_1", "activation_0", 11, "unknown key \"activation_0\" in [grid]"),
    // The ladder.
    ("beta = [0.3, 0.5]\n", "", 5, "[grid] needs beta"),
    ("[0.3, 0.5]", "[0.3, 0.5, 3e-1]", 12, "beta holds 0.3 twice"),
    ("[0.3, 0.5]", "[0.3, 200.1]", 12, "beta holds 200.1, which is not an inverse temperature in [0, "),
    ("[0.3, 0.5]", "-1", 12, "beta holds -1"),
    ("[0.3, 0.5]", "inf", 12, "beta is inf; a finite number is needed"),
    // Zips.
    ("[[\"dilution_1\", \"dilution_2\"]]", "[\"dilution_1\"]", 13, "zip must be a list of lists of axes"),
    ("[[\"dilution_1\", \"dilution_2\"]]", "[[\"dilution_1\"]]", 13, "joins one axis with nothing"),
    ("\"dilution_2\"]]", "\"beta\"]]", 13, "names beta, which is no axis of the grid"),
    ("\"dilution_2\"]]", "\"dilution_3\"]]", 13, "names dilution_3, which has no values in [grid]"),
    ("\"dilution_2\"]]", "\"dilutoin_2\"]]", 13, "no axis; did you mean \"dilution_2\"?"),
    ("\"dilution_2\"]]", "\"dilution_1\"]]", 13, "names dilution_1 twice"),
    (
        "\"dilution_2\"]]",
        "\"activation_1\"]]",
        13,
        "need as many values as each other: activation_1 has 1, dilution_1 has 2",
    ),
    // Methods.
    ("tolerance = 1e-12", "tolerance = 1e-10", 15, "methods.bp.tolerance is 0.0000000001; it must be"),
    ("tolerance = 1e-12", "tolerance = 0", 15, "methods.bp.tolerance is 0; it must be greater than 0"),
    (
        "tolerance = 1e-12",
        "tolerence = 0",
        15,
        "unknown key \"tolerence\" in [methods.bp]; did you mean \"tolerance\"?",
    ),
    (
        "tolerance = 1e-12",
        "max_iterations = 100",
        15,
        "methods.bp.max_iterations is 100; it must be between 20000",
    ),
    ("[methods.slow]", "[methods.Slow]", 16, "\"Slow\" is no name for a method"),
    (
        "[grid]\n",
        "[grid]\nT = 2\n",
        6,
        "unknown key \"T\" in [grid]; temperatures are inverse ones here: beta = 1/T",
    ),
    (
        "[grid]\n",
        "[grid]\nt = 2\n",
        6,
        "unknown key \"t\" in [grid]; temperatures are inverse ones here: beta = 1/T",
    ),
    ("[grid]\n", "[grid]\ntemp = 2\n", 6, "temperatures are inverse ones here: beta = 1/T"),
    ("[grid]\n", "[grid]\np = 0.2\n", 6, "unknown key \"p\" in [grid]; did you mean \"dilution_1\"?"),
    (
        "[grid]\n",
        "[grid]\nrho_2 = 0.2\n",
        6,
        "unknown key \"rho_2\" in [grid]; did you mean \"activation_2\"?",
    ),
    ("kind = \"mc\"\n", "", 16, "[methods.slow] needs a kind: one of \"bp\", \"mc\""),
    ("kind = \"mc\"", "kind = \"MC\"", 17, "methods.slow.kind is \"MC\"; did you mean \"mc\"?"),
    ("kind = \"mc\"", "kind = \"mv\"", 17, "methods.slow.kind is \"mv\"; did you mean \"mc\"?"),
    ("kind = \"mc\"", "kind = \"degrees\"", 18, "unknown key \"runs\" in [methods.slow]"),
    ("runs = 4", "runs = 1", 18, "methods.slow.runs is 1; it must be between 2 and 4096"),
    ("runs = 4", "relax = -1", 18, "methods.slow.relax is -1; it must be between 0"),
    ("runs = 4", "measure = 15", 18, "methods.slow.measure is 15; it must be between 16"),
    ("= 1024", "= 17179869185", 20, "it must be between 1 and 17179869184"),
];

#[test]
fn the_good_spec_is_good() {
    let spec = parse(GOOD).unwrap();
    assert_eq!((spec.grid().cells(), spec.samples(), spec.betas().len()), (4, 2, 2));
}

#[test]
fn every_wrong_spec_is_refused_with_its_line_and_reason() {
    refused(GOOD, BAD);
}

#[test]
fn a_message_shows_the_place_in_its_line() {
    let text = GOOD.replace("[0, 0.5]", "[0, 1.2]");
    let expected = "\
test.toml:9:18: dilution_1 holds 1.2, which is not a probability in [0, 1]
 9 | dilution_1 = [0, 1.2]
   |                  ^^^";
    assert_eq!(parse(&text).unwrap_err().to_string(), expected);
}

#[test]
fn a_caret_stands_below_its_character_after_tabs_and_letters_of_several_bytes() {
    let error = parse("name = \"s\"\n\tdescription = \"ρ\"; nam = 1").unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 19));
    let long = GOOD.replace("[0, 0.5]", &format!("[{} 1.2]", "0.25, ".repeat(1000)));
    let message = parse(&long).unwrap_err().to_string();
    let lines: Vec<&str> = message.lines().collect();
    assert!(lines[1].chars().count() < 120, "{message}");
    let caret = lines[2].find('^').unwrap();
    assert_eq!(lines[1].get(caret..caret + 3), Some("1.2"), "{message}");
}

#[test]
fn a_grid_beyond_2_to_the_53_rows_is_refused() {
    let axis = "{ from = 0, to = 1, count = 1000000 }";
    let grid = |axes: usize| {
        let axes: String = (1..=axes).map(|l| format!("dilution_{l} = {axis}\n")).collect();
        with("", &format!("widths = [2, 2, 2, 1]\nbeta = 1\n{axes}"), "bp = {}")
    };
    assert_eq!(parse(&grid(2)).unwrap().rows(), 2_000_000_000_000);
    let error = parse(&grid(3)).unwrap_err();
    assert!(error.reason().contains("the grid is too large"), "{error}");
    let doc = with(
        "samples = 2147483647",
        &format!("widths = [2, 2, 2, 1]\nbeta = 1\ndilution_1 = {axis}"),
        "mc = {}",
    );
    assert!(parse(&doc).is_ok());
    let doc = doc.replace("beta = 1", "beta = [1, 2, 3, 4, 5]");
    assert!(parse(&doc).unwrap_err().reason().contains("within 2^53"));
}

#[test]
fn a_unit_of_too_many_rows_and_a_spec_of_too_many_bytes_are_refused() {
    let ladder = |count: u32| {
        let grid = format!("widths = [2, 2, 1]\nbeta = {{ from = 1, to = 2, count = {count} }}");
        parse(&with("", &grid, "bp = {}"))
    };
    assert_eq!(ladder(25_000).unwrap().rows(), 50_000);
    let error = ladder(25_001).unwrap_err();
    assert!(error.reason().contains("50002 rows of every sample"), "{error}");
    let long = format!("# {}\n", "x".repeat(16 << 20));
    let error = parse(&long).unwrap_err();
    assert!(error.reason().contains("a spec may have 16777216"), "{}", error.reason());
}

#[test]
fn methods_are_needed_and_a_second_degree_histogram_is_not() {
    let grid = "widths = [2, 2, 1]\nbeta = 1";
    let reason = |text: &str| parse(text).unwrap_err().reason().to_owned();
    assert!(reason(&with("", grid, "")).contains("at least one table"));
    assert!(reason(&format!("name = \"n\"\n[grid]\n{grid}")).contains("the spec needs methods"));
    assert!(reason("name = \"n\"").contains("the spec needs grid"));
    assert!(reason(&with("", grid, "bp = 3")).contains("methods.bp must be a table"));
    assert!(
        reason(&with("", grid, "a = { kind = \"degrees\" }\nb = { kind = \"degrees\" }"))
            .contains("nothing new")
    );
}

const INSTANCE: &str =
    r#"{"format":"rap-instance/1","widths":[2,3,1],"paths":[[1,2,0],[0,0,0]],"inputs":[1,-1]}"#;

#[test]
fn a_wrong_instance_file_is_refused_by_its_name() {
    let files = |name: &str| match name {
        "good.json" => Ok(INSTANCE.to_owned()),
        "same.json" => Ok(INSTANCE.replace("[1,2,0],[0,0,0]", "[0,0,0],[1,2,0]")),
        "bad.json" => Ok(INSTANCE.replace("[1,2,0]", "[1,3,0]")),
        _ => Err("no such file".to_owned()),
    };
    let reason = |document: &str, grid: &str| {
        let text = with(document, &format!("beta = 1\n{grid}"), "bp = {}");
        Spec::parse(&text, "test.toml", &files)
            .map(|_| ())
            .map_err(|error| (error.line(), error.reason().to_owned()))
    };
    assert_eq!(reason("", "instances = [\"good.json\"]"), Ok(()));
    for (document, grid, line, phrase) in [
        (
            "",
            "instances = [\"bad.json\"]",
            5,
            "\"bad.json\", which cannot be used: paths[0][1] = 3 is out of range",
        ),
        ("", "instances = [\"gone.json\"]", 5, "lists \"gone.json\": no such file"),
        (
            "",
            "instances = [\"good.json\",\n\"same.json\"]",
            6,
            "\"same.json\", the same instance as \"good.json\"",
        ),
        ("", "instances = []", 5, "instances is empty"),
        ("", "instances = \"good.json\"", 5, "instances must be a list of instance files"),
        ("", "instances = [3]", 5, "instances must be a string"),
        ("samples = 2", "instances = [\"good.json\"]", 2, "an instance of your own has one sample"),
        ("", "instances = [\"good.json\"]\nwidths = [2, 2, 1]", 6, "widths does not go with instances"),
        ("", "dilution_9 = 0\ninstances = [\"good.json\"]", 5, "dilution_9 has no layer"),
        ("", "instances = [\"good.json\"]\nzip = []", 6, "zip is empty"),
        (
            "",
            "instances = [\"good.json\"]\nbeat = 1",
            6,
            "unknown key \"beat\" in [grid]; did you mean \"beta\"?",
        ),
    ] {
        let (at, reason) = reason(document, grid).unwrap_err();
        assert!(reason.contains(phrase) && at == line, "{grid}: {at}: {reason}");
    }
}

/// A spec of three weight layers at β = 0 and 0.5 with one method.
fn with_method(widths: &str, couplings: &str, method: &str) -> Result<Spec, sweep::SpecError> {
    parse(&format!(
        "name = \"s\"\n[grid]\nwidths = {widths}\ncouplings = \"{couplings}\"\nbeta = [0, 0.5]\n[methods.m]\n{method}"
    ))
}

#[test]
fn settings_of_a_method_that_make_no_sense_are_refused_with_the_reason() {
    const THREE: &str = "[4, 4, 4, 1]";
    let exchange = "kind = \"replica_exchange\"\nladder = ";
    let good = [
        format!("{exchange}[0, 0.5]"),
        format!("{exchange}[0, 0.25, 0.5, 100]"),
        "kind = \"anneal\"\nmc_sweeps = 1\nbeta_step = 100".to_owned(),
        "kind = \"reduced_mc\"".to_owned(),
        "kind = \"levels\"\noverlaps = [-1, 0, 1]\npairs = 4".to_owned(),
    ];
    for method in good {
        with_method(THREE, "input", &method).unwrap();
    }
    for (widths, couplings, method, reason) in [
        (
            THREE,
            "input",
            format!("{exchange}[0, 0.5, 0.4]"),
            "the ladder must increase; it has 0.4 after 0.5",
        ),
        (
            THREE,
            "input",
            format!("{exchange}[0, 0.5, 0.5]"),
            "the ladder must increase; it has 0.5 after 0.5",
        ),
        (THREE, "input", format!("{exchange}[0.5]"), "a ladder has at least two temperatures"),
        (THREE, "input", format!("{exchange}[0, 0.4]"), "has a ladder without 0.5"),
        (
            THREE,
            "input",
            format!("{exchange}[0, 0.5, 100.5]"),
            "holds 100.5, which is not an inverse temperature",
        ),
        (THREE, "input", format!("{exchange}[0, 0.5, inf]"), "inf; a finite number is needed"),
        (THREE, "input", "kind = \"replica_exchange\"".to_owned(), "needs ladder"),
        (THREE, "input", format!("{exchange}[0, 0.5]\nrounds = 0"), "rounds is 0; it must be between 16"),
        (THREE, "input", format!("{exchange}[0, 0.5]\nruns = 1"), "runs is 1; it must be between 2"),
        (
            THREE,
            "input",
            format!("{exchange}{{ from = 0, to = 2, step = 0.0025 }}\nruns = 64\nrounds = 16777216"),
            "at most 8 GiB are supported",
        ),
        (THREE, "input", "kind = \"mc\"\nruns = 4096\nmeasure = 1000000".to_owned(), "at most 8 GiB"),
        // Errors take copies of a series, and the reduced systems three series at every temperature.
        (THREE, "input", "kind = \"mc\"\nruns = 300\nmeasure = 1000000".to_owned(), "need 12 GiB"),
        (THREE, "input", "kind = \"reduced_mc\"\nruns = 200\nmeasure = 1000000".to_owned(), "need 12 GiB"),
        (THREE, "input", "kind = \"mc\"\nmeasure = 0".to_owned(), "measure is 0; it must be between 16"),
        (
            THREE,
            "input",
            "kind = \"anneal\"\nmc_sweeps = 0".to_owned(),
            "mc_sweeps is 0; it must be between 1",
        ),
        (THREE, "input", "kind = \"anneal\"\nbeta_step = 0".to_owned(), "beta_step is 0; it must be between"),
        (THREE, "path", "kind = \"reduced_mc\"".to_owned(), "needs a ladder: with couplings \"path\""),
        ("[4, 4, 1]", "input", "kind = \"bp_reduced\"".to_owned(), "three weight layers only"),
        (THREE, "input", "kind = \"levels\"".to_owned(), "needs overlaps"),
        (
            THREE,
            "input",
            "kind = \"levels\"\noverlaps = [0, 1.5]".to_owned(),
            "1.5, which is not an overlap in [-1, 1]",
        ),
        (THREE, "input", "kind = \"levels\"\noverlaps = [0.5, 0]".to_owned(), "the overlaps must increase"),
        (
            THREE,
            "input",
            "kind = \"levels\"\noverlaps = 1\npairs = 3".to_owned(),
            "pairs is 3; it must be between 4",
        ),
    ] {
        let error = with_method(widths, couplings, &method).map(|_| ()).expect_err(&method);
        assert!(error.reason().contains(reason), "{method}: {error}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    for open in ["[", "{a=", "[{a="] {
        assert!(parse(&format!("name = {}", open.repeat(100_000))).is_err());
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        let _ = parse(&text);
    }

    #[test]
    fn no_damage_to_a_good_spec_makes_the_parser_panic(
        at in 0..GOOD.len(),
        length in 0usize..20,
        insert in "[-+0-9a-z_.,='\"\\[\\]{} \n]{0,12}",
    ) {
        let mut text = GOOD.to_owned();
        text.replace_range(at..(at + length).min(GOOD.len()), &insert);
        if let Err(error) = parse(&text) {
            prop_assert!(error.line() <= text.lines().count() + 1);
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

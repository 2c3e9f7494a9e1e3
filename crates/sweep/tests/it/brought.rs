//! Networks of one's own: cells, samples and parts of a sweep.

use crate::with;
use sweep::axis::AxisName;
use sweep::{Spec, SpecError};

/// A spec whose files hold a network of two or, if its name begins with `deep`, three weight layers. The content
/// depends on the name.
fn parse(document: &str, grid: &str) -> Result<Spec, SpecError> {
    let file = |name: &str| {
        let unit = name.bytes().map(u32::from).sum::<u32>() % 97;
        let signs = if name.starts_with("glass") { "\"couplings\":[1]" } else { "\"inputs\":[1,-1]" };
        Ok(if name.starts_with("deep") {
            format!(r#"{{"format":"rap-instance/1","widths":[2,97,2,1],"paths":[[1,{unit},0,0]],{signs}}}"#)
        } else {
            format!(r#"{{"format":"rap-instance/1","widths":[2,97,1],"paths":[[1,{unit},0]],{signs}}}"#)
        })
    };
    Spec::parse(&with(document, &format!("{grid}\nbeta = 1"), "bp = {}"), "test.toml", &file)
}

fn spec(document: &str, grid: &str) -> Spec {
    parse(document, grid).unwrap_or_else(|error| panic!("{error}\n{grid}"))
}

#[test]
fn a_diluted_network_is_a_cell_for_each_p_and_undiluted_what_it_always_was() {
    let diluted =
        spec("samples = 5", "instances = [\"a\", \"deep\"]\ndilution_1 = [0, 0.25]\ndilution_2 = 0.5");
    assert_eq!((diluted.grid().cells(), diluted.units()), (4, 20));
    let cells: Vec<_> = (0..4).map(|index| diluted.grid().cell(index)).collect();
    let digest = &cells[0].brought().unwrap().files()[0].digest;
    assert_eq!(cells[0].content, format!("instance=sha256:{digest} dilution=0,0.5"));
    assert_eq!(cells[1].content, format!("instance=sha256:{digest} dilution=0.25,0.5"));
    assert!(cells[3].content.ends_with(" dilution=0.25,0.5,0"), "{}", cells[3].content);
    assert_eq!(cells[3].parameters().number(AxisName::Dilution(1)), Some("0.25".parse().unwrap()));
    assert!(cells.iter().enumerate().all(|(at, cell)| diluted.grid().index_of(cell) == Some(at as u64)));
    let plain = spec("", "instances = [\"a\"]");
    assert_eq!(plain.grid().cell(0).content, format!("instance=sha256:{digest}"));
    // What is said of a default is nothing.
    let same = spec("", "instances = [\"a\"]\ndilution_1 = 0.0\ndilution_2 = [0]");
    assert_eq!((same.digest(), same.grid().axes().len()), (plain.digest(), 0));
    assert_ne!(
        diluted.digest(),
        spec("samples = 5", "instances = [\"a\", \"deep\"]\ndilution_1 = [0, 0.25]").digest()
    );
}

#[test]
fn the_files_of_a_group_are_the_samples_of_one_cell() {
    let group = spec("", "instances = [\"a\", \"b\", \"c\"]\ngroup = \"nets\"\ndilution_1 = [0, 0.5]");
    assert_eq!((group.samples(), group.grid().cells(), group.units()), (3, 2, 6));
    let cell = group.grid().cell(0);
    assert_eq!(cell.content, "group=nets");
    assert_eq!(group.grid().cell(1).content, "group=nets dilution=0.5,0");
    assert_eq!(cell.parameters().instance.as_deref(), Some("nets"));
    assert_eq!(cell.parameters().structure(), "2-97-1 instance nets input");
    let names: Vec<&str> = cell.brought().unwrap().files().iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(group.grid().index_of(&cell), Some(0));
    assert_eq!(
        group.digest(),
        spec(
            "samples = 3",
            "instances = [\"a\", \"b\", \"c\"]\ngroup = \"nets\"\n\
        dilution_1 = [0, 0.5]"
        )
        .digest()
    );
    assert_ne!(
        group.digest(),
        spec("", "instances = [\"b\", \"a\", \"c\"]\ngroup = \"nets\"\ndilution_1 = [0, 0.5]").digest()
    );
}

#[test]
fn files_and_dilutions_are_added_to_a_sweep_and_none_is_taken_away() {
    let two = spec("", "instances = [\"a\", \"b\"]\ngroup = \"nets\"");
    spec("", "instances = [\"a\", \"b\", \"c\"]\ngroup = \"nets\"\ndilution_1 = [0.5, 0]")
        .extends(&two)
        .unwrap();
    for (grid, lost) in [
        ("instances = [\"b\", \"a\"]\ngroup = \"nets\"", "the group nets no longer begins with the 2 files"),
        ("instances = [\"a\"]\ngroup = \"nets\"", "the group nets no longer begins with the 2 files"),
        ("instances = [\"a\", \"b\"]\ngroup = \"others\"", "instances no longer holds nets"),
        ("instances = [\"a\", \"b\"]", "instances no longer holds nets"),
        ("instances = [\"a\", \"b\"]\ngroup = \"nets\"\ndilution_1 = 0.5", "dilution_1 no longer holds 0"),
    ] {
        let error = spec("", grid).extends(&two).unwrap_err();
        assert!(error.lost().starts_with(lost), "{grid}: {error}");
    }
    let one = spec("", "instances = [\"a\"]");
    spec("samples = 4", "instances = [\"a\", \"b\"]\ndilution_2 = [0, 0.1]").extends(&one).unwrap();
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    for (document, grid, line, phrase) in [
        (
            "samples = 2",
            "instances = [\"a\", \"b\", \"c\"]\ngroup = \"nets\"",
            2,
            "the samples of group nets are its 3 files",
        ),
        ("samples = 2", "instances = [\"a\"]\ndilution_1 = [0, 0.0]", 5, "holds 0 twice"),
        (
            "samples = 2",
            "instances = [\"a\"]\ndilution_1 = 0",
            2,
            "an instance of your own has one sample, unless",
        ),
        (
            "",
            "instances = [\"a\", \"b\",\n\"a\"]\ngroup = \"nets\"",
            5,
            "lists \"a\", the same instance as \"a\"",
        ),
        (
            "",
            "instances = [\"a\", \"deep\"]\ngroup = \"nets\"",
            4,
            "\"deep\", whose widths or couplings differ from those of \"a\"",
        ),
        (
            "",
            "instances = [\"a\", \"glass\"]\ngroup = \"nets\"",
            4,
            "\"glass\", whose widths or couplings differ",
        ),
        ("", "instances = [\"a\"]\ngroup = \"My nets\"", 5, "group is \"My nets\"; it must be 1 to 64 of"),
        ("", "instances = [\"a\"]\ngroup = 3", 5, "group must be a string"),
        (
            "",
            "instances = [\"deep\", \"a\"]\ndilution_3 = 0.1",
            5,
            "a network of widths 2-97-1 has only 2 weight layers",
        ),
        ("", "instances = [\"a\"]\nactivation_1 = 0.1", 5, "activation_1 does not go with instances"),
        (
            "",
            "instances = [\"a\"]\ndilution_1 = [0, 0.5]\nzip = [[\"dilution_1\", \"instances\"]]",
            6,
            "which is no axis",
        ),
        ("", "widths = [4, 4, 1]\ngroup = \"nets\"", 5, "unknown key \"group\""),
    ] {
        let error = parse(document, grid).unwrap_err();
        assert!(error.reason().contains(phrase) && error.line() == line, "{grid}: {error}");
    }
}

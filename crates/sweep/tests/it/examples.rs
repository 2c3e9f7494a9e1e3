//! The examples that come with the project.

use crate::spec;
use sweep::{Plan, Sweep};

#[test]
fn the_first_scan_is_what_its_comments_say() {
    let spec = spec(include_str!("../../../../examples/first-scan.toml"));
    assert_eq!((spec.grid().cells(), spec.units(), spec.betas().len()), (25, 200, 8));
    assert_eq!(spec.rows(), 200 * 8 * (2 + 1 + 1));
}

#[test]
fn the_tiny_example_is_tiny() {
    let sweep = Sweep::new(spec(include_str!("../../../../examples/tiny.toml")));
    let plan = Plan::of(&sweep, 0, 1.0);
    assert_eq!((plan.units, plan.new_rows), (6, 6 * 2 * 4));
    assert!(plan.cpu_seconds < 1.0, "{plan:?}");
    assert_eq!(sweep.new_histograms(0), 6);
}

#[test]
fn the_specs_of_the_paper_are_right_and_take_minutes() {
    let mut found = 0;
    for entry in std::fs::read_dir(paper("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let sweep = Sweep::new(spec(&std::fs::read_to_string(&path).unwrap()));
        let plan = Plan::of(&sweep, 0, 1.0);
        assert!(plan.cpu_seconds < 900.0, "{}: {plan:?}", path.display());
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert_eq!(sweep.latest().name(), format!("paper-{name}"));
        found += 1;
    }
    assert!(found >= 18, "Fig. 3a, 3b and 3c, 4, 5a, 5b, Eq. 4 and what goes beyond");
}

#[test]
fn every_figure_of_the_paper_has_its_command() {
    let page = include_str!("../../../../docs/paper.md");
    let command = include_str!("../../../../examples/paper/figure");
    let all = command.lines().find_map(|line| line.strip_prefix("all=(")?.strip_suffix(')')).unwrap();
    let mut figures = 0;
    for (_, rest) in page.match_indices("](paper-").map(|(at, _)| page.split_at(at + "](paper-".len())) {
        let figure = rest.split(".png)").next().unwrap();
        let copied = |line: &&str| line.split(' ').nth(1) == Some(figure) && line.contains(".png ");
        let line = command.lines().find(copied).unwrap_or_else(|| panic!("nothing draws paper-{figure}.png"));
        let name = line.split('/').next().unwrap();
        assert!(all.split(' ').any(|other| other == name), "`figure all` leaves out {name}");
        assert!(page.contains(&format!("`{name}`")), "the page does not say that {figure} is by `{name}`");
        figures += 1;
    }
    assert!(figures >= 14, "{figures}");
}

#[test]
fn the_specs_of_learning_are_right_and_every_figure_has_its_command() {
    let folder = format!("{}/../../examples/learning", env!("CARGO_MANIFEST_DIR"));
    let page = include_str!("../../../../docs/learning.md");
    let command = include_str!("../../../../examples/learning/figure");
    let mut found = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let sweep = Sweep::new(spec(&std::fs::read_to_string(&path).unwrap()));
        let plan = Plan::of(&sweep, 0, 1.0);
        assert!(plan.cpu_seconds < 900.0, "{}: {plan:?}", path.display());
        assert_eq!(sweep.latest().name(), path.file_stem().unwrap());
        found += 1;
    }
    assert_eq!(found, 6);
    for figure in page.split("](learning-").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        let line = command.lines().find(|line| line.split(' ').nth(1) == Some(figure));
        let line = line.unwrap_or_else(|| panic!("nothing draws learning-{figure}"));
        let name = line.split('/').next().unwrap();
        assert!(page.contains(&format!("*`{name}`")) || page.contains("*The same sweep"), "{name}");
    }
}

fn paper(file: &str) -> String {
    format!("{}/../../examples/paper/{file}", env!("CARGO_MANIFEST_DIR"))
}

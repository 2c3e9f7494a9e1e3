//! Grids of trainings.

use crate::{parse, refused};
use sweep::training::Parameter;
use sweep::{Spec, Sweep};

/// Right, and the base of every wrong one: (what to replace, by what, the line, what the message says).
const GOOD: &str = r#"name = "trained"
samples = 2
[grid]
task = "teacher"
widths = [50, 50, 50, 1]
learning_rate = [0.001, 0.01]
initialisation = ["he", 0.5]
biases = [false, true]
batch = 50
patterns = 100
dropconnect_1 = [0, 0.2]
dropconnect_2 = [0, 0.2]
zip = [["dropconnect_1", "dropconnect_2"]]
[methods.training]
epochs = [0, 1, 10]
[methods.removal]
layers = "each"
removed = [0, 0.5]
epochs = [5, 10]
"#;

const BAD: &[(&str, &str, usize, &str)] = &[
    (
        "\"teacher\"",
        "\"taecher\"",
        4,
        "task is \"taecher\": there is no taecher; it may be \"teacher\", \"digits\" or a file",
    ),
    ("\"teacher\"", "[]", 4, "task is empty"),
    ("\"teacher\"", "\"digits\"", 5, "widths do not fit the task digits: its patterns have 64 numbers"),
    ("50, 1]", "50, 2]", 5, "widths do not fit the task teacher: a teacher says yes or no"),
    (
        "[50, 50, 50, 1]",
        "[50, 1]",
        5,
        "widths are wrong: a network that is trained has at least one hidden layer",
    ),
    ("[50, 50, 50, 1]", "[50, 0, 1]", 5, "widths are wrong: a layer has 1 to 4096 units; got 0"),
    ("[50, 50, 50, 1]", "[50, 5000, 1]", 5, "a layer has 1 to 4096 units; got 5000"),
    ("widths = [50, 50, 50, 1]\n", "", 3, "[grid] needs widths"),
    ("[0.001, 0.01]", "0", 6, "learning_rate holds 0; it must be above 0"),
    ("[0.001, 0.01]", "[0.001, -1]", 6, "learning_rate holds -1, which is not a number in [0, 1000]"),
    ("[0.001, 0.01]", "inf", 6, "learning_rate is inf; a finite number is needed"),
    ("[0.001, 0.01]", "nan", 6, "a finite number is needed"),
    ("[\"he\", 0.5]", "\"xavier\"", 7, "initialisation is \"xavier\"; it may be he, glorot, lecun"),
    ("[\"he\", 0.5]", "0", 7, "initialisation holds 0; it must be above 0"),
    ("[false, true]", "1", 8, "biases must be true or false; this is an integer"),
    ("[false, true]", "[false, false]", 8, "biases holds false twice"),
    ("batch = 50", "batch = 0", 9, "batch holds 0, which is not a number in [1, 1048576]"),
    ("batch = 50", "batch = 1.5", 9, "batch holds 1.5, which is not a whole number"),
    ("patterns = 100", "pattern = 100", 10, "unknown key \"pattern\" in [grid]; did you mean \"patterns\"?"),
    (
        "dropconnect_1 = [0, 0.2]",
        "dropconnect_1 = [0, 1]",
        11,
        "dropconnect_1 holds 1: with no connection left",
    ),
    ("dropconnect_2 = [0, 0.2]", "dropconnect_4 = [0, 0.2]", 12, "unknown key \"dropconnect_4\""),
    ("batch = 50", "dilution_1 = 0.5", 9, "dilution_1 does not go with a task"),
    ("batch = 50", "activation_1 = 0.5", 9, "activation_1 does not go with a task"),
    ("batch = 50", "beta = 1", 9, "beta does not go with a task"),
    ("[0, 1, 10]", "[]", 15, "methods.training.epochs is empty"),
    ("[0, 1, 10]", "[1, 0]", 15, "the epochs must increase; they have 0 after 1"),
    ("[0, 1, 10]", "[0, 0.5]", 15, "methods.training.epochs holds 0.5, which is not a whole number"),
    ("[0, 1, 10]", "[1, 2000000]", 15, "which is not a number of epochs in [0, 1000000]"),
    ("\"each\"", "\"one\"", 17, "methods.removal.layers is \"one\"; it must be \"all\", \"each\", or a list"),
    ("\"each\"", "[2, 1]", 17, "methods.removal.layers holds 1 where a larger one is due"),
    ("\"each\"", "[4]", 16, "removes connections of layer 4, which the network does not have"),
    ("[0, 0.5]\nepochs", "[0, 1.5]\nepochs", 18, "holds 1.5, which is not a share in [0, 1]"),
    (
        "layers = \"each\"",
        "order = \"big\"",
        17,
        "methods.removal.order is \"big\"; it may be random, magnitude",
    ),
    (
        "layers = \"each\"",
        "order = \"magnitude\"\nmasks = 3",
        18,
        "masks does not go with order = \"magnitude\"",
    ),
    (
        "[methods.training]\nepochs = [0, 1, 10]",
        "[methods.mc]",
        14,
        "looks at instances, and this grid has a task",
    ),
];

#[test]
fn wrong_trainings_are_refused_with_the_place_and_the_reason() {
    parse(GOOD).unwrap();
    refused(GOOD, BAD);
    let ensemble = "name = \"n\"\n[grid]\nwidths = [4, 4, 1]\n[methods.removal]\n";
    assert!(
        parse(ensemble).unwrap_err().reason().contains("looks at trained networks: the grid needs a task")
    );
    let mixed = GOOD.replace("[50, 50, 50, 1]", "[[50, 50, 50, 1], [50, 50, 1]]");
    assert!(parse(&mixed).unwrap_err().reason().contains("widths differ in depth"), "{mixed}");
}

#[test]
fn files_of_patterns_are_checked_where_they_are_named() {
    let spec = |grid: &str, text: &'static str| {
        let spec = format!("name = \"own\"\n[grid]\ntask = [\"own.csv\"]\n{grid}\n[methods.training]\n");
        Spec::parse(&spec, "own.toml", &|_| Ok(text.to_owned()))
    };
    let reason = |grid: &str, text| spec(grid, text).unwrap_err().reason().to_owned();
    let few = "patterns = 2\ntest_patterns = 1";
    const OWN: &str = "1,2,0\n3,4,1\n5,6,2\n";
    let read = spec(&format!("widths = [2, 5, 3]\n{few}"), OWN).unwrap();
    assert_eq!(read.source().files[0].name, "own.csv");
    assert!(read.grid().cell(0).content.starts_with("widths=2-5-3 task=sha256:"));
    assert!(!read.grid().cell(0).content.contains("teacher"));
    let other = spec(&format!("widths = [2, 5, 3]\n{few}"), "1,2,0\n3,4,1\n5,7,2\n").unwrap();
    assert_ne!(read.digest(), other.digest());
    assert!(
        reason(&format!("widths = [2, 5, 3]\n{few}"), "1,2,0\n3,nan,1\n")
            .contains("line 2, column 2: \"nan\"")
    );
    assert!(reason(&format!("widths = [2, 5, 3]\n{few}"), "1,2,0\n3,4,1000\n").contains("line 2: the label"));
    assert!(reason(&format!("widths = [3, 5, 3]\n{few}"), OWN).contains("its patterns have 2 numbers"));
    assert!(reason(&format!("widths = [2, 5, 1]\n{few}"), OWN).contains("it has 3 classes"));
    assert!(
        reason("widths = [2, 5, 3]\npatterns = 3\ntest_patterns = 1", OWN)
            .contains("has 3 patterns, and patterns + ")
    );
    assert!(
        reason(&format!("widths = [2, 5, 3]\n{few}\nteacher = \"signs\""), OWN)
            .contains("which has no teacher")
    );
}

#[test]
fn cells_of_trainings_are_numbered_one_to_one_and_say_all_that_they_are() {
    let spec = parse(GOOD).unwrap();
    assert_eq!((spec.grid().cells(), spec.units(), spec.trains()), (16, 32, true));
    // Three epochs, and two shares in three layers after two of them.
    assert_eq!(spec.rows(), 32 * (3 + 2 * 3 * 2));
    let cells: Vec<_> = (0..16).map(|index| spec.grid().cell(index)).collect();
    assert!(cells.iter().enumerate().all(|(index, cell)| spec.grid().index_of(cell) == Some(index as u64)));
    assert_eq!(
        cells[0].content,
        "widths=50-50-50-1 task=teacher teacher=signs labels=sign patterns=100 test_patterns=500 initialisation=he \
         biases=false synapses=real loss=absolute optimiser=adam learning_rate=0.001 batch=50 dropconnect=0,0,0"
    );
    assert!(
        cells[15].content.ends_with("learning_rate=0.01 batch=50 dropconnect=0.2,0.2,0"),
        "{}",
        cells[15].content
    );
    let parameters = cells[15].parameters().training.unwrap();
    assert_eq!(parameters.text(Parameter::Biases).as_deref(), Some("true"));
    assert_eq!(parameters.number(Parameter::LearningRate), Some("0.01".parse().unwrap()));
    assert_eq!(parameters.number(Parameter::Initialisation), Some("0.5".parse().unwrap()));
    assert_eq!(sweep::training::TrainingParameters::from_json(&parameters.to_json()).unwrap(), parameters);
    // Another grid has the cell where only one value of an axis is left.
    let one = parse(&GOOD.replace("[0.001, 0.01]", "0.01")).unwrap();
    assert!(one.grid().contains(&cells[15]) && !one.grid().contains(&cells[0]));
}

#[test]
fn trainings_are_extended_by_values_and_methods() {
    let old = parse(GOOD).unwrap();
    let more = parse(&GOOD.replace("[0.001, 0.01]", "[0.001, 0.01, 0.1]")).unwrap();
    more.extends(&old).unwrap();
    let less = parse(&GOOD.replace("[0.001, 0.01]", "0.01")).unwrap();
    assert!(less.extends(&old).unwrap_err().lost().contains("learning_rate no longer holds 0.001"));
    let late = parse(&format!("{GOOD}[methods.late]\nkind = \"training\"\nepochs = [20]\n")).unwrap();
    let mut sweep = Sweep::new(old);
    sweep.extend(late).unwrap();
    let work = sweep.work(1, 0);
    assert_eq!((work.tasks.len(), work.last_epoch()), (1, 20));
    assert_eq!(sweep.new_rows(1), 32);
}

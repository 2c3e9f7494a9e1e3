//! A trial's rows depend on what it is, not on what else is asked of it.

use sweep::measurement::Outcome;
use sweep::{Spec, Sweep};

fn rows(text: &str, unit: u64) -> Vec<sweep::measurement::TrainingRow> {
    let spec =
        Spec::parse(text, "test.toml", &|_| Err(String::new())).unwrap_or_else(|error| panic!("{error}"));
    let sweep = Sweep::new(spec);
    let work = sweep.work(0, unit);
    let result = compute::compute_unit(sweep.latest().seed(), unit, &work);
    let keys: Vec<_> = result.rows.training.iter().map(|row| row.key.clone()).collect();
    assert_eq!(keys, work.expected_training_rows().collect::<Vec<_>>());
    result.rows.training
}

fn spec(grid: &str, methods: &str) -> String {
    let task = if grid.contains("task") { "" } else { "task = \"teacher\"" };
    format!(
        "name = \"test\"\nsamples = 2\n[grid]\n{task}\nwidths = [9, 7, 5, 1]\npatterns = 60\n{grid}\n{methods}\n"
    )
}

const TRAINING: &str = "[methods.training]\nepochs = [0, 1, 3]";
const REMOVAL: &str = "[methods.removal]\nepochs = [2]\nremoved = [0, 0.5]\nmasks = 2";

#[test]
fn what_is_looked_at_does_not_change_what_is_learnt() {
    let together = rows(&spec("", &format!("{TRAINING}\n{REMOVAL}")), 1);
    let apart = [rows(&spec("", REMOVAL), 1), rows(&spec("", TRAINING), 1)].concat();
    assert_eq!(together, apart);
    let longer = rows(&spec("", "[methods.training]\nepochs = [0, 1, 3, 8]"), 1);
    assert_eq!(longer[..3], rows(&spec("", TRAINING), 1));
    assert_ne!(longer[..3], rows(&spec("", "[methods.training]\nepochs = [0, 1, 3]"), 0));
}

#[test]
fn every_word_of_a_spec_is_known() {
    let grid = "initialisation = [\"he\", \"glorot\", \"lecun\", 0.1]\nloss = [\"absolute\", \"hinge\", \"squared\", \"cross_entropy\"]\n\
                optimiser = [\"adam\", \"sgd\"]\nsynapses = [\"real\", \"signs\"]\nteacher = [\"signs\", \"gaussian\"]\n\
                labels = [\"sign\", \"centred\"]\nbiases = [true, false]";
    let text = spec(grid, "[methods.training]\nepochs = [1]");
    for unit in 0..2 * 4 * 4 * 2 * 2 * 2 * 2 * 2 {
        let row = &rows(&text, unit)[0];
        assert_eq!(row.outcome, Outcome::Solved);
        let values = &row.values;
        assert!((0.0..=1.0).contains(&values.test_error.unwrap()) && values.train_loss.unwrap().is_finite());
        assert_eq!(values.activation.as_ref().unwrap().len(), 2);
    }
}

#[test]
fn a_start_is_the_same_for_every_loss_and_rate() {
    let of = |grid: &str| rows(&spec(grid, "[methods.training]\nepochs = [0]"), 0)[0].values.clone();
    let (one, other) =
        (of("learning_rate = 0.1"), of("learning_rate = 0.001\noptimiser = \"sgd\"\nbatch = 3"));
    assert_eq!(one, other);
    let scaled = of("initialisation = 0.5");
    assert_eq!((&scaled.activation, scaled.test_error), (&one.activation, one.test_error));
    assert_ne!(scaled.train_loss, one.train_loss);
}

#[test]
fn a_training_that_diverges_says_so_and_nothing_else() {
    // Without biases all units would die instead.
    let grid = "optimiser = \"sgd\"\nloss = \"squared\"\nlearning_rate = 1000\nbiases = true\nbatch = 4";
    let rows = rows(&spec(grid, &format!("{TRAINING}\n{REMOVAL}")), 0);
    let (start, rest): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.key.epoch == 0);
    assert!(start.iter().all(|row| row.outcome == Outcome::Solved));
    let nothing = Default::default();
    assert!(rest.iter().all(|row| row.outcome == Outcome::Diverged && row.values == nothing), "{rest:?}");
}

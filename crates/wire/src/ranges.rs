//! What the numbers of a row can be, whatever sweep it is of: a number that no computation gives is refused before it
//! gets among others, whose means it would spoil.
//!
//! H is a sum of M terms ±1, so that no energy is beyond M; what is an error, a time or a rate is not below zero.
//! Bounds leave room for rounding, and none of them is a judgement about physics.

use crate::error::WireError;
use crate::v1;
use sweep::measurement::{
    Column, ENERGY_BINS_PER_UNIT, Entry, HISTOGRAM_BINS, Measurement, Outcome, Range, Told, TrainingRow,
    Values,
};

/// Beyond, sums of squares over a sweep would be infinite.
const LARGEST: f64 = 1e100;

/// Room for rounding, relative.
const SLACK: f64 = 1e-6;

pub(crate) fn check_measurement(row: &Measurement) -> Result<(), WireError> {
    small("weights", row.weights)?;
    small("hidden_units", row.hidden_units)?;
    count("paths", row.paths)?;
    // |H| ≤ M.
    let energy = row.paths as f64 / f64::from(row.weights.max(1)) * (1.0 + SLACK);
    within("seconds", f64::from(row.seconds), &Bounds::of(Range::NotNegative, energy))?;
    for (column, entry) in row.values.entries() {
        let Some(entry) = entry else { continue };
        if column.told == Told::Solved && row.outcome != Outcome::Solved {
            return refuse(column.name, &"there", "only a solved row has values");
        }
        check_entry(column, &entry, energy)?;
    }
    check_lists(&row.values)?;
    check_outcome(row)
}

pub(crate) fn check_training_row(row: &TrainingRow) -> Result<(), WireError> {
    small("epoch", row.key.epoch)?;
    within("removed", sweep::decimal::to_f64(row.key.removed), &Bounds::of(Range::Share, 0.0))?;
    let is_solved = match row.outcome {
        Outcome::Solved => true,
        Outcome::Diverged => false,
        other => return refuse("outcome", &other.name(), "a training is solved, or it diverged"),
    };
    let mut layers = None;
    for (column, entry) in row.values.entries() {
        let Some(entry) = entry else { continue };
        if !is_solved {
            return refuse(column.name, &"there", "only a solved row has values");
        }
        check_entry(column, &entry, 0.0)?;
        let length = match &entry {
            Entry::Numbers(list) => list.len(),
            Entry::Counts(list) => list.len(),
            _ => continue,
        };
        if *layers.get_or_insert(length) != length {
            return refuse(
                column.name,
                &format_args!("of length {length}"),
                "lists have a value for each hidden layer",
            );
        }
    }
    Ok(())
}

fn check_entry(column: &Column, entry: &Entry<'_>, energy: f64) -> Result<(), WireError> {
    let (name, bounds) = (column.name, Bounds::of(column.range, energy));
    match entry {
        Entry::Flag(_) => Ok(()),
        Entry::Small(value) => small(name, *value),
        Entry::Count(value) => count(name, *value),
        Entry::Number(value) => within(name, *value, &bounds),
        Entry::Numbers(list) => list.iter().try_for_each(|&value| within(name, value, &bounds)),
        Entry::Counts(list) => list.iter().try_for_each(|&value| count(name, value)),
        Entry::Bins(list) => list.iter().try_for_each(|&bin| within(name, f64::from(bin), &bounds)),
    }
}

/// What a number may be, and how to say so.
struct Bounds {
    least: f64,
    most: f64,
    expected: &'static str,
}

impl Bounds {
    /// `energy` is the largest that an energy per weight may be.
    fn of(range: Range, energy: f64) -> Self {
        let bins = energy * f64::from(ENERGY_BINS_PER_UNIT);
        let (least, most, expected) = match range {
            Range::Any => (-LARGEST, LARGEST, "it must be a finite number of at most 1e100, or absent"),
            Range::NotNegative => (0.0, LARGEST, "it is never below 0, and at most 1e100"),
            Range::Share => (-SLACK, 1.0 + SLACK, "it lies between 0 and 1"),
            Range::Correlation => (-1.0 - SLACK, 1.0 + SLACK, "it lies between -1 and 1"),
            Range::Energy => (-energy, energy, "it is no larger than the number of paths by weight"),
            // Its lower end.
            Range::EnergyBin => (-bins - 1.0, bins, "no energy per weight lies in it"),
        };
        Self { least, most, expected }
    }
}

/// NaN never is.
fn within(field: &'static str, value: f64, bounds: &Bounds) -> Result<(), WireError> {
    if (bounds.least..=bounds.most).contains(&value) {
        return Ok(());
    }
    refuse(field, &value, bounds.expected)
}

/// Counts must fit the columns that hold them.
fn small(field: &'static str, value: u32) -> Result<(), WireError> {
    if i32::try_from(value).is_ok() {
        return Ok(());
    }
    refuse(field, &value, "it must be less than 2^31")
}

fn count(field: &'static str, value: u64) -> Result<(), WireError> {
    if i64::try_from(value).is_ok() {
        return Ok(());
    }
    refuse(field, &value, "it must be less than 2^63")
}

fn refuse(
    field: &'static str,
    value: &dyn std::fmt::Display,
    expected: &'static str,
) -> Result<(), WireError> {
    Err(WireError::OutOfRange { field, value: value.to_string(), expected })
}

/// Lists have the length of what they are of, or are empty.
fn check_lists(values: &Values) -> Result<(), WireError> {
    fn length<T>(list: &Option<Vec<T>>) -> usize {
        list.as_ref().map_or(0, Vec::len)
    }
    let check = |field, length: usize, fits: bool, expected| {
        if fits { Ok(()) } else { refuse(field, &format_args!("of length {length}"), expected) }
    };
    let layers = length(&values.layer_overlaps);
    let expected = "a network has at most 16 weight layers";
    check("layer_overlaps", layers, layers <= model::Network::MAX_DEPTH, expected)?;
    let errors = length(&values.layer_overlap_errors);
    let expected = "it must be as long as layer_overlaps, or empty";
    check("layer_overlap_errors", errors, errors == 0 || errors == layers, expected)?;
    for (field, histogram) in [
        ("path_overlap_histogram", &values.path_overlap_histogram),
        ("unit_overlap_histogram", &values.unit_overlap_histogram),
    ] {
        let bins = length(histogram);
        check(field, bins, bins == 0 || bins == HISTOGRAM_BINS, "a histogram has 64 bins, or none")?;
    }
    let (bins, counts) = (length(&values.energy_bins), length(&values.energy_counts));
    check("energy_counts", counts, counts == bins, "it must be as long as energy_bins")?;
    let increase = values.energy_bins.as_ref().is_none_or(|bins| bins.is_sorted_by(|a, b| a < b));
    check("energy_bins", bins, increase, "its bins must increase")
}

/// Whether a row has paths, and how its iteration went, is as its outcome says.
fn check_outcome(row: &Measurement) -> Result<(), WireError> {
    let is_solved = row.outcome == Outcome::Solved;
    if row.outcome == Outcome::Empty && row.paths != 0 {
        return refuse("paths", &row.paths, "an empty row has none");
    }
    if is_solved && (row.paths == 0 || row.weights == 0) {
        return refuse("paths", &row.paths, "without a path nothing is solved");
    }
    let iterates = matches!(row.outcome, Outcome::Solved | Outcome::NotConverged);
    let has_course = row.branch.is_some() && iterates;
    let values = &row.values;
    let is_told = [values.converged.is_some(), values.ordered.is_some(), values.iterations.is_some()];
    if is_told != [has_course; 3] {
        let expected =
            "a branch of belief propagation has converged, ordered and iterations, and nothing else has";
        return refuse("converged", &"there or absent", expected);
    }
    if has_course && values.converged != Some(is_solved) {
        return refuse("converged", &!is_solved, "a row is solved exactly if its iteration converged");
    }
    Ok(())
}

pub(crate) fn check_levels(pair: &v1::LevelPair) -> Result<(), WireError> {
    count("paths", pair.paths)?;
    let any =
        Bounds { least: -LARGEST, most: LARGEST, expected: "it must be a finite number of at most 1e100" };
    let not_negative =
        Bounds { least: 0.0, most: LARGEST, expected: "it is never below 0, and at most 1e100" };
    for (field, value, bounds) in [
        ("covariance_per_path", pair.covariance_per_path, &any),
        ("covariance_error", pair.covariance_error, &not_negative),
        ("disorder_covariance_per_path", pair.disorder_covariance_per_path, &any),
        ("disorder_covariance_error", pair.disorder_covariance_error, &not_negative),
        ("disorder_spread", pair.disorder_spread, &not_negative),
        ("variance_per_path", pair.variance_per_path, &not_negative),
        ("variance_error", pair.variance_error, &not_negative),
        ("excess_kurtosis", pair.excess_kurtosis, &any),
        ("excess_kurtosis_error", pair.excess_kurtosis_error, &not_negative),
    ] {
        within(field, value, bounds)?;
    }
    Ok(())
}

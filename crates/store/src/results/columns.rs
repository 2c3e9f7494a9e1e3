//! Rows of answers, column by column.

use super::answer::{Answer, SampleRef};
use sweep::measurement::UnitRows;

/// A row and whose it is.
pub(super) struct Of<'a, T> {
    pub(super) sweep_id: i64,
    pub(super) worker_id: i64,
    pub(super) sample: SampleRef,
    pub(super) row: &'a T,
}

/// The rows of one kind of all answers, one after another.
pub(super) fn rows_of<'a, T>(
    answers: &[&'a Answer],
    rows: impl Fn(&'a UnitRows) -> &'a [T],
) -> Vec<Of<'a, T>> {
    let mut of = Vec::new();
    for answer in answers {
        let (sweep_id, worker_id) = (answer.sweep_id.0, answer.worker.0);
        for (sample, unit) in &answer.results.units {
            of.extend(rows(unit).iter().map(|row| Of { sweep_id, worker_id, sample: *sample, row }));
        }
    }
    of
}

/// One column of rows.
pub(super) fn column<T, V>(rows: &[Of<'_, T>], value: impl Fn(&Of<'_, T>) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}

/// A list in one column of one row. Arrays of arrays do not unnest row by row; as texts they do. Numbers are written so
/// that they are read back to the bit.
pub(super) fn array<T: std::fmt::Display>(values: &[T]) -> String {
    let texts: Vec<String> = values.iter().map(T::to_string).collect();
    format!("{{{}}}", texts.join(","))
}

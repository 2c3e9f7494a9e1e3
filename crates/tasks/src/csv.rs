//! Patterns as text: a line each, numbers separated by commas, the last of them the label.

use crate::patterns::Patterns;
use thiserror::Error;

/// Largest text, in bytes.
pub(crate) const MAX_BYTES: usize = 64 << 20;
const MAX_INPUTS: usize = 1 << 16;
/// Most classes.
const MAX_CLASSES: u32 = 1000;

/// What is wrong with a text of patterns, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TaskError {
    /// Too much of it.
    #[error("it has {0} bytes; at most 64 MiB are supported")]
    TooLarge(usize),
    /// A number that is none.
    #[error("line {line}, column {column}: {text:?} is no finite number")]
    Number {
        /// From 1.
        line: usize,
        /// The number's place in its line, from 1.
        column: usize,
        /// What stands there.
        text: String,
    },
    /// A line of another length.
    #[error("line {line} has {found} numbers, and the lines before it have {expected}")]
    Ragged {
        /// From 1.
        line: usize,
        /// How many there are.
        found: usize,
        /// How many are due.
        expected: usize,
    },
    /// A line without inputs, or with too many.
    #[error("line {line} has {found} numbers; a pattern has 1 to 65536 and a label after them")]
    Width {
        /// From 1.
        line: usize,
        /// How many there are.
        found: usize,
    },
    /// A label that is none.
    #[error(
        "line {line}: the label, its last number, is {text}; it must be a class from 0 to 999, or -1 and 1 throughout"
    )]
    Label {
        /// From 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// Nothing to learn.
    #[error("it has {0} patterns; at least 2 are needed")]
    TooFew(usize),
    /// Everything is one.
    #[error("all of its patterns have the same label")]
    OneClass,
}

/// Reads patterns: one on each line, numbers and then the label, a class from 0 to 999 (or −1 and 1 for two classes),
/// separated by commas. A first line of names is skipped, and so are empty lines. There are as many classes as the
/// largest label says.
///
/// ```
/// let patterns = tasks::parse_csv("x,y,label\n0.5,-1,0\n1,2e-3,1\n")?;
/// assert_eq!((patterns.len(), patterns.inputs(), patterns.classes()), (2, 2, 2));
/// let error = tasks::parse_csv("0.5,-1,0\nnan,2,1\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 2, column 1: \"nan\" is no finite number");
/// # Ok::<(), tasks::TaskError>(())
/// ```
///
/// # Errors
/// If a line is of another length or holds anything else, there are no two patterns of two classes, or too many bytes.
pub fn parse_csv(text: &str) -> Result<Patterns, TaskError> {
    if text.len() > MAX_BYTES {
        return Err(TaskError::TooLarge(text.len()));
    }
    let mut values = Vec::new();
    let mut labels: Vec<(usize, f64)> = Vec::new();
    let mut width = None;
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() || (line == 1 && is_header(content)) {
            continue;
        }
        let found = read_line(line, content, &mut values)?;
        let inputs = found - 1;
        if !(1..=MAX_INPUTS).contains(&inputs) {
            return Err(TaskError::Width { line, found });
        }
        let expected = *width.get_or_insert(inputs) + 1;
        if found != expected {
            return Err(TaskError::Ragged { line, found, expected });
        }
        labels.push((line, values.pop().unwrap_or_default()));
    }
    if labels.len() < 2 {
        return Err(TaskError::TooFew(labels.len()));
    }
    let labels = classes(&labels)?;
    let classes = labels.iter().max().map_or(0, |most| most + 1);
    if labels.iter().all(|label| *label == labels[0]) {
        return Err(TaskError::OneClass);
    }
    let values = values.into_iter().map(|value| value as f32).collect();
    Ok(Patterns::new(width.unwrap_or_default() as u32, classes, values, labels))
}

/// Whether no field of a line is a number: a name each.
fn is_header(line: &str) -> bool {
    line.split(',').all(|field| field.trim().parse::<f64>().is_err())
}

/// Adds the numbers of a line; returns how many there are.
fn read_line(line: usize, content: &str, values: &mut Vec<f64>) -> Result<usize, TaskError> {
    let mut found = 0;
    for (column, field) in (1..).zip(content.split(',')) {
        let field = field.trim();
        // What f32 cannot hold is none for the network either.
        let number = field.parse().ok().filter(|&number: &f64| (number as f32).is_finite());
        let error = || TaskError::Number { line, column, text: field.to_owned() };
        values.push(number.ok_or_else(error)?);
        found = column;
    }
    Ok(found)
}

/// The class of each label: itself, or 0 and 1 for −1 and 1.
fn classes(labels: &[(usize, f64)]) -> Result<Vec<u32>, TaskError> {
    let is_signed = labels.iter().any(|(_, label)| *label == -1.0);
    let class = |&(line, label): &(usize, f64)| {
        let class = match label {
            -1.0 => Some(0),
            1.0 => Some(1),
            _ if is_signed => None,
            _ => (0..MAX_CLASSES).contains(&(label as u32)).then_some(label as u32),
        };
        let is_whole = |class: &u32| is_signed || f64::from(*class) == label;
        class.filter(is_whole).ok_or_else(|| TaskError::Label { line, text: label.to_string() })
    };
    labels.iter().map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_classes_or_signs() {
        let patterns = parse_csv("1,2,-1\n\n3,4,1\n5,6,-1").unwrap();
        assert_eq!((patterns.labels(), patterns.classes()), (&[0, 1, 0][..], 2));
        assert_eq!(patterns.input(1), [3.0, 4.0]);
        let patterns = parse_csv("1,4\n2,0\n").unwrap();
        assert_eq!((patterns.labels(), patterns.classes()), (&[4, 0][..], 5));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, message) in [
            ("1,0\n2,inf\n", "line 2, column 2: \"inf\" is no finite number"),
            ("1,0\n1e39,1\n", "line 2, column 1: \"1e39\" is no finite number"),
            ("1,0\n,1\n", "line 2, column 1: \"\" is no finite number"),
            ("1,2,0\n1,1\n", "line 2 has 2 numbers, and the lines before it have 3"),
            ("0\n1\n", "line 1 has 1 numbers; a pattern has 1 to 65536"),
            ("1,0\n2,1000\n", "line 2: the label, its last number, is 1000"),
            ("1,0\n2,0.5\n", "line 2: the label, its last number, is 0.5"),
            ("1,-1\n2,0\n", "line 2: the label, its last number, is 0"),
            ("1,0\n2,-2\n", "line 2: the label, its last number, is -2"),
            ("a,b\n1,0\n", "it has 1 patterns; at least 2 are needed"),
            ("", "it has 0 patterns"),
            ("1,3\n2,3\n", "all of its patterns have the same label"),
        ] {
            let error = parse_csv(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text:?}: {error}");
        }
    }
}

//! Walks a parsed TOML document so that every refusal names file, line, column and reason.

use crate::decimal;
use rust_decimal::Decimal;
use std::fmt;
use std::ops::{Range, RangeInclusive};
use toml::de::{DeTable, DeValue};

/// A place in a spec's text, in bytes.
pub(crate) type Span = Range<usize>;

/// Characters of a source line shown around the caret.
const EXCERPT: usize = 100;
/// Longest caret marker.
const MAX_CARETS: usize = 60;

/// A spec that is refused: where, and why. Displays as `file:line:column: reason`, the line, and a caret below it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SpecError {
    origin: String,
    line: usize,
    column: usize,
    reason: String,
    excerpt: String,
    marker: String,
}

impl SpecError {
    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong, without the place.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin, line, column, reason, excerpt, marker } = self;
        write!(f, "{origin}:{line}:{column}: {reason}")?;
        if excerpt.trim().is_empty() {
            return Ok(());
        }
        let gutter = " ".repeat(line.to_string().len());
        write!(f, "\n {line} | {excerpt}\n {gutter} | {marker}")
    }
}

/// The text of a spec and the name of its file.
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) origin: &'a str,
}

impl Source<'_> {
    /// A refusal of what stands at `at`.
    pub(crate) fn error(&self, at: &Span, reason: impl fmt::Display) -> SpecError {
        let start = floor_boundary(self.text, at.start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        let before: Vec<char> = self.text[line_start..start].chars().collect();
        let marked_end = floor_boundary(self.text, at.end.clamp(start, line_end));
        let marked = self.text[start..marked_end].trim_end().chars().count().clamp(1, MAX_CARETS);
        let shown_before = before.len().min(EXCERPT / 2);
        let after = self.text[start..line_end].trim_end_matches('\r').chars();
        let indent = &before[before.len() - shown_before..];
        let pad = indent.iter().map(|&c| if c == '\t' { '\t' } else { ' ' });
        SpecError {
            origin: self.origin.to_owned(),
            line: self.text[..start].matches('\n').count() + 1,
            column: before.len() + 1,
            reason: reason.to_string(),
            excerpt: indent.iter().copied().chain(after.take(EXCERPT - shown_before)).collect(),
            marker: pad.chain(std::iter::repeat_n('^', marked.min(EXCERPT - shown_before))).collect(),
        }
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

/// A value with the name that messages call it by.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    source: &'a Source<'a>,
    name: String,
    at: Span,
    value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    pub(crate) fn at(&self) -> Span {
        self.at.clone()
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same value under another name.
    pub(crate) fn named(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    /// A refusal of what stands at another place of the text.
    pub(crate) fn error_at(&self, at: &Span, reason: impl fmt::Display) -> SpecError {
        self.source.error(at, reason)
    }

    /// A refusal of this value: its name, then `reason`.
    pub(crate) fn error(&self, reason: impl fmt::Display) -> SpecError {
        self.source.error(&self.at, format_args!("{} {reason}", self.name))
    }

    fn expected(&self, what: &str) -> SpecError {
        let kind = self.value.type_str();
        let article = if kind.starts_with(['a', 'i']) { "an" } else { "a" };
        self.error(format_args!("must be {what}; this is {article} {kind}"))
    }

    pub(crate) fn is_number(&self) -> bool {
        self.value.is_integer() || self.value.is_float()
    }

    pub(crate) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub(crate) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    pub(crate) fn string(&self) -> Result<&'a str, SpecError> {
        self.value.as_str().ok_or_else(|| self.expected("a string"))
    }

    pub(crate) fn flag(&self) -> Result<bool, SpecError> {
        self.value.as_bool().ok_or_else(|| self.expected("true or false"))
    }

    /// An integer within `range`; `what` says which integers are meant.
    pub(crate) fn integer(&self, range: RangeInclusive<i64>) -> Result<i64, SpecError> {
        if let Some(value) = self.power_of_ten().filter(|value| range.contains(value)) {
            return Ok(value);
        }
        let integer = self.value.as_integer().ok_or_else(|| self.expected("an integer"))?;
        match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) if range.contains(&value) => Ok(value),
            _ => Err(self.error(format_args!(
                "is {integer}; it must be between {} and {}",
                range.start(),
                range.end()
            ))),
        }
    }

    /// A whole number in the notation of large ones, `1e9`, which to TOML is a float.
    fn power_of_ten(&self) -> Option<i64> {
        let DeValue::Float(float) = self.value else { return None };
        let text = float.as_str();
        let value =
            decimal::parse(text).ok().filter(|value| text.contains(['e', 'E']) && value.is_integer())?;
        value.try_into().ok()
    }

    /// A number, exactly as it is written.
    pub(crate) fn number(&self) -> Result<Decimal, SpecError> {
        let value = match self.value {
            DeValue::Float(float) => decimal::parse(float.as_str()),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(value) => Ok(Decimal::from(value)),
                Err(_) => decimal::parse(integer.as_str()),
            },
            _ => return Err(self.expected("a number")),
        };
        value.map_err(|error| self.error(error))
    }

    /// An element of a list that has it.
    pub(crate) fn element(&self, index: usize) -> Self {
        let element = self.value.as_array().and_then(|array| array.get(index));
        element.map_or_else(
            || self.clone(),
            |value| Self { at: value.span(), value: value.get_ref(), ..self.clone() },
        )
    }

    /// A name by which people call something of theirs.
    pub(crate) fn own_name(&self) -> Result<&'a str, SpecError> {
        let name = self.string()?;
        let first = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if name.len() <= 64 && name.starts_with(first) && name.chars().all(|c| first(c) || "._-".contains(c))
        {
            return Ok(name);
        }
        Err(self.error(format_args!(
            "is {name:?}; it must be 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit"
        )))
    }

    /// The elements of a list that is not empty.
    pub(crate) fn list(&self, of: &str) -> Result<Vec<Node<'a>>, SpecError> {
        let array = self.value.as_array().ok_or_else(|| self.expected(of))?;
        if array.is_empty() {
            return Err(self.error(format_args!("is empty; it must be {of}")));
        }
        let element = |value: &'a toml::Spanned<DeValue<'a>>| Node {
            source: self.source,
            name: self.name.clone(),
            at: value.span(),
            value: value.get_ref(),
        };
        Ok(array.iter().map(element).collect())
    }

    pub(crate) fn table(&self) -> Result<Table<'a>, SpecError> {
        let entries = self.value.as_table().ok_or_else(|| self.expected("a table"))?;
        Ok(Table { source: self.source, name: self.name.clone(), at: self.at(), entries })
    }
}

/// A table with the name that messages call it by.
pub(crate) struct Table<'a> {
    source: &'a Source<'a>,
    name: String,
    at: Span,
    entries: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    /// The document itself.
    pub(crate) fn root(source: &'a Source<'a>, entries: &'a DeTable<'a>) -> Self {
        Self { source, name: String::new(), at: 0..0, entries }
    }

    /// A refusal of the table as a whole, at its header.
    pub(crate) fn error(&self, reason: impl fmt::Display) -> SpecError {
        self.source.error(&self.at, reason)
    }

    /// A refusal of what stands at another place of the text.
    pub(crate) fn error_at(&self, at: &Span, reason: impl fmt::Display) -> SpecError {
        self.source.error(at, reason)
    }

    /// The place of a key.
    pub(crate) fn key_at(&self, key: &str) -> Option<Span> {
        self.entries.get_key_value(key).map(|(key, _)| key.span())
    }

    pub(crate) fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.entries.get(key)?;
        Some(Node {
            source: self.source,
            name: self.full_name(key),
            at: value.span(),
            value: value.get_ref(),
        })
    }

    /// # Errors
    /// If the key is missing; `what` says what it is for.
    pub(crate) fn need(&self, key: &str, what: &str) -> Result<Node<'a>, SpecError> {
        self.get(key).ok_or_else(|| {
            let holder =
                if self.name.is_empty() { "the spec".to_owned() } else { format!("[{}]", self.name) };
            self.error(format_args!("{holder} needs {key}: {what}"))
        })
    }

    /// The keys and values in alphabetical order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, Span)> {
        self.entries.keys().map(|key| (key.get_ref().as_ref(), key.span()))
    }

    /// # Errors
    /// If a key is not among `known`; the first in the text is named, with the likeliest key that was meant.
    pub(crate) fn refuse_unknown<S: AsRef<str>>(&self, known: &[S]) -> Result<(), SpecError> {
        let unknown = self.entries().filter(|(key, _)| known.iter().all(|k| k.as_ref() != *key));
        let Some((key, at)) = unknown.min_by_key(|(_, at)| at.start) else {
            return Ok(());
        };
        let place = if self.name.is_empty() { String::new() } else { format!(" in [{}]", self.name) };
        let hint = symbol(key, known).unwrap_or_else(|| meant(key, known));
        Err(self.source.error(&at, format_args!("unknown key {key:?}{place}{hint}")))
    }

    /// Keys of `[grid]` and of the document speak for themselves; a method's settings are named with their table.
    fn full_name(&self, key: &str) -> String {
        if self.name.contains('.') || self.name == "methods" {
            format!("{}.{key}", self.name)
        } else {
            key.to_owned()
        }
    }
}

/// What a symbol of the paper stands for, if that is among `known`.
fn symbol<S: AsRef<str>>(key: &str, known: &[S]) -> Option<String> {
    let is_known = |name: &str| known.iter().any(|known| known.as_ref() == name);
    let key = key.to_lowercase();
    let (letter, layer) = key.split_once('_').unwrap_or((&key, "1"));
    let axis = match letter {
        "t" | "temp" | "temperature" | "temperatures" if is_known("beta") => {
            return Some("; temperatures are inverse ones here: beta = 1/T".to_owned());
        }
        "p" => format!("dilution_{layer}"),
        "rho" | "ρ" => format!("activation_{layer}"),
        "β" | "b" => "beta".to_owned(),
        _ => return None,
    };
    is_known(&axis).then(|| format!("; did you mean {axis:?}?"))
}

/// `; did you mean "…"?` for the likeliest of `known`, whatever its case, else the list of them.
pub fn meant<S: AsRef<str>>(text: &str, known: &[S]) -> String {
    let text = text.to_lowercase();
    let likeness = |k: &S| (strsim::damerau_levenshtein(&text, &k.as_ref().to_lowercase()), k.as_ref().len());
    let nearest = known.iter().min_by_key(|k| likeness(k));
    match nearest {
        Some(near) if likeness(near).0 <= 1 + text.chars().count() / 4 => {
            format!("; did you mean {:?}?", near.as_ref())
        }
        Some(_) => {
            let all: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
            format!("; it may be {}", all.join(", "))
        }
        None => String::new(),
    }
}

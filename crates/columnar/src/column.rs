//! One column: its type in Arrow, and how its values are read from what the server sends.

use crate::{ColumnarError, Words};
use arrow_array::builder::{
    BooleanBuilder, Float32Builder, Float64Builder, Int32Builder, Int64Builder, ListBuilder,
    PrimitiveBuilder, StringBuilder, StringDictionaryBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, Field, TimeUnit};
use std::sync::Arc;
use store::export::{ViewColumn, ViewType};

/// Microseconds from 1970, where Arrow counts from, to 2000, where PostgreSQL does.
const EPOCH: i64 = 946_684_800_000_000;

/// Values of one column of the rows since the last batch.
pub(crate) enum Column {
    Flag(BooleanBuilder),
    Integer(Int32Builder),
    Long(Int64Builder),
    Real(Float32Builder),
    Number(Float64Builder),
    Text(StringBuilder),
    Word(StringDictionaryBuilder<Int32Type>),
    Time(TimestampMicrosecondBuilder),
    Integers(ListBuilder<Int32Builder>),
    Longs(ListBuilder<Int64Builder>),
    Numbers(ListBuilder<Float64Builder>),
}

/// Columns of texts that are as many as there are cells, or lines.
const DISTINCT: [&str; 3] = ["cell", "structure", "training"];

impl Column {
    pub(crate) fn of(column: &ViewColumn, words: Words) -> Self {
        match column.view_type {
            ViewType::Flag => Self::Flag(BooleanBuilder::new()),
            ViewType::Integer => Self::Integer(Int32Builder::new()),
            ViewType::Long => Self::Long(Int64Builder::new()),
            ViewType::Real => Self::Real(Float32Builder::new()),
            ViewType::Number => Self::Number(Float64Builder::new()),
            ViewType::Text if words == Words::Dictionaries && !DISTINCT.contains(&column.name.as_str()) => {
                Self::Word(StringDictionaryBuilder::new())
            }
            ViewType::Text => Self::Text(StringBuilder::new()),
            ViewType::Time => Self::Time(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            ViewType::Integers => Self::Integers(ListBuilder::new(Int32Builder::new())),
            ViewType::Longs => Self::Longs(ListBuilder::new(Int64Builder::new())),
            ViewType::Numbers => Self::Numbers(ListBuilder::new(Float64Builder::new())),
        }
    }

    pub(crate) fn field(&self, name: &str) -> Field {
        let list = |of| DataType::List(Arc::new(Field::new("item", of, true)));
        let data_type = match self {
            Self::Flag(_) => DataType::Boolean,
            Self::Integer(_) => DataType::Int32,
            Self::Long(_) => DataType::Int64,
            Self::Real(_) => DataType::Float32,
            Self::Number(_) => DataType::Float64,
            Self::Text(_) => DataType::Utf8,
            Self::Word(_) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Self::Time(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Integers(_) => list(DataType::Int32),
            Self::Longs(_) => list(DataType::Int64),
            Self::Numbers(_) => list(DataType::Float64),
        };
        Field::new(name, data_type, true)
    }

    /// Takes one value, or none.
    pub(crate) fn push(&mut self, value: Option<&[u8]>) -> Result<(), ColumnarError> {
        match self {
            Self::Flag(of) => {
                of.append_option(value.map(|bytes| fixed(bytes).map(|[flag]| flag != 0)).transpose()?)
            }
            Self::Integer(of) => {
                of.append_option(value.map(|bytes| fixed(bytes).map(i32::from_be_bytes)).transpose()?)
            }
            Self::Long(of) => {
                of.append_option(value.map(|bytes| fixed(bytes).map(i64::from_be_bytes)).transpose()?)
            }
            Self::Real(of) => {
                of.append_option(value.map(|bytes| fixed(bytes).map(f32::from_be_bytes)).transpose()?)
            }
            Self::Number(of) => {
                of.append_option(value.map(|bytes| fixed(bytes).map(f64::from_be_bytes)).transpose()?)
            }
            Self::Text(of) => of.append_option(value.map(text).transpose()?),
            Self::Word(of) => match value.map(text).transpose()? {
                Some(word) => drop(of.append(word)?),
                None => of.append_null(),
            },
            Self::Time(of) => {
                let time = value.map(|bytes| fixed(bytes).map(|bytes| i64::from_be_bytes(bytes) + EPOCH));
                of.append_option(time.transpose()?);
            }
            Self::Integers(of) => list(value, of, i32::from_be_bytes)?,
            Self::Longs(of) => list(value, of, i64::from_be_bytes)?,
            Self::Numbers(of) => list(value, of, f64::from_be_bytes)?,
        }
        Ok(())
    }

    /// The values since the last batch. What a dictionary holds stays for the next.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Flag(of) => Arc::new(of.finish()),
            Self::Integer(of) => Arc::new(of.finish()),
            Self::Long(of) => Arc::new(of.finish()),
            Self::Real(of) => Arc::new(of.finish()),
            Self::Number(of) => Arc::new(of.finish()),
            Self::Text(of) => Arc::new(of.finish()),
            Self::Word(of) => Arc::new(of.finish_preserve_values()),
            Self::Time(of) => Arc::new(of.finish()),
            Self::Integers(of) => Arc::new(of.finish()),
            Self::Longs(of) => Arc::new(of.finish()),
            Self::Numbers(of) => Arc::new(of.finish()),
        }
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], ColumnarError> {
    bytes.try_into().map_err(|_| ColumnarError::Malformed("a value is of another length"))
}

fn text(bytes: &[u8]) -> Result<&str, ColumnarError> {
    std::str::from_utf8(bytes).map_err(|_| ColumnarError::Malformed("a text is not in UTF-8"))
}

/// A list: dimensions, whether it has nulls, the type, length and lower bound of its one dimension, and the elements,
/// each with its length. An empty one has no dimension.
fn list<T: ArrowPrimitiveType, const N: usize>(
    value: Option<&[u8]>,
    of: &mut ListBuilder<PrimitiveBuilder<T>>,
    read: fn([u8; N]) -> T::Native,
) -> Result<(), ColumnarError> {
    let Some(mut bytes) = value else {
        of.append_null();
        return Ok(());
    };
    let dimensions = number(&mut bytes)?;
    let (_has_nulls, _element_type) = (number(&mut bytes)?, number(&mut bytes)?);
    if dimensions > 1 {
        return Err(ColumnarError::Malformed("a list of lists"));
    }
    if dimensions == 1 {
        let (length, _lower_bound) = (number(&mut bytes)?, number(&mut bytes)?);
        for _ in 0..length {
            let size = usize::try_from(number(&mut bytes)?);
            let size = size.map_err(|_| ColumnarError::Malformed("a list with nulls"))?;
            let (element, rest) =
                bytes.split_at_checked(size).ok_or(ColumnarError::Malformed("a list is cut short"))?;
            of.values().append_value(read(fixed(element)?));
            bytes = rest;
        }
    }
    of.append(true);
    Ok(())
}

fn number(bytes: &mut &[u8]) -> Result<i32, ColumnarError> {
    let (first, rest) = bytes.split_first_chunk().ok_or(ColumnarError::Malformed("a value is cut short"))?;
    *bytes = rest;
    Ok(i32::from_be_bytes(*first))
}

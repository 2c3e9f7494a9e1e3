//! From the binary format of COPY to record batches.

use crate::column::Column;
use crate::{ColumnarError, Words};
use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};
use std::collections::HashMap;
use std::sync::Arc;
use store::export::ViewColumn;

/// Rows of a batch, and bytes as the server sent them: a batch ends with whichever comes first.
const BATCH_ROWS: usize = 1 << 16;
const BATCH_BYTES: usize = 16 << 20;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// The signature, flags, and the length of an extension that no version has.
const HEADER_BYTES: usize = SIGNATURE.len() + 8;

/// Takes what the server sends, in pieces of any length.
pub struct Decoder {
    schema: SchemaRef,
    columns: Vec<Column>,
    /// What was sent and is not decoded.
    rest: Vec<u8>,
    has_begun: bool,
    has_ended: bool,
    rows: usize,
    bytes: usize,
}

impl Decoder {
    /// For rows of these columns; the metadata stands in the schema.
    pub fn new(columns: &[ViewColumn], words: Words, metadata: HashMap<String, String>) -> Self {
        let builders: Vec<Column> = columns.iter().map(|column| Column::of(column, words)).collect();
        let fields: Vec<_> =
            columns.iter().zip(&builders).map(|(column, builder)| builder.field(&column.name)).collect();
        Self {
            schema: Arc::new(Schema::new_with_metadata(fields, metadata)),
            columns: builders,
            rest: Vec::new(),
            has_begun: false,
            has_ended: false,
            rows: 0,
            bytes: 0,
        }
    }

    /// Of every batch.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Takes a piece, and gives a batch where enough rows have come for one.
    ///
    /// # Errors
    /// If it is not what the server sends for these columns.
    pub fn push(&mut self, piece: &[u8]) -> Result<Option<RecordBatch>, ColumnarError> {
        // Mostly a piece is a row, or some, and nothing was left of the one before.
        let rest = std::mem::take(&mut self.rest);
        let used = if rest.is_empty() {
            let used = self.decode(piece)?;
            self.rest.extend_from_slice(&piece[used..]);
            used
        } else {
            let mut all = rest;
            all.extend_from_slice(piece);
            let used = self.decode(&all)?;
            all.drain(..used);
            self.rest = all;
            used
        };
        self.bytes += used;
        match self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
            true => self.batch().map(Some),
            false => Ok(None),
        }
    }

    /// What is left when the server has sent everything; none if no row is.
    ///
    /// # Errors
    /// If it has not.
    pub fn finish(mut self) -> Result<Option<RecordBatch>, ColumnarError> {
        if !self.has_ended {
            return Err(ColumnarError::Malformed("they end before their end"));
        }
        if self.rows == 0 { Ok(None) } else { self.batch().map(Some) }
    }

    fn batch(&mut self) -> Result<RecordBatch, ColumnarError> {
        (self.rows, self.bytes) = (0, 0);
        let columns = self.columns.iter_mut().map(Column::finish).collect();
        Ok(RecordBatch::try_new(self.schema(), columns)?)
    }

    /// Decodes the rows that are there whole; returns how many bytes they are.
    fn decode(&mut self, bytes: &[u8]) -> Result<usize, ColumnarError> {
        let mut used = 0;
        if !self.has_begun {
            if bytes.len() < HEADER_BYTES {
                return Ok(0);
            }
            if !bytes.starts_with(SIGNATURE) {
                return Err(ColumnarError::Malformed("they do not begin as COPY does"));
            }
            self.has_begun = true;
            used = HEADER_BYTES;
        }
        while let Some(row) = whole_row(&bytes[used..])? {
            if self.has_ended {
                return Err(ColumnarError::Malformed("a row after their end"));
            }
            match row {
                Row::End => self.has_ended = true,
                Row::Of { columns, .. } if columns != self.columns.len() => {
                    return Err(ColumnarError::Malformed("a row has another number of columns"));
                }
                Row::Of { length, .. } => {
                    self.row(&bytes[used + 2..used + length])?;
                    used += length - 2;
                }
            }
            used += 2;
        }
        Ok(used)
    }

    fn row(&mut self, mut values: &[u8]) -> Result<(), ColumnarError> {
        for column in &mut self.columns {
            let (size, rest) = values.split_first_chunk().ok_or(CUT_SHORT)?;
            // Negative for none.
            let Ok(size) = usize::try_from(i32::from_be_bytes(*size)) else {
                column.push(None)?;
                values = rest;
                continue;
            };
            let (value, rest) = rest.split_at_checked(size).ok_or(CUT_SHORT)?;
            column.push(Some(value))?;
            values = rest;
        }
        self.rows += 1;
        Ok(())
    }
}

const CUT_SHORT: ColumnarError = ColumnarError::Malformed("a row is cut short");

enum Row {
    /// So many columns, and bytes with their number.
    Of {
        columns: usize,
        length: usize,
    },
    End,
}

/// The row that bytes begin with, if all of it is there.
fn whole_row(bytes: &[u8]) -> Result<Option<Row>, ColumnarError> {
    let Some((columns, mut rest)) = bytes.split_first_chunk() else { return Ok(None) };
    let columns = match i16::from_be_bytes(*columns) {
        -1 => return Ok(Some(Row::End)),
        columns => {
            usize::try_from(columns).map_err(|_| ColumnarError::Malformed("a negative number of columns"))?
        }
    };
    for _ in 0..columns {
        let Some((size, values)) = rest.split_first_chunk() else { return Ok(None) };
        let size = usize::try_from(i32::from_be_bytes(*size)).unwrap_or(0);
        let Some(after) = values.get(size..) else { return Ok(None) };
        rest = after;
    }
    Ok(Some(Row::Of { columns, length: bytes.len() - rest.len() }))
}

#[cfg(test)]
mod tests;

//! Batches into files.

use crate::ColumnarError;
use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::io::Write;

/// Rows of a row group: some tens of megabytes before compression.
const ROW_GROUP_ROWS: usize = 1 << 18;

/// A row group ends before, where rows are wide: it is in memory while it is written.
const ROW_GROUP_BYTES: usize = 64 << 20;

/// A Parquet file: zstd, row groups, and the schema's metadata in the footer.
pub struct ParquetFile<W: Write + Send>(ArrowWriter<W>);

impl<W: Write + Send> ParquetFile<W> {
    /// Begins it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W, schema: SchemaRef) -> Result<Self, ColumnarError> {
        let mut metadata: Vec<KeyValue> =
            schema.metadata().iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
        metadata.sort_by(|one, other| one.key.cmp(&other.key));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
            .set_key_value_metadata(Some(metadata));
        // Values of axes are few, and stand in a dictionary. Where results are too many for one, bytes of equal weight
        // side by side compress better.
        let numbers = schema.fields().iter().filter(|field| field.data_type().is_floating());
        let properties = numbers.fold(properties, |properties, field| {
            properties.set_column_encoding(field.name().as_str().into(), Encoding::BYTE_STREAM_SPLIT)
        });
        Ok(Self(ArrowWriter::try_new(out, schema, Some(properties.build()))?))
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ColumnarError> {
        Ok(self.0.write(batch)?)
    }

    /// Ends it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<W, ColumnarError> {
        Ok(self.0.into_inner()?)
    }
}

/// Arrow IPC.
pub enum Ipc<W: Write> {
    /// A file (Feather, version 2) with zstd, whose readers jump about in it. It has no dictionaries that grow.
    File(FileWriter<W>),
    /// A stream, for a program that reads it as it comes.
    Stream(StreamWriter<W>),
}

impl<W: Write> Ipc<W> {
    /// Begins a file, or a stream.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W, schema: &SchemaRef, is_file: bool) -> Result<Self, ColumnarError> {
        Ok(match is_file {
            true => {
                let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD))?;
                Self::File(FileWriter::try_new_with_options(out, schema, options)?)
            }
            false => Self::Stream(StreamWriter::try_new(out, schema)?),
        })
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ColumnarError> {
        match self {
            Self::File(file) => file.write(batch)?,
            Self::Stream(stream) => stream.write(batch)?,
        }
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> Result<W, ColumnarError> {
        Ok(match self {
            Self::File(file) => file.into_inner()?,
            Self::Stream(stream) => stream.into_inner()?,
        })
    }
}

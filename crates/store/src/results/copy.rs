//! Measurements on their way into the database, in PostgreSQL's binary format of COPY: the server forms a page of rows
//! at a time, and writes one record of its log for it.

use super::answer::{Answer, SampleRef};
use crate::StoreError;
use sqlx::encode::{Encode, IsNull};
use sqlx::postgres::{PgArgumentBuffer, PgConnection};
use sqlx::{Postgres, Type};
use std::sync::LazyLock;
use sweep::measurement::{Entry, Measurement, Values};

/// The columns beside those of [`Values`].
const OWN_COLUMNS: [&str; 13] = [
    "bucket",
    "sweep_id",
    "worker_id",
    "cell_id",
    "sample",
    "beta",
    "method",
    "branch",
    "outcome",
    "weights",
    "paths",
    "hidden_units",
    "seconds",
];

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    let values = Values::COLUMNS.iter().map(|column| column.name);
    let columns: Vec<&str> = OWN_COLUMNS.into_iter().chain(values).collect();
    format!("COPY rapgrid.measurements ({}) FROM STDIN (FORMAT binary)", columns.join(", "))
});

/// Signature, no flags, and no extension of the header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// In place of a row's number of columns.
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// Bytes sent at a time. The server reads a message whole before it reads its rows: with small ones it needs little
/// memory, and works while the next is encoded.
const MESSAGE_BYTES: usize = 64 << 10;

/// Stores the measurements of answers, each in the bucket beside it.
pub(super) async fn measurements(
    connection: &mut PgConnection,
    answers: &[(&Answer, i64)],
) -> Result<(), StoreError> {
    if answers.iter().all(|(answer, _)| answer.results.measurements() == 0) {
        return Ok(());
    }
    let mut copy = connection.copy_in_raw(&STATEMENT).await?;
    let mut message = Encoded(PgArgumentBuffer::default());
    message.0.extend_from_slice(HEADER);
    for (answer, bucket) in answers {
        for (of, unit) in &answer.results.units {
            for row in &unit.measurements {
                message.row(answer, *bucket, *of, row).map_err(sqlx::Error::Encode)?;
            }
            if message.0.len() >= MESSAGE_BYTES {
                copy.send(message.0.as_slice()).await?;
                message.0.clear();
            }
        }
    }
    message.0.extend_from_slice(&END);
    copy.send(message.0.as_slice()).await?;
    copy.finish().await?;
    Ok(())
}

struct Encoded(PgArgumentBuffer);

impl Encoded {
    /// Its columns in the order of [`STATEMENT`]'s.
    fn row(
        &mut self,
        answer: &Answer,
        bucket: i64,
        of: SampleRef,
        row: &Measurement,
    ) -> Result<(), sqlx::error::BoxDynError> {
        let columns = (OWN_COLUMNS.len() + Values::COLUMNS.len()) as i16;
        self.0.extend_from_slice(&columns.to_be_bytes());
        self.field(&bucket)?;
        self.field(&answer.sweep_id.0)?;
        self.field(&answer.worker.0)?;
        self.field(&of.cell_id)?;
        self.field(&of.sample)?;
        self.field(&row.beta)?;
        self.field(&row.method)?;
        self.field(&row.branch.map(|branch| branch.name()))?;
        self.field(&row.outcome.name())?;
        self.field(&(row.weights as i32))?;
        self.field(&(row.paths as i64))?;
        self.field(&(row.hidden_units as i32))?;
        self.field(&row.seconds)?;
        row.values.entries().try_for_each(|(_, entry)| self.entry(entry))
    }

    /// A value's length in bytes, −1 for none, and the value.
    fn field<'q, T: Encode<'q, Postgres> + Type<Postgres>>(
        &mut self,
        value: &T,
    ) -> Result<(), sqlx::error::BoxDynError> {
        let start = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        let length = match value.encode_by_ref(&mut self.0)? {
            IsNull::Yes => -1,
            IsNull::No => i32::try_from(self.0.len() - start - 4)?,
        };
        self.0[start..start + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    fn entry(&mut self, entry: Option<Entry<'_>>) -> Result<(), sqlx::error::BoxDynError> {
        match entry {
            None => self.field(&None::<i64>),
            Some(Entry::Flag(flag)) => self.field(&flag),
            Some(Entry::Small(count)) => self.field(&(count as i32)),
            Some(Entry::Count(count)) => self.field(&(count as i64)),
            Some(Entry::Number(number)) => self.field(&number),
            Some(Entry::Numbers(list)) => self.field(&&*list),
            Some(Entry::Counts(list)) => {
                self.field(&list.iter().map(|&count| count as i64).collect::<Vec<_>>())
            }
            Some(Entry::Bins(list)) => self.field(&&*list),
        }
    }
}

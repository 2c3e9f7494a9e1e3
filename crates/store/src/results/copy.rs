//! Measurements on their way into the database, in PostgreSQL's binary format of COPY: the server forms a page of rows
//! at a time, and writes one record of its log for it.

use crate::StoreError;
use sqlx::encode::{Encode, IsNull};
use sqlx::postgres::{PgArgumentBuffer, PgConnection};
use sqlx::{Postgres, Type};
use std::sync::LazyLock;
use sweep::measurement::{Entry, Measurement, Values};

/// A measurement and where it belongs.
pub(super) struct Row<'a> {
    /// The bucket of the partition.
    pub(super) bucket: i64,
    pub(super) sweep_id: i64,
    pub(super) worker_id: i64,
    pub(super) cell_id: i64,
    pub(super) sample: i32,
    pub(super) measurement: &'a Measurement,
}

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
    format!("COPY measurements ({}) FROM STDIN (FORMAT binary)", columns.join(", "))
});

/// Signature, no flags, and no extension of the header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// In place of a row's number of columns.
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// Stores measurements.
pub(super) async fn measurements(connection: &mut PgConnection, rows: &[Row<'_>]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let encoded = encoded(rows).map_err(sqlx::Error::Encode)?;
    let mut copy = connection.copy_in_raw(&STATEMENT).await?;
    copy.send(encoded.0.as_slice()).await?;
    copy.finish().await?;
    Ok(())
}

fn encoded(rows: &[Row<'_>]) -> Result<Encoded, sqlx::error::BoxDynError> {
    let mut encoded = Encoded(PgArgumentBuffer::default());
    encoded.0.extend_from_slice(HEADER);
    let columns = (OWN_COLUMNS.len() + Values::COLUMNS.len()) as i16;
    for row in rows {
        encoded.0.extend_from_slice(&columns.to_be_bytes());
        // In the order of the columns' names above.
        encoded.field(&row.bucket)?;
        encoded.field(&row.sweep_id)?;
        encoded.field(&row.worker_id)?;
        encoded.field(&row.cell_id)?;
        encoded.field(&row.sample)?;
        let row = row.measurement;
        encoded.field(&row.beta)?;
        encoded.field(&row.method)?;
        encoded.field(&row.branch.map(|branch| branch.name()))?;
        encoded.field(&row.outcome.name())?;
        encoded.field(&(row.weights as i32))?;
        encoded.field(&(row.paths as i64))?;
        encoded.field(&(row.hidden_units as i32))?;
        encoded.field(&row.seconds)?;
        row.values.entries().try_for_each(|(_, entry)| encoded.entry(entry))?;
    }
    encoded.0.extend_from_slice(&END);
    Ok(encoded)
}

struct Encoded(PgArgumentBuffer);

impl Encoded {
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

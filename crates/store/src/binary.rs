//! PostgreSQL's binary format of COPY: the server forms a page of rows at a time, and writes one record of its log
//! for it.

use crate::StoreError;
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgConnection, PgCopyIn};
use sqlx::{Postgres, Type};
use sweep::measurement::Entry;

/// Signature, no flags, and no extension of the header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// In place of a row's number of columns.
const END: [u8; 2] = (-1_i16).to_be_bytes();

/// Bytes sent at a time. The server reads a message whole before it reads its rows: with small ones it needs little
/// memory, and works while the next is encoded.
const MESSAGE_BYTES: usize = 64 << 10;

/// Rows on their way into a table.
pub(crate) struct Copy<'c> {
    copy: PgCopyIn<&'c mut PgConnection>,
    rows: Rows,
}

impl<'c> Copy<'c> {
    /// By a statement that takes the binary format.
    pub(crate) async fn begin(connection: &'c mut PgConnection, statement: &str) -> Result<Self, StoreError> {
        let copy = connection.copy_in_raw(statement).await?;
        let mut rows = Rows(PgArgumentBuffer::default());
        rows.0.extend_from_slice(HEADER);
        Ok(Self { copy, rows })
    }

    /// Where rows are written.
    pub(crate) fn rows(&mut self) -> &mut Rows {
        &mut self.rows
    }

    pub(crate) async fn send_what_is_due(&mut self) -> Result<(), StoreError> {
        if self.rows.0.len() >= MESSAGE_BYTES {
            self.copy.send(self.rows.0.as_slice()).await?;
            self.rows.0.clear();
        }
        Ok(())
    }

    pub(crate) async fn finish(mut self) -> Result<(), StoreError> {
        self.rows.0.extend_from_slice(&END);
        self.copy.send(self.rows.0.as_slice()).await?;
        self.copy.finish().await?;
        Ok(())
    }
}

/// Rows as they are sent.
pub(crate) struct Rows(PgArgumentBuffer);

impl Rows {
    /// Begins a row of so many columns.
    pub(crate) fn begin(&mut self, columns: usize) {
        self.0.extend_from_slice(&(columns as i16).to_be_bytes());
    }

    /// A value's length in bytes, −1 for none, and the value.
    pub(crate) fn field<'q, T: Encode<'q, Postgres> + Type<Postgres>>(
        &mut self,
        value: &T,
    ) -> Result<(), BoxDynError> {
        let start = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        let length = match value.encode_by_ref(&mut self.0)? {
            IsNull::Yes => -1,
            IsNull::No => i32::try_from(self.0.len() - start - 4)?,
        };
        self.0[start..start + 4].copy_from_slice(&length.to_be_bytes());
        Ok(())
    }

    /// A value of a table's column.
    pub(crate) fn entry(&mut self, entry: Option<Entry<'_>>) -> Result<(), BoxDynError> {
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

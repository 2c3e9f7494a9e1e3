//! Writing it, member after member.

use super::{MANIFEST, Manifest, SUMS, line_of_sums};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// A member of rows is as large as this, and a row.
const MEMBER_BYTES: usize = 8 << 20;

/// A file that is being written.
pub(crate) struct Writer<W: Write> {
    archive: tar::Builder<GzEncoder<W>>,
    sums: String,
    table: String,
    header: Vec<u8>,
    /// Members of the table so far.
    members: usize,
    rows: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(file: W, manifest: &Manifest) -> io::Result<Self> {
        let mut writer = Self {
            archive: tar::Builder::new(GzEncoder::new(file, Compression::fast())),
            sums: String::new(),
            table: String::new(),
            header: Vec::new(),
            members: 0,
            rows: Vec::new(),
        };
        writer.add(MANIFEST, &serde_json::to_vec_pretty(manifest)?)?;
        Ok(writer)
    }

    /// From here on lines are of this table. The one before must have ended.
    pub(crate) fn begin(&mut self, table: &str, columns: &[String]) {
        table.clone_into(&mut self.table);
        self.header = format!("{}\n", columns.join(",")).into_bytes();
        self.members = 0;
    }

    /// Adds a line, its end included.
    pub(crate) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        if self.rows.is_empty() {
            self.rows.extend_from_slice(&self.header);
        }
        self.rows.extend_from_slice(line);
        if self.rows.len() >= MEMBER_BYTES { self.end() } else { Ok(()) }
    }

    /// Ends the table's lines so far.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        if !self.rows.is_empty() {
            let name = format!("{}/{:06}.csv", self.table, self.members);
            let mut rows = std::mem::take(&mut self.rows);
            self.add(&name, &rows)?;
            rows.clear();
            self.rows = rows;
            self.members += 1;
        }
        Ok(())
    }

    /// Ends the file; returns what it was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.end()?;
        let sums = std::mem::take(&mut self.sums);
        self.add(SUMS, sums.as_bytes())?;
        self.archive.into_inner()?.finish()
    }

    fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.sums += &line_of_sums(name, content);
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        self.archive.append_data(&mut header, name, content)
    }
}

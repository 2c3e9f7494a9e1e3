//! Reading it, and refusing what is not whole.

use super::{FORMAT, MANIFEST, Manifest, SUMS, line_of_sums};
use crate::build;
use crate::exit::BadInput;
use flate2::bufread::GzDecoder;
use std::fmt::Display;
use std::io::{self, BufRead, Read};
use tar::Archive;

/// No member is larger: those of rows have eight megabytes, and a manifest what one message may have.
const LARGEST: u64 = 256 << 20;

/// The members of a file, one after another.
pub(crate) struct Members<'a, R: BufRead> {
    file: &'a str,
    entries: tar::Entries<'a, GzDecoder<R>>,
    sums: String,
    are_checked: bool,
}

/// What is to be said of a file that is not what was written.
pub(crate) fn damaged(file: &str, how: impl Display) -> anyhow::Error {
    BadInput(format!("{file} is damaged, and nothing was taken in: {how}")).into()
}

/// A file that is to be read.
pub(crate) fn open<R: BufRead>(content: R) -> Archive<GzDecoder<R>> {
    Archive::new(GzDecoder::new(content))
}

/// That nothing stands behind the members.
pub(crate) fn check_end<R: BufRead>(file: &str, archive: Archive<GzDecoder<R>>) -> anyhow::Result<()> {
    let mut decoder = archive.into_inner();
    // The end of the archive is zeros; behind them is the checksum of gzip.
    let rest = io::copy(&mut decoder.by_ref().take(LARGEST), &mut io::sink());
    rest.map_err(|error| damaged(file, error))?;
    match decoder.into_inner().fill_buf() {
        Ok([]) => Ok(()),
        Ok(_) => Err(damaged(file, "something stands behind its end")),
        Err(error) => Err(error.into()),
    }
}

impl<'a, R: BufRead> Members<'a, R> {
    /// The members of the file of that name, and its manifest, which is the first.
    pub(crate) fn of(
        file: &'a str,
        archive: &'a mut Archive<GzDecoder<R>>,
    ) -> anyhow::Result<(Self, Manifest)> {
        let foreign = |_| BadInput(format!("{file} is no file of `rapgrid export --all`"));
        let entries = archive.entries().map_err(foreign)?;
        let mut members = Self { file, entries, sums: String::new(), are_checked: false };
        let first = members.entries.next().transpose().map_err(foreign)?;
        let first = first.ok_or_else(|| foreign(io::ErrorKind::UnexpectedEof.into()))?;
        let (name, content) = members.read(first)?;
        if name != MANIFEST {
            return Err(foreign(io::ErrorKind::InvalidData.into()).into());
        }
        let said: serde_json::Value =
            serde_json::from_slice(&content).map_err(|error| damaged(file, error))?;
        let text = |key: &str| said[key].as_str().unwrap_or("unknown").to_owned();
        if text("format") != FORMAT {
            return Err(BadInput(format!(
                "{file} is of the format {}, written by rapgrid {} (git {}), and this is rapgrid {}, which reads {FORMAT}: \
                 use that version or a newer one",
                text("format"),
                text("version"),
                text("git_revision"),
                build::LONG_VERSION
            ))
            .into());
        }
        let manifest = serde_json::from_value(said).map_err(|error| damaged(file, error))?;
        Ok((members, manifest))
    }

    /// The next member of rows, by its name; `None` when all were there and are as they were written.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<(String, Vec<u8>)>> {
        let next = self.entries.next().transpose().map_err(|error| damaged(self.file, error))?;
        let Some(next) = next else {
            return if self.are_checked { Ok(None) } else { Err(damaged(self.file, "it ends early")) };
        };
        if self.are_checked {
            return Err(damaged(self.file, "it has something behind its checksums"));
        }
        let sums = self.sums.clone();
        let (name, content) = self.read(next)?;
        if name != SUMS {
            return Ok(Some((name, content)));
        }
        if content != sums.as_bytes() {
            return Err(damaged(self.file, "its checksums are others than those of its members"));
        }
        self.are_checked = true;
        self.next()
    }

    fn read(&mut self, mut entry: tar::Entry<'a, GzDecoder<R>>) -> anyhow::Result<(String, Vec<u8>)> {
        let wrong = |error: io::Error| damaged(self.file, error);
        let name = entry.path().map_err(wrong)?.to_string_lossy().into_owned();
        let length = entry.size();
        if length > LARGEST {
            return Err(damaged(self.file, format_args!("{name} has {length} bytes")));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(wrong)?;
        if content.len() as u64 != length {
            return Err(damaged(self.file, "it ends early"));
        }
        self.sums += &line_of_sums(&name, &content);
        Ok((name, content))
    }
}

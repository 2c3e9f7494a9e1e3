//! The log that the server and the guard append to.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::LocalDbError;
use crate::layout::Layout;
use crate::owner::{self, Owner};

const SIZE_MAX: u64 = 16 << 20;

/// The server's log, for appending. One that has grown large gives way first.
pub(crate) fn open(layout: &Layout, owner: Option<&Owner>) -> Result<File, LocalDbError> {
    let path = layout.log();
    if length(&path) > SIZE_MAX {
        let _ = fs::rename(&path, path.with_extension("log.1"));
    }
    let log = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
    let log = log.map_err(LocalDbError::io("open", &path))?;
    owner::give(&path, owner)?;
    Ok(log)
}

/// Its length now: what is written from now on begins there, see [`tail`].
pub(crate) fn length(log: &Path) -> u64 {
    fs::metadata(log).map_or(0, |log| log.len())
}

/// The last lines of a log, of those written since it was `start` bytes long.
pub(crate) fn tail(log: &Path, start: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(log)?;
        let length = file.metadata()?.len();
        let start = if start > length { 0 } else { start };
        file.seek(SeekFrom::Start(start.max(length.saturating_sub(4096))))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

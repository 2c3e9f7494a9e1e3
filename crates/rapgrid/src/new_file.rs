//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A file that is written beside its place, and removed again unless it is kept.
pub(crate) struct NewFile {
    path: PathBuf,
    unfinished: PathBuf,
    file: File,
}

impl NewFile {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
        let unfinished = path.with_file_name(format!(".{name}.{}", std::process::id()));
        let file = File::create(&unfinished)?;
        Ok(Self { path: path.to_owned(), unfinished, file })
    }

    /// Where to write.
    pub(crate) fn writer(&mut self) -> &mut File {
        &mut self.file
    }

    /// Its name until it is kept, for another program that writes it.
    pub(crate) fn unfinished(&self) -> &Path {
        &self.unfinished
    }

    /// Puts it in its place, in place of what was there, when it is on the disk.
    pub(crate) fn keep(self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.unfinished, &self.path)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // It is not there if it was kept.
        let _ = fs::remove_file(&self.unfinished);
    }
}

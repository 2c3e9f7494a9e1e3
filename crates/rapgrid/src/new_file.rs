//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
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

/// Writes a file that is there whole or not at all. What is no file, such as a terminal, is written to.
pub(crate) fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    if is_special(path) {
        return fs::write(path, contents);
    }
    let mut file = NewFile::create(path)?;
    file.writer().write_all(contents)?;
    file.keep()
}

/// Whether something stands there that is neither a file nor a folder.
pub(crate) fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // It is not there if it was kept.
        let _ = fs::remove_file(&self.unfinished);
    }
}

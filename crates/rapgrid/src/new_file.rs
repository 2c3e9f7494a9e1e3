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
    /// Where a link stands, the file that it leads to is the one that is replaced. What is replaced leaves its
    /// permissions to the new file.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let path = end_of_links(path)?;
        let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_string_lossy();
        let unfinished = path.with_file_name(unfinished_name(&name));
        let file = File::create(&unfinished)?;
        let new = Self { path, unfinished, file };
        if let Ok(old) = fs::metadata(&new.path)
            && old.is_file()
        {
            new.file.set_permissions(old.permissions())?;
        }
        Ok(new)
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

/// The path itself, or where its link leads, link by link: the last one may lead to nothing yet.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    // The operating system knows circles.
    if let Err(error) = fs::metadata(&path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    while let Ok(next) = fs::read_link(&path) {
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Ok(path)
}

/// File systems bound the length of a name: a long one makes room for what is added to it.
fn unfinished_name(name: &str) -> String {
    const SHORT: usize = 32;
    let process = std::process::id().to_string();
    let room = name.len().max(SHORT) - process.len() - 2;
    format!(".{}.{process}", &name[..name.floor_char_boundary(room)])
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // It is not there if it was kept.
        let _ = fs::remove_file(&self.unfinished);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_where_its_links_lead_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("data")).unwrap();
        fs::write(at("data/old"), "old").unwrap();
        fs::set_permissions(at("data/old"), fs::Permissions::from_mode(0o600)).unwrap();
        symlink("data/old", at("second")).unwrap();
        symlink("second", at("first")).unwrap();
        symlink("data/none", at("dangling")).unwrap();
        symlink("circle", at("circle")).unwrap();
        write(&at("first"), b"new").unwrap();
        write(&at("dangling"), b"made").unwrap();
        assert!(write(&at("circle"), b"").is_err());
        assert_eq!(fs::read_to_string(at("data/old")).unwrap(), "new");
        assert_eq!(fs::metadata(at("data/old")).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(at("data/none")).unwrap(), "made");
        assert!(["first", "second", "dangling", "circle"].iter().all(|name| at(name).is_symlink()));
        assert_eq!(names(&at("data")), ["none", "old"]);
    }

    #[test]
    fn what_cannot_be_finished_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old");
        write(&path, b"old").unwrap();
        let mut new = NewFile::create(&path).unwrap();
        new.writer().write_all(b"half").unwrap();
        assert_eq!(names(folder.path()).len(), 2);
        drop(new);
        fs::create_dir(folder.path().join("folder")).unwrap();
        assert!(write(&folder.path().join("folder"), b"").is_err());
        assert_eq!(names(folder.path()), ["folder", "old"]);
        assert_eq!(fs::read_to_string(path).unwrap(), "old");
    }

    #[test]
    fn names_as_long_as_a_file_system_takes_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["x".repeat(255), "β".repeat(127), "short".to_owned()] {
            write(&folder.path().join(&name), b"").unwrap();
            assert!(unfinished_name(&name).len() <= name.len().max(32));
        }
        assert_eq!(names(folder.path()).len(), 3);
    }
}

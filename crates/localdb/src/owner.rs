//! The unprivileged user that the server runs as when the program runs as root, which PostgreSQL refuses.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::LocalDbError;

/// Tried in this order. initdb wants a user with a passwd entry, so an invented id would not do.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    name: String,
}

impl Owner {
    /// `None` for an ordinary user. For root the owner of an existing cluster, whoever that is, because the
    /// server insists on it; for a new cluster the first candidate there is.
    pub(crate) fn for_cluster(cluster: &Path) -> Result<Option<Self>, LocalDbError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        if let Ok(metadata) = fs::metadata(cluster) {
            let name = entries(&passwd).find(|entry| entry.uid == metadata.uid()).map(|entry| entry.name);
            let name = name.unwrap_or_else(|| metadata.uid().to_string());
            return Ok(Some(Self { uid: metadata.uid(), gid: metadata.gid(), name }));
        }
        CANDIDATES
            .iter()
            .find_map(|name| entries(&passwd).find(|entry| entry.name == *name && entry.uid != 0))
            .map(Some)
            .ok_or(LocalDbError::NoUnprivilegedUser)
    }

    /// Checks that this user may pass through `data_dir` and everything above it.
    pub(crate) fn check_reach(&self, data_dir: &Path) -> Result<(), LocalDbError> {
        let mut dirs = Vec::new();
        for dir in data_dir.ancestors() {
            let metadata = fs::metadata(dir).map_err(LocalDbError::io("look at", dir))?;
            let search = match () {
                () if metadata.uid() == self.uid => 0o100,
                () if metadata.gid() == self.gid => 0o010,
                () => 0o001,
            };
            if metadata.mode() & search == 0 {
                dirs.push(dir.to_owned());
            }
        }
        if dirs.is_empty() {
            return Ok(());
        }
        Err(LocalDbError::Unreachable { dirs, user: self.name.clone(), data_dir: data_dir.to_owned() })
    }
}

/// Gives a file or directory to the server's user; nothing to do for an ordinary user's own.
pub(crate) fn give(path: &Path, owner: Option<&Owner>) -> Result<(), LocalDbError> {
    match owner {
        Some(owner) => chown(path, Some(owner.uid), Some(owner.gid))
            .map_err(LocalDbError::io("change the owner of", path)),
        None => Ok(()),
    }
}

/// One of PostgreSQL's programs, run as the server's user and free of the caller's libpq and language settings.
pub(crate) fn command(program: &Path, owner: Option<&Owner>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    // The working directory may be closed to the server's user.
    command.env("LC_ALL", "C").current_dir("/");
    if let Some(owner) = owner {
        command.uid(owner.uid).gid(owner.gid);
    }
    command
}

fn entries(passwd: &str) -> impl Iterator<Item = Owner> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Owner { uid, gid, name })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwd_lines_that_make_no_sense_are_skipped() {
        let passwd =
            "# comment\nroot:x:0:0:root:/root:/bin/sh\nbad:x:-2:-2::/:\n\npostgres:x:101:104:,,,:/:/bin/sh\n";
        let found: Vec<_> = entries(passwd).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], Owner { uid: 101, gid: 104, name: "postgres".into() });
    }
}

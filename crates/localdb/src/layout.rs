//! What lies where under the data directory, and who may go there.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::LocalDbError;
use crate::owner::{self, Owner};

/// Superuser and database have the program's name.
pub(crate) const DATABASE: &str = "rapgrid";

/// Part of the socket's name; nothing listens on TCP.
pub(crate) const PORT: u16 = 5432;

/// A socket's path must fit 104 bytes with its final zero on macOS, 108 on Linux.
const SOCKET_PATH_MAX: usize = 100;

#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// The data directory, without symbolic links.
    pub(crate) root: PathBuf,
    pub(crate) socket_dir: PathBuf,
}

impl Layout {
    /// Creates the data directory where it is new. The rest is created under the start lock, which is in it.
    pub(crate) fn create(data_dir: &Path) -> Result<Self, LocalDbError> {
        if !data_dir.exists() {
            let root = rustix::process::geteuid().is_root();
            let create = || {
                let mode = if root { 0o755 } else { 0o700 };
                DirBuilder::new().recursive(true).mode(mode).create(data_dir)?;
                // Whatever the umask says, the server's user must get to `pg`, which is private.
                fs::set_permissions(data_dir, fs::Permissions::from_mode(if root { 0o711 } else { 0o700 }))
            };
            create().map_err(LocalDbError::io("create the data directory", data_dir))?;
        }
        Self::open(data_dir)
    }

    /// The layout of a data directory that exists.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, LocalDbError> {
        let root = data_dir.canonicalize().map_err(LocalDbError::io("open the data directory", data_dir))?;
        let socket_dir = socket_dir(&root);
        Ok(Self { root, socket_dir })
    }

    /// Creates the directories of the log and the socket, and checks that the server's user can reach them.
    pub(crate) fn create_parts(&self, owner: Option<&Owner>) -> Result<(), LocalDbError> {
        if let Some(owner) = owner {
            owner.check_reach(&self.root)?;
        }
        create_private(&self.root.join("log"), owner)?;
        create_private(&self.socket_dir, owner)?;
        // The server trusts whoever reaches its socket: the directory alone keeps others out. It may lie in
        // /tmp, where anyone could have made it first.
        let uid = owner.map_or_else(|| rustix::process::geteuid().as_raw(), |owner| owner.uid);
        let found = fs::symlink_metadata(&self.socket_dir);
        let found = found.map_err(LocalDbError::io("look at", &self.socket_dir))?;
        if found.is_dir() && found.uid() == uid && found.mode() & 0o077 == 0 {
            Ok(())
        } else {
            Err(LocalDbError::SocketDir { dir: self.socket_dir.clone(), uid })
        }
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        cluster_in(&self.root)
    }

    /// Who serves the directory, see [`crate::record`].
    pub(crate) fn record(&self) -> PathBuf {
        self.root.join("server.owner")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log/postgres.log")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{PORT}"))
    }

    pub(crate) fn socket_lock(&self) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{PORT}.lock"))
    }

    pub(crate) fn postmaster_pid(&self) -> PathBuf {
        self.cluster().join("postmaster.pid")
    }
}

/// The cluster's directory in a data directory.
pub(crate) fn cluster_in(root: &Path) -> PathBuf {
    root.join("pg")
}

fn create_private(dir: &Path, owner: Option<&Owner>) -> Result<(), LocalDbError> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => owner::give(dir, owner),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(LocalDbError::io("create", dir)(error)),
    }
}

/// `run` in the data directory, or a short name in /tmp where that is too long for a socket, or has characters
/// that a URL, libpq's list of hosts or the server's list of directories would read differently.
///
/// Depends on the data directory alone: every process must find the same one, whatever its environment.
fn socket_dir(root: &Path) -> PathBuf {
    let run = root.join("run");
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let bytes = run.as_os_str().as_bytes();
    if bytes.len() + "/.s.PGSQL.5432".len() <= SOCKET_PATH_MAX && bytes.iter().all(plain) {
        run
    } else {
        PathBuf::from(format!("/tmp/rapgrid-{:016x}", fnv1a(root.as_os_str().as_bytes())))
    }
}

/// FNV-1a: std's hasher may change from one version of the program to the next.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_plain_path_keeps_its_socket_inside() {
        assert_eq!(socket_dir(Path::new("/var/lib/rapgrid")), Path::new("/var/lib/rapgrid/run"));
    }

    #[test]
    fn a_long_or_unusual_path_gets_a_short_socket_directory_of_its_own() {
        let long = PathBuf::from("/home").join("x".repeat(90));
        let spaced = Path::new("/home/a b,c");
        for root in [long.as_path(), spaced] {
            let dir = socket_dir(root);
            assert!(dir.starts_with("/tmp") && dir.as_os_str().len() < 40, "{dir:?}");
        }
        assert_ne!(socket_dir(&long), socket_dir(spaced));
    }

    #[test]
    fn the_hash_of_a_path_never_changes() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}

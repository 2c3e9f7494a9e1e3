//! What can go wrong, each with where it did and what to do about it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why there is no private database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalDbError {
    /// The environment says nothing about where user data belongs.
    #[error("neither XDG_DATA_HOME nor HOME names a directory for the database; set RAPGRID_DATA to one")]
    NoHome,

    /// No usable PostgreSQL on this machine.
    #[error(
        "found no PostgreSQL 14 or newer on this machine: install it (Debian, Ubuntu: `apt-get install \
         postgresql`; Fedora: `dnf install postgresql-server`; macOS: `brew install postgresql@16`), or set \
         RAPGRID_POSTGRES_BIN to the directory that holds `postgres` and `initdb`, or set DATABASE_URL to use a \
         server that already runs"
    )]
    NoBinaries,

    /// The directory that was asked for holds no usable PostgreSQL.
    #[error(
        "{} does not hold `postgres` and `initdb` of PostgreSQL 14 or newer; correct RAPGRID_POSTGRES_BIN, or \
         unset it to search the usual places", .dir.display()
    )]
    NotBinaries {
        /// The directory asked for.
        dir: PathBuf,
    },

    /// The data were written by a major version that is not installed.
    #[error(
        "the database in {} was created by PostgreSQL {needed}, and only {found} is installed: install \
         PostgreSQL {needed} again, or set RAPGRID_POSTGRES_BIN to its binaries", .cluster.display()
    )]
    OtherVersion {
        /// The cluster's directory.
        cluster: PathBuf,
        /// The major version that wrote it.
        needed: String,
        /// The versions that were found.
        found: String,
    },

    /// A directory stands where the cluster belongs, and is none.
    #[error("{} is not a PostgreSQL cluster (no PG_VERSION in it); move it away", .dir.display())]
    NotACluster {
        /// The directory.
        dir: PathBuf,
    },

    /// Started by root, without a user to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd has neither a user `postgres` nor `nobody` to run it \
         as; create one, or start rapgrid as an ordinary user"
    )]
    NoUnprivilegedUser,

    /// Started by root, with data where the server's user cannot go.
    #[error(
        "the server runs as user {user}, who cannot pass through to the database in {}; `chmod o+x {}`, or choose \
         another place with RAPGRID_DATA", .data_dir.display(), list(.dirs)
    )]
    Unreachable {
        /// The directories without the permission.
        dirs: Vec<PathBuf>,
        /// The user that the server runs as.
        user: String,
        /// The data directory.
        data_dir: PathBuf,
    },

    /// The socket's directory is not a private directory of the server's user.
    #[error(
        "{} must be a directory that belongs to user id {uid} and has mode 0700, and it is not; remove it",
        .dir.display()
    )]
    SocketDir {
        /// The directory.
        dir: PathBuf,
        /// Who should own it.
        uid: u32,
    },

    /// A file operation failed.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },

    /// The disk, or the user's quota on it, is full.
    #[error("no space left for the database in {}; free some, and run the same command again", .path.display())]
    DiskFull {
        /// Where there is none.
        path: PathBuf,
    },

    /// Creating the cluster failed.
    #[error("`{program}` failed while it created the database in {} ({status}):\n{output}", .data_dir.display())]
    Create {
        /// Which of PostgreSQL's programs.
        program: &'static str,
        /// Where the database was to be.
        data_dir: PathBuf,
        /// How it ended.
        status: ExitStatus,
        /// What it wrote.
        output: String,
    },

    /// The server ended while starting.
    #[error("PostgreSQL did not start ({status}); the end of {}:\n{tail}", .log.display())]
    ServerEnded {
        /// How it ended.
        status: ExitStatus,
        /// The server's log.
        log: PathBuf,
        /// The end of it.
        tail: String,
    },

    /// The server runs and does not accept connections.
    #[error("PostgreSQL has not accepted connections for {seconds} s; the end of {}:\n{tail}", .log.display())]
    NotAccepting {
        /// How long it was waited for.
        seconds: u64,
        /// The server's log.
        log: PathBuf,
        /// The end of it.
        tail: String,
    },

    /// The guard ended, or does not come to wait.
    #[error("the process that stops the server later did not start: {reason}; the end of {}:\n{tail}", .log.display())]
    Guard {
        /// What happened to it.
        reason: String,
        /// The log that it writes to.
        log: PathBuf,
        /// The end of it.
        tail: String,
    },

    /// Another process holds a lock for longer than its work can take.
    #[error(
        "{what} has held {} for {seconds} s; end it (`fuser {}` shows which process it is) and try again",
        .lock.display(), .lock.display()
    )]
    Locked {
        /// Who holds it.
        what: &'static str,
        /// The lock file.
        lock: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },

    /// The guard could not stop the server.
    #[error("PostgreSQL (process {pid}) did not stop within {seconds} s of being told to")]
    NotStopped {
        /// The server's process id.
        pid: i32,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl LocalDbError {
    /// Makes the error of a failed file operation.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { action, path, source },
        }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")
}

/// Whether one of PostgreSQL's programs (run with `LC_ALL=C`) complained about a full disk.
pub(crate) fn tells_of_full_disk(output: &str) -> bool {
    ["No space left on device", "Disk quota exceeded", "Check free disk space"]
        .iter()
        .any(|complaint| output.contains(complaint))
}

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
         PostgreSQL {needed} again, or set RAPGRID_POSTGRES_BIN to its binaries. To go on with {found}: write its content \
         with those of {needed} (`RAPGRID_POSTGRES_BIN=… rapgrid db dump -o rapgrid.dump`), move that directory away (`mv \
         {} {}-{needed}`), and read it with {found} (`rapgrid db load rapgrid.dump`)",
        .cluster.display(), .cluster.display(), .cluster.display()
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

    /// It cannot be known whether a server lives: it would be on another host or in another container.
    #[error(
        "the database in {} may be in use by {owner}. That cannot be seen from here, and a second server on the same \
         files would destroy it. Run the command there, or set RAPGRID_DATA to another directory here. If that server \
         has ended for certain, or this directory is a copy of its, `rm {}` and try again",
        .data_dir.display(), list(.files)
    )]
    MayBeInUse {
        /// The data directory.
        data_dir: PathBuf,
        /// Which process where, and since when.
        owner: String,
        /// What says so.
        files: Vec<PathBuf>,
    },

    /// A server lives in another container or on another host.
    #[error(
        "the database in {} is in use by {owner}, which cannot be reached from here ({}: {source}). Run the command \
         there, or end the commands that use the database there and try again", .data_dir.display(), .socket.display()
    )]
    InUse {
        /// The data directory.
        data_dir: PathBuf,
        /// Which process where, and since when.
        owner: String,
        /// The server's socket.
        socket: PathBuf,
        /// Why it cannot be reached.
        #[source]
        source: io::Error,
    },

    /// A server lives, and its socket was removed.
    #[error(
        "PostgreSQL (process {pid}) serves the database in {}, but nothing answers at its socket {} any more: something \
         has cleaned it away, or it lies in another /tmp. What is connected goes on, and the server ends with the last \
         command that uses it; wait for that, or end it now with `kill -INT {pid}`, and try again", .data_dir.display(), .socket.display()
    )]
    SocketGone {
        /// The server's process id.
        pid: i32,
        /// The data directory.
        data_dir: PathBuf,
        /// Where the socket was.
        socket: PathBuf,
    },

    /// The file system does not lock files.
    #[error(
        "the file system of {} cannot lock files ({source}), so that nothing would keep two servers off one database: \
         choose another place with RAPGRID_DATA, or set DATABASE_URL to use a server that already runs", .dir.display()
    )]
    NoLocks {
        /// The data directory.
        dir: PathBuf,
        /// What the kernel says.
        #[source]
        source: io::Error,
    },

    /// The server does not keep the lock that it was given.
    #[error(
        "PostgreSQL in {} closes its standard input, which is the lock that keeps a second server off {}; it was stopped \
         again: use another version of PostgreSQL, or set DATABASE_URL", .bin_dir.display(), .data_dir.display()
    )]
    LockNotKept {
        /// Where this PostgreSQL is.
        bin_dir: PathBuf,
        /// The data directory.
        data_dir: PathBuf,
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
    /// Whether there is a database that cannot be reached from here, or not now.
    pub fn is_unreachable(&self) -> bool {
        use LocalDbError::{InUse, Locked, MayBeInUse, NotAccepting, SocketGone};
        matches!(
            self,
            MayBeInUse { .. } | InUse { .. } | SocketGone { .. } | NotAccepting { .. } | Locked { .. }
        )
    }

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

//! A private PostgreSQL beside the program.
//!
//! [`LocalDb::start`] gives a process a running server of its own: made from the system's binaries on first
//! use, reached through a Unix socket that nobody else can open, and stopped when its last user has gone,
//! however that user ended. The server is an ordinary daemon with `fsync` on; `kill -9` of anything is safe.
//!
//! # Who holds which lock, and why nothing is left running or stopped too early
//!
//! All are `flock`s on files in the data directory, which the kernel keeps for the *file*: they are seen from every
//! namespace and through every name. It releases them when the last process that has them open ends, by whatever means.
//! Descriptors are close-on-exec, but for the server's one.
//!
//! | file | held by | how |
//! |---|---|---|
//! | `turn.lock` | a process inside [`LocalDb::start`] | exclusive |
//! | `users.lock` | every living [`LocalDb`] | shared |
//! | `users.lock` | the guard, while it stops the server | exclusive |
//! | `guard.lock` | the guard, while it *waits for* `users.lock` | exclusive |
//! | `start.lock` | every process of the server; before, who starts it | exclusive |
//!
//! `start` takes `turn.lock`, then `users.lock` shared, then makes sure that a guard waits, then that the
//! server runs. The guard takes `guard.lock`, then waits for `users.lock` exclusively, and when it has it
//! releases `guard.lock`, stops the server, and ends.
//!
//! 1. *The server is stopped only when nobody uses it.* The guard stops it while holding `users.lock`
//!    exclusively. A user who arrives then waits in `start` until that is over, and starts the server again.
//! 2. *A user never relies on a guard that is on its way out.* A guard releases `guard.lock` while it still
//!    excludes every user, so whoever holds `users.lock` shared and finds `guard.lock` held has found a guard
//!    that still waits; and that one cannot stop waiting before this user has gone.
//! 3. *The server never runs without a guard.* `start` has a guard before it starts the server, and takes
//!    `users.lock` before it starts the guard, so the guard cannot be granted the lock in between and leave.
//!    If the starting process is killed half-way, that same guard clears up after it.
//! 4. *Two guards do no harm.* It takes a start killed between starting its guard and seeing it wait. The
//!    second one queues for `guard.lock`, and later finds the server stopped already.
//! 5. *A guard that was killed* leaves the server running; the next `start` finds `guard.lock` free and starts
//!    another guard. Killed while it stops the server, it frees `users.lock`; the next `start` sees a server
//!    that is shutting down, waits until it is gone, and starts it again.
//!
//! A pending exclusive `flock` does not hold up new shared ones, so a waiting guard never delays a user.
//!
//! # One server, whoever else sees the directory
//!
//! A second PostgreSQL on the same files destroys them. Its own precautions, a process id in `postmaster.pid` and a
//! segment of shared memory, see no further than one namespace of each: from a second container on a volume, or a
//! second host on a shared home, a living server looks dead. So whoever cannot prove that no server lives does not
//! touch the files. There are two proofs.
//!
//! *The lock.* `start.lock` is the server's standard input, of which PostgreSQL makes no use. All its processes inherit
//! the open file, and the lock belongs to that. `start` takes the lock before it starts the server, and hands it over
//! by starting it; that it was kept is checked once the server answers.
//!
//! *The record.* `server.owner` says where the server was started: host, boot, PID namespace, process, directory, and
//! which file its lock is. It is created, with `O_EXCL`, before the server is started; it is removed when the server
//! has stopped in order, or was proved to have ended. It is for those who may not see the lock.
//!
//! 6. *Whoever is answered need not know more.* A socket in the data directory can be reached from every container of
//!    its kernel, and a server that answers there serves this directory. So commands in other containers attach to it,
//!    as users like others: `users.lock` keeps the guard waiting, in whichever container that is.
//! 7. *The lock is held:* parts of a server live. Nothing is touched. If the server says that it is ready, and yet
//!    cannot be reached for some seconds, then it is on another host, its socket is in another container's `/tmp`, or
//!    was cleaned away: an error says which. Otherwise it is starting, recovering or stopping, or was killed and its
//!    backends go on to write, which end by themselves; that is waited for, and said.
//! 8. *The lock is free, and is the file that the record names, on this kernel:* this kernel would show it, so the
//!    server has ended, in whichever container it was.
//! 9. *The record is of another boot.* It has ended if that was this host, by name and machine id, and neither was a
//!    container, whose name and machine id prove nothing. It has also ended if both kernels have the directory on a
//!    disk of their own (ext4, XFS and the like): then the disk was moved, or the directory copied. If one has it by
//!    way of another (NFS, virtiofs, and the server of these, to which it is a disk), it may live where locks are not
//!    seen, and the start is refused. The record, not `postmaster.pid`, tells of a server that is just being started.
//! 10. *The record is of this boot, and names another file.* If the directory that it names is seen from here, has the
//!     lock that it names, and a file made here does not appear there, then this is a copy, and the server serves the
//!     original. If its process would be seen here and is not there, it has ended. Else this may be the same directory
//!     through another mount (overlay, FUSE, a second mount of NFS), or somebody removed the lock file: refused. A copy
//!     that was made of a database in use is not to be trusted, unless it is a snapshot of one moment; a warning says
//!     so.
//! 11. *Several start at one time where no lock is shared.* Of those who create the record one succeeds. The others
//!     remove nothing before they have created it, find whose it is, and are refused.
//! 12. *An older version of this program left no record, and its server holds no lock.* Then `postmaster.pid` is not
//!     the record's, by process and time. A process of this namespace that serves the directory is used as before. Else
//!     nothing says on which host it was, and the start is refused. An older version that meets a server of this one
//!     waits for `start.lock`, which it would take to start, and gives up.
//! 13. *A guard signals no process of another PID namespace.* It knows from the record which one the server is in. Of
//!     another one on this kernel it asks the server itself to send the signal. Where it cannot, it leaves the server
//!     running, and the next start there has a guard again.
//! 14. *A guard stops no server whose users it does not see.* The record names their lock. If the guard waited for
//!     another file, because it was replaced or is seen through another mount, it does nothing.
//! 15. *A record outlives its server* when that is killed, and the guard too, or the machine. The next start judges as
//!     above. If its start was killed between creating and filling it, it says nothing, and a person is asked.
//!
//! Who is refused is told who owns the database, and which files to remove if that owner has ended for certain.

mod binaries;
mod cluster;
mod error;
mod file_system;
mod guard;
mod interlock;
mod judgement;
mod layout;
mod locks;
mod log;
mod owner;
mod place;
mod postmaster;
mod probe;
mod record;
mod server;
mod stop;
mod waiting;

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use binaries::Binaries;
pub use error::LocalDbError;
pub use guard::guard;
use interlock::Server;
use layout::{DATABASE, Layout};
use owner::Owner;

/// The private server, kept running for as long as this value lives.
///
/// A process that hands the database to a child (say `psql`) must keep this value until the child has ended:
/// replacing itself by `exec` gives the lock up, and the server stops under the child.
#[derive(Debug)]
pub struct LocalDb {
    layout: Layout,
    binaries: Binaries,
    _users: File,
}

/// Where the database lives and what it is started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Directory of everything the server stores, created on first use.
    pub data_dir: PathBuf,
    /// Absolute path of a program, and arguments, that make it call [`guard`] on `data_dir` and then end.
    pub guard: Vec<OsString>,
    /// Directory that holds `postgres` and `initdb`; `None` searches `PATH` and the usual places.
    pub bin_dir: Option<PathBuf>,
}

impl Settings {
    /// `/var/lib/rapgrid` for root, who starts the server as another user and so cannot keep it under a home
    /// directory; else `$XDG_DATA_HOME/rapgrid` or `~/.local/share/rapgrid`.
    ///
    /// # Errors
    /// [`LocalDbError::NoHome`] when the environment names neither directory.
    pub fn default_data_dir() -> Result<PathBuf, LocalDbError> {
        if rustix::process::geteuid().is_root() {
            return Ok(PathBuf::from("/var/lib/rapgrid"));
        }
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        absolute("XDG_DATA_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
            .map(|base| base.join("rapgrid"))
            .ok_or(LocalDbError::NoHome)
    }
}

impl LocalDb {
    /// Creates the database if it is new, attaches to the server if it runs, starts it otherwise.
    ///
    /// Blocks: for the time of one start (about a second for the first), of another process's start, or of a
    /// server that is just being stopped.
    ///
    /// # Errors
    /// Any [`LocalDbError`]: missing or unfitting PostgreSQL binaries, a data directory that cannot be written
    /// or reached, a full disk, a server or guard that ends or does not answer.
    pub fn start(settings: &Settings) -> Result<Self, LocalDbError> {
        let layout = Layout::create(&settings.data_dir)?;
        let turn = locks::turn(&layout)?;
        interlock::check(&layout)?;
        let owner = Owner::for_cluster(&layout.cluster())?;
        let binaries = binaries::find(settings.bin_dir.as_deref(), &layout.cluster())?;
        layout.create_parts(owner.as_ref())?;
        // The order of the next three lines is the argument above.
        let users = locks::users_shared(&layout)?;
        guard::ensure(&layout, &settings.guard)?;
        server::ensure(&layout, &binaries, owner.as_ref(), &users)?;
        drop(turn);
        Ok(Self { layout, binaries, _users: users })
    }

    /// A connection URL for sqlx, psql and every other libpq program.
    ///
    /// Names the port, which is part of the socket's name, so that `PGPORT` in the environment cannot divert it.
    pub fn url(&self) -> String {
        // `Layout` allows only characters that a URL takes as they are. There is no TLS at a socket, whatever the
        // environment asks of other servers.
        format!(
            "postgresql://{DATABASE}@localhost/{DATABASE}?host={}&port={}&sslmode=disable",
            self.layout.socket_dir.display(),
            layout::PORT
        )
    }

    /// Whether whoever connects anew still finds the server. A server that lives without its socket answers those who
    /// are connected, and nobody else ever again.
    ///
    /// # Errors
    /// [`LocalDbError::SocketGone`] when the socket was removed under the server. Of a server that is just being
    /// started this may be said for a moment.
    pub fn check(&self) -> Result<(), LocalDbError> {
        let (data_dir, socket) = (self.layout.root.clone(), self.layout.socket());
        if socket.exists() {
            return Ok(());
        }
        match interlock::holder(&self.layout)? {
            Server::Here(pid) => {
                Err(LocalDbError::SocketGone { pid: pid.as_raw_nonzero().get(), data_dir, socket })
            }
            Server::There(..) | Server::Unsettled | Server::None => Ok(()),
        }
    }

    /// The directory of the PostgreSQL binaries in use, `psql` among them.
    pub fn bin_dir(&self) -> &Path {
        &self.binaries.dir
    }
}

//! A private PostgreSQL beside the program.
//!
//! [`LocalDb::start`] gives a process a running server of its own: made from the system's binaries on first
//! use, reached through a Unix socket that nobody else can open, and stopped when its last user has gone,
//! however that user ended. The server is an ordinary daemon with `fsync` on; `kill -9` of anything is safe.
//!
//! # Who holds which lock, and why nothing is left running or stopped too early
//!
//! All three are `flock`s on files in the data directory. The kernel releases them when their process ends,
//! by whatever means, and descriptors are close-on-exec, so the server never inherits one.
//!
//! | file | held by | how |
//! |---|---|---|
//! | `start.lock` | a process inside [`LocalDb::start`] | exclusive |
//! | `users.lock` | every living [`LocalDb`] | shared |
//! | `users.lock` | the guard, while it stops the server | exclusive |
//! | `guard.lock` | the guard, while it *waits for* `users.lock` | exclusive |
//!
//! `start` takes `start.lock`, then `users.lock` shared, then makes sure that a guard waits, then that the
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

mod binaries;
mod cluster;
mod error;
mod guard;
mod layout;
mod locks;
mod log;
mod owner;
mod postmaster;
mod probe;
mod server;

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

use binaries::Binaries;
pub use error::LocalDbError;
pub use guard::guard;
use layout::Layout;
use owner::Owner;

/// Superuser and database have the program's name.
const DATABASE: &str = "rapgrid";

/// The private server, kept running for as long as this value lives.
///
/// A process that hands the database to a child (say `psql`) must keep this value until the child has ended:
/// replacing itself by `exec` gives the lock up, and the server stops under the child.
#[derive(Debug)]
pub struct LocalDb {
    socket_dir: PathBuf,
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
        let starting = locks::start(&layout)?;
        let owner = Owner::for_cluster(&layout.cluster())?;
        let binaries = binaries::find(settings.bin_dir.as_deref(), &layout.cluster())?;
        layout.create_parts(owner.as_ref())?;
        // The order of the next four lines is the argument above.
        let users = locks::users_shared(&layout)?;
        guard::ensure(&layout, &settings.guard)?;
        cluster::ensure(&layout, &binaries, owner.as_ref())?;
        server::ensure(&layout, &binaries, owner.as_ref())?;
        drop(starting);
        Ok(Self { socket_dir: layout.socket_dir, binaries, _users: users })
    }

    /// A connection URL for sqlx, psql and every other libpq program.
    ///
    /// Names the port, which is part of the socket's name, so that `PGPORT` in the environment cannot divert it.
    pub fn url(&self) -> String {
        // `Layout` allows only characters that a URL takes as they are.
        format!(
            "postgres://{DATABASE}@localhost:{}/{DATABASE}?host={}",
            layout::PORT,
            self.socket_dir.display()
        )
    }

    /// The directory of the PostgreSQL binaries in use, `psql` among them.
    pub fn bin_dir(&self) -> &Path {
        &self.binaries.dir
    }
}

//! The lock files. The argument why they suffice is in the crate's documentation.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::LocalDbError;
use crate::layout::Layout;

const POLL: Duration = Duration::from_millis(10);

/// Without a word: a first start, or a stop, that somebody else waits for takes less.
const QUIET: Duration = Duration::from_secs(3);

/// Longer than a start can take (`server::START_TIMEOUT`).
const START_WAIT: Duration = Duration::from_secs(360);

/// Longer than a stop can take (`stop::STOP_TIMEOUT`).
const USERS_WAIT: Duration = Duration::from_secs(90);

/// Waits until no other process is starting the database.
pub(crate) fn turn(layout: &Layout) -> Result<File, LocalDbError> {
    within(&layout.root.join("turn.lock"), File::try_lock, START_WAIT, "another start of the database")
}

/// The lock that the server's processes hold, if none of them lives.
pub(crate) fn server(layout: &Layout) -> Result<Option<File>, LocalDbError> {
    unless_held(&server_path(&layout.root), File::try_lock)
}

/// To ask whether any process of the server lives, without being taken for one.
pub(crate) fn server_shared(layout: &Layout) -> Result<Option<File>, LocalDbError> {
    unless_held(&server_path(&layout.root), File::try_lock_shared)
}

/// The lock that the server's processes hold: in a data directory.
///
/// Older versions of this program hold it while they start a server. Since the server holds it now, they wait, and do
/// not start a second one where they cannot see the first.
pub(crate) fn server_path(root: &Path) -> PathBuf {
    root.join("start.lock")
}

/// Joins the users, waiting for a guard that is stopping the server.
pub(crate) fn users_shared(layout: &Layout) -> Result<File, LocalDbError> {
    within(&layout.root.join("users.lock"), File::try_lock_shared, USERS_WAIT, "the stopping of the database")
}

/// Blocks until the last user has gone.
pub(crate) fn users_exclusive(layout: &Layout) -> Result<File, LocalDbError> {
    forever(&layout.root.join("users.lock"))
}

/// Blocks until no other guard waits.
pub(crate) fn guard(layout: &Layout) -> Result<File, LocalDbError> {
    forever(&layout.root.join("guard.lock"))
}

/// Whether a guard waits. Asks with a shared lock of a moment, behind which a guard just queues.
pub(crate) fn guard_waits(layout: &Layout) -> Result<bool, LocalDbError> {
    unless_held(&layout.root.join("guard.lock"), File::try_lock_shared).map(|lock| lock.is_none())
}

/// The lock, or `None` if it is held.
fn unless_held(
    path: &Path,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<Option<File>, LocalDbError> {
    let file = open(path)?;
    match try_lock(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(cannot_lock(path, error)),
    }
}

/// Polls, so that a process that hangs becomes an error that names the lock.
fn within(
    path: &Path,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
    wait: Duration,
    what: &'static str,
) -> Result<File, LocalDbError> {
    let file = open(path)?;
    let since = Instant::now();
    let mut told = false;
    loop {
        match try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if since.elapsed() >= wait => {
                return Err(LocalDbError::Locked { what, lock: path.to_owned(), seconds: wait.as_secs() });
            }
            Err(TryLockError::WouldBlock) => {
                if !told && since.elapsed() > QUIET {
                    tracing::warn!(
                        "waiting for {what} (`fuser -v {}` shows which process it is)",
                        path.display()
                    );
                    told = true;
                }
                sleep(POLL);
            }
            Err(TryLockError::Error(error)) => return Err(cannot_lock(path, error)),
        }
    }
}

fn forever(path: &Path) -> Result<File, LocalDbError> {
    let file = open(path)?;
    loop {
        match file.lock() {
            Ok(()) => return Ok(file),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(cannot_lock(path, error)),
        }
    }
}

/// Some network file systems cannot lock, or only if they were mounted for it.
fn cannot_lock(path: &Path, source: io::Error) -> LocalDbError {
    let dir = path.parent().unwrap_or(path).to_owned();
    match rustix::io::Errno::from_io_error(&source) {
        Some(rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP | rustix::io::Errno::NOLCK) => {
            LocalDbError::NoLocks { dir, source }
        }
        _ => LocalDbError::io("lock", path)(source),
    }
}

fn open(path: &Path) -> Result<File, LocalDbError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(LocalDbError::io("open the lock", path))
}

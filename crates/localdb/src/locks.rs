//! The lock files. The argument why they suffice is in the crate's documentation.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::LocalDbError;
use crate::layout::Layout;

const POLL: Duration = Duration::from_millis(10);

/// Longer than a start can take (`server::START_TIMEOUT`).
const START_WAIT: Duration = Duration::from_secs(360);

/// Longer than a stop can take (`server::STOP_TIMEOUT`).
const USERS_WAIT: Duration = Duration::from_secs(90);

/// Waits until no other process is starting the database.
pub(crate) fn start(layout: &Layout) -> Result<File, LocalDbError> {
    within(&layout.root.join("start.lock"), File::try_lock, START_WAIT, "another start of the database")
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
    let path = layout.root.join("guard.lock");
    match open(&path)?.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(LocalDbError::io("lock", &path)(error)),
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
                if !told && since.elapsed() > Duration::from_secs(1) {
                    tracing::info!("waiting for {what}");
                    told = true;
                }
                sleep(POLL);
            }
            Err(TryLockError::Error(error)) => return Err(LocalDbError::io("lock", path)(error)),
        }
    }
}

fn forever(path: &Path) -> Result<File, LocalDbError> {
    let file = open(path)?;
    loop {
        match file.lock() {
            Ok(()) => return Ok(file),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(LocalDbError::io("lock", path)(error)),
        }
    }
}

fn open(path: &Path) -> Result<File, LocalDbError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(LocalDbError::io("open the lock", path))
}

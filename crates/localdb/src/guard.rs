//! The process that outlives the users and stops the server after the last of them.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::LocalDbError;
use crate::layout::Layout;
use crate::{locks, log, server, stop};

const POLL: Duration = Duration::from_millis(5);
const TIMEOUT: Duration = Duration::from_secs(30);

/// Waits until the last user of the database in `data_dir` has gone, then stops its server.
///
/// The whole of a guard process: started by [`LocalDb::start`](crate::LocalDb::start) through
/// [`Settings::guard`](crate::Settings::guard), with its output going to the server's log.
///
/// # Errors
/// [`LocalDbError::Io`] when the data directory or a lock in it cannot be opened;
/// [`LocalDbError::NotStopped`] when the server survives being told to stop.
pub fn guard(data_dir: &Path) -> Result<(), LocalDbError> {
    let layout = Layout::open(data_dir)?;
    // A process that waits for days should not keep a file system from being unmounted.
    let _ = std::env::set_current_dir("/");
    let waiting = locks::guard(&layout)?;
    let alone = locks::users_exclusive(&layout)?;
    // In this order: see point 2 of the crate's documentation.
    drop(waiting);
    let stopped = stop::stop(&layout, &alone);
    drop(alone);
    stopped
}

/// Makes sure that a guard waits. The caller holds the start lock and is among the users.
pub(crate) fn ensure(layout: &Layout, program: &[OsString]) -> Result<(), LocalDbError> {
    if locks::guard_waits(layout)? {
        return Ok(());
    }
    let log_start = log::length(&layout.log());
    let failed = |reason| {
        let log = layout.log();
        Err(LocalDbError::Guard { reason, tail: log::tail(&log, log_start), log })
    };
    let Some((program, args)) = program.split_first() else { return failed("no program is set".into()) };
    let mut child = spawn(layout, program, args)?;
    let since = Instant::now();
    while !locks::guard_waits(layout)? {
        // A guard ends only after its users, and this process is one.
        if let Some(status) = child.try_wait().map_err(LocalDbError::io("wait for", Path::new(program)))? {
            return failed(format!("it ended at once ({status})"));
        }
        if since.elapsed() > TIMEOUT {
            return failed(format!("it is not ready after {} s", TIMEOUT.as_secs()));
        }
        sleep(POLL);
    }
    server::reap(child);
    Ok(())
}

/// Spawns the program in a process group of its own, out of reach of the terminal's Ctrl-C.
fn spawn(layout: &Layout, program: &OsString, args: &[OsString]) -> Result<Child, LocalDbError> {
    let log = log::open(layout, None)?;
    let error_log = log.try_clone().map_err(LocalDbError::io("open", &layout.log()))?;
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(log).stderr(error_log).process_group(0);
    command.spawn().map_err(LocalDbError::io("run the guard", Path::new(program)))
}

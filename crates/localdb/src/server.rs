//! Starting the server process.

use std::fs::File;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ExitStatus};
use std::thread::{self, sleep};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::binaries::Binaries;
use crate::error::tells_of_full_disk;
use crate::interlock::{self, Claim, Server, Standing};
use crate::layout::{DATABASE, Layout, PORT};
use crate::owner::{self, Owner};
use crate::waiting::Waiting;
use crate::{LocalDbError, cluster, log};

const POLL: Duration = Duration::from_millis(5);

/// Recovery after a crash replays up to `max_wal_size` of log.
const START_TIMEOUT: Duration = Duration::from_secs(300);

/// How often a server is started that something kills before it is ready.
const KILLS_MAX: u32 = 3;

/// Makes sure that the server accepts connections. The caller has the turn and a guard, and is among the `users`.
pub(crate) fn ensure(
    layout: &Layout,
    binaries: &Binaries,
    owner: Option<&Owner>,
    users: &File,
) -> Result<(), LocalDbError> {
    let mut waiting = Waiting::new();
    let log_start = log::length(&layout.log());
    let mut child: Option<Child> = None;
    let mut kills = 0;
    while !waiting.is_over(layout) {
        if waiting.since.elapsed() > START_TIMEOUT {
            child.into_iter().for_each(reap);
            let tail = log::tail(&layout.log(), log_start);
            return Err(LocalDbError::NotAccepting {
                seconds: START_TIMEOUT.as_secs(),
                log: layout.log(),
                tail,
            });
        }
        if let Some(started) = &mut child {
            let ended = started.try_wait().map_err(LocalDbError::io("wait for", &layout.cluster()))?;
            if let Some(status) = ended {
                kills += u32::from(status.signal().is_some());
                if status.signal().is_none() || kills > KILLS_MAX {
                    on_failed(layout, status, log_start)?;
                }
                child = None;
            }
        } else {
            match interlock::claim(layout, users)? {
                Standing::Lives => waiting.look(layout)?,
                Standing::Ended(claim) => {
                    cluster::ensure(layout, binaries, owner)?;
                    tracing::debug!("starting {}", binaries.dir.join("postgres").display());
                    child = Some(spawn(layout, binaries, owner, claim)?);
                }
            }
        }
        sleep(POLL);
    }
    if let Some(mut child) = child {
        check_lock(layout, binaries, &mut child)?;
        reap(child);
    }
    Ok(())
}

/// A server that gave up starting is an error, unless trying again will help.
fn on_failed(layout: &Layout, status: ExitStatus, log_start: u64) -> Result<(), LocalDbError> {
    let tail = log::tail(&layout.log(), log_start);
    // Another one runs: an older version's start, of a process that was killed, went through after all.
    let overtaken = matches!(interlock::holder(layout)?, Server::Here(_));
    // An older version's server was killed, and its children, which hold no lock, have not noticed yet. PostgreSQL
    // finds them by their shared memory, which belongs to the directory.
    let orphans = tail.lines().rev().take(4).any(|line| line.contains("is still in use"));
    if overtaken || orphans {
        sleep(Duration::from_millis(100));
        Ok(())
    } else if tells_of_full_disk(&tail) {
        Err(LocalDbError::DiskFull { path: layout.root.clone() })
    } else {
        Err(LocalDbError::ServerEnded { status, log: layout.log(), tail })
    }
}

/// In a process group of its own, out of reach of the terminal's Ctrl-C. Its standard input, of which it makes no use,
/// is the lock: all its processes inherit that, and keep it for as long as they live.
fn spawn(
    layout: &Layout,
    binaries: &Binaries,
    owner: Option<&Owner>,
    claim: Claim,
) -> Result<Child, LocalDbError> {
    let program = binaries.dir.join("postgres");
    let log = log::open(layout, owner)?;
    let mut command = owner::command(&program, owner);
    command.arg("-D").arg(layout.cluster());
    for setting in [
        "listen_addresses=",
        &format!("port={PORT}"),
        &format!("unix_socket_directories={}", layout.socket_dir.display()),
        "unix_socket_permissions=0700",
        "max_connections=100",
        "shared_buffers=256MB",
        "fsync=on",
        "max_wal_size=2GB",
        "checkpoint_completion_target=0.9",
        // Queries here are short or large scans of plain rows: compiling them costs more than it saves.
        "jit=off",
        "logging_collector=off",
        "log_destination=stderr",
        "log_line_prefix=%m [%p] ",
        "log_checkpoints=off",
        &format!("cluster_name={DATABASE}"),
    ] {
        command.arg("-c").arg(setting);
    }
    if cfg!(target_os = "linux") {
        // After a crash everything is synced first: by one call instead of file by file, for seconds.
        command.args(["-c", "recovery_init_sync_method=syncfs"]);
    }
    let error_log = log.try_clone().map_err(LocalDbError::io("open", &layout.log()))?;
    let lock = claim.lock().map_err(LocalDbError::io("hand over the lock in", &layout.root))?;
    command.stdin(lock).stdout(log).stderr(error_log).process_group(0);
    let child = command.spawn().map_err(LocalDbError::io("run", &program))?;
    if let Err(error) = claim.hand_over(child.id()) {
        tracing::warn!(
            "cannot write the server's process id into {}: {error}; if this machine fails before the server stops, the \
             next start asks a person whether it has ended",
            layout.record().display()
        );
    }
    Ok(child)
}

/// That all its processes hold the lock is what the next start relies on.
fn check_lock(layout: &Layout, binaries: &Binaries, child: &mut Child) -> Result<(), LocalDbError> {
    let ended = child.try_wait().map_err(LocalDbError::io("wait for", &layout.cluster()))?;
    if interlock::is_held(layout)? || ended.is_some() {
        return Ok(());
    }
    let _ = Pid::from_raw(child.id().cast_signed()).map(|pid| kill_process(pid, Signal::INT));
    let _ = child.wait();
    Err(LocalDbError::LockNotKept { bin_dir: binaries.dir.clone(), data_dir: layout.root.clone() })
}

/// Waits for a child in the background: in a user process that lives for days it must not stay a zombie.
pub(crate) fn reap(mut child: Child) {
    let thread = thread::Builder::new().name("reap".into());
    // Without a thread to be had there is a zombie until this process ends, and no harm.
    let _ = thread.spawn(move || child.wait());
}

//! Starting and stopping the server process.

use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use crate::binaries::Binaries;
use crate::error::tells_of_full_disk;
use crate::layout::{Layout, PORT};
use crate::owner::{self, Owner};
use crate::postmaster::{self, PidFile};
use crate::{DATABASE, LocalDbError, log, probe};

const POLL: Duration = Duration::from_millis(5);

/// Recovery after a crash replays up to `max_wal_size` of log.
const START_TIMEOUT: Duration = Duration::from_secs(300);

/// After this a fast shutdown becomes an immediate one, which the next start recovers from.
const FAST_STOP: Duration = Duration::from_secs(30);
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// A server that has just been started has written its `postmaster.pid` by then.
const PID_FILE_GRACE: Duration = Duration::from_secs(2);

/// How often a server is started that something kills before it is ready.
const KILLS_MAX: u32 = 3;

/// Makes sure that the server accepts connections. The caller holds the start lock and has a guard.
pub(crate) fn ensure(
    layout: &Layout,
    binaries: &Binaries,
    owner: Option<&Owner>,
) -> Result<(), LocalDbError> {
    let since = Instant::now();
    let log_start = log::length(&layout.log());
    let mut child: Option<Child> = None;
    let mut kills = 0;
    while !accepts(layout) {
        if since.elapsed() > START_TIMEOUT {
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
        } else if clear_stale(layout, since)? {
            tracing::debug!("starting {}", binaries.dir.join("postgres").display());
            child = Some(spawn(layout, binaries, owner)?);
        }
        sleep(POLL);
    }
    child.into_iter().for_each(reap);
    Ok(())
}

fn accepts(layout: &Layout) -> bool {
    matches!(read_pid_file(layout), PidFile::Running { ready: true, .. }) && probe::accepts(&layout.socket())
}

fn read_pid_file(layout: &Layout) -> PidFile {
    postmaster::read(&layout.postmaster_pid(), &layout.cluster())
}

/// A server that gave up starting is an error, unless trying again will help.
fn on_failed(layout: &Layout, status: ExitStatus, log_start: u64) -> Result<(), LocalDbError> {
    let tail = log::tail(&layout.log(), log_start);
    // Another one runs: the start of a process that was killed went through after all.
    let overtaken = matches!(read_pid_file(layout), PidFile::Running { .. });
    // The server was killed, and its children have not noticed yet. PostgreSQL finds them by their shared memory,
    // which belongs to the directory, not to the pid file: removing that file never lets two servers write.
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

/// Removes what a killed server left; false while a server lives that does not accept connections (yet, or any
/// more).
fn clear_stale(layout: &Layout, since: Instant) -> Result<bool, LocalDbError> {
    match read_pid_file(layout) {
        PidFile::Running { .. } => return Ok(false),
        PidFile::Unwritten if since.elapsed() < PID_FILE_GRACE => return Ok(false),
        PidFile::Absent => {}
        PidFile::Unwritten | PidFile::Stale => {
            tracing::debug!("removing the pid file of a server that was killed");
            remove(&layout.postmaster_pid())?;
        }
    }
    if let PidFile::Unwritten | PidFile::Stale = postmaster::read(&layout.socket_lock(), &layout.cluster()) {
        remove(&layout.socket_lock())?;
        remove(&layout.socket())?;
    }
    Ok(true)
}

fn remove(path: &Path) -> Result<(), LocalDbError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(LocalDbError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// In a process group of its own, out of reach of the terminal's Ctrl-C.
fn spawn(layout: &Layout, binaries: &Binaries, owner: Option<&Owner>) -> Result<Child, LocalDbError> {
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
    command.stdin(Stdio::null()).stdout(log).stderr(error_log).process_group(0);
    command.spawn().map_err(LocalDbError::io("run", &program))
}

/// Stops the server if it runs. The caller excludes every user, and so every start.
pub(crate) fn stop(layout: &Layout) -> Result<(), LocalDbError> {
    let since = Instant::now();
    let mut sent = None;
    loop {
        let pid = match read_pid_file(layout) {
            PidFile::Running { pid, .. } => pid,
            PidFile::Stale => return Ok(()),
            // Either it has stopped, or the start was killed right after it had started the server.
            PidFile::Absent | PidFile::Unwritten if sent.is_some() || since.elapsed() > PID_FILE_GRACE => {
                return Ok(());
            }
            PidFile::Absent | PidFile::Unwritten => {
                sleep(POLL);
                continue;
            }
        };
        let signal = if since.elapsed() < FAST_STOP { Signal::INT } else { Signal::QUIT };
        if sent != Some(signal) {
            // Fails only when the process has just ended.
            let _ = kill_process(pid, signal);
            sent = Some(signal);
        }
        if since.elapsed() > STOP_TIMEOUT {
            return Err(LocalDbError::NotStopped {
                pid: pid.as_raw_nonzero().get(),
                seconds: STOP_TIMEOUT.as_secs(),
            });
        }
        sleep(POLL);
    }
}

/// Waits for a child in the background: in a user process that lives for days it must not stay a zombie.
pub(crate) fn reap(mut child: Child) {
    let thread = thread::Builder::new().name("reap".into());
    // Without a thread to be had there is a zombie until this process ends, and no harm.
    let _ = thread.spawn(move || child.wait());
}

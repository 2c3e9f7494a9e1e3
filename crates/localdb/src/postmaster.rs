//! Reading the server's lock files: is there a living server of this cluster?
//!
//! PostgreSQL's own check counts any process with the recorded id and user as the server, a zombie too, and then
//! refuses to start. After `kill -9` that is the rule rather than the exception, so it is decided here.

use std::fs;
use std::io;
use std::path::Path;

use rustix::process::Pid;

/// What a `postmaster.pid` or a socket's lock file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PidFile {
    Absent,
    /// Created, and its first line not there yet: a server that is starting, or one that died doing so.
    Unwritten,
    /// Names a process that is gone, a zombie, or something else than a server of this cluster.
    Stale,
    Running {
        pid: Pid,
        /// It says that it accepts connections. Asked before, it would refuse and log that it did.
        ready: bool,
    },
}

/// The line of `postmaster.pid` that holds the status, counted from 0.
const STATUS_LINE: usize = 7;

pub(crate) fn read(file: &Path, cluster: &Path) -> PidFile {
    let content = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return PidFile::Absent,
        other => other.unwrap_or_default(),
    };
    let Some((first, _)) = content.split_once('\n') else { return PidFile::Unwritten };
    // A single-user server writes its id negated; only an interrupted creation could leave one.
    let pid = first.trim().parse().ok().filter(|pid: &i32| *pid > 0).and_then(Pid::from_raw);
    let ready = content.lines().nth(STATUS_LINE).is_some_and(|status| status.trim() == "ready");
    pid.filter(|pid| serves(*pid, cluster)).map_or(PidFile::Stale, |pid| PidFile::Running { pid, ready })
}

/// Whether the process was started as `postgres -D <cluster>`; a zombie has no command line any more.
///
/// The command line rather than the working directory: root in a container may not read the latter.
#[cfg(target_os = "linux")]
fn serves(pid: Pid, cluster: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let line = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
    let args: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
    args.windows(2).any(|pair| pair[0] == b"-D" && pair[1] == cluster.as_os_str().as_bytes())
}

/// Whether the process was started as `postgres -D <cluster>`; a zombie shows only its name.
#[cfg(not(target_os = "linux"))]
fn serves(pid: Pid, cluster: &Path) -> bool {
    let mut ps = std::process::Command::new("ps");
    ps.args(["-ww", "-o", "command=", "-p", &pid.as_raw_nonzero().to_string()]);
    let line = ps.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&line).contains(&format!("-D {} ", cluster.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_of_another_process_is_stale_and_an_empty_one_is_unwritten() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("postmaster.pid");
        let state = |content: &str| {
            fs::write(&file, content).unwrap();
            read(&file, dir.path())
        };
        assert_eq!(read(&file, dir.path()), PidFile::Absent);
        assert_eq!(state(""), PidFile::Unwritten);
        assert_eq!(state(&format!("{}\n/data\n", std::process::id())), PidFile::Stale);
        assert_eq!(state("-17\n"), PidFile::Stale);
        assert_eq!(state("nonsense\n"), PidFile::Stale);
    }
}
